//! A small vector abstraction: one generic kernel serves every instruction set.
//!
//! The instruction set is a *token*: a value that exists only where the CPU has it, which is what
//! makes its methods safe to call. All unsafe code of the kernels is in `avx512`, `avx2` and
//! `sse2`.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod sse2;

use super::Layout;
#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(super) use avx512::Avx512;
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(super) use sse2::Sse2;

/// Runs a task with the best instruction set there is.
macro_rules! run_best {
    ($task:expr) => {{
        #[cfg(target_arch = "x86_64")]
        let output = match $crate::kernels::simd::Avx2::detect() {
            Some(avx2) => avx2.run($task),
            None => $crate::kernels::simd::Sse2.run($task),
        };
        #[cfg(not(target_arch = "x86_64"))]
        let output = $crate::kernels::simd::Portable.run($task);
        output
    }};
}
pub(super) use run_best;

/// [`run_best`] for loops at the memory's speed, with AVX-512 too: all kernels on it would take the
/// bundle over its 2 MB.
macro_rules! run_widest {
    ($task:expr) => {{
        #[cfg(target_arch = "x86_64")]
        let output = match $crate::kernels::simd::Avx512::detect() {
            Some(avx512) => avx512.run($task),
            None => $crate::kernels::simd::run_best!($task),
        };
        #[cfg(not(target_arch = "x86_64"))]
        let output = $crate::kernels::simd::run_best!($task);
        output
    }};
}
pub(super) use run_widest;

/// The most lanes of any instruction set here.
pub(super) const MAX_LANES: usize = 16;

/// Makes the thread's streamed stores visible.
pub(super) fn fence() {
    #[cfg(target_arch = "x86_64")]
    sse2::fence();
}

/// Vector operations on [`LANES`](Self::LANES) samples. Comparisons give lanes of all ones or zeros.
///
/// Everything is `inline(always)`, down to the kernels: code takes on the instruction set of the
/// [`run`](Self::run) it is inlined into.
pub(super) trait Simd: Copy {
    /// Samples a vector; divides [`MAX_LANES`].
    const LANES: usize;
    /// `LANES` samples in memory.
    type Lanes;
    /// The same on a vector's boundary.
    type Aligned;
    /// `LANES` samples.
    type V: Copy;
    /// `LANES` samples widened to `f64`.
    type Wide: Copy;

    /// Runs the task compiled for this instruction set, as a function of its own: within another
    /// task, so that the two do not compete for registers.
    fn run<T: Task<Self>>(self, task: T) -> T::Output;

    /// `from[at..at + LANES]`.
    fn load(self, from: &[f32], at: usize) -> Self::V;
    /// Writes `to[at..at + LANES]`.
    fn store(self, v: Self::V, to: &mut [f32], at: usize);
    /// `from`, which is shorter than a vector, and zeros behind it.
    fn load_part(self, from: &[f32]) -> Self::V;
    /// Fills `to`, which is shorter than a vector. With `streaming` non-temporally, where that goes.
    fn store_part(self, v: Self::V, to: &mut [f32], streaming: bool);
    /// Writes vectors from `to[at]` on, non-temporally if the place is aligned to a vector.
    /// [`settle`](super::settle) must follow before the memory is read or handed on.
    #[inline(always)]
    fn stream<const N: usize>(self, v: [Self::V; N], to: &mut [f32], at: usize) {
        let to = &mut to[at..at + N * Self::LANES];
        if let Some(vectors) = self.aligned_mut(to) {
            for (v, to) in v.into_iter().zip(vectors) {
                self.put_past(v, to);
            }
        } else {
            for (i, v) in v.into_iter().enumerate() {
                self.store(v, to, i * Self::LANES);
            }
        }
    }

    /// The whole vectors of a slice.
    fn lanes(self, from: &[f32]) -> &[Self::Lanes];
    /// The whole vectors of a slice that starts on a vector's boundary.
    fn aligned_mut(self, to: &mut [f32]) -> Option<&mut [Self::Aligned]>;
    fn get(self, from: &Self::Lanes) -> Self::V;
    /// Writes non-temporally, as [`stream`](Self::stream).
    fn put_past(self, v: Self::V, to: &mut Self::Aligned);

    /// Has the cache fetch the sample `ahead` of `from`, which may lie beyond any memory of ours.
    fn prefetch(self, from: &[f32], ahead: usize);

    fn splat(self, x: f32) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// The lesser; `b` if either is NaN.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// The greater; `b` if either is NaN.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;

    fn and(self, a: Self::V, b: Self::V) -> Self::V;
    /// `!a & b`
    fn and_not(self, a: Self::V, b: Self::V) -> Self::V;
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// `mask ? a : b`, lane by lane.
    fn select(self, mask: Self::V, a: Self::V, b: Self::V) -> Self::V;

    /// `a == b`; false for NaN.
    fn eq(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a < b`; false for NaN.
    fn lt(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a <= b`; false for NaN.
    fn le(self, a: Self::V, b: Self::V) -> Self::V;
    /// Equal bits.
    fn same(self, a: Self::V, b: Self::V) -> Self::V;
    /// The sign bit of each lane, lane 0 lowest.
    fn mask(self, v: Self::V) -> u32;

    /// Whether every lane's sign bit is set.
    #[inline(always)]
    fn all(self, v: Self::V) -> bool {
        self.mask(v) == (1 << Self::LANES) - 1
    }

    /// How many floats lie between `a` and `b`, as `u32` bits (`compare::ulp_distance`).
    fn ulp_distance(self, a: Self::V, b: Self::V) -> Self::V;
    /// The greater as `u32`.
    fn max_u32(self, a: Self::V, b: Self::V) -> Self::V;

    fn widen(self, v: Self::V) -> Self::Wide;
    fn wide_add(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    fn wide_mul(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// Writes `to[at..at + LANES]`.
    fn wide_store(self, v: Self::Wide, to: &mut [f64], at: usize);

    #[inline(always)]
    fn not(self, v: Self::V) -> Self::V {
        self.and_not(v, self.splat(ones(true)))
    }

    #[inline(always)]
    fn abs(self, v: Self::V) -> Self::V {
        self.and(v, self.splat(f32::from_bits(0x7fff_ffff)))
    }

    #[inline(always)]
    fn is_finite(self, v: Self::V) -> Self::V {
        self.lt(self.abs(v), self.splat(f32::INFINITY))
    }

    /// The vector form of [`canonical`](super::canonical).
    #[inline(always)]
    fn canonical(self, v: Self::V) -> Self::V {
        self.select(self.eq(v, v), v, self.splat(super::QUIET_NAN))
    }
}

/// A lane of a mask: all ones, or all zeros.
#[inline(always)]
pub(super) fn ones(yes: bool) -> f32 {
    f32::from_bits(if yes { u32::MAX } else { 0 })
}

/// Writes a value for each channel to every pixel of `lanes`, which starts with a pixel.
#[inline(always)]
pub(super) fn repeat(layout: Layout, channels: [f32; 4], lanes: &mut [f32]) {
    match layout {
        Layout::Alpha => lanes.fill(channels[0]),
        Layout::Rgb => {
            for pixel in lanes.as_chunks_mut::<3>().0 {
                pixel.copy_from_slice(&channels[..3]);
            }
        }
        Layout::Rgba => lanes.as_chunks_mut().0.fill(channels),
    }
}

/// Work for an instruction set.
pub(super) trait Task<S: Simd> {
    type Output;
    /// Must be `inline(always)`.
    fn run(self, s: S) -> Self::Output;
}
