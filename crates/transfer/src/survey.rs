//! What the tiers of a whole plate will be, found out strip by strip.

use std::borrow::Cow;

use images::{ChannelInfo, Format, Header, Image, Metadata, Rect, SampleType, channel_order};

use crate::decode::mask_prefix;
use crate::difference::{DIFFERENCE, REPLACE, RESIDUAL, part_metadata};
use crate::encode::Output;
use crate::target::Form;
use crate::tiers::{Pair, Tiers};
use crate::{Error, Facts, Proof};

/// A channel over a window, and the tiers that may bring its samples back.
pub(crate) struct Ways {
    pair: Pair,
    halves: Option<Tiers>,
    /// None where halves do. Of a channel of integers, those that leave all to the replacement.
    floats: Option<Tiers>,
}

impl Ways {
    /// The tiers that do, and the type that they are stored in, as far as this window shows.
    pub(crate) fn likely(&self) -> Option<(SampleType, &Tiers)> {
        let halves = self.halves.as_ref().filter(|tiers| tiers.lost == 0);
        let halves = halves.map(|tiers| (SampleType::Half, tiers));
        let other = match self.pair.kind {
            SampleType::Uint => SampleType::Uint,
            _ => SampleType::Float,
        };
        halves.or_else(|| Some((other, self.floats.as_ref()?)))
    }
}

/// A channel over a window, and the tiers that do.
pub(crate) struct Chosen {
    pair: Pair,
    tiers: Tiers,
}

/// The ways to store each of the target's channels over `window`, floats only where halves do not do; or
/// that in which it is `stored`.
pub(crate) fn ways<E: From<Error>>(
    [background, painted]: [&Image; 2],
    target: &Header,
    window: Rect,
    stored: Option<&[SampleType]>,
    mut min: impl FnMut(Output) -> Result<Vec<Vec<f32>>, E>,
) -> Result<Vec<Ways>, E> {
    let planes = check(min(Output::Difference)?, target, window)?;
    let mut ways = Vec::new();
    for (index, (info, difference)) in target.channels.iter().zip(planes).enumerate() {
        let ChannelInfo { name, sample_type } = info;
        let pair = Pair::new(background, painted, name, *sample_type, window);
        if *sample_type == SampleType::Uint {
            ways.push(Ways {
                halves: None,
                floats: Some(Tiers::of_integers(&pair)),
                pair,
            });
            continue;
        }
        let wants = |kind| stored.is_none_or(|stored| stored[index] == kind);
        let halves = wants(SampleType::Half) && may_be_halves(*sample_type) && pair.fits_halves();
        let halves = halves.then(|| Tiers::in_halves(&pair, &difference));
        let do_halves = halves.as_ref().is_some_and(|tiers| tiers.lost == 0);
        let floats = wants(SampleType::Float) && !do_halves;
        ways.push(Ways {
            halves,
            floats: floats.then(|| Tiers::in_floats(&pair, &difference, None)),
            pair,
        });
    }
    let lacks = |ways: &Ways| ways.floats.as_ref().is_some_and(|tiers| tiers.lost > 0);
    if ways.iter().any(lacks) {
        let planes = check(min(Output::Residual)?, target, window)?;
        for (ways, residual) in ways.iter_mut().zip(planes) {
            let Ways { pair, floats, .. } = ways;
            if pair.kind == SampleType::Uint {
                continue;
            }
            *floats = floats
                .take()
                .map(|tiers| Tiers::in_floats(pair, &tiers.difference, Some(&residual)));
        }
    }
    Ok(ways)
}

/// Whether halves may do for such samples.
fn may_be_halves(kind: SampleType) -> bool {
    kind != SampleType::Uint
}

/// Refuses planes that are not those of `target` over `window`.
fn check(planes: Vec<Vec<f32>>, target: &Header, window: Rect) -> Result<Vec<Vec<f32>>, Error> {
    let (channels, area) = (target.channels.len(), window.area());
    if planes.len() == channels && planes.iter().all(|plane| plane.len() as u64 == area) {
        return Ok(planes);
    }
    Err(Error::Plates(format!(
        "the difference has {} planes, the painted plate {channels} channels of {area} samples",
        planes.len()
    )))
}

/// What was found out of one way to store a channel.
#[derive(Default)]
struct Found {
    lost: u64,
    residual_samples: u64,
    replaced_samples: u64,
    /// The boxes of what is not zero in each tier.
    boxes: [Rect; 3],
}

impl Found {
    fn add(&mut self, tiers: &Tiers, window: Rect) {
        self.lost += tiers.lost;
        self.residual_samples += tiers.residual_samples();
        self.replaced_samples += tiers.replaced_samples();
        let bits = |plane: &[f32], at: usize| plane[at].to_bits() != 0;
        let more = [
            filled(window, |at| bits(&tiers.difference, at)),
            filled(window, |at| bits(&tiers.residual, at)),
            filled(window, |at| tiers.replaced[at]),
        ];
        for (filled, more) in self.boxes.iter_mut().zip(more) {
            *filled = filled.union(&more);
        }
    }
}

