//! The difference of any two plates restores the painted one, whatever their bits.

use images::{Channel, Format, Image, Metadata, ReadOptions, Rect, SampleType, Samples, f16};
use transfer::{Difference, Error, Packing, Pair, verify};

use super::scratch::Scratch;

// What the node Min renders, by its formulas.
#[allow(dead_code)]
#[path = "../../crates/transfer/tests/common/mod.rs"]
pub mod node;

const KINDS: [SampleType; 7] = [
    SampleType::U8,
    SampleType::U10,
    SampleType::U12,
    SampleType::U16,
    SampleType::Half,
    SampleType::Float,
    SampleType::Uint,
];

/// The first two bytes are the types of background and painted plate, and whether the difference goes
/// through a file; the others are their samples.
pub fn arithmetic(bytes: &[u8]) {
    let [below, above, rest @ ..] = bytes else {
        return;
    };
    let through_file = below & 0x80 != 0;
    let kind = |byte: &u8| KINDS[usize::from(*byte & 0x7f) % KINDS.len()];
    let (below, above) = rest.split_at_checked(rest.len() / 2).map_or_else(
        || (plate(kind(below), &[]), plate(kind(above), &[])),
        |(b, p)| (plate(kind(below), b), plate(kind(above), p)),
    );
    let Ok(pair) = Pair::new(&below.header(), &above.header()) else {
        return;
    };
    let made = Difference::encode(&below, &above, pair.window, |output| {
        Ok::<_, Error>(node::render(&below, &above, pair.window, output))
    });
    let mut made = made.expect("every plate travels");
    if through_file {
        let scratch = Scratch::new();
        let path = scratch.path("d.exr");
        made.write(&path, Packing::Own)
            .expect("a difference can be written");
        made = Difference::read(&path, &ReadOptions::default()).expect("it can be read");
    }
    let restored = made.restore(&below);
    assert!(restored == above, "another plate comes back");
    assert!(made.proves(&restored));
    assert!(verify(&above, &restored).exact);
    made.check_background(&below)
        .expect("the background is the same");
}

/// A plate a row high of samples with these bits.
fn plate(kind: SampleType, bytes: &[u8]) -> Image {
    let bits = |at: usize| {
        let byte = |offset: usize| bytes.get(at * kind.bytes() + offset).copied().unwrap_or(0);
        u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
    };
    let count = bytes.len().div_ceil(kind.bytes()).clamp(1, 512);
    let bits = (0..count).map(bits);
    let samples = match kind {
        SampleType::U8 => Samples::U8(bits.map(|b| b as u8).collect()),
        SampleType::U10 => Samples::U10(bits.map(|b| b as u16 & 1023).collect()),
        SampleType::U12 => Samples::U12(bits.map(|b| b as u16 & 4095).collect()),
        SampleType::U16 => Samples::U16(bits.map(|b| b as u16).collect()),
        SampleType::Half => Samples::Half(bits.map(|b| f16::from_bits(b as u16)).collect()),
        SampleType::Float => Samples::Float(bits.map(f32::from_bits).collect()),
        SampleType::Uint => Samples::Uint(bits.collect()),
    };
    let format = match kind {
        SampleType::U8 | SampleType::U16 => Format::Tiff,
        SampleType::U10 | SampleType::U12 => Format::Dpx,
        SampleType::Half | SampleType::Float | SampleType::Uint => Format::Exr,
    };
    let window = Rect::new(0, 0, 1024, 1);
    Image {
        display: window,
        data: Rect::new(0, 0, count as i32, 1),
        pixel_aspect: 1.0,
        channels: vec![Channel {
            name: "Y".to_owned(),
            samples,
        }],
        metadata: Metadata::new(format),
    }
}
