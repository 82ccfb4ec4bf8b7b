//! Compare: is the candidate the reference, and if not, where and by how much.

use core::ffi::CStr;

use crate::geometry::{RectD, RectI};
use crate::kernels::compare::{Tolerance, passes};
use crate::kernels::{Process, Selection, canonical};
use crate::node::{
    Enabled, Face, FilterDef, IdentityAsk, Nature, Node, Place, Premultiplication, Regions, Span,
    Strength, clip, identity,
};
use crate::nodes::common;
use crate::ofx::panel::Panel;
use crate::ofx::status::Result;
use crate::params::{self, Kind, Unread};

mod analysis;

const B: usize = 0;
const A: usize = 1;

crate::choices! {
    /// What is shown.
    pub enum Output {
        /// The candidate.
        Candidate = c"Candidate",
        /// abs(A - B).
        Absolute = c"Absolute Difference",
        /// The same as a colour.
        HeatMap = c"Heat Map",
        /// White where a tolerance is exceeded.
        Mismatch = c"Mismatch Mask",
        /// A on the left, B on the right.
        Wipe = c"Wipe",
    }
}

/// Read-outs that only the buttons write.
const FIGURES: &CStr = c"figures";

const fn figure(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
) -> params::Decl<Unread> {
    params::read_out(name, label, hint, params::FIGURE).within(FIGURES)
}

const fn place(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
) -> params::Decl<Unread> {
    params::read_out(name, label, hint, params::PLACE).within(FIGURES)
}

const fn samples(
    name: &'static CStr,
    label: &'static CStr,
    hint: &'static CStr,
) -> params::Decl<Unread> {
    params::read_out(name, label, hint, Kind::Rgba).within(FIGURES)
}