/// The box of the samples over `window` that are set.
fn filled(window: Rect, is_set: impl Fn(usize) -> bool) -> Rect {
    let width = window.width();
    let mut filled = Rect::default();
    for (y, start) in (window.y0..window.y1).zip((0..).step_by(width)) {
        let mut row = start..start + width;
        let Some(first) = row.find(|&at| is_set(at)) else {
            continue;
        };
        let last = row.rfind(|&at| is_set(at)).unwrap_or(first);
        let x = |at: usize| window.x0 + (at - start) as i32;
        filled = filled.union(&Rect::new(x(first), y, x(last) + 1, y + 1));
    }
    filled
}

/// What was found out of a channel.
struct Choice {
    kind: SampleType,
    /// None once halves have failed.
    halves: Option<Found>,
    floats: Found,
    /// Whether there was a strip of which halves alone are known.
    is_partial: bool,
}

/// What the tiers take, as far as strips were added. The strips do not show in it.
pub(crate) struct Survey {
    channels: Vec<Choice>,
}

impl Survey {
    pub(crate) fn new(target: &Header) -> Self {
        let choice = |info: &ChannelInfo| Choice {
            kind: info.sample_type,
            halves: may_be_halves(info.sample_type).then(Found::default),
            floats: Found::default(),
            is_partial: false,
        };
        Survey {
            channels: target.channels.iter().map(choice).collect(),
        }
    }

    /// Adds a strip.
    pub(crate) fn add(&mut self, channels: &[Ways], window: Rect) {
        for (choice, ways) in self.channels.iter_mut().zip(channels) {
            match &ways.floats {
                Some(floats) => choice.floats.add(floats, window),
                None => choice.is_partial = true,
            }
            choice.halves = match (choice.halves.take(), &ways.halves) {
                (Some(mut found), Some(halves)) => {
                    found.add(halves, window);
                    Some(found).filter(|found| found.lost == 0)
                }
                _ => None,
            };
        }
    }

    /// The types that channels will be stored in, if not enough is known of them yet: halves did for some
    /// strips and failed in another. All strips are to be added again, to a new survey, in those types.
    pub(crate) fn again_in(&self) -> Option<Vec<SampleType>> {
        let mut channels = self.channels.iter();
        let lacks = channels.any(|choice| choice.halves.is_none() && choice.is_partial);
        let stored = |choice: &Choice| match (&choice.halves, choice.kind) {
            (Some(_), _) => SampleType::Half,
            (None, SampleType::Uint) => SampleType::Uint,
            (None, _) => SampleType::Float,
        };
        lacks.then(|| self.channels.iter().map(stored).collect())
    }

    /// What is to be written.
    pub(crate) fn plan(self, target: Header, proof: Proof) -> Result<Plan, Error> {
        let channels = self.channels.into_iter();
        let chosen = channels.map(|choice| match (choice.halves, choice.kind) {
            (Some(halves), _) => (SampleType::Half, halves),
            (None, SampleType::Uint) => (SampleType::Uint, choice.floats),
            (None, _) => (SampleType::Float, choice.floats),
        });
        let (stored, found): (Vec<SampleType>, Vec<Found>) = chosen.unzip();
        let lost: u64 = found.iter().map(|found| found.lost).sum();
        if lost > 0 {
            return Err(Error::Proof(format!(
                "the difference and residual that the node Min made do not restore {lost} samples"
            )));
        }
        let facts = Facts {
            residual_samples: found.iter().map(|found| found.residual_samples).sum(),
            replaced_samples: found.iter().map(|found| found.replaced_samples).sum(),
            target,
            proof,
        };
        let filled = |tier: usize| {
            let boxes = found.iter().map(|found| found.boxes[tier]);
            boxes.fold(Rect::default(), |filled, more| filled.union(&more))
        };
        let boxes = [filled(0), filled(1), filled(2)];
        Plan::new(facts, stored, boxes)
    }
}

