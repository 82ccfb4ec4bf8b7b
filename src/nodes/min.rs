//! Min: painted minus background.

use crate::geometry::RectD;
use crate::kernels::subtract::{difference, residual};
use crate::kernels::{Layout, Process, Selection, Store, canonical};
use crate::node::{
    Face, FilterDef, Nature, Node, Place, Premultiplication, Regions, Span, Strength, clip,
    identity,
};
use crate::nodes::common::{self, BBox};
use crate::params;
use crate::render::Spans;

const B: usize = 0;
const A: usize = 1;

crate::choices! {
    /// What is computed.
    pub enum Output {
        /// A - B.
        Difference = c"Difference",
        /// What B + difference still lacks of A.
        Residual = c"Residual",
    }
}

crate::choices! {
    /// How the difference is made visible.
    pub enum View {
        /// Not at all: this is the difference.
        Off = c"Off",
        /// Around middle grey.
        Offset = c"Offset",
        /// Its magnitude.
        Absolute = c"Absolute",
        /// Warm where A is brighter, blue where B is.
        Signed = c"Signed Colours",
        /// White where any bit differs.
        Changed = c"Changed Pixels",
    }
}

crate::params! {
    /// The parameters of Min.
    pub struct MinParams {
        /// What is computed.
        pub output: Output = params::choice(c"output", c"Output",
            c"Difference is A - B. Residual is the small correction that Plus adds after the difference, so that the sum is A bit for bit also in dark paint over bright film, where a float subtraction rounds. Both are needed for that, from the same A and B.", 0),
        /// Clamp to the float range.
        pub finite: bool = params::boolean(c"finite", c"Finite",
            c"Keep the difference within the range of a float: an overflow becomes the largest float, and where A or B is infinite or not a number the difference is 0. The Residual output always counts on this.", false),
        /// How the difference is made visible.
        pub view: View = params::choice(c"view", c"View",
            c"Ways to look at the difference. For looking only: what is written with a view switched on cannot be added back. In hosts that work in integers, negative differences are cut off; look at them with Offset.", 0),
        /// Factor of the views.
        pub view_gain: f64 = params::double(c"viewGain", c"View Gain",
            c"Multiplies the difference in the views Offset, Absolute and Signed Colours.", 1.0,
            [0.0, 1e6], [0.0, 50.0]),
        /// Process red.
        pub process_r: bool = common::PROCESS_R,
        /// Process green.
        pub process_g: bool = common::PROCESS_G,
        /// Process blue.
        pub process_b: bool = common::PROCESS_B,
        /// Process alpha.
        pub process_a: bool = common::process_a(false),
        /// Region of definition.
        pub bbox: BBox = common::BBOX,
        /// Use 1 - mask.
        pub mask_invert: bool = common::MASK_INVERT,
        /// How much of the difference.
        pub mix: f64 = common::MIX,
    }
}

/// What the rows of Min need.
pub struct MinSettings {
    output: Output,
    finite: bool,
    view: View,
    gain: f32,
    process: Process,
}

/// The node.
pub struct Min;

impl Node for Min {
    type Params = MinParams;
    type Settings = MinSettings;

