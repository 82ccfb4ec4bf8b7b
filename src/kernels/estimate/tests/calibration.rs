//! What the calibration makes of plates that are clean, rounded and grainy.

use super::{Size, alone, noise, scene};
use crate::kernels::estimate::Colour;
use crate::kernels::estimate::calibration::{Calibration, calibrate};
use crate::kernels::estimate::model::{Blend, Model, Opacity};

const SIZE: Size = Size {
    width: 256,
    height: 200,
};
const CODE: f32 = 1.0 / 255.0;

/// Grain of this deviation, nearly normal.
fn grain(deviation: f32, seed: u32) -> Vec<f32> {
    let count = 3 * SIZE.pixels();
    let sums = (0..4).map(|i| noise(count, 4 * seed + i + 1));
    let sum = sums.reduce(|a, b| a.iter().zip(&b).map(|(a, b)| a + b).collect());
    let sum = sum.unwrap_or_default();
    // Four uniform numbers have a variance of a third.
    sum.iter()
        .map(|s| (s - 2.0) * deviation * 3f32.sqrt())
        .collect()
}

/// The plates after something happened to each sample of M and B.
fn calibrated(spoil: impl Fn(usize, f32, f32) -> (f32, f32)) -> Calibration {
    let background = scene(SIZE, 2);
    // Smooth, with a little grain of its own.
    let mut overlay = noise(3 * SIZE.pixels(), 3);
    for (i, sample) in overlay.iter_mut().enumerate() {
        let (x, y) = (i % SIZE.width, i / (3 * SIZE.width));
        *sample = 0.5 + 0.3 * (0.05 * x as f32).sin() * (0.04 * y as f32).cos() + 0.008 * *sample;
    }
    let pairs = overlay.iter().zip(&background).enumerate();
    let (merged, background): (Vec<f32>, Vec<f32>) = pairs
        .map(|(i, (o, b))| spoil(i, 0.3 * o + 0.7 * b, *b))
        .unzip();
    let model = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(0.3),
    };
    let (m, b) = (Colour::new(SIZE, &merged), Colour::new(SIZE, &background));
    alone(|context| calibrate(context, m, b, &model, false))
}

#[test]
fn grain_of_both_plates_is_noise() {
    let (first, second) = (grain(2.0 * CODE, 1), grain(2.0 * CODE, 9));
    let found = calibrated(|i, m, b| (m + first[i], b + second[i]));
    // 2 codes in M, 0.7 of 2 in B.
    let expected = 2.0 * CODE * 1.49f32.sqrt();
    assert!((found.noise / expected - 1.0).abs() < 0.2, "{found:?}");
    assert!(found.denoise > 0.9 && !found.compressed, "{found:?}");
}

#[test]
fn the_overlays_own_grain_is_not_noise() {
    let clean = calibrated(|_, m, b| (m, b));
    assert!(clean.noise < 0.5 * clean.quiet, "{clean:?}");
    assert!(clean.denoise < 0.5 && !clean.compressed, "{clean:?}");
}

#[test]
fn rounding_is_noise() {
    let coded = |v: f32| (v / CODE).round() * CODE;
    let found = calibrated(|_, m, b| (coded(m), coded(b)));
    let expected = CODE * (1.49f32 / 12.0).sqrt();
    assert!((found.noise / expected - 1.0).abs() < 0.05, "{found:?}");
}

#[test]
fn a_codec_is_told_by_the_detail_that_it_took() {
    // Errors of 2 x 2 pixels, and little of single ones.
    let (first, second) = (grain(1.5 * CODE, 1), grain(1.5 * CODE, 9));
    let (fine, other) = (grain(0.4 * CODE, 17), grain(0.4 * CODE, 25));
    let corner = |i: usize| {
        let (x, row) = (i % SIZE.width, i / SIZE.width);
        (row / 6 * 6 + row % 3) * SIZE.width + x / 2 * 2
    };
    let found = calibrated(|i, m, b| {
        (
            m + first[corner(i)] + fine[i],
            b + second[corner(i)] + other[i],
        )
    });
    assert!(found.compressed, "{found:?}");
    assert!(found.mismatch >= 0.3 && found.denoise == 1.5, "{found:?}");
}
