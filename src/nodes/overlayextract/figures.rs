//! The figures of a layer: what is left of the background in it, and how well it explains the
//! merged picture.

use core::ffi::CStr;

use super::layer::{self, Alpha, Found, Pair, Trust};
use super::params::OverlayParams;
use super::settings::Settings;
use super::{Plates, Stopped, find_opacity};
use crate::geometry::RectI;
use crate::kernels::estimate::calibration::{Calibration, calibrate};
use crate::kernels::estimate::model::{Blend, Model};
use crate::kernels::estimate::{Context, Failure, Size, Team, layer as laying, sum_rows};
use crate::node::Moments;
use crate::ofx::panel::Figure;

/// A figure with its parameter.
pub type Named = (&'static CStr, Figure);

/// A frame whose opacity is known.
pub struct Known {
    pair: Pair,
    alpha: Alpha,
    colour: Option<[f32; 3]>,
    /// What the overlay is found from, unless it is the frame itself.
    mean: Option<Pair>,
    blend: Blend,
}

impl Known {
    /// Finds the opacity.
    pub fn find(
        context: &mut Context<'_>,
        p: &OverlayParams,
        settings: &Settings,
        area: &RectI,
        plates: &Plates<'_>,
        pair: Pair,
        moments: &dyn Moments,
    ) -> Result<Self, Stopped> {
        let found = find_opacity(context, p, settings, area, plates, &pair, moments)?;
        let ((alpha, colour), mean): (Found, _) = found;
        let blend = settings.blend;
        Ok(Self {
            pair,
            alpha,
            colour,
            mean,
            blend,
        })
    }

    fn model(&self) -> Model<'_> {
        Model {
            blend: self.blend,
            opacity: self.alpha.opacity(self.pair.size),
        }
    }

    /// The pictures that the overlay is found from.
    fn estimated(&self) -> &Pair {
        self.mean.as_ref().unwrap_or(&self.pair)
    }

    /// Measures how far the data is to be trusted.
    pub fn calibrate(
        &self,
        context: &mut Context<'_>,
        settings: &Settings,
    ) -> Result<Calibration, Failure> {
        let [merged, background] = self.estimated().views();
        let displaced = settings.offset != [0.0; 2];
        calibrate(context, merged, background, &self.model(), displaced)
    }

    /// The same as the estimate takes it.
    pub fn trust(&self, settings: &Settings, found: Calibration) -> Trust {
        let [_, background] = self.estimated().views();
        layer::weigh(settings, Some(found), &self.model(), background)
    }

    /// Estimates the overlay, and gives the figures; gives the memory back.
    pub fn figures(
        self,
        context: &mut Context<'_>,
        settings: &Settings,
        found: Calibration,
    ) -> Result<Vec<Named>, Failure> {
        let size = self.pair.size;
        let mut overlay = context.workspace.take(3 * size.pixels())?;
        let iterations = match self.colour {
            Some(colour) => {
                super::fill(context.team, size, colour, &mut overlay);
                0
            }
            None => {
                let (model, estimated) = (self.model(), self.estimated());
                let trust =
                    |context: &mut Context<'_>| layer::trust(context, settings, estimated, &model);
                layer::overlay(context, settings, estimated, &model, trust, &mut overlay)?
            }
        };
        let rms = self.residual_rms(context.team, &overlay);
        context.workspace.give(overlay);
        self.pair.give_back(context.workspace);
        if let Some(mean) = self.mean {
            mean.give_back(context.workspace);
        }
        self.alpha.give_back(context.workspace);
        Ok(vec![
            (c"ghostIndex", Figure::One(f64::from(found.ghost.index))),
            (c"residualRms", Figure::One(rms)),
            (c"iterationsDone", Figure::One(iterations as f64)),
        ])
    }

    /// The RMS of what the recomposite lacks of the merged picture.
    fn residual_rms(&self, team: &dyn Team, overlay: &[f32]) -> f64 {
        let Size { width, height } = self.pair.size;
        let opacity = self.alpha.opacity(self.pair.size);
        let [merged, background] = self.pair.views();
        let [sum] = sum_rows(team, height, |y| {
            let mut sum = 0.0f64;
            for c in 0..3 {
                let overlay = &overlay[(3 * y + c) * width..][..width];
                for (x, overlay) in overlay.iter().enumerate() {
                    let layer = laying::premultiplied(*overlay, opacity.at(x, y));
                    let laid =
                        laying::lay(self.blend, layer, opacity.at(x, y), background.row(y)[c][x]);
                    sum += f64::from(laying::residual(merged.row(y)[c][x], laid)).powi(2);
                }
            }
            [sum]
        });
        (sum / (3 * self.pair.size.pixels()) as f64).sqrt()
    }
}
