//! The vector code.

use std::ops::Range;

use super::{Kernel, Pattern, Row, head};
use crate::kernels::{
    Coverage, Selection, Store,
    simd::{Simd, Task, ones},
};

/// A kernel on vectors.
pub(in crate::kernels) trait Vector<const N: usize>: Kernel {
    /// `Scalar::sample` on every lane, with an `m` of 1 where there is none. Must be
    /// `inline(always)`.
    fn samples<S: Simd>(self, s: S, inputs: [S::V; N], m: Option<S::V>) -> S::V;

    /// Whether `usual` is anything else than `samples`.
    const USUAL: bool = false;

    /// The same without an `m`, for usual samples: a result, and a witness that is finite in every
    /// lane whose result holds. Fewer operations, which show where the memory is fast.
    #[inline(always)]
    fn usual<S: Simd>(self, s: S, inputs: [S::V; N]) -> (S::V, S::V) {
        (self.samples(s, inputs, None), s.splat(0.0))
    }
}

/// `apply` for one instruction set.
pub(in crate::kernels) struct Job<'a, const N: usize, K> {
    pub kernel: K,
    pub row: Row<'a, N>,
}

/// The most samples of a group, which is three vectors: after these the channels of a pixel
/// repeat in every layout.
const GROUP: usize = 3 * 8;

/// Samples whose factors are written out at once.
const BLOCK: usize = 8 * GROUP;

impl<S: Simd, const N: usize, K: Vector<N>> Task<S> for Job<'_, N, K> {
    type Output = ();

    #[inline(always)]
    fn run(self, s: S) {
        let Self {
            kernel,
            row:
                Row {
                    inputs,
                    selection,
                    store,
                    out,
                },
        } = self;
        let Selection {
            layout, coverage, ..
        } = selection;
        let streaming = store == Store::Streaming;
        let Pattern { pass, keep } = K::UNPROCESSED.pattern::<GROUP>(&selection);
        let thirds = |lanes: &[f32]| [0, 1, 2].map(|third| s.load(lanes, third * S::LANES));
        let work = Work {
            s,
            kernel,
            pass: thirds(&pass),
            keep: thirds(&keep),
            streaming,
        };
        // The pixels before the first that is aligned for streaming, and the others.
        let head = if streaming {
            head(out, layout.channels(), S::LANES).unwrap_or(0)
        } else {
            0
        };
        for (mut from, end) in [(0, head), (head, out.len())] {
            if matches!(coverage, Coverage::Uniform(1.0)) {
                work.block(from..end, inputs, None, out);
                continue;
            }
            let mut m = [0.0; BLOCK];
            while from < end {
                let to = end.min(from + BLOCK);
                coverage.expand(s, from / layout.channels(), layout, &mut m[..to - from]);
                work.block(from..to, inputs, Some(&m), out);
                from = to;
            }
        }
    }
}

struct Work<S: Simd, K> {
    s: S,
    kernel: K,
    /// The lanes of a group that pass B on, and those that are not +0.
    pass: [S::V; 3],
    keep: [S::V; 3],
    streaming: bool,
}

impl<S: Simd, K> Work<S, K> {
    /// Works on a range that starts with a pixel. `m` holds its factors.
    #[inline(always)]
    fn block<const N: usize>(
        &self,
        range: Range<usize>,
        inputs: [&[f32]; N],
        m: Option<&[f32; BLOCK]>,
        out: &mut [f32],
    ) where
        K: Vector<N>,
    {
        let s = self.s;
        let inputs = slices(inputs, range.clone());
        let out = &mut out[range];
        let group = 3 * S::LANES;
        let mut at = 0;
        while at + group <= out.len() {
            let inputs = slices(inputs, at..at + group);
            let out = &mut out[at..at + group];
            let m = m.map(|m| &m[at..at + group]);
            let mut v = [s.splat(0.0); 3];
            let mut holds = s.splat(ones(m.is_none()));
            if m.is_none() {
                for (third, v) in v.iter_mut().enumerate() {
                    let samples = self.load(inputs, third * S::LANES);
                    let (usual, witness) = self.kernel.usual(s, samples);
                    *v = self.keep(third, samples, usual);
                    holds = s.and(holds, s.is_finite(witness));
                }
            }
            if !s.all(holds) {
                for (third, v) in v.iter_mut().enumerate() {
                    *v = self.vector(third, inputs, m, third * S::LANES);
                }
            }
            if self.streaming {
                s.stream(v, out, 0);
            } else {
                for (third, v) in v.into_iter().enumerate() {
                    s.store(v, out, third * S::LANES);
                }
            }
            at += group;
        }
        for third in 0..3 {
            let rest = out.len() - at;
            if rest >= S::LANES {
                let v = self.vector(third, inputs, m.map(|m| &m[..]), at);
                if self.streaming {
                    s.stream([v], out, at);
                } else {
                    s.store(v, out, at);
                }
                at += S::LANES;
            } else if rest > 0 {
                let mut samples = [s.splat(0.0); N];
                for (v, input) in samples.iter_mut().zip(inputs) {
                    *v = s.load_part(&input[at..]);
                }
                let m = m.map(|m| s.load(m, at));
                let v = self.samples(third, samples, m);
                s.store_part(v, &mut out[at..], self.streaming);
                at += rest;
            }
        }
    }

    /// The results of the vectors at `at`, the `third` of a group.
    #[inline(always)]
    fn vector<const N: usize>(
        &self,
        third: usize,
        inputs: [&[f32]; N],
        m: Option<&[f32]>,
        at: usize,
    ) -> S::V
    where
        K: Vector<N>,
    {
        let samples = self.load(inputs, at);
        self.samples(third, samples, m.map(|m| self.s.load(m, at)))
    }

    #[inline(always)]
    fn load<const N: usize>(&self, inputs: [&[f32]; N], at: usize) -> [S::V; N] {
        inputs.map(|input| self.s.load(input, at))
    }

    /// The result of one vector, the `third` of a group.
    #[inline(always)]
    fn samples<const N: usize>(&self, third: usize, samples: [S::V; N], m: Option<S::V>) -> S::V
    where
        K: Vector<N>,
    {
        self.keep(third, samples, self.kernel.samples(self.s, samples, m))
    }

    /// The results of the channels that are processed, and what the others become.
    #[inline(always)]
    fn keep<const N: usize>(&self, third: usize, samples: [S::V; N], v: S::V) -> S::V {
        let v = self.s.select(self.pass[third], samples[0], v);
        self.s.and(self.keep[third], v)
    }
}

#[inline(always)]
fn slices<const N: usize>(mut inputs: [&[f32]; N], range: Range<usize>) -> [&[f32]; N] {
    for input in &mut inputs {
        *input = &input[range.clone()];
    }
    inputs
}
