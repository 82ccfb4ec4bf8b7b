//! A node that panics wherever it can, in the tests of this crate only: a panic behind the guard
//! must become a status.

use core::ffi::CStr;

use super::panel::Panel;
use super::status::Result;
use crate::geometry::RectD;
use crate::node::{
    Face, FilterDef, IdentityAsk, Node, Place, Premultiplication, Regions, Span, Strength, clip,
    identity,
};
use crate::params;

crate::params! {
    /// The parameters.
    pub struct PanickingParams {
        /// Panics when pressed.
        pub button: params::Unread = params::button(c"button", c"Button", c"Panics."),
    }
}

/// The node.
pub struct Panicking;

impl Node for Panicking {
    type Params = PanickingParams;
    type Settings = ();

    const FACE: Face = Face {
        identity: identity!("org.deltaplate.panicking"),
        label: c"Panicking",
        description: c"Panics.",
        inputs: &[clip!("B", c"Background", c"An image.")],
        filter: FilterDef::ALONE,
    };
    const PREMULTIPLICATION: Premultiplication = Premultiplication::Like(0);

    fn strength(_: &PanickingParams) -> Strength {
        Strength::FULL
    }

    fn region(_: &PanickingParams, regions: &Regions) -> RectD {
        regions.union()
    }

    fn identity(_: &PanickingParams, _: &IdentityAsk) -> Option<usize> {
        panic!("identity")
    }

    fn settings(_: &PanickingParams, _: &Place) {}

    fn row((): &(), span: &Span<'_>, _: &mut [f32]) {
        panic!("row {}", span.y)
    }

    fn pressed(_: &CStr, _: &mut Panel<'_>) -> Result<()> {
        panic!("pressed")
    }
}
