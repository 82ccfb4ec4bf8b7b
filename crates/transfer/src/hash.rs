//! The hashes that background and painted plate are known by: SHA-256 of the hashes of their strips.
//!
//! A strip is the rows y with the same floor(y / 16). Its hash is SHA-256 over, all numbers little-endian,
//! for each of its rows from the top of which some sample's bits are not all zero:
//!
//! 1. y, and the columns x0 and x1 from the first such pixel to behind the last, as 32-bit integers;
//! 2. for each channel in the order of the names' bytes: the name, a zero byte, the number of the
//!    sample type, the bits of these columns.
//!
//! The plate's hash is SHA-256 over the display window, x0, y0, x1, y1 as 32-bit integers, the upper
//! bounds outside; then the hashes of the strips that have such a row, from the top.
//!
//! The numbers of the types are 1 (uint8), 2 (uint16), 3 (half), 4 (float), 5 (uint10), 6 (uint12),
//! 7 (uint).

use std::ops::Range;

use images::{Channel, Image, Rect, SampleType, Samples};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::plate::{Plate, strips};
use crate::verify::is_same;

/// Rows of a strip.
const ROWS: i32 = 16;

/// The hash of a background, as 64 hexadecimal digits: of the float view of its samples, NaN payloads kept,
/// a row of a channel in halves where all of it can be; of those of a `uint` as they are. The same values
/// give the same hash in any crop, codec and type.
pub fn background_hash(image: &Image) -> String {
    whole(image, Side::Background)
}

/// The hash of a painted plate, as 64 hexadecimal digits: of the native bits.
pub fn painted_hash(image: &Image) -> String {
    whole(image, Side::Painted)
}

/// Which of the two hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Background,
    Painted,
}

fn whole(image: &Image, side: Side) -> String {
    let mut hash = PlateHash::new(side, image.display, image.data);
    hash.add(image, image.data.y0..image.data.y1, None);
    hash.finish().digits
}

/// The hash of a plate, with those of its strips, which another plate may share.
#[derive(Debug, Clone)]
pub struct StripHashes {
    /// The plate's, as 64 hexadecimal digits.
    pub(crate) digits: String,
    strips: Vec<Strip>,
}

/// The hash of a plate that is read strip by strip. Strips that have the bits of those of `like` are not
/// hashed again.
pub(crate) fn in_strips<E: From<Error>>(
    plate: &dyn Plate,
    side: Side,
    rows: usize,
    like: Option<(&dyn Plate, &StripHashes)>,
    mut step: impl FnMut(Rect) -> Result<(), E>,
) -> Result<StripHashes, E> {
    let header = plate.header();
    let mut hash = PlateHash::new(side, header.display, header.data);
    for strip in strips(header.data, rows) {
        step(strip)?;
        let rows = strip.y0..strip.y1;
        let image = plate.rows(rows.clone())?;
        let other = like.map(|(like, _)| like.rows(rows.clone())).transpose()?;
        let other = other.as_deref().zip(like);
        let like = other.map(|(image, (like, hashes))| Like {
            image,
            data: like.header().data,
            strips: &hashes.strips,
        });
        hash.add(&image, rows, like);
    }
    Ok(hash.finish())
}

/// A strip all of whose rows were added.
#[derive(Debug, Clone)]
pub(crate) struct Strip {
    number: i32,
    /// None where all bits are zero.
    hash: Option<[u8; 32]>,
    /// Whether all samples were hashed in their own type.
    is_native: bool,
}

/// Some rows of another plate, some of whose strips were hashed.
#[derive(Clone, Copy)]
pub(crate) struct Like<'l> {
    pub(crate) image: &'l Image,
    /// The plate's.
    pub(crate) data: Rect,
    pub(crate) strips: &'l [Strip],
}

/// A hash that grows from the top, row by row.
pub(crate) struct PlateHash {
    side: Side,
    /// The plate's; outside, bits are zero.
    data: Rect,
    hash: Sha256,
    open: Option<Open>,
    strips: Vec<Strip>,
}

/// A strip to which rows are added.
#[derive(Default)]
struct Open {
    hash: Sha256,
    has_rows: bool,
    is_widened: bool,
}

impl PlateHash {
    pub(crate) fn new(side: Side, display: Rect, data: Rect) -> Self {
        let mut hash = Sha256::new();
        for bound in [display.x0, display.y0, display.x1, display.y1] {
            hash.update(bound.to_le_bytes());
        }
        PlateHash {
            side,
            data,
            hash,
            open: None,
            strips: Vec::new(),
        }
    }

    /// The strips all of whose rows were added.
    pub(crate) fn strips(&self) -> &[Strip] {
        &self.strips
    }

    /// Adds those of `rows` that the image has. Whole strips that `like` has too are not hashed again.
    pub(crate) fn add(&mut self, image: &Image, rows: Range<i32>, like: Option<Like<'_>>) {
        let mut channels: Vec<_> = image.channels.iter().collect();
        channels.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        let (mut y, end) = (rows.start.max(image.data.y0), rows.end.min(image.data.y1));
        let mut bytes = Vec::new();
        while y < end {
            let number = y.div_euclid(ROWS);
            let own = band(self.data, number);
            let piece = Rect {
                y0: y,
                y1: own.y1.min(end),
                ..own
            };
            let shared = like.filter(|_| piece == own);
            let shared = shared.and_then(|like| like.strip(self.side, image, number, own));
            if let Some(strip) = shared {
                self.close(strip);
            } else {
                let open = self.open.get_or_insert_default();
                for y in piece.y0..piece.y1 {
                    open.add(self.side, image, &channels, y, &mut bytes);
                }
                if piece.y1 == own.y1 {
                    let open = self.open.take().unwrap_or_default();
                    self.close(Strip {
                        number,
                        is_native: !open.is_widened,
                        hash: open.has_rows.then(|| open.hash.finalize().into()),
                    });
                }
            }
            y = piece.y1;
        }
    }

