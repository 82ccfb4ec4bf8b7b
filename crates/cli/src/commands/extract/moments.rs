//! Several frames of a shot, for the opacity mode frames.

use std::sync::Arc;

use host::{Format, Frame, FrameSource, RectD, RectI, Scale, SourceError};

use crate::engine::FRAME;

/// The most frames that the node reads.
pub const MOST: usize = 16;

/// The present frame at the time of a still, and others at the whole times after it.
pub struct Moments {
    present: Arc<Frame>,
    others: Arc<[Arc<Frame>]>,
    pixel_aspect: f64,
}

/// The first and the last time of so many others.
pub fn times(count: usize) -> [i32; 2] {
    let first = FRAME as i32 + 1;
    [first, first + count as i32 - 1]
}

impl Moments {
    /// A source of these frames.
    pub fn new(present: Frame, others: Arc<[Arc<Frame>]>, pixel_aspect: f64) -> Self {
        Moments {
            present: Arc::new(present),
            others,
            pixel_aspect,
        }
    }

    fn frame(&self, time: f64) -> Result<&Arc<Frame>, SourceError> {
        let after = time - FRAME;
        if after == 0.0 {
            return Ok(&self.present);
        }
        let index = (after >= 1.0).then_some(after as usize);
        let other = index.and_then(|index| self.others.get(index - 1));
        other.ok_or_else(|| SourceError::new(format_args!("there is no frame {time}")))
    }
}

impl FrameSource for Moments {
    fn format(&self) -> Format {
        Format {
            components: self.present.components(),
            depth: self.present.depth(),
            pixel_aspect: self.pixel_aspect,
            frame_range: [FRAME, FRAME + self.others.len() as f64],
            frame_varying: true,
            ..Format::default()
        }
    }

    fn region_of_definition(&self, time: f64, _: Scale) -> Result<RectD, SourceError> {
        let bounds = self.frame(time)?.bounds();
        Ok(bounds.to_canonical(Scale::ONE, self.pixel_aspect))
    }

    fn image(&self, time: f64, _: Scale, _: RectI) -> Result<Arc<Frame>, SourceError> {
        Ok(self.frame(time)?.clone())
    }
}

/// At most [`MOST`] of so many, evenly spread from the first to the last.
pub fn spread(count: usize) -> Vec<usize> {
    let most = count.min(MOST);
    let at = |index: usize| match most {
        1 => 0,
        _ => index * (count - 1) / (most - 1),
    };
    (0..most).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use host::Components;

    #[test]
    fn moments_are_spread_from_end_to_end() {
        assert!(spread(0).is_empty());
        assert_eq!(spread(1), [0]);
        assert_eq!(spread(3), [0, 1, 2]);
        let many = spread(100);
        assert_eq!((many.len(), many[0], many[15]), (16, 0, 99));
    }

    #[test]
    fn the_present_comes_first_and_others_after_it() {
        let frame = |value: f32| {
            Frame::from_fn(RectI::new(0, 0, 1, 1), Components::Alpha, |_, _, _| value).unwrap()
        };
        let others: Vec<Arc<Frame>> = [7.0, 8.0].map(|v| Arc::new(frame(v))).into();
        let source = Moments::new(frame(1.0), others.into(), 1.0);
        let at = |time| {
            let image = source.image(time, Scale::ONE, RectI::default());
            image.map(|image| image.floats().unwrap()[0]).ok()
        };
        let [first, last] = times(2).map(f64::from);
        assert_eq!(
            [at(FRAME), at(first), at(last)],
            [Some(1.0), Some(7.0), Some(8.0)]
        );
        assert_eq!([at(last + 1.0), at(FRAME - 1.0)], [None, None]);
        assert_eq!(source.format().frame_range, [FRAME, last]);
    }
}
