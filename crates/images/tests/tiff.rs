//! TIFF there and back, against this crate and against the `tiff` crate's own encoder.

mod common;

use std::fs::File;
use std::path::Path;

use common::{attribute, image, read};
use images::{Channel, Codec, ErrorKind, Format, Rect, SampleType, Samples, WriteOptions};
use proptest::prelude::*;
use tiff::decoder::Decoder;
use tiff::encoder::{TiffEncoder, colortype};
use tiff::tags::{ExtraSamples, PhotometricInterpretation, Tag};

const CODECS: [Codec; 4] = [Codec::None, Codec::Deflate, Codec::Lzw, Codec::PackBits];
const TYPES: [SampleType; 4] = [
    SampleType::U8,
    SampleType::U16,
    SampleType::Half,
    SampleType::Float,
];
const SETS: [&[&str]; 4] = [&["Y"], &["Y", "A"], &["R", "G", "B"], &["R", "G", "B", "A"]];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn any_image_comes_back(
        width in 1i32..80,
        height in 1i32..80,
        names in proptest::sample::select(SETS.to_vec()),
        kind in proptest::sample::select(TYPES.to_vec()),
        codec in proptest::sample::select(CODECS.to_vec()),
        seed: u32,
        profile: Vec<u8>,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.tif");
        let mut image = image(Format::Tiff, Rect::new(0, 0, width, height), names, kind, seed.into());
        image.metadata.set(attribute("34675", "UNDEFINED", &profile));
        image.metadata.set(attribute("270", "ASCII", b"a plate\0"));
        if names.len() % 2 == 0 {
            image.metadata.set(attribute("338", "SHORT", &[2, 0]));
        }
        images::write(&path, &image, &WriteOptions { codec: Some(codec), parallel: true }).unwrap();
        let back = read(&path).unwrap();
        prop_assert_eq!(&back.channels, &image.channels);
        prop_assert_eq!((back.data, back.metadata.codec), (image.data, codec));
        for attribute in &image.metadata.attributes {
            prop_assert_eq!(back.metadata.get(&attribute.name), Some(attribute));
        }
        // Nor does the writer add any.
        prop_assert_eq!(back.metadata.attributes.len(), image.metadata.attributes.len());
        prop_assert_eq!(images::info(&path).unwrap().header, back.header());
    }
}

/// Tags of every kind of value, the Exif directory, and what a second pass makes of them.
#[test]
fn tags_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tags.tif");
    let mut image = image(
        Format::Tiff,
        Rect::new(0, 0, 5, 3),
        &["R", "G", "B"],
        SampleType::U16,
        1,
    );
    let tags = [
        attribute("274", "SHORT", &[1, 0]),
        attribute("282", "RATIONAL", &[44, 1, 0, 0, 1, 0, 0, 0]),
        attribute("283", "RATIONAL", &[44, 1, 0, 0, 1, 0, 0, 0]),
        attribute("296", "SHORT", &[2, 0]),
        attribute("305", "ASCII", b"paint 1.0\0"),
        attribute("306", "ASCII", b"2024:02:03 04:05:06\0"),
        attribute("700", "BYTE", b"<xmp/>"),
        attribute("65000", "DOUBLE", &2.5f64.to_le_bytes()),
        attribute("exif:33434", "RATIONAL", &[1, 0, 0, 0, 48, 0, 0, 0]),
        attribute("exif:36864", "UNDEFINED", b"0232"),
        attribute("gps:1", "ASCII", b"N\0"),
    ];
    for tag in &tags {
        image.metadata.set(tag.clone());
    }
    common::write(&path, &image).unwrap();
    let back = read(&path).unwrap();
    assert_eq!(back.metadata.attributes, tags);

    // The `tiff` crate finds them under their numbers.
    let mut decoder = Decoder::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(
        decoder.get_tag_ascii_string(Tag::Software).unwrap(),
        "paint 1.0"
    );
    assert_eq!(
        decoder
            .get_tag(Tag::XResolution)
            .unwrap()
            .into_u32_vec()
            .unwrap(),
        [300, 1]
    );
    assert!(decoder.find_tag(Tag::ExifDirectory).unwrap().is_some());
}

/// What the encoder of the `tiff` crate writes by itself, big and classic.
#[test]
fn foreign_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.tif");
    let codes: Vec<u16> = (0..60).map(|i| i * 1000).collect();
    TiffEncoder::new_big(File::create(&path).unwrap())
        .unwrap()
        .write_image::<colortype::RGBA16>(5, 3, &codes)
        .unwrap();
    let image = read(&path).unwrap();
    assert_eq!(image.channels.len(), 4);
    let blue: Vec<u16> = codes.iter().copied().skip(2).step_by(4).collect();
    assert_eq!(image.channel("B").unwrap().samples, Samples::U16(blue));
}

