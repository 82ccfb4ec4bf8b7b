//! What a plug-in says of itself, to be read and to be written as JSON.

use crate::clip::Clip;
use crate::effect::Effect;
use crate::error::Error;
use crate::param::Param;
use crate::props::PropertySet;
use crate::value::{ParamKind, Shape};
use crate::values::Values;
use ofx_sys as ofx;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::fmt;
use std::str::FromStr;

/// Properties by name.
pub type Properties = BTreeMap<String, Values>;

/// A context: how a host uses an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum EffectContext {
    /// No inputs.
    Generator,
    /// One input, `Source`.
    Filter,
    /// Two inputs, `SourceFrom` and `SourceTo`.
    Transition,
    /// One input and a mask to paint through.
    Paint,
    /// Any inputs.
    General,
    /// One input at other times.
    Retimer,
}

impl EffectContext {
    const ALL: [Self; 6] = [
        Self::Generator,
        Self::Filter,
        Self::Transition,
        Self::Paint,
        Self::General,
        Self::Retimer,
    ];

    /// Those that an effect offers, of those this host has.
    pub(crate) fn of(props: &PropertySet) -> Vec<Self> {
        let names = props.strings(ofx::kOfxImageEffectPropSupportedContexts);
        let parse = |name: &crate::text::Text| name.to_str().ok()?.parse().ok();
        names.iter().filter_map(parse).collect()
    }

    /// OpenFX's name.
    pub fn ofx(self) -> &'static CStr {
        match self {
            Self::Generator => ofx::kOfxImageEffectContextGenerator,
            Self::Filter => ofx::kOfxImageEffectContextFilter,
            Self::Transition => ofx::kOfxImageEffectContextTransition,
            Self::Paint => ofx::kOfxImageEffectContextPaint,
            Self::General => ofx::kOfxImageEffectContextGeneral,
            Self::Retimer => ofx::kOfxImageEffectContextRetimer,
        }
    }
}

impl fmt::Display for EffectContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromStr for EffectContext {
    type Err = Error;

    /// Takes `General` as well as `OfxImageEffectContextGeneral`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL
            .into_iter()
            .find(|c| c.ofx().to_bytes() == text.as_bytes() || c.to_string() == text);
        found.ok_or_else(|| Error::Graph(format!("there is no context {text:?}")))
    }
}

/// What a plug-in says of itself in Describe.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Its id.
    pub identifier: String,
    /// Its version, major and minor.
    pub version: [u32; 2],
    /// Its label.
    pub label: String,
    /// Its short label.
    pub short_label: String,
    /// Its long label.
    pub long_label: String,
    /// Where menus put it.
    pub grouping: String,
    /// What it does.
    pub description: String,
    /// The contexts it offers, of those this host has.
    pub contexts: Vec<EffectContext>,
    /// The depths it supports, by OpenFX's names.
    pub pixel_depths: Vec<String>,
    /// What it may be asked to render at once, by OpenFX's name.
    pub thread_safety: String,
    /// True when it renders parts of a frame.
    pub supports_tiles: bool,
    /// True when it takes images of different sizes.
    pub supports_multi_resolution: bool,
    /// True when it wants inputs at other times.
    pub temporal_clip_access: bool,
    /// All properties.
    pub properties: Properties,
}

impl Descriptor {
    pub(crate) fn new(identifier: &str, version: [u32; 2], props: &PropertySet) -> Self {
        Self {
            identifier: identifier.into(),
            version,
            label: props.text(ofx::kOfxPropLabel),
            short_label: props.text(ofx::kOfxPropShortLabel),
            long_label: props.text(ofx::kOfxPropLongLabel),
            grouping: props.text(ofx::kOfxImageEffectPluginPropGrouping),
            description: props.text(ofx::kOfxPropPluginDescription),
            contexts: EffectContext::of(props),
            pixel_depths: props.texts(ofx::kOfxImageEffectPropSupportedPixelDepths),
            thread_safety: props.text(ofx::kOfxImageEffectPluginRenderThreadSafety),
            supports_tiles: props.flag(ofx::kOfxImageEffectPropSupportsTiles),
            supports_multi_resolution: props.flag(ofx::kOfxImageEffectPropSupportsMultiResolution),
            temporal_clip_access: props.flag(ofx::kOfxImageEffectPropTemporalClipAccess),
            properties: props.snapshot(),
        }
    }
}

