//! By how much the background is displaced against the merged picture.
//!
//! The gradients of both, blurred, obey `grad M = t * (grad B + dx * d/dx grad B + dy * d/dy grad
//! B)` where the displacement is small. `t`, `t * dx`, `t * dy` are fitted in the L1 norm, by
//! iteratively reweighted least squares, on the background's stronger gradients; the background is
//! displaced by what was found, and the rest is fitted again.

use super::filter::{across, blur, down, gradient_of};
use super::linear::solve;
use super::picture::{Colour, Size};
use super::quantile::quantile;
use super::team::sum_rows;
use super::warp::warp;
use super::workspace::{Context, Failure};

/// Displacements of the background.
const WARPS: usize = 6;
/// Reweightings of one fit.
const FITS: usize = 8;
/// The share of the gradients that are too weak.
const WEAK: f64 = 0.6;
/// Less than this, in pixels, is nothing left.
const ENOUGH: f64 = 2e-3;
/// Displacements in all below this are taken for none.
pub const LEAST: f64 = 0.02;
/// Pixels that are looked at, about: of larger pictures only every so many rows are.
const PIXELS: usize = 1 << 20;
/// Gradients that are summed at once.
const BLOCK: usize = 4096;

/// A gradient of the merged picture, and what it is explained by.
const FIELDS: usize = 4;

/// Where the background must be sampled to lie on the merged picture: its value at `(x + dx,
/// y + dy)` belongs to `(x, y)`. In pixels; 0 where there is nothing to tell by.
///
/// # Errors
///
/// [`Failure::Cancelled`], [`Failure::OutOfMemory`]
pub fn offset(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
) -> Result<[f64; 2], Failure> {
    let size = merged.size();
    assert_eq!(size, background.size(), "two sizes");
    let mut blurred = context.take(3 * size.pixels())?;
    blur(context, merged, &mut blurred)?;
    let mut moved = context.take(3 * size.pixels())?;
    let mut blurred_moved = context.take(3 * size.pixels())?;
    let mut offset = [0.0; 2];
    for index in 0..WARPS {
        context.step(index as f32 / WARPS as f32)?;
        warp(context, background, offset, 1.0, &mut moved)?;
        blur(context, Colour::new(size, &moved), &mut blurred_moved)?;
        let pictures = [
            Colour::new(size, &blurred),
            Colour::new(size, &blurred_moved),
        ];
        let Some(step) = fit(context, pictures)? else {
            break;
        };
        offset = [offset[0] + step[0], offset[1] + step[1]];
        if step[0].abs() + step[1].abs() < ENOUGH {
            break;
        }
    }
    context.give([blurred, moved, blurred_moved]);
    Ok(offset)
}

/// What is left of the displacement, at most a pixel each way.
fn fit(
    context: &mut Context<'_>,
    [merged, background]: [Colour<'_>; 2],
) -> Result<Option<[f64; 2]>, Failure> {
    let size = merged.size();
    let stride = size.pixels().div_ceil(PIXELS).max(1);
    let rows = (0..size.height).step_by(stride);
    let strength = |c: usize, x: usize, y: usize| {
        let [across, down] = gradient_of(&background, c, x, y);
        across.hypot(down)
    };
    let Some(weak) = quantile(WEAK, |take| {
        each(size, rows.clone(), &mut |c, x, y| {
            let strength = strength(c, x, y);
            if strength.is_finite() {
                take(strength);
            }
        });
    }) else {
        return Ok(None);
    };
    let mut count = 0;
    each(size, rows.clone(), &mut |c, x, y| {
        count += usize::from(strength(c, x, y) > weak)
    });
    let mut samples = context.take(2 * FIELDS * count)?;
    let mut filled = 0;
    each(size, rows, &mut |c, x, y| {
        if strength(c, x, y) > weak {
            let [mx, my] = gradient_of(&merged, c, x, y);
            let [bx, by] = gradient_of(&background, c, x, y);
            let horizontal = |x: usize, y: usize| gradient_of(&background, c, x, y)[0];
            let vertical = |x: usize, y: usize| gradient_of(&background, c, x, y)[1];
            let found = [
                [
                    bx,
                    across(size, x, y, horizontal),
                    down(size, x, y, horizontal),
                    mx,
                ],
                [
                    by,
                    across(size, x, y, vertical),
                    down(size, x, y, vertical),
                    my,
                ],
            ];
            for found in found {
                if found.iter().all(|v| v.is_finite()) {
                    samples[filled..][..FIELDS].copy_from_slice(&found);
                    filled += FIELDS;
                }
            }
        }
    });
    let step = reweighted(context, samples[..filled].as_chunks().0);
    context.give([samples]);
    Ok(step.map(|[t, dx, dy]| [dx, dy].map(|d| (d / t.max(0.05)).clamp(-1.0, 1.0))))
}

/// Passes channels and pixels of some rows.
fn each(size: Size, rows: impl Iterator<Item = usize>, take: &mut dyn FnMut(usize, usize, usize)) {
    for y in rows {
        for c in 0..3 {
            for x in 0..size.width {
                take(c, x, y);
            }
        }
    }
}

/// The L1 fit of each sample's last field by its others.
fn reweighted(context: &Context<'_>, samples: &[[f32; FIELDS]]) -> Option<[f64; 3]> {
    let mut theta: Option<[f64; 3]> = None;
    for _ in 0..FITS {
        let residual = |sample: &[f32; FIELDS]| {
            let [b, u, v, m] = sample.map(f64::from);
            let [t, dx, dy] = theta.unwrap_or_default();
            (m - t * b - dx * u - dy * v).abs()
        };
        let floor = match theta {
            None => f64::INFINITY,
            Some(_) => {
                let median = quantile(0.5, |take| {
                    samples.iter().for_each(|s| take(residual(s) as f32));
                });
                (0.5 * f64::from(median?)).max(1e-5)
            }
        };
        let sums = sum_rows(context.team, samples.len().div_ceil(BLOCK), |block| {
            let mut sums = [0.0; 9];
            let end = samples.len().min((block + 1) * BLOCK);
            for sample in &samples[block * BLOCK..end] {
                // The first fit is the plain one.
                let weight = match theta {
                    None => 1.0,
                    Some(_) => 1.0 / residual(sample).max(floor),
                };
                let [b, u, v, m] = sample.map(f64::from);
                let products = [
                    b * b,
                    b * u,
                    b * v,
                    u * u,
                    u * v,
                    v * v,
                    b * m,
                    u * m,
                    v * m,
                ];
                for (sum, product) in sums.iter_mut().zip(products) {
                    *sum += weight * product;
                }
            }
            sums
        });
        let [bb, bu, bv, uu, uv, vv, bm, um, vm] = sums;
        theta = Some(solve(
            [[bb, bu, bv], [bu, uu, uv], [bv, uv, vv]],
            [bm, um, vm],
        )?);
    }
    theta
}
