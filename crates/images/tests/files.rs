//! Files that are missing, hostile or damaged, and targets that cannot be written.

mod common;

use std::fs;
use std::path::Path;

use common::{attribute, data, image, noise, read, write};
use images::{Codec, Error, ErrorKind, Format, Image, ReadOptions, Rect, SampleType, WriteOptions};

fn kind_of(path: &Path) -> ErrorKind {
    let error = read(path).unwrap_err();
    assert!(
        error.to_string().starts_with(&path.display().to_string()),
        "{error}"
    );
    error.kind
}

#[test]
fn what_is_no_file_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(kind_of(folder.path()), ErrorKind::Io);
    assert_eq!(kind_of(&folder.path().join("missing.exr")), ErrorKind::Io);
}

#[test]
fn the_content_tells_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frame.png");
    fs::copy(data("window.exr"), &path).unwrap();
    assert_eq!(read(&path).unwrap().metadata.format, Format::Exr);
    for (bytes, kind, reason) in [
        (&b""[..], ErrorKind::Damaged, "empty"),
        (
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            ErrorKind::Unsupported,
            "lossy",
        ),
        (b"SDPX\0\0", ErrorKind::Damaged, "ends early"),
        (
            b"#?RADIANCE\n",
            ErrorKind::Damaged,
            "HDR's header has no end",
        ),
        (
            b"no image at all",
            ErrorKind::Unsupported,
            "EXR, TIFF, PNG, DPX or HDR",
        ),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(error.to_string().contains(reason), "{error}");
    }
}

/// An EXR header and nothing behind it, for windows as given (corners inside).
fn bare_exr(window: [i32; 4], codec: u8) -> Vec<u8> {
    let mut bytes = vec![0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0];
    let window = window.map(i32::to_le_bytes).concat();
    let mut channels = Vec::new();
    for name in [b"A", b"B", b"G", b"R"] {
        channels.extend(name);
        channels.extend([0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    }
    channels.push(0);
    for (name, kind, value) in [
        ("channels", "chlist", channels),
        ("compression", "compression", vec![codec]),
        ("dataWindow", "box2i", window.clone()),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", vec![0]),
        ("pixelAspectRatio", "float", 1f32.to_le_bytes().to_vec()),
        ("screenWindowCenter", "v2f", vec![0; 8]),
        ("screenWindowWidth", "float", 1f32.to_le_bytes().to_vec()),
    ] {
        bytes.extend(name.bytes().chain([0]).chain(kind.bytes()).chain([0]));
        bytes.extend((value.len() as i32).to_le_bytes());
        bytes.extend(value);
    }
    bytes.push(0);
    bytes
}

#[test]
fn a_header_that_claims_too_much_is_an_error_not_an_abort() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.exr");
    for codec in 0..10 {
        for size in [20_000, 1 << 29] {
            fs::write(&path, bare_exr([0, 0, size - 1, size - 1], codec)).unwrap();
            assert_eq!(kind_of(&path), ErrorKind::TooLarge, "{codec} {size}");
            // The header alone may be looked at.
            assert_eq!(
                images::info(&path).unwrap().header.data.width(),
                size as usize
            );
            // Nor does a larger limit help.
            let unbounded = ReadOptions {
                max_bytes: u64::MAX,
                parallel: false,
            };
            assert_eq!(
                images::read(&path, &unbounded).unwrap_err().kind,
                ErrorKind::TooLarge
            );
        }
    }
    for window in [
        [0, 0, -1, 9],
        [5, 5, 4, 4],
        [i32::MIN, 0, i32::MAX, 0],
        [0, 0, i32::MAX, 0],
    ] {
        fs::write(&path, bare_exr(window, 3)).unwrap();
        assert_eq!(kind_of(&path), ErrorKind::Damaged, "{window:?}");
    }
    // One row, whose block is not there.
    fs::write(&path, bare_exr([0, 0, 7, 0], 3)).unwrap();
    assert_eq!(kind_of(&path), ErrorKind::Damaged);
}

#[test]
fn the_limit_is_the_callers() {
    let folder = tempfile::tempdir().unwrap();
    let window = Rect::new(0, 0, 64, 64);
    for (name, format) in [
        ("a.exr", Format::Exr),
        ("a.tif", Format::Tiff),
        ("a.png", Format::Png),
        ("a.dpx", Format::Dpx),
    ] {
        let kind = if format == Format::Exr {
            SampleType::Half
        } else {
            SampleType::U16
        };
        let path = folder.path().join(name);
        write(&path, &image(format, window, &["R", "G", "B"], kind, 3)).unwrap();
        let exact = ReadOptions {
            max_bytes: 64 * 64 * 6,
            parallel: true,
        };
        assert!(images::read(&path, &exact).is_ok());
        let less = ReadOptions {
            max_bytes: 64 * 64 * 6 - 1,
            ..exact
        };
        let error = images::read(&path, &less).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooLarge);
        assert!(error.to_string().contains("24575"), "{error}");
    }
}

