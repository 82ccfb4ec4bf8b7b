//! The shippable bundle: an optimised, stripped copy of the library in its layout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tree;

/// Folder name of the bundle.
pub const NAME: &str = "Deltaplate.ofx.bundle";

/// Builds the bundle and returns where it lies: `target/bundle/Deltaplate.ofx.bundle`.
pub fn run(root: &Path) -> Result<PathBuf, String> {
    // A target folder of its own: in the ordinary one the next `cargo build` would overwrite the
    // library. One crate type alone: with two, cargo drops link-time optimisation silently.
    let target = root.join("target").join("bundle");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .args(["rustc", "--package", "deltaplate", "--lib"])
        .args(["--profile", "bundle", "--crate-type", "cdylib"])
        .arg("--target-dir")
        .arg(&target)
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !status.success() {
        return Err("the library did not build; see above".to_owned());
    }
    // build.rs has laid the bundle out beside the library, with a link to it.
    let profile = target.join("bundle");
    let shipped = target.join(NAME);
    let staged = target.join("staged.ofx.bundle");
    tree::remove(&staged)?;
    tree::copy(&profile.join(NAME), &staged)?;
    add_library(&profile, &staged)?;
    tree::remove(&shipped)?;
    fs::rename(&staged, &shipped)
        .map_err(|error| format!("{} cannot be made: {error}", shipped.display()))?;
    Ok(shipped)
}

/// On Windows build.rs makes no link, and the library is put in place here.
fn add_library(profile: &Path, bundle: &Path) -> Result<(), String> {
    if !cfg!(windows) {
        return Ok(());
    }
    let from = profile.join("deltaplate.dll");
    let to = bundle.join("Contents/Win64/Deltaplate.ofx");
    fs::copy(&from, &to)
        .map(drop)
        .map_err(|error| format!("{} cannot be copied: {error}", from.display()))
}
