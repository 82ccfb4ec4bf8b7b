//! The data term: how far each sample of the closed form is to be believed.

use super::filter::gradient_of;
use super::model::{Blend, Model, Opacity};
use super::picture::{Colour, Size, is_sane};
use super::quantile::quantile;
use super::team::{Team, for_rows};

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
        let Model { blend, opacity } = self.model;
        let variance = self.noise * self.noise;
        for_rows::<6>(
            team,
            self.merged.size(),
            data,
            |y, [w0, w1, w2, o0, o1, o2]| {
                for (c, (weights, products)) in
                    [(w0, o0), (w1, o1), (w2, o2)].into_iter().enumerate()
                {
                    let merged = self.merged.row(y)[c];
                    let background = self.background.row(y)[c];
                    for (x, (weight, product)) in weights.iter_mut().zip(products).enumerate() {
                        let alpha = opacity.at(x, y);
                        let (a, b) = blend.coefficients(background[x], alpha);
                        let excess = merged[x] - b;
                        let divisor = if a.abs() < LEAST { LEAST } else { a };
                        let closed = excess / divisor;
                        (*weight, *product) = (0.0, 0.0);
                        if !is_sane(closed) {
                            continue;
                        }
                        let mut trust = 1.0;
                        if self.mismatch > 0.0 {
                            let [across, down] = gradient_of(&self.background, c, x, y);
                            let reach = self.mismatch * blend.transmission(alpha);
                            let slope = across * across + down * down;
                            let error = reach * reach * slope;
                            if error.is_finite() {
                                trust = (variance / (variance + error)).max(LEAST_TRUST);
                            } else {
                                trust = LEAST_TRUST;
                            }
                        }
                        let relative = a / reference;
                        let w = (relative * relative * trust).min(MOST_WEIGHT);
                        let clipped = self.clipped.is_some_and(|level| merged[x] >= level);
                        *weight = if clipped { -w } else { w };
                        *product = w * closed.clamp(self.low - MARGIN, self.high + MARGIN);
                    }
                }
            },
        );
    }
}
