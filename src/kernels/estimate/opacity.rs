//! The opacity of an overlay that is equally opaque everywhere.
//!
//! An edge of the background shows through with `1 - alpha` of its contrast, one of the overlay
//! does not lie on it: so the median of `grad M / grad B`, weighted by `|grad B|`, is
//! `1 - alpha`.

use super::filter::blur;
use super::noise::median_deviation;
use super::picture::{Colour, Picture};
use super::quantile::weighted_quantile;
use super::workspace::{Context, Failure};

/// Gradients of the background below this much of its noise are left out.
const NOISE_FACTOR: f32 = 0.8;
/// And so are gradients below two codes of 8 bits.
const LEAST_GRADIENT: f32 = 2.0 / 255.0;
/// With fewer gradients than this there is no answer.
const LEAST_COUNT: f64 = 64.0;

/// Merged picture and background, blurred.
pub(super) struct Blurred {
    size: super::Size,
    merged: Vec<f32>,
    background: Vec<f32>,
}

impl Blurred {
    pub fn new(
        context: &mut Context<'_>,
        merged: Colour<'_>,
        background: Colour<'_>,
    ) -> Result<Self, Failure> {
        let size = merged.size();
        assert_eq!(size, background.size(), "two sizes");
        let mut blurred = Self {
            size,
            merged: context.take(3 * size.pixels())?,
            background: context.take(3 * size.pixels())?,
        };
        blur(context, merged, &mut blurred.merged)?;
        blur(context, background, &mut blurred.background)?;
        Ok(blurred)
    }

    /// Passes the differences of neighbours in both, all channels and directions.
    pub fn each(&self, take: &mut dyn FnMut(f32, f32)) {
        let merged = Picture::<3>::new(self.size, &self.merged);
        let background = Picture::<3>::new(self.size, &self.background);
        for y in 0..self.size.height {
            for c in 0..3 {
                let (m, b) = (merged.row(y)[c], background.row(y)[c]);
                for (m, b) in m.windows(2).zip(b.windows(2)) {
                    take(m[1] - m[0], b[1] - b[0]);
                }
                if y + 1 < self.size.height {
                    let (next_m, next_b) = (merged.row(y + 1)[c], background.row(y + 1)[c]);
                    for x in 0..self.size.width {
                        take(next_m[x] - m[x], next_b[x] - b[x]);
                    }
                }
            }
        }
    }

    /// The weighted median of the ratios, and how many gradients above the threshold there are.
    pub fn slope(&self, threshold: f32) -> (Option<f32>, f64) {
        let median = weighted_quantile(0.5, |take| {
            self.each(&mut |m, b| {
                if b.abs() > threshold && (m / b).is_finite() {
                    take(m / b, f64::from(b.abs()));
                }
            });
        });
        let mut count = 0.0;
        self.each(&mut |m, b| {
            if b.abs() > threshold && (m / b).is_finite() {
                count += 1.0;
            }
        });
        (median, count)
    }

    pub fn give_back(self, context: &mut Context<'_>) {
        context.give([self.merged, self.background]);
    }
}

/// How much of the background's contrast is in the merged picture: `1 - alpha`, times the gain of
/// the background should it have one. None where the background has no edges to tell by.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub fn transmission(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
) -> Result<Option<f32>, Failure> {
    let threshold = (NOISE_FACTOR * median_deviation(background)).max(LEAST_GRADIENT);
    let blurred = Blurred::new(context, merged, background)?;
    let (median, count) = blurred.slope(threshold);
    blurred.give_back(context);
    Ok(median.filter(|_| count >= LEAST_COUNT))
}
