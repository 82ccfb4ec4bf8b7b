//! Files that cannot be read or written: exit code 4, a sentence that names the file, nothing left behind.

use std::fs;

use images::SampleType;

use crate::support::{Make, folder, in_folder, names, painted, plate, texture};

/// A folder with a sound pair and files that are none.
fn menagerie() -> tempfile::TempDir {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    let make = Make::sized(64, 64, "RGB", SampleType::U8);
    make.write(&path("bg.tif"), texture);
    make.write(&path("p.tif"), painted);
    let jfif = [
        0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
    ];
    fs::write(path("photo.jpg"), jfif).unwrap();
    fs::write(path("notes.tif"), "not an image at all, just words\n").unwrap();
    fs::write(path("empty.exr"), "").unwrap();
    fs::create_dir(path("folder.tif")).unwrap();
    for (name, whole) in [("short.tif", "painted.tif"), ("short.exr", "painted.exr")] {
        let whole = fs::read(plate(whole)).unwrap();
        fs::write(path(name), &whole[..whole.len() / 2]).unwrap();
    }
    home
}

const BAD: [(&str, &str); 7] = [
    ("photo.jpg", "JPEG"),
    ("notes.tif", "notes.tif"),
    ("empty.exr", "empty.exr"),
    ("folder.tif", "folder.tif"),
    ("short.tif", "short.tif"),
    ("short.exr", "short.exr"),
    ("missing.exr", "missing.exr"),
];

#[test]
fn what_is_no_image_is_refused_by_every_command() {
    let home = menagerie();
    in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(0);
    let before = names(home.path());
    for (bad, word) in BAD {
        let commands = [
            format!("roundtrip @{bad} @p.tif --out @out"),
            format!("roundtrip @bg.tif @{bad} --out @out"),
            format!("min @{bad} @p.tif -o @out.exr"),
            format!("min @bg.tif @{bad} -o @out.exr"),
            format!("plus @{bad} @d.exr -o @out.tif"),
            format!("plus @bg.tif @{bad} -o @out.tif"),
            format!("compare @{bad} @p.tif --heatmap @out.png"),
            format!("compare @p.tif @{bad} --heatmap @out.png"),
        ];
        for words in commands {
            let ran = in_folder(home.path(), &words).ends(4);
            assert!(
                ran.err.contains(bad) && ran.err.contains(word),
                "{words}: {}",
                ran.err
            );
            assert_eq!(ran.out, "", "{words}");
            assert_eq!(names(home.path()), before, "{words}");
            let ran = in_folder(home.path(), &format!("{words} --json")).ends(4);
            assert_eq!(ran.json()["exitCode"], 4, "{words}");
            assert!(
                ran.json()["error"].as_str().unwrap().contains(bad),
                "{words}"
            );
        }
    }
}

#[test]
fn plates_that_do_not_match_are_refused() {
    let home = menagerie();
    let path = |name: &str| home.path().join(name);
    Make::sized(64, 65, "RGB", SampleType::U8).write(&path("tall.tif"), texture);
    Make::sized(64, 64, "Y", SampleType::U8).write(&path("gray.tif"), texture);
    in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(0);
    let before = names(home.path());
    let cases = [
        (
            "roundtrip @tall.tif @p.tif --out @out",
            "display windows differ",
        ),
        ("min @tall.tif @p.tif -o @out.exr", "display windows differ"),
        (
            "plus @tall.tif @d.exr -o @out.tif",
            "display windows differ",
        ),
        ("min @gray.tif @p.tif -o @out.exr", "no channel in common"),
    ];
    for (words, reason) in cases {
        let ran = in_folder(home.path(), words).ends(4);
        assert!(ran.err.contains(reason), "{words}: {}", ran.err);
        assert!(ran.err.contains(".tif and "), "{words}: {}", ran.err);
        assert_eq!(names(home.path()), before, "{words}");
    }
}

#[test]
fn pixel_aspects_must_match() {
    let home = folder();
    let make = Make::sized(8, 8, "RGB", SampleType::Half);
    make.write(&home.path().join("bg.exr"), texture);
    let mut image = crate::support::read(&home.path().join("bg.exr"));
    image.pixel_aspect = 2.0;
    images::write(
        &home.path().join("p.exr"),
        &image,
        &images::WriteOptions::default(),
    )
    .unwrap();
    let ran = in_folder(home.path(), "min @bg.exr @p.exr -o @d.exr").ends(4);
    assert!(ran.err.contains("pixel aspects differ"), "{}", ran.err);
    let report = in_folder(home.path(), "compare @bg.exr @p.exr --json")
        .ends(1)
        .json();
    assert_eq!(report["reason"], "pixelAspect");
    // Two anamorphic plates are a pair like any other.
    in_folder(home.path(), "roundtrip @p.exr @p.exr --out @out").ends(0);
}

/// Two small windows far apart: their union is more than anybody has memory for.
#[test]
fn windows_far_apart_are_refused() {
    let home = folder();
    let near = Make::sized(8, 8, "RGB", SampleType::Half);
    let far = Make {
        data: images::Rect::new(1 << 20, 1 << 20, (1 << 20) + 8, (1 << 20) + 8),
        ..Make::sized(8, 8, "RGB", SampleType::Half)
    };
    let wide = Make {
        display: images::Rect::new(0, 0, 1 << 29, 1 << 29),
        ..Make::sized(8, 8, "RGB", SampleType::Half)
    };
    wide.write(&home.path().join("wide.exr"), texture);
    near.write(&home.path().join("bg.exr"), texture);
    far.write(&home.path().join("p.exr"), texture);
    let cases = [
        ("min @bg.exr @p.exr -o @d.exr", "too far apart"),
        ("compare @bg.exr @p.exr --heatmap @h.png", "too far apart"),
        ("compare @wide.exr @wide.exr --heatmap @h.png", "too large"),
    ];
    for (words, reason) in cases {
        let ran = in_folder(home.path(), words).ends(4);
        assert!(ran.err.contains(reason), "{}", ran.err);
    }
    assert_eq!(names(home.path()), ["bg.exr", "p.exr", "wide.exr"]);
    in_folder(home.path(), "compare @wide.exr @wide.exr").ends(0);
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let home = menagerie();
    let before = names(home.path());
    let cases = [
        "roundtrip @bg.tif @p.tif --out @notes.tif",
        "min @bg.tif @p.tif -o @notes.tif/d.exr",
        "compare @bg.tif @p.tif --heatmap @notes.tif/h.png",
    ];
    for words in cases {
        let ran = in_folder(home.path(), words).ends(4);
        assert!(ran.err.contains("notes.tif"), "{words}: {}", ran.err);
        assert_eq!(names(home.path()), before, "{words}");
    }
    // A folder where the file should go.
    fs::create_dir(home.path().join("d.exr")).unwrap();
    let ran = in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(4);
    assert!(ran.err.contains("d.exr"), "{}", ran.err);
    assert_eq!(names(&home.path().join("d.exr")), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_printed_is_a_failure() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .arg("nodes")
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(4));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_unicode_are_names() {
    use std::os::unix::ffi::OsStrExt;
    let home = folder();
    let odd = home.path().join(std::ffi::OsStr::from_bytes(b"\xff.png"));
    Make::sized(8, 8, "RGB", SampleType::U8).write(&odd, texture);
    let args = ["compare".as_ref(), odd.as_path(), &odd, "--json".as_ref()];
    let report = crate::support::deltaplate(args).ends(0).json();
    assert!(report["a"].as_str().unwrap().ends_with(".png"), "{report}");
}
