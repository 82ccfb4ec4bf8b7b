//! The host.

use super::Kind::{Flag, Int, OneOf, Pointer, Text};
use super::{Property, V1_2, V1_3, V1_4, V1_5, V1_5_1, host, sets};
use ofx_sys::*;

pub(super) const HOST: &[Property] = &[
    host(kOfxPropType, Text).must(),
    host(kOfxPropAPIVersion, Int).any().since(V1_2),
    host(kOfxPropName, Text).must(),
    host(kOfxPropLabel, Text).must(),
    host(kOfxPropVersion, Int).any().since(V1_2),
    host(kOfxPropVersionLabel, Text).since(V1_2),
    host(kOfxImageEffectHostPropIsBackground, Flag).must(),
    host(kOfxImageEffectHostPropNativeOrigin, OneOf(sets::ORIGINS)).since(V1_4),
    host(kOfxPropHostOSHandle, Pointer).since(V1_4),
    host(kOfxImageEffectPropSupportsOverlays, Flag).must(),
    host(kOfxImageEffectPropSupportsMultiResolution, Flag).must(),
    host(kOfxImageEffectPropSupportsTiles, Flag).must(),
    host(kOfxImageEffectPropTemporalClipAccess, Flag).must(),
    host(
        kOfxImageEffectPropSupportedComponents,
        OneOf(sets::COMPONENTS),
    )
    .any()
    .must(),
    host(kOfxImageEffectPropSupportedContexts, OneOf(sets::CONTEXTS))
        .any()
        .must(),
    host(kOfxImageEffectPropSupportedPixelDepths, OneOf(sets::DEPTHS)).any(),
    host(kOfxImageEffectPropSupportsMultipleClipDepths, Flag).must(),
    host(kOfxImageEffectPropSupportsMultipleClipPARs, Flag).must(),
    host(kOfxImageEffectPropSetableFrameRate, Flag).must(),
    host(kOfxImageEffectPropSetableFielding, Flag).must(),
    host(kOfxImageEffectInstancePropSequentialRender, Int),
    host(kOfxParamHostPropSupportsStringAnimation, Flag).must(),
    host(kOfxParamHostPropSupportsCustomInteract, Flag).must(),
    host(kOfxParamHostPropSupportsChoiceAnimation, Flag).must(),
    host(kOfxParamHostPropSupportsStrChoice, Flag).since(V1_5),
    host(kOfxParamHostPropSupportsStrChoiceAnimation, Flag).since(V1_5),
    host(kOfxParamHostPropSupportsBooleanAnimation, Flag).must(),
    host(kOfxParamHostPropSupportsCustomAnimation, Flag).must(),
    host(kOfxParamHostPropSupportsParametricAnimation, Flag).since(V1_2),
    host(kOfxParamHostPropMaxParameters, Int).must(),
    host(kOfxParamHostPropMaxPages, Int).must(),
    host(kOfxParamHostPropPageRowColumnCount, Int)
        .count(2)
        .must(),
    host(
        kOfxImageEffectPropOpenGLRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_3),
    host(kOfxImageEffectPropCudaRenderSupported, OneOf(sets::SUPPORT)).since(V1_5),
    host(kOfxImageEffectPropCudaStreamSupported, OneOf(sets::SUPPORT)).since(V1_5),
    host(
        kOfxImageEffectPropMetalRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_5),
    host(
        kOfxImageEffectPropOpenCLRenderSupported,
        OneOf(sets::SUPPORT),
    )
    .since(V1_5),
    host(kOfxImageEffectPropOpenCLSupported, OneOf(sets::YES_NO)).since(V1_5),
    host(kOfxImageEffectPropCPURenderSupported, OneOf(sets::YES_NO)).since(V1_5_1),
    host(kOfxImageEffectPropNoSpatialAwareness, OneOf(sets::YES_NO)).since(V1_5_1),
    host(
        kOfxImageEffectPropColourManagementStyle,
        OneOf(sets::COLOUR_MANAGEMENT),
    )
    .since(V1_5),
    host(kOfxImageEffectPropColourManagementAvailableConfigs, Text)
        .any()
        .since(V1_5),
];