crate::params! {
    /// The parameters of Compare.
    pub struct CompareParams {
        /// What is shown.
        pub output: Output = params::choice(c"output", c"Output",
            c"Candidate passes A through. Absolute Difference is abs(A - B). Heat Map colours the largest difference of a pixel from black over blue, red and yellow to white, and magenta where it is not a number. Mismatch Mask is white where no tolerance accepts a pixel. Wipe shows A on the left and B on the right.", 0),
        /// The difference that is white.
        pub heat_range: f64 = params::double(c"heatRange", c"Heat Range",
            c"The difference that the heat map shows as white.", 0.1, [1e-9, 1e6], [0.001, 1.0]),
        /// Where A ends and B begins.
        pub wipe: f64 = params::double(c"wipe", c"Wipe",
            c"Where A ends and B begins, as a part of the width.", 0.5, [0.0, 1.0], [0.0, 1.0]),
        /// Whether the absolute tolerance counts.
        pub use_absolute: bool = params::boolean(c"useAbsolute", c"Use Absolute Tolerance",
            c"Accept samples that differ by at most the absolute tolerance. A sample passes if any tolerance in use accepts it; with none in use, only equal bits pass.", false),
        /// Largest accepted difference.
        pub absolute: f64 = params::double(c"absolute", c"Absolute Tolerance",
            c"The largest difference that passes. 0 accepts what differs in nothing but the sign of zero.", 0.0, [0.0, f64::MAX], [0.0, 0.01]),
        /// Whether the relative tolerance counts.
        pub use_relative: bool = params::boolean(c"useRelative", c"Use Relative Tolerance",
            c"Accept samples that differ by at most the relative tolerance.", false),
        /// Largest accepted difference over the larger magnitude.
        pub relative: f64 = params::double(c"relative", c"Relative Tolerance",
            c"The largest difference that passes, as a part of the larger of abs(A) and abs(B).", 0.0, [0.0, f64::MAX], [0.0, 0.01]),
        /// Whether the ULP tolerance counts.
        pub use_ulp: bool = params::boolean(c"useUlp", c"Use ULP Tolerance",
            c"Accept samples that are at most so many floats apart.", false),
        /// Largest accepted distance in floats.
        pub ulp: i32 = params::integer(c"ulp", c"ULP Tolerance",
            c"How many floats apart two samples may be: 1 is neighbouring floats.", 1, [0, i32::MAX], [0, 16]),
        /// Equal NaN pass.
        pub nan_equal: bool = params::boolean(c"nanEqual", c"NaN Equal",
            c"Samples that are not a number pass where their bits are equal. Switched off, every one of them fails.", true),
        /// Peak of the PSNR.
        pub peak: f64 = params::double(c"peak", c"Peak",
            c"The signal's peak in the PSNR: 1 is white.", 1.0, [1e-30, 1e30], [0.1, 10.0]),
        /// Analyse this frame.
        pub analyze: Unread = params::button(c"analyze", c"Analyze Frame",
            c"Compares the whole frame and keys the figures below on it. Needs full resolution: at a proxy scale the figures would be those of the proxy."),
        /// Analyse all frames.
        pub analyze_sequence: Unread = params::button(c"analyzeSequence", c"Analyze Sequence",
            c"Compares every frame of the clip and keys the figures on each. Frames that were done stay when it is cancelled."),
        /// Forget the figures.
        pub clear: Unread = params::button(c"clear", c"Clear",
            c"Takes all figures and their keys away."),
        /// Fold of the figures.
        pub figures: Unread = params::group(FIGURES, c"Figures",
            c"What the buttons measured, keyed on the frame. Nothing is measured while rendering.", true),
        /// Largest difference.
        pub max: Unread = figure(c"max", c"Maximum", c"The largest difference, of the samples whose difference is finite."),
        /// Mean difference.
        pub mean: Unread = figure(c"mean", c"Mean", c"The mean difference of these samples."),
        /// Root mean square difference.
        pub rms: Unread = figure(c"rms", c"RMS", c"The root of their mean squared difference."),
        /// Peak signal-to-noise ratio.
        pub psnr: Unread = figure(c"psnr", c"PSNR", c"20 log10(peak / RMS) in decibels. 1000, more than two different float images can reach, stands for infinity: the RMS is 0."),
        /// Largest distance in floats.
        pub ulp_max: Unread = figure(c"ulpMax", c"Largest ULP Distance", c"The largest distance in floats, of the samples whose difference is finite."),
        /// Failing pixels.
        pub failing_pixels: Unread = figure(c"failingPixels", c"Failing Pixels", c"Pixels with a channel that no tolerance accepts."),
        /// Samples with NaN.
        pub nan_count: Unread = figure(c"nanCount", c"NaN Samples", c"Samples that are not a number in A or in B."),
        /// Samples with an infinity.
        pub inf_count: Unread = figure(c"infCount", c"Infinite Samples", c"Samples that are infinite in A or in B."),
        /// Position of the worst pixel.
        pub worst: Unread = place(c"worst", c"Worst Pixel", c"The pixel with the largest difference; one that fails and is not finite exceeds all others. Pixels of the full frame, y up."),
        /// The candidate there.
        pub worst_a: Unread = samples(c"worstA", c"Candidate There", c"All channels of A at the worst pixel. A clip of alpha alone shows it in A."),
        /// The reference there.
        pub worst_b: Unread = samples(c"worstB", c"Reference There", c"All channels of B at the worst pixel."),
        /// Lower left of the failing box.
        pub failing_min: Unread = place(c"failingMin", c"Failing Box From", c"Lower left corner of the box of failing pixels."),
        /// Upper right of the failing box.
        pub failing_max: Unread = place(c"failingMax", c"Failing Box To", c"One past its upper right corner; equal to the other where nothing fails."),
        /// Process red.
        pub process_r: bool = common::PROCESS_R,
        /// Process green.
        pub process_g: bool = common::PROCESS_G,
        /// Process blue.
        pub process_b: bool = common::PROCESS_B,
        /// Process alpha.
        pub process_a: bool = common::process_a(true),
        /// Use 1 - mask.
        pub mask_invert: bool = common::MASK_INVERT,
    }
}

impl CompareParams {
    fn tolerance(&self) -> Tolerance {
        Tolerance {
            absolute: self.use_absolute.then_some(self.absolute as f32),
            relative: self.use_relative.then_some(self.relative as f32),
            ulp: self.use_ulp.then_some(self.ulp.unsigned_abs()),
            nan_equal: self.nan_equal,
        }
    }

