//! The figures of one clip, and how those of several become one.

use host::Instance;

use super::figures::{Figures, Worst, unite};
use crate::clips::{Clip, Grid};
use crate::engine::FRAME;
use crate::failure::Failure;
use crate::report::Number;

/// Figures, and how much they weigh.
pub struct Part {
    /// The figures.
    pub figures: Figures,
    /// Pairs whose difference is finite.
    pairs: f64,
}

impl Part {
    /// Reads what the button wrote for a clip of so many pairs whose difference is finite.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`].
    pub fn read(node: &Instance, clip: &Clip, grid: Grid, pairs: f64) -> Result<Self, Failure> {
        let one = |name: &str| number(node, name);
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
            layers: Vec::new(),
        };
        Ok(Part { figures, pairs })
    }

    /// Both clips' figures as one; the failing pixels are left to be counted.
    pub fn join(self, other: Part) -> Part {
        let (a, b) = (self.figures, other.figures);
        let pairs = self.pairs + other.pairs;
        let weigh = |x: f64, y: f64| (x * self.pairs + y * other.pairs) / pairs.max(1.0);
        let rms = weigh(a.rms.0.powi(2), b.rms.0.powi(2)).sqrt();
        let worse = rank(&a.worst) >= rank(&b.worst);
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
            failing_box: unite(a.failing_box, b.failing_box),
            layers: Vec::new(),
        };
        Part { figures, pairs }
    }
}

/// The largest difference, as the node ranks it: infinite where one is not finite, and above 0
/// where only the sign of zero differs.
fn rank(worst: &Worst) -> f64 {
    let distance = |(a, b): (&Number, &Number)| {
        let difference = (a.0 - b.0).abs();
        match (a.0.to_bits() == b.0.to_bits(), difference.is_finite()) {
            (true, _) => 0.0,
            (false, true) => difference.max(f64::MIN_POSITIVE),
            (false, false) => f64::INFINITY,
        }
    };
    let pairs = worst.a.iter().zip(&worst.b);
    pairs.map(distance).fold(0.0, f64::max)
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
