//! The arguments of actions.

use super::Kind::{Double, Flag, Int, OneOf, Pointer, Text};
use super::{Property, V1_2, V1_3, V1_4, V1_5, V1_5_1, host, named, plugin, sets};
use ofx_sys::*;
use std::ffi::CStr;

/// Properties whose names end with that of a clip: what is answered for each clip.
const PER_CLIP: &[(&CStr, Property)] = &[
    (
        kOfxImageEffectActionGetRegionsOfInterest,
        plugin(c"OfxImageClipPropRoI_", Double).count(4),
    ),
    (
        kOfxImageEffectActionGetFramesNeeded,
        plugin(c"OfxImageClipPropFrameRange_", Double).any(),
    ),
    (
        kOfxImageEffectActionGetClipPreferences,
        plugin(c"OfxImageClipPropComponents_", OneOf(sets::COMPONENTS)),
    ),
    (
        kOfxImageEffectActionGetClipPreferences,
        plugin(c"OfxImageClipPropDepth_", OneOf(sets::DEPTHS)),
    ),
    (
        kOfxImageEffectActionGetClipPreferences,
        plugin(c"OfxImageClipPropPAR_", Double),
    ),
    (
        kOfxImageEffectActionGetClipPreferences,
        plugin(c"OfxImageClipPropPreferredColourspaces_", Text)
            .any()
            .since(V1_5),
    ),
];

const TIME: Property = host(kOfxPropTime, Double);
const SCALE: Property = host(kOfxImageEffectPropRenderScale, Double).count(2);
const REASON: Property = host(kOfxPropChangeReason, OneOf(sets::REASONS));
const WINDOW: Property = host(kOfxImageEffectPropRenderWindow, Int).count(4);
const FIELD: Property = host(kOfxImageEffectPropFieldToRender, OneOf(sets::FIELDS));

/// What the host says of how it renders.
const STATUS: &[Property] = &[
    SCALE,
    host(kOfxImageEffectPropSequentialRenderStatus, Flag).since(V1_2),
    host(kOfxImageEffectPropInteractiveRenderStatus, Flag).since(V1_2),
    host(kOfxImageEffectPropOpenGLEnabled, Flag).since(V1_3),
    host(kOfxImageEffectPropOpenGLTextureIndex, Int).since(V1_3),
    host(kOfxImageEffectPropOpenGLTextureTarget, Int).since(V1_3),
    host(kOfxImageEffectPropCudaEnabled, Flag).since(V1_5),
    host(kOfxImageEffectPropCudaStream, Pointer).since(V1_5),
    host(kOfxImageEffectPropMetalEnabled, Flag).since(V1_5),
    host(kOfxImageEffectPropMetalCommandQueue, Pointer).since(V1_5),
    host(kOfxImageEffectPropOpenCLEnabled, Flag).since(V1_5),
    host(kOfxImageEffectPropOpenCLCommandQueue, Pointer).since(V1_5),
    host(kOfxImageEffectPropOpenCLImage, Pointer).since(V1_5),
];

const RENDER: &[Property] = &[
    TIME,
    FIELD,
    WINDOW,
    host(kOfxImageEffectPropRenderQualityDraft, Flag).since(V1_4),
    host(kOfxImageEffectPropThumbnailRender, Flag).since(V1_5_1),
];

const SEQUENCE: &[Property] = &[
    host(kOfxImageEffectPropFrameRange, Double).count(2),
    host(kOfxImageEffectPropFrameStep, Double),
    host(kOfxPropIsInteractive, Flag),
];

