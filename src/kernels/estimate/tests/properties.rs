//! What holds for any input.

use proptest::prelude::*;

use super::{Alone, Context, Size, Threads, Workspace, alone, noise, scene, with};
use crate::kernels::estimate::calibration::calibrate;
use crate::kernels::estimate::model::{Blend, Model, Opacity};
use crate::kernels::estimate::recommended::{Problem, estimate};
use crate::kernels::estimate::space::BlendSpace;
use crate::kernels::estimate::varying::frames::Frames;
use crate::kernels::estimate::varying::minimum::{self, Bounds};
use crate::kernels::estimate::varying::{smooth, solid};
use crate::kernels::estimate::{
    Colour, Failure, Plane, closed, detect, offset, opacity, seed, warp,
};

const BLENDS: [Blend; 4] = [Blend::Normal, Blend::Add, Blend::Screen, Blend::Multiply];
const BOUNDS: Bounds = Bounds {
    low: 0.0,
    high: 1.0,
};

fn model(blend: Blend, alpha: f32) -> Model<'static> {
    Model {
        blend,
        opacity: Opacity::Uniform(alpha),
    }
}

fn merge(overlay: &[f32], background: &[f32], model: &Model<'_>) -> Vec<f32> {
    let Opacity::Uniform(alpha) = model.opacity else {
        unreachable!()
    };
    let pairs = overlay.iter().zip(background);
    pairs
        .map(|(o, background)| {
            let (a, b) = model.blend.coefficients(*background, alpha);
            a * o + b
        })
        .collect()
}

fn smooth_settings(noise: f32) -> smooth::Settings {
    smooth::Settings {
        noise,
        smoothness: 3.0,
        iterations: 40,
        bounds: BOUNDS,
    }
}

/// Everything that long work can make of two pictures.
fn everything(
    context: &mut Context<'_>,
    m: Colour<'_>,
    b: Colour<'_>,
) -> Result<Vec<f32>, Failure> {
    let size = m.size();
    let mut results = Vec::new();
    let mut colour = vec![f32::NAN; 3 * size.pixels()];
    let mut plane = vec![f32::NAN; size.pixels()];
    let [dx, dy] = offset::offset(context, m, b)?;
    let slope = opacity::transmission(context, m, b)?;
    let spaces = [BlendSpace::Linear, BlendSpace::Srgb, BlendSpace::Rec709];
    let space = detect::detect(context, m, b, &spaces)?;
    results.extend([dx as f32, dy as f32, slope.unwrap_or(-1.0)]);
    results.push(
        spaces
            .iter()
            .position(|s| Some(*s) == space)
            .map_or(-1.0, |i| i as f32),
    );
    for blend in BLENDS {
        let model = model(blend, 0.3);
        let found = calibrate(context, m, b, &model, false)?;
        results.extend([found.noise, found.ghost.index, found.ghost.mismatch]);
        let mut problem = Problem::new(m, b, model, found.noise, found.ghost.mismatch);
        problem.clipped = Some(0.8);
        estimate(context, &problem, &mut colour)?;
        results.extend(&colour);
        closed::overlay(context.team, m, b, &model, [0.0, 1.0], &mut colour);
        results.extend(&colour);
        seed::estimate(context.team, m, b, &model, 30, seed::BETA, &mut colour);
        results.extend(&colour);
    }
    minimum::opacity(context.team, m, b, BOUNDS, 0.01, &mut plane);
    results.extend(&plane);
    let settings = smooth_settings(0.01);
    smooth::opacity(context, m, b, &settings, &mut plane)?;
    results.extend(&plane);
    let found = solid::opacity(context, m, b, 0.01, &mut plane)?;
    results.extend(&plane);
    results.extend(found.unwrap_or_default());
    let mut frames = Frames::new(context, size)?;
    frames.add(context, m, b);
    frames.add(context, b, m);
    let mut means = [vec![0.0; 3 * size.pixels()], vec![0.0; 3 * size.pixels()]];
    let [mean_m, mean_b] = &mut means;
    frames.opacity(context, 0.01, &mut plane, [mean_m, mean_b])?;
    results.extend(&plane);
    Ok(results)
}

