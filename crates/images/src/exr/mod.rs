//! OpenEXR: scan lines of halves and floats, in one part or several.
//!
//! The container (headers, offset tables, blocks) is read and written here, so that every attribute
//! keeps its bytes and its place, a hostile header is bounded before anything is allocated, and
//! equal images give equal files. The codecs are those of the `exr` crate.
//! Source of the layout: *OpenEXR File Layout*, openexr.com.

mod blocks;
mod channels;
mod header;
mod parts;

use std::borrow::Cow;
use std::io::{Seek, Write};

use self::blocks::{Layout, Part, Place};
pub use self::parts::Parts;
pub(crate) use self::parts::{packed_bytes, write_parts};
use crate::error::{Fault, Outcome};
use crate::source::Source;
use crate::{Codec, Header, Image, ReadOptions};

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    let start = header::read(source)?;
    match <[Header; 1]>::try_from(start.headers) {
        Ok([header]) if !start.multi_part => {
            channels::check(&header.channels)?;
            Ok(header)
        }
        _ => Err(Fault::unsupported(
            "multi-part EXR: its transfer is not supported yet",
        )),
    }
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let header = info(source)?;
    let place = Place {
        table: source.stream_position()?,
        number: None,
    };
    read_blocks(source, &header, place, None, options)
}

/// Reads the blocks that hold some of `rows`, or all.
fn read_blocks(
    source: &mut Source,
    header: &Header,
    place: Place,
    rows: Option<std::ops::Range<i32>>,
    options: &ReadOptions,
) -> Outcome<Image> {
    let layout = Layout::new(header, header.metadata.codec);
    let blocks = match rows {
        Some(rows) => layout.blocks_of(rows),
        None => 0..layout.blocks(),
    };
    let header = Header {
        data: layout.window(&blocks),
        ..header.clone()
    };
    source.bound(&header, options)?;
    let channels = blocks::read(source, &layout, place, blocks, options.parallel)?;
    Ok(Image {
        display: header.display,
        data: header.data,
        pixel_aspect: header.pixel_aspect,
        channels,
        metadata: header.metadata,
    })
}

pub(crate) fn write(
    out: &mut (impl Write + Seek),
    image: &Image,
    codec: Codec,
    parallel: bool,
) -> Outcome<()> {
    let parts = [Part::new("", &image.header(), codec)];
    header::write(out, &parts)?;
    blocks::write(out, &parts, |_| Ok(Cow::Borrowed(image)), parallel)
}
