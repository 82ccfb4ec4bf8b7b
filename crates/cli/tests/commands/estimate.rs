//! `deltaplate min --estimate`.

use std::fs;

use images::SampleType;

use crate::support::{Make, folder, in_folder, names, plate};

#[test]
fn the_true_size_is_within_the_bound() {
    let home = folder();
    for name in [
        "background.exr",
        "painted.exr",
        "background.tif",
        "painted.tif",
    ] {
        fs::copy(plate(name), home.path().join(name)).unwrap();
    }
    let before = names(home.path());
    for (kind, options) in [("exr", ""), ("exr", "--tile 64"), ("tif", "--codec auto")] {
        let words = format!("min @background.{kind} @painted.{kind} {options} --json");
        let guess = in_folder(home.path(), &format!("{words} --estimate"))
            .ends(0)
            .json();
        assert_eq!(names(home.path()), before);
        let made = in_folder(home.path(), &format!("{words} -o @d.exr"))
            .ends(0)
            .json();
        fs::remove_file(home.path().join("d.exr")).unwrap();
        let number = |name: &str| guess[name].as_u64().unwrap();
        let bytes = made["differenceBytes"].as_u64().unwrap();
        let error = number("estimatedBytes").abs_diff(bytes);
        assert!(error <= number("errorBytes"), "{words}: {bytes} {guess}");
        assert!(number("errorBytes") < bytes / 6, "{words}: {bytes} {guess}");
        assert!(number("packedBlocks") > 0, "{guess}");
        for same in ["changedPixels", "residualSamples", "paintedBytes", "codec"] {
            assert_eq!(guess[same], made[same], "{words}");
        }
    }
}

#[test]
fn a_sequence_is_estimated_frame_by_frame() {
    let home = folder();
    for frame in 1..4 {
        let link = |name: &str| {
            let to = home.path().join(format!("{name}.{frame}.exr"));
            fs::copy(plate(&format!("{name}.exr")), to).unwrap();
        };
        link("background");
        link("painted");
    }
    let words = "min @background.#.exr @painted.#.exr --estimate --json";
    let report = in_folder(home.path(), words).ends(0).json();
    let frames = report["frames"].as_array().unwrap();
    assert_eq!(frames.len(), 3);
    assert!(
        frames
            .iter()
            .all(|frame| frame["estimatedBytes"] == frames[0]["estimatedBytes"])
    );
    let plain = in_folder(
        home.path(),
        "min @background.1.exr @painted.1.exr --estimate --codec zips",
    )
    .ends(0);
    assert!(plain.out.contains("give or take"), "{}", plain.out);
}

/// A frame that is larger than the memory it may take goes in strips: the same is said of it, and it
/// holds.
#[test]
fn a_frame_in_strips_is_estimated_as_a_whole_one() {
    let home = folder();
    let make = Make::sized(60, 1500, "RGB", SampleType::Half);
    let grainy = |x: i32, y: i32, channel: usize| {
        let mixed = (x + 61 * y + 7 * channel as i32).wrapping_mul(-1_640_531_535);
        0.2 + (x + y % 300) as f32 / 500.0 + (mixed >> 20) as f32 / 60_000.0
    };
    make.write(&home.path().join("background.exr"), grainy);
    make.write(&home.path().join("painted.exr"), |x, y, channel| {
        grainy(x, y, channel) * if y % 200 < 120 { 1.1 } else { 1.0 }
    });
    for options in ["--codec zips", "--codec auto", "--tile 20"] {
        let words = format!("min @background.exr @painted.exr {options} --json --memory");
        let run = |rest: &str| in_folder(home.path(), &format!("{words} {rest}")).ends(0);
        let strips = run("1M --estimate");
        let whole = run("100G --estimate");
        assert_ne!(strips.err, whole.err, "both went alike");
        let guess = strips.json();
        assert_eq!(guess, whole.json());
        let bytes = run("1M -o @d.exr").json()["differenceBytes"].as_u64();
        let number = |name: &str| guess[name].as_u64().unwrap();
        let error = number("estimatedBytes").abs_diff(bytes.unwrap());
        assert!(
            error <= number("errorBytes"),
            "{options}: {bytes:?} {guess}"
        );
        assert!(number("errorBytes") > 0, "{guess}");
        fs::remove_file(home.path().join("d.exr")).unwrap();
    }
}
