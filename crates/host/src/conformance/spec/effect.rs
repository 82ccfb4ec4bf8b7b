//! Effects.

use super::Kind::{Double, Flag, Int, OneOf, Pointer, Text};
use super::{Property, V1_2, V1_3, V1_4, V1_5, V1_5_1, described, host, plugin, sets};
use ofx_sys::*;

pub(super) const DESCRIPTOR: &[Property] = &[
    host(kOfxPropType, Text),
    host(kOfxPluginPropFilePath, Text),
    described(kOfxPropLabel, Text).must(),
    described(kOfxPropShortLabel, Text),
    described(kOfxPropLongLabel, Text),
    described(kOfxPropVersion, Int).any().since(V1_2),
    described(kOfxPropVersionLabel, Text).since(V1_2),
    described(kOfxPropPluginDescription, Text).since(V1_2),
    described(kOfxPropIcon, Text).count(2).since(V1_2),
    described(kOfxImageEffectPluginPropGrouping, Text),
    described(kOfxImageEffectPropSupportedContexts, OneOf(sets::CONTEXTS))
        .any()
        .must(),
    described(kOfxImageEffectPropSupportedPixelDepths, OneOf(sets::DEPTHS))
        .any()
        .must(),
    described(kOfxImageEffectPluginPropSingleInstance, Flag),
    described(kOfxImageEffectPluginRenderThreadSafety, OneOf(sets::SAFETY)),
    described(kOfxImageEffectPluginPropHostFrameThreading, Flag),
    described(kOfxImageEffectPluginPropFieldRenderTwiceAlways, Flag),
    described(kOfxImageEffectPropSupportsMultiResolution, Flag),
    described(kOfxImageEffectPropSupportsTiles, Flag),
    described(kOfxImageEffectPropTemporalClipAccess, Flag),
    described(kOfxImageEffectPropSupportsMultipleClipDepths, Flag),
    described(kOfxImageEffectPropSupportsMultipleClipPARs, Flag),
    // 0, 1 or 2: a hint, a demand, a preference.
    described(kOfxImageEffectInstancePropSequentialRender, Int),
    described(kOfxImageEffectPropClipPreferencesSlaveParam, Text).any(),
    plugin(kOfxImageEffectPluginPropOverlayInteractV1, Pointer),
    plugin(kOfxImageEffectPluginPropOverlayInteractV2, Pointer).since(V1_5),
    described(
        kOfxImageEffectPropOpenGLRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_3),
    described(kOfxOpenGLPropPixelDepth, OneOf(sets::DEPTHS))
        .any()
        .since(V1_3),
    described(kOfxImageEffectPropCudaRenderSupported, OneOf(sets::SUPPORT)).since(V1_5),
    described(kOfxImageEffectPropCudaStreamSupported, OneOf(sets::SUPPORT)).since(V1_5),
    described(
        kOfxImageEffectPropMetalRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_5),
    described(
        kOfxImageEffectPropOpenCLRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_5),
    described(kOfxImageEffectPropOpenCLSupported, OneOf(sets::YES_NO)).since(V1_5),
    described(kOfxImageEffectPropCPURenderSupported, OneOf(sets::YES_NO)).since(V1_5_1),
    described(kOfxImageEffectPropNoSpatialAwareness, OneOf(sets::YES_NO)).since(V1_5_1),
    described(
        kOfxImageEffectPropColourManagementStyle,
        OneOf(sets::COLOUR_MANAGEMENT),
    )
    .since(V1_5),
    described(kOfxImageEffectPropColourManagementAvailableConfigs, Text)
        .any()
        .since(V1_5),
];

pub(super) const INSTANCE: &[Property] = &[
    host(kOfxPropType, Text),
    host(kOfxImageEffectPropContext, OneOf(sets::CONTEXTS)),
    plugin(kOfxPropInstanceData, Pointer),
    host(kOfxImageEffectPropPluginHandle, Pointer).since(V1_4),
    plugin(kOfxPropLabel, Text),
    host(kOfxImageEffectPropProjectSize, Double).count(2),
    host(kOfxImageEffectPropProjectOffset, Double).count(2),
    host(kOfxImageEffectPropProjectExtent, Double).count(2),
    host(kOfxImageEffectPropProjectPixelAspectRatio, Double),
    host(kOfxImageEffectInstancePropEffectDuration, Double),
    host(kOfxImageEffectPropFrameRate, Double),
    host(kOfxPropIsInteractive, Flag),
    plugin(kOfxImageEffectInstancePropSequentialRender, Int),
    plugin(kOfxImageEffectPropSupportsTiles, Flag).since(V1_4),
    plugin(kOfxImageEffectPropNoSpatialAwareness, OneOf(sets::YES_NO)).since(V1_5_1),
    plugin(
        kOfxImageEffectPropOpenGLRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_4),
    host(
        kOfxImageEffectPropColourManagementStyle,
        OneOf(sets::COLOUR_MANAGEMENT),
    )
    .since(V1_5),
    host(kOfxImageEffectPropColourManagementConfig, Text).since(V1_5),
    host(kOfxImageEffectPropOCIOConfig, Text).since(V1_5),
    host(kOfxImageEffectPropDisplayColourspace, Text).since(V1_5),
    host(kOfxImageEffectPropOCIODisplay, Text).since(V1_5),
    host(kOfxImageEffectPropOCIOView, Text).since(V1_5),
];
