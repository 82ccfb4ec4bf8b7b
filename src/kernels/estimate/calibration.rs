//! How far the data is to be trusted, and how strongly to smooth it.

use super::closed;
use super::ghost::{self, Ghost};
use super::model::{Blend, Model, Opacity};
use super::noise;
use super::picture::Colour;
use super::pyramid::{halve, plain};
use super::quantile::quantile;
use super::space::BlendSpace;
use super::weights::reference;
use super::workspace::{Context, Failure};

/// A code of 8 bits.
const CODE: f32 = 1.0 / 255.0;
/// The least noise.
pub const LEAST_NOISE: f32 = 0.05 * CODE;

/// The mismatch, in pixels, that compression is worth at least.
pub const COMPRESSED_MISMATCH: f32 = 0.3;
/// How strongly to smooth what was compressed.
pub const COMPRESSED_DENOISE: f32 = 1.5;

/// What was measured in `M - b`, and what follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// The deviation of its quietest parts, [`LEAST_NOISE`] at least.
    pub quiet: f32,
    /// The noise to count with: as much or less.
    pub noise: f32,
    /// The background's edges in it.
    pub ghost: Ghost,
    /// Whether both plates seem to have been compressed with loss.
    pub compressed: bool,
    /// How far out of place the background is to be taken for.
    pub mismatch: f32,
    /// How strongly to smooth; see [`Problem`](super::recommended::Problem).
    pub denoise: f32,
}

/// Measures.
///
/// The quietest parts of `M - b` hold noise, but also the overlay's own grain, which is not to be
/// smoothed away. Where little is at stake, below a code of 8 bits, what can be proved counts: noise
/// that the background does not share with the merged picture, and the rounding to 8 bits. And the
/// less noise there is, the less smoothing beyond it does good: texture outweighs it.
///
/// `displaced` says that the background was moved by parts of a pixel, which leaves errors of its
/// own: then the quietest parts count.
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
    displaced: bool,
) -> Result<Calibration, Failure> {
    let size = merged.size();
    let mut samples = context.take(3 * size.pixels())?;
    closed::excess(context.team, merged, background, model, &mut samples);
    let excess = Colour::new(size, &samples);
    let quiet = noise::deviation(context, excess)?.max(LEAST_NOISE);
    let transmission = model.blend.transmission(typical(model));
    let ghost = ghost::measure(context, excess, background, transmission)?;
    let mut found = Calibration {
        quiet,
        noise: quiet,
        ghost,
        compressed: false,
        mismatch: ghost.mismatch,
        denoise: 1.0,
    };
    // In the other modes the overlay reaches the merged picture through the background.
    let independent = matches!(model.blend, Blend::Normal | Blend::Add);
    if independent && let Opacity::Uniform(_) = model.opacity {
        let unshared = noise::unshared_variance(context, excess, background, transmission)?;
        let unshared = unshared.unwrap_or(0.0).max(0.0);
        if is_compressed(context, [excess, background], transmission, quiet, unshared)? {
            found.compressed = true;
            found.mismatch = ghost.mismatch.max(COMPRESSED_MISMATCH);
            found.denoise = COMPRESSED_DENOISE;
        } else if ghost.mismatch == 0.0 && !displaced {
            let proved = proved_variance([merged, background], transmission, unshared);
            found.noise = believed(quiet, proved).max(LEAST_NOISE);
            found.denoise = strength(found.noise, model, background);
        }
    }
    context.give([samples]);
    Ok(found)
}

/// The deviation of the noise in `M - B`, before anything is known of the opacity: that of the
/// quietest parts, where there is no overlay, or what rounding to 8 bits makes where there is one.
///
/// # Errors
///
/// [`Failure::OutOfMemory`]
pub fn noise_of_difference(
    context: &mut Context<'_>,
    merged: Colour<'_>,
    background: Colour<'_>,
) -> Result<f32, Failure> {
    let transparent = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(0.0),
    };
    let size = merged.size();
    let mut samples = context.take(3 * size.pixels())?;
    closed::excess(context.team, merged, background, &transparent, &mut samples);
    let quiet = noise::deviation(context, Colour::new(size, &samples))?;
    context.give([samples]);
    let rounded = [merged, background].map(|picture| noise::is_of_8_bits(picture, |x| x));
    let least = if rounded == [true; 2] {
        rounding(&transparent)
    } else {
        LEAST_NOISE
    };
    Ok(quiet.max(least))
}

