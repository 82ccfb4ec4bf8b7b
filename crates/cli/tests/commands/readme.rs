//! What the README says that its first command prints.

use std::fs;
use std::path::Path;

use crate::support::{folder, plate};

/// The command, as the README gives it, run where the example plates have the same names; sizes and
/// all.
#[test]
fn the_first_command_prints_what_the_readme_shows() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let words = readme
        .lines()
        .find_map(|line| line.strip_prefix("cargo run --release -- "))
        .expect("the README's first command");
    let (_, shown) = readme
        .split_once("compares every bit:\n\n```\n")
        .expect("the README shows what the first command prints");
    let (shown, _) = shown.split_once("```\n").unwrap();

    let home = folder();
    let plates = home.path().join("examples/plates");
    fs::create_dir_all(&plates).unwrap();
    for name in ["background.tif", "painted.tif"] {
        fs::copy(plate(name), plates.join(name)).unwrap();
    }
    let ran = assert_cmd::Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .args(words.split_whitespace())
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), shown);
}
