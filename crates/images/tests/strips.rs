//! Images read and written strip by strip: whatever the strips, the samples and the file are the same.

mod common;

use std::fs;
use std::ops::Range;
use std::path::Path;

use common::{data, image, noise, read};
use images::{Channel, Codec, Error, ErrorKind, Format, Image, Metadata, ReadOptions, Rect};
use images::{SampleType, Samples, Strips};
use images::{WriteOptions, write_parts_from, write_strips};
use proptest::prelude::*;

const FORMATS: [(Format, &str); 4] = [
    (Format::Exr, "exr"),
    (Format::Tiff, "tif"),
    (Format::Png, "png"),
    (Format::Dpx, "dpx"),
];
const SETS: [&[&str]; 4] = [&["Y"], &["Y", "A"], &["R", "G", "B"], &["R", "G", "B", "A"]];
const CODECS: [Codec; 8] = [
    Codec::None,
    Codec::Rle,
    Codec::Zips,
    Codec::Zip,
    Codec::Piz,
    Codec::Deflate,
    Codec::Lzw,
    Codec::PackBits,
];

fn kinds(format: Format) -> &'static [SampleType] {
    match format {
        Format::Exr => &[SampleType::Half, SampleType::Float, SampleType::Uint],
        Format::Tiff => &[SampleType::U8, SampleType::U16, SampleType::Float],
        Format::Png => &[SampleType::U8, SampleType::U16],
        Format::Dpx => &[SampleType::U10, SampleType::U16, SampleType::U12],
        // Not every float has a code: it has a test of its own.
        Format::Hdr => &[],
    }
}

fn in_strips(path: &Path, image: &Image, rows: usize, options: &WriteOptions) -> u64 {
    let pull = |rows| Ok::<_, Error>(image.rows(rows));
    write_strips(path, &image.header(), rows, pull, |_| Ok(()), options).unwrap()
}

