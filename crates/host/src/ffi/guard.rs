//! What surrounds every suite function, and how C arguments are read and written.

use super::environment::Environment;
use crate::context;
use crate::side;
use crate::status::Status;
use ofx_sys::OfxStatus;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a suite function: a fault that the host is asked to have comes first, a panic becomes kOfxStatFailed, and the
/// host's own arithmetic is IEEE's whatever the environment it is called in.
pub(super) fn guard(
    function: &'static str,
    work: impl FnOnce() -> Result<(), Status>,
) -> OfxStatus {
    let run = || {
        let _side = side::host();
        let _environment = Environment::ieee();
        context::fault(function)?;
        work()
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(())) => Status::OK.0,
        Ok(Err(status)) => status.0,
        Err(_) => {
            // The panic hook has told where and why.
            context::note_panic(function);
            Status::FAILED.0
        }
    }
}

/// Writes a result.
///
/// # Safety
/// `out` is NULL or a place for a `T`.
pub(super) unsafe fn write<T>(out: *mut T, value: T) -> Result<(), Status> {
    if out.is_null() {
        return Err(Status::ERR_VALUE);
    }
    // SAFETY: by this function's contract; unaligned, as nothing tells that foreign places are aligned.
    unsafe { out.write_unaligned(value) };
    Ok(())
}

/// Writes a result that the caller may not want.
///
/// # Safety
/// As of [`write()`].
pub(super) unsafe fn write_if_wanted<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: by this function's contract.
        unsafe { out.write_unaligned(value) };
    }
}

/// Reads a name.
///
/// # Safety
/// `text` is NULL or a C string that outlives `'a`.
pub(super) unsafe fn name<'a>(text: *const c_char) -> Result<&'a CStr, Status> {
    if text.is_null() {
        return Err(Status::ERR_VALUE);
    }
    // SAFETY: by this function's contract.
    Ok(unsafe { CStr::from_ptr(text) })
}

/// Reads a name, which must be text.
///
/// # Safety
/// As of [`name()`].
pub(super) unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, Status> {
    // SAFETY: by this function's contract.
    unsafe { name(text) }?
        .to_str()
        .map_err(|_| Status::ERR_VALUE)
}
