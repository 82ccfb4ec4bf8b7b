//! What OpenFX calls answer.

use std::fmt;

/// The status of an OpenFX call, either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(pub i32);

macro_rules! statuses {
    ($($name:ident $constant:ident $text:literal;)*) => {
        impl Status {
            $(#[doc = $text] pub const $name: Self = Self(ofx_sys::$constant);)*

            /// The constant's name in the OpenFX headers, where it has one.
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some(stringify!($constant)),)*
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    OK kOfxStatOK "Done.";
    FAILED kOfxStatFailed "Failed for a reason not given.";
    ERR_FATAL kOfxStatErrFatal "Failed, and the plug-in is no longer usable.";
    ERR_UNKNOWN kOfxStatErrUnknown "No object of that name.";
    ERR_MISSING_HOST_FEATURE kOfxStatErrMissingHostFeature "The host lacks something that the plug-in needs.";
    ERR_UNSUPPORTED kOfxStatErrUnsupported "Not possible here.";
    ERR_EXISTS kOfxStatErrExists "Exists already, or runs already.";
    ERR_FORMAT kOfxStatErrFormat "The wrong format.";
    ERR_MEMORY kOfxStatErrMemory "Not enough memory.";
    ERR_BAD_HANDLE kOfxStatErrBadHandle "A handle that is not one, or no longer.";
    ERR_BAD_INDEX kOfxStatErrBadIndex "An index beyond the property's dimension.";
    ERR_VALUE kOfxStatErrValue "A value of the wrong type, or out of range, or not for the caller to write.";
    REPLY_YES kOfxStatReplyYes "Yes.";
    REPLY_NO kOfxStatReplyNo "No.";
    REPLY_DEFAULT kOfxStatReplyDefault "Not trapped: the host does what it does by default.";
    ERR_IMAGE_FORMAT kOfxStatErrImageFormat "An image of a kind that the plug-in cannot take.";
    GPU_OUT_OF_MEMORY kOfxStatGPUOutOfMemory "The GPU has no memory left.";
    GPU_RENDER_FAILED kOfxStatGPURenderFailed "The GPU failed.";
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "status {}, which OpenFX does not define", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_headers() {
        assert_eq!(Status(1).to_string(), "kOfxStatFailed");
        assert_eq!(
            Status::ERR_IMAGE_FORMAT.to_string(),
            "kOfxStatErrImageFormat"
        );
        assert_eq!(
            Status(77).to_string(),
            "status 77, which OpenFX does not define"
        );
    }
}
