//! From the plates to the layer.

use super::params::{Method, OpacityMode, Source};
use super::settings::Settings;
use crate::kernels::estimate::calibration::{
    COMPRESSED_DENOISE, COMPRESSED_MISMATCH, Calibration, calibrate, noise_of_difference, rounding,
    strength,
};
use crate::kernels::estimate::model::{Blend, Model, Opacity};
use crate::kernels::estimate::recommended::{self, Problem};
use crate::kernels::estimate::varying::minimum::{self, Bounds};
use crate::kernels::estimate::varying::{smooth, solid};
use crate::kernels::estimate::{
    Colour, Context, Failure, Plane, Size, Workspace, closed, seed, warp,
};

/// Where a merged picture of 0..=1 was clipped.
const WHITE: f32 = 0.9999;
/// Differences below this many noise deviations call for no opacity.
const TOLERANCE: f32 = 3.0;
/// The part of the work that finding a varying opacity is.
const OPACITY_SHARE: f32 = 0.5;

/// A merged picture and its background, in place, in the blend space.
pub struct Pair {
    /// Pixels.
    pub size: Size,
    /// M.
    pub merged: Vec<f32>,
    /// B.
    pub background: Vec<f32>,
}

impl Pair {
    /// Memory for the pictures, of any samples.
    pub fn new(context: &mut Context<'_>, size: Size) -> Result<Self, Failure> {
        Ok(Self {
            size,
            merged: context.workspace.take(3 * size.pixels())?,
            background: context.workspace.take(3 * size.pixels())?,
        })
    }

    /// Moves the background to where it belongs, and multiplies it by its gain.
    pub fn place(
        &mut self,
        context: &mut Context<'_>,
        offset: [f64; 2],
        gain: f32,
    ) -> Result<(), Failure> {
        if offset == [0.0; 2] && gain == 1.0 {
            return Ok(());
        }
        let mut placed = context.workspace.take(self.background.len())?;
        let background = Colour::new(self.size, &self.background);
        warp::warp(context, background, offset, gain, &mut placed)?;
        core::mem::swap(&mut placed, &mut self.background);
        context.workspace.give(placed);
        Ok(())
    }

    /// The two pictures: M, B.
    pub fn views(&self) -> [Colour<'_>; 2] {
        [&self.merged, &self.background].map(|samples| Colour::new(self.size, samples))
    }

    /// Gives the memory back.
    pub fn give_back(self, workspace: &mut Workspace) {
        workspace.give(self.merged);
        workspace.give(self.background);
    }
}

/// The opacity of a layer.
pub enum Alpha {
    /// The same everywhere.
    Uniform(f32),
    /// One sample a pixel.
    Map(Vec<f32>),
}

impl Alpha {
    /// As the model takes it.
    pub fn opacity(&self, size: Size) -> Opacity<'_> {
        match self {
            Self::Uniform(alpha) => Opacity::Uniform(*alpha),
            Self::Map(samples) => Opacity::Map(Plane::new(size, samples)),
        }
    }

    /// Gives the memory back.
    pub fn give_back(self, workspace: &mut Workspace) {
        if let Self::Map(samples) = self {
            workspace.give(samples);
        }
    }
}

/// The opacity, and the overlay's colour if it is one.
pub type Found = (Alpha, Option<[f32; 3]>);

/// Finds the opacity, unless it comes from a clip or from several frames.
pub fn opacity(
    context: &mut Context<'_>,
    settings: &Settings,
    pair: &Pair,
) -> Result<Found, Failure> {
    let size = pair.size;
    let [merged, background] = pair.views();
    if matches!(
        settings.mode,
        OpacityMode::Uniform | OpacityMode::Matte | OpacityMode::Frames
    ) {
        return Ok((Alpha::Uniform(settings.opacity), None));
    }
    let noise = match (settings.noise, settings.source) {
        (Some(noise), _) => noise,
        (None, Source::EightBit) => rounding(&transparent()),
        (None, _) => noise_of_difference(context, merged, background)?,
    };
    let [low, high] = settings.bounds;
    let bounds = Bounds { low, high };
    let mut map = context.workspace.take(size.pixels())?;
    let mut colour = None;
    match settings.mode {
        OpacityMode::Smooth => {
            let how = smooth::Settings {
                noise,
                smoothness: settings.smoothness,
                iterations: settings.smooth_iterations,
                bounds,
            };
            part(context, 0.0, OPACITY_SHARE, |context| {
                smooth::opacity(context, merged, background, &how, &mut map)
            })?;
        }
        OpacityMode::Solid => {
            let found = part(context, 0.0, OPACITY_SHARE, |context| {
                solid::opacity(context, merged, background, noise, &mut map)
            })?;
            // Without a colour the opacity is 0 everywhere.
            colour = Some(found.unwrap_or_default());
        }
        _ => minimum::opacity(
            context.team,
            merged,
            background,
            bounds,
            TOLERANCE * noise,
            &mut map,
        ),
    }
    Ok((Alpha::Map(map), colour))
}

