//! On the way of a render nothing waits for a lock, as far as the sources tell. (What a file of
//! the Filter context is read into is locked while it is read.)

use std::path::Path;

#[test]
fn the_way_of_a_render_waits_for_no_lock() {
    const WAY: [&str; 13] = [
        "kernels",
        "nodes",
        "geometry.rs",
        "node.rs",
        "params.rs",
        "render.rs",
        "ofx/actions.rs",
        "ofx/bands.rs",
        "ofx/clip.rs",
        "ofx/guard.rs",
        "ofx/instance.rs",
        "ofx/param.rs",
        "ofx/threads.rs",
    ];
    // An RwLock may be tried, but not waited for.
    const WAITS: [&str; 9] = [
        "Mutex", "Condvar", "OnceLock", "LazyLock", "Barrier", ".lock()", ".read()", ".write()",
        ".wait",
    ];
    let mut tried = 0;
    for place in WAY {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(place);
        for (file, text) in sources(&path) {
            // Their tests may.
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or(&text);
            for wait in WAITS {
                assert!(!code.contains(wait), "{file} has {wait}");
            }
            tried += code.matches(".try_write()").count();
        }
    }
    assert!(tried >= 2, "rows and scratch memory are handed out so");
}

/// The file, or all files of the folder but those of tests.
fn sources(path: &Path) -> Vec<(String, String)> {
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
    vec![(path.display().to_string(), text)]
}
