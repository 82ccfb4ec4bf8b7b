//! What the node Compare measures, over all clips of two images.

use std::path::Path;
use std::sync::Arc;

use host::Instance;
use images::{
    Channel, ChannelInfo, Format, Header, Image, Metadata, ReadOptions, Rect, SampleType, Samples,
    info,
};
use serde::Serialize;
use transfer::{Plate, Whole};

use super::integers::Integers;
use super::part::Part;
use crate::clips::{Clip, Grid, describe, group};
use crate::engine::{COMPARE, Engine, FRAME, connect, render};
use crate::failure::Failure;
use crate::report::Number;
use crate::strips::{Height, Memory, are_files, source};

/// Pixels that the window of two images may have, however small they are.
const FAR_APART: u64 = 1 << 28;

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

/// Two images to be compared, strip by strip.
pub struct Both {
    /// What is judged.
    pub candidate: Arc<dyn Plate>,
    /// What it should be.
    pub reference: Arc<dyn Plate>,
    /// How they are walked.
    pub height: Height,
}

/// Names that both images have, in the candidate's order, but for those of integers in only one of
/// them.
pub fn common_channels<'a>(candidate: &'a Header, reference: &Header) -> Vec<&'a str> {
    let comparable = |own: &&ChannelInfo| {
        let mut others = reference.channels.iter();
        let other = others.find(|other| other.name == own.name);
        other.is_some_and(|other| is_uint(own) == is_uint(other))
    };
    let common = candidate.channels.iter().filter(comparable);
    common.map(|channel| channel.name.as_str()).collect()
}

/// Whether a channel is one of integers.
pub fn is_uint(channel: &ChannelInfo) -> bool {
    channel.sample_type == SampleType::Uint
}

/// Presses the node's button for every clip and puts the figures together. `step` is called before
/// each strip.
///
/// The images must have equal display windows and at least one channel in common.
///
/// # Errors
///
/// [`Failure::Plugin`], and [`Failure::Refused`] where the data windows lie out of all proportion far
/// apart; [`Failure::Image`].
pub fn measure(
    engine: &Engine,
    both: &Both,
    tolerances: &Tolerances,
    step: impl Fn(Rect) -> Result<(), Failure>,
) -> Result<Figures, Failure> {
    let (candidate, reference) = (both.candidate.header(), both.reference.header());
    let window = both.window()?;
    let grid = Grid::new(candidate.display);
    let (ids, floats): (Vec<&str>, Vec<&str>) = common_channels(candidate, reference)
        .into_iter()
        .partition(|name| {
            candidate
                .channels
                .iter()
                .any(|c| c.name == *name && is_uint(c))
        });
    let clips = group(floats);
    let mut nodes = Vec::new();
    for clip in &clips {
        step(window)?;
        let mut node = both.node(engine, clip, tolerances)?;
        node.press("analyze", FRAME, 1.0)?;
        nodes.push(node);
    }
    let mut walk = Walk::new(&clips, &ids, window);
    // What the only clip has to say is known.
    let alone = nodes.len() == 1 && ids.is_empty();
    if !alone {
        let mut masks = Vec::new();
        for clip in &clips {
            let mut mask = both.node(engine, clip, tolerances)?;
            mask.set("output", "Mismatch Mask")?;
            masks.push(mask);
        }
        for strip in both.height.of(window) {
            step(strip)?;
            walk.strip(both, &masks, strip)?;
        }
    }
    let mut parts = Vec::new();
    for ((clip, node), pairs) in clips.iter().zip(&nodes).zip(&walk.pairs) {
        parts.push(Part::read(node, clip, grid, *pairs)?);
    }
    let only = parts.first().map(|part| part.figures.failing_pixels);
    let mut layers: Vec<Layer> = parts
        .iter()
        .map(|part| Layer::new(&part.figures, false))
        .collect();
    let mut whole = parts
        .into_iter()
        .reduce(Part::join)
        .map(|part| part.figures);
    for (name, found) in ids.iter().zip(walk.integers) {
        let found = found.figures(name, window);
        layers.push(Layer::new(&found, true));
        whole = Some(match whole {
            Some(figures) => figures.beside(found),
            None => found,
        });
    }
    let whole =
        whole.ok_or_else(|| Failure::Refused("the images have no channel in common".to_owned()))?;
    Ok(Figures {
        failing_pixels: only.filter(|_| alone).unwrap_or(walk.failing_pixels),
        layers,
        ..whole
    })
}

/// What the strips of all clips come to together.
struct Walk<'a> {
    clips: &'a [Clip],
    ids: &'a [&'a str],
    /// Pairs of each clip whose difference is finite.
    pairs: Vec<f64>,
    integers: Vec<Integers>,
    /// Pixels that fail in any clip or channel: the sum of their counts would count some twice.
    failing_pixels: u64,
}

