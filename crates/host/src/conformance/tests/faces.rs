//! Descriptions, made up: a sound one, and what is found when one thing of it is wrong.

use super::names;
use crate::clip::Clip;
use crate::conformance::finding::{Finding, Place};
use crate::conformance::record::Written;
use crate::conformance::{clips, effect, groups, instance, params, structures};
use crate::descriptor::{
    ClipDescriptor, ContextDescriptor, Descriptor, EffectContext, ParamDescriptor,
};
use crate::error::Error;
use crate::library::PluginInfo;
use crate::options::HostOptions;
use crate::param::{Param, ParamSet};
use crate::props::PropertySet;
use crate::status::Status;
use crate::tables;
use crate::value::ParamKind;
use crate::values::Values;
use ofx_sys::*;
use std::ffi::CStr;
use std::sync::Arc;

/// A description in the making.
pub(super) struct Draft {
    context: EffectContext,
    effect: Arc<PropertySet>,
    clips: Vec<Arc<Clip>>,
    params: Arc<ParamSet>,
    page_order: Vec<String>,
    written: Written,
}

impl Draft {
    /// With which nothing is wrong, in any context but Paint.
    fn sound(context: EffectContext) -> Self {
        let mut draft = Self {
            context,
            effect: tables::effect_descriptor("", &HostOptions::default()).build(),
            clips: Vec::new(),
            params: ParamSet::descriptor(),
            page_order: vec!["page".into()],
            written: Written::default(),
        };
        for label in [kOfxPropLabel, kOfxPropShortLabel, kOfxPropLongLabel] {
            draft.effect_is(label, c"Blur");
        }
        draft.effect_is(kOfxImageEffectPluginPropGrouping, c"Test");
        draft.effect_is(kOfxPropPluginDescription, c"Blurs.");
        draft.effect_is(
            kOfxImageEffectPropSupportedContexts,
            kOfxImageEffectContextGeneral,
        );
        draft.effect_is(kOfxImageEffectPropSupportedPixelDepths, kOfxBitDepthFloat);
        draft.effect_is(kOfxPropVersion, vec![1, 0, 0]);
        let inputs: &[&str] = match context {
            EffectContext::Transition => &["SourceFrom", "SourceTo"],
            EffectContext::General => &["B", "A"],
            _ => &["Source"],
        };
        for name in inputs {
            draft.clip(name);
        }
        let mask = draft.clip("Mask");
        mask.props.put(kOfxImageClipPropIsMask, 1);
        mask.props.put(kOfxImageClipPropOptional, 1);
        draft.clip("Output");
        for (kind, name) in [
            (kOfxParamTypeGroup, c"group"),
            (kOfxParamTypeDouble, c"mix"),
            (kOfxParamTypeChoice, c"mode"),
            (kOfxParamTypeStrChoice, c"space"),
            (kOfxParamTypeDouble, c"Transition"),
            (kOfxParamTypeDouble, c"SourceTime"),
        ] {
            draft.param(kind, name);
        }
        for name in ["mix", "Transition", "SourceTime"] {
            draft.ranges(name);
        }
        draft.set("mix", kOfxParamPropParent, c"group");
        draft.set("mode", kOfxParamPropChoiceOption, &[c"One", c"Two"][..]);
        draft.set("space", kOfxParamPropChoiceOption, &[c"One", c"Two"][..]);
        draft.set("space", kOfxParamPropChoiceEnum, &[c"one", c"two"][..]);
        draft.set("space", kOfxParamPropDefault, c"one");
        draft.param(kOfxParamTypePage, c"page");
        let held = [c"mix", c"mode", c"space", c"Transition", c"SourceTime"];
        draft.set("page", kOfxParamPropPageChild, &held[..]);
        draft
    }

    fn effect_is(&mut self, property: &CStr, values: impl Into<Values>) {
        self.effect.put(property, values);
        self.written.insert("", property);
    }

