//! Where there is an overlay at all.

use crate::kernels::estimate::picture::{Colour, Plane};
use crate::kernels::estimate::team::for_rows;
use crate::kernels::estimate::workspace::{Context, Failure};

/// How far around a pixel is looked.
const RADIUS: usize = 3;
/// The RMS difference, in noise deviations, from which there is one.
const FACTOR: f32 = 1.25;

/// Writes 1 where the RMS of `M - B` over 7 x 7 pixels is more than noise, and within `grow` pixels
/// of there; else 0.
pub(super) fn support(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    noise: f32,
    grow: usize,
    out: &mut [f32],
) -> Result<(), Failure> {
    let size = merged.size();
    let mut energy = context.take(size.pixels())?;
    for_rows::<1>(context.team, size, &mut energy, |y, [row]| {
        let (merged, background) = (merged.row(y), background.row(y));
        for (x, energy) in row.iter_mut().enumerate() {
            let squares = (0..3).map(|c| (merged[c][x] - background[c][x]).powi(2));
            let mean = squares.sum::<f32>() / 3.0;
            *energy = if mean.is_finite() { mean } else { 0.0 };
        }
    });
    // Separable: along the rows, then down the columns.
    let mut along = context.take(size.pixels())?;
    over(
        context,
        Plane::new(size, &energy),
        true,
        RADIUS,
        &mut along,
        f32_sum,
    );
    over(
        context,
        Plane::new(size, &along),
        false,
        RADIUS,
        &mut energy,
        f32_sum,
    );
    let area = ((2 * RADIUS + 1) * (2 * RADIUS + 1)) as f32;
    let threshold = area * (FACTOR * noise).powi(2);
    energy
        .iter_mut()
        .for_each(|e| *e = if *e >= threshold { 1.0 } else { 0.0 });
    over(
        context,
        Plane::new(size, &energy),
        true,
        grow,
        &mut along,
        f32::max,
    );
    over(
        context,
        Plane::new(size, &along),
        false,
        grow,
        out,
        f32::max,
    );
    context.give([energy, along]);
    Ok(())
}

fn f32_sum(a: f32, b: f32) -> f32 {
    a + b
}

/// Combines each sample with its neighbours in one direction; the edges are repeated.
fn over(
    context: &Context<'_>,
    plane: Plane<'_>,
    horizontal: bool,
    radius: usize,
    out: &mut [f32],
    combine: impl Fn(f32, f32) -> f32 + Sync,
) {
    let size = plane.size();
    let within = |at: usize, length: usize| at.saturating_sub(radius).min(length - 1);
    for_rows::<1>(context.team, size, out, |y, [row]| {
        for (x, to) in row.iter_mut().enumerate() {
            let taps = (0..=2 * radius).map(|i| {
                let (x, y) = if horizontal {
                    (within(x + i, size.width), y)
                } else {
                    (x, within(y + i, size.height))
                };
                plane.samples()[y * size.width + x]
            });
            *to = taps.reduce(&combine).unwrap_or(0.0);
        }
    });
}
