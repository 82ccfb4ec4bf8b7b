//! The arguments of actions.

use crate::clip::Clip;
use crate::geometry::{RectD, RectI, Scale};
use crate::object::Object;
use crate::props::PropertySet;
use crate::schema::Schema;
use crate::text::Text;
use crate::values::{Values, c_string};
use ofx_sys as ofx;
use std::ffi::{CStr, CString};
use std::sync::Arc;

/// The name of a property that is made of a fixed part and a clip's name.
pub(crate) fn per_clip(prefix: &str, clip: &str) -> CString {
    c_string(&format!("{prefix}{clip}"))
}

pub(crate) const REGION_OF_INTEREST: &str = "OfxImageClipPropRoI_";
pub(crate) const FRAME_RANGE: &str = "OfxImageClipPropFrameRange_";
pub(crate) const COMPONENTS: &str = "OfxImageClipPropComponents_";
pub(crate) const DEPTH: &str = "OfxImageClipPropDepth_";
pub(crate) const COLOURSPACES: &str = "OfxImageClipPropPreferredColourspaces_";
pub(crate) const PIXEL_ASPECT: &str = "OfxImageClipPropPAR_";

/// What a render is asked to do.
pub(crate) struct RenderFacts {
    pub time: f64,
    pub window: RectI,
    pub scale: Scale,
    pub field: &'static CStr,
    pub sequential: bool,
    pub interactive: bool,
    pub draft: bool,
    pub thumbnail: bool,
}

pub(crate) fn describe_in_context_args(context: &'static CStr) -> Arc<PropertySet> {
    Schema::of(Object::InArgs)
        .room(1)
        .fixed(ofx::kOfxImageEffectPropContext, context)
        .build()
}

pub(crate) fn change_args(reason: &'static CStr) -> Schema {
    Schema::of(Object::InArgs)
        .room(5)
        .fixed(ofx::kOfxPropChangeReason, reason)
}

pub(crate) fn changed_args(
    kind: &'static CStr,
    name: &str,
    reason: &'static CStr,
    time: f64,
    scale: Scale,
) -> Arc<PropertySet> {
    change_args(reason)
        .fixed(ofx::kOfxPropType, kind)
        .fixed(ofx::kOfxPropName, name)
        .fixed(ofx::kOfxPropTime, time)
        .fixed(ofx::kOfxImageEffectPropRenderScale, [scale.x, scale.y])
        .build()
}

pub(crate) fn region_of_definition_args(time: f64, scale: Scale) -> Arc<PropertySet> {
    Schema::of(Object::InArgs)
        .room(2)
        .fixed(ofx::kOfxPropTime, time)
        .fixed(ofx::kOfxImageEffectPropRenderScale, [scale.x, scale.y])
        .build()
}

pub(crate) fn region_of_definition_out(default: RectD) -> Arc<PropertySet> {
    Schema::of(Object::OutArgs)
        .room(1)
        .open(
            ofx::kOfxImageEffectPropRegionOfDefinition,
            default.to_array(),
        )
        .build()
}

pub(crate) fn regions_of_interest_args(time: f64, scale: Scale, region: RectD) -> Arc<PropertySet> {
    Schema::of(Object::InArgs)
        .room(3)
        .fixed(ofx::kOfxPropTime, time)
        .fixed(ofx::kOfxImageEffectPropRenderScale, [scale.x, scale.y])
        .fixed(ofx::kOfxImageEffectPropRegionOfInterest, region.to_array())
        .build()
}

pub(crate) fn regions_of_interest_out(clips: &[Arc<Clip>], region: RectD) -> Arc<PropertySet> {
    let start = Schema::of(Object::OutArgs).room(clips.len());
    let clip =
        |schema: Schema, clip: &Arc<Clip>| schema.open(clip.interest.clone(), region.to_array());
    clips.iter().fold(start, clip).build()
}

pub(crate) fn frames_needed_args(time: f64) -> Arc<PropertySet> {
    Schema::of(Object::InArgs)
        .room(1)
        .fixed(ofx::kOfxPropTime, time)
        .build()
}

pub(crate) fn frames_needed_out(clips: &[Arc<Clip>], time: f64) -> Arc<PropertySet> {
    let start = Schema::of(Object::OutArgs).room(clips.len());
    let clip = |schema: Schema, clip: &Arc<Clip>| schema.open_list(clip.frames.clone(), [time; 2]);
    clips.iter().fold(start, clip).build()
}

