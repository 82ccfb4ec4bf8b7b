//! Plates that travel as files, and files that are no transfers.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{min, planes, render};
use images::{Attribute, Channel, Codec, Format, Image, Metadata, Parts, ReadOptions, Rect};
use images::{SampleType, Samples, WriteOptions};
use proptest::prelude::*;
use transfer::{
    Difference, Error, Output, Pack, Packing, Pair, changed_pixels, pack, painted_hash, verify,
};

fn attribute(name: &str, kind: &str, value: &[u8]) -> Attribute {
    Attribute {
        name: name.into(),
        kind: kind.into(),
        value: value.to_vec(),
    }
}

fn read(path: &Path) -> Image {
    images::read(path, &ReadOptions::default()).unwrap()
}

/// A plate whose samples are `value(channel, x, y)`.
fn plate(
    (format, kind): (Format, SampleType),
    display: Rect,
    data: Rect,
    names: &[&str],
    value: impl Fn(usize, i32, i32) -> f32,
) -> Image {
    let channel = |(index, name): (usize, &&str)| {
        let rows = (data.y0..data.y1).flat_map(|y| (data.x0..data.x1).map(move |x| (x, y)));
        let floats: Vec<f32> = rows.map(|(x, y)| value(index, x, y)).collect();
        Channel {
            name: name.to_string(),
            samples: Samples::from_f32(kind, &floats),
        }
    };
    Image {
        display,
        data,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(format),
    }
}

/// The difference of what `render` gives for a window and an output.
fn encode(
    background: &Image,
    painted: &Image,
    render: impl Fn(Rect, Output) -> Vec<Vec<f32>>,
) -> Result<Difference, Error> {
    let pair = Pair::new(&background.header(), &painted.header())?;
    Difference::encode(background, painted, pair.window, |output| {
        Ok(render(pair.window, output))
    })
}

fn subtract(background: &Image, painted: &Image) -> Result<Difference, Error> {
    encode(background, painted, |window, output| {
        render(background, painted, window, output)
    })
}

struct Travelled {
    folder: tempfile::TempDir,
    painted: PathBuf,
    restored: PathBuf,
    difference: Difference,
}

/// Writes the painted plate, sends the difference through a file, restores, writes.
fn travel(background: &Image, painted: &Image, packing: Packing) -> Travelled {
    let folder = tempfile::tempdir().unwrap();
    let extension = painted.metadata.format.name();
    let path = |name: &str| folder.path().join(name);
    let painted_path = path("painted").with_extension(extension);
    images::write(&painted_path, painted, &WriteOptions::default()).unwrap();
    let painted = read(&painted_path);

    let sent = subtract(background, &painted).unwrap();
    let file = path("difference.exr");
    let size = sent.write(&file, packing).unwrap();
    assert_eq!(size, fs::metadata(&file).unwrap().len());
    let difference = Difference::read(&file, &ReadOptions::default()).unwrap();
    let facts = |d: &Difference| {
        let tiers: Vec<_> = d
            .tiers()
            .map(|(name, t)| (name, t.data, t.channels.clone()))
            .collect();
        (
            d.target.clone(),
            d.proof.clone(),
            d.residual_samples,
            d.replaced_samples,
            tiers,
        )
    };
    assert!(facts(&difference) == facts(&sent));
    assert_eq!(difference.target, painted.header());
    // Equal differences give equal files.
    let again = path("again.exr");
    difference.write(&again, Packing::Own).unwrap();
    assert!(fs::read(&file).unwrap() == fs::read(&again).unwrap());
    difference.check_background(background).unwrap();

    let restored_path = path("restored").with_extension(extension);
    let restored = difference.restore(background);
    images::write(&restored_path, &restored, &WriteOptions::default()).unwrap();
    Travelled {
        folder,
        painted: painted_path,
        restored: restored_path,
        difference,
    }
}

/// The restored file holds what the painted file holds, attributes included.
fn assert_came_back(travelled: &Travelled) {
    let (painted, restored) = (read(&travelled.painted), read(&travelled.restored));
    let verdict = verify(&painted, &restored);
    assert!(verdict.exact, "{verdict:?}");
    assert_eq!((verdict.failing_pixels, verdict.failing_samples), (0, 0));
    assert!(travelled.difference.proves(&restored));
    assert!(painted == restored);
}

