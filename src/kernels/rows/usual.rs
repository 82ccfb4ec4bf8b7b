//! The way of most renders of large frames: whole pixels without a mask or a mix, past the cache.
//! Nothing is done there but the traffic and what usual samples need; whether they were usual shows
//! afterwards, once for many.

use super::{Pattern, Row, Vector, head};
use crate::kernels::{
    Coverage, Layout, Store,
    simd::{MAX_LANES, Simd, Task, ones},
};

/// Samples that are tried as usual ones at once: few enough to be near if they have to be done
/// again.
pub(super) const TRIAL: usize = if cfg!(test) { 2 } else { 96 } * MAX_LANES;

/// Whether a row may go this way: a vector holds whole pixels, and no sample has a factor.
pub(in crate::kernels) fn takes<const N: usize>(row: &Row<N>) -> bool {
    row.store == Store::Streaming
        && row.selection.layout != Layout::Rgb
        && matches!(row.selection.coverage, Coverage::Uniform(1.0))
}

/// Does a row by `usual`, which does as many samples of a [`Usual`] as it can, and by `any`, which
/// does the others.
#[inline(always)]
pub(in crate::kernels) fn by_trials<const N: usize>(
    mut row: Row<N>,
    mut usual: impl FnMut(Row<N>) -> usize,
    mut any: impl FnMut(Row<N>),
) {
    let (mut from, len) = (0, row.out.len());
    // All of it, where no pixel starts on the longest vector's boundary.
    let mut to = head(row.out, row.selection.layout.channels(), MAX_LANES).unwrap_or(len);
    loop {
        if from < to {
            any(row.part(from..to));
        }
        if to == len {
            return;
        }
        from = to + usual(row.part(to..len));
        to = len.min(from + TRIAL);
    }
}

/// A kernel on a row that [`takes`] allows. The result is how many samples were done: the others
/// are fewer than a vector, or begin with a trial of which some are not usual.
pub(in crate::kernels) struct Usual<'a, const N: usize, K> {
    pub kernel: K,
    pub row: Row<'a, N>,
}

impl<S: Simd, const N: usize, K: Vector<N>> Task<S> for Usual<'_, N, K> {
    type Output = usize;

    #[inline(always)]
    fn run(self, s: S) -> usize {
        let Self { kernel, row } = self;
        let Pattern { pass, keep } = K::UNPROCESSED.pattern::<MAX_LANES>(&row.selection);
        let (pass, keep) = (s.load(&pass, 0), s.load(&keep, 0));
        let inputs = row.inputs.map(|input| s.lanes(input));
        let Some(out) = s.aligned_mut(row.out) else {
            return 0;
        };
        for (i, out) in out.chunks_mut(TRIAL / S::LANES).enumerate() {
            let (from, count) = (i * (TRIAL / S::LANES), out.len());
            let inputs = inputs.map(|input| &input[from..][..count]);
            let mut holds = s.splat(ones(true));
            for k in 0..count {
                let samples = inputs.map(|input| s.get(&input[k]));
                let (usual, witness) = kernel.usual(s, samples);
                holds = s.and(holds, s.is_finite(witness));
                let v = s.select(pass, samples[0], usual);
                s.put_past(s.and(keep, v), &mut out[k]);
            }
            if !s.all(holds) {
                return from * S::LANES;
            }
        }
        out.len() * S::LANES
    }
}
