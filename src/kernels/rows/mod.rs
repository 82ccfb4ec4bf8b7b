//! Runs a kernel that works sample by sample along a row.

#[cfg(test)]
mod scalar;
mod usual;
mod vector;

use std::ops::Range;

#[cfg(test)]
pub(super) use scalar::{Scalar, scalar};
pub(super) use usual::Usual;
#[cfg(test)]
pub(super) use usual::{by_trials, takes};
pub(super) use vector::{Job, Vector};

use super::{
    Selection, Store,
    simd::{Simd, ones, repeat, run_best, run_widest},
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
    /// For `LANES` samples that start with a pixel.
    #[inline(always)]
    fn pattern<const LANES: usize>(self, selection: &Selection) -> Pattern<LANES> {
        let (mut pass, mut keep) = ([0.0; 4], [0.0; 4]);
        for channel in 0..4 {
            let on = selection.processes(channel);
            let passes = !on && self.passes(channel);
            pass[channel] = ones(passes);
            keep[channel] = ones(on || passes);
        }
        let [pass, keep] = [pass, keep].map(|channels| {
            let mut lanes = [0.0; LANES];
            repeat(selection.layout, channels, &mut lanes);
            lanes
        });
        Pattern { pass, keep }
    }

    #[inline(always)]
    fn passes(self, channel: usize) -> bool {
        match self {
            Self::Zero => false,
            Self::Alpha => channel == 3,
            Self::Background => true,
        }
    }
}

/// The lanes that are no result of a kernel.
struct Pattern<const LANES: usize> {
    /// All ones in those that pass B on.
    pass: [f32; LANES],
    /// All ones in those that are not +0.
    keep: [f32; LANES],
}

/// One row of work.
pub(super) struct Row<'a, const N: usize> {
    /// B first; all as long as `out`.
    pub inputs: [&'a [f32]; N],
    pub selection: Selection<'a>,
    pub store: Store,
    pub out: &'a mut [f32],
}

impl<const N: usize> Row<'_, N> {
    /// Samples of a row without a mask, from a pixel on.
    #[inline(always)]
    fn part(&mut self, range: Range<usize>) -> Row<'_, N> {
        Row {
            inputs: self.inputs.map(|input| &input[range.clone()]),
            out: &mut self.out[range],
            ..*self
        }
    }
}

/// Samples before the first pixel that starts on the boundary of a vector of `lanes` samples; `None`
/// where there is none.
#[inline(always)]
fn head(out: &[f32], channels: usize, lanes: usize) -> Option<usize> {
    let lane = out.as_ptr().addr() / size_of::<f32>();
    (0..lanes)
        .map(|pixels| pixels * channels)
        .find(|samples| (lane + samples).is_multiple_of(lanes))
        .filter(|&samples| samples <= out.len())
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
    let any = |row: Row<N>| run_best!(Job { kernel, row });
    if K::USUAL && usual::takes(&row) {
        usual::by_trials(row, |row: Row<N>| run_widest!(Usual { kernel, row }), any);
    } else {
        any(row);
    }
}
