//! The hashes that background and painted plate are known by.
//!
//! SHA-256 over, all numbers little-endian:
//!
//! 1. the display window: x0, y0, x1, y1 as 32-bit integers, the upper bounds outside;
//! 2. the box of the pixels of which some sample's bits are not all zero, likewise; four zeros
//!    where there is none;
//! 3. for each row of that box from the top, for each channel in the order of the names' bytes:
//!    the name, a zero byte, the number of the sample type, the row's bits.
//!
//! Pixels outside the data window have zero bits. The numbers of the types are 1 (uint8),
//! 2 (uint16), 3 (half), 4 (float), 5 (uint10), 6 (uint12), 7 (uint).

use std::ops::Range;

use images::{Header, Image, Rect, SampleType};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::plate::{Plate, strips};

/// The hash of a background, as 64 hexadecimal digits: of the samples widened to floats, NaN
/// payloads kept; those of a `uint` as they are. The same values give the same hash in any crop,
/// codec and type.
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
    let mut hash = PlateHash::new(side, &image.header(), filled_box(image));
    hash.add(image, image.data.y0..image.data.y1);
    hash.digits()
}

/// The hash of a plate that is read strip by strip: two passes where the guess of the first, that no
/// edge of the data window is all zeros, is wrong.
pub(crate) fn in_strips<E: From<Error>>(
    plate: &dyn Plate,
    side: Side,
    rows: usize,
    mut step: impl FnMut(Rect) -> Result<(), E>,
) -> Result<String, E> {
    let mut guess = PlateHash::new(side, plate.header(), plate.header().data);
    for strip in strips(plate.header().data, rows) {
        step(strip)?;
        guess.add(&*plate.rows(strip.y0..strip.y1)?, strip.y0..strip.y1);
    }
    guess.finish(plate, rows, step)
}

/// A hash that grows from the top, row by row.
pub(crate) struct PlateHash {
    side: Side,
    header: Header,
    hash: Sha256,
    /// The box that is taken for the one of the pixels that are not all zero, and what it turned out
    /// to be so far.
    filled: Rect,
    found: Rect,
}

impl PlateHash {
    pub(crate) fn new(side: Side, header: &Header, filled: Rect) -> Self {
        let mut hash = Sha256::new();
        for window in [header.display, filled] {
            for bound in [window.x0, window.y0, window.x1, window.y1] {
                hash.update(bound.to_le_bytes());
            }
        }
        PlateHash {
            side,
            header: header.clone(),
            hash,
            filled,
            found: Rect::default(),
        }
    }

    /// Adds those of `rows` that the image has.
    pub(crate) fn add(&mut self, image: &Image, rows: Range<i32>) {
        let mut channels: Vec<_> = image.channels.iter().collect();
        channels.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        let rows = rows.start.max(image.data.y0)..rows.end.min(image.data.y1);
        for y in rows.clone() {
            self.found = self.found.union(&filled_row(image, y));
        }
        let mut bytes = Vec::new();
        for y in rows.start.max(self.filled.y0)..rows.end.min(self.filled.y1) {
            let start = index(image, self.filled.x0, y);
            let row = start..start + self.filled.width();
            bytes.clear();
            for channel in &channels {
                bytes.extend(channel.name.bytes());
                let kind = self.side.kind(channel.samples.sample_type());
                bytes.extend([0, number(kind)]);
                if kind == channel.samples.sample_type() {
                    channel.samples.append_bits(row.clone(), &mut bytes);
                } else {
                    channel.samples.append_float_bits(row.clone(), &mut bytes);
                }
            }
            self.hash.update(&bytes);
        }
    }

    /// The hash, now that all rows were added; the plate is read again where the box was not right.
    pub(crate) fn finish<E: From<Error>>(
        self,
        plate: &dyn Plate,
        rows: usize,
        mut step: impl FnMut(Rect) -> Result<(), E>,
    ) -> Result<String, E> {
        if self.found == self.filled {
            return Ok(self.digits());
        }
        let mut again = PlateHash::new(self.side, &self.header, self.found);
        for strip in strips(self.found, rows) {
            step(strip)?;
            again.add(&*plate.rows(strip.y0..strip.y1)?, strip.y0..strip.y1);
        }
        Ok(again.digits())
    }

