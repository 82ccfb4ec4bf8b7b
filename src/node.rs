//! What a node is: clips, parameters, regions, and a function on rows of pixels.
//!
//! A node file in `nodes/` implements [`Node`]; [`AnyNode`] is the same without the types, which
//! the OpenFX layer works with. The layer reads the parameters, fetches the images and runs the
//! rows; the node never sees a host.

use core::ffi::CStr;

use crate::geometry::{RectD, RectI};
use crate::kernels::{Coverage, Layout, Store};
use crate::ofx::panel::{Panel, Views};
use crate::ofx::status::Result;
use crate::ofx::threads::Workers;
use crate::params::{ParamDef, Params, Reader};
use crate::render::{self, Frame, Spans};

/// The most input images that a node may have, the mask not counted.
pub const MAX_INPUTS: usize = 4;

/// What a host gets to know about a node before its parameters.
pub struct Face {
    /// Id and icons.
    pub identity: Identity,
    /// In menus: no blanks, no '-'.
    pub label: &'static CStr,
    /// Plain text, without `<` and `&`.
    pub description: &'static CStr,
    /// The input images in the host's order; [`MASK`] follows as the last clip.
    pub inputs: &'static [ClipDef],
    /// The node in hosts with a single input.
    pub filter: FilterDef,
}

/// A node in the Filter context: one clip, the other images from files.
pub struct FilterDef {
    /// The input that the host's clip `Source` is.
    pub source: usize,
    /// Where the other inputs come from.
    pub files: &'static [FileDef],
    /// Defaults of boolean and double parameters that are others there.
    pub defaults: &'static [(&'static CStr, f64)],
}

impl FilterDef {
    /// The file of an input, if it comes from one.
    pub fn file(&self, input: usize) -> Option<&'static FileDef> {
        self.files.iter().find(|file| file.input == input)
    }

    /// A node of one image.
    pub const ALONE: Self = Self {
        source: 0,
        files: &[],
        defaults: &[],
    };
}

impl FileDef {
    /// The part of a transfer's file that is this input: called as the parameter is.
    pub fn part(&self) -> &'static str {
        self.name.to_str().unwrap_or_default()
    }
}

/// A parameter that names the file of an input.
pub struct FileDef {
    /// The input.
    pub input: usize,
    /// Wire and script name.
    pub name: &'static CStr,
    /// What the artist reads.
    pub label: &'static CStr,
    /// The tooltip: plain text.
    pub hint: &'static CStr,
}

/// What a node is called on the wire and in the bundle's resources.
pub struct Identity {
    /// Unique for ever.
    pub id: &'static CStr,
    /// File names of the icon, as SVG and as PNG.
    pub icons: [&'static CStr; 2],
}

/// Makes an [`Identity`] from a string literal.
macro_rules! identity {
    ($id:literal) => {
        $crate::node::Identity {
            id: $crate::node::c_str(concat!($id, "\0")),
            icons: [
                $crate::node::c_str(concat!($id, ".svg\0")),
                $crate::node::c_str(concat!($id, ".png\0")),
            ],
        }
    };
}
pub(crate) use identity;

/// A clip as the host gets to know it.
pub struct ClipDef {
    /// Name on the wire, and short label.
    pub name: &'static CStr,
    /// What the artist reads.
    pub label: &'static CStr,
    /// The tooltip.
    pub hint: &'static CStr,
    /// Names of its properties in answers; built once, because hosts keep pointers.
    pub answers: Answers,
    /// Name of the property that asks for a colour space.
    pub colourspaces: &'static CStr,
    /// The colour space that this clip has, whichever that is.
    pub own_colourspace: &'static CStr,
}

/// Names of the properties that tell a host about one clip.
pub struct Answers {
    /// Its components.
    pub components: &'static CStr,
    /// The region that is needed of it.
    pub region: &'static CStr,
    /// The frames that are needed of it.
    pub frames: &'static CStr,
}

/// Makes [`Answers`] from a string literal.
macro_rules! answers {
    ($name:literal) => {
        $crate::node::Answers {
            components: $crate::node::c_str(concat!("OfxImageClipPropComponents_", $name, "\0")),
            region: $crate::node::c_str(concat!("OfxImageClipPropRoI_", $name, "\0")),
            frames: $crate::node::c_str(concat!("OfxImageClipPropFrameRange_", $name, "\0")),
        }
    };
}
pub(crate) use answers;

/// Makes a [`ClipDef`] from two string literals and a C string.
macro_rules! clip {
    ($name:literal, $label:expr, $hint:expr) => {
        $crate::node::ClipDef {
            name: $crate::node::c_str(concat!($name, "\0")),
            label: $label,
            hint: $hint,
            answers: $crate::node::answers!($name),
            colourspaces: $crate::node::c_str(concat!(
                "OfxImageClipPropPreferredColourspaces_",
                $name,
                "\0"
            )),
            own_colourspace: $crate::node::c_str(concat!("OfxColourspace_", $name, "\0")),
        }
    };
}
pub(crate) use clip;

/// A C string from a literal that ends with NUL.
pub(crate) const fn c_str(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("one NUL, at the end"),
    }
}

