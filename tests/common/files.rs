//! Frames as files.

use std::path::Path;

use host::{Components, Frame};
use images::{Channel, Format, Image, Metadata, Rect, Samples, WriteOptions};

/// A frame as a float image, its display window somewhere else.
pub fn image_of(frame: &Frame) -> Image {
    let bounds = frame.bounds();
    let (width, height) = (bounds.width() as i32, bounds.height() as i32);
    let window = Rect {
        x0: 100,
        y0: -50,
        x1: 100 + width,
        y1: -50 + height,
    };
    let names: &[&str] = match frame.components() {
        Components::Rgba => &["R", "G", "B", "A"],
        Components::Rgb => &["R", "G", "B"],
        Components::Alpha => &["Y"],
    };
    let plane = |c: usize| {
        let rows = (bounds.y1..bounds.y2).rev();
        rows.flat_map(|y| {
            frame
                .row(y)
                .unwrap()
                .iter()
                .skip(c)
                .step_by(names.len())
                .copied()
        })
        .collect()
    };
    let channel = |(c, name): (usize, &&str)| Channel {
        name: (*name).to_owned(),
        samples: Samples::Float(plane(c)),
    };
    Image {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(Format::Exr),
    }
}

/// Writes a frame as an EXR. Starts no thread.
pub fn write(path: &Path, frame: &Frame) {
    let options = WriteOptions {
        parallel: false,
        ..WriteOptions::default()
    };
    images::write(path, &image_of(frame), &options).unwrap();
}