    fn digits(self) -> String {
        let digest = self.hash.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Side {
    /// The type of the bits that samples of such a type are hashed in.
    fn kind(self, own: SampleType) -> SampleType {
        match (self, own) {
            (Side::Background, SampleType::Uint) | (Side::Painted, _) => own,
            (Side::Background, _) => SampleType::Float,
        }
    }
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

/// The box of the pixels of which some sample's bits are not all zero.
pub(crate) fn filled_box(image: &Image) -> Rect {
    let rows = image.data.y0..image.data.y1;
    rows.fold(Rect::default(), |filled, y| {
        filled.union(&filled_row(image, y))
    })
}

/// The same of one row.
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
mod tests {
    use super::*;
    use images::{Channel, Format, Metadata, Samples, f16};

    fn image(kind: SampleType) -> Image {
        let channel = |name: &str, codes: [f32; 6]| Channel {
            name: name.into(),
            samples: Samples::from_f32(kind, &codes.map(|code| code / 255.0)),
        };
        Image {
            display: Rect::new(0, 0, 4, 3),
            data: Rect::new(-1, 1, 2, 3),
            pixel_aspect: 1.0,
            channels: vec![
                channel("Y", [0.0, 51.0, 0.0, 255.0, 0.0, 0.0]),
                channel("A", [0.0, 0.0, 0.0, 0.0, 0.0, 102.0]),
            ],
            metadata: Metadata::new(Format::Tiff),
        }
    }

    /// Computed from the definition above with another implementation of SHA-256.
    #[test]
    fn the_definition_is_kept() {
        let codes = image(SampleType::U8);
        assert_eq!(
            background_hash(&codes),
            "53e5b40f26222de5d509ec6aa2523e972cdd11b4a05299899aa18687b0367cff"
        );
        assert_eq!(
            painted_hash(&codes),
            "8fd06ed21726508c1a86315540bd4426d041b3820404469abd2b0a3159580b1e"
        );
    }

    #[test]
    fn a_background_keeps_its_hash_in_another_type_and_crop() {
        let codes = image(SampleType::U8);
        let floats = image(SampleType::Float);
        assert_eq!(background_hash(&codes), background_hash(&floats));
        assert_ne!(painted_hash(&codes), painted_hash(&floats));

        let wide = Rect::new(-7, 0, 9, 5);
        let planes = ["Y", "A"].map(|name| codes.plane(name, wide).unwrap());
        let header = images::Header {
            data: wide,
            ..codes.header()
        };
        let wide = Image::from_planes(&header, wide, &planes);
        assert_eq!(background_hash(&codes), background_hash(&wide));
        assert_eq!(painted_hash(&codes), painted_hash(&wide));
    }

    #[test]
    fn every_bit_counts() {
        let base = image(SampleType::Float);
        let mut seen = vec![background_hash(&base)];
        let mut note = |image: Image| {
            let hash = background_hash(&image);
            assert!(!seen.contains(&hash));
            seen.push(hash);
        };
        for bits in [0x8000_0000, 0x7fc0_0000, 0x7fc0_0001, 1] {
            let mut other = base.clone();
            if let Samples::Float(samples) = &mut other.channels[0].samples {
                samples[2] = f32::from_bits(bits);
            }
            note(other);
        }
        let mut other = base.clone();
        other.display.x1 += 1;
        note(other);
        let mut other = base.clone();
        other.channels.swap(0, 1);
        other.channels[0].name = "Y".into();
        other.channels[1].name = "A".into();
        note(other);
        let mut moved = base;
        moved.data = Rect::new(0, 1, 3, 3);
        note(moved);
    }

    #[test]
    fn a_black_image_has_a_hash() {
        let mut black = image(SampleType::Half);
        for channel in &mut black.channels {
            channel.samples = Samples::Half(vec![f16::ZERO; 6]);
        }
        assert!(filled_box(&black).is_empty());
        assert_eq!(background_hash(&black), painted_hash(&black));
        assert_eq!(background_hash(&black).len(), 64);
    }
}