pub(crate) fn is_identity_args(render: &RenderFacts) -> Arc<PropertySet> {
    Schema::of(Object::InArgs)
        .room(4)
        .fixed(ofx::kOfxPropTime, render.time)
        .fixed(ofx::kOfxImageEffectPropFieldToRender, render.field)
        .fixed(
            ofx::kOfxImageEffectPropRenderWindow,
            render.window.to_array(),
        )
        .fixed(
            ofx::kOfxImageEffectPropRenderScale,
            [render.scale.x, render.scale.y],
        )
        .build()
}

pub(crate) fn is_identity_out(time: f64) -> Arc<PropertySet> {
    Schema::of(Object::OutArgs)
        .room(2)
        .open(ofx::kOfxPropName, c"")
        .open(ofx::kOfxPropTime, time)
        .build()
}

pub(crate) fn sequence_args(render: &RenderFacts, range: [f64; 2], step: f64) -> Arc<PropertySet> {
    status(Schema::of(Object::InArgs).room(10), render)
        .fixed(ofx::kOfxImageEffectPropFrameRange, range)
        .fixed(ofx::kOfxImageEffectPropFrameStep, step)
        .fixed(ofx::kOfxPropIsInteractive, render.interactive)
        .build()
}

pub(crate) fn render_args(render: &RenderFacts) -> Arc<PropertySet> {
    status(Schema::of(Object::InArgs).room(12), render)
        .fixed(ofx::kOfxPropTime, render.time)
        .fixed(ofx::kOfxImageEffectPropFieldToRender, render.field)
        .fixed(
            ofx::kOfxImageEffectPropRenderWindow,
            render.window.to_array(),
        )
        .fixed(ofx::kOfxImageEffectPropRenderQualityDraft, render.draft)
        .fixed(ofx::kOfxImageEffectPropThumbnailRender, render.thumbnail)
        .build()
}

fn status(schema: Schema, render: &RenderFacts) -> Schema {
    schema
        .fixed(
            ofx::kOfxImageEffectPropRenderScale,
            [render.scale.x, render.scale.y],
        )
        .fixed(
            ofx::kOfxImageEffectPropSequentialRenderStatus,
            render.sequential,
        )
        .fixed(
            ofx::kOfxImageEffectPropInteractiveRenderStatus,
            render.interactive,
        )
        .fixed(ofx::kOfxImageEffectPropOpenGLEnabled, 0)
        .fixed(ofx::kOfxImageEffectPropCudaEnabled, 0)
        .fixed(ofx::kOfxImageEffectPropMetalEnabled, 0)
        .fixed(ofx::kOfxImageEffectPropOpenCLEnabled, 0)
}

/// What a plug-in prefers: filled with what the host would choose.
pub(crate) struct PreferenceDefaults<'a> {
    /// Name, components, depth and pixel aspect of each clip, the output among them.
    pub clips: &'a [(String, &'static CStr, &'static CStr, f64)],
    pub frame_rate: f64,
    pub premultiplication: &'static CStr,
}

pub(crate) fn clip_preferences_out(defaults: &PreferenceDefaults) -> Arc<PropertySet> {
    let start = Schema::of(Object::OutArgs)
        .open(ofx::kOfxImageEffectPropFrameRate, defaults.frame_rate)
        .open(
            ofx::kOfxImageEffectPropPreMultiplication,
            defaults.premultiplication,
        )
        .open(ofx::kOfxImageClipPropFieldOrder, ofx::kOfxImageFieldNone)
        .open(ofx::kOfxImageClipPropContinuousSamples, 0)
        .open(ofx::kOfxImageEffectFrameVarying, 0);
    let clip =
        |schema: Schema,
         (name, components, depth, aspect): &(String, &'static CStr, &'static CStr, f64)| {
            schema
                .open(per_clip(COMPONENTS, name), *components)
                .open(per_clip(DEPTH, name), *depth)
                .open(per_clip(PIXEL_ASPECT, name), *aspect)
                .open_list(per_clip(COLOURSPACES, name), Values::no_strings())
        };
    defaults.clips.iter().fold(start, clip).build()
}

pub(crate) fn output_colourspace_args(preferred: &[&str]) -> Arc<PropertySet> {
    let preferred = preferred.iter().copied().map(Text::from).collect();
    Schema::default()
        .fixed(
            ofx::kOfxImageClipPropPreferredColourspaces,
            Values::String(preferred),
        )
        .build()
}

pub(crate) fn output_colourspace_out() -> Arc<PropertySet> {
    Schema::default()
        .open(ofx::kOfxImageClipPropColourspace, c"")
        .build()
}

pub(crate) fn time_domain_out(range: [f64; 2]) -> Arc<PropertySet> {
    Schema::of(Object::OutArgs)
        .room(1)
        .open(ofx::kOfxImageEffectPropFrameRange, range)
        .build()
}
