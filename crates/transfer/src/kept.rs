//! The tiers of a plate as the walk that measures it makes them, kept until they are written.

use std::ops::Range;

use images::{Channel, ChannelInfo, Format, Header, Image, Metadata, Rect, Samples};

use crate::difference::{DIFFERENCE, RESIDUAL};
use crate::survey::{Plan, Ways};
use crate::tiers::Tiers;

/// Difference and residual of all strips, each over the box of what changed in it, in the types in which
/// they are stored: where strips need different ones, all are made again. What replaces samples is seldom
/// needed, and not kept.
#[derive(Default)]
pub(crate) struct Kept {
    strips: Vec<[Option<Image>; 2]>,
}

impl Kept {
    /// Adds a strip of a plate with `target`, of which nothing changed outside `window`.
    pub(crate) fn add(&mut self, target: &Header, channels: &[Ways], window: Rect) {
        let likely: Option<Vec<_>> = channels.iter().map(Ways::likely).collect();
        let Some(likely) = likely.filter(|channels| !channels.is_empty()) else {
            return;
        };
        let image = |plane: fn(&Tiers) -> &[f32]| {
            let names = target.channels.iter().map(|channel| channel.name.clone());
            let channel = |(name, (kind, tiers)): (String, &(_, &Tiers))| Channel {
                name,
                samples: Samples::from_f32(*kind, plane(tiers)),
            };
            Image {
                display: target.display,
                data: window,
                pixel_aspect: target.pixel_aspect,
                channels: names.zip(&likely).map(channel).collect(),
                metadata: Metadata::new(Format::Exr),
            }
        };
        let lacks = likely.iter().any(|(_, tiers)| tiers.residual_samples() > 0);
        self.strips.push([
            Some(image(|tiers| &tiers.difference)),
            lacks.then(|| image(|tiers| &tiers.residual)),
        ]);
    }

    /// The rows of a tier; none of one that is not kept.
    pub(crate) fn tier(&self, plan: &Plan, tier: usize, rows: Range<i32>) -> Option<Image> {
        let (name, header) = &plan.tiers[tier];
        let place = [DIFFERENCE, RESIDUAL]
            .iter()
            .position(|kept| kept == name)?;
        let data = header.data.intersect(&Rect {
            y0: rows.start,
            y1: rows.end,
            ..header.data
        });
        let channel = |info: &ChannelInfo| Channel {
            name: info.name.clone(),
            samples: Samples::zeros(info.sample_type, data.width() * data.height()),
        };
        let mut image = Image {
            display: header.display,
            data,
            pixel_aspect: header.pixel_aspect,
            channels: header.channels.iter().map(channel).collect(),
            metadata: header.metadata.clone(),
        };
        for strip in &self.strips {
            if let Some(piece) = &strip[place] {
                image.lay(piece);
            }
        }
        Some(image)
    }
}
