//! What loading the bundle costs: opening the library, loading and describing each node, until the
//! host has all that they say of themselves. In a process of its own each time, since a library is
//! not closed again.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use host::{EffectContext, Host, Library};
use serde_json::{Value, json};

use crate::timing::Time;

/// The argument that makes this program load a bundle once.
pub const ARGUMENT: &str = "--load";

/// Loads the bundle in this process, and prints how long that took.
pub fn once(bundle: &Path) -> Result<(), String> {
    let failed = |error: host::Error| error.to_string();
    let host = Host::default();
    let start = Instant::now();
    let library = Library::open(bundle).map_err(failed)?;
    for info in library.plugins() {
        let plugin = host.load(&library, &info.identifier).map_err(failed)?;
        plugin.describe(EffectContext::General).map_err(failed)?;
    }
    let ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{}", json!({"ms": ms, "threads": threads()}));
    Ok(())
}

/// Threads of this process, where the system tells.
fn threads() -> Option<usize> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    Some(tasks.count())
}

/// Loads the bundle in several processes, the file in the system's cache.
pub fn measure(bundle: &Path, rounds: usize) -> Result<Time, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let output = Command::new(&program)
            .arg(ARGUMENT)
            .arg(bundle)
            .output()
            .map_err(|error| format!("{} cannot be run: {error}", program.display()))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let said: Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        if said["threads"].as_u64().is_some_and(|threads| threads > 1) {
            return Err(format!(
                "the bundle starts threads before it renders: {} of them",
                said["threads"]
            ));
        }
        times.push(said["ms"].as_f64().ok_or("no time was printed")? / 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(Time {
        fastest: times[0],
        median: times[times.len() / 2],
    })
}

/// The bytes of all files below a folder.
pub fn bytes(folder: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = std::fs::metadata(entry.path())?;
        sum += if kind.is_dir() {
            bytes(&entry.path())?
        } else {
            kind.len()
        };
    }
    Ok(sum)
}
