//! The kernels beside what the memory allows: first the ratios, from interleaved runs, then
//! criterion's own figures. One thread, warm buffers.
//!
//! `cargo bench --bench kernels -- --quick` is a short run; a filter that matches nothing leaves
//! the ratios alone.

use std::{hint::black_box, ops::Range, time::Instant};

use criterion::Criterion;
use deltaplate::kernels::{
    Coverage, Layout, Process, Selection, Store, add,
    compare::{self, Tolerance, Tree},
    settle, subtract,
};

mod limit;

const ROUNDS: usize = 31;

const ALL: Selection = Selection {
    layout: Layout::Rgba,
    process: Process::ALL,
    coverage: Coverage::Uniform(1.0),
};

const EXACT: Tolerance = Tolerance {
    absolute: None,
    relative: None,
    ulp: None,
    nan_equal: false,
};

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    println!(
        "time over the memory's limit: median of {ROUNDS}, fastest over fastest; fastest in ms"
    );
    let frame = Frame::new(2048, 1556);
    let colour = Selection {
        process: Process([true, true, true, false]),
        ..ALL
    };
    let rgb = Selection {
        layout: Layout::Rgb,
        ..ALL
    };
    let coverage = Coverage::Mask {
        mask: &frame.mask,
        mix: 0.5,
        invert: false,
    };
    let masked = Selection { coverage, ..ALL };
    let c = &mut criterion;
    for (name, selection) in [
        ("", ALL),
        (" colour", colour),
        (" RGB", rgb),
        (" masked", masked),
    ] {
        frame.min(c, &format!("min 2K{name}"), selection, Store::Streaming);
        frame.plus(c, &format!("plus 2K{name}"), selection, Store::Streaming);
        frame.compare(c, &format!("compare 2K{name}"), selection, &frame.sparse);
    }
    frame.min(c, "min 2K ordinary stores", ALL, Store::Cached);
    frame.residual(c, "min 2K residual");
    frame.plus_residual(c, "plus 2K residual");
    frame.compare(c, "compare 2K equal", ALL, &frame.b.clone());
    frame.compare(c, "compare 2K all different", ALL, &frame.a);
    let tile = Frame::new(256, 256);
    tile.min(c, "min hot tile", ALL, Store::Cached);
    tile.plus(c, "plus hot tile", ALL, Store::Cached);
    tile.compare(c, "compare hot tile", ALL, &tile.sparse);
    criterion.final_summary();
}

/// Random images of one size, RGBA.
struct Frame {
    width: usize,
    height: usize,
    a: Vec<f32>,
    b: Vec<f32>,
    /// `b`, with one pixel in a hundred as in `a`.
    sparse: Vec<f32>,
    /// One row.
    mask: Vec<f32>,
}

impl Frame {
    fn new(width: usize, height: usize) -> Self {
        let image = |seed| {
            (0..width * height * 4)
                .map(|i| noise(i, seed))
                .collect::<Vec<_>>()
        };
        let (a, b) = (image(1), image(2));
        let sample = |i| if noise(i / 4, 3) < 0.01 { a[i] } else { b[i] };
        let sparse = (0..a.len()).map(sample).collect();
        let mask = (0..width).map(|i| noise(i, 4)).collect();
        Self {
            width,
            height,
            a,
            b,
            sparse,
            mask,
        }
    }

    /// The samples of each row. Fewer channels make do with the front of the images.
    fn rows(&self, selection: Selection) -> impl Iterator<Item = Range<usize>> {
        let samples = self.width * selection.layout.channels();
        (0..self.height).map(move |y| y * samples..(y + 1) * samples)
    }

    fn min(&self, c: &mut Criterion, name: &str, selection: Selection, store: Store) {
        let kernel = |out: &mut [f32]| {
            for at in self.rows(selection) {
                let (a, b) = (&self.a[at.clone()], &self.b[at.clone()]);
                subtract::difference(a, b, selection, false, store, &mut out[at]);
            }
        };
        let limit =
            |out: &mut [f32]| limit::subtract(&self.a[..out.len()], &self.b[..out.len()], out);
        self.measure(c, name, selection, kernel, limit);
    }

