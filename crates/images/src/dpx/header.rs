//! The headers of a DPX file: what they say of the pixels.

use crate::error::{Fault, Outcome};
use crate::{ChannelInfo, Header, Metadata, Rect, SampleType};

/// The bytes of the generic header, which every file has.
pub(super) const LEAST: usize = 1664;
/// With those for film and television, which a new file gets too.
const WHOLE: usize = 2048;

/// Positions in the generic header.
mod at {
    pub(super) const MAGIC: usize = 0;
    pub(super) const OFFSET: usize = 4;
    pub(super) const VERSION: usize = 8;
    pub(super) const FILE_SIZE: usize = 16;
    pub(super) const DITTO: usize = 20;
    pub(super) const GENERIC_SIZE: usize = 24;
    pub(super) const INDUSTRY_SIZE: usize = 28;
    pub(super) const USER_SIZE: usize = 32;
    pub(super) const KEY: usize = 660;
    pub(super) const ORIENTATION: usize = 768;
    pub(super) const ELEMENTS: usize = 770;
    pub(super) const WIDTH: usize = 772;
    pub(super) const HEIGHT: usize = 776;
    /// Of the first image element.
    pub(super) const SIGN: usize = 780;
    pub(super) const DESCRIPTOR: usize = 800;
    pub(super) const BITS: usize = 803;
    pub(super) const PACKING: usize = 804;
    pub(super) const ENCODING: usize = 806;
    pub(super) const DATA: usize = 808;
    pub(super) const END_OF_LINE: usize = 812;
    pub(super) const END_OF_IMAGE: usize = 816;
    pub(super) const ORIENTATION_HEADER: usize = 1408;
    pub(super) const ASPECT: usize = 1628;
    pub(super) const ASPECT_END: usize = 1636;
}

const BIG: [u8; 4] = *b"SDPX";
const LITTLE: [u8; 4] = *b"XPDS";

/// What a field says that nobody filled in.
const UNDEFINED: u32 = u32::MAX;

/// The components of a pixel in the file, by their descriptor.
const COMPONENTS: [(u8, &[&str]); 5] = [
    (50, &["R", "G", "B"]),
    (51, &["R", "G", "B", "A"]),
    (52, &["A", "B", "G", "R"]),
    (6, &["Y"]),
    (4, &["A"]),
];

/// How codes lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// A byte each.
    Bytes,
    /// Two bytes each, shifted to the left.
    Words {
        /// By so many bits.
        shift: u32,
    },
    /// Three in a word of four bytes with two bits left over: the first one highest, but of a single
    /// component lowest.
    Threes {
        /// How far the lowest one is shifted to the left.
        shift: u32,
    },
    /// Without a gap in words of four bytes, the first one lowest; the rest of one that does not fit
    /// is lowest in the next word.
    Packed {
        /// Bits of each.
        bits: u32,
    },
}

/// What the headers say of the pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) big_endian: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) kind: SampleType,
    pub(super) packing: Packing,
    /// For each component in the file its channel.
    pub(super) order: Vec<usize>,
    names: &'static [&'static str],
    pixel_aspect: f32,
    /// Where the pixels begin.
    pub(super) offset: u64,
    /// Bytes of a line.
    pub(super) line: u32,
    /// What the header says lies between lines.
    end_of_line: u32,
}

/// Fields in the byte order of the file.
struct Fields<'a> {
    bytes: &'a [u8; LEAST],
    big_endian: bool,
}

impl Fields<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[at..at + N]);
        if !self.big_endian {
            field.reverse();
        }
        field
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_be_bytes(self.bytes(at))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_be_bytes(self.bytes(at))
    }
}

