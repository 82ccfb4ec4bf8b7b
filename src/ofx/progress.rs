//! The host's progress bar. Only for the thread of the action.

use ofx_sys::{OfxImageEffectHandle, kOfxStatReplyNo};

use super::suites::Suites;

/// A progress bar; it closes when dropped. Where a host has none, nothing is shown and nothing
/// cancels.
pub struct Progress<'a> {
    suites: &'a Suites,
    effect: OfxImageEffectHandle,
    cancelled: bool,
}

impl<'a> Progress<'a> {
    /// Opens a bar with a static text.
    pub fn start(
        suites: &'a Suites,
        effect: OfxImageEffectHandle,
        label: &'static core::ffi::CStr,
    ) -> Self {
        // SAFETY: an effect handle of this host and static strings.
        unsafe {
            if let Some(start) = suites.progress_v2.and_then(|suite| suite.progressStart) {
                let _ = start(effect.cast(), label.as_ptr(), c"".as_ptr());
            } else if let Some(start) = suites.progress.and_then(|suite| suite.progressStart) {
                let _ = start(effect.cast(), label.as_ptr());
            }
        }
        Self {
            suites,
            effect,
            cancelled: false,
        }
    }

    /// Moves the bar to `done` of 1. False when the user wants to stop, from then on.
    pub fn update(&mut self, done: f64) -> bool {
        // SAFETY: an effect handle of this host.
        let answer = unsafe {
            if let Some(update) = self
                .suites
                .progress_v2
                .and_then(|suite| suite.progressUpdate)
            {
                Some(update(self.effect.cast(), done))
            } else {
                let update = self.suites.progress.and_then(|suite| suite.progressUpdate);
                update.map(|update| update(self.effect.cast(), done))
            }
        };
        self.cancelled |= answer == Some(kOfxStatReplyNo);
        !self.cancelled
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        // SAFETY: an effect handle of this host.
        unsafe {
            if let Some(end) = self.suites.progress_v2.and_then(|suite| suite.progressEnd) {
                let _ = end(self.effect.cast());
            } else if let Some(end) = self.suites.progress.and_then(|suite| suite.progressEnd) {
                let _ = end(self.effect.cast());
            }
        }
    }
}