/// The last clip of every node.
pub const MASK: ClipDef = clip!(
    "Mask",
    c"Mask",
    c"Where the effect applies: 1 is in full, 0 is not at all."
);

/// How strongly the effect applies everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strength {
    /// 0 to 1.
    pub mix: f32,
    /// Use 1 - mask.
    pub invert_mask: bool,
}

impl Strength {
    /// In full, where the mask is.
    pub const FULL: Self = Self {
        mix: 1.0,
        invert_mask: false,
    };
}

/// Canonical regions of the inputs, in their order; `None` for one that is not connected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Regions {
    /// One for each possible input.
    pub inputs: [Option<RectD>; MAX_INPUTS],
    /// That of the mask.
    pub mask: Option<RectD>,
    /// What the node covers when nothing is connected.
    pub project: RectD,
}

impl Regions {
    /// The union of what is connected; the project's if nothing is.
    pub fn union(&self) -> RectD {
        self.inputs
            .iter()
            .flatten()
            .copied()
            .reduce(|a, b| a.union(&b))
            .unwrap_or(self.project)
    }

    /// The intersection of what is connected; the project's if nothing is.
    pub fn intersection(&self) -> RectD {
        self.inputs
            .iter()
            .flatten()
            .copied()
            .reduce(|a, b| a.intersection(&b))
            .unwrap_or(self.project)
    }

    /// That of one input; where it is not connected, the union of the others.
    pub fn of(&self, input: usize) -> RectD {
        self.inputs[input].unwrap_or_else(|| self.union())
    }
}

/// Where a render takes place: the same for all tiles of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The channels of a pixel.
    pub layout: Layout,
    /// The node's region of definition, in pixels of this render.
    pub region: RectI,
}

/// Pixels of one row, or of several if [`Node::SPANS`] takes them, in which the same inputs are
/// present and the mask is of one kind.
pub struct Span<'a> {
    /// The first pixel.
    pub x: i32,
    /// Its row.
    pub y: i32,
    /// The channels of a pixel.
    pub layout: Layout,
    /// Interleaved samples of each input, zeros where an image has none.
    pub inputs: [&'a [f32]; MAX_INPUTS],
    /// Whether the samples are of an image, and not the zeros around it.
    pub present: [bool; MAX_INPUTS],
    /// How strongly the effect applies.
    pub coverage: Coverage<'a>,
    /// How to store the result.
    pub store: Store,
}

/// What an identity may depend on.
pub struct IdentityAsk {
    /// Regions of the inputs, in pixels of this render; `None` for one that is not connected.
    pub inputs: [Option<RectI>; MAX_INPUTS],
    /// Region of the mask likewise.
    pub mask: Option<RectI>,
    /// The pixels asked for.
    pub window: RectI,
    /// The channels of a pixel, if the host says.
    pub layout: Option<Layout>,
}

impl IdentityAsk {
    /// Whether an input has nothing to say in the window.
    pub fn is_blank(&self, input: usize) -> bool {
        self.inputs[input].is_none_or(|region| region.intersection(&self.window).is_empty())
    }

    /// Whether a connected mask leaves the whole window untouched.
    pub fn is_masked_out(&self, invert: bool) -> bool {
        !invert
            && self
                .mask
                .is_some_and(|region| region.intersection(&self.window).is_empty())
    }
}

/// Alpha association of a node's output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Premultiplication {
    /// Colours are not multiplied by alpha, or a host must not treat them as such.
    UnPremultiplied,
    /// Colours are multiplied by alpha.
    PreMultiplied,
    /// As that input's.
    Like(usize),
}

