//! A test for each rule: what breaks it, and that nothing else is found.

mod faces;
mod files;
mod spec;
mod wire;

use super::RULES;
use super::finding::{Finding, Place, Severity, merged};

/// Rules that only a loaded library can break: `tests/conformance.rs` of this crate, and of the command line for the
/// last.
const LOADED: [&str; 21] = [
    "bad-structure",
    "wrong-api",
    "id-form",
    "cannot-check",
    "unknown-status",
    "wrong-status",
    "not-optional",
    "reply-default",
    "failed",
    "bad-answer",
    "violation",
    "unstable-description",
    "leaked-image",
    "leaked-memory",
    "stray-write",
    "unwritten-pixels",
    "not-repeatable",
    "tiles-differ",
    "no-set-host",
    "no-plugins",
    "process-ended",
];

#[test]
fn each_rule_has_a_test() {
    let mut tested: Vec<&str> = LOADED.to_vec();
    tested.extend(faces::CASES.iter().map(|case| case.0));
    tested.extend(faces::OTHERS);
    tested.extend(wire::CASES.iter().map(|case| case.0));
    tested.extend(files::TESTED);
    for rule in RULES {
        assert!(tested.contains(&rule.name), "{} is not tested", rule.name);
    }
    for name in tested {
        assert!(
            RULES.iter().any(|rule| rule.name == name),
            "{name} is no rule"
        );
    }
}

/// The names of the rules that were broken, each once.
fn names(findings: &[Finding]) -> Vec<&str> {
    let mut names: Vec<&str> = findings.iter().map(|f| f.rule.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn what_is_the_same_in_several_contexts_is_told_once() {
    let place = Place::plugin("org.example.x").object("clip A");
    let error = &RULES[0];
    let note = RULES.iter().find(|r| r.severity == Severity::Note).unwrap();
    let found = vec![
        place.finds(note, "n"),
        place.context("General").finds(error, "e"),
        place.context("Filter").finds(error, "e"),
        place.context("Filter").finds(error, "e"),
        place.context("Filter").finds(error, "f"),
    ];
    let merged = merged(found);
    let shown: Vec<String> = merged.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            format!(
                "error {}: org.example.x [General, Filter] clip A: e",
                error.name
            ),
            format!("error {}: org.example.x [Filter] clip A: f", error.name),
            format!("note {}: org.example.x clip A: n", note.name),
        ]
    );
}
