//! The actions on an instance.

use core::ffi::CStr;

use ofx_sys::*;

use super::clip::{Clip, Unfit, components_of, layout_of, sound_scale};
use super::image::{Image, OutputImage};
use super::inputs::{Inputs, Refused, Unfetched, Views};
use super::instance::{Context, Input, Instance};
use super::panel::Panel;
use super::props::PropertySet;
use super::status::{Reply, Result, Status};
use super::threads::HostWorkers;
use crate::geometry::{RectD, RectI};
use crate::kernels::Layout;
use crate::node::{
    Answers, IdentityAsk, MASK, MAX_INPUTS, Moments, Premultiplication, Reads, answers,
};
use crate::params::Kind;
use crate::render::{Frame, Mask};

/// Time and scale of an action; a host that leaves one out means frame 0 at full scale.
struct Moment {
    time: f64,
    scale: (f64, f64),
}

impl Moment {
    fn of(args: &PropertySet<'_>) -> Self {
        let scale = args.pair(kOfxImageEffectPropRenderScale);
        Self {
            time: args.double(kOfxPropTime, 0).unwrap_or(0.0),
            scale: scale.ok().and_then(sound_scale).unwrap_or((1.0, 1.0)),
        }
    }
}

/// GetRegionOfDefinition.
pub fn region_of_definition(
    instance: &Instance,
    args: &PropertySet<'_>,
    answer: &PropertySet<'_>,
) -> Result<Reply> {
    let Moment { time, .. } = Moment::of(args);
    let regions = instance.regions(time);
    let region = instance.node.region(&mut instance.reader(time), &regions)?;
    // Nothing in, nothing out; the host's own default knows more than an empty rectangle.
    if region == RectD::default() && regions.inputs.iter().all(Option::is_none) {
        return Ok(Reply::Default);
    }
    answer.set_rect_d(kOfxImageEffectPropRegionOfDefinition, &region)?;
    Ok(Reply::Ok)
}

/// GetRegionsOfInterest: where a node reads whole frames, all that there is of each input.
pub fn regions_of_interest(
    instance: &Instance,
    args: &PropertySet<'_>,
    answer: &PropertySet<'_>,
) -> Result<Reply> {
    let Moment { time, .. } = Moment::of(args);
    if instance.node.reads(&mut instance.reader(time))? == Reads::Window {
        return Ok(Reply::Default);
    }
    let regions = instance.regions(time);
    for (answers, region) in clip_answers(instance).zip(&regions.inputs) {
        if let (Some(answers), Some(region)) = (answers, region) {
            answer.set_rect_d(answers.region, region)?;
        }
    }
    Ok(Reply::Ok)
}

/// GetFramesNeeded: that of the render, and what else the node reads.
pub fn frames_needed(
    instance: &Instance,
    args: &PropertySet<'_>,
    answer: &PropertySet<'_>,
) -> Result<Reply> {
    if !instance.node.nature().frames {
        return Ok(Reply::Default);
    }
    let Moment { time, .. } = Moment::of(args);
    let range = instance.frame_range();
    for (input, answers) in clip_answers(instance).enumerate() {
        let Some(answers) = answers else { continue };
        let more = instance
            .node
            .frames(&mut instance.reader(time), input, range)?;
        for (index, frame) in core::iter::once(time).chain(more).enumerate() {
            answer.set_double(answers.frames, 2 * index, frame)?;
            answer.set_double(answers.frames, 2 * index + 1, frame)?;
        }
    }
    Ok(Reply::Ok)
}

/// The property names of each input's clip; `None` for one that is a file.
fn clip_answers(instance: &Instance) -> impl Iterator<Item = Option<&'static Answers>> {
    let face = instance.node.face();
    let context = instance.context;
    face.inputs
        .iter()
        .enumerate()
        .map(move |(input, clip)| match context {
            Context::General => Some(&clip.answers),
            Context::Filter if input == face.filter.source => Some(&SOURCE),
            Context::Filter => None,
        })
}

