//! Plain texts for hosts that take descriptions as markdown.

use core::ffi::CStr;
use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

/// The text that reads in markdown as `plain` does as it stands. Hosts keep pointers, so it lives
/// as long as the process; asked again, it is the same.
pub fn escaped(plain: &'static CStr) -> &'static CStr {
    static KNOWN: Mutex<Vec<(&'static CStr, &'static CStr)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, text)) = known.iter().find(|(from, _)| *from == plain) {
        return text;
    }
    let text = CString::new(escape(plain.to_bytes())).unwrap_or_default();
    let text: &'static CStr = Box::leak(text.into_boxed_c_str());
    known.push((plain, text));
    text
}

/// A backslash before every character that means something in markdown, wherever it may: an
/// escaped character stands for itself.
fn escape(plain: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(plain.len());
    for &byte in plain {
        if b"\\`*_{}[]<>#+-|~&!".contains(&byte) {
            text.push(b'\\');
        }
        text.push(byte);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped_and_nothing_else() {
        let text = escape(b"A - B, `x`: 20 log10(peak / RMS)_1.\n\n# no heading");
        let expected = br"A \- B, \`x\`: 20 log10(peak / RMS)\_1.";
        assert_eq!(text, [expected, &b"\n\n\\# no heading"[..]].concat());
    }

    #[test]
    fn the_text_stays_where_it_is() {
        let (first, again) = (escaped(c"a*b"), escaped(c"a*b"));
        assert_eq!(first, c"a\\*b");
        assert!(core::ptr::eq(first, again));
    }
}
