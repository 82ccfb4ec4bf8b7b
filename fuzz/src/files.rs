//! Image files: what is read whole and in strips is the same, and what was read can be written.

use std::ops::Range;
use std::path::Path;

use images::{Error, ErrorKind, Image, Parts, ReadOptions, Strips, WriteOptions};

use super::scratch::Scratch;

/// Small, so that what is too large is seen to be refused.
pub const OPTIONS: ReadOptions = ReadOptions {
    max_bytes: 1 << 18,
    parallel: false,
};

/// Any bytes as an EXR.
pub fn exr(bytes: &[u8]) {
    image(bytes, "in.exr");
}

/// Any bytes as a TIFF.
pub fn tiff(bytes: &[u8]) {
    image(bytes, "in.tif");
}

/// Any bytes as a PNG.
pub fn png(bytes: &[u8]) {
    image(bytes, "in.png");
}

/// Any bytes as a DPX.
pub fn dpx(bytes: &[u8]) {
    image(bytes, "in.dpx");
}

/// Any bytes as a Radiance HDR.
pub fn hdr(bytes: &[u8]) {
    image(bytes, "in.hdr");
}

fn image(bytes: &[u8], name: &str) {
    let scratch = Scratch::new();
    let path = scratch.file(name, bytes);
    let info = images::info(&path);
    let whole = images::read(&path, &OPTIONS);
    let step = 1 + bytes.len() % 5;
    let down = in_strips(&path, step, false);
    let up = in_strips(&path, step, true);
    if name.ends_with(".exr") {
        parts(&path);
    }
    match whole {
        Ok(image) => {
            let info = info.expect("what can be read can be described");
            assert_eq!(info.header, image.header());
            for strips in [down, up] {
                let strips = strips.expect("what can be read whole can be read in strips");
                assert!(strips == image, "strips give another image");
            }
            written(&scratch, name, &image);
        }
        Err(error) => {
            says_something(&error, &path);
            if error.kind != ErrorKind::TooLarge {
                assert!(down.is_err() && up.is_err(), "strips do not see: {error}");
            }
        }
    }
}

/// An image of at most the limit, read some rows at a time.
fn in_strips(path: &Path, parts: usize, upward: bool) -> Result<Image, Error> {
    let mut file = Strips::open(path, &OPTIONS)?;
    let header = file.header().clone();
    let (top, end) = (i64::from(header.data.y0), i64::from(header.data.y1));
    let step = header.data.height().div_ceil(parts).max(1);
    let mut ranges: Vec<Range<i32>> = (top..end)
        .step_by(step)
        .map(|y| y as i32..end.min(y + step as i64) as i32)
        .collect();
    if upward {
        ranges.reverse();
    }
    let mut strips = Vec::new();
    let mut bytes = 0;
    for range in ranges {
        let strip = file.read(range.clone())?;
        assert_eq!(strip.data.y0..strip.data.y1, range);
        bytes += strip.header().decoded_bytes();
        if bytes > OPTIONS.max_bytes {
            // Whole it is refused.
            return Ok(strip);
        }
        strips.push(strip);
    }
    if upward {
        strips.reverse();
    }
    let mut strips = strips.into_iter();
    let mut image = strips.next().expect("an image has rows");
    strips.for_each(|strip| image.append(strip));
    Ok(image)
}

/// Every part of an EXR, whole and in rows.
fn parts(path: &Path) {
    let Ok(mut parts) = Parts::open(path) else {
        return;
    };
    for part in 0..parts.headers().len().min(4) {
        let header = parts.headers()[part].clone();
        let row = header.data.y0..header.data.y0.saturating_add(1);
        match parts.read(part, &OPTIONS) {
            Ok(whole) => {
                let rows = parts.read_rows(part, row.clone(), &OPTIONS);
                let rows = rows.expect("a part that can be read can be read in rows");
                assert!(rows.rows(row.clone()) == whole.rows(row));
            }
            Err(error) => says_something(&error, path),
        }
    }
}

/// What was read can be written, and is then the same.
fn written(scratch: &Scratch, name: &str, image: &Image) {
    let path = scratch.path(&format!("out-{name}"));
    images::write(&path, image, &WriteOptions::default()).expect("what was read can be written");
    let back = images::read(&path, &OPTIONS).expect("what was written can be read");
    assert!(back.channels == image.channels, "other samples come back");
    assert_eq!(
        (back.display, back.data, back.pixel_aspect.to_bits()),
        (image.display, image.data, image.pixel_aspect.to_bits())
    );
    let again = scratch.path(&format!("again-{name}"));
    images::write(&again, &back, &WriteOptions::default()).expect("it can be written again");
    let [first, second] = [path, again].map(|path| std::fs::read(path).expect("it is there"));
    assert!(first == second, "written again it is another file");
    assert_eq!(scratch.names().len(), 3, "something is left behind");
}

/// An error says what is wrong, in a line that names the file.
pub fn says_something(error: &Error, path: &Path) {
    let said = error.to_string();
    assert!(said.starts_with(&path.display().to_string()), "{said}");
    assert!(
        !error.message.is_empty() && said.chars().count() < 600,
        "{said}"
    );
    assert!(!said.chars().any(char::is_control), "{said:?}");
}
