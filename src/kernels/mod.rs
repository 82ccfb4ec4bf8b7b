//! The arithmetic of the nodes: pure functions on rows of interleaved `f32` samples.
//!
//! Nothing here knows OpenFX. A row holds whole pixels of one, three or four channels
//! ([`Layout`]); which of its samples take part, and how much, is its [`Selection`].
//!
//! Each kernel has a scalar version, which is the definition, and a vector version, which the tests
//! hold against it in every bit. The vector version is compiled for AVX2, SSE2 and, in plain Rust,
//! for any other CPU; which of them runs is chosen at run time. Nothing is allocated and no lock
//! is taken.
//!
//! # NaN
//!
//! Which payload the NaN of `NaN - NaN` carries is left open by IEEE 754, by Rust and by LLVM, so
//! every *computed* NaN is written as the quiet NaN `0x7fc0_0000`. A sample that a kernel passes
//! through keeps its bits, NaN payload included.
//!
//! # Floating-point environment
//!
//! Round to nearest with gradual underflow is taken for granted; the caller sets it where a host
//! may have switched on flush-to-zero.

pub mod add;
pub mod compare;
pub mod estimate;
mod rows;
mod simd;
pub mod subtract;
pub mod team;
#[cfg(test)]
mod testing;

use simd::{Simd, Task};

/// The channels of an interleaved row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One channel.
    Alpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
}

impl Layout {
    /// Samples a pixel: 1, 3 or 4.
    pub const fn channels(self) -> usize {
        match self {
            Self::Alpha => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// Which of R, G, B, A are processed. [`Layout::Alpha`] ignores it: its one channel always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(pub [bool; 4]);

impl Process {
    /// Every channel.
    pub const ALL: Self = Self([true; 4]);
}

/// How much of a kernel's result a pixel gets: the factor `m`, usually in 0..=1.
#[derive(Clone, Copy, Debug)]
pub enum Coverage<'a> {
    /// The same `m` everywhere.
    Uniform(f32),
    /// `m = mix * mask`, rounded once.
    Mask {
        /// One value a pixel.
        mask: &'a [f32],
        /// The factor on the mask.
        mix: f32,
        /// Take `1 - mask` in place of the mask.
        invert: bool,
    },
}

impl Coverage<'_> {
    /// The factor of one pixel of the row.
    #[inline(always)]
    pub fn at(&self, pixel: usize) -> f32 {
        match *self {
            Self::Uniform(m) => m,
            Self::Mask { mask, mix, invert } => factor(mask[pixel], mix, invert),
        }
    }

    /// Writes the factor of each *sample* from pixel `first` on.
    #[inline(always)]
    fn expand<S: Simd>(&self, s: S, first: usize, layout: Layout, m: &mut [f32]) {
        s.run(Factors {
            coverage: *self,
            first,
            layout,
            m,
        });
    }
}

/// [`Coverage::expand`], compiled once for each instruction set.
struct Factors<'a> {
    coverage: Coverage<'a>,
    first: usize,
    layout: Layout,
    m: &'a mut [f32],
}

impl<S: Simd> Task<S> for Factors<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let Self {
            coverage,
            first,
            layout,
            m,
        } = self;
        match coverage {
            Coverage::Uniform(value) => m.fill(value),
            Coverage::Mask { mask, mix, invert } => {
                let mask = &mask[first..][..m.len() / layout.channels()];
                match layout {
                    Layout::Alpha => spread::<1>(mask, mix, invert, m),
                    Layout::Rgb => spread::<3>(mask, mix, invert, m),
                    Layout::Rgba => spread::<4>(mask, mix, invert, m),
                }
            }
        }
    }
}

#[inline(always)]
fn factor(mask: f32, mix: f32, invert: bool) -> f32 {
    mix * if invert { 1.0 - mask } else { mask }
}

#[inline(always)]
fn spread<const C: usize>(mask: &[f32], mix: f32, invert: bool, m: &mut [f32]) {
    let pixels = m.as_chunks_mut::<C>().0.iter_mut().zip(mask);
    // Two loops, without a choice in them.
    if invert {
        pixels.for_each(|(pixel, &mask)| *pixel = [factor(mask, mix, true); C]);
    } else {
        pixels.for_each(|(pixel, &mask)| *pixel = [factor(mask, mix, false); C]);
    }
}

/// The samples of a row that a kernel works on.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The channels of the row.
    pub layout: Layout,
    /// Which of them are processed.
    pub process: Process,
    /// How much each pixel gets.
    pub coverage: Coverage<'a>,
}

impl Selection<'_> {
    /// Whether a channel, 0..4, is processed.
    #[inline(always)]
    pub fn processes(&self, channel: usize) -> bool {
        self.layout == Layout::Alpha || self.process.0[channel]
    }

    /// Pixels in a row of `samples`.
    ///
    /// # Panics
    ///
    /// If that is not a whole number, or the mask's length is another.
    fn pixels(&self, samples: usize) -> usize {
        let channels = self.layout.channels();
        assert!(
            samples.is_multiple_of(channels),
            "{samples} samples are not whole pixels of {channels} channels"
        );
        let pixels = samples / channels;
        if let Coverage::Mask { mask, .. } = self.coverage {
            assert_eq!(mask.len(), pixels, "the mask's length is not the row's");
        }
        pixels
    }
}

/// How results are written. It never changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Ordinary stores: for output that is soon read again, and for small windows.
    Cached,
    /// Non-temporal stores, which spare reading each line before it is written: for windows whose
    /// output exceeds the cache, some 4 to 8 MB. Taken where the instruction set has them and a
    /// pixel of the row starts on a vector's boundary. [`settle`] must follow on the same thread
    /// before anyone reads the output.
    Streaming,
}

/// Makes visible what this thread has written with [`Store::Streaming`]. Once after many rows: it
/// waits for the memory.
pub fn settle(store: Store) {
    if store == Store::Streaming {
        simd::fence();
    }
}

/// `x`, or the one NaN that is ever computed (module documentation).
#[inline(always)]
pub fn canonical(x: f32) -> f32 {
    if x.is_nan() { QUIET_NAN } else { x }
}

const QUIET_NAN: f32 = f32::from_bits(0x7fc0_0000);
