//! `deltaplate compare`.

use std::path::Path;

use images::{Rect, SampleType};
use serde_json::{Value, json};

use crate::support::{Make, floats, folder, in_folder, painted, plate, read, texture};

/// Writes `a.exr` and `b.exr` of one float channel Y, `b` all zeros but for `reference`.
fn pair(home: &Path, size: i32, a: impl Fn(i32, i32) -> f32, b: impl Fn(i32, i32) -> f32) {
    let make = Make::sized(size, size, "Y", SampleType::Float);
    make.write(&home.join("a.exr"), |x, y, _| a(x, y));
    make.write(&home.join("b.exr"), |x, y, _| b(x, y));
}

fn verdict(home: &Path, options: &str, code: i32) -> Value {
    let words = format!("compare @a.exr @b.exr --json {options}");
    in_folder(home, &words).ends(code).json()
}

#[test]
fn an_image_equals_itself() {
    let file = plate("painted.exr");
    let file = file.to_str().unwrap();
    let report = in_folder(Path::new(""), &format!("compare {file} {file} --json"))
        .ends(0)
        .json();
    assert_eq!(report["verdict"], "equal");
    assert_eq!(report["reason"], Value::Null);
    assert_eq!(report["psnr"], Value::Null);
    for figure in ["max", "mean", "rms", "ulpMax", "failingPixels", "nanCount"] {
        assert_eq!(report[figure].as_f64(), Some(0.0), "{figure}");
    }
    assert_eq!(report["worst"]["a"], report["worst"]["b"]);
}

/// The figures against plain arithmetic on the same files.
#[test]
fn the_figures_are_those_of_the_samples() {
    let [a, b] = ["painted.tif", "background.tif"].map(plate);
    let words = format!("compare {} {} --json", a.display(), b.display());
    let report = in_folder(Path::new(""), &words).ends(1).json();
    let (a, b) = (read(&a), read(&b));
    let width = a.data.width();
    let (mut max, mut sum, mut squares, mut count) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
    let mut fails = vec![false; a.data.area() as usize];
    for name in ["R", "G", "B"] {
        for (pixel, (a, b)) in floats(&a, name).iter().zip(floats(&b, name)).enumerate() {
            let difference = f64::from((a - b).abs());
            max = max.max(difference);
            sum += difference;
            squares += difference * difference;
            count += 1.0;
            fails[pixel] |= difference > 0.0;
        }
    }
    let near = |figure: &str, expected: f64| {
        let value = report[figure].as_f64().unwrap();
        assert!(
            (value / expected - 1.0).abs() < 1e-9,
            "{figure} {value} {expected}"
        );
    };
    let rms = (squares / count).sqrt();
    near("max", max);
    near("mean", sum / count);
    near("rms", rms);
    near("psnr", -20.0 * rms.log10());
    assert_eq!(report["verdict"], "differ");
    assert_eq!(report["reason"], "samples");
    assert_eq!(
        report["failingPixels"],
        fails.iter().filter(|fails| **fails).count()
    );
    let places = || (0..fails.len()).filter(|&pixel| fails[pixel]);
    let expected = [
        places().map(|p| p % width).min().unwrap(),
        places().map(|p| p / width).min().unwrap(),
        places().map(|p| p % width).max().unwrap() + 1,
        places().map(|p| p / width).max().unwrap() + 1,
    ];
    assert_eq!(report["failingBox"], json!(expected));
    // The worst pixel is where it says, and has the largest difference.
    let worst = &report["worst"];
    let (x, y) = (
        worst["x"].as_u64().unwrap() as usize,
        worst["y"].as_u64().unwrap() as usize,
    );
    let mut largest = 0.0f32;
    for (index, name) in ["R", "G", "B"].into_iter().enumerate() {
        let (a, b) = (
            floats(&a, name)[y * width + x],
            floats(&b, name)[y * width + x],
        );
        assert_eq!(worst["a"][index].as_f64().unwrap() as f32, a);
        assert_eq!(worst["b"][index].as_f64().unwrap() as f32, b);
        largest = largest.max((a - b).abs());
    }
    assert_eq!(f64::from(largest), max);
}

#[test]
fn coordinates_are_the_file_s_own() {
    let home = folder();
    let make = Make {
        display: Rect::new(100, -50, 120, -30),
        data: Rect::new(95, -45, 118, -25),
        channels: "RGBA",
        kind: SampleType::Half,
    };
    make.write(&home.path().join("a.exr"), |x, y, c| {
        if (x, y, c) == (103, -41, 2) { 1.0 } else { 0.5 }
    });
    make.write(&home.path().join("b.exr"), |_, _, _| 0.5);
    let report = verdict(home.path(), "", 1);
    let worst = &report["worst"];
    assert_eq!((&worst["x"], &worst["y"]), (&json!(103), &json!(-41)));
    assert_eq!(worst["a"], json!([0.5, 0.5, 1.0, 0.5]));
    assert_eq!(worst["b"], json!([0.5, 0.5, 0.5, 0.5]));
    assert_eq!(report["failingBox"], json!([103, -41, 104, -40]));
}