/// What the host hands to each action.
const IN: &[(&CStr, &[&[Property]])] = &[
    (
        kOfxImageEffectActionDescribeInContext,
        &[&[host(kOfxImageEffectPropContext, OneOf(sets::CONTEXTS))]],
    ),
    (kOfxActionBeginInstanceChanged, &[&[REASON]]),
    (
        kOfxActionInstanceChanged,
        &[&[
            host(kOfxPropType, Text),
            host(kOfxPropName, Text),
            REASON,
            TIME,
            SCALE,
        ]],
    ),
    (kOfxActionEndInstanceChanged, &[&[REASON]]),
    (
        kOfxImageEffectActionGetRegionOfDefinition,
        &[&[TIME, SCALE]],
    ),
    (
        kOfxImageEffectActionGetRegionsOfInterest,
        &[&[
            TIME,
            SCALE,
            host(kOfxImageEffectPropRegionOfInterest, Double).count(4),
        ]],
    ),
    (kOfxImageEffectActionGetFramesNeeded, &[&[TIME]]),
    (
        kOfxImageEffectActionIsIdentity,
        &[&[TIME, FIELD, WINDOW, SCALE]],
    ),
    (
        kOfxImageEffectActionBeginSequenceRender,
        &[STATUS, SEQUENCE],
    ),
    (kOfxImageEffectActionRender, &[STATUS, RENDER]),
    (kOfxImageEffectActionEndSequenceRender, &[STATUS, SEQUENCE]),
];

/// What each action answers, but for what is in [`PER_CLIP`].
const OUT: &[(&CStr, &[Property])] = &[
    (
        kOfxImageEffectActionGetRegionOfDefinition,
        &[plugin(kOfxImageEffectPropRegionOfDefinition, Double).count(4)],
    ),
    (
        kOfxImageEffectActionGetTimeDomain,
        &[plugin(kOfxImageEffectPropFrameRange, Double).count(2)],
    ),
    (
        kOfxImageEffectActionIsIdentity,
        &[plugin(kOfxPropName, Text), plugin(kOfxPropTime, Double)],
    ),
    (
        kOfxImageEffectActionGetClipPreferences,
        &[
            plugin(kOfxImageEffectPropFrameRate, Double),
            plugin(
                kOfxImageEffectPropPreMultiplication,
                OneOf(sets::PREMULTIPLICATION),
            ),
            plugin(kOfxImageClipPropFieldOrder, OneOf(sets::FIELD_ORDERS)),
            plugin(kOfxImageClipPropContinuousSamples, Flag),
            plugin(kOfxImageEffectFrameVarying, Flag),
        ],
    ),
];

/// What the host hands to an action.
pub fn in_args(action: &CStr) -> impl Iterator<Item = &'static Property> {
    let found = IN.iter().filter(move |(name, _)| *name == action);
    found.flat_map(|(_, tables)| tables.iter().copied().flatten())
}

/// The property of that name that an action answers. Those of a clip are found by what they begin with.
pub fn out_args(action: &CStr, name: &str) -> Option<&'static Property> {
    let whole = OUT.iter().filter(|(of, _)| *of == action);
    let whole = whole.flat_map(|(_, properties)| properties.iter());
    named(whole, name).or_else(|| {
        let mut parts = PER_CLIP.iter().filter(|(of, _)| *of == action);
        let begins = |p: &Property| p.name.to_str().is_ok_and(|prefix| name.starts_with(prefix));
        parts.find(|(_, p)| begins(p)).map(|(_, p)| p)
    })
}

/// The actions that have an argument of that name, in words.
pub(super) fn elsewhere(name: &str) -> Vec<String> {
    let ins = IN.iter().map(|(action, _)| *action);
    let outs = OUT.iter().map(|(action, _)| *action);
    let outs = outs.chain(PER_CLIP.iter().map(|(action, _)| *action));
    let short = crate::call::short;
    let mut words: Vec<String> = ins
        .filter(|action| named(in_args(action), name).is_some())
        .map(|action| format!("in arguments of {}", short(action)))
        .collect();
    words.extend(
        outs.filter(|action| out_args(action, name).is_some())
            .map(|action| format!("out arguments of {}", short(action))),
    );
    words.dedup();
    words
}
