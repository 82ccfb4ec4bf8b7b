//! Shots in one file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use images::{Codec, Format, Parts, ReadOptions, Rect, SampleType, WriteOptions};
use transfer::{Difference, Pack, Packing, pack};

use crate::support::{attribute, plate, subtract};

/// A shot of 20 frames, each with a time code of its own, and a residual or replaced samples in some.
fn shot(folder: &Path) -> BTreeMap<i64, PathBuf> {
    let window = Rect::new(0, 0, 160, 90);
    let kind = (Format::Exr, SampleType::Float);
    let mut frames = BTreeMap::new();
    for frame in 1001..1021 {
        let shade = move |c: usize, x: i32, y: i32| 1.0 + (c as i32 + x * y + frame) as f32 / 77.0;
        let background = plate(kind, window, window, &["R", "G", "B"], shade);
        let mut painted = plate(kind, window, window, &["R", "G", "B"], |c, x, y| {
            match (x, y) {
                (3..40, 5..30) => 0.5,
                (70, 5) if frame % 2 == 0 => 1e-9,
                (80, 5) if frame % 3 == 0 => f32::NAN,
                _ => shade(c, x, y),
            }
        });
        let code = (frame as u64).to_le_bytes();
        painted
            .metadata
            .set(attribute("timeCode", "timecode", &code));
        painted.metadata.set(attribute(
            "lineOrder",
            "lineOrder",
            &[u8::from(frame % 4 == 0)],
        ));
        painted
            .metadata
            .set(attribute("version", "string", b"a plate's own"));
        let path = folder.join(format!("{frame}.exr"));
        let made = subtract(&background, &painted).unwrap();
        let codec = [Codec::Zip, Codec::Piz][frame as usize % 2];
        made.write(&path, Packing::With(codec)).unwrap();
        frames.insert(frame.into(), path);
    }
    frames
}

#[test]
fn a_shot_is_packed_and_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let frames = shot(folder.path());
    let path = folder.path().join("shot.exr");
    let options = ReadOptions::default();
    let bytes = pack(&frames, &path, &options).unwrap();
    assert_eq!(bytes, fs::metadata(&path).unwrap().len());
    // What other readers take for common to all parts is not there.
    let parts = images::Parts::open(&path).unwrap();
    for header in parts.headers() {
        assert_eq!(header.metadata.get("timeCode"), None);
    }
    let mut file = Pack::open(&path).unwrap();
    assert!(file.frames().eq(1001..1021));
    let alone = folder.path().join("alone.exr");
    // Backwards: no frame needs another.
    for (&frame, own) in frames.iter().rev() {
        let difference = file.read(frame, &options).unwrap();
        difference.write(&alone, Packing::Own).unwrap();
        assert!(
            fs::read(&alone).unwrap() == fs::read(own).unwrap(),
            "{frame}"
        );
    }
    let error = file.read(7, &options).unwrap_err();
    assert!(error.to_string().contains("no frame 7"), "{error}");

    // One frame costs the headers and its own blocks.
    let mut file = Pack::open(&path).unwrap();
    file.read(1013, &options).unwrap();
    let headers = images::Parts::open(&path).unwrap().bytes_read();
    assert!(
        file.bytes_read() - headers < bytes / 8,
        "{} {headers} {bytes}",
        file.bytes_read()
    );

    let error = Difference::read(&path, &options).unwrap_err();
    assert!(error.to_string().contains("a pack of 20 frames"), "{error}");
    let Err(error) = Pack::open(&alone) else {
        panic!("a single difference is no pack");
    };
    assert!(error.to_string().contains("not a pack"), "{error}");
}

