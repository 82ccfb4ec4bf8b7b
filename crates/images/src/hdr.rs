//! Radiance HDR: three mantissas of 8 bits with one exponent (RGBE), read as floats.
//!
//! A sample's float, mantissa x 2^(exponent - 136), is exact, so what was read can be written again
//! with every value; other floats have no such code and are refused. The header's lines keep their
//! bytes. It is a small reader of our own: libraries drop the header and the place of each line.
//! Source: *Radiance file formats*, the chapter on pictures, radiance-online.org.

use std::io::{BufRead, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed};
use crate::strips::{self, Feed};
use crate::{
    Attribute, Channel, ChannelInfo, Format, Header, Image, Metadata, ReadOptions, Rect,
    SampleType, Samples,
};

/// The attribute that is all before the pixels.
const HEAD: &str = "header";
const NAMES: [&str; 3] = ["R", "G", "B"];

/// Bytes that the header may have.
const MOST_HEADER: u64 = 1 << 20;

/// The widths for which a line may be packed component by component.
const PACKED_WIDTHS: Range<usize> = 8..1 << 15;

/// Three mantissas and the exponent.
type Rgbe = [u8; 4];

/// An open file.
struct File {
    header: Header,
    /// Where the rows that were seen so far begin, and the one behind them.
    starts: Vec<u64>,
}

impl File {
    fn open(source: &mut Source) -> Outcome<Self> {
        source.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::new();
        let mut pixel_aspect = 1.0;
        loop {
            let line = read_line(source, &mut bytes)?;
            let text = String::from_utf8_lossy(&line).trim().to_owned();
            if text.is_empty() {
                break;
            }
            match text.split_once('=') {
                Some(("FORMAT", "32-bit_rle_rgbe")) => {}
                Some(("FORMAT", other)) => {
                    return Err(Fault::unsupported(format!(
                        "HDR in the format '{other}', not 32-bit_rle_rgbe: its transfer is not supported"
                    )));
                }
                // A pixel's height over its width; several lines multiply.
                Some(("PIXASPECT", ratio)) => {
                    let ratio: f32 = ratio.trim().parse().unwrap_or(1.0);
                    if ratio.is_normal() && ratio > 0.0 {
                        pixel_aspect /= ratio;
                    }
                }
                _ => {}
            }
        }
        let line = read_line(source, &mut bytes)?;
        let window = resolution(&String::from_utf8_lossy(&line))?;
        let start = bytes.len() as u64;
        let mut metadata = Metadata::new(Format::Hdr);
        metadata.set(Attribute {
            name: HEAD.to_owned(),
            kind: "HDR".to_owned(),
            value: bytes,
        });
        let channel = |name: &str| ChannelInfo {
            name: name.to_owned(),
            sample_type: SampleType::Float,
        };
        Ok(File {
            header: Header {
                display: window,
                data: window,
                pixel_aspect,
                channels: NAMES.map(channel).into(),
                metadata,
            },
            starts: vec![start],
        })
    }

    /// Reads these rows, which lie in the image.
    fn read(
        &mut self,
        source: &mut Source,
        rows: Range<i32>,
        options: &ReadOptions,
    ) -> Outcome<Image> {
        let mut header = self.header.clone();
        (header.data.y0, header.data.y1) = (rows.start, rows.end);
        source.bound_memory(&header, options)?;
        let width = header.data.width();
        let (first, end) = (rows.start as usize, rows.end as usize);
        let known = first.min(self.starts.len() - 1);
        source.seek(SeekFrom::Start(self.starts[known]))?;
        let mut planes = [(); 3].map(|()| Vec::new());
        for plane in &mut planes {
            *plane = zeroed::<f32>(width * rows.len())?;
        }
        let mut line = Vec::new();
        for row in known..end {
            read_pixels(source, width, &mut line)?;
            if self.starts.len() == row + 1 {
                self.starts.push(source.stream_position()?);
            }
            if row < first {
                continue;
            }
            let start = (row - first) * width;
            for (component, plane) in planes.iter_mut().enumerate() {
                for (sample, pixel) in plane[start..start + width].iter_mut().zip(&line) {
                    *sample = value(pixel[component], pixel[3]);
                }
            }
        }
        let channels = NAMES.iter().zip(planes).map(|(name, plane)| Channel {
            name: (*name).to_owned(),
            samples: Samples::Float(plane),
        });
        let channels = channels.collect();
        Ok(Image::with(header, channels))
    }
}

/// Reads a line of the header and adds it to `bytes`.
fn read_line(source: &mut Source, bytes: &mut Vec<u8>) -> Outcome<Vec<u8>> {
    let room = MOST_HEADER - bytes.len() as u64;
    let mut line = Vec::new();
    source.take(room).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Err(Fault::damaged(
            "the HDR's header has no end: it is damaged or truncated",
        ));
    }
    bytes.extend(&line);
    Ok(line)
}

