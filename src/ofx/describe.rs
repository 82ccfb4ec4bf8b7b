//! Describe and DescribeInContext: what a node tells the host about itself.

use core::ffi::{CStr, c_char};

use ofx_sys::*;

use super::instance::{Context, effect_properties};
use super::markdown;
use super::param::param_set;
use super::props::{PropertySet, call};
use super::status::{Reply, Result, Status};
use super::suites::Suites;
use crate::node::{AnyNode, ClipDef, FileDef, MASK};
use crate::params::{Kind, ParamDef};

/// The menu that the nodes are found in.
const GROUPING: &CStr = c"Deltaplate";

/// Version of the nodes' faces; projects made with another major version need the node of that
/// version.
pub const VERSION: [u32; 2] = [1, 0];

/// All components that the nodes work on.
const COMPONENTS: [&CStr; 3] = [
    kOfxImageComponentRGBA,
    kOfxImageComponentRGB,
    kOfxImageComponentAlpha,
];

/// The page that shows the panel where a host has pages.
const PAGE: &CStr = c"Controls";

/// Answers Describe.
pub fn describe(
    suites: &Suites,
    node: &dyn AnyNode,
    effect: OfxImageEffectHandle,
) -> Result<Reply> {
    if !host_has_float(suites) {
        return Err(Status::MISSING_HOST_FEATURE);
    }
    let face = node.face();
    let set = effect_properties(suites, effect)?;
    labels(&set, face.label)?;
    set.set_string(kOfxImageEffectPluginPropGrouping, 0, GROUPING)?;
    // General first: hosts that have both take the first that they like.
    for (index, context) in [kOfxImageEffectContextGeneral, kOfxImageEffectContextFilter]
        .into_iter()
        .enumerate()
    {
        set.set_string(kOfxImageEffectPropSupportedContexts, index, context)?;
    }
    // A signed difference exists in nothing less than float; hosts convert.
    set.set_string(
        kOfxImageEffectPropSupportedPixelDepths,
        0,
        kOfxBitDepthFloat,
    )?;
    // What follows refines the description. A host that does not know one of these keeps its
    // default, and the node works.
    let _ = set.set_string(kOfxPropPluginDescription, 0, face.description);
    if is_natron(suites)
        && set
            .set_int(kNatronOfxPropDescriptionIsMarkdown, 0, 1)
            .is_ok()
    {
        let text = markdown::escaped(face.description);
        let _ = set.set_string(kOfxPropPluginDescription, 0, text);
    }
    if manages_colour(suites) {
        // The lowest style: the nodes only refer from clip to clip.
        for (name, value) in [
            (
                kOfxImageEffectPropColourManagementStyle,
                kOfxImageEffectColourManagementBasic,
            ),
            (
                kOfxImageEffectPropColourManagementAvailableConfigs,
                COLOUR_CONFIG,
            ),
        ] {
            let _ = set.set_string(name, 0, value);
        }
    }
    for (index, part) in VERSION.into_iter().enumerate() {
        let _ = set.set_int(kOfxPropVersion, index, part as i32);
    }
    let _ = set.set_string(kOfxPropVersionLabel, 0, c"1.0");
    for (index, icon) in face.identity.icons.into_iter().enumerate() {
        let _ = set.set_string(kOfxPropIcon, index, icon);
    }
    let nature = node.nature();
    let frames = nature.frames && host_has_frames(suites);
    for (name, value) in [
        (kOfxImageEffectPropSupportsMultiResolution, 1),
        // An instance whose values allow it raises this when they change, where alone it may.
        (kOfxImageEffectPropSupportsTiles, (!nature.whole).into()),
        (kOfxImageEffectPropTemporalClipAccess, frames.into()),
        (kOfxImageEffectPropSupportsMultipleClipDepths, 0),
        (kOfxImageEffectPropSupportsMultipleClipPARs, 0),
        (kOfxImageEffectPluginPropSingleInstance, 0),
        (kOfxImageEffectPluginPropHostFrameThreading, 0),
        (kOfxImageEffectPluginPropFieldRenderTwiceAlways, 0),
    ] {
        let _ = set.set_int(name, 0, value);
    }
    for (name, value) in [
        // The nodes have channel boxes of their own.
        (
            kNatronOfxImageEffectPropChannelSelector,
            kOfxImageComponentNone,
        ),
        (
            kOfxImageEffectPluginRenderThreadSafety,
            kOfxImageEffectRenderFullySafe,
        ),
        (kOfxImageEffectPropOpenGLRenderSupported, c"false"),
        (kOfxImageEffectPropCudaRenderSupported, c"false"),
        (kOfxImageEffectPropOpenCLRenderSupported, c"false"),
        (kOfxImageEffectPropMetalRenderSupported, c"false"),
        (kOfxImageEffectPropCPURenderSupported, c"true"),
        (
            kOfxImageEffectPropNoSpatialAwareness,
            if node.nature().pointwise {
                c"true"
            } else {
                c"false"
            },
        ),
    ] {
        let _ = set.set_string(name, 0, value);
    }
    for (index, name) in node.premultiplication_params().iter().enumerate() {
        let _ = set.set_string(kOfxImageEffectPropClipPreferencesSlaveParam, index, name);
    }
    Ok(Reply::Ok)
}

