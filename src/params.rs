//! Parameters, declared once.
//!
//! [`params!`](crate::params!) takes one block a node: field, wire name, label, hint, default and
//! ranges. From it come the struct of values that the pixel code reads, the declarations that
//! `DescribeInContext` sends to the host, and the reader between the two.

use core::ffi::CStr;
use core::marker::PhantomData;

use crate::ofx::status::Result;

/// One parameter as the host gets to know it.
#[derive(Debug)]
pub struct ParamDef {
    /// Wire and script name.
    pub name: &'static CStr,
    /// What the artist reads.
    pub label: &'static CStr,
    /// The tooltip: plain text.
    pub hint: &'static CStr,
    /// Type, default and ranges.
    pub kind: Kind,
    /// Written by the plug-in's buttons only: shown disabled, and no reason to render again.
    pub read_out: bool,
    /// Wire name of the group that holds it.
    pub group: Option<&'static CStr>,
}

/// Type, default and ranges of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A check box.
    Boolean {
        /// Value of a new instance.
        default: bool,
    },
    /// One of some options, in an order that never changes.
    Choice {
        /// What the artist reads.
        options: &'static [&'static CStr],
        /// Index into `options`.
        default: usize,
    },
    /// A whole number.
    Integer {
        /// Value of a new instance.
        default: i32,
        /// What may be entered.
        range: [i32; 2],
        /// What the slider spans.
        display: [i32; 2],
    },
    /// A double.
    Double {
        /// Value of a new instance.
        default: f64,
        /// What may be entered.
        range: [f64; 2],
        /// What the slider spans.
        display: [f64; 2],
    },
    /// Two doubles without bounds: a position or a distance in pixels.
    Double2D {
        /// What the sliders span.
        display: [f64; 2],
    },
    /// Four doubles, the samples of a pixel.
    Rgba,
    /// A button.
    Button,
    /// A fold of the panel that holds other parameters.
    Group {
        /// Unfolded in a new instance.
        open: bool,
    },
}

/// Where values come from: the host, or the defaults. One call a parameter, in declared order.
pub trait Reader {
    /// The next parameter's value as a check box.
    fn boolean(&mut self) -> Result<bool>;
    /// The next parameter's value as an index below `options`.
    fn choice(&mut self, options: usize) -> Result<usize>;
    /// The next parameter's value as a whole number.
    fn integer(&mut self) -> Result<i32>;
    /// The next parameter's value as a double.
    fn double(&mut self) -> Result<f64>;
    /// The next parameter's value as two doubles, neither of them NaN.
    fn pair(&mut self) -> Result<[f64; 2]>;
    /// Passes the next parameter over: it has no value that pixels depend on.
    fn skip(&mut self);
}

/// A type that a field of a parameter struct may have.
pub trait Value: Sized {
    /// Takes the next value of `reader`.
    fn read(reader: &mut dyn Reader) -> Result<Self>;
}

/// A parameter struct: what [`params!`](crate::params!) makes.
pub trait Params: Sized {
    /// The declarations, in the order of the panel.
    const DEFS: &'static [ParamDef];
    /// All values, in that order.
    fn read(reader: &mut dyn Reader) -> Result<Self>;
}

/// An enum that the artist picks from: what [`choices!`](crate::choices!) makes.
pub trait Choice: Sized + Copy + 'static {
    /// What the artist reads, in the order of the wire.
    const OPTIONS: &'static [&'static CStr];
    /// The variant at an index below `OPTIONS.len()`.
    fn from_index(index: usize) -> Self;
}

impl Value for bool {
    fn read(reader: &mut dyn Reader) -> Result<Self> {
        reader.boolean()
    }
}

impl Value for i32 {
    fn read(reader: &mut dyn Reader) -> Result<Self> {
        reader.integer()
    }
}

impl Value for f64 {
    fn read(reader: &mut dyn Reader) -> Result<Self> {
        reader.double()
    }
}

