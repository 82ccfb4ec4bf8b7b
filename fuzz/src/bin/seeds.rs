//! Writes the seeds, and all that was ever found, to `fuzz/corpus/`, where libFuzzer begins.

use std::fs;
use std::io;
use std::path::Path;

use deltaplate_fuzz::{TARGETS, seeds};

fn main() -> io::Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (target, _) in TARGETS {
        let corpus = home.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        for found in seeds::files(&home.join("found").join(target)) {
            fs::copy(&found, corpus.join(found.file_name().unwrap_or_default()))?;
        }
    }
    for seed in seeds::all() {
        fs::write(
            home.join("corpus").join(seed.target).join(seed.name),
            seed.bytes,
        )?;
    }
    Ok(())
}
