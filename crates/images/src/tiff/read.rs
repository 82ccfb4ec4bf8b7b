//! TIFF to image.

use std::io::Seek;

use ::tiff::decoder::{Decoder, DecodingResult, IfdDecoder, Limits};
use ::tiff::tags::{
    ByteOrder, CompressionMethod, PhotometricInterpretation, PlanarConfiguration, SampleFormat,
    Tag, Type, ValueBuffer,
};

use super::{DIRECTORIES, INTEROP_DIRECTORY, LAYOUT, TYPES};
use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed_planes};
use crate::{
    Attribute, Channel, ChannelInfo, Codec, Format, Header, Image, Metadata, ReadOptions, Rect,
    SampleType, Samples,
};

type TiffDecoder<'a> = Decoder<&'a mut Source>;

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    header(&mut open(source, 0)?)
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let header = info(source)?;
    source.bound(&header, options)?;
    let most = source
        .size()
        .saturating_mul(header.metadata.codec.max_ratio());
    let most = most.min(options.max_bytes);
    let planes = decode(&mut open(source, most)?, &header, most)?;
    let names = header.channels.iter().map(|channel| channel.name.clone());
    Ok(Image {
        display: header.display,
        data: header.data,
        pixel_aspect: header.pixel_aspect,
        channels: names
            .zip(planes)
            .map(|(name, samples)| Channel { name, samples })
            .collect(),
        metadata: header.metadata,
    })
}

/// Opens the first image. Values of its directory, which the decoder keeps eight times wider than
/// in the file, may not be longer than the file; samples of a tile not more than `decoded` bytes.
fn open(source: &mut Source, decoded: u64) -> Outcome<TiffDecoder<'_>> {
    let bytes = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut limits = Limits::default();
    limits.ifd_value_size = bytes(source.size());
    limits.intermediate_buffer_size = bytes(source.size());
    limits.decoding_buffer_size = bytes(source.size().saturating_mul(8).max(decoded));
    source.rewind()?;
    Ok(Decoder::new(source)?.with_limits(limits))
}

fn header(decoder: &mut TiffDecoder) -> Outcome<Header> {
    let refuse = |what: &str| {
        Err(Fault::unsupported(format!(
            "TIFF {what}: its transfer is not supported"
        )))
    };
    if decoder.more_images() {
        return refuse("with more than one image");
    }
    let (width, height) = decoder.dimensions()?;
    let window = match (i32::try_from(width), i32::try_from(height)) {
        (Ok(width @ 1..), Ok(height @ 1..)) => Rect::new(0, 0, width, height),
        _ => {
            return Err(Fault::damaged(format!(
                "the TIFF's size is impossible: {width} x {height}"
            )));
        }
    };
    if number(decoder, Tag::FillOrder)?.unwrap_or(1) != 1 {
        return refuse("with reversed bits");
    }
    let count = number(decoder, Tag::SamplesPerPixel)?.unwrap_or(1);
    let planar = number(decoder, Tag::PlanarConfiguration)?.unwrap_or(1);
    if count > 1 && planar != PlanarConfiguration::Chunky.to_u16() {
        return refuse("with separate planes");
    }
    let (names, alpha): (&[&str], _) = match photometric(decoder)? {
        Some(PhotometricInterpretation::BlackIsZero) => (&["Y", "A"], 1),
        Some(PhotometricInterpretation::RGB) => (&["R", "G", "B", "A"], 3),
        Some(PhotometricInterpretation::WhiteIsZero) => return refuse("with white at zero"),
        Some(PhotometricInterpretation::RGBPalette) => {
            return refuse("with a palette, whose codes are not values that could be subtracted");
        }
        Some(PhotometricInterpretation::CMYK) => return refuse("in CMYK"),
        _ => return refuse("in a colour space other than gray and RGB"),
    };
    let extra = decoder
        .find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)?
        .unwrap_or_default();
    // A fourth sample that is not declared as alpha is dropped by the decoder, so it is refused.
    let has_alpha = usize::from(count) == alpha + 1;
    let is_known = match (alpha, extra.as_slice()) {
        _ if usize::from(count) == alpha => extra.is_empty(),
        (1, [_]) | (3, [] | [1 | 2]) => has_alpha,
        _ => false,
    };
    if !is_known {
        return refuse("with further samples that are not declared as alpha");
    }
    let sample_type = sample_type(decoder)?;
    let channel = |&name: &&str| ChannelInfo {
        name: name.to_owned(),
        sample_type,
    };
    let mut metadata = Metadata::new(Format::Tiff);
    metadata.codec = codec(decoder)?;
    metadata.attributes = attributes(decoder)?;
    Ok(Header {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: names[..usize::from(count)].iter().map(channel).collect(),
        metadata,
    })
}

