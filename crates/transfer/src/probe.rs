//! One pixel of a file, without decoding the rest.

use std::path::Path;

use images::{ErrorKind, Image, Parts, ReadOptions, Rect, SampleType, Samples};

use crate::Error;

/// What a file holds at one pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Each part of an EXR; one for other files.
    pub parts: Vec<PartProbe>,
    /// Bytes that were fetched from the file for it.
    pub bytes_read: u64,
    /// The file's size.
    pub file_bytes: u64,
}

/// What a part holds at one pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct PartProbe {
    /// The part's name, if it has one.
    pub name: Option<String>,
    /// Whether the pixel lies in the part's data window; every sample is 0 outside.
    pub inside: bool,
    /// A sample of each channel.
    pub samples: Vec<Sample>,
}

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The channel's name.
    pub channel: String,
    /// Its type in the file.
    pub sample_type: SampleType,
    /// Its native bits.
    pub bits: u32,
    /// Its value: the float view's, of a `uint` the integer.
    pub value: f64,
}

/// Looks at the pixel (`x`, `y`), in the file's coordinates. Of an EXR only the headers and the one
/// block that holds the pixel are read from each part; a file of another format is decoded whole.
/// Of a pack, only the parts of `frames`, or all where there are none.
///
/// # Errors
///
/// [`Error::Image`] where the file cannot be read, [`Error::File`] where it has not all those frames.
pub fn probe(
    path: &Path,
    [x, y]: [i32; 2],
    frames: &[i64],
    options: &ReadOptions,
) -> Result<Probe, Error> {
    match Parts::open(path) {
        Ok(mut file) => {
            let headers = file.headers();
            let is_of = |part: usize, frame: &i64| {
                let name = headers[part].part_name();
                name.is_some_and(|name| name.ends_with(&format!(".{frame}")))
            };
            let is_wanted =
                |&part: &usize| frames.is_empty() || frames.iter().any(|frame| is_of(part, frame));
            let wanted: Vec<usize> = (0..headers.len()).filter(is_wanted).collect();
            let is_there = |frame: &i64| wanted.iter().any(|&part| is_of(part, frame));
            refuse_missing(path, frames.iter().filter(|frame| !is_there(frame)))?;
            probe_parts(&mut file, &wanted, x, y, options)
        }
        // Not an EXR, or one that nothing here reads.
        Err(error) if error.kind == ErrorKind::Unsupported => {
            let file_bytes = images::info(path)?.file_bytes;
            let image = images::read(path, options)?;
            refuse_missing(path, frames.iter())?;
            Ok(Probe {
                parts: vec![PartProbe::of(None, &image, x, y)],
                bytes_read: file_bytes,
                file_bytes,
            })
        }
        Err(error) => Err(error.into()),
    }
}

fn refuse_missing<'a>(path: &Path, missing: impl Iterator<Item = &'a i64>) -> Result<(), Error> {
    let missing: Vec<i64> = missing.copied().collect();
    match missing.as_slice() {
        [] => Ok(()),
        missing => Err(Error::file(
            path,
            format!("it has no frame {}", images::ranges(missing)),
        )),
    }
}

fn probe_parts(
    file: &mut Parts,
    numbers: &[usize],
    x: i32,
    y: i32,
    options: &ReadOptions,
) -> Result<Probe, Error> {
    let mut parts = Vec::new();
    for &index in numbers {
        let header = &file.headers()[index];
        let name = header.part_name().map(str::to_owned);
        // Outside the data window no block is read.
        let pixel = Rect::new(x, y, x.saturating_add(1), y.saturating_add(1));
        let image = file.read_window(index, pixel, options)?;
        parts.push(PartProbe::of(name, &image, x, y));
    }
    Ok(Probe {
        parts,
        bytes_read: file.bytes_read(),
        file_bytes: file.file_bytes(),
    })
}

impl PartProbe {
    fn of(name: Option<String>, image: &Image, x: i32, y: i32) -> Self {
        let inside = image.data.contains(x, y);
        let zero = |kind| Samples::zeros(kind, 1);
        let sample = |channel: &images::Channel| {
            let sample_type = channel.samples.sample_type();
            let (samples, index) = if inside {
                let offset = |to: i32, from: i32| (i64::from(to) - i64::from(from)) as usize;
                let row = offset(y, image.data.y0) * image.data.width();
                (&channel.samples, row + offset(x, image.data.x0))
            } else {
                (&zero(sample_type), 0)
            };
            Sample {
                channel: channel.name.clone(),
                sample_type,
                bits: samples.bits(index),
                value: samples.value(index),
            }
        };
        PartProbe {
            name,
            inside,
            samples: image.channels.iter().map(sample).collect(),
        }
    }
}
