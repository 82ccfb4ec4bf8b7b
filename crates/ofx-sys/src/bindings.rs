// Generated from ofx_headers/ by `cargo xtask bindgen` (bindgen 0.73.2). Do not edit.

pub const kOfxImageEffectPropColourManagementStyle: &::core::ffi::CStr = c"OfxImageEffectPropColourManagementStyle";
pub const kOfxImageEffectColourManagementNone: &::core::ffi::CStr = c"OfxImageEffectColourManagementNone";
pub const kOfxImageEffectColourManagementBasic: &::core::ffi::CStr = c"OfxImageEffectColourManagementBasic";
pub const kOfxImageEffectColourManagementCore: &::core::ffi::CStr = c"OfxImageEffectColourManagementCore";
pub const kOfxImageEffectColourManagementFull: &::core::ffi::CStr = c"OfxImageEffectColourManagementFull";
pub const kOfxImageEffectColourManagementOCIO: &::core::ffi::CStr = c"OfxImageEffectColourManagementOCIO";
pub const kOfxImageEffectPropColourManagementAvailableConfigs: &::core::ffi::CStr = c"OfxImageEffectPropColourManagementAvailableConfigs";
pub const kOfxImageEffectPropColourManagementConfig: &::core::ffi::CStr = c"OfxImageEffectPropColourManagementConfig";
pub const kOfxImageEffectPropOCIOConfig: &::core::ffi::CStr = c"OfxImageEffectPropOCIOConfig";
pub const kOfxImageClipPropColourspace: &::core::ffi::CStr = c"OfxImageClipPropColourspace";
pub const kOfxImageClipPropPreferredColourspaces: &::core::ffi::CStr = c"OfxImageClipPropPreferredColourspaces";
pub const kOfxImageEffectActionGetOutputColourspace: &::core::ffi::CStr = c"OfxImageEffectActionGetOutputColourspace";
pub const kOfxImageEffectPropDisplayColourspace: &::core::ffi::CStr = c"OfxImageEffectPropDisplayColourspace";
pub const kOfxImageEffectPropOCIODisplay: &::core::ffi::CStr = c"OfxImageEffectPropOCIODisplay";
pub const kOfxImageEffectPropOCIOView: &::core::ffi::CStr = c"OfxImageEffectPropOCIOView";
pub const kOfxStatOK: OfxStatus = 0;
pub const kOfxStatFailed: OfxStatus = 1;
pub const kOfxStatErrFatal: OfxStatus = 2;
pub const kOfxStatErrUnknown: OfxStatus = 3;
pub const kOfxStatErrMissingHostFeature: OfxStatus = 4;
pub const kOfxStatErrUnsupported: OfxStatus = 5;
pub const kOfxStatErrExists: OfxStatus = 6;
pub const kOfxStatErrFormat: OfxStatus = 7;
pub const kOfxStatErrMemory: OfxStatus = 8;
pub const kOfxStatErrBadHandle: OfxStatus = 9;
pub const kOfxStatErrBadIndex: OfxStatus = 10;
pub const kOfxStatErrValue: OfxStatus = 11;
pub const kOfxStatReplyYes: OfxStatus = 12;
pub const kOfxStatReplyNo: OfxStatus = 13;
pub const kOfxStatReplyDefault: OfxStatus = 14;
pub const kOfxFlagInfiniteMax: ::core::ffi::c_int = 2147483647;
pub const kOfxFlagInfiniteMin: ::core::ffi::c_int = -2147483648;
pub const kOfxActionLoad: &::core::ffi::CStr = c"OfxActionLoad";
pub const kOfxActionUnload: &::core::ffi::CStr = c"OfxActionUnload";
pub const kOfxActionDescribe: &::core::ffi::CStr = c"OfxActionDescribe";
pub const kOfxActionCreateInstance: &::core::ffi::CStr = c"OfxActionCreateInstance";
pub const kOfxActionDestroyInstance: &::core::ffi::CStr = c"OfxActionDestroyInstance";
pub const kOfxActionPurgeCaches: &::core::ffi::CStr = c"OfxActionPurgeCaches";
pub const kOfxActionSyncPrivateData: &::core::ffi::CStr = c"OfxActionSyncPrivateData";
pub const kOfxActionBeginInstanceChanged: &::core::ffi::CStr = c"OfxActionBeginInstanceChanged";
pub const kOfxActionInstanceChanged: &::core::ffi::CStr = c"OfxActionInstanceChanged";
pub const kOfxActionEndInstanceChanged: &::core::ffi::CStr = c"OfxActionEndInstanceChanged";
pub const kOfxActionBeginInstanceEdit: &::core::ffi::CStr = c"OfxActionBeginInstanceEdit";
pub const kOfxActionEndInstanceEdit: &::core::ffi::CStr = c"OfxActionEndInstanceEdit";
pub const kOfxPropAPIVersion: &::core::ffi::CStr = c"OfxPropAPIVersion";
pub const kOfxPropTime: &::core::ffi::CStr = c"OfxPropTime";
pub const kOfxPropIsInteractive: &::core::ffi::CStr = c"OfxPropIsInteractive";
pub const kOfxPropInstanceData: &::core::ffi::CStr = c"OfxPropInstanceData";
pub const kOfxPropEffectInstance: &::core::ffi::CStr = c"OfxPropEffectInstance";
pub const kOfxPropType: &::core::ffi::CStr = c"OfxPropType";
pub const kOfxPropName: &::core::ffi::CStr = c"OfxPropName";
pub const kOfxPropLabel: &::core::ffi::CStr = c"OfxPropLabel";
pub const kOfxPropShortLabel: &::core::ffi::CStr = c"OfxPropShortLabel";
pub const kOfxPropLongLabel: &::core::ffi::CStr = c"OfxPropLongLabel";
pub const kOfxPropIcon: &::core::ffi::CStr = c"OfxPropIcon";
pub const kOfxPropVersion: &::core::ffi::CStr = c"OfxPropVersion";
pub const kOfxPropVersionLabel: &::core::ffi::CStr = c"OfxPropVersionLabel";
pub const kOfxPropPluginDescription: &::core::ffi::CStr = c"OfxPropPluginDescription";
pub const kOfxPropHostOSHandle: &::core::ffi::CStr = c"OfxPropHostOSHandle";
pub const kOfxPluginPropFilePath: &::core::ffi::CStr = c"OfxPluginPropFilePath";
pub const kOfxPropChangeReason: &::core::ffi::CStr = c"OfxPropChangeReason";
pub const kOfxChangeUserEdited: &::core::ffi::CStr = c"OfxChangeUserEdited";
pub const kOfxChangePluginEdited: &::core::ffi::CStr = c"OfxChangePluginEdited";
pub const kOfxChangeTime: &::core::ffi::CStr = c"OfxChangeTime";
pub const kOfxBitDepthNone: &::core::ffi::CStr = c"OfxBitDepthNone";
pub const kOfxBitDepthByte: &::core::ffi::CStr = c"OfxBitDepthByte";
pub const kOfxBitDepthShort: &::core::ffi::CStr = c"OfxBitDepthShort";
pub const kOfxBitDepthHalf: &::core::ffi::CStr = c"OfxBitDepthHalf";
pub const kOfxBitDepthFloat: &::core::ffi::CStr = c"OfxBitDepthFloat";
pub const kOfxImageEffectPropCPURenderSupported: &::core::ffi::CStr = c"OfxImageEffectPropCPURenderSupported";
pub const kOfxOpenGLRenderSuite: &::core::ffi::CStr = c"OfxImageEffectOpenGLRenderSuite";
pub const kOfxImageEffectPropOpenGLRenderSupported: &::core::ffi::CStr = c"OfxImageEffectPropOpenGLRenderSupported";
pub const kOfxImageEffectPropOpenGLEnabled: &::core::ffi::CStr = c"OfxImageEffectPropOpenGLEnabled";
pub const kOfxImageEffectPropOpenGLTextureIndex: &::core::ffi::CStr = c"OfxImageEffectPropOpenGLTextureIndex";
pub const kOfxImageEffectPropOpenGLTextureTarget: &::core::ffi::CStr = c"OfxImageEffectPropOpenGLTextureTarget";
pub const kOfxOpenGLPropPixelDepth: &::core::ffi::CStr = c"OfxOpenGLPropPixelDepth";
pub const kOfxActionOpenGLContextAttached: &::core::ffi::CStr = c"OfxActionOpenGLContextAttached";
pub const kOfxActionOpenGLContextDetached: &::core::ffi::CStr = c"kOfxActionOpenGLContextDetached";
pub const kOfxImageEffectPropCudaRenderSupported: &::core::ffi::CStr = c"OfxImageEffectPropCudaRenderSupported";
pub const kOfxImageEffectPropCudaEnabled: &::core::ffi::CStr = c"OfxImageEffectPropCudaEnabled";
pub const kOfxImageEffectPropCudaStreamSupported: &::core::ffi::CStr = c"OfxImageEffectPropCudaStreamSupported";
pub const kOfxImageEffectPropCudaStream: &::core::ffi::CStr = c"OfxImageEffectPropCudaStream";
pub const kOfxImageEffectPropMetalRenderSupported: &::core::ffi::CStr = c"OfxImageEffectPropMetalRenderSupported";
pub const kOfxImageEffectPropMetalEnabled: &::core::ffi::CStr = c"OfxImageEffectPropMetalEnabled";
pub const kOfxImageEffectPropMetalCommandQueue: &::core::ffi::CStr = c"OfxImageEffectPropMetalCommandQueue";
pub const kOfxOpenCLProgramSuite: &::core::ffi::CStr = c"OfxOpenCLProgramSuite";
pub const kOfxImageEffectPropOpenCLRenderSupported: &::core::ffi::CStr = c"OfxImageEffectPropOpenCLRenderSupported";
pub const kOfxImageEffectPropOpenCLSupported: &::core::ffi::CStr = c"OfxImageEffectPropOpenCLSupported";
pub const kOfxImageEffectPropOpenCLEnabled: &::core::ffi::CStr = c"OfxImageEffectPropOpenCLEnabled";
pub const kOfxImageEffectPropOpenCLCommandQueue: &::core::ffi::CStr = c"OfxImageEffectPropOpenCLCommandQueue";
pub const kOfxImageEffectPropOpenCLImage: &::core::ffi::CStr = c"OfxImageEffectPropOpenCLImage";
pub const kOfxStatGPUOutOfMemory: OfxStatus = 1001;
pub const kOfxStatGLOutOfMemory: OfxStatus = 1001;
pub const kOfxStatGPURenderFailed: OfxStatus = 1002;
pub const kOfxStatGLRenderFailed: OfxStatus = 1002;
pub const kOfxPropertySuite: &::core::ffi::CStr = c"OfxPropertySuite";
pub const kOfxParameterSuite: &::core::ffi::CStr = c"OfxParameterSuite";
pub const kOfxTypeParameter: &::core::ffi::CStr = c"OfxTypeParameter";
pub const kOfxTypeParameterInstance: &::core::ffi::CStr = c"OfxTypeParameterInstance";
pub const kOfxParamTypeInteger: &::core::ffi::CStr = c"OfxParamTypeInteger";
pub const kOfxParamTypeDouble: &::core::ffi::CStr = c"OfxParamTypeDouble";
pub const kOfxParamTypeBoolean: &::core::ffi::CStr = c"OfxParamTypeBoolean";
pub const kOfxParamTypeChoice: &::core::ffi::CStr = c"OfxParamTypeChoice";
pub const kOfxParamTypeStrChoice: &::core::ffi::CStr = c"OfxParamTypeStrChoice";
pub const kOfxParamTypeRGBA: &::core::ffi::CStr = c"OfxParamTypeRGBA";
pub const kOfxParamTypeRGB: &::core::ffi::CStr = c"OfxParamTypeRGB";
pub const kOfxParamTypeDouble2D: &::core::ffi::CStr = c"OfxParamTypeDouble2D";
pub const kOfxParamTypeInteger2D: &::core::ffi::CStr = c"OfxParamTypeInteger2D";
pub const kOfxParamTypeDouble3D: &::core::ffi::CStr = c"OfxParamTypeDouble3D";
pub const kOfxParamTypeInteger3D: &::core::ffi::CStr = c"OfxParamTypeInteger3D";
pub const kOfxParamTypeString: &::core::ffi::CStr = c"OfxParamTypeString";
pub const kOfxParamTypeCustom: &::core::ffi::CStr = c"OfxParamTypeCustom";
pub const kOfxParamTypeBytes: &::core::ffi::CStr = c"OfxParamTypeBytes";
pub const kOfxParamTypeGroup: &::core::ffi::CStr = c"OfxParamTypeGroup";
pub const kOfxParamTypePage: &::core::ffi::CStr = c"OfxParamTypePage";
pub const kOfxParamTypePushButton: &::core::ffi::CStr = c"OfxParamTypePushButton";
pub const kOfxParamHostPropSupportsCustomAnimation: &::core::ffi::CStr = c"OfxParamHostPropSupportsCustomAnimation";
pub const kOfxParamHostPropSupportsStringAnimation: &::core::ffi::CStr = c"OfxParamHostPropSupportsStringAnimation";
pub const kOfxParamHostPropSupportsBooleanAnimation: &::core::ffi::CStr = c"OfxParamHostPropSupportsBooleanAnimation";
pub const kOfxParamHostPropSupportsChoiceAnimation: &::core::ffi::CStr = c"OfxParamHostPropSupportsChoiceAnimation";
pub const kOfxParamHostPropSupportsStrChoiceAnimation: &::core::ffi::CStr = c"OfxParamHostPropSupportsStrChoiceAnimation";
pub const kOfxParamHostPropSupportsStrChoice: &::core::ffi::CStr = c"OfxParamHostPropSupportsStrChoice";
pub const kOfxParamHostPropSupportsCustomInteract: &::core::ffi::CStr = c"OfxParamHostPropSupportsCustomInteract";
pub const kOfxParamHostPropMaxParameters: &::core::ffi::CStr = c"OfxParamHostPropMaxParameters";
pub const kOfxParamHostPropMaxPages: &::core::ffi::CStr = c"OfxParamHostPropMaxPages";
pub const kOfxParamHostPropPageRowColumnCount: &::core::ffi::CStr = c"OfxParamHostPropPageRowColumnCount";
pub const kOfxParamPropType: &::core::ffi::CStr = c"OfxParamPropType";
pub const kOfxParamPropScriptName: &::core::ffi::CStr = c"OfxParamPropScriptName";
pub const kOfxParamPropHint: &::core::ffi::CStr = c"OfxParamPropHint";
pub const kOfxParamPropDefault: &::core::ffi::CStr = c"OfxParamPropDefault";
pub const kOfxParamPropParent: &::core::ffi::CStr = c"OfxParamPropParent";
pub const kOfxParamPropEnabled: &::core::ffi::CStr = c"OfxParamPropEnabled";
pub const kOfxParamPropSecret: &::core::ffi::CStr = c"OfxParamPropSecret";
pub const kOfxParamPropDataPtr: &::core::ffi::CStr = c"OfxParamPropDataPtr";
pub const kOfxParamPropAnimates: &::core::ffi::CStr = c"OfxParamPropAnimates";
pub const kOfxParamPropIsAnimating: &::core::ffi::CStr = c"OfxParamPropIsAnimating";
pub const kOfxParamPropIsAutoKeying: &::core::ffi::CStr = c"OfxParamPropIsAutoKeying";
pub const kOfxParamPropCanUndo: &::core::ffi::CStr = c"OfxParamPropCanUndo";
pub const kOfxParamPropPersistant: &::core::ffi::CStr = c"OfxParamPropPersistant";
pub const kOfxParamPropEvaluateOnChange: &::core::ffi::CStr = c"OfxParamPropEvaluateOnChange";
pub const kOfxParamPropPluginMayWrite: &::core::ffi::CStr = c"OfxParamPropPluginMayWrite";
pub const kOfxParamPropCacheInvalidation: &::core::ffi::CStr = c"OfxParamPropCacheInvalidation";
pub const kOfxParamInvalidateValueChange: &::core::ffi::CStr = c"OfxParamInvalidateValueChange";
pub const kOfxParamInvalidateValueChangeToEnd: &::core::ffi::CStr = c"OfxParamInvalidateValueChangeToEnd";
pub const kOfxParamInvalidateAll: &::core::ffi::CStr = c"OfxParamInvalidateAll";
pub const kOfxPropParamSetNeedsSyncing: &::core::ffi::CStr = c"OfxPropParamSetNeedsSyncing";
pub const kOfxParamPropMin: &::core::ffi::CStr = c"OfxParamPropMin";
pub const kOfxParamPropMax: &::core::ffi::CStr = c"OfxParamPropMax";
pub const kOfxParamPropDisplayMin: &::core::ffi::CStr = c"OfxParamPropDisplayMin";
pub const kOfxParamPropDisplayMax: &::core::ffi::CStr = c"OfxParamPropDisplayMax";
pub const kOfxParamPropIncrement: &::core::ffi::CStr = c"OfxParamPropIncrement";
pub const kOfxParamPropDigits: &::core::ffi::CStr = c"OfxParamPropDigits";
pub const kOfxParamPropDimensionLabel: &::core::ffi::CStr = c"OfxParamPropDimensionLabel";
pub const kOfxParamPropShowTimeMarker: &::core::ffi::CStr = c"OfxParamPropShowTimeMarker";
pub const kOfxParamPropDoubleType: &::core::ffi::CStr = c"OfxParamPropDoubleType";
pub const kOfxParamDoubleTypePlain: &::core::ffi::CStr = c"OfxParamDoubleTypePlain";
pub const kOfxParamDoubleTypeScale: &::core::ffi::CStr = c"OfxParamDoubleTypeScale";
pub const kOfxParamDoubleTypeAngle: &::core::ffi::CStr = c"OfxParamDoubleTypeAngle";
pub const kOfxParamDoubleTypeTime: &::core::ffi::CStr = c"OfxParamDoubleTypeTime";
pub const kOfxParamDoubleTypeAbsoluteTime: &::core::ffi::CStr = c"OfxParamDoubleTypeAbsoluteTime";
pub const kOfxParamDoubleTypeX: &::core::ffi::CStr = c"OfxParamDoubleTypeX";
pub const kOfxParamDoubleTypeXAbsolute: &::core::ffi::CStr = c"OfxParamDoubleTypeXAbsolute";
pub const kOfxParamDoubleTypeY: &::core::ffi::CStr = c"OfxParamDoubleTypeY";
pub const kOfxParamDoubleTypeYAbsolute: &::core::ffi::CStr = c"OfxParamDoubleTypeYAbsolute";
pub const kOfxParamDoubleTypeXY: &::core::ffi::CStr = c"OfxParamDoubleTypeXY";
pub const kOfxParamDoubleTypeXYAbsolute: &::core::ffi::CStr = c"OfxParamDoubleTypeXYAbsolute";
pub const kOfxParamPropDefaultCoordinateSystem: &::core::ffi::CStr = c"OfxParamPropDefaultCoordinateSystem";
pub const kOfxParamCoordinatesCanonical: &::core::ffi::CStr = c"OfxParamCoordinatesCanonical";
pub const kOfxParamCoordinatesNormalised: &::core::ffi::CStr = c"OfxParamCoordinatesNormalised";
pub const kOfxParamPropHasHostOverlayHandle: &::core::ffi::CStr = c"OfxParamPropHasHostOverlayHandle";
pub const kOfxParamPropUseHostOverlayHandle: &::core::ffi::CStr = c"kOfxParamPropUseHostOverlayHandle";
pub const kOfxParamPropChoiceOption: &::core::ffi::CStr = c"OfxParamPropChoiceOption";
pub const kOfxParamPropChoiceOrder: &::core::ffi::CStr = c"OfxParamPropChoiceOrder";
pub const kOfxParamPropChoiceEnum: &::core::ffi::CStr = c"OfxParamPropChoiceEnum";
pub const kOfxParamPropStringMode: &::core::ffi::CStr = c"OfxParamPropStringMode";
pub const kOfxParamPropStringFilePathExists: &::core::ffi::CStr = c"OfxParamPropStringFilePathExists";
pub const kOfxParamStringIsSingleLine: &::core::ffi::CStr = c"OfxParamStringIsSingleLine";
pub const kOfxParamStringIsMultiLine: &::core::ffi::CStr = c"OfxParamStringIsMultiLine";
pub const kOfxParamStringIsFilePath: &::core::ffi::CStr = c"OfxParamStringIsFilePath";
pub const kOfxParamStringIsDirectoryPath: &::core::ffi::CStr = c"OfxParamStringIsDirectoryPath";
pub const kOfxParamStringIsLabel: &::core::ffi::CStr = c"OfxParamStringIsLabel";
pub const kOfxParamStringIsRichTextFormat: &::core::ffi::CStr = c"OfxParamStringIsRichTextFormat";
pub const kOfxParamPropCustomValue: &::core::ffi::CStr = c"OfxParamPropCustomValue";
pub const kOfxParamPropCustomInterpCallbackV1: &::core::ffi::CStr = c"OfxParamPropCustomCallbackV1";
pub const kOfxParamPropInterpolationTime: &::core::ffi::CStr = c"OfxParamPropInterpolationTime";
pub const kOfxParamPropInterpolationAmount: &::core::ffi::CStr = c"OfxParamPropInterpolationAmount";
pub const kOfxParamInterpType: &::core::ffi::CStr = c"OfxParamInterpType";
pub const kOfxParamInterpTypeConstantStep: &::core::ffi::CStr = c"OfxParamInterpTypeConstantStep";
pub const kOfxParamInterpTypeLinear: &::core::ffi::CStr = c"OfxParamInterpTypeLinear";
pub const kOfxParamInterpTypeSmooth: &::core::ffi::CStr = c"OfxParamInterpTypeSmooth";
pub const kOfxParamPropGroupOpen: &::core::ffi::CStr = c"OfxParamPropGroupOpen";
pub const kOfxParamPropPageChild: &::core::ffi::CStr = c"OfxParamPropPageChild";
pub const kOfxParamPageSkipRow: &::core::ffi::CStr = c"OfxParamPageSkipRow";
pub const kOfxParamPageSkipColumn: &::core::ffi::CStr = c"OfxParamPageSkipColumn";
pub const kOfxPluginPropParamPageOrder: &::core::ffi::CStr = c"OfxPluginPropParamPageOrder";
pub const kOfxParamPropInteractV1: &::core::ffi::CStr = c"OfxParamPropInteractV1";
pub const kOfxParamPropInteractSize: &::core::ffi::CStr = c"OfxParamPropInteractSize";
pub const kOfxParamPropInteractSizeAspect: &::core::ffi::CStr = c"OfxParamPropInteractSizeAspect";
pub const kOfxParamPropInteractMinimumSize: &::core::ffi::CStr = c"OfxParamPropInteractMinimumSize";
pub const kOfxParamPropInteractPreferedSize: &::core::ffi::CStr = c"OfxParamPropInteractPreferedSize";
pub const kOfxImageEffectPluginApi: &::core::ffi::CStr = c"OfxImageEffectPluginAPI";
pub const kOfxImageEffectPluginApiVersion: ::core::ffi::c_int = 1;
pub const kOfxImageEffectSuite: &::core::ffi::CStr = c"OfxImageEffectSuite";
pub const kOfxStatErrImageFormat: OfxStatus = 1000;
pub const kOfxTypeImageEffectHost: &::core::ffi::CStr = c"OfxTypeImageEffectHost";
pub const kOfxTypeImageEffect: &::core::ffi::CStr = c"OfxTypeImageEffect";
pub const kOfxTypeImageEffectInstance: &::core::ffi::CStr = c"OfxTypeImageEffectInstance";
pub const kOfxTypeClip: &::core::ffi::CStr = c"OfxTypeClip";
pub const kOfxTypeImage: &::core::ffi::CStr = c"OfxTypeImage";
pub const kOfxImageComponentNone: &::core::ffi::CStr = c"OfxImageComponentNone";
pub const kOfxImageComponentRGBA: &::core::ffi::CStr = c"OfxImageComponentRGBA";
pub const kOfxImageComponentRGB: &::core::ffi::CStr = c"OfxImageComponentRGB";
pub const kOfxImageComponentAlpha: &::core::ffi::CStr = c"OfxImageComponentAlpha";
pub const kOfxImageEffectContextGenerator: &::core::ffi::CStr = c"OfxImageEffectContextGenerator";
pub const kOfxImageEffectContextFilter: &::core::ffi::CStr = c"OfxImageEffectContextFilter";
pub const kOfxImageEffectContextTransition: &::core::ffi::CStr = c"OfxImageEffectContextTransition";
pub const kOfxImageEffectContextPaint: &::core::ffi::CStr = c"OfxImageEffectContextPaint";
pub const kOfxImageEffectContextGeneral: &::core::ffi::CStr = c"OfxImageEffectContextGeneral";
pub const kOfxImageEffectContextRetimer: &::core::ffi::CStr = c"OfxImageEffectContextRetimer";
pub const kOfxImageEffectOutputClipName: &::core::ffi::CStr = c"Output";
pub const kOfxImageEffectSimpleSourceClipName: &::core::ffi::CStr = c"Source";
pub const kOfxImageEffectTransitionSourceFromClipName: &::core::ffi::CStr = c"SourceFrom";
pub const kOfxImageEffectTransitionSourceToClipName: &::core::ffi::CStr = c"SourceTo";
pub const kOfxImageEffectTransitionParamName: &::core::ffi::CStr = c"Transition";
pub const kOfxImageEffectRetimerParamName: &::core::ffi::CStr = c"SourceTime";
pub const kOfxImageEffectActionDescribeInContext: &::core::ffi::CStr = c"OfxImageEffectActionDescribeInContext";
pub const kOfxImageEffectActionGetRegionOfDefinition: &::core::ffi::CStr = c"OfxImageEffectActionGetRegionOfDefinition";
pub const kOfxImageEffectActionGetRegionsOfInterest: &::core::ffi::CStr = c"OfxImageEffectActionGetRegionsOfInterest";
pub const kOfxImageEffectActionGetTimeDomain: &::core::ffi::CStr = c"OfxImageEffectActionGetTimeDomain";
pub const kOfxImageEffectActionGetFramesNeeded: &::core::ffi::CStr = c"OfxImageEffectActionGetFramesNeeded";
pub const kOfxImageEffectActionGetClipPreferences: &::core::ffi::CStr = c"OfxImageEffectActionGetClipPreferences";
pub const kOfxImageEffectActionIsIdentity: &::core::ffi::CStr = c"OfxImageEffectActionIsIdentity";
pub const kOfxImageEffectActionBeginSequenceRender: &::core::ffi::CStr = c"OfxImageEffectActionBeginSequenceRender";
pub const kOfxImageEffectActionRender: &::core::ffi::CStr = c"OfxImageEffectActionRender";
pub const kOfxImageEffectActionEndSequenceRender: &::core::ffi::CStr = c"OfxImageEffectActionEndSequenceRender";
pub const kOfxImageEffectHostPropIsBackground: &::core::ffi::CStr = c"OfxImageEffectHostPropIsBackground";
pub const kOfxImageEffectHostPropNativeOrigin: &::core::ffi::CStr = c"OfxImageEffectHostPropNativeOrigin";
pub const kOfxHostNativeOriginBottomLeft: &::core::ffi::CStr = c"kOfxImageEffectHostPropNativeOriginBottomLeft";
pub const kOfxHostNativeOriginTopLeft: &::core::ffi::CStr = c"kOfxImageEffectHostPropNativeOriginTopLeft";
pub const kOfxHostNativeOriginCenter: &::core::ffi::CStr = c"kOfxImageEffectHostPropNativeOriginCenter";
pub const kOfxImageEffectPropSetableFrameRate: &::core::ffi::CStr = c"OfxImageEffectPropSetableFrameRate";
pub const kOfxImageEffectPropSetableFielding: &::core::ffi::CStr = c"OfxImageEffectPropSetableFielding";
pub const kOfxImageEffectPluginPropGrouping: &::core::ffi::CStr = c"OfxImageEffectPluginPropGrouping";
pub const kOfxImageEffectPluginPropSingleInstance: &::core::ffi::CStr = c"OfxImageEffectPluginPropSingleInstance";
pub const kOfxImageEffectPluginPropFieldRenderTwiceAlways: &::core::ffi::CStr = c"OfxImageEffectPluginPropFieldRenderTwiceAlways";
pub const kOfxImageEffectPluginPropObsolete: &::core::ffi::CStr = c"OfxImageEffectPluginPropObsolete";
pub const kOfxImageEffectPropPluginHandle: &::core::ffi::CStr = c"OfxImageEffectPropPluginHandle";
pub const kOfxImageEffectPropSupportedContexts: &::core::ffi::CStr = c"OfxImageEffectPropSupportedContexts";
pub const kOfxImageEffectPropSupportedPixelDepths: &::core::ffi::CStr = c"OfxImageEffectPropSupportedPixelDepths";
pub const kOfxImageEffectPropSupportedComponents: &::core::ffi::CStr = c"OfxImageEffectPropSupportedComponents";
pub const kOfxImageEffectPropSupportsMultipleClipDepths: &::core::ffi::CStr = c"OfxImageEffectPropMultipleClipDepths";
pub const kOfxImageEffectPropSupportsMultipleClipPARs: &::core::ffi::CStr = c"OfxImageEffectPropSupportsMultipleClipPARs";
pub const kOfxImageEffectPropSupportsMultiResolution: &::core::ffi::CStr = c"OfxImageEffectPropSupportsMultiResolution";
pub const kOfxImageEffectPropSupportsTiles: &::core::ffi::CStr = c"OfxImageEffectPropSupportsTiles";
pub const kOfxImageEffectPropSupportsOverlays: &::core::ffi::CStr = c"OfxImageEffectPropSupportsOverlays";
pub const kOfxImageEffectPluginPropOverlayInteractV1: &::core::ffi::CStr = c"OfxImageEffectPluginPropOverlayInteractV1";
pub const kOfxImageEffectPluginPropOverlayInteractV2: &::core::ffi::CStr = c"OfxImageEffectPluginPropOverlayInteractV2";
pub const kOfxImageEffectPropTemporalClipAccess: &::core::ffi::CStr = c"OfxImageEffectPropTemporalClipAccess";
pub const kOfxImageEffectPropClipPreferencesSlaveParam: &::core::ffi::CStr = c"OfxImageEffectPropClipPreferencesSlaveParam";
pub const kOfxImageEffectInstancePropSequentialRender: &::core::ffi::CStr = c"OfxImageEffectInstancePropSequentialRender";
pub const kOfxImageEffectPropNoSpatialAwareness: &::core::ffi::CStr = c"OfxImageEffectPropNoSpatialAwareness";
pub const kOfxImageEffectPluginPropHostFrameThreading: &::core::ffi::CStr = c"OfxImageEffectPluginPropHostFrameThreading";
pub const kOfxImageEffectPluginRenderThreadSafety: &::core::ffi::CStr = c"OfxImageEffectPluginRenderThreadSafety";
pub const kOfxImageEffectRenderUnsafe: &::core::ffi::CStr = c"OfxImageEffectRenderUnsafe";
pub const kOfxImageEffectRenderInstanceSafe: &::core::ffi::CStr = c"OfxImageEffectRenderInstanceSafe";
pub const kOfxImageEffectRenderFullySafe: &::core::ffi::CStr = c"OfxImageEffectRenderFullySafe";
pub const kOfxImageEffectPropContext: &::core::ffi::CStr = c"OfxImageEffectPropContext";
pub const kOfxImageEffectInstancePropEffectDuration: &::core::ffi::CStr = c"OfxImageEffectInstancePropEffectDuration";
pub const kOfxImageEffectPropProjectExtent: &::core::ffi::CStr = c"OfxImageEffectPropProjectExtent";
pub const kOfxImageEffectPropProjectSize: &::core::ffi::CStr = c"OfxImageEffectPropProjectSize";
pub const kOfxImageEffectPropProjectOffset: &::core::ffi::CStr = c"OfxImageEffectPropProjectOffset";
pub const kOfxImageEffectPropProjectPixelAspectRatio: &::core::ffi::CStr = c"OfxImageEffectPropPixelAspectRatio";
pub const kOfxImageClipPropOptional: &::core::ffi::CStr = c"OfxImageClipPropOptional";
pub const kOfxImageClipPropIsMask: &::core::ffi::CStr = c"OfxImageClipPropIsMask";
pub const kOfxImageClipPropConnected: &::core::ffi::CStr = c"OfxImageClipPropConnected";
pub const kOfxImageClipPropContinuousSamples: &::core::ffi::CStr = c"OfxImageClipPropContinuousSamples";
pub const kOfxImageClipPropUnmappedPixelDepth: &::core::ffi::CStr = c"OfxImageClipPropUnmappedPixelDepth";
pub const kOfxImageClipPropUnmappedComponents: &::core::ffi::CStr = c"OfxImageClipPropUnmappedComponents";
pub const kOfxImageClipPropFieldOrder: &::core::ffi::CStr = c"OfxImageClipPropFieldOrder";
pub const kOfxImageClipPropFieldExtraction: &::core::ffi::CStr = c"OfxImageClipPropFieldExtraction";
pub const kOfxImageEffectFrameVarying: &::core::ffi::CStr = c"OfxImageEffectFrameVarying";
pub const kOfxImageEffectPropFrameRate: &::core::ffi::CStr = c"OfxImageEffectPropFrameRate";
pub const kOfxImageEffectPropUnmappedFrameRate: &::core::ffi::CStr = c"OfxImageEffectPropUnmappedFrameRate";
pub const kOfxImageEffectPropFrameRange: &::core::ffi::CStr = c"OfxImageEffectPropFrameRange";
pub const kOfxImageEffectPropUnmappedFrameRange: &::core::ffi::CStr = c"OfxImageEffectPropUnmappedFrameRange";
pub const kOfxImageEffectPropPixelDepth: &::core::ffi::CStr = c"OfxImageEffectPropPixelDepth";
pub const kOfxImageEffectPropComponents: &::core::ffi::CStr = c"OfxImageEffectPropComponents";
pub const kOfxImagePropData: &::core::ffi::CStr = c"OfxImagePropData";
pub const kOfxImagePropBounds: &::core::ffi::CStr = c"OfxImagePropBounds";
pub const kOfxImagePropRegionOfDefinition: &::core::ffi::CStr = c"OfxImagePropRegionOfDefinition";
pub const kOfxImagePropRowBytes: &::core::ffi::CStr = c"OfxImagePropRowBytes";
pub const kOfxImagePropPixelAspectRatio: &::core::ffi::CStr = c"OfxImagePropPixelAspectRatio";
pub const kOfxImagePropField: &::core::ffi::CStr = c"OfxImagePropField";
pub const kOfxImagePropUniqueIdentifier: &::core::ffi::CStr = c"OfxImagePropUniqueIdentifier";
pub const kOfxImageEffectPropPreMultiplication: &::core::ffi::CStr = c"OfxImageEffectPropPreMultiplication";
pub const kOfxImageOpaque: &::core::ffi::CStr = c"OfxImageOpaque";
pub const kOfxImagePreMultiplied: &::core::ffi::CStr = c"OfxImageAlphaPremultiplied";
pub const kOfxImageUnPreMultiplied: &::core::ffi::CStr = c"OfxImageAlphaUnPremultiplied";
pub const kOfxImageFieldNone: &::core::ffi::CStr = c"OfxFieldNone";
pub const kOfxImageFieldLower: &::core::ffi::CStr = c"OfxFieldLower";
pub const kOfxImageFieldUpper: &::core::ffi::CStr = c"OfxFieldUpper";
pub const kOfxImageFieldBoth: &::core::ffi::CStr = c"OfxFieldBoth";
pub const kOfxImageFieldSingle: &::core::ffi::CStr = c"OfxFieldSingle";
pub const kOfxImageFieldDoubled: &::core::ffi::CStr = c"OfxFieldDoubled";
pub const kOfxImageEffectPropRenderWindow: &::core::ffi::CStr = c"OfxImageEffectPropRenderWindow";
pub const kOfxImageEffectPropRenderScale: &::core::ffi::CStr = c"OfxImageEffectPropRenderScale";
pub const kOfxImageEffectPropRegionOfDefinition: &::core::ffi::CStr = c"OfxImageEffectPropRegionOfDefinition";
pub const kOfxImageEffectPropRegionOfInterest: &::core::ffi::CStr = c"OfxImageEffectPropRegionOfInterest";
pub const kOfxImageEffectPropFieldToRender: &::core::ffi::CStr = c"OfxImageEffectPropFieldToRender";
pub const kOfxImageEffectPropFrameStep: &::core::ffi::CStr = c"OfxImageEffectPropFrameStep";
pub const kOfxImageEffectPropSequentialRenderStatus: &::core::ffi::CStr = c"OfxImageEffectPropSequentialRenderStatus";
pub const kOfxImageEffectPropInteractiveRenderStatus: &::core::ffi::CStr = c"OfxImageEffectPropInteractiveRenderStatus";
pub const kOfxImageEffectPropRenderQualityDraft: &::core::ffi::CStr = c"OfxImageEffectPropRenderQualityDraft";
pub const kOfxImageEffectPropThumbnailRender: &::core::ffi::CStr = c"OfxImageEffectPropThumbnailRender";
pub const kOfxInteractSuite: &::core::ffi::CStr = c"OfxInteractSuite";
pub const kOfxActionDescribeInteract: &::core::ffi::CStr = c"OfxActionDescribe";
pub const kOfxActionCreateInstanceInteract: &::core::ffi::CStr = c"OfxActionCreateInstance";
pub const kOfxActionDestroyInstanceInteract: &::core::ffi::CStr = c"OfxActionDestroyInstance";
pub const kOfxInteractActionDraw: &::core::ffi::CStr = c"OfxInteractActionDraw";
pub const kOfxInteractActionPenMotion: &::core::ffi::CStr = c"OfxInteractActionPenMotion";
pub const kOfxInteractActionPenDown: &::core::ffi::CStr = c"OfxInteractActionPenDown";
pub const kOfxInteractActionPenUp: &::core::ffi::CStr = c"OfxInteractActionPenUp";
pub const kOfxInteractActionKeyDown: &::core::ffi::CStr = c"OfxInteractActionKeyDown";
pub const kOfxInteractActionKeyUp: &::core::ffi::CStr = c"OfxInteractActionKeyUp";
pub const kOfxInteractActionKeyRepeat: &::core::ffi::CStr = c"OfxInteractActionKeyRepeat";
pub const kOfxInteractActionGainFocus: &::core::ffi::CStr = c"OfxInteractActionGainFocus";
pub const kOfxInteractActionLoseFocus: &::core::ffi::CStr = c"OfxInteractActionLoseFocus";
pub const kOfxInteractPropSlaveToParam: &::core::ffi::CStr = c"OfxInteractPropSlaveToParam";
pub const kOfxInteractPropPixelScale: &::core::ffi::CStr = c"OfxInteractPropPixelScale";
pub const kOfxInteractPropBackgroundColour: &::core::ffi::CStr = c"OfxInteractPropBackgroundColour";
pub const kOfxInteractPropSuggestedColour: &::core::ffi::CStr = c"OfxInteractPropSuggestedColour";
pub const kOfxInteractPropPenPosition: &::core::ffi::CStr = c"OfxInteractPropPenPosition";
pub const kOfxInteractPropPenViewportPosition: &::core::ffi::CStr = c"OfxInteractPropPenViewportPosition";
pub const kOfxInteractPropPenPressure: &::core::ffi::CStr = c"OfxInteractPropPenPressure";
pub const kOfxInteractPropBitDepth: &::core::ffi::CStr = c"OfxInteractPropBitDepth";
pub const kOfxInteractPropHasAlpha: &::core::ffi::CStr = c"OfxInteractPropHasAlpha";
pub const kOfxPropKeySym: &::core::ffi::CStr = c"kOfxPropKeySym";
pub const kOfxPropKeyString: &::core::ffi::CStr = c"kOfxPropKeyString";
pub const kOfxMemorySuite: &::core::ffi::CStr = c"OfxMemorySuite";
pub const kOfxMessageSuite: &::core::ffi::CStr = c"OfxMessageSuite";
pub const kOfxMessageFatal: &::core::ffi::CStr = c"OfxMessageFatal";
pub const kOfxMessageError: &::core::ffi::CStr = c"OfxMessageError";
pub const kOfxMessageWarning: &::core::ffi::CStr = c"OfxMessageWarning";
pub const kOfxMessageMessage: &::core::ffi::CStr = c"OfxMessageMessage";
pub const kOfxMessageLog: &::core::ffi::CStr = c"OfxMessageLog";
pub const kOfxMessageQuestion: &::core::ffi::CStr = c"OfxMessageQuestion";
pub const kOfxMultiThreadSuite: &::core::ffi::CStr = c"OfxMultiThreadSuite";
pub const kNatronOfxHostName: &::core::ffi::CStr = c"fr.inria.Natron";
pub const kNatronOfxHostIsNatron: &::core::ffi::CStr = c"NatronOfxHostIsNatron";
pub const kNatronOfxImageEffectPropChannelSelector: &::core::ffi::CStr = c"NatronOfxImageEffectPropChannelSelector";
pub const kNatronOfxPropDescriptionIsMarkdown: &::core::ffi::CStr = c"NatronOfxPropDescriptionIsMarkdown";
pub const kOfxParametricParameterSuite: &::core::ffi::CStr = c"OfxParametricParameterSuite";
pub const kOfxParamTypeParametric: &::core::ffi::CStr = c"OfxParamTypeParametric";
pub const kOfxParamPropParametricDimension: &::core::ffi::CStr = c"OfxParamPropParametricDimension";
pub const kOfxParamPropParametricRange: &::core::ffi::CStr = c"OfxParamPropParametricRange";
pub const kOfxParamPropParametricUIColour: &::core::ffi::CStr = c"OfxParamPropParametricUIColour";
pub const kOfxParamPropParametricInteractBackground: &::core::ffi::CStr = c"OfxParamPropParametricInteractBackground";
pub const kOfxParamHostPropSupportsParametricAnimation: &::core::ffi::CStr = c"OfxParamHostPropSupportsParametricAnimation";
pub const kOfxProgressSuite: &::core::ffi::CStr = c"OfxProgressSuite";
pub const kOfxTimeLineSuite: &::core::ffi::CStr = c"OfxTimeLineSuite";
/// What every call answers: one of the `kOfxStat` constants.
pub type OfxStatus = ::core::ffi::c_int;
#[repr(C)]
#[derive(Debug)]
pub struct OfxPropertySetStruct {
    _unused: [u8; 0],
}
/// A set of named, typed properties.
pub type OfxPropertySetHandle = *mut OfxPropertySetStruct;
/// How a host introduces itself to a plug-in.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxHost {
    /// The host's own properties.
    pub host: OfxPropertySetHandle,
    /// Looks up a suite by name and version; NULL where the host has none.
    pub fetchSuite: ::core::option::Option<
        unsafe extern "C" fn(
            host: OfxPropertySetHandle,
            suiteName: *const ::core::ffi::c_char,
            suiteVersion: ::core::ffi::c_int,
        ) -> *const ::core::ffi::c_void,
    >,
}
/// The function through which a plug-in receives actions.
pub type OfxPluginEntryPoint = ::core::option::Option<
    unsafe extern "C" fn(
        action: *const ::core::ffi::c_char,
        handle: *const ::core::ffi::c_void,
        inArgs: OfxPropertySetHandle,
        outArgs: OfxPropertySetHandle,
    ) -> OfxStatus,