#[test]
fn tolerances_accept_what_they_say() {
    let home = folder();
    let next = f32::from_bits(1.0f32.to_bits() + 3);
    pair(
        home.path(),
        4,
        |x, _| if x == 1 { next } else { 8.0 },
        |x, _| if x == 1 { 1.0 } else { 8.0 },
    );
    assert_eq!(verdict(home.path(), "", 1)["ulpMax"], 3);
    assert_eq!(verdict(home.path(), "--ulp 2", 1)["failingPixels"], 4);
    assert_eq!(verdict(home.path(), "--ulp 3", 0)["verdict"], "equal");
    verdict(home.path(), "--absolute 3e-7", 1);
    verdict(home.path(), "--absolute 4e-7", 0);
    verdict(home.path(), "--relative 3e-7", 1);
    verdict(home.path(), "--relative 4e-7", 0);
    // One that accepts is enough.
    verdict(home.path(), "--absolute 0 --ulp 3", 0);
    verdict(home.path(), "--allow 3", 1);
    let report = verdict(home.path(), "--allow 4", 0);
    assert_eq!(
        (&report["verdict"], &report["failingPixels"]),
        (&json!("equal"), &json!(4))
    );
}

#[test]
fn the_sign_of_zero_counts_unless_tolerated() {
    let home = folder();
    pair(home.path(), 2, |_, _| -0.0, |_, _| 0.0);
    let report = verdict(home.path(), "", 1);
    assert_eq!(
        (&report["failingPixels"], &report["max"]),
        (&json!(4), &json!(0.0))
    );
    verdict(home.path(), "--absolute 0", 0);
}