/// What a render needs of its inputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reads {
    /// The pixels of the window.
    Window,
    /// Whole frames, whatever the window.
    Whole,
}

/// What a host must know to schedule a node and to leave its values alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nature {
    /// A result depends on the inputs' samples at its own pixel, and on nothing else.
    pub pointwise: bool,
    /// Inputs whose values are differences: no colours to be converted.
    pub raw_inputs: &'static [usize],
    /// The same of the output.
    pub raw_output: bool,
    /// For some values of the parameters it reads whole frames ([`Node::reads`]).
    pub whole: bool,
    /// For some values of the parameters it reads other frames ([`Node::frames`]).
    pub frames: bool,
}

impl Nature {
    /// Colours in, colours out, pixel by pixel.
    pub const POINTWISE: Self = Self {
        pointwise: true,
        raw_inputs: &[],
        raw_output: false,
        whole: false,
        frames: false,
    };
}

/// A parameter's name, and whether it has an effect for these values.
pub type Enabled<P> = (&'static CStr, fn(&P) -> bool);

/// A node. Implemented once in each file of `nodes/`.
pub trait Node: Sync + 'static {
    /// Its parameters, made by [`params!`](crate::params!).
    type Params: Params;
    /// What its rows need, made once a render.
    type Settings: Sync;

    /// Id, labels and clips.
    const FACE: Face;
    /// Alpha association of the output.
    const PREMULTIPLICATION: Premultiplication;
    /// Whether it works pixel by pixel, and on colours.
    const NATURE: Nature = Nature::POINTWISE;
    /// Parameters that [`Node::premultiplication`] depends on.
    const PREMULTIPLICATION_PARAMS: &'static [&'static CStr] = &[];
    /// Parameters that only matter for some values of others.
    const ENABLED: &'static [Enabled<Self::Params>] = &[];

    /// What [`Node::row`] takes.
    const SPANS: Spans = Spans::ROWS;

    /// Mask and mix.
    fn strength(params: &Self::Params) -> Strength;

    /// The region of definition.
    fn region(params: &Self::Params, regions: &Regions) -> RectD;

    /// Alpha association of the output for these values.
    fn premultiplication(_params: &Self::Params) -> Premultiplication {
        Self::PREMULTIPLICATION
    }

    /// The components of all clips, where those of the connected ones have this in common.
    fn layout(common: Layout) -> Layout {
        common
    }

    /// What a render with these values needs of its inputs.
    fn reads(_params: &Self::Params) -> Reads {
        Reads::Window
    }

    /// The frames that it needs of an input, beside that of the render; `range` is the clip's own.
    fn frames(_params: &Self::Params, _input: usize, _range: Option<(f64, f64)>) -> Vec<f64> {
        Vec::new()
    }

    /// The input whose samples are the output's, bit for bit, in the whole window.
    fn identity(_params: &Self::Params, _ask: &IdentityAsk) -> Option<usize> {
        None
    }

    /// What the rows need.
    fn settings(params: &Self::Params, place: &Place) -> Self::Settings;

    /// Computes the pixels of a span: `out` has `span.inputs[0].len()` samples.
    fn row(settings: &Self::Settings, span: &Span<'_>, out: &mut [f32]);

    /// Renders a window. Nodes whose pixels depend on their neighbours have this of their own;
    /// for all others the rows are all there is to it.
    fn render(
        params: &Self::Params,
        regions: &Regions,
        frame: &mut Frame<'_>,
        workers: &dyn Workers,
    ) -> Result<()> {
        let region = frame.pixels(&Self::region(params, regions));
        let place = Place {
            layout: frame.output.layout(),
            region,
        };
        let settings = Self::settings(params, &place);
        let row = |span: &Span<'_>, out: &mut [f32]| Self::row(&settings, span, out);
        render::run(
            frame,
            &region,
            Self::strength(params),
            Self::SPANS,
            workers,
            &row,
        )
    }

    /// Gives memory back that is only kept to be faster.
    fn purge() {}

    /// A button was pressed.
    fn pressed(_button: &CStr, _panel: &mut Panel<'_>) -> Result<()> {
        Ok(())
    }
}

/// The frames beside that of a render or a button.
pub trait Moments {
    /// The first and last frame that there are, where the host says.
    fn range(&self) -> Option<(f64, f64)>;

