//! Threads, lent by the caller.

use std::sync::{Mutex, PoisonError};

use super::picture::{Size, channels_mut};

/// Threads that do one job together.
pub trait Team: Sync {
    /// How many there are, 1 at least.
    fn count(&self) -> usize;

    /// Calls `job` on any number of the threads, once at least, and returns when all calls have.
    /// The job is complete as soon as one of the calls has returned.
    fn run(&self, job: &(dyn Fn() + Sync));
}

/// The calling thread alone.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Team for Alone {
    fn count(&self) -> usize {
        1
    }

    fn run(&self, job: &(dyn Fn() + Sync)) {
        job();
    }
}

/// Rows that a thread takes at once, where rows are independent.
const ROWS: usize = 16;

/// Does the work of every item, each once, on whichever thread comes first.
pub(super) fn share<T>(
    team: &dyn Team,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) + Sync,
) {
    let items = Mutex::new(items.fuse());
    team.run(&|| {
        loop {
            // A poisoned lock means that an iterator of slices panicked, which it does not.
            let item = items.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(item) = item else { break };
            work(item);
        }
    });
}

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
    share(
        team,
        out.chunks_mut(length * ROWS).enumerate(),
        |(band, rows)| {
            for (y, samples) in rows.chunks_exact_mut(length).enumerate() {
                row(band * ROWS + y, channels_mut(samples));
            }
        },
    );
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