/// Reads the generic header.
pub(super) fn read(bytes: &[u8; LEAST]) -> Outcome<Layout> {
    let magic = [bytes[0], bytes[1], bytes[2], bytes[3]];
    let fields = Fields {
        bytes,
        big_endian: magic == BIG,
    };
    if magic != BIG && magic != LITTLE {
        return Err(Fault::damaged("the DPX has no DPX header"));
    }
    let refuse = |what: String| {
        Err(Fault::unsupported(format!(
            "DPX {what}: its transfer is not supported"
        )))
    };
    let (width, height) = (fields.u32(at::WIDTH), fields.u32(at::HEIGHT));
    let sound = |size: u32| (1..=1 << 28).contains(&size);
    if !sound(width) || !sound(height) {
        return Err(Fault::damaged(format!(
            "the DPX's size is impossible: {width} x {height}"
        )));
    }
    match fields.u16(at::ELEMENTS) {
        1 => {}
        count => return refuse(format!("with {count} image elements, not one")),
    }
    if fields.u32(at::SIGN) == 1 {
        return refuse("with signed samples".to_owned());
    }
    match fields.u16(at::ENCODING) {
        0 | u16::MAX => {}
        _ => return refuse("with run lengths".to_owned()),
    }
    let descriptor = bytes[at::DESCRIPTOR];
    let known = COMPONENTS.iter().find(|(code, _)| *code == descriptor);
    let Some((_, components)) = known else {
        return refuse(format!(
            "with components of the kind {descriptor}, not RGB, luma or alpha"
        ));
    };
    // Codes of 8 and 16 bits leave no gap, however they are packed.
    let (kind, packing) = match (bytes[at::BITS], fields.u16(at::PACKING)) {
        (8, _) => (SampleType::U8, Packing::Bytes),
        (10, 0) => (SampleType::U10, Packing::Packed { bits: 10 }),
        (10, 1) => (SampleType::U10, Packing::Threes { shift: 2 }),
        (10, 2) => (SampleType::U10, Packing::Threes { shift: 0 }),
        (12, 0) => (SampleType::U12, Packing::Packed { bits: 12 }),
        (12, 1) => (SampleType::U12, Packing::Words { shift: 4 }),
        (12, 2) => (SampleType::U12, Packing::Words { shift: 0 }),
        (16, _) => (SampleType::U16, Packing::Words { shift: 0 }),
        (bits @ (10 | 12), packing) => {
            return refuse(format!(
                "of {bits} bits in packing {packing}, not packed (0) or filled to whole words (1, 2)"
            ));
        }
        (bits, _) => {
            return refuse(format!("of {bits} bits, not 8, 10, 12 or 16"));
        }
    };
    let offset = match fields.u32(at::DATA) {
        0 | UNDEFINED => fields.u32(at::OFFSET),
        offset => offset,
    };
    if (offset as usize) < LEAST {
        return Err(Fault::damaged(format!(
            "the DPX's pixels begin inside its header, at byte {offset}"
        )));
    }
    let end_of_line = match fields.u32(at::END_OF_LINE) {
        UNDEFINED => 0,
        bytes => bytes,
    };
    let names = names(components);
    let channel = |component: &&str| names.iter().position(|name| name == component);
    let mut layout = Layout {
        big_endian: fields.big_endian,
        width: width as usize,
        height: height as usize,
        kind,
        packing,
        order: components.iter().filter_map(channel).collect(),
        names,
        pixel_aspect: aspect([fields.u32(at::ASPECT), fields.u32(at::ASPECT + 4)]),
        offset: offset.into(),
        line: 0,
        end_of_line,
    };
    layout.line = layout.lines()[0].ok_or_else(|| {
        Fault::damaged(format!("the DPX's lines of {width} pixels are impossible"))
    })?;
    Ok(layout)
}

/// The same components in the order of an image.
fn names(components: &'static [&'static str]) -> &'static [&'static str] {
    match components.len() {
        4 => &["R", "G", "B", "A"],
        _ => components,
    }
}

/// Width over height; 1 where nothing is said.
fn aspect([across, down]: [u32; 2]) -> f32 {
    let said = |number: u32| number != 0 && number != UNDEFINED;
    if said(across) && said(down) {
        across as f32 / down as f32
    } else {
        1.0
    }
}

impl Layout {
    /// Bytes that the codes of a line take.
    fn codes(&self) -> u64 {
        let count = self.width as u64 * self.order.len() as u64;
        match self.packing {
            Packing::Bytes => count,
            Packing::Words { .. } => count * 2,
            Packing::Threes { .. } => count.div_ceil(3) * 4,
            Packing::Packed { bits } => (count * u64::from(bits)).div_ceil(32) * 4,
        }
    }

    /// How far codes that lie three to a word are shifted to the left, in their order.
    pub(super) fn threes(&self) -> [u32; 3] {
        match self.order.len() {
            1 => [0, 10, 20],
            _ => [20, 10, 0],
        }
    }

    /// The lengths that a line may have: the standard fills it to four bytes, some writers do not, and
    /// some put more behind it.
    fn lines(&self) -> [Option<u32>; 4] {
        let codes = self.codes();
        let filled = codes.next_multiple_of(4);
        let more = u64::from(self.end_of_line);
        [filled + more, codes + more, filled, codes].map(|bytes| u32::try_from(bytes).ok())
    }

    /// Whether a line may have this length.
    pub(super) fn is_line(&self, bytes: u32) -> bool {
        self.lines().contains(&Some(bytes))
    }