impl Value for [f64; 2] {
    fn read(reader: &mut dyn Reader) -> Result<Self> {
        reader.pair()
    }
}

/// A parameter without a value for the pixels: a button, a group, a read-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread;

impl Value for Unread {
    fn read(reader: &mut dyn Reader) -> Result<Self> {
        reader.skip();
        Ok(Self)
    }
}

/// A declaration whose values have type `T`.
pub struct Decl<T> {
    def: ParamDef,
    value: PhantomData<fn() -> T>,
}

impl<T> Decl<T> {
    const fn new(
        name: &'static CStr,
        label: &'static CStr,
        hint: &'static CStr,
        kind: Kind,
    ) -> Self {
        Self {
            def: ParamDef {
                name,
                label,
                hint,
                kind,
                read_out: false,
                group: None,
            },
            value: PhantomData,
        }
    }

    /// Puts it into the group of that wire name.
    pub const fn within(mut self, group: &'static CStr) -> Self {
        self.def.group = Some(group);
        self
    }

    /// The declaration itself.
    pub const fn def(self) -> ParamDef {
        let Self { def, value: _ } = self;
        def
    }
}

/// A check box.
pub const fn boolean(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    default: bool,
) -> Decl<bool> {
    Decl::new(name, label, hint, Kind::Boolean { default })
}

/// A choice among the variants of `T`; `default` is an index.
pub const fn choice<T: Choice>(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    default: usize,
) -> Decl<T> {
    assert!(default < T::OPTIONS.len());
    let options = T::OPTIONS;
    Decl::new(name, label, hint, Kind::Choice { options, default })
}

/// A whole number within `range`, with a slider over `display`.
pub const fn integer(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    default: i32,
    range: [i32; 2],
    display: [i32; 2],
) -> Decl<i32> {
    Decl::new(
        name,
        label,
        hint,
        Kind::Integer {
            default,
            range,
            display,
        },
    )
}

/// A double within `range`, with a slider over `display`.
pub const fn double(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    default: f64,
    range: [f64; 2],
    display: [f64; 2],
) -> Decl<f64> {
    Decl::new(
        name,
        label,
        hint,
        Kind::Double {
            default,
            range,
            display,
        },
    )
}

/// Two doubles, a distance in pixels: 0 in a new instance, with sliders over `display`.
pub const fn pair(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    display: [f64; 2],
) -> Decl<[f64; 2]> {
    Decl::new(name, label, hint, Kind::Double2D { display })
}

/// A button.
pub const fn button(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
) -> Decl<Unread> {
    Decl::new(name, label, hint, Kind::Button)
}

/// A fold of the panel.
pub const fn group(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    open: bool,
) -> Decl<Unread> {
    Decl::new(name, label, hint, Kind::Group { open })
}

/// A figure that a button writes: shown disabled, keyed on the frame it was measured at.
pub const fn read_out(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
    kind: Kind,
) -> Decl<Unread> {
    let mut decl = Decl::new(name, label, hint, kind);
    decl.def.read_out = true;
    decl
}

/// The kind of a read-out: a double without bounds that the host would clamp to.
pub const FIGURE: Kind = Kind::Double {
    default: 0.0,
    range: [-f64::MAX, f64::MAX],
    display: [0.0, 1.0],
};

/// The kind of a read-out: a position in the frame.
pub const PLACE: Kind = Kind::Double2D {
    display: [0.0, 10000.0],
};

