//! Images.

use super::Kind::{Double, Int, OneOf, Pointer, Text};
use super::{Property, host, sets};
use ofx_sys::*;

pub(super) const IMAGE: &[Property] = &[
    host(kOfxPropType, Text),
    host(kOfxImageEffectPropPixelDepth, OneOf(sets::DEPTHS_OR_NONE)),
    host(
        kOfxImageEffectPropComponents,
        OneOf(sets::COMPONENTS_OR_NONE),
    ),
    host(
        kOfxImageEffectPropPreMultiplication,
        OneOf(sets::PREMULTIPLICATION),
    ),
    host(kOfxImageEffectPropRenderScale, Double).count(2),
    host(kOfxImagePropPixelAspectRatio, Double),
    host(kOfxImagePropData, Pointer),
    host(kOfxImagePropBounds, Int).count(4),
    host(kOfxImagePropRegionOfDefinition, Int).count(4),
    host(kOfxImagePropRowBytes, Int),
    host(kOfxImagePropField, OneOf(sets::FIELDS)),
    host(kOfxImagePropUniqueIdentifier, Text),
];
