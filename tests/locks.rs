//! On the way of a render nothing waits for a lock, as far as the sources tell.

use std::path::{Path, PathBuf};

/// Who may wait, and where that is.
const ELSEWHERE: [(&str, &str); 3] = [
    (
        "ofx/entry.rs",
        "the first time that a host asks for the nodes",
    ),
    ("ofx/suites.rs", "in Load"),
    ("ofx/markdown.rs", "in Describe"),
];

/// A second thread that wants a file while it is read for the first time waits; nobody does later.
const WHILE_READ: (&str, &str) = (
    "plate.rs",
    "plate: std::sync::OnceLock<Result<Arc<Plate>, String>>,",
);

#[test]
fn the_way_of_a_render_waits_for_no_lock() {
    // An RwLock may be tried, but not waited for.
    const WAITS: [&str; 10] = [
        "Mutex", "Condvar", "OnceLock", "LazyLock", "Barrier", ".lock()", ".read()", ".write()",
        ".wait", "park",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut tried = 0;
    let mut sources = sources(&root);
    for (file, where_) in ELSEWHERE {
        let file = root.join(file);
        let found = sources.iter().position(|(path, _)| *path == file);
        let (_, text) = sources.swap_remove(found.expect("it is there"));
        let waits = WAITS.iter().any(|wait| text.contains(wait));
        assert!(waits, "{}: no wait {where_} any more", file.display());
    }
    for (file, text) in sources {
        // Their tests may.
        let tests = "#[cfg(test)]\nmod tests {";
        let mut code = text.split(tests).next().unwrap_or(&text).to_owned();
        if file == root.join(WHILE_READ.0) {
            assert_eq!(code.matches(WHILE_READ.1).count(), 1);
            code = code.replace(WHILE_READ.1, "");
        }
        for wait in WAITS {
            assert!(!code.contains(wait), "{} has {wait}", file.display());
        }
        tried += code.matches(".try_write()").count();
    }
    assert!(tried >= 2, "rows and scratch memory are handed out so");
}

/// The file, or all files of the folder but those of tests.
fn sources(path: &Path) -> Vec<(PathBuf, String)> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).unwrap();
        return entries
            .flat_map(|entry| sources(&entry.unwrap().path()))
            .collect();
    }
    let part = |part: &std::ffi::OsStr| part == "tests.rs" || part == "tests";
    if path.iter().any(part) || path.extension().is_none_or(|end| end != "rs") {
        return Vec::new();
    }
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    vec![(path.to_owned(), text)]
}