/// Every pair of codes: 256 backgrounds across, 256 painted values down.
#[test]
fn every_pair_of_bytes_comes_back() {
    let window = Rect::new(0, 0, 256, 256);
    let make = |value: fn(i32, i32) -> i32| {
        plate(
            (Format::Tiff, SampleType::U8),
            window,
            window,
            &["R", "G", "B"],
            move |_, x, y| value(x, y) as f32 / 255.0,
        )
    };
    let (background, mut painted) = (make(|x, _| x), make(|_, y| y));
    painted.metadata.codec = Codec::Lzw;
    painted
        .metadata
        .set(attribute("34675", "UNDEFINED", &[7; 3000]));
    painted.metadata.set(attribute("270", "ASCII", b"plate\0"));
    painted
        .metadata
        .set(attribute("exif:36864", "UNDEFINED", b"0232"));
    assert_eq!(changed_pixels(&background, &painted), 256 * 255);
    let travelled = travel(&background, &painted, Packing::Own);
    assert_came_back(&travelled);
    assert_eq!(travelled.difference.proof.changed_pixels, 256 * 255);
    let stored = travelled.difference.image().channels[0]
        .samples
        .sample_type();
    assert_eq!(stored, SampleType::Half);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any codes of 16 bits, any place of the edit, in PNG with its chunks.
    #[test]
    fn any_words_come_back(seed: u32, x in 0i32..20, y in 0i32..20, codec in 0usize..5) {
        let window = Rect::new(0, 0, 24, 24);
        let kind = (Format::Png, SampleType::U16);
        let mixed = |c: usize, x: i32, y: i32, salt: u32| {
            let n = (seed ^ salt).wrapping_mul(0x9e37_79b9).wrapping_add((c as u32 * 7919) ^ (x * 31 + y * 1009) as u32);
            (n.wrapping_mul(0x85eb_ca6b) >> 16) as f32 / 65535.0
        };
        let background = plate(kind, window, window, &["R", "G", "B", "A"], |c, x, y| mixed(c, x, y, 0));
        let mut painted = plate(kind, window, window, &["R", "G", "B", "A"], |c, px, py| {
            mixed(c, px, py, if (x..x + 4).contains(&px) && (y..y + 4).contains(&py) { 5 } else { 0 })
        });
        painted.metadata.set(attribute("gAMA", "before", &45455u32.to_be_bytes()));
        painted.metadata.attributes.push(attribute("tEXt", "before", b"Title\0one"));
        painted.metadata.attributes.push(attribute("tEXt", "after", b"Title\0two"));
        let codec = [Codec::None, Codec::Rle, Codec::Zips, Codec::Zip, Codec::Piz][codec];
        let travelled = travel(&background, &painted, Packing::With(codec));
        assert_came_back(&travelled);
        prop_assert!(Rect::new(x, y, x + 4, y + 4).holds(&travelled.difference.image().data));
    }

    /// Halves within 2^-10 .. 16, whose differences and sums are exact in floats; data windows
    /// of any place, which differ.
    #[test]
    fn common_halves_come_back(
        b in (-20i32..20, -20i32..20, 1i32..30, 1i32..30),
        p in (-20i32..20, -20i32..20, 1i32..30, 1i32..30),
        seed: u32,
        decreasing: bool,
    ) {
        let window = |(x, y, w, h): (i32, i32, i32, i32)| Rect::new(x, y, x + w, y + h);
        let display = Rect::new(-3, 4, 20, 31);
        let kind = (Format::Exr, SampleType::Half);
        let value = |salt: u32| move |c: usize, x: i32, y: i32| {
            let n = (seed ^ salt).wrapping_add((c as u32 * 7919) ^ (x * 31 + y * 1009) as u32).wrapping_mul(0x85eb_ca6b) >> 16;
            0.001 + n as f32 / 65536.0 * 15.0
        };
        let background = plate(kind, display, window(b), &["R", "G", "B"], value(1));
        let mut painted = plate(kind, display, window(p), &["R", "G", "B", "A"], value(2));
        painted.metadata.set(attribute("lineOrder", "lineOrder", &[u8::from(decreasing)]));
        painted.metadata.set(attribute("timeCode", "timecode", &[0xff; 8]));
        painted.metadata.set(attribute("mine", "unheard of", &[1, 2, 3]));
        painted.metadata.codec = Codec::Piz;
        assert_came_back(&travel(&background, &painted, Packing::Own));
    }
}