>;
/// How a plug-in introduces itself to a host.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxPlugin {
    /// The plug-in API, such as `kOfxImageEffectPluginApi`.
    pub pluginApi: *const ::core::ffi::c_char,
    /// The version of that API.
    pub apiVersion: ::core::ffi::c_int,
    /// The unique name of the plug-in, in reverse domain style.
    pub pluginIdentifier: *const ::core::ffi::c_char,
    /// Incremented by changes that break old projects.
    pub pluginVersionMajor: ::core::ffi::c_uint,
    /// Incremented by compatible changes.
    pub pluginVersionMinor: ::core::ffi::c_uint,
    /// Receives the host's structure, before any action.
    pub setHost: ::core::option::Option<unsafe extern "C" fn(host: *mut OfxHost)>,
    /// Receives every action.
    pub mainEntry: OfxPluginEntryPoint,
}
/// A time or frame number.
pub type OfxTime = f64;
/// A range of integers, both ends included.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRangeI {
    pub min: ::core::ffi::c_int,
    pub max: ::core::ffi::c_int,
}
/// A range of doubles, both ends included.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRangeD {
    pub min: f64,
    pub max: f64,
}
/// A point on the pixel grid.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxPointI {
    pub x: ::core::ffi::c_int,
    pub y: ::core::ffi::c_int,
}
/// A point in the plane.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxPointD {
    pub x: f64,
    pub y: f64,
}
/// A rectangle of pixels: `x1 <= x < x2`, `y1 <= y < y2`.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRectI {
    pub x1: ::core::ffi::c_int,
    pub y1: ::core::ffi::c_int,
    pub x2: ::core::ffi::c_int,
    pub y2: ::core::ffi::c_int,
}
/// A rectangle in the plane: `x1 <= x < x2`, `y1 <= y < y2`.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRectD {
    pub x1: f64,
    pub y1: f64,
    pub x2: f64,
    pub y2: f64,
}
/// Reads and writes properties: singly by index, or the first `count` values at once.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxPropertySuiteV1 {
    pub propSetPointer: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub propSetString: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: *const ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    pub propSetDouble: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: f64,
        ) -> OfxStatus,
    >,
    pub propSetInt: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub propSetPointerN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *const *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub propSetStringN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *const *const ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    pub propSetDoubleN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *const f64,
        ) -> OfxStatus,
    >,
    pub propSetIntN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *const ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub propGetPointer: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: *mut *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub propGetString: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: *mut *mut ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    pub propGetDouble: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: *mut f64,
        ) -> OfxStatus,
    >,
    pub propGetInt: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            index: ::core::ffi::c_int,
            value: *mut ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub propGetPointerN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *mut *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub propGetStringN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *mut *mut ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    pub propGetDoubleN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *mut f64,
        ) -> OfxStatus,
    >,
    pub propGetIntN: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: ::core::ffi::c_int,
            values: *mut ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    /// Puts a property back to its default.
    pub propReset: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    /// How many values a property holds.
    pub propGetDimension: ::core::option::Option<
        unsafe extern "C" fn(
            properties: OfxPropertySetHandle,
            property: *const ::core::ffi::c_char,
            count: *mut ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
}
#[repr(C)]
#[derive(Debug)]
pub struct OfxParamStruct {
    _unused: [u8; 0],
}
/// One parameter.
pub type OfxParamHandle = *mut OfxParamStruct;
#[repr(C)]
#[derive(Debug)]
pub struct OfxParamSetStruct {
    _unused: [u8; 0],
}
/// All parameters of an effect.
pub type OfxParamSetHandle = *mut OfxParamSetStruct;
/// The value of a parameter of type `kOfxParamTypeBytes`.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxBytes {
    pub data: *const ::core::ffi::c_uchar,
    pub length: usize,
}
/// Interpolates a custom parameter between two keys.
pub type OfxCustomParamInterpFuncV1 = ::core::option::Option<
    unsafe extern "C" fn(
        instance: OfxParamSetHandle,
        inArgs: OfxPropertySetHandle,
        outArgs: OfxPropertySetHandle,
    ) -> OfxStatus,
