//! Samples of every kind come back.

use images::{Codec, Format, Image, Metadata, Rect, SampleType, Samples};
use proptest::prelude::*;
use transfer::{Packing, changed_pixels};

use crate::support::{assert_came_back, attribute, plate, square, travel};

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
