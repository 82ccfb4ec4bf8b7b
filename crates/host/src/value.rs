//! Values of parameters.

use crate::text::Text;
use crate::values::Numbers;
use serde::Serialize;
use smallvec::smallvec;
use std::ffi::CStr;

/// The kind of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // the names are OpenFX's own
pub enum ParamKind {
    Integer,
    Integer2D,
    Integer3D,
    Double,
    Double2D,
    Double3D,
    #[serde(rename = "rgb")]
    Rgb,
    #[serde(rename = "rgba")]
    Rgba,
    Boolean,
    Choice,
    StrChoice,
    String,
    Custom,
    Group,
    Page,
    PushButton,
}

/// What travels through the variadic calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    None,
    Int(usize),
    Double(usize),
    String,
}

impl Shape {
    /// How many values there are.
    pub(crate) fn count(self) -> usize {
        match self {
            Self::None => 0,
            Self::Int(count) | Self::Double(count) => count,
            Self::String => 1,
        }
    }
}

impl ParamKind {
    pub(crate) const ALL: [Self; 16] = [
        Self::Integer,
        Self::Integer2D,
        Self::Integer3D,
        Self::Double,
        Self::Double2D,
        Self::Double3D,
        Self::Rgb,
        Self::Rgba,
        Self::Boolean,
        Self::Choice,
        Self::StrChoice,
        Self::String,
        Self::Custom,
        Self::Group,
        Self::Page,
        Self::PushButton,
    ];

    /// OpenFX's name.
    pub fn ofx(self) -> &'static CStr {
        match self {
            Self::Integer => ofx_sys::kOfxParamTypeInteger,
            Self::Integer2D => ofx_sys::kOfxParamTypeInteger2D,
            Self::Integer3D => ofx_sys::kOfxParamTypeInteger3D,
            Self::Double => ofx_sys::kOfxParamTypeDouble,
            Self::Double2D => ofx_sys::kOfxParamTypeDouble2D,
            Self::Double3D => ofx_sys::kOfxParamTypeDouble3D,
            Self::Rgb => ofx_sys::kOfxParamTypeRGB,
            Self::Rgba => ofx_sys::kOfxParamTypeRGBA,
            Self::Boolean => ofx_sys::kOfxParamTypeBoolean,
            Self::Choice => ofx_sys::kOfxParamTypeChoice,
            Self::StrChoice => ofx_sys::kOfxParamTypeStrChoice,
            Self::String => ofx_sys::kOfxParamTypeString,
            Self::Custom => ofx_sys::kOfxParamTypeCustom,
            Self::Group => ofx_sys::kOfxParamTypeGroup,
            Self::Page => ofx_sys::kOfxParamTypePage,
            Self::PushButton => ofx_sys::kOfxParamTypePushButton,
        }
    }

    /// The kind of that OpenFX name.
    pub fn from_ofx(name: &CStr) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.ofx() == name)
    }

    pub(crate) fn shape(self) -> Shape {
        match self {
            Self::Integer | Self::Boolean | Self::Choice => Shape::Int(1),
            Self::Integer2D => Shape::Int(2),
            Self::Integer3D => Shape::Int(3),
            Self::Double => Shape::Double(1),
            Self::Double2D => Shape::Double(2),
            Self::Double3D | Self::Rgb => Shape::Double(3),
            Self::Rgba => Shape::Double(4),
            Self::StrChoice | Self::String | Self::Custom => Shape::String,
            Self::Group | Self::Page | Self::PushButton => Shape::None,
        }
    }
}

/// The value of a parameter: what its kind holds, as integers, doubles or text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of an integer parameter; of a boolean, 0 or 1; of a choice, the index of the option.
    Int(i32),
    /// Of an integer parameter of two or three dimensions.
    Ints(Vec<i32>),
    /// Of a boolean parameter.
    Bool(bool),
    /// Of a choice: the index of the option.
    Choice(i32),
    /// Of a double parameter.
    Double(f64),
    /// Of a double parameter of two or three dimensions, or of a colour.
    Doubles(Vec<f64>),
    /// Of a string, a custom parameter or a choice by name.
    String(String),
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl<const N: usize> From<[f64; N]> for Value {
    fn from(value: [f64; N]) -> Self {
        Self::Doubles(value.to_vec())
    }
}

