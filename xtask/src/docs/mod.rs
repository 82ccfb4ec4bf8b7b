//! docs/nodes.md, from what the nodes tell a host about themselves, and docs/commands.md.

mod commands;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Writes the pages, or fails when a committed one is another.
pub fn run(root: &Path, check: bool) -> Result<(), String> {
    for (name, page) in [
        ("nodes.md", page(&nodes(root)?)),
        ("commands.md", commands::page(root)?),
    ] {
        let path = root.join("docs").join(name);
        let shown = path.display();
        if !check {
            fs::write(&path, page).map_err(|error| format!("{shown}: {error}"))?;
            continue;
        }
        let committed = fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
        if committed != page {
            return Err(format!(
                "{shown} is stale: run `cargo xtask docs` and commit it"
            ));
        }
    }
    Ok(())
}

/// What `deltaplate nodes --json` prints.
fn nodes(root: &Path) -> Result<Vec<Value>, String> {
    let json = deltaplate(root, &["nodes", "--json"])?;
    serde_json::from_str(&json)
        .map_err(|error| format!("`deltaplate nodes --json` printed no JSON: {error}"))
}

/// What the command line prints.
fn deltaplate(root: &Path, args: &[&str]) -> Result<String, String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        // The help is as wide as that says.
        .env_remove("COLUMNS")
        .args(["run", "--quiet", "--package", "deltaplate-cli", "--"])
        .args(args)
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn page(nodes: &[Value]) -> String {
    let mut page = String::from(
        "# The nodes\n\nMade by `cargo xtask docs` from what the nodes tell a host; a check fails when it is stale.\n",
    );
    for node in nodes {
        page += &format!(
            "\n## {}\n\n`{}`, version {}. Contexts: {}.\n\n{}\n",
            text(&node["label"]),
            text(&node["id"]),
            text(&node["version"]),
            list(&node["contexts"]).join(", "),
            text(&node["description"]),
        );
        page += &face(node);
        for other in items(&node["otherContexts"]) {
            page += &only_here(other, node);
        }
    }
    page
}

/// Clips and parameters of the first context.
fn face(node: &Value) -> String {
    let mut out = String::from("\n| clip | | what it is |\n|---|---|---|\n");
    for clip in items(&node["clips"]).filter(|clip| clip["output"] != true) {
        out += &row(&[
            code(&clip["name"]),
            text(&clip["label"]),
            text(&clip["hint"]),
        ]);
    }
    out + &parameters(items(&node["parameters"]))
}

/// What another context has that the first has not, or has with another default.
fn only_here(other: &Value, node: &Value) -> String {
    let same = |param: &&Value| {
        items(&node["parameters"])
            .any(|known| known["name"] == param["name"] && known["default"] == param["default"])
    };
    let context = text(&other["context"]);
    let clips: Vec<String> = items(&other["clips"])
        .filter(|clip| clip["output"] != true)
        .map(|clip| code(&clip["name"]))
        .collect();
    let own: Vec<&Value> = items(&other["parameters"])
        .filter(|param| !same(param))
        .collect();
    let mut out = format!(
        "\nIn the {context} context the clips are {}",
        clips.join(", ")
    );
    if own.is_empty() {
        return out + ".\n";
    }
    out += ", and these parameters are there or have another default:\n";
    out + &parameters(own.into_iter())
}

fn parameters<'a>(params: impl Iterator<Item = &'a Value>) -> String {
    let mut out = String::from("\n| parameter | | values | what it does |\n|---|---|---|---|\n");
    for param in params.filter(|param| param["kind"] != "page") {
        out += &row(&[
            code(&param["name"]),
            text(&param["label"]),
            values(param),
            text(&param["hint"]),
        ]);
    }
    out
}

/// Kind, range and default in a few words.
fn values(param: &Value) -> String {
    let default = &param["default"];
    let options = list(&param["options"]);
    match text(&param["kind"]).as_str() {
        "boolean" => (if *default == true { "on" } else { "off" }).to_owned(),
        "choice" => {
            let chosen = default.as_u64().unwrap_or_default() as usize;
            let mark = |(index, option): (usize, &String)| {
                if index == chosen {
                    format!("**{option}**")
                } else {
                    option.clone()
                }
            };
            options
                .iter()
                .enumerate()
                .map(mark)
                .collect::<Vec<_>>()
                .join(", ")
        }
        "pushButton" => "button".to_owned(),
        "string" => "file".to_owned(),
        "group" => "group".to_owned(),
        _ if param["enabled"] == false => "read-out".to_owned(),
        _ => {
            let bound = |value: &Value| {
                let value = value.as_f64().unwrap_or_default();
                (value.abs() < 1e30).then(|| short(value))
            };
            let range = match (bound(&param["min"]), bound(&param["max"])) {
                (Some(from), Some(to)) => format!(" ({from} to {to})"),
                (Some(from), None) => format!(" (from {from})"),
                (None, Some(to)) => format!(" (up to {to})"),
                (None, None) => String::new(),
            };
            format!("{}{range}", short(default.as_f64().unwrap_or_default()))
        }
    }
}

fn short(value: f64) -> String {
    if value != 0.0 && (value.abs() < 1e-3 || value.abs() >= 1e6) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn list(value: &Value) -> Vec<String> {
    items(value).map(text).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn code(value: &Value) -> String {
    format!("`{}`", text(value))
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
