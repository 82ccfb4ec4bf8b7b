//! Image to TIFF, strip by strip.

use std::io::{Seek, Write};

use ::tiff::Directory;
use ::tiff::encoder::compression::{
    Compression, CompressionAlgorithm, Compressor, Deflate, DeflateLevel, Lzw, Packbits,
};
use ::tiff::encoder::{
    DirectoryEncoder, Rational, TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard,
};
use ::tiff::tags::{
    ByteOrder, CompressionMethod, ExtraSamples, PhotometricInterpretation, Predictor,
    ResolutionUnit, SampleFormat, Tag,
};
use rayon::prelude::*;

use super::{DIRECTORIES, TYPES};
use crate::error::{Fault, Outcome};
use crate::source::zeroed;
use crate::strips::{Feed, Strip};
use crate::{Attribute, Codec, Format, Header, SampleType, Samples};

/// Above this many bytes, the offsets may not fit into 32 bits.
const CLASSIC_BYTES: u64 = u32::MAX as u64 / 10 * 9;

/// Bytes of samples in a strip of the file.
const STRIP_BYTES: usize = 1_000_000;

pub(crate) fn write(
    out: &mut (impl Write + Seek),
    feed: &mut Feed<'_, '_>,
    codec: Codec,
    parallel: bool,
) -> Outcome<()> {
    let header = feed.header;
    if header.data != header.display {
        return Err(Fault::invalid(
            "TIFF holds no data window beside its display window",
        ));
    }
    let layout = Layout::new(header, codec)?;
    let attributes = header.metadata.attributes.iter();
    let attributes: u64 = attributes.map(|a| a.value.len() as u64).sum();
    let samples = match codec {
        // Noise grows by a third.
        Codec::Lzw => header.decoded_bytes().saturating_mul(2),
        _ => header.decoded_bytes(),
    };
    if samples.saturating_add(attributes) > CLASSIC_BYTES {
        write_kind::<TiffKindBig>(out, feed, &layout, parallel)
    } else {
        write_kind::<TiffKindStandard>(out, feed, &layout, parallel)
    }
}

/// How the samples lie in the file.
struct Layout {
    kind: SampleType,
    /// Samples of a pixel.
    count: usize,
    width: usize,
    codec: Codec,
    /// Whether the differences of neighbours are packed, not the codes. Those of floats pack no
    /// better.
    differences: bool,
    /// Rows of a strip of the file. Byte runs do not cross rows.
    rows: usize,
}

/// The types that are written.
const HELD: [SampleType; 4] = [
    SampleType::U8,
    SampleType::U16,
    SampleType::Half,
    SampleType::Float,
];

impl Layout {
    fn new(header: &Header, codec: Codec) -> Outcome<Self> {
        let kind = header.channels[0].sample_type;
        if header.channels.iter().any(|c| c.sample_type != kind) {
            return Err(Fault::invalid(
                "TIFF holds one type of samples for all channels",
            ));
        }
        if !HELD.contains(&kind) {
            return Err(Fault::invalid(format!(
                "TIFF is not written with {} samples, only with uint8, uint16, half and float",
                kind.name()
            )));
        }
        let (count, width) = (header.channels.len(), header.data.width());
        let is_code = matches!(kind, SampleType::U8 | SampleType::U16);
        Ok(Layout {
            kind,
            count,
            width,
            codec,
            differences: matches!(codec, Codec::Lzw | Codec::Deflate) && is_code,
            rows: match codec {
                Codec::PackBits => 1,
                _ => STRIP_BYTES.div_ceil(width * count * kind.bytes()),
            },
        })
    }

    fn method(&self) -> CompressionMethod {
        match self.codec {
            Codec::Lzw => CompressionMethod::LZW,
            Codec::Deflate => CompressionMethod::Deflate,
            Codec::PackBits => CompressionMethod::PackBits,
            _ => CompressionMethod::None,
        }
    }

    /// Packs `rows` of a strip that was asked for.
    fn pack(&self, strip: &Strip<'_>, rows: std::ops::Range<usize>) -> Outcome<Vec<u8>> {
        let bytes = self.interleave(strip, rows)?;
        let mut algorithm = match self.codec {
            Codec::Lzw => Lzw.get_algorithm(),
            Codec::Deflate => Deflate::with_level(DeflateLevel::Balanced).get_algorithm(),
            Codec::PackBits => Packbits.get_algorithm(),
            _ => Compressor::default(),
        };
        let mut packed = Vec::new();
        algorithm.write_to(&mut packed, &bytes)?;
        Ok(packed)
    }

