//! What went over the wire: properties written and read, clips and parameters defined, statuses answered.

use super::finding::{Finding, Place};
use super::record::{Deed, Event};
use super::rules::*;
use super::spec::{self, Judged, Property, V1_4, Writer};
use crate::object::Object;
use crate::observer::{ActionCall, Definition, PropertyRead, PropertyWrite};
use crate::status::Status;
use crate::values::Values;
use ofx_sys as ofx;
use std::ffi::CStr;

/// Properties that only some hosts know, with who made them up.
const VENDORS: [(&str, &str); 4] = [
    ("Natron", "Natron"),
    ("Nuke", "Nuke"),
    ("uk.co.thefoundry.", "Nuke"),
    ("com.", "one host"),
];

/// Where an action's answer ReplyDefault is taken for a refusal, and by whom.
const NEEDS_OK: [(&CStr, &str); 3] = [
    (ofx::kOfxActionLoad, "MLT rejects the bundle"),
    (ofx::kOfxActionCreateInstance, "Resolve shows no controls"),
    (
        ofx::kOfxActionDestroyInstance,
        "some hosts take it for a failure",
    ),
];

/// Checks all that was recorded of a plug-in.
pub(super) fn check(plugin: &str, events: &[Event]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (call, deed) in events {
        let mut place = Place::plugin(plugin);
        if let Some(context) = call.context {
            place = place.context(context);
        }
        match deed {
            Deed::Answered(status) => answered(&place, call, *status, &mut findings),
            Deed::Wrote(write) => wrote(&place, call, write, &mut findings),
            Deed::Misread(read) => misread(&place, call, read, &mut findings),
            Deed::Defined(definition) => defined(&place, definition, &mut findings),
        }
    }
    findings
}

fn answered(place: &Place, call: &ActionCall, status: Status, findings: &mut Vec<Finding>) {
    let place = place.object(call.short());
    match spec::judge(call.action, status) {
        Judged::Fine if status == Status::REPLY_DEFAULT => {
            let trips = NEEDS_OK.iter().find(|(action, _)| *action == call.action);
            if let Some((_, who)) = trips {
                let text = format!("answers kOfxStatReplyDefault: {who}. Answer kOfxStatOK");
                findings.push(place.finds(&REPLY_DEFAULT, text));
            }
        }
        // Failures are told with their messages, by whoever called.
        Judged::Fine | Judged::Failure => {}
        Judged::NotOptional => findings.push(place.finds(
            &NOT_OPTIONAL,
            "answers kOfxStatReplyDefault, but the host has no default for it. Do it, and answer kOfxStatOK",
        )),
        Judged::NotForActions => findings.push(place.finds(
            &WRONG_STATUS,
            format!("answers {status}, which no action answers. Answer kOfxStatOK, kOfxStatReplyDefault or kOfxStatFailed"),
        )),
        Judged::Unknown => findings.push(place.finds(
            &UNKNOWN_STATUS,
            format!("answers {status}. Answer kOfxStatOK, kOfxStatReplyDefault or kOfxStatFailed"),
        )),
    }
}

/// The object in words: `clip A`, `parameter mix`, `effect descriptor`.
fn whose(call: &ActionCall, write: &PropertyWrite) -> String {
    match write.object {
        Object::ClipDescriptor | Object::ClipInstance => format!("clip {}", write.name),
        Object::ParamDescriptor(_) | Object::ParamInstance(_) => {
            format!("parameter {}", write.name)
        }
        Object::InArgs | Object::OutArgs => format!("{} of {}", write.object, call.short()),
        object => object.to_string(),
    }
}

fn property_of(call: &ActionCall, object: Object, name: &str) -> Option<&'static Property> {
    match object {
        Object::InArgs => spec::named(spec::in_args(call.action), name),
        Object::OutArgs => spec::out_args(call.action, name),
        object => spec::find(object, name),
    }
}

