//! Rendering: the actions in their legal order, whole frames and windows.

use super::{ClipPreference, Instance, check_scale};
use crate::error::{Error, Result};
use crate::frame::{Frame, Samples};
use crate::geometry::{RectI, Scale};
use crate::layout::PATTERN;
use crate::tables::{self, RenderFacts};
use half::f16;
use ofx_sys as ofx;
use std::ffi::CStr;

/// Which field of a frame to render.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// The frame has no fields.
    #[default]
    None,
    /// The lower.
    Lower,
    /// The upper.
    Upper,
    /// Both.
    Both,
}

impl Field {
    pub(super) fn ofx(self) -> &'static CStr {
        match self {
            Self::None => ofx::kOfxImageFieldNone,
            Self::Lower => ofx::kOfxImageFieldLower,
            Self::Upper => ofx::kOfxImageFieldUpper,
            Self::Both => ofx::kOfxImageFieldBoth,
        }
    }
}

/// What to render.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderArgs {
    /// The frame.
    pub time: f64,
    /// The pixels wanted, at `scale`; the region of definition where none are named.
    pub window: Option<RectI>,
    /// The render scale.
    pub scale: Scale,
    /// The field.
    pub field: Field,
    /// Speed is worth more than quality.
    pub draft: bool,
    /// Only a thumbnail is wanted.
    pub thumbnail: bool,
    /// A user waits for it.
    pub interactive: bool,
    /// Frames come in order.
    pub sequential: bool,
    /// The bounds of the output image; the window where none are named. They must hold the window.
    pub output_bounds: Option<RectI>,
    /// Whether to ask for an identity first, and pass its image through.
    pub ask_identity: bool,
}

impl Default for RenderArgs {
    fn default() -> Self {
        Self {
            time: 0.0,
            window: None,
            scale: Scale::ONE,
            field: Field::None,
            draft: false,
            thumbnail: false,
            interactive: false,
            sequential: false,
            output_bounds: None,
            ask_identity: true,
        }
    }
}

impl RenderArgs {
    /// The whole frame at full scale.
    pub fn at(time: f64) -> Self {
        Self {
            time,
            ..Self::default()
        }
    }

    pub(super) fn facts(&self, window: RectI) -> RenderFacts {
        RenderFacts {
            time: self.time,
            window,
            scale: self.scale,
            field: self.field.ofx(),
            sequential: self.sequential,
            interactive: self.interactive,
            draft: self.draft,
            thumbnail: self.thumbnail,
        }
    }
}

/// Frames rendered between one BeginSequenceRender and one EndSequenceRender.
pub struct Sequence<'a> {
    instance: &'a Instance,
    facts: RenderFacts,
    range: [f64; 2],
    step: f64,
    ended: bool,
}

impl Sequence<'_> {
    /// Renders a frame: the window over the output bounds, zeros around it.
    ///
    /// # Errors
    /// When the plug-in fails, an input cannot be read, or the render is aborted.
    pub fn render(&self, args: &RenderArgs) -> Result<Frame> {
        self.instance.render_in_sequence(args)
    }

    /// [`Instance::render_into`] for a frame of the sequence.
    ///
    /// # Errors
    /// As there.
    pub fn render_into(
        &self,
        frame: &mut Frame,
        windows: &[RectI],
        args: &RenderArgs,
        together: bool,
    ) -> Result<()> {
        let empty = Frame::empty(frame.components(), frame.depth());
        let (back, done) =
            self.instance
                .render_windows(std::mem::replace(frame, empty), windows, args, together);
        *frame = back;
        done
    }

    /// Ends the sequence. Dropping it ends it too, but says nothing of failures.
    ///
    /// # Errors
    /// When the plug-in fails.
    pub fn end(mut self) -> Result<()> {
        self.finish()
    }

    fn finish(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        let action = ofx::kOfxImageEffectActionEndSequenceRender;
        self.instance
            .sequence_edge(action, &self.facts, self.range, self.step)
    }
}

impl Drop for Sequence<'_> {
    fn drop(&mut self) {
        if let Err(e) = self.finish() {
            self.instance.effect.host.note_violation(e.to_string());
        }
    }
}

