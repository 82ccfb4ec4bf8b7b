//! Clips.

use super::Kind::{Double, Flag, OneOf, Text};
use super::{Property, V1_5, described, host, sets};
use ofx_sys::*;

pub(super) const DESCRIPTOR: &[Property] = &[
    host(kOfxPropType, Text),
    host(kOfxPropName, Text),
    described(kOfxPropLabel, Text),
    described(kOfxPropShortLabel, Text),
    described(kOfxPropLongLabel, Text),
    described(
        kOfxImageEffectPropSupportedComponents,
        OneOf(sets::COMPONENTS),
    )
    .any()
    .must(),
    described(kOfxImageEffectPropTemporalClipAccess, Flag),
    described(kOfxImageClipPropOptional, Flag),
    described(kOfxImageClipPropFieldExtraction, OneOf(sets::EXTRACTIONS)),
    described(kOfxImageClipPropIsMask, Flag),
    described(kOfxImageEffectPropSupportsTiles, Flag),
];

pub(super) const INSTANCE: &[Property] = &[
    host(kOfxImageEffectPropPixelDepth, OneOf(sets::DEPTHS_OR_NONE)),
    host(
        kOfxImageEffectPropComponents,
        OneOf(sets::COMPONENTS_OR_NONE),
    ),
    host(
        kOfxImageClipPropUnmappedPixelDepth,
        OneOf(sets::DEPTHS_OR_NONE),
    ),
    host(
        kOfxImageClipPropUnmappedComponents,
        OneOf(sets::COMPONENTS_OR_NONE),
    ),
    host(
        kOfxImageEffectPropPreMultiplication,
        OneOf(sets::PREMULTIPLICATION),
    ),
    host(kOfxImagePropPixelAspectRatio, Double),
    host(kOfxImageEffectPropFrameRate, Double),
    host(kOfxImageEffectPropFrameRange, Double).count(2),
    host(kOfxImageClipPropFieldOrder, OneOf(sets::FIELD_ORDERS)),
    host(kOfxImageClipPropConnected, Flag),
    host(kOfxImageEffectPropUnmappedFrameRange, Double).count(2),
    host(kOfxImageEffectPropUnmappedFrameRate, Double),
    host(kOfxImageClipPropContinuousSamples, Flag),
    host(kOfxImageClipPropColourspace, Text).since(V1_5),
    host(kOfxImageClipPropPreferredColourspaces, Text)
        .any()
        .since(V1_5),
];
