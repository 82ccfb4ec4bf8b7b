//! EXR there and back, against this crate and against the `exr` crate's own reader and writer.

mod common;

use std::fs;

use common::{attribute, data, read, samples};
use exr::prelude::{
    AnyChannel, AnyChannels, Blocks, Compression, Encoding, FlatImage, FlatSamples,
    ImageAttributes, IntegerBounds, Layer, LayerAttributes, LineOrder, Vec2, WritableImage,
    read_first_flat_layer_from_file,
};
use images::{Channel, Codec, ErrorKind, Format, Image, Metadata, ReadOptions, Rect};
use images::{SampleType, Samples, WriteOptions, f16};
use proptest::prelude::*;

const WRITTEN: [Codec; 5] = [Codec::None, Codec::Rle, Codec::Zips, Codec::Zip, Codec::Piz];
const SETS: [&[&str]; 5] = [
    &["R", "G", "B"],
    &["R", "G", "B", "A"],
    &["Y"],
    &["A"],
    &["Y", "A"],
];

fn any_window() -> impl Strategy<Value = Rect> {
    (-500i32..500, -500i32..500, 1i32..40, 1i32..70)
        .prop_map(|(x, y, w, h)| Rect::new(x, y, x + w, y + h))
}

prop_compose! {
    fn any_image()(
        data in any_window(),
        display in any_window(),
        pixel_aspect in 0.25f32..4.0,
        names in proptest::sample::select(SETS.to_vec()),
        floats: [bool; 4],
        seed: u32,
        decreasing: bool,
        custom in proptest::collection::vec(("[a-z:/]{1,60}", "[a-z]{1,40}", any::<Vec<u8>>()), 0..4),
    ) -> Image {
        let mut metadata = Metadata::new(Format::Exr);
        metadata.set(attribute("lineOrder", "lineOrder", &[u8::from(decreasing)]));
        for (name, kind, value) in custom {
            metadata.set(attribute(&format!("x{name}"), &kind, &value));
        }
        let channel = |(index, name): (usize, &&str)| {
            let kind = if floats[index] { SampleType::Float } else { SampleType::Half };
            let seed = u64::from(seed) + index as u64;
            Channel { name: name.to_string(), samples: samples(kind, data.area() as usize, seed) }
        };
        let channels = names.iter().enumerate().map(channel).collect();
        Image { display, data, pixel_aspect, channels, metadata }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_image_comes_back(
        image in any_image(),
        codec in proptest::sample::select(WRITTEN.to_vec()),
        parallel: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.exr");
        let options = WriteOptions { codec: Some(codec), parallel };
        let size = images::write(&path, &image, &options).unwrap();
        prop_assert_eq!(size, fs::metadata(&path).unwrap().len());

        let options = ReadOptions { parallel: !parallel, ..ReadOptions::default() };
        let back = images::read(&path, &options).unwrap();
        prop_assert_eq!(&back.channels, &image.channels);
        prop_assert_eq!((back.data, back.display), (image.data, image.display));
        prop_assert_eq!(back.pixel_aspect.to_bits(), image.pixel_aspect.to_bits());
        prop_assert_eq!(back.metadata.codec, codec);
        for attribute in &image.metadata.attributes {
            prop_assert_eq!(back.metadata.get(&attribute.name), Some(attribute));
        }
        prop_assert_eq!(images::info(&path).unwrap().header, back.header());
        check_with_other_reader(&path, &image);

        // Equal images give equal files, on one core and on all.
        let again = folder.path().join("again.exr");
        images::write(&again, &back, &WriteOptions { codec: None, parallel: !parallel }).unwrap();
        prop_assert!(fs::read(&path).unwrap() == fs::read(&again).unwrap());
    }
}

/// The `exr` crate's own container code must find the same.
fn check_with_other_reader(path: &std::path::Path, image: &Image) {
    let other = read_first_flat_layer_from_file(path).unwrap();
    let display = other.attributes.display_window;
    assert_eq!(
        (
            display.position.0,
            display.position.1,
            display.size.0,
            display.size.1
        ),
        (
            image.display.x0,
            image.display.y0,
            image.display.width(),
            image.display.height()
        )
    );
    let layer = other.layer_data;
    assert_eq!(
        layer.attributes.layer_position,
        Vec2(image.data.x0, image.data.y0)
    );
    assert_eq!(layer.size, Vec2(image.data.width(), image.data.height()));
    assert_eq!(layer.channel_data.list.len(), image.channels.len());
    for AnyChannel {
        name, sample_data, ..
    } in &layer.channel_data.list
    {
        let ours = &image.channel(&name.to_string()).unwrap().samples;
        let theirs = match sample_data {
            FlatSamples::F16(v) => Samples::Half(v.clone()),
            FlatSamples::F32(v) => Samples::Float(v.clone()),
            FlatSamples::U32(_) => panic!("no channel is uint"),
        };
        assert!(*ours == theirs, "{name}");
    }
}

/// Every attribute of a foreign file is written back with the bytes and in the place it had.
#[test]
fn foreign_attributes_come_back() {
    let folder = tempfile::tempdir().unwrap();
    for (name, attributes) in [("window.exr", 13), ("custom_attributes.exr", 10)] {
        let image = read(&data(name)).unwrap();
        assert_eq!(image.metadata.attributes.len(), attributes, "{name}");
        let path = folder.path().join(name);
        common::write(&path, &image).unwrap();
        assert_eq!(read(&path).unwrap(), image);
        // Byte for byte: magic, flags, attributes.
        let header: usize = 8
            + 1
            + image
                .metadata
                .attributes
                .iter()
                .map(|a| a.name.len() + a.kind.len() + 6 + a.value.len())
                .sum::<usize>();
        assert!(fs::read(data(name)).unwrap()[..header] == fs::read(&path).unwrap()[..header]);
    }
    let window = read(&data("window.exr")).unwrap();
    assert_eq!(window.metadata.text("nuke/version"), Some("11.3v4"));
    assert_eq!(window.metadata.int("nuke/full_layer_names"), Some(0));
    assert_eq!(window.data, Rect::new(322, 39, 578, 295));
    assert_eq!(window.display, Rect::new(0, 0, 640, 360));
    check_with_other_reader(&data("window.exr"), &window);
}

/// A one-layer file by the `exr` crate.
fn foreign(channels: Vec<(&str, FlatSamples)>, encoding: Encoding) -> FlatImage {
    let list = channels
        .into_iter()
        .map(|(name, samples)| AnyChannel::new(name, samples))
        .collect();
    let layer = Layer::new(
        (32, 32),
        LayerAttributes::named("main"),
        encoding,
        AnyChannels::sort(list),
    );
    let display = IntegerBounds::from_dimensions((32, 32));
    FlatImage::from_layers(ImageAttributes::new(display), vec![layer])
}

fn rgb() -> Vec<(&'static str, FlatSamples)> {
    ["R", "G", "B"]
        .map(|name| (name, FlatSamples::F16(vec![f16::from_f32(0.3); 1024])))
        .to_vec()
}

fn lines(compression: Compression) -> Encoding {
    Encoding {
        compression,
        blocks: Blocks::ScanLines,
        line_order: LineOrder::Increasing,
    }
}

#[test]
fn lossy_codecs_are_read_and_said_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lossy.exr");
    for (compression, codec, lossy) in [
        (Compression::B44, Codec::B44, true),
        (Compression::B44A, Codec::B44a, true),
        (Compression::PXR24, Codec::Pxr24, false),
        (Compression::DWAA(None), Codec::Dwaa, true),
        (Compression::DWAB(None), Codec::Dwab, true),
    ] {
        foreign(rgb(), lines(compression))
            .write()
            .to_file(&path)
            .unwrap();
        let image = read(&path).unwrap();
        assert_eq!(image.metadata.codec, codec);
        assert_eq!(image.header().lossy(), lossy, "{codec:?}");
        check_with_other_reader(&path, &image);

        let refused = images::write(
            &path,
            &image,
            &WriteOptions {
                codec: Some(codec),
                parallel: true,
            },
        );
        assert_eq!(refused.unwrap_err().kind, ErrorKind::Invalid);
        common::write(&path, &image).unwrap();
        let back = read(&path).unwrap();
        assert_eq!(
            (back.metadata.codec, back.channels),
            (Codec::Zip, image.channels)
        );
    }
    let floats = vec![("Y", FlatSamples::F32(vec![0.1; 1024]))];
    foreign(floats, lines(Compression::PXR24))
        .write()
        .to_file(&path)
        .unwrap();
    assert!(images::info(&path).unwrap().header.lossy());
}

