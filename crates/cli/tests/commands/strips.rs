//! Frames that are held in strips: the reports and the files of frames that are held whole.

use std::fs;
use std::path::{Path, PathBuf};

use images::{Channel, Codec, Format, Image, Metadata, Rect, SampleType, Samples, WriteOptions};
use serde_json::Value;

use crate::support::{
    Make, Ran, deltaplate, folder, in_folder, names, painted, plate, read, texture,
};

/// A report without what must differ: the names of what was written.
fn facts(ran: &Ran) -> Value {
    let mut report = ran.json();
    if let Some(report) = report.as_object_mut() {
        for name in ["difference", "restored", "output", "heatmap"] {
            report.remove(name);
        }
    }
    report
}

/// Runs the words for whole frames and in strips, in folders of their own below `home`; gives both.
#[track_caller]
fn both(home: &Path, words: &str, code: i32) -> [PathBuf; 2] {
    let folders = ["whole", "strips"].map(|name| home.join(name));
    let ran = [("100G", &folders[0]), ("1M", &folders[1])].map(|(memory, folder)| {
        fs::create_dir_all(folder).unwrap();
        let words = words.replace("@out", &folder.to_string_lossy());
        let words = format!("{words} --json --memory {memory}");
        in_folder(home, &words).ends(code)
    });
    assert_eq!(facts(&ran[0]), facts(&ran[1]), "{words}");
    // One of them did other steps.
    if code == 0 && !words.contains("--force") {
        assert_ne!(ran[0].err, ran[1].err);
    }
    folders
}

/// Checks that both folders hold the same files.
#[track_caller]
fn same_files(folders: &[PathBuf; 2], count: usize) {
    let found = names(&folders[0]);
    assert_eq!(found, names(&folders[1]));
    assert_eq!(found.len(), count, "{found:?}");
    for name in found {
        let [a, b] = [0, 1].map(|at| fs::read(folders[at].join(&name)).unwrap());
        assert!(a == b, "{name}");
    }
}

/// Plates of other sizes, types and windows than each other.
fn plates(home: &Path) -> Vec<(&'static str, &'static str)> {
    let make = |name: &str, make: Make, codec, sample: fn(i32, i32, usize) -> f32| {
        let path = home.join(name);
        make.write(&path, sample);
        let options = WriteOptions {
            codec,
            ..WriteOptions::default()
        };
        images::write(&path, &read(&path), &options).unwrap();
    };
    let dark = |x: i32, y: i32, c: usize| {
        let value = painted(x, y, c);
        if (20..90).contains(&y) && x % 7 == 0 {
            value / 777.0
        } else {
            value
        }
    };
    let float = || Make::sized(250, 130, "RGBA", SampleType::Float);
    make("bg.exr", float(), Some(Codec::Piz), texture);
    make("p.exr", float(), Some(Codec::Zips), dark);
    let display = Rect::new(0, 0, 250, 130);
    let data = |x0, y0, x1, y1| Make {
        display,
        data: Rect::new(x0, y0, x1, y1),
        channels: "RGB",
        kind: SampleType::Half,
    };
    make("bg.half.exr", data(-9, 4, 240, 131), None, texture);
    make("p.half.exr", data(0, -3, 260, 120), None, dark);
    let codes = |kind| Make::sized(200, 150, "RGB", kind);
    make("bg.tif", codes(SampleType::U16), Some(Codec::Lzw), texture);
    make("p.tif", codes(SampleType::U16), Some(Codec::None), dark);
    make("bg.png", codes(SampleType::U8), None, texture);
    make("p.png", codes(SampleType::U8), None, dark);
    vec![
        ("bg.exr", "p.exr"),
        ("bg.half.exr", "p.half.exr"),
        ("bg.tif", "p.tif"),
        ("bg.png", "p.png"),
    ]
}

#[test]
fn min_and_plus_in_strips_give_the_same() {
    let home = folder();
    for (background, painted) in plates(home.path()) {
        for packing in ["--codec zip", "--codec auto", "--tile 48"] {
            let words = format!("min @{background} @{painted} -o @out/d.exr {packing}");
            same_files(&both(home.path(), &words, 0), 1);
        }
        let words = format!("plus @{background} @whole/d.exr -o @out/{painted}");
        let folders = both(home.path(), &words, 0);
        same_files(&folders, 2);
        for folder in folders {
            fs::remove_dir_all(folder).unwrap();
        }
    }
}

#[test]
fn comparisons_in_strips_give_the_same() {
    let home = folder();
    let options = [
        "",
        "--absolute 0.001 --nan-differs",
        "--heatmap @out/h.png",
        "--heatmap @out/h.exr",
    ];
    for (background, painted) in plates(home.path()) {
        for options in options {
            let words = format!("compare @{painted} @{background} {options}");
            let folders = both(home.path(), &words, 1);
            same_files(&folders, usize::from(options.contains("heatmap")));
            for folder in folders {
                fs::remove_dir_all(folder).unwrap();
            }
        }
        both(home.path(), &format!("compare @{painted} @{painted}"), 0);
    }
}

