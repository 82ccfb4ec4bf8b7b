//! Plates of several parts, with layers, tiles and integers.

use std::fs;
use std::path::Path;

use images::{Channel, Codec, Format, Image, Metadata, Rect, SampleType, Samples, WriteOptions};

use crate::support::{floats, folder, in_folder, painted, read, texture};

const DISPLAY: Rect = Rect::new(0, 0, 48, 32);

fn part(
    window: Rect,
    names: &[&str],
    kind: SampleType,
    sample: fn(i32, i32, usize) -> f32,
) -> Image {
    let channel = |(index, name): (usize, &&str)| {
        let rows = (window.y0..window.y1).flat_map(|y| (window.x0..window.x1).map(move |x| (x, y)));
        let values = rows.map(|(x, y)| sample(x, y, index));
        let samples = match kind {
            SampleType::Uint => Samples::Uint(values.map(|v| (v * 4e9) as u32).collect()),
            kind => Samples::from_f32(kind, &values.collect::<Vec<f32>>()),
        };
        Channel {
            name: name.to_string(),
            samples,
        }
    };
    Image {
        display: DISPLAY,
        data: window,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(Format::Exr),
    }
}

/// Colours, tiled; a layer and a depth in a smaller window; ids.
fn write(path: &Path, sample: fn(i32, i32, usize) -> f32) {
    let mut colours = part(DISPLAY, &["R", "G", "B", "A"], SampleType::Half, sample);
    colours.metadata.set_tiles([16, 8]);
    colours.metadata.set_text("owner", "somebody");
    let small = Rect::new(-2, 1, 30, 20);
    let names = ["N.A", "N.B", "N.G", "N.R", "depth.Z"];
    let aovs = part(small, &names, SampleType::Float, sample);
    let ids = part(DISPLAY, &["id"], SampleType::Uint, sample);
    let parts = [
        ("beauty", &colours, Codec::Piz),
        ("aovs", &aovs, Codec::Zips),
        ("ids", &ids, Codec::Rle),
    ];
    images::write_parts(path, &parts, &WriteOptions::default()).unwrap();
}

#[test]
fn a_plate_of_parts_comes_back_file_for_file() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    write(&path("bg.exr"), texture);
    write(&path("p.exr"), painted);
    let report = in_folder(home.path(), "roundtrip @bg.exr @p.exr --out @out --json")
        .ends(0)
        .json();
    assert_eq!(report["exact"], true);
    assert_eq!(report["changedPixels"], 9);
    // Nine pixels of ids, which no sum brings.
    assert!(report["replacedSamples"].as_u64().unwrap() >= 9, "{report}");
    assert!(fs::read(path("out/p.exr")).unwrap() == fs::read(path("p.exr")).unwrap());
    // By halves, from another folder's point of view.
    in_folder(home.path(), "min @bg.exr @p.exr -o @d.exr").ends(0);
    in_folder(home.path(), "plus @bg.exr @d.exr -o @again.exr").ends(0);
    assert!(fs::read(path("again.exr")).unwrap() == fs::read(path("p.exr")).unwrap());
    // Packed and unpacked.
    fs::rename(path("d.exr"), path("d.0007.exr")).unwrap();
    in_folder(home.path(), "pack @d.0007.exr -o @pack.exr").ends(0);
    in_folder(home.path(), "unpack @pack.exr -o @u.####.exr").ends(0);
    in_folder(home.path(), "plus @bg.exr @u.0007.exr -o @unpacked.exr").ends(0);
    assert!(fs::read(path("unpacked.exr")).unwrap() == fs::read(path("p.exr")).unwrap());
}

