//! Several parts in one EXR, against this crate and against the `exr` crate's own reader.

mod common;

use std::fs;

use common::{attribute, data, image, noise};
use exr::prelude::{FlatSamples, read_all_flat_layers_from_file};
use images::{Codec, Error, ErrorKind, Format, Image, Parts, ReadOptions, Rect, SampleType};
use images::{Samples, WriteOptions};
use proptest::prelude::*;

const WRITTEN: [Codec; 5] = [Codec::None, Codec::Rle, Codec::Zips, Codec::Zip, Codec::Piz];

/// Parts of one display window with data windows, codecs and types of their own.
fn parts(count: usize, seed: u64) -> Vec<(String, Image, Codec)> {
    let mut next = noise(seed);
    let mut part = |index: usize| {
        let mut number = |below: u32| (next() % below) as i32;
        let (x, y) = (number(90) - 40, number(90) - 40);
        let window = Rect::new(x, y, x + 1 + number(30), y + 1 + number(70));
        let kind = [SampleType::Half, SampleType::Float, SampleType::Uint][number(3) as usize];
        let names: &[&str] = match number(3) {
            0 => &["R", "G", "B"],
            1 => &["A", "mask.A"],
            _ => &["R", "G", "B", "depth.Z", "mask.B", "mask.G", "mask.R"],
        };
        let mut image = image(Format::Exr, window, names, kind, seed + index as u64);
        image.display = Rect::new(-3, 2, 70, 50);
        image
            .metadata
            .set(attribute("lineOrder", "lineOrder", &[number(2) as u8]));
        image.metadata.set_text("note", &format!("number {index}"));
        if number(2) == 1 {
            let size = [1 + number(40), 1 + number(90)].map(|size| size as u32);
            image.metadata.set_tiles(size);
        }
        (format!("part.{index}"), image, WRITTEN[number(5) as usize])
    };
    (0..count).map(&mut part).collect()
}

fn borrowed(parts: &[(String, Image, Codec)]) -> Vec<(&str, &Image, Codec)> {
    parts
        .iter()
        .map(|(name, image, codec)| (name.as_str(), image, *codec))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_parts_come_back(count in 1usize..6, seed: u32, parallel: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parts.exr");
        let sent = parts(count, seed.into());
        let options = WriteOptions { codec: None, parallel };
        let size = images::write_parts(&path, &borrowed(&sent), &options).unwrap();
        prop_assert_eq!(size, fs::metadata(&path).unwrap().len());

        let mut file = Parts::open(&path).unwrap();
        prop_assert_eq!(file.headers().len(), count);
        // Backwards: no part needs another.
        for (index, (name, image, codec)) in sent.iter().enumerate().rev() {
            prop_assert_eq!(file.find(name), Some(index));
            let back = file.read(index, &ReadOptions { parallel, ..ReadOptions::default() }).unwrap();
            prop_assert_eq!(&back.header(), &file.headers()[index]);
            prop_assert_eq!(back.metadata.codec, *codec);
            prop_assert!(back.channels == image.channels);
            prop_assert_eq!((back.data, back.display), (image.data, image.display));
            for attribute in &image.metadata.attributes {
                prop_assert_eq!(back.metadata.get(&attribute.name), Some(attribute));
            }
            check_rows(&mut file, index, image);
        }
        let other = read_all_flat_layers_from_file(&path).unwrap();
        prop_assert_eq!(other.layer_data.len(), count);
        for (layer, (name, image, _)) in other.layer_data.iter().zip(&sent) {
            prop_assert_eq!(layer.attributes.layer_name.as_ref().unwrap().to_string(), name.clone());
            for channel in &layer.channel_data.list {
                let ours = &image.channel(&channel.name.to_string()).unwrap().samples;
                let theirs = match &channel.sample_data {
                    FlatSamples::F16(v) => Samples::Half(v.clone()),
                    FlatSamples::F32(v) => Samples::Float(v.clone()),
                    FlatSamples::U32(v) => Samples::Uint(v.clone()),
                };
                prop_assert!(*ours == theirs);
            }
        }
    }
}

/// Some rows are those of the whole image, and only their blocks are decoded.
fn check_rows(file: &mut Parts, part: usize, image: &Image) {
    let Rect { x0, y0, x1, y1 } = image.data;
    for rows in [
        y0..y0 + 1,
        y1 - 1..y1 + 9,
        (y0 + y1) / 2..y1,
        y1..y1 + 5,
        y0 - 4..y0,
    ] {
        let some = file
            .read_rows(part, rows.clone(), &ReadOptions::default())
            .unwrap();
        let wanted = Rect::new(x0, rows.start.max(y0), x1, rows.end.min(y1));
        check_window(&some, wanted, image);
    }
    let pixel = Rect::new(x1 - 1, y0, x1, y0 + 1);
    let some = file
        .read_window(part, pixel, &ReadOptions::default())
        .unwrap();
    check_window(&some, pixel, image);
}

fn check_window(some: &Image, wanted: Rect, image: &Image) {
    assert!(
        some.data.holds(&wanted) && image.data.holds(&some.data),
        "{wanted:?} {:?}",
        some.data
    );
    assert_eq!(some.data.is_empty(), wanted.is_empty());
    for channel in &some.channels {
        let ours = image.plane(&channel.name, some.data).unwrap();
        let theirs = some.plane(&channel.name, some.data).unwrap();
        assert!(
            ours.iter()
                .map(|v| v.to_bits())
                .eq(theirs.iter().map(|v| v.to_bits()))
        );
    }
}

