//! Plates of any size: whatever the height of the strips, the file is the one of the whole plates.

mod common;
#[path = "common/noise.rs"]
mod noise;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use common::render;
use images::{Channel, Codec, Format, Image, Metadata, ReadOptions, Rect, SampleType, Samples};
use images::{WriteOptions, f16};
use noise::noise;
use proptest::prelude::*;
use transfer::{
    Difference, Error, FileDifference, FilePlate, Output, Packing, Pair, Phase, Plate, Plates,
    Whole, encode_file,
};

/// What a plate is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Material {
    /// Values as of a photograph.
    Picture,
    /// Any bits.
    Noise,
    /// Zeros around a small picture.
    Island,
}

fn samples(kind: SampleType, window: Rect, material: Material, seed: u64) -> Samples {
    let mut next = noise(seed);
    let width = window.width();
    let bits: Vec<u32> = (0..window.area() as usize)
        .map(|at| {
            let (x, y) = (at % width, at / width);
            let inside = (2..5).contains(&x) && (7..19).contains(&y);
            match material {
                Material::Island if !inside => 0,
                _ => next(),
            }
        })
        .collect();
    let value = |bits: u32| (bits % 4096) as f32 / 1777.0;
    let is_picture = material != Material::Noise;
    match kind {
        SampleType::U8 => Samples::U8(bits.iter().map(|&b| b as u8).collect()),
        SampleType::U16 => Samples::U16(bits.iter().map(|&b| b as u16).collect()),
        SampleType::Half if is_picture => {
            Samples::Half(bits.iter().map(|&b| f16::from_f32(value(b))).collect())
        }
        SampleType::Half => Samples::Half(bits.iter().map(|&b| f16::from_bits(b as u16)).collect()),
        _ if is_picture => Samples::Float(bits.iter().map(|&b| value(b)).collect()),
        _ => Samples::Float(bits.iter().map(|&b| f32::from_bits(b)).collect()),
    }
}

fn plate(kind: SampleType, data: Rect, names: &[&str], material: Material, seed: u64) -> Image {
    let format = match kind {
        SampleType::Half | SampleType::Float => Format::Exr,
        _ => Format::Tiff,
    };
    let channel = |(index, name): (usize, &&str)| Channel {
        name: (*name).to_owned(),
        samples: samples(kind, data, material, seed + index as u64),
    };
    let mut metadata = Metadata::new(format);
    if names.len().is_multiple_of(2) {
        metadata.set(images::Attribute {
            name: "338".into(),
            kind: "SHORT".into(),
            value: vec![2, 0],
        });
    }
    Image {
        display: Rect::new(0, 0, 12, 40),
        data,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata,
    }
}

/// Some samples of the background are others.
fn paint(background: &Image, material: Material, seed: u64) -> Image {
    let mut painted = background.clone();
    let mut next = noise(seed);
    for channel in &mut painted.channels {
        let kind = channel.samples.sample_type();
        let new = samples(kind, background.data, material, next().into());
        let (mut old, new) = (channel.samples.to_f32(), new.to_f32());
        for (old, new) in old.iter_mut().zip(new) {
            if next().is_multiple_of(5) {
                *old = new;
            }
        }
        channel.samples = Samples::from_f32(kind, &old);
    }
    painted
}

