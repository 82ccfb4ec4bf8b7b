//! A still overlay over a moving background: the opacity from several frames.
//!
//! Over the frames, M varies as B does, by `1 - alpha` of it: the slope is `cov(M, B) / var(B)`,
//! where B's noise is taken off its variance. Where the background hardly changes, the neighbours
//! count.

use crate::kernels::estimate::filter::blur;
use crate::kernels::estimate::picture::{Colour, Plane, Size};
use crate::kernels::estimate::team::for_rows;
use crate::kernels::estimate::workspace::{Context, Failure};

/// What the neighbours weigh, beside a pixel's variance over that of the noise.
const PRIOR: f32 = 200.0;
/// Means of M and B, and the two sums of products.
const PLANES: usize = 8;

/// The frames so far.
#[derive(Debug)]
pub struct Frames {
    size: Size,
    count: usize,
    sums: Vec<f32>,
}

impl Frames {
    /// No frame yet.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfMemory`]
    pub fn new(context: &mut Context<'_>, size: Size) -> Result<Self, Failure> {
        let mut sums = context.take(PLANES * size.pixels())?;
        sums.fill(0.0);
        Ok(Self {
            size,
            count: 0,
            sums,
        })
    }

    /// Adds a frame. Pixels that are not finite leave theirs without an opacity.
    ///
    /// # Panics
    ///
    /// If it has another size.
    pub fn add(&mut self, context: &Context<'_>, merged: Colour<'_>, background: Colour<'_>) {
        assert_eq!([merged.size(), background.size()], [self.size; 2], "sizes");
        self.count += 1;
        let share = 1.0 / self.count as f32;
        for_rows::<PLANES>(context.team, self.size, &mut self.sums, |y, planes| {
            let [m0, m1, m2, b0, b1, b2, covariance, variance] = planes;
            let means = [(m0, b0), (m1, b1), (m2, b2)];
            let rows = merged.row(y).into_iter().zip(background.row(y));
            for ((mean_m, mean_b), (merged, background)) in means.into_iter().zip(rows) {
                for (x, (m, b)) in merged.iter().zip(background).enumerate() {
                    // B. P. Welford's update (1962).
                    let from_b = b - mean_b[x];
                    mean_b[x] += from_b * share;
                    mean_m[x] += (m - mean_m[x]) * share;
                    covariance[x] += from_b * (m - mean_m[x]);
                    variance[x] += from_b * (b - mean_b[x]);
                }
            }
        });
    }

    /// How many frames there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Writes the opacity, and the means of the merged frames and of the backgrounds. `noise` is
    /// the deviation of B. Nothing is known from a single frame: its opacity is 0.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfMemory`]
    pub fn opacity(
        self,
        context: &mut Context<'_>,
        noise: f32,
        out: &mut [f32],
        [merged, background]: [&mut [f32]; 2],
    ) -> Result<(), Failure> {
        let size = self.size;
        let means = |from: usize| {
            let sums = &self.sums;
            move |y: usize, rows: [&mut [f32]; 3]| {
                for (c, row) in rows.into_iter().enumerate() {
                    let at = (y * PLANES + from + c) * size.width;
                    for (to, mean) in row.iter_mut().zip(&sums[at..]) {
                        *to = if mean.is_finite() { *mean } else { 0.0 };
                    }
                }
            }
        };
        for_rows::<3>(context.team, size, merged, means(0));
        for_rows::<3>(context.team, size, background, means(3));
        let variance = (noise * noise).max(1e-12);
        let in_noise = variance * 3.0 * self.count.saturating_sub(1).max(1) as f32;
        // What a pixel knows: its weight, and the weight times its transmission.
        let mut weights = context.take(size.pixels())?;
        let mut votes = context.take(size.pixels())?;
        let knowledge = |weighted: bool| {
            let sums = &self.sums;
            move |y: usize, [row]: [&mut [f32]; 1]| {
                let at = (y * PLANES + 6) * size.width;
                for (x, to) in row.iter_mut().enumerate() {
                    let (both, own) = (sums[at + x], sums[at + size.width + x]);
                    let slope = (both / (own - in_noise).max(in_noise)).clamp(0.0, 1.0);
                    let weight = own / (2.0 * variance);
                    let known = slope.is_finite() && weight.is_finite();
                    *to = match (known, weighted) {
                        (false, _) => 0.0,
                        (true, false) => weight,
                        (true, true) => weight * slope,
                    };
                }
            }
        };
        for_rows::<1>(context.team, size, &mut weights, knowledge(false));
        for_rows::<1>(context.team, size, &mut votes, knowledge(true));
        let mut blurred_weights = context.take(size.pixels())?;
        let mut blurred_votes = context.take(size.pixels())?;
        blur(context, Plane::new(size, &weights), &mut blurred_weights)?;
        blur(context, Plane::new(size, &votes), &mut blurred_votes)?;
        for (i, alpha) in out.iter_mut().enumerate() {
            let around = if blurred_weights[i] > 1e-6 {
                blurred_votes[i] / blurred_weights[i]
            } else {
                1.0
            };
            let transmission = (votes[i] + PRIOR * around) / (weights[i] + PRIOR);
            *alpha = if self.count > 1 && transmission.is_finite() {
                (1.0 - transmission).clamp(0.0, 1.0)
            } else {
                0.0
            };
        }
        context.give([weights, votes, blurred_weights, blurred_votes, self.sums]);
        Ok(())
    }
}
