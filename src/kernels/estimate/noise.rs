//! How noisy a picture is.

use super::picture::Colour;
use super::quantile::quantile;
use super::workspace::{Context, Failure};
use crate::kernels::team::share;

/// The edge of a block.
const BLOCK: usize = 8;
/// The share of blocks that are quieter.
const QUIET: f64 = 0.05;
/// What makes the quietest blocks' deviation that of the noise.
const CORRECTION: f32 = 1.09;

/// The diagonal detail of the Haar transform.
#[inline(always)]
fn diagonal([upper, lower]: [&[f32]; 2], x: usize) -> f32 {
    (lower[x + 1] - lower[x] - upper[x + 1] + upper[x]) * 0.5
}

/// The deviation of the noise, from the quietest 8 x 8 blocks: the 5th percentile of the RMS
/// diagonal detail. 0 for a picture without such a block.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub fn deviation(context: &mut Context<'_>, picture: Colour<'_>) -> Result<f32, Failure> {
    let means = block_means(context, [picture; 2])?;
    let quiet = finite_quantile(QUIET, &means);
    context.give([means]);
    Ok(quiet.unwrap_or(0.0).sqrt() * CORRECTION)
}

/// The variance of the noise that the background has and the merged picture has not.
///
/// It is in `P = M - t * B` as well, with the factor `-t`, and is all that the finest detail of P
/// and B has in common: the overlay knows nothing of the background. So it is minus the covariance
/// of the two over t, from 8 x 8 blocks that count by how quiet they are. Negative where there is
/// none; None without such a block.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub(super) fn unshared_variance(
    context: &mut Context<'_>,
    excess: Colour<'_>,
    background: Colour<'_>,
    transmission: f32,
) -> Result<Option<f32>, Failure> {
    let squares = block_means(context, [excess; 2])?;
    let others = block_means(context, [background; 2])?;
    let products = block_means(context, [excess, background])?;
    let mut variance = None;
    let medians = [&squares, &others].map(|means| finite_quantile(0.5, means));
    if let [Some(p), Some(b)] = medians {
        let (mut sum, mut weights) = (0.0f64, 0.0f64);
        for ((p_square, b_square), product) in squares.iter().zip(&others).zip(&products) {
            let spread = f64::from(*p_square) * f64::from(*b_square);
            let weight = 1.0 / (spread + 0.01 * f64::from(p) * f64::from(b));
            if (weight * f64::from(*product)).is_finite() {
                sum += weight * f64::from(*product);
                weights += weight;
            }
        }
        let found = -sum / weights / f64::from(transmission.max(0.01));
        variance = found.is_finite().then_some(found as f32);
    }
    context.give([squares, others, products]);
    Ok(variance)
}

/// The quantile of what is finite.
fn finite_quantile(fraction: f64, values: &[f32]) -> Option<f32> {
    quantile(fraction, |take| {
        let finite = values.iter().filter(|v| v.is_finite());
        finite.for_each(|v| take(*v));
    })
}

/// The means of the product of two pictures' diagonal detail over each whole 8 x 8 block.
fn block_means(context: &mut Context<'_>, pictures: [Colour<'_>; 2]) -> Result<Vec<f32>, Failure> {
    let size = pictures[0].size();
    let across = size.width.saturating_sub(1) / BLOCK;
    let down = size.height.saturating_sub(1) / BLOCK;
    let mut blocks = context.take(3 * across * down)?;
    if blocks.is_empty() {
        return Ok(blocks);
    }
    blocks.fill(0.0);
    let rows = blocks.chunks_exact_mut(3 * across).enumerate();
    share(context.team, rows, |(row, blocks)| {
        for y in row * BLOCK..(row + 1) * BLOCK {
            let rows = pictures.map(|picture| [picture.row(y), picture.row(y + 1)]);
            for (c, blocks) in blocks.chunks_exact_mut(across).enumerate() {
                for x in 0..across * BLOCK {
                    let [a, b] = rows.map(|[upper, lower]| diagonal([upper[c], lower[c]], x));
                    blocks[x / BLOCK] += a * b / (BLOCK * BLOCK) as f32;
                }
            }
        }
    });
    Ok(blocks)
}

/// Whether nearly all samples are whole codes of 8 bits, once encoded by `encode`.
pub(super) fn is_of_8_bits(picture: Colour<'_>, encode: impl Fn(f32) -> f32) -> bool {
    let (mut whole, mut count) = (0usize, 0usize);
    // Some thousand samples tell.
    let stride = (picture.samples().len() / 8192).max(1) | 1;
    for sample in picture
        .samples()
        .iter()
        .step_by(stride)
        .filter(|v| v.is_finite())
    {
        let code = 255.0 * encode(*sample);
        whole += usize::from((code - code.round()).abs() < 0.01);
        count += 1;
    }
    count > 0 && whole as f32 >= 0.99 * count as f32
}

/// The deviation of the noise by the median diagonal detail, which takes texture for noise: a
/// threshold for what is not an edge.
pub(super) fn median_deviation(picture: Colour<'_>) -> f32 {
    let median = quantile(0.5, |take| {
        for y in 1..picture.size().height {
            let (upper, lower) = (picture.row(y - 1), picture.row(y));
            for c in 0..3 {
                for x in 0..picture.size().width.saturating_sub(1) {
                    let detail = diagonal([upper[c], lower[c]], x).abs();
                    if detail.is_finite() {
                        take(detail);
                    }
                }
            }
        }
    });
    // The median of the magnitude of normal noise.
    median.unwrap_or(0.0) / 0.674_5
}
