//! Messages to the user.

use core::ffi::CStr;
use std::ffi::CString;

use ofx_sys::{
    OfxImageEffectHandle, kOfxMessageError, kOfxMessageLog, kOfxMessageMessage, kOfxMessageWarning,
};

use super::suites::Suites;

/// How serious it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// Rendering cannot proceed.
    Error,
    /// It can, but the result may not be what was meant.
    Warning,
    /// An answer to a button.
    Message,
    /// For the log only.
    Log,
}

impl Severity {
    fn wire(self) -> &'static CStr {
        match self {
            Self::Error => kOfxMessageError,
            Self::Warning => kOfxMessageWarning,
            Self::Message => kOfxMessageMessage,
            Self::Log => kOfxMessageLog,
        }
    }
}

/// Shows `text` on the node until it is cleared, or in a dialogue where a host can do no better.
/// Where it can do neither the text is lost: the status still tells that the action failed.
pub fn persist(suites: &Suites, effect: OfxImageEffectHandle, severity: Severity, text: &str) {
    let text = c_string(text);
    let set = suites
        .persistent
        .and_then(|suite| suite.setPersistentMessage);
    let Some(set) = set else {
        return post(suites, effect, severity, &text);
    };
    // SAFETY: a variadic suite function, called with the static format "%s" and one C string.
    let status = unsafe {
        set(
            effect.cast(),
            severity.wire().as_ptr(),
            c"".as_ptr(),
            c"%s".as_ptr(),
            text.as_ptr(),
        )
    };
    if status != ofx_sys::kOfxStatOK {
        post(suites, effect, severity, &text);
    }
}

/// Takes the node's message away.
pub fn clear(suites: &Suites, effect: OfxImageEffectHandle) {
    let clear = suites
        .persistent
        .and_then(|suite| suite.clearPersistentMessage);
    if let Some(clear) = clear {
        // SAFETY: an effect handle of this host.
        let _ = unsafe { clear(effect.cast()) };
    }
}

/// Shows `text` once.
pub fn show(suites: &Suites, effect: OfxImageEffectHandle, severity: Severity, text: &str) {
    post(suites, effect, severity, &c_string(text));
}

fn post(suites: &Suites, effect: OfxImageEffectHandle, severity: Severity, text: &CStr) {
    let message = suites
        .persistent
        .and_then(|suite| suite.message)
        .or_else(|| suites.message.and_then(|suite| suite.message));
    if let Some(message) = message {
        // SAFETY: a variadic suite function, called with the static format "%s" and one C string.
        let _ = unsafe {
            message(
                effect.cast(),
                severity.wire().as_ptr(),
                c"".as_ptr(),
                c"%s".as_ptr(),
                text.as_ptr(),
            )
        };
    }
}

/// A file name may hold any byte; a NUL ends no sentence of ours.
fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "?")).unwrap_or_default()
}
