//! What the node Compare measures, over all clips of two images.

use host::Instance;
use images::{Image, Rect};
use serde::Serialize;

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
    Grid::new(candidate.display).bounds(both.window)?;
    let mut parts = Vec::new();
    for clip in &both.clips {
        let mut node = both.node(engine, clip, tolerances)?;
        node.press("analyze", FRAME, 1.0)?;
        parts.push(Part::of(&node, &both, clip)?);
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
            let pixels = frame
                .floats()
                .unwrap_or_default()
                .chunks_exact(clip.channels.len());
            for (fails, pixel) in fails.iter_mut().zip(pixels) {
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

/// The figures of one clip, and how much they weigh.
struct Part {
    figures: Figures,
    /// Pairs whose difference is finite.
    pairs: f64,
}

impl Part {
    /// Reads what the button wrote.
    fn of(node: &Instance, both: &Both<'_>, clip: &Clip) -> Result<Self, Failure> {
        let one = |name: &str| number(node, name);
        let grid = Grid::new(both.candidate.display);
        let rms = one("rms")?;
        let [x, y] = numbers(node, "worst")?;
        let (x, y) = grid.pixel(x as i64, y as i64);
        let samples = |name: &str| -> Result<Vec<Number>, Failure> {
            let rgba: [f64; 4] = numbers(node, name)?;
            // A single channel stands in alpha.
            let own = match clip.channels.len() {
                1 => &rgba[3..],
                count => &rgba[..count],
            };
            Ok(own.iter().copied().map(Number).collect())
        };
        let worst = Worst {
            x,
            y,
            channels: clip.channels.clone(),
            a: samples("worstA")?,
            b: samples("worstB")?,
        };
        let failing_pixels = one("failingPixels")? as u64;
        let failing_box = if failing_pixels > 0 {
            let [x1, y1] = numbers(node, "failingMin")?;
            let [x2, y2] = numbers(node, "failingMax")?;
            // The lower left in OpenFX is the lower left in the file, where y is larger.
            let (left, bottom) = grid.pixel(x1 as i64, y1 as i64);
            let (right, top) = grid.pixel(x2 as i64, y2 as i64);
            Some([left, top + 1, right, bottom + 1])
        } else {
            None
        };
        let figures = Figures {
            max: Number(one("max")?),
            mean: Number(one("mean")?),
            rms: Number(rms),
            // The node shows 1000 for infinity.
            psnr: (rms != 0.0).then_some(Number(one("psnr")?)),
            ulp_max: one("ulpMax")? as u64,
            failing_pixels,
            nan_count: one("nanCount")? as u64,
            inf_count: one("infCount")? as u64,
            worst,
            failing_box,
        };
        Ok(Part {
            figures,
            pairs: both.finite_pairs(clip),
        })
    }

    /// Both clips' figures as one; the failing pixels are left to be counted.
    fn join(self, other: Part) -> Part {
        let (a, b) = (self.figures, other.figures);
        let pairs = self.pairs + other.pairs;
        let weigh = |x: f64, y: f64| (x * self.pairs + y * other.pairs) / pairs.max(1.0);
        let rms = weigh(a.rms.0.powi(2), b.rms.0.powi(2)).sqrt();
        let worse = a.worst.rank() >= b.worst.rank();
        let figures = Figures {
            max: Number(a.max.0.max(b.max.0)),
            mean: Number(weigh(a.mean.0, b.mean.0)),
            rms: Number(rms),
            psnr: (rms != 0.0).then(|| Number(-20.0 * rms.log10())),
            ulp_max: a.ulp_max.max(b.ulp_max),
            failing_pixels: a.failing_pixels.max(b.failing_pixels),
            nan_count: a.nan_count + b.nan_count,
            inf_count: a.inf_count + b.inf_count,
            worst: if worse { a.worst } else { b.worst },
            failing_box: match (a.failing_box, b.failing_box) {
                (Some(a), Some(b)) => Some([
                    a[0].min(b[0]),
                    a[1].min(b[1]),
                    a[2].max(b[2]),
                    a[3].max(b[3]),
                ]),
                (a, b) => a.or(b),
            },
        };
        Part { figures, pairs }
    }
}

impl Worst {
    /// The largest difference; infinite where one is not finite.
    fn rank(&self) -> f64 {
        let pairs = self.a.iter().zip(&self.b);
        let distance = |(a, b): (&Number, &Number)| {
            let equal = a.0.to_bits() == b.0.to_bits();
            let difference = (a.0 - b.0).abs();
            match (equal, difference.is_finite()) {
                (true, _) => 0.0,
                (false, true) => difference,
                (false, false) => f64::INFINITY,
            }
        };
        pairs.map(distance).fold(0.0, f64::max)
    }
}

fn number(node: &Instance, name: &str) -> Result<f64, Failure> {
    let value = node.get(name, FRAME)?;
    value.as_f64().ok_or_else(|| unexpected(node, name))
}

fn numbers<const N: usize>(node: &Instance, name: &str) -> Result<[f64; N], Failure> {
    match node.get(name, FRAME)? {
        host::Value::Doubles(values) => values.try_into().map_err(|_| unexpected(node, name)),
        _ => Err(unexpected(node, name)),
    }
}

fn unexpected(node: &Instance, name: &str) -> Failure {
    Failure::Plugin(host::Error::Param {
        plugin: node.name(),
        param: name.to_owned(),
        reason: "is not of the kind that was expected".to_owned(),
    })
}
