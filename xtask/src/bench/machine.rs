//! The machine that figures are of.

use std::fs;

/// A line for each thing that matters.
pub fn describe() -> String {
    let lines = [
        ("CPU", cpu()),
        (
            "cores",
            std::thread::available_parallelism()
                .ok()
                .map(|n| n.to_string()),
        ),
        ("instruction sets", Some(instruction_sets().to_owned())),
        ("memory", memory()),
        ("system", system()),
    ];
    let mut out = String::new();
    for (name, value) in lines {
        out += &format!("- {name}: {}\n", value.as_deref().unwrap_or("unknown"));
    }
    out
}

/// The value of the first line `key : value` of a file in /proc.
fn field(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn cpu() -> Option<String> {
    let model = field("/proc/cpuinfo", "model name")?;
    let number = |key| field("/proc/cpuinfo", key);
    Some(match (number("cpu family"), number("model\t")) {
        (Some(family), Some(model_number)) => {
            format!("{model} (family {family}, model {model_number})")
        }
        _ => model,
    })
}

#[cfg(target_arch = "x86_64")]
fn instruction_sets() -> &'static str {
    if is_x86_feature_detected!("avx512vbmi2") {
        "SSE2, AVX2, AVX-512 (used)"
    } else if is_x86_feature_detected!("avx2") {
        "SSE2, AVX2 (used)"
    } else {
        "SSE2 (used)"
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn instruction_sets() -> &'static str {
    std::env::consts::ARCH
}

fn memory() -> Option<String> {
    let kib = field("/proc/meminfo", "MemTotal")?;
    let kib: f64 = kib.split_whitespace().next()?.parse().ok()?;
    Some(format!("{:.0} GiB", kib / f64::from(1 << 20)))
}

/// The kernel's name and version, without what a distributor appends.
fn system() -> Option<String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    let version = release.split('-').next()?.trim();
    Some(format!("Linux {version}"))
}
