//! The parameters as a render takes them.

use super::params::{
    BlendMode, Method, NO_MISMATCH, OpacityMode, Output, OverlayParams, Source, Space,
};
use crate::kernels::estimate::model::Blend;
use crate::kernels::estimate::space::BlendSpace;

/// Iterations of a draft.
const DRAFT_ITERATIONS: usize = 10;
/// Iterations on each size for a smooth opacity.
const SMOOTH_ITERATIONS: usize = 100;
/// The most that a background may lie off, in pixels.
const MOST_OFFSET: f64 = 1e5;
/// Frames that an opacity is found from, at most.
const MOST_FRAMES: i64 = 16;

/// At one render scale; what is counted in pixels follows it.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How the overlay was laid on.
    pub blend: Blend,
    /// In which numbers.
    pub space: BlendSpace,
    /// How the opacity is known.
    pub mode: OpacityMode,
    /// The uniform opacity.
    pub opacity: f32,
    /// How far the background lies off.
    pub offset: [f64; 2],
    /// What it is multiplied by.
    pub gain: f32,
    /// What the plates went through.
    pub source: Source,
    /// The noise, unless it is to be measured.
    pub noise: Option<f32>,
    /// The background's mismatch, unless it is to be measured.
    pub mismatch: Option<f32>,
    /// The strength of smoothing, beside what the source asks for.
    pub denoise: f32,
    /// How the overlay is estimated: never the recommended way with a strength of 0.
    pub method: Method,
    /// What the overlay may be.
    pub bounds: [f32; 2],
    /// The overlay has no upper bound.
    pub unlimited: bool,
    /// Iterations on the full size.
    pub iterations: usize,
    /// Iterations on each size for a smooth opacity.
    pub smooth_iterations: usize,
    /// mu of a smooth opacity.
    pub smoothness: f32,
    /// Sizes of the pyramid.
    pub levels: usize,
    /// The primal step, or the seed's in codes.
    pub step: f32,
    /// When to stop.
    pub tolerance: f32,
    /// Huber's part of the noise.
    pub edge_softness: f32,
    /// What is delivered.
    pub output: Output,
}

impl Settings {
    /// For a render at this scale.
    pub fn new(p: &OverlayParams, scale: (f64, f64), draft: bool) -> Self {
        let blend = match p.blend_mode {
            BlendMode::Normal => Blend::Normal,
            BlendMode::Add => Blend::Add,
            BlendMode::Screen => Blend::Screen,
            BlendMode::Multiply => Blend::Multiply,
        };
        // A proxy averages pixels: distances shrink, and so does noise.
        let linear = (scale.0 * scale.1).sqrt();
        let scaled = |value: f64, least: f64| (value > 0.0).then(|| (value * linear).max(least));
        let offset = |value: f64, scale: f64| value.clamp(-MOST_OFFSET, MOST_OFFSET) * scale;
        let iterations = p.iterations.unsigned_abs() as usize;
        Self {
            blend,
            space: space(p),
            mode: match p.opacity_mode {
                mode @ (OpacityMode::Uniform | OpacityMode::Matte) => mode,
                mode if blend == Blend::Normal => mode,
                _ => OpacityMode::Uniform,
            },
            opacity: p.opacity as f32,
            offset: [
                offset(p.background_offset[0], scale.0),
                offset(p.background_offset[1], scale.1),
            ],
            gain: if p.match_gain {
                p.background_gain as f32
            } else {
                1.0
            },
            source: p.source,
            noise: scaled(p.noise, 0.0).map(|noise| noise as f32),
            mismatch: match p.background_mismatch {
                mismatch if mismatch > NO_MISMATCH => Some((mismatch * linear) as f32),
                mismatch if mismatch > 0.0 => Some(0.0),
                _ => None,
            },
            denoise: p.denoise as f32,
            method: method(p),
            bounds: [
                p.range_min as f32,
                if p.unlimited {
                    f32::INFINITY
                } else {
                    p.range_max.max(p.range_min) as f32
                },
            ],
            unlimited: p.unlimited,
            iterations: if draft {
                iterations.min(DRAFT_ITERATIONS)
            } else {
                iterations
            },
            smooth_iterations: if draft {
                DRAFT_ITERATIONS
            } else {
                SMOOTH_ITERATIONS
            },
            smoothness: p.opacity_smoothness as f32,
            levels: p.levels.unsigned_abs() as usize,
            step: p.step as f32,
            tolerance: p.tolerance as f32,
            edge_softness: p.edge_softness as f32,
            output: p.output,
        }
    }