fn wrote(place: &Place, call: &ActionCall, write: &PropertyWrite, findings: &mut Vec<Finding>) {
    let place = place
        .object(whose(call, write))
        .property(write.property.as_str());
    let Some(property) = property_of(call, write.object, &write.property) else {
        findings.push(stranger(&place, write));
        return;
    };
    if property.since > V1_4 {
        findings.push(place.finds(
            &NEWER,
            format!(
                "is there since API {}. Older hosts answer kOfxStatErrUnknown: carry on when they do",
                property.since
            ),
        ));
    }
    if let Some(until) = property.until {
        findings.push(place.finds(
            &OUTDATED,
            format!("is advised against since API {until}. Leave it out"),
        ));
    }
    if let Some(text) = forbidden(property, write) {
        findings.push(place.finds(&READ_ONLY, text));
    }
    let Some(values) = &write.values else {
        return;
    };
    let kind = property.kind_on(write.object);
    if !kind.fits(values) {
        let text = format!("is a {kind}, and was written as {}", type_of(values));
        findings.push(place.finds(&WRONG_TYPE, text));
        return;
    }
    if let Some(text) = miscounted(property, write, values) {
        findings.push(place.finds(&BAD_INDEX, text));
    }
    if let Some(value) = kind.stranger(values) {
        let text = format!("cannot be {value}. Allowed: {}", allowed(kind));
        findings.push(place.finds(&BAD_VALUE, text));
    }
    if let Values::String(texts) = values {
        if texts.iter().any(|text| text.to_str().is_err()) {
            findings.push(place.finds(&NOT_TEXT, "is not UTF-8. Hosts show something else"));
        }
        let old = |text: &&crate::text::Text| {
            text.to_bytes().starts_with(b"OfxParamDoubleTypeNormalised")
        };
        if let Some(old) = texts.iter().find(old) {
            let text = format!(
                "{} is advised against since API 1.2. Use kOfxParamDoubleTypeXY and \
                 kOfxParamPropDefaultCoordinateSystem",
                old.to_string_lossy()
            );
            findings.push(place.finds(&OUTDATED, text));
        }
    }
}

/// A property that the object does not have.
fn stranger(place: &Place, write: &PropertyWrite) -> Finding {
    let name = &write.property;
    // A hint of a clip is Natron's use of a parameter's property.
    let hint = write.object == Object::ClipDescriptor
        && name.as_bytes() == ofx::kOfxParamPropHint.to_bytes();
    let vendor = VENDORS.iter().find(|(prefix, _)| name.starts_with(prefix));
    let vendor = vendor.map(|(_, who)| *who).or(hint.then_some("Natron"));
    if let Some(vendor) = vendor {
        return place.finds(
            &VENDOR,
            format!("is {vendor}'s. Other hosts answer kOfxStatErrUnknown: carry on when they do"),
        );
    }
    let others = spec::elsewhere(name);
    if others.is_empty() {
        return place.finds(&UNKNOWN_PROPERTY, "OpenFX 1.5.1 has no such property");
    }
    let text = format!(
        "is no property of the {}; it is one of: {}",
        write.object,
        others.join(", ")
    );
    place.finds(&ELSEWHERE, text)
}

fn forbidden(property: &Property, write: &PropertyWrite) -> Option<&'static str> {
    let instance = matches!(
        write.object,
        Object::EffectInstance | Object::ClipInstance | Object::ParamInstance(_)
    );
    match property.writer {
        Writer::Host => Some("is for the host to write. Read it only"),
        Writer::Describing if instance => {
            Some("is fixed once it is described. Write it while describing")
        }
        Writer::Describing | Writer::Plugin => None,
    }
}

fn miscounted(property: &Property, write: &PropertyWrite, values: &Values) -> Option<String> {
    let last = match write.index {
        Some(index) if index < 0 => return Some(format!("has no index {index}")),
        Some(index) => index as usize + 1,
        None => values.len(),
    };
    let count = property.count_on(write.object)?;
    (last > count).then(|| {
        let plural = if count == 1 { "value" } else { "values" };
        format!("has {count} {plural}, and number {last} was written")
    })
}

fn allowed(kind: spec::Kind) -> String {
    match kind {
        spec::Kind::OneOf(values) => values
            .iter()
            .map(|v| v.to_string_lossy())
            .collect::<Vec<_>>()
            .join(", "),
        _ => "0 and 1".into(),
    }
}

fn type_of(values: &Values) -> &'static str {
    match values {
        Values::Int(_) => "int",
        Values::Double(_) => "double",
        Values::String(_) => "string",
        Values::Pointer(_) => "pointer",
    }
}

/// A plug-in may look for properties that a host does not have; it should know their types.
fn misread(place: &Place, call: &ActionCall, read: &PropertyRead, findings: &mut Vec<Finding>) {
    let known = property_of(call, read.object, &read.property);
    let Some(property) = known.filter(|_| read.status == Status::ERR_VALUE) else {
        return;
    };
    let place = place.object(read.object).property(read.property.as_str());
    let kind = property.kind_on(read.object);
    let text = format!(
        "is a {kind}, and was read by {}. Use the function of its type",
        read.function
    );
    findings.push(place.finds(&MISREAD, text));
}

fn defined(place: &Place, definition: &Definition, findings: &mut Vec<Finding>) {
    let what = definition.kind.as_ref().map_or("clip", |_| "parameter");
    let place = place.object(format!("{what} {}", definition.name));
    match (&definition.kind, definition.status) {
        (_, Status::ERR_EXISTS) => {
            let text = "is defined twice. Names are unique";
            findings.push(place.finds(&DEFINED_TWICE, text));
        }
        (Some(kind), Status::ERR_UNKNOWN) => {
            let text = format!("is of type {kind}, which this host does not have");
            findings.push(place.finds(&UNKNOWN_KIND, text));
        }
        _ => {}
    }
}
