//! What the node Compare measures, over all clips of two images.

use host::Instance;
use images::{Image, Rect};
use serde::Serialize;

use super::part::Part;
use crate::clips::{Clip, Grid, group};
use crate::engine::{COMPARE, Engine, FRAME, connect, render};
use crate::failure::Failure;
use crate::report::Number;

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
}

/// Names that both images have, in the candidate's order.
pub fn common_channels<'a>(candidate: &'a Image, reference: &Image) -> Vec<&'a str> {
    let names = candidate
        .channels
        .iter()
        .map(|channel| channel.name.as_str());
    names
        .filter(|name| reference.channel(name).is_some())
        .collect()
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
    let both = Both {
        candidate,
        reference,
        window: candidate.data.union(&reference.data),
        clips: group(common_channels(candidate, reference)),
    };
    // The node would walk a window of any size.
    let grid = Grid::new(candidate.display);
    grid.bounds(both.window)?;
    let mut parts = Vec::new();
    for clip in &both.clips {
        let mut node = both.node(engine, clip, tolerances)?;
        node.press("analyze", FRAME, 1.0)?;
        parts.push(Part::read(&node, clip, grid, both.finite_pairs(clip))?);
    }
    let failing_pixels = match parts.as_slice() {
        [one] => one.figures.failing_pixels,
        _ => both.failing_pixels(engine, tolerances)?,
    };
    let whole = parts.into_iter().reduce(Part::join);
    let whole =
        whole.ok_or_else(|| Failure::Refused("the images have no channel in common".to_owned()))?;
    Ok(Figures {
        failing_pixels,
        ..whole.figures
    })
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
    // All channels as one clip of colours, the last ones repeated: the node shows the channel that
    // differs most, and has colours only for a clip of colours.
    let names = common_channels(candidate, reference);
    let count = names.len().clamp(3, 4);
    let channels = names
        .iter()
        .cycle()
        .take(count)
        .map(|&name| name.to_owned());
    let clip = Clip {
        channels: channels.collect(),
    };
    let mut node = engine.node(COMPARE, candidate)?;
    connect(&mut node, "A", candidate, &clip)?;
    connect(&mut node, "B", reference, &clip)?;
    node.set("output", "Heat Map")?;
    node.set("heatRange", range)?;
    let frame = render(&node, Grid::new(candidate.display).bounds(window)?)?;
    Ok(crate::clips::planes(&frame))
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

    /// Pixels that fail in any clip: their sum would count some twice.
    fn failing_pixels(&self, engine: &Engine, tolerances: &Tolerances) -> Result<u64, Failure> {
        let bounds = Grid::new(self.candidate.display).bounds(self.window)?;
        let mut fails = vec![false; self.window.width() * self.window.height()];
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
        Ok(fails.into_iter().filter(|&fails| fails).count() as u64)
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
