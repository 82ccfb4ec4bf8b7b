//! Patterns, ranges, and runs over many frames.

use std::fs;
use std::path::Path;

use images::SampleType;
use serde_json::json;

use crate::support::{Make, folder, in_folder, names, painted, plate, same, texture};

/// A folder with the example plates as frames, and a still background.
fn shot(frames: &[i64]) -> tempfile::TempDir {
    let home = folder();
    fs::copy(plate("background.tif"), home.path().join("still.tif")).unwrap();
    for frame in frames {
        for (from, to) in [("background", "bg"), ("painted", "p")] {
            let name = format!("{to}.{frame:04}.exr");
            fs::copy(plate(&format!("{from}.exr")), home.path().join(name)).unwrap();
        }
    }
    home
}

/// A folder with small frames `bg.1.tif` and `p.1.tif` to `bg.N.tif` and `p.N.tif`.
fn small(frames: i64) -> tempfile::TempDir {
    let home = folder();
    let make = Make::sized(21, 11, "RGB", SampleType::U16);
    for frame in 1..=frames {
        let path = |name: &str| home.path().join(format!("{name}.{frame}.tif"));
        let moved = frame as i32 * 31;
        make.write(&path("bg"), |x, y, c| texture(x + moved, y, c));
        make.write(&path("p"), |x, y, c| match (x, y) {
            (3..6, 2..5) => painted(x, y, c),
            _ => texture(x + moved, y, c),
        });
    }
    home
}

fn frames(report: &serde_json::Value) -> Vec<(i64, String)> {
    let frames = report["frames"].as_array().unwrap().iter();
    frames
        .map(|frame| {
            let status = frame["status"].as_str().unwrap().to_owned();
            (frame["frame"].as_i64().unwrap(), status)
        })
        .collect()
}

fn all(status: &str, frames: impl IntoIterator<Item = i64>) -> Vec<(i64, String)> {
    frames.into_iter().map(|n| (n, status.to_owned())).collect()
}

#[test]
fn a_shot_travels_and_comes_back() {
    let home = shot(&[-2, 7, 1001]);
    let ran = in_folder(
        home.path(),
        "min @bg.####.exr @p.%04d.exr -o @new/d.@@@@.exr --json --jobs 2",
    );
    let report = ran.ends(0).json();
    assert_eq!(frames(&report), all("done", [-2, 7, 1001]));
    for (key, value) in [
        ("done", 3),
        ("skipped", 0),
        ("failed", 0),
        ("notReached", 0),
    ] {
        assert_eq!(report[key], value, "{key}");
    }
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
    assert!(report["framesPerSecond"].as_f64().unwrap() > 0.0);
    for frame in report["frames"].as_array().unwrap() {
        assert_eq!(frame["exact"], true);
        assert_eq!(frame["exitCode"], 0);
        assert!(frame["changedPixels"].as_u64().unwrap() > 1000);
    }
    assert_eq!(
        names(&home.path().join("new")),
        ["d.-002.exr", "d.0007.exr", "d.1001.exr"]
    );
    let ran = in_folder(
        home.path(),
        "plus @bg.####.exr @new/d.####.exr -o @back/p.####.exr --json",
    );
    assert_eq!(frames(&ran.ends(0).json()), all("done", [-2, 7, 1001]));
    for name in ["p.-002.exr", "p.0007.exr", "p.1001.exr"] {
        same(&home.path().join("back").join(name), &plate("painted.exr"));
    }
    let ran = in_folder(
        home.path(),
        "compare @back/p.####.exr @p.####.exr --json --heatmap @heat/h.#.png",
    );
    let report = ran.ends(0).json();
    assert_eq!(report["frames"][1]["verdict"], "equal");
    assert_eq!(report["frames"][1]["max"], 0.0);
    assert_eq!(
        names(&home.path().join("heat")),
        ["h.-2.png", "h.1001.png", "h.7.png"]
    );
}

#[test]
fn roundtrip_names_its_files_by_the_frame() {
    let home = shot(&[1, 2]);
    let ran = in_folder(home.path(), "roundtrip @bg.####.exr @p.####.exr --out @out").ends(0);
    assert!(ran.out.contains("% of painted"), "{}", ran.out);
    assert!(ran.out.contains("exact"), "{}", ran.out);
    assert_eq!(
        names(&home.path().join("out")),
        [
            "p.0001.difference.exr",
            "p.0001.exr",
            "p.0002.difference.exr",
            "p.0002.exr"
        ]
    );
}

