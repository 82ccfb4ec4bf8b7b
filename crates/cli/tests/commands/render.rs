//! `deltaplate render`.

use std::fs;
use std::path::Path;

use images::{Codec, Rect, SampleType};
use serde_json::{Value, json};

use crate::support::{Make, deltaplate, floats, folder, in_folder, names, plate, read};

/// Writes a graph of one Min, with what `change` makes of it.
fn graph(home: &Path, change: impl FnOnce(&mut Value)) {
    let mut graph = json!({
        "readers": [{ "id": "b", "file": "bg.exr" }, { "id": "a", "file": "p.exr" }],
        "nodes": [{ "id": "d", "plugin": "org.deltaplate.min", "inputs": { "B": "b", "A": "a" } }],
        "writers": [{ "id": "out", "input": "d", "file": "d.exr" }],
    });
    change(&mut graph);
    fs::write(home.join("graph.json"), graph.to_string()).unwrap();
}

/// A folder with two plates: 0.25, and 0.25 with a 0.75 at 2, 1 of the file.
fn plates() -> tempfile::TempDir {
    let home = folder();
    let make = Make {
        display: Rect::new(10, 20, 18, 26),
        data: Rect::new(11, 20, 18, 25),
        channels: "RGB",
        kind: SampleType::Half,
    };
    make.write(&home.path().join("bg.exr"), |_, _, _| 0.25);
    make.write(&home.path().join("p.exr"), |x, y, _| {
        if (x, y) == (12, 21) { 0.75 } else { 0.25 }
    });
    home
}

#[test]
fn a_graph_reads_renders_and_writes() {
    let home = plates();
    graph(home.path(), |graph| {
        graph["writers"] = json!([
            { "id": "exr", "input": "d", "file": "new/d.exr", "type": "half", "codec": "rle" },
            { "id": "png", "input": "d", "file": "d.png" },
        ]);
        graph["nodes"][0]["params"] = json!({ "view": "Offset" });
    });
    let report = in_folder(home.path(), "render @graph.json --json")
        .ends(0)
        .json();
    assert_eq!(report["nodes"][0]["id"], "org.deltaplate.min");
    assert_eq!(report["written"].as_array().unwrap().len(), 2);

    let exr = read(&home.path().join("new/d.exr"));
    assert_eq!(exr.metadata.codec, Codec::Rle);
    // The display window's upper left is the origin.
    assert_eq!(
        (exr.display, exr.data),
        (Rect::new(0, 0, 8, 6), Rect::new(1, 0, 8, 5))
    );
    let red = exr.plane("R", exr.display).unwrap();
    assert_eq!((red[8 + 2], red[8 + 3]), (1.0, 0.5));
    assert_eq!(exr.channels[0].samples.sample_type(), SampleType::Half);

    let png = read(&home.path().join("d.png"));
    assert_eq!(png.display, Rect::new(0, 0, 8, 6));
    let red = floats(&png, "R");
    assert_eq!((red[8 + 2], red[8 + 3], red[0]), (1.0, 128.0 / 255.0, 0.0));
    assert_eq!(
        report["written"][1]["bytes"],
        fs::metadata(home.path().join("d.png")).unwrap().len()
    );
}

#[test]
fn the_example_graph_makes_a_picture() {
    let home = folder();
    let example = plate("../graphs/offset.json");
    deltaplate([
        "render".as_ref(),
        example.as_path(),
        "--out".as_ref(),
        home.path(),
    ])
    .ends(0);
    assert_eq!(names(home.path()), ["offset.png"]);
    let picture = read(&home.path().join("offset.png"));
    assert_eq!(picture.display, Rect::new(0, 0, 1024, 450));
    let grey = floats(&picture, "R")
        .iter()
        .filter(|v| **v == 128.0 / 255.0)
        .count();
    assert!(
        (0.98..1.0).contains(&(grey as f64 / (1024.0 * 450.0))),
        "{grey}"
    );
}

