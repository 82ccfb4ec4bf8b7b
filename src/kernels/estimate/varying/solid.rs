//! One colour: logos and titles.
//!
//! Every ray from B through M meets the others at the overlay's colour. The meeting point is a
//! least-squares one with weights that make it robust; the opacity is how far along the ray M is,
//! smoothed as the overlay is in the recommended estimate, where background and colour are too
//! alike to tell.

use super::support::support;
use crate::kernels::estimate::fit::{self, Stop, Terms};
use crate::kernels::estimate::linear::solve;
use crate::kernels::estimate::picture::{Colour, Plane, is_sane};
use crate::kernels::estimate::quantile::quantile;
use crate::kernels::estimate::team::{for_rows, sum_rows};
use crate::kernels::estimate::workspace::{Context, Failure};

/// Reweightings.
const FITS: usize = 6;
/// Differences below this many noise deviations have no direction.
const FACTOR: f64 = 6.0;
/// How far beyond the differences an overlay is believed to reach, in pixels.
const GROW: usize = 2;

/// How strongly the opacity is smoothed: by trial on photographs.
const STRENGTH: f32 = 0.5;
/// Noise up to this, a fifth of a code of 8 bits, is not worth smoothing.
const LEAST_NOISE: f32 = 0.2 / 255.0;
/// Iterations of that.
const ITERATIONS: usize = 60;

/// Writes the opacity and gives the colour. None where the differences do not tell one.
///
/// # Errors
///
/// [`Failure::Cancelled`], [`Failure::OutOfMemory`]
pub fn opacity(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    noise: f32,
    out: &mut [f32],
) -> Result<Option<[f32; 3]>, Failure> {
    let Some(colour) = colour(context, merged, background, f64::from(noise)) else {
        out.fill(0.0);
        return Ok(None);
    };
    let colour = colour.map(|v| v as f32);
    let mut mask = context.take(merged.size().pixels())?;
    support(context, merged, background, noise, GROW, &mut mask)?;
    let layer = Plane::new(merged.size(), &mask);
    for_rows::<1>(context.team, merged.size(), out, |y, [row]| {
        let (merged, background) = (merged.row(y), background.row(y));
        let [layer] = layer.row(y);
        for (x, alpha) in row.iter_mut().enumerate() {
            let (mut along, mut length) = (0.0, 0.0);
            for c in 0..3 {
                let ray = colour[c] - background[c][x];
                along += (merged[c][x] - background[c][x]) * ray;
                length += ray * ray;
            }
            let share = along / length.max(1e-6);
            *alpha = if share.is_finite() {
                layer[x] * share.clamp(0.0, 1.0)
            } else {
                0.0
            };
        }
    });
    if noise > LEAST_NOISE {
        smooth(context, background, colour, noise, layer, out)?;
    }
    context.give([mask]);
    Ok(Some(colour))
}

/// Smooths the opacity, each pixel in proportion to its noise, which is that of M over the
/// distance from B to the colour.
fn smooth(
    context: &mut Context<'_>,
    background: Colour<'_>,
    colour: [f32; 3],
    noise: f32,
    layer: Plane<'_>,
    opacity: &mut [f32],
) -> Result<(), Failure> {
    let size = background.size();
    let distance = |b: [&[f32]; 3], x: usize| -> f32 {
        let square = (0..3).map(|c| (colour[c] - b[c][x]).powi(2)).sum::<f32>();
        if square.is_finite() { square } else { 0.0 }
    };
    let typical = quantile(0.5, |take| {
        for y in 0..size.height {
            let row = background.row(y);
            for x in (0..size.width).filter(|x| layer.row(y)[0][*x] > 0.0) {
                take(distance(row, x));
            }
        }
    });
    let typical = typical.unwrap_or(0.0).max(1e-4);
    let opacity_noise = noise / typical.sqrt();
    let terms = Terms {
        // The fit is of three channels, here all the same: their norm is sqrt(3) of one's.
        lambda: 3f32.sqrt() * STRENGTH * opacity_noise,
        eps: 0.2 * opacity_noise,
        step: 0.7,
        low: 0.0,
        high: 1.0,
    };
    let known = Plane::new(size, opacity);
    let mut data = context.take(6 * size.pixels())?;
    for_rows::<6>(context.team, size, &mut data, |y, planes| {
        let row = background.row(y);
        for (plane, to) in planes.into_iter().enumerate() {
            for (x, to) in to.iter_mut().enumerate() {
                let weight = (distance(row, x) / typical).min(4.0);
                *to = if plane < 3 {
                    weight
                } else {
                    weight * known.row(y)[0][x]
                };
            }
        }
    });
    let mut x = context.take(3 * size.pixels())?;
    for_rows::<3>(context.team, size, &mut x, |y, rows| {
        rows.into_iter()
            .for_each(|row| row.copy_from_slice(known.row(y)[0]));
    });
    let stop = Stop {
        iterations: ITERATIONS,
        tolerance: 0.0,
        progress: [0.5, 1.0],
    };
    fit::smooth(context, size, &mut data, &terms, &mut x, stop)?;
    let smoothed = Colour::new(size, &x);
    for_rows::<1>(context.team, size, opacity, |y, [row]| {
        let pairs = smoothed.row(y)[0].iter().zip(layer.row(y)[0]);
        for (alpha, (smoothed, layer)) in row.iter_mut().zip(pairs) {
            *alpha = smoothed * layer;
        }
    });
    context.give([data, x]);
    Ok(())
}

/// Where the rays meet.
fn colour(
    context: &Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    noise: f64,
) -> Option<[f64; 3]> {
    let size = merged.size();
    let mut meeting: Option<[f64; 3]> = None;
    for _ in 0..FITS {
        let sums = sum_rows(context.team, size.height, |y| {
            let mut sums = [0.0; 10];
            let (merged, background) = (merged.row(y), background.row(y));
            for x in 0..size.width {
                let b: [f64; 3] = core::array::from_fn(|c| f64::from(background[c][x]));
                let d = core::array::from_fn(|c| f64::from(merged[c][x]) - b[c]);
                let length = dot(d, d).sqrt();
                let sane = merged.iter().chain(&background).all(|c| is_sane(c[x]));
                if !(sane && length > FACTOR * noise) {
                    continue;
                }
                let d = d.map(|d| d / length);
                // Long differences have the surer directions. Then: the L1 norm of how far the
                // ray misses, in the merged picture's own units.
                let weight = match meeting {
                    None => length * length,
                    Some(meeting) => {
                        let v = core::array::from_fn(|c| meeting[c] - b[c]);
                        let along = dot(v, d);
                        let aside: [f64; 3] = core::array::from_fn(|c| v[c] - along * d[c]);
                        let alpha = (length / dot(v, v).sqrt().max(1e-3)).clamp(0.0, 1.0);
                        let miss = alpha * dot(aside, aside).sqrt();
                        alpha * alpha / miss.max(noise).max(1e-9)
                    }
                };
                let along = dot(d, b);
                let terms = [
                    1.0,
                    d[0] * d[0],
                    d[0] * d[1],
                    d[0] * d[2],
                    d[1] * d[1],
                    d[1] * d[2],
                    d[2] * d[2],
                    b[0] - d[0] * along,
                    b[1] - d[1] * along,
                    b[2] - d[2] * along,
                ];
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += weight * term;
                }
            }
            sums
        });
        let [w, xx, xy, xz, yy, yz, zz, bx, by, bz] = sums;
        let across = [[w - xx, -xy, -xz], [-xy, w - yy, -yz], [-xz, -yz, w - zz]];
        meeting = Some(solve(across, [bx, by, bz])?);
    }
    meeting
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