/// Where nothing was painted, the background's own bits come back, whatever they are.
#[test]
fn special_values_of_the_background_survive() {
    let bits = [
        0x8000_0000,
        0x7f80_0000,
        0xff80_0000,
        0x7fc0_0123,
        0x7f80_0001,
        1,
        0x8000_0001,
        0x7f7f_ffff,
    ];
    let window = Rect::new(0, 0, 8, 2);
    let kind = (Format::Exr, SampleType::Float);
    let background = plate(kind, window, window, &["Y"], |_, x, _| {
        f32::from_bits(bits[x as usize])
    });
    let mut painted = background.clone();
    if let Samples::Float(samples) = &mut painted.channels[0].samples {
        samples[13] = 0.5; // Over the denormal.
    }
    let travelled = travel(&background, &painted, Packing::Own);
    assert_came_back(&travelled);
    assert_eq!(travelled.difference.image().data, Rect::new(5, 1, 6, 2));
    assert_eq!(travelled.difference.tiers().count(), 1);
    assert_eq!(travelled.difference.proof.changed_pixels, 1);
}

/// Float subtraction loses bits where paint is far darker than the plate; the residual has them.
#[test]
fn dark_paint_over_bright_film_comes_back() {
    let window = Rect::new(0, 0, 40, 40);
    let floats = (Format::Exr, SampleType::Float);
    let names = &["R", "G", "B"];
    let background = plate(floats, window, window, names, |c, x, y| {
        1.0 + (c as i32 + x * y) as f32 / 77.0
    });
    let painted = plate(floats, window, window, names, |c, x, y| {
        let below = 1.0 + (c as i32 + x * y) as f32 / 77.0;
        if c < 2 && x == 7 && y > 3 {
            1e-9 * below
        } else {
            below
        }
    });
    let travelled = travel(&background, &painted, Packing::Own);
    assert_came_back(&travelled);
    let difference = travelled.difference;
    assert_eq!(difference.residual().unwrap().data, Rect::new(7, 4, 8, 40));
    assert_eq!(
        (difference.residual_samples, difference.replaced_samples),
        (72, 0)
    );

    // In halves too, which hold 24 decimal places of what is below 1.
    let halves = |image: &Image| {
        plate(
            (Format::Exr, SampleType::Half),
            window,
            window,
            names,
            |c, x, y| {
                image
                    .plane(names[c], Rect::new(x, y, x + 1, y + 1))
                    .unwrap()[0]
            },
        )
    };
    let (background, painted) = (halves(&background), halves(&painted));
    let travelled = travel(&background, &painted, Packing::Auto);
    assert_came_back(&travelled);
    let stored = |image: &Image| image.channels[0].samples.sample_type();
    assert_eq!(stored(travelled.difference.image()), SampleType::Half);
}

/// Values of every kind, as bits.
const SPECIAL: [u32; 26] = [
    0,
    0x8000_0000,
    1,
    0x8000_0001,
    0x007f_ffff,
    0x807f_ffff,
    0x0080_0000,
    0x8080_0000,
    0x3f80_0000,
    0xbf80_0000,
    0x3f80_0001,
    0x3f7f_ffff,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f7f_fffe,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0xffc0_0000,
    0x7fc1_2345,
    0x7f81_2345,
    0xff80_0001,
    0x3380_0000,
    0xb380_0000,
    0x7300_0000,
    0xf2ff_ffff,
];

/// Halves likewise.
const SPECIAL_HALF: [u16; 20] = [
    0, 0x8000, 1, 0x8001, 0x03ff, 0x83ff, 0x0400, 0x8400, 0x3c00, 0xbc00, 0x3c01, 0x3bff, 0x7bff,
    0xfbff, 0x7c00, 0xfc00, 0x7e00, 0x7c01, 0xfe77, 0x7bfe,
];

fn square(side: usize, samples: Samples) -> Image {
    let window = Rect::new(0, 0, side as i32, side as i32);
    Image {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: vec![Channel {
            name: "Y".into(),
            samples,
        }],
        metadata: Metadata::new(Format::Exr),
    }
}