#[test]
fn a_still_background_is_the_same_for_all_frames() {
    let home = folder();
    fs::copy(plate("background.tif"), home.path().join("bg@2x.tif")).unwrap();
    for frame in 1..=3 {
        fs::copy(
            plate("painted.tif"),
            home.path().join(format!("p.{frame}.tif")),
        )
        .unwrap();
    }
    // A file of that very name is no pattern.
    let ran = in_folder(
        home.path(),
        "min @bg@2x.tif @p.#.tif -o @d.#.exr --frames 1,3 --json",
    );
    assert_eq!(frames(&ran.ends(0).json()), all("done", [1, 3]));
    assert_eq!(
        names(home.path()),
        [
            "bg@2x.tif",
            "d.1.exr",
            "d.3.exr",
            "p.1.tif",
            "p.2.tif",
            "p.3.tif"
        ]
    );
}

#[test]
fn ranges_choose_the_frames_and_their_order() {
    for (range, expected) in [
        ("2-3", vec![2, 3]),
        ("1-6x2", vec![1, 3, 5]),
        ("1-6:3,6", vec![1, 4, 6]),
        ("3-1", vec![3, 2, 1]),
    ] {
        let home = small(6);
        let words = format!("min @bg.#.tif @p.#.tif -o @d.#.exr --json --frames {range}");
        let report = in_folder(home.path(), &words).ends(0).json();
        assert_eq!(
            frames(&report),
            all("done", expected.iter().copied()),
            "{range}"
        );
        let made = names(home.path())
            .into_iter()
            .filter(|name| name.starts_with('d'));
        assert_eq!(made.count(), expected.len());
    }
    let home = small(1);
    for range in ["x", "1-2x0", "", "1-9999999"] {
        let ran = in_folder(
            home.path(),
            &format!("min @bg.#.tif @p.#.tif -o @d.#.exr --frames={range}"),
        );
        assert!(ran.ends(2).err.contains("--frames"), "{range}");
    }
}

#[test]
fn missing_frames_are_named_together_and_nothing_is_begun() {
    let home = small(6);
    for name in ["bg.2.tif", "p.4.tif", "p.5.tif"] {
        fs::remove_file(home.path().join(name)).unwrap();
    }
    let before = names(home.path());
    let words = "min @bg.#.tif @p.#.tif -o @d.#.exr --frames 1-7";
    let ran = in_folder(home.path(), words).ends(4);
    assert!(ran.err.contains("bg.#.tif: 2,7;"), "{}", ran.err);
    assert!(ran.err.contains("p.#.tif: 4-5,7;"), "{}", ran.err);
    assert_eq!(names(home.path()), before);

    let ran = in_folder(home.path(), &format!("{words} --keep-going --json")).ends(4);
    assert!(ran.err.contains("missing frames"), "{}", ran.err);
    let report = ran.json();
    assert_eq!((&report["done"], &report["failed"]), (&json!(3), &json!(4)));
    assert_eq!(report["exitCode"], 4);
    let failed = &report["frames"][3];
    assert_eq!(
        (&failed["frame"], &failed["exitCode"]),
        (&json!(4), &json!(4))
    );
    assert!(failed["error"].as_str().unwrap().contains("p.4.tif"));
    let made = names(home.path());
    let made: Vec<&String> = made.iter().filter(|name| name.starts_with('d')).collect();
    assert_eq!(made, ["d.1.exr", "d.3.exr", "d.6.exr"]);
}

#[test]
fn no_frame_at_all_is_an_error() {
    let home = small(1);
    let ran = in_folder(home.path(), "min @x.#.tif @p.#.tif -o @d.#.exr").ends(4);
    assert!(
        ran.err.contains("x.#.tif: there is no such file"),
        "{}",
        ran.err
    );
    let ran = in_folder(home.path(), "min @none/x.#.tif @p.#.tif -o @d.#.exr").ends(4);
    assert!(ran.err.contains("none"), "{}", ran.err);
}

