//! The vector code.

use std::ops::Range;

use super::{Kernel, Row, Unprocessed};
use crate::kernels::{
    Coverage, Layout, Selection, Store,
    simd::{MAX_LANES, Simd, Task},
};

/// A kernel on vectors.
pub(in crate::kernels) trait Vector<const N: usize>: Kernel {
    /// `Scalar::sample` on every lane, with an `m` of 1 where there is none. Must be
    /// `inline(always)`.
    fn samples<S: Simd>(self, s: S, inputs: [S::V; N], m: Option<S::V>) -> S::V;
}

/// `apply` for one instruction set.
pub(in crate::kernels) struct Job<'a, const N: usize, K> {
    pub kernel: K,
    pub row: Row<'a, N>,
}

/// The most samples of a group, which is three vectors: after these the channels of a pixel
/// repeat in every layout.
const GROUP: usize = 3 * MAX_LANES;

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
        let pattern = Pattern::new(s, &selection, K::UNPROCESSED);
        let work = Work {
            s,
            kernel,
            pattern,
            streaming,
        };
        // The pixels before the first that is aligned for streaming, and the others.
        let head = if streaming {
            head::<S>(out, layout.channels())
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
                coverage.expand(from / layout.channels(), layout, &mut m[..to - from]);
                work.block(from..to, inputs, Some(&m), out);
                from = to;
            }
        }
        if streaming {
            s.fence();
        }
    }
}

/// Samples before the first pixel that starts on a vector's boundary; 0 where there is none.
#[inline(always)]
fn head<S: Simd>(out: &[f32], channels: usize) -> usize {
    let lane = out.as_ptr().addr() / size_of::<f32>();
    (0..S::LANES)
        .map(|pixels| pixels * channels)
        .find(|samples| (lane + samples).is_multiple_of(S::LANES))
        .filter(|&samples| samples <= out.len())
        .unwrap_or(0)
}

struct Work<S: Simd, K> {
    s: S,
    kernel: K,
    pattern: Pattern<S::V>,
    streaming: bool,
}

impl<S: Simd, K> Work<S, K> {
    /// Works on a range that starts with a pixel. `m` holds its factors.
    #[inline(always)]
    fn block<const N: usize>(
        &self,
        range: Range<usize>,
        mut inputs: [&[f32]; N],
        m: Option<&[f32; BLOCK]>,
        out: &mut [f32],
    ) where
        K: Vector<N>,
    {
        for input in &mut inputs {
            *input = &input[range.clone()];
        }
        let out = &mut out[range];
        let group = 3 * S::LANES;
        let mut at = 0;
        while at + group <= out.len() {
            let v = self.group(inputs, at, m, at);
            if self.streaming {
                self.s.stream3(v, out, at);
            } else {
                self.s.store3(v, out, at);
            }
            at += group;
        }
        let rest = out.len() - at;
        if rest == 0 {
        } else if out.len() >= group {
            // The last group once more, from the pixel where it is whole.
            let at = out.len() - group;
            self.s.store3(self.group(inputs, at, m, at), out, at);
        } else {
            let mut padded = [[0.0; GROUP]; N];
            let mut result = [0.0; GROUP];
            for (padded, input) in padded.iter_mut().zip(inputs) {
                padded[..rest].copy_from_slice(input);
            }
            let padded = padded.each_ref().map(|samples| &samples[..]);
            self.s.store3(self.group(padded, 0, m, 0), &mut result, 0);
            out.copy_from_slice(&result[..rest]);
        }
    }

    /// The results of the group at `at`, whose factors are at `m_at`.
    #[inline(always)]
    fn group<const N: usize>(
        &self,
        inputs: [&[f32]; N],
        at: usize,
        m: Option<&[f32; BLOCK]>,
        m_at: usize,
    ) -> [S::V; 3]
    where
        K: Vector<N>,
    {
        let s = self.s;
        let zero = s.splat(0.0);
        let mut samples = [[zero; N]; 3];
        for (k, input) in inputs.into_iter().enumerate() {
            for (samples, v) in samples.iter_mut().zip(s.load3(input, at)) {
                samples[k] = v;
            }
        }
        let m = match m {
            Some(m) => s.load3(m, m_at).map(Some),
            None => [None; 3],
        };
        let mut out = [zero; 3];
        for i in 0..3 {
            let v = self.kernel.samples(s, samples[i], m[i]);
            let v = s.select(self.pattern.pass[i], samples[i][0], v);
            out[i] = s.and(self.pattern.keep[i], v);
        }
        out
    }
}

/// The lanes that pass B on, and those that are not +0.
struct Pattern<V> {
    pass: [V; 3],
    keep: [V; 3],
}

impl<V: Copy> Pattern<V> {
    #[inline(always)]
    fn new<S: Simd<V = V>>(s: S, selection: &Selection, unprocessed: Unprocessed) -> Self {
        let (mut pass, mut keep) = ([0.0; 4], [0.0; 4]);
        for channel in 0..4 {
            let on = selection.processes(channel);
            let passes = !on && unprocessed.passes(channel);
            let ones = |yes| if yes { f32::from_bits(u32::MAX) } else { 0.0 };
            pass[channel] = ones(passes);
            keep[channel] = ones(on || passes);
        }
        let group = |pixel: [f32; 4]| {
            let mut lanes = [0.0; GROUP];
            match selection.layout {
                Layout::Alpha => lanes.fill(pixel[0]),
                Layout::Rgb => repeat::<3>(pixel, &mut lanes),
                Layout::Rgba => repeat::<4>(pixel, &mut lanes),
            }
            s.load3(&lanes, 0)
        };
        Self {
            pass: group(pass),
            keep: group(keep),
        }
    }
}

#[inline(always)]
fn repeat<const C: usize>(pixel: [f32; 4], lanes: &mut [f32; GROUP]) {
    for lanes in lanes.as_chunks_mut::<C>().0 {
        lanes.copy_from_slice(&pixel[..C]);
    }
}
