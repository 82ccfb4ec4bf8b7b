//! How good an estimate is.

use deltaplate::kernels::estimate::Plane;

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
