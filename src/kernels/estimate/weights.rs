//! The data term: how far each sample of the closed form is to be believed.

use super::filter::gradient_of;
use super::model::{Blend, Model, Opacity};
use super::picture::{Colour, Size, is_sane};
use super::quantile::quantile;
use super::team::for_rows;
use crate::kernels::simd::{Simd, Task, run_best};
use crate::kernels::team::Team;

/// Beyond the overlay's bounds the closed form is cut off by this much.
const MARGIN: f32 = 8.0;
/// Opacities below are divided by as if they were this.
const LEAST: f32 = 1e-3;
/// A median opacity below counts as this.
const LEAST_REFERENCE: f32 = 0.02;
/// The most that a sample weighs.
const MOST_WEIGHT: f32 = 4.0;
/// What is left of a sample's weight on the strongest edges of a misaligned background.
const LEAST_TRUST: f32 = 0.1;

/// What the data term is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence<'a> {
    pub merged: Colour<'a>,
    pub background: Colour<'a>,
    pub model: Model<'a>,
    /// The deviation of `M - b`, above 0.
    pub noise: f32,
    /// How far the background is out of place, in pixels.
    pub mismatch: f32,
    pub low: f32,
    pub high: f32,
    /// Where the merged samples stop: at this value and above, more may have been meant.
    pub clipped: Option<f32>,
}

/// The median of `|a|` where it is not 0: the opacity at which a sample weighs 1.
pub(super) fn reference(model: &Model<'_>, background: Colour<'_>) -> f32 {
    let Model { blend, opacity } = *model;
    if let (Blend::Normal | Blend::Add, Opacity::Uniform(alpha)) = (blend, opacity) {
        return alpha.abs().max(LEAST_REFERENCE);
    }
    let Size { width, height } = background.size();
    let median = quantile(0.5, |take| {
        for y in 0..height {
            let row = background.row(y);
            for x in 0..width {
                let alpha = opacity.at(x, y);
                for b in row {
                    let (a, _) = blend.coefficients(b[x], alpha);
                    if a != 0.0 && a.is_finite() {
                        take(a.abs());
                    }
                }
            }
        }
    });
    median.unwrap_or(0.0).max(LEAST_REFERENCE)
}

impl Evidence<'_> {
    /// Writes, for each row, three planes of `w` and three of `w * Ocf`. `w` is 0 where anything
    /// is not finite, and negative where the merged sample is clipped.
    pub fn write(&self, team: &dyn Team, reference: f32, data: &mut [f32]) {
        let size = self.merged.size();
        for_rows::<6>(team, size, data, |y, [w0, w1, w2, o0, o1, o2]| {
            for (c, (weights, products)) in [(w0, o0), (w1, o1), (w2, o2)].into_iter().enumerate() {
                run_best!(RowOf {
                    evidence: self,
                    reference,
                    y,
                    c,
                    weights,
                    products,
                });
            }
        });
    }

    /// How far a sample is to be believed for the slope of the background around it.
    #[inline(always)]
    fn trust(&self, alpha: f32, c: usize, x: usize, y: usize) -> f32 {
        let [across, down] = gradient_of(&self.background, c, x, y);
        let reach = self.mismatch * self.model.blend.transmission(alpha);
        let slope = across * across + down * down;
        let error = reach * reach * slope;
        let variance = self.noise * self.noise;
        if error.is_finite() {
            (variance / (variance + error)).max(LEAST_TRUST)
        } else {
            LEAST_TRUST
        }
    }
}

/// A channel of a row.
struct RowOf<'a> {
    evidence: &'a Evidence<'a>,
    reference: f32,
    y: usize,
    c: usize,
    weights: &'a mut [f32],
    products: &'a mut [f32],
}

/// Pixels of a block: what is a matter of the model is brought together for one plain loop.
const BLOCK: usize = 128;

impl<S: Simd> Task<S> for RowOf<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let Self { evidence, y, c, .. } = self;
        let Model { blend, opacity } = evidence.model;
        let merged = evidence.merged.row(y)[c].chunks(BLOCK);
        let background = evidence.background.row(y)[c].chunks(BLOCK);
        let out = self
            .weights
            .chunks_mut(BLOCK)
            .zip(self.products.chunks_mut(BLOCK));
        let mut alphas = [0.0; BLOCK];
        let mut trusts = [1.0; BLOCK];
        for (index, ((weights, products), (merged, background))) in
            out.zip(merged.zip(background)).enumerate()
        {
            let n = weights.len();
            let first = index * BLOCK;
            let alphas = &mut alphas[..n];
            let trusts = &mut trusts[..n];
            opacity.fill(first, y, alphas);
            if evidence.mismatch > 0.0 {
                for (i, (trust, alpha)) in trusts.iter_mut().zip(&*alphas).enumerate() {
                    *trust = evidence.trust(*alpha, c, first + i, y);
                }
            }
            // The factor and the rest, for the time being.
            blend.fill(background, alphas, weights, products);
            let (low, high) = (evidence.low - MARGIN, evidence.high + MARGIN);
            let clipped = evidence.clipped.unwrap_or(f32::INFINITY);
            for i in 0..n {
                let (a, b) = (weights[i], products[i]);
                let divisor = if a.abs() < LEAST { LEAST } else { a };
                let closed = (merged[i] - b) / divisor;
                let relative = a / self.reference;
                let w = (relative * relative * trusts[i]).min(MOST_WEIGHT);
                let signed = if merged[i] >= clipped { -w } else { w };
                let sane = is_sane(closed);
                weights[i] = if sane { signed } else { 0.0 };
                products[i] = if sane {
                    w * closed.clamp(low, high)
                } else {
                    0.0
                };
            }
        }
    }
}