/// Black frames pack best of all; none of ours may be taken for hostile.
#[test]
fn black_frames_are_not_taken_for_hostile() {
    let folder = tempfile::tempdir().unwrap();
    for (format, name) in [
        (Format::Exr, "a.exr"),
        (Format::Tiff, "a.tif"),
        (Format::Png, "a.png"),
    ] {
        let path = folder.path().join(name);
        let kinds = match format {
            Format::Exr => [SampleType::Half, SampleType::Float],
            _ => [SampleType::U8, SampleType::U16],
        };
        for kind in kinds {
            let mut black = image(
                format,
                Rect::new(0, 0, 1024, 512),
                &["R", "G", "B"],
                kind,
                1,
            );
            for channel in &mut black.channels {
                channel.samples = images::Samples::zeros(kind, 1024 * 512);
            }
            for codec in [
                "none", "rle", "zips", "zip", "piz", "deflate", "lzw", "packbits",
            ] {
                let codec = Codec::from_name(codec).unwrap();
                if codec.writes(format) {
                    images::write(
                        &path,
                        &black,
                        &WriteOptions {
                            codec: Some(codec),
                            parallel: true,
                        },
                    )
                    .unwrap();
                    assert!(read(&path).unwrap().channels == black.channels);
                }
            }
        }
    }
}

fn samples_of_each_kind() -> Vec<(&'static str, Image)> {
    let window = Rect::new(0, 0, 37, 41);
    let mut exr = image(Format::Exr, window, &["R", "G", "B"], SampleType::Half, 5);
    exr.metadata.set_text("comments", "a frame");
    let mut tiff = image(Format::Tiff, window, &["R", "G", "B"], SampleType::U8, 5);
    tiff.metadata.set(attribute("270", "ASCII", b"a frame\0"));
    tiff.metadata
        .set(attribute("exif:36864", "UNDEFINED", b"0232"));
    let mut png = image(Format::Png, window, &["Y", "A"], SampleType::U16, 5);
    png.metadata
        .set(attribute("tEXt", "before", b"Title\0a frame"));
    let dpx = image(Format::Dpx, window, &["R", "G", "B"], SampleType::U10, 5);
    // Tiled, of two parts, with integers.
    let mut ids = image(Format::Exr, window, &["id"], SampleType::Uint, 6);
    ids.metadata.set_tiles([9, 7]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.exr");
    let parts = [("a", &exr, Codec::Zip), ("b", &ids, Codec::None)];
    images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();
    let parts = read(&path).unwrap();
    let mut hdr = image(Format::Hdr, window, &["R", "G", "B"], SampleType::Float, 5);
    for channel in &mut hdr.channels {
        let codes = (0..37 * 41).map(|at| (at / 5 % 256) as f32 / 64.0);
        channel.samples = images::Samples::Float(codes.collect());
    }
    vec![
        ("a.exr", exr),
        ("parts.exr", parts),
        ("tiles.exr", ids),
        ("a.tif", tiff),
        ("a.png", png),
        ("a.dpx", dpx),
        ("a.hdr", hdr),
    ]
}

/// Every file cut short is an error that says so.
#[test]
fn truncated_files_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for (name, image) in samples_of_each_kind() {
        let path = folder.path().join(name);
        write(&path, &image).unwrap();
        let whole = fs::read(&path).unwrap();
        // A PNG whose last chunk's sum is cut off is whole but for that.
        for len in (0..whole.len() - 4).step_by(41) {
            fs::write(&path, &whole[..len]).unwrap();
            let error = read(&path).unwrap_err();
            assert_ne!(error.kind, ErrorKind::Io, "{name} {len}: {error}");
        }
    }
}

