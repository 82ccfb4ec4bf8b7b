//! OpenFX status codes as Rust errors.

use core::fmt;

use ofx_sys::OfxStatus;

/// A status code that is not `kOfxStatOK`: the error of every fallible call of the plug-in.
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Status(pub OfxStatus);

/// The plug-in's result: what was wanted, or the status that the host gets to see.
pub type Result<T> = core::result::Result<T, Status>;

impl Status {
    /// The action failed; a message was posted where the user can act.
    pub const FAILED: Self = Self(ofx_sys::kOfxStatFailed);
    /// The host lacks a suite or depth that the plug-in cannot do without.
    pub const MISSING_HOST_FEATURE: Self = Self(ofx_sys::kOfxStatErrMissingHostFeature);
    /// A handle was NULL, stale or of another kind.
    pub const BAD_HANDLE: Self = Self(ofx_sys::kOfxStatErrBadHandle);
    /// A property, clip or parameter that does not exist.
    pub const UNKNOWN: Self = Self(ofx_sys::kOfxStatErrUnknown);
    /// A value outside what its meaning allows.
    pub const VALUE: Self = Self(ofx_sys::kOfxStatErrValue);
    /// The system has no memory left.
    pub const MEMORY: Self = Self(ofx_sys::kOfxStatErrMemory);
    /// An image whose layout cannot be served.
    pub const IMAGE_FORMAT: Self = Self(ofx_sys::kOfxStatErrImageFormat);

    /// Turns a suite's answer into a `Result`. What is no error of the specification becomes a
    /// plain failure: a stray *default* that travelled on would tell the host that a failed render
    /// had been done. So does a fatal one, which would have the host give the plug-in up.
    pub fn check(code: OfxStatus) -> Result<()> {
        match code {
            ofx_sys::kOfxStatOK => Ok(()),
            ofx_sys::kOfxStatErrUnknown
            | ofx_sys::kOfxStatErrMissingHostFeature
            | ofx_sys::kOfxStatErrUnsupported
            | ofx_sys::kOfxStatErrExists
            | ofx_sys::kOfxStatErrFormat
            | ofx_sys::kOfxStatErrMemory
            | ofx_sys::kOfxStatErrBadHandle
            | ofx_sys::kOfxStatErrBadIndex
            | ofx_sys::kOfxStatErrValue
            | ofx_sys::kOfxStatErrImageFormat => Err(Self(code)),
            _ => Err(Self::FAILED),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Status({})", self.0)
    }
}

/// What an action answers when it did not fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Reply {
    /// Done.
    Ok,
    /// The host does what it does by default.
    Default,
}

impl Reply {
    /// The code on the wire.
    pub fn code(self) -> OfxStatus {
        match self {
            Self::Ok => ofx_sys::kOfxStatOK,
            Self::Default => ofx_sys::kOfxStatReplyDefault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_of_the_specification_travel_on() {
        assert_eq!(Status::check(0), Ok(()));
        for code in 3..=11 {
            assert_eq!(Status::check(code), Err(Status(code)));
        }
        assert_eq!(Status::check(1000), Err(Status::IMAGE_FORMAT));
        for code in [1, 2, 12, 13, 14, 15, -1, 1001, i32::MIN, i32::MAX] {
            assert_eq!(Status::check(code), Err(Status::FAILED), "{code}");
        }
    }
}
