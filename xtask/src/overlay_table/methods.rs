//! The ways to estimate an overlay of uniform opacity.

use deltaplate::kernels::estimate::calibration::{
    COMPRESSED_DENOISE, COMPRESSED_MISMATCH, calibrate,
};
use deltaplate::kernels::estimate::model::{Blend, Model, Opacity};
use deltaplate::kernels::estimate::recommended::{Problem, estimate};
use deltaplate::kernels::estimate::{
    Alone, Colour, Context, Failure, closed, offset, opacity, seed, warp,
};

type Estimate = fn(&mut Context<'_>, Colour<'_>, Colour<'_>, f32) -> Result<Found, Failure>;

/// An estimate.
pub struct Found {
    /// The overlay.
    pub overlay: Vec<f32>,
    /// The opacity that it was found with, if it is not the true one.
    pub opacity: Option<f32>,
    /// The background that it was found with, if it is not the plate.
    pub background: Option<Vec<f32>>,
}

impl From<Vec<f32>> for Found {
    fn from(overlay: Vec<f32>) -> Self {
        Self {
            overlay,
            opacity: None,
            background: None,
        }
    }
}

/// A row of the table.
pub struct Method {
    pub name: &'static str,
    /// From merged picture, background and true opacity.
    pub estimate: Estimate,
}

/// All rows.
pub const METHODS: [Method; 12] = [
    Method {
        name: "M - B",
        estimate: |_, m, b, _| Ok(pointwise(m, b, |m, b| m - b).into()),
    },
    Method {
        name: "grain extract",
        estimate: |_, m, b, _| Ok(pointwise(m, b, |m, b| m - b + 0.5).into()),
    },
    Method {
        name: "closed form",
        estimate: |_, m, b, alpha| Ok(closed_form(m, b, &normal(alpha)).into()),
    },
    Method {
        name: "seed, 30 iterations",
        estimate: |_, m, b, alpha| Ok(sign_iteration(m, b, alpha, 30).into()),
    },
    Method {
        name: "seed, 100 iterations",
        estimate: |_, m, b, alpha| Ok(sign_iteration(m, b, alpha, 100).into()),
    },
    Method {
        name: "seed, 300 iterations",
        estimate: |_, m, b, alpha| Ok(sign_iteration(m, b, alpha, 300).into()),
    },
    Method {
        name: "seed, 300 iterations + bilateral TV",
        estimate: |_, m, b, alpha| Ok(regularised_sign_iteration(m, b, alpha, 300).into()),
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

/// The sign iteration, each step followed by one of bilateral total variation as the seed's program
/// had it for superresolution (Farsiu et al. 2004): neighbours one pixel away, .7 for each step
/// away, a strength of .1.
fn regularised_sign_iteration(
    merged: Colour<'_>,
    background: Colour<'_>,
    alpha: f32,
    iterations: usize,
) -> Vec<f32> {
    const NEIGHBOURS: [(usize, isize, f32); 4] =
        [(0, 1, 0.7), (1, 1, 0.49), (1, 0, 0.7), (1, -1, 0.49)];
    let size = merged.size();
    let (width, height) = (size.width, size.height);
    let sign = |x: f32| if x == 0.0 { 0.0 } else { x.signum() };
    let (m, b) = (merged.samples(), background.samples());
    let mut overlay = m.to_vec();
    let mut stepped = vec![0.0; m.len()];
    for _ in 0..iterations {
        for (i, to) in stepped.iter_mut().enumerate() {
            let error = alpha * overlay[i] + (1.0 - alpha) * b[i] - m[i];
            *to = (overlay[i] - seed::BETA * sign(error)).clamp(0.0, 1.0);
        }
        let row = |y: usize, down: isize| (y as isize + down).rem_euclid(height as isize) as usize;
        for y in 0..height {
            for c in 0..3 {
                let line = |y: usize| &stepped[(3 * y + c) * width..][..width];
                let own = line(y);
                let out = &mut overlay[(3 * y + c) * width..][..width];
                for x in 0..width {
                    let mut slope = 0.0;
                    for (right, down, weight) in NEIGHBOURS {
                        let ahead = line(row(y, down))[(x + right) % width];
                        let behind = line(row(y, -down))[(x + width - right) % width];
                        slope += weight * (sign(own[x] - ahead) - sign(behind - own[x]));
                    }
                    out[x] = (own[x] - 0.1 * seed::BETA * slope).clamp(0.0, 1.0);
                }
            }
        }
    }
    overlay
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
) -> Result<Found, Failure> {
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
    let mut overlay = vec![0.0; merged.samples().len()];
    estimate(context, &problem, &mut overlay)?;
    Ok(Found {
        overlay,
        opacity: Some(alpha),
        background: Some(placed),
    })
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
