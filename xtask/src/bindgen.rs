//! `cargo xtask bindgen`: the Rust declarations of the OpenFX ABI.
//!
//! bindgen is an optional dependency, so that the other chores build quickly: without the feature `bindgen`
//! this chore runs itself again with it.

use std::path::Path;

/// Writes `crates/ofx-sys/src/bindings.rs`, or with `check` compares it with what would be written.
#[cfg(feature = "bindgen")]
pub fn run(root: &Path, check: bool) -> Result<(), String> {
    let path = root.join("crates/ofx-sys/src/bindings.rs");
    let shown = path.display();
    let generated = generate::bindings(&root.join("ofx_headers"))?;
    if !check {
        return std::fs::write(&path, generated).map_err(|e| format!("cannot write {shown}: {e}"));
    }
    let committed =
        std::fs::read_to_string(&path).map_err(|e| format!("cannot read {shown}: {e}"))?;
    match generate::first_difference(&committed, &generated) {
        None => Ok(()),
        Some((line, committed, generated)) => Err(format!(
            "{shown} is not what ofx_headers/ gives: line {line} is\n  {committed}\nand should be\n  {generated}\n\
             Run `cargo xtask bindgen` and commit the result."
        )),
    }
}

/// Runs this chore again with bindgen built in; in a build folder of its own, because the program that runs
/// now cannot be replaced on every system.
#[cfg(not(feature = "bindgen"))]
pub fn run(root: &Path, check: bool) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command
        .current_dir(root)
        .args(["run", "--quiet", "--package", "xtask"])
        .args(["--features", "bindgen", "--target-dir", "target/bindgen"])
        .args(["--", "bindgen"])
        .args(check.then_some("--check"));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("bindgen failed, for the reason above".into()),
        Err(e) => Err(format!("cannot run cargo: {e}")),
    }
}

#[cfg(feature = "bindgen")]
mod generate {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::path::Path;

    use bindgen::Formatter;
    use bindgen::callbacks::{IntKind, ParseCallbacks};

    const HEADER: &str =
        "// Generated from ofx_headers/ by `cargo xtask bindgen` (bindgen 0.73.2). Do not edit.";

    /// Gives integer constants the types that the suites use.
    #[derive(Debug)]
    struct IntTypes;

    impl ParseCallbacks for IntTypes {
        fn int_macro(&self, name: &str, _value: i64) -> Option<IntKind> {
            Some(if name.starts_with("kOfxStat") {
                IntKind::Custom {
                    name: "OfxStatus",
                    is_signed: true,
                }
            } else {
                IntKind::Int
            })
        }
    }

    /// The text of bindings.rs. It depends on the headers and on bindgen alone: no system header is read and
    /// the target is fixed (the declarations use no type that differs between targets once it is Rust).
    pub fn bindings(headers: &Path) -> Result<String, String> {
        let folder = headers
            .to_str()
            .ok_or("the path of this workspace is not UTF-8")?;
        let mut includes = Vec::new();
        for entry in headers
            .read_dir()
            .map_err(|e| format!("cannot read {folder}: {e}"))?
        {
            let entry = entry.map_err(|e| format!("cannot read {folder}: {e}"))?;
            if let Some(name) = entry.file_name().to_str()
                && name.ends_with(".h")
            {
                includes.push(format!("#include \"{name}\"\n"));
            }
        }
        includes.sort();
        let builder = bindgen::builder()
            .header_contents("all.h", &includes.concat())
            .clang_args(["--target=x86_64-unknown-linux-gnu", "-nostdinc"])
            .clang_args(["-D__BINDGEN__", "-I", folder])
            .allowlist_item("k?(Natron)?Ofx.*")
            .parse_callbacks(Box::new(IntTypes))
            .generate_cstr(true)
            .use_core()
            .ctypes_prefix("::core::ffi")
            .layout_tests(false) // tests/independent.rs compares layouts
            .formatter(Formatter::Prettyplease)
            .disable_header_comment()
            .raw_line(HEADER);
        // Where libclang is missing, bindgen panics with the list of places it looked in.
        let bindings = catch_unwind(AssertUnwindSafe(|| builder.generate()))
            .map_err(|_| "bindgen needs libclang: ofx_headers/README.md says how to get it")?
            .map_err(|e| format!("bindgen: {e}"))?;
        Ok(bindings.to_string())
    }

    /// The first line in which two texts differ: its number from 1, and both versions.
    pub fn first_difference<'a>(a: &'a str, b: &'a str) -> Option<(usize, &'a str, &'a str)> {
        let (mut a, mut b) = (a.lines(), b.lines());
        for number in 1.. {
            match (a.next(), b.next()) {
                (None, None) => break,
                (left, right) if left == right => {}
                (left, right) => {
                    return Some((number, left.unwrap_or("(end)"), right.unwrap_or("(end)")));
                }
            }
        }
        None
    }
}