    fn process(&self) -> Process {
        common::process(
            self.process_r,
            self.process_g,
            self.process_b,
            self.process_a,
        )
    }
}

/// What the rows of Compare need.
pub struct CompareSettings {
    output: Output,
    heat_range: f32,
    /// The first column that shows B.
    seam: i32,
    tolerance: Tolerance,
    process: Process,
}

/// The node.
pub struct Compare;

impl Node for Compare {
    type Params = CompareParams;
    type Settings = CompareSettings;

    const FACE: Face = Face {
        identity: identity!("org.deltaplate.compare"),
        label: c"Compare",
        description: c"Compares a candidate (A) with a reference (B), over the union of both.\n\nPasses A through, or shows where and by how much the two differ. Analyze Frame writes the figures into the panel: largest and mean difference, RMS, PSNR, distance in floats, failing pixels and the worst of them. Samples of equal bits pass; what else passes is up to the tolerances. A mask leaves out the pixels where it is 0.",
        inputs: &[
            clip!("B", c"Reference", c"What the candidate should be."),
            clip!("A", c"Candidate", c"What is to be judged."),
        ],
        filter: FilterDef {
            source: A,
            files: &[common::plate(B)],
            // Hosts of this context work in integers, and their floats are not always n / 255:
            // half a 16-bit code value passes.
            defaults: &[(c"useAbsolute", 1.0), (c"absolute", 0.5 / 65535.0)],
        },
    };
    const PREMULTIPLICATION: Premultiplication = Premultiplication::Like(A);
    // The wipe depends on where a pixel is.
    const NATURE: Nature = Nature {
        pointwise: false,
        ..Nature::POINTWISE
    };
    const ENABLED: &'static [Enabled<CompareParams>] = &[
        (c"heatRange", |p| p.output == Output::HeatMap),
        (c"wipe", |p| p.output == Output::Wipe),
        (c"absolute", |p| p.use_absolute),
        (c"relative", |p| p.use_relative),
        (c"ulp", |p| p.use_ulp),
    ];

    fn strength(p: &CompareParams) -> Strength {
        Strength {
            mix: 1.0,
            invert_mask: p.mask_invert,
        }
    }

    fn region(_: &CompareParams, regions: &Regions) -> RectD {
        regions.union()
    }

    fn identity(p: &CompareParams, ask: &IdentityAsk) -> Option<usize> {
        (p.output == Output::Candidate && ask.inputs[A].is_some()).then_some(A)
    }

    fn settings(p: &CompareParams, place: &Place) -> CompareSettings {
        CompareSettings {
            output: p.output,
            heat_range: p.heat_range as f32,
            seam: seam(&place.region, p.wipe),
            tolerance: p.tolerance(),
            process: p.process(),
        }
    }

    fn row(settings: &CompareSettings, span: &Span<'_>, out: &mut [f32]) {
        let (a, b) = (span.inputs[A], span.inputs[B]);
        match settings.output {
            Output::Candidate => out.copy_from_slice(a),
            Output::Wipe => {
                let pixels = (i64::from(settings.seam) - i64::from(span.x)).max(0) as usize;
                let split = (pixels * span.layout.channels()).min(out.len());
                out[..split].copy_from_slice(&a[..split]);
                out[split..].copy_from_slice(&b[split..]);
            }
            Output::Absolute => each_pixel(settings, span, out, |out, a, b, compared| {
                for (c, out) in out.iter_mut().enumerate() {
                    *out = if compared(c) {
                        distance(a[c], b[c])
                    } else {
                        0.0
                    };
                }
            }),
            Output::HeatMap => each_pixel(settings, span, out, |out, a, b, compared| {
                let most = largest(a, b, compared);
                match out {
                    [r, g, b, rest @ ..] => {
                        [*r, *g, *b] = heat(most / settings.heat_range);
                        rest.fill(1.0);
                    }
                    one => one.fill(most),
                }
            }),
            Output::Mismatch => each_pixel(settings, span, out, |out, a, b, compared| {
                let fails =
                    (0..a.len()).any(|c| compared(c) && !passes(a[c], b[c], &settings.tolerance));
                out.fill(if fails { 1.0 } else { 0.0 });
            }),
        }
    }

    fn pressed(button: &CStr, panel: &mut Panel<'_>) -> Result<()> {
        if button == c"analyze" {
            analysis::frame(panel)
        } else if button == c"analyzeSequence" {
            analysis::sequence(panel)
        } else {
            panel.clear_read_outs()
        }
    }
}

