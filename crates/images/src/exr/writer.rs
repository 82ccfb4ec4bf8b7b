//! Writes the pixels of all parts, and goes through the blocks of an image.

use std::borrow::Cow;
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;

use rayon::prelude::*;

use super::blocks::{Layout, Part};
use super::donor;
use super::grid::Cells;
use super::header::is_decreasing;
use crate::error::{Fault, Outcome};
use crate::strips::{Feed, Strip};
use crate::{Donor, Image};

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
