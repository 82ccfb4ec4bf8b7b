//! The same as another implementation makes of the same pictures; see testdata/README.md.

use super::{Size, alone};
use crate::kernels::estimate::calibration::calibrate;
use crate::kernels::estimate::model::{Blend, Model, Opacity};
use crate::kernels::estimate::recommended::{Problem, estimate};
use crate::kernels::estimate::space::BlendSpace;
use crate::kernels::estimate::varying::minimum::Bounds;
use crate::kernels::estimate::varying::{smooth, solid};
use crate::kernels::estimate::{Colour, detect, offset, opacity};

const SIZE: Size = Size {
    width: 48,
    height: 40,
};

fn samples(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks();
    let sample = |word: &[u8; 2]| (f64::from(u16::from_le_bytes(*word)) / 65535.0) as f32;
    words.iter().map(sample).collect()
}

macro_rules! picture {
    ($name:literal) => {
        samples(include_bytes!(concat!("../testdata/", $name, ".u16")))
    };
}

/// Fails where a sample is further off than the files' own rounding and a little arithmetic.
fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    let worst = found.iter().zip(expected).map(|(f, e)| (f - e).abs());
    let worst = worst.fold(0.0, f32::max);
    assert!(worst <= tolerance, "off by {worst}");
}

fn solve(blend: Blend, alpha: f32, change: impl Fn(&mut Problem<'_>)) -> Vec<f32> {
    let (merged, background) = (picture!("merged"), picture!("background"));
    let model = Model {
        blend,
        opacity: Opacity::Uniform(alpha),
    };
    let (m, b) = (Colour::new(SIZE, &merged), Colour::new(SIZE, &background));
    let mut problem = Problem::new(m, b, model, 1.5 / 255.0, 0.0);
    change(&mut problem);
    let mut out = vec![f32::NAN; 3 * SIZE.pixels()];
    alone(|context| estimate(context, &problem, &mut out));
    out
}

#[test]
fn normal() {
    let found = solve(Blend::Normal, 0.3, |problem| problem.mismatch = 0.2);
    assert_close(&found, &picture!("normal"), 5e-5);
}

#[test]
fn add_with_clipped_samples() {
    let found = solve(Blend::Add, 0.3, |problem| problem.clipped = Some(0.4));
    assert_close(&found, &picture!("add"), 5e-5);
}

#[test]
fn screen_on_one_level() {
    let found = solve(Blend::Screen, 0.5, |problem| {
        problem.mismatch = 0.1;
        (problem.levels, problem.iterations) = (1, 70);
    });
    assert_close(&found, &picture!("screen"), 5e-5);
}

#[test]
fn smooth_opacity() {
    let (merged, background) = (picture!("merged"), picture!("background"));
    let settings = smooth::Settings {
        noise: 1.4 / 255.0,
        smoothness: 3.0,
        iterations: 60,
        bounds: Bounds {
            low: 0.0,
            high: 1.0,
        },
    };
    let mut found = vec![f32::NAN; SIZE.pixels()];
    alone(|context| {
        let (m, b) = (Colour::new(SIZE, &merged), Colour::new(SIZE, &background));
        smooth::opacity(context, m, b, &settings, &mut found)
    });
    assert_close(&found, &picture!("smooth"), 2e-4);
}

#[test]
fn what_is_measured() {
    let (merged, background) = (picture!("merged"), picture!("background"));
    let (m, b) = (Colour::new(SIZE, &merged), Colour::new(SIZE, &background));
    let [dx, dy] = alone(|context| offset::offset(context, m, b));
    assert!((dx - 0.283_66).abs() < 1e-3, "{dx}");
    assert!((dy + 0.193_14).abs() < 1e-3, "{dy}");
    let slope = alone(|context| opacity::transmission(context, m, b)).unwrap();
    assert!((slope - 0.666_26).abs() < 1e-3, "{slope}");
    let model = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(0.3),
    };
    let found = alone(|context| calibrate(context, m, b, &model, true));
    // The other one interpolates between two of the few blocks.
    assert!((found.noise - 0.008_096).abs() < 3e-4, "{found:?}");
    assert!((found.ghost.index - 2.492).abs() < 0.02, "{found:?}");
    assert!((found.ghost.mismatch - 0.400).abs() < 5e-3, "{found:?}");
    for (space, expected) in [(BlendSpace::Linear, 0.350_5), (BlendSpace::Srgb, 0.552_5)] {
        let misfit = alone(|context| detect::misfit(context, m, b, space)).unwrap();
        assert!((misfit - expected).abs() < 3e-3, "{space:?} {misfit}");
    }
    let mut alpha = vec![0.0; SIZE.pixels()];
    let colour = alone(|context| solid::opacity(context, m, b, 1.0 / 255.0, &mut alpha)).unwrap();
    assert_close(&colour, &[0.503_357, 0.303_478, 0.204_296], 1e-4);
}