    const FACE: Face = Face {
        identity: identity!("org.deltaplate.min"),
        label: c"Min",
        description: c"Min is short for minus: painted (A) minus background (B).\n\nThe signed difference is black wherever the two plates are equal, so that it compresses to a sliver of the plate. Plus adds it to the background again and recreates the painted plate; Compare proves it. Channels that are not processed are 0, but alpha is B's: a difference of two opaque plates would have alpha 0 and be lost in a premultiplication.",
        inputs: &[
            clip!("B", c"Background", c"The plate before it was painted."),
            clip!("A", c"Painted", c"The plate after it was painted."),
        ],
        filter: FilterDef {
            source: A,
            files: &[common::plate(B)],
            defaults: &[],
        },
    };
    const PREMULTIPLICATION: Premultiplication = Premultiplication::UnPremultiplied;
    // A difference that was converted like a colour could not be added back.
    const NATURE: Nature = Nature {
        raw_output: true,
        ..Nature::POINTWISE
    };
    const SPANS: Spans = Spans {
        joined: true,
        optional: &[],
    };
    const ENABLED: &'static [crate::node::Enabled<MinParams>] = &[
        (c"finite", |p| p.output == Output::Difference),
        (c"viewGain", |p| {
            !matches!(p.view, View::Off | View::Changed)
        }),
    ];

    fn strength(p: &MinParams) -> Strength {
        Strength {
            mix: p.mix as f32,
            invert_mask: p.mask_invert,
        }
    }

    fn region(p: &MinParams, regions: &Regions) -> RectD {
        p.bbox.region(regions, A, B)
    }

    fn settings(p: &MinParams, _place: &Place) -> MinSettings {
        MinSettings {
            output: p.output,
            finite: p.finite,
            view: p.view,
            gain: p.view_gain as f32,
            process: common::process(p.process_r, p.process_g, p.process_b, p.process_a),
        }
    }

    fn row(settings: &MinSettings, span: &Span<'_>, out: &mut [f32]) {
        let selection = Selection {
            layout: span.layout,
            process: settings.process,
            coverage: span.coverage,
        };
        let (a, b) = (span.inputs[A], span.inputs[B]);
        if settings.view == View::Changed {
            return changed(a, b, &selection, out);
        }
        // A view reads what was stored.
        let store = match settings.view {
            View::Off => span.store,
            _ => Store::Cached,
        };
        match settings.output {
            Output::Difference => difference(a, b, selection, settings.finite, store, out),
            Output::Residual => residual(a, b, selection, store, out),
        }
        let gain = settings.gain;
        match settings.view {
            View::Off | View::Changed => (),
            View::Offset => each_colour(out, span.layout, |d| 0.5 + gain * d),
            View::Absolute => each_colour(out, span.layout, |d| gain * d.abs()),
            View::Signed => signed(out, span.layout, gain),
        }
    }
}

/// Maps each colour, and makes the picture opaque.
fn each_colour(out: &mut [f32], layout: Layout, map: impl Fn(f32) -> f32) {
    for pixel in out.chunks_exact_mut(layout.channels()) {
        for sample in pixel.iter_mut() {
            *sample = canonical(map(*sample));
        }
        if let [_, _, _, alpha] = pixel {
            *alpha = 1.0;
        }
    }
}

/// The channel that differs most decides: orange where A is brighter, blue where B is. One
/// channel has no colours; it is shown around middle grey.
fn signed(out: &mut [f32], layout: Layout, gain: f32) {
    if layout == Layout::Alpha {
        return each_colour(out, layout, |d| 0.5 + gain * d);
    }
    for pixel in out.chunks_exact_mut(layout.channels()) {
        let most = pixel[..3].iter().fold(
            0.0f32,
            |most, d| if d.abs() > most.abs() { *d } else { most },
        );
        let level = gain * most.abs();
        let colour = if most > 0.0 {
            [level, 0.5 * level, 0.0]
        } else {
            [0.0, 0.5 * level, level]
        };
        pixel[..3].copy_from_slice(&colour.map(canonical));
        if let [_, _, _, alpha] = pixel {
            *alpha = 1.0;
        }
    }
}

/// White where a processed channel's bits differ and the effect applies.
fn changed(a: &[f32], b: &[f32], selection: &Selection<'_>, out: &mut [f32]) {
    let channels = selection.layout.channels();
    let pairs = a.chunks_exact(channels).zip(b.chunks_exact(channels));
    for (index, (pixel, (a, b))) in out.chunks_exact_mut(channels).zip(pairs).enumerate() {
        let differs = (0..channels)
            .any(|c| selection.processes(c) && a[c].to_bits() != b[c].to_bits())
            && selection.coverage.at(index) != 0.0;
        pixel.fill(if differs { 1.0 } else { 0.0 });
        if let [_, _, _, alpha] = pixel {
            *alpha = 1.0;
        }
    }
}
