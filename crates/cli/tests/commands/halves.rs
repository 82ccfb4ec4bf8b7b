//! `deltaplate min` and `deltaplate plus`.

use std::fs;
use std::path::Path;

use images::{Codec, Rect, SampleType, Samples, WriteOptions, f16};

use crate::support::{Make, folder, in_folder, names, painted, read, same, texture};

/// A folder with `bg.tif`, `p.tif` and `other.tif`.
fn plates() -> tempfile::TempDir {
    let home = folder();
    let make = Make::sized(21, 11, "RGBA", SampleType::U16);
    make.write(&home.path().join("bg.tif"), texture);
    make.write(&home.path().join("p.tif"), painted);
    make.write(&home.path().join("other.tif"), |x, y, c| {
        texture(x + (x == 20) as i32, y, c)
    });
    home
}

/// The same, with the difference made.
fn travelled() -> tempfile::TempDir {
    let home = plates();
    in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(0);
    home
}

fn rewrite(path: &Path, change: impl FnOnce(&mut images::Image)) {
    let mut image = read(path);
    change(&mut image);
    images::write(path, &image, &WriteOptions::default()).unwrap();
}

#[test]
fn min_and_plus_restore_the_painted_plate() {
    let home = plates();
    let ran = in_folder(
        home.path(),
        "min @bg.tif @p.tif -o @new/d.exr --codec piz --json",
    );
    let report = ran.ends(0).json();
    assert_eq!(report["exact"], true);
    assert_eq!(report["changedPixels"], 9);
    // Differences of half the range, in halves: the residual has the last bits of 16.
    assert_eq!(report["residualSamples"], 36);
    let difference = home.path().join("new/d.exr");
    assert_eq!(
        report["differenceBytes"],
        fs::metadata(&difference).unwrap().len()
    );
    let stored = read(&difference);
    assert_eq!(stored.metadata.codec, Codec::Piz);
    assert!(
        stored
            .channels
            .iter()
            .all(|c| c.samples.sample_type() == SampleType::Half)
    );

    let ran = in_folder(home.path(), "plus @bg.tif @new/d.exr -o @back/p.tif --json");
    let report = ran.ends(0).json();
    assert_eq!(report["exact"], true);
    assert_eq!(report["backgroundMatches"], true);
    assert_eq!(report["channels"][3], serde_json::json!(["A", "uint16"]));
    same(&home.path().join("back/p.tif"), &home.path().join("p.tif"));
    assert_eq!(names(&home.path().join("back")), ["p.tif"]);
}

#[test]
fn both_say_what_they_proved() {
    let home = plates();
    let ran = in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(0);
    assert!(
        ran.out
            .contains("exact: with the background it restores every sample"),
        "{}",
        ran.out
    );
    let ran = in_folder(home.path(), "plus @bg.tif @d.exr -o @back.tif").ends(0);
    assert!(
        ran.out
            .contains("exact: every sample has the painted plate's bits"),
        "{}",
        ran.out
    );
}

#[test]
fn nothing_changed_is_a_difference_too() {
    let home = plates();
    let report = in_folder(home.path(), "min @bg.tif @bg.tif -o @d.exr --json")
        .ends(0)
        .json();
    assert_eq!(report["changedPixels"], 0);
    in_folder(home.path(), "plus @bg.tif @d.exr -o @same.tif").ends(0);
    same(&home.path().join("same.tif"), &home.path().join("bg.tif"));
}

#[test]
fn another_background_is_refused() {
    let home = travelled();
    fs::write(home.path().join("out.tif"), "precious").unwrap();
    let before = names(home.path());
    let ran = in_folder(home.path(), "plus @other.tif @d.exr -o @out.tif").ends(1);
    assert!(ran.err.contains("other.tif"), "{}", ran.err);
    assert!(ran.err.contains("not the background"), "{}", ran.err);
    assert_eq!(names(home.path()), before);
    assert_eq!(fs::read(home.path().join("out.tif")).unwrap(), b"precious");

    let ran = in_folder(
        home.path(),
        "plus @other.tif @d.exr -o @out.tif --force --json",
    )
    .ends(0);
    assert!(ran.err.contains("not the background"), "{}", ran.err);
    assert_eq!(ran.json()["exact"], false);
    assert_eq!(ran.json()["backgroundMatches"], false);
    assert!(
        read(&home.path().join("out.tif")).channels != read(&home.path().join("p.tif")).channels
    );
}

#[test]
fn a_result_that_is_not_the_painted_plate_is_not_written() {
    let home = travelled();
    // Another sample, and every hash as it was.
    rewrite(&home.path().join("d.exr"), |image| {
        let images::Samples::Half(samples) = &mut image.channels[0].samples else {
            panic!("a difference of codes is half");
        };
        samples[0] = images::f16::from_f32(samples[0].to_f32() + 0.25);
    });
    let ran = in_folder(home.path(), "plus @bg.tif @d.exr -o @out.tif --json").ends(1);
    assert!(
        ran.err.contains("d.exr: the sum is not the painted plate"),
        "{}",
        ran.err
    );
    assert_eq!(ran.json()["exitCode"], 1);
    assert!(!home.path().join("out.tif").exists());
    let ran = in_folder(
        home.path(),
        "plus @bg.tif @d.exr -o @out.tif --force --json",
    )
    .ends(0);
    assert_eq!(ran.json()["exact"], false);
    assert_eq!(ran.json()["backgroundMatches"], true);
    assert!(home.path().join("out.tif").exists());
}

