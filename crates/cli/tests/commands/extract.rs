//! `deltaplate extract`, on photographs with an overlay that is known.

use std::path::Path;

use images::{Image, SampleType};
use serde_json::Value;

use crate::support::{Make, floats, folder, in_folder, names, plate, read};

const WIDTH: i32 = 240;
const HEIGHT: i32 = 160;
const ALPHA: f32 = 0.3;

/// A part of an example plate, 0..=1.
struct Photo {
    planes: [Vec<f32>; 3],
    width: i32,
    corner: [i32; 2],
}

impl Photo {
    fn new(file: &str, corner: [i32; 2]) -> Self {
        let image = read(&plate(file));
        // Scene light has no white.
        let shown = |x: f32| match file.ends_with(".exr") {
            true => (x.max(0.0) / (0.5 + x.max(0.0))).powf(1.0 / 2.2),
            false => x,
        };
        let plane = |name: &str| floats(&image, name).into_iter().map(shown).collect();
        Photo {
            planes: ["R", "G", "B"].map(plane),
            width: image.data.width() as i32,
            corner,
        }
    }

    fn at(&self, x: i32, y: i32, c: usize) -> f32 {
        let (x, y) = (x + self.corner[0], y + self.corner[1]);
        self.planes[c][(y * self.width + x) as usize]
    }
}

fn garden() -> Photo {
    Photo::new("background.tif", [400, 200])
}

fn sunrise() -> Photo {
    Photo::new("background.exr", [300, 150])
}

/// The overlay over the background.
fn over(o: f32, b: f32, alpha: f32) -> f32 {
    alpha * o + (1.0 - alpha) * b
}

fn write(path: &Path, kind: SampleType, sample: impl Fn(i32, i32, usize) -> f32) {
    Make::sized(WIDTH, HEIGHT, "RGB", kind).write(path, sample);
}

/// A folder with `m.tif` and `b.tif`: the sunrise over the garden, in 8 bits.
fn pair() -> (tempfile::TempDir, Photo, Photo) {
    let (home, b, o) = (folder(), garden(), sunrise());
    write(&home.path().join("b.tif"), SampleType::U8, |x, y, c| {
        b.at(x, y, c)
    });
    write(&home.path().join("m.tif"), SampleType::U8, |x, y, c| {
        over(o.at(x, y, c), b.at(x, y, c), ALPHA)
    });
    (home, b, o)
}

/// The PSNR of a layer's colours, in dB, but for a margin that a displaced background lacks.
fn psnr(image: &Image, layer: &str, truth: impl Fn(i32, i32, usize) -> f32) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (c, name) in ["R", "G", "B"].into_iter().enumerate() {
        let samples = floats(image, &format!("{layer}{name}"));
        for (i, sample) in samples.into_iter().enumerate() {
            let (x, y) = (i as i32 % WIDTH, i as i32 / WIDTH);
            if (4..WIDTH - 4).contains(&x) && (4..HEIGHT - 4).contains(&y) {
                sum += f64::from(sample - truth(x, y, c)).powi(2);
                count += 1.0;
            }
        }
    }
    -10.0 * f64::log10(sum / count)
}

fn number(report: &Value, name: &str) -> f64 {
    report[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} of {report}"))
}

#[test]
fn a_layer_is_found_with_all_that_belongs_to_it() {
    let (home, b, o) = pair();
    let words = "extract @m.tif @b.tif -o @new/o.exr --json \
                 --output straight,overlay,matte,recomposite,residual,ghost";
    let report = in_folder(home.path(), words).ends(0).json();
    assert!((number(&report, "opacity") - f64::from(ALPHA)).abs() < 0.003);
    assert_eq!(report["offset"], serde_json::json!([0.0, 0.0]));
    assert!(
        (0.9..1.06).contains(&number(&report, "ghostIndex")),
        "{report}"
    );
    assert!((1e-5..0.003).contains(&number(&report, "residualRms")));
    assert!((1e-4..0.01).contains(&number(&report, "noise")));
    assert!(number(&report, "mismatch") < 0.1);
    assert_eq!(report["iterations"], 30);
    assert_eq!(report["warnings"], serde_json::json!([]));
    let layers: Vec<&str> = report["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        layers,
        [
            "straight",
            "overlay",
            "matte",
            "recomposite",
            "residual",
            "ghost"
        ]
    );
    assert_eq!(names(&home.path().join("new")), ["o.exr"]);

    let found = read(&home.path().join("new/o.exr"));
    assert_eq!(found.channels.len(), 4 + 4 + 4 * 3);
    let merged = read(&home.path().join("m.tif"));
    let quality = psnr(&found, "", |x, y, c| o.at(x, y, c));
    assert!(quality > 46.0, "{quality}");
    let alpha = floats(&found, "A");
    assert!(alpha.iter().all(|a| *a == alpha[0]), "one opacity");
    assert!((alpha[0] - ALPHA).abs() < 0.003);
    assert_eq!(floats(&found, "overlay.A"), alpha);
    assert_eq!(floats(&found, "matte.G"), alpha);
    let laid = psnr(&found, "recomposite.", |x, y, c| {
        over(o.at(x, y, c), b.at(x, y, c), ALPHA)
    });
    assert!(laid > 50.0, "{laid}");
    for name in ["R", "G", "B"] {
        let [own, laid, rest] = ["overlay.", "recomposite.", "residual."]
            .map(|layer| floats(&found, &format!("{layer}{name}")));
        let m = floats(&merged, name);
        let straight = floats(&found, name);
        for i in 0..m.len() {
            assert!((laid[i] + rest[i] - m[i]).abs() < 1e-6);
            assert!((own[i] - alpha[i] * straight[i]).abs() < 1e-6);
        }
    }
}

