//! `deltaplate pack` and `deltaplate unpack`.

use std::fs;

use images::SampleType;
use serde_json::json;

use crate::support::{Make, folder, in_folder, painted, same, texture};

/// Differences `d.0001.exr` to `d.0005.exr`, with plates `bg.1.tif` and `p.1.tif` and so on.
fn shot() -> tempfile::TempDir {
    let home = folder();
    let make = Make::sized(40, 30, "RGB", SampleType::U16);
    for frame in 1..6 {
        make.write(&home.path().join(format!("bg.{frame}.tif")), |x, y, c| {
            texture(x + frame, y, c)
        });
        make.write(&home.path().join(format!("p.{frame}.tif")), |x, y, c| {
            painted(x + frame, y, c)
        });
        let words = format!("min @bg.{frame}.tif @p.{frame}.tif -o @d.000{frame}.exr");
        in_folder(home.path(), &words).ends(0);
    }
    home
}

#[test]
fn a_shot_travels_in_one_file() {
    let home = shot();
    let path = |name: &str| home.path().join(name);
    let words =
        "pack @d.0001.exr @d.0002.exr @d.0003.exr @d.0004.exr @d.0005.exr -o @new/shot.exr --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["frames"], json!([1, 2, 3, 4, 5]));
    assert_eq!(
        report["bytes"],
        fs::metadata(path("new/shot.exr")).unwrap().len()
    );
    let info = in_folder(home.path(), "info @new/shot.exr --json")
        .ends(0)
        .json();
    assert_eq!(info["transfers"][4]["part"], "difference.5");

    // The pixel's history.
    let probe = in_folder(home.path(), "probe @new/shot.exr 3 3 --json")
        .ends(0)
        .json();
    assert_eq!(probe["parts"].as_array().unwrap().len(), 10);
    assert_eq!(probe["parts"][0]["part"], "difference.1");
    let words = "probe @new/shot.exr 3 3 --frame 4 --json";
    let one = in_folder(home.path(), words).ends(0).json();
    assert_eq!(one["parts"].as_array().unwrap().len(), 2);
    assert_eq!(one["parts"][0], probe["parts"][6]);
    assert_eq!(one["parts"][1], probe["parts"][7]);
    in_folder(home.path(), "probe @new/shot.exr 3 3 --frame 9").ends(4);

    in_folder(home.path(), "unpack @new/shot.exr -o @back/x.####.exr").ends(0);
    for frame in 1..6 {
        let (own, back) = (
            format!("d.000{frame}.exr"),
            format!("back/x.000{frame}.exr"),
        );
        assert!(
            fs::read(path(&own)).unwrap() == fs::read(path(&back)).unwrap(),
            "{frame}"
        );
    }
    let ran = in_folder(
        home.path(),
        "unpack @new/shot.exr -o @one.exr --frame 4 --json",
    )
    .ends(0);
    assert_eq!(ran.json()["frames"][0]["frame"], 4);
    in_folder(home.path(), "plus @bg.4.tif @one.exr -o @out.tif").ends(0);
    same(&path("out.tif"), &path("p.4.tif"));
}

#[test]
fn what_is_no_shot_is_refused() {
    let home = shot();
    let says = |words: &str, code: i32, reason: &str| {
        let ran = in_folder(home.path(), words).ends(code);
        assert!(ran.err.contains(reason), "{words}: {}", ran.err);
    };
    fs::copy(
        home.path().join("d.0001.exr"),
        home.path().join("plain.exr"),
    )
    .unwrap();
    says("pack @plain.exr -o @s.exr", 2, "no frame number");
    fs::copy(
        home.path().join("d.0001.exr"),
        home.path().join("other.1.exr"),
    )
    .unwrap();
    says("pack @d.0001.exr @other.1.exr -o @s.exr", 2, "both frame 1");
    says("pack @d.0001.exr @p.2.tif -o @s.exr", 4, "p.2.tif");
    says("pack @d.0001.exr -o @d.0001.exr", 2, "is an input");
    says("unpack @d.0001.exr -o @x.####.exr", 4, "not a pack");
    in_folder(home.path(), "pack @d.0001.exr @d.0002.exr -o @s.exr").ends(0);
    says("unpack @s.exr -o @x.exr", 2, "x.exr: 2 frames need");
    says("unpack @s.exr -o @x.exr --frame 9", 4, "s.exr: 9;");
    says("plus @bg.1.tif @s.exr -o @out.tif", 4, "a pack of 2 frames");
    assert!(!home.path().join("x.exr").exists());
}