/// Tiles that reach beyond the image, and big-endian floats with a predictor.
#[test]
fn foreign_tiles_are_read() {
    let image = read(&common::data("tiles_lzw.tif")).unwrap();
    assert_eq!(
        (image.data, image.metadata.codec),
        (Rect::new(0, 0, 133, 40), Codec::Lzw)
    );
    for (c, channel) in (0u32..).zip(&image.channels) {
        let code = |i: u32| {
            let (x, y) = (i % 133, i / 133);
            ((x + y) / 2 + (x * x * 7 + y * y * 13 + x * y * 5 + c * 3) % 6) as u8
        };
        assert_eq!(
            channel.samples,
            Samples::U8((0..133 * 40).map(code).collect())
        );
    }
    let image = read(&common::data("tiles_float_be.tif")).unwrap();
    let value = |i: u32| ((i % 37 * 37 + i / 37 * 101) % 97) as f32 / 8.0 - 3.0;
    assert_eq!(
        image.channels[0].samples,
        Samples::Float((0..37 * 20).map(value).collect())
    );
    assert_eq!(image.metadata.get("305").unwrap().value, b"tifffile\0");
}

#[test]
fn what_is_not_carried_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.tif");
    let encode = |write: &dyn Fn(&mut TiffEncoder<File>)| {
        write(&mut TiffEncoder::new(File::create(&path).unwrap()).unwrap());
    };
    let tagged = |tag: Tag, code: u16| {
        encode(&|encoder| {
            let mut page = encoder.new_image::<colortype::Gray8>(2, 2).unwrap();
            page.encoder().write_tag(tag, code).unwrap();
            page.write_data(&[0, 1, 2, 3]).unwrap();
        });
    };
    tagged(
        Tag::PhotometricInterpretation,
        PhotometricInterpretation::WhiteIsZero.to_u16(),
    );
    assert_refused(&path, "white at zero");
    tagged(
        Tag::PhotometricInterpretation,
        PhotometricInterpretation::RGBPalette.to_u16(),
    );
    assert_refused(&path, "palette");
    tagged(Tag::FillOrder, 2);
    assert_refused(&path, "reversed bits");
    tagged(Tag::SubIfd, 8);
    assert_refused(&path, "sub-directories");
    tagged(Tag::Compression, 7);
    assert_refused(&path, "JPEG");
    tagged(Tag::Compression, 50000);
    assert_refused(&path, "Deflate, LZW");
    encode(&|encoder| {
        encoder
            .write_image::<colortype::CMYK8>(1, 1, &[1, 2, 3, 4])
            .unwrap()
    });
    assert_refused(&path, "CMYK");
    encode(&|encoder| {
        encoder
            .write_image::<colortype::Gray32>(1, 1, &[1])
            .unwrap()
    });
    assert_refused(&path, "32-bit");
    encode(&|encoder| {
        encoder
            .write_image::<colortype::GrayI8>(1, 1, &[1])
            .unwrap()
    });
    assert_refused(&path, "Int");
    encode(&|encoder| {
        encoder.write_image::<colortype::Gray8>(1, 1, &[1]).unwrap();
        encoder.write_image::<colortype::Gray8>(1, 1, &[1]).unwrap();
    });
    assert_refused(&path, "more than one image");
    encode(&|encoder| {
        let mut page = encoder.new_image::<colortype::RGB8>(1, 1).unwrap();
        page.extra_samples(&[ExtraSamples::Unspecified]).unwrap();
        page.write_data(&[1, 2, 3, 4]).unwrap();
    });
    assert_refused(&path, "not declared as alpha");
}

fn assert_refused(path: &Path, reason: &str) {
    let error = read(path).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported, "{error}");
    assert!(error.to_string().contains(reason), "{error} / {reason}");
}

#[test]
fn mixed_types_and_windows_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mixed.tif");
    let mut mixed = image(
        Format::Tiff,
        Rect::new(0, 0, 2, 2),
        &["Y"],
        SampleType::U8,
        1,
    );
    mixed.channels.push(Channel {
        name: "A".into(),
        samples: Samples::U16(vec![0; 4]),
    });
    let mut offset = image(
        Format::Exr,
        Rect::new(0, 0, 2, 2),
        &["Y"],
        SampleType::U8,
        1,
    );
    offset.display = Rect::new(0, 0, 3, 3);
    for image in [mixed, offset] {
        assert_eq!(
            common::write(&path, &image).unwrap_err().kind,
            ErrorKind::Invalid
        );
        assert!(!path.exists());
    }
}
