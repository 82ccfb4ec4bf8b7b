//! How far the data is to be trusted: noise, and what a misaligned background leaves.

use super::closed;
use super::ghost::{self, Ghost};
use super::model::{Model, Opacity};
use super::noise;
use super::picture::Colour;
use super::quantile::quantile;
use super::workspace::{Context, Failure};

/// The least noise: a twentieth of a code of 8 bits.
pub const LEAST_NOISE: f32 = 0.05 / 255.0;

/// What was measured in `M - b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// The deviation of its noise, [`LEAST_NOISE`] at least.
    pub noise: f32,
    /// The background's edges in it.
    pub ghost: Ghost,
}

/// Measures.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
///
/// # Panics
///
/// If the pictures differ in size.
pub fn calibrate(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
    model: &Model<'_>,
) -> Result<Calibration, Failure> {
    let size = merged.size();
    let mut excess = context.take(3 * size.pixels())?;
    closed::excess(context.team, merged, background, model, &mut excess);
    let picture = Colour::new(size, &excess);
    let noise = noise::deviation(context, picture)?.max(LEAST_NOISE);
    let alpha = match model.opacity {
        Opacity::Uniform(alpha) => alpha,
        Opacity::Map(map) => quantile(0.5, |take| {
            map.samples().iter().for_each(|alpha| take(*alpha));
        })
        .unwrap_or(0.0),
    };
    let transmission = model.blend.transmission(alpha);
    let ghost = ghost::measure(context, picture, background, transmission)?;
    context.give([excess]);
    Ok(Calibration { noise, ghost })
}
