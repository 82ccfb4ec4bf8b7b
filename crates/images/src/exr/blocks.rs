//! The pixels: an offset table, then packed blocks of scan lines or tiles.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;

use ::exr::math::RoundingMode;
use ::exr::meta::BlockDescription;
use ::exr::meta::attribute::{
    ChannelDescription, Compression, IntegerBounds, LevelMode, LineOrder, SampleType as ExrType,
    Text, TileDescription,
};
use ::exr::meta::header::Header as ExrHeader;
use ::exr::prelude::Vec2;
use half::f16;
use rayon::prelude::*;

use super::channels::by_name;
use super::donor;
use super::grid::{Cells, Grid};
use super::header::is_decreasing;
use super::room::Room;
use super::zip;
use crate::error::{Fault, Outcome};
use crate::samples::append_bytes;
use crate::source::Source;
use crate::spare;
use crate::strips::{Feed, Strip};
use crate::{Channel, ChannelInfo, Codec, Donor, Header, Image, SampleType, Samples};

/// Blocks that are in memory at once, in packed form, and the bytes of their samples; of tiles that
/// are read at least one row of them.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 64 << 20;

/// Codec and geometry of an image's blocks.
pub(super) struct Layout {
    pub(super) image: Header,
    pub(super) codec: Codec,
    pub(super) grid: Grid,
    header: ExrHeader,
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
    pub(super) fn new(header: &Header, codec: Codec) -> Outcome<Layout> {
        let order = by_name(&header.channels);
        let describe = |&index: &usize| {
            let ChannelInfo { name, sample_type } = &header.channels[index];
            let kind = match sample_type {
                SampleType::Half => ExrType::F16,
                SampleType::Uint => ExrType::U32,
                _ => ExrType::F32,
            };
            ChannelDescription::new(Text::from(name.as_str()), kind, false)
        };
        let compression = compression(codec);
        let grid = Grid::new(header, compression.scan_lines_per_block())?;
        let [width, height] = grid.block();
        let blocks = match grid.tiles {
            None => BlockDescription::ScanLines,
            Some(_) => BlockDescription::Tiles(TileDescription {
                tile_size: Vec2(width, height),
                level_mode: LevelMode::Singular,
                rounding_mode: RoundingMode::Down,
            }),
        };
        Ok(Layout {
            image: header.clone(),
            codec,
            header: ExrHeader::new(
                Text::from(""),
                (header.data.width(), header.data.height()),
                order.iter().map(describe).collect(),
            )
            .with_encoding(compression, blocks, LineOrder::Increasing),
            grid,
            order,
        })
    }

    /// Whether the blocks of both hold the same pixels and channels, packed by one codec.
    pub(super) fn is_like(&self, other: &Layout) -> bool {
        let channels = |layout: &Layout| -> Vec<ChannelInfo> {
            let channels = &layout.image.channels;
            let in_order = layout.order.iter().map(|&index| channels[index].clone());
            in_order.collect()
        };
        let blocks = |layout: &Layout| (layout.image.data, layout.grid.tiles, layout.grid.block());
        self.codec == other.codec
            && blocks(self) == blocks(other)
            && channels(self) == channels(other)
    }

    /// The bytes of a block's samples, not packed.
    pub(super) fn bytes_of(&self, [column, row]: [usize; 2]) -> usize {
        self.section(column, row).size.area() * self.header.channels.bytes_per_pixel
    }

    /// The bytes that a block takes in the file beside its packed samples: its place in the offset
    /// table, its label and its size.
    pub(super) fn bytes_around(&self) -> u64 {
        8 + 4 * (self.label(0, 0).len() as u64 + 1)
    }

    /// Where a block lies in the data window.
    fn section(&self, column: usize, row: usize) -> IntegerBounds {
        let [width, height] = self.grid.block();
        let (x, y) = (column * width, row * height);
        let data = self.image.data;
        IntegerBounds::new(
            (x as i32, y as i32),
            (width.min(data.width() - x), height.min(data.height() - y)),
        )
    }

    /// Blocks that are packed or unpacked at once.
    fn batch(&self) -> usize {
        let [width, height] = self.grid.block();
        let pixel = self.header.channels.bytes_per_pixel.max(1);
        let block = width.saturating_mul(height.saturating_mul(pixel));
        (BATCH_BYTES / block.max(1)).clamp(1, BATCH)
    }

