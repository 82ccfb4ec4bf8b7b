//! What each action may answer.

use crate::status::Status;
use ofx_sys::*;
use std::ffi::CStr;

/// What to think of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The action was done, or left to the host.
    Fine,
    /// An honest failure.
    Failure,
    /// Left to the host, though the host cannot do it.
    NotOptional,
    /// A status of suites and questions, which no action answers.
    NotForActions,
    /// No status of OpenFX.
    Unknown,
}

/// Actions that a plug-in cannot leave to the host.
const NOT_OPTIONAL: [&CStr; 3] = [
    kOfxActionDescribe,
    kOfxImageEffectActionDescribeInContext,
    kOfxImageEffectActionRender,
];

/// What failures may be called.
const FAILURES: [Status; 8] = [
    Status::FAILED,
    Status::ERR_FATAL,
    Status::ERR_MEMORY,
    Status::ERR_MISSING_HOST_FEATURE,
    Status::ERR_UNSUPPORTED,
    Status::ERR_IMAGE_FORMAT,
    Status::GPU_OUT_OF_MEMORY,
    Status::GPU_RENDER_FAILED,
];

/// Judges what an action answered.
pub fn judge(action: &CStr, status: Status) -> Judged {
    match status {
        Status::OK => Judged::Fine,
        Status::REPLY_DEFAULT if NOT_OPTIONAL.contains(&action) => Judged::NotOptional,
        Status::REPLY_DEFAULT => Judged::Fine,
        _ if FAILURES.contains(&status) => Judged::Failure,
        _ if status.name().is_some() => Judged::NotForActions,
        _ => Judged::Unknown,
    }
}
