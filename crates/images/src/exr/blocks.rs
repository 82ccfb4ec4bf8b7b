//! The blocks of a part, scan lines or tiles: which there are, and a block's samples packed and
//! unpacked.

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

use super::channels::by_name;
use super::grid::Grid;
use super::zip;
use crate::error::{Fault, Outcome};
use crate::samples::append_bytes;
use crate::strips::Strip;
use crate::{ChannelInfo, Codec, Header, SampleType, Samples};

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
    pub(super) order: Vec<usize>,
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
    pub(super) fn section(&self, column: usize, row: usize) -> IntegerBounds {
        let [width, height] = self.grid.block();
        let (x, y) = (column * width, row * height);
        let data = self.image.data;
        IntegerBounds::new(
            (x as i32, y as i32),
            (width.min(data.width() - x), height.min(data.height() - y)),
        )
    }

    /// Blocks that are packed or unpacked at once.
    pub(super) fn batch(&self) -> usize {
        let [width, height] = self.grid.block();
        let pixel = self.header.channels.bytes_per_pixel.max(1);
        let block = width.saturating_mul(height.saturating_mul(pixel));
        (BATCH_BYTES / block.max(1)).clamp(1, BATCH)
    }

    /// The pixels' rows in these rows of blocks, counted from the top.
    pub(super) fn rows_of(&self, rows: Range<usize>) -> Range<usize> {
        let [_, height] = self.grid.block();
        rows.start * height..self.image.data.height().min(rows.end * height)
    }

    /// Shows the bytes of a block's samples, in the order of [`Layout::samples`], to `then`.
    pub(super) fn decode<T>(
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
    pub(super) fn encode(
        &self,
        block: [usize; 2],
        first: usize,
        strip: &Strip<'_>,
    ) -> Outcome<Vec<u8>> {
        self.pack(block, self.samples(block, first, strip)?)
    }

    /// Whether the codec is packed here, from the file's order of bytes.
    pub(super) fn is_zip(&self) -> bool {
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
