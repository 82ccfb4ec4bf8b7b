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
const SETS: [&[&str]; 6] = [
    &["R", "G", "B"],
    &["R", "G", "B", "A"],
    &["Y"],
    &["Y", "A"],
    &["Z", "depth.Z"],
    &[
        "R",
        "G",
        "B",
        "a layer with a name of more than 31 characters.R",
    ],
];
const KINDS: [SampleType; 3] = [SampleType::Half, SampleType::Float, SampleType::Uint];

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
        kinds in proptest::array::uniform4(proptest::sample::select(KINDS.to_vec())),
        seed: u32,
        tiles in proptest::option::of((1u32..50, 1u32..90)),
        order in 0u8..3,
        custom in proptest::collection::vec(("[a-z:/]{1,60}", "[a-z]{1,40}", any::<Vec<u8>>()), 0..4),
    ) -> Image {
        let mut metadata = Metadata::new(Format::Exr);
        // Tiles alone may lie in no order.
        let order = if tiles.is_some() { order } else { order % 2 };
        metadata.set(attribute("lineOrder", "lineOrder", &[order]));
        if let Some((width, height)) = tiles {
            metadata.set_tiles([width, height]);
        }
        for (name, kind, value) in custom {
            metadata.set(attribute(&format!("x{name}"), &kind, &value));
        }
        let channel = |(index, name): (usize, &&str)| {
            let kind = kinds[index];
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
            FlatSamples::U32(v) => Samples::Uint(v.clone()),
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

/// A file of one part, by the `exr` crate.
fn write_foreign(path: &std::path::Path, blocks: Blocks, compression: Compression) -> FlatImage {
    let mut next = common::noise(7);
    let ids = (0..1024).map(|_| next()).collect();
    let mut depths = common::noise(8);
    let depths = (0..1024).map(|_| f32::from_bits(depths())).collect();
    let channels = [
        rgb(),
        vec![
            ("depth.Z", FlatSamples::F32(depths)),
            ("id", FlatSamples::U32(ids)),
        ],
    ];
    let image = foreign(
        channels.concat(),
        Encoding {
            blocks,
            ..lines(compression)
        },
    );
    image.write().to_file(path).unwrap();
    image
}

#[test]
fn tiles_layers_and_integers_of_another_writer_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("a.exr"), folder.path().join("b.exr"));
    let blocks = [
        Blocks::ScanLines,
        Blocks::Tiles(Vec2(10, 7)),
        Blocks::Tiles(Vec2(64, 5)),
    ];
    for blocks in blocks {
        for (compression, codec) in [
            (Compression::Uncompressed, Codec::None),
            (Compression::RLE, Codec::Rle),
            (Compression::ZIP1, Codec::Zips),
            (Compression::ZIP16, Codec::Zip),
            (Compression::PIZ, Codec::Piz),
        ] {
            write_foreign(&path, blocks, compression);
            let image = read(&path).unwrap();
            check_with_other_reader(&path, &image);
            let names: Vec<&str> = image.channels.iter().map(|c| c.name.as_str()).collect();
            assert_eq!(names, ["R", "G", "B", "depth.Z", "id"]);
            assert_eq!(image.channels[4].samples.sample_type(), SampleType::Uint);
            assert_eq!(image.metadata.codec, codec);

            // The copy is tiled as its model is.
            common::write(&again, &image).unwrap();
            assert_eq!(read(&again).unwrap(), image);
            check_with_other_reader(&again, &image);
            let tiles = |path| {
                images::info(path)
                    .unwrap()
                    .header
                    .metadata
                    .get("tiles")
                    .cloned()
            };
            assert_eq!(tiles(&again), tiles(&path));
            assert_eq!(tiles(&again).is_some(), blocks != Blocks::ScanLines);
        }
    }
}

/// The codecs that round keep integers: what they make of the floats is the same in both readers.
#[test]
fn integers_survive_codecs_that_round() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.exr");
    let mut next = common::noise(7);
    let ids: Vec<u32> = (0..1024).map(|_| next()).collect();
    for compression in [
        Compression::PXR24,
        Compression::B44,
        Compression::B44A,
        Compression::DWAA(None),
        Compression::DWAB(None),
    ] {
        write_foreign(&path, Blocks::ScanLines, compression);
        let image = read(&path).unwrap();
        assert!(image.header().lossy());
        assert!(image.channel("id").unwrap().samples == Samples::Uint(ids.clone()));
        check_with_other_reader(&path, &image);
    }
}

