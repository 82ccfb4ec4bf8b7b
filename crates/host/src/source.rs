//! Where the images of a clip come from.

use crate::convert::convert;
use crate::error::SourceError;
use crate::frame::Frame;
use crate::geometry::{RectD, RectI, Scale};
use crate::pixel::{Components, Depth, Premultiplication};
use crate::proxy;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a source's frames are like, before the host converts them to what a plug-in asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    /// Their components.
    pub components: Components,
    /// Their depth.
    pub depth: Depth,
    /// What their alpha means.
    pub premultiplication: Premultiplication,
    /// Width of a pixel over its height.
    pub pixel_aspect: f64,
    /// Frames in a second.
    pub frame_rate: f64,
    /// First and last frame.
    pub frame_range: [f64; 2],
    /// True when other frames differ although nothing else does.
    pub frame_varying: bool,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            components: Components::Rgba,
            depth: Depth::Float,
            premultiplication: Premultiplication::default(),
            pixel_aspect: 1.0,
            frame_rate: 24.0,
            frame_range: [0.0, 0.0],
            frame_varying: false,
        }
    }
}

/// A source of frames for a clip: a file, a sequence, a node, memory.
///
/// The host asks from several threads at once.
pub trait FrameSource: Send + Sync {
    /// What the frames are like.
    fn format(&self) -> Format;

    /// Where there are pixels at `time`: a canonical rectangle.
    ///
    /// # Errors
    /// When there is no such frame, or it cannot be read.
    fn region_of_definition(&self, time: f64, scale: Scale) -> Result<RectD, SourceError>;

    /// The frame at `time` and `scale`: at least the pixels of `region` that it has, which may be more than asked
    /// for. Its components and depth are those of [`FrameSource::format`].
    ///
    /// # Errors
    /// When there is no such frame, or it cannot be read.
    fn image(&self, time: f64, scale: Scale, region: RectI) -> Result<Arc<Frame>, SourceError>;

    /// Tells that `image` will be asked for this soon, on this thread.
    ///
    /// # Errors
    /// When the frame cannot be had.
    fn prefetch(&self, _time: f64, _scale: Scale, _region: RectI) -> Result<(), SourceError> {
        Ok(())
    }

    /// Finds out whether the frame at `time` can be read, at less cost than reading it.
    ///
    /// # Errors
    /// When it cannot.
    fn check(&self, time: f64) -> Result<(), SourceError> {
        self.region_of_definition(time, Scale::ONE).map(drop)
    }
}

/// How a frame in memory is made smaller for a render scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyFilter {
    /// Averages of the pixels covered.
    #[default]
    Box,
    /// The pixel at the centre.
    Nearest,
}

/// Frames in memory, all of one format. A single frame stands at every time.
pub struct MemorySource {
    frames: BTreeMap<i64, Arc<Frame>>,
    still: bool,
    format: Format,
    filter: ProxyFilter,
    /// The proxies made last, by time and scale.
    proxies: Mutex<Vec<(i64, Scale, Arc<Frame>)>>,
}

/// Proxies kept: enough for the inputs around one frame.
const KEPT_PROXIES: usize = 4;

impl MemorySource {
    /// A still.
    pub fn still(frame: Frame) -> Self {
        let format = Format {
            components: frame.components(),
            depth: frame.depth(),
            ..Format::default()
        };
        Self {
            frames: BTreeMap::from([(0, Arc::new(frame))]),
            still: true,
            format,
            filter: ProxyFilter::default(),
            proxies: Mutex::default(),
        }
    }

    /// A sequence: each frame at its whole time. All are converted to the format of the first.
    ///
    /// # Errors
    /// When there is none, or one cannot be converted.
    pub fn sequence(frames: impl IntoIterator<Item = (i32, Frame)>) -> Result<Self, SourceError> {
        let mut frames: BTreeMap<i64, Frame> =
            frames.into_iter().map(|(t, f)| (t.into(), f)).collect();
        let (Some((&first, frame)), Some((&last, _))) =
            (frames.first_key_value(), frames.last_key_value())
        else {
            return Err(SourceError::new("a sequence needs at least one frame"));
        };
        let format = Format {
            components: frame.components(),
            depth: frame.depth(),
            frame_range: [first as f64, last as f64],
            ..Format::default()
        };
        for frame in frames.values_mut() {
            if (frame.components(), frame.depth()) != (format.components, format.depth) {
                *frame =
                    convert(frame, format.components, format.depth).map_err(SourceError::new)?;
            }
        }
        Ok(Self {
            frames: frames.into_iter().map(|(t, f)| (t, Arc::new(f))).collect(),
            still: false,
            format,
            filter: ProxyFilter::default(),
            proxies: Mutex::default(),
        })
    }

    /// With another pixel aspect (width over height).
    pub fn with_pixel_aspect(mut self, pixel_aspect: f64) -> Self {
        self.format.pixel_aspect = pixel_aspect;
        self
    }

    /// With another premultiplication.
    pub fn with_premultiplication(mut self, premultiplication: Premultiplication) -> Self {
        self.format.premultiplication = premultiplication;
        self
    }

    /// With another way to make proxies.
    pub fn with_filter(mut self, filter: ProxyFilter) -> Self {
        self.filter = filter;
        self
    }

    fn frame(&self, time: f64) -> Result<(i64, &Arc<Frame>), SourceError> {
        let key = if self.still { 0 } else { time.floor() as i64 };
        match self.frames.get(&key) {
            Some(frame) => Ok((key, frame)),
            None => Err(SourceError::new(format_args!("there is no frame {time}"))),
        }
    }
}

impl FrameSource for MemorySource {
    fn format(&self) -> Format {
        self.format
    }

    fn region_of_definition(&self, time: f64, _scale: Scale) -> Result<RectD, SourceError> {
        let (_, frame) = self.frame(time)?;
        Ok(frame
            .bounds()
            .to_canonical(Scale::ONE, self.format.pixel_aspect))
    }

    fn image(&self, time: f64, scale: Scale, _region: RectI) -> Result<Arc<Frame>, SourceError> {
        let (key, frame) = self.frame(time)?;
        if scale == Scale::ONE {
            return Ok(frame.clone());
        }
        let mut proxies = self.proxies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., proxy)) = proxies.iter().find(|(k, s, _)| *k == key && *s == scale) {
            return Ok(proxy.clone());
        }
        let proxy = match self.filter {
            ProxyFilter::Box => proxy::box_average(frame, scale),
            ProxyFilter::Nearest => proxy::nearest(frame, scale),
        };
        let proxy = Arc::new(proxy.map_err(SourceError::new)?);
        if proxies.len() >= KEPT_PROXIES {
            proxies.remove(0);
        }
        proxies.push((key, scale, proxy.clone()));
        Ok(proxy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_has_its_frames_and_no_other() {
        let frame =
            |v| Frame::from_fn(RectI::new(0, 0, 1, 1), Components::Alpha, |_, _, _| v).unwrap();
        let source = MemorySource::sequence([(7, frame(7.0)), (9, frame(9.0))]).unwrap();
        assert_eq!(source.format().frame_range, [7.0, 9.0]);
        let nine = source.image(9.5, Scale::ONE, RectI::default()).unwrap();
        assert_eq!(nine.floats().unwrap(), [9.0]);
        assert!(
            source
                .check(8.0)
                .unwrap_err()
                .to_string()
                .contains("no frame 8")
        );
        assert!(MemorySource::sequence([]).is_err());
    }
}