fn number(decoder: &mut TiffDecoder, tag: Tag) -> Outcome<Option<u16>> {
    Ok(decoder.find_tag_unsigned(tag)?)
}

fn photometric(decoder: &mut TiffDecoder) -> Outcome<Option<PhotometricInterpretation>> {
    let code = number(decoder, Tag::PhotometricInterpretation)?;
    Ok(code.and_then(PhotometricInterpretation::from_u16))
}

fn sample_type(decoder: &mut TiffDecoder) -> Outcome<SampleType> {
    // The decoder has made sure that all samples are alike.
    let first = |list: Option<Vec<u16>>| list.and_then(|list| list.first().copied()).unwrap_or(1);
    let bits = first(decoder.find_tag_unsigned_vec(Tag::BitsPerSample)?);
    let format = first(decoder.find_tag_unsigned_vec(Tag::SampleFormat)?);
    match (SampleFormat::from_u16_exhaustive(format), bits) {
        (SampleFormat::Uint, 8) => Ok(SampleType::U8),
        (SampleFormat::Uint, 16) => Ok(SampleType::U16),
        (SampleFormat::IEEEFP, 16) => Ok(SampleType::Half),
        (SampleFormat::IEEEFP, 32) => Ok(SampleType::Float),
        (format, bits) => Err(Fault::unsupported(format!(
            "TIFF with {bits}-bit samples of format {format:?}: 8 and 16 bits, half and float are carried"
        ))),
    }
}

fn codec(decoder: &mut TiffDecoder) -> Outcome<Codec> {
    let code = number(decoder, Tag::Compression)?.unwrap_or(1);
    match CompressionMethod::from_u16_exhaustive(code) {
        CompressionMethod::None => Ok(Codec::None),
        CompressionMethod::LZW => Ok(Codec::Lzw),
        CompressionMethod::Deflate | CompressionMethod::OldDeflate => Ok(Codec::Deflate),
        CompressionMethod::PackBits => Ok(Codec::PackBits),
        CompressionMethod::JPEG | CompressionMethod::ModernJPEG => Err(Fault::unsupported(
            "TIFF packed as JPEG: its coding is lossy; save it with Deflate, LZW or none",
        )),
        other => Err(Fault::unsupported(format!(
            "TIFF packed with {other:?}: save it with Deflate, LZW, PackBits or none"
        ))),
    }
}

/// The tags to be kept, and those of the directories that the main one points to.
fn attributes(decoder: &mut TiffDecoder) -> Outcome<Vec<Attribute>> {
    let mut pointers = Vec::new();
    for (prefix, tag) in DIRECTORIES {
        if let Some(at) = decoder.find_tag(tag)? {
            pointers.push((prefix, at.into_ifd_pointer()?));
        }
    }
    let main = decoder.image_ifd();
    if main.directory().contains(Tag::SubIfd) {
        return Err(Fault::unsupported(
            "TIFF with further images in sub-directories: its transfer is not supported",
        ));
    }
    let is_kept = |tag| !LAYOUT.contains(&tag) && DIRECTORIES.iter().all(|known| known.1 != tag);
    let mut kept = collect(main, "", is_kept)?;
    for (prefix, pointer) in pointers {
        let directory = decoder.read_directory(pointer)?;
        // A pointer into the old file would mean nothing in the new one.
        let is_kept = |tag: Tag| tag.to_u16() != INTEROP_DIRECTORY;
        kept.extend(collect(
            decoder.read_directory_tags(&directory),
            prefix,
            is_kept,
        )?);
    }
    Ok(kept)
}

