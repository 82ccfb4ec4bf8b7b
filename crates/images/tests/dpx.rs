//! DPX against an independent writer of the standard's layout, and there and back.

mod common;

use std::fs;
use std::path::Path;

use common::{image, read, write};
use images::{Error, ErrorKind, Format, Image, Rect, SampleType, Samples};
use proptest::prelude::*;

/// What a file is made of.
#[derive(Debug, Clone)]
struct Make {
    big: bool,
    size: [u32; 2],
    descriptor: u8,
    bits: u8,
    packing: u16,
    /// Bytes behind the codes of a line.
    filling: usize,
    offset: usize,
    tail: usize,
}

impl Make {
    fn components(&self) -> usize {
        match self.descriptor {
            50 => 3,
            51 | 52 => 4,
            _ => 1,
        }
    }

    fn codes(&self) -> usize {
        (self.size[0] * self.size[1]) as usize * self.components()
    }

    /// The file, by the standard: fields at their positions, codes bit by bit.
    fn file(&self, codes: &[u16], noise: &mut impl FnMut() -> u32) -> Vec<u8> {
        // Whatever nobody looks at may hold anything.
        let mut bytes: Vec<u8> = (0..self.offset).map(|_| noise() as u8).collect();
        let mut put = |at: usize, value: u32, size: usize| {
            let mut field = value.to_be_bytes()[4 - size..].to_vec();
            if !self.big {
                field.reverse();
            }
            bytes[at..at + size].copy_from_slice(&field);
        };
        put(0, u32::from_be_bytes(*b"SDPX"), 4);
        put(4, self.offset as u32, 4);
        put(770, 1, 2);
        put(772, self.size[0], 4);
        put(776, self.size[1], 4);
        put(780, 0, 4);
        put(800, self.descriptor.into(), 1);
        put(803, self.bits.into(), 1);
        put(804, self.packing.into(), 2);
        put(806, 0, 2);
        put(808, u32::MAX, 4);
        put(812, 0, 4);
        put(1628, 3, 4);
        put(1632, 2, 4);
        for line in codes.chunks(self.size[0] as usize * self.components()) {
            let start = bytes.len();
            // A line as numbers of so many bits, in words of so many bytes.
            let (word, numbers): (usize, Vec<String>) = match (self.bits, self.packing) {
                (8, _) => (1, line.iter().map(|code| format!("{code:08b}")).collect()),
                (10 | 12, 0) => (4, packed(line, self.bits)),
                (10, 1) => (4, self.triples(line, |three| format!("{three}00"))),
                (10, _) => (4, self.triples(line, |three| format!("00{three}"))),
                (12, 1) => (
                    2,
                    line.iter().map(|code| format!("{code:012b}0000")).collect(),
                ),
                (12, _) => (
                    2,
                    line.iter().map(|code| format!("0000{code:012b}")).collect(),
                ),
                _ => (2, line.iter().map(|code| format!("{code:016b}")).collect()),
            };
            for number in numbers {
                let value = u32::from_str_radix(&number, 2).unwrap();
                let mut field = value.to_be_bytes()[4 - word..].to_vec();
                if !self.big {
                    field.reverse();
                }
                bytes.extend(field);
            }
            let length = (bytes.len() - start).next_multiple_of(self.filling.max(1));
            bytes.resize(start + length, 0);
        }
        bytes.extend((0..self.tail).map(|_| noise() as u8));
        bytes
    }

    /// Three codes to a word. Of a single component the first is the last in it.
    fn triples(&self, line: &[u16], word: impl Fn(String) -> String) -> Vec<String> {
        let three = |codes: &[u16]| {
            let code = |at: usize| codes.get(at).copied().unwrap_or(0);
            let mut three = [code(0), code(1), code(2)];
            if self.components() == 1 {
                three.reverse();
            }
            word(three.map(|code| format!("{code:010b}")).concat())
        };
        line.chunks(3).map(three).collect()
    }
}

/// The last code first, and all of it cut into words from the end.
fn packed(line: &[u16], bits: u8) -> Vec<String> {
    let codes = line.iter().rev();
    let all: String = codes
        .map(|code| format!("{code:0width$b}", width = bits.into()))
        .collect();
    let whole = format!("{all:0>width$}", width = all.len().next_multiple_of(32));
    let words = whole.as_bytes().rchunks(32);
    words
        .map(|word| String::from_utf8(word.to_vec()).unwrap())
        .collect()
}

prop_compose! {
    fn any_make()(
        big: bool,
        size in [1u32..20, 1u32..12],
        descriptor in proptest::sample::select(vec![50u8, 51, 52, 6, 4]),
        (bits, packing) in proptest::sample::select(vec![(8, 0), (10, 0), (10, 1), (10, 2), (12, 0), (12, 1), (12, 2), (16, 0), (16, 1)]),
        filled: bool,
        offset in proptest::sample::select(vec![1664usize, 2048, 8192]),
        tail in 0usize..1,
    ) -> Make {
        let filling = if filled { 4 } else { 1 };
        Make { big, size, descriptor, bits, packing, filling, offset, tail }
    }
}

