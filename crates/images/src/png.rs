//! PNG: 8 and 16 bits, gray or RGB, with or without alpha.
//!
//! Every ancillary chunk (`iCCP`, `sRGB`, `gAMA`, `cHRM`, `tEXt`, `pHYs`, ...) keeps its bytes and
//! its place before or after the pixels. Source: *PNG Specification*, third edition, W3C.

use std::io::{BufRead, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use ::png::{BitDepth, ColorType, Decoder, Encoder, Reader, Transformations};
use ::png::{DecodingError, EncodingError};

use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed};
use crate::strips::{self, Feed, Strip};
use crate::{
    Attribute, Channel, ChannelInfo, Format, Header, Image, Metadata, ReadOptions, Rect,
    SampleType, Samples,
};

const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Bytes of a chunk of pixels.
const CHUNK_BYTES: usize = 1 << 20;

/// Memory that the decoder may take beside the pixels.
const DECODER_BYTES: usize = 64 << 20;

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    source.seek(SeekFrom::Start(8))?;
    let mut header = None;
    let mut attributes = Vec::new();
    let mut place = BEFORE;
    loop {
        let mut start = [0; 8];
        source.read_exact(&mut start)?;
        let [a, b, c, d, name @ ..] = start;
        let size = u32::from_be_bytes([a, b, c, d]);
        if u64::from(size) > source.size() {
            return Err(Fault::damaged(
                "a chunk is longer than the file: it is truncated",
            ));
        }
        if !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Fault::damaged(
                "what should be a chunk of the PNG has no name",
            ));
        }
        let is_pixels = name == *b"IDAT";
        let value = if is_pixels {
            source.skip(size)?;
            Vec::new()
        } else {
            let mut value = zeroed(size as usize)?;
            source.read_exact(&mut value)?;
            value
        };
        // The decoder checks the sums of the chunks that it uses.
        source.skip(4)?;
        match &name {
            b"IHDR" if header.is_none() => header = Some(interpret(&value)?),
            b"IDAT" => place = AFTER,
            b"IEND" => break,
            b"acTL" | b"fcTL" | b"fdAT" => {
                return Err(Fault::unsupported(
                    "animated PNG: its transfer is not supported",
                ));
            }
            _ => attributes.push(Attribute {
                name: name.iter().copied().map(char::from).collect(),
                kind: place.to_owned(),
                value,
            }),
        }
    }
    let mut header: Header = header.ok_or_else(|| Fault::damaged("the PNG has no header"))?;
    header.metadata.attributes = attributes;
    source.rewind()?;
    Ok(header)
}

/// Reads the header chunk.
fn interpret(chunk: &[u8]) -> Outcome<Header> {
    let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, color, _, _, _] = chunk else {
        return Err(Fault::damaged("the PNG's header chunk has the wrong size"));
    };
    let names: &[&str] = match color {
        0 => &["Y"],
        2 => &["R", "G", "B"],
        4 => &["Y", "A"],
        6 => &["R", "G", "B", "A"],
        3 => {
            return Err(Fault::unsupported(
                "PNG with a palette: its codes are not values that could be subtracted; save it as gray or RGB",
            ));
        }
        _ => {
            return Err(Fault::damaged(
                "the PNG's header names an unknown colour type",
            ));
        }
    };
    let sample_type = match depth {
        8 => SampleType::U8,
        16 => SampleType::U16,
        1 | 2 | 4 => {
            return Err(Fault::unsupported(format!(
                "PNG of {depth} bits: only 8 and 16 are carried; save it with 8"
            )));
        }
        _ => {
            return Err(Fault::damaged(
                "the PNG's header names an unknown bit depth",
            ));
        }
    };
    let [width, height] = [[w0, w1, w2, w3], [h0, h1, h2, h3]].map(u32::from_be_bytes);
    let window = match (i32::try_from(width), i32::try_from(height)) {
        (Ok(width @ 1..), Ok(height @ 1..)) => Rect::new(0, 0, width, height),
        _ => {
            return Err(Fault::damaged(format!(
                "the PNG's size is impossible: {width} x {height}"
            )));
        }
    };
    let channel = |&name: &&str| ChannelInfo {
        name: name.to_owned(),
        sample_type,
    };
    Ok(Header {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: names.iter().map(channel).collect(),
        metadata: Metadata::new(Format::Png),
    })
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let header = info(source)?;
    source.bound(&header, options)?;
    let mut reader = open(source, &header)?;
    let mut pixels = zeroed(header.decoded_bytes() as usize)?;
    reader.next_frame(&mut pixels)?;
    reader.finish()?;
    Ok(sort(&header, header.data, &pixels))
}

