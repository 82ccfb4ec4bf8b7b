//! docs/ARCHITECTURE.md says that a new node is one file and one line: this does what it says, on a
//! copy of the sources, and renders with the result.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::still;
use host::{Components, EffectContext, Frame, Host, InstanceOptions, Library, RectI, RenderArgs};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The Rust file of the page.
fn file_of_the_page(page: &str) -> &str {
    let start = page.find("```rust\n").expect("a Rust block") + "```rust\n".len();
    let end = start + page[start..].find("```").expect("its end");
    &page[start..end]
}

fn insert(path: PathBuf, after: &str, line: &str) {
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(after), "{}: {after}", path.display());
    fs::write(path, text.replacen(after, &format!("{after}\n{line}"), 1)).unwrap();
}

#[test]
fn the_node_of_the_architecture_page_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = tempfile::tempdir().unwrap();
    let copied = scratch.path();
    for folder in ["src", "bundle", "crates", "xtask", "benches"] {
        copy(&root.join(folder), &copied.join(folder));
    }
    for file in ["Cargo.toml", "Cargo.lock", "build.rs"] {
        fs::copy(root.join(file), copied.join(file)).unwrap();
    }
    let page = fs::read_to_string(root.join("docs/ARCHITECTURE.md")).unwrap();
    fs::write(copied.join("src/nodes/invert.rs"), file_of_the_page(&page)).unwrap();
    insert(
        copied.join("src/nodes/mod.rs"),
        "pub mod compare;",
        "pub mod invert;",
    );
    insert(
        copied.join("src/lib.rs"),
        "    &nodes::compare::Compare,",
        "    &nodes::invert::Invert,",
    );
    let target = common::library_file().parent().unwrap().join("new-node");
    let status = Command::new(env!("CARGO"))
        .current_dir(copied)
        // Quick to build; the node itself is quick enough.
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .args([
            "build",
            "--package",
            "deltaplate",
            "--lib",
            "--quiet",
            "--target-dir",
        ])
        .arg(&target)
        .status()
        .unwrap();
    assert!(status.success(), "the sources with the new node build");

    let library = Library::open(target.join("debug/Deltaplate.ofx.bundle")).unwrap();
    let host = Host::default();
    let plugin = host.load(&library, "org.deltaplate.invert").unwrap();
    let mut instance = plugin
        .create_instance(EffectContext::General, InstanceOptions::default())
        .unwrap();
    let frame = Frame::from_fn(RectI::new(0, 0, 9, 5), Components::Rgb, |x, _, _| {
        x as f32 / 8.0
    });
    instance.connect("B", still(&frame.unwrap())).unwrap();
    let found = instance.render(&RenderArgs::at(0.0)).unwrap();
    assert_eq!(found.pixel(2, 0), Some(&[0.75; 3][..]));
}
