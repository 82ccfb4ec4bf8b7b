//! What the node Compare measures, over all clips of two images.

use host::Instance;
use images::{Channel, Format, Image, Metadata, Rect, SampleType, Samples};
use serde::Serialize;

use super::integers;
use super::part::Part;
use crate::clips::{Clip, Grid, describe, group};
use crate::engine::{COMPARE, Engine, FRAME, connect, render};
use crate::failure::Failure;
use crate::report::Number;

/// The most pixels that are compared at once: 16384 x 16384.
const MOST_PIXELS: u64 = 1 << 28;

/// What still counts as equal.
#[derive(Debug, Default)]
pub struct Tolerances {
    /// Difference.
    pub absolute: Option<f64>,
    /// Difference over the larger magnitude.
    pub relative: Option<f64>,
    /// Distance in floats.
    pub ulp: Option<i32>,
    /// NaN fails even where the bits are equal.
    pub nan_differs: bool,
}

/// The figures.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Largest difference of the pairs whose difference is finite.
    pub max: Number,
    /// Mean difference of these.
    pub mean: Number,
    /// Root of their mean squared difference.
    pub rms: Number,
    /// 20 log10(1 / rms) decibels; none where the RMS is 0.
    pub psnr: Option<Number>,
    /// Largest distance in floats.
    pub ulp_max: u64,
    /// Pixels of which a channel fails.
    pub failing_pixels: u64,
    /// Pairs of which either sample is not a number.
    pub nan_count: u64,
    /// Pairs of which either is infinite.
    pub inf_count: u64,
    /// The pixel with the largest difference.
    pub worst: Worst,
    /// The box of failing pixels: first column and row, one past the last column and row.
    pub failing_box: Option<[i64; 4]>,
    /// The figures of each layer: colours together, any other channel by itself.
    pub layers: Vec<Layer>,
}

/// What was measured of channels that belong together.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// Their names.
    pub channels: Vec<String>,
    /// Whether they are integers, which fail unless they are equal.
    pub integers: bool,
    /// As in [`Figures`].
    pub max: Number,
    /// Likewise.
    pub mean: Number,
    /// Likewise.
    pub rms: Number,
    /// Likewise.
    pub failing_pixels: u64,
    /// Likewise.
    pub failing_box: Option<[i64; 4]>,
}

impl Layer {
    /// The layer that these figures are of.
    pub fn new(figures: &Figures, integers: bool) -> Self {
        Layer {
            channels: figures.worst.channels.clone(),
            integers,
            max: figures.max,
            mean: figures.mean,
            rms: figures.rms,
            failing_pixels: figures.failing_pixels,
            failing_box: figures.failing_box,
        }
    }
}

/// A pixel of both images, in the file's coordinates.
#[derive(Debug, Clone, Serialize)]
pub struct Worst {
    /// Column.
    pub x: i64,
    /// Row, y down.
    pub y: i64,
    /// The clip's channels.
    pub channels: Vec<String>,
    /// The candidate's samples.
    pub a: Vec<Number>,
    /// The reference's samples.
    pub b: Vec<Number>,
}

/// Two images and the channels that both have.
struct Both<'a> {
    candidate: &'a Image,
    reference: &'a Image,
    /// Where either has pixels.
    window: Rect,
    clips: Vec<Clip>,
    /// Channels of integers.
    integers: Vec<&'a str>,
}

/// Names that both images have, in the candidate's order, but for those of integers in only one of
/// them.
pub fn common_channels<'a>(candidate: &'a Image, reference: &Image) -> Vec<&'a str> {
    let is_uint = |channel: &Channel| channel.samples.sample_type() == SampleType::Uint;
    let comparable = |own: &&Channel| {
        let other = reference.channel(&own.name);
        other.is_some_and(|other| is_uint(own) == is_uint(other))
    };
    let common = candidate.channels.iter().filter(comparable);
    common.map(|channel| channel.name.as_str()).collect()
}