#[test]
fn what_is_not_finite_has_names() {
    let home = folder();
    let nan = |x: i32, y: i32| if (x, y) == (1, 2) { f32::NAN } else { 0.5 };
    pair(home.path(), 4, nan, |_, _| 0.5);
    let report = verdict(home.path(), "", 1);
    assert_eq!(
        (&report["nanCount"], &report["failingPixels"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        report["worst"],
        json!({"x": 1, "y": 2, "channels": ["Y"], "a": ["nan"], "b": [0.5]})
    );
    // No tolerance accepts it.
    verdict(
        home.path(),
        "--absolute 1e30 --relative 1e30 --ulp 2147483647",
        1,
    );

    pair(home.path(), 4, nan, nan);
    assert_eq!(verdict(home.path(), "", 0)["nanCount"], 1);
    assert_eq!(verdict(home.path(), "--nan-differs", 1)["failingPixels"], 1);

    let infinite = |x: i32, _| if x == 0 { f32::NEG_INFINITY } else { 0.5 };
    pair(home.path(), 4, infinite, |x, _| {
        if x == 0 { f32::INFINITY } else { 0.5 }
    });
    let report = verdict(home.path(), "", 1);
    assert_eq!(report["infCount"], 4);
    assert_eq!(
        (&report["worst"]["a"], &report["worst"]["b"]),
        (&json!(["-inf"]), &json!(["inf"]))
    );
}

#[test]
fn sizes_and_channels_that_differ_have_their_own_reason() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    Make::sized(8, 8, "RGB", SampleType::U8).write(&path("a.tif"), texture);
    Make::sized(8, 9, "RGB", SampleType::U8).write(&path("b.tif"), texture);
    Make::sized(8, 8, "RGBA", SampleType::U8).write(&path("c.tif"), texture);
    let ran = in_folder(home.path(), "compare @a.tif @b.tif --json --heatmap @h.png").ends(1);
    let report = ran.json();
    assert_eq!(
        (&report["verdict"], &report["reason"]),
        (&json!("differ"), &json!("displayWindow"))
    );
    assert_eq!(
        (&report["max"], &report["worst"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        report["detail"].as_str().unwrap().contains("8x9"),
        "{report}"
    );
    assert!(
        ran.err.contains("h.png") && !path("h.png").exists(),
        "{}",
        ran.err
    );

    let report = in_folder(home.path(), "compare @a.tif @c.tif --json")
        .ends(1)
        .json();
    assert_eq!(report["reason"], "channels");
    assert_eq!(report["failingPixels"], 0);
    let ran = in_folder(home.path(), "compare @a.tif @c.tif").ends(1);
    assert!(
        ran.out
            .contains("differ: the channels are B G R and A B G R"),
        "{}",
        ran.out
    );
}

#[test]
fn values_are_compared_across_types() {
    let home = folder();
    let codes = |x: i32, y: i32, _| (x * 16 + y) as f32 / 255.0;
    Make::sized(16, 16, "RGB", SampleType::U8).write(&home.path().join("a.png"), codes);
    Make::sized(16, 16, "RGB", SampleType::U16).write(&home.path().join("b.png"), codes);
    let ran = in_folder(home.path(), "compare @a.png @b.png --json").ends(0);
    assert_eq!(ran.json()["typesDiffer"], true);
    assert!(
        ran.err.contains("types of the samples differ"),
        "{}",
        ran.err
    );
}

/// Gray and alpha are two clips; a pixel that fails in both is one.
#[test]
fn several_clips_are_one_report() {
    let home = folder();
    let make = Make::sized(4, 4, "YA", SampleType::U8);
    make.write(&home.path().join("a.png"), |_, _, _| 0.2);
    make.write(&home.path().join("b.png"), |x, y, c| match (x, y, c) {
        (1, 1, _) => 0.4,
        (2, 3, 1) => 1.0,
        _ => 0.2,
    });
    let report = in_folder(home.path(), "compare @a.png @b.png --json")
        .ends(1)
        .json();
    assert_eq!(report["failingPixels"], 2);
    assert_eq!(report["failingBox"], json!([1, 1, 3, 4]));
    let worst = &report["worst"];
    assert_eq!(
        (&worst["x"], &worst["y"], &worst["channels"]),
        (&json!(2), &json!(3), &json!(["A"]))
    );
    let near = |figure: &str, expected: f64| {
        let value = report[figure].as_f64().unwrap();
        assert!(
            (value - expected).abs() < 1e-7,
            "{figure} {value} {expected}"
        );
    };
    near("max", 0.8);
    near("mean", (0.2 + 0.2 + 0.8) / 32.0);
    near("rms", ((0.04 + 0.04 + 0.64) / 32.0f64).sqrt());
}

/// Where only alpha differs, and only in the sign of zero, alpha's pixel is the worst.
#[test]
fn the_worst_of_several_clips_is_one_that_fails() {
    let home = folder();
    let make = Make::sized(4, 4, "YA", SampleType::Half);
    make.write(&home.path().join("a.exr"), |x, y, c| {
        if (x, y, c) == (3, 2, 1) { -0.0 } else { 0.0 }
    });
    make.write(&home.path().join("b.exr"), |_, _, _| 0.0);
    let worst = &verdict(home.path(), "", 1)["worst"];
    assert_eq!(
        (&worst["x"], &worst["y"], &worst["channels"]),
        (&json!(3), &json!(2), &json!(["A"]))
    );
}

#[test]
fn the_heat_map_shows_where() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    for channels in ["RGB", "Y"] {
        let make = Make::sized(6, 5, channels, SampleType::Float);
        make.write(&path("a.exr"), |x, y, c| match (x, y) {
            (4, 1) if c == 0 => 1.0,
            (2, 3) => 0.05,
            _ => 0.0,
        });
        make.write(&path("b.exr"), |_, _, _| 0.0);
        verdict(
            home.path(),
            &format!("--heatmap {}", path("h.png").display()),
            1,
        );
        let map = read(&path("h.png"));
        assert_eq!(map.header().channels.len(), 3);
        let colour = |x: usize, y: usize| ["R", "G", "B"].map(|c| floats(&map, c)[y * 6 + x]);
        assert_eq!(colour(4, 1), [1.0, 1.0, 1.0], "{channels}");
        assert_eq!(colour(2, 3), [1.0, 0.0, 0.0], "{channels}");
        assert_eq!(colour(0, 0), [0.0, 0.0, 0.0], "{channels}");
    }
    // With a range of 1, 0.05 is a dark blue.
    let options = format!("--heat-range 1 --heatmap {}", path("h.png").display());
    verdict(home.path(), &options, 1);
    let blue = floats(&read(&path("h.png")), "B")[3 * 6 + 2];
    assert!((0.15..0.25).contains(&blue), "{blue}");
}

#[test]
fn the_report_for_people_says_where_and_how_much() {
    let home = folder();
    let make = Make::sized(9, 9, "RGB", SampleType::U8);
    make.write(&home.path().join("a.tif"), painted);
    make.write(&home.path().join("b.tif"), texture);
    let ran = in_folder(home.path(), "compare @a.tif @b.tif").ends(1);
    assert!(ran.out.contains("differ: 9 pixels fail"), "{}", ran.out);
    assert!(ran.out.contains("9 of 81 pixels"), "{}", ran.out);
    assert!(ran.out.contains("3,2 to 5,4"), "{}", ran.out);
    let ran = in_folder(home.path(), "compare @a.tif @a.tif").ends(0);
    assert!(ran.out.starts_with("verdict"), "{}", ran.out);
    assert!(
        ran.out.lines().next().unwrap().ends_with("equal"),
        "{}",
        ran.out
    );
}