impl<const N: usize> From<[i32; N]> for Value {
    fn from(value: [i32; N]) -> Self {
        Self::Ints(value.to_vec())
    }
}

impl Value {
    /// The number of a parameter of one dimension.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(v) | Self::Choice(v) => Some(f64::from(*v)),
            Self::Bool(v) => Some(f64::from(u8::from(*v))),
            Self::Double(v) => Some(*v),
            _ => None,
        }
    }

    /// The integer of a parameter of one dimension.
    pub fn as_i32(&self) -> Option<i32> {
        match self {
            Self::Int(v) | Self::Choice(v) => Some(*v),
            Self::Bool(v) => Some((*v).into()),
            _ => None,
        }
    }

    /// The text of a string parameter.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(v) => Some(v),
            _ => None,
        }
    }

    /// The value that a JSON value stands for, to be fitted to a parameter afterwards.
    ///
    /// # Errors
    /// When no parameter has such a value.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, String> {
        use serde_json::Value as Json;
        let number = |n: &serde_json::Number| {
            let whole = n.as_i64().and_then(|i| i32::try_from(i).ok());
            whole
                .map(Self::Int)
                .or_else(|| n.as_f64().map(Self::Double))
        };
        match json {
            Json::Bool(v) => Ok(Self::Bool(*v)),
            Json::String(v) => Ok(Self::String(v.clone())),
            Json::Number(n) => number(n).ok_or_else(|| format!("{n} is no number that fits")),
            Json::Array(items) => {
                let doubles: Option<Vec<f64>> = items.iter().map(Json::as_f64).collect();
                doubles
                    .map(Self::Doubles)
                    .ok_or_else(|| format!("{json} is not a list of numbers"))
            }
            Json::Null | Json::Object(_) => Err(format!("{json} is no value of a parameter")),
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Int(v) | Self::Choice(v) => (*v).into(),
            Self::Ints(v) => v.clone().into(),
            Self::Bool(v) => (*v).into(),
            Self::Double(v) => (*v).into(),
            Self::Doubles(v) => v.clone().into(),
            Self::String(v) => v.clone().into(),
        }
    }
}

/// A value as a parameter stores it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stored {
    Ints(Numbers<i32>),
    Doubles(Numbers<f64>),
    String(Text),
}

impl Stored {
    /// The value for users, by the kind of its parameter.
    pub(crate) fn to_value(&self, kind: ParamKind) -> Value {
        match (self, kind) {
            (Self::Ints(v), ParamKind::Boolean) => Value::Bool(v.first().is_some_and(|b| *b != 0)),
            (Self::Ints(v), ParamKind::Choice) => {
                Value::Choice(v.first().copied().unwrap_or_default())
            }
            (Self::Ints(v), _) if v.len() == 1 => Value::Int(v[0]),
            (Self::Ints(v), _) => Value::Ints(v.to_vec()),
            (Self::Doubles(v), _) if v.len() == 1 => Value::Double(v[0]),
            (Self::Doubles(v), _) => Value::Doubles(v.to_vec()),
            (Self::String(v), _) => Value::String(v.to_string_lossy().into_owned()),
        }
    }