#[test]
fn frames_of_a_pack_are_chosen_by_ranges() {
    let home = shot();
    let path = |name: &str| home.path().join(name);
    let frames = |words: &str| {
        let report = in_folder(home.path(), words).ends(0).json();
        report["frames"].clone()
    };
    let packed = frames("pack @d.####.exr -o @all.exr --json");
    assert_eq!(packed, json!([1, 2, 3, 4, 5]));
    let packed = frames("pack @d.%04d.exr -o @odd.exr --frames 1-5x2 --json");
    assert_eq!(packed, json!([1, 3, 5]));

    // What is missing is named together, and nothing is begun.
    let ran = in_folder(home.path(), "pack @d.####.exr -o @no.exr --frames 4-9").ends(4);
    assert!(
        ran.err.contains("missing frames: ") && ran.err.contains("d.####.exr: 6-9"),
        "{}",
        ran.err
    );
    assert!(!path("no.exr").exists());
    let words = "pack @d.####.exr -o @some.exr --frames 4-9 --keep-going --json";
    assert_eq!(frames(words), json!([4, 5]));
    let ran = in_folder(home.path(), "unpack @odd.exr -o @back/x.#.exr --frames 1-5").ends(4);
    assert!(ran.err.contains("odd.exr: 2,4"), "{}", ran.err);
    assert!(!path("back").exists());
    in_folder(home.path(), "pack @d.0001.exr -o @no.exr --frames 1").ends(2);

    // One that fails ends the run unless it is to go on; one that is there may stay.
    let words = "unpack @odd.exr -o @back/x.#.exr --frames 1-3 --keep-going --json";
    let report = in_folder(home.path(), words).ends(4).json();
    assert_eq!(
        (&report["done"], &report["failed"]),
        (&json!(2), &json!(1)),
        "{report}"
    );
    assert_eq!(report["frames"][1]["status"], "failed");
    let size = fs::metadata(path("odd.exr")).unwrap().len();
    assert!(report["frames"][2]["bytesRead"].as_u64().unwrap() < size);
    fs::write(path("back/x.1.exr"), "kept").unwrap();
    let words = "unpack @odd.exr -o @back/x.#.exr --skip-existing --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(
        (&report["done"], &report["skipped"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(fs::read(path("back/x.1.exr")).unwrap(), b"kept");
    let whole = |name: &str| fs::read(path(name)).unwrap();
    assert!(whole("back/x.5.exr") == whole("d.0005.exr"));

    // A pixel's history: from the files, and from the pack.
    let words = "probe @d.####.exr 3 3 --frames 1-5x2 --json";
    let files = in_folder(home.path(), words).ends(0).json();
    let words = "probe @all.exr 3 3 --frames 1-5x2 --json";
    let pack = in_folder(home.path(), words).ends(0).json();
    let parts = pack["parts"].as_array().unwrap();
    let mut parts = parts.iter();
    for (frame, number) in files["frames"].as_array().unwrap().iter().zip([1, 3, 5]) {
        assert_eq!(frame["frame"], number);
        for part in frame["parts"].as_array().unwrap() {
            let same = parts.next().unwrap();
            assert_eq!(part["samples"], same["samples"]);
            let name = part["part"].as_str().unwrap_or("difference");
            assert_eq!(same["part"], format!("{name}.{number}"));
        }
    }
    assert!(parts.next().is_none());
    let ran = in_folder(home.path(), "probe @d.####.exr 3 3").ends(0);
    assert!(
        ran.out.contains("5  done") && ran.out.contains("R "),
        "{}",
        ran.out
    );
    let ran = in_folder(home.path(), "probe @all.exr 3 3 --frames 4-8").ends(4);
    assert!(ran.err.contains("no frame 6-8"), "{}", ran.err);
    let ran = in_folder(home.path(), "probe @d.####.exr 3 3 --frames 4-8").ends(4);
    assert!(ran.err.contains("d.####.exr: 6-8"), "{}", ran.err);

    let report = in_folder(home.path(), "info @d.@.exr --frames 0001,3 --json").ends(4);
    assert!(report.err.contains("d.@.exr: 1,3"), "{}", report.err);
    let report = in_folder(home.path(), "info @d.####.exr --frames 2-3 --json")
        .ends(0)
        .json();
    assert_eq!(report["frames"][1]["frame"], 3);
    assert_eq!(report["frames"][1]["isTransfer"], true);
    let ran = in_folder(home.path(), "info @d.####.exr").ends(0);
    assert!(ran.out.contains("a transfer"), "{}", ran.out);
}