#[test]
fn scale_frame_and_keys() {
    let home = plates();
    graph(home.path(), |graph| {
        graph["project"] = json!({ "frames": [1, 11] });
        graph["nodes"][0]["params"] = json!({
            "view": "Absolute", "viewGain": { "keys": [[1, 0], [11, 4]] },
        });
    });
    let peak = |options: &str| {
        in_folder(home.path(), &format!("render @graph.json {options}")).ends(0);
        let image = read(&home.path().join("d.exr"));
        let red = image.plane("R", image.display).unwrap();
        (image.display, red.into_iter().fold(0.0, f32::max))
    };
    assert_eq!(peak(""), (Rect::new(0, 0, 8, 6), 0.0));
    assert_eq!(peak("--frame 6"), (Rect::new(0, 0, 8, 6), 1.0));
    assert_eq!(peak("--frame 11"), (Rect::new(0, 0, 8, 6), 2.0));
    let (display, peak) = peak("--frame 11 --scale 0.5");
    assert_eq!(display, Rect::new(0, 0, 4, 3));
    assert!(peak > 0.0 && peak < 2.0, "{peak}");
}

#[test]
fn one_channel_can_be_read() {
    let home = plates();
    graph(home.path(), |graph| {
        for reader in 0..2 {
            graph["readers"][reader]["channel"] = json!("G");
        }
    });
    in_folder(home.path(), "render @graph.json").ends(0);
    let image = read(&home.path().join("d.exr"));
    assert_eq!(image.header().channels.len(), 1);
    assert_eq!(image.plane("Y", image.display).unwrap()[8 + 2], 0.5);
    graph(home.path(), |graph| {
        graph["readers"][0]["channel"] = json!("Z")
    });
    let ran = in_folder(home.path(), "render @graph.json").ends(4);
    assert!(ran.err.contains("bg.exr: has no channel Z"), "{}", ran.err);
}

/// What the nodes find out stands in their parameters.
#[test]
fn the_figures_of_a_pressed_button_are_reported() {
    let home = plates();
    graph(home.path(), |graph| {
        graph["nodes"][0] = json!({
            "id": "d", "plugin": "org.deltaplate.compare", "inputs": { "B": "b", "A": "a" },
            "params": { "output": "Absolute Difference" }, "press": ["analyze"],
        });
    });
    let report = in_folder(home.path(), "render @graph.json --json")
        .ends(0)
        .json();
    let values = &report["nodes"][0]["values"];
    assert_eq!(
        (&values["max"], &values["failingPixels"]),
        (&json!(0.5), &json!(1.0))
    );
}

#[test]
fn graphs_that_make_no_sense_are_code_3() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 9] = [
        (
            |g| g["nodes"][0]["plugin"] = json!("org.example.none"),
            "org.example.none",
        ),
        (|g| g["nodes"][0]["params"] = json!({ "gaim": 1 }), "gaim"),
        (
            |g| g["nodes"][0]["params"] = json!({ "view": "Sideways" }),
            "Sideways",
        ),
        (
            |g| g["nodes"][0]["inputs"] = json!({ "B": "nobody" }),
            "nobody",
        ),
        (|g| g["nodes"][0]["context"] = json!("Paint"), "Paint"),
        (|g| g["readers"][0]["fyle"] = json!("x"), "fyle"),
        (|g| g["writers"][0]["type"] = json!("int8"), "int8"),
        (|g| g["writers"][0]["codec"] = json!("zap"), "zap"),
        (
            |g| g["writers"][1] = json!({ "id": "x", "input": "a", "file": "d.exr" }),
            "same file",
        ),
    ];
    for (change, word) in cases {
        let home = plates();
        graph(home.path(), |graph| {
            graph["writers"].as_array_mut().unwrap().reserve(1);
            if word == "same file" {
                graph["writers"].as_array_mut().unwrap().push(Value::Null);
            }
            change(graph);
        });
        let ran = in_folder(home.path(), "render @graph.json --json").ends(3);
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
        assert_eq!(ran.json()["exitCode"], 3);
        assert_eq!(
            names(home.path()),
            ["bg.exr", "graph.json", "p.exr"],
            "{word}"
        );
    }
    let home = folder();
    in_folder(home.path(), "render @missing.json").ends(3);
    fs::write(home.path().join("graph.json"), "{ words").unwrap();
    let ran = in_folder(home.path(), "render @graph.json").ends(3);
    assert!(
        ran.err.contains("graph.json") && ran.err.contains("line 1"),
        "{}",
        ran.err
    );
}

