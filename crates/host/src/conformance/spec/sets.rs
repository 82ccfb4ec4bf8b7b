//! Values that are allowed.

use ofx_sys::*;
use std::ffi::CStr;

type Set = &'static [&'static CStr];

pub(super) const CONTEXTS: Set = &[
    kOfxImageEffectContextGenerator,
    kOfxImageEffectContextFilter,
    kOfxImageEffectContextTransition,
    kOfxImageEffectContextPaint,
    kOfxImageEffectContextGeneral,
    kOfxImageEffectContextRetimer,
];
pub(super) const DEPTHS: Set = &[
    kOfxBitDepthByte,
    kOfxBitDepthShort,
    kOfxBitDepthHalf,
    kOfxBitDepthFloat,
];
pub(super) const DEPTHS_OR_NONE: Set = &[
    kOfxBitDepthNone,
    kOfxBitDepthByte,
    kOfxBitDepthShort,
    kOfxBitDepthHalf,
    kOfxBitDepthFloat,
];
pub(super) const COMPONENTS: Set = &[
    kOfxImageComponentRGBA,
    kOfxImageComponentRGB,
    kOfxImageComponentAlpha,
];
pub(super) const COMPONENTS_OR_NONE: Set = &[
    kOfxImageComponentNone,
    kOfxImageComponentRGBA,
    kOfxImageComponentRGB,
    kOfxImageComponentAlpha,
];
pub(super) const PREMULTIPLICATION: Set = &[
    kOfxImageOpaque,
    kOfxImagePreMultiplied,
    kOfxImageUnPreMultiplied,
];
pub(super) const SAFETY: Set = &[
    kOfxImageEffectRenderUnsafe,
    kOfxImageEffectRenderInstanceSafe,
    kOfxImageEffectRenderFullySafe,
];
pub(super) const SUPPORT: Set = &[c"false", c"true", c"needed"];
pub(super) const YES_NO: Set = &[c"false", c"true"];
pub(super) const ORIGINS: Set = &[
    kOfxHostNativeOriginBottomLeft,
    kOfxHostNativeOriginTopLeft,
    kOfxHostNativeOriginCenter,
];
pub(super) const FIELDS: Set = &[
    kOfxImageFieldNone,
    kOfxImageFieldBoth,
    kOfxImageFieldLower,
    kOfxImageFieldUpper,
];
pub(super) const FIELD_ORDERS: Set =
    &[kOfxImageFieldNone, kOfxImageFieldLower, kOfxImageFieldUpper];
pub(super) const EXTRACTIONS: Set = &[
    kOfxImageFieldBoth,
    kOfxImageFieldSingle,
    kOfxImageFieldDoubled,
];
pub(super) const COLOUR_MANAGEMENT: Set = &[
    kOfxImageEffectColourManagementNone,
    kOfxImageEffectColourManagementBasic,
    kOfxImageEffectColourManagementCore,
    kOfxImageEffectColourManagementFull,
    kOfxImageEffectColourManagementOCIO,
];
pub(super) const REASONS: Set = &[kOfxChangeUserEdited, kOfxChangePluginEdited, kOfxChangeTime];
pub(super) const INVALIDATION: Set = &[
    kOfxParamInvalidateValueChange,
    kOfxParamInvalidateValueChangeToEnd,
    kOfxParamInvalidateAll,
];
pub(super) const DOUBLE_TYPES: Set = &[
    kOfxParamDoubleTypePlain,
    kOfxParamDoubleTypeScale,
    kOfxParamDoubleTypeAngle,
    kOfxParamDoubleTypeTime,
    kOfxParamDoubleTypeAbsoluteTime,
    kOfxParamDoubleTypeX,
    kOfxParamDoubleTypeXAbsolute,
    kOfxParamDoubleTypeY,
    kOfxParamDoubleTypeYAbsolute,
    kOfxParamDoubleTypeXY,
    kOfxParamDoubleTypeXYAbsolute,
    // Of API 1.1, and still taken by hosts.
    c"OfxParamDoubleTypeNormalisedX",
    c"OfxParamDoubleTypeNormalisedY",
    c"OfxParamDoubleTypeNormalisedXAbsolute",
    c"OfxParamDoubleTypeNormalisedYAbsolute",
    c"OfxParamDoubleTypeNormalisedXY",
    c"OfxParamDoubleTypeNormalisedXYAbsolute",
];
pub(super) const COORDINATES: Set = &[
    kOfxParamCoordinatesCanonical,
    kOfxParamCoordinatesNormalised,
];
pub(super) const STRING_MODES: Set = &[
    kOfxParamStringIsSingleLine,
    kOfxParamStringIsMultiLine,
    kOfxParamStringIsFilePath,
    kOfxParamStringIsDirectoryPath,
    kOfxParamStringIsLabel,
    kOfxParamStringIsRichTextFormat,
];
