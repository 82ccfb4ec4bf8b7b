//! The pixels: an offset table, then blocks of packed scan lines.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;

use ::exr::meta::BlockDescription;
use ::exr::meta::attribute::{
    ChannelDescription, Compression, IntegerBounds, LineOrder, SampleType as ExrType, Text,
};
use ::exr::meta::header::Header as ExrHeader;
use half::f16;
use rayon::prelude::*;

use super::channels::by_name;
use super::header::is_decreasing;
use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed_planes};
use crate::strips::{Feed, Strip};
use crate::{Channel, ChannelInfo, Codec, Header, Image, Rect, SampleType, Samples};

/// Blocks that are in memory at once, in packed form, and the bytes of their samples.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 64 << 20;

/// Codec and geometry of an image's blocks.
pub(super) struct Layout {
    pub(super) image: Header,
    pub(super) codec: Codec,
    header: ExrHeader,
    width: usize,
    height: usize,
    /// Scan lines of a block, but the last may be shorter.
    lines: usize,
    /// The image's channels in the file's order.
    order: Vec<usize>,
}

/// A part of a file to be written.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) layout: Layout,
}

/// Where a part's blocks are found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Position of its offset table.
    pub(super) table: u64,
    /// Its number, which stands before each of its blocks in a multi-part file.
    pub(super) number: Option<i32>,
}

impl Layout {
    pub(super) fn new(header: &Header, codec: Codec) -> Layout {
        let order = by_name(&header.channels);
        let describe = |&index: &usize| {
            let ChannelInfo { name, sample_type } = &header.channels[index];
            let kind = match sample_type {
                SampleType::Half => ExrType::F16,
                _ => ExrType::F32,
            };
            ChannelDescription::new(Text::from(name.as_str()), kind, false)
        };
        let compression = compression(codec);
        let (width, height) = (header.data.width(), header.data.height());
        Layout {
            image: header.clone(),
            codec,
            header: ExrHeader::new(
                Text::from(""),
                (width, height),
                order.iter().map(describe).collect(),
            )
            .with_encoding(
                compression,
                BlockDescription::ScanLines,
                LineOrder::Increasing,
            ),
            width,
            height,
            lines: compression.scan_lines_per_block(),
            order,
        }
    }

    pub(super) fn blocks(&self) -> usize {
        self.height.div_ceil(self.lines)
    }

    /// The blocks that hold some of `rows`.
    pub(super) fn blocks_of(&self, rows: Range<i32>) -> Range<usize> {
        let (top, bottom) = (self.image.data.y0, self.image.data.y1);
        let (first, end) = (rows.start.max(top), rows.end.min(bottom));
        if first >= end {
            return 0..0;
        }
        let below = |row: i32| (i64::from(row) - i64::from(top)) as usize;
        below(first) / self.lines..below(end).div_ceil(self.lines)
    }

    /// The rows that `blocks` hold, as a window of the whole width.
    pub(super) fn window(&self, blocks: &Range<usize>) -> Rect {
        let Rect { x0, y0, x1, y1 } = self.image.data;
        let row = |block: usize| {
            let row = i64::from(y0) + (block * self.lines) as i64;
            row.min(i64::from(y1)) as i32
        };
        Rect::new(x0, row(blocks.start), x1, row(blocks.end))
    }

    /// Where a block lies in the data window.
    fn section(&self, block: usize) -> IntegerBounds {
        let top = block * self.lines;
        let lines = self.lines.min(self.height - top);
        IntegerBounds::new((0, top as i32), (self.width, lines))
    }

    /// Blocks that are packed or unpacked at once.
    fn batch(&self) -> usize {
        let samples = self.image.channels.iter();
        let pixel: usize = samples.map(|channel| channel.sample_type.bytes()).sum();
        let block = self.width.saturating_mul(self.lines.saturating_mul(pixel));
        (BATCH_BYTES / block.max(1)).clamp(1, BATCH)
    }

