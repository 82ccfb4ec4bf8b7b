//! Blend spaces and holes.

use deltaplate::kernels::estimate::calibration::calibrate;
use deltaplate::kernels::estimate::model::{Blend, Model, Opacity};
use deltaplate::kernels::estimate::recommended::{Problem, estimate};
use deltaplate::kernels::estimate::space::BlendSpace;
use deltaplate::kernels::estimate::{Colour, Context, Failure, Size, detect};

use super::metrics::psnr;
use super::npy::Folder;
use super::{PAIRS, each, mean, with_context};

/// The figures.
pub fn run(folder: &Folder) -> Result<String, String> {
    let lines = [detection(folder)?, wrong_space(folder)?, hole(folder)?];
    Ok(lines.map(|line| format!("\n{line}\n")).concat())
}

fn coded(x: f32) -> f32 {
    (255.0 * x.clamp(0.0, 1.0)).round() / 255.0
}

fn blended(alpha: f32, overlay: &[f32], background: &[f32]) -> Vec<f32> {
    let pairs = overlay.iter().zip(background);
    pairs.map(|(o, b)| (1.0 - alpha) * b + alpha * o).collect()
}

fn each_sample(samples: &[f32], map: impl Fn(f32) -> f32) -> Vec<f32> {
    samples.iter().map(|v| map(*v)).collect()
}

/// How often the blend space is told: laid on as sRGB numbers or as linear light, delivered in 8
/// bits of sRGB.
fn detection(folder: &Folder) -> Result<String, String> {
    let srgb = BlendSpace::Srgb;
    let spaces = [BlendSpace::Linear, srgb];
    let mut right = 0;
    for alpha in [0.15, 0.4] {
        for truth in spaces {
            let found = each(PAIRS, |pair| {
                let overlay = folder.read(&format!("overlay-{pair}"))?;
                let background = folder.read(&format!("background-{pair}-clean"))?;
                let size = background.size;
                // In the numbers that were blended.
                let inside = |samples: &[f32]| match truth {
                    BlendSpace::Linear => each_sample(samples, |v| srgb.decode(v)),
                    _ => samples.to_vec(),
                };
                let (o, b) = (inside(&overlay.samples), inside(&background.samples));
                let merged = each_sample(&blended(alpha, &o, &b), |v| {
                    let display = match truth {
                        BlendSpace::Linear => srgb.encode(v),
                        _ => v,
                    };
                    srgb.decode(coded(display))
                });
                let background = each_sample(&background.samples, |v| srgb.decode(v));
                with_context(|context| {
                    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
                    detect::detect(context, m, b, &spaces)
                })
            })?;
            right += found.iter().filter(|found| **found == Some(truth)).count();
        }
    }
    Ok(format!("Blend space detected: {right} of {}", 4 * PAIRS))
}

/// What it costs to undo a linear blend as if it had been one of sRGB numbers.
fn wrong_space(folder: &Folder) -> Result<String, String> {
    let srgb = BlendSpace::Srgb;
    let results = each(PAIRS - 1, |pair| {
        let overlay = folder.read(&format!("overlay-{pair}"))?;
        let background = folder.read(&format!("background-{pair}-clean"))?;
        let size = background.size;
        let light = |samples: &[f32]| each_sample(samples, |v| srgb.decode(v));
        let (o, b) = (light(&overlay.samples), light(&background.samples));
        let merged = blended(0.15, &o, &b);
        let right = extracted(size, &merged, &b, None)?;
        let right = each_sample(&right, |v| srgb.encode(v));
        let display = each_sample(&merged, |v| srgb.encode(v));
        let wrong = extracted(size, &display, &background.samples, None)?;
        Ok([wrong, right].map(|found| psnr(&found, &overlay.samples)))
    })?;
    let [wrong, right] = [0, 1].map(|i| mean(&results.iter().map(|r| r[i]).collect::<Vec<_>>()));
    Ok(format!(
        "A linear blend undone as sRGB: {wrong:.2} dB, as linear: {right:.2} dB"
    ))
}

/// How well 10 x 10 pixels that are not numbers are filled in.
fn hole(folder: &Folder) -> Result<String, String> {
    let overlay = folder.read("overlay-0")?;
    let background = folder.read("background-0-clean")?;
    let width = background.size.width;
    let mut merged = blended(0.15, &overlay.samples, &background.samples);
    let mut inside = Vec::new();
    for row in 300..330 {
        inside.extend(row * width + 200..row * width + 210);
    }
    inside.iter().for_each(|i| merged[*i] = f32::NAN);
    let found = extracted(
        background.size,
        &merged,
        &background.samples,
        Some(0.3 / 255.0),
    )?;
    let pick = |samples: &[f32]| -> Vec<f32> { inside.iter().map(|i| samples[*i]).collect() };
    let error = psnr(&pick(&found), &pick(&overlay.samples));
    Ok(format!("A hole of 10 x 10 pixels: {error:.2} dB"))
}

/// The estimate at an opacity of .15, with this noise or what is found.
fn extracted(
    size: Size,
    merged: &[f32],
    background: &[f32],
    noise: Option<f32>,
) -> Result<Vec<f32>, String> {
    with_context(|context: &mut Context<'_>| -> Result<Vec<f32>, Failure> {
        let model = Model {
            blend: Blend::Normal,
            opacity: Opacity::Uniform(0.15),
        };
        let (m, b) = (Colour::new(size, merged), Colour::new(size, background));
        let mut out = vec![0.0; merged.len()];
        let mut problem = Problem::new(m, b, model, noise.unwrap_or(0.0), 0.0);
        if noise.is_none() {
            let found = calibrate(context, m, b, &model, false)?;
            (problem.noise, problem.mismatch) = (found.noise, found.mismatch);
            problem.denoise = found.denoise;
        }
        estimate(context, &problem, &mut out)?;
        Ok(out)
    })
}