/// The window of a line such as `-Y 512 +X 768`: rows from the top, columns from the left.
fn resolution(line: &str) -> Outcome<Rect> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let size = |word: &str| {
        word.parse()
            .ok()
            .filter(|size| (1..=1 << 28).contains(size))
    };
    match words[..] {
        ["-Y", height, "+X", width] => match (size(width), size(height)) {
            (Some(width), Some(height)) => Ok(Rect::new(0, 0, width, height)),
            _ => Err(Fault::damaged(format!(
                "the HDR's size is impossible: {width} x {height}"
            ))),
        },
        ["-Y" | "+Y" | "-X" | "+X", _, "-X" | "+X" | "-Y" | "+Y", _] => {
            Err(Fault::unsupported(format!(
                "HDR with its lines in the order '{}', not -Y +X: its transfer is not supported",
                line.trim()
            )))
        }
        _ => Err(Fault::damaged("the HDR's header does not say its size")),
    }
}

/// Reads the pixels of a line.
fn read_pixels(source: &mut Source, width: usize, line: &mut Vec<Rgbe>) -> Outcome<()> {
    line.clear();
    let first = read_pixel(source)?;
    let [2, 2, high, low] = first else {
        return read_plain(source, first, width, line);
    };
    if !PACKED_WIDTHS.contains(&width) || high & 0x80 != 0 {
        return read_plain(source, first, width, line);
    }
    if usize::from(high) << 8 | usize::from(low) != width {
        return Err(Fault::damaged("a line of the HDR has the wrong width"));
    }
    line.resize(width, [0; 4]);
    for component in 0..4 {
        let mut at = 0;
        while at < width {
            let [count] = read_bytes(source)?;
            let (count, run) = match count {
                0 => return Err(Fault::damaged("a run of the HDR has no length")),
                1..=128 => (usize::from(count), None),
                _ => {
                    let [byte] = read_bytes(source)?;
                    (usize::from(count - 128), Some(byte))
                }
            };
            let pixels = line
                .get_mut(at..at + count)
                .ok_or_else(|| Fault::damaged("a run of the HDR is longer than its line"))?;
            for pixel in pixels {
                pixel[component] = match run {
                    Some(byte) => byte,
                    None => read_bytes::<1>(source)?[0],
                };
            }
            at += count;
        }
    }
    Ok(())
}

/// Reads a line of whole pixels, the oldest way: mantissas of 1 repeat the pixel before.
fn read_plain(source: &mut Source, first: Rgbe, width: usize, line: &mut Vec<Rgbe>) -> Outcome<()> {
    let mut next = first;
    let mut shift = 0;
    loop {
        match (next, line.last().copied()) {
            ([1, 1, 1, count], Some(last)) => {
                // Several in a row are the digits of one count, the lowest first.
                let count = u64::from(count).checked_shl(shift).unwrap_or(u64::MAX);
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                if count > width - line.len() {
                    return Err(Fault::damaged("a run of the HDR is longer than its line"));
                }
                line.resize(line.len() + count, last);
                shift += 8;
            }
            _ => {
                line.push(next);
                shift = 0;
            }
        }
        if line.len() == width {
            return Ok(());
        }
        next = read_pixel(source)?;
    }
}

fn read_pixel(source: &mut Source) -> Outcome<Rgbe> {
    read_bytes(source)
}

fn read_bytes<const N: usize>(source: &mut Source) -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// 2^(exponent - 136).
fn unit(exponent: u8) -> f64 {
    f64::from_bits(u64::from(1023 - 136 + u16::from(exponent)) << 52)
}

/// A sample's float: exact, since a mantissa has 8 bits.
fn value(mantissa: u8, exponent: u8) -> f32 {
    match exponent {
        0 => 0.0,
        _ => (f64::from(mantissa) * unit(exponent)) as f32,
    }
}

/// The pixel with these samples, if there is one.
fn code(samples: [f32; 3]) -> Option<Rgbe> {
    let largest = samples.iter().fold(0.0f32, |largest, &s| largest.max(s));
    let exponent = if largest == 0.0 {
        0
    } else {
        // The largest mantissa has its highest bit set, unless the exponent would be below 1.
        let scale = (f64::from(largest).to_bits() >> 52) as i64 - 1023;
        u8::try_from((scale + 129).max(1)).ok()?
    };
    let mut pixel = [0, 0, 0, exponent];
    for (mantissa, sample) in pixel.iter_mut().zip(samples) {
        // `as` clamps; what is no code does not come back.
        *mantissa = (f64::from(sample) / unit(exponent)) as u8;
        if value(*mantissa, exponent).to_bits() != sample.to_bits() {
            return None;
        }
    }
    Some(pixel)
}

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    Ok(File::open(source)?.header)
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let mut file = File::open(source)?;
    let header = file.header.clone();
    source.bound(&header, options)?;
    file.read(source, header.data.y0..header.data.y1, options)
}

