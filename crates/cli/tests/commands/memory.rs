//! How much memory large frames take.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use images::SampleType;

use crate::support::{Make, folder};

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

/// Two plates of `kind`, the second painted on in some columns.
fn plates(home: &Path, size: [i32; 2], kind: SampleType, is_painted: fn(i32) -> bool) {
    let make = Make::sized(size[0], size[1], "RGBA", kind);
    let below = |x: i32, y: i32, c: usize| ((x >> 4) * 3 + (y >> 4) * 5 + c as i32) as f32 / 1024.0;
    make.write(&home.join("bg.exr"), below);
    make.write(&home.join("p.exr"), |x, y, c| match is_painted(x) {
        true => below(x, y, c) * 0.7,
        false => below(x, y, c),
    });
}

/// A whole plate more would be 24 MiB more.
#[test]
fn a_frame_larger_than_the_budget_stays_in_it() {
    let home = folder();
    plates(home.path(), [2048, 768], SampleType::Float, |x| x % 64 == 0);
    for (words, most) in [
        ("min bg.exr p.exr -o d.exr", 36.0),
        ("min bg.exr p.exr -o tiled.exr --tile 256", 56.0),
        ("plus bg.exr d.exr -o back.exr", 36.0),
        // The node measures a million pixels of both at once.
        ("compare back.exr p.exr", 96.0),
    ] {
        let found = peak(home.path(), &format!("{words} --memory 96M"));
        assert!(found < most, "{words}: {found} MiB");
    }
}

/// Halves stay halves: two plates of 16 MiB and what is made of 64 rows. A copy in floats would take
/// another 32 MiB for each.
#[test]
fn a_half_plate_never_becomes_a_second_float_copy() {
    let home = folder();
    plates(home.path(), [2048, 1024], SampleType::Half, |x| x < 9);
    for (words, most) in [
        ("min bg.exr p.exr -o d.exr", 60.0),
        ("plus bg.exr d.exr -o back.exr", 45.0),
        // With the restored plate, and a million pixels of two in floats for the node Compare.
        ("roundtrip bg.exr p.exr --out out", 112.0),
    ] {
        let found = peak(home.path(), words);
        assert!(found < most, "{words}: {found} MiB");
    }
}
