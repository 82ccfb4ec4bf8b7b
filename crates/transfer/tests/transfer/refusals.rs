//! What is no transfer, or not this plate's.

use std::fs;

use images::{Channel, Format, Image, ReadOptions, Rect, SampleType, Samples, WriteOptions};
use transfer::{Difference, Error, Packing, painted_hash, verify};

use crate::common::{min, planes};
use crate::support::{assert_came_back, encode, plate, subtract, travel};

/// A node that renders something else is found out.
#[test]
fn planes_that_do_not_restore_the_plate_are_refused() {
    let window = Rect::new(0, 0, 4, 4);
    let kind = (Format::Exr, SampleType::Float);
    let background = plate(kind, window, window, &["Y"], |_, x, _| x as f32);
    let painted = plate(kind, window, window, &["Y"], |_, _, y| y as f32 + 0.1);
    for wrong in [
        |b, p, output| min(b, p, output) * 0.5,
        |_, _, _| 0.0,
        |_, _, _| f32::NAN,
    ] {
        let render =
            |window, output| planes(&background, &painted, window, |b, p| wrong(b, p, output));
        let error = encode(&background, &painted, render).unwrap_err();
        assert!(matches!(&error, Error::Proof(_)), "{error}");
    }
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
    let travelled = travel(&plate, &plate, Packing::Own);
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
    let planes = vec![vec![9.0, 0.1, 0.8]];
    let image = difference.deliver(around, planes).unwrap();
    assert_eq!(image.channels[0].samples, Samples::U8(vec![26, 204]));
    assert!(difference.deliver(around, vec![vec![0.0; 2]]).is_err());
    assert!(difference.deliver(around, vec![]).is_err());
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
        "residualSamples",
        "replacedSamples",
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
        &with("targetHeader", &header.replace("exr", "gif")),
        "'gif'",
        &options,
    );
    refused(
        &with("targetHeader", &header.replace("float", "uint99")),
        "'uint99'",
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
    let left_out = with("residualSamples", "7");
    refused(&left_out, "'residual' with 7 samples is missing", &options);

    // A transfer cannot be the painted plate of another.
    let error = subtract(&background, &sound).unwrap_err();
    assert!(error.to_string().contains("itself a transfer"), "{error}");
    let difference = subtract(&background, &painted).unwrap();
    let error = difference
        .write(&folder.path().join("file.tif"), Packing::Own)
        .unwrap_err();
    assert!(error.to_string().contains(".exr"), "{error}");
    let unfit = Difference::encode(&background, &painted, window, |_| -> Result<_, Error> {
        Ok(vec![vec![0.0; 15]])
    });
    assert!(matches!(unfit, Err(Error::Plates(_))));
}
