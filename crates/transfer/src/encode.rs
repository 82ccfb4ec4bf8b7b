//! From two plates, and what the node Min makes of them, to the tiers of a difference.

use images::{Channel, ChannelInfo, Header, Image, Metadata, Rect, SampleType, Samples};

use crate::decode::{MASK, sum};
use crate::hash::filled_box;
use crate::{Difference, Error, Proof};

/// What the node Min is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The difference, with `finite` switched on.
    Difference,
    /// The residual.
    Residual,
}

impl Difference {
    /// Makes the difference that restores `painted` from `background`, and proves it: before this
    /// returns, its own decoder has restored every native bit.
    ///
    /// `min` is asked for the planes that the node Min renders over `window`, in the order of the
    /// painted plate's channels; for the residual only where floats alone do not bring every sample
    /// back.
    ///
    /// A channel of halves is stored in halves where that, with a residual in halves, brings back
    /// all that is finite; one of integer codes where halves do without a residual; any other in
    /// floats.
    ///
    /// # Errors
    ///
    /// [`Error::Plates`] where planes and plates do not fit together, or the painted plate's
    /// attributes cannot be carried; [`Error::Proof`] where the planes do not restore it; what
    /// `min` returns.
    pub fn encode<E: From<Error>>(
        background: &Image,
        painted: &Image,
        window: Rect,
        mut min: impl FnMut(Output) -> Result<Vec<Vec<f32>>, E>,
    ) -> Result<Self, E> {
        let target = painted.header();
        let pair = |info: &ChannelInfo| Pair {
            kind: info.sample_type,
            below: plane(background, &info.name, window),
            above: plane(painted, &info.name, window),
        };
        let planes = check(min(Output::Difference)?, &target, window)?;
        let pairs = target.channels.iter().map(pair);
        let mut tiers: Vec<Tiers> = pairs.zip(planes).map(Tiers::new).collect();
        if tiers.iter().any(Tiers::lacks) {
            let planes = check(min(Output::Residual)?, &target, window)?;
            for (tiers, residual) in tiers.iter_mut().zip(planes) {
                tiers.correct(residual);
            }
        }
        let lost: usize = tiers.iter_mut().map(Tiers::replace).sum();
        if lost > 0 {
            return Err(Error::Proof(format!(
                "the difference and residual that the node Min made do not restore {lost} samples"
            ))
            .into());
        }
        let made = Self::assemble(target, Proof::of(background, painted), window, tiers)?;
        // The decoder knows nothing of the above: it starts from the tiers as they are stored.
        if made.restore(background).channels != painted.channels {
            return Err(Error::Proof(
                "decoding the difference does not give the painted plate".to_owned(),
            )
            .into());
        }
        Ok(made)
    }

    fn assemble(
        target: Header,
        proof: Proof,
        window: Rect,
        tiers: Vec<Tiers>,
    ) -> Result<Self, Error> {
        let count = |count: fn(&Tiers) -> usize| tiers.iter().map(count).sum::<usize>() as u64;
        let residual_samples =
            count(|tiers| tiers.residual.iter().filter(|&&lo| lo != 0.0).count());
        let replaced_samples = count(|tiers| tiers.replaced.iter().filter(|&&at| at).count());
        let (mut difference, mut residual) = (Vec::new(), Vec::new());
        let (mut replace, mut masks) = (Vec::new(), Vec::new());
        for (info, tiers) in target.channels.iter().zip(tiers) {
            let channel = |name: String, samples| Channel { name, samples };
            let name = || info.name.clone();
            if replaced_samples > 0 {
                let pairs = tiers.pair.above.iter().zip(&tiers.replaced);
                let values: Vec<f32> = pairs.map(|(&p, &at)| if at { p } else { 0.0 }).collect();
                let mask: Vec<f32> = tiers.replaced.iter().map(|&at| f32::from(at)).collect();
                let kind = replace_type(info.sample_type);
                replace.push(channel(name(), Samples::from_f32(kind, &values)));
                let mask = Samples::from_f32(SampleType::Half, &mask);
                masks.push(channel(format!("{MASK}{}", info.name), mask));
            }
            if residual_samples > 0 {
                residual.push(channel(
                    name(),
                    Samples::from_f32(tiers.stored, &tiers.residual),
                ));
            }
            let samples = Samples::from_f32(tiers.stored, &tiers.difference);
            difference.push(channel(name(), samples));
        }
        // As they come back from the file: what is no colour by its name.
        masks.sort_by(|a, b| a.name.cmp(&b.name));
        replace.extend(masks);
        let image = |channels: Vec<Channel>| {
            let whole = Image {
                display: target.display,
                data: window,
                pixel_aspect: target.pixel_aspect,
                channels,
                metadata: Metadata::new(images::Format::Exr),
            };
            crop(whole, target.data)
        };
        let tier = |channels: Vec<Channel>| (!channels.is_empty()).then(|| image(channels));
        Self {
            difference: image(difference),
            residual: tier(residual),
            replace: tier(replace),
            residual_samples,
            replaced_samples,
            target,
            proof,
        }
        .signed()
    }
}