fn all() -> ReadOptions {
    ReadOptions::default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn strips_give_the_same_file_and_the_same_samples(
        (format, name) in proptest::sample::select(FORMATS.to_vec()),
        names in proptest::sample::select(SETS.to_vec()),
        kind in 0usize..3,
        codec in proptest::sample::select(CODECS.to_vec()),
        (x, y) in (-9i32..9, -9i32..9),
        (width, height) in (1i32..40, 1i32..120),
        rows in 1usize..130,
        upward: bool,
        tiles in proptest::option::of((1u32..50, 1u32..90)),
        ranges in proptest::collection::vec((-20i32..140, 1i32..60), 1..12),
        seed: u32,
    ) {
        let kind = kinds(format)[kind % kinds(format).len()];
        prop_assume!(format != Format::Dpx || names != ["Y", "A"]);
        let (x, y) = if format == Format::Exr { (x, y) } else { (0, 0) };
        let window = Rect::new(x, y, x + width, y + height);
        let mut image = image(format, window, names, kind, seed.into());
        if upward && format == Format::Exr {
            image.metadata.set(common::attribute("lineOrder", "lineOrder", &[1]));
        }
        if let (Format::Exr, Some((width, height))) = (format, tiles) {
            image.metadata.set_tiles([width, height]);
        }
        if format == Format::Tiff && names.len() % 2 == 0 {
            image.metadata.set(common::attribute("338", "SHORT", &[2, 0]));
        }
        let options = WriteOptions {
            codec: codec.writes(format).then_some(codec),
            ..WriteOptions::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let [whole, strips] = ["whole", "strips"].map(|stem| folder.path().join(format!("{stem}.{name}")));
        let size = images::write(&whole, &image, &options).unwrap();
        prop_assert_eq!(in_strips(&strips, &image, rows, &options), size);
        prop_assert!(fs::read(&whole).unwrap() == fs::read(&strips).unwrap());

        let mut file = Strips::open(&strips, &all()).unwrap();
        prop_assert_eq!(file.header(), &read(&whole).unwrap().header());

        // Beside itself, and beside one that differs in a block.
        let mut touched = read(&whole).unwrap();
        let channel = touched.channels.len() - 1;
        let mut floats = touched.channels[channel].samples.to_f32();
        let place = seed as usize % floats.len();
        floats[place] = if floats[place] == 0.0 { 1.0 } else { 0.0 };
        touched.channels[channel].samples = Samples::from_f32(kind, &floats);
        let other = folder.path().join(format!("other.{name}"));
        images::write(&other, &touched, &options).unwrap();
        for [a, b] in [[&whole, &strips], [&whole, &other], [&other, &whole]] {
            let both = images::read_two([a, b], &all()).unwrap();
            prop_assert!(both == [read(a).unwrap(), read(b).unwrap()]);
        }
        for (start, count) in ranges {
            let wanted = y + start..y + start + count;
            let strip = file.read(wanted.clone()).unwrap();
            let expected = image.rows(wanted);
            prop_assert_eq!((strip.data.x0, strip.data.x1), (x, x + width));
            prop_assert!(strip.channels == expected.channels);
            if !expected.data.is_empty() {
                prop_assert_eq!(strip.data, expected.data);
            }
        }
    }

    #[test]
    fn parts_in_strips_give_the_same_file(rows in 1usize..90, seed: u32) {
        let folder = tempfile::tempdir().unwrap();
        let [whole, strips] = ["whole.exr", "strips.exr"].map(|name| folder.path().join(name));
        let part = |name: &str, height: i32, codec| {
            let window = Rect::new(-3, 2, 9, 2 + height);
            let names = ["R", "G", "B", "mask.R"];
            (name.to_owned(), image(Format::Exr, window, &names, SampleType::Half, seed.into()), codec)
        };
        let parts = [part("one", 70, Codec::Piz), part("two", 3, Codec::Zips), part("three", 41, Codec::Zip)];
        let borrowed: Vec<_> = parts.iter().map(|(name, image, codec)| (name.as_str(), image, *codec)).collect();
        images::write_parts(&whole, &borrowed, &WriteOptions::default()).unwrap();
        let headers: Vec<_> = parts.iter().map(|(name, image, codec)| (name.clone(), image.header(), *codec)).collect();
        let pull = |part: usize, rows: Range<i32>| Ok::<_, Error>(parts[part].1.rows(rows));
        write_parts_from(&strips, &headers, rows, pull, |_| Ok(()), &WriteOptions::default()).unwrap();
        prop_assert!(fs::read(&whole).unwrap() == fs::read(&strips).unwrap());
    }
}

/// A plate of several parts in strips, there and back.
#[test]
fn a_plate_of_parts_in_strips_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, strips] = ["whole.exr", "strips.exr"].map(|name| folder.path().join(name));
    let part = |window, names: &[&str], kind, order: u8| {
        let mut image = image(Format::Exr, window, names, kind, 4);
        image.display = Rect::new(0, 0, 30, 90);
        let order = common::attribute("lineOrder", "lineOrder", &[order]);
        image.metadata.set(order);
        image
    };
    let colours = part(
        Rect::new(0, 0, 30, 90),
        &["R", "G", "B"],
        SampleType::Half,
        1,
    );
    let mut depth = part(Rect::new(-5, 7, 9, 61), &["Z"], SampleType::Float, 0);
    depth.metadata.set_tiles([4, 13]);
    let ids = part(Rect::new(2, 80, 40, 95), &["id"], SampleType::Uint, 0);
    let parts = [
        ("rgb", &colours, Codec::Zip),
        ("depth", &depth, Codec::Zips),
        ("id", &ids, Codec::None),
    ];
    images::write_parts(&whole, &parts, &WriteOptions::default()).unwrap();
    let image = read(&whole).unwrap();
    let mut file = Strips::open(&whole, &all()).unwrap();
    assert_eq!(file.header(), &image.header());
    for rows in [0..10, 10..90, 88..95, 3..4, 0..95, 95..99] {
        let strip = file.read(rows.clone()).unwrap();
        assert!(
            strip.channels == image.rows(rows.clone()).channels,
            "{rows:?}"
        );
    }
    for rows in [1, 20, 200] {
        in_strips(&strips, &image, rows, &WriteOptions::default());
        assert!(
            fs::read(&whole).unwrap() == fs::read(&strips).unwrap(),
            "{rows}"
        );
    }
}

