//! Images: what clips hand to a plug-in, until it releases them.

use crate::clip::Clip;
use crate::context::{self, Context};
use crate::convert::convert;
use crate::effect::Effect;
use crate::error::{Error, SourceError};
use crate::faults::ImageFault;
use crate::ffi::pixels::Lent;
use crate::frame::Frame;
use crate::geometry::{RectD, RectI, Scale};
use crate::props::{Owner, PropertySet};
use crate::registry::find;
use crate::schema::Schema;
use crate::source::FrameSource;
use crate::status::Status;
use crate::tables::{self, ImageFacts};
use crate::text::Text;
use ofx_sys as ofx;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// An image that a plug-in holds.
struct Image {
    /// Its handle is this set's.
    _props: Arc<PropertySet>,
    lent: Arc<Lent>,
    clip: Arc<Clip>,
}

/// The images that a plug-in holds for an instance.
#[derive(Default)]
pub(crate) struct Images {
    held: Mutex<FxHashMap<usize, Image>>,
    /// Outputs that were taken back although the plug-in had not released them.
    lost: AtomicUsize,
    /// Where the plug-in wrote although it must not: the clip, and the place.
    strays: Mutex<Vec<(String, String)>>,
}

impl Images {
    pub(crate) fn outstanding(&self) -> usize {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.len() + self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn take_strays(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.strays.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes an output back from a plug-in that has rendered.
    pub(crate) fn reclaim(&self, output: &Arc<Lent>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.len();
        held.retain(|_, image| !Arc::ptr_eq(&image.lent, output));
        self.lost.fetch_add(before - held.len(), Ordering::Relaxed);
    }

    fn add(&self, raw: usize, image: Image) {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(raw, image);
    }

    fn remove(&self, raw: usize) -> Result<(), Status> {
        let image = self
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&raw);
        let image = image.ok_or(Status::ERR_BAD_HANDLE)?;
        if let Some(place) = image.lent.stray() {
            self.strays
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((image.clip.name.clone(), place));
        }
        Ok(())
    }
}

/// A plug-in asks for an image: its handle.
pub(crate) fn fetch(clip: &Arc<Clip>, time: f64, region: Option<RectD>) -> Result<usize, Status> {
    let context = context::current().ok_or(Status::FAILED)?.context;
    let effect = clip.effect().ok_or(Status::ERR_BAD_HANDLE)?;
    if context
        .effect
        .as_ref()
        .is_none_or(|asking| !Arc::ptr_eq(asking, &effect))
    {
        context.host.note_violation(format!(
            "clip {} of another instance was asked for an image",
            clip.name
        ));
        return Err(Status::FAILED);
    }
    let mut faults = context.host.options.faults.of_image(&clip.name);
    if faults.any(|fault| *fault == ImageFault::NullHandle) {
        return Ok(0);
    }
    if clip.is_output() {
        output(clip, &context, &effect, time)
    } else {
        input(clip, &context, &effect, time, region)
    }
}

/// A plug-in releases an image.
pub(crate) fn release(raw: usize) -> Result<(), Status> {
    let props = find::<PropertySet>(raw)?;
    let Some(Owner::Image(effect)) = props.owner.get() else {
        return Err(Status::ERR_BAD_HANDLE);
    };
    effect
        .upgrade()
        .ok_or(Status::ERR_BAD_HANDLE)?
        .images
        .remove(raw)
}

/// A plug-in asks where a clip has pixels.
pub(crate) fn region_of_definition(clip: &Clip, time: f64) -> Result<RectD, Status> {
    let context = context::current().ok_or(Status::FAILED)?.context;
    if let Some(region) = context.host.options.faults.region {
        return Ok(region);
    }
    let scale = context.scale.unwrap_or(Scale::ONE);
    if clip.is_output() {
        let render = context.render.as_ref().ok_or(Status::FAILED)?;
        return Ok(render
            .region_of_definition
            .to_canonical(scale, clip.pixel_aspect()));
    }
    let source = clip.source().ok_or(Status::FAILED)?;
    source
        .region_of_definition(time, scale)
        .map_err(|e| failed(&context, clip, e))
}

fn failed(context: &Context, clip: &Clip, error: SourceError) -> Status {
    context.note_failure(&clip.name, error);
    Status::FAILED
}

fn output(
    clip: &Arc<Clip>,
    context: &Context,
    effect: &Arc<Effect>,
    time: f64,
) -> Result<usize, Status> {
    let render = context
        .render
        .as_ref()
        .filter(|r| r.time == time)
        .ok_or(Status::FAILED)?;
    let scale = context.scale.unwrap_or(Scale::ONE);
    Ok(hand_out(
        clip,
        context,
        effect,
        render.output.clone(),
        scale,
        render.region_of_definition,
        render.field,
    ))
}

fn input(
    clip: &Arc<Clip>,
    context: &Context,
    effect: &Arc<Effect>,
    time: f64,
    region: Option<RectD>,
) -> Result<usize, Status> {
    let source = clip.source().ok_or(Status::FAILED)?;
    let scale = context.scale.ok_or(Status::FAILED)?;
    let defined =
        defined_pixels(&*source, effect, time, scale).map_err(|e| failed(context, clip, e))?;
    let tiles = effect.supports_tiles() && clip.props.flag(ofx::kOfxImageEffectPropSupportsTiles);
    let render = context.render.as_ref();
    let needed = render
        .filter(|r| r.time == time)
        .and_then(|r| r.regions.iter().find(|(known, _)| Arc::ptr_eq(known, clip)))
        .map(|(_, pixels)| *pixels);
    let wanted = match (tiles, region, needed) {
        (false, ..) | (true, None, None) => defined,
        (true, Some(region), _) => region
            .to_pixels(scale, source.format().pixel_aspect)
            .intersect(defined),
        (true, None, Some(needed)) => needed.intersect(defined),
    };
    if wanted.is_empty() {
        return Err(Status::FAILED);
    }
    let frame = source
        .image(time, scale, wanted)
        .map_err(|e| failed(context, clip, e))?;
    let lent = lend(clip, context, frame, wanted)
        .map_err(|e| failed(context, clip, SourceError::new(e)))?;
    let field = render.map_or(ofx::kOfxImageFieldNone, |r| r.field);
    Ok(hand_out(
        clip,
        context,
        effect,
        Arc::new(lent),
        scale,
        defined,
        field,
    ))
}

/// Where a source has pixels at a scale; an infinite source has them over the project.
pub(crate) fn defined_pixels(
    source: &dyn FrameSource,
    effect: &Effect,
    time: f64,
    scale: Scale,
) -> Result<RectI, SourceError> {
    let aspect = source.format().pixel_aspect;
    let region = source
        .region_of_definition(time, scale)?
        .to_pixels(scale, aspect);
    if !region.is_infinite() {
        return Ok(region);
    }
    Ok(region.intersect(effect.project().to_pixels(scale, aspect)))
}

/// Converts a source's frame to what the clip agreed on, and lends it as the host lays out rows.
fn lend(clip: &Clip, context: &Context, frame: Arc<Frame>, wanted: RectI) -> Result<Lent, Error> {
    let components = clip.components().unwrap_or(frame.components());
    let depth = clip.depth().unwrap_or(frame.depth());
    let options = &context.host.options;
    let frame = if (frame.components(), frame.depth()) == (components, depth) {
        frame
    } else {
        Arc::new(convert(&frame, components, depth)?)
    };
    if options.row_layout.is_plain() && !options.canary {
        Ok(Lent::shared(frame))
    } else {
        Lent::copied(&frame, wanted.intersect(frame.bounds()), options.row_layout)
    }
}

/// Tells something wrong of an image.
fn misreport(told: Schema, fault: &ImageFault, lent: &Lent, output: Option<&Lent>) -> Schema {
    match fault {
        ImageFault::NullHandle => told,
        ImageFault::NullData => told.fixed(ofx::kOfxImagePropData, 0_usize),
        ImageFault::Bounds(bounds) => told.fixed(ofx::kOfxImagePropBounds, bounds.to_array()),
        ImageFault::RowBytes(bytes) => told.fixed(ofx::kOfxImagePropRowBytes, *bytes),
        ImageFault::Shift(bytes) => {
            let data = lent.address().wrapping_add_signed(*bytes);
            told.fixed(ofx::kOfxImagePropData, data)
        }
        ImageFault::Components(name) => {
            told.fixed(ofx::kOfxImageEffectPropComponents, name.clone())
        }
        ImageFault::Depth(name) => told.fixed(ofx::kOfxImageEffectPropPixelDepth, name.clone()),
        ImageFault::Scale(scale) => told.fixed(ofx::kOfxImageEffectPropRenderScale, *scale),
        ImageFault::PixelAspect(aspect) => told.fixed(ofx::kOfxImagePropPixelAspectRatio, *aspect),
        ImageFault::Without(name) => told.without(name),
        ImageFault::Output { x, y } => {
            let Some(output) = output else { return told };
            let mut bounds = output.bounds();
            let pixel = (output.components().count() * output.depth().bytes()) as isize;
            let offset = *x as isize * pixel + *y as isize * output.row_bytes() as isize;
            bounds.x2 = bounds.x2.saturating_sub(*x);
            bounds.y2 = bounds.y2.saturating_sub(*y);
            told.fixed(
                ofx::kOfxImagePropData,
                output.address().wrapping_add_signed(offset),
            )
            .fixed(ofx::kOfxImagePropRowBytes, output.row_bytes())
            .fixed(ofx::kOfxImagePropBounds, bounds.to_array())
        }
    }
}

/// Makes the handle of an image.
fn hand_out(
    clip: &Arc<Clip>,
    context: &Context,
    effect: &Arc<Effect>,
    lent: Arc<Lent>,
    scale: Scale,
    region_of_definition: RectI,
    field: &'static std::ffi::CStr,
) -> usize {
    let output = context.render.as_ref().map(|r| &*r.output);
    // Never the same twice: a plug-in that caches by it must not take one image for another.
    static UNIQUE: AtomicUsize = AtomicUsize::new(0);
    let unique = UNIQUE.fetch_add(1, Ordering::Relaxed);
    let told = tables::image(ImageFacts {
        components: lent.components(),
        depth: lent.depth(),
        premultiplication: clip.premultiplication(),
        scale,
        pixel_aspect: clip.pixel_aspect(),
        data: lent.address(),
        row_bytes: lent.row_bytes(),
        bounds: lent.bounds(),
        region_of_definition,
        field,
        unique: Text::number(unique),
    });
    let faults = &effect.host.options.faults;
    let told = faults
        .of_image(&clip.name)
        .fold(told, |told, fault| misreport(told, fault, &lent, output));
    let props = told.build();
    // The set is new, so it has no owner yet.
    let _ = props.owner.set(Owner::Image(Arc::downgrade(effect)));
    let raw = props.id().raw();
    effect.images.add(
        raw,
        Image {
            _props: props,
            lent,
            clip: clip.clone(),
        },
    );
    raw
}