/// Presses the node's button for every clip and puts the figures together.
///
/// The images must have equal display windows and at least one channel in common.
///
/// # Errors
///
/// [`Failure::Plugin`], and [`Failure::Refused`] where the union of both data windows is too large.
pub fn measure(
    engine: &Engine,
    candidate: &Image,
    reference: &Image,
    tolerances: &Tolerances,
) -> Result<Figures, Failure> {
    let (integers, floats): (Vec<&str>, Vec<&str>) = common_channels(candidate, reference)
        .into_iter()
        .partition(|name| integers::are_in(candidate, reference, name));
    let both = Both {
        candidate,
        reference,
        window: candidate.data.union(&reference.data),
        clips: group(floats),
        integers,
    };
    // The node would walk a window of any size.
    let grid = Grid::new(candidate.display);
    if both.window.area() > MOST_PIXELS {
        return Err(Failure::Refused(format!(
            "the window {} has more than {MOST_PIXELS} pixels, the most that are compared at once",
            describe(both.window)
        )));
    }
    let mut parts = Vec::new();
    for clip in &both.clips {
        let mut node = both.node(engine, clip, tolerances)?;
        node.press("analyze", FRAME, 1.0)?;
        parts.push(Part::read(&node, clip, grid, both.finite_pairs(clip))?);
    }
    let alone = match parts.as_slice() {
        [one] if both.integers.is_empty() => Some(one.figures.failing_pixels),
        _ => None,
    };
    let mut fails = match alone {
        Some(_) => Vec::new(),
        None => both.failing_pixels(engine, tolerances)?,
    };
    let mut layers: Vec<Layer> = parts
        .iter()
        .map(|part| Layer::new(&part.figures, false))
        .collect();
    let mut whole = parts
        .into_iter()
        .reduce(Part::join)
        .map(|part| part.figures);
    for name in &both.integers {
        let ids = integers::measure(candidate, reference, name, both.window, &mut fails);
        layers.push(Layer::new(&ids, true));
        whole = Some(match whole {
            Some(figures) => figures.beside(ids),
            None => ids,
        });
    }
    let whole =
        whole.ok_or_else(|| Failure::Refused("the images have no channel in common".to_owned()))?;
    let count = || fails.iter().filter(|&&fails| fails).count() as u64;
    Ok(Figures {
        failing_pixels: alone.unwrap_or_else(count),
        layers,
        ..whole
    })
}

impl Figures {
    /// These figures, of floats, with what fails among integers: a difference of two numbers of
    /// objects is no measure of light, so it is in no maximum and no mean.
    fn beside(self, ids: Figures) -> Figures {
        let only_ids = self.failing_box.is_none() && ids.failing_box.is_some();
        Figures {
            worst: if only_ids { ids.worst } else { self.worst },
            failing_box: unite(self.failing_box, ids.failing_box),
            ..self
        }
    }
}

/// The box that holds both.
pub fn unite(a: Option<[i64; 4]>, b: Option<[i64; 4]>) -> Option<[i64; 4]> {
    match (a, b) {
        (Some(a), Some(b)) => Some([
            a[0].min(b[0]),
            a[1].min(b[1]),
            a[2].max(b[2]),
            a[3].max(b[3]),
        ]),
        (a, b) => a.or(b),
    }
}

/// Renders the heat map over `window`: red, green and blue planes.
///
/// # Errors
///
/// As [`measure`].
pub fn heat_map(
    engine: &Engine,
    candidate: &Image,
    reference: &Image,
    range: f64,
    window: Rect,
) -> Result<Vec<Vec<f32>>, Failure> {
    // The node shows the channel that differs most, and has colours only for a clip of colours: one
    // plane of the samples that differ most, as all three of them.
    let [candidate, reference] = most_different(candidate, reference, window);
    let clip = Clip {
        channels: vec!["Y".to_owned(); 3],
    };
    let mut node = engine.node(COMPARE, &candidate)?;
    connect(&mut node, "A", &candidate, &clip)?;
    connect(&mut node, "B", &reference, &clip)?;
    node.set("output", "Heat Map")?;
    node.set("heatRange", range)?;
    let frame = render(&node, Grid::new(candidate.display).bounds(window)?)?;
    Ok(crate::clips::planes(&frame))
}

