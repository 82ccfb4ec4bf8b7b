//! The smoothed fit of an overlay to its data, a convex problem.
//!
//! Minimised over `low <= O <= high` is
//!
//! `sum w / 2 * (O - Ocf)^2 + lambda * huber(|grad O|)`
//!
//! where the norm is over both directions and the three channels together, and the Huber function
//! rounds the total variation off below `eps`. The steps are those of A. Chambolle and T. Pock, *A
//! first-order primal-dual algorithm for convex problems with applications to imaging* (2011),
//! with `8 * sigma * tau = 1`:
//!
//! - `p <- project_{|p| <= lambda}((p + sigma * grad xbar) / (1 + sigma * eps / lambda))`
//! - `x+ <- clamp((x + tau * div p + tau * w * Ocf) / (1 + tau * w))`
//! - `xbar <- 2 x+ - x`

mod row;

use super::picture::{Size, channels, channels_mut};
use super::team::for_rows;
pub use super::wavefront::Stop;
use super::wavefront::{Row, Stencil, iterate};
use super::workspace::{Context, Failure};
use crate::kernels::simd::{Simd, Task, run_best};
use crate::kernels::team::Team;
use row::{Constants, RowOf};

/// Iterates towards the fit of `data`, from the `x` given: three planes a row. Gives the number of
/// iterations done.
///
/// `data` has for each row three planes of `w` and three of `w * Ocf`, and is overwritten. A `w`
/// below 0 makes its term one-sided: an O above Ocf costs nothing.
///
/// # Errors
///
/// [`Failure::Cancelled`], [`Failure::OutOfMemory`]
///
/// # Panics
///
/// If there are not six samples a pixel in `data` and three in `x`.
pub fn smooth(
    context: &mut Context<'_>,
    size: Size,
    data: &mut [f32],
    terms: &Terms,
    x: &mut [f32],
    stop: Stop,
) -> Result<usize, Failure> {
    assert_eq!(x.len(), 3 * size.pixels(), "samples of {size:?}");
    let fit = Fit::new(context.team, size, data, terms);
    iterate(context, size, &fit, x, stop)
}

/// The problem, for one size of the picture.
pub(super) struct Fit<'a> {
    constants: Constants,
    data: &'a [f32],
}

/// What the fit is weighed and bounded by.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Weight of the smoothness, above 0.
    pub lambda: f32,
    /// Gradients below this are smoothed away.
    pub eps: f32,
    /// The primal step tau.
    pub step: f32,
    /// The least value of the overlay.
    pub low: f32,
    /// The greatest.
    pub high: f32,
}

impl<'a> Fit<'a> {
    /// The problem with this data (see [`smooth`]), which is turned into what the iteration works
    /// with, `1 / (1 + tau * w)` and `tau * w * Ocf / (1 + tau * w)`.
    pub fn new(team: &dyn Team, size: Size, data: &'a mut [f32], terms: &Terms) -> Self {
        for_rows::<6>(team, size, data, |_, [w0, w1, w2, o0, o1, o2]| {
            for (weights, products) in [(w0, o0), (w1, o1), (w2, o2)] {
                run_best!(Prepared {
                    tau: terms.step,
                    weights,
                    products,
                });
            }
        });
        let sigma = 1.0 / (8.0 * terms.step);
        let constants = Constants {
            sigma,
            tau: terms.step,
            shrink: 1.0 / (1.0 + sigma * terms.eps / terms.lambda),
            radius: terms.lambda,
            low: terms.low,
            high: terms.high,
        };
        Self { constants, data }
    }
}

/// A channel of a row's data, which becomes what the iteration works with.
struct Prepared<'a> {
    tau: f32,
    weights: &'a mut [f32],
    products: &'a mut [f32],
}

impl<S: Simd> Task<S> for Prepared<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        for (w, pull) in self.weights.iter_mut().zip(self.products) {
            let keep = 1.0 / (1.0 + self.tau * w.abs());
            *pull *= self.tau * keep;
            *w = keep.copysign(*w);
        }
    }
}

impl Stencil for Fit<'_> {
    const VALUES: usize = 3;
    const DUALS: usize = 3;

    #[inline]
    fn iterate(&self, row: Row<'_>) {
        let Row { y, width, .. } = row;
        let [x0, x1, x2, e0, e1, e2, a0, a1, a2, d0, d1, d2] = channels_mut(row.state);
        let [k0, k1, k2, p0, p1, p2] = channels(&self.data[y * 6 * width..][..6 * width]);
        let [_, _, _, _, _, _, _, _, _, above0, above1, above2] = channels(row.above);
        let [_, _, _, b0, b1, b2, _, _, _, _, _, _] = channels(row.below);
        RowOf {
            constants: self.constants,
            x: [x0, x1, x2].map(|x| &mut x[..width]),
            extrapolated: [e0, e1, e2],
            below: [b0, b1, b2],
            has_below: if row.has_below { 1.0 } else { 0.0 },
            across: [a0, a1, a2],
            down: [d0, d1, d2],
            above: [above0, above1, above2],
            keep: [k0, k1, k2],
            pull: [p0, p1, p2],
        }
        .iterate();
    }
}
