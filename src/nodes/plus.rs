//! Plus: background plus difference.

use crate::geometry::RectD;
use crate::kernels::add::sum;
use crate::kernels::{Layout, Process, Selection};
use crate::node::{
    Enabled, Face, FileDef, FilterDef, IdentityAsk, Nature, Node, Place, Premultiplication,
    Regions, Span, Strength, clip, identity,
};
use crate::nodes::common::{self, BBox};
use crate::render::Spans;

const B: usize = 0;
const D: usize = 1;
const RESIDUAL: usize = 2;

crate::params! {
    /// The parameters of Plus.
    pub struct PlusParams {
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

/// The node.
pub struct Plus;

impl Node for Plus {
    type Params = PlusParams;
    type Settings = Process;

    const FACE: Face = Face {
        identity: identity!("org.deltaplate.plus"),
        label: c"Plus",
        description: c"Background (B) plus difference (D).\n\nRecreates the painted plate that Min made the difference of. Where the difference is 0 the background passes through bit for bit, also where it is infinite or not a number. With the Residual that Min makes of the same plates, the sum is the painted plate bit for bit.",
        inputs: &[
            clip!("B", c"Background", c"The plate that the difference was made against."),
            clip!("D", c"Difference", c"What Min made of the painted plate."),
            clip!("Residual", c"Residual", c"Optional: Min's Residual output, added after the difference."),
        ],
        filter: FilterDef {
            source: B,
            files: &[
                FileDef {
                    input: D,
                    name: c"difference",
                    label: c"Difference File",
                    hint: c"The file that Min's result was written to, or that deltaplate min wrote: EXR, TIFF, PNG, DPX or HDR. A run of # stands for the frame number.",
                },
                FileDef {
                    input: RESIDUAL,
                    name: c"residual",
                    label: c"Residual File",
                    hint: c"Optional: the file of Min's Residual output, or again the file that deltaplate min wrote, if it has a residual; added after the difference. A run of # stands for the frame number.",
                },
            ],
            defaults: &[],
        },
    };
    const PREMULTIPLICATION: Premultiplication = Premultiplication::Like(B);
    const NATURE: Nature = Nature {
        raw_inputs: &[D, RESIDUAL],
        ..Nature::POINTWISE
    };
    const SPANS: Spans = Spans {
        joined: true,
        optional: &[RESIDUAL],
    };
    const ENABLED: &'static [Enabled<PlusParams>] = &[];

    fn strength(p: &PlusParams) -> Strength {
        Strength {
            mix: p.mix as f32,
            invert_mask: p.mask_invert,
        }
    }

    fn region(p: &PlusParams, regions: &Regions) -> RectD {
        if p.mix as f32 == 0.0 && regions.inputs[B].is_some() {
            return regions.of(B);
        }
        // A residual belongs to its difference: where that is, and beside it.
        let mut merged = *regions;
        let residual = merged.inputs[RESIDUAL].take();
        if let (Some(d), Some(residual)) = (&mut merged.inputs[D], residual) {
            *d = d.union(&residual);
        }
        p.bbox.region(&merged, D, B)
    }

    fn identity(p: &PlusParams, ask: &IdentityAsk) -> Option<usize> {
        ask.inputs[B]?;
        let nothing_to_add = ask.is_blank(D) && ask.is_blank(RESIDUAL);
        let no_channel = match ask.layout {
            Some(Layout::Rgba) => !(p.process_r || p.process_g || p.process_b || p.process_a),
            Some(Layout::Rgb) => !(p.process_r || p.process_g || p.process_b),
            // A clip that is nothing but alpha is processed whatever the boxes say.
            Some(Layout::Alpha) | None => false,
        };
        let masked_out = ask.is_masked_out(p.mask_invert);
        (p.mix as f32 == 0.0 || nothing_to_add || no_channel || masked_out).then_some(B)
    }

    fn settings(p: &PlusParams, _place: &Place) -> Process {
        common::process(p.process_r, p.process_g, p.process_b, p.process_a)
    }

    fn row(process: &Process, span: &Span<'_>, out: &mut [f32]) {
        let selection = Selection {
            layout: span.layout,
            process: *process,
            coverage: span.coverage,
        };
        let residual = span.present[RESIDUAL].then_some(span.inputs[RESIDUAL]);
        sum(
            span.inputs[B],
            span.inputs[D],
            residual,
            selection,
            span.store,
            out,
        );
    }
}