#[test]
fn a_frame_that_fails_ends_the_run_unless_told_to_keep_going() {
    let home = small(4);
    fs::write(home.path().join("p.2.tif"), "no image").unwrap();
    let words = "min @bg.#.tif @p.#.tif -o @d.#.exr --json --jobs 1";
    let ran = in_folder(home.path(), words).ends(4);
    assert!(ran.err.contains("frame 2: "), "{}", ran.err);
    let report = ran.json();
    assert_eq!((&report["done"], &report["failed"]), (&json!(1), &json!(1)));
    assert_eq!(report["notReached"], 2);
    assert!(!home.path().join("d.3.exr").exists());

    let report = in_folder(home.path(), &format!("{words} --keep-going"))
        .ends(4)
        .json();
    assert_eq!((&report["done"], &report["failed"]), (&json!(3), &json!(1)));
    assert!(home.path().join("d.3.exr").exists());
    assert!(!home.path().join("d.2.exr").exists());
}

#[test]
fn the_exit_code_is_the_highest() {
    let home = small(3);
    in_folder(home.path(), "min @bg.#.tif @p.#.tif -o @d.#.exr").ends(0);
    // Frame 1 has another background (1), frame 3 none that can be read (4).
    fs::copy(home.path().join("bg.2.tif"), home.path().join("bg.1.tif")).unwrap();
    fs::write(home.path().join("bg.3.tif"), "no image").unwrap();
    let words = "plus @bg.#.tif @d.#.exr -o @out.#.tif --json --keep-going";
    let report = in_folder(home.path(), words).ends(4).json();
    let codes = report["frames"].as_array().unwrap().iter();
    let codes: Vec<i64> = codes
        .map(|frame| frame["exitCode"].as_i64().unwrap())
        .collect();
    assert_eq!(codes, [1, 0, 4]);
    assert_eq!(report["exitCode"], 4);
}

#[test]
fn frames_that_differ_do_not_end_a_comparison() {
    let home = small(3);
    let words = "compare @p.#.tif @bg.#.tif --frames 1-3 --jobs 1";
    let report = in_folder(home.path(), &format!("{words} --json"))
        .ends(1)
        .json();
    assert_eq!(frames(&report), all("done", 1..=3));
    assert_eq!(report["frames"][2]["failingPixels"], 9);
    let ran = in_folder(home.path(), words).ends(1);
    assert_eq!(
        ran.out.matches("differ: 9 pixels fail").count(),
        3,
        "{}",
        ran.out
    );
}

