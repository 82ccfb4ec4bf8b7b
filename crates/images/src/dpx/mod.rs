//! DPX: 8, 10, 12 and 16 bits; RGB with or without alpha, luma or alpha alone.
//!
//! All that lies before and behind the pixels (generic, film and television headers, user data)
//! keeps its bytes. No library was found to build on, so the container is read and written here.
//! Codes are uncompressed: by themselves, three to a word of 32 bits, or in such words without a gap.
//! A new file fills words. Bits that no code takes come back as zeros.
//! Source: *SMPTE 268M, File Format for Digital Moving-Picture Exchange (DPX)*, version 2.0.

mod header;
mod pixels;

use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;

use self::header::Layout;
use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed, zeroed_planes};
use crate::strips::{self, Feed};
use crate::{Attribute, Channel, Format, Header, Image, Metadata, ReadOptions};

/// The attribute that is all before the pixels, and the one that is all behind them.
const HEAD: &str = "header";
const TAIL: &str = "tail";
/// The attribute that is the length of a line in bytes, where writers differ.
const LINE: &str = "line";

/// What may lie before or behind the pixels.
const MOST_BESIDE: u64 = 64 << 20;

/// An open file.
struct File {
    header: Header,
    layout: Layout,
}

impl File {
    fn open(source: &mut Source) -> Outcome<Self> {
        let size = source.size();
        source.seek(SeekFrom::Start(0))?;
        let mut start = [0; header::LEAST];
        source.read_exact(&mut start)?;
        let mut layout = header::read(&start)?;
        if layout.offset > size || layout.offset > MOST_BESIDE {
            return Err(Fault::damaged(format!(
                "the header says that the pixels begin at byte {}, the file has {size}: it is damaged or \
                 truncated",
                layout.offset
            )));
        }
        let room = size - layout.offset;
        layout.fit(room);
        // Of a truncated file nothing lies behind.
        let behind = layout.bytes().map_or(0, |bytes| room.saturating_sub(bytes));
        if behind > MOST_BESIDE {
            return Err(Fault::unsupported(format!(
                "DPX with {behind} bytes behind its pixels: its transfer is not supported"
            )));
        }
        let mut part = |name: &str, kind: &str, from: u64, bytes: u64| -> Outcome<Attribute> {
            let mut value = zeroed(bytes as usize)?;
            source.seek(SeekFrom::Start(from))?;
            source.read_exact(&mut value)?;
            Ok(Attribute {
                name: name.to_owned(),
                kind: kind.to_owned(),
                value,
            })
        };
        let mut metadata = Metadata::new(Format::Dpx);
        metadata.set(part(HEAD, "DPX", 0, layout.offset)?);
        metadata.set(Attribute {
            name: LINE.to_owned(),
            kind: "LONG".to_owned(),
            value: layout.line.to_le_bytes().to_vec(),
        });
        if behind > 0 {
            metadata.set(part(TAIL, "DPX", size - behind, behind)?);
        }
        Ok(File {
            header: layout.header(metadata),
            layout,
        })
    }

    /// Reads these rows, which lie in the image.
    fn read(&self, source: &mut Source, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        if self
            .layout
            .bytes()
            .is_none_or(|bytes| bytes > source.size() - self.layout.offset)
        {
            return Err(Fault::damaged(
                "the file ends inside its pixels: it is truncated",
            ));
        }
        let mut header = self.header.clone();
        (header.data.y0, header.data.y1) = (rows.start, rows.end);
        source.bound_memory(&header, options)?;
        let mut planes = zeroed_planes(&header)?;
        let line = self.layout.line as usize;
        source.seek(SeekFrom::Start(
            self.layout.offset + rows.start as u64 * u64::from(self.layout.line),
        ))?;
        let mut bytes = zeroed(line)?;
        for row in 0..rows.len() {
            source.read_exact(&mut bytes)?;
            pixels::unpack(&self.layout, &bytes, row, &mut planes);
        }
        let names = header.channels.iter().map(|channel| channel.name.clone());
        let channels = names
            .zip(planes)
            .map(|(name, samples)| Channel { name, samples })
            .collect();
        Ok(Image::with(header, channels))
    }
}

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    Ok(File::open(source)?.header)
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let file = File::open(source)?;
    file.read(source, file.header.data.y0..file.header.data.y1, options)
}

/// An open image that is read in rows.
pub(crate) struct Rows {
    source: Source,
    file: File,
}

impl Rows {
    pub(crate) fn open(mut source: Source) -> Outcome<Self> {
        Ok(Rows {
            file: File::open(&mut source)?,
            source,
        })
    }
}

impl strips::Rows for Rows {
    fn header(&self) -> &Header {
        &self.file.header
    }

    fn read(&mut self, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        self.file.read(&mut self.source, rows, options)
    }
}

pub(crate) fn write(out: &mut impl Write, feed: &mut Feed<'_, '_>) -> Outcome<()> {
    let header = feed.header;
    if header.data != header.display {
        return Err(Fault::invalid(
            "DPX holds no data window beside its display window",
        ));
    }
    let (head, layout) = match own(header) {
        Some(own) => own,
        None => header::make(header)?,
    };
    out.write_all(&head)?;
    let mut bytes = Vec::new();
    for rows in feed.ranges(1) {
        let strip = feed.strip(rows)?;
        for row in 0..strip.rows {
            pixels::pack(&layout, &strip, row, &mut bytes)?;
            out.write_all(&bytes)?;
        }
    }
    let tail = header.metadata.get(TAIL);
    if let Some(tail) = tail.filter(|_| header.metadata.format == Format::Dpx) {
        out.write_all(&tail.value)?;
    }
    Ok(())
}

/// The bytes before the pixels that the image was read with, where they still say what it is.
fn own(header: &Header) -> Option<(Vec<u8>, Layout)> {
    let metadata = &header.metadata;
    if metadata.format != Format::Dpx {
        return None;
    }
    let head = metadata.get(HEAD)?.value.clone();
    let mut layout = header::read(head.first_chunk()?).ok()?;
    layout.line = u32::from_le_bytes(metadata.get(LINE)?.value.as_slice().try_into().ok()?);
    let said = layout.header(metadata.clone());
    let fits = layout.offset == head.len() as u64
        && layout.is_line(layout.line)
        && (said.data, said.display) == (header.data, header.display)
        && said.pixel_aspect == header.pixel_aspect
        && said.channels == header.channels;
    fits.then_some((head, layout))
}
