//! Bundles of others: what happens to them does not happen to the command.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use images::SampleType;
use serde_json::{Value, json};

use crate::support::{Make, Ran, deltaplate, folder, names, texture};

/// The library of the host's example plug-ins, built on demand.
pub fn hostile() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--package",
                "deltaplate-host",
                "--example",
                "hostile",
            ])
            .arg("--message-format=json")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{talk}");
        let messages = String::from_utf8(output.stdout).unwrap();
        let library = messages.lines().rev().find_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            let ours = message["target"]["name"] == "hostile";
            let file = message["filenames"][0].as_str().filter(|_| ours)?;
            Some(PathBuf::from(file))
        });
        library.unwrap()
    })
}

fn check(words: &[&str]) -> Ran {
    let mut arguments = vec!["nodes".as_ref(), "--check".as_ref(), hostile().as_os_str()];
    arguments.extend(words.iter().map(|word| std::ffi::OsStr::new(*word)));
    deltaplate(arguments)
}

/// Each way to end, in each action: the plug-in, the action and what happened are named.
#[test]
fn a_plug_in_that_ends_its_process_is_reported_and_survived() {
    let ends: &[(&str, &str)] = if cfg!(unix) {
        &[
            ("abort", "SIGABRT (signal 6)"),
            ("segfault", "SIGSEGV (signal 11)"),
            ("exit", "it exited with code 0"),
            ("hang", "did not return within 0.5 s"),
        ]
    } else {
        &[
            ("exit", "it exited with code 0"),
            ("hang", "did not return within 0.5 s"),
        ]
    };
    for (how, said) in ends {
        for (word, action) in [
            ("load", "Load"),
            ("describe", "Describe"),
            ("create", "CreateInstance"),
            ("render", "Render"),
        ] {
            let id = format!("test.{how}.{word}");
            let report = check(&[&id, "--json", "--time-limit", "0.5"])
                .ends(3)
                .json();
            let findings = report["bundles"][0]["findings"].as_array().unwrap();
            let ended: Vec<&Value> = findings
                .iter()
                .filter(|finding| finding["rule"] == "process-ended")
                .collect();
            assert_eq!(ended.len(), 1, "{report}");
            let (plugin, object) = (&ended[0]["plugin"], &ended[0]["object"]);
            assert_eq!((plugin, object), (&json!(id), &json!(action)));
            assert!(
                ended[0]["message"].as_str().unwrap().contains(said),
                "{report}"
            );
            assert_eq!(report["exitCode"], 3);
        }
    }
}