    /// The pixels' rows in these rows of blocks, counted from the top.
    fn rows_of(&self, rows: Range<usize>) -> Range<usize> {
        let [_, height] = self.grid.block();
        rows.start * height..self.image.data.height().min(rows.end * height)
    }

    /// Shows the bytes of a block's samples, in the order of [`Layout::samples`], to `then`.
    fn decode<T>(
        &self,
        [column, row]: [usize; 2],
        packed: &[u8],
        then: impl FnOnce(&[u8]) -> T,
    ) -> Outcome<T> {
        let size = self.bytes_of([column, row]);
        if self.is_zip() {
            return match packed.len() {
                // A block that did not shrink is stored as it is.
                len if len == size => Ok(then(packed)),
                _ => zip::unpack(packed, size, then).ok_or_else(|| {
                    Fault::damaged(format!("block {column}, {row} cannot be decoded"))
                }),
            };
        }
        let bytes = self
            .header
            .compression
            .decompress_image_section_from_le(
                &self.header,
                packed.to_vec(),
                self.section(column, row),
                false,
            )
            .map_err(|error| {
                Fault::damaged(format!("block {column}, {row} cannot be decoded: {error}"))
            })?;
        // The decoders say so themselves; what follows relies on it.
        if bytes.len() != size {
            return Err(Fault::damaged(format!(
                "block {column}, {row} has the wrong size"
            )));
        }
        Ok(then(&bytes))
    }

    /// Packs a block; `first` is the row of blocks that the strip begins with.
    fn encode(&self, block: [usize; 2], first: usize, strip: &Strip<'_>) -> Outcome<Vec<u8>> {
        self.pack(block, self.samples(block, first, strip)?)
    }

    /// Whether the codec is packed here, from the file's order of bytes.
    fn is_zip(&self) -> bool {
        matches!(self.codec, Codec::Zip | Codec::Zips)
    }

    /// The bytes of a block's samples as the codec takes them: little-endian for [`Layout::is_zip`],
    /// else in native order.
    pub(super) fn samples(
        &self,
        [column, row]: [usize; 2],
        first: usize,
        strip: &Strip<'_>,
    ) -> Outcome<Vec<u8>> {
        let section = self.section(column, row);
        let [block_width, block_height] = self.grid.block();
        let (width, stride) = (section.size.width(), self.image.data.width());
        let zip = self.is_zip();
        let mut bytes =
            Vec::with_capacity(section.size.area() * self.header.channels.bytes_per_pixel);
        for line in 0..section.size.height() {
            let above = (row - first) * block_height + line;
            let start = strip.start + above * stride + column * block_width;
            let line = start..start + width;
            for &index in &self.order {
                let (samples, line) = (&strip.image.channels[index].samples, line.clone());
                match samples {
                    Samples::Half(v) if !zip => {
                        append_bytes(&mut bytes, &v[line], f16::to_ne_bytes);
                    }
                    Samples::Float(v) if !zip => {
                        append_bytes(&mut bytes, &v[line], f32::to_ne_bytes);
                    }
                    Samples::Uint(v) if !zip => {
                        append_bytes(&mut bytes, &v[line], u32::to_ne_bytes);
                    }
                    Samples::Half(_) | Samples::Float(_) | Samples::Uint(_) => {
                        samples.append_bits(line, &mut bytes);
                    }
                    Samples::U8(_) | Samples::U10(_) | Samples::U12(_) | Samples::U16(_) => {
                        return Err(Fault::invalid("EXR does not hold integer codes"));
                    }
                }
            }
        }
        Ok(bytes)
    }

    /// Packs the bytes of a block's samples.
    pub(super) fn pack(&self, [column, row]: [usize; 2], bytes: Vec<u8>) -> Outcome<Vec<u8>> {
        if self.is_zip() {
            // A block that does not shrink is stored as it is.
            return Ok(zip::pack(&bytes).unwrap_or(bytes));
        }
        let section = self.section(column, row);
        self.header
            .compression
            .compress_image_section_to_le(&self.header, bytes, section)
            .map_err(|error| {
                Fault::invalid(format!("block {column}, {row} cannot be encoded: {error}"))
            })
    }