    fn close(&mut self, strip: Strip) {
        if let Some(hash) = &strip.hash {
            self.hash.update(hash);
        }
        self.strips.push(strip);
    }

    /// The hash, now that all rows were added.
    pub(crate) fn finish(self) -> StripHashes {
        let digest = self.hash.finalize();
        StripHashes {
            digits: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            strips: self.strips,
        }
    }
}

impl Like<'_> {
    /// The strip, if it is the same as that of `image`, which are the pixels `own` of its plate.
    fn strip(&self, side: Side, image: &Image, number: i32, own: Rect) -> Option<Strip> {
        let place = self
            .strips
            .binary_search_by_key(&number, |strip| strip.number);
        let strip = &self.strips[place.ok()?];
        let is_shared = side == Side::Painted
            && strip.is_native
            && band(self.data, number) == own
            && image.channels.len() == self.image.channels.len()
            && is_same(image, self.image, own);
        is_shared.then(|| strip.clone())
    }
}

impl Open {
    /// Adds a row; `bytes` is room for it.
    fn add(
        &mut self,
        side: Side,
        image: &Image,
        channels: &[&Channel],
        y: i32,
        bytes: &mut Vec<u8>,
    ) {
        let filled = filled_row(image, y);
        if filled.is_empty() {
            return;
        }
        bytes.clear();
        for place in [y, filled.x0, filled.x1] {
            bytes.extend(place.to_le_bytes());
        }
        let start = index(image, filled.x0, y);
        for channel in channels {
            bytes.extend(channel.name.bytes());
            let row = start..start + filled.width();
            self.is_widened |= append(side, &channel.samples, row, bytes);
        }
        self.hash.update(&bytes);
        self.has_rows = true;
    }
}

/// Appends a zero byte, the number of the type and the samples; gives whether that is not their own type.
fn append(side: Side, samples: &Samples, row: Range<usize>, bytes: &mut Vec<u8>) -> bool {
    let own = samples.sample_type();
    if side == Side::Painted || matches!(own, SampleType::Half | SampleType::Uint) {
        bytes.extend([0, number(own)]);
        samples.append_bits(row, bytes);
        return false;
    }
    let start = bytes.len();
    bytes.extend([0, number(SampleType::Half)]);
    if append_halves(samples, row.clone(), bytes) {
        return true;
    }
    bytes.truncate(start);
    bytes.extend([0, number(SampleType::Float)]);
    samples.append_float_bits(row, bytes);
    own != SampleType::Float
}

/// Appends the bits of the samples' float view in halves; false where these are not all the same floats.
fn append_halves(samples: &Samples, row: Range<usize>, bytes: &mut Vec<u8>) -> bool {
    let mut floats = [0.0; 256];
    let mut pieces = row.clone().step_by(floats.len());
    pieces.all(|start| {
        let piece = start..row.end.min(start + floats.len());
        let floats = &mut floats[..piece.len()];
        samples.widen(piece, floats);
        let halves = Samples::from_f32(SampleType::Half, floats);
        halves.append_bits(0..floats.len(), bytes);
        let back = halves.to_f32();
        let mut pairs = back.iter().zip(&*floats);
        pairs.all(|(half, float)| half.to_bits() == float.to_bits())
    })
}

fn number(kind: SampleType) -> u8 {
    match kind {
        SampleType::U8 => 1,
        SampleType::U16 => 2,
        SampleType::Half => 3,
        SampleType::Float => 4,
        SampleType::U10 => 5,
        SampleType::U12 => 6,
        SampleType::Uint => 7,
    }
}

/// The pixels of a plate that lie in a strip.
fn band(data: Rect, number: i32) -> Rect {
    let top = i64::from(number) * i64::from(ROWS);
    let row = |y: i64| y.clamp(data.y0.into(), data.y1.into()) as i32;
    Rect {
        y0: row(top),
        y1: row(top + i64::from(ROWS)),
        ..data
    }
}

/// The box of the pixels of a row of which some sample's bits are not all zero.
fn filled_row(image: &Image, y: i32) -> Rect {
    let data = image.data;
    let start = index(image, data.x0, y);
    let mut filled = Rect::default();
    for channel in &image.channels {
        let is_set = |&at: &usize| channel.samples.bits(at) != 0;
        let mut row = start..start + data.width();
        let Some(first) = row.find(is_set) else {
            continue;
        };
        let last = row.rfind(is_set).unwrap_or(first);
        let x = |at: usize| data.x0 + (at - start) as i32;
        filled = filled.union(&Rect::new(x(first), y, x(last) + 1, y + 1));
    }
    filled
}

/// Where the pixel (`x`, `y`) of the data window lies in a plane.
fn index(image: &Image, x: i32, y: i32) -> usize {
    let offset = |from: i32, to: i32| (i64::from(to) - i64::from(from)) as usize;
    offset(image.data.y0, y) * image.data.width() + offset(image.data.x0, x)
}

#[cfg(test)]
mod tests;
