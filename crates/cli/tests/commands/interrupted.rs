//! Runs that end in the middle: killed, out of disk, nowhere to write.
//!
//! Whatever happens, a file under a final name is a whole one: the old or the new.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use images::SampleType;

use crate::support::{Make, folder, in_folder, names, texture};

const FRAMES: i64 = 24;

/// Frames `bg.N.tif` and `p.N.tif`, and in `new` the differences of an undisturbed run.
fn shot() -> tempfile::TempDir {
    let home = folder();
    let make = Make::sized(96, 54, "RGB", SampleType::U16);
    for frame in 1..=FRAMES {
        let path = |name: &str| home.path().join(format!("{name}.{frame}.tif"));
        let moved = frame as i32 * 31;
        make.write(&path("bg"), |x, y, c| texture(x + moved, y, c));
        // All is painted over, so that writing takes its time.
        make.write(&path("p"), |x, y, c| texture(y + moved, x + 7, c));
    }
    in_folder(
        home.path(),
        "min @bg.#.tif @p.#.tif -o @new/d.#.exr --quiet",
    )
    .ends(0);
    home
}

/// The files of a folder by their names; hidden ones are left out.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let visible = names(folder)
        .into_iter()
        .filter(|name| !name.starts_with('.'));
    visible
        .map(|name| (name.clone(), fs::read(folder.join(&name)).unwrap()))
        .collect()
}

/// Puts an older file where each output will be.
fn grow_old(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for frame in 1..=FRAMES {
        fs::write(
            folder.join(format!("d.{frame}.exr")),
            format!("precious {frame}"),
        )
        .unwrap();
    }
}