    /// What stands before a block in the file, but for the part's number and the block's size.
    pub(super) fn label(&self, column: usize, row: usize) -> Vec<i32> {
        match self.grid.tiles {
            Some(_) => vec![column as i32, row as i32, 0, 0],
            None => vec![self.image.data.y0 + (row * self.grid.block()[1]) as i32],
        }
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

/// The rows of one channel that a row of blocks holds.
enum Rows<'a> {
    Uint(&'a mut [u32]),
    Half(&'a mut [f16]),
    Float(&'a mut [f32]),
}

impl Rows<'_> {
    /// Takes the samples of rows of the same type and length.
    fn copy_from(&mut self, other: &Rows<'_>) {
        match (self, other) {
            (Rows::Uint(rows), Rows::Uint(other)) => rows.copy_from_slice(other),
            (Rows::Half(rows), Rows::Half(other)) => rows.copy_from_slice(other),
            (Rows::Float(rows), Rows::Float(other)) => rows.copy_from_slice(other),
            _ => unreachable!("layouts that are alike have channels of one type"),
        }
    }

    /// Fills `range` from the front of `bytes`, little-endian or in native order; gives the rest of the
    /// bytes.
    fn fill<'b>(&mut self, range: Range<usize>, bytes: &'b [u8], little: bool) -> &'b [u8] {
        match (self, little) {
            (Rows::Uint(rows), true) => fill(&mut rows[range], bytes, u32::from_le_bytes),
            (Rows::Half(rows), true) => fill(&mut rows[range], bytes, f16::from_le_bytes),
            (Rows::Float(rows), true) => fill(&mut rows[range], bytes, f32::from_le_bytes),
            (Rows::Uint(rows), false) => fill(&mut rows[range], bytes, u32::from_ne_bytes),
            (Rows::Half(rows), false) => fill(&mut rows[range], bytes, f16::from_ne_bytes),
            (Rows::Float(rows), false) => fill(&mut rows[range], bytes, f32::from_ne_bytes),
        }
    }
}

fn fill<'b, T, const N: usize>(
    to: &mut [T],
    bytes: &'b [u8],
    make: impl Fn([u8; N]) -> T,
) -> &'b [u8] {
    let (line, rest) = bytes.split_at(to.len() * N);
    for (sample, bytes) in to.iter_mut().zip(line.as_chunks().0) {
        *sample = make(*bytes);
    }
    rest
}

/// A part of an open file, whose claims have been bounded.
pub(super) struct Packed<'s> {
    pub(super) source: &'s mut Source,
    pub(super) layout: &'s Layout,
    pub(super) place: Place,
}

/// Reads the blocks of `cells`; the samples lie over [`Grid::window`].
pub(super) fn read(file: Packed<'_>, cells: &Cells, parallel: bool) -> Outcome<Vec<Channel>> {
    let channels = read_alike([file], cells, parallel)?;
    Ok(channels.into_iter().next().unwrap_or_default())
}

/// The same of files that are laid out alike. A row of blocks that is packed as in the first is not decoded
/// again.
pub(super) fn read_alike<const N: usize>(
    mut files: [Packed<'_>; N],
    cells: &Cells,
    parallel: bool,
) -> Outcome<Vec<Vec<Channel>>> {
    let mut offsets = Vec::with_capacity(N);
    let mut planes = Vec::with_capacity(N);
    for Packed {
        source,
        layout,
        place,
    } in &mut files
    {
        if layout.grid.table_entries() > source.size() / 8 {
            return Err(Fault::too_large(
                "the header claims more blocks than the file can hold: it is damaged or truncated",
            ));
        }
        let header = Header {
            data: layout.grid.window(cells),
            ..layout.image.clone()
        };
        offsets.push(read_offsets(source, layout, *place, cells)?);
        // Each sample is in one of the cells.
        planes.push(spare::planes(&header)?);
    }
    let mut bands: Vec<Vec<Vec<Rows>>> = cells.rows.clone().map(|_| Vec::new()).collect();
    for (planes, file) in planes.iter_mut().zip(&files) {
        let width = file.layout.grid.window(cells).width();
        let own = split(planes, file.layout, width, cells);
        for (bands, own) in bands.iter_mut().zip(own) {
            bands.push(own);
        }
    }
    let layouts = files.each_ref().map(|file| file.layout);
    let batch = layouts.first().map_or(1, |layout| layout.batch());
    let rows = (batch / (cells.columns.len() * N).max(1)).max(1);
    let mut room = Room::take();
    for (bands, first) in bands.chunks_mut(rows).zip(cells.rows.clone().step_by(rows)) {
        room.clear();
        let mut jobs = Vec::with_capacity(bands.len());
        for (row, bands) in (first..).zip(bands) {
            let mut blocks = Vec::with_capacity(N);
            for (file, offsets) in files.iter_mut().zip(&offsets) {
                let offsets = &offsets[row - cells.rows.start];
                blocks.push(read_row(file, cells, row, offsets, &mut room)?);
            }
            jobs.push(Job { row, blocks, bands });
        }
        let decode = |job: Job| job.decode(layouts, cells, &room, parallel);
        if parallel {
            jobs.into_par_iter().try_for_each(decode)?;
        } else {
            jobs.into_iter().try_for_each(decode)?;
        }
    }
    drop(bands);
    let channels = planes.into_iter().zip(layouts).map(|(planes, layout)| {
        let names = layout
            .image
            .channels
            .iter()
            .map(|channel| channel.name.clone());
        let channels = names.zip(planes);
        channels
            .map(|(name, samples)| Channel { name, samples })
            .collect()
    });
    Ok(channels.collect())
}

/// A row of blocks to be decoded, for each file.
struct Job<'j, 'p> {
    row: usize,
    /// Where they lie in the room.
    blocks: Vec<Vec<Range<usize>>>,
    /// The rows that they hold.
    bands: &'j mut [Vec<Rows<'p>>],
}