fn collect(
    mut tags: IfdDecoder,
    prefix: &str,
    is_kept: impl Fn(Tag) -> bool,
) -> Outcome<Vec<Attribute>> {
    let names: Vec<Tag> = tags.directory().iter().map(|(tag, _)| tag).collect();
    let mut kept = Vec::new();
    for tag in names.into_iter().filter(|&tag| is_kept(tag)) {
        let mut value = ValueBuffer::empty(Type::BYTE);
        tags.find_tag_buf(tag, &mut value)?;
        value.set_byte_order(ByteOrder::LittleEndian);
        let kind = TYPES.iter().find(|(kind, _)| *kind == value.data_type());
        kept.push(Attribute {
            name: format!("{prefix}{}", tag.to_u16()),
            kind: kind.map_or("", |(_, name)| name).to_owned(),
            value: value.as_bytes().to_vec(),
        });
    }
    Ok(kept)
}

/// Decodes strips or tiles and sorts their samples into one plane a channel.
fn decode(decoder: &mut TiffDecoder, header: &Header, max_bytes: u64) -> Outcome<Vec<Samples>> {
    let count = header.channels.len();
    let (width, height) = (header.data.width(), header.data.height());
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    let pixel = header.decoded_bytes() / header.data.area();
    // Whole rows of a tile are decoded, however far they reach beyond the image.
    let chunk_area = u64::from(chunk_width) * u64::from(chunk_height.min(height as u32));
    if chunk_area > max_bytes / pixel {
        return Err(Fault::too_large(
            "the TIFF's tiles are larger than the limit or the file",
        ));
    }
    let [chunk_width, chunk_height] = [chunk_width, chunk_height].map(|n| n.max(1) as usize);
    let (across, down) = (width.div_ceil(chunk_width), height.div_ceil(chunk_height));

    let mut planes = zeroed_planes(header)?;
    let mut codes = DecodingResult::U8(Vec::new());
    for chunk in 0..across * down {
        let index = u32::try_from(chunk).map_err(|_| Fault::damaged("too many tiles"))?;
        let (columns, rows) = decoder.chunk_data_dimensions(index);
        let place = Place {
            start: chunk / across * chunk_height * width + chunk % across * chunk_width,
            width,
            columns: columns as usize,
            rows: rows as usize,
            chunk_width,
            count,
        };
        // Row by row, without the padding, the decoder loses bytes of some LZW streams.
        decoder.read_chunk_to_buffer(&mut codes, index, chunk_width * pixel as usize)?;
        for (channel, plane) in planes.iter_mut().enumerate() {
            let fits = match (plane, &codes) {
                (Samples::U8(to), DecodingResult::U8(from)) => place.fill(to, from, channel),
                (Samples::U16(to), DecodingResult::U16(from)) => place.fill(to, from, channel),
                (Samples::Half(to), DecodingResult::F16(from)) => place.fill(to, from, channel),
                (Samples::Float(to), DecodingResult::F32(from)) => place.fill(to, from, channel),
                _ => false,
            };
            if !fits {
                return Err(Fault::damaged(
                    "a strip or tile of the TIFF contradicts its header",
                ));
            }
        }
    }
    Ok(planes)
}

/// Where the pixels of a strip or tile belong.
struct Place {
    /// Index of its first pixel in a plane.
    start: usize,
    /// Pixels of a row of the plane.
    width: usize,
    /// Columns and rows that lie in the image.
    columns: usize,
    rows: usize,
    /// Columns with padding.
    chunk_width: usize,
    /// Samples of a pixel.
    count: usize,
}

impl Place {
    /// Sorts one channel into its plane; false where there are too few samples.
    fn fill<T: Copy>(&self, plane: &mut [T], codes: &[T], channel: usize) -> bool {
        let stride = self.chunk_width * self.count;
        if codes.len() != stride * self.rows {
            return false;
        }
        for (line, codes) in codes.chunks_exact(stride).enumerate() {
            let start = self.start + line * self.width;
            let to = &mut plane[start..start + self.columns];
            for (sample, pixel) in to.iter_mut().zip(codes.chunks_exact(self.count)) {
                *sample = pixel[channel];
            }
        }
        true
    }
}