/// A strip after the other, in both directions, of an image that is far beyond the limit.
#[test]
fn the_limit_is_for_what_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let window = Rect::new(0, 0, 50, 400);
    for (format, name) in FORMATS {
        for codec in CODECS.into_iter().filter(|codec| codec.writes(format)) {
            let kind = kinds(format)[0];
            let image = image(format, window, &["R", "G", "B"], kind, 5);
            let path = folder.path().join(format!("a.{name}"));
            let options = WriteOptions {
                codec: Some(codec),
                ..WriteOptions::default()
            };
            images::write(&path, &image, &options).unwrap();
            let row = image.header().pixel_bytes() * 50;
            let limit = ReadOptions {
                // Our TIFF would pack all of this in one strip; a strip and two blocks for an EXR.
                max_bytes: row * if format == Format::Tiff { 400 } else { 74 },
                ..all()
            };
            let mut file = Strips::open(&path, &limit).unwrap();
            let tops: Vec<i32> = (0..400).step_by(10).collect();
            for top in tops.iter().chain(tops.iter().rev()) {
                let strip = file.read(*top..top + 10).unwrap();
                let expected = image.rows(*top..top + 10);
                let same = strip.channels == expected.channels && strip.data == expected.data;
                assert!(same, "{name} {codec:?} {top}");
            }
            if format == Format::Exr {
                let error = file.read(0..200).unwrap_err();
                assert_eq!(error.kind, ErrorKind::TooLarge, "{error}");
            }
        }
    }
}

/// A TIFF of one unpacked strip, in the byte order of the other processors.
fn one_strip(kind: SampleType, height: u16, rows: &[u8]) -> Vec<u8> {
    let (bits, format) = match kind {
        SampleType::U8 => (8u16, 1u16),
        SampleType::U16 => (16, 1),
        SampleType::Half => (16, 3),
        _ => (32, 3),
    };
    let entry = |tag: u16, value: u32, long: bool| {
        let mut entry = [tag, if long { 4 } else { 3 }]
            .map(u16::to_be_bytes)
            .concat();
        entry.extend(1u32.to_be_bytes());
        entry.extend(if long { value } else { value << 16 }.to_be_bytes());
        entry
    };
    let tags = [
        entry(256, 3, false),
        entry(257, height.into(), false),
        entry(258, bits.into(), false),
        entry(259, 1, false),
        entry(262, 1, false),
        entry(273, 8, true),
        entry(277, 1, false),
        entry(278, height.into(), false),
        entry(279, rows.len() as u32, true),
        entry(339, format.into(), false),
    ];
    let mut bytes = b"MM\0\x2a".to_vec();
    bytes.extend((8 + rows.len() as u32).to_be_bytes());
    bytes.extend(rows);
    bytes.extend((tags.len() as u16).to_be_bytes());
    bytes.extend(tags.concat());
    bytes.extend([0; 4]);
    bytes
}

/// Some programs write an image of any size as one strip.
#[test]
fn one_unpacked_strip_is_read_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.tif");
    for kind in [
        SampleType::U8,
        SampleType::U16,
        SampleType::Half,
        SampleType::Float,
    ] {
        let mut next = noise(7);
        let bytes: Vec<u8> = (0..3 * 200 * kind.bytes()).map(|_| next() as u8).collect();
        fs::write(&path, one_strip(kind, 200, &bytes)).unwrap();
        let whole = read(&path).unwrap();
        let bits = &whole.channels[0].samples;
        for (index, sample) in bytes.chunks(kind.bytes()).enumerate() {
            let expected = sample
                .iter()
                .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
            assert_eq!(bits.bits(index), expected, "{kind:?} {index}");
        }
        let limit = ReadOptions {
            max_bytes: 3 * 4 * 10,
            ..all()
        };
        let mut file = Strips::open(&path, &limit).unwrap();
        for top in [0, 100, 190, 40] {
            assert!(file.read(top..top + 10).unwrap() == whole.rows(top..top + 10));
        }
        fs::write(&path, &fs::read(&path).unwrap()[..bytes.len() / 2]).unwrap();
        assert_eq!(
            Strips::open(&path, &all()).err().unwrap().kind,
            ErrorKind::Damaged
        );
    }
    // The strip is shorter than its rows.
    let mut short = one_strip(SampleType::U8, 200, &[7; 600]);
    let field = |entry: usize| 8 + 600 + 2 + entry * 12 + 8;
    short[field(8)..field(9) - 8].copy_from_slice(&300u32.to_be_bytes());
    fs::write(&path, &short).unwrap();
    let mut file = Strips::open(&path, &all()).unwrap();
    assert!(file.read(90..100).is_ok());
    assert_eq!(file.read(100..101).unwrap_err().kind, ErrorKind::Damaged);
    assert!(read(&path).is_err());
    // It begins beyond the file.
    short[field(5)..field(6) - 8].copy_from_slice(&u32::MAX.to_be_bytes());
    fs::write(&path, &short).unwrap();
    assert!(Strips::open(&path, &all()).unwrap().read(0..1).is_err());
}

