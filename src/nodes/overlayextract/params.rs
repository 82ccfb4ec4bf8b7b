//! The parameters of OverlayExtract.

use core::ffi::CStr;

use crate::nodes::common;
use crate::params::{self, Decl, Unread};

crate::choices! {
    /// What the node delivers.
    pub enum Output {
        /// The layer, premultiplied.
        Overlay = c"Overlay",
        /// The layer's own colour.
        Straight = c"Straight",
        /// The opacity.
        Matte = c"Matte",
        /// The layer over the background, or over a new one.
        Recomposite = c"Recomposite",
        /// What the recomposite lacks of the merged picture.
        Residual = c"Residual",
        /// What is left of the background in the layer.
        Ghost = c"Ghost Map",
    }
}

crate::choices! {
    /// How the overlay was laid on.
    pub enum BlendMode {
        /// Over.
        Normal = c"Normal",
        /// Added light.
        Add = c"Add",
        /// Screen.
        Screen = c"Screen",
        /// Multiply.
        Multiply = c"Multiply",
    }
}

crate::choices! {
    /// In which numbers.
    pub enum Space {
        /// Those of the plates.
        Linear = c"Linear",
        /// sRGB's curve on top.
        Srgb = c"sRGB",
        /// Rec.709's.
        Rec709 = c"Rec.709",
        /// A power.
        Gamma = c"Gamma",
    }
}

crate::choices! {
    /// How the opacity is known.
    pub enum OpacityMode {
        /// The same everywhere.
        Uniform = c"Uniform",
        /// Varies slowly.
        Smooth = c"Smooth",
        /// One colour, any opacity.
        Solid = c"Solid Colour",
        /// The least that explains the picture.
        Minimum = c"Minimum",
        /// Given by a clip.
        Matte = c"Matte",
        /// Found from several frames.
        Frames = c"Frames",
    }
}

crate::choices! {
    /// How the overlay is estimated.
    pub enum Method {
        /// Weighed and smoothed.
        Recommended = c"Recommended",
        /// Pixel by pixel.
        Closed = c"Closed Form",
        /// The sign iteration of 2015.
        Seed = c"Seed",
    }
}

crate::choices! {
    /// What the plates went through.
    pub enum Source {
        /// To be measured.
        Automatic = c"Automatic",
        /// Nothing: renders.
        Clean = c"Clean",
        /// Rounding to 8 bits.
        EightBit = c"8-bit",
        /// Grain.
        Noisy = c"Noisy",
        /// A codec.
        Compressed = c"Compressed",
    }
}

/// Up to this the background counts as lying well: what *Analyze* writes for 0, which stands for
/// automatic.
pub const NO_MISMATCH: f64 = 0.001;

/// The numbers of the iteration.
const SOLVER: &CStr = c"solver";
/// Read-outs that only the buttons write.
const FIGURES: &CStr = c"figures";

const fn figure(name: &'static CStr, label: &'static CStr, hint: &'static CStr) -> Decl<Unread> {
    params::read_out(name, label, hint, params::FIGURE).within(FIGURES)
}

