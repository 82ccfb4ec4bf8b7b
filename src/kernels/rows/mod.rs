//! Runs a kernel that works sample by sample along a row.

#[cfg(test)]
mod scalar;
mod vector;

#[cfg(test)]
pub(super) use scalar::{Scalar, scalar};
pub(super) use vector::{Job, Vector};

use super::{
    Selection, Store,
    simd::{Simd, run_best},
};

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
pub(super) fn apply<const N: usize, K: Vector<N>>(kernel: K, row: Row<N>) {
    row.selection.pixels(row.out.len());
    for input in row.inputs {
        assert_eq!(input.len(), row.out.len(), "rows differ in length");
    }
    run_best!(Job { kernel, row })
}
