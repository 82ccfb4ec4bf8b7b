//! Primal-dual iterations in one sweep over memory.
//!
//! In step s, iteration k does row `s - k` right after iteration k - 1 did row `s - k + 1`, which is
//! all it waits for. So a row is loaded once, passes through all iterations while it lies in a ring
//! of a few rows more than there are iterations, and is stored once. Each thread has a band of
//! rows. An iteration reaches one row, so a band reads `iterations` rows on either side, does their
//! work too, and needs nothing from the other bands: the result does not depend on how many there
//! are.
//!
//! A ring of long rows is larger than the cache next to the core. So a few steps go together: each
//! iteration does its rows of all of them before the next one does the same one row further up,
//! and a row has several iterations behind it before it leaves that cache.

mod band;

use std::ops::Range;

use super::picture::Size;
use super::workspace::{Context, Failure};
use crate::kernels::team::share;
use band::{Band, reach, ring_samples};

/// Iterations of one sweep at most; it bounds the ring.
const SWEEP: usize = 32;

/// Iterations between two looks at the tolerance.
const CHECK: usize = 10;

/// A primal-dual iteration on a grid of pixels, whose dual variable is made of forward
/// differences.
///
/// The state of a row in the ring is VALUES planes x, VALUES planes xbar (x extrapolated), DUALS
/// planes for the horizontal differences and DUALS for the vertical ones. A plane has
/// `width + 1` samples. The last of xbar is there twice, so that the difference beyond it is 0;
/// the horizontal dual starts with a 0 in front.
pub(super) trait Stencil: Sync {
    /// Unknowns a pixel.
    const VALUES: usize;
    /// Differences a pixel and direction.
    const DUALS: usize;

    /// One iteration of one row: the dual step, then the primal step.
    fn iterate(&self, row: Row<'_>);
}

/// The row of an iteration.
pub(super) struct Row<'a> {
    /// Its place in the picture.
    pub y: usize,
    /// Pixels.
    pub width: usize,
    /// The state of the row before; zeros at the top.
    pub above: &'a [f32],
    /// The state to be changed.
    pub state: &'a mut [f32],
    /// The state of the next row; zeros at the bottom.
    pub below: &'a [f32],
    /// Whether there is one.
    pub has_below: bool,
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// Iterations at most.
    pub iterations: usize,
    /// Stop when the RMS change of x is no more; 0 never does.
    pub tolerance: f32,
    /// How much of the whole work is done before and after, for the callback.
    pub progress: [f32; 2],
}

/// Iterates from the `x` given, VALUES planes a row, with a dual of 0. Gives the number of
/// iterations done.
pub(super) fn iterate<S: Stencil>(
    context: &mut Context<'_>,
    size: Size,
    stencil: &S,
    x: &mut [f32],
    stop: Stop,
) -> Result<usize, Failure> {
    let [before, after] = stop.progress;
    context.step(before)?;
    if size.pixels() == 0 || stop.iterations == 0 {
        return Ok(0);
    }
    let most = if stop.tolerance > 0.0 { CHECK } else { SWEEP };
    if stop.iterations <= most {
        sweep(
            context,
            size,
            stencil,
            S::VALUES,
            x,
            stop.iterations,
            stop.tolerance > 0.0,
        )?;
        return Ok(stop.iterations);
    }
    let planes = 2 * (S::VALUES + S::DUALS);
    let values = S::VALUES * size.width;
    let mut state = context.take(planes * size.pixels())?;
    for (state, x) in state
        .chunks_exact_mut(planes * size.width)
        .zip(x.chunks_exact(values))
    {
        state[..values].copy_from_slice(x);
        state[values..2 * values].copy_from_slice(x);
        state[2 * values..].fill(0.0);
    }
    let mut done = 0;
    while done < stop.iterations {
        let now = most.min(stop.iterations - done);
        let change = sweep(
            context,
            size,
            stencil,
            planes,
            &mut state,
            now,
            stop.tolerance > 0.0,
        )?;
        done += now;
        context.step(before + (after - before) * done as f32 / stop.iterations as f32)?;
        if change <= f64::from(stop.tolerance) && stop.tolerance > 0.0 {
            break;
        }
    }
    for (state, x) in state
        .chunks_exact(planes * size.width)
        .zip(x.chunks_exact_mut(values))
    {
        x.copy_from_slice(&state[..values]);
    }
    context.give([state]);
    Ok(done)
}

/// Does some iterations on all rows; the RMS change of x by the last of them, if it is to be
/// measured.
fn sweep<S: Stencil>(
    context: &mut Context<'_>,
    size: Size,
    stencil: &S,
    planes: usize,
    state: &mut [f32],
    iterations: usize,
    measured: bool,
) -> Result<f64, Failure> {
    let Size { width, height } = size;
    // Bands not much higher than what they read around them are not worth a thread.
    let bands = context.team.count().min(height / (2 * iterations)).max(1);
    let rows = height.div_ceil(bands);
    let bands = height.div_ceil(rows);
    let band = |index: usize| index * rows..((index + 1) * rows).min(height);
    let outside = |rows: &Range<usize>| reach(rows, iterations, height).len() - rows.len();

    // What a band reads of its neighbours, before they change it.
    let length = planes * width;
    let samples: usize = (0..bands).map(|index| outside(&band(index)) * length).sum();
    let mut around = context.take(samples)?;
    let mut filled = 0;
    for index in 0..bands {
        let rows = band(index);
        let reach = reach(&rows, iterations, height);
        for rows in [reach.start..rows.start, rows.end..reach.end] {
            let from = &state[rows.start * length..rows.end * length];
            around[filled..][..from.len()].copy_from_slice(from);
            filled += from.len();
        }
    }
    let ring = ring_samples::<S>(width, iterations);
    let mut rings = context.take(bands * ring)?;
    let mut changes = context.workspace.take_sums(height);

    let mut rest = &around[..];
    let work = state
        .chunks_mut(rows * length)
        .zip(rings.chunks_exact_mut(ring))
        .zip(changes.chunks_mut(rows))
        .enumerate()
        .map(|(index, ((state, ring), changes))| {
            let rows = band(index);
            let (around, others) = rest.split_at(outside(&rows) * length);
            rest = others;
            Band {
                stencil,
                iterations,
                width,
                height,
                rows,
                planes,
                state,
                around,
                ring,
                changes: measured.then_some(changes),
            }
        });
    share(context.team, work, Band::run);
    context.give([around, rings]);
    let total: f64 = changes.iter().sum();
    context.workspace.give_sums(changes);
    Ok((total / (S::VALUES * size.pixels()) as f64).sqrt())
}
