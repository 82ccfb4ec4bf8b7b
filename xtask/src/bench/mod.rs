//! `bench`: what the bundle costs as it ships, beside what the machine allows.

pub mod machine;
pub mod page;
mod plot;
mod table;

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::bundle;

/// How much is measured, and what is printed.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Only what is promised, within two minutes; nothing is written.
    pub quick: bool,
    /// One JSON object in place of the table.
    pub json: bool,
    /// Without the programs of others.
    pub no_peers: bool,
}

/// Builds the bundle, measures it, and writes docs/performance.md.
pub fn run(root: &Path, options: Options) -> Result<(), String> {
    let bundle = bundle::run(root)?;
    if options.quick {
        let figures = ratios(root, &bundle, &["--quick"])?;
        if options.json {
            println!("{}", promised(&figures)?);
        } else {
            print!("{}", table::ratios(&figures)?);
        }
        return Ok(());
    }
    let figures = ratios(root, &bundle, &[])?;
    let sizes = ratios(root, &bundle, &["--sizes"])?;
    let mut page = page::Page::read(root)?;
    page.replace("machine", &machine::describe())?;
    page.replace("ratios", &table::ratios(&figures)?)?;
    plot::write(root, &sizes)?;
    let picture = "![Nanoseconds a pixel against pixels of the frame](images/cost.svg)";
    let sizes = format!("{picture}\n\n{}", table::sizes(&sizes)?);
    page.replace("sizes", &sizes)?;
    page.write()?;
    if !options.no_peers {
        // The rest stands, whatever becomes of the programs of others.
        match peers(root, &bundle) {
            Ok(table) => {
                page.replace("peers", &table)?;
                page.write()?;
            }
            Err(error) => eprintln!("no figures of others: {error}"),
        }
    }
    if options.json {
        println!("{}", promised(&figures)?);
    } else {
        print!("{}", table::ratios(&figures)?);
    }
    Ok(())
}

/// What the bench `ratios` prints.
fn ratios(root: &Path, bundle: &Path, flags: &[&str]) -> Result<Value, String> {
    let mut cargo = cargo(root);
    cargo
        .args([
            "bench",
            "--quiet",
            "--package",
            "deltaplate",
            "--bench",
            "ratios",
            "--",
        ])
        .arg(bundle)
        .args(flags);
    let text = output(cargo)?;
    serde_json::from_str(&text).map_err(|error| format!("the bench printed no JSON: {error}"))
}

/// The table that benches/peers/run prints. It needs Python.
fn peers(root: &Path, bundle: &Path) -> Result<String, String> {
    let mut build = cargo(root);
    build.args([
        "bench",
        "--quiet",
        "--package",
        "deltaplate",
        "--bench",
        "ratios",
    ]);
    build.args(["--no-run", "--message-format=json"]);
    let program = output(build)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| Some(message["executable"].as_str()?.to_owned()))
        .next_back()
        .ok_or("cargo names no program of the bench")?;
    let mut script = Command::new("python3");
    script
        .current_dir(root)
        .arg(root.join("benches/peers/run"))
        .arg(program)
        .arg(bundle);
    output(script)
}

fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    cargo
}

/// What a command prints; what it says goes where ours does.
fn output(mut command: Command) -> Result<String, String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{shown} cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{shown} failed; see above"));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{shown} printed no text: {error}"))
}

/// The figures that are promised, by name.
fn promised(figures: &Value) -> Result<Value, String> {
    let ratio = |work: &str, size: &str| {
        figures["rows"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|row| row["work"] == work && row["size"] == size && row["threads"] == 1)
            .and_then(|row| row["ratio"].as_f64())
            .map(rounded)
            .ok_or_else(|| format!("{work} {size} was not measured"))
    };
    let stencil = |of: &str, over: &str| {
        let time = |name: &str| figures["stencil"][name]["fastest"].as_f64();
        match (time(of), time(over)) {
            (Some(of), Some(over)) => Ok(rounded(of / over)),
            _ => Err("the stencil was not measured".to_owned()),
        }
    };
    Ok(json!({
        "min2K": ratio("min", "2K")?,
        "plus2K": ratio("plus", "2K")?,
        "min4K": ratio("min", "4K")?,
        "plus4K": ratio("plus", "4K")?,
        "compare2K": ratio("compare", "2K")?,
        "stencilOverNaive": stencil("naiveMs", "oneMs")?,
        "stencilScaling2": stencil("oneMs", "twoMs")?,
        "extract2K": ratio("extract", "2K")?,
        "loadMs": figures["loadMs"]["median"].as_f64().map(rounded),
        "bundleBytes": figures["bundleBytes"],
    }))
}

fn rounded(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}