fn transparent() -> Model<'static> {
    Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(0.0),
    }
}

/// How far the data is trusted.
#[derive(Clone, Copy, Debug)]
pub struct Trust {
    /// The deviation of `M - b`.
    pub noise: f32,
    /// How far the background is out of place, in pixels.
    pub mismatch: f32,
    /// How strongly to smooth.
    pub denoise: f32,
}

/// What is set, and for the rest what is measured.
pub fn trust(
    context: &mut Context<'_>,
    settings: &Settings,
    pair: &Pair,
    model: &Model<'_>,
) -> Result<Trust, Failure> {
    let [merged, background] = pair.views();
    let displaced = settings.offset != [0.0; 2];
    let measured = match (settings.noise, settings.mismatch) {
        (Some(_), Some(_)) => None,
        _ => Some(calibrate(context, merged, background, model, displaced)?),
    };
    Ok(weigh(settings, measured, model, background))
}

/// The same from what was measured already.
pub fn weigh(
    settings: &Settings,
    measured: Option<Calibration>,
    model: &Model<'_>,
    background: Colour<'_>,
) -> Trust {
    let source = settings.source;
    let noise = settings.noise.or_else(|| {
        measured.map(|found| match source {
            Source::EightBit => rounding(model),
            Source::Automatic if !found.compressed => found.noise,
            _ => found.quiet,
        })
    });
    let noise = noise.unwrap_or_default();
    let mismatch = settings.mismatch.or_else(|| {
        measured.map(|found| match source {
            Source::Automatic => found.mismatch,
            _ => found.ghost.mismatch,
        })
    });
    let mut mismatch = mismatch.unwrap_or_default();
    let lies_well = mismatch == 0.0 && settings.offset == [0.0; 2];
    let independent = matches!(model.blend, Blend::Normal | Blend::Add)
        && matches!(model.opacity, Opacity::Uniform(_));
    let asked = match (source, measured) {
        (Source::Clean, _) => 0.0,
        (Source::Noisy, _) => 1.0,
        (Source::Compressed, _) => {
            mismatch = mismatch.max(COMPRESSED_MISMATCH);
            COMPRESSED_DENOISE
        }
        (Source::Automatic, Some(found)) if settings.noise.is_none() => found.denoise,
        _ if lies_well && independent => strength(noise, model, background),
        _ => 1.0,
    };
    Trust {
        noise,
        mismatch,
        denoise: settings.denoise * asked,
    }
}

/// Writes the overlay's colour; gives the number of iterations on the full size.
pub fn overlay(
    context: &mut Context<'_>,
    settings: &Settings,
    pair: &Pair,
    model: &Model<'_>,
    trust: impl FnOnce(&mut Context<'_>) -> Result<Trust, Failure>,
    out: &mut [f32],
) -> Result<usize, Failure> {
    let [merged, background] = pair.views();
    match settings.method {
        Method::Closed => {
            closed::overlay(
                context.team,
                merged,
                background,
                model,
                settings.bounds,
                out,
            );
            Ok(0)
        }
        Method::Seed => {
            let beta = settings.step / 255.0;
            let iterations = settings.iterations;
            seed::estimate(
                context.team,
                merged,
                background,
                model,
                iterations,
                beta,
                out,
            );
            Ok(iterations)
        }
        Method::Recommended => {
            let Trust {
                noise,
                mismatch,
                denoise,
            } = trust(context)?;
            let [low, high] = settings.bounds;
            let problem = Problem {
                merged,
                background,
                model: *model,
                noise,
                mismatch,
                denoise,
                edge_softness: settings.edge_softness,
                low,
                high,
                clipped: clipped(settings, merged),
                iterations: settings.iterations,
                levels: settings.levels,
                step: settings.step,
                tolerance: settings.tolerance,
            };
            recommended::estimate(context, &problem, out)
        }
    }
}

/// Where the merged picture was clipped. It helps where light was added: there what is white tells
/// the least that the overlay can be. A picture that goes beyond white was not clipped.
fn clipped(settings: &Settings, merged: Colour<'_>) -> Option<f32> {
    let beyond = |sample: &f32| sample.is_finite() && *sample > 1.0;
    let adds = settings.blend == Blend::Add && !settings.unlimited;
    (adds && !merged.samples().iter().any(beyond)).then_some(WHITE)
}

/// Runs a part of the work, whose progress is from `before` to `after` of the whole.
pub fn part<T>(
    context: &mut Context<'_>,
    before: f32,
    after: f32,
    work: impl FnOnce(&mut Context<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let proceed = &mut *context.proceed;
    work(&mut Context {
        team: context.team,
        workspace: context.workspace,
        proceed: &mut |done| proceed(before + (after - before) * done),
    })
}