    /// Takes the length of a line with which the pixels fill the bytes that there are, else the first
    /// one with which there are enough.
    pub(super) fn fit(&mut self, room: u64) {
        let lines = self.lines().into_iter().flatten();
        let whole = |line: u32| u64::from(line) * self.height as u64;
        let exact = lines.clone().find(|&line| whole(line) == room);
        if let Some(line) = exact.or_else(|| lines.clone().find(|&line| whole(line) <= room)) {
            self.line = line;
        }
    }

    /// Bytes of all lines.
    pub(super) fn bytes(&self) -> Option<u64> {
        u64::from(self.line).checked_mul(self.height as u64)
    }

    /// All of the image but its samples.
    pub(super) fn header(&self, metadata: Metadata) -> Header {
        let window = Rect::new(0, 0, self.width as i32, self.height as i32);
        let channel = |&name: &&str| ChannelInfo {
            name: name.to_owned(),
            sample_type: self.kind,
        };
        Header {
            display: window,
            data: window,
            pixel_aspect: self.pixel_aspect,
            channels: self.names.iter().map(channel).collect(),
            metadata,
        }
    }
}

/// New headers, big-endian, for an image that was no DPX, and what they say.
pub(super) fn make(header: &Header) -> Outcome<(Vec<u8>, Layout)> {
    let names: Vec<&str> = header.channels.iter().map(|c| c.name.as_str()).collect();
    let descriptor = COMPONENTS.iter().find(|(_, known)| *known == names);
    let Some((descriptor, _)) = descriptor else {
        return Err(Fault::invalid("DPX does not hold luma with alpha"));
    };
    let kind = header.channels[0].sample_type;
    let (bits, packing) = match kind {
        SampleType::U8 => (8u8, 0u16),
        SampleType::U10 => (10, 1),
        SampleType::U12 => (12, 1),
        SampleType::U16 => (16, 0),
        _ => {
            return Err(Fault::invalid(format!(
                "DPX does not hold {} samples, only uint8, uint10, uint12 and uint16",
                kind.name()
            )));
        }
    };
    if header.channels.iter().any(|c| c.sample_type != kind) {
        return Err(Fault::invalid(
            "DPX holds one type of samples for all channels",
        ));
    }
    // What is not filled in: all bits set in numbers, no bit in texts.
    let mut bytes = [0u8; WHOLE];
    for numbers in [
        at::ORIENTATION_HEADER..at::ORIENTATION_HEADER + 24,
        at::ASPECT - 8..at::ASPECT_END,
        // Of the film's header the frame's numbers, of television's all.
        1712..1732,
        1920..WHOLE - 76,
    ] {
        bytes[numbers].fill(0xff);
    }
    for element in 0..8 {
        let start = at::SIGN + element * 72;
        bytes[start..start + 40].fill(0xff);
    }
    let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
    put(at::MAGIC, &BIG);
    put(at::VERSION, b"V2.0\0\0\0\0");
    let aspect = match f64::from(header.pixel_aspect) {
        1.0 => [1, 1],
        aspect => [(aspect * 65536.0).round() as u32, 65536],
    };
    for (at, value) in [
        (at::OFFSET, WHOLE as u32),
        (at::DITTO, 1),
        (at::GENERIC_SIZE, LEAST as u32),
        (at::INDUSTRY_SIZE, (WHOLE - LEAST) as u32),
        (at::USER_SIZE, 0),
        (at::KEY, UNDEFINED),
        (at::WIDTH, header.data.width() as u32),
        (at::HEIGHT, header.data.height() as u32),
        (at::SIGN, 0),
        (at::DATA, WHOLE as u32),
        (at::END_OF_LINE, 0),
        (at::END_OF_IMAGE, 0),
        (at::ASPECT, aspect[0]),
        (at::ASPECT + 4, aspect[1]),
    ] {
        put(at, &value.to_be_bytes());
    }
    put(at::ORIENTATION, &0u16.to_be_bytes());
    put(at::ELEMENTS, &1u16.to_be_bytes());
    put(at::DESCRIPTOR, &[*descriptor]);
    put(at::BITS, &[bits]);
    put(at::PACKING, &packing.to_be_bytes());
    put(at::ENCODING, &0u16.to_be_bytes());
    let mut start = [0; LEAST];
    start.copy_from_slice(&bytes[..LEAST]);
    let layout = read(&start)?;
    let pixels = layout.bytes().unwrap_or(u64::MAX);
    let size = u32::try_from(pixels.saturating_add(WHOLE as u64))
        .map_err(|_| Fault::invalid("the image is too large for DPX, which ends at 4 GiB"))?;
    bytes[at::FILE_SIZE..at::FILE_SIZE + 4].copy_from_slice(&size.to_be_bytes());
    Ok((bytes.to_vec(), layout))
}