    /// The rows of `blocks`, counted from the top.
    fn rows_of(&self, blocks: Range<usize>) -> Range<usize> {
        blocks.start * self.lines..self.height.min(blocks.end * self.lines)
    }

    fn decode(&self, block: usize, packed: Vec<u8>, rows: &mut [Rows]) -> Outcome<()> {
        let section = self.section(block);
        let compression = self.header.compression;
        let bytes = compression
            .decompress_image_section_from_le(&self.header, packed, section, false)
            .map_err(|error| Fault::damaged(format!("block {block} cannot be decoded: {error}")))?;
        let mut rest = bytes.as_slice();
        for line in 0..section.size.height() {
            for rows in rows.iter_mut() {
                rest = rows.fill(line * self.width..(line + 1) * self.width, rest);
            }
        }
        Ok(())
    }

    /// Packs a block; `first` is the one that the strip begins with.
    fn encode(&self, block: usize, first: usize, strip: &Strip<'_>) -> Outcome<Vec<u8>> {
        let section = self.section(block);
        let mut bytes = Vec::new();
        for line in 0..section.size.height() {
            let start = strip.start + ((block - first) * self.lines + line) * self.width;
            for &index in &self.order {
                let line = start..start + self.width;
                match &strip.image.channels[index].samples {
                    Samples::Half(v) => bytes.extend(v[line].iter().flat_map(|s| s.to_ne_bytes())),
                    Samples::Float(v) => bytes.extend(v[line].iter().flat_map(|s| s.to_ne_bytes())),
                    Samples::U8(_) | Samples::U16(_) => {
                        return Err(Fault::invalid("EXR does not hold integer samples"));
                    }
                }
            }
        }
        self.header
            .compression
            .compress_image_section_to_le(&self.header, bytes, section)
            .map_err(|error| Fault::invalid(format!("block {block} cannot be encoded: {error}")))
    }
}

fn compression(codec: Codec) -> Compression {
    match codec {
        Codec::Rle => Compression::RLE,
        Codec::Zips => Compression::ZIP1,
        Codec::Zip => Compression::ZIP16,
        Codec::Piz => Compression::PIZ,
        Codec::Pxr24 => Compression::PXR24,
        Codec::B44 => Compression::B44,
        Codec::B44a => Compression::B44A,
        Codec::Dwaa => Compression::DWAA(None),
        Codec::Dwab => Compression::DWAB(None),
        Codec::None | Codec::Deflate | Codec::Lzw | Codec::PackBits => Compression::Uncompressed,
    }
}

/// The rows of one channel that a block holds.
enum Rows<'a> {
    Half(&'a mut [f16]),
    Float(&'a mut [f32]),
}

impl Rows<'_> {
    /// Fills `range` from the front of `bytes`, in native order; gives the rest of the bytes.
    fn fill<'b>(&mut self, range: Range<usize>, bytes: &'b [u8]) -> &'b [u8] {
        match self {
            Rows::Half(rows) => {
                let (line, rest) = bytes.split_at(range.len() * 2);
                for (sample, bytes) in rows[range].iter_mut().zip(line.as_chunks().0) {
                    *sample = f16::from_ne_bytes(*bytes);
                }
                rest
            }
            Rows::Float(rows) => {
                let (line, rest) = bytes.split_at(range.len() * 4);
                for (sample, bytes) in rows[range].iter_mut().zip(line.as_chunks().0) {
                    *sample = f32::from_ne_bytes(*bytes);
                }
                rest
            }
        }
    }
}

