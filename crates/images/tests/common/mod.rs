//! Images for the tests.

#![allow(dead_code)] // Each test file uses some of it.

use std::path::{Path, PathBuf};

use images::{Attribute, Channel, Error, Format, Image, Metadata, ReadOptions, Rect, SampleType};
use images::{Samples, WriteOptions, f16};

/// A file of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

pub fn read(path: &Path) -> Result<Image, Error> {
    images::read(path, &ReadOptions::default())
}

pub fn write(path: &Path, image: &Image) -> Result<u64, Error> {
    images::write(path, image, &WriteOptions::default())
}

/// Bits that follow from `seed` alone.
pub fn noise(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32
    }
}

/// Samples of any bits.
pub fn samples(kind: SampleType, len: usize, seed: u64) -> Samples {
    let mut next = noise(seed);
    let bits = (0..len).map(|_| next());
    match kind {
        SampleType::U8 => Samples::U8(bits.map(|b| b as u8).collect()),
        SampleType::U10 => Samples::U10(bits.map(|b| b as u16 & 1023).collect()),
        SampleType::U12 => Samples::U12(bits.map(|b| b as u16 & 4095).collect()),
        SampleType::U16 => Samples::U16(bits.map(|b| b as u16).collect()),
        SampleType::Uint => Samples::Uint(bits.collect()),
        SampleType::Half => Samples::Half(bits.map(|b| f16::from_bits(b as u16)).collect()),
        SampleType::Float => Samples::Float(bits.map(f32::from_bits).collect()),
    }
}

/// An image of any bits, its data and display window both `window`.
pub fn image(format: Format, window: Rect, names: &[&str], kind: SampleType, seed: u64) -> Image {
    let channel = |(index, name): (usize, &&str)| Channel {
        name: name.to_string(),
        samples: samples(kind, window.area() as usize, seed + index as u64),
    };
    Image {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(format),
    }
}

pub fn attribute(name: &str, kind: &str, value: &[u8]) -> Attribute {
    Attribute {
        name: name.into(),
        kind: kind.into(),
        value: value.to_vec(),
    }
}
