//! Holds every constant, type, size, alignment, offset and signature of the bindings against the independent
//! crate `openfx`, whose bindings were made from the official headers.
//!
//! The lists below name all items; `nothing_is_forgotten` fails when one is missing.
#![allow(non_upper_case_globals)]

use std::any::type_name;
use std::ffi::CStr;
use std::fmt::Debug;
use std::mem::{align_of, offset_of, size_of};

/// All of `openfx` that is generated from the headers.
mod theirs {
    pub use openfx::sys::generic::{core::*, property::*};
    pub use openfx::sys::image_effect_v1::{
        colour::*, gpu_render::*, image_effect::*, interact::*, key_syms::*, memory::*, message::*,
        multi_thread::*, param::*, parametric_param::*, pixels::*, progress::*, time_line::*,
    };
}

/// A constant's value without its integer type.
trait Value {
    fn value(self) -> String;
}
impl Value for &CStr {
    fn value(self) -> String {
        format!("{self:?}")
    }
}
impl Value for i32 {
    fn value(self) -> String {
        self.to_string()
    }
}
impl Value for u32 {
    fn value(self) -> String {
        self.to_string()
    }
}

/// The name of a type without the paths of the two crates.
fn bare<T>() -> String {
    let full = type_name::<T>();
    let mut bare = String::new();
    // A path is a run of letters, digits, `_` and `:`; its last name is the type.
    for piece in full.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        bare.push_str(piece.rsplit("::").next().unwrap_or(piece));
    }
    bare
}

/// The bare type of a field.
fn field_type<S, T>(_: impl Fn(&S) -> &T) -> String {
    bare::<T>()
}

/// Compares ours with theirs and keeps what differs.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            self.0
                .push(format!("{what}: ours {ours:?}, theirs {theirs:?}"));
        }
    }

    fn must_be_empty(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

macro_rules! constants {
    ($($name:ident)*) => {
        const CONSTANTS: &[&str] = &[$(stringify!($name)),*];

        #[test]
        fn constants_are_equal() {
            let mut differences = Differences::default();
            $(differences.compare(stringify!($name), ofx_sys::$name.value(), theirs::$name.value());)*
            differences.must_be_empty();
        }
    };
}

macro_rules! constants_only_here {
    ($($name:ident = $value:expr,)*) => {
        const ONLY_HERE: &[&str] = &[$(stringify!($name)),*];

        #[test]
        fn other_constants_are_as_documented() {
            let mut differences = Differences::default();
            $(differences.compare(stringify!($name), ofx_sys::$name, $value);)*
            differences.must_be_empty();
        }
    };
}

macro_rules! types {
    ($($name:ident)*) => {
        const TYPES: &[&str] = &[$(stringify!($name)),*];

        #[test]
        fn types_are_equal() {
            let mut differences = Differences::default();
            $(differences.compare(stringify!($name), bare::<ofx_sys::$name>(), bare::<theirs::$name>());)*
            differences.must_be_empty();
        }
    };
}

macro_rules! structs {
    ($($name:ident { $($field:ident)* })*) => {
        const STRUCTS: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($field)),*])),*];

        #[test]
        fn structs_are_equal() {
            use ofx_sys as ours;
            let mut differences = Differences::default();
            $(
                differences.compare(
                    concat!("size of ", stringify!($name)),
                    size_of::<ours::$name>(),
                    size_of::<theirs::$name>(),
                );
                differences.compare(
                    concat!("alignment of ", stringify!($name)),
                    align_of::<ours::$name>(),
                    align_of::<theirs::$name>(),
                );
                $(
                    differences.compare(
                        concat!("offset of ", stringify!($name), ".", stringify!($field)),
                        offset_of!(ours::$name, $field),
                        offset_of!(theirs::$name, $field),
                    );
                    differences.compare(
                        concat!("type of ", stringify!($name), ".", stringify!($field)),
                        field_type(|s: &ours::$name| &s.$field),
                        field_type(|s: &theirs::$name| &s.$field),
                    );
                )*
            )*
            differences.must_be_empty();
        }
    };
}

