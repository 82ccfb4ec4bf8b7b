//! How the pixels of a part are cut into blocks: bands of scan lines, or tiles.

use std::ops::Range;

use crate::error::{Fault, Outcome};
use crate::{Attribute, Header, Rect};

/// The attribute that describes tiles, and its type.
const TILES: (&str, &str) = ("tiles", "tiledesc");

/// Smaller copies of a tiled image in the same part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Levels {
    /// None.
    One,
    /// Half as large in both directions, and so on.
    Mip,
    /// Half as large in either direction alone too.
    Rip,
}

/// What the attribute `tiles` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tiles {
    /// Columns and rows of a tile.
    pub(super) size: [u32; 2],
    pub(super) levels: Levels,
    /// Whether the size of a smaller level is rounded up.
    up: bool,
}

impl Tiles {
    /// The tiles of a part; none where it is in scan lines.
    pub(super) fn of(attributes: &[Attribute]) -> Outcome<Option<Tiles>> {
        let mut attributes = attributes.iter();
        let Some(attribute) = attributes.find(|attribute| attribute.name == TILES.0) else {
            return Ok(None);
        };
        let broken = || Fault::damaged("the header's attribute 'tiles' is impossible");
        let &[x0, x1, x2, x3, y0, y1, y2, y3, mode] = attribute.value.as_slice() else {
            return Err(broken());
        };
        let size = [[x0, x1, x2, x3], [y0, y1, y2, y3]].map(u32::from_le_bytes);
        let levels = match mode & 15 {
            0 => Levels::One,
            1 => Levels::Mip,
            2 => Levels::Rip,
            _ => return Err(broken()),
        };
        let sound = attribute.kind == TILES.1
            && mode >> 4 <= 1
            && size
                .iter()
                .all(|&size| i32::try_from(size).is_ok_and(|size| size > 0));
        if !sound {
            return Err(broken());
        }
        Ok(Some(Tiles {
            size,
            levels,
            up: mode >> 4 == 1,
        }))
    }

    /// The attribute's name, type and value, for tiles of one level.
    pub(super) fn attribute(size: [u32; 2]) -> (&'static str, &'static str, Vec<u8>) {
        let mut value = size.map(u32::to_le_bytes).concat();
        value.push(0);
        (TILES.0, TILES.1, value)
    }

    /// Tiles of all levels of an image of this size.
    fn count(self, size: [usize; 2]) -> u64 {
        let tiles = |size: usize, tile: u32| size.div_ceil(tile as usize) as u64;
        let level = |size: usize, level: u32| {
            let round = if self.up { (1 << level) - 1 } else { 0 };
            ((size + round) >> level).max(1)
        };
        // Until the size is 1.
        let levels = |size: usize| match (self.up, size) {
            (_, 0 | 1) => 1,
            (false, size) => size.ilog2() + 1,
            (true, size) => (size - 1).ilog2() + 2,
        };
        let along = |axis: usize, at: u32| tiles(level(size[axis], at), self.size[axis]);
        match self.levels {
            Levels::One => along(0, 0).saturating_mul(along(1, 0)),
            Levels::Mip => (0..levels(size[0].max(size[1])))
                .map(|at| along(0, at).saturating_mul(along(1, at)))
                .fold(0, u64::saturating_add),
            Levels::Rip => {
                let sum = |axis: usize| (0..levels(size[axis])).map(|at| along(axis, at)).sum();
                u64::saturating_mul(sum(0), sum(1))
            }
        }
    }
}

/// The blocks of a part's full size, which come first in its offset table.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    data: Rect,
    pub(super) tiles: Option<Tiles>,
    /// Columns and rows of a block; the last ones may be smaller.
    block: [usize; 2],
    /// Blocks side by side, and one below the other.
    count: [usize; 2],
}

/// A rectangle of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cells {
    pub(super) columns: Range<usize>,
    pub(super) rows: Range<usize>,
}

impl Grid {
    /// `lines` are the scan lines that a block of the codec holds.
    pub(super) fn new(header: &Header, lines: usize) -> Outcome<Grid> {
        let data = header.data;
        let size = [data.width(), data.height()];
        let tiles = match header.metadata.format {
            crate::Format::Exr => Tiles::of(&header.metadata.attributes)?,
            _ => None,
        };
        let block = match tiles {
            // A larger tile ends where the image does.
            Some(tiles) => [0, 1].map(|axis| (tiles.size[axis] as usize).min(size[axis].max(1))),
            None => [size[0].max(1), lines],
        };
        Ok(Grid {
            data,
            tiles,
            block,
            count: [0, 1].map(|axis| size[axis].div_ceil(block[axis])),
        })
    }

    /// Columns and rows of a block.
    pub(super) fn block(&self) -> [usize; 2] {
        self.block
    }

    /// All blocks of the full size.
    pub(super) fn all(&self) -> Cells {
        Cells {
            columns: 0..self.count[0],
            rows: 0..self.count[1],
        }
    }

    /// How many blocks the full size has.
    pub(super) fn blocks(&self) -> u64 {
        (self.count[0] as u64).saturating_mul(self.count[1] as u64)
    }

    /// How many entries the offset table has, those of smaller levels too.
    pub(super) fn table_entries(&self) -> u64 {
        match self.tiles {
            Some(tiles) => tiles.count([self.data.width(), self.data.height()]),
            None => self.blocks(),
        }
    }