>;
/// Defines, reads, writes and keys parameters.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxParameterSuiteV1 {
    pub paramDefine: ::core::option::Option<
        unsafe extern "C" fn(
            paramSet: OfxParamSetHandle,
            paramType: *const ::core::ffi::c_char,
            name: *const ::core::ffi::c_char,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub paramGetHandle: ::core::option::Option<
        unsafe extern "C" fn(
            paramSet: OfxParamSetHandle,
            name: *const ::core::ffi::c_char,
            param: *mut OfxParamHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub paramSetGetPropertySet: ::core::option::Option<
        unsafe extern "C" fn(
            paramSet: OfxParamSetHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub paramGetPropertySet: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub paramGetValue: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle, ...) -> OfxStatus,
    >,
    pub paramGetValueAtTime: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle, time: OfxTime, ...) -> OfxStatus,
    >,
    pub paramGetDerivative: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle, time: OfxTime, ...) -> OfxStatus,
    >,
    pub paramGetIntegral: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            time1: OfxTime,
            time2: OfxTime,
            ...
        ) -> OfxStatus,
    >,
    pub paramSetValue: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle, ...) -> OfxStatus,
    >,
    pub paramSetValueAtTime: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle, time: OfxTime, ...) -> OfxStatus,
    >,
    pub paramGetNumKeys: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            numberOfKeys: *mut ::core::ffi::c_uint,
        ) -> OfxStatus,
    >,
    pub paramGetKeyTime: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            nthKey: ::core::ffi::c_uint,
            time: *mut OfxTime,
        ) -> OfxStatus,
    >,
    /// `direction`: below 0 the key before `time`, 0 at it, above 0 after it.
    pub paramGetKeyIndex: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            time: OfxTime,
            direction: ::core::ffi::c_int,
            index: *mut ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub paramDeleteKey: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle, time: OfxTime) -> OfxStatus,
    >,
    pub paramDeleteAllKeys: ::core::option::Option<
        unsafe extern "C" fn(param: OfxParamHandle) -> OfxStatus,
    >,
    pub paramCopy: ::core::option::Option<
        unsafe extern "C" fn(
            paramTo: OfxParamHandle,
            paramFrom: OfxParamHandle,
            dstOffset: OfxTime,
            frameRange: *const OfxRangeD,
        ) -> OfxStatus,
    >,
    /// Opens one step of undo.
    pub paramEditBegin: ::core::option::Option<
        unsafe extern "C" fn(
            paramSet: OfxParamSetHandle,
            name: *const ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    /// Closes it.
    pub paramEditEnd: ::core::option::Option<
        unsafe extern "C" fn(paramSet: OfxParamSetHandle) -> OfxStatus,
    >,
}
#[repr(C)]
#[derive(Debug)]
pub struct OfxImageEffectStruct {
    _unused: [u8; 0],
}
/// An effect: its descriptor or an instance.
pub type OfxImageEffectHandle = *mut OfxImageEffectStruct;
#[repr(C)]
#[derive(Debug)]
pub struct OfxImageClipStruct {
    _unused: [u8; 0],
}
/// An input or the output of an instance.
pub type OfxImageClipHandle = *mut OfxImageClipStruct;
#[repr(C)]
#[derive(Debug)]
pub struct OfxImageMemoryStruct {
    _unused: [u8; 0],
}
/// Memory lent by the host's image pool.
pub type OfxImageMemoryHandle = *mut OfxImageMemoryStruct;
/// Gives an effect its clips, images, parameters and image memory.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxImageEffectSuiteV1 {
    pub getPropertySet: ::core::option::Option<
        unsafe extern "C" fn(
            imageEffect: OfxImageEffectHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub getParamSet: ::core::option::Option<
        unsafe extern "C" fn(
            imageEffect: OfxImageEffectHandle,
            paramSet: *mut OfxParamSetHandle,
        ) -> OfxStatus,
    >,
    pub clipDefine: ::core::option::Option<
        unsafe extern "C" fn(
            imageEffect: OfxImageEffectHandle,
            name: *const ::core::ffi::c_char,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub clipGetHandle: ::core::option::Option<
        unsafe extern "C" fn(
            imageEffect: OfxImageEffectHandle,
            name: *const ::core::ffi::c_char,
            clip: *mut OfxImageClipHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub clipGetPropertySet: ::core::option::Option<
        unsafe extern "C" fn(
            clip: OfxImageClipHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    /// `region` is canonical and may be NULL. Each image must be released.
    pub clipGetImage: ::core::option::Option<
        unsafe extern "C" fn(
            clip: OfxImageClipHandle,
            time: OfxTime,
            region: *const OfxRectD,
            image: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
    pub clipReleaseImage: ::core::option::Option<
        unsafe extern "C" fn(image: OfxPropertySetHandle) -> OfxStatus,
    >,
    pub clipGetRegionOfDefinition: ::core::option::Option<
        unsafe extern "C" fn(
            clip: OfxImageClipHandle,
            time: OfxTime,
            bounds: *mut OfxRectD,
        ) -> OfxStatus,
    >,
    /// 1 when the effect should stop rendering, else 0: a truth value, no status.
    pub abort: ::core::option::Option<
        unsafe extern "C" fn(imageEffect: OfxImageEffectHandle) -> ::core::ffi::c_int,
    >,
    pub imageMemoryAlloc: ::core::option::Option<
        unsafe extern "C" fn(
            instance: OfxImageEffectHandle,
            nBytes: usize,
            memory: *mut OfxImageMemoryHandle,
        ) -> OfxStatus,
    >,
    pub imageMemoryFree: ::core::option::Option<
        unsafe extern "C" fn(memory: OfxImageMemoryHandle) -> OfxStatus,
    >,
    pub imageMemoryLock: ::core::option::Option<
        unsafe extern "C" fn(
            memory: OfxImageMemoryHandle,
            returnedPtr: *mut *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub imageMemoryUnlock: ::core::option::Option<
        unsafe extern "C" fn(memory: OfxImageMemoryHandle) -> OfxStatus,
    >,
}
#[repr(C)]
#[derive(Debug)]
pub struct OfxInteract {
    _unused: [u8; 0],
}
/// An interact.
pub type OfxInteractHandle = *mut OfxInteract;
/// Redraws an interact.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxInteractSuiteV1 {
    pub interactSwapBuffers: ::core::option::Option<
        unsafe extern "C" fn(interactInstance: OfxInteractHandle) -> OfxStatus,
    >,
    pub interactRedraw: ::core::option::Option<
        unsafe extern "C" fn(interactInstance: OfxInteractHandle) -> OfxStatus,
    >,
    pub interactGetPropertySet: ::core::option::Option<
        unsafe extern "C" fn(
            interactInstance: OfxInteractHandle,
            propertySet: *mut OfxPropertySetHandle,
        ) -> OfxStatus,
    >,
}
/// Memory that the host counts. `handle` is an effect instance or NULL.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxMemorySuiteV1 {
    pub memoryAlloc: ::core::option::Option<
        unsafe extern "C" fn(
            handle: *mut ::core::ffi::c_void,
            nBytes: usize,
            allocatedData: *mut *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub memoryFree: ::core::option::Option<
        unsafe extern "C" fn(allocatedData: *mut ::core::ffi::c_void) -> OfxStatus,
    >,
}
/// Shows a message. `format` and what follows are as for printf.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxMessageSuiteV1 {
    pub message: ::core::option::Option<
        unsafe extern "C" fn(
            handle: *mut ::core::ffi::c_void,
            messageType: *const ::core::ffi::c_char,
            messageId: *const ::core::ffi::c_char,
            format: *const ::core::ffi::c_char,
            ...
        ) -> OfxStatus,
    >,
}
/// Adds a message that stays with the effect until it is cleared.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxMessageSuiteV2 {
    pub message: ::core::option::Option<
        unsafe extern "C" fn(
            handle: *mut ::core::ffi::c_void,
            messageType: *const ::core::ffi::c_char,
            messageId: *const ::core::ffi::c_char,
            format: *const ::core::ffi::c_char,
            ...
        ) -> OfxStatus,
    >,
    pub setPersistentMessage: ::core::option::Option<
        unsafe extern "C" fn(
            handle: *mut ::core::ffi::c_void,
            messageType: *const ::core::ffi::c_char,
            messageId: *const ::core::ffi::c_char,
            format: *const ::core::ffi::c_char,
            ...
        ) -> OfxStatus,
    >,
    pub clearPersistentMessage: ::core::option::Option<
        unsafe extern "C" fn(handle: *mut ::core::ffi::c_void) -> OfxStatus,
    >,
}
#[repr(C)]
#[derive(Debug)]
pub struct OfxMutex {
    _unused: [u8; 0],
}
/// A mutex of the host.
pub type OfxMutexHandle = *mut OfxMutex;
/// Runs on each thread: its index, the count of threads, the caller's argument.
pub type OfxThreadFunctionV1 = ::core::option::Option<
    unsafe extern "C" fn(
        threadIndex: ::core::ffi::c_uint,
        threadMax: ::core::ffi::c_uint,
        customArg: *mut ::core::ffi::c_void,
    ),
>;
/// Threads and mutexes of the host. `multiThread` returns when all threads have ended.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxMultiThreadSuiteV1 {
    pub multiThread: ::core::option::Option<
        unsafe extern "C" fn(
            func: OfxThreadFunctionV1,
            nThreads: ::core::ffi::c_uint,
            customArg: *mut ::core::ffi::c_void,
        ) -> OfxStatus,
    >,
    pub multiThreadNumCPUs: ::core::option::Option<
        unsafe extern "C" fn(nCPUs: *mut ::core::ffi::c_uint) -> OfxStatus,
    >,
    pub multiThreadIndex: ::core::option::Option<
        unsafe extern "C" fn(threadIndex: *mut ::core::ffi::c_uint) -> OfxStatus,
    >,
    /// A truth value, no status.
    pub multiThreadIsSpawnedThread: ::core::option::Option<
        unsafe extern "C" fn() -> ::core::ffi::c_int,
    >,
    pub mutexCreate: ::core::option::Option<
        unsafe extern "C" fn(
            mutex: *mut OfxMutexHandle,
            lockCount: ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub mutexDestroy: ::core::option::Option<
        unsafe extern "C" fn(mutex: OfxMutexHandle) -> OfxStatus,
    >,
    pub mutexLock: ::core::option::Option<
        unsafe extern "C" fn(mutex: OfxMutexHandle) -> OfxStatus,
    >,
    pub mutexUnLock: ::core::option::Option<
        unsafe extern "C" fn(mutex: OfxMutexHandle) -> OfxStatus,
    >,
    pub mutexTryLock: ::core::option::Option<
        unsafe extern "C" fn(mutex: OfxMutexHandle) -> OfxStatus,
    >,
}
/// Evaluates and edits the curves of a parametric parameter.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxParametricParameterSuiteV1 {
    pub parametricParamGetValue: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
            time: OfxTime,
            parametricPosition: f64,
            returnValue: *mut f64,
        ) -> OfxStatus,
    >,
    pub parametricParamGetNControlPoints: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
            time: f64,
            returnValue: *mut ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub parametricParamGetNthControlPoint: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
            time: f64,
            nthCtl: ::core::ffi::c_int,
            key: *mut f64,
            value: *mut f64,
        ) -> OfxStatus,
    >,
    pub parametricParamSetNthControlPoint: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
            time: f64,
            nthCtl: ::core::ffi::c_int,
            key: f64,
            value: f64,
            addAnimationKey: bool,
        ) -> OfxStatus,
    >,
    pub parametricParamAddControlPoint: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
            time: f64,
            key: f64,
            value: f64,
            addAnimationKey: bool,
        ) -> OfxStatus,
    >,
    pub parametricParamDeleteControlPoint: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
            nthCtl: ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
    pub parametricParamDeleteAllControlPoints: ::core::option::Option<
        unsafe extern "C" fn(
            param: OfxParamHandle,
            curveIndex: ::core::ffi::c_int,
        ) -> OfxStatus,
    >,
}
/// RGBA, 8 bits.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBAColourB {
    pub r: ::core::ffi::c_uchar,
    pub g: ::core::ffi::c_uchar,
    pub b: ::core::ffi::c_uchar,
    pub a: ::core::ffi::c_uchar,
}
/// RGBA, 16 bits.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBAColourS {
    pub r: ::core::ffi::c_ushort,
    pub g: ::core::ffi::c_ushort,
    pub b: ::core::ffi::c_ushort,
    pub a: ::core::ffi::c_ushort,
}
/// RGBA, float.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBAColourF {
    pub r: f32,
    pub g: f32,
    pub b: f32,
    pub a: f32,
}
/// RGBA, double: colours in parameters and interacts, never images.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBAColourD {
    pub r: f64,
    pub g: f64,
    pub b: f64,
    pub a: f64,
}
/// RGB, 8 bits.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBColourB {
    pub r: ::core::ffi::c_uchar,
    pub g: ::core::ffi::c_uchar,
    pub b: ::core::ffi::c_uchar,
}
/// RGB, 16 bits.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBColourS {
    pub r: ::core::ffi::c_ushort,
    pub g: ::core::ffi::c_ushort,
    pub b: ::core::ffi::c_ushort,
}
/// RGB, float.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBColourF {
    pub r: f32,
    pub g: f32,
    pub b: f32,
}
/// RGB, double: colours in parameters and interacts, never images.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxRGBColourD {
    pub r: f64,
    pub g: f64,
    pub b: f64,
}
/// Shows progress from 0 to 1. `progressUpdate` answers kOfxStatReplyNo when the user cancels.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxProgressSuiteV1 {
    pub progressStart: ::core::option::Option<
        unsafe extern "C" fn(
            effectInstance: *mut ::core::ffi::c_void,
            label: *const ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    pub progressUpdate: ::core::option::Option<
        unsafe extern "C" fn(
            effectInstance: *mut ::core::ffi::c_void,
            progress: f64,
        ) -> OfxStatus,
    >,
    pub progressEnd: ::core::option::Option<
        unsafe extern "C" fn(effectInstance: *mut ::core::ffi::c_void) -> OfxStatus,
    >,
}
/// As V1, with an id for the message, so that the host can translate it.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxProgressSuiteV2 {
    pub progressStart: ::core::option::Option<
        unsafe extern "C" fn(
            effectInstance: *mut ::core::ffi::c_void,
            message: *const ::core::ffi::c_char,
            messageId: *const ::core::ffi::c_char,
        ) -> OfxStatus,
    >,
    pub progressUpdate: ::core::option::Option<
        unsafe extern "C" fn(
            effectInstance: *mut ::core::ffi::c_void,
            progress: f64,
        ) -> OfxStatus,
    >,
    pub progressEnd: ::core::option::Option<
        unsafe extern "C" fn(effectInstance: *mut ::core::ffi::c_void) -> OfxStatus,
    >,
}
/// Reads and moves the host's current time.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct OfxTimeLineSuiteV1 {
    pub getTime: ::core::option::Option<
        unsafe extern "C" fn(
            instance: *mut ::core::ffi::c_void,
            time: *mut f64,
        ) -> OfxStatus,
    >,
    pub gotoTime: ::core::option::Option<
        unsafe extern "C" fn(instance: *mut ::core::ffi::c_void, time: f64) -> OfxStatus,
    >,
    pub getTimeBounds: ::core::option::Option<
        unsafe extern "C" fn(
            instance: *mut ::core::ffi::c_void,
            firstTime: *mut f64,
            lastTime: *mut f64,
        ) -> OfxStatus,
    >,
}
