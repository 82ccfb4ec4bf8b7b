//! Image sequences: names with a place for the frame's number, and ranges of frames.

mod pattern;
mod range;

pub use self::pattern::{Pattern, frame_in};
pub use self::range::{FrameRange, RangeError, ranges};
