//! Rendering: the actions in their legal order, whole frames and windows.

use super::{ClipPreference, Instance, check_scale};
use crate::call;
use crate::context::{self, Context, RenderState};
use crate::convert::convert;
use crate::error::{Error, Result};
use crate::ffi::pixels::Lent;
use crate::frame::{Frame, Samples};
use crate::geometry::{RectI, Scale};
use crate::image::defined_pixels;
use crate::layout::PATTERN;
use crate::tables::{self, RenderFacts};
use half::f16;
use ofx_sys as ofx;
use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    fn ofx(self) -> &'static CStr {
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

    pub(super) fn facts(&self, window: RectI) -> RenderFacts<'static> {
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
    facts: RenderFacts<'static>,
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
        let empty = Frame::zeros(RectI::default(), frame.components(), frame.depth())?;
        let (back, done) =
            self.render_windows(std::mem::replace(frame, empty), windows, args, together);
        *frame = back;
        done?;
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

    /// Renders windows into a frame, and gives it back whatever happens.
    fn render_windows(
        &self,
        frame: Frame,
        windows: &[RectI],
        args: &RenderArgs,
        together: bool,
    ) -> (Frame, Result<()>) {
        let output = match self.clip_preferences().and_then(|p| p.output()) {
            Ok(output) => output,
            Err(e) => return (frame, Err(e)),
        };
        if (frame.components(), frame.depth()) != (output.components, output.depth) {
            let error = Error::Frame(format!(
                "the output carries {:?} {:?}, the frame {:?} {:?}",
                output.components,
                output.depth,
                frame.components(),
                frame.depth()
            ));
            return (frame, Err(error));
        }
        if let Some(window) = windows.iter().find(|w| !frame.bounds().contains(**w)) {
            let error = Error::Frame(format!(
                "the frame's bounds do not hold the window {window:?}"
            ));
            return (frame, Err(error));
        }
        let mut passes = Vec::new();
        let mut renders = Vec::new();
        for window in windows.iter().filter(|w| !w.is_empty()) {
            match self.pass(*window, args) {
                Ok(Some(image)) => passes.push((*window, image)),
                Ok(None) => renders.push(*window),
                Err(e) => return (frame, Err(e)),
            }
        }
        let (mut frame, mut done) = if renders.is_empty() {
            (frame, Ok(()))
        } else {
            self.render_lent(frame, &renders, args, together)
        };
        for (window, image) in passes {
            done = done.and_then(|()| frame.copy_from(&image, window));
        }
        (frame, done)
    }

    /// The pixels of an identity over the window, zeros where it has none; none where there is no identity.
    fn pass(&self, window: RectI, args: &RenderArgs) -> Result<Option<Frame>> {
        if !args.ask_identity {
            return Ok(None);
        }
        let Some(identity) = self.is_identity(args, window)? else {
            return Ok(None);
        };
        let output = self.clip_preferences()?.output()?;
        let clip = self.effect.clip(&identity.clip);
        let Some((clip, source)) = clip.and_then(|clip| Some((clip.clone(), clip.source()?)))
        else {
            return Frame::zeros(window, output.components, output.depth).map(Some);
        };
        let failed = |e| self.source_error(&clip, e);
        let defined =
            defined_pixels(&*source, &self.effect, identity.time, args.scale).map_err(failed)?;
        let wanted = window.intersect(defined);
        if wanted.is_empty() {
            return Frame::zeros(window, output.components, output.depth).map(Some);
        }
        let image = source
            .image(identity.time, args.scale, wanted)
            .map_err(failed)?;
        let image = image.reframed(wanted)?;
        // First as the clip carries it, then as the output does: so colours come as in a render.
        let carried = self.clip_preferences()?.clips[&clip.name];
        let image = convert(&image, carried.components, carried.depth)?;
        convert(&image, output.components, output.depth)?
            .reframed(window)
            .map(Some)
    }

    /// Lends the frame to the plug-in for some renders, and takes it back.
    fn render_lent(
        &self,
        frame: Frame,
        windows: &[RectI],
        args: &RenderArgs,
        together: bool,
    ) -> (Frame, Result<()>) {
        let options = &self.effect.host.options;
        let guarded = options.canary || !options.row_layout.is_plain();
        let before = guarded.then(|| frame.clone());
        let lent = match &before {
            Some(frame) => match Lent::arranged_output(frame, options.row_layout) {
                Ok(lent) => lent,
                Err(e) => return (frame.clone(), Err(e)),
            },
            None => Lent::output(frame),
        };
        let lent = Arc::new(lent);
        let done = self.render_all(&lent, windows, args, together);
        self.effect.images.reclaim(&lent);
        let stray = lent.stray();
        let action = ofx::kOfxImageEffectActionRender;
        let Ok(Ok(frame)) = Arc::try_unwrap(lent).map(Lent::into_frame) else {
            let lost = Frame::zeros(
                RectI::default(),
                crate::Components::Alpha,
                crate::Depth::Byte,
            );
            let error = self.bad_answer(action, "before its threads had ended");
            return (
                lost.unwrap_or_else(|_| unreachable!("an empty frame is not too large")),
                Err(error),
            );
        };
        let stray = stray.or_else(|| stray_pixel(&before?, &frame, windows));
        let stray = stray.map_or(Ok(()), |place| Err(self.stray_write(action, place)));
        let inputs = self.fail_on_strays(action);
        (frame, done.and(stray).and(inputs))
    }

    fn render_all(
        &self,
        lent: &Arc<Lent>,
        windows: &[RectI],
        args: &RenderArgs,
        together: bool,
    ) -> Result<()> {
        if !together {
            return windows
                .iter()
                .try_for_each(|window| self.render_one(lent, *window, args));
        }
        std::thread::scope(|scope| {
            let start = |window: &RectI| {
                let window = *window;
                scope.spawn(move || self.render_one(lent, window, args))
            };
            let threads: Vec<_> = windows.iter().map(start).collect();
            let ends = threads.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Error::Frame("a rendering thread panicked".into())))
            });
            // All are joined, then the first failure counts.
            ends.collect::<Vec<_>>().into_iter().collect()
        })
    }

    /// One Render action.
    fn render_one(&self, lent: &Arc<Lent>, window: RectI, args: &RenderArgs) -> Result<()> {
        let region_of_definition = self.defined_pixels(args.time, args.scale)?;
        let regions = self.prepare_inputs(window, args)?;
        let state = Arc::new(RenderState {
            time: args.time,
            field: args.field.ofx(),
            output: lent.clone(),
            region_of_definition,
            regions,
            questions: AtomicU64::new(0),
            aborted: AtomicBool::new(false),
        });
        let action = ofx::kOfxImageEffectActionRender;
        let (_guard, lock) = self.lock();
        let context = Context {
            render: Some(state.clone()),
            lock,
            ..self.timed_context(action, args.time, args.scale)
        };
        let in_args = tables::render_args(&args.facts(window));
        let done = self.call(context, Some(&in_args), None);
        // However it ended, it may not be what was asked for.
        if state.aborted.load(Ordering::Relaxed) {
            return Err(Error::Aborted {
                plugin: self.name(),
            });
        }
        done.map(drop)
    }

    /// What a window needs of each input, in pixels; sources learn of it before the plug-in asks, so that nodes
    /// upstream render before this one does, not within its render.
    fn prepare_inputs(&self, window: RectI, args: &RenderArgs) -> Result<HashMap<String, RectI>> {
        let aspect = self.clip_preferences()?.output()?.pixel_aspect;
        let region = window.to_canonical(args.scale, aspect);
        let interests = self.regions_of_interest(args.time, args.scale, region)?;
        let frames = self.frames_needed(args.time)?;
        let mut regions = HashMap::new();
        for clip in self.inputs() {
            let Some(source) = clip.source() else {
                continue;
            };
            let Some(interest) = interests.get(&clip.name) else {
                continue;
            };
            let pixels = interest.to_pixels(args.scale, source.format().pixel_aspect);
            for time in frames
                .get(&clip.name)
                .into_iter()
                .flatten()
                .flat_map(whole_frames)
            {
                let wanted = defined_pixels(&*source, &self.effect, time, args.scale)
                    .map(|defined| pixels.intersect(defined))
                    .map_err(|e| self.source_error(&clip, e))?;
                if !wanted.is_empty() {
                    source
                        .prefetch(time, args.scale, wanted)
                        .map_err(|e| self.source_error(&clip, e))?;
                }
            }
            regions.insert(clip.name.clone(), pixels);
        }
        Ok(regions)
    }

    /// Takes the lock that the plug-in's thread safety asks for, unless an outer render on this thread has it.
    fn lock(&self) -> (Option<MutexGuard<'_, ()>>, Option<usize>) {
        let safety = self
            .described
            .props
            .strings(ofx::kOfxImageEffectPluginRenderThreadSafety);
        let safety = safety.first().map(|s| s.as_c_str());
        let mutex: &Mutex<()> = if safety == Some(ofx::kOfxImageEffectRenderFullySafe) {
            return (None, None);
        } else if safety == Some(ofx::kOfxImageEffectRenderInstanceSafe) {
            &self.render_lock
        } else {
            &self.plugin.0.render_lock
        };
        let key = std::ptr::from_ref(mutex).addr();
        if context::current().is_some_and(|place| place.holds(key)) {
            return (None, None);
        }
        (
            Some(mutex.lock().unwrap_or_else(PoisonError::into_inner)),
            Some(key),
        )
    }

    /// Fails when the plug-in wrote into an input or beside it.
    pub(super) fn fail_on_strays(&self, action: &CStr) -> Result<()> {
        let stray = self.effect.images.take_strays().into_iter().next();
        stray.map_or(Ok(()), |(clip, place)| {
            Err(self.stray_write(action, format!("clip {clip}, {place}")))
        })
    }

    fn stray_write(&self, action: &CStr, place: String) -> Error {
        Error::StrayWrite {
            plugin: self.name(),
            action: call::short(action),
            place,
        }
    }
}

