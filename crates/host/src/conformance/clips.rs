//! The clips that an effect defines in a context, and what the context demands.

use super::finding::{Finding, Place};
use super::record::Written;
use super::rules::*;
use super::values::mandatory;
use crate::descriptor::{ClipDescriptor, ContextDescriptor, EffectContext};
use crate::object::Object;
use crate::value::ParamKind;
use ofx_sys as ofx;

/// Inputs that a context has.
fn inputs_of(context: EffectContext) -> &'static [&'static str] {
    match context {
        EffectContext::Generator | EffectContext::General => &[],
        EffectContext::Filter | EffectContext::Retimer => &["Source"],
        EffectContext::Transition => &["SourceFrom", "SourceTo"],
        EffectContext::Paint => &["Source", "Brush"],
    }
}

/// The parameter that a context has: the host sets it.
fn param_of(context: EffectContext) -> Option<(&'static str, ParamKind)> {
    let name = match context {
        EffectContext::Transition => "Transition",
        EffectContext::Retimer => "SourceTime",
        _ => return None,
    };
    Some((name, ParamKind::Double))
}

/// Checks the clips of a context.
pub(super) fn check(place: &Place, face: &ContextDescriptor, written: &Written) -> Vec<Finding> {
    let mut findings = Vec::new();
    let context = face.context;
    for name in inputs_of(context).iter().chain(&["Output"]) {
        if face.clip(name).is_none() {
            let text = format!("is missing: {context} hosts connect it by this name. Define it");
            findings.push(
                place
                    .object(format!("clip {name}"))
                    .finds(&CONTEXT_CLIP, text),
            );
        }
    }
    if let Some((name, kind)) = param_of(context)
        && face.param(name).is_none_or(|param| param.kind != kind)
    {
        let text = format!("is missing: {context} hosts set this {kind:?} parameter. Define it");
        findings.push(
            place
                .object(format!("parameter {name}"))
                .finds(&CONTEXT_PARAM, text),
        );
    }
    for clip in &face.clips {
        one(place, face, clip, written, &mut findings);
    }
    findings.extend(order(place, face));
    findings
}

fn one(
    place: &Place,
    face: &ContextDescriptor,
    clip: &ClipDescriptor,
    written: &Written,
    findings: &mut Vec<Finding>,
) {
    let place = place.object(format!("clip {}", clip.name));
    let context = face.context;
    let fed = inputs_of(context).contains(&clip.name.as_str());
    if context != EffectContext::General && !fed && !clip.output && !clip.optional {
        let text =
            format!("is not optional, but {context} hosts do not connect it. Make it optional");
        findings.push(place.finds(&REQUIRED_CLIP, text));
    }
    findings.extend(mandatory(&place, Object::ClipDescriptor, &clip.properties));
    let alpha = clip
        .components
        .iter()
        .any(|c| c.as_bytes() == ofx::kOfxImageComponentAlpha.to_bytes());
    if clip.mask && !alpha {
        let text = "is a mask that does not take Alpha, which is what hosts connect to masks";
        findings.push(place.finds(&MASK, text));
    }
    if clip.mask && !clip.optional {
        let text = "is a mask that is not optional: hosts do not render until one is drawn";
        findings.push(place.finds(&MASK, text));
    }
    // What the reference names needs no label.
    let named = fed || clip.output;
    if !named && !written.has(&clip.name, ofx::kOfxPropLabel) {
        let text = "has no label: hosts show its name. Set one";
        findings.push(place.finds(&CLIP_LABEL, text));
    }
}

/// Nuke takes format and pass-through from the first input; Natron passes through the one called Source, else B, else A.
fn order(place: &Place, face: &ContextDescriptor) -> Option<Finding> {
    let inputs: Vec<_> = face.clips.iter().filter(|c| !c.output && !c.mask).collect();
    if face.context != EffectContext::General || inputs.len() < 2 {
        return None;
    }
    let called = |wanted: &str| {
        let is = |clip: &&&ClipDescriptor| clip.name == wanted || clip.short_label == wanted;
        inputs.iter().find(is).map(|clip| clip.name.clone())
    };
    let natron = called("Source")
        .or_else(|| called("B"))
        .or_else(|| called("A"));
    let first = &inputs[0].name;
    let text = match natron {
        Some(passed) if passed == *first => return None,
        Some(passed) => format!(
            "is the first input, which Nuke passes through and takes the format of; Natron passes {passed} through. \
             Define {passed} first, or give the first the short label Source or B"
        ),
        None => "is the first input, which Nuke passes through; Natron looks for one with the short label Source, B \
                 or A, and finds none. Give the first one of these"
            .to_owned(),
    };
    Some(
        place
            .object(format!("clip {first}"))
            .finds(&CLIP_ORDER, text),
    )
}