/// Declares the parameters of a node.
///
/// ```
/// use deltaplate::params::{self, DefaultReader, Params};
///
/// deltaplate::params! {
///     /// What the node is asked.
///     pub struct Settings {
///         /// How much of it.
///         pub gain: f64 = params::double(c"gain", c"Gain", c"Times what.", 2.0, [0.0, 9.0], [0.0, 4.0]),
///         /// Whether at all.
///         pub on: bool = params::boolean(c"on", c"On", c"Or not.", true),
///     }
/// }
///
/// let values = Settings::read(&mut DefaultReader::new(Settings::DEFS)).unwrap();
/// assert_eq!((values.gain, values.on), (2.0, true));
/// ```
#[macro_export]
macro_rules! params {
    (
        $(#[$struct_doc:meta])*
        pub struct $name:ident {
            $( $(#[$doc:meta])* pub $field:ident : $value:ty = $decl:expr ),+ $(,)?
        }
    ) => {
        $(#[$struct_doc])*
        #[derive(Debug)]
        pub struct $name {
            $( $(#[$doc])* pub $field: $value, )+
        }

        impl $crate::params::Params for $name {
            const DEFS: &'static [$crate::params::ParamDef] = &[
                $( {
                    const DECL: $crate::params::Decl<$value> = $decl;
                    DECL.def()
                }, )+
            ];

            fn read(
                reader: &mut dyn $crate::params::Reader,
            ) -> $crate::ofx::status::Result<Self> {
                Ok(Self {
                    $( $field: <$value as $crate::params::Value>::read(reader)?, )+
                })
            }
        }
    };
}

/// Declares an enum that the artist picks from, with the text of each option.
#[macro_export]
macro_rules! choices {
    (
        $(#[$enum_doc:meta])*
        pub enum $name:ident {
            $( $(#[$doc:meta])* $variant:ident = $text:literal ),+ $(,)?
        }
    ) => {
        $(#[$enum_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name {
            $( $(#[$doc])* $variant, )+
        }

        impl $crate::params::Choice for $name {
            const OPTIONS: &'static [&'static core::ffi::CStr] = &[ $( $text, )+ ];

            fn from_index(index: usize) -> Self {
                const ALL: &[$name] = &[ $( $name::$variant, )+ ];
                ALL[index]
            }
        }

        impl $crate::params::Value for $name {
            fn read(
                reader: &mut dyn $crate::params::Reader,
            ) -> $crate::ofx::status::Result<Self> {
                let options = <Self as $crate::params::Choice>::OPTIONS.len();
                reader.choice(options).map(<Self as $crate::params::Choice>::from_index)
            }
        }
    };
}

/// Reads the defaults: what a new instance holds.
pub struct DefaultReader {
    rest: core::slice::Iter<'static, ParamDef>,
}

impl DefaultReader {
    /// Starts at the first of `defs`.
    pub fn new(defs: &'static [ParamDef]) -> Self {
        Self { rest: defs.iter() }
    }

    fn next(&mut self) -> Option<Kind> {
        self.rest.next().map(|def| def.kind)
    }
}

impl Reader for DefaultReader {
    fn boolean(&mut self) -> Result<bool> {
        match self.next() {
            Some(Kind::Boolean { default }) => Ok(default),
            _ => Err(crate::ofx::status::Status::UNKNOWN),
        }
    }

    fn choice(&mut self, _options: usize) -> Result<usize> {
        match self.next() {
            Some(Kind::Choice { default, .. }) => Ok(default),
            _ => Err(crate::ofx::status::Status::UNKNOWN),
        }
    }

    fn integer(&mut self) -> Result<i32> {
        match self.next() {
            Some(Kind::Integer { default, .. }) => Ok(default),
            _ => Err(crate::ofx::status::Status::UNKNOWN),
        }
    }

    fn double(&mut self) -> Result<f64> {
        match self.next() {
            Some(Kind::Double { default, .. }) => Ok(default),
            _ => Err(crate::ofx::status::Status::UNKNOWN),
        }
    }

    fn pair(&mut self) -> Result<[f64; 2]> {
        match self.next() {
            Some(Kind::Double2D { .. }) => Ok([0.0; 2]),
            _ => Err(crate::ofx::status::Status::UNKNOWN),
        }
    }

    fn skip(&mut self) {
        self.next();
    }
}
