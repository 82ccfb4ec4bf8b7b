//! How parameters belong together: script names, groups, pages.

use super::finding::{Finding, Place};
use super::rules::*;
use super::values::{text, texts};
use crate::descriptor::{ContextDescriptor, ParamDescriptor};
use crate::value::ParamKind;
use ofx_sys as ofx;
use std::collections::{HashMap, HashSet};

/// Checks the parameters of a context together.
pub(super) fn check(place: &Place, face: &ContextDescriptor) -> Vec<Finding> {
    let mut findings = scripts(place, face);
    findings.extend(
        face.params
            .iter()
            .filter_map(|param| parent(place, face, param)),
    );
    findings.extend(pages(place, face));
    findings
}

fn scripts(place: &Place, face: &ContextDescriptor) -> Vec<Finding> {
    let mut owners: HashMap<String, &str> = HashMap::new();
    let mut findings = Vec::new();
    for param in &face.params {
        let script = text(&param.properties, ofx::kOfxParamPropScriptName);
        match owners.get(&script) {
            Some(owner) => {
                let text = format!(
                    "has the script name {script}, and so has parameter {owner}. Name them apart"
                );
                let place = place.object(format!("parameter {}", param.name));
                findings.push(place.finds(&SCRIPT_NAME, text));
            }
            None => {
                owners.insert(script, &param.name);
            }
        }
    }
    findings
}

fn parent(place: &Place, face: &ContextDescriptor, param: &ParamDescriptor) -> Option<Finding> {
    let group = |name: &str| {
        let found = face.param(name);
        found.filter(|p| p.kind == ParamKind::Group)
    };
    let place = place.object(format!("parameter {}", param.name));
    if param.parent.is_empty() {
        return None;
    }
    if group(&param.parent).is_none() {
        let text = format!(
            "has the parent {:?}, which is no group. Define the group first",
            param.parent
        );
        return Some(place.finds(&PARENT, text));
    }
    let mut seen = HashSet::from([param.name.as_str()]);
    let mut above = param.parent.as_str();
    while let Some(found) = group(above) {
        if !seen.insert(above) {
            // Told of the groups of the ring alone, not of all that is in them.
            let in_ring = above == param.name;
            let text = "is a group within itself. Give one of the ring another parent";
            return in_ring.then(|| place.finds(&PARENT, text));
        }
        above = &found.parent;
    }
    None
}

fn pages(place: &Place, face: &ContextDescriptor) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut held = HashSet::new();
    let pages = || face.params.iter().filter(|p| p.kind == ParamKind::Page);
    for page in pages() {
        for child in texts(&page.properties, ofx::kOfxParamPropPageChild) {
            let skip = [ofx::kOfxParamPageSkipRow, ofx::kOfxParamPageSkipColumn];
            if skip.iter().any(|s| s.to_bytes() == child.as_bytes()) {
                continue;
            }
            let what = match face.param(&child).map(|param| param.kind) {
                None => "which is not defined",
                Some(ParamKind::Group) => "which is a group",
                Some(ParamKind::Page) => "which is a page",
                Some(_) => {
                    held.insert(child);
                    continue;
                }
            };
            let text = format!(
                "holds {child:?}, {what}: pages hold parameters, and those of a group each by itself"
            );
            let place = place.object(format!("page {}", page.name));
            findings.push(place.finds(&PAGE_CHILD, text));
        }
    }
    for name in &face.page_order {
        if !pages().any(|page| page.name == *name) {
            let text = format!("names {name:?}, which is no page");
            findings.push(place.object("order of pages").finds(&PAGE_ORDER, text));
        }
    }
    for param in &face.params {
        let container = matches!(param.kind, ParamKind::Group | ParamKind::Page);
        if !container && !param.secret && !held.contains(&param.name) {
            let text = "is on no page: hosts with pages do not show it. Put it on one";
            let place = place.object(format!("parameter {}", param.name));
            findings.push(place.finds(&NOT_ON_PAGE, text));
        }
    }
    findings
}