/// Both images with one channel, which has at each pixel the samples of the channel that differs most
/// there. Integers that differ are as far apart as can be.
fn most_different(candidate: &Image, reference: &Image, window: Rect) -> [Image; 2] {
    let pixels = window.width() * window.height();
    let mut most = [vec![0.0f32; pixels], vec![0.0f32; pixels]];
    for name in common_channels(candidate, reference) {
        let plane = |image: &Image| image.plane(name, window).unwrap_or_default();
        let pairs = plane(candidate).into_iter().zip(plane(reference));
        let integers = integers::are_in(candidate, reference, name);
        let [a, b] = &mut most;
        for ((a, b), pair) in a.iter_mut().zip(b).zip(pairs) {
            let pair = match integers {
                true if pair.0.to_bits() != pair.1.to_bits() => (f32::MAX, 0.0),
                true => continue,
                false => pair,
            };
            if distance(pair) > distance((*a, *b)) {
                (*a, *b) = pair;
            }
        }
    }
    most.map(|plane| Image {
        display: candidate.display,
        data: window,
        pixel_aspect: candidate.pixel_aspect,
        channels: vec![Channel {
            name: "Y".to_owned(),
            samples: Samples::Float(plane),
        }],
        metadata: Metadata::new(Format::Exr),
    })
}

/// How far two samples are apart; infinitely where one is no number and the other has other bits.
fn distance((a, b): (f32, f32)) -> f32 {
    if a.to_bits() == b.to_bits() {
        return 0.0;
    }
    let distance = (a - b).abs();
    if distance.is_nan() {
        f32::INFINITY
    } else {
        distance
    }
}

impl Both<'_> {
    fn node(
        &self,
        engine: &Engine,
        clip: &Clip,
        tolerances: &Tolerances,
    ) -> Result<Instance, Failure> {
        let mut node = engine.node(COMPARE, self.candidate)?;
        connect(&mut node, "A", self.candidate, clip)?;
        connect(&mut node, "B", self.reference, clip)?;
        if let Some(absolute) = tolerances.absolute {
            node.set("useAbsolute", true)?;
            node.set("absolute", absolute)?;
        }
        if let Some(relative) = tolerances.relative {
            node.set("useRelative", true)?;
            node.set("relative", relative)?;
        }
        if let Some(ulp) = tolerances.ulp {
            node.set("useUlp", true)?;
            node.set("ulp", ulp)?;
        }
        node.set("nanEqual", !tolerances.nan_differs)?;
        Ok(node)
    }

    /// The pixels that fail in any clip: the sum of their counts would count some twice.
    fn failing_pixels(
        &self,
        engine: &Engine,
        tolerances: &Tolerances,
    ) -> Result<Vec<bool>, Failure> {
        let bounds = Grid::new(self.candidate.display).bounds(self.window)?;
        let (width, height) = (self.window.width(), self.window.height());
        // Rows as OpenFX has them, from the bottom.
        let mut fails = vec![false; width * height];
        for clip in &self.clips {
            let mut node = self.node(engine, clip, tolerances)?;
            node.set("output", "Mismatch Mask")?;
            let frame = render(&node, bounds)?;
            let samples = frame.floats().unwrap_or_default();
            for (fails, pixel) in fails
                .iter_mut()
                .zip(samples.chunks_exact(clip.channels.len()))
            {
                *fails |= pixel[0] != 0.0;
            }
        }
        // From the top.
        Ok(fails
            .chunks_exact(width.max(1))
            .rev()
            .flatten()
            .copied()
            .collect())
    }

    /// Pairs of a clip whose difference is finite.
    fn finite_pairs(&self, clip: &Clip) -> f64 {
        let plane = |image: &Image, name: &str| image.plane(name, self.window).unwrap_or_default();
        let finite = |name: &String| {
            let (a, b) = (plane(self.candidate, name), plane(self.reference, name));
            a.iter()
                .zip(&b)
                .filter(|(a, b)| (**a - **b).is_finite())
                .count() as f64
        };
        clip.channels.iter().map(finite).sum()
    }
}
