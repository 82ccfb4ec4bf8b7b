//! Windows of a frame: identities passed through, Render actions on images lent to the plug-in.

use super::queries::pairs;
use super::strays::stray_pixel;
use super::{Instance, RenderArgs};
use crate::clip::Clip;
use crate::context::{self, Context, RenderState};
use crate::convert::convert;
use crate::error::{Error, Result};
use crate::ffi::pixels::Lent;
use crate::frame::Frame;
use crate::geometry::RectI;
use crate::image::defined_pixels;
use crate::tables;
use ofx_sys as ofx;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

impl Instance {
    /// Renders windows into a frame, and gives it back whatever happens.
    pub(super) fn render_windows(
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
        let (lent, before) = if options.canary || !options.row_layout.is_plain() {
            match Lent::arranged_output(&frame, options.row_layout) {
                Ok(lent) => (Arc::new(lent), Some(frame)),
                Err(e) => return (frame, Err(e)),
            }
        } else {
            (Arc::new(Lent::output(frame)), None)
        };
        let (components, depth) = (lent.components(), lent.depth());
        let done = self.render_all(&lent, windows, args, together);
        self.effect.images.reclaim(&lent);
        let stray = lent.stray();
        let action = ofx::kOfxImageEffectActionRender;
        let Ok(Ok(frame)) = Arc::try_unwrap(lent).map(Lent::into_frame) else {
            let error = self.bad_answer(action, "before its threads had ended");
            return (Frame::empty(components, depth), Err(error));
        };
        let stray = stray.or_else(|| stray_pixel(&before?, &frame, windows));
        let stray = stray.map_or(Ok(()), |place| Err(self.stray_write(action, place)));
        let inputs = self.fail_on_strays(action);
        // A write where nothing may be written is worse than the failure that it came with.
        (frame, stray.and(inputs).and(done))
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
        });
        let action = ofx::kOfxImageEffectActionRender;
        let (_guard, lock) = self.lock();
        let context = Context {
            render: Some(state),
            lock,
            ..self.timed_context(action, args.time, args.scale)
        };
        let in_args = tables::render_args(&args.facts(window));
        self.call(context, Some(&in_args), None).map(drop)
    }

    /// What a window needs of each input, in pixels; sources learn of it before the plug-in asks, so that nodes
    /// upstream render before this one does, not within its render.
    fn prepare_inputs(&self, window: RectI, args: &RenderArgs) -> Result<Vec<(Arc<Clip>, RectI)>> {
        let aspect = self.clip_preferences()?.output()?.pixel_aspect;
        let region = window.to_canonical(args.scale, aspect);
        let interests = self.interests(args.time, args.scale, region)?;
        let frames = self.frames(args.time)?;
        let mut regions = Vec::with_capacity(interests.len());
        // Both have the inputs with a source, in the same order.
        for ((clip, interest), (_, ranges)) in interests.into_iter().zip(frames) {
            let Some(source) = clip.source() else {
                continue;
            };
            let pixels = interest.to_pixels(args.scale, source.format().pixel_aspect);
            for time in pairs(&ranges).flat_map(whole_frames) {
                let wanted = defined_pixels(&*source, &self.effect, time, args.scale)
                    .map(|defined| pixels.intersect(defined))
                    .map_err(|e| self.source_error(clip, e))?;
                if !wanted.is_empty() {
                    source
                        .prefetch(time, args.scale, wanted)
                        .map_err(|e| self.source_error(clip, e))?;
                }
            }
            regions.push((clip.clone(), pixels));
        }
        Ok(regions)
    }

    /// Takes the lock that the plug-in's thread safety asks for, unless an outer render on this thread has it.
    fn lock(&self) -> (Option<MutexGuard<'_, ()>>, Option<usize>) {
        let props = &self.described.props;
        let safety = props.first(ofx::kOfxImageEffectPluginRenderThreadSafety);
        let safety = safety.as_deref();
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
}

/// The frames of a range, at most a hundred: prefetching is a courtesy.
fn whole_frames([first, last]: [f64; 2]) -> impl Iterator<Item = f64> {
    (0..100)
        .map(move |i| first + f64::from(i))
        .take_while(move |time| *time <= last)
}
