//! The scalar code, which the tests hold the vector code against.

use super::{Kernel, Row};
use crate::kernels::Layout;

/// A kernel's definition.
pub(in crate::kernels) trait Scalar<const N: usize>: Kernel {
    /// One sample, with its factor `m`.
    fn sample(self, inputs: [f32; N], m: f32) -> f32;
}

/// Applies the kernel to a row.
pub(in crate::kernels) fn scalar<const N: usize, K: Scalar<N>>(kernel: K, row: Row<N>) {
    match row.selection.layout {
        Layout::Alpha => pixels::<1, N, K>(kernel, row),
        Layout::Rgb => pixels::<3, N, K>(kernel, row),
        Layout::Rgba => pixels::<4, N, K>(kernel, row),
    }
}

fn pixels<const C: usize, const N: usize, K: Scalar<N>>(kernel: K, row: Row<N>) {
    let Row {
        inputs,
        selection,
        out,
        ..
    } = row;
    let inputs = inputs.map(|input| input.as_chunks::<C>().0);
    let on: [bool; C] = std::array::from_fn(|c| selection.processes(c));
    let passes: [bool; C] = std::array::from_fn(|c| K::UNPROCESSED.passes(c));
    for (x, out) in out.as_chunks_mut::<C>().0.iter_mut().enumerate() {
        let m = selection.coverage.at(x);
        for c in 0..C {
            let samples = inputs.map(|input| input[x][c]);
            out[c] = match (on[c], passes[c]) {
                (true, _) => kernel.sample(samples, m),
                (false, true) => samples[0],
                (false, false) => 0.0,
            };
        }
    }
}
