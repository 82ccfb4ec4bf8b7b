//! The recommended estimate: the closed form, weighed by noise, opacity and the background's
//! mismatch, and smoothed no more than these ask for, from coarse to fine.

use super::closed;
use super::fit::{self, Stop, Terms};
use super::model::Model;
use super::picture::{Colour, Picture, Size};
use super::pyramid::{between, double_row, halve};
use super::team::for_rows;
use super::weights::{Evidence, reference};
use super::workspace::{Context, Failure};
use crate::kernels::simd::{Simd, Task, run_best};

/// Iterations on each coarse level.
const COARSE_ITERATIONS: usize = 30;
/// What a coarse level's answer weighs in the start of the next, beside the data.
const COARSE_WEIGHT: f32 = 0.1;
/// The least weight that is divided by.
const LEAST_WEIGHT: f32 = 1e-6;

/// What is known, and how to estimate.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The merged picture M, in the blend space.
    pub merged: Colour<'a>,
    /// The background B, in place, in the blend space.
    pub background: Colour<'a>,
    /// Blend mode and opacity.
    pub model: Model<'a>,
    /// The deviation of `M - b`; see [`noise`](super::noise).
    pub noise: f32,
    /// How far the background is out of place, in pixels; see [`ghost`](super::ghost).
    pub mismatch: f32,
    /// How strongly to smooth: 1 for what noise asks for, 0 for the closed form.
    pub denoise: f32,
    /// Gradients below this, in noise deviations of the overlay, are smoothed away.
    pub edge_softness: f32,
    /// The least value of the overlay.
    pub low: f32,
    /// The greatest.
    pub high: f32,
    /// Where the merged picture was clipped, if it was: there the overlay may be brighter.
    pub clipped: Option<f32>,
    /// Iterations on the full size, at most.
    pub iterations: usize,
    /// Sizes from coarse to fine, each double the one before, 1 at least.
    pub levels: usize,
    /// The primal step.
    pub step: f32,
    /// Ends the iteration when the RMS change, over the noise of the overlay, is no more. 0 never.
    pub tolerance: f32,
}

impl<'a> Problem<'a> {
    /// With the usual settings: `denoise` 1, softness 0.2, bounds 0..=1, 30 iterations on 4
    /// levels.
    pub fn new(
        merged: Colour<'a>,
        background: Colour<'a>,
        model: Model<'a>,
        noise: f32,
        mismatch: f32,
    ) -> Self {
        Self {
            merged,
            background,
            model,
            noise,
            mismatch,
            denoise: 1.0,
            edge_softness: 0.2,
            low: 0.0,
            high: 1.0,
            clipped: None,
            iterations: 30,
            levels: 4,
            step: 0.7,
            tolerance: 0.0,
        }
    }
}

