//! `deltaplate min --estimate`.

use std::fs;

use crate::support::{folder, in_folder, names, plate};

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