    fn clip(&mut self, name: &str) -> Arc<Clip> {
        let clip = Clip::descriptor(name);
        let alpha = &[kOfxImageComponentRGBA, kOfxImageComponentAlpha][..];
        clip.props
            .put(kOfxImageEffectPropSupportedComponents, alpha);
        self.written.insert(name, kOfxPropLabel);
        self.clips.push(clip.clone());
        clip
    }

    fn clip_is(&self, name: &str, property: &CStr, values: impl Into<Values>) {
        let clip = self.clips.iter().find(|clip| clip.name == name).unwrap();
        clip.props.put(property, values);
    }

    fn param(&mut self, kind: &CStr, name: &CStr) -> Arc<Param> {
        let param = self.params.define(kind, name).unwrap();
        param.props.put(kOfxParamPropHint, c"What it does.");
        self.written.insert(&param.name, kOfxPropLabel);
        param
    }

    fn ranges(&mut self, name: &str) {
        for (property, value) in [
            (kOfxParamPropMin, 0.0),
            (kOfxParamPropMax, 1.0),
            (kOfxParamPropDisplayMin, 0.0),
            (kOfxParamPropDisplayMax, 1.0),
        ] {
            self.set(name, property, value);
        }
    }

    fn set(&mut self, name: &str, property: &CStr, values: impl Into<Values>) {
        self.params.find(name).unwrap().props.put(property, values);
        self.written.insert(name, property);
    }

    fn face(&self) -> ContextDescriptor {
        let params = self.params.all();
        let clips = self.clips.iter();
        ContextDescriptor {
            context: self.context,
            clips: clips.map(|clip| ClipDescriptor::new(clip)).collect(),
            params: params
                .iter()
                .map(|param| ParamDescriptor::new(param))
                .collect(),
            page_order: self.page_order.clone(),
        }
    }

    fn check(&self) -> Vec<Finding> {
        let place = Place::plugin("org.example.blur");
        let effect = Descriptor::new("org.example.blur", [1, 0], &self.effect);
        let face = self.face();
        let mut findings = effect::check(&effect, &self.written);
        findings.extend(clips::check(&place, &face, &self.written));
        for param in &face.params {
            findings.extend(params::check(&place, param, &self.written));
        }
        findings.extend(groups::check(&place, &face));
        findings
    }
}