/// An open image that is read in rows.
pub(crate) struct Rows {
    source: Source,
    file: File,
}

impl Rows {
    pub(crate) fn open(mut source: Source) -> Outcome<Self> {
        let file = File::open(&mut source)?;
        source.bound_claims(std::slice::from_ref(&file.header))?;
        Ok(Rows { source, file })
    }
}

impl strips::Rows for Rows {
    fn header(&self) -> &Header {
        &self.file.header
    }

    fn read(&mut self, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        self.file.read(&mut self.source, rows, options)
    }
}

pub(crate) fn write(out: &mut impl Write, feed: &mut Feed<'_, '_>) -> Outcome<()> {
    let header = feed.header;
    if header.data != header.display {
        return Err(Fault::invalid(
            "HDR holds no data window beside its display window",
        ));
    }
    let is_held = |(info, name): (&ChannelInfo, &str)| {
        info.name == name && info.sample_type == SampleType::Float
    };
    if header.channels.len() != 3 || !header.channels.iter().zip(NAMES).all(is_held) {
        return Err(Fault::invalid(
            "HDR holds R, G and B in float, nothing else",
        ));
    }
    out.write_all(&head(header))?;
    let width = header.data.width();
    let mut bytes = Vec::new();
    for rows in feed.ranges(1) {
        let strip = feed.strip(rows)?;
        for row in 0..strip.rows {
            let start = strip.start + row * width;
            let mut line = Vec::with_capacity(width);
            for at in start..start + width {
                let sample = |index: usize| match &strip.image.channels[index].samples {
                    Samples::Float(plane) => plane[at],
                    _ => f32::NAN,
                };
                let samples = [sample(0), sample(1), sample(2)];
                line.push(code(samples).ok_or_else(|| {
                    Fault::invalid(format!(
                        "the samples {samples:?} have no code in HDR, which holds only what was read \
                         from such a file; write EXR"
                    ))
                })?);
            }
            bytes.clear();
            pack(&line, &mut bytes);
            out.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// The lines before the pixels: those the image was read with, where they say its size.
fn head(header: &Header) -> Vec<u8> {
    let metadata = &header.metadata;
    let own = metadata
        .get(HEAD)
        .filter(|_| metadata.format == Format::Hdr);
    let own = own.map(|own| own.value.clone()).filter(|own| {
        let text = String::from_utf8_lossy(own);
        let last = text.trim_end().lines().last().unwrap_or_default();
        resolution(last).is_ok_and(|window| window == header.data)
    });
    own.unwrap_or_else(|| {
        let (width, height) = (header.data.width(), header.data.height());
        format!("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n").into_bytes()
    })
}

/// Packs a line: runs of equal bytes, component by component, where its width allows.
fn pack(line: &[Rgbe], bytes: &mut Vec<u8>) {
    let width = line.len();
    if !PACKED_WIDTHS.contains(&width) {
        bytes.extend(line.iter().flatten());
        return;
    }
    bytes.extend([2, 2, (width >> 8) as u8, width as u8]);
    for component in 0..4 {
        let plane: Vec<u8> = line.iter().map(|code| code[component]).collect();
        let run = |at: usize| {
            let rest = plane[at..width.min(at + 127)].iter();
            rest.take_while(|&&byte| byte == plane[at]).count()
        };
        let mut at = 0;
        while at < width {
            let count = run(at);
            if count > 2 {
                bytes.extend([128 + count as u8, plane[at]]);
                at += count;
                continue;
            }
            let mut end = at + count;
            while end < width && end - at < 126 && run(end) <= 2 {
                end += 1;
            }
            bytes.push((end - at) as u8);
            bytes.extend(&plane[at..end]);
            at = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every mantissa with every exponent is a float that has a code with the same floats.
    #[test]
    fn every_code_has_its_float() {
        for exponent in 0..=255u8 {
            for mantissa in 0..=255u8 {
                let samples = [value(mantissa, exponent), value(255, exponent), 0.0];
                let [r, g, b, e] = code(samples).unwrap();
                let back = [value(r, e), value(g, e), value(b, e)];
                assert_eq!(back.map(f32::to_bits), samples.map(f32::to_bits));
            }
        }
        assert_eq!(value(128, 129), 1.0);
        assert_eq!(code([1.0, 0.5, 0.0]), Some([128, 64, 0, 129]));
        assert_eq!(code([0.0; 3]), Some([0; 4]));
    }

    #[test]
    fn what_has_no_code_is_refused() {
        for sample in [0.1, -0.0, -1.0, f32::NAN, f32::INFINITY, f32::MAX, 1e-45] {
            assert_eq!(code([sample, 1.0, 1.0]), None, "{sample}");
        }
        // Too far apart for one exponent.
        assert_eq!(code([256.0, 0.5, 0.0]), None);
    }
}
