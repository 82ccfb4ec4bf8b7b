//! The pixels: an offset table, then blocks of packed scan lines.

use std::io::{Read, Seek, SeekFrom, Write};

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
use crate::{Channel, ChannelInfo, Codec, Header, Image, SampleType, Samples};

/// Blocks that are in memory at once, in packed form.
const BATCH: usize = 64;

/// Codec and geometry of an image's blocks.
struct Layout {
    header: ExrHeader,
    width: usize,
    height: usize,
    /// Scan lines of a block, but the last may be shorter.
    lines: usize,
    /// The image's channels in the file's order.
    order: Vec<usize>,
}

impl Layout {
    fn new(header: &Header, codec: Codec) -> Layout {
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

    fn blocks(&self) -> usize {
        self.height.div_ceil(self.lines)
    }

    /// Where a block lies in the data window.
    fn section(&self, block: usize) -> IntegerBounds {
        let top = block * self.lines;
        let lines = self.lines.min(self.height - top);
        IntegerBounds::new((0, top as i32), (self.width, lines))
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

    fn encode(&self, block: usize, image: &Image) -> Outcome<Vec<u8>> {
        let section = self.section(block);
        let mut bytes = Vec::new();
        for line in 0..section.size.height() {
            let start = (block * self.lines + line) * self.width;
            for &index in &self.order {
                let line = start..start + self.width;
                match &image.channels[index].samples {
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
    fn fill<'b>(&mut self, range: std::ops::Range<usize>, bytes: &'b [u8]) -> &'b [u8] {
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

/// Reads all blocks; the source stands at the offset table, and the header has been bounded.
pub(super) fn read(source: &mut Source, header: &Header, parallel: bool) -> Outcome<Vec<Channel>> {
    let layout = Layout::new(header, header.metadata.codec);
    let offsets = read_offsets(source, layout.blocks())?;

    let mut planes = zeroed_planes(header)?;
    let mut blocks = split(&mut planes, &layout);

    let batches = blocks.chunks_mut(BATCH).zip(offsets.chunks(BATCH));
    for ((blocks, offsets), first) in batches.zip((0..).step_by(BATCH)) {
        let mut jobs = Vec::with_capacity(blocks.len());
        for ((block, &offset), rows) in (first..).zip(offsets).zip(blocks) {
            let top = header.data.y0 + (block * layout.lines) as i32;
            jobs.push((block, read_block(source, offset, top)?, rows));
        }
        let decode =
            |(block, packed, rows): (_, _, &mut Vec<Rows>)| layout.decode(block, packed, rows);
        if parallel {
            jobs.into_par_iter().try_for_each(decode)?;
        } else {
            jobs.into_iter().try_for_each(decode)?;
        }
    }
    drop(blocks);
    let names = header.channels.iter().map(|channel| channel.name.clone());
    Ok(names
        .zip(planes)
        .map(|(name, samples)| Channel { name, samples })
        .collect())
}

/// For each block the rows of each channel, in the file's order.
fn split<'a>(planes: &'a mut [Samples], layout: &Layout) -> Vec<Vec<Rows<'a>>> {
    let size = layout.width * layout.lines;
    let mut blocks: Vec<Vec<Rows>> = (0..layout.blocks()).map(|_| Vec::new()).collect();
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

fn read_offsets(source: &mut Source, blocks: usize) -> Outcome<Vec<u64>> {
    if blocks as u64 * 8 > source.size() {
        return Err(Fault::too_large(
            "the header claims more rows than the file can hold: it is damaged or truncated",
        ));
    }
    let mut table = vec![0; blocks * 8];
    source.read_exact(&mut table)?;
    Ok(table
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| u64::from_le_bytes(bytes))
        .collect())
}

/// Reads one block in packed form; `top` is the row that it must begin with.
fn read_block(source: &mut Source, offset: u64, top: i32) -> Outcome<Vec<u8>> {
    source.seek(SeekFrom::Start(offset))?;
    let mut start = [0; 8];
    source.read_exact(&mut start)?;
    let [row, size] =
        [[0, 1, 2, 3], [4, 5, 6, 7]].map(|at| i32::from_le_bytes(at.map(|i| start[i])));
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    if row != top || size > source.size() {
        return Err(Fault::damaged(format!(
            "the block of row {top} is not where the offset table says: the file is damaged or incomplete"
        )));
    }
    let mut packed = Vec::new();
    if source.take(size).read_to_end(&mut packed)? as u64 != size {
        return Err(Fault::damaged(
            "the file ends inside its pixels: it is truncated",
        ));
    }
    Ok(packed)
}

/// Writes offset table and blocks; `out` stands behind the header.
pub(super) fn write(
    out: &mut (impl Write + Seek),
    image: &Image,
    codec: Codec,
    parallel: bool,
) -> Outcome<()> {
    let layout = Layout::new(&image.header(), codec);
    let table = out.stream_position()?;
    let mut offsets = vec![0u64; layout.blocks()];
    write_offsets(out, &offsets)?;

    let mut order: Vec<usize> = (0..layout.blocks()).collect();
    if is_decreasing(&image.metadata) {
        order.reverse();
    }
    let mut position = table + offsets.len() as u64 * 8;
    for batch in order.chunks(BATCH) {
        let encode = |&block: &usize| layout.encode(block, image);
        let packed: Vec<Outcome<Vec<u8>>> = if parallel {
            batch.par_iter().map(encode).collect()
        } else {
            batch.iter().map(encode).collect()
        };
        for (&block, packed) in batch.iter().zip(packed) {
            let packed = packed?;
            let size = i32::try_from(packed.len())
                .map_err(|_| Fault::invalid("a block of lines is too large for EXR"))?;
            let top = image.data.y0 + (block * layout.lines) as i32;
            out.write_all(&top.to_le_bytes())?;
            out.write_all(&size.to_le_bytes())?;
            out.write_all(&packed)?;
            offsets[block] = position;
            position += 8 + packed.len() as u64;
        }
    }
    out.seek(SeekFrom::Start(table))?;
    write_offsets(out, &offsets)
}

fn write_offsets(out: &mut impl Write, offsets: &[u64]) -> Outcome<()> {
    for offset in offsets {
        out.write_all(&offset.to_le_bytes())?;
    }
    Ok(())
}