#[test]
fn unreadable_inputs_and_impossible_outputs_fail_before_anything_renders() {
    let home = plates();
    graph(home.path(), |graph| {
        graph["readers"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "c", "file": "lost.exr" }));
        let more = json!({ "id": "e", "plugin": "org.deltaplate.min", "inputs": { "A": "c" } });
        graph["nodes"].as_array_mut().unwrap().push(more);
        let more = json!({ "id": "late", "input": "e", "file": "e.exr" });
        graph["writers"].as_array_mut().unwrap().push(more);
    });
    let ran = in_folder(home.path(), "render @graph.json").ends(4);
    assert!(ran.err.contains("lost.exr"), "{}", ran.err);
    assert_eq!(names(home.path()), ["bg.exr", "graph.json", "p.exr"]);

    let whole = fs::read(home.path().join("p.exr")).unwrap();
    fs::write(home.path().join("lost.exr"), &whole[..whole.len() - 8]).unwrap();
    let ran = in_folder(home.path(), "render @graph.json").ends(4);
    assert!(ran.err.contains("lost.exr"), "{}", ran.err);
    assert!(!home.path().join("d.exr").exists());

    graph(home.path(), |graph| {
        graph["writers"][0]["file"] = json!("d.gif")
    });
    let ran = in_folder(home.path(), "render @graph.json").ends(4);
    assert!(ran.err.contains("d.gif"), "{}", ran.err);
    graph(home.path(), |graph| {
        graph["writers"][0]["file"] = json!("p.exr")
    });
    in_folder(home.path(), "render @graph.json").ends(2);
    assert_eq!(fs::read(home.path().join("p.exr")).unwrap(), whole);
    // A file that cannot take the samples is found when it is written.
    graph(home.path(), |graph| {
        graph["writers"][0] = json!({ "id": "out", "input": "d", "file": "d.png", "type": "half" });
    });
    let ran = in_folder(home.path(), "render @graph.json").ends(4);
    assert!(ran.err.contains("d.png"), "{}", ran.err);
    assert!(!home.path().join("d.png").exists());
}

/// Frames `bg.1.exr` to `bg.5.exr` of 0.25, and `p.N.exr` with N / 8 at 2, 1.
fn frames() -> tempfile::TempDir {
    let home = folder();
    let make = Make::sized(8, 6, "RGB", SampleType::Half);
    for frame in 1..6 {
        let path = |name: &str| home.path().join(format!("{name}.{frame}.exr"));
        make.write(&path("bg"), |_, _, _| 0.25);
        make.write(&path("p"), |x, y, _| match (x, y) {
            (2, 1) => frame as f32 / 8.0,
            _ => 0.25,
        });
    }
    graph(home.path(), |graph| {
        graph["readers"][0]["file"] = json!("bg.%d.exr");
        graph["readers"][1]["file"] = json!("p.#.exr");
        graph["writers"][0]["file"] = json!("new/d.@@@.exr");
    });
    home
}

fn at_2_1(path: &Path) -> f32 {
    let image = read(path);
    image.plane("R", image.display).unwrap()[8 + 2]
}

