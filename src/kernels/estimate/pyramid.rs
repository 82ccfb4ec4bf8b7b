//! Half and double size.

use super::picture::{Picture, Size};
use super::team::{Team, for_rows};

/// The means of 2 x 2 pixels, of what `at` says of a row, channel and column. An odd last column
/// or row is left out, unless it is the only one.
pub(super) fn halve<const C: usize>(
    team: &dyn Team,
    full: Picture<'_, C>,
    at: impl Fn(&[&[f32]; C], usize, usize) -> f32 + Sync,
    half: &mut [f32],
) {
    let Size { width, height } = full.size();
    for_rows::<C>(team, full.size().half(), half, |y, out| {
        let upper = full.row((2 * y).min(height - 1));
        let lower = full.row((2 * y + 1).min(height - 1));
        for (c, out) in out.into_iter().enumerate() {
            for (x, out) in out.iter_mut().enumerate() {
                let (left, right) = ((2 * x).min(width - 1), (2 * x + 1).min(width - 1));
                let sum = at(&upper, c, left) + at(&lower, c, left);
                *out = (sum + at(&upper, c, right) + at(&lower, c, right)) / 4.0;
            }
        }
    });
}

/// The sample as it is.
pub(super) fn plain<const C: usize>(row: &[&[f32]; C], c: usize, x: usize) -> f32 {
    row[c][x]
}

/// Where row or column `i` of the double size lies between those of the half: the two nearest,
/// and the weight of the second.
pub(super) fn between(i: usize, length: usize) -> (usize, usize, f32) {
    let first = (i.max(1) - 1) / 2;
    let last = length - 1;
    if i == 0 || first >= last {
        return (first.min(last), first.min(last), 0.0);
    }
    // Pixel centres: (i - 0.5) / 2.
    (first, first + 1, if i % 2 == 1 { 0.25 } else { 0.75 })
}

/// A row of the half size at double width, between two rows.
pub(super) fn double_row(upper: &[f32], lower: &[f32], weight: f32, out: &mut [f32]) {
    let mix = |a: f32, b: f32, weight: f32| a + weight * (b - a);
    for (x, out) in out.iter_mut().enumerate() {
        let (left, right, across) = between(x, upper.len());
        let upper = mix(upper[left], upper[right], across);
        let lower = mix(lower[left], lower[right], across);
        *out = mix(upper, lower, weight);
    }
}