fn write(path: &Path, image: &Image) -> FilePlate {
    images::write(path, image, &WriteOptions::default()).unwrap();
    FilePlate::open(path, &ReadOptions::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn strips_of_any_height_give_the_same_transfer(
        kind in proptest::sample::select(vec![SampleType::U8, SampleType::U16, SampleType::Half, SampleType::Float]),
        names in proptest::sample::select(vec![&["R", "G", "B"][..], &["R", "G", "B", "A"], &["Y"]]),
        below in proptest::sample::select(vec![Material::Picture, Material::Noise, Material::Island]),
        above in proptest::sample::select(vec![Material::Picture, Material::Noise, Material::Island]),
        moved in (-3i32..4, -9i32..10),
        rows in 1usize..60,
        packing in proptest::sample::select(vec![Packing::Own, Packing::Auto, Packing::With(Codec::Zips)]),
        keep: bool,
        seed: u32,
    ) {
        let data = Rect::new(0, 0, 12, 40);
        let background = plate(kind, data, names, below, seed.into());
        let mut painted = paint(&background, above, u64::from(seed) + 99);
        if kind == SampleType::Float || kind == SampleType::Half {
            let (x, y) = moved;
            painted.data = Rect::new(x, y, x + 12, y + 40);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let extension = painted.metadata.format.name();
        let plates = [("b", &background), ("p", &painted)]
            .map(|(name, image)| write(&path(name).with_extension(extension), image));
        let painted = images::read(&path("p").with_extension(extension), &ReadOptions::default()).unwrap();
        let window = Pair::new(&background.header(), &painted.header()).unwrap().window;

        let whole = Difference::encode(&background, &painted, window, |output| {
            Ok::<_, Error>(render(&background, &painted, window, output))
        }).unwrap();
        let bytes = whole.write(&path("whole.exr"), packing).unwrap();

        let walk = Plates {
            background: &plates[0],
            painted: &plates[1],
            window,
            rows,
            keep,
            options: ReadOptions::default(),
        };
        let tallest = Cell::new(0);
        let by_window = |output, strip: Rect| {
            tallest.set(tallest.get().max(strip.height()));
            let [b, p] = [0, 1].map(|at| plates[at].rows(strip.y0..strip.y1).unwrap());
            Ok::<_, Error>(render(&b, &p, strip, output))
        };
        let written = encode_file(walk, &path("strips.exr"), packing, by_window, |_, _| Ok(())).unwrap();
        let block = if packing == Packing::Auto { 256 } else { 32 };
        prop_assert!(tallest.get() <= rows.next_multiple_of(block));
        prop_assert!(fs::read(path("whole.exr")).unwrap() == fs::read(path("strips.exr")).unwrap());
        prop_assert_eq!(written.bytes, bytes);
        prop_assert_eq!(&written.facts.proof, &whole.proof);

        // And back.
        let difference = FileDifference::open(&path("strips.exr"), &ReadOptions::default()).unwrap();
        let go_on = |_: Rect| Ok::<_, Error>(());
        let hashes = difference.check_background(&plates[0], rows, go_on).unwrap();
        let other = difference.check_background(&plates[1], rows, go_on);
        prop_assert_eq!(other.is_err(), transfer::background_hash(&background) != transfer::background_hash(&painted));
        let target = &difference.facts().target;
        let restored = path("restored").with_extension(extension);
        let pull = |rows: std::ops::Range<i32>| {
            let strip = Rect { y0: rows.start, y1: rows.end, ..target.data };
            let background = plates[0].rows(rows.clone())?;
            let d = difference.difference().rows(rows.clone())?;
            let lo = difference.residual().map(|tier| tier.rows(rows)).transpose()?;
            let planes = target.channels.iter().map(|channel| {
                let plane = |image: &Image| image.plane(&channel.name, strip);
                let mut sum = plane(&background).unwrap();
                for tier in [plane(&d), lo.as_ref().and_then(|lo| plane(lo))].into_iter().flatten() {
                    for (q, d) in sum.iter_mut().zip(tier) {
                        *q = if d == 0.0 { *q } else { *q + d };
                    }
                }
                sum
            });
            difference.deliver(strip, planes.collect())
        };
        let check = |file: &Path| {
            let file = FilePlate::open(file, &ReadOptions::default())?;
            assert!(difference.proves(&file, None, rows, go_on)?);
            assert!(difference.proves(&file, Some((&plates[0], &hashes)), rows, go_on)?);
            assert_eq!(difference.proves(&plates[0], None, rows, go_on)?, background == painted);
            Ok(())
        };
        images::write_strips(&restored, target, rows, pull, check, &WriteOptions::default()).unwrap();
        let restored = images::read(&restored, &ReadOptions::default()).unwrap();
        prop_assert!(restored.channels == painted.channels && restored.data == painted.data);
    }
}

/// What fails in any pass, or is stopped in it, leaves no file, or the old one.
#[test]
fn a_walk_that_ends_early_leaves_nothing() {
    let data = Rect::new(0, 0, 12, 40);
    let background = plate(
        SampleType::Float,
        data,
        &["R", "G", "B"],
        Material::Island,
        1,
    );
    let painted = paint(&background, Material::Noise, 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.exr");
    let [b, p] = [&background, &painted].map(|image| Whole::new(Arc::new(image.clone())));
    let walk = |phase: Option<Phase>, packing, keep| {
        let plates = Plates {
            background: &b,
            painted: &p,
            window: data,
            rows: 7,
            keep,
            options: ReadOptions::default(),
        };
        let seen = Cell::new(0);
        let min = |output, strip| Ok(render(&background, &painted, strip, output));
        encode_file(plates, &path, packing, min, |at, _| {
            seen.set(seen.get() + u32::from(Some(at) == phase));
            match seen.get() {
                3 => Err(Error::Plates("stop".to_owned())),
                _ => Ok(()),
            }
        })
    };
    let phases = [Phase::Measure, Phase::Write, Phase::Prove];
    let cases = phases.map(|phase| [(phase, false), (phase, true)]);
    for (phase, keep) in cases.as_flattened() {
        let error = walk(Some(*phase), Packing::Own, *keep).unwrap_err();
        assert_eq!(error.to_string(), "stop");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{phase:?}");
    }
    fs::write(&path, "old").unwrap();
    for (phase, keep) in cases.as_flattened() {
        walk(Some(*phase), Packing::Auto, *keep).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }
    walk(None, Packing::Own, false).unwrap();
    assert!(FileDifference::open(&path, &ReadOptions::default()).is_ok());
}

/// A node that does not do its work is found out, in whichever strip.
#[test]
fn a_wrong_strip_is_found_out() {
    let data = Rect::new(0, 0, 12, 40);
    let background = plate(SampleType::Float, data, &["Y"], Material::Picture, 5);
    let painted = paint(&background, Material::Picture, 6);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.exr");
    let [b, p] = [&background, &painted].map(|image| Whole::new(Arc::new(image.clone())));
    let plates = Plates {
        background: &b,
        painted: &p,
        window: data,
        rows: 10,
        keep: false,
        options: ReadOptions::default(),
    };
    let calls = Cell::new(0);
    // The first pass is told the truth.
    let min = |output, strip: Rect| {
        let mut planes = render(&background, &painted, strip, output);
        calls.set(calls.get() + u32::from(output == Output::Difference));
        if calls.get() > 4 {
            planes[0].iter_mut().for_each(|d| *d *= 1.5);
        }
        Ok(planes)
    };
    let error = encode_file(plates, &path, Packing::Own, min, |_, _| Ok(())).unwrap_err();
    assert!(matches!(error, Error::Proof(_)), "{error}");
    assert!(!path.exists());
}

/// Halves do for the first strip, and fail in the last: what the first one takes in floats counts too.
#[test]
fn a_strip_that_no_half_restores_decides_for_all() {
    let data = Rect::new(0, 0, 12, 40);
    let mut background = plate(SampleType::Float, data, &["Y"], Material::Island, 1);
    background.channels[0].samples = Samples::Float(vec![1.0; 480]);
    let mut painted = background.clone();
    let mut samples = vec![1.0f32; 480];
    (samples[1], samples[470]) = (0.5, 0.1);
    painted.channels[0].samples = Samples::Float(samples);
    let plates = [&background, &painted].map(|image| Whole::new(Arc::new(image.clone())));
    let folder = tempfile::tempdir().unwrap();
    let file = |rows: usize, keep| {
        let walk = Plates {
            background: &plates[0],
            painted: &plates[1],
            window: data,
            rows,
            keep,
            options: ReadOptions::default(),
        };
        let min =
            |output, strip: Rect| Ok::<_, Error>(render(&background, &painted, strip, output));
        let path = folder.path().join("d.exr");
        let written = encode_file(walk, &path, Packing::Own, min, |_, _| Ok(())).unwrap();
        assert_eq!(written.facts.proof.changed_pixels, 2);
        fs::read(path).unwrap()
    };
    assert!(file(7, false) == file(40, false));
    assert!(file(16, true) == file(usize::MAX, false));
}

/// What is kept is made once, however often it is packed.
#[test]
fn what_is_kept_is_made_once() {
    let data = Rect::new(0, 0, 12, 40);
    let background = plate(SampleType::Float, data, &["Y"], Material::Picture, 5);
    let painted = paint(&background, Material::Picture, 6);
    let [b, p] = [&background, &painted].map(|image| Whole::new(Arc::new(image.clone())));
    let folder = tempfile::tempdir().unwrap();
    let calls = |keep| {
        let plates = Plates {
            background: &b,
            painted: &p,
            window: data,
            rows: 10,
            keep,
            options: ReadOptions::default(),
        };
        let calls = Cell::new(0);
        let min = |output, strip: Rect| {
            calls.set(calls.get() + u32::from(output == Output::Difference));
            Ok::<_, Error>(render(&background, &painted, strip, output))
        };
        let path = folder.path().join("d.exr");
        encode_file(plates, &path, Packing::Auto, min, |_, _| Ok(())).unwrap();
        calls.get()
    };
    assert_eq!(calls(true), 4);
    assert!(calls(false) > 8);
}