/// What a NaN is equal in.
fn text(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// The index of a pack spares the headers of the other frames; where it is no longer true, they are
/// read, with the same result.
#[test]
fn a_frame_of_a_pack_is_probed_by_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let frames = shot(folder.path());
    let path = folder.path().join("shot.exr");
    let options = ReadOptions::default();
    pack(&frames, &path, &options).unwrap();
    let headers = Parts::open(&path).unwrap().bytes_read();
    let probe = |path: &Path, pixel: [i32; 2], frames: &[i64]| {
        transfer::probe(path, pixel, frames, &options)
    };

    let bytes = fs::read(&path).unwrap();
    let start = b"deltaplate:index\0string\0";
    let at = bytes.windows(start.len()).position(|w| w == start);
    let at = at.unwrap() + start.len() + 4;
    // The digits of the positions of 1013: its line is the thirteenth.
    let lines = bytes[at..].split(|&byte| byte == b'\n').take(13);
    let end = at + lines.map(|line| line.len() + 1).sum::<usize>() - 1;
    let stale = |name: &str, change: &dyn Fn(&mut [u8])| {
        let mut bytes = bytes.clone();
        change(&mut bytes[..end]);
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let others = [
        // The table is elsewhere, the header is another frame's, the line is.
        stale("table.exr", &|line| line[line.len() - 1] ^= 1),
        stale("header.exr", &|line| line[line.len() - 17] ^= 1),
        stale("other.exr", &|line| {
            line.swap(line.len() - 29, line.len() - 27)
        }),
        stale("none.exr", &|line| line[at - start.len() - 4] = b'x'),
    ];
    for pixel in [[5, 6], [70, 5], [80, 5], [0, 0], [500, 500]] {
        let history = probe(&path, pixel, &[]).unwrap().parts;
        for frame in frames.keys() {
            let found = probe(&path, pixel, &[*frame]).unwrap();
            assert!(found.bytes_read < headers, "{}", found.bytes_read);
            let end = format!(".{frame}");
            let of_frame = history.iter().filter(|part| {
                let name = part.name.as_deref();
                name.is_some_and(|name| name.ends_with(&end))
            });
            let expected: Vec<_> = of_frame.collect();
            assert_eq!(text(&found.parts), text(&expected));
        }
        let expected = probe(&path, pixel, &[1013]).unwrap().parts;
        for other in &others {
            let found = probe(other, pixel, &[1013]).unwrap().parts;
            assert_eq!(text(&found), text(&expected), "{}", other.display());
        }
    }
    // What is true of none is not trusted.
    let found = probe(&others[1], [5, 6], &[1013]).unwrap();
    assert!(found.bytes_read > headers, "{} {headers}", found.bytes_read);
    assert!(probe(&path, [5, 6], &[7]).is_err());
}

#[test]
fn what_does_not_fit_is_not_packed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shot.exr");
    let kind = (Format::Exr, SampleType::Half);
    let mut frames = BTreeMap::new();
    for (frame, size) in [(1, 8), (2, 9)] {
        let window = Rect::new(0, 0, size, size);
        let grey = plate(kind, window, window, &["Y"], |_, _, _| 0.5);
        let black = plate(kind, window, window, &["Y"], |_, _, _| 0.0);
        let own = folder.path().join(format!("{frame}.exr"));
        subtract(&black, &grey)
            .unwrap()
            .write(&own, Packing::Own)
            .unwrap();
        frames.insert(frame, own);
    }
    let refused = |frames: &BTreeMap<i64, PathBuf>| {
        let error = pack(frames, &path, &ReadOptions::default()).unwrap_err();
        assert!(!path.exists());
        error.to_string()
    };
    let error = refused(&frames);
    assert!(
        error.contains("2.exr") && error.contains("display window"),
        "{error}"
    );
    let window = Rect::new(0, 0, 8, 8);
    let plain = plate(kind, window, window, &["Y"], |_, _, _| 0.5);
    images::write(&frames[&2], &plain, &WriteOptions::default()).unwrap();
    assert!(refused(&frames).contains("2.exr: not a Deltaplate transfer"));
    fs::remove_file(&frames[&2]).unwrap();
    assert!(refused(&frames).contains("2.exr"));
}
