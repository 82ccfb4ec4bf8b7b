//! The opacity of a still overlay, from several frames of a moving background.

use core::cell::RefCell;

use super::layer::{Alpha, Pair, part};
use super::params::{OverlayParams, Source};
use super::plates::size_of;
use super::settings::{self, Settings};
use super::{A, B, Plates, Stopped};
use crate::geometry::RectI;
use crate::kernels::estimate::calibration::{noise_of_difference, rounding};
use crate::kernels::estimate::model::{Blend, Model, Opacity};
use crate::kernels::estimate::varying::frames::Frames;
use crate::kernels::estimate::{Context, Failure};
use crate::node::Moments;

/// The opacity, and the means of the frames, of which the same overlay is part. 0 everywhere
/// unless at least two frames can be had.
pub fn opacity(
    context: &mut Context<'_>,
    p: &OverlayParams,
    settings: &Settings,
    area: &RectI,
    moments: &dyn Moments,
) -> Result<(Alpha, Pair), Stopped> {
    let times = settings::frames(p, moments.range());
    let size = size_of(area);
    let count = times.len() as f32;
    let mut frames = Frames::new(context, size)?;
    let mut noise = 0.0f32;
    for (index, time) in times.enumerate() {
        if !(context.proceed)(0.5 * index as f32 / count) {
            return Err(Failure::Cancelled.into());
        }
        let failed = RefCell::new(None);
        moments.look(time, &mut |views| {
            let plates = Plates {
                merged: views.inputs[A],
                background: views.inputs[B],
                matte: None,
            };
            // A frame that a host does not lend is no black one.
            if plates.merged.is_none() || plates.background.is_none() {
                return Ok(());
            }
            match add(context, &mut frames, settings, area, &plates) {
                Ok(found) => noise = noise.max(found),
                Err(failure) => *failed.borrow_mut() = Some(failure),
            }
            Ok(())
        })?;
        if let Some(failure) = failed.into_inner() {
            return Err(failure.into());
        }
    }
    let mut mean = Pair::new(context, size)?;
    let mut map = context.workspace.take(size.pixels())?;
    let means = [&mut mean.merged[..], &mut mean.background[..]];
    frames.opacity(context, noise, &mut map, means)?;
    Ok((Alpha::Map(map), mean))
}

/// Adds a frame; gives the noise of its background.
fn add(
    context: &mut Context<'_>,
    frames: &mut Frames,
    settings: &Settings,
    area: &RectI,
    plates: &Plates<'_>,
) -> Result<f32, Failure> {
    let pair = plates.pair(context, settings, area)?;
    let [merged, background] = pair.views();
    let transparent = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(0.0),
    };
    // M - B has the noise of both.
    let both = match (settings.noise, settings.source) {
        (Some(noise), _) => noise,
        (None, Source::EightBit) => rounding(&transparent),
        (None, _) => part(context, 0.0, 0.0, |context| {
            noise_of_difference(context, merged, background)
        })?,
    };
    frames.add(context, merged, background);
    pair.give_back(context.workspace);
    Ok(both * core::f32::consts::FRAC_1_SQRT_2)
}