    /// A block's place in the offset table.
    pub(super) fn index(&self, column: usize, row: usize) -> u64 {
        row as u64 * self.count[0] as u64 + column as u64
    }

    /// The blocks that hold some of `window`.
    pub(super) fn cells(&self, window: Rect) -> Cells {
        let both = self.data.intersect(&window);
        if both.is_empty() {
            return Cells {
                columns: 0..0,
                rows: 0..0,
            };
        }
        let along = |origin: i32, first: i32, end: i32, block: usize| {
            let from = |at: i32| (i64::from(at) - i64::from(origin)) as usize;
            from(first) / block..from(end).div_ceil(block)
        };
        Cells {
            columns: along(self.data.x0, both.x0, both.x1, self.block[0]),
            rows: along(self.data.y0, both.y0, both.y1, self.block[1]),
        }
    }

    /// The pixels that `cells` hold.
    pub(super) fn window(&self, cells: &Cells) -> Rect {
        let edge = |origin: i32, end: i32, at: usize, block: usize| {
            let edge = i64::from(origin) + (at as i64).saturating_mul(block as i64);
            edge.min(i64::from(end)) as i32
        };
        let Rect { x0, y0, x1, y1 } = self.data;
        let x = |at| edge(x0, x1, at, self.block[0]);
        let y = |at| edge(y0, y1, at, self.block[1]);
        Rect::new(
            x(cells.columns.start),
            y(cells.rows.start),
            x(cells.columns.end),
            y(cells.rows.end),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChannelInfo, Format, Metadata, SampleType};

    fn header(data: Rect) -> Header {
        Header {
            display: data,
            data,
            pixel_aspect: 1.0,
            channels: vec![ChannelInfo {
                name: "Y".into(),
                sample_type: SampleType::Half,
            }],
            metadata: Metadata::new(Format::Exr),
        }
    }

    fn tiled(data: Rect, size: [u32; 2], mode: u8) -> Outcome<Grid> {
        let mut header = header(data);
        let (name, kind, mut value) = Tiles::attribute(size);
        value[8] = mode;
        header.metadata.set(crate::Attribute {
            name: name.into(),
            kind: kind.into(),
            value,
        });
        Grid::new(&header, 16)
    }

    #[test]
    fn scan_lines_are_blocks_of_the_whole_width() {
        let grid = Grid::new(&header(Rect::new(-3, 5, 7, 45)), 16).unwrap();
        assert_eq!((grid.blocks(), grid.table_entries()), (3, 3));
        let cells = grid.cells(Rect::new(0, 20, 1, 22));
        assert_eq!((cells.columns.clone(), cells.rows.clone()), (0..1, 0..2));
        assert_eq!(grid.window(&cells), Rect::new(-3, 5, 7, 37));
        assert_eq!(grid.window(&grid.all()), Rect::new(-3, 5, 7, 45));
        assert!(grid.cells(Rect::new(0, 45, 9, 60)).rows.is_empty());
    }

    #[test]
    fn a_pixel_takes_one_tile() {
        let grid = tiled(Rect::new(-3, 5, 47, 35), [16, 8], 0).unwrap();
        assert_eq!((grid.blocks(), grid.table_entries()), (16, 16));
        let cells = grid.cells(Rect::new(46, 34, 47, 35));
        assert_eq!(grid.window(&cells), Rect::new(45, 29, 47, 35));
        assert_eq!(grid.index(3, 3), 15);
    }

    /// The numbers of the independent implementation in the `exr` crate.
    #[test]
    fn smaller_levels_have_entries_too() {
        use ::exr::math::RoundingMode;
        use ::exr::meta::attribute::{Compression, LevelMode, TileDescription};
        use ::exr::meta::{BlockDescription, compute_chunk_count};
        use ::exr::prelude::Vec2;
        for (width, height) in [(1, 1), (2, 1), (64, 64), (65, 64), (63, 129), (200, 3)] {
            for (mode, level_mode) in [
                (0, LevelMode::Singular),
                (1, LevelMode::MipMap),
                (2, LevelMode::RipMap),
            ] {
                for (up, rounding_mode) in [(0, RoundingMode::Down), (1, RoundingMode::Up)] {
                    let grid = tiled(Rect::new(0, 0, width, height), [16, 8], mode | up << 4);
                    let tiles = TileDescription {
                        tile_size: Vec2(16, 8),
                        level_mode,
                        rounding_mode,
                    };
                    let expected = compute_chunk_count(
                        Compression::ZIP16,
                        Vec2(width as usize, height as usize),
                        BlockDescription::Tiles(tiles),
                    );
                    let found = grid.unwrap().table_entries();
                    assert_eq!(found, expected as u64, "{width} {height} {mode} {up}");
                }
            }
        }
    }

    #[test]
    fn impossible_tiles_are_refused() {
        let data = Rect::new(0, 0, 40, 40);
        for (size, mode) in [
            ([0, 8], 0),
            ([8, 0], 0),
            ([1 << 31, 8], 0),
            ([8, 8], 3),
            ([8, 8], 32),
        ] {
            assert!(tiled(data, size, mode).is_err(), "{size:?} {mode}");
        }
        // Larger than the image is one tile; the smallest possible is many, which no file holds.
        assert_eq!(tiled(data, [i32::MAX as u32, 9], 0).unwrap().blocks(), 5);
        let all = Rect::new(0, 0, i32::MAX / 2, i32::MAX / 2);
        assert!(tiled(all, [1, 1], 2).unwrap().table_entries() > 1 << 59);
    }
}
