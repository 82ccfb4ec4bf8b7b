//! The parameters that an effect defines in a context, one by one.

use super::finding::{Finding, Place};
use super::record::Written;
use super::rules::*;
use super::values::{get, mandatory, number, numbers, text, texts};
use crate::descriptor::ParamDescriptor;
use crate::object::Object;
use crate::value::{ParamKind, Shape};
use ofx_sys as ofx;
use std::collections::HashSet;

/// Checks one parameter.
pub(super) fn check(place: &Place, param: &ParamDescriptor, written: &Written) -> Vec<Finding> {
    let place = place.object(format!("parameter {}", param.name));
    let mut findings = Vec::new();
    findings.extend(mandatory(
        &place,
        Object::ParamDescriptor(param.kind),
        &param.properties,
    ));
    named(&place, param, written, &mut findings);
    match param.kind.shape() {
        Shape::Int(_) | Shape::Double(_)
            if !matches!(param.kind, ParamKind::Boolean | ParamKind::Choice) =>
        {
            ranged(&place, param, written, &mut findings);
        }
        _ => {}
    }
    if matches!(param.kind, ParamKind::Choice | ParamKind::StrChoice) {
        chosen(&place, param, &mut findings);
    }
    if matches!(param.kind, ParamKind::Integer2D | ParamKind::Integer3D) {
        let text =
            "is an integer of several dimensions: Resolve crashes. Use single integers, or doubles";
        findings.push(place.finds(&INTEGER_2D, text));
    }
    if param.secret && !matches!(param.kind, ParamKind::Page) {
        let text = "is described as secret: Nuke cannot show it later. Where it is to be seen at times, describe it as \
                    visible, and hide it at the end of CreateInstance";
        findings.push(place.finds(&SECRET, text));
    }
    findings
}

fn named(place: &Place, param: &ParamDescriptor, written: &Written, findings: &mut Vec<Finding>) {
    let plain = |name: &str| {
        let mut letters = name.chars();
        letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let script = text(&param.properties, ofx::kOfxParamPropScriptName);
    for (what, name) in [("name", &param.name), ("script name", &script)] {
        if !plain(name) {
            let text = format!(
                "has the {what} {name:?}: scripts cannot use it. Use letters, digits and underscores"
            );
            findings.push(place.finds(&PARAM_NAME, text));
        }
    }
    if param.label.is_empty() || !written.has(&param.name, ofx::kOfxPropLabel) {
        let text = "has no label: hosts show its name. Set one";
        findings.push(place.finds(&PARAM_LABEL, text));
    }
    let container = matches!(param.kind, ParamKind::Group | ParamKind::Page);
    if !container && param.hint.is_empty() {
        let text = "has no hint: users see no help. Set one";
        findings.push(place.finds(&PARAM_HINT, text));
    }
}

fn ranged(place: &Place, param: &ParamDescriptor, written: &Written, findings: &mut Vec<Finding>) {
    let set = |property| written.has(&param.name, property);
    let range = set(ofx::kOfxParamPropMin) && set(ofx::kOfxParamPropMax);
    let display = set(ofx::kOfxParamPropDisplayMin) && set(ofx::kOfxParamPropDisplayMax);
    let colour = matches!(param.kind, ParamKind::Rgb | ParamKind::Rgba);
    if !(colour || range && display) {
        let text = match (range, display) {
            (true, false) => "has a range, but no display range",
            (false, true) => "has a display range, but no range",
            _ => "has neither range nor display range",
        };
        let text = format!(
            "{text}: sliders have no good ends, and Resolve clamps to what is set. Set both"
        );
        findings.push(place.finds(&DISPLAY_RANGE, text));
    }
    let of = |property| numbers(&param.properties, property);
    let (min, max) = (of(ofx::kOfxParamPropMin), of(ofx::kOfxParamPropMax));
    let low = of(ofx::kOfxParamPropDisplayMin);
    let high = of(ofx::kOfxParamPropDisplayMax);
    let default = of(ofx::kOfxParamPropDefault);
    for i in 0..default.len() {
        let at = |values: &[f64]| values.get(i).copied().unwrap_or_default();
        let (min, max, low, high, default) =
            (at(&min), at(&max), at(&low), at(&high), at(&default));
        for (least, greatest, what) in [(min, max, "range"), (low, high, "display range")] {
            // NaN is in no order.
            if least
                .partial_cmp(&greatest)
                .is_none_or(std::cmp::Ordering::is_gt)
            {
                let text = format!("has a {what} from {least} to {greatest}. Put the lesser first");
                findings.push(place.finds(&RANGE, text));
            }
        }
        if !(default >= min && default <= max) {
            let text = format!("has the default {default}, outside its range from {min} to {max}");
            findings.push(place.finds(&DEFAULT, text));
        }
        if display && range && (low < min || high > max) {
            let text = format!(
                "shows {low} to {high}, more than its range from {min} to {max}. Keep the display range within"
            );
            findings.push(place.finds(&DISPLAY_OUTSIDE, text));
        }
    }
}

fn chosen(place: &Place, param: &ParamDescriptor, findings: &mut Vec<Finding>) {
    let options = &param.options;
    if options.is_empty() {
        return; // which is found as mandatory
    }
    if options.iter().any(String::is_empty) {
        let text = "has an option without a label: MLT sets choices by label, and users see a gap";
        findings.push(place.finds(&OPTIONS, text));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = options.iter().find(|option| !seen.insert(*option)) {
        let text = format!("has two options {twice:?}: MLT sets choices by label. Name them apart");
        findings.push(place.finds(&OPTIONS, text));
    }
    let count = |property| get(&param.properties, property).map_or(0, crate::values::Values::len);
    let orders = count(ofx::kOfxParamPropChoiceOrder);
    if orders != 0 && orders != options.len() {
        let text = format!(
            "has {} options and {orders} orders. Give each option one",
            options.len()
        );
        findings.push(place.finds(&OPTION_ORDER, text));
    }
    if param.kind == ParamKind::StrChoice {
        let names = texts(&param.properties, ofx::kOfxParamPropChoiceEnum);
        if names.len() != options.len() {
            let text = format!(
                "has {} options and {} names. Give each option one",
                options.len(),
                names.len()
            );
            findings.push(place.finds(&OPTION_ORDER, text));
        }
        let default = text(&param.properties, ofx::kOfxParamPropDefault);
        if !names.contains(&default) {
            let text = format!("has the default {default:?}, which is none of its names");
            findings.push(place.finds(&DEFAULT, text));
        }
        return;
    }
    let default = number(&param.properties, ofx::kOfxParamPropDefault).unwrap_or_default();
    if default < 0.0 || default >= options.len() as f64 {
        let text = format!(
            "has the default {default}, and {} options, counted from 0",
            options.len()
        );
        findings.push(place.finds(&DEFAULT, text));
    }
}
