//! Writes where a plug-in must not write.

use super::Instance;
use crate::call;
use crate::error::{Error, Result};
use crate::frame::{Frame, Samples};
use crate::geometry::RectI;
use std::ffi::CStr;

impl Instance {
    /// Fails when the plug-in wrote into an input or beside it.
    pub(super) fn fail_on_strays(&self, action: &CStr) -> Result<()> {
        let stray = self.effect.images.take_strays().into_iter().next();
        stray.map_or(Ok(()), |(clip, place)| {
            Err(self.stray_write(action, format!("clip {clip}, {place}")))
        })
    }

    pub(super) fn stray_write(&self, action: &CStr, place: String) -> Error {
        Error::StrayWrite {
            plugin: self.name(),
            action: call::short(action),
            place,
        }
    }
}

/// A pixel outside all windows that is not what it was.
pub(super) fn stray_pixel(before: &Frame, after: &Frame, windows: &[RectI]) -> Option<String> {
    let mut expected = before.clone();
    for window in windows {
        expected.copy_from(after, *window).ok()?;
    }
    if bits(&expected) == bits(after) {
        return None;
    }
    let at = bits(&expected)
        .iter()
        .zip(bits(after))
        .position(|(a, b)| *a != b)?;
    let pixel = at / after.components().count();
    let width = after.bounds().width().max(1);
    let x = i64::from(after.bounds().x1) + (pixel % width) as i64;
    let y = i64::from(after.bounds().y1) + (pixel / width) as i64;
    Some(format!("pixel {x}, {y} outside the render window"))
}

/// The samples' bits, so that a NaN equals itself.
fn bits(frame: &Frame) -> Vec<u32> {
    match frame.samples() {
        Samples::Byte(v) => v.iter().map(|s| (*s).into()).collect(),
        Samples::Short(v) => v.iter().map(|s| (*s).into()).collect(),
        Samples::Half(v) => v.iter().map(|s| s.to_bits().into()).collect(),
        Samples::Float(v) => v.iter().map(|s| s.to_bits()).collect(),
    }
}
