//! Pictures as the estimator sees them.

/// The extent of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Size {
    /// Pixels in all.
    pub const fn pixels(self) -> usize {
        self.width * self.height
    }

    /// Half of each, rounded down, 1 at least.
    pub(super) fn half(self) -> Self {
        Self {
            width: (self.width / 2).max(1),
            height: (self.height / 2).max(1),
        }
    }
}

/// Samples beyond this are no light.
const GREATEST: f32 = 1e9;

/// Whether a sample is one to count with: not NaN, not infinite, not next to it.
#[inline(always)]
pub(super) fn is_sane(sample: f32) -> bool {
    sample.abs() <= GREATEST
}

/// A picture of C channels; the samples' order is the module's.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a, const C: usize> {
    size: Size,
    samples: &'a [f32],
}

/// Red, green, blue.
pub type Colour<'a> = Picture<'a, 3>;
/// One channel.
pub type Plane<'a> = Picture<'a, 1>;

impl<'a, const C: usize> Picture<'a, C> {
    /// A picture of these samples.
    ///
    /// # Panics
    ///
    /// If their number is not `C * size.pixels()`.
    pub fn new(size: Size, samples: &'a [f32]) -> Self {
        assert_eq!(samples.len(), C * size.pixels(), "samples of {size:?}");
        Self { size, samples }
    }

    /// Its extent.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// All samples, in the module's order.
    pub const fn samples(&self) -> &'a [f32] {
        self.samples
    }

    /// The channels of a row.
    #[inline]
    pub fn row(&self, y: usize) -> [&'a [f32]; C] {
        let length = C * self.size.width;
        channels(&self.samples[y * length..][..length])
    }
}

/// The C channels that lie side by side in a row.
#[inline]
pub(super) fn channels<const C: usize>(row: &[f32]) -> [&[f32]; C] {
    let width = row.len() / C;
    core::array::from_fn(|c| &row[c * width..][..width])
}

/// The C channels that lie side by side in a row.
#[inline]
pub(super) fn channels_mut<const C: usize>(row: &mut [f32]) -> [&mut [f32]; C] {
    let width = row.len() / C;
    let mut rest = row;
    core::array::from_fn(|_| {
        let (channel, others) = core::mem::take(&mut rest).split_at_mut(width);
        rest = others;
        channel
    })
}