#[test]
fn every_layer_counts_and_integers_must_be_equal() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    write(&path("a.exr"), texture);
    let image = read(&path("a.exr"));
    let compare = |words: &str| in_folder(home.path(), &format!("compare @b.exr @a.exr {words}"));

    // One id at 5, 4.
    let mut other = image.clone();
    let id = other
        .channels
        .iter_mut()
        .find(|c| c.name == "ids.id")
        .unwrap();
    let Samples::Uint(ids) = &mut id.samples else {
        panic!("ids are integers");
    };
    let at = 4 * image.data.width() + 7;
    ids[at] += 3;
    let (old, new) = (f64::from(ids[at] - 3), f64::from(ids[at]));
    images::write(&path("b.exr"), &other, &WriteOptions::default()).unwrap();
    for tolerance in ["", "--absolute 100 --ulp 100"] {
        let report = compare(&format!("--json {tolerance}")).ends(1).json();
        assert_eq!(report["failingPixels"], 1);
        assert_eq!(report["failingBox"], serde_json::json!([5, 4, 6, 5]));
        // No measure of light differs.
        assert_eq!((&report["max"], &report["psnr"]), (&0.0.into(), &().into()));
        assert_eq!(report["worst"]["a"][0].as_f64(), Some(new));
        assert_eq!(report["worst"]["b"][0].as_f64(), Some(old));
        let layers = report["layers"].as_array().unwrap();
        let names: Vec<String> = layers
            .iter()
            .map(|layer| layer["channels"].as_array().unwrap().len().to_string())
            .collect();
        assert_eq!(names, ["4", "4", "1", "1"], "{report}");
        assert_eq!(layers[3]["integers"], true);
        assert_eq!(layers[3]["max"], 3.0);
        assert_eq!(layers[0]["failingPixels"], 0);
    }
    let ran = compare("--heatmap @heat.png").ends(1);
    assert!(
        ran.out.contains("ids.id: maximum 3, 1 pixel fails"),
        "{}",
        ran.out
    );
    let heat = read(&path("heat.png"));
    let hot: Vec<usize> = (0..floats(&heat, "R").len())
        .filter(|&at| floats(&heat, "R")[at] + floats(&heat, "B")[at] > 0.0)
        .collect();
    assert_eq!(hot, [4 * heat.data.width() + 7]);
    let probed = in_folder(home.path(), "probe @b.exr 5 4").ends(0);
    assert!(probed.out.contains(&format!("{new}")), "{}", probed.out);

    // A layer of floats alone.
    let mut other = image;
    let layer = other
        .channels
        .iter_mut()
        .find(|c| c.name == "aovs.N.G")
        .unwrap();
    let Samples::Float(values) = &mut layer.samples else {
        panic!("a layer of floats");
    };
    values[at] += 0.25;
    images::write(&path("b.exr"), &other, &WriteOptions::default()).unwrap();
    let report = compare("--json").ends(1).json();
    assert!(
        (report["max"].as_f64().unwrap() - 0.25).abs() < 1e-6,
        "{report}"
    );
    assert_eq!(report["failingPixels"], 1);
    assert_eq!(report["layers"][1]["failingPixels"], 1);
    compare("--absolute 0.3").ends(0);
}

#[test]
fn integers_stay_out_of_graphs() {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    let ids = part(DISPLAY, &["Y"], SampleType::Uint, texture);
    images::write(&path("ids.exr"), &ids, &WriteOptions::default()).unwrap();
    let graph = |reader: &str, writer: &str| {
        format!(
            r#"{{"readers": [{{"id": "in", "file": "ids.exr"{reader}}}], "nodes": [],
                "writers": [{{"id": "out", "input": "in", "file": "out.exr"{writer}}}]}}"#
        )
    };
    fs::write(path("g.json"), graph("", "")).unwrap();
    let ran = in_folder(home.path(), "render @g.json").ends(4);
    assert!(
        ran.err.contains("ids.exr: has channels of integers alone"),
        "{}",
        ran.err
    );
    assert!(!path("out.exr").exists());
    // A float channel may not become one of integers in only one of both plates.
    let floats = part(DISPLAY, &["Y"], SampleType::Half, texture);
    images::write(&path("floats.exr"), &floats, &WriteOptions::default()).unwrap();
    let uint = graph("", r#", "type": "uint""#).replace("ids.exr", "floats.exr");
    fs::write(path("g.json"), uint).unwrap();
    let ran = in_folder(home.path(), "render @g.json").ends(3);
    assert!(ran.err.contains("no type uint"), "{}", ran.err);
    let ran = in_folder(home.path(), "min @ids.exr @floats.exr -o @d.exr").ends(4);
    assert!(ran.err.contains("'Y' is one of integers"), "{}", ran.err);
    let report = in_folder(home.path(), "compare @ids.exr @floats.exr --json")
        .ends(1)
        .json();
    assert_eq!(report["reason"], "channels");
}
