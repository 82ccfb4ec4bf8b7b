//! The vector code.

use super::{Kernel, Row, Unprocessed};
use crate::kernels::{
    Coverage, Selection, Store,
    simd::{MAX_LANES, Simd, Task},
};

/// A kernel on vectors.
pub(in crate::kernels) trait Vector<const N: usize>: Kernel {
    /// `Scalar::sample` on every lane. Must be `inline(always)`.
    fn samples<S: Simd>(self, s: S, inputs: [S::V; N], m: S::V) -> S::V;
}

/// Samples a block: whole pixels of every layout, and whole periods of the channel pattern.
const BLOCK: usize = 24 * 8;

/// `apply` for one instruction set.
pub(in crate::kernels) struct Job<'a, const N: usize, K> {
    pub kernel: K,
    pub row: Row<'a, N>,
}

impl<const N: usize, K: Vector<N>> Task for Job<'_, N, K> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self { kernel, row } = self;
        let Row {
            inputs,
            selection,
            store,
            out,
        } = row;
        let pattern = Pattern::new(s, &selection, K::UNPROCESSED);
        let mut m = [0.0; BLOCK];
        let masked = matches!(selection.coverage, Coverage::Mask { .. });
        if !masked {
            selection.coverage.expand(0, selection.layout, &mut m);
        }

        // Whole pixels up to the first that is aligned for streaming, then blocks.
        let channels = selection.layout.channels();
        let head = match store {
            Store::Cached => 0,
            Store::Streaming => head::<S>(out, channels),
        };
        let streaming = store == Store::Streaming;
        let mut from = 0;
        let mut to = if head > 0 { head } else { BLOCK.min(out.len()) };
        while from < to {
            if masked {
                let m = &mut m[..to - from];
                selection
                    .coverage
                    .expand(from / channels, selection.layout, m);
            }
            let block = inputs.map(|input| &input[from..to]);
            pattern.block(s, kernel, block, &m, streaming, &mut out[from..to]);
            from = to;
            to = (from + BLOCK).min(out.len());
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

/// Which lanes are processed, and which pass B on. The channels of a pixel repeat every three
/// vectors in every layout.
struct Pattern<V> {
    on: [V; 3],
    pass: [V; 3],
}

impl<V: Copy> Pattern<V> {
    #[inline(always)]
    fn new<S: Simd<V = V>>(s: S, selection: &Selection, unprocessed: Unprocessed) -> Self {
        let ones = |yes| if yes { f32::from_bits(u32::MAX) } else { 0.0 };
        let (mut on, mut pass) = ([0.0; 3 * MAX_LANES], [0.0; 3 * MAX_LANES]);
        let channels = selection.layout.channels();
        for lane in 0..3 * MAX_LANES {
            let channel = lane % channels;
            on[lane] = ones(selection.processes(channel));
            pass[lane] = ones(!selection.processes(channel) && unprocessed.passes(channel));
        }
        let vectors = |lanes: &[f32]| [0, 1, 2].map(|i| s.load(lanes, i * S::LANES));
        Self {
            on: vectors(&on),
            pass: vectors(&pass),
        }
    }

    /// At most [`BLOCK`] samples, from a pixel's first on.
    #[inline(always)]
    fn block<S: Simd<V = V>, const N: usize, K: Vector<N>>(
        &self,
        s: S,
        kernel: K,
        inputs: [&[f32]; N],
        m: &[f32; BLOCK],
        streaming: bool,
        out: &mut [f32],
    ) {
        let mut at = 0;
        while at + 3 * S::LANES <= out.len() {
            for third in 0..3 {
                let v = self.vector(s, kernel, load(s, inputs, at), s.load(m, at), third);
                if streaming {
                    s.stream(v, out, at);
                } else {
                    s.store(v, out, at);
                }
                at += S::LANES;
            }
        }
        // Less than three vectors are left: the end of a row, or its head.
        let mut third = 0;
        while at < out.len() {
            let n = S::LANES.min(out.len() - at);
            let mut padded = [[0.0; MAX_LANES]; N];
            for (padded, input) in padded.iter_mut().zip(inputs) {
                padded[..n].copy_from_slice(&input[at..at + n]);
            }
            let samples = load(s, padded.each_ref().map(|samples| &samples[..]), 0);
            let v = self.vector(s, kernel, samples, s.load(m, at), third);
            let mut result = [0.0; MAX_LANES];
            s.store(v, &mut result, 0);
            out[at..at + n].copy_from_slice(&result[..n]);
            at += n;
            third += 1;
        }
    }

    #[inline(always)]
    fn vector<S: Simd<V = V>, const N: usize, K: Vector<N>>(
        &self,
        s: S,
        kernel: K,
        inputs: [V; N],
        m: V,
        third: usize,
    ) -> V {
        let processed = s.and(self.on[third], kernel.samples(s, inputs, m));
        s.or(processed, s.and(self.pass[third], inputs[0]))
    }
}

#[inline(always)]
fn load<S: Simd, const N: usize>(s: S, inputs: [&[f32]; N], at: usize) -> [S::V; N] {
    let mut v = [s.splat(0.0); N];
    for (v, input) in v.iter_mut().zip(inputs) {
        *v = s.load(input, at);
    }
    v
}
