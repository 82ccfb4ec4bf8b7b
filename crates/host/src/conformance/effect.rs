//! What an effect says of itself in Describe.

use super::finding::{Finding, Place};
use super::record::Written;
use super::rules::*;
use super::values::{mandatory, numbers, text, texts};
use crate::descriptor::Descriptor;
use crate::object::Object;
use crate::pixel::Depth;
use ofx_sys as ofx;

/// Checks an effect's description.
pub(super) fn check(descriptor: &Descriptor, written: &Written) -> Vec<Finding> {
    let place = Place::plugin(&descriptor.identifier);
    let mut findings = mandatory(&place, Object::EffectDescriptor, &descriptor.properties);
    let mut found = |rule: &Rule, property: &std::ffi::CStr, text: String| {
        let place = place.property(property.to_string_lossy());
        findings.push(place.finds(rule, text));
    };
    let label = &descriptor.label;
    // Menus split at some of these; names of scripts and settings by label lose the others.
    if let Some(odd) = label.chars().find(|c| "-/\\:|^".contains(*c)) {
        let text =
            format!("{label:?} has a {odd:?}, which hosts use in menus or names. Leave it out");
        found(&LABEL_FORM, ofx::kOfxPropLabel, text);
    }
    for (property, what) in [
        (ofx::kOfxPropShortLabel, "a short label"),
        (ofx::kOfxPropLongLabel, "a long label"),
        (ofx::kOfxImageEffectPluginPropGrouping, "a group for menus"),
    ] {
        if !written.has("", property) {
            found(&LABELS, property, format!("is not set. Set {what}"));
        }
    }
    let description = &descriptor.description;
    if description.is_empty() {
        let text = "is not set: users see no help".to_owned();
        found(&NO_DESCRIPTION, ofx::kOfxPropPluginDescription, text);
    } else if description.contains(['<', '&']) {
        let text = "has a < or &, which hosts that show rich text take for markup".to_owned();
        found(&MARKUP, ofx::kOfxPropPluginDescription, text);
    }
    let contexts = texts(
        &descriptor.properties,
        ofx::kOfxImageEffectPropSupportedContexts,
    );
    if !contexts.is_empty() && descriptor.contexts.is_empty() {
        let text = "names no context of OpenFX: no host can use the plug-in".to_owned();
        found(&NO_CONTEXT, ofx::kOfxImageEffectPropSupportedContexts, text);
    }
    let known = |name: &String| {
        Depth::ALL
            .iter()
            .any(|d| d.ofx().to_bytes() == name.as_bytes())
    };
    if !descriptor.pixel_depths.is_empty() && !descriptor.pixel_depths.iter().any(known) {
        let text = "names no depth of OpenFX: no host can use the plug-in".to_owned();
        found(
            &NO_DEPTH,
            ofx::kOfxImageEffectPropSupportedPixelDepths,
            text,
        );
    }
    let version = numbers(&descriptor.properties, ofx::kOfxPropVersion);
    if written.has("", ofx::kOfxPropVersion)
        && version
            .first()
            .is_some_and(|major| *major != f64::from(descriptor.version[0]))
    {
        let text = format!(
            "begins with {}, and the plug-in's structure says {}. Hosts find projects by the latter",
            version[0], descriptor.version[0]
        );
        found(&VERSION, ofx::kOfxPropVersion, text);
    }
    if descriptor.thread_safety.as_bytes() == ofx::kOfxImageEffectRenderUnsafe.to_bytes() {
        let text =
            "allows one render at a time in the process: hosts cannot use their threads".to_owned();
        found(&UNSAFE, ofx::kOfxImageEffectPluginRenderThreadSafety, text);
    }
    findings
}

/// The icons that an effect names: SVG, then PNG; empty where it names none.
pub(super) fn icons(descriptor: &Descriptor) -> [String; 2] {
    let mut names = texts(&descriptor.properties, ofx::kOfxPropIcon).into_iter();
    [
        names.next().unwrap_or_default(),
        names.next().unwrap_or_default(),
    ]
}

/// The bundle or library that the host says the effect is from.
pub(super) fn file(descriptor: &Descriptor) -> String {
    text(&descriptor.properties, ofx::kOfxPluginPropFilePath)
}