/// Every special value painted over every other.
#[test]
fn every_pair_of_special_values_comes_back() {
    let n = SPECIAL.len();
    let floats = |pick: fn(usize, usize) -> usize| {
        let bits = (0..n * n).map(|i| SPECIAL[pick(i % n, i / n)]);
        square(n, Samples::Float(bits.map(f32::from_bits).collect()))
    };
    let travelled = travel(&floats(|x, _| x), &floats(|_, y| y), Packing::Own);
    assert_came_back(&travelled);
    let difference = &travelled.difference;
    assert!(difference.residual_samples > 20 && difference.replaced_samples > 200);

    let n = SPECIAL_HALF.len();
    let halves = |pick: fn(usize, usize) -> usize| {
        let bits = (0..n * n).map(|i| SPECIAL_HALF[pick(i % n, i / n)]);
        square(n, Samples::Half(bits.map(images::f16::from_bits).collect()))
    };
    assert_came_back(&travel(&halves(|x, _| x), &halves(|_, y| y), Packing::Own));
    // All channels at once.
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Float);
    let colours = &["R", "G", "B", "A"];
    let grey = plate(kind, window, window, colours, |_, _, _| 0.5);
    let special = |c, x, y| f32::from_bits(SPECIAL[c * 5 + (x + y) as usize]);
    let travelled = travel(
        &grey,
        &plate(kind, window, window, colours, special),
        Packing::Own,
    );
    assert_came_back(&travelled);
    let named = |(name, image): (_, &Image)| (name, image.channels.len());
    let tiers: Vec<_> = travelled.difference.tiers().map(named).collect();
    assert_eq!(tiers, [("difference", 4), ("residual", 4), ("replace", 8)]);
    // A plate of one type over a background of another.
    let wild = |i: usize| f32::from_bits(SPECIAL[i % SPECIAL.len()]);
    let wild = square(26, Samples::Float((0..676).map(wild).collect()));
    for kind in [SampleType::U8, SampleType::U16] {
        let mut codes = square(26, Samples::from_f32(kind, &vec![0.3; 676]));
        codes.metadata = Metadata::new(Format::Tiff);
        assert_came_back(&travel(&wild, &codes, Packing::Own));
    }
}

/// A million random bit patterns over a million others, in each type.
#[test]
fn random_bits_come_back() {
    let side = 1024;
    for kind in SampleType::ALL {
        let noise = |mut state: u64| {
            let bits = (0..side * side).map(move |_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 32) as u32
            });
            let samples = match kind {
                SampleType::U8 => Samples::U8(bits.map(|b| b as u8).collect()),
                SampleType::U10 => Samples::U10(bits.map(|b| b as u16 & 1023).collect()),
                SampleType::U12 => Samples::U12(bits.map(|b| b as u16 & 4095).collect()),
                SampleType::U16 => Samples::U16(bits.map(|b| b as u16).collect()),
                SampleType::Uint => Samples::Uint(bits.collect()),
                SampleType::Half => {
                    Samples::Half(bits.map(|b| images::f16::from_bits(b as u16)).collect())
                }
                SampleType::Float => Samples::Float(bits.map(f32::from_bits).collect()),
            };
            let mut image = square(side, samples);
            image.metadata = Metadata::new(match kind {
                SampleType::U8 | SampleType::U16 => Format::Png,
                SampleType::U10 | SampleType::U12 => Format::Dpx,
                _ => Format::Exr,
            });
            image
        };
        let travelled = travel(&noise(1), &noise(2), Packing::With(Codec::None));
        assert_came_back(&travelled);
        let replaced = travelled.difference.replaced_samples;
        assert_eq!(replaced > 0, kind.max_code().is_none(), "{replaced}");
    }
}

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

/// A node that renders something else is found out.
#[test]
fn planes_that_do_not_restore_the_plate_are_refused() {
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Float);
    let background = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let painted = plate(kind, window, window, &["Y"], |_, _, y| y as f32 + 0.1);
    for wrong in [
        |b, p, output| min(b, p, output) * 0.5,
        |_, _, _| 0.0,
        |_, _, _| f32::NAN,
    ] {
        let render =
            |window, output| planes(&background, &painted, window, |b, p| wrong(b, p, output));
        let error = encode(&background, &painted, render).unwrap_err();
        assert!(matches!(&error, Error::Proof(_)), "{error}");
    }
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

#[test]
fn a_plate_of_other_windows_or_types_is_not_exact() {
    let window = Rect::new(0, 0, 4, 4);
    let make = |kind, data| plate((Format::Exr, kind), window, data, &["Y"], |_, _, _| 0.0);
    let painted = make(SampleType::Half, window);
    for other in [
        make(SampleType::Float, window),
        make(SampleType::Half, Rect::new(0, 0, 4, 3)),
    ] {
        let verdict = verify(&painted, &other);
        assert_eq!((verdict.exact, verdict.failing_samples), (false, 0));
    }
    let mut more = painted.clone();
    more.channels.push(Channel {
        name: "A".into(),
        samples: Samples::Half(vec![images::f16::ONE; 16]),
    });
    assert_eq!(verify(&painted, &more).failing_pixels, 16);
    assert_eq!(verify(&more, &painted).failing_pixels, 16);
}

#[test]
fn nothing_changed_is_one_sample() {
    let window = Rect::new(-5, 7, 60, 90);
    let plate = plate(
        (Format::Exr, SampleType::Half),
        window,
        window,
        &["R", "G", "B"],
        |_, x, y| (x * y) as f32,
    );
    let travelled = travel(&plate, &plate, Packing::Own);
    assert_came_back(&travelled);
    let difference = travelled.difference.image();
    assert_eq!(difference.data, Rect::new(-5, 7, -4, 8));
    assert_eq!(difference.display, window);
    assert_eq!(travelled.difference.proof.changed_pixels, 0);
    assert!(
        fs::metadata(travelled.folder.path().join("difference.exr"))
            .unwrap()
            .len()
            < 2000
    );
}