/// Damaged bytes give an image or an error, never a panic or an abort.
#[test]
fn damaged_files_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    for (name, image) in samples_of_each_kind() {
        for codec in [
            "none", "rle", "zips", "zip", "piz", "deflate", "lzw", "packbits",
        ] {
            let codec = Codec::from_name(codec).unwrap();
            if !codec.writes(image.metadata.format) {
                continue;
            }
            let path = folder.path().join(name);
            images::write(
                &path,
                &image,
                &WriteOptions {
                    codec: Some(codec),
                    parallel: false,
                },
            )
            .unwrap();
            let whole = fs::read(&path).unwrap();
            let mut next = noise(11);
            let options = ReadOptions {
                max_bytes: 1 << 24,
                parallel: false,
            };
            for round in 0..150 {
                let mut bytes = whole.clone();
                // Mostly in the header, which is where the claims are.
                let reach = if round % 4 == 0 {
                    bytes.len()
                } else {
                    bytes.len().min(600)
                };
                for _ in 0..1 + round % 3 {
                    let at = next() as usize % reach;
                    bytes[at] = next() as u8;
                }
                fs::write(&path, bytes).unwrap();
                let _: Result<Image, Error> = images::read(&path, &options);
            }
        }
    }
}

#[test]
fn a_failed_write_leaves_the_target_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target.png");
    let sound = image(
        Format::Png,
        Rect::new(0, 0, 4, 4),
        &["Y"],
        SampleType::U8,
        1,
    );
    write(&path, &sound).unwrap();
    let old = fs::read(&path).unwrap();

    // The chunk is found wrong when half the file is written.
    let mut broken = sound.clone();
    broken.metadata.set(attribute("too long", "after", &[]));
    assert_eq!(write(&path, &broken).unwrap_err().kind, ErrorKind::Invalid);
    assert_eq!(fs::read(&path).unwrap(), old);

    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = write(&path, &sound).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Io);
    assert!(error.to_string().contains("read-only"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), old);

    for target in ["no/such/folder.png", "."] {
        let target = folder.path().join(target);
        assert!(matches!(
            write(&target, &sound).unwrap_err().kind,
            ErrorKind::Io | ErrorKind::Unsupported
        ));
    }
    assert_eq!(
        write(&folder.path().join("a.jpg"), &sound)
            .unwrap_err()
            .kind,
        ErrorKind::Unsupported
    );
    // Nothing but the target is left.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (
        folder.path().join("real.png"),
        folder.path().join("link.png"),
    );
    let sound = image(
        Format::Png,
        Rect::new(0, 0, 4, 4),
        &["Y"],
        SampleType::U8,
        1,
    );
    write(&real, &sound).unwrap();
    let fresh = fs::File::create(folder.path().join("fresh")).unwrap();
    let mode = |facts: fs::Metadata| facts.permissions().mode() & 0o777;
    // As any new file has them under this process's mask.
    assert_eq!(
        mode(fs::metadata(&real).unwrap()),
        mode(fresh.metadata().unwrap())
    );
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();
    fs::write(&real, b"old").unwrap();
    write(&link, &sound).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&real).unwrap(), sound);
    assert_eq!(mode(fs::metadata(&real).unwrap()), 0o640);
}