/// One part alone is a file for every reader, whose name is kept.
#[test]
fn one_part_is_a_plain_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.exr");
    let colours = image(
        Format::Exr,
        Rect::new(0, 0, 9, 7),
        &["R", "G", "B"],
        SampleType::Half,
        3,
    );
    images::write_parts(
        &path,
        &[("colours", &colours, Codec::Zip)],
        &WriteOptions::default(),
    )
    .unwrap();
    let back = common::read(&path).unwrap();
    assert_eq!(back.channels, colours.channels);
    assert_eq!(back.header().part_name(), Some("colours"));
    assert_eq!(fs::read(&path).unwrap()[4..8], [2, 0, 0, 0]);
}

#[test]
fn a_part_is_read_without_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.exr");
    let window = Rect::new(0, 0, 200, 200);
    let images: Vec<Image> = (0..20)
        .map(|seed| {
            image(
                Format::Exr,
                window,
                &["R", "G", "B"],
                SampleType::Float,
                seed,
            )
        })
        .collect();
    let names: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    let parts: Vec<_> = names
        .iter()
        .zip(&images)
        .map(|(n, i)| (n.as_str(), i, Codec::None))
        .collect();
    let size = images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();
    let mut file = Parts::open(&path).unwrap();
    assert_eq!(file.file_bytes(), size);
    assert!(file.bytes_read() < 20_000);
    let row = file.read_rows(13, 50..51, &ReadOptions::default()).unwrap();
    assert_eq!(row.data, Rect::new(0, 50, 200, 51));
    assert!(file.bytes_read() < 40_000, "{}", file.bytes_read());
    assert!(file.read(7, &ReadOptions::default()).unwrap().channels == images[7].channels);
    assert!(file.bytes_read() < size / 10);
}

#[test]
fn what_is_no_set_of_parts_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.exr");
    let sound = image(
        Format::Exr,
        Rect::new(0, 0, 4, 4),
        &["Y"],
        SampleType::Half,
        1,
    );
    let write = |parts: &[(&str, &Image, Codec)]| {
        images::write_parts(&path, parts, &WriteOptions::default()).unwrap_err()
    };
    let mut twice = sound.clone();
    twice.channels.push(sound.channels[0].clone());
    for error in [
        write(&[]),
        write(&[("a", &sound, Codec::Zip), ("a", &sound, Codec::Zip)]),
        write(&[("a", &sound, Codec::Dwaa)]),
        write(&[("a", &twice, Codec::Zip)]),
    ] {
        assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    }
    assert!(!path.exists());
    common::write(
        &path.with_extension("png"),
        &image(
            Format::Png,
            Rect::new(0, 0, 4, 4),
            &["Y"],
            SampleType::U8,
            1,
        ),
    )
    .unwrap();
    let Err(error) = Parts::open(&path.with_extension("png")) else {
        panic!("a PNG has no parts");
    };
    assert!(error.to_string().contains("type png"), "{error}");
    assert_eq!(Parts::open(&data("window.exr")).unwrap().headers().len(), 1);
}

/// Damaged or cut files give parts or an error, never a panic or an abort.
/// A name is what a part is found by.
#[test]
fn two_parts_of_one_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.exr");
    let part = image(
        Format::Exr,
        Rect::new(0, 0, 3, 2),
        &["Y"],
        SampleType::Half,
        1,
    );
    let parts = [("one", &part, Codec::Zip), ("two", &part, Codec::Zip)];
    images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.windows(3).position(|word| word == b"two").unwrap();
    bytes[place..place + 3].copy_from_slice(b"one");
    fs::write(&path, bytes).unwrap();
    let errors = [
        Parts::open(&path).err().unwrap(),
        images::read(&path, &ReadOptions::default()).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, ErrorKind::Damaged);
        assert!(error.message.contains("'one'"), "{error}");
    }
}

#[test]
fn damaged_parts_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.exr");
    images::write_parts(&path, &borrowed(&parts(3, 5)), &WriteOptions::default()).unwrap();
    let whole = fs::read(&path).unwrap();
    let options = ReadOptions {
        max_bytes: 1 << 24,
        parallel: false,
    };
    let read_all = |path| -> Result<(), Error> {
        let mut file = Parts::open(path)?;
        for part in 0..file.headers().len() {
            file.read(part, &options)?;
            file.read_rows(part, 0..3, &options)?;
        }
        Ok(())
    };
    read_all(&path).unwrap();
    for len in (0..whole.len()).step_by(37) {
        fs::write(&path, &whole[..len]).unwrap();
        assert_ne!(read_all(&path).unwrap_err().kind, ErrorKind::Io, "{len}");
    }
    let mut next = noise(3);
    for round in 0..1500 {
        let mut bytes = whole.clone();
        let reach = if round % 4 == 0 {
            bytes.len()
        } else {
            bytes.len().min(1800)
        };
        for _ in 0..1 + round % 3 {
            let at = next() as usize % reach;
            bytes[at] = next() as u8;
        }
        fs::write(&path, bytes).unwrap();
        let _ = read_all(&path);
    }
}