/// Reads `blocks` of a part whose claims have been bounded; the samples lie over
/// [`Layout::window`].
pub(super) fn read(
    source: &mut Source,
    layout: &Layout,
    place: Place,
    blocks: Range<usize>,
    parallel: bool,
) -> Outcome<Vec<Channel>> {
    let offsets = read_offsets(source, layout, place, &blocks)?;
    let header = Header {
        data: layout.window(&blocks),
        ..layout.image.clone()
    };
    let mut planes = zeroed_planes(&header)?;
    let mut rows = split(&mut planes, layout, blocks.len());

    let batch = layout.batch();
    let batches = rows.chunks_mut(batch).zip(offsets.chunks(batch));
    for ((rows, offsets), first) in batches.zip((blocks.start..).step_by(batch)) {
        let mut jobs = Vec::with_capacity(rows.len());
        for ((block, &offset), rows) in (first..).zip(offsets).zip(rows) {
            let top = layout.image.data.y0 + (block * layout.lines) as i32;
            jobs.push((block, read_block(source, offset, place, top)?, rows));
        }
        let decode =
            |(block, packed, rows): (_, _, &mut Vec<Rows>)| layout.decode(block, packed, rows);
        if parallel {
            jobs.into_par_iter().try_for_each(decode)?;
        } else {
            jobs.into_iter().try_for_each(decode)?;
        }
    }
    drop(rows);
    let names = header.channels.iter().map(|channel| channel.name.clone());
    Ok(names
        .zip(planes)
        .map(|(name, samples)| Channel { name, samples })
        .collect())
}

/// For each block the rows of each channel, in the file's order.
fn split<'a>(planes: &'a mut [Samples], layout: &Layout, count: usize) -> Vec<Vec<Rows<'a>>> {
    let size = layout.width * layout.lines;
    let mut blocks: Vec<Vec<Rows>> = (0..count).map(|_| Vec::new()).collect();
    let mut planes: Vec<Option<&mut Samples>> = planes.iter_mut().map(Some).collect();
    for &index in &layout.order {
        match planes[index].take() {
            Some(Samples::Half(plane)) => {
                for (block, rows) in blocks.iter_mut().zip(plane.chunks_mut(size)) {
                    block.push(Rows::Half(rows));
                }
            }
            Some(Samples::Float(plane)) => {
                for (block, rows) in blocks.iter_mut().zip(plane.chunks_mut(size)) {
                    block.push(Rows::Float(rows));
                }
            }
            _ => {}
        }
    }
    blocks
}

fn read_offsets(
    source: &mut Source,
    layout: &Layout,
    place: Place,
    blocks: &Range<usize>,
) -> Outcome<Vec<u64>> {
    if layout.blocks() as u64 * 8 > source.size() {
        return Err(Fault::too_large(
            "the header claims more rows than the file can hold: it is damaged or truncated",
        ));
    }
    source.go_to(place.table + blocks.start as u64 * 8)?;
    let mut table = vec![0; blocks.len() * 8];
    source.read_exact(&mut table)?;
    Ok(table
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| u64::from_le_bytes(bytes))
        .collect())
}

/// Reads one block in packed form; `top` is the row that it must begin with.
fn read_block(source: &mut Source, offset: u64, place: Place, top: i32) -> Outcome<Vec<u8>> {
    source.go_to(offset)?;
    let misplaced = || {
        Fault::damaged(format!(
            "the block of row {top} is not where the offset table says: the file is damaged or incomplete"
        ))
    };
    if let Some(number) = place.number {
        let mut found = [0; 4];
        source.read_exact(&mut found)?;
        if i32::from_le_bytes(found) != number {
            return Err(misplaced());
        }
    }
    let mut start = [0; 8];
    source.read_exact(&mut start)?;
    let [row, size] =
        [[0, 1, 2, 3], [4, 5, 6, 7]].map(|at| i32::from_le_bytes(at.map(|i| start[i])));
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    if row != top || size > source.size() {
        return Err(misplaced());
    }
    let mut packed = Vec::new();
    if source.take(size).read_to_end(&mut packed)? as u64 != size {
        return Err(Fault::damaged(
            "the file ends inside its pixels: it is truncated",
        ));
    }
    Ok(packed)
}

