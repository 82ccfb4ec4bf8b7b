//! One pixel of a file, without decoding the rest.

use std::path::Path;

use images::{ErrorKind, Image, Parts, ReadOptions, Rect, SampleType, Samples, Strips};

use crate::{Error, index};

/// What a file holds at one pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Each part of an EXR; one for other files.
    pub parts: Vec<PartProbe>,
    /// Bytes that were fetched from the file for it; of another format than EXR, those of all of it.
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
/// block that holds the pixel are read from each part; of another format, what holds the pixel's row.
/// Of a pack, only the parts of `frames`, or all where there are none: of one frame, its index spares
/// the headers of the others.
///
/// # Errors
///
/// [`Error::Image`] where the file cannot be read, [`Error::File`] where it has not all those frames.
pub fn probe(
    path: &Path,
    pixel: [i32; 2],
    frames: &[i64],
    options: &ReadOptions,
) -> Result<Probe, Error> {
    if let &[frame] = frames
        && let Some(found) = probe_indexed(path, pixel, frame, options)
    {
        return Ok(found);
    }
    match Parts::open(path) {
        Ok(mut file) => {
            let is_wanted = |&part: &usize| {
                frames.is_empty() || frames.iter().any(|&frame| is_of(&file, part, frame))
            };
            let wanted: Vec<usize> = (0..file.headers().len()).filter(is_wanted).collect();
            let is_there = |&frame: &i64| wanted.iter().any(|&part| is_of(&file, part, frame));
            refuse_missing(path, frames.iter().filter(|frame| !is_there(frame)))?;
            probe_parts(&mut file, &wanted, pixel, options)
        }
        // Not an EXR, or one that nothing here reads.
        Err(error) if error.kind == ErrorKind::Unsupported => {
            let mut file = Strips::open(path, options)?;
            let row = file.read(pixel[1]..pixel[1].saturating_add(1))?;
            refuse_missing(path, frames.iter())?;
            Ok(Probe {
                parts: vec![PartProbe::of(None, &row, pixel)],
                bytes_read: file.file_bytes(),
                file_bytes: file.file_bytes(),
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Goes by a pack's index. None where it has none, or one that is wrong in any way: the long way tells.
fn probe_indexed(path: &Path, pixel: [i32; 2], frame: i64, options: &ReadOptions) -> Option<Probe> {
    let mut file = Parts::open_some(path, |header| index::find(header, frame)).ok()??;
    let parts: Vec<usize> = (0..file.headers().len()).collect();
    if parts.is_empty() || !parts.iter().all(|&part| is_of(&file, part, frame)) {
        return None;
    }
    probe_parts(&mut file, &parts, pixel, options).ok()
}

/// Whether a part is of this frame of a pack.
fn is_of(file: &Parts, part: usize, frame: i64) -> bool {
    let name = file.headers()[part].part_name();
    let number = name.and_then(|name| name.rsplit_once('.'));
    number.is_some_and(|(_, number)| number.parse() == Ok(frame))
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
    [x, y]: [i32; 2],
    options: &ReadOptions,
) -> Result<Probe, Error> {
    let mut parts = Vec::new();
    for &index in numbers {
        let header = &file.headers()[index];
        let name = header.part_name().map(str::to_owned);
        // Outside the data window no block is read.
        let pixel = Rect::new(x, y, x.saturating_add(1), y.saturating_add(1));
        let image = file.read_window(index, pixel, options)?;
        parts.push(PartProbe::of(name, &image, [x, y]));
    }
    Ok(Probe {
        parts,
        bytes_read: file.bytes_read(),
        file_bytes: file.file_bytes(),
    })
}

impl PartProbe {
    fn of(name: Option<String>, image: &Image, [x, y]: [i32; 2]) -> Self {
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
