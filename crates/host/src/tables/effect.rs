use crate::instance::InstanceOptions;
use crate::object::Object;
use crate::options::HostOptions;
use crate::props::PropertySet;
use crate::schema::Schema;
use crate::values::Values;
use ofx_sys as ofx;
use std::ffi::CStr;

/// What an effect says of itself in Describe.
pub(crate) fn effect_descriptor(file: &str, options: &HostOptions) -> Schema {
    let none = Values::no_strings;
    let schema = Schema::of(Object::EffectDescriptor)
        .fixed(ofx::kOfxPropType, ofx::kOfxTypeImageEffect)
        .fixed(ofx::kOfxPluginPropFilePath, file)
        .described(ofx::kOfxPropLabel, c"")
        .described(ofx::kOfxPropShortLabel, c"")
        .described(ofx::kOfxPropLongLabel, c"")
        .list(ofx::kOfxPropVersion, vec![0, 0, 0])
        .described(ofx::kOfxPropVersionLabel, c"")
        .described(ofx::kOfxPropPluginDescription, c"")
        .described(ofx::kOfxPropIcon, &[c"", c""][..])
        .described(ofx::kOfxImageEffectPluginPropGrouping, c"")
        .list(ofx::kOfxImageEffectPropSupportedContexts, none())
        .list(ofx::kOfxImageEffectPropSupportedPixelDepths, none())
        .described(ofx::kOfxImageEffectPluginPropSingleInstance, 0)
        .described(
            ofx::kOfxImageEffectPluginRenderThreadSafety,
            ofx::kOfxImageEffectRenderInstanceSafe,
        )
        .described(ofx::kOfxImageEffectPluginPropHostFrameThreading, 0)
        .described(ofx::kOfxImageEffectPluginPropFieldRenderTwiceAlways, 1)
        .described(ofx::kOfxImageEffectPluginPropObsolete, 0)
        .described(ofx::kOfxImageEffectPropSupportsMultiResolution, 1)
        .described(ofx::kOfxImageEffectPropSupportsTiles, 1)
        .described(ofx::kOfxImageEffectPropTemporalClipAccess, 0)
        .described(ofx::kOfxImageEffectPropSupportsMultipleClipDepths, 0)
        .described(ofx::kOfxImageEffectPropSupportsMultipleClipPARs, 0)
        .described(ofx::kOfxImageEffectInstancePropSequentialRender, 0)
        .described(ofx::kOfxImageEffectPropNoSpatialAwareness, c"false")
        .described(ofx::kOfxImageEffectPropCPURenderSupported, c"true")
        .described(ofx::kOfxImageEffectPropOpenGLRenderSupported, c"false")
        .described(ofx::kOfxImageEffectPropCudaRenderSupported, c"false")
        .described(ofx::kOfxImageEffectPropCudaStreamSupported, c"false")
        .described(ofx::kOfxImageEffectPropMetalRenderSupported, c"false")
        .described(ofx::kOfxImageEffectPropOpenCLRenderSupported, c"false")
        .described(ofx::kOfxImageEffectPropOpenCLSupported, c"false")
        .list(ofx::kOfxOpenGLPropPixelDepth, none())
        .described(
            ofx::kOfxImageEffectPropColourManagementStyle,
            ofx::kOfxImageEffectColourManagementNone,
        )
        .list(
            ofx::kOfxImageEffectPropColourManagementAvailableConfigs,
            none(),
        )
        .list(ofx::kOfxImageEffectPropClipPreferencesSlaveParam, none())
        .pointer(ofx::kOfxImageEffectPluginPropOverlayInteractV1, 0)
        .pointer(ofx::kOfxImageEffectPluginPropOverlayInteractV2, 0);
    let more = options.descriptor_properties.iter();
    more.fold(schema, |schema, (name, values)| {
        schema.described(name.as_str(), values.clone())
    })
}

/// What an instance of an effect has.
pub(crate) fn effect_instance(
    descriptor: &PropertySet,
    plugin_handle: usize,
    context: &'static CStr,
    colour_style: &'static CStr,
    options: &InstanceOptions,
) -> Schema {
    let project = options.extent;
    let duration = options.frame_range[1] - options.frame_range[0] + 1.0;
    Schema::of(Object::EffectInstance)
        .fixed(ofx::kOfxPropType, ofx::kOfxTypeImageEffectInstance)
        .fixed(ofx::kOfxImageEffectPropContext, context)
        .pointer(ofx::kOfxPropInstanceData, 0)
        .fixed(ofx::kOfxImageEffectPropPluginHandle, plugin_handle)
        .open(
            ofx::kOfxPropLabel,
            descriptor.text(ofx::kOfxPropLabel).as_str(),
        )
        .fixed(
            ofx::kOfxImageEffectPropProjectSize,
            [project.x2 - project.x1, project.y2 - project.y1],
        )
        .fixed(
            ofx::kOfxImageEffectPropProjectOffset,
            [project.x1, project.y1],
        )
        .fixed(
            ofx::kOfxImageEffectPropProjectExtent,
            [project.x2, project.y2],
        )
        .fixed(
            ofx::kOfxImageEffectPropProjectPixelAspectRatio,
            options.pixel_aspect,
        )
        .fixed(ofx::kOfxImageEffectInstancePropEffectDuration, duration)
        .fixed(ofx::kOfxImageEffectPropFrameRate, options.frame_rate)
        .fixed(ofx::kOfxPropIsInteractive, i32::from(options.interactive))
        .open(
            ofx::kOfxImageEffectInstancePropSequentialRender,
            descriptor.flag(ofx::kOfxImageEffectInstancePropSequentialRender),
        )
        .open(
            ofx::kOfxImageEffectPropSupportsTiles,
            descriptor.flag(ofx::kOfxImageEffectPropSupportsTiles),
        )
        .open(
            ofx::kOfxImageEffectPropNoSpatialAwareness,
            descriptor
                .text(ofx::kOfxImageEffectPropNoSpatialAwareness)
                .as_str(),
        )
        .open(ofx::kOfxImageEffectPropOpenGLRenderSupported, c"false")
        .fixed(ofx::kOfxImageEffectPropColourManagementStyle, colour_style)
        .fixed(ofx::kOfxImageEffectPropColourManagementConfig, c"")
        .fixed(ofx::kOfxImageEffectPropOCIOConfig, c"")
        .fixed(ofx::kOfxImageEffectPropDisplayColourspace, c"")
        .fixed(ofx::kOfxImageEffectPropOCIODisplay, c"")
        .fixed(ofx::kOfxImageEffectPropOCIOView, c"")
}