impl Instance {
    /// Renders a frame: the window over the output bounds, zeros around it.
    ///
    /// # Errors
    /// When the plug-in fails, an input cannot be read, or the render is aborted.
    pub fn render(&self, args: &RenderArgs) -> Result<Frame> {
        let sequence = self.sequence([args.time; 2], 1.0, args)?;
        let frame = sequence.render(args)?;
        sequence.end()?;
        Ok(frame)
    }

    /// Renders windows into an image that may be larger than all of them. `args.window` and `args.output_bounds` do not
    /// count. With `together`, all windows render at once, each on a thread of its own, as far as the plug-in allows.
    ///
    /// # Errors
    /// As [`Instance::render`], and when the frame is not what the output clip carries or does not hold the windows.
    /// What was rendered until then is in the frame.
    pub fn render_into(
        &self,
        frame: &mut Frame,
        windows: &[RectI],
        args: &RenderArgs,
        together: bool,
    ) -> Result<()> {
        let sequence = self.sequence([args.time; 2], 1.0, args)?;
        sequence.render_into(frame, windows, args, together)?;
        sequence.end()
    }

    /// Begins a sequence of frames, `step` apart.
    ///
    /// # Errors
    /// When the plug-in fails.
    pub fn sequence(&self, range: [f64; 2], step: f64, args: &RenderArgs) -> Result<Sequence<'_>> {
        check_scale(args.scale)?;
        self.clip_preferences()?;
        let facts = args.facts(RectI::default());
        self.sequence_edge(
            ofx::kOfxImageEffectActionBeginSequenceRender,
            &facts,
            range,
            step,
        )?;
        Ok(Sequence {
            instance: self,
            facts,
            range,
            step,
            ended: false,
        })
    }

    fn sequence_edge(
        &self,
        action: &'static CStr,
        facts: &RenderFacts,
        range: [f64; 2],
        step: f64,
    ) -> Result<()> {
        let args = tables::sequence_args(facts, range, step);
        self.call(
            self.timed_context(action, range[0], facts.scale),
            Some(&args),
            None,
        )
        .map(drop)
    }

    fn render_in_sequence(&self, args: &RenderArgs) -> Result<Frame> {
        let output = self.clip_preferences()?.output()?;
        let defined = self.defined_pixels(args.time, args.scale)?;
        let wanted = args.window.unwrap_or(defined);
        let bounds = args.output_bounds.unwrap_or(wanted);
        if !bounds.contains(wanted) {
            return Err(Error::Frame(format!(
                "output bounds {bounds:?} do not hold the window {wanted:?}"
            )));
        }
        if wanted.is_empty() {
            return Frame::zeros(bounds, output.components, output.depth);
        }
        // Without tiles, a plug-in renders all or nothing.
        let window = if self.effect.supports_tiles() {
            wanted
        } else {
            defined.union(wanted)
        };
        let fresh = self.fresh(bounds.union(window), output)?;
        let (frame, done) = self.render_windows(fresh, &[window], args, false);
        done?;
        if frame.bounds() == wanted {
            return Ok(frame);
        }
        // Around the window there are zeros, whatever a fresh image holds.
        let mut cut = Frame::zeros(bounds, output.components, output.depth)?;
        cut.copy_from(&frame, wanted)?;
        Ok(cut)
    }

    /// An image to render into. A host whose images hold a pattern shows what a plug-in forgets to write.
    fn fresh(&self, bounds: RectI, output: ClipPreference) -> Result<Frame> {
        let mut frame = Frame::zeros(bounds, output.components, output.depth)?;
        if self.effect.host.options.canary {
            match frame.samples_mut() {
                Samples::Byte(v) => v.fill(PATTERN),
                Samples::Short(v) => v.fill(u16::from_ne_bytes([PATTERN; 2])),
                Samples::Half(v) => v.fill(f16::from_ne_bytes([PATTERN; 2])),
                Samples::Float(v) => v.fill(f32::from_ne_bytes([PATTERN; 4])),
            }
        }
        Ok(frame)
    }
}
