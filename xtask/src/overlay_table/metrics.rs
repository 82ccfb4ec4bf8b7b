//! How good an estimate is.

use deltaplate::kernels::estimate::ghost;
use deltaplate::kernels::estimate::{Colour, Context, Failure, Plane, Size};

/// How an estimate of the overlay compares with the truth.
pub struct Scores {
    /// The PSNR in dB.
    pub psnr: f64,
    /// The structural similarity; 1 is the truth.
    pub ssim: f64,
    /// The local similarity, whatever its scale; 1 is the truth.
    pub lmse: f64,
    /// The share of the background's contrast that is left; 0 is none.
    pub leak: f64,
    /// The ghost index of the estimate over that of the truth; 1 is none.
    pub ghost: f64,
    /// The PSNR of the recomposite beside the merged picture, in dB.
    pub recomposite: f64,
}

impl Scores {
    /// Names of all but the PSNR.
    pub const FURTHER: &str = "SSIM / LMSE / leak / ghost / recomposite";

    /// All but the PSNR.
    pub fn further(&self) -> [f64; 5] {
        let Self {
            psnr: _,
            ssim,
            lmse,
            leak,
            ghost,
            recomposite,
        } = *self;
        [ssim, lmse, leak, ghost, recomposite]
    }
}

/// SSIM after Wang et al. 2004 with a Gaussian window of deviation 1.5, over what lies 5 pixels
/// inside; as scikit-image has it with `gaussian_weights`.
pub fn ssim(found: Colour<'_>, truth: Colour<'_>) -> f64 {
    const MARGIN: usize = 5;
    let Size { width, height } = found.size();
    let (mut sum, mut count) = (0.0, 0.0);
    for c in 0..3 {
        let plane = |picture: Colour<'_>| -> Vec<f64> {
            let rows = (0..height).flat_map(|y| picture.row(y)[c].to_vec());
            rows.map(|v| f64::from(v.clamp(0.0, 1.0))).collect()
        };
        let (a, b) = (plane(found), plane(truth));
        let mean = |product: &dyn Fn(usize) -> f64| {
            let samples: Vec<f64> = (0..a.len()).map(product).collect();
            blurred(&samples, width, height)
        };
        let (ma, mb) = (mean(&|i| a[i]), mean(&|i| b[i]));
        let (aa, bb) = (mean(&|i| a[i] * a[i]), mean(&|i| b[i] * b[i]));
        let ab = mean(&|i| a[i] * b[i]);
        for y in MARGIN..height - MARGIN {
            for i in (y * width + MARGIN)..((y + 1) * width - MARGIN) {
                let (c1, c2) = (1e-4, 9e-4);
                let (va, vb) = (aa[i] - ma[i] * ma[i], bb[i] - mb[i] * mb[i]);
                let covariance = ab[i] - ma[i] * mb[i];
                let above = (2.0 * ma[i] * mb[i] + c1) * (2.0 * covariance + c2);
                let below = (ma[i] * ma[i] + mb[i] * mb[i] + c1) * (va + vb + c2);
                sum += above / below;
                count += 1.0;
            }
        }
    }
    sum / f64::max(count, 1.0)
}

/// With a Gaussian of deviation 1.5 over 11 x 11 pixels. The edges are not looked at.
fn blurred(samples: &[f64], width: usize, height: usize) -> Vec<f64> {
    let weights: Vec<f64> = (-5..=5)
        .map(|i| (-f64::from(i * i) / (2.0 * 1.5 * 1.5)).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    let along = |samples: &[f64], step: usize, length: usize, place: &dyn Fn(usize) -> usize| {
        let value = |i: usize| -> f64 {
            let at = place(i);
            let taps = weights.iter().enumerate().map(|(tap, weight)| {
                let to = (at + tap).saturating_sub(5).min(length - 1);
                weight * samples[i + to * step - at * step]
            });
            taps.sum::<f64>() / total
        };
        (0..samples.len()).map(value).collect::<Vec<f64>>()
    };
    let across = along(samples, 1, width, &|i| i % width);
    along(&across, width, height, &|i| i / width)
}

/// One minus the mean squared error left by the best scale in windows of 20 x 20 pixels, over that
/// of nothing at all: Grosse et al. 2009.
pub fn lmse(found: Colour<'_>, truth: Colour<'_>) -> f64 {
    const WINDOW: usize = 20;
    let Size { width, height } = found.size();
    let (mut left, mut all) = (0.0, 0.0);
    for top in (0..=height - WINDOW).step_by(WINDOW / 2) {
        for start in (0..=width - WINDOW).step_by(WINDOW / 2) {
            let (mut ff, mut ft, mut tt) = (0.0, 0.0, 0.0);
            for y in top..top + WINDOW {
                for c in 0..3 {
                    let [f, t] =
                        [found, truth].map(|picture| &picture.row(y)[c][start..][..WINDOW]);
                    for (f, t) in f.iter().zip(t) {
                        let (f, t) = (f64::from(*f), f64::from(*t));
                        ff += f * f;
                        ft += f * t;
                        tt += t * t;
                    }
                }
            }
            let scale = if ff > 1e-9 { ft / ff } else { 0.0 };
            left += tt - 2.0 * scale * ft + scale * scale * ff;
            all += tt;
        }
    }
    1.0 - left / all
}

/// The slope of the error over the background's slope: what share of it is in the estimate.
pub fn leak(found: Colour<'_>, truth: Colour<'_>, background: Colour<'_>) -> f64 {
    let Size { width, height } = found.size();
    let (mut shared, mut own) = (0.0, 0.0);
    for y in 0..height - 1 {
        for c in 0..3 {
            let error = |x: usize, y: usize| f64::from(found.row(y)[c][x] - truth.row(y)[c][x]);
            let below = |x: usize, y: usize| f64::from(background.row(y)[c][x]);
            for x in 0..width - 1 {
                for (u, v) in [(x + 1, y), (x, y + 1)] {
                    let slope = below(u, v) - below(x, y);
                    shared += (error(u, v) - error(x, y)) * slope;
                    own += slope * slope;
                }
            }
        }
    }
    shared / own
}

/// The ghost index of the estimate over that of the truth.
pub fn ghost(
    context: &mut Context<'_>,
    found: Colour<'_>,
    truth: Colour<'_>,
    background: Colour<'_>,
) -> Result<f64, Failure> {
    let mut index = |picture| -> Result<f64, Failure> {
        Ok(f64::from(
            ghost::measure(context, picture, background, 1.0)?.index,
        ))
    };
    Ok(index(found)? / index(truth)?)
}

/// The peak signal-to-noise ratio in dB, of a peak of 1.
pub fn psnr(found: &[f32], truth: &[f32]) -> f64 {
    decibels(found.iter().zip(truth).map(square_error))
}

/// The same over the pixels of an opacity above a threshold; three channels a row.
pub fn psnr_where(found: &[f32], truth: &[f32], opacity: Plane<'_>, above: f32) -> f64 {
    let width = opacity.size().width;
    decibels(found.iter().zip(truth).enumerate().filter_map(|(i, pair)| {
        let (x, y) = (i % width, i / (3 * width));
        (opacity.row(y)[0][x] > above).then(|| square_error(pair))
    }))
}

fn square_error((found, truth): (&f32, &f32)) -> f64 {
    (f64::from(*found) - f64::from(*truth)).powi(2)
}

fn decibels(errors: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for error in errors {
        sum += error;
        count += 1.0;
    }
    -10.0 * (sum / f64::max(count, 1.0)).max(1e-20).log10()
}