/// Starts a run over the shot, with its outputs in `home/out`.
fn start(home: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .current_dir(home)
        .args([
            "min",
            "bg.#.tif",
            "p.#.tif",
            "-o",
            "out/d.#.exr",
            "--jobs",
            "3",
            "--quiet",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until so many of the outputs are not what they were, or the run has ended.
fn wait_for(child: &mut Child, folder: &Path, old: &BTreeMap<String, Vec<u8>>, count: usize) {
    let begin = Instant::now();
    let renewed = || {
        files(folder)
            .iter()
            .filter(|(name, file)| old.get(*name) != Some(*file))
            .count()
    };
    while renewed() < count && child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(60), "the run hangs");
        sleep(Duration::from_micros(200));
    }
}

fn send(child: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

/// Every file is the old or the new one; gives how many are new.
#[track_caller]
fn check_whole(
    folder: &Path,
    new: &BTreeMap<String, Vec<u8>>,
    old: &BTreeMap<String, Vec<u8>>,
) -> usize {
    let found = files(folder);
    for name in old.keys() {
        assert!(found.contains_key(name), "{name} is missing");
    }
    for (name, file) in &found {
        let is_whole = new.get(name) == Some(file) || old.get(name) == Some(file);
        assert!(is_whole, "{name} is neither the old nor the new file");
    }
    found
        .iter()
        .filter(|(name, file)| new.get(*name) == Some(*file))
        .count()
}

/// A fixed row of numbers that look random.
fn random(seed: &mut u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn a_killed_run_leaves_whole_files() {
    let home = shot();
    let (out, new) = (home.path().join("out"), files(&home.path().join("new")));
    let mut seed = 7;
    let mut broken_off = 0;
    for round in 0..16 {
        let _ = fs::remove_dir_all(&out);
        grow_old(&out);
        let old = files(&out);
        let mut child = start(home.path());
        // At any moment of any frame.
        wait_for(
            &mut child,
            &out,
            &old,
            random(&mut seed) as usize % FRAMES as usize,
        );
        sleep(Duration::from_micros(random(&mut seed) % 4000));
        let _ = child.kill();
        child.wait().unwrap();
        let renewed = check_whole(&out, &new, &old);
        broken_off += i32::from((renewed as i64) < FRAMES);
        if round == 0 {
            // What was killed is taken up again, and ends as if nothing had been.
            in_folder(
                home.path(),
                "min @bg.#.tif @p.#.tif -o @out/d.#.exr --quiet",
            )
            .ends(0);
            assert_eq!(check_whole(&out, &new, &old) as i64, FRAMES);
        }
    }
    assert!(
        broken_off >= 12,
        "only {broken_off} of 16 runs were killed before their end"
    );
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let home = shot();
    let (out, new) = (home.path().join("out"), files(&home.path().join("new")));
    let mut child = start(home.path());
    while !out.exists() {
        sleep(Duration::from_micros(200));
    }
    wait_for(&mut child, &out, &BTreeMap::new(), 5);
    let _ = child.kill();
    child.wait().unwrap();
    let made = files(&out).len();
    assert!((5..FRAMES as usize).contains(&made), "{made}");
    let words = "min @bg.#.tif @p.#.tif -o @out/d.#.exr --skip-existing --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["skipped"], made);
    assert!(files(&out) == new);
}

#[test]
fn signals_leave_nothing_behind() {
    let home = shot();
    let (out, new) = (home.path().join("out"), files(&home.path().join("new")));
    let mut seed = 11;
    let mut codes = BTreeMap::new();
    // Some twice: the second one does not wait for the frame's end.
    for signals in [
        &["-INT"][..],
        &["-TERM"],
        &["-INT", "-INT"],
        &["-TERM", "-INT"],
    ] {
        for _ in 0..3 {
            let _ = fs::remove_dir_all(&out);
            grow_old(&out);
            let old = files(&out);
            let mut child = start(home.path());
            wait_for(&mut child, &out, &old, 1 + random(&mut seed) as usize % 12);
            for signal in signals {
                sleep(Duration::from_micros(random(&mut seed) % 4000));
                send(&child, signal);
            }
            let code = child.wait().unwrap().code().unwrap();
            *codes.entry((signals[0], code)).or_insert(0) += 1;
            check_whole(&out, &new, &old);
            assert_eq!(names(&out).len() as i64, FRAMES, "{:?}", names(&out));
        }
    }
    // A process that ends by the last of two signals says so.
    let ends = |signal, code| codes.get(&(signal, code)).copied().unwrap_or(0);
    assert_eq!(ends("-INT", 130), 6, "{codes:?}");
    assert_eq!(ends("-TERM", 143) + ends("-TERM", 130), 6, "{codes:?}");
    assert!(ends("-TERM", 143) >= 3, "{codes:?}");
}

#[test]
fn the_report_of_a_stopped_run_says_how_far_it_came() {
    let home = shot();
    let mut child = Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .current_dir(home.path())
        .args([
            "min",
            "bg.#.tif",
            "p.#.tif",
            "-o",
            "out/d.#.exr",
            "--jobs",
            "1",
            "--json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = home.path().join("out");
    while !out.exists() {
        sleep(Duration::from_micros(200));
    }
    wait_for(&mut child, &out, &BTreeMap::new(), 3);
    send(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["exitCode"], &report["failed"]),
        (&143.into(), &0.into())
    );
    assert_eq!(report["error"], "stopped by SIGTERM");
    let done = report["done"].as_u64().unwrap();
    assert!(done >= 3, "{report}");
    assert_eq!(report["notReached"], FRAMES as u64 - done);
    assert_eq!(names(&out).len() as u64, done);
}

/// A file that may not grow further fails as one on a full disk does.
#[test]
fn a_full_disk_leaves_what_was_there() {
    let home = shot();
    let out = home.path().join("out");
    grow_old(&out);
    let old = files(&out);
    for words in [
        "min bg.#.tif p.#.tif -o out/d.#.exr",
        "min bg.1.tif p.1.tif -o out/d.1.exr",
        "plus bg.1.tif new/d.1.exr -o out/d.1.tif",
        "plus bg.1.tif new/d.1.exr -o out/d.1.png",
        "compare bg.1.tif p.1.tif --heatmap out/d.1.png",
        "pack new/d.1.exr new/d.2.exr -o out/d.1.exr",
        "roundtrip bg.1.tif p.1.tif --out out",
    ] {
        // 8 blocks of 512 or 1024 bytes; where the signal is ignored, writing more is an error.
        let limited = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
        let ran = Command::new("sh")
            .args(["-c", limited, env!("CARGO_BIN_EXE_deltaplate")])
            .args(words.split_whitespace())
            .current_dir(home.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(4), "{words}: {said}");
        assert!(said.contains("File too large"), "{words}: {said}");
        assert!(files(&out) == old, "{words} touched a file");
        assert_eq!(names(&out).len(), old.len(), "{words}: {:?}", names(&out));
    }
}

/// Tests may run as root, whom no permission stops; but nobody makes files in /proc.
#[test]
fn a_folder_that_takes_no_files_is_named() {
    let home = shot();
    fs::write(home.path().join("folder"), "is a file").unwrap();
    let mut places = vec!["folder/d.#.exr"];
    if Path::new("/proc/self").exists() {
        places.push("/proc/self/d.#.exr");
    } else {
        eprintln!("SKIPPED: there is no /proc here, so no folder is read-only for everybody");
    }
    let before = names(home.path());
    for place in places {
        let ran = Command::new(env!("CARGO_BIN_EXE_deltaplate"))
            .args([
                "min", "bg.#.tif", "p.#.tif", "--frames", "1-3", "--jobs", "1", "-o", place,
            ])
            .current_dir(home.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(4), "{said}");
        assert!(
            said.contains("frame 1: ") && said.contains(place.split_once("/d").unwrap().0),
            "{said}"
        );
        assert_eq!(names(home.path()), before);
    }
}