fn codes_of(image: &Image, name: &str) -> Vec<u16> {
    match &image.channel(name).unwrap().samples {
        Samples::U8(codes) => codes.iter().map(|&code| code.into()).collect(),
        Samples::U10(codes) | Samples::U12(codes) | Samples::U16(codes) => codes.clone(),
        other => panic!("{:?}", other.sample_type()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What a file holds is read, and the copy is the same file, byte for byte.
    #[test]
    fn any_file_comes_back(make in any_make(), seed: u32) {
        let folder = tempfile::tempdir().unwrap();
        let (path, again) = (folder.path().join("a.dpx"), folder.path().join("b.dpx"));
        let mut noise = common::noise(seed.into());
        let max = (1u32 << make.bits) - 1;
        let codes: Vec<u16> = (0..make.codes()).map(|_| (noise() & max) as u16).collect();
        fs::write(&path, make.file(&codes, &mut noise)).unwrap();
        let image = read(&path).unwrap();
        let kind = match make.bits {
            8 => SampleType::U8,
            10 => SampleType::U10,
            12 => SampleType::U12,
            _ => SampleType::U16,
        };
        prop_assert!(image.header().channels.iter().all(|channel| channel.sample_type == kind));
        prop_assert_eq!(image.pixel_aspect, 1.5);
        prop_assert_eq!(image.data, Rect::new(0, 0, make.size[0] as i32, make.size[1] as i32));
        let order: &[&str] = match make.descriptor {
            50 => &["R", "G", "B"],
            51 => &["R", "G", "B", "A"],
            52 => &["A", "B", "G", "R"],
            6 => &["Y"],
            _ => &["A"],
        };
        for (at, name) in order.iter().enumerate() {
            let own: Vec<u16> = codes.iter().copied().skip(at).step_by(order.len()).collect();
            prop_assert_eq!(codes_of(&image, name), own);
        }
        write(&again, &image).unwrap();
        prop_assert!(fs::read(&path).unwrap() == fs::read(&again).unwrap());
        prop_assert_eq!(read(&again).unwrap(), image);
    }
}

/// Headers to the last byte, user data and what lies behind the pixels.
#[test]
fn what_is_beside_the_pixels_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("a.dpx"), folder.path().join("b.dpx"));
    let make = Make {
        big: false,
        size: [13, 5],
        descriptor: 50,
        bits: 10,
        packing: 1,
        filling: 4,
        offset: 5000,
        tail: 321,
    };
    let mut noise = common::noise(3);
    let codes = vec![1023; make.codes()];
    fs::write(&path, make.file(&codes, &mut noise)).unwrap();
    let mut image = read(&path).unwrap();
    assert_eq!(image.metadata.get("header").unwrap().value.len(), 5000);
    assert_eq!(image.metadata.get("tail").unwrap().value.len(), 321);
    write(&again, &image).unwrap();
    assert!(fs::read(&path).unwrap() == fs::read(&again).unwrap());
    // The pixels change where they lie, and nothing else.
    if let Samples::U10(codes) = &mut image.channels[1].samples {
        codes[0] = 0;
    }
    write(&again, &image).unwrap();
    let (old, new) = (fs::read(&path).unwrap(), fs::read(&again).unwrap());
    let changed: Vec<usize> = (0..old.len()).filter(|&at| old[at] != new[at]).collect();
    assert!(
        changed.iter().all(|at| (5000..5004).contains(at)),
        "{changed:?}"
    );
    assert_eq!(read(&again).unwrap(), image);
    // A code that has no room is no sample.
    if let Samples::U10(codes) = &mut image.channels[1].samples {
        codes[0] = 1024;
    }
    assert_eq!(write(&again, &image).unwrap_err().kind, ErrorKind::Invalid);
}

#[test]
fn images_of_other_formats_get_a_header() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.dpx");
    for kind in [
        SampleType::U8,
        SampleType::U10,
        SampleType::U12,
        SampleType::U16,
    ] {
        for names in [&["R", "G", "B"][..], &["R", "G", "B", "A"], &["Y"], &["A"]] {
            let image = image(Format::Png, Rect::new(0, 0, 11, 3), names, kind, 1);
            let size = write(&path, &image).unwrap();
            let bytes = fs::read(&path).unwrap();
            let said = u32::from_be_bytes(*bytes[16..].first_chunk().unwrap());
            assert_eq!(u64::from(said), size);
            let back = read(&path).unwrap();
            assert_eq!((back.channels, back.pixel_aspect), (image.channels, 1.0));
        }
    }
    for (names, kind) in [
        (&["Y", "A"][..], SampleType::U8),
        (&["Y"], SampleType::Half),
        (&["Z"], SampleType::U8),
    ] {
        let image = image(Format::Exr, Rect::new(0, 0, 11, 3), names, kind, 1);
        assert_eq!(write(&path, &image).unwrap_err().kind, ErrorKind::Invalid);
    }
}

fn refused(path: &Path, at: usize, bytes: &[u8]) -> Error {
    let image = image(
        Format::Png,
        Rect::new(0, 0, 9, 9),
        &["R", "G", "B"],
        SampleType::U10,
        1,
    );
    write(path, &image).unwrap();
    let mut file = fs::read(path).unwrap();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(path, file).unwrap();
    read(path).unwrap_err()
}

#[test]
fn what_is_not_carried_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.dpx");
    use ErrorKind::{Damaged, Unsupported};
    for (at, bytes, kind, reason) in [
        (770, &[0, 2][..], Unsupported, "2 image elements"),
        (780, &[0, 0, 0, 1], Unsupported, "signed"),
        (800, &[100], Unsupported, "of the kind 100"),
        (803, &[32], Unsupported, "32 bits"),
        (804, &[0, 5], Unsupported, "10 bits in packing 5"),
        (806, &[0, 1], Unsupported, "run lengths"),
        (772, &[0, 0, 0, 0], Damaged, "size is impossible"),
        (772, &[0xff; 8], Damaged, "size is impossible"),
        (774, &[0xff, 0xff], Damaged, "truncated"),
        (808, &[0, 0, 0, 9], Damaged, "inside its header"),
        (808, &[0x7f, 0, 0, 0], Damaged, "begin at byte"),
    ] {
        let error = refused(&path, at, bytes);
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains(reason), "{error} / {reason}");
        assert!(
            error.to_string().starts_with(path.to_str().unwrap()),
            "{error}"
        );
    }
}