    /// The samples pixel by pixel, in the byte order of this machine, which the file's head says.
    fn interleave(&self, strip: &Strip<'_>, rows: std::ops::Range<usize>) -> Outcome<Vec<u8>> {
        let samples = strip.start + rows.start * self.width..strip.start + rows.end * self.width;
        let mut bytes = zeroed(samples.len() * self.count * self.kind.bytes())?;
        for (index, channel) in strip.image.channels.iter().enumerate() {
            let range = samples.clone();
            match &channel.samples {
                Samples::U8(codes) => self.fill(&mut bytes, index, &codes[range], |code, left| {
                    code.wrapping_sub(left).to_ne_bytes()
                }),
                Samples::U16(codes) => self.fill(&mut bytes, index, &codes[range], |code, left| {
                    code.wrapping_sub(left).to_ne_bytes()
                }),
                Samples::Half(halves) => self.fill(&mut bytes, index, &halves[range], |half, _| {
                    half.to_ne_bytes()
                }),
                Samples::Float(floats) => {
                    self.fill(&mut bytes, index, &floats[range], |float, _| {
                        float.to_ne_bytes()
                    });
                }
                // Refused already.
                Samples::U10(_) | Samples::U12(_) | Samples::Uint(_) => {}
            }
        }
        Ok(bytes)
    }

    /// Puts a channel's samples in their places; `encode` is given the sample to the left too, or a
    /// zero.
    fn fill<T: Copy + Default, const N: usize>(
        &self,
        bytes: &mut [u8],
        index: usize,
        samples: &[T],
        encode: impl Fn(T, T) -> [u8; N],
    ) {
        let pixels = bytes.chunks_exact_mut(self.count * N);
        let mut left = T::default();
        for (at, (pixel, &sample)) in pixels.zip(samples).enumerate() {
            if !self.differences || at % self.width == 0 {
                left = T::default();
            }
            pixel[index * N..(index + 1) * N].copy_from_slice(&encode(sample, left));
            left = sample;
        }
    }
}

fn write_kind<K: TiffKind>(
    out: &mut (impl Write + Seek),
    feed: &mut Feed<'_, '_>,
    layout: &Layout,
    parallel: bool,
) -> Outcome<()> {
    let mut encoder = TiffEncoder::<_, K>::new_generic(out)?;
    let header = feed.header;
    let is_ours = header.metadata.format == Format::Tiff;
    let attributes: &[Attribute] = if is_ours {
        &header.metadata.attributes
    } else {
        &[]
    };
    let mut pointers = Vec::new();
    for (prefix, tag) in DIRECTORIES {
        let tags: Vec<_> = attributes
            .iter()
            .filter_map(|a| Some((a.name.strip_prefix(prefix)?, a)))
            .collect();
        if !tags.is_empty() {
            let mut directory = encoder.extra_directory()?;
            for (name, attribute) in tags {
                write_tag(&mut directory, name, attribute)?;
            }
            pointers.push((tag, directory.finish_with_offsets()?.offset));
        }
    }

    let mut page = encoder.image_directory()?;
    write_layout(&mut page, header, layout)?;
    for attribute in attributes
        .iter()
        .filter(|attribute| !attribute.name.contains(':'))
    {
        write_tag(&mut page, &attribute.name, attribute)?;
    }
    for (tag, offset) in pointers {
        page.write_tag(tag, offset)?;
    }
    // The standard asks for a resolution; a file that came without goes without.
    if !is_ours {
        page.write_tag(Tag::XResolution, Rational { n: 1, d: 1 })?;
        page.write_tag(Tag::YResolution, Rational { n: 1, d: 1 })?;
        page.write_tag(Tag::ResolutionUnit, ResolutionUnit::None.to_u16())?;
    }
    let has_alpha = layout.count > 1 && header.channels.iter().any(|c| c.name == "A");
    if has_alpha && !is_ours {
        // EXR's colours are multiplied with alpha, PNG's are not.
        let alpha = match header.metadata.format {
            Format::Exr => ExtraSamples::AssociatedAlpha,
            _ => ExtraSamples::UnassociatedAlpha,
        };
        page.write_tag(Tag::ExtraSamples, alpha.to_u16())?;
    }
    write_strips(&mut page, feed, layout, parallel)?;
    page.finish()?;
    Ok(())
}