/// A host that says it lends no other frames may turn down a plug-in that asks for them.
fn host_has_frames(suites: &Suites) -> bool {
    let has = suites
        .host()
        .and_then(|host| host.int(kOfxImageEffectPropTemporalClipAccess, 0));
    has.unwrap_or(0) != 0
}

/// A host that lists the depths of its images must have Float among them; one that lists none
/// may.
fn host_has_float(suites: &Suites) -> bool {
    let Ok(host) = suites.host() else { return true };
    let count = host
        .dimension(kOfxImageEffectPropSupportedPixelDepths)
        .unwrap_or(0);
    let mut depths =
        (0..count).filter_map(|i| host.string(kOfxImageEffectPropSupportedPixelDepths, i).ok());
    count == 0 || depths.any(|depth| depth == kOfxBitDepthFloat)
}

/// The colour configuration of OpenFX 1.5: the names of its basic colour spaces.
const COLOUR_CONFIG: &CStr = c"ofx-native-v1.5_aces-v1.3_ocio-v2.3";

/// Whether the host converts the colours of clips.
fn manages_colour(suites: &Suites) -> bool {
    let style = suites
        .host()
        .and_then(|host| host.string(kOfxImageEffectPropColourManagementStyle, 0));
    style.is_ok_and(|style| style != kOfxImageEffectColourManagementNone)
}

/// Natron, or one of its kind.
fn is_natron(suites: &Suites) -> bool {
    let natron = suites
        .host()
        .and_then(|host| host.int(kNatronOfxHostIsNatron, 0));
    natron.is_ok_and(|natron| natron != 0)
}

/// Whether the host says of every clip that it is connected: DaVinci Resolve, where clips without
/// a source are black.
pub fn has_phantom_clips(suites: &Suites) -> bool {
    let name = suites.host().and_then(|host| host.string(kOfxPropName, 0));
    name.is_ok_and(|name| name.to_bytes().starts_with(b"DaVinciResolve"))
}

/// Whether the mask counts, where clips without a source are black: there such a mask would switch
/// the node off.
pub const MASK_SWITCH: &CStr = c"mask";

fn define_mask_switch(suites: &Suites, params: OfxParamSetHandle) -> Result<()> {
    let set = define(suites, params, kOfxParamTypeBoolean, MASK_SWITCH.as_ptr())?;
    labels(&set, c"Use Mask")?;
    let _ = set.set_string(
        kOfxParamPropHint,
        0,
        c"Apply the effect where the Mask clip says. Switch this on after something has been connected to it: this host shows a clip without a source as black, which would mask everything out.",
    );
    let _ = set.set_string(kOfxParamPropScriptName, 0, MASK_SWITCH);
    set.set_int(kOfxParamPropDefault, 0, 0)
}