#[test]
fn another_background_is_refused() {
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Half);
    let background = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let painted = plate(kind, window, window, &["Y"], |_, _, y| y as f32);
    let difference = subtract(&background, &painted).unwrap();
    let error = difference.check_background(&painted).unwrap_err();
    assert!(
        matches!(&error, Error::WrongBackground { expected, .. } if *expected == difference.proof.background_hash)
    );
    assert!(difference.proves(&painted) && !difference.proves(&background));
    assert_eq!(difference.proof.painted_hash, painted_hash(&painted));
}

#[test]
fn the_deliverable_is_made_of_any_planes() {
    let window = Rect::new(0, 0, 2, 1);
    let kind = (Format::Tiff, SampleType::U8);
    let painted = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let difference = subtract(&painted, &painted).unwrap();
    let around = Rect::new(-1, 0, 2, 1);
    let planes = vec![vec![9.0, 0.1, 0.8]];
    let image = difference.deliver(around, planes).unwrap();
    assert_eq!(image.channels[0].samples, Samples::U8(vec![26, 204]));
    assert!(difference.deliver(around, vec![vec![0.0; 2]]).is_err());
    assert!(difference.deliver(around, vec![]).is_err());
}

#[test]
fn what_is_no_transfer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.exr");
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Float);
    let background = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let painted = plate(kind, window, window, &["Y"], |_, _, y| y as f32);
    let sound = subtract(&background, &painted).unwrap().image().clone();

    let options = ReadOptions::default();
    let refused = |image: &Image, reason: &str, options: &ReadOptions| {
        images::write(&path, image, &WriteOptions::default()).unwrap();
        let error = Difference::read(&path, options).unwrap_err();
        assert!(matches!(&error, Error::File { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with(path.to_str().unwrap()) && text.contains(reason),
            "{error} / {reason}"
        );
    };
    refused(&painted, "not a Deltaplate transfer", &options);
    for name in [
        "version",
        "operation",
        "backgroundHash",
        "paintedHash",
        "targetHeader",
        "changedPixels",
        "residualSamples",
        "replacedSamples",
    ] {
        let mut image = sound.clone();
        image.metadata.remove(&format!("deltaplate:{name}"));
        refused(&image, "", &options);
    }
    let with = |name: &str, text: &str| {
        let mut image = sound.clone();
        image.metadata.set_text(&format!("deltaplate:{name}"), text);
        image
    };
    refused(&with("operation", "residual"), "'residual'", &options);
    refused(&with("changedPixels", "many"), "no number", &options);
    refused(&with("targetHeader", "{}"), "damaged", &options);
    let header = sound.metadata.text("deltaplate:targetHeader").unwrap();
    refused(
        &with("targetHeader", &header.replace("exr", "gif")),
        "'gif'",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("float", "uint99")),
        "'uint99'",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("\"Y\"", "\"A\"")),
        "channels or windows",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("[0,0,4,4]", "[0,0,-4,4]")),
        "without pixels",
        &options,
    );
    let huge = header.replace(
        "\"dataWindow\":[0,0,4,4]",
        "\"dataWindow\":[0,0,2147483647,2147483647]",
    );
    refused(&with("targetHeader", &huge), "limit", &options);
    let mut newer = sound.clone();
    newer.metadata.set_int("deltaplate:version", 2);
    refused(&newer, "version 2", &options);
    let left_out = with("residualSamples", "7");
    refused(&left_out, "'residual' with 7 samples is missing", &options);

    // A transfer cannot be the painted plate of another.
    let error = subtract(&background, &sound).unwrap_err();
    assert!(error.to_string().contains("itself a transfer"), "{error}");
    let difference = subtract(&background, &painted).unwrap();
    let error = difference
        .write(&folder.path().join("file.tif"), Packing::Own)
        .unwrap_err();
    assert!(error.to_string().contains(".exr"), "{error}");
    let unfit = Difference::encode(&background, &painted, window, |_| -> Result<_, Error> {
        Ok(vec![vec![0.0; 15]])
    });
    assert!(matches!(unfit, Err(Error::Plates(_))));
}

