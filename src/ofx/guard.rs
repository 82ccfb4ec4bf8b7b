//! The one way through which the host enters the plug-in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ofx_sys::OfxStatus;

use super::fpenv::FpEnv;
use super::status::{Reply, Result, Status};

/// Runs `body` in the IEEE floating-point environment. A panic never leaves it: its text goes to
/// `report`, and the host gets `kOfxStatFailed`.
pub fn guard(body: impl FnOnce() -> Result<Reply>, report: impl FnOnce(&str)) -> OfxStatus {
    match contained(body) {
        Ok(Ok(reply)) => reply.code(),
        Ok(Err(status)) => status.0,
        Err(text) => {
            // A message suite that panics in turn has no one left to tell.
            let _ = contained(|| report(&text));
            Status::FAILED.0
        }
    }
}

/// Runs `body` in the IEEE environment and turns a panic into its text.
pub fn contained<T>(body: impl FnOnce() -> T) -> core::result::Result<T, String> {
    // AssertUnwindSafe: what a panic may leave half-done is local to the action. Instances are
    // immutable after their creation, the tables of this module are atomic.
    catch_unwind(AssertUnwindSafe(|| {
        let _ieee = FpEnv::ieee();
        body()
    }))
    .map_err(|payload| {
        let text = if let Some(text) = payload.downcast_ref::<&str>() {
            (*text).to_owned()
        } else if let Some(text) = payload.downcast_ref::<String>() {
            text.clone()
        } else {
            "no text".to_owned()
        };
        // Dropping a foreign payload may itself panic; it is small and this is already a defect.
        std::mem::forget(payload);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failed_status_and_its_text() {
        for (payload, expected) in [(true, "plain"), (false, "formatted 7")] {
            let mut text = String::new();
            let code = guard(
                || {
                    if payload {
                        panic!("plain")
                    } else {
                        panic!("formatted {}", std::hint::black_box(7))
                    }
                },
                |t| text = t.to_owned(),
            );
            assert_eq!(code, ofx_sys::kOfxStatFailed);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_panic_while_reporting_is_contained_too() {
        let code = guard(|| panic!("first"), |_| panic!("second"));
        assert_eq!(code, ofx_sys::kOfxStatFailed);
    }

    #[test]
    fn replies_and_errors_pass_through() {
        assert_eq!(guard(|| Ok(Reply::Ok), |_| ()), ofx_sys::kOfxStatOK);
        assert_eq!(
            guard(|| Ok(Reply::Default), |_| ()),
            ofx_sys::kOfxStatReplyDefault
        );
        assert_eq!(
            guard(|| Err(Status::BAD_HANDLE), |_| ()),
            ofx_sys::kOfxStatErrBadHandle
        );
    }
}