#[test]
fn threads_do_not_matter() {
    let size = Size {
        width: 93,
        height: 140,
    };
    let overlay = scene(size, 1);
    let background = scene(size, 2);
    let merged = merge(&overlay, &background, &model(Blend::Normal, 0.3));
    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
    let bits = |threads: usize| -> Vec<u32> {
        let results = with(&Threads(threads), |context| everything(context, m, b));
        results.iter().map(|v| v.to_bits()).collect()
    };
    let one = bits(1);
    for threads in [2, 5] {
        assert!(bits(threads) == one, "{threads} threads");
    }
}

#[test]
fn nothing_is_allocated_again() {
    let size = Size {
        width: 70,
        height: 50,
    };
    let (merged, background) = (scene(size, 1), scene(size, 2));
    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
    let mut workspace = Workspace::new();
    let mut capacities = || {
        let mut context = Context {
            team: &Alone,
            workspace: &mut workspace,
            proceed: &mut |_| true,
        };
        let mut out = vec![0.0; 3 * size.pixels()];
        let problem = Problem::new(m, b, model(Blend::Normal, 0.3), 0.01, 0.1);
        estimate(&mut context, &problem, &mut out).unwrap();
        everything(&mut context, m, b).unwrap();
        workspace.capacity()
    };
    let first = capacities();
    assert!(first > 0);
    assert_eq!(capacities(), first);
}

#[test]
fn the_callback_ends_the_work() {
    let size = Size {
        width: 40,
        height: 40,
    };
    let (merged, background) = (scene(size, 1), scene(size, 2));
    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
    let mut workspace = Workspace::new();
    let mut cut_off = |work: &dyn Fn(&mut Context<'_>) -> Option<Failure>, calls: usize| {
        let mut heard: Vec<f32> = Vec::new();
        let mut context = Context {
            team: &Alone,
            workspace: &mut workspace,
            proceed: &mut |done| {
                heard.push(done);
                heard.len() < calls
            },
        };
        assert_eq!(work(&mut context), Some(Failure::Cancelled));
        assert!(heard.len() == calls && heard.is_sorted());
        assert!(heard.iter().all(|done| (0.0..=1.0).contains(done)));
    };
    let problem = Problem::new(m, b, model(Blend::Normal, 0.3), 0.01, 0.1);
    let estimated = |context: &mut Context<'_>| {
        estimate(context, &problem, &mut vec![0.0; 3 * size.pixels()]).err()
    };
    let smoothed = |context: &mut Context<'_>| {
        let mut alpha = vec![0.0; size.pixels()];
        smooth::opacity(context, m, b, &smooth_settings(0.01), &mut alpha).err()
    };
    for calls in 1..4 {
        cut_off(&estimated, calls);
        cut_off(&smoothed, calls);
    }
    cut_off(&|context| offset::offset(context, m, b).err(), 1);
}

#[test]
fn a_hole_is_filled_from_around() {
    let size = Size {
        width: 60,
        height: 60,
    };
    // A flat overlay over anything.
    let overlay = vec![0.6; 3 * size.pixels()];
    let background = scene(size, 4);
    let model = model(Blend::Normal, 0.3);
    let mut merged = merge(&overlay, &background, &model);
    for y in 20..28 {
        for i in 0..3 {
            merged[(y * 3 + i) * size.width + 30..][..8].fill(f32::NAN);
        }
    }
    merged[17] = f32::INFINITY;
    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
    let mut out = vec![f32::NAN; 3 * size.pixels()];
    alone(|context| estimate(context, &Problem::new(m, b, model, 0.002, 0.0), &mut out));
    for sample in out {
        assert!((sample - 0.6).abs() < 0.01, "{sample}");
    }
}

