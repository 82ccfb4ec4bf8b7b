//! `deltaplate probe` and `deltaplate info`.

use std::fs;

use images::{Rect, SampleType};
use serde_json::json;

use crate::support::{Make, folder, in_folder, plate, texture};

/// A difference of two parts and more: `bg.exr`, `p.exr`, `d.exr`.
fn travelled() -> tempfile::TempDir {
    let home = folder();
    let make = Make {
        display: Rect::new(-4, 0, 300, 400),
        data: Rect::new(-4, 10, 290, 390),
        channels: "RGB",
        kind: SampleType::Float,
    };
    make.write(&home.path().join("bg.exr"), |x, y, c| {
        1.0 + texture(x, y, c)
    });
    make.write(&home.path().join("p.exr"), |x, y, c| match (x, y) {
        (-3..20, 100..320) if c == 0 => 1e-9,
        (7, 350) => f32::INFINITY,
        _ => 1.0 + texture(x, y, c),
    });
    in_folder(home.path(), "min @bg.exr @p.exr -o @d.exr --codec zips").ends(0);
    home
}

#[test]
fn a_pixel_costs_one_block() {
    let home = travelled();
    let report = in_folder(home.path(), "probe @d.exr -3 200 --json")
        .ends(0)
        .json();
    let size = fs::metadata(home.path().join("d.exr")).unwrap().len();
    assert_eq!(report["fileBytes"], size);
    // Reads are of 8 KiB, of a file that is not much larger.
    assert!(
        report["bytesRead"].as_u64().unwrap() < size * 2 / 3,
        "{report}"
    );
    let parts = report["parts"].as_array().unwrap();
    let names: Vec<&str> = parts
        .iter()
        .map(|part| part["part"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["difference", "residual", "replace"]);
    let b = 1.0 + texture(-3, 200, 0);
    let d = 1e-9 - b;
    let red = &parts[0]["samples"][0];
    assert_eq!(red["channel"], "R");
    assert_eq!(red["type"], "float");
    // The parser of the tests is off by a bit in the last of a double.
    let value = |sample: &serde_json::Value| sample["value"].as_f64().unwrap() as f32;
    assert_eq!(value(red), d);
    assert_eq!(red["bits"], format!("{:08x}", d.to_bits()));
    assert_eq!(value(&parts[1]["samples"][0]), 1e-9 - (b + d));
    assert_eq!(parts[2]["inside"], false);

    let infinite = in_folder(home.path(), "probe @d.exr 7 350 --json")
        .ends(0)
        .json();
    assert_eq!(infinite["parts"][2]["samples"][1]["value"], "inf");
    // Outside every window only the headers are read.
    let outside = in_folder(home.path(), "probe @d.exr 299 5 --json")
        .ends(0)
        .json();
    assert!(outside["bytesRead"].as_u64() < report["bytesRead"].as_u64());
    for part in outside["parts"].as_array().unwrap() {
        assert_eq!(part["inside"], false);
        assert_eq!(part["samples"][0]["value"], 0.0);
    }
}

#[test]
fn any_image_can_be_probed() {
    let ran = in_folder(&plate(""), "probe @painted.exr 100 50 --json")
        .ends(0)
        .json();
    let size = fs::metadata(plate("painted.exr")).unwrap().len();
    assert!(ran["bytesRead"].as_u64().unwrap() < size / 5, "{ran}");
    let whole = crate::support::read(&plate("painted.exr"));
    let index = 50 * whole.data.width() + 100;
    for (channel, sample) in whole
        .channels
        .iter()
        .zip(ran["parts"][0]["samples"].as_array().unwrap())
    {
        assert_eq!(
            sample["bits"],
            format!("{:04x}", channel.samples.bits(index))
        );
    }
    let ran = in_folder(&plate(""), "probe @painted.tif 3 2").ends(0);
    assert!(ran.out.contains("uint8 0x"), "{}", ran.out);
    in_folder(&plate(""), "probe @missing.exr 3 2").ends(4);
    in_folder(&plate(""), "probe @painted.tif 3 2 --frame 1").ends(4);
    let ran = in_folder(&plate(""), "probe @README.md 3 2").ends(4);
    assert!(ran.err.contains("README.md: not an image"), "{}", ran.err);
}

#[test]
fn info_says_what_a_transfer_carries() {
    let home = travelled();
    let report = in_folder(home.path(), "info @d.exr --json").ends(0).json();
    assert_eq!(report["isTransfer"], true);
    assert_eq!(report["parts"][0]["codec"], "zips");
    assert_eq!(report["parts"][0]["lossy"], false);
    assert_eq!(report["parts"][1]["dataWindow"], json!([-3, 100, 23, 220]));
    assert_eq!(
        report["parts"][1]["displayWindow"],
        json!([-4, 0, 304, 400])
    );
    let transfer = &report["transfers"][0];
    assert_eq!(transfer["residualSamples"], 23 * 220);
    assert_eq!(transfer["replacedSamples"], 3);
    assert_eq!(transfer["changedPixels"], 23 * 220 + 1);
    assert_eq!(
        transfer["restores"]["channels"],
        json!([["R", "float"], ["G", "float"], ["B", "float"]])
    );
    assert_eq!(
        transfer["restores"]["dataWindow"],
        json!([-4, 10, 294, 380])
    );
    let bits =
        fs::metadata(home.path().join("d.exr")).unwrap().len() as f64 * 8.0 / (304.0 * 400.0);
    assert_eq!(report["bitsPerPixel"], bits);
    let ran = in_folder(home.path(), "info @d.exr").ends(0);
    for word in [
        "zips, lossless",
        "part        residual",
        "5,060 samples",
        "R G B float",
    ] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
}

#[test]
fn info_knows_every_format() {
    for (name, kind) in [("painted.exr", "half"), ("painted.tif", "uint8")] {
        let report = in_folder(&plate(""), &format!("info @{name} --json"))
            .ends(0)
            .json();
        assert_eq!(report["isTransfer"], false);
        assert_eq!(report["parts"][0]["channels"][2], json!(["B", kind]));
    }
    in_folder(&plate(""), "info @README.md").ends(4);
}
