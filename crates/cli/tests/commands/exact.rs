//! Every kind of plate with every kind of edit, and the values that arithmetic is bad at: what comes back
//! has the painted plate's bits.

use std::path::Path;

use images::{Channel, Format, Image, Metadata, Rect, SampleType, Samples, WriteOptions, f16};
use serde_json::Value;

use crate::support::{Make, folder, in_folder, plate, read, same, texture};

const WIDTH: i32 = 120;
const HEIGHT: i32 = 80;

/// A piece of a photograph: scene-linear light, up to a few thousand in the sun.
struct Photograph(Image);

impl Photograph {
    fn open() -> Self {
        Photograph(read(&plate("background.exr")))
    }

    /// What is at x, y of the piece, or at its edge.
    fn at(&self, x: i32, y: i32, channel: usize) -> f32 {
        let (x, y) = (x.clamp(0, WIDTH - 1), y.clamp(0, HEIGHT - 1));
        // With the sun in it.
        let index = (y + 180) as usize * self.0.data.width() + (x + 320) as usize;
        let Samples::Half(halves) = &self.0.channels[channel].samples else {
            panic!("the plate is half");
        };
        halves[index].to_f32()
    }
}

type Light<'a> = &'a dyn Fn(i32, i32, usize) -> f32;
type Edit = fn(Light, i32, i32, usize) -> f32;

/// Exactly the one or the other at either end, as from a brush.
fn mix(from: f32, to: f32, cover: f32) -> f32 {
    match cover {
        ..=0.0 => from,
        1.0.. => to,
        _ => from + cover * (to - from),
    }
}

fn distance(x: i32, y: i32, centre: (i32, i32)) -> f32 {
    ((x - centre.0) as f32).hypot((y - centre.1) as f32)
}

/// Specks, healed with what is beside them.
fn dust(light: Light, x: i32, y: i32, c: usize) -> f32 {
    let spots = [(12, 9), (31, 60), (58, 22), (77, 71), (101, 35)];
    let near = spots.iter().map(|&spot| distance(x, y, spot));
    let cover = (4.0 - near.fold(f32::MAX, f32::min)) / 2.0;
    mix(light(x, y, c), light(x + 9, y - 5, c), cover)
}

fn clone(light: Light, x: i32, y: i32, c: usize) -> f32 {
    let cover = (18.0 - distance(x, y, (40, 40))) / 5.0;
    mix(light(x, y, c), light(x + 40, y + 8, c), cover)
}

fn wire(light: Light, x: i32, y: i32, c: usize) -> f32 {
    let cover = 2.5 - (y as f32 - 10.0 - x as f32 * 0.4).abs();
    mix(light(x, y, c), light(x, y + 6, c), cover)
}

/// A soft brush with a colour and grain of its own.
fn grain(light: Light, x: i32, y: i32, c: usize) -> f32 {
    let cover = (1.0 - distance(x, y, (70, 35)) / 33.0).max(0.0).powi(2);
    let colour = [0.3, 0.22, 0.18][c] + 0.04 * (texture(x, y, c) - 0.5);
    mix(light(x, y, c), colour, 0.7 * cover)
}

/// Near-black over whatever was there.
fn dark(light: Light, x: i32, y: i32, c: usize) -> f32 {
    let inside = distance(x, y, (60, 40)) < 30.0;
    mix(
        light(x, y, c),
        0.0005 + 0.01 * texture(x, y, c),
        f32::from(inside),
    )
}

/// All over.
fn grade(light: Light, x: i32, y: i32, c: usize) -> f32 {
    light(x, y, c) * [1.021, 0.993, 1.043][c]
}

const EDITS: [(&str, Edit); 6] = [
    ("dust", dust),
    ("clone", clone),
    ("wire", wire),
    ("grain", grain),
    ("dark", dark),
    ("grade", grade),
];

/// Sends a pair of plates through both nodes, and checks what comes back.
fn travel(home: &Path, extension: &str) -> Value {
    let words = format!("roundtrip @bg.{extension} @p.{extension} --out @out --json");
    let report = in_folder(home, &words).ends(0).json();
    assert_eq!(report["exact"], true);
    same(
        &home.join(format!("out/p.{extension}")),
        &home.join(format!("p.{extension}")),
    );
    report
}

