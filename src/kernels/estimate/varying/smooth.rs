//! An opacity that varies slowly: soft reflections.
//!
//! With `t = 1 - alpha` the premultiplied overlay is `M - t * B`. Of all t, the one is sought
//! whose overlay has the fewest edges, and least of the background's:
//!
//! `sum |grad(M - t * B)| + mu * |grad t|` over `0 <= t <= 1 - alpha_min`
//!
//! The first norm is over the channels together. This is convex; primal-dual steps with diagonal
//! preconditioning (T. Pock, A. Chambolle, *Diagonal preconditioning for first order primal-dual
//! algorithms in convex optimization*, 2011) solve it from coarse to fine.

use super::minimum::{Bounds, least};
use super::support::support;
use crate::kernels::estimate::picture::{
    Colour, Picture, Plane, Size, channels, channels_mut, is_sane,
};
use crate::kernels::estimate::pyramid::{between, double_row, halve, plain};
use crate::kernels::estimate::team::for_rows;
use crate::kernels::estimate::wavefront::{Row, Stencil, Stop, iterate};
use crate::kernels::estimate::workspace::{Context, Failure};
use crate::kernels::simd::{Simd, Task, run_best};

/// Sizes from coarse to fine.
const LEVELS: usize = 5;
/// Differences below this many noise deviations call for no opacity.
const FACTOR: f32 = 3.0;
/// The least noise of a coarse level.
const LEAST_NOISE: f32 = 0.1 / 255.0;
/// How the primal step and the dual ones share their product.
const RHO: f32 = 0.3;
/// Added to a background that is divided by.
const LEAST: f32 = 0.05;

/// How to look for the opacity.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The deviation of `M - b`.
    pub noise: f32,
    /// mu: the more, the smoother. 3 is usual.
    pub smoothness: f32,
    /// Iterations on each size. 100 are enough.
    pub iterations: usize,
    /// What the overlay may be.
    pub bounds: Bounds,
}

/// Writes the opacity; 0 where the pictures differ by no more than noise.
///
/// # Errors
///
/// [`Failure::Cancelled`], [`Failure::OutOfMemory`]
pub fn opacity(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    settings: &Settings,
    out: &mut [f32],
) -> Result<(), Failure> {
    let size = merged.size();
    assert_eq!(size, background.size(), "two sizes");
    if size.pixels() == 0 {
        return Ok(());
    }
    let mut levels = context.workspace.take_levels();
    levels.push((size, context.take(6 * size.pixels())?));
    for_rows::<6>(context.team, size, &mut levels[0].1, |y, rows| {
        let from = merged.row(y).into_iter().zip(background.row(y));
        let [m0, m1, m2, b0, b1, b2] = rows;
        for ((to_m, to_b), (m, b)) in [(m0, b0), (m1, b1), (m2, b2)].into_iter().zip(from) {
            for (x, (m, b)) in m.iter().zip(b).enumerate() {
                let known = is_sane(*m) && is_sane(*b);
                (to_m[x], to_b[x]) = if known { (*m, *b) } else { (0.0, 0.0) };
            }
        }
    });
    while levels.len() < LEVELS {
        let (size, full) = &levels[levels.len() - 1];
        let half = size.half();
        let mut pair = context.take(6 * half.pixels())?;
        halve(
            context.team,
            Picture::<6>::new(*size, full),
            plain,
            &mut pair,
        );
        levels.push((half, pair));
    }
    let work: f32 = levels.iter().map(|(size, _)| size.pixels() as f32).sum();
    let mut progress = 0.0;
    let mut coarse: Option<(Size, Vec<f32>)> = None;
    while let Some((size, pair)) = levels.pop() {
        let scale = 0.5f32.powi(levels.len() as i32);
        let tolerance = FACTOR * (settings.noise * scale).max(LEAST_NOISE);
        let mut data = context.take(PLANES * (size.width + 1) * size.height)?;
        let pair_rows = Picture::<6>::new(size, &pair);
        fill(context, pair_rows, settings.bounds, tolerance, &mut data);
        let mut t = context.take(size.pixels())?;
        let stencil = Transmission {
            data: &data,
            smoothness: settings.smoothness,
            height: size.height,
        };
        let from = coarse.as_ref().map(|(size, t)| Plane::new(*size, t));
        for_rows::<1>(context.team, size, &mut t, |y, [row]| {
            let [.., most] = stencil.row(y, size.width);
            match from {
                None => row.copy_from_slice(&most[..size.width]),
                Some(coarse) => {
                    let (upper, lower, weight) = between(y, coarse.size().height);
                    double_row(coarse.row(upper)[0], coarse.row(lower)[0], weight, row);
                    row.iter_mut()
                        .zip(most)
                        .for_each(|(t, most)| *t = t.min(*most));
                }
            }
        });
        let before = progress;
        progress += size.pixels() as f32 / work;
        let stop = Stop {
            iterations: settings.iterations,
            tolerance: 0.0,
            progress: [before, progress],
        };
        iterate(context, size, &stencil, &mut t, stop)?;
        context.give(coarse.take().map(|(_, t)| t));
        context.give([pair, data]);
        coarse = Some((size, t));
    }
    context.workspace.give_levels(levels);
    support(context, merged, background, settings.noise, 0, out)?;
    if let Some((_, t)) = coarse {
        out.iter_mut()
            .zip(&t)
            .for_each(|(alpha, t)| *alpha *= 1.0 - t);
        context.give([t]);
    }
    Ok(())
}

