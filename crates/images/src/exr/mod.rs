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

use std::io::{Seek, Write};
use std::ops::Range;

use self::blocks::{Layout, Part, Place};
pub use self::parts::Parts;
pub(crate) use self::parts::{packed_bytes, write_parts};
use crate::error::{Fault, Outcome};
use crate::source::Source;
use crate::strips::{self, Feed};
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

/// An open image that is read in rows.
pub(crate) struct Rows {
    source: Source,
    header: Header,
    place: Place,
}

impl Rows {
    pub(crate) fn open(mut source: Source) -> Outcome<Self> {
        let header = info(&mut source)?;
        source.bound_claims(&header)?;
        let table = source.stream_position()?;
        Ok(Rows {
            source,
            place: Place {
                table,
                number: None,
            },
            header,
        })
    }
}

impl strips::Rows for Rows {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&mut self, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        read_blocks(
            &mut self.source,
            &self.header,
            self.place,
            Some(rows),
            options,
        )
    }
}

/// Reads the blocks that hold some of `rows`, or all.
fn read_blocks(
    source: &mut Source,
    header: &Header,
    place: Place,
    rows: Option<Range<i32>>,
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
    Ok(Image::with(header, channels))
}

pub(crate) fn write(
    out: &mut (impl Write + Seek),
    feed: &mut Feed<'_, '_>,
    codec: Codec,
    parallel: bool,
) -> Outcome<()> {
    let parts = [Part::new("", feed.header, codec)];
    header::write(out, &parts)?;
    let rows = feed.rows;
    blocks::write(out, &parts, rows, |_, rows| feed.pull(rows), parallel)
}
