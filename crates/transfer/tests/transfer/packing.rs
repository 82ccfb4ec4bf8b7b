//! How a difference is stored.

use std::collections::BTreeMap;
use std::fs;

use images::{Codec, Format, ReadOptions, Rect, SampleType};
use transfer::{Pack, Packing, pack};

use crate::support::{assert_came_back, plate, subtract, travel};

/// Where a channel is stored in halves it takes half the room; where that would lose something, it
/// is not.
#[test]
fn halves_are_stored_where_they_do() {
    let window = Rect::new(0, 0, 8, 8);
    let both = |below: (SampleType, f32), above: (SampleType, f32)| {
        let make = |(kind, value)| {
            plate(
                (Format::Exr, kind),
                window,
                window,
                &["Y"],
                move |_, _, _| value,
            )
        };
        let made = travel(&make(below), &make(above), Packing::Own);
        assert_came_back(&made);
        made.difference.image().channels[0].samples.sample_type()
    };
    use SampleType::{Float, Half};
    assert_eq!(both((Half, 50000.0), (Half, -60000.0)), Half);
    assert_eq!(both((Half, 65504.0), (Half, 6e-8)), Half);
    assert_eq!(both((Float, 1.1), (Half, 0.3)), Half);
    // What floats hold that came from halves is as small.
    assert_eq!(both((Float, 0.5), (Float, 0.75)), Half);
    assert_eq!(both((Float, 0.5), (Float, f32::INFINITY)), Half);
    assert_eq!(both((Float, 0.5), (Float, 0.1)), Float);
    // Codes of 16 bits: what rounding a small difference to a half loses is less than half a code.
    let codes = |painted: f32| {
        let kind = (Format::Tiff, SampleType::U16);
        let make = |value| plate(kind, window, window, &["Y"], move |_, _, _| value);
        let made = travel(&make(0.1), &make(painted), Packing::Own);
        assert_came_back(&made);
        for (_, tier) in made.difference.tiers() {
            assert_eq!(tier.channels[0].samples.sample_type(), Half);
        }
        made.difference.residual().is_some()
    };
    assert_eq!((codes(0.11), codes(0.9)), (false, true));
    // The difference is far beyond the range of halves.
    assert_eq!(both((Float, 1e6), (Half, 0.3)), Float);
    assert_eq!(both((Float, 50000.0), (Float, 60000.0)), Float);
}

#[test]
fn auto_takes_the_smaller_codec() {
    let folder = tempfile::tempdir().unwrap();
    let window = Rect::new(0, 0, 400, 400);
    let kind = (Format::Exr, SampleType::Float);
    let black = plate(kind, window, window, &["Y"], |_, _, _| 0.0);
    // A smooth wash, and specks.
    let washed = plate(kind, window, window, &["Y"], |_, x, y| {
        0.5 + 0.3 * (x as f32 * 0.02).sin() * (y as f32 * 0.015).cos()
    });
    let dusted = plate(kind, window, window, &["Y"], |_, x, y| {
        if x % 97 == 3 && y % 89 == 4 { 0.9 } else { 0.0 }
    });
    let mut chosen = Vec::new();
    for painted in [washed, dusted] {
        let made = subtract(&black, &painted).unwrap();
        let bytes = |packing| made.write(&folder.path().join("d.exr"), packing).unwrap();
        let (zip, piz) = (
            bytes(Packing::With(Codec::Zip)),
            bytes(Packing::With(Codec::Piz)),
        );
        let tiles = |codec| bytes(Packing::Tiled { size: 256, codec });
        let tiled = tiles(Some(Codec::Zip));
        assert_eq!(
            bytes(Packing::Auto),
            zip.min(piz).min(tiled),
            "{zip} {piz} {tiled}"
        );
        assert_eq!(tiles(None), tiled.min(tiles(Some(Codec::Piz))));
        chosen.push(zip < piz);
    }
    assert_eq!(chosen, [false, true]);
}

/// Halves with few bits left to code, that bring codes back in any program.
#[test]
fn differences_of_codes_are_round() {
    let window = Rect::new(0, 0, 256, 256);
    for (kind, max) in [(SampleType::U8, 255.0), (SampleType::U16, 65535.0)] {
        let make = |value: fn(i32, i32) -> i32| {
            plate(
                (Format::Tiff, kind),
                window,
                window,
                &["Y"],
                move |_, x, y| value(x, y) as f32 / max,
            )
        };
        let (background, painted) = (make(|x, _| x), make(|_, y| y));
        let travelled = travel(&background, &painted, Packing::Own);
        assert_came_back(&travelled);
        let (below, above) = (background.plane("Y", window), painted.plane("Y", window));
        let stored = travelled.difference.image().plane("Y", window).unwrap();
        for ((b, p), d) in below.unwrap().iter().zip(above.unwrap()).zip(stored) {
            let codes = (f64::from(p) - f64::from(*b)) * f64::from(max);
            let off = f64::from(d) * f64::from(max) - codes;
            assert!(off.abs() < 0.46, "{b} {p} {d}");
            // The nearest half would have all of its 11 bits.
            let mantissa = d.to_bits() & 0x007f_ffff | 0x0080_0000;
            let (used, enough) = (
                24 - mantissa.trailing_zeros(),
                codes.abs().max(1.0).log2() as u32 + 3,
            );
            assert!(used <= enough, "{codes} codes in {used} bits: {d}");
        }
    }
}

