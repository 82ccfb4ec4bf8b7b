//! Help, and arguments that make no sense.

use std::path::Path;

use crate::support::in_folder;

#[test]
fn wrong_arguments_are_code_2() {
    let cases = [
        "",
        "frobnicate",
        "roundtrip a.exr",
        "roundtrip a.exr b.exr",
        "min a.exr b.exr",
        "min a.exr b.exr -o d.exr --codec dwaa",
        "min a.exr b.exr -o d.exr --tile 0",
        "min a.exr b.exr -o d.exr --estimate",
        "compare a.exr b.exr --absolute -1",
        "compare a.exr b.exr --relative nan",
        "compare a.exr b.exr --ulp 1.5",
        "compare a.exr b.exr --heat-range 0 --heatmap h.png",
        "pack -o s.exr",
        "unpack s.exr",
        "probe a.exr 1",
        "probe a.exr 1 x",
        "nodes -q -v",
    ];
    for words in cases {
        let ran = in_folder(Path::new(""), words).ends(2);
        assert_eq!(ran.out, "", "{words}");
        assert!(!ran.err.is_empty(), "{words}");
    }
    let ran = in_folder(Path::new(""), "min a.exr --json").ends(2);
    assert_eq!(ran.json()["exitCode"], 2);
}

#[test]
fn help_names_every_command_and_exit_code() {
    let ran = in_folder(Path::new(""), "--help").ends(0);
    for word in [
        "roundtrip",
        "min",
        "plus",
        "compare",
        "pack",
        "unpack",
        "probe",
        "info",
        "render",
        "nodes",
        "--json",
        "130, 143",
    ] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    let ran = in_folder(Path::new(""), "compare --help").ends(0);
    assert!(
        ran.out.contains("A is the candidate, B the reference"),
        "{}",
        ran.out
    );
    let ran = in_folder(Path::new(""), "--version").ends(0);
    assert!(ran.out.starts_with("deltaplate 0."), "{}", ran.out);
}
