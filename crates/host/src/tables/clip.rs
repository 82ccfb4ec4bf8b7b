use crate::object::Object;
use crate::props::PropertySet;
use crate::schema::Schema;
use crate::values::Values;
use ofx_sys as ofx;

/// What an effect says of a clip in DescribeInContext.
pub(crate) fn clip_descriptor(name: &str) -> Schema {
    Schema::of(Object::ClipDescriptor)
        .fixed(ofx::kOfxPropType, ofx::kOfxTypeClip)
        .fixed(ofx::kOfxPropName, name)
        .described(ofx::kOfxPropLabel, name)
        .described(ofx::kOfxPropShortLabel, name)
        .described(ofx::kOfxPropLongLabel, name)
        .described(ofx::kOfxParamPropHint, c"")
        .list(
            ofx::kOfxImageEffectPropSupportedComponents,
            Values::no_strings(),
        )
        .described(ofx::kOfxImageEffectPropTemporalClipAccess, 0)
        .described(ofx::kOfxImageClipPropOptional, 0)
        .described(
            ofx::kOfxImageClipPropFieldExtraction,
            ofx::kOfxImageFieldDoubled,
        )
        .described(ofx::kOfxImageClipPropIsMask, 0)
        .described(ofx::kOfxImageEffectPropSupportsTiles, 1)
        .list(
            ofx::kOfxImageClipPropPreferredColourspaces,
            Values::no_strings(),
        )
}

/// What a clip of an instance has, before anything is connected.
pub(crate) fn clip_instance(descriptor: &PropertySet) -> Schema {
    descriptor
        .instance_schema()
        .on(Object::ClipInstance)
        .fixed(ofx::kOfxImageClipPropConnected, 0)
        .fixed(ofx::kOfxImageEffectPropPixelDepth, ofx::kOfxBitDepthNone)
        .fixed(
            ofx::kOfxImageEffectPropComponents,
            ofx::kOfxImageComponentNone,
        )
        .fixed(
            ofx::kOfxImageClipPropUnmappedPixelDepth,
            ofx::kOfxBitDepthNone,
        )
        .fixed(
            ofx::kOfxImageClipPropUnmappedComponents,
            ofx::kOfxImageComponentNone,
        )
        .fixed(
            ofx::kOfxImageEffectPropPreMultiplication,
            ofx::kOfxImagePreMultiplied,
        )
        .fixed(ofx::kOfxImagePropPixelAspectRatio, 1.0)
        .fixed(ofx::kOfxImageEffectPropFrameRate, 24.0)
        .fixed(ofx::kOfxImageEffectPropUnmappedFrameRate, 24.0)
        .fixed(ofx::kOfxImageEffectPropFrameRange, [0.0, 0.0])
        .fixed(ofx::kOfxImageEffectPropUnmappedFrameRange, [0.0, 0.0])
        .fixed(ofx::kOfxImageClipPropFieldOrder, ofx::kOfxImageFieldNone)
        .fixed(ofx::kOfxImageClipPropContinuousSamples, 0)
        .fixed(ofx::kOfxImageClipPropColourspace, c"")
}