/// IsIdentity.
pub fn identity(
    instance: &Instance,
    args: &PropertySet<'_>,
    answer: &PropertySet<'_>,
) -> Result<Reply> {
    let Moment { time, scale } = Moment::of(args);
    let regions = instance.regions(time);
    // A file that is named and cannot be read must not look like one that has nothing to add:
    // rendering says what is wrong.
    let unreadable = instance
        .inputs
        .iter()
        .zip(&regions.inputs)
        .any(|(input, region)| {
            let named = |param| instance.file(param, time).is_some();
            matches!(input, Input::File(_, param) if region.is_none() && named(param))
        });
    if unreadable {
        return Ok(Reply::Default);
    }
    let aspect = instance.pixel_aspect();
    let pixels = |region: Option<RectD>| region.map(|region| region.to_pixels(scale, aspect));
    let ask = IdentityAsk {
        inputs: regions.inputs.map(pixels),
        mask: pixels(regions.mask),
        window: args.rect_i(kOfxImageEffectPropRenderWindow)?,
        layout: layout(instance, &instance.output, kOfxImageEffectPropComponents),
    };
    let Some(input) = instance.node.identity(&mut instance.reader(time), &ask)? else {
        return Ok(Reply::Default);
    };
    let face = instance.node.face();
    let name = match (instance.context, face.inputs.get(input)) {
        (Context::General, Some(clip)) => clip.name,
        (Context::Filter, _) if input == face.filter.source => kOfxImageEffectSimpleSourceClipName,
        _ => return Ok(Reply::Default),
    };
    answer.set_string(kOfxPropName, 0, name)?;
    answer.set_double(kOfxPropTime, 0, time)?;
    Ok(Reply::Ok)
}

/// GetClipPreferences: the same components everywhere, and the node's alpha association.
pub fn clip_preferences(instance: &Instance, answer: &PropertySet<'_>) -> Result<Reply> {
    let common = instance
        .clips()
        .filter(|clip| clip.is_connected(instance.suites))
        .map(|clip| natural_layout(instance, clip))
        .reduce(|a, b| if a == b { a } else { Layout::Rgba })
        .map(|common| instance.node.layout(common));
    if let Some(layout) = common {
        let components = components_of(layout);
        for answers in clip_answers(instance).flatten() {
            answer.set_string(answers.components, 0, components)?;
        }
        answer.set_string(OUTPUT_COMPONENTS, 0, components)?;
    }
    // The action has no time; what it depends on does not vary over a shot.
    let association = match instance.node.premultiplication(&mut instance.reader(0.0))? {
        Premultiplication::UnPremultiplied => Some(kOfxImageUnPreMultiplied),
        Premultiplication::PreMultiplied => Some(kOfxImagePreMultiplied),
        Premultiplication::Like(input) => match instance.inputs.get(input) {
            Some(Input::Clip(clip)) => clip
                .properties(instance.suites)
                .and_then(|set| set.string(kOfxImageEffectPropPreMultiplication, 0))
                .ok()
                .and_then(premultiplication),
            _ => None,
        },
    };
    if let Some(association) = association {
        let _ = answer.set_string(kOfxImageEffectPropPreMultiplication, 0, association);
    }
    let _ = answer.set_int(kOfxImageEffectFrameVarying, 0, 0);
    if instance.context == Context::General && manages_colour(instance) {
        prefer_colourspaces(instance, answer);
    }
    Ok(Reply::Ok)
}

/// Whether the host has agreed to convert colours.
fn manages_colour(instance: &Instance) -> bool {
    let style = instance
        .properties()
        .and_then(|set| set.string(kOfxImageEffectPropColourManagementStyle, 0));
    style.is_ok_and(|style| style != kOfxImageEffectColourManagementNone)
}

/// All colours in the colour space of the first input, differences as they are.
fn prefer_colourspaces(instance: &Instance, answer: &PropertySet<'_>) {
    let raw = instance.node.nature().raw_inputs;
    let Some((first, others)) = instance.node.face().inputs.split_first() else {
        return;
    };
    for (index, clip) in (1..).zip(others) {
        let space = if raw.contains(&index) {
            RAW_COLOURSPACE
        } else {
            first.own_colourspace
        };
        let _ = answer.set_string(clip.colourspaces, 0, space);
    }
}

/// The colour space of values that are no colours.
const RAW_COLOURSPACE: &CStr = c"ofx_raw";