fn seam(region: &RectI, wipe: f64) -> i32 {
    (f64::from(region.x1) + wipe * region.width() as f64).round() as i32
}

/// Calls `show` for each pixel, with the test whether a channel takes part.
fn each_pixel(
    settings: &CompareSettings,
    span: &Span<'_>,
    out: &mut [f32],
    show: impl Fn(&mut [f32], &[f32], &[f32], &dyn Fn(usize) -> bool),
) {
    let selection = Selection {
        layout: span.layout,
        process: settings.process,
        coverage: span.coverage,
    };
    let channels = span.layout.channels();
    let a = span.inputs[A].chunks_exact(channels);
    let b = span.inputs[B].chunks_exact(channels);
    for (index, (out, (a, b))) in out.chunks_exact_mut(channels).zip(a.zip(b)).enumerate() {
        let covered = selection.coverage.at(index) != 0.0;
        show(out, a, b, &|c| covered && selection.processes(c));
    }
}

/// abs(a - b), and 0 for equal bits: infinities that agree do not differ.
fn distance(a: f32, b: f32) -> f32 {
    if a.to_bits() == b.to_bits() {
        0.0
    } else {
        canonical((a - b).abs())
    }
}

/// The largest distance of a pixel's channels; NaN if any is.
fn largest(a: &[f32], b: &[f32], compared: &dyn Fn(usize) -> bool) -> f32 {
    (0..a.len())
        .filter(|&c| compared(c))
        .map(|c| distance(a[c], b[c]))
        .fold(0.0, |most, d| if d > most || d.is_nan() { d } else { most })
}

/// Black, blue, red, yellow, white at 0, 1/4, 1/2, 3/4, 1; magenta for NaN.
fn heat(level: f32) -> [f32; 3] {
    const STOPS: [[f32; 3]; 5] = [
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [1.0, 1.0, 1.0],
    ];
    if level.is_nan() {
        return [1.0, 0.0, 1.0];
    }
    let place = level.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let stop = (place as usize).min(STOPS.len() - 2);
    let part = place - stop as f32;
    core::array::from_fn(|c| STOPS[stop][c] + part * (STOPS[stop + 1][c] - STOPS[stop][c]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_passes_its_stops_and_marks_nan() {
        assert_eq!(heat(0.0), [0.0, 0.0, 0.0]);
        assert_eq!(heat(0.25), [0.0, 0.0, 1.0]);
        assert_eq!(heat(0.5), [1.0, 0.0, 0.0]);
        assert_eq!(heat(0.625), [1.0, 0.5, 0.0]);
        assert_eq!(heat(7.0), [1.0, 1.0, 1.0]);
        assert_eq!(heat(f32::NAN), [1.0, 0.0, 1.0]);
    }

    #[test]
    fn a_nan_outlives_larger_differences() {
        let all = |_: usize| true;
        assert!(largest(&[f32::NAN, 9.0], &[0.0, 0.0], &all).is_nan());
        assert!(largest(&[9.0, f32::NAN], &[0.0, 0.0], &all).is_nan());
        assert_eq!(
            largest(&[f32::INFINITY, 2.0], &[f32::INFINITY, 1.0], &all),
            1.0
        );
    }

    #[test]
    fn the_seam_is_a_part_of_the_region() {
        assert_eq!(seam(&RectI::new(-10, 0, 10, 1), 0.5), 0);
        assert_eq!(seam(&RectI::new(0, 0, 9, 1), 0.0), 0);
        assert_eq!(seam(&RectI::new(0, 0, 9, 1), 1.0), 9);
    }
}
