//! Texts of properties.

use crate::values::c_string;
use std::ffi::{CStr, CString};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::ops::Deref;
use std::sync::Arc;

/// A text of a property, or its name. A clone is the same text at the same address, and takes no memory.
#[derive(Clone)]
pub enum Text {
    /// A constant, as most are.
    Constant(&'static CStr),
    /// Any other.
    Shared(Arc<CStr>),
}

impl Text {
    /// A number in decimals.
    pub(crate) fn number(number: usize) -> Self {
        let mut digits = [0; 24]; // the longest has 20, and a NUL follows
        let _ = write!(&mut digits[..], "{number}");
        Self::Shared(
            CStr::from_bytes_until_nul(&digits)
                .unwrap_or_default()
                .into(),
        )
    }

    /// The text itself.
    pub fn as_c_str(&self) -> &CStr {
        match self {
            Self::Constant(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Constant(c"")
    }
}

impl Deref for Text {
    type Target = CStr;

    fn deref(&self) -> &CStr {
        self.as_c_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_c_str() == other.as_c_str()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_c_str().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_c_str().fmt(f)
    }
}

impl From<&'static CStr> for Text {
    fn from(text: &'static CStr) -> Self {
        Self::Constant(text)
    }
}

impl From<CString> for Text {
    fn from(text: CString) -> Self {
        Self::Shared(text.into())
    }
}

/// The text up to its first NUL.
impl From<&str> for Text {
    fn from(text: &str) -> Self {
        c_string(text).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole() {
        assert_eq!(*Text::number(0), *c"0");
        let most = usize::MAX.to_string();
        assert_eq!(Text::number(usize::MAX).to_str(), Ok(most.as_str()));
    }

    #[test]
    fn a_clone_has_the_same_address() {
        let text = Text::from("shared");
        assert_eq!(text.clone().as_ptr(), text.as_ptr());
        assert_eq!(text, Text::from(c"shared"));
    }
}