/// Dark paint over bright film, whose float sum is rounded, and what no sum gives.
#[test]
fn what_no_difference_restores_is_corrected_or_replaced() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    let make = Make::sized(8, 4, "RGBA", SampleType::Float);
    make.write(&path("bg.exr"), |_, _, _| 1000.0);
    let special = [-0.0, f32::INFINITY, f32::from_bits(0x7fc0_0123), f32::MAX];
    make.write(&path("p.exr"), |x, y, c| match x {
        2 => 0.1,
        5 if c == 1 => special[y as usize],
        _ => 1000.0,
    });
    let report = in_folder(home.path(), "min @bg.exr @p.exr -o @d.exr --json")
        .ends(0)
        .json();
    assert_eq!(report["exact"], true);
    assert_eq!(report["residualSamples"], 16);
    assert_eq!(report["replacedSamples"], 3);
    let parts = images::Parts::open(&path("d.exr")).unwrap();
    let found: Vec<_> = parts
        .headers()
        .iter()
        .map(|header| (header.part_name().unwrap(), header.data))
        .collect();
    assert_eq!(
        found,
        [
            ("difference", Rect::new(2, 0, 6, 4)),
            ("residual", Rect::new(2, 0, 3, 4)),
            ("replace", Rect::new(5, 0, 6, 3))
        ]
    );
    let report = in_folder(home.path(), "plus @bg.exr @d.exr -o @out.exr --json")
        .ends(0)
        .json();
    assert_eq!(report["exact"], true);
    same(&path("out.exr"), &path("p.exr"));
}

#[test]
fn an_output_is_not_an_input() {
    let home = travelled();
    let before = fs::read(home.path().join("d.exr")).unwrap();
    in_folder(home.path(), "min @d.exr @p.tif -o @./d.exr").ends(2);
    in_folder(home.path(), "plus @bg.tif @d.exr -o @bg.tif").ends(2);
    assert_eq!(fs::read(home.path().join("d.exr")).unwrap(), before);
}

#[test]
fn names_of_outputs_are_checked_before_any_work() {
    let home = travelled();
    let ran = in_folder(home.path(), "min @bg.tif @p.tif -o @d.tif").ends(2);
    assert!(ran.err.contains(".exr"), "{}", ran.err);
    let ran = in_folder(home.path(), "plus @bg.tif @d.exr -o @out.jpg").ends(4);
    assert!(
        ran.err.contains("out.jpg") && ran.err.contains(".png"),
        "{}",
        ran.err
    );
    assert_eq!(
        names(home.path()),
        ["bg.tif", "d.exr", "other.tif", "p.tif"]
    );
}

#[test]
fn another_format_keeps_the_samples_and_says_what_it_loses() {
    let home = travelled();
    let ran = in_folder(home.path(), "plus @bg.tif @d.exr -o @out.png").ends(0);
    assert!(
        ran.err.contains("attributes are left behind"),
        "{}",
        ran.err
    );
    let (png, tiff) = (
        read(&home.path().join("out.png")),
        read(&home.path().join("p.tif")),
    );
    assert!(png.channels == tiff.channels);
}

#[test]
fn a_file_that_is_no_difference_is_refused() {
    let home = folder();
    let make = Make::sized(8, 4, "RGB", SampleType::Float);
    make.write(&home.path().join("bg.exr"), texture);
    make.write(&home.path().join("d.exr"), texture);
    let ran = in_folder(home.path(), "plus @bg.exr @d.exr -o @out.exr").ends(4);
    assert!(
        ran.err.contains("d.exr: not a Deltaplate transfer"),
        "{}",
        ran.err
    );
    assert_eq!(names(home.path()), ["bg.exr", "d.exr"]);
}

/// Another program packed the background, so that its blocks can be told from our own.
#[test]
fn blocks_that_nobody_painted_on_come_back_as_they_were_packed() {
    let home = folder();
    let background =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../images/tests/data/custom_attributes.exr");
    let path = |name: &str| home.path().join(name);
    fs::copy(&background, path("bg.exr")).unwrap();
    fs::copy(&background, path("p.exr")).unwrap();
    rewrite(&path("p.exr"), |image| {
        let Samples::Half(red) = &mut image.channels[0].samples else {
            panic!("the plate is half");
        };
        // In the second block of lines.
        red[20 * image.data.width() + 7] = f16::from_f32(0.3);
    });
    in_folder(home.path(), "min @bg.exr @p.exr -o @d.exr").ends(0);
    in_folder(home.path(), "plus @bg.exr @d.exr -o @back.exr").ends(0);
    same(&path("back.exr"), &path("p.exr"));
    let last = |name: &str| {
        let bytes = fs::read(path(name)).unwrap();
        bytes[bytes.len() - 1000..].to_vec()
    };
    assert!(last("back.exr") == last("bg.exr"));
    assert!(last("p.exr") != last("bg.exr"), "both pack alike");
    // Strip by strip it is the same file.
    in_folder(
        home.path(),
        "plus @bg.exr @d.exr -o @strips.exr --memory 1M",
    )
    .ends(0);
    assert!(fs::read(path("strips.exr")).unwrap() == fs::read(path("back.exr")).unwrap());
    in_folder(home.path(), "roundtrip @bg.exr @p.exr --out @out").ends(0);
    assert!(last("out/p.exr") == last("bg.exr"));
}
