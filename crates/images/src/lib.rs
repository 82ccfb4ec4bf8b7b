//! Image files with native samples: EXR, TIFF, PNG.
//!
//! [`read`] gives an [`Image`] whose [`Samples`] have the type they have in the file, with every
//! attribute of the header as the bytes it has there; [`write()`] puts both back bit for bit. The
//! float view that arithmetic needs is made by [`Samples::widen`] and undone, exactly, by
//! [`Samples::from_f32`].
//!
//! A header is read and its claims are bounded before any pixel is decoded. What cannot be
//! carried without loss is refused with its reason ([`ErrorKind::Unsupported`]). A file is
//! written beside its target and renamed, so a failure leaves the target as it was.

#![forbid(unsafe_code)]

mod convert;
mod error;
mod exr;
mod image;
mod metadata;
mod output;
mod png;
mod rect;
mod samples;
mod sequence;
mod source;
mod tiff;

use std::borrow::Cow;
use std::path::Path;

pub use half::f16;

pub use crate::error::{Error, ErrorKind};
pub use crate::exr::Parts;
pub use crate::image::{Channel, ChannelInfo, Header, Image};
pub use crate::metadata::{Attribute, Codec, Format, Metadata};
pub use crate::rect::Rect;
pub use crate::samples::{SampleType, Samples};
pub use crate::sequence::{FrameRange, Pattern, RangeError, frame_in, ranges};

use crate::error::{Fault, Outcome};
use crate::source::Source;

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOptions {
    /// The most bytes of samples that a file may decode to; 4 GiB.
    pub max_bytes: u64,
    /// Whether EXR blocks are decoded on all cores. Off for a caller that has its own threads.
    pub parallel: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            max_bytes: 4 << 30,
            parallel: true,
        }
    }
}

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// The codec; `None` keeps the image's own where the format can be written with it, else
    /// takes the format's default (ZIP for EXR, Deflate for TIFF and PNG). Nothing is ever
    /// written lossy.
    pub codec: Option<Codec>,
    /// Whether EXR blocks are encoded on all cores.
    pub parallel: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions {
            codec: None,
            parallel: true,
        }
    }
}

/// What a file says of itself, read without its pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// Windows, channels, attributes.
    pub header: Header,
    /// The file's size.
    pub file_bytes: u64,
}

/// Reads an image. The format is told by the file's first bytes, not by its name.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] for what cannot be carried without loss, [`ErrorKind::TooLarge`]
/// where the header claims more than `options` allow or the file can hold,
/// [`ErrorKind::Damaged`] for a broken file, [`ErrorKind::Io`] for an unreadable one.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Image, Error> {
    let read = |source: &mut Source| match source.format()? {
        Format::Exr => exr::read(source, options),
        Format::Tiff => tiff::read(source, options),
        Format::Png => png::read(source, options),
    };
    Source::open(path)
        .and_then(|mut source| guarded(|| read(&mut source)))
        .map_err(|e| e.at(path))
}

/// Reads windows, channels and attributes, no pixels.
///
/// # Errors
///
/// As [`read`], except that a header which claims too much is no error here.
pub fn info(path: &Path) -> Result<Info, Error> {
    let read = |source: &mut Source| {
        let header = match source.format()? {
            Format::Exr => exr::info(source)?,
            Format::Tiff => tiff::info(source)?,
            Format::Png => png::info(source)?,
        };
        Ok(Info {
            header,
            file_bytes: source.size(),
        })
    };
    Source::open(path)
        .and_then(|mut source| guarded(|| read(&mut source)))
        .map_err(|e| e.at(path))
}

