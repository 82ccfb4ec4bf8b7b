//! Nuke's scripts: nodes that take their inputs from a stack.

use std::collections::BTreeMap;

use super::Node;

/// Knobs that every node of Nuke has.
const COMMON: [&str; 4] = ["inputs", "name", "xpos", "ypos"];

/// Reads the part of the language that the templates use: comments, `Class { knobs }`, `set`, `push`.
pub fn parse(script: &str) -> Vec<Node> {
    let mut lines = script.lines().map(str::trim);
    let mut nodes = Vec::new();
    let mut stack: Vec<String> = Vec::new();
    let mut variables = BTreeMap::new();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            [""] | ["#", ..] => {}
            ["set", variable, "[stack", "0]"] => {
                variables.insert(variable, stack.last().unwrap().clone());
            }
            ["push", variable] => stack.push(variables[&variable[1..]].clone()),
            [class, "{"] => {
                let knobs = lines.by_ref().take_while(|line| *line != "}");
                let knobs: BTreeMap<&str, &str> = knobs
                    .map(|knob| knob.split_once(' ').expect("a knob has a value"))
                    .collect();
                nodes.push(node(class, &knobs, &mut stack));
                stack.push(knobs["name"].to_owned());
            }
            _ => panic!("what is this? {line}"),
        }
    }
    nodes
}

fn node(class: &str, knobs: &BTreeMap<&str, &str>, stack: &mut Vec<String>) -> Node {
    let count = knobs
        .get("inputs")
        .map_or(1, |count| count.parse().unwrap());
    // The first input is what was put there last.
    let inputs = (0..count).map(|index| (index, stack.pop().expect("an input")));
    let inputs = inputs.collect();
    let own = knobs.iter().filter(|(knob, _)| !COMMON.contains(knob));
    let (plugin, params) = match class {
        "Read" | "Write" => {
            assert_eq!(knobs["raw"], "true", "{class} {}", knobs["name"]);
            assert_eq!(knobs["file"], format!("{}.####.exr", knobs["name"]));
            (class, BTreeMap::new())
        }
        "Merge2" => ("plus", BTreeMap::new()),
        class => {
            // OpenFX, the plug-in's id, its major version.
            let id = class.strip_prefix("OFX").expect("a class of Nuke");
            let value = |text: &str| match text {
                "true" => true.into(),
                text => text.into(),
            };
            let params = own.map(|(knob, text)| ((*knob).to_owned(), value(text)));
            (id.strip_suffix("_v1").expect("version 1"), params.collect())
        }
    };
    if plugin == "plus" {
        assert_eq!(knobs["operation"], "plus");
    }
    Node {
        plugin: plugin.to_owned(),
        name: knobs["name"].to_owned(),
        params,
        inputs,
    }
}
