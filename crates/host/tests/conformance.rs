//! What is found of plug-ins that break the rules when they are loaded.

mod support;

use host::conformance::{Finding, Severity, check_plugin, check_structures};
use host::{Library, StaticEntry};
use std::ffi::c_int;
use support::*;

fn found(id: &str) -> (Vec<Finding>, bool) {
    let library = library();
    let mut plugins = library.plugins().iter();
    let index = plugins.position(|plugin| plugin.identifier == id).unwrap();
    let checked = check_plugin(&library, index, None);
    (checked.findings, checked.loaded)
}

/// Rules that the honest plug-in of the example breaks as well: it describes no more than it must.
fn has(findings: &[Finding], rule: &str) -> bool {
    findings.iter().any(|finding| finding.rule == rule)
}

/// The plug-ins of the example, the rule that each breaks, and the action that is named.
const CASES: [(&str, &str, Option<&str>); 25] = [
    ("test.fail.load", "cannot-check", None),
    ("test.fail.describe", "cannot-check", None),
    ("test.fail.context", "cannot-check", None),
    ("test.fault.clipless", "cannot-check", None),
    ("test.fail.create", "failed", Some("CreateInstance")),
    ("test.fail.changed", "failed", Some("InstanceChanged")),
    ("test.fail.changed", "wrong-status", Some("InstanceChanged")),
    ("test.fail.region", "failed", Some("GetRegionOfDefinition")),
    ("test.fail.identity", "failed", Some("IsIdentity")),
    ("test.fail.interest", "failed", Some("GetRegionsOfInterest")),
    ("test.fail.frames", "failed", Some("GetFramesNeeded")),
    ("test.fail.end", "unknown-status", Some("EndSequenceRender")),
    ("test.fail.destroy", "violation", None),
    (
        "test.fault.components",
        "bad-answer",
        Some("GetClipPreferences"),
    ),
    (
        "test.fault.region",
        "bad-answer",
        Some("GetRegionOfDefinition"),
    ),
    ("test.fault.identity", "bad-answer", Some("IsIdentity")),
    ("test.fault.frames", "bad-answer", Some("GetFramesNeeded")),
    ("test.fault.stray", "stray-write", Some("Render")),
    ("test.fault.input", "stray-write", Some("Render")),
    ("test.fault.leak", "leaked-memory", Some("Unload")),
    ("test.fault.set", "violation", None),
    ("test.fault.restless", "not-repeatable", Some("Render")),
    ("test.fault.tiles", "tiles-differ", Some("Render")),
    ("test.fault.fickle", "unstable-description", Some("Load")),
    ("test.default.load", "reply-default", Some("Load")),
];

#[test]
fn each_breach_is_found() {
    let (honest, _) = found("test.invert");
    for (id, rule, action) in CASES {
        let (findings, loaded) = found(id);
        let breach = findings
            .iter()
            .find(|f| f.rule == rule && (action.is_none() || f.object.as_deref() == action));
        assert!(breach.is_some(), "{id}: no {rule} in {findings:#?}");
        assert_eq!(loaded, rule != "cannot-check", "{id}");
        // It is the breach that is found, not something that all plug-ins have.
        assert!(!has(&honest, rule), "{rule}");
    }
}

#[test]
fn images_that_are_not_released_are_found() {
    let (findings, _) = found("test.fault.leak");
    assert!(has(&findings, "leaked-image"), "{findings:#?}");
}

#[test]
fn a_render_left_to_the_host_leaves_pixels_unwritten() {
    let (findings, _) = found("test.default.render");
    assert!(
        has(&findings, "not-optional") && has(&findings, "unwritten-pixels"),
        "{findings:#?}"
    );
    assert!(
        findings
            .iter()
            .any(|f| f.message.contains("of its window as they were"))
    );
    let (findings, _) = found("test.reply.purge");
    assert!(has(&findings, "wrong-status"), "{findings:#?}");
}

/// The honest plug-in works, and lacks what users and some hosts want.
#[test]
fn an_honest_plug_in_has_no_errors_but_in_what_it_says() {
    let (findings, loaded) = found("test.invert");
    assert!(loaded);
    let errors: Vec<&Finding> = findings
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for rule in [
        "labels",
        "param-hint",
        "param-label",
        "integer-2d",
        "display-range",
        "not-on-page",
    ] {
        assert!(has(&findings, rule), "{rule}: {findings:#?}");
    }
}

#[test]
fn structures_are_checked_before_anything_is_loaded() {
    let findings = check_structures(&library());
    let count = |rule: &str| findings.iter().filter(|f| f.rule == rule).count();
    assert_eq!(count("bad-structure"), 4, "{findings:#?}");
    assert_eq!(count("wrong-api"), 2);
    assert_eq!(count("no-set-host"), 1);
    assert_eq!(count("id-form"), 0);
}

extern "C" fn none() -> c_int {
    0
}

extern "C" fn no_plugin(_: c_int) -> *mut ofx_sys::OfxPlugin {
    std::ptr::null_mut()
}

#[test]
fn a_library_without_plug_ins_is_found() {
    let library = Library::from_entry(StaticEntry {
        number_of_plugins: none,
        get_plugin: no_plugin,
        set_host: None,
    });
    let findings = check_structures(&library.unwrap());
    assert_eq!(findings[0].rule, "no-plugins");
}