    /// Whether each pixel is a matter of its own.
    pub fn is_pointwise(&self) -> bool {
        self.method != Method::Recommended
            && matches!(self.mode, OpacityMode::Uniform | OpacityMode::Matte)
            && self.offset == [0.0; 2]
            && self.output != Output::Ghost
    }
}

/// The blend space.
pub fn space(p: &OverlayParams) -> BlendSpace {
    match p.blend_space {
        Space::Linear => BlendSpace::Linear,
        Space::Srgb => BlendSpace::Srgb,
        Space::Rec709 => BlendSpace::Rec709,
        Space::Gamma => BlendSpace::Gamma(p.gamma as f32),
    }
}

fn method(p: &OverlayParams) -> Method {
    let smooths = p.denoise > 0.0 && p.source != Source::Clean;
    match p.method {
        Method::Recommended if !smooths => Method::Closed,
        method => method,
    }
}

/// The frames that an opacity is found from: whole ones, evenly spread.
pub fn frames(
    p: &OverlayParams,
    range: Option<(f64, f64)>,
) -> impl ExactSizeIterator<Item = f64> + use<> {
    let (first, last) = if p.frames_last > p.frames_first {
        (i64::from(p.frames_first), i64::from(p.frames_last))
    } else {
        match range {
            Some((first, last)) if first.is_finite() && last.is_finite() => {
                (first.ceil() as i64, last.floor() as i64)
            }
            _ => (0, -1),
        }
    };
    let steps = last.saturating_sub(first);
    let count = steps.saturating_add(1).clamp(0, MOST_FRAMES);
    let at = move |i: usize| match count {
        1 => first,
        _ => (i128::from(first) + i as i128 * i128::from(steps) / i128::from(count - 1)) as i64,
    };
    (0..count as usize).map(move |i| at(i) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{DefaultReader, Params};

    fn params() -> OverlayParams {
        OverlayParams::read(&mut DefaultReader::new(OverlayParams::DEFS)).unwrap()
    }

    #[test]
    fn frames_are_evenly_spread() {
        let frames = |p: &OverlayParams, range| frames(p, range).collect::<Vec<f64>>();
        let mut p = params();
        assert!(frames(&p, None).is_empty());
        assert_eq!(frames(&p, Some((3.0, 6.0))), [3.0, 4.0, 5.0, 6.0]);
        assert_eq!(frames(&p, Some((3.0, 3.0))), [3.0]);
        (p.frames_first, p.frames_last) = (1001, 1100);
        let found = frames(&p, Some((1.0, 2.0)));
        assert_eq!((found.len(), found[0], found[15]), (16, 1001.0, 1100.0));
        assert!(found.is_sorted());
        (p.frames_first, p.frames_last) = (5, 5);
        assert!(frames(&p, Some((-f64::INFINITY, f64::INFINITY))).is_empty());
        assert_eq!(frames(&p, Some((-1e300, 1e300))).len(), 16);
    }

    #[test]
    fn pixels_follow_the_scale() {
        let mut p = params();
        p.background_offset = [2.0, -4.0];
        p.background_mismatch = 0.5;
        p.noise = 0.02;
        let half = Settings::new(&p, (0.5, 0.25), false);
        assert_eq!(half.offset, [1.0, -1.0]);
        let linear = 0.125f64.sqrt();
        assert_eq!(half.mismatch, Some((0.5 * linear) as f32));
        assert_eq!(half.noise, Some((0.02 * linear) as f32));
        p.background_mismatch = NO_MISMATCH;
        assert_eq!(Settings::new(&p, (1.0, 1.0), false).mismatch, Some(0.0));
        p.background_mismatch = 0.0;
        assert_eq!(Settings::new(&p, (1.0, 1.0), false).mismatch, None);
    }

    #[test]
    fn nothing_to_smooth_is_the_closed_form_and_needs_no_neighbours() {
        let mut p = params();
        assert!(!Settings::new(&p, (1.0, 1.0), false).is_pointwise());
        p.denoise = 0.0;
        assert!(Settings::new(&p, (1.0, 1.0), false).is_pointwise());
        p.background_offset = [0.1, 0.0];
        assert!(!Settings::new(&p, (1.0, 1.0), false).is_pointwise());
        p.background_offset = [0.0, 0.0];
        p.denoise = 1.0;
        p.source = Source::Clean;
        assert!(Settings::new(&p, (1.0, 1.0), false).is_pointwise());
        p.opacity_mode = OpacityMode::Smooth;
        assert!(!Settings::new(&p, (1.0, 1.0), false).is_pointwise());
        p.blend_mode = BlendMode::Screen;
        let screen = Settings::new(&p, (1.0, 1.0), false);
        assert_eq!(screen.mode, OpacityMode::Uniform);
        assert!(screen.is_pointwise());
    }
}
