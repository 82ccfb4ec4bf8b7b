//! Codes in the lines of a DPX file.

use super::header::{Layout, Packing};
use crate::Samples;
use crate::error::{Fault, Outcome};
use crate::strips::Strip;

/// Spreads a line over row `row` of the planes.
pub(super) fn unpack(layout: &Layout, line: &[u8], row: usize, planes: &mut [Samples]) {
    let (width, count) = (layout.width, layout.order.len());
    let codes = width * count;
    let mut put = |index: usize, code: u16| {
        let at = row * width + index / count;
        match &mut planes[layout.order[index % count]] {
            Samples::U8(plane) => plane[at] = code as u8,
            Samples::U10(plane) | Samples::U12(plane) | Samples::U16(plane) => plane[at] = code,
            // No DPX is read into these.
            Samples::Uint(_) | Samples::Half(_) | Samples::Float(_) => {}
        }
    };
    let max = layout.kind.max_code().unwrap_or(u16::MAX);
    match layout.packing {
        Packing::Bytes => {
            for (index, &byte) in line[..codes].iter().enumerate() {
                put(index, byte.into());
            }
        }
        Packing::Words { shift } => {
            let words = line.as_chunks().0.iter().take(codes);
            for (index, &word) in words.enumerate() {
                let word = match layout.big_endian {
                    true => u16::from_be_bytes(word),
                    false => u16::from_le_bytes(word),
                };
                put(index, word >> shift & max);
            }
        }
        Packing::Threes { shift } => {
            for (first, word) in (0..codes).step_by(3).zip(words(layout, line)) {
                for (index, at) in (first..codes.min(first + 3)).zip(layout.threes()) {
                    put(index, (word >> (at + shift)) as u16 & max);
                }
            }
        }
        Packing::Packed { bits } => {
            let (mut held, mut count, mut index) = (0u64, 0, 0);
            for word in words(layout, line) {
                held |= u64::from(word) << count;
                count += 32;
                while count >= bits && index < codes {
                    put(index, held as u16 & max);
                    (held, count, index) = (held >> bits, count - bits, index + 1);
                }
            }
        }
    }
}

/// The words of four bytes of a line.
fn words(layout: &Layout, line: &[u8]) -> impl Iterator<Item = u32> {
    let words = line.as_chunks().0.iter();
    words.map(|&word| match layout.big_endian {
        true => u32::from_be_bytes(word),
        false => u32::from_le_bytes(word),
    })
}

/// Packs row `row` of a strip into a line; what no code fills is zeros.
pub(super) fn pack(
    layout: &Layout,
    strip: &Strip<'_>,
    row: usize,
    line: &mut Vec<u8>,
) -> Outcome<()> {
    let (width, count) = (layout.width, layout.order.len());
    let start = strip.start + row * width;
    let max = layout.kind.max_code().unwrap_or(u16::MAX);
    let code = |index: usize| -> Outcome<u16> {
        let at = start + index / count;
        let code = match &strip.image.channels[layout.order[index % count]].samples {
            Samples::U8(plane) => plane[at].into(),
            Samples::U10(plane) | Samples::U12(plane) | Samples::U16(plane) => plane[at],
            Samples::Uint(_) | Samples::Half(_) | Samples::Float(_) => {
                return Err(Fault::invalid("DPX holds integer codes"));
            }
        };
        if code > max {
            return Err(Fault::invalid(format!(
                "the code {code} is no sample of type {}",
                layout.kind.name()
            )));
        }
        Ok(code)
    };
    let four_bytes = |word: u32| match layout.big_endian {
        true => word.to_be_bytes(),
        false => word.to_le_bytes(),
    };
    let codes = width * count;
    line.clear();
    match layout.packing {
        Packing::Bytes => {
            for index in 0..codes {
                line.push(code(index)? as u8);
            }
        }
        Packing::Words { shift } => {
            for index in 0..codes {
                let word = code(index)? << shift;
                line.extend(match layout.big_endian {
                    true => word.to_be_bytes(),
                    false => word.to_le_bytes(),
                });
            }
        }
        Packing::Threes { shift } => {
            for first in (0..codes).step_by(3) {
                let mut word = 0;
                for (index, at) in (first..codes.min(first + 3)).zip(layout.threes()) {
                    word |= u32::from(code(index)?) << (at + shift);
                }
                line.extend(four_bytes(word));
            }
        }
        Packing::Packed { bits } => {
            let (mut held, mut count) = (0u64, 0);
            for index in 0..codes {
                held |= u64::from(code(index)?) << count;
                count += bits;
                if count >= 32 {
                    line.extend(four_bytes(held as u32));
                    (held, count) = (held >> 32, count - 32);
                }
            }
            if count > 0 {
                line.extend(four_bytes(held as u32));
            }
        }
    }
    line.resize(layout.line as usize, 0);
    Ok(())
}