#[test]
fn a_graph_renders_sequences() {
    let home = frames();
    let new = |name: &str| home.path().join("new").join(name);
    let report = in_folder(home.path(), "render @graph.json --json")
        .ends(0)
        .json();
    assert_eq!(report["done"], 5);
    assert_eq!(report["frames"][3]["frame"], 4);
    assert_eq!(report["frames"][3]["nodes"][0]["node"], "d");
    for frame in 1..6 {
        let file = new(&format!("d.00{frame}.exr"));
        assert_eq!(at_2_1(&file), frame as f32 / 8.0 - 0.25);
        let written = &report["frames"][frame - 1]["written"][0];
        assert_eq!(written["bytes"], fs::metadata(&file).unwrap().len());
    }

    // Ranges, and what is there.
    fs::write(new("d.003.exr"), "kept").unwrap();
    fs::remove_file(new("d.005.exr")).unwrap();
    let words = "render @graph.json --frames 1-5x2 --skip-existing --jobs 2 --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(
        (&report["done"], &report["skipped"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(fs::read(new("d.003.exr")).unwrap(), b"kept");
    assert_eq!(at_2_1(&new("d.005.exr")), 0.375);

    // One frame of them, by the writer's pattern too.
    in_folder(home.path(), "render @graph.json --frame 3").ends(0);
    assert_eq!(at_2_1(&new("d.003.exr")), 0.125);

    // The project's own frames count, and keys of parameters stand at them.
    graph(home.path(), |graph| {
        graph["project"] = json!({ "frames": [2, 4] });
        graph["nodes"][0]["params"] = json!({
            "view": "Absolute", "viewGain": { "keys": [[2, 1], [4, 3]] },
        });
        graph["readers"][0]["file"] = json!("bg.1.exr");
        graph["readers"][1]["file"] = json!("p.5.exr");
        graph["writers"][0]["file"] = json!("keys.#.exr");
    });
    in_folder(home.path(), "render @graph.json --frames 2-4").ends(0);
    let key = |frame| at_2_1(&home.path().join(format!("keys.{frame}.exr")));
    assert_eq!([2, 3, 4].map(key), [0.375, 0.75, 1.125]);
}

#[test]
fn frames_that_a_graph_lacks_are_named_together() {
    let home = frames();
    fs::remove_file(home.path().join("bg.1.exr")).unwrap();
    fs::remove_file(home.path().join("p.4.exr")).unwrap();
    let ran = in_folder(home.path(), "render @graph.json --frames 1-6").ends(4);
    assert!(
        ran.err.contains("bg.%d.exr: 1,6; ") && ran.err.contains("p.#.exr: 4,6"),
        "{}",
        ran.err
    );
    assert!(!home.path().join("new").exists());
    let words = "render @graph.json --frames 1-6 --keep-going --json";
    let report = in_folder(home.path(), words).ends(4).json();
    assert_eq!((&report["done"], &report["failed"]), (&json!(3), &json!(3)));
    assert!(
        report["frames"][3]["error"]
            .as_str()
            .unwrap()
            .contains("p.4.exr"),
        "{report}"
    );
    assert_eq!(
        names(&home.path().join("new")),
        ["d.002.exr", "d.003.exr", "d.005.exr"]
    );
    graph(home.path(), |graph| {
        graph["readers"][1]["file"] = json!("p.#.exr");
        graph["readers"][0]["file"] = json!("p.#.exr");
    });
    let ran = in_folder(home.path(), "render @graph.json").ends(2);
    assert!(ran.err.contains("d.exr: all frames would"), "{}", ran.err);
    graph(home.path(), |graph| {
        graph["readers"][0]["file"] = json!("p.#.exr");
        graph["writers"][0]["file"] = json!("p.@.exr");
    });
    in_folder(home.path(), "render @graph.json --frames 1-2").ends(2);
    assert_eq!(at_2_1(&home.path().join("p.2.exr")), 0.25);
}
