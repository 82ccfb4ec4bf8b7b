//! The values of properties.

use serde::{Serialize, Serializer};
use std::ffi::{CStr, CString};

/// The values of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Integers.
    Int(Vec<i32>),
    /// Doubles.
    Double(Vec<f64>),
    /// Strings.
    String(Vec<CString>),
    /// Addresses.
    Pointer(Vec<usize>),
}

impl Values {
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
            Self::Int(v) => v.serialize(serializer),
            Self::Double(v) => v.serialize(serializer),
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
    i32: value => Self::Int(vec![value]);
    bool: value => Self::Int(vec![value.into()]);
    f64: value => Self::Double(vec![value]);
    &CStr: value => Self::String(vec![value.into()]);
    &str: value => Self::String(vec![c_string(value)]);
    Vec<i32>: value => Self::Int(value);
    Vec<f64>: value => Self::Double(value);
    Vec<CString>: value => Self::String(value);
    &[&CStr]: value => Self::String(value.iter().map(|s| CString::from(*s)).collect());
    [i32; 2]: value => Self::Int(value.to_vec());
    [i32; 4]: value => Self::Int(value.to_vec());
    [f64; 2]: value => Self::Double(value.to_vec());
    [f64; 4]: value => Self::Double(value.to_vec());
}

/// The text up to its first NUL.
pub(crate) fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// A type of value, for the generic readers and writers.
pub(crate) trait Scalar: Clone {
    fn of(values: &Values) -> Option<&Vec<Self>>;
    fn of_mut(values: &mut Values) -> Option<&mut Vec<Self>>;
    fn wrap(values: Vec<Self>) -> Values;
    /// What fills the gap when a plug-in writes beyond the end of a list.
    fn blank() -> Self;
}

macro_rules! scalar {
    ($($variant:ident $type:ty: $blank:expr;)*) => {
        $(impl Scalar for $type {
            fn of(values: &Values) -> Option<&Vec<Self>> {
                match values {
                    Values::$variant(v) => Some(v),
                    _ => None,
                }
            }
            fn of_mut(values: &mut Values) -> Option<&mut Vec<Self>> {
                match values {
                    Values::$variant(v) => Some(v),
                    _ => None,
                }
            }
            fn wrap(values: Vec<Self>) -> Values {
                Values::$variant(values)
            }
            fn blank() -> Self {
                $blank
            }
        })*
    };
}

scalar! {
    Int i32: 0;
    Double f64: 0.0;
    String CString: CString::default();
    Pointer usize: 0;
}