/// Writes the tags that follow from the image, but for those that say where its strips are.
fn write_layout<W: Write + Seek, K: TiffKind>(
    page: &mut DirectoryEncoder<'_, W, K>,
    header: &Header,
    layout: &Layout,
) -> Outcome<()> {
    let number = |size: usize| {
        u32::try_from(size).map_err(|_| Fault::invalid("the image is too large for TIFF"))
    };
    let format = match layout.kind {
        SampleType::Half | SampleType::Float => SampleFormat::IEEEFP,
        _ => SampleFormat::Uint,
    };
    let photometric = match layout.count {
        3 | 4 => PhotometricInterpretation::RGB,
        _ => PhotometricInterpretation::BlackIsZero,
    };
    let predictor = match layout.differences {
        true => Predictor::Horizontal,
        false => Predictor::None,
    };
    let each = |value: u16| vec![value; layout.count];
    page.write_tag(Tag::ImageWidth, number(layout.width)?)?;
    page.write_tag(Tag::ImageLength, number(header.data.height())?)?;
    page.write_tag(
        Tag::BitsPerSample,
        &each(layout.kind.bytes() as u16 * 8)[..],
    )?;
    page.write_tag(Tag::Compression, layout.method().to_u16())?;
    page.write_tag(Tag::PhotometricInterpretation, photometric.to_u16())?;
    page.write_tag(Tag::SamplesPerPixel, layout.count as u16)?;
    page.write_tag(Tag::RowsPerStrip, number(layout.rows)?)?;
    page.write_tag(Tag::Predictor, predictor.to_u16())?;
    page.write_tag(Tag::SampleFormat, &each(format.to_u16())[..])?;
    Ok(())
}

fn write_strips<W: Write + Seek, K: TiffKind>(
    page: &mut DirectoryEncoder<'_, W, K>,
    feed: &mut Feed<'_, '_>,
    layout: &Layout,
    parallel: bool,
) -> Outcome<()> {
    let (mut offsets, mut sizes) = (Vec::new(), Vec::new());
    for rows in feed.ranges(layout.rows) {
        let strip = feed.strip(rows)?;
        let tops: Vec<usize> = (0..strip.rows).step_by(layout.rows).collect();
        // No more than so many packed strips at once.
        for tops in tops.chunks(64) {
            let pack = |&top: &usize| layout.pack(&strip, top..strip.rows.min(top + layout.rows));
            let packed: Vec<Outcome<Vec<u8>>> = if parallel {
                tops.par_iter().map(pack).collect()
            } else {
                tops.iter().map(pack).collect()
            };
            for packed in packed {
                let packed = packed?;
                offsets.push(K::convert_offset(page.write_data(&packed[..])?)?);
                sizes.push(K::convert_offset(packed.len() as u64)?);
            }
        }
    }
    page.write_tag(Tag::StripOffsets, K::convert_slice(&offsets))?;
    page.write_tag(Tag::StripByteCounts, K::convert_slice(&sizes))?;
    Ok(())
}

fn write_tag<W: Write + Seek, K: TiffKind>(
    directory: &mut DirectoryEncoder<W, K>,
    name: &str,
    attribute: &Attribute,
) -> Outcome<()> {
    let unknown = || {
        Fault::invalid(format!(
            "no TIFF tag: '{}' of type '{}'",
            attribute.name, attribute.kind
        ))
    };
    let tag = Tag::from_u16_exhaustive(name.parse().map_err(|_| unknown())?);
    let (kind, _) = TYPES
        .into_iter()
        .find(|(_, name)| *name == attribute.kind)
        .ok_or_else(unknown)?;
    let mut value = attribute.value.clone();
    ByteOrder::LittleEndian.convert(kind, &mut value, ByteOrder::native());
    let entry = directory.write_entry_bytes(kind, &value)?;
    let mut one = Directory::empty();
    one.extend([(tag, entry)]);
    directory.extend_from(&one);
    Ok(())
}