    /// Fetches the images of another time, at the scale of the render, and hands them to `look`.
    /// They go back to the host before this returns.
    fn look(&self, time: f64, look: &mut dyn FnMut(&Views<'_>) -> Result<()>) -> Result<()>;
}

/// A [`Node`] without its types: what the list of nodes and the OpenFX layer hold.
pub trait AnyNode: Sync {
    /// Id, labels and clips.
    fn face(&self) -> &'static Face;
    /// The parameters, in the order of the panel.
    fn params(&self) -> &'static [ParamDef];
    /// Alpha association of the output.
    fn premultiplication(&self, reader: &mut dyn Reader) -> Result<Premultiplication>;
    /// Parameters that this depends on.
    fn premultiplication_params(&self) -> &'static [&'static CStr];
    /// The components of all clips.
    fn layout(&self, common: Layout) -> Layout;
    /// What a render needs of its inputs.
    fn reads(&self, reader: &mut dyn Reader) -> Result<Reads>;
    /// The frames that it needs of an input, beside that of the render.
    fn frames(
        &self,
        reader: &mut dyn Reader,
        input: usize,
        range: Option<(f64, f64)>,
    ) -> Result<Vec<f64>>;
    /// Whether it works pixel by pixel, and on colours.
    fn nature(&self) -> Nature;
    /// The region of definition.
    fn region(&self, reader: &mut dyn Reader, regions: &Regions) -> Result<RectD>;
    /// The input that passes through.
    fn identity(&self, reader: &mut dyn Reader, ask: &IdentityAsk) -> Result<Option<usize>>;
    /// Calls `visit` with the name of each dependent parameter and whether it matters now.
    fn enabled(
        &self,
        reader: &mut dyn Reader,
        visit: &mut dyn FnMut(&'static CStr, bool),
    ) -> Result<()>;
    /// Renders a window.
    fn render(
        &self,
        reader: &mut dyn Reader,
        regions: &Regions,
        frame: &mut Frame<'_>,
        workers: &dyn Workers,
    ) -> Result<()>;
    /// Gives memory back that is only kept to be faster.
    fn purge(&self);
    /// A button was pressed.
    fn pressed(&self, button: &CStr, panel: &mut Panel<'_>) -> Result<()>;
}

impl<N: Node> AnyNode for N {
    fn face(&self) -> &'static Face {
        const { &N::FACE }
    }

    fn params(&self) -> &'static [ParamDef] {
        N::Params::DEFS
    }

    fn premultiplication(&self, reader: &mut dyn Reader) -> Result<Premultiplication> {
        Ok(N::premultiplication(&N::Params::read(reader)?))
    }

    fn premultiplication_params(&self) -> &'static [&'static CStr] {
        N::PREMULTIPLICATION_PARAMS
    }

    fn layout(&self, common: Layout) -> Layout {
        N::layout(common)
    }

    fn reads(&self, reader: &mut dyn Reader) -> Result<Reads> {
        Ok(N::reads(&N::Params::read(reader)?))
    }

    fn frames(
        &self,
        reader: &mut dyn Reader,
        input: usize,
        range: Option<(f64, f64)>,
    ) -> Result<Vec<f64>> {
        Ok(N::frames(&N::Params::read(reader)?, input, range))
    }

    fn nature(&self) -> Nature {
        N::NATURE
    }

    fn region(&self, reader: &mut dyn Reader, regions: &Regions) -> Result<RectD> {
        Ok(N::region(&N::Params::read(reader)?, regions))
    }

    fn identity(&self, reader: &mut dyn Reader, ask: &IdentityAsk) -> Result<Option<usize>> {
        Ok(N::identity(&N::Params::read(reader)?, ask))
    }

    fn enabled(
        &self,
        reader: &mut dyn Reader,
        visit: &mut dyn FnMut(&'static CStr, bool),
    ) -> Result<()> {
        if N::ENABLED.is_empty() {
            return Ok(());
        }
        let params = N::Params::read(reader)?;
        for (name, matters) in N::ENABLED {
            visit(name, matters(&params));
        }
        Ok(())
    }

    fn render(
        &self,
        reader: &mut dyn Reader,
        regions: &Regions,
        frame: &mut Frame<'_>,
        workers: &dyn Workers,
    ) -> Result<()> {
        N::render(&N::Params::read(reader)?, regions, frame, workers)
    }

    fn purge(&self) {
        N::purge();
    }

    fn pressed(&self, button: &CStr, panel: &mut Panel<'_>) -> Result<()> {
        N::pressed(button, panel)
    }
}