#[test]
fn the_opacity_is_found() {
    let size = Size {
        width: 120,
        height: 90,
    };
    let (overlay, background) = (scene(size, 1), scene(size, 2));
    for alpha in [0.05, 0.3, 0.7] {
        let merged = merge(&overlay, &background, &model(Blend::Normal, alpha));
        let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
        let slope = alone(|context| opacity::transmission(context, m, b)).unwrap();
        assert!((1.0 - slope - alpha).abs() < 0.04, "{alpha} {slope}");
    }
    let flat = vec![0.5; 3 * size.pixels()];
    let flat = Colour::new(size, &flat);
    assert_eq!(
        alone(|context| opacity::transmission(context, flat, flat)),
        None
    );
}

#[test]
fn the_offset_is_found() {
    let size = Size {
        width: 120,
        height: 90,
    };
    let background = scene(size, 2);
    for expected in [[0.3, -0.2], [0.0, 0.0], [-0.6, 0.5]] {
        let mut merged = vec![0.0; background.len()];
        let moved = Colour::new(size, &background);
        alone(|context| warp::warp(context, moved, expected, 0.8, &mut merged));
        let m = Colour::new(size, &merged);
        let [dx, dy] = alone(|context| offset::offset(context, m, moved));
        assert!((dx - expected[0]).abs() < 0.02, "{expected:?} {dx} {dy}");
        assert!((dy - expected[1]).abs() < 0.02, "{expected:?} {dx} {dy}");
    }
}

#[test]
fn the_blend_space_is_found() {
    let size = Size {
        width: 120,
        height: 90,
    };
    let (overlay, background) = (scene(size, 1), scene(size, 2));
    let spaces = [BlendSpace::Linear, BlendSpace::Srgb];
    for space in spaces {
        let encode =
            |samples: &[f32]| -> Vec<f32> { samples.iter().map(|v| space.encode(*v)).collect() };
        let model = model(Blend::Normal, 0.3);
        let merged = merge(&encode(&overlay), &encode(&background), &model);
        let merged: Vec<f32> = merged.iter().map(|v| space.decode(*v)).collect();
        let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
        let found = alone(|context| detect::detect(context, m, b, &spaces));
        assert_eq!(found, Some(space));
    }
}

#[test]
fn one_colour_is_found_with_its_opacity() {
    let size = Size {
        width: 80,
        height: 60,
    };
    let colour = [0.9, 0.2, 0.6];
    let background = scene(size, 2);
    let matte: Vec<f32> = (0..size.pixels())
        .map(|i| if i % 80 > 40 { 0.5 } else { 0.0 })
        .collect();
    let mut merged = background.clone();
    for (i, sample) in merged.iter_mut().enumerate() {
        let alpha = matte[i / 240 * 80 + i % 80];
        *sample += alpha * (colour[i / 80 % 3] - *sample);
    }
    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
    let mut found = vec![f32::NAN; size.pixels()];
    let meeting = alone(|context| solid::opacity(context, m, b, 0.001, &mut found)).unwrap();
    for (found, colour) in meeting.iter().zip(colour) {
        assert!((found - colour).abs() < 1e-3, "{meeting:?}");
    }
    for (found, alpha) in found.iter().zip(&matte) {
        assert!((found - alpha).abs() < 1e-3, "{found} {alpha}");
    }
}

#[test]
fn several_frames_tell_the_opacity() {
    let size = Size {
        width: 40,
        height: 30,
    };
    let overlay = scene(size, 1);
    let model = model(Blend::Normal, 0.3);
    let mut alpha = vec![f32::NAN; size.pixels()];
    let mut means = [vec![0.0; 3 * size.pixels()], vec![0.0; 3 * size.pixels()]];
    alone(|context| {
        let mut frames = Frames::new(context, size)?;
        for seed in 0..8 {
            let background = noise(3 * size.pixels(), 7 + seed);
            let merged = merge(&overlay, &background, &model);
            frames.add(
                context,
                Colour::new(size, &merged),
                Colour::new(size, &background),
            );
        }
        assert_eq!(frames.count(), 8);
        let [m, b] = &mut means;
        frames.opacity(context, 0.001, &mut alpha, [m, b])
    });
    for alpha in alpha {
        assert!((alpha - 0.3).abs() < 1e-3, "{alpha}");
    }
}

