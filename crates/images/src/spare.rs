//! Planes that nobody needs any more, for the next frame of a sequence.
//!
//! Those of a frame are tens of megabytes. Fresh memory for them comes in pages that the system clears one
//! by one, which takes longer than writing the samples.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Outcome;
use crate::source::zeroed_plane;
use crate::{Header, Image, SampleType, Samples};

/// Bytes that are kept; the oldest go first.
const MOST: usize = 256 << 20;

/// Smaller planes cost nothing to speak of.
const LEAST: usize = 1 << 20;

static SPARE: Mutex<Vec<Samples>> = Mutex::new(Vec::new());

fn spare() -> MutexGuard<'static, Vec<Samples>> {
    SPARE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bytes(samples: &Samples) -> usize {
    samples.len() * samples.sample_type().bytes()
}

impl Image {
    /// Takes the samples of an image that nobody needs any more, so that the next one of its size is read
    /// into their memory. The image has no channels then.
    pub fn recycle(&mut self) {
        let planes = std::mem::take(&mut self.channels).into_iter();
        let planes = planes.map(|channel| channel.samples);
        let mut spare = spare();
        spare.extend(planes.filter(|samples| bytes(samples) >= LEAST));
        let mut all: usize = spare.iter().map(bytes).sum();
        let too_many = spare.iter().take_while(|samples| {
            let is_over = all > MOST;
            all -= if is_over { bytes(samples) } else { 0 };
            is_over
        });
        let too_many = too_many.count();
        spare.drain(..too_many);
    }
}

/// A plane for each channel, with any samples: all of them are to be written.
pub(crate) fn planes(header: &Header) -> Outcome<Vec<Samples>> {
    let area = header.data.width() * header.data.height();
    let kinds = header.channels.iter().map(|channel| channel.sample_type);
    let plane = |kind| match taken(kind, area) {
        Some(plane) => Ok(plane),
        None => zeroed_plane(kind, area),
    };
    kinds.map(plane).collect()
}

fn taken(kind: SampleType, area: usize) -> Option<Samples> {
    let mut spare = spare();
    let fits = |samples: &Samples| samples.sample_type() == kind && samples.len() == area;
    let place = spare.iter().position(fits)?;
    Some(spare.swap_remove(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Channel, Format, Metadata, Rect, f16};

    fn image(width: i32, value: f32) -> Image {
        let data = Rect::new(0, 0, width, 1 << 10);
        let samples = vec![f16::from_f32(value); width as usize * data.height()];
        Image {
            display: data,
            data,
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "Y".into(),
                samples: Samples::Half(samples),
            }],
            metadata: Metadata::new(Format::Exr),
        }
    }

    /// The only test of this crate's own that uses planes of these sizes.
    #[test]
    fn a_plane_is_used_again_and_few_are_kept() {
        let header = image(1 << 10, 7.0).header();
        image(1 << 10, 7.0).recycle();
        assert!(planes(&header).unwrap() == [image(1 << 10, 7.0).channels[0].samples.clone()]);
        assert!(planes(&header).unwrap() == [image(1 << 10, 0.0).channels[0].samples.clone()]);
        // Of another type or size there is none.
        image(1 << 10, 7.0).recycle();
        for (kind, area) in [(SampleType::U16, 1 << 20), (SampleType::Half, 1 << 19)] {
            assert!(taken(kind, area).is_none());
        }
        let plane = image(1 << 14, 1.0);
        for _ in 0..9 {
            plane.clone().recycle();
        }
        assert!(spare().iter().map(bytes).sum::<usize>() <= MOST);
        assert!(taken(SampleType::Half, 1 << 24).is_some());
        spare().clear();
    }
}