#[test]
fn nothing_is_forgotten() {
    let mut constants = Vec::new();
    let mut types = Vec::new();
    let mut structs: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in include_str!("../src/bindings.rs").lines() {
        let name = |rest: &'static str| rest.split([':', ' ']).next().unwrap_or(rest);
        if let Some(rest) = line.strip_prefix("pub const ") {
            constants.push(name(rest));
        } else if let Some(rest) = line.strip_prefix("pub type ") {
            types.push(name(rest));
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            structs.push((name(rest), Vec::new()));
        } else if let (Some(rest), Some((_, fields))) =
            (line.strip_prefix("    pub "), structs.last_mut())
        {
            fields.push(name(rest));
        } else {
            let inside = line.is_empty() || line.starts_with([' ', '}', '>', '#', '/']);
            assert!(inside, "neither constant, type nor struct: {line}");
        }
    }
    // What is listed exists, else this file would not compile; so only what exists must be listed.
    let mut missing = Vec::new();
    missing.extend(
        constants
            .iter()
            .filter(|name| !CONSTANTS.contains(name) && !ONLY_HERE.contains(name)),
    );
    missing.extend(types.iter().filter(|name| !TYPES.contains(name)));
    for (name, fields) in &structs {
        let listed = STRUCTS.iter().find(|(listed, _)| listed == name);
        match listed {
            Some((_, listed)) => {
                missing.extend(fields.iter().filter(|field| !listed.contains(field)))
            }
            None => missing.push(name),
        }
    }
    assert!(
        missing.is_empty(),
        "add to the lists of this file: {missing:?}"
    );
    let found = constants.len() + types.len() + structs.len();
    let listed = CONSTANTS.len() + ONLY_HERE.len() + TYPES.len() + STRUCTS.len();
    assert_eq!(
        found, listed,
        "bindings.rs was read wrongly, or a list names an item twice"
    );
}

