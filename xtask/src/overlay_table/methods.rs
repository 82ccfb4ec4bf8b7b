//! The ways to estimate an overlay of uniform opacity.

use deltaplate::kernels::estimate::calibration::{
    COMPRESSED_DENOISE, COMPRESSED_MISMATCH, calibrate,
};
use deltaplate::kernels::estimate::model::{Blend, Model, Opacity};
use deltaplate::kernels::estimate::recommended::{Problem, estimate};
use deltaplate::kernels::estimate::{
    Alone, Colour, Context, Failure, closed, offset, opacity, seed, warp,
};

type Estimate = fn(&mut Context<'_>, Colour<'_>, Colour<'_>, f32) -> Result<Vec<f32>, Failure>;

/// A row of the table.
pub struct Method {
    pub name: &'static str,
    /// From merged picture, background and true opacity.
    pub estimate: Estimate,
}

/// All rows.
pub const METHODS: [Method; 11] = [
    Method {
        name: "M - B",
        estimate: |_, m, b, _| Ok(pointwise(m, b, |m, b| m - b)),
    },
    Method {
        name: "grain extract",
        estimate: |_, m, b, _| Ok(pointwise(m, b, |m, b| m - b + 0.5)),
    },
    Method {
        name: "closed form",
        estimate: |_, m, b, alpha| Ok(closed_form(m, b, &normal(alpha))),
    },
    Method {
        name: "seed, 30 iterations",
        estimate: |_, m, b, alpha| Ok(sign_iteration(m, b, alpha, 30)),
    },
    Method {
        name: "seed, 100 iterations",
        estimate: |_, m, b, alpha| Ok(sign_iteration(m, b, alpha, 100)),
    },
    Method {
        name: "seed, 300 iterations",
        estimate: |_, m, b, alpha| Ok(sign_iteration(m, b, alpha, 300)),
    },
    Method {
        name: "recommended, opacity known",
        estimate: |context, m, b, alpha| recommended(context, m, b, Known::Opacity(alpha)),
    },
    Method {
        name: "recommended, gain matched",
        estimate: |context, m, b, alpha| recommended(context, m, b, Known::AllButGain(alpha)),
    },
    Method {
        name: "recommended, opacity found",
        estimate: |context, m, b, _| recommended(context, m, b, Known::Nothing),
    },
    Method {
        name: "recommended, Compressed",
        estimate: |context, m, b, alpha| recommended(context, m, b, Known::Compressed(alpha)),
    },
    Method {
        name: "recommended, denoise 0",
        estimate: |context, m, b, alpha| recommended(context, m, b, Known::Denoised(alpha)),
    },
];

fn normal(alpha: f32) -> Model<'static> {
    Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(alpha),
    }
}

fn pointwise(merged: Colour<'_>, background: Colour<'_>, map: fn(f32, f32) -> f32) -> Vec<f32> {
    let pairs = merged.samples().iter().zip(background.samples());
    pairs.map(|(m, b)| map(*m, *b).clamp(0.0, 1.0)).collect()
}

fn closed_form(merged: Colour<'_>, background: Colour<'_>, model: &Model<'_>) -> Vec<f32> {
    let mut out = vec![0.0; merged.samples().len()];
    closed::overlay(&Alone, merged, background, model, [0.0, 1.0], &mut out);
    out
}

fn sign_iteration(
    merged: Colour<'_>,
    background: Colour<'_>,
    alpha: f32,
    iterations: usize,
) -> Vec<f32> {
    let mut out = vec![0.0; merged.samples().len()];
    let model = normal(alpha);
    seed::estimate(
        &Alone,
        merged,
        background,
        &model,
        iterations,
        seed::BETA,
        &mut out,
    );
    out
}

/// What the recommended method is told.
enum Known {
    Opacity(f32),
    /// The opacity, but not the gain of the background.
    AllButGain(f32),
    Nothing,
    /// The opacity, and that the plates were compressed.
    Compressed(f32),
    /// The opacity, without smoothing.
    Denoised(f32),
}

fn recommended(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    known: Known,
) -> Result<Vec<f32>, Failure> {
    let size = merged.size();
    let [dx, dy] = offset::offset(context, merged, background)?;
    let offset = if dx.abs() + dy.abs() > offset::LEAST {
        [dx, dy]
    } else {
        [0.0, 0.0]
    };
    let mut placed = vec![0.0; merged.samples().len()];
    warp::warp(context, background, offset, 1.0, &mut placed)?;
    let measured = |context: &mut Context<'_>, placed: &[f32]| {
        let found = opacity::transmission(context, merged, Colour::new(size, placed))?;
        Ok(found.unwrap_or(1.0).clamp(0.0, 0.99))
    };
    let alpha = match known {
        Known::Opacity(alpha) | Known::Compressed(alpha) | Known::Denoised(alpha) => alpha,
        Known::Nothing => 1.0 - measured(context, &placed)?,
        Known::AllButGain(alpha) => {
            let gain = measured(context, &placed)? / (1.0 - alpha);
            placed.iter_mut().for_each(|b| *b *= gain);
            alpha
        }
    };
    let background = Colour::new(size, &placed);
    let model = normal(alpha);
    let displaced = offset != [0.0, 0.0];
    let found = calibrate(context, merged, background, &model, displaced)?;
    let mut problem = Problem::new(merged, background, model, found.noise, found.mismatch);
    problem.denoise = found.denoise;
    match known {
        Known::Compressed(_) => {
            problem.noise = found.quiet;
            problem.denoise = COMPRESSED_DENOISE;
            problem.mismatch = found.mismatch.max(COMPRESSED_MISMATCH);
        }
        Known::Denoised(_) => problem.denoise = 0.0,
        _ => (),
    }
    let mut out = vec![0.0; merged.samples().len()];
    estimate(context, &problem, &mut out)?;
    Ok(out)
}

/// Closed form, recommended, and recommended with clipped samples taken for one-sided.
pub fn modes(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    model: &Model<'_>,
) -> Result<[Vec<f32>; 3], Failure> {
    let found = calibrate(context, merged, background, model, false)?;
    let mut problem = Problem::new(
        merged,
        background,
        *model,
        found.noise,
        found.ghost.mismatch,
    );
    let mut results = [
        closed_form(merged, background, model),
        vec![0.0; merged.samples().len()],
        vec![0.0; merged.samples().len()],
    ];
    estimate(context, &problem, &mut results[1])?;
    problem.clipped = Some(0.9999);
    estimate(context, &problem, &mut results[2])?;
    Ok(results)
}
