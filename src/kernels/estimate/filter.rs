//! Gradients, and a Gaussian blur.

use super::picture::{Picture, Size};
use super::team::for_rows;
use super::workspace::{Context, Failure};

/// Half the difference of the two neighbours; at the ends the difference to the one there is.
#[inline(always)]
fn central(length: usize, at: usize, sample: impl Fn(usize) -> f32) -> f32 {
    if length < 2 {
        0.0
    } else if at == 0 {
        sample(1) - sample(0)
    } else if at == length - 1 {
        sample(at) - sample(at - 1)
    } else {
        (sample(at + 1) - sample(at - 1)) * 0.5
    }
}

/// The horizontal gradient of anything on a grid.
#[inline(always)]
pub(super) fn across(size: Size, x: usize, y: usize, sample: impl Fn(usize, usize) -> f32) -> f32 {
    central(size.width, x, |x| sample(x, y))
}

/// The vertical gradient of anything on a grid.
#[inline(always)]
pub(super) fn down(size: Size, x: usize, y: usize, sample: impl Fn(usize, usize) -> f32) -> f32 {
    central(size.height, y, |y| sample(x, y))
}

/// The gradient of a channel: across, down.
#[inline(always)]
pub(super) fn gradient_of<const C: usize>(
    picture: &Picture<'_, C>,
    c: usize,
    x: usize,
    y: usize,
) -> [f32; 2] {
    let size = picture.size();
    let samples = picture.samples();
    let sample = |x: usize, y: usize| samples[(y * C + c) * size.width + x];
    [across(size, x, y, sample), down(size, x, y, sample)]
}

/// Taps on each side.
const RADIUS: usize = 4;

/// Blurs with a Gaussian of sigma 1, cut off at 4 pixels; the picture goes on mirrored at its
/// edges. What is not finite spreads as far.
pub(super) fn blur<const C: usize>(
    context: &mut Context<'_>,
    picture: Picture<'_, C>,
    out: &mut [f32],
) -> Result<(), Failure> {
    let size = picture.size();
    let weights: [f32; 2 * RADIUS + 1] = {
        let bell = |i: usize| (-0.5 * (i as f64 - RADIUS as f64).powi(2)).exp();
        let sum: f64 = (0..=2 * RADIUS).map(bell).sum();
        core::array::from_fn(|i| (bell(i) / sum) as f32)
    };
    let mut half = context.take(out.len())?;
    for_rows::<C>(context.team, size, &mut half, |y, rows| {
        let rows_at: [[&[f32]; C]; 2 * RADIUS + 1] =
            core::array::from_fn(|i| picture.row(mirrored(y + i, size.height)));
        for (c, row) in rows.into_iter().enumerate() {
            row.fill(0.0);
            for (weight, from) in weights.iter().zip(&rows_at) {
                for (to, from) in row.iter_mut().zip(from[c]) {
                    *to += weight * from;
                }
            }
        }
    });
    let tall = Picture::<C>::new(size, &half);
    for_rows::<C>(context.team, size, out, |y, rows| {
        for (from, row) in tall.row(y).into_iter().zip(rows) {
            for (x, to) in row.iter_mut().enumerate() {
                let taps = weights.iter().enumerate();
                *to = taps
                    .map(|(i, w)| w * from[mirrored(x + i, size.width)])
                    .sum();
            }
        }
    });
    context.give([half]);
    Ok(())
}

/// `shifted - RADIUS`, mirrored into `0..length` about the edges of the end pixels.
fn mirrored(shifted: usize, length: usize) -> usize {
    let period = 2 * length;
    let at = (shifted + RADIUS.next_multiple_of(period) - RADIUS) % period;
    at.min(period - 1 - at)
}

#[cfg(test)]
mod tests {
    use super::super::{Alone, Workspace};
    use super::*;

    #[test]
    fn mirrored_at_both_ends() {
        let at: Vec<usize> = (0..12).map(|i| mirrored(i, 4)).collect();
        assert_eq!(at, [3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0]);
        assert_eq!((0..9).map(|i| mirrored(i, 1)).max(), Some(0));
    }

    #[test]
    fn a_blur_keeps_the_sum_and_a_ramp() {
        let size = Size {
            width: 21,
            height: 17,
        };
        let mut point = vec![0.0; size.pixels()];
        point[8 * 21 + 10] = 1.0;
        let ramp: Vec<f32> = (0..size.pixels()).map(|i| (i % 21) as f32).collect();
        let mut out = vec![0.0; size.pixels()];
        let mut workspace = Workspace::new();
        let mut context = Context {
            team: &Alone,
            workspace: &mut workspace,
            proceed: &mut |_| true,
        };
        blur(&mut context, Picture::<1>::new(size, &point), &mut out).unwrap();
        assert!((out.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        // The Gaussian's peak: 1 / (2 pi).
        assert!((out[8 * 21 + 10] - 0.159).abs() < 1e-3);
        blur(&mut context, Picture::<1>::new(size, &ramp), &mut out).unwrap();
        assert!((out[5 * 21 + 10] - 10.0).abs() < 1e-4);
    }
}