/// What the file of a difference holds but for its samples.
pub(crate) struct Plan {
    pub(crate) facts: Facts,
    /// The type in which each channel's difference and residual are stored.
    pub(crate) stored: Vec<SampleType>,
    /// Names and headers of the tiers that there are.
    pub(crate) tiers: Vec<(&'static str, Header)>,
}

impl Plan {
    fn new(facts: Facts, stored: Vec<SampleType>, boxes: [Rect; 3]) -> Result<Self, Error> {
        let target = &facts.target;
        let codec = Format::Exr.default_codec();
        let header = |filled: Rect, channels: Vec<ChannelInfo>, metadata: Metadata| Header {
            display: target.display,
            data: match filled.is_empty() {
                // A reader wants one pixel.
                true => Rect {
                    x1: target.data.x0 + 1,
                    y1: target.data.y0 + 1,
                    ..target.data
                },
                false => filled,
            },
            pixel_aspect: target.pixel_aspect,
            channels,
            metadata,
        };
        let names = || target.channels.iter().map(|channel| channel.name.clone());
        let info = |(name, sample_type)| ChannelInfo { name, sample_type };
        let sums: Vec<ChannelInfo> = names().zip(stored.iter().copied()).map(info).collect();
        let replace = replaced(target).into_iter().map(|(info, _)| info).collect();
        let mut tiers = vec![(
            DIFFERENCE,
            header(boxes[0], sums.clone(), facts.metadata(Form::Own, codec)?),
        )];
        if facts.residual_samples > 0 {
            let metadata = part_metadata(RESIDUAL, codec);
            tiers.push((RESIDUAL, header(boxes[1], sums, metadata)));
        }
        if facts.replaced_samples > 0 {
            let metadata = part_metadata(REPLACE, codec);
            tiers.push((REPLACE, header(boxes[2], replace, metadata)));
        }
        Ok(Plan {
            stored,
            tiers,
            facts,
        })
    }

    /// Takes each channel's tiers in the type in which it is stored.
    pub(crate) fn choose(&self, channels: Vec<Ways>) -> Vec<Chosen> {
        let each = channels.into_iter().zip(&self.stored);
        let chosen = each.filter_map(|(ways, stored)| {
            let tiers = match stored {
                SampleType::Half => ways.halves,
                _ => ways.floats,
            };
            Some(Chosen {
                pair: ways.pair,
                tiers: tiers?,
            })
        });
        chosen.collect()
    }

    /// The rows of a tier that lie in `strip`, of channels over `window`, outside which nothing there
    /// changed.
    pub(crate) fn tier(
        &self,
        tier: usize,
        channels: &[Chosen],
        window: Rect,
        strip: Rect,
    ) -> Image {
        let (name, header) = &self.tiers[tier];
        let planes: Vec<Cow<'_, [f32]>> = match *name {
            _ if window.is_empty() => vec![Cow::default(); header.channels.len()],
            REPLACE => {
                let plane = |(_, source): (ChannelInfo, Replaced)| match source {
                    Replaced::Value(index) => {
                        let Chosen { pair, tiers } = &channels[index];
                        let pairs = pair.above.iter().zip(&tiers.replaced);
                        pairs
                            .map(|(&p, &at)| if at { p } else { 0.0 })
                            .collect::<Vec<_>>()
                    }
                    Replaced::Mask(index) => {
                        let replaced = channels[index].tiers.replaced.iter();
                        replaced.map(|&at| f32::from(at)).collect()
                    }
                };
                let planes = replaced(&self.facts.target).into_iter().map(plane);
                planes.map(Cow::from).collect()
            }
            RESIDUAL => channels
                .iter()
                .map(|c| (&c.tiers.residual).into())
                .collect(),
            _ => channels
                .iter()
                .map(|c| (&c.tiers.difference).into())
                .collect(),
        };
        let rows = Rect {
            x0: header.data.x0,
            x1: header.data.x1,
            ..strip
        };
        let header = Header {
            data: header.data.intersect(&rows),
            ..header.clone()
        };
        Image::from_planes(&header, window, &planes)
    }
}

/// What a channel of the tier `replace` holds of the target's channel of this number.
#[derive(Debug, Clone, Copy)]
enum Replaced {
    Value(usize),
    Mask(usize),
}

/// The channels of the tier `replace`, in the order in which they come back from the file.
fn replaced(target: &Header) -> Vec<(ChannelInfo, Replaced)> {
    let prefix = mask_prefix(target);
    let mut channels = Vec::new();
    for (index, ChannelInfo { name, sample_type }) in target.channels.iter().enumerate() {
        let value = ChannelInfo {
            name: name.clone(),
            sample_type: replace_type(*sample_type),
        };
        let mask = ChannelInfo {
            name: format!("{prefix}{name}"),
            sample_type: SampleType::Half,
        };
        channels.push((value, Replaced::Value(index)));
        channels.push((mask, Replaced::Mask(index)));
    }
    channels.sort_by(|(a, _), (b, _)| channel_order(&a.name, &b.name));
    channels
}

/// The type in which a replaced sample travels: its own where EXR has it; codes as floats, which
/// give the code again.
pub(crate) fn replace_type(own: SampleType) -> SampleType {
    match own {
        SampleType::Half | SampleType::Uint => own,
        _ => SampleType::Float,
    }
}
