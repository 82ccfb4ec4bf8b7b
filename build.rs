//! Lays out `target/<profile>/Deltaplate.ofx.bundle` around the shared library of this build.
//!
//! The library does not exist yet when this runs, so on unix the bundle holds a relative link that
//! becomes valid as soon as the link step ends. What ships is made by `cargo xtask bundle`, with a
//! copy in its place.

use std::env::var;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=bundle");
    let os = var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if os == "linux" {
        // Hosts unload bundles; code that a thread of ours may still return to must stay.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    let manifest = PathBuf::from(var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(var("OUT_DIR").map_err(io::Error::other)?);
    let Some(profile) = profile_folder(&out) else {
        println!("cargo::warning=no bundle laid out: OUT_DIR is not below a folder `build`");
        return Ok(());
    };
    let contents = profile.join("Deltaplate.ofx.bundle/Contents");
    let binaries = contents.join(architecture(&os));
    fs::create_dir_all(&binaries)?;
    let version = var("CARGO_PKG_VERSION").map_err(io::Error::other)?;
    let plist = fs::read_to_string(manifest.join("bundle/Info.plist.in"))?;
    fs::write(
        contents.join("Info.plist"),
        plist.replace("@VERSION@", &version),
    )?;
    copy_resources(
        &manifest.join("bundle/Resources"),
        &contents.join("Resources"),
    )?;
    link_library(&binaries, &os)
}

/// The folder of this profile: the parent of the nearest ancestor named `build`.
fn profile_folder(out: &Path) -> Option<&Path> {
    out.ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "build"))?
        .parent()
}

/// The folder names of the OpenFX packaging rules.
fn architecture(os: &str) -> &'static str {
    let arm = var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "aarch64");
    match (os, arm) {
        ("windows", _) => "Win64",
        ("macos", _) => "MacOS",
        (_, true) => "Linux-aarch64",
        (_, false) => "Linux-x86-64",
    }
}

fn copy_resources(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link_library(binaries: &Path, os: &str) -> io::Result<()> {
    let library = match os {
        "macos" => "libdeltaplate.dylib",
        _ => "libdeltaplate.so",
    };
    let link = binaries.join("Deltaplate.ofx");
    match fs::remove_file(&link) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => (),
    }
    std::os::unix::fs::symlink(Path::new("../../..").join(library), link)
}

#[cfg(not(unix))]
fn link_library(_binaries: &Path, _os: &str) -> io::Result<()> {
    // Links need a privilege on Windows: `cargo xtask bundle` copies the library.
    Ok(())
}
