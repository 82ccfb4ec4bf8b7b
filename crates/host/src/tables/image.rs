use crate::geometry::{RectI, Scale};
use crate::object::Object;
use crate::pixel::{Components, Depth, Premultiplication};
use crate::schema::Schema;
use crate::text::Text;
use ofx_sys as ofx;
use std::ffi::CStr;

/// What the host says of an image.
pub(crate) struct ImageFacts {
    pub components: Components,
    pub depth: Depth,
    pub premultiplication: Premultiplication,
    pub scale: Scale,
    pub pixel_aspect: f64,
    pub data: usize,
    pub row_bytes: i32,
    pub bounds: RectI,
    pub region_of_definition: RectI,
    pub field: &'static CStr,
    pub unique: Text,
}

/// The properties of an image.
pub(crate) fn image(facts: ImageFacts) -> Schema {
    Schema::of(Object::Image)
        .room(12)
        .fixed(ofx::kOfxPropType, ofx::kOfxTypeImage)
        .fixed(ofx::kOfxImageEffectPropPixelDepth, facts.depth.ofx())
        .fixed(ofx::kOfxImageEffectPropComponents, facts.components.ofx())
        .fixed(
            ofx::kOfxImageEffectPropPreMultiplication,
            facts.premultiplication.ofx(),
        )
        .fixed(
            ofx::kOfxImageEffectPropRenderScale,
            [facts.scale.x, facts.scale.y],
        )
        .fixed(ofx::kOfxImagePropPixelAspectRatio, facts.pixel_aspect)
        .fixed(ofx::kOfxImagePropData, facts.data)
        .fixed(ofx::kOfxImagePropBounds, facts.bounds.to_array())
        .fixed(
            ofx::kOfxImagePropRegionOfDefinition,
            facts.region_of_definition.to_array(),
        )
        .fixed(ofx::kOfxImagePropRowBytes, facts.row_bytes)
        .fixed(ofx::kOfxImagePropField, facts.field)
        .fixed(ofx::kOfxImagePropUniqueIdentifier, facts.unique)
}
