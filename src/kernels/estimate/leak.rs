//! Where the background still shows in the layer, and how much of it.
//!
//! What of a background is left in the premultiplied layer P has its gradients: the share is the
//! slope of `grad P` over `grad B`, fitted around each pixel. It is negative where too much was
//! taken off, which leaves the background's negative.

use super::filter::{blur, gradient_of};
use super::picture::{Colour, Picture};
use super::quantile::quantile;
use super::team::for_rows;
use super::workspace::{Context, Failure};

/// The share of the pixels whose gradients are too weak to tell.
const WEAK: f64 = 0.5;
/// The least gradient, squared, that tells: a code of 8 bits.
const LEAST: f32 = 1.0 / (255.0 * 255.0);

/// Writes the share of the background's contrast that is left around each pixel, -1..=1; towards 0
/// where the background has no edges to tell by.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
///
/// # Panics
///
/// If the pictures differ in size.
pub fn map(
    context: &mut Context<'_>,
    layer: Colour<'_>,
    background: Colour<'_>,
    out: &mut [f32],
) -> Result<(), Failure> {
    let size = layer.size();
    assert_eq!(size, background.size(), "two sizes");
    let mut products = context.take(2 * size.pixels())?;
    for_rows::<2>(context.team, size, &mut products, |y, [both, own]| {
        for x in 0..size.width {
            (both[x], own[x]) = (0.0, 0.0);
            for c in 0..3 {
                let layer = gradient_of(&layer, c, x, y);
                let edge = gradient_of(&background, c, x, y);
                let product = layer[0] * edge[0] + layer[1] * edge[1];
                let square = edge[0] * edge[0] + edge[1] * edge[1];
                if (product + square).is_finite() {
                    both[x] += product;
                    own[x] += square;
                }
            }
        }
    });
    let mut blurred = context.take(products.len())?;
    blur(context, Picture::<2>::new(size, &products), &mut blurred)?;
    let sums = Picture::<2>::new(size, &blurred);
    let weak = quantile(WEAK, |take| {
        (0..size.height).for_each(|y| sums.row(y)[1].iter().for_each(|own| take(*own)));
    });
    let weak = weak.unwrap_or(0.0).max(LEAST);
    for_rows::<1>(context.team, size, out, |y, [row]| {
        let [both, own] = sums.row(y);
        for (x, share) in row.iter_mut().enumerate() {
            *share = (both[x] / (own[x] + weak)).clamp(-1.0, 1.0);
        }
    });
    context.give([products, blurred]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Alone, Size, Workspace};
    use super::*;

    #[test]
    fn the_share_that_is_left_is_found() {
        let size = Size {
            width: 40,
            height: 30,
        };
        let background: Vec<f32> = (0..3 * size.pixels())
            .map(|i| ((i % 40) as f32 * 0.7).sin() * ((i / 120) as f32 * 0.5).cos())
            .collect();
        for (share, least, most) in [(0.3, 0.15, 0.31), (0.0, -0.01, 0.01), (-0.2, -0.21, -0.1)] {
            let layer: Vec<f32> = background.iter().map(|b| 0.4 + share * b).collect();
            let mut workspace = Workspace::new();
            let mut context = Context {
                team: &Alone,
                workspace: &mut workspace,
                proceed: &mut |_| true,
            };
            let mut out = vec![f32::NAN; size.pixels()];
            let [l, b] = [&layer, &background].map(|samples| Colour::new(size, samples));
            map(&mut context, l, b, &mut out).unwrap();
            let mean = out.iter().sum::<f32>() / out.len() as f32;
            assert!((least..=most).contains(&mean), "{share}: {mean}");
        }
    }
}
