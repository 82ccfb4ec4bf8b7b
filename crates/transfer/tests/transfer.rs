//! Plates that travel as files, and files that are no transfers.

use std::fs;
use std::path::{Path, PathBuf};

use images::{Attribute, Channel, Codec, Format, Image, Metadata, ReadOptions, Rect};
use images::{SampleType, Samples, WriteOptions};
use proptest::prelude::*;
use transfer::{Difference, Error, Pair, Proof, changed_pixels, painted_hash, verify};

fn attribute(name: &str, kind: &str, value: &[u8]) -> Attribute {
    Attribute {
        name: name.into(),
        kind: kind.into(),
        value: value.to_vec(),
    }
}

fn read(path: &Path) -> Image {
    images::read(path, &ReadOptions::default()).unwrap()
}

/// A plate whose samples are `value(channel, x, y)`.
fn plate(
    (format, kind): (Format, SampleType),
    display: Rect,
    data: Rect,
    names: &[&str],
    value: impl Fn(usize, i32, i32) -> f32,
) -> Image {
    let channel = |(index, name): (usize, &&str)| {
        let rows = (data.y0..data.y1).flat_map(|y| (data.x0..data.x1).map(move |x| (x, y)));
        let floats: Vec<f32> = rows.map(|(x, y)| value(index, x, y)).collect();
        Channel {
            name: name.to_string(),
            samples: Samples::from_f32(kind, &floats),
        }
    };
    Image {
        display,
        data,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(format),
    }
}

/// The difference, as the node makes it.
fn subtract(background: &Image, painted: &Image) -> Result<Difference, Error> {
    let pair = Pair::new(&background.header(), &painted.header())?;
    let planes = painted.channels.iter().map(|channel| {
        let above = painted.plane(&channel.name, pair.window).unwrap();
        let below = background.plane(&channel.name, pair.window);
        let below = below.unwrap_or_else(|| vec![0.0; above.len()]);
        let minus = |(p, b): (f32, f32)| {
            if p.to_bits() == b.to_bits() {
                0.0
            } else {
                p - b
            }
        };
        above.into_iter().zip(below).map(minus).collect()
    });
    let planes = planes.collect();
    Difference::new(
        &painted.header(),
        Proof::of(background, painted),
        pair.window,
        planes,
    )
}

struct Travelled {
    folder: tempfile::TempDir,
    painted: PathBuf,
    restored: PathBuf,
    difference: Difference,
}

/// Writes the painted plate, sends the difference through a file, restores, writes.
fn travel(background: &Image, painted: &Image, codec: Option<Codec>) -> Travelled {
    let folder = tempfile::tempdir().unwrap();
    let extension = painted.metadata.format.name();
    let path = |name: &str| folder.path().join(name);
    let painted_path = path("painted").with_extension(extension);
    images::write(&painted_path, painted, &WriteOptions::default()).unwrap();
    let painted = read(&painted_path);

    let sent = subtract(background, &painted).unwrap();
    let file = path("difference.exr");
    let size = sent
        .write(
            &file,
            &WriteOptions {
                codec,
                ..WriteOptions::default()
            },
        )
        .unwrap();
    assert_eq!(size, fs::metadata(&file).unwrap().len());
    let difference = Difference::read(&file, &ReadOptions::default()).unwrap();
    assert_eq!(
        (&difference.target, &difference.proof),
        (&sent.target, &sent.proof)
    );
    assert_eq!(difference.target, painted.header());
    assert_eq!(difference.image().channels, sent.image().channels);
    difference.check_background(background).unwrap();

    let restored_path = path("restored").with_extension(extension);
    let restored = difference.restore(background);
    images::write(&restored_path, &restored, &WriteOptions::default()).unwrap();
    Travelled {
        folder,
        painted: painted_path,
        restored: restored_path,
        difference,
    }
}

/// The restored file holds what the painted file holds, attributes included.
fn assert_came_back(travelled: &Travelled) {
    let (painted, restored) = (read(&travelled.painted), read(&travelled.restored));
    let verdict = verify(&painted, &restored);
    assert!(verdict.exact, "{verdict:?}");
    assert_eq!((verdict.failing_pixels, verdict.failing_samples), (0, 0));
    assert!(travelled.difference.proves(&restored));
    assert!(painted == restored);
}

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
    let travelled = travel(&background, &painted, None);
    assert_came_back(&travelled);
    assert_eq!(travelled.difference.proof.changed_pixels, 256 * 255);
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
        let travelled = travel(&background, &painted, Some(codec));
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
        assert_came_back(&travel(&background, &painted, None));
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
    let travelled = travel(&background, &painted, None);
    assert_came_back(&travelled);
    assert_eq!(travelled.difference.image().data, Rect::new(5, 1, 6, 2));
    assert_eq!(travelled.difference.proof.changed_pixels, 1);
}

/// Float subtraction loses bits where paint is far darker than the plate; the verdict says so.
#[test]
fn the_verdict_is_honest() {
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Float);
    let background = plate(kind, window, window, &["R", "G", "B"], |_, _, _| 1.0);
    let painted = plate(kind, window, window, &["R", "G", "B"], |c, x, _| {
        if c < 2 && x == 1 { 1e-9 } else { 1.0 }
    });
    let travelled = travel(&background, &painted, None);
    let restored = read(&travelled.restored);
    let verdict = verify(&painted, &restored);
    assert!(!verdict.exact);
    assert_eq!((verdict.failing_pixels, verdict.failing_samples), (4, 8));
    assert!(!travelled.difference.proves(&restored));
}

