//! One colour: logos and titles.
//!
//! Every ray from B through M meets the others at the overlay's colour. The meeting point is a
//! least-squares one with weights that make it robust; the opacity is how far along the ray M is.

use super::support::support;
use crate::kernels::estimate::linear::solve;
use crate::kernels::estimate::picture::{Colour, is_sane};
use crate::kernels::estimate::team::{for_rows, sum_rows};
use crate::kernels::estimate::workspace::{Context, Failure};

/// Reweightings.
const FITS: usize = 6;
/// Differences below this many noise deviations have no direction.
const FACTOR: f64 = 6.0;
/// How far beyond the differences an overlay is believed to reach, in pixels.
const GROW: usize = 2;

/// Writes the opacity and gives the colour. None where the differences do not tell one.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
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
    support(context, merged, background, noise, GROW, out)?;
    for_rows::<1>(context.team, merged.size(), out, |y, [row]| {
        let (merged, background) = (merged.row(y), background.row(y));
        for (x, alpha) in row.iter_mut().enumerate() {
            let (mut along, mut length) = (0.0, 0.0);
            for c in 0..3 {
                let ray = colour[c] - background[c][x];
                along += (merged[c][x] - background[c][x]) * ray;
                length += ray * ray;
            }
            let share = along / length.max(1e-6);
            *alpha = if share.is_finite() {
                *alpha * share.clamp(0.0, 1.0)
            } else {
                0.0
            };
        }
    });
    Ok(Some(colour))
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