/// Files of others: tiles, interlaced, lossy codecs.
#[test]
fn foreign_files_are_read_in_strips() {
    let mut seen = 0;
    for entry in fs::read_dir(data("")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(whole) = read(&path) else {
            continue;
        };
        let mut file = Strips::open(&path, &all()).unwrap();
        let mut top = whole.data.y0;
        while top < whole.data.y1 {
            let rows = top..top + 7;
            assert_eq!(
                file.read(rows.clone()).unwrap(),
                whole.rows(rows),
                "{path:?} {top}"
            );
            top += 7;
        }
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn what_is_cut_off_is_found_where_it_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let window = Rect::new(0, 0, 40, 300);
    for (name, format, codec) in [
        ("a.exr", Format::Exr, Codec::Zip),
        ("a.tif", Format::Tiff, Codec::Deflate),
        ("a.png", Format::Png, Codec::Deflate),
    ] {
        let path = folder.path().join(name);
        let options = WriteOptions {
            codec: Some(codec),
            ..WriteOptions::default()
        };
        let image = image(format, window, &["R", "G", "B"], kinds(format)[0], 1);
        images::write(&path, &image, &options).unwrap();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        match Strips::open(&path, &all()) {
            Ok(mut file) => {
                assert!(file.read(0..50).is_ok());
                assert_eq!(file.read(200..250).unwrap_err().kind, ErrorKind::Damaged);
            }
            // A TIFF's directory and a PNG's last chunk are at the end.
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Damaged);
                assert_ne!(format, Format::Exr);
            }
        }
    }
}