#[test]
fn a_plate_of_other_windows_or_types_is_not_exact() {
    let window = Rect::new(0, 0, 4, 4);
    let make = |kind, data| plate((Format::Exr, kind), window, data, &["Y"], |_, _, _| 0.0);
    let painted = make(SampleType::Half, window);
    for other in [
        make(SampleType::Float, window),
        make(SampleType::Half, Rect::new(0, 0, 4, 3)),
    ] {
        let verdict = verify(&painted, &other);
        assert_eq!((verdict.exact, verdict.failing_samples), (false, 0));
    }
    let mut more = painted.clone();
    more.channels.push(Channel {
        name: "A".into(),
        samples: Samples::Half(vec![images::f16::ONE; 16]),
    });
    assert_eq!(verify(&painted, &more).failing_pixels, 16);
    assert_eq!(verify(&more, &painted).failing_pixels, 16);
}

#[test]
fn nothing_changed_is_one_sample() {
    let window = Rect::new(-5, 7, 60, 90);
    let plate = plate(
        (Format::Exr, SampleType::Half),
        window,
        window,
        &["R", "G", "B"],
        |_, x, y| (x * y) as f32,
    );
    let travelled = travel(&plate, &plate, None);
    assert_came_back(&travelled);
    let difference = travelled.difference.image();
    assert_eq!(difference.data, Rect::new(-5, 7, -4, 8));
    assert_eq!(difference.display, window);
    assert_eq!(travelled.difference.proof.changed_pixels, 0);
    assert!(
        fs::metadata(travelled.folder.path().join("difference.exr"))
            .unwrap()
            .len()
            < 2000
    );
}

#[test]
fn another_background_is_refused() {
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Half);
    let background = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let painted = plate(kind, window, window, &["Y"], |_, _, y| y as f32);
    let difference = subtract(&background, &painted).unwrap();
    let error = difference.check_background(&painted).unwrap_err();
    assert!(
        matches!(&error, Error::WrongBackground { expected, .. } if *expected == difference.proof.background_hash)
    );
    assert!(difference.proves(&painted) && !difference.proves(&background));
    assert_eq!(difference.proof.painted_hash, painted_hash(&painted));
}

#[test]
fn the_deliverable_is_made_of_any_planes() {
    let window = Rect::new(0, 0, 2, 1);
    let kind = (Format::Tiff, SampleType::U8);
    let painted = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let difference = subtract(&painted, &painted).unwrap();
    let around = Rect::new(-1, 0, 2, 1);
    let image = difference.deliver(around, &[vec![9.0, 0.1, 0.8]]).unwrap();
    assert_eq!(image.channels[0].samples, Samples::U8(vec![26, 204]));
    assert!(difference.deliver(around, &[vec![0.0; 2]]).is_err());
    assert!(difference.deliver(around, &[]).is_err());
}

#[test]
fn what_is_no_transfer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.exr");
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Float);
    let background = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let painted = plate(kind, window, window, &["Y"], |_, _, y| y as f32);
    let sound = subtract(&background, &painted).unwrap().image().clone();

    let options = ReadOptions::default();
    let refused = |image: &Image, reason: &str, options: &ReadOptions| {
        images::write(&path, image, &WriteOptions::default()).unwrap();
        let error = Difference::read(&path, options).unwrap_err();
        assert!(matches!(&error, Error::File { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with(path.to_str().unwrap()) && text.contains(reason),
            "{error} / {reason}"
        );
    };
    refused(&painted, "not a Deltaplate transfer", &options);
    for name in [
        "version",
        "operation",
        "backgroundHash",
        "paintedHash",
        "targetHeader",
        "changedPixels",
    ] {
        let mut image = sound.clone();
        image.metadata.remove(&format!("deltaplate:{name}"));
        refused(&image, "", &options);
    }
    let with = |name: &str, text: &str| {
        let mut image = sound.clone();
        image.metadata.set_text(&format!("deltaplate:{name}"), text);
        image
    };
    refused(&with("operation", "residual"), "'residual'", &options);
    refused(&with("changedPixels", "many"), "no number", &options);
    refused(&with("targetHeader", "{}"), "damaged", &options);
    let header = sound.metadata.text("deltaplate:targetHeader").unwrap();
    refused(
        &with("targetHeader", &header.replace("exr", "dpx")),
        "'dpx'",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("float", "uint12")),
        "'uint12'",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("\"Y\"", "\"A\"")),
        "channels or windows",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("[0,0,4,4]", "[0,0,-4,4]")),
        "without pixels",
        &options,
    );
    let huge = header.replace(
        "\"dataWindow\":[0,0,4,4]",
        "\"dataWindow\":[0,0,2147483647,2147483647]",
    );
    refused(&with("targetHeader", &huge), "limit", &options);
    let mut newer = sound.clone();
    newer.metadata.set_int("deltaplate:version", 2);
    refused(&newer, "version 2", &options);
    let mut halves = sound.clone();
    halves.channels[0].samples =
        Samples::from_f32(SampleType::Half, &halves.channels[0].samples.to_f32());
    refused(&halves, "channels or windows", &options);

    // A transfer cannot be the painted plate of another.
    let error = subtract(&background, &sound).unwrap_err();
    assert!(error.to_string().contains("itself a transfer"), "{error}");
    let difference = subtract(&background, &painted).unwrap();
    let error = difference
        .write(&folder.path().join("file.tif"), &WriteOptions::default())
        .unwrap_err();
    assert!(error.to_string().contains(".exr"), "{error}");
    let unfit = Difference::new(
        &painted.header(),
        difference.proof.clone(),
        window,
        vec![vec![0.0; 15]],
    );
    assert!(unfit.is_err());
}
