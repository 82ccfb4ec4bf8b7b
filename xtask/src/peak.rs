//! The most memory that a program took.

use std::fs;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::Duration;

/// Runs a program to its end; gives its end, and the peak of its resident memory in MiB.
///
/// # Errors
///
/// Where it cannot be run, or the system does not say how much memory a process takes: Linux does.
pub fn run(command: &mut Command) -> Result<(ExitStatus, f64), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error| format!("{name}: {error}");
    let mut child: Child = command.spawn().map_err(failed)?;
    let path = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    loop {
        // The kernel keeps the highest mark; the last one read counts.
        let status = fs::read_to_string(&path).unwrap_or_default();
        if let Some(kib) = high_mark(&status) {
            peak = peak.max(kib / 1024.0);
        }
        match child.try_wait().map_err(failed)? {
            Some(_) if peak == 0.0 => {
                return Err("this system does not say how much memory a process takes".to_owned());
            }
            Some(status) => return Ok((status, peak)),
            None => sleep(Duration::from_millis(2)),
        }
    }
}

fn high_mark(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