/// Parts with windows, tiles and types of their own are one image, and parts again when written.
#[test]
fn a_plate_of_several_parts_is_one_image() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("a.exr"), folder.path().join("b.exr"));
    let mut colours = common::image(
        Format::Exr,
        Rect::new(0, 0, 30, 20),
        &["R", "G", "B"],
        SampleType::Half,
        1,
    );
    colours.metadata.set_text("owner", "somebody");
    let mut depth = common::image(
        Format::Exr,
        Rect::new(-2, 5, 17, 24),
        &["Z"],
        SampleType::Float,
        2,
    );
    depth.display = colours.display;
    depth.metadata.set_tiles([8, 16]);
    depth.metadata.set_text("note", "in metres");
    let mut ids = common::image(
        Format::Exr,
        Rect::new(3, 3, 9, 9),
        &["ids.a", "ids.b", "x"],
        SampleType::Uint,
        3,
    );
    ids.display = colours.display;
    ids.metadata.set(attribute("lineOrder", "lineOrder", &[1]));
    let parts = [
        ("beauty", &colours, Codec::Piz),
        ("depth", &depth, Codec::Zips),
        ("ids", &ids, Codec::Rle),
    ];
    images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();

    let image = read(&path).unwrap();
    assert_eq!(images::info(&path).unwrap().header, image.header());
    assert_eq!(image.data, Rect::new(-2, 0, 30, 24));
    let names: Vec<&str> = image.channels.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["R", "G", "B", "depth.Z", "ids.a", "ids.b", "ids.x"]);
    for (part, name, own) in [
        (&colours, "G", "G"),
        (&depth, "depth.Z", "Z"),
        (&ids, "ids.x", "x"),
    ] {
        let own = part.plane(own, image.data).unwrap();
        let found = image.plane(name, image.data).unwrap();
        let bits = |plane: &[f32]| plane.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert!(bits(&own) == bits(&found), "{name}");
    }
    // The file that is written from the image is the same, byte for byte.
    common::write(&again, &image).unwrap();
    assert!(fs::read(&path).unwrap() == fs::read(&again).unwrap());
    // One codec for all.
    let zip = WriteOptions {
        codec: Some(Codec::Zip),
        parallel: false,
    };
    images::write(&again, &image, &zip).unwrap();
    assert!(read(&again).unwrap().channels == image.channels);
    let parts = images::Parts::open(&again).unwrap();
    assert!(
        parts
            .headers()
            .iter()
            .all(|part| part.metadata.codec == Codec::Zip)
    );

    // What its headers do not name has no place.
    let mut more = image.clone();
    more.channels[0].name = "Q".into();
    assert_eq!(
        common::write(&again, &more).unwrap_err().kind,
        ErrorKind::Invalid
    );
    let mut moved = image;
    moved.data = Rect::new(-1, 0, 31, 24);
    assert_eq!(
        common::write(&again, &moved).unwrap_err().kind,
        ErrorKind::Invalid
    );
}

#[test]
fn what_is_not_carried_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.exr");
    let zip = lines(Compression::ZIP16);
    let part = |name: &str, window: Rect, names: &[&str]| {
        let image = common::image(Format::Exr, window, names, SampleType::Half, 1);
        (name.to_owned(), image)
    };
    let window = Rect::new(0, 0, 4, 4);
    let far = Rect::new(1 << 20, 1 << 20, (1 << 20) + 4, (1 << 20) + 4);
    for (parts, reason) in [
        (
            [part("a", window, &["Y"]), part("b", far, &["Y"])],
            "different display windows",
        ),
        (
            [part("a", window, &["b.Y"]), part("b", window, &["Y"])],
            "two channels that would both be 'b.Y'",
        ),
        (
            [part("a", window, &["Y"]), part("b", far, &["Y"])],
            "far apart",
        ),
    ] {
        let [(a, first), (b, mut second)] = parts;
        if reason == "far apart" {
            second.display = first.display;
        }
        let parts = [
            (a.as_str(), &first, Codec::Zip),
            (b.as_str(), &second, Codec::Zip),
        ];
        images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();
        assert_refused(&path, reason);
    }

    // By hand: deep, subsampled, of another codec, with a name that is no text.
    foreign(rgb(), zip).write().to_file(&path).unwrap();
    let sound = fs::read(&path).unwrap();
    let mut deep = sound.clone();
    deep[5] |= 0x08;
    fs::write(&path, deep).unwrap();
    assert_refused(&path, "deep");
    let list = find(&sound, b"R\0\x01\0\0\0");
    let mut subsampled = sound.clone();
    subsampled[list + 10] = 2;
    fs::write(&path, subsampled).unwrap();
    assert_refused(&path, "subsampled channel 'R'");
    let mut unnamed = sound.clone();
    unnamed[list] = 0xff;
    fs::write(&path, unnamed).unwrap();
    assert_refused(&path, "UTF-8");
    let mut htj2k = sound;
    let codec = find(&htj2k, b"compression\0compression\0") + 28;
    htj2k[codec] = 10;
    fs::write(&path, htj2k).unwrap();
    assert_refused(&path, "unknown codec");
}

/// It could not be written again.
#[test]
fn an_attribute_without_a_type_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.exr");
    let window = Rect::new(0, 0, 4, 4);
    let mut image = common::image(Format::Exr, window, &["Y"], SampleType::Half, 1);
    image.metadata.set_text("note", "x");
    images::write(&path, &image, &WriteOptions::default()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let kind = find(&bytes, b"note\0string\0") + 5;
    bytes.drain(kind..kind + 6);
    fs::write(&path, bytes).unwrap();
    let error = read(&path).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Damaged);
    assert!(error.message.contains("'note' has no type"), "{error}");
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

/// Planes of a megabyte, in the memory of others.
#[test]
fn nothing_of_an_image_that_was_recycled_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.exr");
    let window = Rect::new(-5, 3, 1019, 523);
    for (codec, tile) in [
        (Codec::Zip, None),
        (Codec::Piz, None),
        (Codec::Rle, Some(100)),
    ] {
        let channel = |name: &str| Channel {
            name: name.into(),
            samples: samples(SampleType::Half, 1024 * 520, 7),
        };
        let mut image = Image {
            display: window,
            data: window,
            pixel_aspect: 1.0,
            channels: ["R", "G", "B"].map(channel).into(),
            metadata: Metadata::new(Format::Exr),
        };
        if let Some(size) = tile {
            image.metadata.set_tiles([size; 2]);
        }
        image.metadata.codec = codec;
        images::write(&path, &image, &WriteOptions::default()).unwrap();
        for _ in 0..2 {
            let mut found = read(&path).unwrap();
            assert!(found.channels == image.channels, "{codec:?}");
            for channel in &mut found.channels {
                channel.samples = Samples::Half(vec![f16::NAN; 1024 * 520]);
            }
            found.recycle();
            assert!(found.channels.is_empty());
        }
    }
}