impl Job<'_, '_> {
    fn decode<const N: usize>(
        self,
        layouts: [&Layout; N],
        cells: &Cells,
        room: &Room,
        parallel: bool,
    ) -> Outcome<()> {
        let at = |places: Vec<Range<usize>>| -> Vec<&[u8]> {
            places.into_iter().map(|place| room.at(place)).collect()
        };
        let blocks = self.blocks.into_iter().map(at);
        let mut files = blocks.zip(self.bands).zip(layouts);
        let Some(((first, first_band), layout)) = files.next() else {
            return Ok(());
        };
        decode_band(layout, cells, self.row, &first, first_band, parallel)?;
        for ((blocks, band), layout) in files {
            if blocks == first {
                for (to, from) in band.iter_mut().zip(&*first_band) {
                    to.copy_from(from);
                }
            } else {
                decode_band(layout, cells, self.row, &blocks, band, parallel)?;
            }
        }
        Ok(())
    }
}

/// Reads a row of blocks in packed form; gives their places in the room.
fn read_row(
    file: &mut Packed<'_>,
    cells: &Cells,
    row: usize,
    offsets: &[u64],
    room: &mut Room,
) -> Outcome<Vec<Range<usize>>> {
    let blocks = cells.columns.clone().zip(offsets);
    let read = |(column, &offset)| {
        let label = file.layout.label(column, row);
        let size = find_block(file.source, offset, file.place, &label)?;
        room.read(file.source, size)
    };
    blocks.map(read).collect()
}

/// Decodes a row of blocks into the rows that it holds.
fn decode_band(
    layout: &Layout,
    cells: &Cells,
    row: usize,
    blocks: &[&[u8]],
    band: &mut [Rows],
    parallel: bool,
) -> Outcome<()> {
    let [block, _] = layout.grid.block();
    let (width, little) = (layout.grid.window(cells).width(), layout.is_zip());
    let mut put = |index: usize, bytes: &[u8]| {
        let size = layout.section(cells.columns.start + index, row).size;
        let mut rest = bytes;
        for line in 0..size.height() {
            let start = line * width + index * block;
            for rows in band.iter_mut() {
                rest = rows.fill(start..start + size.width(), rest, little);
            }
        }
    };
    if let [packed] = blocks {
        return layout.decode([cells.columns.start, row], packed, |bytes| put(0, bytes));
    }
    let decode =
        |(column, packed): (usize, &&[u8])| layout.decode([column, row], packed, <[u8]>::to_vec);
    let jobs: Vec<_> = cells.columns.clone().zip(blocks).collect();
    let decoded: Vec<Outcome<Vec<u8>>> = if parallel {
        jobs.into_par_iter().map(decode).collect()
    } else {
        jobs.into_iter().map(decode).collect()
    };
    for (index, bytes) in decoded.into_iter().enumerate() {
        put(index, &bytes?);
    }
    Ok(())
}