/// Answers DescribeInContext: clips and parameters, in the order of the declarations.
pub fn describe_in_context(
    suites: &Suites,
    node: &dyn AnyNode,
    effect: OfxImageEffectHandle,
    context: Context,
) -> Result<Reply> {
    let face = node.face();
    let params = param_set(suites, effect)?;
    let mut page = Vec::new();
    let mut defaults: &[_] = &[];
    let wants = Wants {
        components: &COMPONENTS,
        tiles: !node.nature().whole,
        frames: node.nature().frames && host_has_frames(suites),
    };
    match context {
        Context::General => {
            for clip in face.inputs {
                input(suites, effect, clip, wants)?;
            }
        }
        Context::Filter => {
            let source = kOfxImageEffectSimpleSourceClipName;
            define_clip(suites, effect, source, wants)?;
            for file in face.filter.files {
                define_file(suites, params, file)?;
                page.push(file.name);
            }
            defaults = face.filter.defaults;
        }
    }
    let window = Wants {
        components: &[kOfxImageComponentAlpha],
        tiles: true,
        frames: false,
    };
    let mask = input(suites, effect, &MASK, window)?;
    let _ = mask.set_int(kOfxImageClipPropIsMask, 0, 1);
    let output = kOfxImageEffectOutputClipName;
    define_clip(suites, effect, output, wants)?;
    for def in node.params() {
        let other = defaults.iter().find(|(name, _)| *name == def.name);
        define_param(suites, params, def, other.map(|(_, value)| *value))?;
        // A page holds the parameters of a group, never the group.
        if !matches!(def.kind, Kind::Group { .. }) {
            page.push(def.name);
        }
    }
    if has_phantom_clips(suites) {
        define_mask_switch(suites, params)?;
        page.push(MASK_SWITCH);
    }
    define_page(suites, params, &page)?;
    Ok(Reply::Ok)
}

/// A parameter that names an input's file.
fn define_file(suites: &Suites, params: OfxParamSetHandle, file: &'static FileDef) -> Result<()> {
    let set = define(suites, params, kOfxParamTypeString, file.name.as_ptr())?;
    labels(&set, file.label)?;
    let _ = set.set_string(kOfxParamPropHint, 0, file.hint);
    let _ = set.set_string(kOfxParamPropScriptName, 0, file.name);
    let _ = set.set_string(kOfxParamPropStringMode, 0, kOfxParamStringIsFilePath);
    // A pattern of a sequence is no file that exists.
    let _ = set.set_int(kOfxParamPropStringFilePathExists, 0, 0);
    let _ = set.set_int(kOfxParamPropAnimates, 0, 0);
    set.set_string(kOfxParamPropDefault, 0, c"")
}

/// What a clip carries, and how its images are asked for.
#[derive(Clone, Copy)]
struct Wants {
    components: &'static [&'static CStr],
    tiles: bool,
    frames: bool,
}

fn input<'a>(
    suites: &'a Suites,
    effect: OfxImageEffectHandle,
    clip: &'static ClipDef,
    wants: Wants,
) -> Result<PropertySet<'a>> {
    let set = define_clip(suites, effect, clip.name, wants)?;
    // Hosts look at the short label: Natron passes through what is called B when a node is
    // disabled.
    let _ = set.set_string(kOfxPropLabel, 0, clip.label);
    let _ = set.set_string(kOfxPropShortLabel, 0, clip.name);
    let _ = set.set_string(kOfxPropLongLabel, 0, clip.label);
    let _ = set.set_string(kOfxParamPropHint, 0, clip.hint);
    let _ = set.set_int(kOfxImageClipPropOptional, 0, 1);
    Ok(set)
}

fn define_clip<'a>(
    suites: &'a Suites,
    effect: OfxImageEffectHandle,
    name: &'static CStr,
    wants: Wants,
) -> Result<PropertySet<'a>> {
    let mut set = core::ptr::null_mut();
    call!(suites.effect, clipDefine(effect, name.as_ptr(), &mut set))?;
    let set = PropertySet::new(suites.property, set)?;
    for (index, components) in wants.components.iter().enumerate() {
        set.set_string(kOfxImageEffectPropSupportedComponents, index, components)?;
    }
    let _ = set.set_int(kOfxImageEffectPropSupportsTiles, 0, wants.tiles.into());
    let _ = set.set_int(
        kOfxImageEffectPropTemporalClipAccess,
        0,
        wants.frames.into(),
    );
    Ok(set)
}

fn labels(set: &PropertySet<'_>, label: &'static CStr) -> Result<()> {
    set.set_string(kOfxPropLabel, 0, label)?;
    let _ = set.set_string(kOfxPropShortLabel, 0, label);
    let _ = set.set_string(kOfxPropLongLabel, 0, label);
    Ok(())
}

fn define<'a>(
    suites: &'a Suites,
    params: OfxParamSetHandle,
    kind: &'static CStr,
    name: *const c_char,
) -> Result<PropertySet<'a>> {
    let mut set = core::ptr::null_mut();
    call!(
        suites.parameter,
        paramDefine(params, kind.as_ptr(), name, &mut set)
    )?;
    PropertySet::new(suites.property, set)
}

