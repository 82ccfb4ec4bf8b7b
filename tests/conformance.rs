//! Every node, in every context: against OpenFX's own tables, and as it was last time.
//!
//! A node's face (its clips and parameters, with all their properties) is in `snapshots/`. Where a change is meant,
//! `INSTA_UPDATE=always cargo test --test conformance` writes it down, to be committed with the change.

mod common;

use std::fmt::Write;

use host::conformance::{RULES, Severity, check_plugin, check_structures};
use host::{
    ClipDescriptor, ContextDescriptor, Descriptor, Host, ParamDescriptor, Properties, Values,
};

#[test]
fn the_nodes_keep_to_openfx() {
    let library = common::library();
    let mut findings = check_structures(&library);
    for index in 0..library.plugins().len() {
        let checked = check_plugin(&library, index, None);
        assert!(checked.loaded, "{:?}", checked.findings);
        findings.extend(checked.findings);
    }
    let bad = findings
        .iter()
        .filter(|finding| finding.severity != Severity::Note);
    let bad: Vec<String> = bad.map(ToString::to_string).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn the_page_names_every_rule() {
    let page = include_str!("../docs/conformance.md");
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, RULES.len());
    for rule in RULES {
        let row = format!("| `{}` | {} | {} |", rule.name, rule.severity, rule.breach);
        assert!(page.lines().any(|line| line == row), "the page lacks {row}");
    }
}

/// Each `tests/file.rs::name`, and `::name` after it, is there; a file without a name too.
#[test]
fn the_tests_that_the_wire_page_names_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for line in include_str!("../docs/wire.md").lines() {
        let mut file = String::new();
        for word in line.split('`').skip(1).step_by(2) {
            let (path, test) = word.split_once("::").unwrap_or((word, ""));
            if path.starts_with("tests/") || path.starts_with("src/") {
                assert!(root.join(path).exists(), "there is no {path}");
                path.clone_into(&mut file);
            } else if !path.is_empty() {
                continue;
            }
            if !test.is_empty() {
                let text = std::fs::read_to_string(root.join(&file)).unwrap();
                let there = text.contains(&format!("\nfn {test}()"));
                assert!(there, "{file} has no test {test}");
                named += 1;
            }
        }
    }
    assert!(named > 40, "{named}");
}

#[test]
fn the_faces_of_the_nodes_are_as_they_were() {
    let library = common::library();
    let host = Host::default();
    for info in library.plugins() {
        let plugin = host.load(&library, &info.identifier).unwrap();
        let effect = plugin.descriptor();
        for context in effect.contexts.clone() {
            let face = plugin.describe_in_context(context).unwrap();
            let node = info.identifier.rsplit('.').next().unwrap();
            let name = format!("{node}_{}", context.to_string().to_lowercase());
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(name, shown(&effect, &face));
            });
        }
    }
}

/// A face as text.
fn shown(effect: &Descriptor, face: &ContextDescriptor) -> String {
    let mut text = format!("{}, {}\n", effect.identifier, face.context);
    properties(&mut text, &effect.properties);
    for ClipDescriptor {
        name,
        properties: own,
        ..
    } in &face.clips
    {
        writeln!(text, "\nclip {name}").unwrap();
        properties(&mut text, own);
    }
    for ParamDescriptor {
        name,
        kind,
        properties: own,
        ..
    } in &face.params
    {
        writeln!(text, "\n{kind:?} {name}").unwrap();
        properties(&mut text, own);
    }
    writeln!(text, "\norder of pages: {}", face.page_order.join(", ")).unwrap();
    text
}

fn properties(text: &mut String, properties: &Properties) {
    for (name, values) in properties {
        // Where the library was built says nothing of the node.
        if name == "OfxPluginPropFilePath" {
            continue;
        }
        let values: Vec<String> = match values {
            Values::Int(v) => v.iter().map(ToString::to_string).collect(),
            Values::Double(v) => v.iter().map(|v| format!("{v:?}")).collect(),
            Values::String(v) => v
                .iter()
                .map(|v| format!("{:?}", v.to_string_lossy()))
                .collect(),
            Values::Pointer(v) => {
                let there = |v: &usize| if *v == 0 { "NULL" } else { "an address" };
                v.iter().map(|v| there(v).to_owned()).collect()
            }
        };
        writeln!(text, "  {name}: {}", values.join(", ")).unwrap();
    }
}
