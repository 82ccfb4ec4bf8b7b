//! A plug-in put through its paces: loaded, described, instantiated, asked, rendered, unloaded, and loaded again.

use super::finding::{Finding, Place, merged};
use super::record::{Recorder, Written};
use super::rules::*;
use super::{clips, effect, groups, instance, params, picture, wire};
use crate::descriptor::{ContextDescriptor, Descriptor};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::library::Library;
use crate::observer::Observer;
use crate::options::HostOptions;
use crate::plugin::Plugin;
use ofx_sys as ofx;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What came of checking a plug-in.
#[derive(Debug, Serialize, Deserialize)]
pub struct Checked {
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// False where the plug-in does not load or describe itself, so that little could be checked.
    pub loaded: bool,
}

/// What a plug-in says of itself, in all its contexts.
struct Face {
    effect: Descriptor,
    contexts: Vec<ContextDescriptor>,
}

/// Checks the plug-in of that index in a library. The observer learns of each action as it begins and ends.
pub fn check_plugin(
    library: &Library,
    index: usize,
    observer: Option<Arc<dyn Observer>>,
) -> Checked {
    let Some(info) = library.plugins().get(index) else {
        return Checked {
            findings: Vec::new(),
            loaded: false,
        };
    };
    let id = info.identifier.clone();
    let place = Place::plugin(&id);
    let recorder = Arc::new(Recorder::before(observer));
    let host = Host::new(HostOptions {
        observer: Some(recorder.clone()),
        // Rendering on more threads than one, whatever the machine has.
        threads: 2,
        canary: true,
        ..HostOptions::default()
    });
    let mut findings = Vec::new();
    let described = load(&host, library, index, &place, &mut findings);
    let loaded = described.is_some();
    if let Some((plugin, face)) = described {
        findings.extend(picture::check(&face.effect));
        findings.extend(described_well(&place, &face, &recorder));
        for context in &face.contexts {
            let place = place.context(context.context);
            findings.extend(instance::check(&place, &host, &plugin, context));
        }
        drop(plugin);
        // Memory may stay for as long as the plug-in is loaded.
        let blocks = host.outstanding_memory();
        if blocks > 0 {
            let text = format!(
                "{blocks} blocks of memory are not freed when it is unloaded. Free what was allocated"
            );
            findings.push(place.object("Unload").finds(&LEAKED_MEMORY, text));
        }
        findings.extend(again(&host, library, index, &place, &face));
    }
    findings.extend(wire::check(&id, &recorder.events()));
    for violation in host.violations() {
        findings.push(place.finds(&VIOLATION, violation));
    }
    Checked {
        findings: merged(findings),
        loaded,
    }
}

/// Loads and describes; what fails is a finding.
fn load(
    host: &Host,
    library: &Library,
    index: usize,
    place: &Place,
    findings: &mut Vec<Finding>,
) -> Option<(Plugin, Face)> {
    let mut failed = |place: &Place, error: &Error| {
        findings.push(place.finds(&CANNOT_CHECK, error.to_string()));
    };
    let plugin = host
        .load_at(library, index)
        .inspect_err(|error| failed(place, error))
        .ok()?;
    let effect = plugin.descriptor();
    let mut contexts = Vec::new();
    for context in effect.contexts.clone() {
        match plugin.describe_in_context(context) {
            Ok(face) => contexts.push(face),
            Err(error) => failed(&place.context(context), &error),
        }
    }
    // A plug-in without contexts is described, and useless.
    (contexts.len() == effect.contexts.len()).then_some((plugin, Face { effect, contexts }))
}

fn described_well(place: &Place, face: &Face, recorder: &Recorder) -> Vec<Finding> {
    let events = recorder.events();
    let written = Written::during(&events, |call| call.action == ofx::kOfxActionDescribe);
    let mut findings = effect::check(&face.effect, &written);
    for context in &face.contexts {
        let place = place.context(context.context);
        let written = Written::during(&events, |call| {
            call.action == ofx::kOfxImageEffectActionDescribeInContext
                && call.context == Some(context.context)
        });
        findings.extend(clips::check(&place, context, &written));
        for param in &context.params {
            findings.extend(params::check(&place, param, &written));
        }
        findings.extend(groups::check(&place, context));
    }
    findings
}

/// Loads once more what was unloaded: hosts do, and MLT does for every frame.
fn again(
    host: &Host,
    library: &Library,
    index: usize,
    place: &Place,
    before: &Face,
) -> Option<Finding> {
    let mut failures = Vec::new();
    let Some((_plugin, after)) = load(host, library, index, place, &mut failures) else {
        let reason = failures.first().map_or("", |f| &f.message);
        let text = format!("cannot be loaded again after Unload: {reason}");
        return Some(place.object("Load").finds(&UNSTABLE, text));
    };
    (!same(before, &after)).then(|| {
        let text = "describes itself differently after Unload and Load. Do not keep what belongs to a description";
        place.object("Load").finds(&UNSTABLE, text)
    })
}

/// Compares as text: addresses are shown as there or not there.
fn same(a: &Face, b: &Face) -> bool {
    let json = |face: &Face| {
        let effect = serde_json::to_string(&face.effect);
        let contexts = serde_json::to_string(&face.contexts);
        Some((effect.ok()?, contexts.ok()?))
    };
    json(a) == json(b)
}

impl Host {
    /// Loads and describes the plug-in of that index in a library; what is loaded already is shared.
    ///
    /// # Errors
    /// As [`Host::load`].
    pub fn load_at(&self, library: &Library, index: usize) -> Result<Plugin> {
        let (info, raw) = library.at(index)?;
        self.load_raw(library, info, raw)
    }
}
