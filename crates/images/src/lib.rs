//! Image files with native samples: EXR, TIFF, PNG, DPX, HDR.
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
mod dpx;
mod error;
mod exr;
mod hdr;
mod image;
mod metadata;
mod output;
mod png;
mod rect;
mod samples;
mod sequence;
mod source;
mod spare;
mod strips;
mod tiff;

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

pub use half::f16;

pub use crate::error::{Error, ErrorKind, printable};
pub use crate::exr::{PartPlace, PartSpan, Parts, Sampled};
pub use crate::image::{Channel, ChannelInfo, Header, Image, channel_order};
pub use crate::metadata::{Attribute, Codec, Format, Metadata};
pub use crate::output::{discard_unfinished, watch_unfinished};
pub use crate::rect::Rect;
pub use crate::samples::{SampleType, Samples};
pub use crate::sequence::{FrameRange, Pattern, RangeError, frame_in, ranges};
pub use crate::strips::Strips;

use crate::error::{Fault, Outcome};
use crate::source::Source;
use crate::strips::Feed;

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOptions {
    /// The most bytes of samples that are held at once; 4 GiB. What is read whole, [`read`] and
    /// [`Parts`], may not decode to more.
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
        Format::Dpx => dpx::read(source, options),
        Format::Hdr => hdr::read(source, options),
    };
    Source::open(path)
        .and_then(|mut source| guarded(|| read(&mut source)))
        .map_err(|e| e.at(path))
}

/// Reads two images. Blocks that two EXRs of one layout hold in the same packed bytes are decoded once: of
/// a plate and what was painted on it, by one program, these are most.
///
/// # Errors
///
/// As [`read`] of the first, then of the second.
pub fn read_two(paths: [&Path; 2], options: &ReadOptions) -> Result<[Image; 2], Error> {
    // Whatever is wrong with one of them is told by reading it by itself.
    match guarded(|| Ok(exr::read_alike(paths, options))) {
        Ok(Some(both)) => Ok(both),
        _ => Ok([read(paths[0], options)?, read(paths[1], options)?]),
    }
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
            Format::Dpx => dpx::info(source)?,
            Format::Hdr => hdr::info(source)?,
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
    write_checked(path, image, |_| Ok(()), options)
}

/// As [`write()`], but `check` is given the name of the finished file, which gets its own name only
/// where `check` returns well; else the target stays as it was.
///
/// # Errors
///
/// As [`write()`]; what `check` returns.
pub fn write_checked<E: From<Error>>(
    path: &Path,
    image: &Image,
    check: impl FnOnce(&Path) -> Result<(), E>,
    options: &WriteOptions,
) -> Result<u64, E> {
    let failed = Failed::default();
    let header = image.header();
    let mut pull = |_| Ok(Cow::Borrowed(image));
    let mut feed = Feed::new(&header, usize::MAX, &mut pull);
    let check = |path: &Path| failed.keep(check(path));
    let checked = image.check_shape();
    let written = checked.and_then(|()| write_feed(path, &mut feed, None, options, check));
    written.map_err(|fault| failed.reason(fault.at(path)))
}

/// As [`write()`], but asks for the samples strip by strip, so that an image of any size takes little
/// memory. The same samples give the same file.
///
/// `strips` is asked for ranges of rows in the file's coordinates, each `rows` high or a little more,
/// and gives an image whose data window holds them over the whole width; from the top, from the
/// bottom where the header's line order is decreasing; once for each part of a multi-part EXR. Then `check` is given the name of the finished
/// file, which gets its own name only where `check` returns well.
///
/// # Errors
///
/// As [`write()`], also where the samples are not those that the header says; what `strips` and `check`
/// return.
pub fn write_strips<E: From<Error>>(
    path: &Path,
    header: &Header,
    rows: usize,
    strips: impl FnMut(Range<i32>) -> Result<Image, E>,
    check: impl FnOnce(&Path) -> Result<(), E>,
    options: &WriteOptions,
) -> Result<u64, E> {
    write_strips_with(path, header, rows, None, strips, check, options)
}