/// Starts the decoder; `source` stands at the file's beginning.
fn open<R: BufRead + Seek>(source: R, header: &Header) -> Outcome<Reader<R>> {
    let size = header.decoded_bytes() as usize;
    let limits = ::png::Limits {
        bytes: size.saturating_add(DECODER_BYTES),
    };
    let mut decoder = Decoder::new_with_limits(source, limits);
    decoder.set_transformations(Transformations::IDENTITY);
    // The attributes are read already.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let reader = decoder.read_info()?;
    if reader.output_buffer_size() != Some(size) {
        return Err(Fault::damaged("the PNG contradicts its own header"));
    }
    Ok(reader)
}

/// The image of these pixels, which lie over `window`.
fn sort(header: &Header, window: Rect, pixels: &[u8]) -> Image {
    let count = header.channels.len();
    let channel = |(index, info): (usize, &ChannelInfo)| Channel {
        name: info.name.clone(),
        samples: match info.sample_type {
            SampleType::U16 => {
                let codes = pixels.as_chunks().0.iter().skip(index).step_by(count);
                Samples::U16(codes.map(|&bytes| u16::from_be_bytes(bytes)).collect())
            }
            _ => Samples::U8(pixels.iter().copied().skip(index).step_by(count).collect()),
        },
    };
    let channels = header.channels.iter().enumerate().map(channel).collect();
    let header = Header {
        data: window,
        ..header.clone()
    };
    Image::with(header, channels)
}

/// An open image that is read in rows.
pub(crate) struct Rows {
    path: PathBuf,
    header: Header,
    /// The decoder, and the row that it gives next.
    reader: Option<(Reader<Source>, i32)>,
}

impl Rows {
    pub(crate) fn open(mut source: Source, path: &Path) -> Outcome<Self> {
        let header = info(&mut source)?;
        source.bound_claims(std::slice::from_ref(&header))?;
        let reader = open(source, &header)?;
        Ok(Rows {
            path: path.to_path_buf(),
            header,
            reader: Some((reader, 0)),
        })
    }

    /// The decoder at the first row.
    fn restart(&self) -> Outcome<(Reader<Source>, i32)> {
        let mut source = Source::open(&self.path)?;
        if info(&mut source)? != self.header {
            return Err(Fault::damaged("the file changed while it was read"));
        }
        Ok((open(source, &self.header)?, 0))
    }
}

impl strips::Rows for Rows {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&mut self, mut rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        let (mut reader, mut next) = match self.reader.take() {
            Some((reader, next)) if next <= rows.start => (reader, next),
            _ => {
                // Whoever goes upward gets as many rows at once as may be.
                let row = self.header.pixel_bytes() * self.header.data.width() as u64;
                let most = i32::try_from(options.max_bytes / row).unwrap_or(i32::MAX);
                rows.start = rows.start.min(rows.end.saturating_sub(most)).max(0);
                self.restart()?
            }
        };
        if reader.info().interlaced {
            // Its rows come in seven passes over the whole image.
            rows = 0..self.header.data.y1;
        }
        let mut header = self.header.clone();
        (header.data.y0, header.data.y1) = (rows.start, rows.end);
        let bytes = header.decoded_bytes();
        if bytes > options.max_bytes {
            return Err(Fault::too_large(format!(
                "{} rows of the PNG take {bytes} bytes, the limit is {}; one that is not interlaced is read \
                 in steps",
                rows.len(),
                options.max_bytes
            )));
        }
        let mut pixels = zeroed(bytes as usize)?;
        if reader.info().interlaced {
            reader.next_frame(&mut pixels)?;
            reader.finish()?;
            return Ok(sort(&header, header.data, &pixels));
        }
        let row = pixels.len() / rows.len();
        let mut unwanted = zeroed(row)?;
        let mut wanted = pixels.chunks_exact_mut(row);
        while next < rows.end {
            let to = match next < rows.start {
                true => Some(unwanted.as_mut_slice()),
                false => wanted.next(),
            };
            if reader.read_row(to.unwrap_or_default())?.is_none() {
                return Err(Fault::damaged(
                    "the PNG has fewer rows than its header says",
                ));
            }
            next += 1;
        }
        if next == self.header.data.y1 {
            // The sums of the last chunk of pixels, and of what follows it.
            reader.finish()?;
        }
        self.reader = Some((reader, next));
        Ok(sort(&header, header.data, &pixels))
    }
}

