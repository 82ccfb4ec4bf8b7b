//! OpenEXR: single-part scan lines of halves and floats.
//!
//! The container (header, offset table, blocks) is read and written here, so that every attribute
//! keeps its bytes and its place, a hostile header is bounded before anything is allocated, and
//! equal images give equal files. The codecs are those of the `exr` crate.
//! Source of the layout: *OpenEXR File Layout*, openexr.com.

mod blocks;
mod channels;
mod header;

use std::io::{Seek, Write};

use crate::error::Outcome;
use crate::source::Source;
use crate::{Codec, Header, Image, ReadOptions};

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    header::read(source)
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let header = header::read(source)?;
    source.bound(&header, options)?;
    let channels = blocks::read(source, &header, options.parallel)?;
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
    header::write(out, &image.header(), codec)?;
    blocks::write(out, image, codec, parallel)
}
