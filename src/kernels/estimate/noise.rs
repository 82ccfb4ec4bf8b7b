//! How noisy a picture is.

use super::picture::Colour;
use super::quantile::quantile;
use super::team::share;
use super::workspace::{Context, Failure};

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
    let size = picture.size();
    let across = size.width.saturating_sub(1) / BLOCK;
    let down = size.height.saturating_sub(1) / BLOCK;
    if across * down == 0 {
        return Ok(0.0);
    }
    let mut blocks = context.take(3 * across * down)?;
    share(
        context.team,
        blocks.chunks_exact_mut(3 * across).enumerate(),
        |(row, blocks)| {
            blocks.fill(0.0);
            for y in row * BLOCK..(row + 1) * BLOCK {
                let (upper, lower) = (picture.row(y), picture.row(y + 1));
                for (c, blocks) in blocks.chunks_exact_mut(across).enumerate() {
                    for x in 0..across * BLOCK {
                        let detail = diagonal([upper[c], lower[c]], x);
                        blocks[x / BLOCK] += detail * detail;
                    }
                }
            }
        },
    );
    let finite = |v: &&f32| v.is_finite();
    let quiet = quantile(QUIET, |take| {
        blocks.iter().filter(finite).for_each(|v| take(*v))
    });
    context.give([blocks]);
    Ok((quiet.unwrap_or(0.0) / (BLOCK * BLOCK) as f32).sqrt() * CORRECTION)
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
