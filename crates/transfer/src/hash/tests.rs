use std::sync::Arc;

use images::{Format, Metadata, f16};
use proptest::prelude::*;

use super::*;
use crate::Whole;

fn image(kind: SampleType) -> Image {
    let channel = |name: &str, codes: [f32; 6]| Channel {
        name: name.into(),
        samples: Samples::from_f32(kind, &codes.map(|code| code / 255.0)),
    };
    Image {
        display: Rect::new(0, 0, 4, 3),
        data: Rect::new(-1, 1, 2, 3),
        pixel_aspect: 1.0,
        channels: vec![
            channel("Y", [0.0, 51.0, 0.0, 255.0, 0.0, 0.0]),
            channel("A", [0.0, 0.0, 0.0, 0.0, 0.0, 102.0]),
        ],
        metadata: Metadata::new(Format::Tiff),
    }
}

/// Rows on both sides of zero, three strips and a black one; some rows are halves, some are not.
fn tall() -> Image {
    let value = |y: i32, x: i32| match (y, x) {
        (16..32, _) => 0.0,
        (_, 1) => y as f32 / 8.0,
        _ if y % 5 == 0 => y as f32 / 3.0,
        _ => y as f32 / 4.0,
    };
    let data = Rect::new(1, -18, 3, 34);
    let samples = (data.y0..data.y1).flat_map(|y| [1, 2].map(|x| value(y, x)));
    Image {
        display: Rect::new(0, 0, 4, 3),
        data,
        pixel_aspect: 1.0,
        channels: vec![Channel {
            name: "Z".into(),
            samples: Samples::Float(samples.collect()),
        }],
        metadata: Metadata::new(Format::Exr),
    }
}

/// Computed from the definition above in Python, with its hashlib.
#[test]
fn the_definition_is_kept() {
    for (image, background, painted) in [
        (
            image(SampleType::U8),
            "5705989566297705c574211c01e650a255dd7cc8044aaff31c74a0d9a7d873e1",
            "778c3e4a3f935255af401c0463b7d57e12aaa02e93e97aab9eeec15fe0a9d483",
        ),
        (
            tall(),
            "40a96f6dffd333128915dd77795a4ee1d19dec753d067dde385fc3abbcb22d09",
            "e98e0bbbb3a6ab522df72d942a82be1920f9a53b0870a186aba21f393c4178c7",
        ),
    ] {
        assert_eq!(background_hash(&image), background);
        assert_eq!(painted_hash(&image), painted);
    }
}

/// The hash of a painted plate, in strips, with the hashes of the background at hand.
fn shared(painted: &Image, background: &Image, hashes: &StripHashes, rows: usize) -> String {
    let [painted, background] =
        [painted, background].map(|image| Whole::new(Arc::new(image.clone())));
    let like: Option<(&dyn Plate, _)> = Some((&background, hashes));
    let hashes = in_strips(&painted, Side::Painted, rows, like, |_| Ok::<_, Error>(()));
    hashes.unwrap().digits
}

fn hashed(background: &Image, rows: usize) -> StripHashes {
    let background = Whole::new(Arc::new(background.clone()));
    let go_on = |_: Rect| Ok::<_, Error>(());
    in_strips(&background, Side::Background, rows, None, go_on).unwrap()
}

