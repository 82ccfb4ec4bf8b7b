//! Runs a kernel that works sample by sample along a row.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use scalar::Scalar as Best;
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) use scalar::{Scalar, scalar};
#[cfg(target_arch = "x86_64")]
pub(super) use vector::{Job, Vector, Vector as Best};

#[cfg(target_arch = "x86_64")]
use super::simd::{Avx2, Simd, Sse2};
use super::{Selection, Store};

/// A kernel on `N` input rows, of which the first is B: `Scalar<N>` defines it, `Vector<N>` is the
/// same, bit for bit, on vectors.
pub(super) trait Kernel: Copy {
    /// What a sample becomes whose channel is not processed.
    const UNPROCESSED: Unprocessed;
}

/// The output of a channel that is not processed.
#[derive(Clone, Copy)]
pub(super) enum Unprocessed {
    /// +0.
    Zero,
    /// B's alpha, and +0 in the colours.
    Alpha,
    /// B.
    Background,
}

impl Unprocessed {
    #[inline(always)]
    fn passes(self, channel: usize) -> bool {
        match self {
            Self::Zero => false,
            Self::Alpha => channel == 3,
            Self::Background => true,
        }
    }
}

/// One row of work.
pub(super) struct Row<'a, const N: usize> {
    /// B first; all as long as `out`.
    pub inputs: [&'a [f32]; N],
    pub selection: Selection<'a>,
    pub store: Store,
    pub out: &'a mut [f32],
}

/// Applies the kernel to a row, with the best instruction set there is.
///
/// # Panics
///
/// If the rows differ in length or are not whole pixels, or the mask has another number of pixels.
pub(super) fn apply<const N: usize, K: Best<N>>(kernel: K, row: Row<N>) {
    row.selection.pixels(row.out.len());
    for input in row.inputs {
        assert_eq!(input.len(), row.out.len(), "rows differ in length");
    }
    #[cfg(target_arch = "x86_64")]
    match Avx2::detect() {
        Some(avx2) => avx2.run(Job { kernel, row }),
        None => Sse2.run(Job { kernel, row }),
    }
    #[cfg(not(target_arch = "x86_64"))]
    scalar(kernel, row);
}