/// The opacity, or its median.
fn typical(model: &Model<'_>) -> f32 {
    match model.opacity {
        Opacity::Uniform(alpha) => alpha,
        Opacity::Map(map) => {
            let median = quantile(0.5, |take| map.samples().iter().for_each(|v| take(*v)));
            median.filter(|alpha| alpha.is_finite()).unwrap_or(0.0)
        }
    }
}

/// Whether both plates went through a codec: it takes the finest detail first, so that more is
/// wrong at half size, where other noise is half as strong; and what it did to the background, it
/// did not do to the merged picture.
fn is_compressed(
    context: &mut Context<'_>,
    pictures: [Colour<'_>; 2],
    transmission: f32,
    quiet: f32,
    unshared: f32,
) -> Result<bool, Failure> {
    let size = pictures[0].size().half();
    let mut halves = [
        context.take(3 * size.pixels())?,
        context.take(3 * size.pixels())?,
    ];
    for (half, picture) in halves.iter_mut().zip(pictures) {
        halve(context.team, picture, plain, half);
    }
    let [excess, background] = [0, 1].map(|i| Colour::new(size, &halves[i]));
    let coarse_quiet = noise::deviation(context, excess)?;
    let coarse = noise::unshared_variance(context, excess, background, transmission)?;
    let coarse = coarse.unwrap_or(0.0).max(0.0).sqrt();
    context.give(halves);
    let unshared = unshared.sqrt();
    Ok(coarse_quiet > 1.04 * quiet && unshared > 0.4 * quiet && coarse > 0.56 * unshared)
}

/// The variance of the noise that there must be: the background's own, taken to be as strong in
/// the merged picture, or what rounding to 8 bits makes. None where that cannot be told.
fn proved_variance(pictures: [Colour<'_>; 2], transmission: f32, unshared: f32) -> Option<f32> {
    let through = transmission * transmission;
    let [merged, background] = pictures.map(|picture| {
        if noise::is_of_8_bits(picture, |x| x) {
            return Some(CODE * CODE / 12.0);
        }
        // Rounded before it was made linear, noise depends on the brightness.
        let curves = [BlendSpace::Srgb, BlendSpace::Rec709];
        let rounded = curves
            .iter()
            .any(|curve| noise::is_of_8_bits(picture, |x| curve.encode(x)));
        (!rounded).then_some(0.0)
    });
    let rounding = merged? + through * background?;
    Some(rounding.max(unshared * (1.0 + through)))
}

/// The noise to count with: the quiet parts' where it is strong, what is proved where it is weak.
fn believed(quiet: f32, proved: Option<f32>) -> f32 {
    let Some(proved) = proved else { return quiet };
    let strong = ((quiet / CODE - 0.55) / 0.2).clamp(0.0, 1.0);
    let weak = proved.min(quiet * quiet);
    (weak + strong * (quiet * quiet - weak)).sqrt()
}

/// How strongly to smooth, where `M - b` has this noise and the background lies well. Found by trial
/// on photographs; 1 from about 6 codes of 8 bits of the overlay on.
pub fn strength(noise: f32, model: &Model<'_>, background: Colour<'_>) -> f32 {
    let overlay_noise = noise / reference(model, background);
    (0.42 * (overlay_noise / CODE).sqrt()).min(1.0)
}

/// The deviation of `M - b` that rounding both plates to 8 bits makes.
pub fn rounding(model: &Model<'_>) -> f32 {
    let transmission = model.blend.transmission(typical(model));
    CODE * ((1.0 + transmission * transmission) / 12.0).sqrt()
}