/// Several clips, and integers, are one report.
#[test]
fn comparisons_of_layers_in_strips_give_the_same() {
    let home = folder();
    let write = |name: &str, seed: i32| {
        let window = Rect::new(3, -4, 203, 131);
        let size = window.width() * window.height();
        let sample = |channel: i32| move |i: usize| texture(i as i32, seed * channel, 0);
        let floats = |channel| (0..size).map(sample(channel)).collect::<Vec<_>>();
        let ids = (0..size).map(|i| (i / 700 * (i % 90 / 80)) as u32 * seed as u32);
        let channel = |(name, samples): (&str, Samples)| Channel {
            name: name.into(),
            samples,
        };
        let image = Image {
            display: Rect::new(0, 0, 210, 130),
            data: window,
            pixel_aspect: 1.0,
            channels: [
                ("R", Samples::Float(floats(1))),
                ("G", Samples::Float(floats(2))),
                ("B", Samples::Float(floats(3))),
                ("Z", Samples::Float(floats(4))),
                ("id", Samples::Uint(ids.collect())),
            ]
            .map(channel)
            .into(),
            metadata: Metadata::new(Format::Exr),
        };
        images::write(&home.path().join(name), &image, &WriteOptions::default()).unwrap();
    };
    write("a.exr", 1);
    write("b.exr", 2);
    let words = "compare @a.exr @b.exr --absolute 0.4 --heatmap @out/h.exr";
    same_files(&both(home.path(), words, 1), 1);
    let words = "roundtrip @a.exr @b.exr --out @out";
    let folders = both(home.path(), words, 0);
    same_files(&folders, 2 + 1);
}

#[test]
fn roundtrips_in_strips_give_the_same() {
    let home = folder();
    for (background, painted) in plates(home.path()) {
        let words = format!("roundtrip @{background} @{painted} --out @out");
        let folders = both(home.path(), &words, 0);
        same_files(&folders, 2);
        for folder in folders {
            fs::remove_dir_all(folder).unwrap();
        }
    }
}

#[test]
fn example_plates_in_strips_give_the_same() {
    let home = folder();
    for extension in ["exr", "tif"] {
        let [background, painted] =
            ["background", "painted"].map(|name| plate(name).with_extension(extension));
        let [a, b] = ["100G", "3M"].map(|memory| {
            let output = home.path().join(format!("{memory}.exr"));
            let args = [
                Path::new("min"),
                &background,
                &painted,
                Path::new("-o"),
                &output,
            ];
            let memory = ["--memory", memory].map(Path::new);
            deltaplate(args.iter().chain(&memory)).ends(0);
            fs::read(output).unwrap()
        });
        assert!(a == b);
    }
}

#[test]
fn what_is_refused_in_strips_is_refused_alike() {
    let home = folder();
    plates(home.path());
    in_folder(home.path(), "min @bg.tif @p.tif -o @d.exr").ends(0);
    // Another background.
    both(home.path(), "plus @p.tif @d.exr -o @out/p.tif", 1);
    let folders = both(home.path(), "plus @p.tif @d.exr -o @out/p.tif --force", 0);
    same_files(&folders, 1);
    // No pair.
    both(home.path(), "min @bg.exr @p.tif -o @out/no.exr", 4);
    // No place.
    both(home.path(), "plus @bg.exr @d.exr -o @out/no.exr", 4);
    same_files(&folders, 1);
}

/// What is broken in the middle is found in whichever pass, and leaves no file.
#[test]
fn broken_files_leave_nothing() {
    let home = folder();
    plates(home.path());
    in_folder(home.path(), "min @bg.exr @p.exr -o @d.exr").ends(0);
    let path = |name: &str| home.path().join(name);
    for name in ["bg.exr", "p.exr", "d.exr"] {
        let whole = fs::read(path(name)).unwrap();
        fs::write(path("old"), &whole).unwrap();
        fs::write(path(name), &whole[..whole.len() * 3 / 5]).unwrap();
        let words = match name {
            "d.exr" => "plus @bg.exr @d.exr -o @out/p.exr",
            _ => "min @bg.exr @p.exr -o @out/d.exr",
        };
        let folders = ["whole", "strips"].map(&path);
        for (memory, folder) in ["100G", "1M"].into_iter().zip(&folders) {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("p.exr"), "old").unwrap();
            let words = words.replace("@out", &folder.to_string_lossy());
            let ran = in_folder(home.path(), &format!("{words} --memory {memory}")).ends(4);
            assert!(ran.err.contains(name), "{}", ran.err);
            assert_eq!(names(folder), ["p.exr"]);
            assert_eq!(fs::read(folder.join("p.exr")).unwrap(), b"old");
        }
        fs::rename(path("old"), path(name)).unwrap();
    }
}