#[test]
fn what_is_not_carried_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.exr");
    let half = || FlatSamples::F16(vec![f16::ONE; 1024]);
    let tiles = Encoding {
        blocks: Blocks::Tiles(Vec2(16, 16)),
        ..lines(Compression::ZIP16)
    };
    let zip = lines(Compression::ZIP16);
    for (image, reason) in [
        (foreign(rgb(), tiles), "tiled"),
        (
            foreign(vec![("Y", FlatSamples::U32(vec![7; 1024]))], zip),
            "uint channel 'Y'",
        ),
        (
            foreign(vec![("R", half()), ("G", half())], zip),
            "channels R, G",
        ),
        (
            foreign(vec![("Z", FlatSamples::F32(vec![1.0; 1024]))], zip),
            "channels Z",
        ),
        (
            foreign([rgb(), vec![("diffuse.R", half())]].concat(), zip),
            "diffuse.R",
        ),
        (
            foreign([rgb(), vec![("Y", half())]].concat(), zip),
            "channels R, G, B, Y",
        ),
    ] {
        image.write().to_file(&path).unwrap();
        assert_refused(&path, reason);
    }
    let mut two = foreign(rgb(), zip);
    let mut second = two.layer_data[0].clone();
    second.attributes.layer_name = Some("other".into());
    two.layer_data.push(second);
    two.write().to_file(&path).unwrap();
    assert_refused(&path, "multi-part");

    // By hand: deep, and a subsampled channel.
    foreign(rgb(), zip).write().to_file(&path).unwrap();
    let sound = fs::read(&path).unwrap();
    let mut deep = sound.clone();
    deep[5] |= 0x08;
    fs::write(&path, deep).unwrap();
    assert_refused(&path, "deep");
    let mut subsampled = sound.clone();
    let list = find(&sound, b"R\0\x01\0\0\0");
    subsampled[list + 10] = 2;
    fs::write(&path, subsampled).unwrap();
    assert_refused(&path, "subsampled channel 'R'");
    let mut htj2k = sound;
    let codec = find(&htj2k, b"compression\0compression\0") + 28;
    htj2k[codec] = 10;
    fs::write(&path, htj2k).unwrap();
    assert_refused(&path, "unknown codec");
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes
        .windows(what.len())
        .position(|window| window == what)
        .unwrap()
}

fn assert_refused(path: &std::path::Path, reason: &str) {
    for error in [read(path).unwrap_err(), images::info(path).unwrap_err()] {
        assert_eq!(error.kind, ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(reason), "{error} / {reason}");
        assert!(error.to_string().contains("transfer"), "{error}");
        assert!(
            error.to_string().starts_with(path.to_str().unwrap()),
            "{error}"
        );
    }
}

#[test]
fn integers_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.exr");
    let image = common::image(
        Format::Tiff,
        Rect::new(0, 0, 4, 4),
        &["Y"],
        SampleType::U8,
        1,
    );
    let error = common::write(&path, &image).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.to_string().contains("uint8"), "{error}");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}
