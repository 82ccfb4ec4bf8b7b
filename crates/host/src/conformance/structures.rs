//! What a library says before anything is loaded: its exports and its plug-ins' structures.

use super::finding::{Finding, Place};
use super::rules::*;
use crate::library::{Library, PluginInfo};
use ofx_sys as ofx;

/// Checks the structures of a library's plug-ins.
pub fn check_structures(library: &Library) -> Vec<Finding> {
    let whole = Place::default();
    let mut findings = Vec::new();
    if library.plugins().is_empty() && library.rejected().is_empty() {
        let text = "OfxGetNumberOfPlugins answers 0: there is nothing to use";
        findings.push(whole.finds(&NO_PLUGINS, text));
    }
    if !library.exports_set_host() {
        let text = "OfxSetHost is not exported. Hosts that call it get on without";
        findings.push(whole.finds(&NO_SET_HOST, text));
    }
    for rejected in library.rejected() {
        let place = whole.object(format!("plug-in number {}", rejected.index));
        let text = format!("{}. Hosts skip it, or crash", rejected.reason);
        findings.push(place.finds(&BAD_STRUCTURE, text));
    }
    let plugins = library.plugins();
    for (index, plugin) in plugins.iter().enumerate() {
        findings.extend(identity(plugin, &plugins[..index]));
    }
    findings
}

pub(super) fn identity(plugin: &PluginInfo, before: &[PluginInfo]) -> Vec<Finding> {
    let place = Place::plugin(&plugin.identifier);
    let mut findings = Vec::new();
    if plugin.api.as_bytes() != ofx::kOfxImageEffectPluginApi.to_bytes() {
        let text = format!(
            "speaks {:?}, not OfxImageEffectPluginAPI. Only image effects can be checked",
            plugin.api
        );
        findings.push(place.finds(&WRONG_API, text));
    } else if plugin.api_version != 1 {
        let text = format!(
            "speaks version {} of the API. There is version 1 only",
            plugin.api_version
        );
        findings.push(place.finds(&WRONG_API, text));
    }
    let same = |other: &PluginInfo| {
        other.identifier == plugin.identifier
            && (other.version_major, other.version_minor)
                == (plugin.version_major, plugin.version_minor)
    };
    if before.iter().any(same) {
        let text = "is there twice in the same version. Hosts take either";
        findings.push(place.finds(&DUPLICATE_ID, text));
    }
    let id = &plugin.identifier;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if !id.contains('.') || id.split('.').any(str::is_empty) || !id.chars().all(plain) {
        let text = "is no reversed domain name in letters, digits and dots (org.example.Blur). Hosts use it in file and \
                    class names; MLT turns a : into ^";
        findings.push(place.finds(&ID_FORM, text));
    }
    findings
}