/// For each row of blocks the rows of each channel, in the file's order.
fn split<'a>(
    planes: &'a mut [Samples],
    layout: &Layout,
    width: usize,
    cells: &Cells,
) -> Vec<Vec<Rows<'a>>> {
    let size = (width * layout.grid.block()[1]).max(1);
    let mut bands: Vec<Vec<Rows>> = cells.rows.clone().map(|_| Vec::new()).collect();
    let mut planes: Vec<Option<&mut Samples>> = planes.iter_mut().map(Some).collect();
    for &index in &layout.order {
        let rows: Vec<Rows> = match planes[index].take() {
            Some(Samples::Uint(plane)) => plane.chunks_mut(size).map(Rows::Uint).collect(),
            Some(Samples::Half(plane)) => plane.chunks_mut(size).map(Rows::Half).collect(),
            Some(Samples::Float(plane)) => plane.chunks_mut(size).map(Rows::Float).collect(),
            // No channel of an EXR.
            _ => Vec::new(),
        };
        for (band, rows) in bands.iter_mut().zip(rows) {
            band.push(rows);
        }
    }
    bands
}

/// Where the blocks of each row of `cells` lie in the file.
fn read_offsets(
    source: &mut Source,
    layout: &Layout,
    place: Place,
    cells: &Cells,
) -> Outcome<Vec<Vec<u64>>> {
    let mut offsets = Vec::with_capacity(cells.rows.len());
    for row in cells.rows.clone() {
        let first = layout.grid.index(cells.columns.start, row);
        source.go_to(place.table.saturating_add(first.saturating_mul(8)))?;
        let mut table = vec![0; cells.columns.len() * 8];
        source.read_exact(&mut table)?;
        let (entries, _) = table.as_chunks();
        offsets.push(
            entries
                .iter()
                .map(|&bytes| u64::from_le_bytes(bytes))
                .collect(),
        );
    }
    Ok(offsets)
}

/// Reads one block in packed form; `label` is what it must begin with.
pub(super) fn read_block(
    source: &mut Source,
    offset: u64,
    place: Place,
    label: &[i32],
) -> Outcome<Vec<u8>> {
    let mut packed = vec![0; find_block(source, offset, place, label)?];
    source.read_exact(&mut packed)?;
    Ok(packed)
}

/// Goes to a block that begins with `label`; gives its size in packed form, no more than the file's.
fn find_block(source: &mut Source, offset: u64, place: Place, label: &[i32]) -> Outcome<usize> {
    source.go_to(offset)?;
    for expected in place.number.iter().chain(label) {
        if read_i32(source)? != *expected {
            return Err(misplaced(label));
        }
    }
    let size = u64::try_from(read_i32(source)?).unwrap_or(u64::MAX);
    if size > source.size() {
        return Err(misplaced(label));
    }
    Ok(size as usize)
}

fn read_i32(source: &mut Source) -> Outcome<i32> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes)?;
    Ok(i32::from_le_bytes(bytes))
}

fn misplaced(label: &[i32]) -> Fault {
    let block = match label {
        [column, row, ..] => format!("the tile {column}, {row}"),
        _ => format!("the block of row {}", label[0]),
    };
    Fault::damaged(format!(
        "{block} is not where the offset table says: the file is damaged or incomplete"
    ))
}

/// Writes offset tables and blocks of all parts, whose samples are asked for by part and rows; `out`
/// stands behind the headers. The donor is one of the first part.
pub(super) fn write<'a>(
    out: &mut (impl Write + Seek),
    parts: &[Part<'_>],
    rows: usize,
    mut pull: impl FnMut(usize, Range<i32>) -> Outcome<Cow<'a, Image>>,
    mut donor: Option<&mut Donor<'_>>,
    parallel: bool,
) -> Outcome<()> {
    let table = out.stream_position()?;
    let mut blocks = 0usize;
    for part in parts {
        let more = usize::try_from(part.layout.grid.blocks()).ok();
        blocks = more
            .and_then(|more| blocks.checked_add(more))
            .filter(|&blocks| i32::try_from(blocks).is_ok())
            .ok_or_else(|| Fault::invalid("the image has too many blocks for EXR"))?;
    }
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
            donor.take(),
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
    donor: Option<&mut Donor<'_>>,
    parallel: bool,
) -> Outcome<Vec<u64>> {
    let mut offsets = vec![0; layout.grid.blocks() as usize];
    // Where the header leaves the order open, it is from the top.
    let upward = is_decreasing(&layout.image.metadata);
    let walk = Walk {
        upward,
        ..Walk::all(parallel)
    };
    let mut donor = donor::Open::of(donor, layout);
    let given = |block| donor.as_mut().and_then(|donor| donor.block(block));
    let encode = |block, first, strip: &Strip<'_>| layout.encode(block, first, strip);
    each_other(
        layout,
        feed,
        walk,
        given,
        encode,
        |[column, row], packed| {
            let size = i32::try_from(packed.len())
                .map_err(|_| Fault::invalid("a block of pixels is too large for EXR"))?;
            let label = layout.label(column, row);
            let start = number.into_iter().chain(label).chain([size]);
            let start: Vec<u8> = start.flat_map(i32::to_le_bytes).collect();
            out.write_all(&start)?;
            out.write_all(&packed)?;
            offsets[layout.grid.index(column, row) as usize] = *position;
            *position += (start.len() + packed.len()) as u64;
            Ok(())
        },
    )?;
    Ok(offsets)
}

