//! TIFF to image.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use ::tiff::decoder::{ChunkType, Decoder, DecodingResult, IfdDecoder, Limits};
use ::tiff::tags::{
    ByteOrder, CompressionMethod, PhotometricInterpretation, PlanarConfiguration, SampleFormat,
    Tag, Type, ValueBuffer,
};

use half::f16;

use super::{DIRECTORIES, INTEROP_DIRECTORY, LAYOUT, TYPES};
use crate::error::{Fault, Outcome};
use crate::source::{Source, zeroed, zeroed_planes};
use crate::strips;
use crate::{
    Attribute, ChannelInfo, Codec, Format, Header, Image, Metadata, ReadOptions, Rect, SampleType,
    Samples,
};

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    let size = source.size();
    header(&mut open(source, size, 0)?)
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let header = info(source)?;
    source.bound(&header, options)?;
    let size = source.size();
    let height = header.data.height();
    Rows::new(source, size, header, options)?.decode(0..height, options)
}

/// Opens the first image. Values of its directory, which the decoder keeps eight times wider than
/// in the file, may not be longer than the file; samples of a tile not more than `decoded` bytes.
fn open<R: Read + Seek>(mut source: R, size: u64, decoded: u64) -> Outcome<Decoder<R>> {
    let bytes = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut limits = Limits::default();
    limits.ifd_value_size = bytes(size);
    limits.intermediate_buffer_size = bytes(size);
    limits.decoding_buffer_size = bytes(size.saturating_mul(8).max(decoded));
    source.rewind()?;
    Ok(Decoder::new(source)?.with_limits(limits))
}

/// An open image that is read in rows.
pub(crate) struct Rows<R: Read + Seek = Source> {
    decoder: Decoder<R>,
    header: Header,
    /// Columns and rows of a strip or tile.
    chunk: [usize; 2],
    /// Strips that are not packed.
    plain: Option<Plain>,
}

impl Rows {
    pub(crate) fn open(mut source: Source, options: &ReadOptions) -> Outcome<Self> {
        let header = info(&mut source)?;
        source.bound_claims(std::slice::from_ref(&header))?;
        let size = source.size();
        Rows::new(source, size, header, options)
    }
}

impl strips::Rows for Rows {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&mut self, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        // A TIFF's rows begin at 0.
        self.decode(rows.start as usize..rows.end as usize, options)
    }
}

impl<R: Read + Seek> Rows<R> {
    fn new(source: R, size: u64, header: Header, options: &ReadOptions) -> Outcome<Self> {
        let most = size.saturating_mul(header.metadata.codec.max_ratio());
        let most = most.min(options.max_bytes);
        let mut decoder = open(source, size, most)?;
        let (columns, rows) = decoder.chunk_dimensions();
        let plain = Plain::find(&mut decoder, &header)?;
        // Whole rows of a tile are decoded, however far they reach beyond the image.
        let area = u64::from(columns) * u64::from(rows.min(header.data.height() as u32));
        if plain.is_none() && area > most / header.pixel_bytes() {
            return Err(Fault::too_large(
                "the TIFF's strips or tiles are larger than the limit or the file",
            ));
        }
        Ok(Rows {
            decoder,
            header,
            chunk: [columns, rows].map(|n| n.max(1) as usize),
            plain,
        })
    }

    /// Decodes the strips or tiles that hold some of `rows`, and sorts their samples into one plane a
    /// channel.
    fn decode(&mut self, rows: Range<usize>, options: &ReadOptions) -> Outcome<Image> {
        let [chunk_width, chunk_height] = self.chunk;
        let (width, height) = (self.header.data.width(), self.header.data.height());
        let (first, end) = match &self.plain {
            Some(_) => (rows.start, rows.end),
            None => (
                rows.start / chunk_height * chunk_height,
                height.min(rows.end.next_multiple_of(chunk_height)),
            ),
        };
        let mut header = self.header.clone();
        (header.data.y0, header.data.y1) = (first as i32, end as i32);
        if header.decoded_bytes() > options.max_bytes {
            return Err(Fault::too_large(format!(
                "{} rows of the TIFF, which are packed together, take {} bytes, the limit is {}",
                end - first,
                header.decoded_bytes(),
                options.max_bytes
            )));
        }
        let mut planes = zeroed_planes(&header)?;
        let count = header.channels.len();
        if let Some(plain) = &self.plain {
            for row in first..end {
                let codes = plain.read(&mut self.decoder, row, chunk_height)?;
                let place = Place {
                    start: (row - first) * width,
                    width,
                    columns: width,
                    rows: 1,
                    chunk_width: width,
                    count,
                };
                place.sort(&mut planes, &codes)?;
            }
        } else {
            let across = width.div_ceil(chunk_width);
            let pixel = header.pixel_bytes() as usize;
            let mut codes = DecodingResult::U8(Vec::new());
            for chunk in first / chunk_height * across..end.div_ceil(chunk_height) * across {
                let index = u32::try_from(chunk).map_err(|_| Fault::damaged("too many tiles"))?;
                let (columns, rows) = self.decoder.chunk_data_dimensions(index);
                let top = chunk / across * chunk_height - first;
                let place = Place {
                    start: top * width + chunk % across * chunk_width,
                    width,
                    columns: columns as usize,
                    rows: rows as usize,
                    chunk_width,
                    count,
                };
                // Row by row, without the padding, the decoder loses bytes of some LZW streams.
                let stride = chunk_width * pixel;
                self.decoder
                    .read_chunk_to_buffer(&mut codes, index, stride)?;
                place.sort(&mut planes, &codes)?;
            }
        }
        Ok(Image::of_planes(header, planes))
    }
}