constants! {
    kOfxImageEffectPropColourManagementStyle kOfxImageEffectColourManagementNone
    kOfxImageEffectColourManagementBasic kOfxImageEffectColourManagementCore
    kOfxImageEffectColourManagementFull kOfxImageEffectColourManagementOCIO
    kOfxImageEffectPropColourManagementAvailableConfigs kOfxImageEffectPropColourManagementConfig
    kOfxImageEffectPropOCIOConfig kOfxImageClipPropColourspace kOfxImageClipPropPreferredColourspaces
    kOfxImageEffectActionGetOutputColourspace kOfxImageEffectPropDisplayColourspace
    kOfxImageEffectPropOCIODisplay kOfxImageEffectPropOCIOView kOfxStatOK kOfxStatFailed kOfxStatErrFatal
    kOfxStatErrUnknown kOfxStatErrMissingHostFeature kOfxStatErrUnsupported kOfxStatErrExists
    kOfxStatErrFormat kOfxStatErrMemory kOfxStatErrBadHandle kOfxStatErrBadIndex kOfxStatErrValue
    kOfxStatReplyYes kOfxStatReplyNo kOfxStatReplyDefault kOfxFlagInfiniteMax kOfxFlagInfiniteMin
    kOfxActionLoad kOfxActionUnload kOfxActionDescribe kOfxActionCreateInstance kOfxActionDestroyInstance
    kOfxActionPurgeCaches kOfxActionSyncPrivateData kOfxActionBeginInstanceChanged kOfxActionInstanceChanged
    kOfxActionEndInstanceChanged kOfxActionBeginInstanceEdit kOfxActionEndInstanceEdit kOfxPropAPIVersion
    kOfxPropTime kOfxPropIsInteractive kOfxPropInstanceData kOfxPropEffectInstance kOfxPropType kOfxPropName
    kOfxPropLabel kOfxPropShortLabel kOfxPropLongLabel kOfxPropIcon kOfxPropVersion kOfxPropVersionLabel
    kOfxPropPluginDescription kOfxPropHostOSHandle kOfxPluginPropFilePath kOfxPropChangeReason
    kOfxChangeUserEdited kOfxChangePluginEdited kOfxChangeTime kOfxBitDepthNone kOfxBitDepthByte
    kOfxBitDepthShort kOfxBitDepthHalf kOfxBitDepthFloat kOfxImageEffectPropCPURenderSupported
    kOfxOpenGLRenderSuite kOfxImageEffectPropOpenGLRenderSupported kOfxImageEffectPropOpenGLEnabled
    kOfxImageEffectPropOpenGLTextureIndex kOfxImageEffectPropOpenGLTextureTarget kOfxOpenGLPropPixelDepth
    kOfxActionOpenGLContextAttached kOfxActionOpenGLContextDetached kOfxImageEffectPropCudaRenderSupported
    kOfxImageEffectPropCudaEnabled kOfxImageEffectPropCudaStreamSupported kOfxImageEffectPropCudaStream
    kOfxImageEffectPropMetalRenderSupported kOfxImageEffectPropMetalEnabled
    kOfxImageEffectPropMetalCommandQueue kOfxOpenCLProgramSuite kOfxImageEffectPropOpenCLRenderSupported
    kOfxImageEffectPropOpenCLSupported kOfxImageEffectPropOpenCLEnabled kOfxImageEffectPropOpenCLCommandQueue
    kOfxImageEffectPropOpenCLImage kOfxStatGPUOutOfMemory kOfxStatGLOutOfMemory kOfxStatGPURenderFailed
    kOfxStatGLRenderFailed kOfxPropertySuite kOfxParameterSuite kOfxTypeParameter kOfxTypeParameterInstance
    kOfxParamTypeInteger kOfxParamTypeDouble kOfxParamTypeBoolean kOfxParamTypeChoice kOfxParamTypeStrChoice
    kOfxParamTypeRGBA kOfxParamTypeRGB kOfxParamTypeDouble2D kOfxParamTypeInteger2D kOfxParamTypeDouble3D
    kOfxParamTypeInteger3D kOfxParamTypeString kOfxParamTypeCustom kOfxParamTypeBytes kOfxParamTypeGroup
    kOfxParamTypePage kOfxParamTypePushButton kOfxParamHostPropSupportsCustomAnimation
    kOfxParamHostPropSupportsStringAnimation kOfxParamHostPropSupportsBooleanAnimation
    kOfxParamHostPropSupportsChoiceAnimation kOfxParamHostPropSupportsStrChoiceAnimation
    kOfxParamHostPropSupportsStrChoice kOfxParamHostPropSupportsCustomInteract kOfxParamHostPropMaxParameters
    kOfxParamHostPropMaxPages kOfxParamHostPropPageRowColumnCount kOfxParamPropType kOfxParamPropScriptName
    kOfxParamPropHint kOfxParamPropDefault kOfxParamPropParent kOfxParamPropEnabled kOfxParamPropSecret
    kOfxParamPropDataPtr kOfxParamPropAnimates kOfxParamPropIsAnimating kOfxParamPropIsAutoKeying
    kOfxParamPropCanUndo kOfxParamPropPersistant kOfxParamPropEvaluateOnChange kOfxParamPropPluginMayWrite
    kOfxParamPropCacheInvalidation kOfxParamInvalidateValueChange kOfxParamInvalidateValueChangeToEnd
    kOfxParamInvalidateAll kOfxPropParamSetNeedsSyncing kOfxParamPropMin kOfxParamPropMax
    kOfxParamPropDisplayMin kOfxParamPropDisplayMax kOfxParamPropIncrement kOfxParamPropDigits
    kOfxParamPropDimensionLabel kOfxParamPropShowTimeMarker kOfxParamPropDoubleType kOfxParamDoubleTypePlain
    kOfxParamDoubleTypeScale kOfxParamDoubleTypeAngle kOfxParamDoubleTypeTime kOfxParamDoubleTypeAbsoluteTime
    kOfxParamDoubleTypeX kOfxParamDoubleTypeXAbsolute kOfxParamDoubleTypeY kOfxParamDoubleTypeYAbsolute
    kOfxParamDoubleTypeXY kOfxParamDoubleTypeXYAbsolute kOfxParamPropDefaultCoordinateSystem
    kOfxParamCoordinatesCanonical kOfxParamCoordinatesNormalised kOfxParamPropHasHostOverlayHandle
    kOfxParamPropUseHostOverlayHandle kOfxParamPropChoiceOption kOfxParamPropChoiceOrder
    kOfxParamPropChoiceEnum kOfxParamPropStringMode kOfxParamPropStringFilePathExists
    kOfxParamStringIsSingleLine kOfxParamStringIsMultiLine kOfxParamStringIsFilePath
    kOfxParamStringIsDirectoryPath kOfxParamStringIsLabel kOfxParamStringIsRichTextFormat
    kOfxParamPropCustomValue kOfxParamPropCustomInterpCallbackV1 kOfxParamPropInterpolationTime
    kOfxParamPropInterpolationAmount kOfxParamInterpType kOfxParamInterpTypeConstantStep
    kOfxParamInterpTypeLinear kOfxParamInterpTypeSmooth kOfxParamPropGroupOpen kOfxParamPropPageChild
    kOfxParamPageSkipRow kOfxParamPageSkipColumn kOfxPluginPropParamPageOrder kOfxParamPropInteractV1
    kOfxParamPropInteractSize kOfxParamPropInteractSizeAspect kOfxParamPropInteractMinimumSize
    kOfxParamPropInteractPreferedSize kOfxImageEffectPluginApi kOfxImageEffectPluginApiVersion
    kOfxImageEffectSuite kOfxStatErrImageFormat kOfxTypeImageEffectHost kOfxTypeImageEffect
    kOfxTypeImageEffectInstance kOfxTypeClip kOfxTypeImage kOfxImageComponentNone kOfxImageComponentRGBA
    kOfxImageComponentRGB kOfxImageComponentAlpha kOfxImageEffectContextGenerator kOfxImageEffectContextFilter
    kOfxImageEffectContextTransition kOfxImageEffectContextPaint kOfxImageEffectContextGeneral
    kOfxImageEffectContextRetimer kOfxImageEffectOutputClipName kOfxImageEffectSimpleSourceClipName
    kOfxImageEffectTransitionSourceFromClipName kOfxImageEffectTransitionSourceToClipName
    kOfxImageEffectTransitionParamName kOfxImageEffectRetimerParamName kOfxImageEffectActionDescribeInContext
    kOfxImageEffectActionGetRegionOfDefinition kOfxImageEffectActionGetRegionsOfInterest
    kOfxImageEffectActionGetTimeDomain kOfxImageEffectActionGetFramesNeeded
    kOfxImageEffectActionGetClipPreferences kOfxImageEffectActionIsIdentity
    kOfxImageEffectActionBeginSequenceRender kOfxImageEffectActionRender
    kOfxImageEffectActionEndSequenceRender kOfxImageEffectHostPropIsBackground
    kOfxImageEffectHostPropNativeOrigin kOfxHostNativeOriginBottomLeft kOfxHostNativeOriginTopLeft
    kOfxHostNativeOriginCenter kOfxImageEffectPropSetableFrameRate kOfxImageEffectPropSetableFielding
    kOfxImageEffectPluginPropGrouping kOfxImageEffectPluginPropSingleInstance
    kOfxImageEffectPluginPropFieldRenderTwiceAlways kOfxImageEffectPluginPropObsolete
    kOfxImageEffectPropPluginHandle kOfxImageEffectPropSupportedContexts
    kOfxImageEffectPropSupportedPixelDepths kOfxImageEffectPropSupportedComponents
    kOfxImageEffectPropSupportsMultipleClipDepths kOfxImageEffectPropSupportsMultipleClipPARs
    kOfxImageEffectPropSupportsMultiResolution kOfxImageEffectPropSupportsTiles
    kOfxImageEffectPropSupportsOverlays kOfxImageEffectPluginPropOverlayInteractV1
    kOfxImageEffectPluginPropOverlayInteractV2 kOfxImageEffectPropTemporalClipAccess
    kOfxImageEffectPropClipPreferencesSlaveParam kOfxImageEffectInstancePropSequentialRender
    kOfxImageEffectPropNoSpatialAwareness kOfxImageEffectPluginPropHostFrameThreading
    kOfxImageEffectPluginRenderThreadSafety kOfxImageEffectRenderUnsafe kOfxImageEffectRenderInstanceSafe
    kOfxImageEffectRenderFullySafe kOfxImageEffectPropContext kOfxImageEffectInstancePropEffectDuration
    kOfxImageEffectPropProjectExtent kOfxImageEffectPropProjectSize kOfxImageEffectPropProjectOffset
    kOfxImageEffectPropProjectPixelAspectRatio kOfxImageClipPropOptional kOfxImageClipPropIsMask
    kOfxImageClipPropConnected kOfxImageClipPropContinuousSamples kOfxImageClipPropUnmappedPixelDepth
    kOfxImageClipPropUnmappedComponents kOfxImageClipPropFieldOrder kOfxImageClipPropFieldExtraction
    kOfxImageEffectFrameVarying kOfxImageEffectPropFrameRate kOfxImageEffectPropUnmappedFrameRate
    kOfxImageEffectPropFrameRange kOfxImageEffectPropUnmappedFrameRange kOfxImageEffectPropPixelDepth
    kOfxImageEffectPropComponents kOfxImagePropData kOfxImagePropBounds kOfxImagePropRegionOfDefinition
    kOfxImagePropRowBytes kOfxImagePropPixelAspectRatio kOfxImagePropField kOfxImagePropUniqueIdentifier
    kOfxImageEffectPropPreMultiplication kOfxImageOpaque kOfxImagePreMultiplied kOfxImageUnPreMultiplied
    kOfxImageFieldNone kOfxImageFieldLower kOfxImageFieldUpper kOfxImageFieldBoth kOfxImageFieldSingle
    kOfxImageFieldDoubled kOfxImageEffectPropRenderWindow kOfxImageEffectPropRenderScale
    kOfxImageEffectPropRegionOfDefinition kOfxImageEffectPropRegionOfInterest kOfxImageEffectPropFieldToRender
    kOfxImageEffectPropFrameStep kOfxImageEffectPropSequentialRenderStatus
    kOfxImageEffectPropInteractiveRenderStatus kOfxImageEffectPropRenderQualityDraft
    kOfxImageEffectPropThumbnailRender kOfxInteractSuite kOfxActionDescribeInteract
    kOfxActionCreateInstanceInteract kOfxActionDestroyInstanceInteract kOfxInteractActionDraw
    kOfxInteractActionPenMotion kOfxInteractActionPenDown kOfxInteractActionPenUp kOfxInteractActionKeyDown
    kOfxInteractActionKeyUp kOfxInteractActionKeyRepeat kOfxInteractActionGainFocus
    kOfxInteractActionLoseFocus kOfxInteractPropSlaveToParam kOfxInteractPropPixelScale
    kOfxInteractPropBackgroundColour kOfxInteractPropSuggestedColour kOfxInteractPropPenPosition
    kOfxInteractPropPenViewportPosition kOfxInteractPropPenPressure kOfxInteractPropBitDepth
    kOfxInteractPropHasAlpha kOfxPropKeySym kOfxPropKeyString kOfxMemorySuite kOfxMessageSuite
    kOfxMessageFatal kOfxMessageError kOfxMessageWarning kOfxMessageMessage kOfxMessageLog kOfxMessageQuestion
    kOfxMultiThreadSuite kOfxParametricParameterSuite kOfxParamTypeParametric kOfxParamPropParametricDimension
    kOfxParamPropParametricRange kOfxParamPropParametricUIColour kOfxParamPropParametricInteractBackground
    kOfxParamHostPropSupportsParametricAnimation kOfxProgressSuite kOfxTimeLineSuite
}

