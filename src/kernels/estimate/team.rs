//! Rows of pictures, shared by the threads of a team.

use super::picture::{Size, channels_mut};
use crate::kernels::team::{ROUND, Team, share};

/// Rows that a thread takes at once, where rows are independent; more of a high picture, whose rows
/// are then handed out without a pause.
const ROWS: usize = 16;

/// Writes a picture of C channels row by row: `row(y, channels)`.
///
/// # Panics
///
/// If `out` is not of that size.
pub fn for_rows<const C: usize>(
    team: &dyn Team,
    size: Size,
    out: &mut [f32],
    row: impl Fn(usize, [&mut [f32]; C]) + Sync,
) {
    let length = C * size.width;
    assert_eq!(out.len(), length * size.height, "samples of {size:?}");
    if length == 0 {
        return;
    }
    let band = size.height.div_ceil(ROUND).max(ROWS);
    let bands = out.chunks_mut(length * band).enumerate();
    share(team, bands, |(index, rows)| {
        for (y, samples) in rows.chunks_exact_mut(length).enumerate() {
            row(index * band + y, channels_mut(samples));
        }
    });
}

/// Rows whose sums are kept at once.
const SUMS: usize = 512;

/// The sum over all rows of `row(y)`, in f64 and in the order of the rows.
pub fn sum_rows<const N: usize>(
    team: &dyn Team,
    height: usize,
    row: impl Fn(usize) -> [f64; N] + Sync,
) -> [f64; N] {
    let mut total = [0.0; N];
    // Not on the heap: a render that is warm allocates nothing.
    let mut sums = [[0.0; N]; SUMS];
    for first in (0..height).step_by(SUMS) {
        let sums = &mut sums[..SUMS.min(height - first)];
        share(team, sums.chunks_mut(ROWS).enumerate(), |(band, sums)| {
            for (y, sum) in sums.iter_mut().enumerate() {
                *sum = row(first + band * ROWS + y);
            }
        });
        for sum in sums {
            for (total, sum) in total.iter_mut().zip(sum) {
                *total += *sum;
            }
        }
    }
    total
}