/// Writes an image, in the format that the path's extension names, and gives the file's size.
///
/// The image's attributes are written where they belong to that format. The target is replaced
/// only by a finished file.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] where the format cannot hold the samples or be written with the codec,
/// [`ErrorKind::Io`] where the system refuses.
pub fn write(path: &Path, image: &Image, options: &WriteOptions) -> Result<u64, Error> {
    let write = || {
        image.check()?;
        let format = format_of(path)?;
        let codec = codec_for(format, image, options)?;
        output::replace(path, |out| match format {
            Format::Exr => exr::write(out, image, codec, options.parallel),
            Format::Tiff => tiff::write(out, image, codec),
            Format::Png => png::write(out, image),
        })
    };
    write().map_err(|fault| fault.at(path))
}

/// Writes an EXR of several parts, each with its name, its image and its codec, and gives the
/// file's size. One part alone is written in the older layout for a single image.
///
/// Channels may have any names here. All parts should have one display window and pixel aspect,
/// and what is common to all, as a time code, belongs to the first: other readers insist on it.
///
/// # Errors
///
/// As [`write()`]; [`ErrorKind::Invalid`] also where two parts have one name.
pub fn write_parts(
    path: &Path,
    parts: &[(&str, &Image, Codec)],
    options: &WriteOptions,
) -> Result<u64, Error> {
    let headers = parts.iter();
    let headers: Vec<_> = headers
        .map(|(name, image, codec)| ((*name).to_owned(), image.header(), *codec))
        .collect();
    let pixels = |part: usize| Ok(Cow::Borrowed(parts[part].1));
    output::replace(path, |out| {
        exr::write_parts(out, &headers, pixels, options.parallel)
    })
    .map_err(|fault| fault.at(path))
}

/// As [`write_parts`], but asks for the pixels of one part after the other, by its number, so that
/// only one is in memory. Of a header, windows, pixel aspect, channels and attributes count.
///
/// # Errors
///
/// As [`write_parts`], also where the pixels are not those that a header says; what `pixels`
/// returns.
pub fn write_parts_from(
    path: &Path,
    parts: &[(String, Header, Codec)],
    mut pixels: impl FnMut(usize) -> Result<Image, Error>,
    options: &WriteOptions,
) -> Result<u64, Error> {
    let mut failed = None;
    let pixels = |part: usize| match pixels(part) {
        Ok(image) => Ok(Cow::Owned(image)),
        Err(error) => {
            failed = Some(error);
            Err(Fault::invalid("a part cannot be read"))
        }
    };
    let written = output::replace(path, |out| {
        exr::write_parts(out, parts, pixels, options.parallel)
    });
    // The reason of a failed read names its own file.
    written.map_err(|fault| failed.unwrap_or_else(|| fault.at(path)))
}

/// The bytes that an image's pixels take in an EXR with this codec, without writing one.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] where the image cannot be written so; the path in the error is empty.
pub fn packed_bytes(image: &Image, codec: Codec, parallel: bool) -> Result<u64, Error> {
    let measure = || {
        image.check_shape()?;
        exr::packed_bytes(image, codec, parallel)
    };
    measure().map_err(|fault| fault.at(Path::new("")))
}

/// The format that a path's extension names.
fn format_of(path: &Path) -> Outcome<Format> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("");
    Format::from_name(extension).ok_or_else(|| {
        Fault::unsupported(format!(
            "cannot write a file of type '{extension}'; name it .exr, .tif, .tiff or .png"
        ))
    })
}

fn codec_for(format: Format, image: &Image, options: &WriteOptions) -> Outcome<Codec> {
    match options.codec {
        Some(codec) if codec.writes(format) => Ok(codec),
        Some(codec) => Err(Fault::invalid(format!(
            "{} files are not written with the codec '{}'",
            format.name(),
            codec.name()
        ))),
        None if image.metadata.codec.writes(format) => Ok(image.metadata.codec),
        None => Ok(format.default_codec()),
    }
}

/// Runs a decoder on foreign bytes; should it panic, the file is at fault, and the caller lives.
fn guarded<T>(decode: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    // Nothing that the closure touches is used after a panic: the source is dropped.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(Fault::damaged(
            "the decoder gave up on this file: it is damaged",
        ))
    })
}