/// The frames of a range, at most a hundred: prefetching is a courtesy.
fn whole_frames([first, last]: &[f64; 2]) -> impl Iterator<Item = f64> + use<> {
    let (first, last) = (*first, *last);
    (0..100)
        .map(move |i| first + f64::from(i))
        .take_while(move |time| *time <= last)
}

/// A pixel outside all windows that is not what it was.
fn stray_pixel(before: &Frame, after: &Frame, windows: &[RectI]) -> Option<String> {
    let mut expected = before.clone();
    for window in windows {
        expected.copy_from(after, *window).ok()?;
    }
    if bits(&expected) == bits(after) {
        return None;
    }
    let at = bits(&expected)
        .iter()
        .zip(bits(after))
        .position(|(a, b)| *a != b)?;
    let pixel = at / after.components().count();
    let width = after.bounds().width().max(1);
    let x = i64::from(after.bounds().x1) + (pixel % width) as i64;
    let y = i64::from(after.bounds().y1) + (pixel / width) as i64;
    Some(format!("pixel {x}, {y} outside the render window"))
}

/// The samples' bits, so that a NaN equals itself.
fn bits(frame: &Frame) -> Vec<u32> {
    match frame.samples() {
        Samples::Byte(v) => v.iter().map(|s| (*s).into()).collect(),
        Samples::Short(v) => v.iter().map(|s| (*s).into()).collect(),
        Samples::Half(v) => v.iter().map(|s| s.to_bits().into()).collect(),
        Samples::Float(v) => v.iter().map(|s| s.to_bits()).collect(),
    }
}
