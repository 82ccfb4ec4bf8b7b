//! PNG there and back, against this crate and against the `png` crate's own encoder.

mod common;

use std::fs::{self, File};

use common::{attribute, image, read};
use images::{
    Codec, ErrorKind, Format, ReadOptions, Rect, SampleType, Samples, Strips, WriteOptions,
};
use png::{BitDepth, ColorType, Encoder};
use proptest::prelude::*;

const SETS: [&[&str]; 4] = [&["Y"], &["Y", "A"], &["R", "G", "B"], &["R", "G", "B", "A"]];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_image_comes_back(
        width in 1i32..80,
        height in 1i32..80,
        names in proptest::sample::select(SETS.to_vec()),
        words: bool,
        seed: u32,
        text: Vec<u8>,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.png");
        let kind = if words { SampleType::U16 } else { SampleType::U8 };
        let mut image = image(Format::Png, Rect::new(0, 0, width, height), names, kind, seed.into());
        image.metadata.set(attribute("sRGB", "before", &[0]));
        image.metadata.set(attribute("paNt", "after", &text));
        common::write(&path, &image).unwrap();
        let back = read(&path).unwrap();
        prop_assert_eq!(&back, &image);
        prop_assert_eq!(images::info(&path).unwrap().header, back.header());
    }
}

/// The sum of the last chunk of pixels stands behind the last row: who reads in strips sees it too.
#[test]
fn a_wrong_sum_is_seen_in_strips_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.png");
    let image = image(
        Format::Png,
        Rect::new(0, 0, 9, 7),
        SETS[2],
        SampleType::U8,
        3,
    );
    common::write(&path, &image).unwrap();
    let options = ReadOptions::default();
    let last = || Strips::open(&path, &options)?.read(6..7);
    assert!(last().unwrap().channels == image.rows(6..7).channels);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.windows(4).position(|name| name == b"IEND").unwrap();
    bytes[end - 5] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(read(&path).unwrap_err().kind, ErrorKind::Damaged);
    assert_eq!(last().unwrap_err().kind, ErrorKind::Damaged);
}

/// The ancillary chunks that the `png` crate writes come back with their bytes and places.
#[test]
fn foreign_chunks_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1.png"), folder.path().join("2.png"));
    let mut encoder = Encoder::new(File::create(&first).unwrap(), 3, 2);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Sixteen);
    encoder.set_source_gamma(png::ScaledFloat::from_scaled(45455));
    encoder
        .add_text_chunk("Title".into(), "plate".into())
        .unwrap();
    encoder
        .add_itxt_chunk("Comment".into(), "größer".into())
        .unwrap();
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: 2,
        yppu: 1,
        unit: png::Unit::Unspecified,
    }));
    let codes: Vec<u8> = (0..48).collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&codes)
        .unwrap();

    let image = read(&first).unwrap();
    let names: Vec<_> = image
        .metadata
        .attributes
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert!(
        ["gAMA", "pHYs", "tEXt", "iTXt"]
            .iter()
            .all(|name| names.contains(name)),
        "{names:?}"
    );
    assert_eq!(
        image.channel("G").unwrap().samples,
        Samples::U16((0..6).map(|i| (i * 8 + 2) * 256 + i * 8 + 3).collect())
    );
    common::write(&second, &image).unwrap();
    assert_eq!(read(&second).unwrap(), image);
}

#[test]
fn interlaced_files_are_read() {
    // 2 x 2 gray: the passes of Adam7 hold the pixels 0, then 1, then the second row.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("interlaced.png");
    let plain = image(
        Format::Png,
        Rect::new(0, 0, 2, 2),
        &["Y"],
        SampleType::U8,
        7,
    );
    let Samples::U8(codes) = &plain.channels[0].samples else {
        unreachable!()
    };
    let rows = [
        vec![0, codes[0]],
        vec![0, codes[1]],
        vec![0, codes[2], codes[3]],
    ]
    .concat();
    fs::write(&path, file(&[2, 2, 8, 0, 1], &rows)).unwrap();
    assert_eq!(read(&path).unwrap(), plain);
}

#[test]
fn what_is_not_carried_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.png");
    for (facts, reason) in [([2, 2, 8, 3, 0], "palette"), ([2, 2, 4, 0, 0], "4 bits")] {
        fs::write(&path, file(&facts, &[0; 6])).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.to_string().contains(reason), "{error}");
    }
    let mut encoder = Encoder::new(File::create(&path).unwrap(), 1, 1);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0]).unwrap();
    writer.write_image_data(&[0]).unwrap();
    writer.finish().unwrap();
    let error = read(&path).unwrap_err();
    assert!(error.to_string().contains("animated"), "{error}");

    for (image, codec) in [
        (
            image(
                Format::Png,
                Rect::new(0, 0, 1, 1),
                &["Y"],
                SampleType::Half,
                1,
            ),
            None,
        ),
        (
            image(
                Format::Png,
                Rect::new(0, 0, 1, 1),
                &["A"],
                SampleType::U8,
                1,
            ),
            None,
        ),
        (
            image(
                Format::Png,
                Rect::new(0, 0, 1, 1),
                &["Y"],
                SampleType::U8,
                1,
            ),
            Some(Codec::Lzw),
        ),
    ] {
        let refused = images::write(
            &path,
            &image,
            &WriteOptions {
                codec,
                parallel: true,
            },
        );
        assert_eq!(refused.unwrap_err().kind, ErrorKind::Invalid);
    }
}

/// A PNG of width, height, bit depth, colour type, interlace method and unpacked rows.
fn file(&[width, height, depth, color, interlace]: &[u8; 5], rows: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [
        0, 0, 0, width, 0, 0, 0, height, depth, color, 0, 0, interlace,
    ];
    let length = u16::try_from(rows.len()).unwrap();
    // One stored block of deflate.
    let mut packed = vec![0x78, 0x01, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(rows);
    let (mut a, mut b) = (1u32, 0u32);
    for &byte in rows {
        a = (a + u32::from(byte)) % 65521;
        b = (b + a) % 65521;
    }
    packed.extend((b << 16 | a).to_be_bytes());
    for (name, value) in [(b"IHDR", &head[..]), (b"IDAT", &packed), (b"IEND", &[])] {
        bytes.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        let start = bytes.len();
        bytes.extend(name);
        bytes.extend(value);
        bytes.extend(crc(&bytes[start..]).to_be_bytes());
    }
    bytes
}

/// The check sum of the PNG specification, annex D.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
        }
    }
    !crc
}