/// GetOutputColourspace: by default that of the first input.
pub fn output_colourspace(instance: &Instance, answer: &PropertySet<'_>) -> Result<Reply> {
    if !instance.node.nature().raw_output {
        return Ok(Reply::Default);
    }
    answer.set_string(kOfxImageClipPropColourspace, 0, RAW_COLOURSPACE)?;
    Ok(Reply::Ok)
}

const OUTPUT_COMPONENTS: &CStr = c"OfxImageClipPropComponents_Output";
/// Of the one clip that is not called as the node calls its input.
static SOURCE: Answers = answers!("Source");

/// The components that a clip has before the host maps them; RGBA if it does not say.
fn natural_layout(instance: &Instance, clip: &Clip) -> Layout {
    layout(instance, clip, kOfxImageClipPropUnmappedComponents)
        .or_else(|| layout(instance, clip, kOfxImageEffectPropComponents))
        .unwrap_or(Layout::Rgba)
}

fn layout(instance: &Instance, clip: &Clip, property: &CStr) -> Option<Layout> {
    let set = clip.properties(instance.suites).ok()?;
    layout_of(set.string(property, 0).ok()?)
}

/// The static string for one that the host lent.
fn premultiplication(wire: &CStr) -> Option<&'static CStr> {
    [
        kOfxImageOpaque,
        kOfxImagePreMultiplied,
        kOfxImageUnPreMultiplied,
    ]
    .into_iter()
    .find(|known| *known == wire)
}

/// Render.
pub fn render(instance: &Instance, args: &PropertySet<'_>) -> Result<Reply> {
    let Moment { time, scale } = Moment::of(args);
    let window = args.rect_i(kOfxImageEffectPropRenderWindow)?;
    let refuse = |(clip, why): Refused| {
        let clip = clip.to_string_lossy();
        let text = format!("{clip} cannot be used: {}.", why.text());
        instance.complain(time, &text);
        Status::IMAGE_FORMAT
    };
    let Some(mut target) = instance.output.image(instance.suites, time, None)? else {
        return Err(Status::FAILED);
    };
    let scale = target.scale().unwrap_or(scale);
    let pixel_aspect = target.pixel_aspect();
    let output = target
        .output()
        .map_err(|why| refuse((kOfxImageEffectOutputClipName, why)))?;
    let window = window.intersection(&output.bounds());

    let held = match Inputs::fetch(instance, time, scale, None) {
        Err(Unfetched::Status(status)) => return Err(status),
        Err(Unfetched::File(text)) => {
            instance.complain(time, &text);
            return Err(Status::FAILED);
        }
        Ok(held) => held,
    };
    let Views { inputs, mask } = held.views().map_err(refuse)?;
    check_output(instance, &output, &window, &inputs, &mask).map_err(refuse)?;

    let flag = |name| args.int(name, 0).is_ok_and(|value| value != 0);
    let moments = RenderMoments {
        instance,
        time,
        scale,
    };
    let mut frame = Frame {
        output,
        inputs,
        count: instance.inputs.len(),
        mask,
        window,
        scale,
        pixel_aspect,
        draft: flag(kOfxImageEffectPropRenderQualityDraft)
            || flag(kOfxImageEffectPropThumbnailRender),
        time,
        moments: &moments,
    };
    let mut regions = instance.regions(time);
    // What an image has is defined, whatever the host says of regions: MLT gives them in the
    // pixels of a proxy, which are a part of the frame in canonical coordinates.
    for (region, image) in regions.inputs.iter_mut().zip(&frame.inputs) {
        if let Some(image) = image {
            let bounds = frame.canonical(&image.bounds());
            *region = Some(region.map_or(bounds, |region| region.union(&bounds)));
        }
    }
    let rendered = instance.node.render(
        &mut instance.reader(time),
        &regions,
        &mut frame,
        &HostWorkers::new(instance.suites, instance.effect),
    );
    if rendered == Err(Status::MEMORY) {
        let text = "There is not enough memory for this frame. Render at a lower scale, or close what else is open.";
        instance.complain(time, text);
    }
    rendered?;
    instance.relent(time);
    Ok(Reply::Ok)
}