#[test]
fn existing_outputs_are_skipped_on_request() {
    let home = small(3);
    fs::write(home.path().join("d.2.exr"), "precious").unwrap();
    // A skipped frame needs no inputs.
    fs::remove_file(home.path().join("bg.2.tif")).unwrap();
    let words = "min @bg.#.tif @p.#.tif -o @d.#.exr --json --skip-existing --frames 1-3";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(
        (&report["done"], &report["skipped"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        report["frames"][1],
        json!({"frame": 2, "status": "skipped", "exitCode": 0})
    );
    assert_eq!(fs::read(home.path().join("d.2.exr")).unwrap(), b"precious");
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["skipped"], 3);

    // A single image too.
    let words = "min @bg.1.tif @p.1.tif -o @d.1.exr --skip-existing --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["skipped"], 1);
    // Both files of a round trip have to be there.
    let words = "roundtrip @bg.#.tif @p.#.tif --out @out --skip-existing --json --frames 1,3";
    assert_eq!(in_folder(home.path(), words).ends(0).json()["done"], 2);
    fs::remove_file(home.path().join("out/p.3.tif")).unwrap();
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(
        (&report["done"], &report["skipped"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn names_that_do_not_fit_are_refused() {
    let home = small(2);
    let before = names(home.path());
    for (words, reason) in [
        (
            "min @bg.#.tif @p.#.tif -o @d.exr",
            "all frames would be written to one file",
        ),
        (
            "min @bg.1.tif @p.1.tif -o @d.exr --frames 1-2",
            "--frames needs an input",
        ),
        (
            "plus @bg.#.tif @p.#.tif -o @bg.%d.tif",
            "bg.1.tif: is an input",
        ),
        // What frame 2 writes, frame 1 reads.
        (
            "plus @bg.2.tif @p.#.tif -o @bg.#.tif",
            "bg.2.tif: is an input",
        ),
        (
            "compare @bg.#.tif @p.#.tif --heatmap @h.png",
            "all frames would be written",
        ),
        ("min @bg.#.tif @p.1.tif -o @d.#.exr --jobs 0", "--jobs"),
    ] {
        let ran = in_folder(home.path(), words).ends(2);
        assert!(ran.err.contains(reason), "{words}: {}", ran.err);
    }
    assert_eq!(names(home.path()), before);
}

#[test]
fn progress_has_frames_a_second_and_the_time_left() {
    let home = small(3);
    let words = "min @bg.#.tif @p.#.tif -o @d.#.exr --jobs 1";
    let ran = in_folder(home.path(), words).ends(0);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.err);
    assert!(
        lines[0].starts_with("frame 1 done, 1 of 3, "),
        "{}",
        ran.err
    );
    assert!(lines[1].contains(" frames/s, 0:0"), "{}", ran.err);
    assert!(lines[2].ends_with(" frames/s, 0:00 left"), "{}", ran.err);
    assert!(ran.out.contains("1  done"), "{}", ran.out);
    let ran = in_folder(home.path(), &format!("{words} --quiet")).ends(0);
    assert_eq!(ran.err, "");
}

/// However many frames are worked on at once, the files are the same.
#[test]
fn results_do_not_depend_on_the_number_of_jobs() {
    let home = small(5);
    for jobs in [1, 3, 8] {
        let words = format!("min @bg.#.tif @p.#.tif -o @{jobs}/d.#.exr --jobs {jobs}");
        in_folder(home.path(), &words).ends(0);
    }
    let file = |jobs: i64, frame: i64| {
        let name = format!("{jobs}/d.{frame}.exr");
        fs::read(home.path().join(Path::new(&name))).unwrap()
    };
    for frame in 1..=5 {
        assert_eq!(file(1, frame), file(3, frame));
        assert_eq!(file(1, frame), file(8, frame));
    }
}

#[test]
fn a_farm_reads_how_far_the_run_is() {
    let home = small(4);
    fs::write(home.path().join("p.4.tif"), "no image").unwrap();
    let words = "min @bg.#.tif @p.#.tif -o @d.#.exr --openjd --jobs 1 --quiet";
    let ran = in_folder(home.path(), words).ends(4);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(lines.contains(&"openjd_progress: 25.0"), "{}", ran.err);
    assert!(lines.contains(&"openjd_progress: 100.0"), "{}", ran.err);
    let begins = |start: &str| lines.iter().any(|line| line.starts_with(start));
    assert!(begins("openjd_status: 1 of 4, "), "{}", ran.err);
    assert!(begins("openjd_fail: frame 4: "), "{}", ran.err);
}

/// Ten times the frames, and the same memory: the frames in hand are bounded.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_shot() {
    let peak = |frames: i64| {
        let home = folder();
        let make = Make::sized(160, 90, "RGBA", SampleType::Float);
        make.write(&home.path().join("bg.exr"), texture);
        make.write(&home.path().join("p.exr"), painted);
        for frame in 1..=frames {
            let link = home.path().join(format!("p.{frame}.exr"));
            fs::hard_link(home.path().join("p.exr"), link).unwrap();
        }
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_deltaplate"))
            .current_dir(home.path())
            .args([
                "min", "bg.exr", "p.#.exr", "-o", "d.#.exr", "--quiet", "--jobs", "2",
            ])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // The kernel keeps the highest mark; the last one that is seen counts.
        let status = format!("/proc/{}/status", child.id());
        let mut peak: u64 = 0;
        while child.try_wait().unwrap().is_none() {
            let status = fs::read_to_string(&status).unwrap_or_default();
            let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let mark = mark.and_then(|mark| mark.trim().strip_suffix(" kB")?.parse().ok());
            peak = peak.max(mark.unwrap_or(0));
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(child.wait().unwrap().success());
        assert_eq!(names(home.path()).len() as i64, 2 + 2 * frames);
        peak
    };
    let (short, long) = (peak(20), peak(200));
    // A single frame's plates and clips take more than a megabyte.
    assert!(
        short > 0 && long < short + 16 * 1024,
        "{short} KiB for 20 frames, {long} KiB for 200"
    );
}