fn every_edit_comes_back(extension: &'static str, kind: SampleType, residual_of_dark_paint: bool) {
    let photograph = Photograph::open();
    let light = |x: i32, y: i32, c: usize| match kind {
        SampleType::Half => photograph.at(x, y, c),
        // Another camera's colours fill the mantissas.
        SampleType::Float => {
            photograph.at(x, y, c) * 0.87 + photograph.at(x, y, (c + 1) % 3) * 0.11
        }
        _ => {
            let light = photograph.at(x, y, c).max(0.0);
            (light / (light + 0.6)).powf(0.6)
        }
    };
    let home = folder();
    let make = Make::sized(WIDTH, HEIGHT, "RGB", kind);
    let path = |name: &str| home.path().join(format!("{name}.{extension}"));
    make.write(&path("bg"), light);
    for (name, edit) in EDITS {
        make.write(&path("p"), |x, y, c| edit(&light, x, y, c));
        let report = travel(home.path(), extension);
        let changed = report["changedPixels"].as_i64().unwrap();
        let all = i64::from(WIDTH * HEIGHT);
        assert!(
            changed > 100 && (changed < all) == (name != "grade"),
            "{name}: {changed}"
        );
        assert_eq!(report["replacedSamples"], 0, "{name}");
        if name == "dark" {
            let residual = report["residualSamples"].as_u64().unwrap();
            assert_eq!(residual > 0, residual_of_dark_paint, "{residual}");
        }
    }
}

#[test]
fn every_edit_of_eight_bits_comes_back() {
    every_edit_comes_back("tif", SampleType::U8, false);
}

#[test]
fn every_edit_of_sixteen_bits_comes_back() {
    every_edit_comes_back("png", SampleType::U16, true);
}

#[test]
fn every_edit_of_halves_comes_back() {
    every_edit_comes_back("exr", SampleType::Half, true);
}

#[test]
fn every_edit_of_floats_comes_back() {
    every_edit_comes_back("exr", SampleType::Float, true);
}

/// Of both signs: zeros, the smallest and the largest denormals and the smallest above them, one and its
/// neighbours, the largest, infinities, NaNs that signal and that are quiet, with payloads.
const FLOATS: [u32; 15] = [
    0,
    1,
    2,
    0x007f_ffff,
    0x0080_0000,
    0x3f7f_ffff,
    0x3f80_0000,
    0x3f80_0001,
    0x7f7f_fffe,
    0x7f7f_ffff,
    0x7f80_0000,
    0x7f80_0001,
    0x7fc0_0000,
    0x7fc1_2345,
    0x7fff_ffff,
];
const HALVES: [u32; 15] = [
    0, 1, 2, 0x03ff, 0x0400, 0x3bff, 0x3c00, 0x3c01, 0x7bfe, 0x7bff, 0x7c00, 0x7c01, 0x7e00,
    0x7e77, 0x7fff,
];

/// Every special value over every other, then random bits over random bits: a million in all.
fn any_bits_come_back(values: [u32; 15], sign: u32, samples: fn(&[u32]) -> Samples) {
    const SIDE: usize = 1000;
    let values: Vec<u32> = values
        .iter()
        .flat_map(|&bits| [bits, bits | sign])
        .collect();
    let count = values.len();
    let home = folder();
    for (name, mut state) in [("bg", 1u64), ("p", 2)] {
        let bits: Vec<u32> = (0..SIDE * SIDE)
            .map(|index| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let pair = [index % count, index / count];
                match index < count * count {
                    true => values[pair[usize::from(name == "p")]],
                    false => (state >> 32) as u32,
                }
            })
            .collect();
        let window = Rect::new(0, 0, SIDE as i32, SIDE as i32);
        let image = Image {
            display: window,
            data: window,
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "Y".into(),
                samples: samples(&bits),
            }],
            metadata: Metadata::new(Format::Exr),
        };
        let path = home.path().join(name).with_extension("exr");
        images::write(&path, &image, &WriteOptions::default()).unwrap();
    }
    let report = travel(home.path(), "exr");
    assert!(
        report["residualSamples"].as_u64().unwrap() > 1000,
        "{report}"
    );
    assert!(
        report["replacedSamples"].as_u64().unwrap() > 1000,
        "{report}"
    );
}

#[test]
fn any_bits_of_floats_come_back() {
    any_bits_come_back(FLOATS, 1 << 31, |bits| {
        Samples::Float(bits.iter().map(|&bits| f32::from_bits(bits)).collect())
    });
}

#[test]
fn any_bits_of_halves_come_back() {
    any_bits_come_back(HALVES, 1 << 15, |bits| {
        Samples::Half(
            bits.iter()
                .map(|&bits| f16::from_bits(bits as u16))
                .collect(),
        )
    });
}