impl<'a> Walk<'a> {
    fn new(clips: &'a [Clip], ids: &'a [&'a str], window: Rect) -> Self {
        Walk {
            clips,
            ids,
            pairs: vec![0.0; clips.len()],
            integers: ids.iter().map(|_| Integers::new(window)).collect(),
            failing_pixels: 0,
        }
    }

    /// Adds a strip; `masks` are nodes that render where a clip fails.
    fn strip(&mut self, both: &Both, masks: &[Instance], strip: Rect) -> Result<(), Failure> {
        let rows = strip.y0..strip.y1;
        let candidate = both.candidate.rows(rows.clone())?;
        let reference = both.reference.rows(rows)?;
        let bounds = Grid::new(both.candidate.header().display).bounds(strip)?;
        let width = strip.width().max(1);
        let mut fails = vec![false; strip.width() * strip.height()];
        for ((clip, mask), pairs) in self.clips.iter().zip(masks).zip(&mut self.pairs) {
            *pairs += finite_pairs(&candidate, &reference, clip, strip);
            let frame = render(mask, bounds)?;
            let samples = frame.floats().unwrap_or_default();
            // OpenFX has the bottom row first.
            let rows = samples.chunks_exact(width * clip.channels.len()).rev();
            for (fails, row) in fails.chunks_exact_mut(width).zip(rows) {
                for (fails, pixel) in fails.iter_mut().zip(row.chunks_exact(clip.channels.len())) {
                    *fails |= pixel[0] != 0.0;
                }
            }
        }
        for (name, integers) in self.ids.iter().zip(&mut self.integers) {
            integers.add([&candidate, &reference], name, strip, &mut fails);
        }
        self.failing_pixels += fails.into_iter().filter(|&fails| fails).count() as u64;
        Ok(())
    }
}

/// Pairs of a clip over a window whose difference is finite.
fn finite_pairs(candidate: &Image, reference: &Image, clip: &Clip, window: Rect) -> f64 {
    let finite = |name: &String| {
        let plane = |image: &Image| image.plane(name, window).unwrap_or_default();
        let (a, b) = (plane(candidate), plane(reference));
        let pairs = a.iter().zip(&b);
        pairs.filter(|(a, b)| (**a - **b).is_finite()).count() as f64
    };
    clip.channels.iter().map(finite).sum()
}

impl Both {
    /// Reads two files whole, or opens them to be read in strips where that would take too much memory;
    /// `drawn` says that there will be a heat map.
    ///
    /// # Errors
    ///
    /// [`Failure::Image`].
    pub fn open(
        candidate: &Path,
        reference: &Path,
        drawn: bool,
        memory: Memory,
    ) -> Result<Self, Failure> {
        let mut strips = None;
        if are_files([candidate, reference]) {
            let (a, b) = (info(candidate)?.header, info(reference)?.header);
            let mut window = a.data.union(&b.data);
            if drawn {
                window = window.union(&a.display);
            }
            strips = memory.strips(&[&a, &b], window);
        }
        let Some(height) = strips else {
            let read = |path| images::read(path, &ReadOptions::default()).map(Arc::new);
            return Ok(Both::whole(read(candidate)?, read(reference)?));
        };
        Ok(Both {
            candidate: height.open(candidate)?,
            reference: height.open(reference)?,
            height,
        })
    }

    /// Two images in memory.
    pub fn whole(candidate: Arc<Image>, reference: Arc<Image>) -> Self {
        Both {
            candidate: Arc::new(Whole::new(candidate)),
            reference: Arc::new(Whole::new(reference)),
            height: Height::WHOLE,
        }
    }

    /// Where either has pixels.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where that is out of all proportion.
    pub fn window(&self) -> Result<Rect, Failure> {
        let (a, b) = (self.candidate.header().data, self.reference.header().data);
        self.in_proportion(a.union(&b), || {
            let (a, b) = (describe(a), describe(b));
            format!("the data windows {a} and {b} lie too far apart to be compared over both")
        })
    }

    /// What a heat map shows: the display window and all pixels beside it that either image has.
    ///
    /// # Errors
    ///
    /// As [`Both::window`].
    pub fn picture(&self) -> Result<Rect, Failure> {
        let display = self.candidate.header().display;
        self.in_proportion(self.window()?.union(&display), || {
            let display = describe(display);
            format!("the display window {display} is too large for a heat map of so few pixels")
        })
    }

    /// Small files may claim windows that nobody has the time to walk.
    fn in_proportion(
        &self,
        window: Rect,
        refusal: impl FnOnce() -> String,
    ) -> Result<Rect, Failure> {
        let area = |plate: &Arc<dyn Plate>| plate.header().data.area();
        let pixels = area(&self.candidate).saturating_add(area(&self.reference));
        match window.area() > FAR_APART.max(pixels.saturating_mul(4)) {
            true => Err(Failure::Refused(refusal())),
            false => Ok(window),
        }
    }

    fn node(
        &self,
        engine: &Engine,
        clip: &Clip,
        tolerances: &Tolerances,
    ) -> Result<Instance, Failure> {
        let header = self.candidate.header();
        let mut node = engine.node_over(COMPARE, header.display, header.pixel_aspect)?;
        node.connect("A", source(self.candidate.clone(), clip)?)?;
        node.connect("B", source(self.reference.clone(), clip)?)?;
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

/// Renders the heat map of two images over `window`, of which they have all pixels that there are: red,
/// green and blue planes.
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
    let (below, above) = (candidate.header(), reference.header());
    for name in common_channels(&below, &above) {
        let plane = |image: &Image| image.plane(name, window).unwrap_or_default();
        let pairs = plane(candidate).into_iter().zip(plane(reference));
        let integers = below.channels.iter().any(|c| c.name == name && is_uint(c));
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
