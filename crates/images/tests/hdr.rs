//! Radiance HDR against files made by hand, and there and back.

mod common;

use std::fs;

use common::{image, read, write};
use images::{Error, ErrorKind, Format, Image, ReadOptions, Rect, SampleType, Samples, Strips};
use proptest::prelude::*;

fn floats<'a>(image: &'a Image, name: &str) -> &'a [f32] {
    match &image.channel(name).unwrap().samples {
        Samples::Float(samples) => samples,
        other => panic!("{:?}", other.sample_type()),
    }
}

const HEAD: &str =
    "#?RADIANCE\n# made by hand\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=2.5\nPIXASPECT=0.5\n\n";

#[test]
fn each_way_to_pack_a_line_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hdr");
    let make = |lines: &[u8], width: usize, height: usize| {
        let mut file = format!("{HEAD}-Y {height} +X {width}\n").into_bytes();
        file.extend(lines);
        fs::write(&path, file).unwrap();
        read(&path)
    };
    // Whole pixels.
    let image = make(&[128, 64, 0, 129, 255, 1, 2, 137], 2, 1).unwrap();
    assert_eq!(floats(&image, "R"), [1.0, 510.0]);
    assert_eq!(floats(&image, "G"), [0.5, 2.0]);
    assert_eq!(floats(&image, "B"), [0.0, 4.0]);
    assert_eq!(image.pixel_aspect, 2.0);
    // The oldest runs: three, then 256 more by a second digit.
    let image = make(&[128, 64, 0, 129, 1, 1, 1, 3, 1, 1, 1, 1], 260, 1).unwrap();
    assert!(floats(&image, "R").iter().all(|&r| r == 1.0));
    // Runs of components.
    let line = [
        2, 2, 0, 8, 136, 128, 136, 64, 8, 0, 1, 2, 3, 4, 5, 6, 7, 136, 129,
    ];
    let image = make(&[line, line].concat(), 8, 2).unwrap();
    assert!(floats(&image, "G").iter().all(|&g| g == 0.5));
    assert_eq!(floats(&image, "B")[8 + 3], 3.0 / 128.0);
    assert!(
        image
            .metadata
            .get("header")
            .unwrap()
            .value
            .starts_with(HEAD.as_bytes())
    );
    // Damaged.
    for (lines, reason) in [
        (&[2, 2, 0, 8, 137, 1][..], "longer than its line"),
        (&[2, 2, 0, 8, 0], "no length"),
        (&[2, 2, 0, 9, 1], "wrong width"),
        (&[2, 2, 0, 8, 136, 128], "ends early"),
        (&[1, 2, 3, 4, 1, 1, 1, 9], "longer than its line"),
    ] {
        let error = make(lines, 8, 1).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Damaged);
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(
        make(&[0; 40], 1 << 20, 1 << 10).unwrap_err().kind,
        ErrorKind::TooLarge
    );
    for (head, kind) in [
        (
            "#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 1\n",
            ErrorKind::Unsupported,
        ),
        ("#?RADIANCE\n\n+Y 1 +X 1\n", ErrorKind::Unsupported),
        ("#?RADIANCE\n\n-Y 0 +X 1\n", ErrorKind::Damaged),
        ("#?RADIANCE\n\n-Y 99999999999 +X 1\n", ErrorKind::Damaged),
        ("#?RADIANCE\n\nsize\n", ErrorKind::Damaged),
    ] {
        fs::write(&path, format!("{head}0000")).unwrap();
        assert_eq!(read(&path).unwrap_err().kind, kind, "{head}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What was read can be written, with every value and the header's lines.
    #[test]
    fn any_file_comes_back(
        width in 1usize..300,
        height in 1usize..9,
        seed: u32,
        runs in 1usize..40,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (path, again) = (folder.path().join("a.hdr"), folder.path().join("b.hdr"));
        let mut next = common::noise(seed.into());
        let mut file = format!("{HEAD}-Y {height} +X {width}\n").into_bytes();
        let mut pixel = [0; 4];
        for at in 0..width * height {
            if at % runs == 0 {
                pixel = next().to_le_bytes();
                // Neither a run nor a packed line.
                pixel[0] |= 4;
            }
            file.extend(pixel);
        }
        fs::write(&path, file).unwrap();
        let image = read(&path).unwrap();
        write(&again, &image).unwrap();
        let back = read(&again).unwrap();
        prop_assert!(back.channels == image.channels);
        prop_assert_eq!(&back.metadata, &image.metadata);

        let mut strips = Strips::open(&again, &ReadOptions::default()).unwrap();
        let height = height as i32;
        for rows in [height / 2..height, 0..1, 0..height, height - 1..height] {
            let strip = strips.read(rows.clone()).unwrap();
            prop_assert!(strip.channels == image.rows(rows).channels);
        }
    }
}

#[test]
fn other_floats_have_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hdr");
    let window = Rect::new(0, 0, 4, 4);
    let refuse = |image: &Image| -> Error {
        let error = write(&path, image).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
        assert!(!path.exists());
        error
    };
    let mut colours = image(Format::Exr, window, &["R", "G", "B"], SampleType::Float, 1);
    assert!(refuse(&colours).to_string().contains("write EXR"));
    refuse(&image(
        Format::Exr,
        window,
        &["R", "G", "B"],
        SampleType::Half,
        1,
    ));
    refuse(&image(Format::Exr, window, &["Y"], SampleType::Float, 1));
    for channel in &mut colours.channels {
        channel.samples = Samples::Float(vec![0.5; 16]);
    }
    write(&path, &colours).unwrap();
    assert!(read(&path).unwrap().channels == colours.channels);
}