/// Planes of a level's data: M, B, the greatest t. Each has its last sample twice.
const PLANES: usize = 7;

/// Writes a level's data.
fn fill(
    context: &Context<'_>,
    pair: Picture<'_, 6>,
    bounds: Bounds,
    tolerance: f32,
    data: &mut [f32],
) {
    let size = pair.size();
    let padded = Size {
        width: size.width + 1,
        ..size
    };
    for_rows::<PLANES>(context.team, padded, data, |y, [planes @ .., most]| {
        let row = pair.row(y);
        for (plane, from) in planes.into_iter().zip(row) {
            plane[..size.width].copy_from_slice(from);
            plane[size.width] = from[size.width - 1];
        }
        for (x, most) in most[..size.width].iter_mut().enumerate() {
            let m = core::array::from_fn(|c| row[c][x]);
            let b = core::array::from_fn(|c| row[c + 3][x]);
            *most = 1.0 - least(m, b, bounds, tolerance);
        }
        most[size.width] = 0.0;
    });
}

/// The iteration. The duals of a pixel are those of the three channels of `M - t * B`, and that
/// of t.
struct Transmission<'a> {
    data: &'a [f32],
    smoothness: f32,
    height: usize,
}

impl Transmission<'_> {
    fn row(&self, y: usize, width: usize) -> [&[f32]; PLANES] {
        let length = PLANES * (width + 1);
        channels(&self.data[y * length..][..length])
    }
}

impl Stencil for Transmission<'_> {
    const VALUES: usize = 1;
    const DUALS: usize = 4;

    fn iterate(&self, row: Row<'_>) {
        let below = (row.y + 1).min(self.height - 1);
        let work = Work {
            smoothness: self.smoothness,
            data: self.row(row.y, row.width),
            data_below: self.row(below, row.width),
            row,
        };
        run_best!(work);
    }
}

/// A row of the iteration.
struct Work<'a> {
    smoothness: f32,
    data: [&'a [f32]; PLANES],
    data_below: [&'a [f32]; PLANES],
    row: Row<'a>,
}

impl Work<'_> {
    #[inline(always)]
    fn scalar(self) {
        let width = self.row.width;
        let has_below = if self.row.has_below { 1.0 } else { 0.0 };
        let [t, bar, across @ .., d0, d1, d2, d3] = channels_mut::<10>(self.row.state);
        let down = [d0, d1, d2, d3];
        let [_, bar_below, ..] = channels::<10>(self.row.below);
        let [.., a0, a1, a2, a3] = channels::<10>(self.row.above);
        let above = [a0, a1, a2, a3];
        let [m0, m1, m2, b0, b1, b2, most] = self.data;
        let (merged, background) = ([m0, m1, m2], [b0, b1, b2]);
        let [m0, m1, m2, b0, b1, b2, _] = self.data_below;
        let (merged_below, background_below) = ([m0, m1, m2], [b0, b1, b2]);
        for x in 0..width {
            let mut energy = 0.0;
            for c in 0..3 {
                let (m, b) = (merged[c][x], background[c][x]);
                // t * B of here, right and below.
                let here = b * bar[x];
                let (right, below) = (background[c][x + 1], background_below[c][x]);
                let gradient = (merged[c][x + 1] - m) - (right * bar[x + 1] - here);
                let step = 1.0 / (RHO * (b.abs() + right.abs() + LEAST));
                let p = across[c][x + 1] + step * gradient;
                let gradient = (merged_below[c][x] - m) - (below * bar_below[x] - here);
                let step = 1.0 / (RHO * (b.abs() + below.abs() + LEAST));
                let q = down[c][x] + step * gradient * has_below;
                across[c][x + 1] = p;
                down[c][x] = q;
                energy += p * p + q * q;
            }
            let scale = 1.0 / energy.sqrt().max(1.0);
            for c in 0..3 {
                across[c][x + 1] *= scale;
                down[c][x] *= scale;
            }
            let p = across[3][x + 1] + (bar[x + 1] - bar[x]) * (0.5 / RHO);
            let q = down[3][x] + (bar_below[x] - bar[x]) * (0.5 / RHO) * has_below;
            let mu = self.smoothness;
            let scale = mu / (p * p + q * q).sqrt().max(mu);
            across[3][x + 1] = p * scale;
            down[3][x] = q * scale;
        }
        for x in 0..width {
            let divergence =
                |c: usize| (across[c][x + 1] - across[c][x]) + (down[c][x] - above[c][x]);
            let mut ascent = divergence(3);
            let mut sum = 0.0;
            for (c, background) in background.iter().enumerate() {
                ascent -= background[x] * divergence(c);
                sum += background[x].abs();
            }
            let free = t[x] + RHO / (4.0 * sum + 4.0) * ascent;
            let new = free.max(0.0).min(most[x]);
            bar[x] = 2.0 * new - t[x];
            t[x] = new;
        }
        bar[width] = bar[width - 1];
    }
}

impl<S: Simd> Task<S> for Work<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        self.scalar();
    }
}