/// Writes the overlay's colour, unpremultiplied, and gives the number of iterations on the full
/// size. Where nothing is known it is filled in from around.
///
/// # Errors
///
/// [`Failure::Cancelled`], [`Failure::OutOfMemory`]
///
/// # Panics
///
/// If the pictures differ in size.
pub fn estimate(
    context: &mut Context<'_>,
    problem: &Problem<'_>,
    out: &mut [f32],
) -> Result<usize, Failure> {
    let size = problem.merged.size();
    assert_eq!(size, problem.background.size(), "two sizes");
    assert_eq!(out.len(), 3 * size.pixels(), "samples of {size:?}");
    if problem.denoise <= 0.0 || size.pixels() == 0 {
        let bounds = [problem.low, problem.high];
        closed::overlay(
            context.team,
            problem.merged,
            problem.background,
            &problem.model,
            bounds,
            out,
        );
        return Ok(0);
    }
    let evidence = Evidence {
        merged: problem.merged,
        background: problem.background,
        model: problem.model,
        noise: problem.noise,
        mismatch: problem.mismatch,
        low: problem.low,
        high: problem.high,
        clipped: problem.clipped,
    };
    let reference = reference(&problem.model, problem.background);
    let overlay_noise = problem.noise / reference;

    let mut levels = context.workspace.take_levels();
    levels.push((size, context.take(6 * size.pixels())?));
    evidence.write(context.team, reference, &mut levels[0].1);
    while levels.len() < problem.levels {
        let (size, full) = &levels[levels.len() - 1];
        let half = size.half();
        let mut data = context.take(6 * half.pixels())?;
        let full = Picture::<6>::new(*size, full);
        halve(context.team, full, two_sided, &mut data);
        levels.push((half, data));
    }
    let work: f32 = levels.iter().map(|(size, _)| size.pixels() as f32).sum();
    let mut progress = 0.0;
    let mut coarse: Option<(Size, Vec<f32>)> = None;
    let mut done = 0;
    while let Some((size, mut data)) = levels.pop() {
        let level = levels.len();
        let scale = 0.5f32.powi(level as i32);
        let terms = Terms {
            // Never 0, which would be divided by.
            lambda: (overlay_noise * problem.denoise * scale).max(1e-9),
            eps: problem.edge_softness * overlay_noise * scale,
            step: problem.step,
            low: problem.low,
            high: problem.high,
        };
        let finest = level == 0;
        let mut own = match finest {
            true => Vec::new(),
            false => context.take(3 * size.pixels())?,
        };
        let x: &mut [f32] = if finest { out } else { &mut own };
        let from = coarse.as_ref().map(|(size, x)| Colour::new(*size, x));
        start(context, size, &data, from, &terms, x);
        let before = progress;
        progress += size.pixels() as f32 / work;
        let stop = Stop {
            iterations: if finest {
                problem.iterations
            } else {
                COARSE_ITERATIONS
            },
            tolerance: if finest {
                problem.tolerance * overlay_noise
            } else {
                0.0
            },
            progress: [before, progress],
        };
        done = fit::smooth(context, size, &mut data, &terms, x, stop)?;
        context.give(coarse.take().map(|(_, x)| x));
        context.give([data]);
        coarse = Some((size, own));
    }
    context.workspace.give_levels(levels);
    Ok(done)
}

/// A sample of the data, without the one-sided terms: they say nothing about a mean.
#[inline(always)]
fn two_sided(sample: f32, weight: f32) -> f32 {
    if weight < 0.0 { 0.0 } else { sample }
}

/// The start of a level: the data, and the coarser level's answer where there is little of it.
fn start(
    context: &Context<'_>,
    size: Size,
    data: &[f32],
    coarse: Option<Colour<'_>>,
    terms: &Terms,
    x: &mut [f32],
) {
    let data = Picture::<6>::new(size, data);
    for_rows::<3>(context.team, size, x, |y, rows| {
        let [w0, w1, w2, o0, o1, o2] = data.row(y);
        let data = [(w0, o0), (w1, o1), (w2, o2)];
        for (c, (row, (weights, products))) in rows.into_iter().zip(data).enumerate() {
            if let Some(coarse) = &coarse {
                let (upper, lower, weight) = between(y, coarse.size().height);
                double_row(coarse.row(upper)[c], coarse.row(lower)[c], weight, row);
            }
            run_best!(Start {
                weights,
                products,
                prior: coarse.map(|_| COARSE_WEIGHT),
                bounds: [terms.low, terms.high],
                x: row,
            });
        }
    });
}

/// A channel of a row: the coarser level's answer becomes the start.
struct Start<'a> {
    weights: &'a [f32],
    products: &'a [f32],
    /// What the answer weighs, if there is one.
    prior: Option<f32>,
    bounds: [f32; 2],
    x: &'a mut [f32],
}

impl<S: Simd> Task<S> for Start<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        match self.prior {
            Some(prior) => self.weighed(prior, |x| prior * x),
            None => self.weighed(0.0, |_| 0.0),
        }
    }
}

impl Start<'_> {
    #[inline(always)]
    fn weighed(self, prior: f32, guess: impl Fn(f32) -> f32) {
        let [low, high] = self.bounds;
        for (x, (w, product)) in self
            .x
            .iter_mut()
            .zip(self.weights.iter().zip(self.products))
        {
            let (w, product) = if *w < 0.0 { (0.0, 0.0) } else { (*w, *product) };
            let start = (product + guess(*x)) / (w + prior).max(LEAST_WEIGHT);
            *x = start.clamp(low, high);
        }
    }
}
