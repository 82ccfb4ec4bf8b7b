//! The closed form: the model solved for the overlay, sample by sample.

use super::model::Model;
use super::picture::Colour;
use super::team::for_rows;
use crate::kernels::team::Team;

/// Below this opacity the overlay's own colour is taken for unknown.
pub const LEAST_OPACITY: f32 = 1.0 / 512.0;

/// Writes `(M - b) / a` within the bounds; 0 where `a` is less than [`LEAST_OPACITY`] or anything
/// is not finite.
pub fn overlay(
    team: &dyn Team,
    merged: Colour<'_>,
    background: Colour<'_>,
    model: &Model<'_>,
    [low, high]: [f32; 2],
    out: &mut [f32],
) {
    each(team, merged, background, model, out, |excess, a| {
        let overlay = if a.abs() < LEAST_OPACITY {
            0.0
        } else {
            excess / a
        };
        if overlay.is_finite() {
            overlay.clamp(low, high)
        } else {
            0.0
        }
    });
}

/// Writes `M - b`, which is `a * O`: the premultiplied overlay where the blend mode is Normal.
/// What is not finite stays so.
pub fn excess(
    team: &dyn Team,
    merged: Colour<'_>,
    background: Colour<'_>,
    model: &Model<'_>,
    out: &mut [f32],
) {
    each(team, merged, background, model, out, |excess, _| excess);
}

/// Writes what becomes of `M - b` and `a`.
fn each(
    team: &dyn Team,
    merged: Colour<'_>,
    background: Colour<'_>,
    model: &Model<'_>,
    out: &mut [f32],
    map: impl Fn(f32, f32) -> f32 + Sync,
) {
    assert_eq!(merged.size(), background.size(), "two sizes");
    for_rows::<3>(team, merged.size(), out, |y, rows| {
        let channels = merged.row(y).into_iter().zip(background.row(y));
        for (row, (merged, background)) in rows.into_iter().zip(channels) {
            for (x, out) in row.iter_mut().enumerate() {
                let alpha = model.opacity.at(x, y);
                let (a, b) = model.blend.coefficients(background[x], alpha);
                *out = map(merged[x] - b, a);
            }
        }
    });
}