    fn residual(&self, c: &mut Criterion, name: &str) {
        let kernel = |out: &mut [f32]| {
            for at in self.rows(ALL) {
                let (a, b) = (&self.a[at.clone()], &self.b[at.clone()]);
                subtract::residual(a, b, ALL, Store::Streaming, &mut out[at]);
            }
        };
        self.measure(c, name, ALL, kernel, |out| {
            limit::subtract(&self.a, &self.b, out)
        });
    }

    fn plus(&self, c: &mut Criterion, name: &str, selection: Selection, store: Store) {
        let kernel = |out: &mut [f32]| {
            for at in self.rows(selection) {
                let (b, d) = (&self.b[at.clone()], &self.a[at.clone()]);
                add::sum(b, d, None, selection, store, &mut out[at]);
            }
        };
        let limit =
            |out: &mut [f32]| limit::subtract(&self.a[..out.len()], &self.b[..out.len()], out);
        self.measure(c, name, selection, kernel, limit);
    }

    fn plus_residual(&self, c: &mut Criterion, name: &str) {
        let kernel = |out: &mut [f32]| {
            for at in self.rows(ALL) {
                let (b, d) = (&self.b[at.clone()], &self.a[at.clone()]);
                let residual = Some(&self.sparse[at.clone()]);
                add::sum(b, d, residual, ALL, Store::Streaming, &mut out[at]);
            }
        };
        let limit = |out: &mut [f32]| limit::subtract_two(&self.a, &self.b, &self.sparse, out);
        self.measure(c, name, ALL, kernel, limit);
    }

    fn compare(&self, c: &mut Criterion, name: &str, selection: Selection, a: &[f32]) {
        let kernel = |_: &mut [f32]| {
            let mut tree = Tree::new();
            for (at, y) in self.rows(selection).zip(0..) {
                let (a, b) = (&a[at.clone()], &self.b[at]);
                tree.push(compare::row(a, b, selection, &EXACT, 0, y));
            }
            black_box(tree.total());
        };
        let limit = |out: &mut [f32]| {
            black_box(limit::read(&a[..out.len()], &self.b[..out.len()]));
        };
        self.measure(c, name, selection, kernel, limit);
    }

    /// Prints the ratio of two pieces of work, which write an image, then has criterion time both.
    fn measure(
        &self,
        c: &mut Criterion,
        name: &str,
        selection: Selection,
        mut kernel: impl FnMut(&mut [f32]),
        mut limit: impl FnMut(&mut [f32]),
    ) {
        let samples = self.width * self.height * selection.layout.channels();
        let mut buffer = vec![0.0; samples + 8];
        let start = buffer.as_ptr().align_offset(32);
        let out = &mut buffer[start..start + samples];
        // Enough work that the clock does not matter.
        let repeat = (1 << 22) / samples + 1;
        let mut time = |work: &mut dyn FnMut(&mut [f32])| {
            let start = Instant::now();
            for _ in 0..repeat {
                work(black_box(out));
                settle(Store::Streaming);
            }
            start.elapsed().as_secs_f64() / repeat as f64
        };
        time(&mut limit);
        time(&mut kernel);
        let (mut ratios, mut fastest) = ([0.0; ROUNDS], [f64::MAX; 2]);
        for ratio in &mut ratios {
            let times = [time(&mut kernel), time(&mut limit)];
            *ratio = times[0] / times[1];
            fastest = [0, 1].map(|i| fastest[i].min(times[i]));
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ROUNDS / 2];
        let [kernel_ms, limit_ms] = fastest.map(|seconds| seconds * 1e3);
        let best = kernel_ms / limit_ms;
        println!("{name:26} {median:6.2} {best:6.2} {kernel_ms:8.3} {limit_ms:8.3}");

        let mut group = c.benchmark_group(name);
        group.bench_function("kernel", |bencher| bencher.iter(|| kernel(black_box(out))));
        group.bench_function("limit", |bencher| bencher.iter(|| limit(black_box(out))));
        group.finish();
    }
}

/// A number in 0..1, from a place and a seed.
fn noise(i: usize, seed: u32) -> f32 {
    let x = (i as u32).wrapping_mul(0x9e37_79b9) ^ seed.wrapping_mul(0x85eb_ca6b);
    let x = (x ^ x >> 15).wrapping_mul(0x2c1b_3c6d);
    let x = (x ^ x >> 12).wrapping_mul(0x297a_2d39);
    ((x ^ x >> 15) >> 8) as f32 / (1 << 24) as f32
}
