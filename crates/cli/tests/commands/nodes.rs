//! `deltaplate nodes`.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{folder, in_folder};

fn nodes(words: &str) -> Vec<Value> {
    let ran = in_folder(Path::new(""), &format!("nodes --json {words}")).ends(0);
    ran.json().as_array().unwrap().clone()
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|item| item["name"] == name)
        .unwrap()
}

#[test]
fn all_nodes_are_listed_with_clips_and_parameters() {
    let nodes = nodes("");
    let ids: Vec<&str> = nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    for id in [
        "org.deltaplate.min",
        "org.deltaplate.plus",
        "org.deltaplate.compare",
        "org.deltaplate.overlayextract",
    ] {
        assert!(ids.contains(&id), "{ids:?}");
    }
    for node in &nodes {
        assert_eq!(node["group"], "Deltaplate");
        assert!(
            node["contexts"]
                .as_array()
                .unwrap()
                .contains(&json!("General"))
        );
        assert!(!node["description"].as_str().unwrap().is_empty());
        named(&node["clips"], "Output");
        for param in node["parameters"].as_array().unwrap() {
            for key in [
                "name", "label", "hint", "kind", "default", "min", "max", "options",
            ] {
                assert!(param.get(key).is_some(), "{} {key}", param["name"]);
            }
        }
    }
}

#[test]
fn one_node_is_described() {
    let nodes = nodes("org.deltaplate.min");
    assert_eq!(nodes.len(), 1);
    let node = &nodes[0];
    assert_eq!(
        (&node["label"], &node["version"]),
        (&json!("Min"), &json!("1.0"))
    );
    assert_eq!(node["library"], Value::Null);
    assert_eq!(node["depths"], json!(["Float"]));
    let background = named(&node["clips"], "B");
    assert_eq!(background["label"], "Background");
    assert_eq!(background["optional"], true);
    assert_eq!(background["components"].as_array().unwrap().len(), 3);
    assert_eq!(named(&node["clips"], "Mask")["mask"], true);
    let mix = named(&node["parameters"], "mix");
    let range = (&mix["kind"], &mix["default"], &mix["min"], &mix["max"]);
    assert_eq!(
        range,
        (&json!("double"), &json!(1.0), &json!(0.0), &json!(1.0))
    );
    assert_eq!(named(&node["parameters"], "processR")["default"], true);
    let view = named(&node["parameters"], "view");
    assert_eq!(view["options"][1], "Offset");
    assert_eq!(view["default"], 0);
    let ran = in_folder(Path::new(""), "nodes org.deltaplate.min").ends(0);
    assert!(ran.out.contains("Min is short for minus"), "{}", ran.out);
    assert!(
        ran.out.contains("mix (double; default 1.0; 0.0 to 1.0)"),
        "{}",
        ran.out
    );
    assert!(ran.out.lines().all(|line| line.len() <= 100), "{}", ran.out);
}

#[test]
fn what_cannot_be_loaded_is_code_3() {
    let ran = in_folder(Path::new(""), "nodes org.example.none").ends(3);
    assert!(
        ran.err.contains("org.example.none") && ran.err.contains("org.deltaplate.plus"),
        "{}",
        ran.err
    );
    let home = folder();
    std::fs::write(home.path().join("Bad.ofx"), "no library").unwrap();
    let ran = in_folder(home.path(), "nodes --plugin-path @Bad.ofx").ends(3);
    assert!(ran.err.contains("Bad.ofx"), "{}", ran.err);
    let ran = in_folder(home.path(), "nodes --plugin-path @. --json").ends(3);
    assert!(
        ran.json()["error"].as_str().unwrap().contains("no bundle"),
        "{}",
        ran.out
    );
}
