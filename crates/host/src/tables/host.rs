use crate::object::Object;
use crate::options::HostOptions;
use crate::pixel::Components;
use crate::schema::Schema;
use crate::text::Text;
use crate::values::{Values, c_string};
use ofx_sys as ofx;
use std::ffi::CStr;

/// The contexts this host makes instances in.
const CONTEXTS: [&CStr; 6] = [
    ofx::kOfxImageEffectContextGeneral,
    ofx::kOfxImageEffectContextFilter,
    ofx::kOfxImageEffectContextGenerator,
    ofx::kOfxImageEffectContextTransition,
    ofx::kOfxImageEffectContextPaint,
    ofx::kOfxImageEffectContextRetimer,
];

/// What a host says of itself.
pub(crate) fn host(options: &HostOptions) -> Schema {
    let depths: Vec<Text> = options.depths.iter().map(|d| d.ofx().into()).collect();
    let [major, minor, patch] = options.version;
    let schema = Schema::of(Object::Host)
        .fixed(ofx::kOfxPropType, ofx::kOfxTypeImageEffectHost)
        .fixed(ofx::kOfxPropAPIVersion, [1, 5])
        .fixed(ofx::kOfxPropName, options.name.as_str())
        .fixed(ofx::kOfxPropLabel, options.name.as_str())
        .fixed(ofx::kOfxPropVersion, options.version.to_vec())
        .fixed(
            ofx::kOfxPropVersionLabel,
            format!("{major}.{minor}.{patch}").as_str(),
        )
        .fixed(ofx::kOfxImageEffectHostPropIsBackground, 1)
        .fixed(
            ofx::kOfxImageEffectHostPropNativeOrigin,
            ofx::kOfxHostNativeOriginBottomLeft,
        )
        .fixed(ofx::kOfxPropHostOSHandle, 0_usize)
        .fixed(ofx::kOfxImageEffectPropSupportsOverlays, 0)
        .fixed(ofx::kOfxImageEffectPropSupportsMultiResolution, 1)
        .fixed(ofx::kOfxImageEffectPropSupportsTiles, 1)
        .fixed(ofx::kOfxImageEffectPropTemporalClipAccess, 1)
        .fixed(ofx::kOfxImageEffectPropSupportsMultipleClipDepths, 1)
        .fixed(ofx::kOfxImageEffectPropSupportsMultipleClipPARs, 1)
        .fixed(ofx::kOfxImageEffectPropSetableFrameRate, 0)
        .fixed(ofx::kOfxImageEffectPropSetableFielding, 0)
        .fixed(ofx::kOfxImageEffectInstancePropSequentialRender, 1)
        .fixed(
            ofx::kOfxImageEffectPropSupportedComponents,
            &Components::ALL.map(Components::ofx)[..],
        )
        .fixed(ofx::kOfxImageEffectPropSupportedContexts, &CONTEXTS[..])
        .fixed(ofx::kOfxImageEffectPropSupportedPixelDepths, depths)
        .fixed(ofx::kOfxParamHostPropSupportsCustomInteract, 0)
        .fixed(ofx::kOfxParamHostPropSupportsStringAnimation, 1)
        .fixed(ofx::kOfxParamHostPropSupportsChoiceAnimation, 1)
        .fixed(ofx::kOfxParamHostPropSupportsBooleanAnimation, 1)
        .fixed(ofx::kOfxParamHostPropSupportsCustomAnimation, 0)
        .fixed(ofx::kOfxParamHostPropSupportsStrChoice, 1)
        .fixed(ofx::kOfxParamHostPropSupportsStrChoiceAnimation, 1)
        .fixed(ofx::kOfxParamHostPropSupportsParametricAnimation, 0)
        .fixed(ofx::kOfxParamHostPropMaxParameters, -1)
        .fixed(ofx::kOfxParamHostPropMaxPages, 0)
        .fixed(ofx::kOfxParamHostPropPageRowColumnCount, [0, 0])
        .fixed(ofx::kOfxImageEffectPropOpenGLRenderSupported, c"false")
        .fixed(ofx::kOfxImageEffectPropCudaRenderSupported, c"false")
        .fixed(ofx::kOfxImageEffectPropMetalRenderSupported, c"false")
        .fixed(ofx::kOfxImageEffectPropOpenCLRenderSupported, c"false")
        .fixed(ofx::kOfxImageEffectPropOpenCLSupported, c"false")
        .fixed(ofx::kOfxImageEffectPropCPURenderSupported, c"true")
        .fixed(
            ofx::kOfxImageEffectPropColourManagementStyle,
            ofx::kOfxImageEffectColourManagementNone,
        )
        .fixed(
            ofx::kOfxImageEffectPropColourManagementAvailableConfigs,
            Values::no_strings(),
        );
    let schema = (options.host_properties.iter()).fold(schema, |schema, (name, values)| {
        schema.fixed(name.as_str(), values.clone())
    });
    let missing = options.missing_host_properties.iter();
    missing.fold(schema, |schema, name| schema.without(&c_string(name)))
}