#[test]
fn an_opacity_that_is_given_is_not_measured() {
    let (home, _, o) = pair();
    let quality = |options: &str| {
        let words = format!("extract @m.tif @b.tif -o @o.exr --output straight --json {options}");
        let report = in_folder(home.path(), &words).ends(0).json();
        let quality = psnr(&read(&home.path().join("o.exr")), "", |x, y, c| {
            o.at(x, y, c)
        });
        (quality, report)
    };
    let (best, report) = quality("--opacity 0.3");
    assert_eq!(report["opacity"], 0.3);
    assert!(best > 46.0, "{best}");
    let (closed, report) = quality("--opacity 0.3 --method closed");
    assert_eq!(report["iterations"], 0);
    let (seed, report) = quality("--opacity 0.3 --method seed");
    assert_eq!(report["iterations"], 300);
    let (few, report) = quality("--opacity 0.3 --method seed --set iterations=30");
    assert_eq!(report["iterations"], 30);
    assert!(
        best > closed && closed > seed && seed > few + 10.0,
        "{best} {closed} {seed} {few}"
    );
    let (wrong, report) = quality("--opacity 0.5 --source clean");
    assert!(wrong < 25.0);
    assert_eq!(report["source"], "Clean");
    assert!(number(&report, "ghostIndex") > 1.3);
    assert_eq!(report["warnings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_displaced_background_is_found_where_it_lies_in_the_file() {
    let (home, _, o) = pair();
    let b = Photo::new("background.tif", [398, 203]);
    write(&home.path().join("off.tif"), SampleType::U8, |x, y, c| {
        b.at(x, y, c)
    });
    let words = "extract @m.tif @off.tif -o @o.exr --output straight --json";
    let report = in_folder(home.path(), words).ends(0).json();
    let offset = &report["offset"];
    let [dx, dy] = [0, 1].map(|axis| offset[axis].as_f64().unwrap());
    assert!(
        (dx - 2.0).abs() < 0.05 && (dy + 3.0).abs() < 0.05,
        "{offset}"
    );
    let quality = psnr(&read(&home.path().join("o.exr")), "", |x, y, c| {
        o.at(x, y, c)
    });
    assert!(quality > 30.0, "{quality}");
}

#[test]
fn a_solid_logo_goes_over_another_background() {
    let (home, b, _) = pair();
    let new = Photo::new("background.tif", [0, 250]);
    let colour = [0.9, 0.3, 0.1];
    let opacity = |x: i32, y: i32| {
        let ring = ((x - 120) as f32).hypot((y - 80) as f32) - 50.0;
        0.6 * (1.0 - ring.abs() / 12.0).clamp(0.0, 0.5)
    };
    write(&home.path().join("m.tif"), SampleType::U8, |x, y, c| {
        over(colour[c], b.at(x, y, c), opacity(x, y))
    });
    write(&home.path().join("new.tif"), SampleType::U8, |x, y, c| {
        new.at(x, y, c)
    });
    Make::sized(WIDTH, HEIGHT, "Y", SampleType::U16)
        .write(&home.path().join("matte.png"), |x, y, _| opacity(x, y));
    let truth = |x: i32, y: i32, c: usize| over(colour[c], new.at(x, y, c), opacity(x, y));
    for (options, least) in [("--opacity-mode solid", 46.0), ("--matte @matte.png", 50.0)] {
        let words = format!(
            "extract @m.tif @b.tif -o @o.exr --output recomposite,matte --new-background @new.tif \
             --json {options}"
        );
        let report = in_folder(home.path(), &words).ends(0).json();
        assert_eq!(report["opacity"], Value::Null);
        let found = read(&home.path().join("o.exr"));
        let quality = psnr(&found, "", truth);
        assert!(quality > least, "{options}: {quality}");
        let matte = psnr(&found, "matte.", |x, y, _| opacity(x, y));
        assert!(matte > 40.0, "{options}: {matte}");
    }
}

#[test]
fn the_blend_space_is_detected_and_applied() {
    let (home, b, o) = pair();
    let encode = |x: f32| match x <= 0.003_130_8 {
        true => 12.92 * x,
        false => 1.055 * x.powf(1.0 / 2.4) - 0.055,
    };
    let decode = |x: f32| match x <= 0.040_45 {
        true => x / 12.92,
        false => ((x + 0.055) / 1.055).powf(2.4),
    };
    write(&home.path().join("b.exr"), SampleType::Float, |x, y, c| {
        decode(b.at(x, y, c))
    });
    write(&home.path().join("m.exr"), SampleType::Float, |x, y, c| {
        let below = encode(decode(b.at(x, y, c)));
        decode(over(o.at(x, y, c), below, ALPHA))
    });
    let words = "extract @m.exr @b.exr -o @o.exr --output straight --space detect --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["blendSpace"], "sRGB");
    let quality = psnr(&read(&home.path().join("o.exr")), "", |x, y, c| {
        o.at(x, y, c)
    });
    assert!(quality > 45.0, "{quality}");
}

#[test]
fn added_light_is_taken_off() {
    let (home, b, o) = pair();
    write(&home.path().join("m.exr"), SampleType::Float, |x, y, c| {
        b.at(x, y, c) + ALPHA * o.at(x, y, c)
    });
    let words = "extract @m.exr @b.tif -o @o.exr --output straight,overlay --blend add \
                 --opacity 0.3 --source clean";
    let report = in_folder(home.path(), words).ends(0);
    assert!(report.out.contains("overlay.A") && report.out.contains("ghost index"));
    let found = read(&home.path().join("o.exr"));
    assert!(psnr(&found, "", |x, y, c| o.at(x, y, c)) > 100.0);
    assert!(
        floats(&found, "overlay.A")
            .iter()
            .all(|alpha| *alpha == 0.0)
    );
}

#[test]
fn shades_of_grey_are_colours() {
    let (home, b, o) = pair();
    let grey = Make::sized(WIDTH, HEIGHT, "Y", SampleType::U8);
    grey.write(&home.path().join("b.png"), |x, y, _| b.at(x, y, 1));
    grey.write(&home.path().join("m.png"), |x, y, _| {
        over(o.at(x, y, 1), b.at(x, y, 1), ALPHA)
    });
    let words = "extract @m.png @b.png -o @o.exr --output straight";
    in_folder(home.path(), words).ends(0);
    let found = read(&home.path().join("o.exr"));
    assert!(psnr(&found, "", |x, y, _| o.at(x, y, 1)) > 40.0);
}

/// Frames 1 to `count` of a pan behind a still overlay, and of its background.
fn pan(count: i32, opacity: impl Fn(i32, i32) -> f32) -> (tempfile::TempDir, Photo) {
    let (home, o) = (folder(), sunrise());
    for frame in 1..=count {
        let b = Photo::new("background.tif", [37 * frame, 200]);
        let path = |name: &str| home.path().join(format!("{name}.{frame:04}.tif"));
        write(&path("b"), SampleType::U8, |x, y, c| b.at(x, y, c));
        write(&path("m"), SampleType::U8, |x, y, c| {
            over(o.at(x, y, c), b.at(x, y, c), opacity(x, y))
        });
    }
    (home, o)
}

#[test]
fn what_is_measured_on_a_frame_holds_for_the_shot() {
    let (home, _) = pan(3, |_, _| ALPHA);
    let shot = |options: &str| {
        let words = format!("extract @m.####.tif @b.####.tif -o @o.####.exr --json {options}");
        let report = in_folder(home.path(), &words).ends(0).json();
        let frames = report["frames"].as_array().unwrap().clone();
        let values: Vec<Value> = ["opacity", "noise", "mismatch", "offset"]
            .map(|name| {
                assert!(
                    frames.iter().all(|frame| frame[name] == frames[0][name]),
                    "{name}"
                );
                frames[0][name].clone()
            })
            .into();
        let figures = frames.iter().map(|frame| number(frame, "residualRms"));
        (values, figures.collect::<Vec<f64>>())
    };
    let (first, figures) = shot("--jobs 2");
    assert_eq!(figures.len(), 3);
    assert!(
        figures[0] != figures[1] && figures[1] != figures[2],
        "each has its own"
    );
    assert_eq!(shot("--analyze 1").0, first);
    let (second, _) = shot("--analyze 2");
    assert!(second != first);
    // A part of the shot gets the same from the same frame.
    let (part, part_figures) = shot("--analyze 1 --frames 2-3");
    assert_eq!((part, &part_figures[..]), (first, &figures[1..]));
    let words = "extract @m.####.tif @b.####.tif -o @o.####.exr --skip-existing --json";
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["skipped"], 3);
}

#[test]
fn several_frames_tell_an_opacity_that_varies() {
    let opacity = |x: i32, y: i32| 0.3 + 0.2 * (0.05 * (x + 2 * y) as f32).sin();
    let (home, o) = pan(10, opacity);
    let words = "extract @m.####.tif @b.####.tif -o @o.####.exr --output straight,matte \
                 --opacity-mode frames --analyze 4 --json";
    // The last frames alone would not do: all are read, and two are written.
    let report = in_folder(home.path(), words).ends(0).json();
    assert_eq!(report["done"], 10);
    let [a, b] = [3, 8].map(|n| read(&home.path().join(format!("o.{n:04}.exr"))));
    assert!(a.channels == b.channels, "the overlay stands still");
    let matte = psnr(&a, "matte.", |x, y, _| opacity(x, y));
    let colour = psnr(&a, "", |x, y, c| o.at(x, y, c));
    assert!(matte > 38.0 && colour > 30.0, "{matte} {colour}");
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_read() {
    let home = folder();
    for (options, word) in [
        ("-o @o.png", ".exr"),
        ("-o @o.exr --output overlay,overlay", "twice"),
        ("-o @o.exr --opacity 2", "opacity"),
        ("-o @o.exr --blend screen", "--opacity auto"),
        ("-o @o.exr --opacity-mode matte", "--matte"),
        ("-o @o.exr --matte @x.exr --opacity-mode solid", "--matte"),
        ("-o @o.exr --opacity 0.5 --opacity-mode solid", "--opacity"),
        (
            "-o @o.exr --blend add --opacity-mode smooth",
            "--blend normal",
        ),
        ("-o @o.exr --match-gain", "--opacity"),
        ("-o @o.exr --space detect --opacity-mode smooth", "--space"),
        ("-o @o.exr --new-background @x.exr", "recomposite"),
        ("-o @o.exr --set denoise", "NAME=VALUE"),
    ] {
        let ran = in_folder(home.path(), &format!("extract @m.tif @b.tif {options}")).ends(2);
        assert!(ran.err.contains(word), "{options}: {}", ran.err);
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let (home, b, _) = pair();
    let path = |name: &str| home.path().join(name);
    Make::sized(WIDTH, HEIGHT - 1, "RGB", SampleType::U8)
        .write(&path("small.tif"), |x, y, c| b.at(x, y, c));
    Make::sized(WIDTH, HEIGHT, "Z", SampleType::Float).write(&path("z.exr"), |_, _, _| 1.0);
    write(&path("flat.tif"), SampleType::U8, |_, _, _| 0.5);
    for (words, code, said) in [
        ("@m.tif @none.tif", 4, "none.tif"),
        ("@m.tif @small.tif", 4, "small.tif"),
        ("@m.tif @z.exr", 4, "z.exr"),
        ("@flat.tif @flat.tif", 4, "--opacity"),
        ("@flat.tif @flat.tif --space detect", 4, "blend space"),
        ("@m.tif @b.tif --set denoise=9", 2, "denoise"),
        ("@m.tif @b.tif --set wrong=1", 2, "wrong"),
        ("@m.tif @b.tif --analyze 3", 2, "--frames"),
        ("@m.tif @b.tif --opacity-mode frames", 2, "sequence"),
    ] {
        let ran = in_folder(home.path(), &format!("extract {words} -o @o.exr")).ends(code);
        assert!(ran.err.contains(said), "{words}: {}", ran.err);
        assert!(!path("o.exr").exists());
    }
    let known = "extract @flat.tif @flat.tif -o @o.exr --opacity 0.4";
    in_folder(home.path(), known).ends(0);
}