/// A file that may have much of what is to be written, packed already.
pub struct Donor<'d> {
    /// The file.
    pub path: &'d Path,
    /// Whether its samples in a window are those that are to be written.
    pub is_same: &'d mut dyn FnMut(Rect) -> bool,
}

/// As [`write_strips`], but the blocks of an EXR whose samples its donor has are taken from there as they
/// are packed, where both have one part with the same data window, channels, tiles and codec. Samples of
/// which there is nothing to be packed are not asked for.
///
/// # Errors
///
/// As [`write_strips`]. A donor that cannot be read, or is laid out otherwise, is left out.
pub fn write_strips_with<E: From<Error>>(
    path: &Path,
    header: &Header,
    rows: usize,
    donor: Option<&mut Donor<'_>>,
    mut strips: impl FnMut(Range<i32>) -> Result<Image, E>,
    check: impl FnOnce(&Path) -> Result<(), E>,
    options: &WriteOptions,
) -> Result<u64, E> {
    let failed = Failed::default();
    let mut pull = |rows| failed.keep(strips(rows)).map(Cow::Owned);
    let mut feed = Feed::new(header, rows, &mut pull);
    let check = |path: &Path| failed.keep(check(path));
    let written = write_feed(path, &mut feed, donor, options, check);
    written.map_err(|fault| failed.reason(fault.at(path)))
}

fn write_feed(
    path: &Path,
    feed: &mut Feed<'_, '_>,
    donor: Option<&mut Donor<'_>>,
    options: &WriteOptions,
    check: impl FnOnce(&Path) -> Outcome<()>,
) -> Outcome<u64> {
    let header = feed.header;
    header.check()?;
    let format = format_of(path)?;
    let codec = codec_for(format, header, options)?;
    if format != Format::Exr {
        header.check_colours()?;
    }
    let write = |out: &mut _| match format {
        Format::Exr => exr::write(out, feed, donor, options.codec, options.parallel),
        Format::Tiff => tiff::write(out, feed, codec, options.parallel),
        Format::Png => png::write(out, feed),
        Format::Dpx => dpx::write(out, feed),
        Format::Hdr => hdr::write(out, feed),
    };
    output::replace(path, write, check)
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
    let images: Vec<&Image> = parts.iter().map(|part| part.1).collect();
    write_parts_checked(path, &headers, &images, |_| Ok(()), options)
}

/// As [`write_parts`], with the attributes and so the tiles of these headers, one for each image, and
/// with a `check` as [`write_checked`] has it.
///
/// # Errors
///
/// As [`write_parts`]; [`ErrorKind::Invalid`] also where header and image have not the same pixels; what
/// `check` returns.
pub fn write_parts_checked<E: From<Error>>(
    path: &Path,
    parts: &[(String, Header, Codec)],
    images: &[&Image],
    check: impl FnOnce(&Path) -> Result<(), E>,
    options: &WriteOptions,
) -> Result<u64, E> {
    let failed = Failed::default();
    let pull = |part: usize, _| match images.get(part) {
        Some(&image) => Ok(Cow::Borrowed(image)),
        None => Err(Fault::invalid("a part has no image")),
    };
    let check = |path: &Path| failed.keep(check(path));
    let write = |out: &mut _| exr::write_parts(out, parts, usize::MAX, pull, options.parallel);
    let written = output::replace(path, write, check);
    written.map_err(|fault| failed.reason(fault.at(path)))
}

/// As [`write_parts`], but asks for the samples strip by strip, one part after the other: see
/// [`write_strips`]. Of a header, windows, pixel aspect, channels and attributes count.
///
/// # Errors
///
/// As [`write_parts`] and [`write_strips`].
pub fn write_parts_from<E: From<Error>>(
    path: &Path,
    parts: &[(String, Header, Codec)],
    rows: usize,
    mut strips: impl FnMut(usize, Range<i32>) -> Result<Image, E>,
    check: impl FnOnce(&Path) -> Result<(), E>,
    options: &WriteOptions,
) -> Result<u64, E> {
    let failed = Failed::default();
    let pull = |part, rows| failed.keep(strips(part, rows)).map(Cow::Owned);
    let check = |path: &Path| failed.keep(check(path));
    let write = |out: &mut _| exr::write_parts(out, parts, rows, pull, options.parallel);
    let written = output::replace(path, write, check);
    written.map_err(|fault| failed.reason(fault.at(path)))
}

