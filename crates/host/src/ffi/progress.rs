//! The progress suites.

use super::guard::{guard, name};
use crate::effect::Effect;
use crate::options::Progress;
use crate::registry::find;
use crate::status::Status;
use ofx_sys::{OfxProgressSuiteV1, OfxProgressSuiteV2, OfxStatus};
use std::ffi::{c_char, c_void};
use std::sync::Arc;

pub(super) static SUITE_V1: OfxProgressSuiteV1 = OfxProgressSuiteV1 {
    progressStart: Some(start_v1),
    progressUpdate: Some(update),
    progressEnd: Some(end),
};

pub(super) static SUITE_V2: OfxProgressSuiteV2 = OfxProgressSuiteV2 {
    progressStart: Some(start_v2),
    progressUpdate: Some(update),
    progressEnd: Some(end),
};

/// Who sees the progress of that instance.
fn viewer(handle: *mut c_void) -> Result<Option<Arc<dyn Progress>>, Status> {
    Ok(find::<Effect>(handle.addr())?.host.options.progress.clone())
}

fn start(handle: *mut c_void, label: *const c_char) -> OfxStatus {
    guard("progressStart", || {
        let viewer = viewer(handle)?;
        // SAFETY: by the suite's contract `label` is NULL or a C string.
        let label = unsafe { name(label) }?;
        if let Some(viewer) = viewer {
            viewer.start(&label.to_string_lossy());
        }
        Ok(())
    })
}

unsafe extern "C" fn start_v1(handle: *mut c_void, label: *const c_char) -> OfxStatus {
    start(handle, label)
}

unsafe extern "C" fn start_v2(
    handle: *mut c_void,
    label: *const c_char,
    _id: *const c_char,
) -> OfxStatus {
    start(handle, label)
}

unsafe extern "C" fn update(handle: *mut c_void, progress: f64) -> OfxStatus {
    guard("progressUpdate", || {
        let goes_on = viewer(handle)?.is_none_or(|viewer| viewer.update(progress.clamp(0.0, 1.0)));
        if goes_on {
            Ok(())
        } else {
            Err(Status::REPLY_NO)
        }
    })
}

unsafe extern "C" fn end(handle: *mut c_void) -> OfxStatus {
    guard("progressEnd", || {
        if let Some(viewer) = viewer(handle)? {
            viewer.end();
        }
        Ok(())
    })
}
