//! Where the pixels of Min, Plus and Compare pass, nothing waits for a lock, as far as the sources
//! name none. An action of the host takes one, to find its instance; OverlayExtract takes one to
//! hand out rows by the band, and one for its memory.

use std::path::Path;

#[test]
fn the_way_of_a_render_names_no_lock() {
    const WAY: [&str; 17] = [
        "kernels/add",
        "kernels/compare",
        "kernels/rows",
        "kernels/simd",
        "kernels/subtract",
        "nodes/compare.rs",
        "nodes/min.rs",
        "nodes/plus.rs",
        "node.rs",
        "render.rs",
        "ofx/actions.rs",
        "ofx/bands.rs",
        "ofx/clip.rs",
        "ofx/guard.rs",
        "ofx/inputs.rs",
        "ofx/param.rs",
        "ofx/threads.rs",
    ];
    const LOCKS: [&str; 6] = [
        "Mutex", "RwLock", "Condvar", "OnceLock", "LazyLock", "Barrier",
    ];
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
            for lock in LOCKS {
                assert!(!code.contains(lock), "{file} names {lock}");
            }
        }
    }
}

/// The file, or all files of the folder but those of tests.
fn sources(path: &Path) -> Vec<(String, String)> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).unwrap();
        return entries
            .flat_map(|entry| sources(&entry.unwrap().path()))
            .collect();
    }
    if path.ends_with("tests.rs") {
        return Vec::new();
    }
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    vec![(path.display().to_string(), text)]
}
