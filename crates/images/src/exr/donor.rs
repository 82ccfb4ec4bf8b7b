//! Packed blocks that another file has already.

use std::io::{Read, Seek};
use std::path::Path;

use super::blocks::{Layout, Place};
use super::grid::Cells;
use super::header;
use super::parts::places;
use super::reader::read_block;
use crate::error::Outcome;
use crate::source::Source;
use crate::{Donor, Rect};

/// An open file whose blocks may be taken as they are.
pub(super) struct Open<'d, 'i> {
    source: Source,
    layout: Layout,
    place: Place,
    is_same: &'i mut (dyn FnMut(Rect) -> bool + 'd),
}

impl<'d, 'i> Open<'d, 'i> {
    /// Opens the donor of a file with this layout; none where it is not laid out alike. One that cannot
    /// be read is none either: the samples can be packed.
    pub(super) fn of(donor: Option<&'i mut Donor<'d>>, layout: &Layout) -> Option<Self> {
        let donor = donor?;
        let (source, own, place) = open(donor.path).ok().flatten()?;
        own.is_like(layout).then_some(Open {
            source,
            layout: own,
            place,
            is_same: &mut *donor.is_same,
        })
    }

    /// The packed block, if it holds the samples that are to be written.
    pub(super) fn block(&mut self, [column, row]: [usize; 2]) -> Option<Vec<u8>> {
        let grid = &self.layout.grid;
        let cells = Cells {
            columns: column..column + 1,
            rows: row..row + 1,
        };
        if !(self.is_same)(grid.window(&cells)) {
            return None;
        }
        let at = self.place.table + grid.index(column, row) * 8;
        let mut offset = [0; 8];
        self.source.go_to(at).ok()?;
        self.source.read_exact(&mut offset).ok()?;
        let (offset, label) = (u64::from_le_bytes(offset), self.layout.label(column, row));
        let packed = read_block(&mut self.source, offset, self.place, &label).ok()?;
        // What is longer than its samples is no block of a sound file.
        (packed.len() <= self.layout.bytes_of([column, row])).then_some(packed)
    }
}

/// Of a file of one part, what it takes to read its blocks.
pub(super) fn open(path: &Path) -> Outcome<Option<(Source, Layout, Place)>> {
    let mut source = Source::open(path)?;
    let start = header::read(&mut source)?;
    let table = source.stream_position()?;
    let places = places(&start, table)?;
    let ([header], [place]) = (start.headers.as_slice(), places.as_slice()) else {
        return Ok(None);
    };
    let layout = Layout::new(header, header.metadata.codec)?;
    Ok(Some((source, layout, *place)))
}