    /// What a parameter of this kind stores for a value. Numbers fit where they lose nothing; a choice is taken by
    /// the name of its option too.
    pub(crate) fn from_value(
        kind: ParamKind,
        value: &Value,
        options: &[String],
    ) -> Result<Self, String> {
        let wrong = || {
            Err(format!(
                "{} is no value of a parameter of kind {kind:?}",
                value.to_json()
            ))
        };
        match (kind, value) {
            (ParamKind::Choice, Value::String(name)) => {
                match options.iter().position(|o| o == name) {
                    Some(index) => Ok(Self::Ints(smallvec![index as i32])),
                    None => Err(format!(
                        "there is no option {name:?}; there are {}",
                        options.join(", ")
                    )),
                }
            }
            (ParamKind::Choice, _) => match value.as_i32() {
                Some(i) if usize::try_from(i).is_ok_and(|i| i < options.len()) => {
                    Ok(Self::Ints(smallvec![i]))
                }
                Some(i) => Err(format!(
                    "there is no option {i}; there are {}",
                    options.len()
                )),
                None => wrong(),
            },
            (ParamKind::Boolean, _) => match value.as_f64() {
                Some(v) if v == 0.0 || v == 1.0 => Ok(Self::Ints(smallvec![v as i32])),
                _ => wrong(),
            },
            (_, _) => match kind.shape() {
                Shape::None => Err("it has no value".into()),
                Shape::String => match value {
                    Value::String(v) if v.contains('\0') => Err("text cannot hold a NUL".into()),
                    Value::String(v) => Ok(Self::String(v.as_str().into())),
                    _ => wrong(),
                },
                Shape::Int(n) => match numbers(value) {
                    Some(v) if v.len() == n && v.iter().all(|v| f64::from(*v as i32) == *v) => {
                        Ok(Self::Ints(v.iter().map(|v| *v as i32).collect()))
                    }
                    _ => wrong(),
                },
                Shape::Double(n) => match numbers(value) {
                    Some(v) if v.len() == n => Ok(Self::Doubles(v)),
                    _ => wrong(),
                },
            },
        }
    }
}

fn numbers(value: &Value) -> Option<Numbers<f64>> {
    match value {
        Value::Ints(v) => Some(v.iter().map(|v| f64::from(*v)).collect()),
        Value::Doubles(v) => Some(v.as_slice().into()),
        Value::Bool(_) | Value::String(_) => None,
        _ => value.as_f64().map(|v| smallvec![v]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(kind: ParamKind, value: impl Into<Value>) -> Result<Stored, String> {
        Stored::from_value(kind, &value.into(), &["Off".into(), "On".into()])
    }

    #[test]
    fn values_fit_where_nothing_is_lost() {
        assert_eq!(
            store(ParamKind::Double, 3),
            Ok(Stored::Doubles(smallvec![3.0]))
        );
        assert_eq!(
            store(ParamKind::Integer, 3.0),
            Ok(Stored::Ints(smallvec![3]))
        );
        assert!(store(ParamKind::Integer, 3.5).is_err());
        assert!(store(ParamKind::Integer, f64::NAN).is_err());
        assert_eq!(
            store(ParamKind::Integer2D, [3.0, 4.0]),
            Ok(Stored::Ints(smallvec![3, 4]))
        );
        assert!(store(ParamKind::Rgba, [0.0; 3]).is_err());
        assert_eq!(
            store(ParamKind::Boolean, true),
            Ok(Stored::Ints(smallvec![1]))
        );
        assert!(store(ParamKind::Boolean, 2).is_err());
        assert!(store(ParamKind::String, 2).is_err());
        assert!(store(ParamKind::String, "a\0b").is_err());
        assert!(store(ParamKind::PushButton, 1).is_err());
    }

    #[test]
    fn choices_are_taken_by_name_or_index() {
        assert_eq!(
            store(ParamKind::Choice, "On"),
            Ok(Stored::Ints(smallvec![1]))
        );
        assert_eq!(store(ParamKind::Choice, 0), Ok(Stored::Ints(smallvec![0])));
        assert_eq!(
            store(ParamKind::Choice, "Auto"),
            Err(r#"there is no option "Auto"; there are Off, On"#.into())
        );
        assert!(store(ParamKind::Choice, 2).is_err());
    }

    #[test]
    fn json_becomes_values() {
        let json = |text| Value::from_json(&serde_json::from_str(text).unwrap());
        assert_eq!(json("3"), Ok(Value::Int(3)));
        assert_eq!(json("3.5"), Ok(Value::Double(3.5)));
        assert_eq!(json("5000000000"), Ok(Value::Double(5e9)));
        assert_eq!(json("[1, 0.5]"), Ok(Value::Doubles(vec![1.0, 0.5])));
        assert!(json("null").is_err());
        assert!(json(r#"["a"]"#).is_err());
    }
}