/// Where header and offset table of each part will lie in the file that [`write_parts_from`] makes of
/// these; samples count for nothing.
///
/// # Errors
///
/// As [`write_parts`]; the path in the error is empty.
pub fn part_places(parts: &[(String, Header, Codec)]) -> Result<Vec<PartPlace>, Error> {
    exr::part_places(parts).map_err(|fault| fault.at(Path::new("")))
}

/// The reason why a caller's function failed, which knows more than this crate.
struct Failed<E>(RefCell<Option<E>>);

impl<E> Default for Failed<E> {
    fn default() -> Self {
        Failed(RefCell::default())
    }
}

impl<E: From<Error>> Failed<E> {
    fn keep<T>(&self, result: Result<T, E>) -> Outcome<T> {
        result.map_err(|error| {
            *self.0.borrow_mut() = Some(error);
            Fault::invalid("what is written cannot be had")
        })
    }

    fn reason(self, otherwise: Error) -> E {
        self.0.into_inner().unwrap_or_else(|| otherwise.into())
    }
}

/// The bytes that an image's pixels take in an EXR with this codec, and with the attributes and so
/// the tiles of `header`, without writing one.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] where the image cannot be written so; the path in the error is empty.
pub fn packed_bytes(
    image: &Image,
    header: &Header,
    codec: Codec,
    parallel: bool,
) -> Result<u64, Error> {
    let mut pull = |_| Ok(Cow::Borrowed(image));
    let mut feed = Feed::new(header, usize::MAX, &mut pull);
    exr::packed_bytes(&mut feed, codec, parallel).map_err(|fault| fault.at(Path::new("")))
}

/// As [`packed_bytes`], of samples that are asked for strip by strip: see [`write_strips`].
///
/// # Errors
///
/// As [`packed_bytes`]; what `strips` returns.
pub fn packed_bytes_from<E: From<Error>>(
    header: &Header,
    codec: Codec,
    rows: usize,
    mut strips: impl FnMut(Range<i32>) -> Result<Image, E>,
) -> Result<u64, E> {
    let failed = Failed::default();
    let mut pull = |rows| failed.keep(strips(rows)).map(Cow::Owned);
    let mut feed = Feed::new(header, rows, &mut pull);
    let bytes = exr::packed_bytes(&mut feed, codec, true);
    bytes.map_err(|fault| failed.reason(fault.at(Path::new(""))))
}

/// What [`packed_bytes_from`] would give, from packing some of the blocks. The samples are asked for
/// twice: once all of them, then the strips of what is packed.
///
/// # Errors
///
/// As [`packed_bytes_from`].
pub fn sampled_bytes_from<E: From<Error>>(
    header: &Header,
    codec: Codec,
    rows: usize,
    mut strips: impl FnMut(Range<i32>) -> Result<Image, E>,
) -> Result<Sampled, E> {
    let failed = Failed::default();
    let mut pull = |rows| failed.keep(strips(rows)).map(Cow::Owned);
    let mut feed = Feed::new(header, rows, &mut pull);
    let sampled = exr::sampled_bytes(&mut feed, codec, true);
    sampled.map_err(|fault| failed.reason(fault.at(Path::new(""))))
}

/// The format that a path's extension names.
fn format_of(path: &Path) -> Outcome<Format> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("");
    Format::from_name(extension).ok_or_else(|| {
        Fault::unsupported(format!(
            "cannot write a file of type '{extension}'; name it .exr, .tif, .tiff, .png, .dpx or .hdr"
        ))
    })
}

fn codec_for(format: Format, header: &Header, options: &WriteOptions) -> Outcome<Codec> {
    match options.codec {
        Some(codec) if codec.writes(format) => Ok(codec),
        Some(codec) => Err(Fault::invalid(format!(
            "{} files are not written with the codec '{}'",
            format.name(),
            codec.name()
        ))),
        None if header.metadata.codec.writes(format) => Ok(header.metadata.codec),
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
