//! How much memory large frames take.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use images::SampleType;

use crate::support::{Make, folder};

/// 12.6 million samples, 48 MiB a plate.
const SIZE: [i32; 2] = [2048, 1536];

/// Runs the command, which ends well; gives the peak of its resident memory in MiB.
#[track_caller]
fn peak(home: &Path, words: &str) -> f64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .args(words.split_whitespace())
        .arg("--quiet")
        // Each thread decodes a block of its own.
        .env("RAYON_NUM_THREADS", "2")
        .current_dir(home)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    loop {
        let status = fs::read_to_string(&path).unwrap();
        // The kernel keeps the highest mark; an ended process has none any more.
        if let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) {
            peak = line
                .trim()
                .strip_suffix("kB")
                .unwrap()
                .trim()
                .parse::<f64>()
                .unwrap()
                / 1024.0;
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{words}");
            return peak;
        }
        sleep(Duration::from_millis(1));
    }
}

/// A whole plate more would be 48 MiB more.
#[test]
fn a_frame_larger_than_the_budget_stays_in_it() {
    let home = folder();
    let make = Make::sized(SIZE[0], SIZE[1], "RGBA", SampleType::Float);
    let below = |x: i32, y: i32, c: usize| ((x >> 4) * 3 + (y >> 4) * 5 + c as i32) as f32 / 1024.0;
    make.write(&home.path().join("bg.exr"), below);
    make.write(&home.path().join("p.exr"), |x, y, c| match x % 64 {
        0 => below(x, y, c) * 0.7,
        _ => below(x, y, c),
    });
    for (words, most) in [
        ("min bg.exr p.exr -o d.exr", 64.0),
        ("min bg.exr p.exr -o tiled.exr --tile 256", 80.0),
        ("plus bg.exr d.exr -o back.exr", 64.0),
        // The node measures a million pixels of both at once.
        ("compare back.exr p.exr", 112.0),
    ] {
        let found = peak(home.path(), &format!("{words} --memory 96M"));
        assert!(found < most, "{words}: {found} MiB");
    }
}