crate::params! {
    /// The parameters of OverlayExtract.
    pub struct OverlayParams {
        /// What is delivered.
        pub output: Output = params::choice(c"output", c"Output",
            c"Overlay is the layer, premultiplied, with its opacity as alpha. Straight is its own colour, 0 where it is next to transparent. Matte is the opacity. Recomposite lays the layer over the background again, or over New Background. Residual is what the recomposite lacks of the merged picture: Overlay over the background, plus Residual, is the merged picture. Ghost Map is red where some of the background is left in the layer, and blue where too much of it was taken off. Overlay, Straight and Residual are in the blend space, Recomposite is in that of the plates.", 0),
        /// How the overlay was laid on.
        pub blend_mode: BlendMode = params::choice(c"blendMode", c"Blend Mode",
            c"How the overlay was laid on. Normal is over. Add is a true reflection, in linear light: its alpha is 0, and it is laid back with plus. Screen and Multiply are as in other programs.", 0),
        /// In which numbers.
        pub blend_space: Space = params::choice(c"blendSpace", c"Blend Space",
            c"The encoding in which the overlay was laid on. Linear is the plates' own numbers; the others encode them first. The wrong one is the worst mistake to make here: what was blended in linear light and is undone in sRGB is off by 35 dB.", 0),
        /// The exponent of Gamma.
        pub gamma: f64 = params::double(c"gamma", c"Gamma",
            c"The exponent of the blend space Gamma: linear is encoded to that power.", 2.2, [0.2, 5.0], [1.0, 3.0]),
        /// Finds the blend space.
        pub detect: Unread = params::button(c"detectBlendSpace", c"Detect Blend Space",
            c"Sets Blend Space to the one in which a single opacity explains this frame best. For plates in linear light and overlays of uniform opacity."),
        /// How the opacity is known.
        pub opacity_mode: OpacityMode = params::choice(c"opacityMode", c"Opacity Mode",
            c"From one frame, opacity and colour are four unknowns in three equations: each mode takes something for granted. Uniform: one opacity everywhere. Smooth: it varies slowly, as in soft reflections. Solid Colour: the overlay has one colour, as logos and titles do. Minimum: the least opacity that explains the picture. Matte: it comes from the clip Matte. Frames: the overlay stands still over a moving background. Smooth, Solid Colour, Minimum and Frames are for Normal; in other blend modes they count as Uniform.", 0),
        /// The uniform opacity.
        pub opacity: f64 = params::double(c"opacity", c"Opacity",
            c"How opaque the overlay is. Analyze finds it, in the mode Normal. In the other opacity modes it does not count.", 0.15, [0.01, 1.0], [0.01, 1.0]),
        /// Opacity is known.
        pub keep_opacity: bool = params::boolean(c"keepOpacity", c"Keep Opacity",
            c"Analyze takes Opacity as given, and measures all else with it.", false),
        /// Finds what is not known.
        pub analyze: Unread = params::button(c"analyze", c"Analyze",
            c"Measures this frame and sets Background Offset, Opacity (or Background Gain), Noise and Background Mismatch, then fills in the figures below. The values hold for the whole shot, so that it does not flicker. Needs full resolution."),
        /// How far B lies off.
        pub background_offset: [f64; 2] = params::pair(c"backgroundOffset", c"Background Offset",
            c"How far the background lies off the merged picture, in pixels of the full frame, to the right and up. It is moved back by as much.", [-4.0, 4.0]),
        /// Apply the gain.
        pub match_gain: bool = params::boolean(c"matchBackgroundGain", c"Match Background Gain",
            c"Multiply the background by Background Gain. Only the product of the gain and of 1 - opacity shows in the picture: with this on, Analyze takes Opacity as given and finds the gain.", false),
        /// The gain of B.
        pub background_gain: f64 = params::double(c"backgroundGain", c"Background Gain",
            c"How much brighter the background is under the overlay than in B.", 1.0, [0.01, 100.0], [0.5, 2.0]),
        /// What the plates went through.
        pub source: Source = params::choice(c"source", c"Source",
            c"What the plates went through. Automatic measures it. Clean: nothing, the closed form is exact. 8-bit: rounding. Noisy: grain. Compressed: JPEG or a video codec. Analyze sets Compressed when it finds it.", 0),
        /// The noise of M - b.
        pub noise: f64 = params::double(c"noise", c"Noise",
            c"The standard deviation of the noise in what is left of the merged picture without the background. 0 measures it on each frame; Analyze sets it, so that a shot does not flicker.", 0.0, [0.0, 1.0], [0.0, 0.05]),
        /// How strongly to smooth.
        pub denoise: f64 = params::double(c"denoise", c"Denoise",
            c"How strongly the noise is smoothed away, times what the source asks for. 0 is the closed form.", 1.0, [0.0, 4.0], [0.0, 4.0]),
        /// How far B is out of place.
        pub background_mismatch: f64 = params::double(c"backgroundMismatch", c"Background Mismatch",
            c"How far the background is out of place after all, in pixels: its edges count for less. 0 measures it on each frame; 0.001, which Analyze sets where there is none, is none.", 0.0, [0.0, 2.0], [0.0, 2.0]),
        /// mu of Smooth.
        pub opacity_smoothness: f64 = params::double(c"opacitySmoothness", c"Opacity Smoothness",
            c"Smooth: how slowly the opacity varies.", 3.0, [0.1, 10.0], [0.1, 10.0]),
        /// First of the frames.
        pub frames_first: i32 = params::integer(c"framesFirst", c"First Frame",
            c"Frames: the first of the frames that the opacity is found from. Up to 16 of them are read, evenly spread.", 0, [-1_000_000, 1_000_000], [0, 2000]),
        /// Last of the frames.
        pub frames_last: i32 = params::integer(c"framesLast", c"Last Frame",
            c"Frames: the last of them. If it is not after the first, all frames of the clip count.", 0, [-1_000_000, 1_000_000], [0, 2000]),
        /// Fold of the numbers.
        pub solver: Unread = params::group(SOLVER, c"Estimate", c"How the estimate is made.", false),
        /// How the overlay is estimated.
        pub method: Method = params::choice::<Method>(c"method", c"Method",
            c"Recommended weighs noise, misaligned edges and smoothness against each other. Closed Form solves for each pixel by itself. Seed is the iteration that this node descends from: the estimate is laid over the background, and stepped against the sign of the error; 300 iterations with a step of 1.3 are its usual numbers.", 0).within(SOLVER),
        /// The least value of O.
        pub range_min: f64 = params::double(c"rangeMin", c"Range Minimum",
            c"The darkest that the overlay can be, in the blend space.", 0.0, [-1000.0, 1000.0], [0.0, 1.0]).within(SOLVER),
        /// The greatest.
        pub range_max: f64 = params::double(c"rangeMax", c"Range Maximum",
            c"The brightest that the overlay can be.", 1.0, [-1000.0, 1000.0], [0.0, 1.0]).within(SOLVER),
        /// No greatest.
        pub unlimited: bool = params::boolean(c"unlimited", c"Unlimited",
            c"The overlay may be as bright as it likes: for HDR.", false).within(SOLVER),
        /// Iterations.
        pub iterations: i32 = params::integer(c"iterations", c"Iterations",
            c"How many iterations on the full size. Drafts do 10 at most.", 30, [1, 500], [1, 300]).within(SOLVER),
        /// Sizes of the pyramid.
        pub levels: i32 = params::integer(c"levels", c"Levels",
            c"From how many sizes, each half the one before, the iteration starts.", 4, [1, 6], [1, 6]).within(SOLVER),
        /// The primal step.
        pub step: f64 = params::double(c"step", c"Step",
            c"Recommended: the step of the iteration; it changes the speed and not the goal. Seed: the step in code values of 8 bits.", 0.7, [0.1, 2.0], [0.1, 2.0]).within(SOLVER),
        /// When to stop.
        pub tolerance: f64 = params::double(c"tolerance", c"Tolerance",
            c"Stops when an iteration changes the overlay by less than this part of its noise. 0 does all iterations.", 0.0, [0.0, 0.1], [0.0, 0.1]).within(SOLVER),
        /// Huber's part of the noise.
        pub edge_softness: f64 = params::double(c"edgeSoftness", c"Edge Softness",
            c"Steps below this part of the noise are smoothed as slopes, above it kept as edges.", 0.2, [0.0, 2.0], [0.0, 2.0]).within(SOLVER),
        /// Fold of the figures.
        pub figures: Unread = params::group(FIGURES, c"Figures",
            c"What Analyze or Measure found, keyed on the frame. Nothing is measured while rendering.", true),
        /// Fills in the figures.
        pub measure: Unread = params::button(c"measure", c"Measure",
            c"Fills in the figures of this frame for the parameters as they are, and changes nothing else: to see what a value set by hand does, or how a shot holds on another frame. Needs full resolution.").within(FIGURES),
        /// Edges left.
        pub ghost_index: Unread = figure(c"ghostIndex", c"Ghost Index",
            c"The energy of edges in the layer on the background's strongest edges, over that beside them. Up to 1.05 nothing is left of the background; 0.3 pixels out of place read 1.3 to 2.7."),
        /// RMS of the residual.
        pub residual_rms: Unread = figure(c"residualRms", c"Residual RMS",
            c"The root mean square of Residual, in the blend space: the noise that was taken off, and what the model does not explain."),
        /// Iterations done.
        pub iterations_done: Unread = figure(c"iterationsDone", c"Iterations Done",
            c"The iterations on the full size. 0 is the closed form."),
        /// Use 1 - mask.
        pub mask_invert: bool = common::MASK_INVERT,
        /// How much of the layer.
        pub mix: f64 = common::MIX,
    }
}
