//! Parameters that several nodes have, declared once.

use crate::geometry::RectD;
use crate::kernels::Process;
use crate::node::{FileDef, Regions};
use crate::params::{self, Decl};

/// Check box for the red channel.
pub const PROCESS_R: Decl<bool> =
    params::boolean(c"processR", c"R", c"Process the red channel.", true);
/// Check box for the green channel.
pub const PROCESS_G: Decl<bool> =
    params::boolean(c"processG", c"G", c"Process the green channel.", true);
/// Check box for the blue channel.
pub const PROCESS_B: Decl<bool> =
    params::boolean(c"processB", c"B", c"Process the blue channel.", true);

/// Check box for the alpha channel.
pub const fn process_a(default: bool) -> Decl<bool> {
    params::boolean(
        c"processA",
        c"A",
        c"Process the alpha channel. A clip that is nothing but alpha is always processed.",
        default,
    )
}

/// The four check boxes as the kernels take them.
pub fn process(r: bool, g: bool, b: bool, a: bool) -> Process {
    Process([r, g, b, a])
}

/// The file of the background, in hosts with a single input.
pub const fn plate(input: usize) -> FileDef {
    FileDef {
        input,
        name: c"plate",
        label: c"Plate File",
        hint: c"The background: EXR, TIFF, PNG, DPX or HDR. A run of # stands for the frame number. Its lower left corner lies on that of the clip.",
    }
}

crate::choices! {
    /// The region that a node of two images covers.
    pub enum BBox {
        /// All that either covers.
        Union = c"Union",
        /// Only what both cover.
        Intersection = c"Intersection",
        /// That of the image which is laid over or taken from.
        A = c"A",
        /// That of the background.
        B = c"B",
    }
}

/// Choice of the region of definition.
pub const BBOX: Decl<BBox> = params::choice(
    c"bbox",
    c"Bounding Box",
    c"The region that the result covers: that of both images together, only where both are, that of A (for Plus: of the difference), or that of B. Outside its region an image counts as 0.",
    0,
);

impl BBox {
    /// The region for these inputs; `a` and `b` are their numbers.
    pub fn region(self, regions: &Regions, a: usize, b: usize) -> RectD {
        match self {
            Self::Union => regions.union(),
            Self::Intersection => regions.intersection(),
            Self::A => regions.of(a),
            Self::B => regions.of(b),
        }
    }
}

/// Check box that turns the mask around.
pub const MASK_INVERT: Decl<bool> = params::boolean(
    c"maskInvert",
    c"Invert Mask",
    c"Apply the effect where the mask is 0 instead of where it is 1. Without a mask this does nothing.",
    false,
);

/// How much of the effect.
pub const MIX: Decl<f64> = params::double(
    c"mix",
    c"Mix",
    c"How much of the effect: 1 is in full, 0 is none.",
    1.0,
    [0.0, 1.0],
    [0.0, 1.0],
);
