//! The wavefront is the plain iteration, bit for bit.

use super::{Size, Threads, noise, with};
use crate::kernels::estimate::fit::{Fit, Terms};
use crate::kernels::estimate::wavefront::{Stop, iterate};

const TERMS: Terms = Terms {
    lambda: 0.05,
    eps: 0.01,
    step: 0.7,
    low: 0.1,
    high: 0.9,
};

/// `w` and `w * Ocf`, some of them one-sided or without any weight.
fn data(size: Size) -> Vec<f32> {
    let mut data = noise(6 * size.pixels(), 5);
    for (i, weight) in data.iter_mut().enumerate() {
        let is_weight = i / size.width % 6 < 3;
        if is_weight && i % 7 == 0 {
            *weight = -*weight;
        }
        if is_weight && i % 11 == 0 {
            *weight = 0.0;
        }
    }
    data
}

/// The formulas of `fit`, over whole pictures.
#[allow(clippy::needless_range_loop)]
fn plain(size: Size, data: &[f32], x: &mut [f32], iterations: usize) {
    let Size { width, height } = size;
    let at = |x: usize, y: usize, c: usize| (y * 3 + c) * width + x;
    let sigma = 1.0 / (8.0 * TERMS.step);
    let shrink = 1.0 / (1.0 + sigma * TERMS.eps / TERMS.lambda);
    let mut bar = x.to_vec();
    let mut p = [vec![0.0f32; x.len()], vec![0.0f32; x.len()]];
    for _ in 0..iterations {
        for row in 0..height {
            for column in 0..width {
                let mut energies = [0.0; 3];
                for c in 0..3 {
                    let here = bar[at(column, row, c)];
                    let right = bar[at((column + 1).min(width - 1), row, c)];
                    let below = bar[at(column, (row + 1).min(height - 1), c)];
                    for (p, neighbour) in p.iter_mut().zip([right, below]) {
                        let p = &mut p[at(column, row, c)];
                        *p = (*p + sigma * (neighbour - here)) * shrink;
                    }
                    let [across, down] = [0, 1].map(|i| p[i][at(column, row, c)]);
                    energies[c] = across * across + down * down;
                }
                let norm = (energies[0] + energies[1] + energies[2]).sqrt();
                for c in 0..3 {
                    let scale = TERMS.lambda / norm.max(TERMS.lambda);
                    p.iter_mut().for_each(|p| p[at(column, row, c)] *= scale);
                }
            }
        }
        for row in 0..height {
            for column in 0..width {
                for c in 0..3 {
                    let i = at(column, row, c);
                    let left = if column > 0 { p[0][i - 1] } else { 0.0 };
                    let above = if row > 0 {
                        p[1][at(column, row - 1, c)]
                    } else {
                        0.0
                    };
                    let free = x[i] + TERMS.step * ((p[0][i] - left) + (p[1][i] - above));
                    let w = data[(row * 6 + c) * width + column];
                    let keep = 1.0 / (1.0 + TERMS.step * w.abs());
                    let pull = data[(row * 6 + c + 3) * width + column] * (TERMS.step * keep);
                    let mut new = free * keep + pull;
                    if w.is_sign_negative() && free > new {
                        new = free;
                    }
                    let new = new.clamp(TERMS.low, TERMS.high);
                    bar[i] = 2.0 * new - x[i];
                    x[i] = new;
                }
            }
        }
    }
}

fn wavefront(size: Size, threads: usize, iterations: usize, tolerance: f32) -> Vec<f32> {
    let mut x = noise(3 * size.pixels(), 9);
    let mut data = data(size);
    let team = Threads(threads);
    with(&team, |context| {
        let fit = Fit::new(&team, size, &mut data, &TERMS);
        let stop = Stop {
            iterations,
            tolerance,
            progress: [0.0, 1.0],
        };
        iterate(context, size, &fit, &mut x, stop)
    });
    x
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn any_bands_and_sweeps_are_the_plain_iteration() {
    for (width, height) in [(1, 1), (2, 1), (1, 5), (7, 3), (131, 90), (300, 41)] {
        let size = Size { width, height };
        for iterations in [0, 1, 2, 9, 20, 45] {
            let mut expected = noise(3 * size.pixels(), 9);
            plain(size, &data(size), &mut expected, iterations);
            for threads in [1, 2, 5] {
                // With a tolerance, however small, the sweeps are shorter.
                for tolerance in [0.0, 1e-30] {
                    let found = wavefront(size, threads, iterations, tolerance);
                    assert_eq!(
                        bits(&found),
                        bits(&expected),
                        "{size:?}, {iterations} iterations, {threads} threads, {tolerance}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_tolerance_ends_the_iteration_early() {
    let size = Size {
        width: 40,
        height: 30,
    };
    let mut data = data(size);
    let team = Threads(2);
    let count = |tolerance: f32, data: &mut [f32]| {
        let mut x = noise(3 * size.pixels(), 9);
        with(&team, |context| {
            let fit = Fit::new(&team, size, data, &TERMS);
            let stop = Stop {
                iterations: 300,
                tolerance,
                progress: [0.0, 1.0],
            };
            iterate(context, size, &fit, &mut x, stop)
        })
    };
    let early = count(1e-4, &mut data.clone());
    assert!(early < 300 && early.is_multiple_of(10), "{early}");
    assert_eq!(count(0.0, &mut data), 300);
}
