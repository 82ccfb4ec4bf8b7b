//! Parts, layers, integers, and channels of one plate alone.

use std::fs;

use images::{Codec, Format, Image, Metadata, Parts, Rect, SampleType, Samples, WriteOptions};
use transfer::{Packing, Pair};

use crate::support::{assert_came_back, attribute, channel, plate, read, square, subtract, travel};

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
