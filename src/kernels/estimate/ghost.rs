//! Whether edges of the background are left in the overlay.

use super::filter::{across, down, gradient_of};
use super::picture::{Colour, Plane};
use super::quantile::quantile;
use super::team::{for_rows, sum_rows};
use super::workspace::{Context, Failure};

/// The share of the pixels that are not on strong edges.
const STRONG: f64 = 0.9;
/// How far away the control measurement is made, in pixels.
const APART: usize = 12;
/// An index up to this shows no mismatch.
const CLEAN: f32 = 1.06;

/// What is left of the background.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ghost {
    /// The mean energy of the gradient on the background's strongest edges, over that on the same
    /// edges displaced by 12 pixels. About 1 when nothing is left, up to 1.05; a background that is
    /// 0.3 pixels out of place makes it 1.3 to 2.7.
    pub index: f32,
    /// How far out of place the background would be, in pixels, to leave as much.
    pub mismatch: f32,
}

/// Measures in the premultiplied overlay `M - b` the edges of the background, which reached it with
/// the factor `transmission`.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub fn measure(
    context: &mut Context<'_>,
    excess: Colour<'_>,
    background: Colour<'_>,
    transmission: f32,
) -> Result<Ghost, Failure> {
    let size = excess.size();
    assert_eq!(size, background.size(), "two sizes");
    let mut energy = context.take(size.pixels())?;
    for_rows::<1>(context.team, size, &mut energy, |y, [row]| {
        for (x, energy) in row.iter_mut().enumerate() {
            *energy = slope(excess, x, y);
        }
    });
    let mut edges = context.take(size.pixels())?;
    for_rows::<1>(context.team, size, &mut edges, |y, [row]| {
        for (x, edge) in row.iter_mut().enumerate() {
            *edge = slope(background, x, y);
        }
    });
    let finite = |v: &&f32| v.is_finite();
    let strong = quantile(STRONG, |take| {
        edges.iter().filter(finite).for_each(|v| take(*v))
    });
    let strong = strong.unwrap_or(f32::INFINITY);
    let energies = Plane::new(size, &energy);
    let edges_of = Plane::new(size, &edges);
    let sums = sum_rows(context.team, size.height, |y| {
        let [mut on, mut count, mut off, mut off_count, mut curvature] = [0.0f64; 5];
        let [edges] = edges_of.row(y);
        let apart = [
            (0, APART % size.height),
            (0, size.height - APART % size.height),
            (APART % size.width, 0),
            (size.width - APART % size.width, 0),
        ];
        let at = |x: usize, y: usize| {
            f64::from(energies.samples()[y % size.height * size.width + x % size.width])
        };
        for x in (0..size.width).filter(|x| edges[*x] >= strong) {
            let here = at(x, y);
            let bend = f64::from(bend(background, x, y));
            if here.is_finite() && bend.is_finite() {
                on += here;
                curvature += bend;
                count += 1.0;
            }
            for (right, up) in apart {
                let there = at(x + right, y + up);
                if there.is_finite() {
                    off += there;
                    off_count += 1.0;
                }
            }
        }
        [on, count, off, off_count, curvature]
    });
    context.give([energy, edges]);
    let [on, count, off, off_count, curvature] = sums;
    if count == 0.0 || off_count == 0.0 {
        return Ok(Ghost {
            index: 1.0,
            mismatch: 0.0,
        });
    }
    let (on, off) = (on / count, off / off_count);
    let index = (on / off.max(1e-12)).min(1e9) as f32;
    let through = curvature / count * f64::from(transmission).powi(2);
    let full = (((on - off).max(0.0)) / through.max(1e-9)).sqrt() as f32;
    let mismatch = if index > CLEAN {
        full * ((1.0 - CLEAN / index) / (1.0 - 1.0 / index)).sqrt()
    } else {
        0.0
    };
    Ok(Ghost { index, mismatch })
}

/// The mean square of the gradient over the channels.
fn slope(picture: Colour<'_>, x: usize, y: usize) -> f32 {
    let squares = (0..3).map(|c| {
        let [across, down] = gradient_of(&picture, c, x, y);
        across * across + down * down
    });
    squares.sum::<f32>() / 3.0
}

/// The mean square of the gradient's change over a pixel in any direction.
fn bend(picture: Colour<'_>, x: usize, y: usize) -> f32 {
    let size = picture.size();
    let squares = (0..3).map(|c| {
        let horizontal = |x: usize, y: usize| gradient_of(&picture, c, x, y)[0];
        let vertical = |x: usize, y: usize| gradient_of(&picture, c, x, y)[1];
        let xx = across(size, x, y, horizontal);
        let xy = down(size, x, y, horizontal);
        let yy = down(size, x, y, vertical);
        xx * xx + 2.0 * xy * xy + yy * yy
    });
    squares.sum::<f32>() / 6.0
}