/// How the blocks of an image are gone through.
#[derive(Clone, Copy)]
pub(super) struct Walk<'w> {
    /// From the bottom row of them up.
    pub(super) upward: bool,
    /// Several at once.
    pub(super) parallel: bool,
    /// Those that are.
    pub(super) wanted: &'w (dyn Fn([usize; 2]) -> bool + Sync),
}

impl Walk<'_> {
    /// All blocks from the top.
    pub(super) fn all(parallel: bool) -> Self {
        Walk {
            upward: false,
            parallel,
            wanted: &|_| true,
        }
    }
}

/// Goes through the blocks row after row: makes something of each, of its place, the row of blocks
/// that the strip begins with and the strip, and gives it away in order.
pub(super) fn each_block<T: Send>(
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    walk: Walk<'_>,
    make: impl Fn([usize; 2], usize, &Strip<'_>) -> Outcome<T> + Sync,
    take: impl FnMut([usize; 2], T) -> Outcome<()>,
) -> Outcome<()> {
    each_other(layout, feed, walk, |_| None, make, take)
}

/// As [`each_block`], but nothing is made of a block that is `given`; of a strip that has no other no
/// samples are asked for.
fn each_other<T: Send>(
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    walk: Walk<'_>,
    mut given: impl FnMut([usize; 2]) -> Option<T>,
    make: impl Fn([usize; 2], usize, &Strip<'_>) -> Outcome<T> + Sync,
    mut take: impl FnMut([usize; 2], T) -> Outcome<()>,
) -> Outcome<()> {
    let Cells { columns, rows } = layout.grid.all();
    let in_strip = feed.rows.div_ceil(layout.grid.block()[1]);
    let mut strips: Vec<Range<usize>> = rows
        .clone()
        .step_by(in_strip)
        .map(|first| first..rows.end.min(first + in_strip))
        .collect();
    if walk.upward {
        strips.reverse();
    }
    for rows in strips {
        let first = rows.start;
        let pixels = layout.rows_of(rows.clone());
        let mut rows: Vec<usize> = rows.collect();
        if walk.upward {
            rows.reverse();
        }
        let in_row = |row: usize| columns.clone().map(move |column| [column, row]);
        let order = rows.into_iter().flat_map(in_row);
        let order: Vec<[usize; 2]> = order.filter(|&block| (walk.wanted)(block)).collect();
        let mut strip = None;
        for batch in order.chunks(layout.batch()) {
            let given: Vec<Option<T>> = batch.iter().map(|&block| given(block)).collect();
            let pairs = batch.iter().zip(&given);
            let others: Vec<[usize; 2]> = pairs
                .filter(|(_, given)| given.is_none())
                .map(|(&block, _)| block)
                .collect();
            let strip = match &strip {
                _ if others.is_empty() => None,
                Some(strip) => Some(strip),
                None => Some(&*strip.insert(feed.strip(pixels.clone())?)),
            };
            let make = |&block: &[usize; 2]| strip.map(|strip| make(block, first, strip));
            let made: Vec<Option<Outcome<T>>> = if walk.parallel {
                others.par_iter().map(make).collect()
            } else {
                others.iter().map(make).collect()
            };
            let mut made = made.into_iter().flatten();
            for (&block, given) in batch.iter().zip(given) {
                if let Some(it) = given.map(Ok).or_else(|| made.next()) {
                    take(block, it?)?;
                }
            }
        }
    }
    Ok(())
}

/// The bytes that an image's packed blocks take, with their places and labels.
pub(super) fn packed_bytes(
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    parallel: bool,
) -> Outcome<u64> {
    let mut bytes = 0;
    let encode = |block, first, strip: &Strip<'_>| layout.encode(block, first, strip);
    each_block(layout, feed, Walk::all(parallel), encode, |_, packed| {
        bytes += layout.bytes_around() + packed.len() as u64;
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
