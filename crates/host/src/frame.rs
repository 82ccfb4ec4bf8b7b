//! Frames: pixels in memory, with their place on the pixel grid.

use crate::error::{Error, Result};
use crate::geometry::RectI;
use crate::pixel::{Components, Depth};
use half::f16;
use std::hint::black_box;

/// The samples of a frame, by depth.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// 8 bits.
    Byte(Vec<u8>),
    /// 16 bits.
    Short(Vec<u16>),
    /// IEEE half.
    Half(Vec<f16>),
    /// IEEE single.
    Float(Vec<f32>),
}

impl Samples {
    fn zeros(depth: Depth, count: usize) -> Self {
        match depth {
            Depth::Byte => Self::Byte(vec![0; count]),
            Depth::Short => Self::Short(vec![0; count]),
            Depth::Half => Self::Half(vec![f16::ZERO; count]),
            Depth::Float => Self::Float(vec![0.0; count]),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Byte(v) => v.len(),
            Self::Short(v) => v.len(),
            Self::Half(v) => v.len(),
            Self::Float(v) => v.len(),
        }
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn depth(&self) -> Depth {
        match self {
            Self::Byte(_) => Depth::Byte,
            Self::Short(_) => Depth::Short,
            Self::Half(_) => Depth::Half,
            Self::Float(_) => Depth::Float,
        }
    }
}

/// Pixels with their bounds. Rows follow each other without gaps, the **bottom** row (`y1`) first.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    bounds: RectI,
    components: Components,
    samples: Samples,
}

impl Frame {
    /// A frame of zeros.
    ///
    /// # Errors
    /// When it has more bytes than can be addressed, or than there is memory for.
    pub fn zeros(bounds: RectI, components: Components, depth: Depth) -> Result<Self> {
        let count = sample_count(bounds, components, depth)?;
        // Memory that is not there would end the process. The box keeps the compiler from taking the question for idle.
        let mut memory = Vec::<u8>::new();
        if black_box(&mut memory)
            .try_reserve_exact(count * depth.bytes())
            .is_err()
        {
            return Err(Error::TooLarge {
                width: bounds.width(),
                height: bounds.height(),
            });
        }
        drop(black_box(memory));
        let samples = Samples::zeros(depth, count);
        Ok(Self {
            bounds,
            components,
            samples,
        })
    }

    /// A frame without pixels.
    pub(crate) fn empty(components: Components, depth: Depth) -> Self {
        Self {
            bounds: RectI::default(),
            components,
            samples: Samples::zeros(depth, 0),
        }
    }

    /// A frame of these samples, bottom row first.
    ///
    /// # Errors
    /// When their count is not width x height x components.
    pub fn new(bounds: RectI, components: Components, samples: Samples) -> Result<Self> {
        let count = sample_count(bounds, components, samples.depth())?;
        if samples.len() != count {
            return Err(Error::Frame(format!(
                "{} samples given for a frame of {} x {} pixels of {} samples",
                samples.len(),
                bounds.width(),
                bounds.height(),
                components.count()
            )));
        }
        Ok(Self {
            bounds,
            components,
            samples,
        })
    }

    /// A float frame whose samples are `sample(x, y, channel)`.
    ///
    /// # Errors
    /// When it has more bytes than can be addressed.
    pub fn from_fn(
        bounds: RectI,
        components: Components,
        mut sample: impl FnMut(i32, i32, usize) -> f32,
    ) -> Result<Self> {
        let mut samples = Vec::with_capacity(sample_count(bounds, components, Depth::Float)?);
        for y in bounds.y1..bounds.y2 {
            for x in bounds.x1..bounds.x2 {
                samples.extend((0..components.count()).map(|c| sample(x, y, c)));
            }
        }
        Self::new(bounds, components, Samples::Float(samples))
    }

    /// Where its pixels are, at its own render scale.
    pub fn bounds(&self) -> RectI {
        self.bounds
    }

    /// Its components.
    pub fn components(&self) -> Components {
        self.components
    }

    /// The type of its samples.
    pub fn depth(&self) -> Depth {
        self.samples.depth()
    }

    /// All samples, bottom row first.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// All samples, to be written.
    pub fn samples_mut(&mut self) -> &mut Samples {
        &mut self.samples
    }

    /// All samples, taken out.
    pub fn into_samples(self) -> Samples {
        self.samples
    }

    /// The samples of a float frame; none for other depths.
    pub fn floats(&self) -> Option<&[f32]> {
        match &self.samples {
            Samples::Float(v) => Some(v),
            _ => None,
        }
    }

    /// The samples of a row of a float frame; none for other depths and rows that are not there.
    pub fn row(&self, y: i32) -> Option<&[f32]> {
        let range = self.row_range(y)?;
        self.floats()?.get(range)
    }

    /// The samples of a pixel of a float frame; none for other depths and pixels that are not there.
    pub fn pixel(&self, x: i32, y: i32) -> Option<&[f32]> {
        if x < self.bounds.x1 || x >= self.bounds.x2 {
            return None;
        }
        let count = self.components.count();
        let start = (i64::from(x) - i64::from(self.bounds.x1)) as usize * count;
        self.row(y)?.get(start..start + count)
    }

