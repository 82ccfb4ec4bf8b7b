//! What OpenFX 1.5.1 says of each object's properties, as data: type, count, who writes it, allowed values, since when.
//!
//! Kept apart from the tables that the host itself works with, so that each can be held against the other.

mod action;
mod clip;
mod effect;
mod host;
mod image;
mod param;
mod sets;
mod status;

pub use action::{in_args, out_args};
pub use status::{Judged, judge};

use crate::object::Object;
use crate::value::{ParamKind, Shape};
use crate::values::Values;
use std::ffi::CStr;
use std::fmt;

/// A property of an object.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name.
    pub name: &'static CStr,
    /// What its values are.
    pub kind: Kind,
    /// How many there are.
    pub count: Count,
    /// Who writes it.
    pub writer: Writer,
    /// The version that it came with.
    pub since: Version,
    /// The version that advised against it.
    pub until: Option<Version>,
    /// True where the object makes no sense without it.
    pub mandatory: bool,
}

/// A version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u8, pub u8, pub u8);

/// The first.
pub const V1_0: Version = Version(1, 0, 0);
/// What most hosts have at least.
pub const V1_2: Version = Version(1, 2, 0);
/// OpenGL.
pub const V1_3: Version = Version(1, 3, 0);
/// Messages that stay, drafts.
pub const V1_4: Version = Version(1, 4, 0);
/// GPUs, colour management, choices by name.
pub const V1_5: Version = Version(1, 5, 0);
/// What is checked against.
pub const V1_5_1: Version = Version(1, 5, 1);

/// What values are.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Integers.
    Int,
    /// 0 or 1.
    Flag,
    /// Doubles.
    Double,
    /// Integers or doubles: the headers say one thing, and hosts do the other.
    Number,
    /// Any text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static CStr]),
    /// Addresses.
    Pointer,
    /// What the parameter's own values are.
    Own,
}

/// How many values there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(usize),
    /// As many as the writer likes.
    Any,
    /// As many as the parameter's value has components.
    Own,
}

/// Who writes a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The host alone.
    Host,
    /// The plug-in, while it describes.
    Describing,
    /// The plug-in, at any time.
    Plugin,
}

const fn property(name: &'static CStr, kind: Kind, writer: Writer) -> Property {
    Property {
        name,
        kind,
        count: Count::Exactly(1),
        writer,
        since: V1_0,
        until: None,
        mandatory: false,
    }
}

const fn host(name: &'static CStr, kind: Kind) -> Property {
    property(name, kind, Writer::Host)
}

const fn described(name: &'static CStr, kind: Kind) -> Property {
    property(name, kind, Writer::Describing)
}

const fn plugin(name: &'static CStr, kind: Kind) -> Property {
    property(name, kind, Writer::Plugin)
}

impl Property {
    const fn count(self, count: usize) -> Self {
        Self {
            count: Count::Exactly(count),
            ..self
        }
    }

    const fn any(self) -> Self {
        Self {
            count: Count::Any,
            ..self
        }
    }

    const fn own(self) -> Self {
        Self {
            count: Count::Own,
            ..self
        }
    }

    const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }

    const fn until(self, until: Version) -> Self {
        Self {
            until: Some(until),
            ..self
        }
    }

    const fn must(self) -> Self {
        Self {
            mandatory: true,
            ..self
        }
    }

    /// What its values are on an object, the parameter's own type resolved.
    pub fn kind_on(&self, object: Object) -> Kind {
        let shape = match object {
            Object::ParamDescriptor(kind) | Object::ParamInstance(kind) => kind.shape(),
            _ => Shape::None,
        };
        match (self.kind, shape) {
            (Kind::Own, Shape::Int(_)) => Kind::Int,
            (Kind::Own, Shape::Double(_)) => Kind::Double,
            (Kind::Own, _) => Kind::Text,
            (kind, _) => kind,
        }
    }

    /// How many values it has on an object; none for any number.
    pub fn count_on(&self, object: Object) -> Option<usize> {
        match (self.count, object) {
            (Count::Exactly(n), _) => Some(n),
            (Count::Any, _) => None,
            (Count::Own, Object::ParamDescriptor(kind) | Object::ParamInstance(kind)) => {
                match kind.shape() {
                    Shape::Int(n) | Shape::Double(n) => Some(n),
                    Shape::String | Shape::None => Some(1),
                }
            }
            (Count::Own, _) => Some(1),
        }
    }
}

impl Kind {
    /// True for values of this type.
    pub fn fits(self, values: &Values) -> bool {
        matches!(
            (self, values),
            (Self::Int | Self::Flag | Self::Number, Values::Int(_))
                | (Self::Double | Self::Number, Values::Double(_))
                | (Self::Text | Self::OneOf(_), Values::String(_))
                | (Self::Pointer, Values::Pointer(_))
        )
    }

    /// The first value that is not allowed, as text.
    pub fn stranger(self, values: &Values) -> Option<String> {
        match (self, values) {
            (Self::Flag, Values::Int(v)) => {
                v.iter().find(|v| !matches!(v, 0 | 1)).map(i32::to_string)
            }
            (Self::OneOf(allowed), Values::String(v)) => v
                .iter()
                .find(|v| !allowed.contains(&v.as_c_str()))
                .map(|v| format!("{:?}", v.to_string_lossy())),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int | Self::Flag => "int",
            Self::Double => "double",
            Self::Number => "int or double",
            Self::Text | Self::OneOf(_) => "string",
            Self::Pointer => "pointer",
            Self::Own => "the parameter's own type",
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)?;
        if self.2 > 0 {
            write!(f, ".{}", self.2)
        } else {
            Ok(())
        }
    }
}

/// The tables of an object; those of arguments are by action, see [`in_args`] and [`out_args`].
pub fn tables(object: Object) -> Vec<&'static [Property]> {
    match object {
        Object::Host => vec![host::HOST],
        Object::EffectDescriptor => vec![effect::DESCRIPTOR],
        Object::EffectInstance => vec![effect::INSTANCE],
        Object::ClipDescriptor => vec![clip::DESCRIPTOR],
        Object::ClipInstance => vec![clip::INSTANCE, clip::DESCRIPTOR],
        Object::Image => vec![image::IMAGE],
        Object::ParamSet => vec![param::SET],
        Object::ParamDescriptor(kind) | Object::ParamInstance(kind) => param::of(kind),
        Object::InArgs | Object::OutArgs | Object::Other => Vec::new(),
    }
}

/// The property of that name on an object.
pub fn find(object: Object, name: &str) -> Option<&'static Property> {
    let tables = tables(object).into_iter();
    named(tables.flatten(), name)
}

/// The property of that name among some.
pub fn named<'a>(
    mut properties: impl Iterator<Item = &'a Property>,
    name: &str,
) -> Option<&'a Property> {
    properties.find(|property| property.name.to_bytes() == name.as_bytes())
}

/// The objects that have a property of that name, in words.
pub fn elsewhere(name: &str) -> Vec<String> {
    let mut objects = vec![
        Object::Host,
        Object::EffectDescriptor,
        Object::EffectInstance,
        Object::ClipDescriptor,
        Object::ClipInstance,
        Object::Image,
        Object::ParamSet,
    ];
    objects.extend(ParamKind::ALL.map(Object::ParamDescriptor));
    let found = objects.into_iter().filter(|o| find(*o, name).is_some());
    let mut words: Vec<String> = found.map(|object| object.to_string()).collect();
    words.extend(action::elsewhere(name));
    words
}