/// Writes offset tables and blocks of all parts, whose samples are asked for by part and rows; `out`
/// stands behind the headers.
pub(super) fn write<'a>(
    out: &mut (impl Write + Seek),
    parts: &[Part<'_>],
    rows: usize,
    mut pull: impl FnMut(usize, Range<i32>) -> Outcome<Cow<'a, Image>>,
    parallel: bool,
) -> Outcome<()> {
    let table = out.stream_position()?;
    let blocks: usize = parts.iter().map(|part| part.layout.blocks()).sum();
    write_offsets(out, &vec![0; blocks])?;
    let mut position = table + blocks as u64 * 8;
    let mut offsets = Vec::with_capacity(blocks);
    for (index, (number, part)) in (0..).zip(parts).enumerate() {
        let number: Option<i32> = (parts.len() > 1).then_some(number);
        let layout = &part.layout;
        let mut pull = |rows| pull(index, rows);
        let mut feed = Feed::new(&layout.image, rows, &mut pull);
        offsets.extend(write_part(
            out,
            layout,
            &mut feed,
            number,
            &mut position,
            parallel,
        )?);
    }
    out.seek(SeekFrom::Start(table))?;
    write_offsets(out, &offsets)
}

/// Writes a part's blocks from `position` on; gives the place of each.
fn write_part(
    out: &mut impl Write,
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    number: Option<i32>,
    position: &mut u64,
    parallel: bool,
) -> Outcome<Vec<u64>> {
    let mut offsets = vec![0; layout.blocks()];
    let upward = is_decreasing(&layout.image.metadata);
    each_block(layout, feed, upward, parallel, |block, packed| {
        let size = i32::try_from(packed.len())
            .map_err(|_| Fault::invalid("a block of lines is too large for EXR"))?;
        let top = layout.image.data.y0 + (block * layout.lines) as i32;
        let start = number.into_iter().chain([top, size]);
        let start: Vec<u8> = start.flat_map(i32::to_le_bytes).collect();
        out.write_all(&start)?;
        out.write_all(&packed)?;
        offsets[block] = *position;
        *position += (start.len() + packed.len()) as u64;
        Ok(())
    })?;
    Ok(offsets)
}

/// Packs block after block, from the top or upward.
fn each_block(
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    upward: bool,
    parallel: bool,
    mut take: impl FnMut(usize, Vec<u8>) -> Outcome<()>,
) -> Outcome<()> {
    let in_strip = feed.rows.div_ceil(layout.lines);
    let mut strips: Vec<Range<usize>> = (0..layout.blocks())
        .step_by(in_strip)
        .map(|first| first..layout.blocks().min(first + in_strip))
        .collect();
    if upward {
        strips.reverse();
    }
    for blocks in strips {
        let first = blocks.start;
        let strip = feed.strip(layout.rows_of(blocks.clone()))?;
        let mut order: Vec<usize> = blocks.collect();
        if upward {
            order.reverse();
        }
        for batch in order.chunks(layout.batch()) {
            let encode = |&block: &usize| layout.encode(block, first, &strip);
            let packed: Vec<Outcome<Vec<u8>>> = if parallel {
                batch.par_iter().map(encode).collect()
            } else {
                batch.iter().map(encode).collect()
            };
            for (&block, packed) in batch.iter().zip(packed) {
                take(block, packed?)?;
            }
        }
    }
    Ok(())
}

/// The bytes that an image's packed blocks take.
pub(super) fn packed_bytes(
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    parallel: bool,
) -> Outcome<u64> {
    let mut bytes = 0;
    each_block(layout, feed, false, parallel, |_, packed| {
        bytes += packed.len() as u64;
        Ok(())
    })?;
    Ok(bytes)
}

fn write_offsets(out: &mut impl Write, offsets: &[u64]) -> Outcome<()> {
    for offset in offsets {
        out.write_all(&offset.to_le_bytes())?;
    }
    Ok(())
}
