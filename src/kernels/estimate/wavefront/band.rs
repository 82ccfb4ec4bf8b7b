//! The ring of rows that a band's iterations run through.

use std::ops::Range;

use super::{Row, Stencil};

/// The work on a band of rows.
pub(super) struct Band<'a, S> {
    pub stencil: &'a S,
    pub iterations: usize,
    pub width: usize,
    /// Rows of the picture.
    pub height: usize,
    /// The rows of the band.
    pub rows: Range<usize>,
    /// Stored planes: all of the state, or x alone where the iteration both starts and ends.
    pub planes: usize,
    /// The stored planes of the band's rows, to be read and written.
    pub state: &'a mut [f32],
    /// Those of the rows in [`reach`] before and after the band, together.
    pub around: &'a [f32],
    /// Of [`ring_samples`].
    pub ring: &'a mut [f32],
    /// For each row of the band, the sum of the squared changes by the last iteration, if wanted.
    pub changes: Option<&'a mut [f64]>,
}

/// Steps that go together: what they work on at a time, two rows more, takes most of a megabyte of
/// cache at 2048 pixels a row.
const STEPS: usize = 3;

/// Rows of a ring: those that the steps pass through, and the one before them.
const fn slots(iterations: usize) -> usize {
    iterations + STEPS + 1
}

/// The samples of a ring.
pub(super) const fn ring_samples<S: Stencil>(width: usize, iterations: usize) -> usize {
    // Two rows of zeros stand for those before the first and after the last.
    (slots(iterations) + 2) * 2 * (S::VALUES + S::DUALS) * (width + 1)
}

/// The rows that a band reads.
pub(super) fn reach(rows: &Range<usize>, iterations: usize, height: usize) -> Range<usize> {
    rows.start.saturating_sub(iterations)..(rows.end + iterations).min(height)
}

impl<S: Stencil> Band<'_, S> {
    /// Runs all iterations.
    pub fn run(mut self) {
        let reach = reach(&self.rows, self.iterations, self.height);
        let ring = core::mem::take(&mut self.ring);
        let slots = slots(self.iterations);
        let length = 2 * (S::VALUES + S::DUALS) * (self.width + 1);
        ring[slots * length..].fill(0.0);
        let slot = |index: usize| index * length..(index + 1) * length;
        let place = |y: usize| slot((y - reach.start) % slots);
        let end = reach.end + self.iterations;
        for first in (reach.start..end).step_by(STEPS) {
            let steps = first..(first + STEPS).min(end);
            for y in steps.start..steps.end.min(reach.end) {
                self.load(y, &reach, &mut ring[place(y)]);
            }
            for k in 1..=self.iterations {
                for y in self.needed(k, &steps, &reach) {
                    let above = if y > reach.start {
                        place(y - 1)
                    } else {
                        slot(slots)
                    };
                    let has_below = y + 1 < self.height;
                    let below = if has_below {
                        place(y + 1)
                    } else {
                        slot(slots + 1)
                    };
                    // Three different slots.
                    if let Ok([above, state, below]) =
                        ring.get_disjoint_mut([above, place(y), below])
                    {
                        self.stencil.iterate(Row {
                            y,
                            width: self.width,
                            above,
                            state,
                            below,
                            has_below,
                        });
                    }
                }
            }
            let done = |step: usize| step.saturating_sub(self.iterations);
            let from = done(steps.start).max(self.rows.start);
            for y in from..done(steps.end).min(self.rows.end) {
                self.store(y, &ring[place(y)]);
            }
        }
    }

    /// The rows of an iteration in some steps, but for those within reach that will not get as far
    /// as the band.
    fn needed(&self, k: usize, steps: &Range<usize>, reach: &Range<usize>) -> Range<usize> {
        let first = (self.rows.start + k).saturating_sub(self.iterations + 1);
        let end = (self.rows.end + self.iterations - k).min(self.height);
        let from = steps.start.saturating_sub(k).max(first).max(reach.start);
        from..steps.end.saturating_sub(k).min(end)
    }

    /// Puts the state of row `y` into the ring.
    fn load(&self, y: usize, reach: &Range<usize>, row: &mut [f32]) {
        let length = self.planes * self.width;
        let stored = if y < self.rows.start {
            &self.around[(y - reach.start) * length..]
        } else if y < self.rows.end {
            &self.state[(y - self.rows.start) * length..]
        } else {
            &self.around[(y - reach.start - self.rows.len()) * length..]
        };
        let stored = stored[..length].chunks_exact(self.width);
        let (primal, dual) = row.split_at_mut(2 * S::VALUES * (self.width + 1));
        if self.planes == S::VALUES {
            dual.fill(0.0);
            let (x, extrapolated) = primal.split_at_mut(S::VALUES * (self.width + 1));
            let x = x.chunks_exact_mut(self.width + 1);
            let extrapolated = extrapolated.chunks_exact_mut(self.width + 1);
            for ((x, extrapolated), stored) in x.zip(extrapolated).zip(stored) {
                put(stored, 0, x);
                put(stored, 0, extrapolated);
            }
        } else {
            let planes = row.chunks_exact_mut(self.width + 1);
            for (plane, (to, stored)) in planes.zip(stored).enumerate() {
                put(stored, padding::<S>(plane), to);
            }
        }
    }

    /// Takes the state of row `y` out of the ring.
    fn store(&mut self, y: usize, row: &[f32]) {
        let at = y - self.rows.start;
        let length = self.planes * self.width;
        let stored = self.state[at * length..][..length].chunks_exact_mut(self.width);
        let planes = row.chunks_exact(self.width + 1);
        for (plane, (to, from)) in stored.zip(planes.clone()).enumerate() {
            to.copy_from_slice(&from[padding::<S>(plane)..][..self.width]);
        }
        let Some(sums) = &mut self.changes else {
            return;
        };
        // xbar - x is what the last iteration changed.
        let changes = planes.clone().take(S::VALUES).zip(planes.skip(S::VALUES));
        sums[at] = changes
            .flat_map(|(x, bar)| x.iter().zip(bar).take(self.width))
            .map(|(x, bar)| f64::from(bar - x).powi(2))
            .sum();
    }
}

/// 1 for the planes that have their padding in front.
fn padding<S: Stencil>(plane: usize) -> usize {
    usize::from((2 * S::VALUES..2 * S::VALUES + S::DUALS).contains(&plane))
}

/// Puts a stored plane behind or before its padding.
fn put(stored: &[f32], padding: usize, plane: &mut [f32]) {
    plane[padding..][..stored.len()].copy_from_slice(stored);
    let width = stored.len();
    if padding == 1 {
        plane[0] = 0.0;
    } else if width > 0 {
        plane[width] = stored[width - 1];
    }
}