    /// Where the samples of a row are.
    pub fn row_range(&self, y: i32) -> Option<std::ops::Range<usize>> {
        if y < self.bounds.y1 || y >= self.bounds.y2 {
            return None;
        }
        let length = self.row_len();
        let row = (i64::from(y) - i64::from(self.bounds.y1)) as usize;
        Some(row * length..(row + 1) * length)
    }

    /// Samples in a row.
    pub fn row_len(&self) -> usize {
        self.bounds.width() * self.components.count()
    }

    /// The frame over other bounds: cut, or grown by zeros.
    ///
    /// # Errors
    /// When it has more bytes than can be addressed.
    pub fn reframed(&self, bounds: RectI) -> Result<Self> {
        let mut out = Self::zeros(bounds, self.components, self.depth())?;
        out.copy_from(self, bounds)?;
        Ok(out)
    }

    /// Copies the pixels of `window` that both frames have.
    ///
    /// # Errors
    /// When components or depths differ.
    pub fn copy_from(&mut self, other: &Self, window: RectI) -> Result<()> {
        if self.components != other.components || self.depth() != other.depth() {
            return Err(Error::Frame(format!(
                "cannot copy {:?} {:?} pixels to {:?} {:?} ones",
                other.components,
                other.depth(),
                self.components,
                self.depth()
            )));
        }
        let common = window.intersect(self.bounds).intersect(other.bounds);
        let count = self.components.count();
        for y in common.y1..common.y2 {
            let (Some(to), Some(from)) = (self.row_range(y), other.row_range(y)) else {
                continue;
            };
            let at = |row: std::ops::Range<usize>, bounds: RectI| {
                let start =
                    row.start + (i64::from(common.x1) - i64::from(bounds.x1)) as usize * count;
                start..start + common.width() * count
            };
            let (to, from) = (at(to, self.bounds), at(from, other.bounds));
            match (&mut self.samples, &other.samples) {
                (Samples::Byte(a), Samples::Byte(b)) => a[to].copy_from_slice(&b[from]),
                (Samples::Short(a), Samples::Short(b)) => a[to].copy_from_slice(&b[from]),
                (Samples::Half(a), Samples::Half(b)) => a[to].copy_from_slice(&b[from]),
                (Samples::Float(a), Samples::Float(b)) => a[to].copy_from_slice(&b[from]),
                _ => unreachable!("depths were compared above"),
            }
        }
        Ok(())
    }
}

/// The number of samples, where that many bytes can be addressed with room to spare, and the bytes of a row fit the
/// integer in which OpenFX tells them.
pub(crate) fn sample_count(bounds: RectI, components: Components, depth: Depth) -> Result<usize> {
    let (width, height) = (bounds.width(), bounds.height());
    let pixel = components.count() * depth.bytes();
    width
        .checked_mul(pixel)
        .filter(|row| i32::try_from(*row).is_ok())
        .and_then(|row| row.checked_mul(height))
        .filter(|bytes| *bytes <= isize::MAX as usize / 2)
        .map(|bytes| bytes / depth.bytes())
        .ok_or(Error::TooLarge { width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_pixels_are_found_from_a_negative_origin() {
        let frame = Frame::from_fn(RectI::new(-2, -1, 1, 1), Components::Rgb, |x, y, c| {
            (x * 100 + y * 10) as f32 + c as f32
        })
        .unwrap();
        assert_eq!(frame.pixel(-2, -1), Some(&[-210.0, -209.0, -208.0][..]));
        assert_eq!(frame.pixel(0, 0), Some(&[0.0, 1.0, 2.0][..]));
        assert_eq!(frame.pixel(1, 0), None);
        assert_eq!(frame.row(1), None);
    }

    #[test]
    fn growing_adds_zeros_and_cutting_keeps() {
        let frame = Frame::from_fn(RectI::new(0, 0, 2, 2), Components::Alpha, |x, y, _| {
            1.0 + (x + 2 * y) as f32
        })
        .unwrap();
        let grown = frame.reframed(RectI::new(-1, 0, 2, 1)).unwrap();
        assert_eq!(grown.floats().unwrap(), [0.0, 1.0, 2.0]);
        let cut = frame.reframed(RectI::new(1, 1, 2, 2)).unwrap();
        assert_eq!(cut.floats().unwrap(), [4.0]);
    }

    #[test]
    fn absurd_sizes_are_refused() {
        let all = RectI::new(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert!(matches!(
            Frame::zeros(all, Components::Rgba, Depth::Float),
            Err(Error::TooLarge { .. })
        ));
        // 2^44 bytes can be addressed; that much memory no machine has.
        let million = RectI::new(0, 0, 1 << 21, 1 << 21);
        assert!(matches!(
            Frame::zeros(million, Components::Alpha, Depth::Float),
            Err(Error::TooLarge { .. })
        ));
    }

    #[test]
    fn a_wrong_count_is_refused() {
        let samples = Samples::Float(vec![0.0; 7]);
        assert!(Frame::new(RectI::new(0, 0, 2, 1), Components::Rgba, samples).is_err());
    }
}