proptest! {
    /// Whatever both plates are, and however they are walked.
    #[test]
    fn strips_that_are_shared_change_nothing(
        changes in proptest::collection::vec((0usize..104, any::<u32>()), 0..4),
        kinds in proptest::sample::subsequence(vec![SampleType::Half, SampleType::Float, SampleType::U8], 1..3),
        (top, left) in (-20i32..3, -1i32..2),
        rows in 1usize..70,
    ) {
        let of_kind = |image: &Image, kind| {
            let floats = image.channels[0].samples.to_f32();
            // No row of codes is one of halves.
            let code = |float: &f32| (float.to_bits().wrapping_mul(0x9e37_79b9) >> 24) as u8 | 1;
            let samples = match kind {
                SampleType::U8 => Samples::U8(floats.iter().map(code).collect()),
                _ => Samples::from_f32(kind, &floats),
            };
            Image {
                channels: vec![Channel { name: "Z".into(), samples }],
                ..image.clone()
            }
        };
        let mut painted = tall();
        if let Samples::Float(samples) = &mut painted.channels[0].samples {
            for &(at, bits) in &changes {
                samples[at] = f32::from_bits(bits);
            }
        }
        let background = of_kind(&tall(), kinds[0]);
        let mut painted = of_kind(&painted, *kinds.last().unwrap());
        let hashes = hashed(&background, rows);
        prop_assert_eq!(&hashes.digits, &background_hash(&background));
        prop_assert_eq!(shared(&painted, &background, &hashes, rows), painted_hash(&painted));
        // Some of the background's pixels, and some of its channels.
        for window in [Rect::new(1, -18, 2, 34), Rect::new(1, -7, 3, 25)] {
            let piece = painted.cut(&painted.header(), window).unwrap();
            prop_assert_eq!(shared(&piece, &background, &hashes, rows), painted_hash(&piece));
        }
        let mut more = background.clone();
        more.channels.push(Channel { name: "A".into(), ..more.channels[0].clone() });
        let of_more = hashed(&more, rows);
        prop_assert_eq!(shared(&painted, &more, &of_more, rows), painted_hash(&painted));
        painted.data = Rect::new(left, top, left + 2, top + 52);
        prop_assert_eq!(shared(&painted, &background, &hashes, rows), painted_hash(&painted));
        let whole = Rect::new(-3, -30, 9, 60);
        let plane = painted.plane("Z", whole).unwrap();
        let header = images::Header { data: whole, ..painted.header() };
        let wide = Image::from_planes(&header, whole, &[plane]);
        prop_assert_eq!(shared(&wide, &background, &hashes, rows), painted_hash(&painted));
    }
}

#[test]
fn equal_strips_are_hashed_once() {
    let background = tall();
    let mut painted = background.clone();
    if let Samples::Float(samples) = &mut painted.channels[0].samples {
        samples[3] = 7.0;
    }
    let mut hashes = hashed(&background, 64);
    let numbers: Vec<i32> = hashes.strips.iter().map(|strip| strip.number).collect();
    assert_eq!(numbers, [-2, -1, 0, 1, 2]);
    // Rows of halves were hashed in another type than the plate's.
    assert!(
        !hashes.strips[1].is_native
            && shared(&painted, &background, &hashes, 64) == painted_hash(&painted)
    );
    // What is taken over shows: here it is made wrong.
    hashes.strips[1].is_native = true;
    assert_ne!(
        shared(&painted, &background, &hashes, 64),
        painted_hash(&painted)
    );
    hashes.strips[1].is_native = false;
    // The changed one is not.
    hashes.strips[0].is_native = true;
    assert_eq!(
        shared(&painted, &background, &hashes, 64),
        painted_hash(&painted)
    );
}

#[test]
fn a_background_keeps_its_hash_in_another_type_and_crop() {
    let codes = image(SampleType::U8);
    let floats = image(SampleType::Float);
    assert_eq!(background_hash(&codes), background_hash(&floats));
    assert_ne!(painted_hash(&codes), painted_hash(&floats));

    let wide = Rect::new(-7, 0, 9, 5);
    let planes = ["Y", "A"].map(|name| codes.plane(name, wide).unwrap());
    let header = images::Header {
        data: wide,
        ..codes.header()
    };
    let wide = Image::from_planes(&header, wide, &planes);
    assert_eq!(background_hash(&codes), background_hash(&wide));
    assert_eq!(painted_hash(&codes), painted_hash(&wide));
}

#[test]
fn every_bit_counts() {
    let base = image(SampleType::Float);
    let mut seen = vec![background_hash(&base)];
    let mut note = |image: Image| {
        let hash = background_hash(&image);
        assert!(!seen.contains(&hash));
        seen.push(hash);
    };
    for bits in [0x8000_0000, 0x7fc0_0000, 0x7fc0_0001, 1] {
        let mut other = base.clone();
        if let Samples::Float(samples) = &mut other.channels[0].samples {
            samples[2] = f32::from_bits(bits);
        }
        note(other);
    }
    let mut other = base.clone();
    other.display.x1 += 1;
    note(other);
    let mut other = base.clone();
    other.channels.swap(0, 1);
    other.channels[0].name = "Y".into();
    other.channels[1].name = "A".into();
    note(other);
    let mut moved = base;
    moved.data = Rect::new(0, 1, 3, 3);
    note(moved);
}

#[test]
fn a_black_image_has_a_hash() {
    let mut black = image(SampleType::Half);
    for channel in &mut black.channels {
        channel.samples = Samples::Half(vec![f16::ZERO; 6]);
    }
    assert_eq!(background_hash(&black), painted_hash(&black));
    assert_eq!(background_hash(&black).len(), 64);
}