#[test]
fn a_failure_leaves_the_target_alone() {
    let folder = tempfile::tempdir().unwrap();
    let image = image(
        Format::Tiff,
        Rect::new(0, 0, 9, 60),
        &["Y"],
        SampleType::U8,
        1,
    );
    let header = image.header();
    let broken = || Error {
        kind: ErrorKind::Damaged,
        path: "plate.exr".into(),
        message: "half of it is missing".into(),
    };
    let options = WriteOptions::default();
    for name in ["a.tif", "a.png"] {
        let path = folder.path().join(name);
        fs::write(&path, "old").unwrap();
        let half = |rows: Range<i32>| match rows.start {
            0..30 => Ok(image.rows(rows)),
            _ => Err(broken()),
        };
        let error = write_strips(&path, &header, 10, half, |_| Ok(()), &options);
        if name == "a.png" {
            assert_eq!(error.unwrap_err().path, Path::new("plate.exr"));
        }
        // The check sees the whole file under another name.
        let pull = |rows| Ok(image.rows(rows));
        let check = |file: &Path| {
            assert_eq!(read(file).unwrap().channels, image.channels);
            assert_ne!(file, path);
            Err(broken())
        };
        let error = write_strips(&path, &header, 10, pull, check, &options).unwrap_err();
        assert_eq!(error.message, "half of it is missing");
        // Neither rows nor channels that do not fit are taken.
        let other = |_| Ok::<_, Error>(image.rows(0..10));
        let error = write_strips(&path, &header, 10, other, |_| Ok(()), &options);
        assert!(name == "a.tif" || error.unwrap_err().kind == ErrorKind::Invalid);
        assert!(name == "a.tif" || fs::read(&path).unwrap() == b"old");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A file of ones lies under one of twos: what is taken from it is seen.
#[test]
fn blocks_of_a_donor_are_taken_as_they_are() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let filled = |width: i32, value: f32, kind: SampleType| {
        let data = Rect::new(-3, 5, width - 3, 75);
        let channel = |name: &str| Channel {
            name: name.into(),
            samples: Samples::from_f32(kind, &vec![value; width as usize * 70]),
        };
        Image {
            display: Rect::new(0, 0, 64, 80),
            data,
            pixel_aspect: 1.0,
            channels: ["R", "G", "B"].map(channel).into(),
            metadata: Metadata::new(Format::Exr),
        }
    };
    let donor_of = |name: &str, image: &Image, codec, tile: Option<u32>| {
        let mut image = image.clone();
        if let Some(size) = tile {
            image.metadata.set_tiles([size; 2]);
        }
        image.metadata.codec = codec;
        images::write(&path(name), &image, &WriteOptions::default()).unwrap();
        (path(name), image)
    };
    let over = |donor: &Path, twos: &Image, rows: usize| {
        let mut pulled = Vec::new();
        let mut is_same = |window: Rect| !window.contains(0, 40);
        let mut donor = images::Donor {
            path: donor,
            is_same: &mut is_same,
        };
        let strips = |rows: Range<i32>| {
            pulled.push(rows.clone());
            Ok::<_, images::Error>(twos.rows(rows))
        };
        let options = WriteOptions::default();
        let (out, header) = (path("out.exr"), twos.header());
        let donor = Some(&mut donor);
        images::write_strips_with(&out, &header, rows, donor, strips, |_| Ok(()), &options)
            .unwrap();
        (read(&out).unwrap(), pulled)
    };
    let ones = filled(40, 1.0, SampleType::Half);
    for (codec, tile) in [
        (Codec::Zip, None),
        (Codec::Piz, None),
        (Codec::None, None),
        (Codec::Zip, Some(16)),
    ] {
        let (donor, _) = donor_of("ones.exr", &ones, codec, tile);
        let (_, twos) = donor_of("twos.exr", &filled(40, 2.0, SampleType::Half), codec, tile);
        for rows in [16, 64, usize::MAX] {
            let (mixed, pulled) = over(&donor, &twos, rows);
            for y in 5..75 {
                let found = mixed.plane("G", Rect::new(-3, y, 37, y + 1)).unwrap();
                let own = found.iter().filter(|&&value| value == 2.0).count();
                let all = found.iter().all(|&value| value == 1.0 || value == 2.0);
                // The block that holds row 40, and column 0.
                let expected = match (codec, tile) {
                    (Codec::None, _) => usize::from(y == 40) * 40,
                    (Codec::Piz, _) => usize::from((37..69).contains(&y)) * 40,
                    (_, None) => usize::from((37..53).contains(&y)) * 40,
                    (_, Some(_)) => usize::from((37..53).contains(&y)) * 16,
                };
                assert!(all && own == expected, "{codec:?} {tile:?} {y}: {own}");
            }
            assert_eq!(pulled.len(), 1, "{codec:?} {pulled:?}");
        }
    }
    // Laid out otherwise, or no image at all: all is packed anew.
    let twos = filled(40, 2.0, SampleType::Half);
    fs::write(path("no.exr"), "no image").unwrap();
    let others = [
        donor_of(
            "wide.exr",
            &filled(41, 1.0, SampleType::Half),
            Codec::Zip,
            None,
        )
        .0,
        donor_of(
            "float.exr",
            &filled(40, 1.0, SampleType::Float),
            Codec::Zip,
            None,
        )
        .0,
        donor_of("zips.exr", &ones, Codec::Zips, None).0,
        donor_of("tiles.exr", &ones, Codec::Zip, Some(16)).0,
        path("no.exr"),
        path("none.exr"),
    ];
    for donor in others {
        assert_eq!(
            over(&donor, &twos, 16).0.channels,
            twos.channels,
            "{donor:?}"
        );
    }
    // A block that is not what it says is not taken.
    let (donor, _) = donor_of("ones.exr", &ones, Codec::Zip, None);
    let bytes = fs::read(&donor).unwrap();
    fs::write(&donor, &bytes[..bytes.len() - 9]).unwrap();
    let (mixed, _) = over(&donor, &twos, 16);
    assert_eq!(mixed.plane("R", Rect::new(0, 70, 1, 71)), Some(vec![2.0]));
    assert_eq!(mixed.plane("R", Rect::new(0, 5, 1, 6)), Some(vec![1.0]));
}
