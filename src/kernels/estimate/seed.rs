//! The ancestor of the node: the extraction of an image overlay in Overmix, 2015.
//!
//! The estimate starts as the merged picture, is laid over the background, and each sample takes a
//! step of `beta` against the sign of the error, again and again. Overmix blends
//! `(amount * O + B) / (1 + amount)`, which is Normal with an opacity of `amount / (1 + amount)`.

use super::model::Model;
use super::picture::Colour;
use super::team::for_rows;
use crate::kernels::team::Team;

/// The step: 1.3 codes of 8 bits.
pub const BETA: f32 = 1.3 / 255.0;

/// Samples that are iterated together.
const BLOCK: usize = 64;

/// Writes the estimate after some iterations, within 0..=1. What is not finite is 0.
pub fn estimate(
    team: &dyn Team,
    merged: Colour<'_>,
    background: Colour<'_>,
    model: &Model<'_>,
    iterations: usize,
    beta: f32,
    out: &mut [f32],
) {
    assert_eq!(merged.size(), background.size(), "two sizes");
    for_rows::<3>(team, merged.size(), out, |y, rows| {
        let channels = merged.row(y).into_iter().zip(background.row(y));
        for (row, (merged, background)) in rows.into_iter().zip(channels) {
            for (block, out) in row.chunks_mut(BLOCK).enumerate() {
                let from = block * BLOCK;
                let [mut scale, mut rest, mut goal, mut estimate] = [[0.0; BLOCK]; 4];
                for i in 0..out.len() {
                    let x = from + i;
                    let (a, b) = model
                        .blend
                        .coefficients(background[x], model.opacity.at(x, y));
                    if (a + b + merged[x]).is_finite() {
                        (scale[i], rest[i]) = (a, b);
                        (goal[i], estimate[i]) = (merged[x], merged[x]);
                    }
                }
                for _ in 0..iterations {
                    for i in 0..BLOCK {
                        let error = (scale[i] * estimate[i] + rest[i]) - goal[i];
                        let up = if error < 0.0 { beta } else { 0.0 };
                        let down = if error > 0.0 { beta } else { 0.0 };
                        estimate[i] = (estimate[i] + up - down).clamp(0.0, 1.0);
                    }
                }
                out.copy_from_slice(&estimate[..out.len()]);
            }
        }
    });
}