#[test]
fn the_exit_code_says_how_bad_it_is() {
    // Warnings alone.
    let ran = check(&["test.invert"]).ends(0);
    assert!(
        ran.out.contains("warning param-hint: test.invert"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("1 plug-in: 0 errors"), "{}", ran.out);
    let ran = check(&["test.fault.stray"]).ends(1);
    assert!(
        ran.out.contains("error stray-write: test.fault.stray"),
        "{}",
        ran.out
    );
    check(&["test.fail.load"]).ends(3);
    let ran = check(&["test.nobody"]).ends(3);
    assert!(ran.err.contains("test.nobody"), "{}", ran.err);
}

#[test]
fn the_built_in_nodes_have_no_errors() {
    let ran = deltaplate(["nodes", "--check"]).ends(0);
    let last = ran.out.lines().last().unwrap();
    assert!(last.contains(": 0 errors, 0 warnings"), "{}", ran.out);
    let report = deltaplate(["nodes", "--check", "--json"]).ends(0).json();
    let plugins = report["bundles"][0]["plugins"].as_array().unwrap();
    assert!(plugins.contains(&json!("org.deltaplate.min")));
    assert_eq!(report["errors"], 0);
}

#[test]
fn files_that_are_no_libraries_are_reported() {
    let home = folder();
    let bundle = home.path().join("Bad.ofx.bundle/Contents/Linux-x86-64");
    fs::create_dir_all(&bundle).unwrap();
    fs::write(bundle.join("Bad.ofx"), "no library").unwrap();
    // The folder that holds it will do.
    let arguments = [
        "nodes".as_ref(),
        "--check".as_ref(),
        home.path().as_os_str(),
    ];
    let ran = deltaplate(arguments).ends(3);
    assert!(ran.out.contains("warning no-plist"), "{}", ran.out);
    assert!(ran.out.contains("error cannot-check"), "{}", ran.out);
}

/// Writes a graph of two nodes, each with its file, and their input; gives the words to render it.
pub fn graph(home: &Path, size: i32, plugin: &str, words: &[&str]) -> Vec<OsString> {
    let graph = json!({
        "readers": [{ "id": "in", "file": "in.exr" }],
        "nodes": [
            { "id": "first", "plugin": "test.invert", "inputs": { "Source": "in" } },
            { "id": "second", "plugin": plugin, "inputs": { "Source": "in" } },
        ],
        "writers": [
            { "id": "a", "input": "first", "file": "a.exr" },
            { "id": "b", "input": "second", "file": "b.exr" },
        ],
    });
    Make::sized(size, size, "RGBA", SampleType::Float).write(&home.join("in.exr"), texture);
    fs::write(home.join("graph.json"), graph.to_string()).unwrap();
    let graph = home.join("graph.json").into_os_string();
    let mut arguments = vec!["render".into(), graph];
    arguments.extend(["--plugin-path".into(), hostile().into()]);
    arguments.extend(words.iter().map(|word| (*word).into()));
    arguments
}

fn render(home: &Path, plugin: &str, words: &[&str]) -> Ran {
    deltaplate(graph(home, 8, plugin, words))
}

#[test]
fn a_graph_renders_through_a_child() {
    let home = folder();
    let report = render(home.path(), "test.invert", &["--json"])
        .ends(0)
        .json();
    assert_eq!(report["nodes"][0]["plugin"], Value::Null);
    assert_eq!(
        report["nodes"][0]["library"],
        json!(hostile().display().to_string())
    );
    assert_eq!(
        names(home.path()),
        ["a.exr", "b.exr", "graph.json", "in.exr"]
    );
}

#[test]
fn a_graph_whose_plug_in_ends_the_process_leaves_nothing_half_written() {
    let ends: &[&str] = if cfg!(unix) {
        &["abort", "segfault", "exit", "hang"]
    } else {
        &["exit", "hang"]
    };
    for how in ends {
        let home = folder();
        let id = format!("test.{how}.render");
        let ran = render(home.path(), &id, &["--json", "--time-limit", "0.5"]).ends(3);
        assert!(
            ran.err.contains(&format!("second ({id}): Render: ")),
            "{}",
            ran.err
        );
        assert_eq!(ran.json()["exitCode"], 3);
        // What was whole before stays; nothing is beside it.
        let left = names(home.path());
        assert!(
            !left
                .iter()
                .any(|name| name.contains("part") || name == "b.exr"),
            "{left:?}"
        );
    }
}

/// A thread of the plug-in ends the process in the middle of the file that the command writes.
#[cfg(unix)]
#[test]
fn a_plug_in_that_dies_while_a_file_is_written_leaves_the_old_file() {
    let home = folder();
    for name in ["a.exr", "b.exr"] {
        fs::write(home.path().join(name), "precious").unwrap();
    }
    let ran = assert_cmd::Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .args(graph(home.path(), 400, "test.later.render", &[]))
        .current_dir(home.path())
        .timeout(Duration::from_secs(60))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(3), "{said}");
    assert!(said.contains("SIGABRT (signal 6), after "), "{said}");
    let left = names(home.path());
    assert_eq!(left, ["a.exr", "b.exr", "graph.json", "in.exr"]);
    let file = |name: &str| fs::read(home.path().join(name)).unwrap();
    assert_eq!(file("b.exr"), b"precious");
    // What was written before is whole.
    if file("a.exr") != b"precious" {
        deltaplate(["info".as_ref(), home.path().join("a.exr").as_os_str()]).ends(0);
    }
}

#[test]
fn nodes_of_others_are_described_in_a_child() {
    let path = hostile().as_os_str();
    let describe = |id: &str| {
        deltaplate([
            "nodes".as_ref(),
            id.as_ref(),
            "--plugin-path".as_ref(),
            path,
        ])
    };
    let ran = describe("test.invert").ends(0);
    assert!(
        ran.out.starts_with("test.invert 1.2, Invert"),
        "{}",
        ran.out
    );
    if cfg!(unix) {
        let ran = describe("test.abort.describe").ends(3);
        assert!(
            ran.err.contains("test.abort.describe: Describe: "),
            "{}",
            ran.err
        );
    }
    // What plug-ins print is not the report.
    let ran = describe("test.exit.describe").ends(3);
    assert_eq!(ran.out, "");
}
