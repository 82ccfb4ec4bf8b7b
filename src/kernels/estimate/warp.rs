//! Displacing a picture by parts of a pixel.

use super::picture::{Colour, Picture};
use super::team::for_rows;
use super::workspace::{Context, Failure};

/// Taps on either side of a sample.
const LOBES: isize = 4;

/// Beyond any picture; what is farther off is taken from here.
const FAR: f64 = (1 << 30) as f64;

/// One axis: whole pixels, and the weights of the taps around them.
struct Taps {
    first: isize,
    weights: [f32; 2 * LOBES as usize],
}

impl Taps {
    /// Lanczos-4 at an offset, normalised.
    fn new(offset: f64) -> Self {
        let offset = offset.clamp(-FAR, FAR);
        let whole = offset.floor();
        let part = offset - whole;
        let sinc = |x: f64| {
            let x = x * core::f64::consts::PI;
            if x == 0.0 { 1.0 } else { x.sin() / x }
        };
        let weight = |i: usize| {
            let x = i as f64 - (LOBES - 1) as f64 - part;
            sinc(x) * sinc(x / LOBES as f64)
        };
        let sum: f64 = (0..2 * LOBES as usize).map(weight).sum();
        Self {
            first: whole as isize - (LOBES - 1),
            weights: core::array::from_fn(|i| (weight(i) / sum) as f32),
        }
    }

    /// The places and weights for pixel `at` of `length`; the picture goes on mirrored about the
    /// centres of its end pixels.
    fn around(&self, at: usize, length: usize) -> impl Iterator<Item = (usize, f32)> {
        let first = at as isize + self.first;
        self.weights
            .iter()
            .enumerate()
            .map(move |(i, weight)| (mirrored(first + i as isize, length), *weight))
    }
}

/// `at`, mirrored into `0..length` about the centres of the end pixels.
fn mirrored(at: isize, length: usize) -> usize {
    if length < 2 {
        return 0;
    }
    let period = 2 * (length - 1);
    let at = at.rem_euclid(period as isize) as usize;
    at.min(period - at)
}

/// Writes the picture's values at `(x + offset[0], y + offset[1])`, times `gain`, by Lanczos-4. An
/// offset of 0 changes nothing; what is not finite spreads by 4 pixels.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub fn warp(
    context: &mut Context<'_>,
    picture: Colour<'_>,
    offset: [f64; 2],
    gain: f32,
    out: &mut [f32],
) -> Result<(), Failure> {
    let size = picture.size();
    let [across, down] = offset;
    if across == 0.0 && down == 0.0 {
        for_rows::<3>(context.team, size, out, |y, rows| {
            for (to, from) in rows.into_iter().zip(picture.row(y)) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = gain * from;
                }
            }
        });
        return Ok(());
    }
    let horizontal = Taps::new(across);
    let vertical = Taps::new(down);
    let mut wide = context.take(out.len())?;
    for_rows::<3>(context.team, size, &mut wide, |y, rows| {
        for (from, row) in picture.row(y).into_iter().zip(rows) {
            for (x, to) in row.iter_mut().enumerate() {
                let taps = horizontal.around(x, size.width);
                *to = taps.map(|(at, weight)| weight * from[at]).sum();
            }
        }
    });
    let wide_rows = Picture::<3>::new(size, &wide);
    for_rows::<3>(context.team, size, out, |y, rows| {
        for (c, row) in rows.into_iter().enumerate() {
            row.fill(0.0);
            for (at, weight) in vertical.around(y, size.height) {
                for (to, from) in row.iter_mut().zip(wide_rows.row(at)[c]) {
                    *to += weight * from;
                }
            }
            row.iter_mut().for_each(|to| *to *= gain);
        }
    });
    context.give([wide]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Alone, Size, Workspace};
    use super::*;

    #[test]
    fn a_smooth_wave_is_displaced() {
        let size = Size {
            width: 40,
            height: 30,
        };
        let wave = |x: f64, y: f64| ((0.3 * x).sin() * (0.2 * y).cos()) as f32;
        let at = |dx: f64, dy: f64| -> Vec<f32> {
            let mut samples = Vec::new();
            for y in 0..size.height {
                for _ in 0..3 {
                    samples.extend((0..size.width).map(|x| wave(x as f64 + dx, y as f64 + dy)));
                }
            }
            samples
        };
        let picture = at(0.0, 0.0);
        let mut workspace = Workspace::new();
        let mut context = Context {
            team: &Alone,
            workspace: &mut workspace,
            proceed: &mut |_| true,
        };
        for offset in [
            [0.3, -0.4],
            [-1.7, 2.2],
            [0.0, 0.5],
            [0.0, 0.0],
            [3.0, -2.0],
        ] {
            let mut out = vec![0.0; picture.len()];
            let colour = Colour::new(size, &picture);
            warp(&mut context, colour, offset, 2.0, &mut out).unwrap();
            let expected = at(offset[0], offset[1]);
            for y in 8..size.height - 8 {
                for x in 8..size.width - 8 {
                    let i = y * 3 * size.width + x;
                    assert!(
                        (out[i] - 2.0 * expected[i]).abs() < 1.2e-2,
                        "{offset:?} {x} {y}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_offset_beyond_all_pictures_is_no_defect() {
        let limits = [f64::MAX, -f64::MAX, f64::INFINITY, f64::NEG_INFINITY, 1e19];
        for offset in limits {
            let taps = Taps::new(offset);
            assert!(taps.weights.iter().all(|weight| weight.is_finite()));
            assert!(taps.around(7, 9).all(|(at, _)| at < 9), "{offset}");
        }
    }

    #[test]
    fn mirrored_at_both_ends() {
        let at: Vec<usize> = (-4..8).map(|i| mirrored(i, 4)).collect();
        assert_eq!(at, [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]);
        assert_eq!(mirrored(-9, 1), 0);
    }
}