/// A shot of 20 frames, each with a time code of its own, and a residual or replaced samples in some.
fn shot(folder: &Path) -> BTreeMap<i64, PathBuf> {
    let window = Rect::new(0, 0, 160, 90);
    let kind = (Format::Exr, SampleType::Float);
    let mut frames = BTreeMap::new();
    for frame in 1001..1021 {
        let shade = move |c: usize, x: i32, y: i32| 1.0 + (c as i32 + x * y + frame) as f32 / 77.0;
        let background = plate(kind, window, window, &["R", "G", "B"], shade);
        let mut painted = plate(kind, window, window, &["R", "G", "B"], |c, x, y| {
            match (x, y) {
                (3..40, 5..30) => 0.5,
                (70, 5) if frame % 2 == 0 => 1e-9,
                (80, 5) if frame % 3 == 0 => f32::NAN,
                _ => shade(c, x, y),
            }
        });
        let code = (frame as u64).to_le_bytes();
        painted
            .metadata
            .set(attribute("timeCode", "timecode", &code));
        painted.metadata.set(attribute(
            "lineOrder",
            "lineOrder",
            &[u8::from(frame % 4 == 0)],
        ));
        painted
            .metadata
            .set(attribute("version", "string", b"a plate's own"));
        let path = folder.join(format!("{frame}.exr"));
        let made = subtract(&background, &painted).unwrap();
        let codec = [Codec::Zip, Codec::Piz][frame as usize % 2];
        made.write(&path, Packing::With(codec)).unwrap();
        frames.insert(frame.into(), path);
    }
    frames
}

#[test]
fn a_shot_is_packed_and_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let frames = shot(folder.path());
    let path = folder.path().join("shot.exr");
    let options = ReadOptions::default();
    let bytes = pack(&frames, &path, &options).unwrap();
    assert_eq!(bytes, fs::metadata(&path).unwrap().len());
    // What other readers take for common to all parts is not there.
    let parts = images::Parts::open(&path).unwrap();
    for header in parts.headers() {
        assert_eq!(header.metadata.get("timeCode"), None);
    }
    let mut file = Pack::open(&path).unwrap();
    assert!(file.frames().eq(1001..1021));
    let alone = folder.path().join("alone.exr");
    // Backwards: no frame needs another.
    for (&frame, own) in frames.iter().rev() {
        let difference = file.read(frame, &options).unwrap();
        difference.write(&alone, Packing::Own).unwrap();
        assert!(
            fs::read(&alone).unwrap() == fs::read(own).unwrap(),
            "{frame}"
        );
    }
    let error = file.read(7, &options).unwrap_err();
    assert!(error.to_string().contains("no frame 7"), "{error}");

    // One frame costs the headers and its own blocks.
    let mut file = Pack::open(&path).unwrap();
    file.read(1013, &options).unwrap();
    let headers = images::Parts::open(&path).unwrap().bytes_read();
    assert!(
        file.bytes_read() - headers < bytes / 8,
        "{} {headers} {bytes}",
        file.bytes_read()
    );

    let error = Difference::read(&path, &options).unwrap_err();
    assert!(error.to_string().contains("a pack of 20 frames"), "{error}");
    let Err(error) = Pack::open(&alone) else {
        panic!("a single difference is no pack");
    };
    assert!(error.to_string().contains("not a pack"), "{error}");
}

