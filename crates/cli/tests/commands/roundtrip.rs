//! `deltaplate roundtrip`.

use std::fs;
use std::path::Path;

use images::{Codec, Rect, SampleType};

use crate::support::{
    Make, deltaplate, folder, in_folder, names, painted, plate, read, same, texture,
};

/// Runs an example pair and gives the report's ratio.
fn example(extension: &str) -> f64 {
    let home = folder();
    let (background, original) = (
        plate(&format!("background.{extension}")),
        plate(&format!("painted.{extension}")),
    );
    let args = ["roundtrip".as_ref(), background.as_path(), &original];
    let ran =
        deltaplate(
            args.into_iter()
                .chain(["--json".as_ref(), "--out".as_ref(), home.path()]),
        );
    let report = ran.ends(0).json();
    let bytes = |path: &Path| fs::metadata(path).unwrap().len();
    let restored = home.path().join(format!("painted.{extension}"));
    assert_eq!(report["exact"], true);
    assert_eq!(report["backgroundBytes"], bytes(&background));
    assert_eq!(report["paintedBytes"], bytes(&original));
    assert_eq!(
        report["differenceBytes"],
        bytes(&home.path().join("painted.difference.exr"))
    );
    assert_eq!(report["failingPixels"], 0);
    assert_eq!(report["compare"]["failingPixels"], 0);
    assert_eq!(report["changedPixels"], changed(&background, &original));
    // Windows, samples, types, codec and every attribute.
    same(&restored, &original);
    assert_eq!(
        names(home.path()),
        ["painted.difference.exr", &format!("painted.{extension}")]
    );
    report["differenceBytes"].as_f64().unwrap() / report["paintedBytes"].as_f64().unwrap()
}

/// Counts pixels that differ, without the tools that are tested.
fn changed(a: &Path, b: &Path) -> usize {
    let (a, b) = (read(a), read(b));
    let differs = |&pixel: &usize| {
        let mut channels = a.channels.iter().zip(&b.channels);
        channels.any(|(a, b)| a.samples.bits(pixel) != b.samples.bits(pixel))
    };
    (0..a.data.area() as usize).filter(differs).count()
}

#[test]
fn the_eight_bit_example_is_exact_and_small() {
    assert!(example("tif") < 0.05);
}

#[test]
fn the_half_example_is_exact_and_small() {
    assert!(example("exr") < 0.10);
}

#[test]
fn every_type_comes_back() {
    let kinds = [
        ("tif", "RGB", SampleType::U16),
        ("tif", "RGBA", SampleType::U8),
        ("tif", "Y", SampleType::U8),
        ("tif", "RGB", SampleType::Float),
        ("png", "RGB", SampleType::U8),
        ("png", "RGBA", SampleType::U16),
        ("png", "YA", SampleType::U8),
        ("exr", "RGBA", SampleType::Half),
        ("exr", "Y", SampleType::Float),
        ("exr", "A", SampleType::Half),
    ];
    for (extension, channels, kind) in kinds {
        let home = folder();
        let make = Make::sized(21, 11, channels, kind);
        let files = ["bg", "p"].map(|name| home.path().join(format!("{name}.{extension}")));
        make.write(&files[0], texture);
        make.write(&files[1], painted);
        let words = format!("roundtrip @bg.{extension} @p.{extension} --out @out --json");
        let report = in_folder(home.path(), &words).ends(0).json();
        assert_eq!(report["exact"], true, "{extension} {channels} {kind:?}");
        assert_eq!(
            report["changedPixels"], 9,
            "{extension} {channels} {kind:?}"
        );
        same(&home.path().join(format!("out/p.{extension}")), &files[1]);
    }
}

#[test]
fn data_windows_may_differ_and_lie_off_the_display_window() {
    let home = folder();
    let background = Make {
        display: Rect::new(10, 20, 30, 32),
        data: Rect::new(8, 22, 25, 30),
        channels: "RGB",
        kind: SampleType::Half,
    };
    let target = Make {
        data: Rect::new(12, 18, 33, 29),
        ..background
    };
    background.write(&home.path().join("bg.exr"), |_, _, _| 0.25);
    target.write(
        &home.path().join("p.exr"),
        |x, _, _| if x < 15 { 0.25 } else { 0.5 },
    );
    let report = in_folder(home.path(), "roundtrip @bg.exr @p.exr --out @out --json")
        .ends(0)
        .json();
    assert_eq!(report["exact"], true);
    // Over the union: where only one of them has pixels, the other is 0.
    let union = (8..33).flat_map(|x| (18..30).map(move |y| (x, y)));
    let value = |window: Rect, x, y, inside: f32| if window.contains(x, y) { inside } else { 0.0 };
    let differs = union.filter(|&(x, y)| {
        let b = value(background.data, x, y, 0.25);
        b != value(target.data, x, y, if x < 15 { 0.25 } else { 0.5 })
    });
    // Outside the painted plate's window nothing is restored; there it is 0 as well.
    assert_eq!(report["changedPixels"], differs.count());
    same(&home.path().join("out/p.exr"), &home.path().join("p.exr"));
}

