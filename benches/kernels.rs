//! The kernels beside what the memory allows: first ratios, from interleaved runs, then criterion's
//! own figures. One thread, warm buffers.
//!
//! `cargo bench --bench kernels -- --quick` is a short run, `-- none` prints the ratios alone.

use std::{hint::black_box, time::Instant};

use criterion::Criterion;
use deltaplate::kernels::{
    Coverage, Layout, Process, Selection, Store, add,
    compare::{self, Tolerance, Tree},
    subtract,
};

#[cfg(target_arch = "x86_64")]
mod limit;
#[cfg(not(target_arch = "x86_64"))]
#[path = "limit/portable.rs"]
mod limit;

const WIDTH: usize = 2048;
const HEIGHT: usize = 1556;
const ROUNDS: usize = 31;

const RGBA: Selection = Selection {
    layout: Layout::Rgba,
    process: Process::ALL,
    coverage: Coverage::Uniform(1.0),
};

fn main() {
    let frame = Frame::new(WIDTH, HEIGHT);
    let tile = Frame::new(256, 256);
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    println!("time over the memory's limit, median of {ROUNDS} (quartiles), limit in ms");
    todo!()
}