/// The other frames of a render.
struct RenderMoments<'a> {
    instance: &'a Instance,
    /// That of the render.
    time: f64,
    scale: (f64, f64),
}

impl Moments for RenderMoments<'_> {
    fn range(&self) -> Option<(f64, f64)> {
        self.instance.frame_range()
    }

    fn look(&self, time: f64, look: &mut dyn FnMut(&Views<'_>) -> Result<()>) -> Result<()> {
        let instance = self.instance;
        let refuse = |text: &str| {
            instance.complain(self.time, text);
            Status::FAILED
        };
        let held = Inputs::fetch(instance, time, self.scale, None).map_err(|why| match why {
            Unfetched::Status(status) => status,
            Unfetched::File(text) => refuse(&text),
        })?;
        let views = held.views().map_err(|(clip, why)| {
            let clip = clip.to_string_lossy();
            refuse(&format!("{clip} cannot be used: {}.", why.text()))
        })?;
        look(&views)
    }
}

/// Refuses inputs of other components than the output's, and those that lie in its memory.
fn check_output(
    instance: &Instance,
    output: &OutputImage<'_>,
    window: &RectI,
    inputs: &[Option<Image<'_>>; MAX_INPUTS],
    mask: &Mask<'_>,
) -> core::result::Result<(), Refused> {
    let names = instance.node.face().inputs.iter().map(|clip| clip.name);
    for (name, image) in names.zip(inputs) {
        let Some(image) = image else { continue };
        if image.layout() != output.layout() {
            return Err((name, Unfit::Mixed));
        }
        if output.overlaps(window, image) {
            return Err((name, Unfit::Aliased));
        }
    }
    match mask {
        Mask::Image(Some(image)) if output.overlaps(window, image) => {
            Err((MASK.name, Unfit::Aliased))
        }
        _ => Ok(()),
    }
}

/// InstanceChanged: buttons, and which parameters matter now.
pub fn instance_changed(instance: &Instance, args: &PropertySet<'_>) -> Result<Reply> {
    let by_user = args
        .string(kOfxPropChangeReason, 0)
        .is_ok_and(|reason| reason == kOfxChangeUserEdited);
    let of_param = args
        .string(kOfxPropType, 0)
        .is_ok_and(|kind| kind == kOfxTypeParameter);
    let name = args.string(kOfxPropName, 0);
    let param = name.ok().filter(|_| of_param);
    let def = param.and_then(|name| Some(instance.param(name)?.def()));
    // Nothing depends on a figure; a button writes many, and hosts tell of each.
    if !by_user && def.is_some_and(|def| def.read_out) {
        return Ok(Reply::Ok);
    }
    // Nuke does not render a node again while its message stands.
    instance.silence();
    let Moment { time, scale } = Moment::of(args);
    update_enabled(instance, time)?;
    update_tiles(instance, time)?;
    if !(by_user && of_param) {
        return Ok(Reply::Ok);
    }
    name?;
    if let Some(button) = def.filter(|def| def.kind == Kind::Button) {
        let mut panel = Panel::new(instance, time, scale);
        instance.node.pressed(button.name, &mut panel)?;
    }
    Ok(Reply::Ok)
}

/// Lets the host ask for parts of the frame as long as the present values need no more.
fn update_tiles(instance: &Instance, time: f64) -> Result<()> {
    if instance.node.nature().whole {
        let reads = instance.node.reads(&mut instance.reader(time))?;
        let tiles = i32::from(reads == Reads::Window);
        let set = instance.properties()?;
        // A host that takes no change goes on asking for whole frames.
        let _ = set.set_int(kOfxImageEffectPropSupportsTiles, 0, tiles);
    }
    Ok(())
}

/// Greys out the parameters that have no effect for the present values.
pub fn update_enabled(instance: &Instance, time: f64) -> Result<()> {
    let suites = instance.suites;
    instance
        .node
        .enabled(&mut instance.reader(time), &mut |name, matters| {
            let set = instance
                .param(name)
                .and_then(|param| param.properties(suites).ok());
            if let Some(set) = set {
                let _ = set.set_int(kOfxParamPropEnabled, 0, matters.into());
            }
        })
}