#[test]
fn channels_of_one_plate_alone_are_warned_about() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    Make::sized(9, 9, "RGB", SampleType::U8).write(&path("rgb.tif"), texture);
    Make::sized(9, 9, "RGBA", SampleType::U8).write(&path("rgba.tif"), painted);
    let ran = in_folder(
        home.path(),
        "roundtrip @rgb.tif @rgba.tif --out @more --json",
    )
    .ends(0);
    assert!(
        ran.err
            .contains("only in the painted plate, so transferred whole: A"),
        "{}",
        ran.err
    );
    assert_eq!(ran.json()["warnings"].as_array().unwrap().len(), 1);
    same(&path("more/rgba.tif"), &path("rgba.tif"));
    let ran = in_folder(
        home.path(),
        "roundtrip @rgba.tif @rgb.tif --out @less --json",
    )
    .ends(0);
    assert!(
        ran.err
            .contains("only in the background, so not restored: A"),
        "{}",
        ran.err
    );
    same(&path("less/rgb.tif"), &path("rgb.tif"));
}

#[test]
fn the_codec_is_the_one_asked_for() {
    let home = folder();
    let make = Make::sized(40, 20, "RGB", SampleType::U8);
    make.write(&home.path().join("bg.png"), texture);
    make.write(&home.path().join("p.png"), painted);
    for codec in ["none", "rle", "zips", "zip", "piz"] {
        let words = format!("roundtrip @bg.png @p.png --out @{codec} --codec {codec} --json");
        let report = in_folder(home.path(), &words).ends(0).json();
        assert_eq!(report["exact"], true);
        assert_eq!(report["codec"], codec);
        let file = home.path().join(codec).join("p.difference.exr");
        let header = images::info(&file).unwrap().header;
        assert_eq!(Some(header.metadata.codec), Codec::from_name(codec));
    }
    let report = in_folder(
        home.path(),
        "roundtrip @bg.png @p.png --out @default --json",
    )
    .json();
    assert_eq!(report["codec"], "zip");
}

/// Dark paint over bright film: `b + (p - b)` is rounded, the residual is what it lacks.
#[test]
fn dark_paint_over_bright_film_comes_back() {
    let home = folder();
    for (kind, residuals) in [(SampleType::Float, 4), (SampleType::Half, 4)] {
        let make = Make::sized(8, 4, "RGB", kind);
        let paint = |x: i32, c: usize| if x == 2 && c == 1 { 0.1 } else { 1000.0 };
        make.write(&home.path().join("bg.exr"), |_, _, _| 1000.0);
        make.write(&home.path().join("p.exr"), |x, _, c| paint(x, c));
        let report = in_folder(home.path(), "roundtrip @bg.exr @p.exr --out @out --json")
            .ends(0)
            .json();
        assert_eq!(report["exact"], true);
        assert_eq!(report["residualSamples"], residuals);
        assert_eq!(report["replacedSamples"], 0);
        assert_eq!(report["compare"]["failingPixels"], 0);
        same(&home.path().join("out/p.exr"), &home.path().join("p.exr"));
    }
}

/// `auto` is the smaller of ZIP and PIZ.
#[test]
fn the_smaller_codec_is_found() {
    let home = folder();
    let make = Make::sized(400, 400, "Y", SampleType::Float);
    make.write(&home.path().join("bg.exr"), |_, _, _| 0.0);
    make.write(&home.path().join("p.exr"), |x, y, _| {
        0.5 + 0.3 * (x as f32 * 0.02).sin() * (y as f32 * 0.015).cos()
    });
    let run = |codec: &str| {
        let words = format!("min @bg.exr @p.exr -o @d.exr --codec {codec} --json");
        in_folder(home.path(), &words).ends(0).json()
    };
    let (auto, zip, piz) = (run("auto"), run("zip"), run("piz"));
    assert_eq!(auto["codec"], "piz");
    assert_eq!(auto["differenceBytes"], piz["differenceBytes"]);
    assert!(piz["differenceBytes"].as_u64() < zip["differenceBytes"].as_u64());
}

#[test]
fn the_report_for_people_has_sizes_and_the_verdict() {
    let home = folder();
    let make = Make::sized(40, 20, "RGB", SampleType::U8);
    make.write(&home.path().join("bg.tif"), texture);
    make.write(&home.path().join("p.tif"), painted);
    let ran = in_folder(home.path(), "roundtrip @bg.tif @p.tif --out @out").ends(0);
    for line in ["background ", "painted ", "difference ", "restored "] {
        let line = ran.out.lines().find(|l| l.starts_with(line)).unwrap();
        assert!(line.contains(" bytes"), "{line}");
    }
    assert!(ran.out.contains("% of painted"), "{}", ran.out);
    assert!(ran.out.contains("9 of 800 pixels"), "{}", ran.out);
    assert!(
        ran.out.lines().last().unwrap().ends_with("exact"),
        "{}",
        ran.out
    );
    // Not a terminal: progress comes as lines, and not with -q.
    assert!(ran.err.lines().any(|line| line == "Plus"), "{}", ran.err);
    let ran = in_folder(home.path(), "roundtrip -q @bg.tif @p.tif --out @out").ends(0);
    assert_eq!(ran.err, "");
}

#[test]
fn inputs_are_not_written_over() {
    let home = folder();
    let make = Make::sized(8, 8, "RGB", SampleType::U8);
    make.write(&home.path().join("bg.png"), texture);
    make.write(&home.path().join("p.png"), painted);
    let before = fs::read(home.path().join("p.png")).unwrap();
    let ran = in_folder(home.path(), "roundtrip @bg.png @p.png --out @.").ends(2);
    assert!(
        ran.err.contains("p.png") && ran.err.contains("is an input"),
        "{}",
        ran.err
    );
    assert_eq!(fs::read(home.path().join("p.png")).unwrap(), before);
    assert_eq!(names(home.path()), ["bg.png", "p.png"]);
}
