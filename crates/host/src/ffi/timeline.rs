//! The timeline suite: the current time is the one of the action that is running.

use super::guard::{guard, write};
use crate::edit;
use crate::effect::Effect;
use crate::registry::find;
use crate::status::Status;
use ofx_sys::{OfxStatus, OfxTimeLineSuiteV1};
use std::ffi::c_void;

pub(super) static SUITE: OfxTimeLineSuiteV1 = OfxTimeLineSuiteV1 {
    getTime: Some(get_time),
    gotoTime: Some(goto_time),
    getTimeBounds: Some(get_time_bounds),
};

unsafe extern "C" fn get_time(handle: *mut c_void, out: *mut f64) -> OfxStatus {
    guard("getTime", || {
        find::<Effect>(handle.addr())?;
        // SAFETY: by the suite's contract `out` is NULL or a place for the time.
        unsafe { write(out, edit::current_time()) }
    })
}

/// There is no timeline to move: the program that embeds the host decides what is rendered.
unsafe extern "C" fn goto_time(handle: *mut c_void, time: f64) -> OfxStatus {
    guard("gotoTime", || {
        find::<Effect>(handle.addr())?;
        if time.is_finite() {
            Ok(())
        } else {
            Err(Status::ERR_VALUE)
        }
    })
}

unsafe extern "C" fn get_time_bounds(
    handle: *mut c_void,
    first: *mut f64,
    last: *mut f64,
) -> OfxStatus {
    guard("getTimeBounds", || {
        let [low, high] = find::<Effect>(handle.addr())?.frame_range();
        // SAFETY: by the suite's contract both are NULL or places for a time.
        unsafe {
            write(first, low)?;
            write(last, high)
        }
    })
}