// `openfx` covers the standard alone; these are as Natron's ofxNatron.h has them.
constants_only_here! {
    kNatronOfxHostName = c"fr.inria.Natron",
    kNatronOfxHostIsNatron = c"NatronOfxHostIsNatron",
    kNatronOfxImageEffectPropChannelSelector = c"NatronOfxImageEffectPropChannelSelector",
    kNatronOfxPropDescriptionIsMarkdown = c"NatronOfxPropDescriptionIsMarkdown",
}

types! {
    OfxStatus OfxPropertySetHandle OfxPluginEntryPoint OfxTime OfxParamHandle OfxParamSetHandle
    OfxCustomParamInterpFuncV1 OfxImageEffectHandle OfxImageClipHandle OfxImageMemoryHandle OfxInteractHandle
    OfxMutexHandle OfxThreadFunctionV1
}

structs! {
    OfxPropertySetStruct {}
    OfxHost { host fetchSuite }
    OfxPlugin {
        pluginApi apiVersion pluginIdentifier pluginVersionMajor pluginVersionMinor setHost mainEntry
    }
    OfxRangeI { min max }
    OfxRangeD { min max }
    OfxPointI { x y }
    OfxPointD { x y }
    OfxRectI { x1 y1 x2 y2 }
    OfxRectD { x1 y1 x2 y2 }
    OfxPropertySuiteV1 {
        propSetPointer propSetString propSetDouble propSetInt propSetPointerN propSetStringN propSetDoubleN
        propSetIntN propGetPointer propGetString propGetDouble propGetInt propGetPointerN propGetStringN
        propGetDoubleN propGetIntN propReset propGetDimension
    }
    OfxParamStruct {}
    OfxParamSetStruct {}
    OfxBytes { data length }
    OfxParameterSuiteV1 {
        paramDefine paramGetHandle paramSetGetPropertySet paramGetPropertySet paramGetValue
        paramGetValueAtTime paramGetDerivative paramGetIntegral paramSetValue paramSetValueAtTime
        paramGetNumKeys paramGetKeyTime paramGetKeyIndex paramDeleteKey paramDeleteAllKeys paramCopy
        paramEditBegin paramEditEnd
    }
    OfxImageEffectStruct {}
    OfxImageClipStruct {}
    OfxImageMemoryStruct {}
    OfxImageEffectSuiteV1 {
        getPropertySet getParamSet clipDefine clipGetHandle clipGetPropertySet clipGetImage clipReleaseImage
        clipGetRegionOfDefinition abort imageMemoryAlloc imageMemoryFree imageMemoryLock imageMemoryUnlock
    }
    OfxInteract {}
    OfxInteractSuiteV1 { interactSwapBuffers interactRedraw interactGetPropertySet }
    OfxMemorySuiteV1 { memoryAlloc memoryFree }
    OfxMessageSuiteV1 { message }
    OfxMessageSuiteV2 { message setPersistentMessage clearPersistentMessage }
    OfxMutex {}
    OfxMultiThreadSuiteV1 {
        multiThread multiThreadNumCPUs multiThreadIndex multiThreadIsSpawnedThread mutexCreate mutexDestroy
        mutexLock mutexUnLock mutexTryLock
    }
    OfxParametricParameterSuiteV1 {
        parametricParamGetValue parametricParamGetNControlPoints parametricParamGetNthControlPoint
        parametricParamSetNthControlPoint parametricParamAddControlPoint parametricParamDeleteControlPoint
        parametricParamDeleteAllControlPoints
    }
    OfxRGBAColourB { r g b a }
    OfxRGBAColourS { r g b a }
    OfxRGBAColourF { r g b a }
    OfxRGBAColourD { r g b a }
    OfxRGBColourB { r g b }
    OfxRGBColourS { r g b }
    OfxRGBColourF { r g b }
    OfxRGBColourD { r g b }
    OfxProgressSuiteV1 { progressStart progressUpdate progressEnd }
    OfxProgressSuiteV2 { progressStart progressUpdate progressEnd }
    OfxTimeLineSuiteV1 { getTime gotoTime getTimeBounds }
}