/// What a NaN is equal in.
fn text(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// The index of a pack spares the headers of the other frames; where it is no longer true, they are
/// read, with the same result.
#[test]
fn a_frame_of_a_pack_is_probed_by_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let frames = shot(folder.path());
    let path = folder.path().join("shot.exr");
    let options = ReadOptions::default();
    pack(&frames, &path, &options).unwrap();
    let headers = Parts::open(&path).unwrap().bytes_read();
    let probe = |path: &Path, pixel: [i32; 2], frames: &[i64]| {
        transfer::probe(path, pixel, frames, &options)
    };

    let bytes = fs::read(&path).unwrap();
    let start = b"deltaplate:index\0string\0";
    let at = bytes.windows(start.len()).position(|w| w == start);
    let at = at.unwrap() + start.len() + 4;
    // The digits of the positions of 1013: its line is the thirteenth.
    let lines = bytes[at..].split(|&byte| byte == b'\n').take(13);
    let end = at + lines.map(|line| line.len() + 1).sum::<usize>() - 1;
    let stale = |name: &str, change: &dyn Fn(&mut [u8])| {
        let mut bytes = bytes.clone();
        change(&mut bytes[..end]);
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let others = [
        // The table is elsewhere, the header is another frame's, the line is.
        stale("table.exr", &|line| line[line.len() - 1] ^= 1),
        stale("header.exr", &|line| line[line.len() - 17] ^= 1),
        stale("other.exr", &|line| {
            line.swap(line.len() - 29, line.len() - 27)
        }),
        stale("none.exr", &|line| line[at - start.len() - 4] = b'x'),
    ];
    for pixel in [[5, 6], [70, 5], [80, 5], [0, 0], [500, 500]] {
        let history = probe(&path, pixel, &[]).unwrap().parts;
        for frame in frames.keys() {
            let found = probe(&path, pixel, &[*frame]).unwrap();
            assert!(found.bytes_read < headers, "{}", found.bytes_read);
            let end = format!(".{frame}");
            let of_frame = history.iter().filter(|part| {
                let name = part.name.as_deref();
                name.is_some_and(|name| name.ends_with(&end))
            });
            let expected: Vec<_> = of_frame.collect();
            assert_eq!(text(&found.parts), text(&expected));
        }
        let expected = probe(&path, pixel, &[1013]).unwrap().parts;
        for other in &others {
            let found = probe(other, pixel, &[1013]).unwrap().parts;
            assert_eq!(text(&found), text(&expected), "{}", other.display());
        }
    }
    // What is true of none is not trusted.
    let found = probe(&others[1], [5, 6], &[1013]).unwrap();
    assert!(found.bytes_read > headers, "{} {headers}", found.bytes_read);
    assert!(probe(&path, [5, 6], &[7]).is_err());
}

#[test]
fn what_does_not_fit_is_not_packed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shot.exr");
    let kind = (Format::Exr, SampleType::Half);
    let mut frames = BTreeMap::new();
    for (frame, size) in [(1, 8), (2, 9)] {
        let window = Rect::new(0, 0, size, size);
        let grey = plate(kind, window, window, &["Y"], |_, _, _| 0.5);
        let black = plate(kind, window, window, &["Y"], |_, _, _| 0.0);
        let own = folder.path().join(format!("{frame}.exr"));
        subtract(&black, &grey)
            .unwrap()
            .write(&own, Packing::Own)
            .unwrap();
        frames.insert(frame, own);
    }
    let refused = |frames: &BTreeMap<i64, PathBuf>| {
        let error = pack(frames, &path, &ReadOptions::default()).unwrap_err();
        assert!(!path.exists());
        error.to_string()
    };
    let error = refused(&frames);
    assert!(
        error.contains("2.exr") && error.contains("display window"),
        "{error}"
    );
    let window = Rect::new(0, 0, 8, 8);
    let plain = plate(kind, window, window, &["Y"], |_, _, _| 0.5);
    images::write(&frames[&2], &plain, &WriteOptions::default()).unwrap();
    assert!(refused(&frames).contains("2.exr: not a Deltaplate transfer"));
    fs::remove_file(&frames[&2]).unwrap();
    assert!(refused(&frames).contains("2.exr"));
}