/// Whatever the codes: a program that takes code / largest for a float with an error of its own still
/// rounds the sum to the painted code.
#[test]
fn no_sum_of_codes_is_near_another_code() {
    let window = Rect::new(0, 0, 128, 128);
    for (kind, max) in [
        (SampleType::U8, 255),
        (SampleType::U10, 1023),
        (SampleType::U12, 4095),
        (SampleType::U16, 65535),
    ] {
        let noise = |seed: u32| {
            let code = move |_, x: i32, y: i32| {
                let mixed = ((x + 128 * y) as u32 ^ seed).wrapping_mul(0x9e37_79b1);
                let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b);
                ((mixed >> 9) % (max + 1)) as f32 / max as f32
            };
            plate((Format::Dpx, kind), window, window, &["Y"], code)
        };
        let (background, painted) = (noise(0x1234_5678), noise(0x2bad_cafe));
        let travelled = travel(&background, &painted, Packing::Own);
        assert_came_back(&travelled);
        let mut sums = background.plane("Y", window).unwrap();
        for (name, tier) in travelled.difference.tiers() {
            assert_ne!(name, "replace");
            let tier = tier.plane("Y", window).unwrap();
            sums.iter_mut().zip(tier).for_each(|(sum, add)| *sum += add);
        }
        for (sum, p) in sums.iter().zip(painted.plane("Y", window).unwrap()) {
            let off = (f64::from(*sum) - f64::from(p)) * f64::from(max);
            assert!(off.abs() < 0.46, "{kind:?}: {off} codes off {p}");
        }
    }
}

/// Tiles of any size, in one part or several, a frame alone or in a pack.
#[test]
fn tiles_hold_what_scan_lines_do() {
    let folder = tempfile::tempdir().unwrap();
    let window = Rect::new(-7, 3, 150, 90);
    let kind = (Format::Exr, SampleType::Float);
    let shade = |c: usize, x: i32, y: i32| 1.0 + (c as i32 + x * y) as f32 / 77.0;
    let background = plate(kind, window, window, &["R", "G", "B"], shade);
    let painted = plate(kind, window, window, &["R", "G", "B"], |c, x, y| {
        match (x, y) {
            (3..140, 5..80) => 1e-9 * shade(c, x, y),
            (80, 82) => f32::NAN,
            _ => shade(c, x, y),
        }
    });
    for size in [1, 16, 64, 4096] {
        for codec in [Some(Codec::Zip), Some(Codec::Piz), None] {
            if size == 1 && codec != Some(Codec::Zip) {
                continue;
            }
            let travelled = travel(&background, &painted, Packing::Tiled { size, codec });
            assert_came_back(&travelled);
            assert_eq!(travelled.difference.tiers().count(), 3);
            let file = travelled.folder.path().join("difference.exr");
            let parts = images::Parts::open(&file).unwrap();
            for header in parts.headers() {
                let tiles = &header.metadata.get("tiles").unwrap().value;
                assert_eq!(tiles[..4], size.to_le_bytes());
            }
            // A pack keeps the tiles, and gives them back.
            let pack_file = folder.path().join("shot.exr");
            let options = ReadOptions::default();
            pack(&BTreeMap::from([(7, file.clone())]), &pack_file, &options).unwrap();
            let frame = Pack::open(&pack_file).unwrap().read(7, &options).unwrap();
            let alone = folder.path().join("alone.exr");
            frame.write(&alone, Packing::Own).unwrap();
            assert!(fs::read(&alone).unwrap() == fs::read(&file).unwrap());
            // Scan lines again.
            frame.write(&alone, Packing::With(Codec::Zip)).unwrap();
            assert_eq!(
                images::Parts::open(&alone).unwrap().headers()[0]
                    .metadata
                    .get("tiles"),
                None
            );
        }
    }
    // One tile of many is read for a pixel.
    let file = folder.path().join("tiled.exr");
    let made = subtract(&background, &painted).unwrap();
    made.write(
        &file,
        Packing::Tiled {
            size: 32,
            codec: Some(Codec::None),
        },
    )
    .unwrap();
    let found = transfer::probe(&file, [100, 50], &[], &ReadOptions::default()).unwrap();
    assert!(
        found.bytes_read < found.file_bytes / 3,
        "{} of {}",
        found.bytes_read,
        found.file_bytes
    );
}
