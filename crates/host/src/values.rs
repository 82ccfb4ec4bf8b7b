//! The values of properties.

use crate::text::Text;
use serde::{Serialize, Serializer};
use smallvec::{Array, SmallVec, smallvec};
use std::ffi::{CStr, CString};

/// Numbers: a rectangle takes no memory of its own.
pub type Numbers<T> = SmallVec<[T; 4]>;

/// Texts or addresses: a single one takes no memory of its own.
pub type Single<T> = SmallVec<[T; 1]>;

/// The values of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Integers.
    Int(Numbers<i32>),
    /// Doubles.
    Double(Numbers<f64>),
    /// Strings.
    String(Single<Text>),
    /// Addresses.
    Pointer(Single<usize>),
}

impl Values {
    /// No strings, of a property that may have some.
    pub(crate) fn no_strings() -> Self {
        Self::String(Single::new())
    }

    /// Their count.
    pub fn len(&self) -> usize {
        match self {
            Self::Int(v) => v.len(),
            Self::Double(v) => v.len(),
            Self::String(v) => v.len(),
            Self::Pointer(v) => v.len(),
        }
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(v) => v.as_slice().serialize(serializer),
            Self::Double(v) => v.as_slice().serialize(serializer),
            Self::String(v) => serializer.collect_seq(v.iter().map(|s| s.to_string_lossy())),
            Self::Pointer(v) => serializer.collect_seq(v.iter().map(|p| *p != 0)),
        }
    }
}

macro_rules! values_from {
    ($($type:ty: $value:ident => $values:expr;)*) => {
        $(impl From<$type> for Values {
            fn from($value: $type) -> Self {
                $values
            }
        })*
    };
}

values_from! {
    i32: value => Self::Int(smallvec![value]);
    bool: value => Self::Int(smallvec![value.into()]);
    f64: value => Self::Double(smallvec![value]);
    usize: value => Self::Pointer(smallvec![value]);
    CString: value => Text::from(value).into();
    Text: value => Self::String(smallvec![value]);
    &'static CStr: value => Text::from(value).into();
    &str: value => Text::from(value).into();
    Vec<i32>: value => Self::Int(value.into());
    Vec<f64>: value => Self::Double(value.into());
    Vec<Text>: value => Self::String(value.into());
    &[&'static CStr]: value => Self::String(value.iter().copied().map(Text::from).collect());
    [i32; 2]: value => Self::Int(SmallVec::from_slice(&value));
    [i32; 4]: value => Self::Int(value.into());
    [f64; 2]: value => Self::Double(SmallVec::from_slice(&value));
    [f64; 4]: value => Self::Double(value.into());
}

/// The text up to its first NUL.
pub(crate) fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// A type of value, for the generic readers and writers.
pub(crate) trait Scalar: Clone {
    /// How many there is room for beside the values' other fields.
    type Room: Array<Item = Self>;

    fn of(values: &Values) -> Option<&SmallVec<Self::Room>>;
    fn of_mut(values: &mut Values) -> Option<&mut SmallVec<Self::Room>>;
    fn wrap(values: SmallVec<Self::Room>) -> Values;
    /// What fills the gap when a plug-in writes beyond the end of a list.
    fn blank() -> Self;
}

macro_rules! scalar {
    ($($variant:ident [$type:ty; $room:literal]: $blank:expr;)*) => {
        $(impl Scalar for $type {
            type Room = [Self; $room];

            fn of(values: &Values) -> Option<&SmallVec<Self::Room>> {
                match values {
                    Values::$variant(v) => Some(v),
                    _ => None,
                }
            }
            fn of_mut(values: &mut Values) -> Option<&mut SmallVec<Self::Room>> {
                match values {
                    Values::$variant(v) => Some(v),
                    _ => None,
                }
            }
            fn wrap(values: SmallVec<Self::Room>) -> Values {
                Values::$variant(values)
            }
            fn blank() -> Self {
                $blank
            }
        })*
    };
}

scalar! {
    Int [i32; 4]: 0;
    Double [f64; 4]: 0.0;
    String [Text; 1]: Text::default();
    Pointer [usize; 1]: 0;
}