/// A tiled plate of several parts comes back as it was: file for file the same.
#[test]
fn tiles_and_parts_come_back() {
    let display = Rect::new(0, 0, 40, 30);
    let part = |window: Rect, names: &[&str], shift: i32| {
        let kind = (Format::Exr, SampleType::Half);
        plate(kind, display, window, names, move |c, x, y| {
            let painted = (4..9).contains(&x) && y == 7;
            c as f32 + x as f32 / 8.0 + if painted { shift as f32 } else { 0.0 }
        })
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, shift: i32| {
        let path = folder.path().join(name);
        let mut colours = part(display, &["R", "G", "B", "A"], shift);
        colours.metadata.set_text("owner", "somebody");
        let mut depth = part(Rect::new(-3, 2, 17, 19), &["Z"], shift);
        depth.metadata.set_tiles([8, 4]);
        depth.metadata.set_text("units", "metres");
        depth
            .metadata
            .set(attribute("lineOrder", "lineOrder", &[2]));
        let mut diffuse = part(
            Rect::new(1, 1, 20, 9),
            &["diffuse.B", "diffuse.G", "diffuse.R"],
            0,
        );
        diffuse
            .metadata
            .set(attribute("lineOrder", "lineOrder", &[1]));
        let parts = [
            ("rgba", &colours, Codec::Piz),
            ("depth", &depth, Codec::None),
            ("diffuse", &diffuse, Codec::Rle),
        ];
        images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();
        path
    };
    let (background, painted) = (write("b.exr", 0), write("p.exr", 3));
    let travelled = travel(&read(&background), &read(&painted), Packing::Own);
    assert_came_back(&travelled);
    assert!(fs::read(&travelled.restored).unwrap() == fs::read(&painted).unwrap());
    // The file of the difference itself is neither tiled nor named as the plate's parts are.
    let file = Parts::open(&travelled.folder.path().join("difference.exr")).unwrap();
    assert_eq!(file.find("rgba"), None);
    assert!(
        file.headers()
            .iter()
            .all(|part| part.metadata.get("tiles").is_none())
    );
    assert_eq!(file.headers()[0].metadata.text("owner"), Some("somebody"));
}

fn channel(name: &str, samples: Samples) -> Channel {
    Channel {
        name: name.into(),
        samples,
    }
}

/// Integers travel whole, beside layers of any type, one of which has the name of our own masks.
#[test]
fn layers_and_integers_come_back() {
    let make = |seed: u32| {
        let mut state = seed;
        let mut bits = || {
            state = state.wrapping_mul(0x9e37_79b9).wrapping_add(0x7f4a_7c15);
            state ^ state >> 15
        };
        // Every second pixel is as in the other plate, whatever the seed.
        let mut floats = |at: usize| match at % 2 {
            0 => at as u32,
            _ => bits(),
        };
        let mut image = square(8, Samples::Float(vec![0.5; 64]));
        image.channels = vec![
            channel(
                "R",
                Samples::Float((0..64).map(|at| f32::from_bits(floats(at))).collect()),
            ),
            channel(
                "Z",
                Samples::Float((0..64).map(|at| f32::from_bits(floats(at))).collect()),
            ),
            channel("id", Samples::Uint((0..64).map(&mut floats).collect())),
            channel(
                "mask.R",
                Samples::Half(
                    (0..64)
                        .map(|at| images::f16::from_bits(floats(at) as u16))
                        .collect(),
                ),
            ),
            channel("zz", Samples::Uint((0..64).map(&mut floats).collect())),
        ];
        image.metadata = Metadata::new(Format::Exr);
        image
    };
    let (background, painted) = (make(1), make(2));
    let travelled = travel(&background, &painted, Packing::Own);
    assert_came_back(&travelled);
    let made = &travelled.difference;
    assert!(made.replaced_samples >= 64, "{}", made.replaced_samples);
    let replace = made.tiers().find(|(name, _)| *name == "replace").unwrap().1;
    for (name, kind) in [
        ("id", SampleType::Uint),
        ("mask.R", SampleType::Half),
        ("mask.mask.R", SampleType::Half),
        ("mask.mask.id", SampleType::Half),
    ] {
        let channel = replace.channel(name).unwrap();
        assert_eq!(channel.samples.sample_type(), kind, "{name}");
    }
    let zeros = |image: &Image| {
        let ids = image.channel("id").unwrap();
        (0..ids.samples.len()).all(|at| ids.samples.bits(at) == 0)
    };
    assert!(
        made.tiers()
            .filter(|(name, _)| *name != "replace")
            .all(|(_, tier)| zeros(tier))
    );

    // Nothing but integers, and integers that did not change.
    let ids = |value: u32| square(4, Samples::Uint(vec![value; 16]));
    for painted in [ids(3), ids(u32::MAX)] {
        let travelled = travel(&ids(3), &painted, Packing::Own);
        assert_came_back(&travelled);
        let changed = if painted == ids(3) { 0 } else { 16 };
        assert_eq!(travelled.difference.replaced_samples, changed);
        assert_eq!(travelled.difference.proof.changed_pixels, changed);
    }
    let Err(error) = subtract(&square(4, Samples::Float(vec![0.0; 16])), &ids(1)) else {
        panic!("floats and integers are no pair");
    };
    assert!(error.to_string().contains("one of integers"), "{error}");
}

/// Channels of one plate alone: the painted plate's travel against 0, the background's stay behind.
#[test]
fn channels_of_one_plate_alone() {
    let mut background = square(4, Samples::Float(vec![0.5; 16]));
    let mut painted = square(4, Samples::Float(vec![0.7; 16]));
    background
        .channels
        .push(channel("Z", Samples::Half(vec![images::f16::ONE; 16])));
    painted
        .channels
        .push(channel("ids", Samples::Uint(vec![9; 16])));
    painted
        .channels
        .push(channel("zz", Samples::Float(vec![f32::NAN; 16])));
    let travelled = travel(&background, &painted, Packing::Own);
    assert_came_back(&travelled);
    assert_eq!(read(&travelled.restored).channel("Z"), None);
    assert_eq!(travelled.difference.replaced_samples, 32);
    let warnings = Pair::new(&background.header(), &painted.header())
        .unwrap()
        .warnings;
    assert!(
        warnings[0].contains("transferred whole: ids, zz"),
        "{warnings:?}"
    );
    assert!(warnings[1].contains("not restored: Z"), "{warnings:?}");
}
