//! PNG: 8 and 16 bits, gray or RGB, with or without alpha.
//!
//! Every ancillary chunk (`iCCP`, `sRGB`, `gAMA`, `cHRM`, `tEXt`, `pHYs`, ...) keeps its bytes and
//! its place before or after the pixels. Source: *PNG Specification*, third edition, W3C.

use std::io::{Read, Seek, SeekFrom, Write};

use ::png::{BitDepth, ColorType, Decoder, Encoder, Transformations};
use ::png::{DecodingError, EncodingError};

use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed};
use crate::{
    Attribute, Channel, ChannelInfo, Format, Header, Image, Metadata, ReadOptions, Rect,
    SampleType, Samples,
};

const BEFORE: &str = "before";
const AFTER: &str = "after";

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
    let size = header.decoded_bytes() as usize;
    let mut decoder = Decoder::new_with_limits(
        source,
        ::png::Limits {
            bytes: size.saturating_add(DECODER_BYTES),
        },
    );
    decoder.set_transformations(Transformations::IDENTITY);
    // The attributes are read already.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info()?;
    if reader.output_buffer_size() != Some(size) {
        return Err(Fault::damaged("the PNG contradicts its own header"));
    }
    let mut pixels = zeroed(size)?;
    reader.next_frame(&mut pixels)?;

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
    Ok(Image {
        display: header.display,
        data: header.data,
        pixel_aspect: header.pixel_aspect,
        channels: header.channels.iter().enumerate().map(channel).collect(),
        metadata: header.metadata,
    })
}

pub(crate) fn write(out: &mut impl Write, image: &Image) -> Outcome<()> {
    let color = match image
        .channels
        .iter()
        .map(|c| c.name.as_str())
        .collect::<Vec<_>>()[..]
    {
        ["Y"] => ColorType::Grayscale,
        ["Y", "A"] => ColorType::GrayscaleAlpha,
        ["R", "G", "B"] => ColorType::Rgb,
        ["R", "G", "B", "A"] => ColorType::Rgba,
        _ => return Err(Fault::invalid("PNG does not hold an alpha alone")),
    };
    let (depth, pixels) = interleave(image)?;
    let [width, height] = [image.data.width(), image.data.height()].map(|n| n as u32);
    if image.data != image.display {
        return Err(Fault::invalid(
            "PNG holds no data window beside its display window",
        ));
    }
    let mut encoder = Encoder::new(out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header()?;
    write_chunks(&mut writer, image, BEFORE)?;
    writer.write_image_data(&pixels)?;
    write_chunks(&mut writer, image, AFTER)?;
    writer.finish()?;
    Ok(())
}

fn write_chunks<W: Write>(
    writer: &mut ::png::Writer<W>,
    image: &Image,
    place: &str,
) -> Outcome<()> {
    if image.metadata.format != Format::Png {
        return Ok(());
    }
    for chunk in image
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
fn interleave(image: &Image) -> Outcome<(BitDepth, Vec<u8>)> {
    let codes = |channel: &Channel| channel.samples.sample_type();
    let count = image.channels.len();
    if image
        .channels
        .iter()
        .all(|channel| codes(channel) == SampleType::U8)
    {
        let mut pixels = vec![0; image.channels.iter().map(|c| c.samples.len()).sum()];
        for (index, channel) in image.channels.iter().enumerate() {
            if let Samples::U8(codes) = &channel.samples {
                for (pixel, &code) in pixels.chunks_exact_mut(count).zip(codes) {
                    pixel[index] = code;
                }
            }
        }
        Ok((BitDepth::Eight, pixels))
    } else if image
        .channels
        .iter()
        .all(|channel| codes(channel) == SampleType::U16)
    {
        let mut pixels = vec![0; image.channels.iter().map(|c| c.samples.len() * 2).sum()];
        for (index, channel) in image.channels.iter().enumerate() {
            if let Samples::U16(codes) = &channel.samples {
                for (pixel, &code) in pixels.chunks_exact_mut(count * 2).zip(codes) {
                    pixel[index * 2..index * 2 + 2].copy_from_slice(&code.to_be_bytes());
                }
            }
        }
        Ok((BitDepth::Sixteen, pixels))
    } else {
        Err(Fault::invalid(
            "PNG holds uint8 or uint16 samples, one type for all channels",
        ))
    }
}

impl From<DecodingError> for Fault {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(error) => error.into(),
            DecodingError::LimitsExceeded => Fault::too_large(error),
            DecodingError::Format(_) | DecodingError::Parameter(_) => Fault::damaged(error),
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