pub(crate) fn write(out: &mut impl Write, feed: &mut Feed<'_, '_>) -> Outcome<()> {
    let header = feed.header;
    let names: Vec<&str> = header.channels.iter().map(|c| c.name.as_str()).collect();
    let color = match names[..] {
        ["Y"] => ColorType::Grayscale,
        ["Y", "A"] => ColorType::GrayscaleAlpha,
        ["R", "G", "B"] => ColorType::Rgb,
        ["R", "G", "B", "A"] => ColorType::Rgba,
        _ => return Err(Fault::invalid("PNG does not hold an alpha alone")),
    };
    let all = |kind| header.channels.iter().all(|c| c.sample_type == kind);
    let depth = match (all(SampleType::U8), all(SampleType::U16)) {
        (true, _) => BitDepth::Eight,
        (_, true) => BitDepth::Sixteen,
        _ => {
            return Err(Fault::invalid(
                "PNG holds uint8 or uint16 samples, one type for all channels",
            ));
        }
    };
    if header.data != header.display {
        return Err(Fault::invalid(
            "PNG holds no data window beside its display window",
        ));
    }
    let [width, height] = [header.data.width(), header.data.height()].map(|n| n as u32);
    let mut encoder = Encoder::new(out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header()?;
    write_chunks(&mut writer, header, BEFORE)?;
    let mut pixels = writer.stream_writer_with_size(CHUNK_BYTES)?;
    for rows in feed.ranges(1) {
        let strip = feed.strip(rows)?;
        pixels.write_all(&interleave(&strip, header.data.width())?)?;
    }
    pixels.finish()?;
    write_chunks(&mut writer, header, AFTER)?;
    writer.finish()?;
    Ok(())
}

fn write_chunks<W: Write>(
    writer: &mut ::png::Writer<W>,
    header: &Header,
    place: &str,
) -> Outcome<()> {
    if header.metadata.format != Format::Png {
        return Ok(());
    }
    for chunk in header
        .metadata
        .attributes
        .iter()
        .filter(|chunk| chunk.kind == place)
    {
        let name = <[u8; 4]>::try_from(chunk.name.as_bytes())
            .map_err(|_| Fault::invalid(format!("no PNG chunk: '{}'", chunk.name)))?;
        writer.write_chunk(::png::chunk::ChunkType(name), &chunk.value)?;
    }
    Ok(())
}

/// The codes pixel by pixel, big-endian.
fn interleave(strip: &Strip<'_>, width: usize) -> Outcome<Vec<u8>> {
    let channels = &strip.image.channels;
    let codes = strip.start..strip.start + strip.rows * width;
    let bytes: usize = channels
        .iter()
        .map(|c| c.samples.sample_type().bytes())
        .sum();
    let mut pixels = zeroed(codes.len() * bytes)?;
    for (index, channel) in channels.iter().enumerate() {
        match &channel.samples {
            Samples::U8(samples) => {
                for (pixel, &code) in pixels.chunks_exact_mut(bytes).zip(&samples[codes.clone()]) {
                    pixel[index] = code;
                }
            }
            Samples::U16(samples) => {
                for (pixel, &code) in pixels.chunks_exact_mut(bytes).zip(&samples[codes.clone()]) {
                    pixel[index * 2..index * 2 + 2].copy_from_slice(&code.to_be_bytes());
                }
            }
            _ => {
                return Err(Fault::invalid("PNG holds integer samples"));
            }
        }
    }
    Ok(pixels)
}

impl From<DecodingError> for Fault {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(error) => error.into(),
            DecodingError::LimitsExceeded => Fault::too_large(error),
            DecodingError::Format(_) | DecodingError::Parameter(_) => {
                Fault::damaged(format!("the PNG is damaged: {error}"))
            }
        }
    }
}

impl From<EncodingError> for Fault {
    fn from(error: EncodingError) -> Self {
        match error {
            EncodingError::IoError(error) => error.into(),
            other => Fault::invalid(other),
        }
    }
}