/// Strips that are not packed, so that every row can be found: some programs write an image of any
/// size as one.
struct Plain {
    /// Where each strip begins, and how long it is.
    strips: Vec<(u64, u64)>,
    order: ByteOrder,
    kind: SampleType,
    /// Bytes of a row.
    row: usize,
}

impl Plain {
    fn find<R: Read + Seek>(decoder: &mut Decoder<R>, header: &Header) -> Outcome<Option<Self>> {
        let predictor = number(decoder, Tag::Predictor)?.unwrap_or(1);
        let is_plain = header.metadata.codec == Codec::None && predictor == 1;
        if !is_plain || decoder.get_chunk_type() != ChunkType::Strip {
            return Ok(None);
        }
        let mut list = |tag| -> Outcome<Vec<u64>> {
            Ok(decoder.find_tag_unsigned_vec(tag)?.unwrap_or_default())
        };
        let (offsets, sizes) = (list(Tag::StripOffsets)?, list(Tag::StripByteCounts)?);
        let row = header.pixel_bytes() * header.data.width() as u64;
        Ok(Some(Plain {
            strips: offsets.into_iter().zip(sizes).collect(),
            order: decoder.byte_order(),
            kind: header.channels[0].sample_type,
            row: usize::try_from(row)
                .map_err(|_| Fault::too_large("the TIFF's rows are too long"))?,
        }))
    }

    /// Reads the samples of a row, pixel by pixel.
    fn read<R: Read + Seek>(
        &self,
        decoder: &mut Decoder<R>,
        row: usize,
        rows_per_strip: usize,
    ) -> Outcome<DecodingResult> {
        let above = (row % rows_per_strip) as u64 * self.row as u64;
        let truncated = || Fault::damaged("the file ends inside its pixels: it is truncated");
        let &(offset, size) = self
            .strips
            .get(row / rows_per_strip)
            .ok_or_else(truncated)?;
        if above + self.row as u64 > size {
            return Err(truncated());
        }
        let at = offset.checked_add(above).ok_or_else(truncated)?;
        let source = decoder.inner();
        source.seek(SeekFrom::Start(at))?;
        let mut bytes = zeroed(self.row)?;
        source.read_exact(&mut bytes)?;
        let is_little = self.order == ByteOrder::LittleEndian;
        let words = || {
            let words = bytes.as_chunks().0.iter();
            words.map(|&word| {
                if is_little {
                    u16::from_le_bytes(word)
                } else {
                    u16::from_be_bytes(word)
                }
            })
        };
        Ok(match self.kind {
            SampleType::U8 => DecodingResult::U8(bytes),
            SampleType::U16 => DecodingResult::U16(words().collect()),
            SampleType::Half => DecodingResult::F16(words().map(f16::from_bits).collect()),
            // Of the types that a TIFF has, it is the last one.
            _ => {
                let words = bytes.as_chunks().0.iter();
                let float = |&word| {
                    if is_little {
                        f32::from_le_bytes(word)
                    } else {
                        f32::from_be_bytes(word)
                    }
                };
                DecodingResult::F32(words.map(float).collect())
            }
        })
    }
}

fn header(decoder: &mut Decoder<impl Read + Seek>) -> Outcome<Header> {
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

fn number(decoder: &mut Decoder<impl Read + Seek>, tag: Tag) -> Outcome<Option<u16>> {
    Ok(decoder.find_tag_unsigned(tag)?)
}

fn photometric(
    decoder: &mut Decoder<impl Read + Seek>,
) -> Outcome<Option<PhotometricInterpretation>> {
    let code = number(decoder, Tag::PhotometricInterpretation)?;
    Ok(code.and_then(PhotometricInterpretation::from_u16))
}

fn sample_type(decoder: &mut Decoder<impl Read + Seek>) -> Outcome<SampleType> {
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

fn codec(decoder: &mut Decoder<impl Read + Seek>) -> Outcome<Codec> {
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
fn attributes(decoder: &mut Decoder<impl Read + Seek>) -> Outcome<Vec<Attribute>> {
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
    /// Sorts the channels into their planes.
    fn sort(&self, planes: &mut [Samples], codes: &DecodingResult) -> Outcome<()> {
        for (channel, plane) in planes.iter_mut().enumerate() {
            let fits = match (plane, codes) {
                (Samples::U8(to), DecodingResult::U8(from)) => self.fill(to, from, channel),
                (Samples::U16(to), DecodingResult::U16(from)) => self.fill(to, from, channel),
                (Samples::Half(to), DecodingResult::F16(from)) => self.fill(to, from, channel),
                (Samples::Float(to), DecodingResult::F32(from)) => self.fill(to, from, channel),
                _ => false,
            };
            if !fits {
                return Err(Fault::damaged(
                    "a strip or tile of the TIFF contradicts its header",
                ));
            }
        }
        Ok(())
    }

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
