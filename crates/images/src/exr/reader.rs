//! Reads the pixels of a part: an offset table, then packed blocks.

use std::io::Read;
use std::ops::Range;

use half::f16;
use rayon::prelude::*;

use super::blocks::{Layout, Place};
use super::grid::Cells;
use super::room::Room;
use crate::error::{Fault, Outcome};
use crate::source::Source;
use crate::spare;
use crate::{Channel, Header, Samples};

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