fn define_param(
    suites: &Suites,
    params: OfxParamSetHandle,
    def: &'static ParamDef,
    other_default: Option<f64>,
) -> Result<()> {
    let set = define(suites, params, wire_type(def.kind), def.name.as_ptr())?;
    labels(&set, def.label)?;
    let _ = set.set_string(kOfxParamPropHint, 0, def.hint);
    let _ = set.set_string(kOfxParamPropScriptName, 0, def.name);
    if let Some(group) = def.group {
        let _ = set.set_string(kOfxParamPropParent, 0, group);
    }
    if def.read_out {
        let _ = set.set_int(kOfxParamPropEnabled, 0, 0);
        let _ = set.set_int(kOfxParamPropEvaluateOnChange, 0, 0);
        let _ = set.set_int(kOfxParamPropAnimates, 0, 1);
    }
    match def.kind {
        Kind::Boolean { default } => {
            let default = other_default.map_or(default, |other| other != 0.0);
            set.set_int(kOfxParamPropDefault, 0, default.into())?;
        }
        Kind::Choice { options, default } => {
            for (index, option) in options.iter().enumerate() {
                set.set_string(kOfxParamPropChoiceOption, index, option)?;
            }
            set.set_int(kOfxParamPropDefault, 0, default as i32)?;
        }
        Kind::Integer {
            default,
            range,
            display,
        } => {
            set.set_int(kOfxParamPropDefault, 0, default)?;
            for (name, value) in [
                (kOfxParamPropMin, range[0]),
                (kOfxParamPropMax, range[1]),
                (kOfxParamPropDisplayMin, display[0]),
                (kOfxParamPropDisplayMax, display[1]),
            ] {
                let _ = set.set_int(name, 0, value);
            }
        }
        Kind::Double {
            default,
            range,
            display,
        } => {
            set.set_double(kOfxParamPropDefault, 0, other_default.unwrap_or(default))?;
            ranges(&set, 1, range, display);
            let _ = set.set_int(kOfxParamPropDigits, 0, 6);
        }
        Kind::Double2D { display } => {
            ranges(&set, 2, [-f64::MAX, f64::MAX], display);
            // A position is a read-out or found by a button: no handle to drag it by.
            let _ = set.set_int(kOfxParamPropUseHostOverlayHandle, 0, 0);
        }
        Kind::Rgba => ranges(&set, 4, [-f64::MAX, f64::MAX], [0.0, 1.0]),
        Kind::Group { open } => {
            let _ = set.set_int(kOfxParamPropGroupOpen, 0, open.into());
        }
        Kind::Button => (),
    }
    Ok(())
}

/// Both kinds of range: Resolve clamps to the displayed one if only one is set.
fn ranges(set: &PropertySet<'_>, dimension: usize, range: [f64; 2], display: [f64; 2]) {
    for index in 0..dimension {
        for (name, value) in [
            (kOfxParamPropMin, range[0]),
            (kOfxParamPropMax, range[1]),
            (kOfxParamPropDisplayMin, display[0]),
            (kOfxParamPropDisplayMax, display[1]),
        ] {
            let _ = set.set_double(name, index, value);
        }
    }
}

fn wire_type(kind: Kind) -> &'static CStr {
    match kind {
        Kind::Boolean { .. } => kOfxParamTypeBoolean,
        Kind::Choice { .. } => kOfxParamTypeChoice,
        Kind::Integer { .. } => kOfxParamTypeInteger,
        Kind::Double { .. } => kOfxParamTypeDouble,
        Kind::Double2D { .. } => kOfxParamTypeDouble2D,
        Kind::Rgba => kOfxParamTypeRGBA,
        Kind::Button => kOfxParamTypePushButton,
        Kind::Group { .. } => kOfxParamTypeGroup,
    }
}

fn define_page(
    suites: &Suites,
    params: OfxParamSetHandle,
    children: &[&'static CStr],
) -> Result<()> {
    let page = define(suites, params, kOfxParamTypePage, PAGE.as_ptr())?;
    labels(&page, PAGE)?;
    for (index, child) in children.iter().enumerate() {
        let _ = page.set_string(kOfxParamPropPageChild, index, child);
    }
    Ok(())
}