/// The type in which a replaced sample travels: its own where EXR has it; codes as floats, which
/// give the code again.
pub(crate) fn replace_type(own: SampleType) -> SampleType {
    match own {
        SampleType::Half | SampleType::Uint => own,
        _ => SampleType::Float,
    }
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

fn plane(image: &Image, name: &str, window: Rect) -> Vec<f32> {
    let zeros = || vec![0.0; window.width() * window.height()];
    image.plane(name, window).unwrap_or_else(zeros)
}

/// A channel of both plates, as floats.
struct Pair {
    kind: SampleType,
    below: Vec<f32>,
    above: Vec<f32>,
}

impl Pair {
    /// What the decoder makes of these tiers, in the deliverable's type, as floats.
    fn decode(&self, difference: &[f32], residual: &[f32]) -> Vec<f32> {
        let first = self.below.iter().zip(difference).map(|(&b, &d)| sum(b, d));
        let second = first.zip(residual).map(|(q, &lo)| sum(q, lo));
        Samples::from_f32(self.kind, &second.collect::<Vec<f32>>()).to_f32()
    }

    /// The samples that did not come back although they are finite, of another value than a zero's
    /// other sign.
    fn lost(&self, decoded: &[f32]) -> usize {
        let samples = self.below.iter().zip(&self.above).zip(decoded);
        samples
            .filter(|((b, p), back)| b.is_finite() && p.is_finite() && p != back)
            .count()
    }
}

/// The tiers of a channel over the whole window.
struct Tiers {
    pair: Pair,
    stored: SampleType,
    difference: Vec<f32>,
    residual: Vec<f32>,
    replaced: Vec<bool>,
}

impl Tiers {
    fn new((pair, difference): (Pair, Vec<f32>)) -> Self {
        let none = vec![0.0; difference.len()];
        let narrow = match pair.kind {
            SampleType::Float | SampleType::Uint => None,
            SampleType::Half => halves(&pair, &difference),
            // One addition is enough for integers, and shall be.
            SampleType::U8 | SampleType::U10 | SampleType::U12 | SampleType::U16 => {
                halves(&pair, &difference)
                    .filter(|(_, residual)| residual.iter().all(|&lo| lo == 0.0))
            }
        };
        let (stored, difference, residual) = match narrow {
            Some((difference, residual)) => (SampleType::Half, difference, residual),
            None => (SampleType::Float, difference, none),
        };
        Tiers {
            pair,
            stored,
            difference,
            residual,
            replaced: Vec::new(),
        }
    }

    /// Whether a residual is needed that is not there.
    fn lacks(&self) -> bool {
        let decoded = self.pair.decode(&self.difference, &self.residual);
        self.pair.lost(&decoded) > 0
    }

    /// Takes the residual where the difference alone does not bring the sample back. A channel in
    /// halves has its own.
    fn correct(&mut self, residual: Vec<f32>) {
        if self.stored == SampleType::Half {
            return;
        }
        let decoded = self.pair.decode(&self.difference, &self.residual);
        let samples = decoded.iter().zip(&self.pair.above).zip(residual);
        self.residual = samples
            .map(|((back, p), lo)| {
                if back.to_bits() == p.to_bits() {
                    0.0
                } else {
                    lo
                }
            })
            .collect();
    }

    /// Replaces what the two tiers do not bring back; gives the samples that they should have.
    fn replace(&mut self) -> usize {
        let decoded = self.pair.decode(&self.difference, &self.residual);
        let samples = decoded.iter().zip(&self.pair.above);
        self.replaced = samples
            .map(|(back, p)| back.to_bits() != p.to_bits())
            .collect();
        for (lo, &at) in self.residual.iter_mut().zip(&self.replaced) {
            if at {
                *lo = 0.0;
            }
        }
        self.pair.lost(&decoded)
    }
}

/// Difference and residual in halves, if those bring back all that is finite.
fn halves(pair: &Pair, difference: &[f32]) -> Option<(Vec<f32>, Vec<f32>)> {
    let difference = narrow(difference.iter().copied());
    let none = vec![0.0; difference.len()];
    let decoded = pair.decode(&difference, &none);
    let samples = pair.above.iter().zip(&decoded);
    let sums = pair.below.iter().zip(&difference).map(|(&b, &d)| sum(b, d));
    let residual = narrow(samples.zip(sums).map(|((p, back), q)| {
        let lacks = p.to_bits() != back.to_bits() && p.is_finite() && q.is_finite();
        if lacks { p - q } else { 0.0 }
    }));
    let decoded = pair.decode(&difference, &residual);
    (pair.lost(&decoded) == 0).then_some((difference, residual))
}

/// The nearest halves, none infinite, no zero negative.
fn narrow(values: impl Iterator<Item = f32>) -> Vec<f32> {
    const LARGEST: f32 = 65504.0;
    let clamped: Vec<f32> = values.map(|value| value.clamp(-LARGEST, LARGEST)).collect();
    let mut halves = Samples::from_f32(SampleType::Half, &clamped).to_f32();
    for half in &mut halves {
        // -0 + 0 is +0; a NaN, which only a broken node makes, stays one.
        *half += 0.0;
    }
    halves
}

/// Crops to the samples that are not zero; to the pixel at the corner of `frame` without any.
fn crop(image: Image, frame: Rect) -> Image {
    let filled = filled_box(&image);
    let filled = if filled.is_empty() {
        Rect::new(frame.x0, frame.y0, frame.x0 + 1, frame.y0 + 1)
    } else {
        filled
    };
    if filled == image.data {
        return image;
    }
    let channels = image.channels.iter();
    let planes: Vec<Vec<f32>> = channels
        .map(|channel| plane(&image, &channel.name, filled))
        .collect();
    let header = Header {
        data: filled,
        ..image.header()
    };
    Image::from_planes(&header, filled, &planes)
}