/// What a plug-in says of itself in DescribeInContext.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextDescriptor {
    /// The context.
    pub context: EffectContext,
    /// Its clips, in its order.
    pub clips: Vec<ClipDescriptor>,
    /// Its parameters, in its order.
    pub params: Vec<ParamDescriptor>,
    /// The order of its pages.
    pub page_order: Vec<String>,
}

impl ContextDescriptor {
    pub(crate) fn new(context: EffectContext, effect: &Effect) -> Self {
        Self {
            context,
            clips: effect
                .clips()
                .iter()
                .map(|clip| ClipDescriptor::new(clip))
                .collect(),
            params: effect
                .params
                .all()
                .iter()
                .map(|param| ParamDescriptor::new(param))
                .collect(),
            page_order: effect.params.props.texts(ofx::kOfxPluginPropParamPageOrder),
        }
    }

    /// The clip of that name.
    pub fn clip(&self, name: &str) -> Option<&ClipDescriptor> {
        self.clips.iter().find(|clip| clip.name == name)
    }

    /// The parameter of that name.
    pub fn param(&self, name: &str) -> Option<&ParamDescriptor> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// A clip.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClipDescriptor {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its short label.
    pub short_label: String,
    /// The components it takes, by OpenFX's names.
    pub components: Vec<String>,
    /// True when it need not be connected.
    pub optional: bool,
    /// True when it is a mask.
    pub mask: bool,
    /// True for the output.
    pub output: bool,
    /// All properties.
    pub properties: Properties,
}

impl ClipDescriptor {
    pub(crate) fn new(clip: &Clip) -> Self {
        let props = &clip.props;
        Self {
            name: clip.name.clone(),
            label: props.text(ofx::kOfxPropLabel),
            short_label: props.text(ofx::kOfxPropShortLabel),
            components: props.texts(ofx::kOfxImageEffectPropSupportedComponents),
            optional: clip.is_optional(),
            mask: clip.is_mask(),
            output: clip.is_output(),
            properties: props.snapshot(),
        }
    }
}

/// A parameter.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParamDescriptor {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: ParamKind,
    /// Its label.
    pub label: String,
    /// What it is for.
    pub hint: String,
    /// The group it is in; empty for none.
    pub parent: String,
    /// Its default, one value per component; none for those without a value.
    pub default: Option<Values>,
    /// The least value, for numbers.
    pub min: Option<Values>,
    /// The greatest value, for numbers.
    pub max: Option<Values>,
    /// The options of a choice.
    pub options: Vec<String>,
    /// True when it can have keys.
    pub animates: bool,
    /// False when the user cannot change it now.
    pub enabled: bool,
    /// True when the user does not see it now.
    pub secret: bool,
    /// All properties.
    pub properties: Properties,
}

impl ParamDescriptor {
    pub(crate) fn new(param: &Param) -> Self {
        let props = &param.props;
        let has_value = param.kind.shape() != Shape::None;
        Self {
            name: param.name.clone(),
            kind: param.kind,
            label: props.text(ofx::kOfxPropLabel),
            hint: props.text(ofx::kOfxParamPropHint),
            parent: props.text(ofx::kOfxParamPropParent),
            default: props
                .values(ofx::kOfxParamPropDefault)
                .filter(|_| has_value),
            min: props.values(ofx::kOfxParamPropMin),
            max: props.values(ofx::kOfxParamPropMax),
            options: param.options(),
            animates: param.animates(),
            enabled: props.flag(ofx::kOfxParamPropEnabled),
            secret: props.flag(ofx::kOfxParamPropSecret),
            properties: props.snapshot(),
        }
    }
}
