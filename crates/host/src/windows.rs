//! Frames of any size, read window by window.

use crate::error::SourceError;
use crate::frame::Frame;
use crate::geometry::{RectD, RectI, Scale};
use crate::source::{Format, FrameSource};
use std::sync::Arc;

/// A still whose pixels are read when they are asked for, and not kept: what a plug-in does not fetch takes no memory.
///
/// There are no proxies of it: it is rendered at full scale only.
pub struct WindowSource<R> {
    bounds: RectI,
    format: Format,
    read: R,
}

impl<R> WindowSource<R>
where
    R: Fn(RectI) -> Result<Frame, SourceError> + Send + Sync,
{
    /// A still with pixels in `bounds`. `read` gives the pixels of a window that lies in them, as `format` says.
    pub fn new(bounds: RectI, format: Format, read: R) -> Self {
        Self {
            bounds,
            format,
            read,
        }
    }
}

impl<R> FrameSource for WindowSource<R>
where
    R: Fn(RectI) -> Result<Frame, SourceError> + Send + Sync,
{
    fn format(&self) -> Format {
        self.format
    }

    fn region_of_definition(&self, _time: f64, _scale: Scale) -> Result<RectD, SourceError> {
        Ok(self
            .bounds
            .to_canonical(Scale::ONE, self.format.pixel_aspect))
    }

    fn image(&self, _time: f64, scale: Scale, region: RectI) -> Result<Arc<Frame>, SourceError> {
        if scale != Scale::ONE {
            return Err(SourceError::new(
                "a frame that is read window by window has no proxies: render it at full scale",
            ));
        }
        let window = region.intersect(self.bounds);
        let frame = (self.read)(window)?;
        if frame.bounds().contains(window) {
            Ok(Arc::new(frame))
        } else {
            Err(SourceError::new(format_args!(
                "the window {window:?} was asked for, {:?} was read",
                frame.bounds()
            )))
        }
    }
}