/// Any bits, with the common special values more often.
fn any_samples(count: usize) -> impl Strategy<Value = Vec<f32>> {
    let sample = prop_oneof![
        4 => 0.0f32..1.0,
        1 => any::<u32>().prop_map(f32::from_bits),
        1 => prop::sample::select(vec![0.0, -0.0, f32::NAN, f32::INFINITY, f32::MAX, f32::MIN]),
    ];
    prop::collection::vec(sample, count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_input_gives_finite_output(
        (width, height, merged, background, matte) in (1usize..30, 1usize..30).prop_flat_map(|(w, h)| {
            (Just(w), Just(h), any_samples(3 * w * h), any_samples(3 * w * h), any_samples(w * h))
        }),
    ) {
        let size = Size { width, height };
        let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
        let mut results = alone(|context| everything(context, m, b));
        let mut out = vec![f32::NAN; 3 * size.pixels()];
        for blend in BLENDS {
            let model = Model { blend, opacity: Opacity::Map(Plane::new(size, &matte)) };
            let mut problem = Problem::new(m, b, model, 0.01, 0.3);
            // HDR: no upper bound.
            problem.high = f32::MAX;
            alone(|context| estimate(context, &problem, &mut out));
            results.extend(&out);
            closed::overlay(&Alone, m, b, &model, [f32::MIN, f32::MAX], &mut out);
            results.extend(&out);
        }
        prop_assert!(results.iter().all(|v| v.is_finite()));
    }

    #[test]
    fn the_closed_form_undoes_the_blend(seed in any::<u32>(), alpha in 0.05f32..1.0) {
        let size = Size { width: 16, height: 16 };
        let (overlay, background) = (noise(768, seed), noise(768, !seed));
        for blend in BLENDS {
            let model = model(blend, alpha);
            let merged = merge(&overlay, &background, &model);
            let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
            let mut out = vec![f32::NAN; 768];
            // Without smoothing the estimate is the closed form.
            let mut problem = Problem::new(m, b, model, 0.01, 0.0);
            problem.denoise = 0.0;
            alone(|context| estimate(context, &problem, &mut out));
            for i in 0..768 {
                let (a, _) = blend.coefficients(background[i], alpha);
                if a > 0.01 {
                    prop_assert!((out[i] - overlay[i]).abs() < 1e-6 / a, "{blend:?}");
                }
            }
        }
    }

    #[test]
    fn the_seed_comes_within_a_step(overlay in 0.0f32..1.0, background in 0.0f32..1.0, alpha in 0.1f32..1.0) {
        let size = Size { width: 1, height: 1 };
        let model = model(Blend::Normal, alpha);
        let (overlay, background) = ([overlay; 3], [background; 3]);
        let merged = merge(&overlay, &background, &model);
        let mut out = [f32::NAN; 3];
        let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
        seed::estimate(&Alone, m, b, &model, 300, seed::BETA, &mut out);
        prop_assert!((out[0] - overlay[0]).abs() <= seed::BETA * 1.01);
    }

    #[test]
    fn less_than_the_least_opacity_does_not_do(
        merged in prop::array::uniform3(0.0f32..1.0),
        background in prop::array::uniform3(0.0f32..1.0),
    ) {
        let size = Size { width: 1, height: 1 };
        let mut alpha = [f32::NAN];
        let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
        minimum::opacity(&Alone, m, b, BOUNDS, 0.0, &mut alpha);
        let [alpha] = alpha;
        let overlays = |alpha: f32| [0, 1, 2].map(|c| {
            (merged[c] - (1.0 - alpha) * background[c]) / alpha
        });
        if alpha > 1e-3 && alpha < 1.0 {
            prop_assert!(overlays(alpha).iter().all(|o| (-1e-3..=1.0 + 1e-3).contains(o)));
            prop_assert!(!overlays(0.98 * alpha).iter().all(|o| (0.0..=1.0).contains(o)));
        }
    }
}