/// A rule, a context, and what breaks the rule there.
type Case = (&'static str, EffectContext, fn(&mut Draft));

use EffectContext::{Filter, General, Generator, Retimer, Transition};

pub(super) const CASES: &[Case] = &[
    ("mandatory", General, |d| d.effect_is(kOfxPropLabel, c"")),
    ("mandatory", General, |d| {
        d.effect_is(kOfxImageEffectPropSupportedContexts, Values::no_strings());
    }),
    ("mandatory", General, |d| {
        d.effect_is(
            kOfxImageEffectPropSupportedPixelDepths,
            Values::no_strings(),
        );
    }),
    ("mandatory", General, |d| {
        d.clip_is(
            "A",
            kOfxImageEffectPropSupportedComponents,
            Values::no_strings(),
        );
    }),
    ("mandatory", General, |d| {
        d.set("mode", kOfxParamPropChoiceOption, Values::no_strings())
    }),
    ("label-form", General, |d| {
        d.effect_is(kOfxPropLabel, c"Un-blur")
    }),
    ("labels", General, |d| {
        d.written.remove("", kOfxPropShortLabel)
    }),
    ("labels", General, |d| {
        d.written.remove("", kOfxImageEffectPluginPropGrouping)
    }),
    ("no-description", General, |d| {
        d.effect_is(kOfxPropPluginDescription, c"")
    }),
    ("markup", General, |d| {
        d.effect_is(kOfxPropPluginDescription, c"a < b")
    }),
    ("no-context", General, |d| {
        d.effect_is(kOfxImageEffectPropSupportedContexts, c"OfxSmell")
    }),
    ("no-depth", General, |d| {
        d.effect_is(kOfxImageEffectPropSupportedPixelDepths, c"OfxSmell")
    }),
    ("version", General, |d| {
        d.effect_is(kOfxPropVersion, vec![2, 0, 0])
    }),
    ("render-unsafe", General, |d| {
        d.effect_is(
            kOfxImageEffectPluginRenderThreadSafety,
            kOfxImageEffectRenderUnsafe,
        );
    }),
    ("context-clip", General, |d| {
        d.clips.retain(|clip| clip.name != "Output")
    }),
    ("context-clip", Filter, |d| {
        d.clips.retain(|clip| clip.name != "Source")
    }),
    ("context-clip", Transition, |d| {
        d.clips.retain(|clip| clip.name != "SourceTo")
    }),
    ("context-clip", EffectContext::Paint, |_| {}),
    ("context-parameter", Transition, |d| rename(d, "Transition")),
    ("context-parameter", Retimer, |d| rename(d, "SourceTime")),
    ("required-clip", Filter, |d| {
        d.clip("Extra");
    }),
    ("required-clip", Generator, |_| {}),
    ("mask", General, |d| {
        d.clip_is(
            "Mask",
            kOfxImageEffectPropSupportedComponents,
            kOfxImageComponentRGBA,
        );
    }),
    ("mask", General, |d| {
        d.clip_is("Mask", kOfxImageClipPropOptional, 0)
    }),
    ("clip-label", General, |d| {
        d.written.remove("A", kOfxPropLabel)
    }),
    ("clip-order", General, |d| d.clips.swap(0, 1)),
    ("clip-order", General, |d| {
        d.clips.clear();
        for name in ["Left", "Right", "Output"] {
            d.clip(name);
        }
    }),
    ("param-name", General, |d| {
        d.set("mix", kOfxParamPropScriptName, c"how much")
    }),
    ("param-name", General, |d| {
        let param = d.param(kOfxParamTypePushButton, c"2nd");
        param.props.put(kOfxParamPropSecret, 0);
        d.set("2nd", kOfxParamPropScriptName, c"second");
        d.set(
            "page",
            kOfxParamPropPageChild,
            &[
                c"2nd",
                c"mix",
                c"mode",
                c"space",
                c"Transition",
                c"SourceTime",
            ][..],
        );
    }),
    ("param-name", General, |d| {
        d.set("mix", kOfxParamPropScriptName, c"")
    }),
    ("param-label", General, |d| {
        d.written.remove("mix", kOfxPropLabel)
    }),
    ("param-hint", General, |d| {
        d.set("mix", kOfxParamPropHint, c"")
    }),
    ("script-name", General, |d| {
        d.set("mix", kOfxParamPropScriptName, c"mode")
    }),
    ("display-range", General, |d| {
        d.written.remove("mix", kOfxParamPropDisplayMax)
    }),
    ("display-range", General, |d| {
        d.written.remove("mix", kOfxParamPropMin)
    }),
    ("range", General, |d| {
        d.set("mix", kOfxParamPropDisplayMin, 0.75);
        d.set("mix", kOfxParamPropDisplayMax, 0.25);
    }),
    ("range", General, |d| {
        d.set("mix", kOfxParamPropDisplayMin, f64::NAN)
    }),
    ("display-outside", General, |d| {
        d.set("mix", kOfxParamPropDisplayMax, 2.0)
    }),
    ("default", General, |d| {
        d.set("mix", kOfxParamPropDefault, 2.0)
    }),
    ("default", General, |d| {
        d.set("mix", kOfxParamPropDefault, f64::NAN)
    }),
    ("default", General, |d| {
        d.set("mode", kOfxParamPropDefault, 2)
    }),
    ("default", General, |d| {
        d.set("mode", kOfxParamPropDefault, -1)
    }),
    ("default", General, |d| {
        d.set("space", kOfxParamPropDefault, c"three")
    }),
    ("options", General, |d| {
        d.set("mode", kOfxParamPropChoiceOption, &[c"One", c""][..])
    }),
    ("options", General, |d| {
        d.set("mode", kOfxParamPropChoiceOption, &[c"One", c"One"][..])
    }),
    ("option-order", General, |d| {
        d.set("mode", kOfxParamPropChoiceOrder, vec![1])
    }),
    ("option-order", General, |d| {
        d.set("space", kOfxParamPropChoiceEnum, c"one")
    }),
    ("integer-2d", General, |d| {
        d.param(kOfxParamTypeInteger2D, c"cell");
        for property in [kOfxParamPropMin, kOfxParamPropDisplayMin] {
            d.set("cell", property, vec![0, 0]);
        }
        for property in [kOfxParamPropMax, kOfxParamPropDisplayMax] {
            d.set("cell", property, vec![9, 9]);
        }
        d.set(
            "page",
            kOfxParamPropPageChild,
            &[
                c"cell",
                c"mix",
                c"mode",
                c"space",
                c"Transition",
                c"SourceTime",
            ][..],
        );
    }),
    ("secret", General, |d| d.set("mix", kOfxParamPropSecret, 1)),
    ("parent", General, |d| {
        d.set("mode", kOfxParamPropParent, c"nobody")
    }),
    ("parent", General, |d| {
        d.set("mode", kOfxParamPropParent, c"mix")
    }),
    ("parent", General, |d| {
        d.set("group", kOfxParamPropParent, c"group")
    }),
    ("parent", General, |d| {
        d.param(kOfxParamTypeGroup, c"inner");
        d.set("inner", kOfxParamPropParent, c"group");
        d.set("group", kOfxParamPropParent, c"inner");
    }),
    ("page-child", General, |d| hold(d, c"group")),
    ("page-child", General, |d| hold(d, c"page")),
    ("page-child", General, |d| hold(d, c"nobody")),
    ("not-on-page", General, |d| {
        d.set(
            "page",
            kOfxParamPropPageChild,
            &[c"mix", c"mode", c"space", c"Transition"][..],
        );
    }),
    ("page-order", General, |d| d.page_order.push("mix".into())),
];

/// Puts something more on the page.
fn hold(draft: &mut Draft, name: &'static CStr) {
    let held = [
        c"mix",
        c"mode",
        c"space",
        c"Transition",
        c"SourceTime",
        kOfxParamPageSkipRow,
        name,
    ];
    draft.set("page", kOfxParamPropPageChild, &held[..]);
}

/// Defines a choice in place of a parameter that the context demands.
fn rename(draft: &mut Draft, name: &str) {
    let old: Vec<_> = draft.params.all();
    draft.params = ParamSet::descriptor();
    let name_of = |param: &Param| {
        if param.name == name {
            format!("{name}_")
        } else {
            param.name.clone()
        }
    };
    for param in old {
        let new = crate::values::c_string(&name_of(&param));
        let made = draft.param(param.kind.ofx(), &new);
        for (property, values) in param.props.snapshot() {
            if !property.starts_with("OfxPropName") {
                made.props.put(&crate::values::c_string(&property), values);
            }
        }
        made.props
            .put(kOfxParamPropScriptName, name_of(&param).as_str());
    }
    draft.ranges(&format!("{name}_"));
    let held: Vec<_> = draft.params.all();
    let held: Vec<_> = held
        .iter()
        .filter(|param| !["group", "page"].contains(&param.name.as_str()))
        .map(|param| crate::text::Text::from(param.name.as_str()))
        .collect();
    draft.set("page", kOfxParamPropPageChild, held);
}

/// Rules that are not about a description, tested below.
pub(super) const OTHERS: [&str; 2] = ["failed-silently", "duplicate-id"];

#[test]
fn a_sound_description_is_not_found_fault_with() {
    for context in [General, Filter, Transition, Retimer] {
        let draft = Draft::sound(context);
        assert_eq!(draft.check(), [], "{context}");
    }
}

/// A context, and what is changed there.
type Change = (EffectContext, fn(&mut Draft));

/// Changes after which nothing is wrong.
const FINE: &[Change] = &[
    (General, |d| d.set("mix", kOfxParamPropDefault, 1.0)),
    (General, |d| {
        d.set("mix", kOfxParamPropMax, 0.0);
        d.set("mix", kOfxParamPropDisplayMax, 0.0);
    }),
    // Colours go from 0 to 1 where nobody says otherwise.
    (General, |d| {
        for property in [kOfxParamPropMin, kOfxParamPropDisplayMax] {
            d.written.remove("Transition", property);
        }
        d.params = ParamSet::descriptor();
        d.param(kOfxParamTypeRGB, c"tint");
        d.param(kOfxParamTypePage, c"page");
        d.set("page", kOfxParamPropPageChild, c"tint");
    }),
    // Those that the context names need no label.
    (Filter, |d| {
        d.written.remove("Source", kOfxPropLabel);
        d.written.remove("Output", kOfxPropLabel);
    }),
    // A short label does as well as a name, and a mask is nobody's input.
    (General, |d| {
        for (name, short) in [("A", c"Left"), ("B", c"Right")] {
            d.clip_is(name, kOfxPropShortLabel, short);
        }
        d.clips.retain(|clip| clip.name != "B");
        let left = d.clip("Left");
        left.props.put(kOfxPropShortLabel, c"B");
        let clips = &mut d.clips;
        clips.rotate_right(1);
    }),
    (General, |d| {
        d.clips.retain(|clip| !["A", "B"].contains(&&*clip.name));
        d.clip("Left");
    }),
    (General, |d| {
        let depths = &[c"OfxBitDepthSmell", kOfxBitDepthFloat][..];
        d.effect_is(kOfxImageEffectPropSupportedPixelDepths, depths);
    }),
    (General, |d| {
        d.effect_is(kOfxPropVersion, vec![2]);
        d.written.remove("", kOfxPropVersion);
    }),
    (General, |d| {
        d.param(kOfxParamTypeGroup, c"inner");
        d.set("inner", kOfxParamPropParent, c"group");
        d.set("mix", kOfxParamPropParent, c"inner");
    }),
];

#[test]
fn a_parameter_of_the_context_is_of_its_type() {
    for (context, name) in [(Transition, "Transition"), (Retimer, "SourceTime")] {
        let draft = Draft::sound(context);
        let mut face = draft.face();
        let param = face.params.iter_mut().find(|param| param.name == name);
        param.unwrap().kind = ParamKind::Integer;
        let findings = clips::check(&Place::default(), &face, &draft.written);
        assert_eq!(names(&findings), ["context-parameter"], "{context}");
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    for (number, (context, change)) in FINE.iter().enumerate() {
        let mut draft = Draft::sound(*context);
        change(&mut draft);
        assert_eq!(draft.check(), [], "case {number}");
    }
}

#[test]
fn each_breach_is_found_and_nothing_else() {
    for (number, (rule, context, breach)) in CASES.iter().enumerate() {
        let mut draft = Draft::sound(*context);
        breach(&mut draft);
        let findings = draft.check();
        assert_eq!(names(&findings), [*rule], "case {number}: {findings:?}");
    }
}

#[test]
fn a_failure_without_a_message_is_worse_than_one_with() {
    let failed = |message: Option<String>| Error::Action {
        plugin: "x".into(),
        action: "Render".into(),
        status: Status::FAILED,
        message,
    };
    let place = Place::default();
    let silent = instance::failure(&place, "Render", &failed(None));
    assert_eq!(silent.rule, "failed-silently");
    let told = instance::failure(&place, "Render", &failed(Some("no file".into())));
    assert_eq!(told.rule, "failed");
    assert!(told.message.contains("no file"));
}

#[test]
fn ids_are_held_against_those_before() {
    let info = |identifier: &str, minor| PluginInfo {
        identifier: identifier.into(),
        version_major: 1,
        version_minor: minor,
        api: kOfxImageEffectPluginApi.to_str().unwrap().into(),
        api_version: 1,
    };
    let before = [info("org.example.blur", 0)];
    let twice = structures::identity(&info("org.example.blur", 0), &before);
    assert_eq!(names(&twice), ["duplicate-id"]);
    assert_eq!(
        structures::identity(&info("org.example.blur", 1), &before),
        []
    );
    for odd in [
        "blur",
        "org.example.",
        "org.example:blur",
        "org.exämple.blur",
    ] {
        assert_eq!(
            names(&structures::identity(&info(odd, 0), &before)),
            ["id-form"],
            "{odd}"
        );
    }
}
