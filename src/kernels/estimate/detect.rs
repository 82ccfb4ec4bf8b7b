//! Which blend space an overlay was laid on in.
//!
//! In the right one the background's edges show through with the same share of their contrast,
//! bright or dark.

use super::opacity::Blurred;
use super::picture::Colour;
use super::quantile::quantile;
use super::space::BlendSpace;
use super::team::for_rows;
use super::workspace::{Context, Failure};

/// The share of the background's gradients that are too weak to tell.
const WEAK: f64 = 0.7;

/// How badly one opacity explains the pictures in a blend space: the L1 norm of what is left of
/// the merged gradients, over that of the background's share. The plates are linear light. None
/// where the background has no edges.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub fn misfit(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    space: BlendSpace,
) -> Result<Option<f64>, Failure> {
    let size = merged.size();
    assert_eq!(size, background.size(), "two sizes");
    let mut encoded = [
        context.take(3 * size.pixels())?,
        context.take(3 * size.pixels())?,
    ];
    for (encoded, picture) in encoded.iter_mut().zip([merged, background]) {
        for_rows::<3>(context.team, size, encoded, |y, rows| {
            for (row, from) in rows.into_iter().zip(picture.row(y)) {
                for (to, from) in row.iter_mut().zip(from) {
                    *to = space.encode(*from);
                }
            }
        });
    }
    let [m, b] = &encoded;
    let blurred = Blurred::new(context, Colour::new(size, m), Colour::new(size, b))?;
    context.give(encoded);
    let weak = quantile(WEAK, |take| {
        blurred.each(&mut |m, b| {
            if (m + b).is_finite() {
                take(b.abs());
            }
        });
    });
    let mut misfit = None;
    if let Some(weak) = weak
        && let (Some(slope), _) = blurred.slope(weak)
    {
        let (mut left, mut explained) = (0.0f64, 0.0f64);
        blurred.each(&mut |m, b| {
            if b.abs() > weak && (m / b).is_finite() {
                left += f64::from((m - slope * b).abs());
                explained += f64::from((slope * b).abs());
            }
        });
        misfit = (explained > 0.0).then(|| left / explained);
    }
    blurred.give_back(context);
    Ok(misfit)
}

/// The blend space with the least [`misfit`]. None where the background has no edges to tell by.
///
/// # Errors
///
/// [`Failure::Cancelled`], [`Failure::OutOfMemory`]
pub fn detect(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    candidates: &[BlendSpace],
) -> Result<Option<BlendSpace>, Failure> {
    let mut best: Option<(f64, BlendSpace)> = None;
    for (index, space) in candidates.iter().enumerate() {
        context.step(index as f32 / candidates.len() as f32)?;
        let misfit = misfit(context, merged, background, *space)?;
        if let Some(misfit) = misfit
            && best.is_none_or(|(least, _)| misfit < least)
        {
            best = Some((misfit, *space));
        }
    }
    Ok(best.map(|(_, space)| space))
}
