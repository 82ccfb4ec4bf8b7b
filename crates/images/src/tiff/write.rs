//! Image to TIFF.

use std::io::{Seek, Write};
use std::marker::PhantomData;

use ::tiff::Directory;
use ::tiff::encoder::colortype::ColorType;
use ::tiff::encoder::compression::DeflateLevel;
use ::tiff::encoder::{
    Compression, DirectoryEncoder, Predictor, TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard,
    TiffValue,
};
use ::tiff::tags::{ByteOrder, ExtraSamples, PhotometricInterpretation, SampleFormat, Tag};
use half::f16;

use super::{DIRECTORIES, TYPES};
use crate::error::{Fault, Outcome};
use crate::source::zeroed;
use crate::{Attribute, Codec, Format, Image, SampleType, Samples};

/// Above this many bytes of samples and attributes, the offsets may not fit into 32 bits.
const CLASSIC_BYTES: u64 = u32::MAX as u64 / 10 * 9;

pub(crate) fn write(out: &mut (impl Write + Seek), image: &Image, codec: Codec) -> Outcome<()> {
    if image.data != image.display {
        return Err(Fault::invalid(
            "TIFF holds no data window beside its display window",
        ));
    }
    let attributes: u64 = image
        .metadata
        .attributes
        .iter()
        .map(|a| a.value.len() as u64)
        .sum();
    if image.header().decoded_bytes().saturating_add(attributes) > CLASSIC_BYTES {
        write_kind::<TiffKindBig>(out, image, codec)
    } else {
        write_kind::<TiffKindStandard>(out, image, codec)
    }
}

fn write_kind<K: TiffKind>(
    out: &mut (impl Write + Seek),
    image: &Image,
    codec: Codec,
) -> Outcome<()> {
    let compression = match codec {
        Codec::Lzw => Compression::Lzw,
        Codec::Deflate => Compression::Deflate(DeflateLevel::Balanced),
        Codec::PackBits => Compression::Packbits,
        _ => Compression::Uncompressed,
    };
    let mut encoder = TiffEncoder::<_, K>::new_generic(out)?.with_compression(compression);
    let kind = image.channels[0].samples.sample_type();
    // Differences of neighbours pack better, but the encoder makes them of integers only.
    if matches!(codec, Codec::Lzw | Codec::Deflate)
        && matches!(kind, SampleType::U8 | SampleType::U16)
    {
        encoder = encoder.with_predictor(Predictor::Horizontal);
    }
    let (encoder, count) = (&mut encoder, image.channels.len());
    match (kind, count) {
        (SampleType::U8, 1) => write_pixels::<Pixel<u8, 1>, _, K>(encoder, image),
        (SampleType::U8, 2) => write_pixels::<Pixel<u8, 2>, _, K>(encoder, image),
        (SampleType::U8, 3) => write_pixels::<Pixel<u8, 3>, _, K>(encoder, image),
        (SampleType::U8, _) => write_pixels::<Pixel<u8, 4>, _, K>(encoder, image),
        (SampleType::U16, 1) => write_pixels::<Pixel<u16, 1>, _, K>(encoder, image),
        (SampleType::U16, 2) => write_pixels::<Pixel<u16, 2>, _, K>(encoder, image),
        (SampleType::U16, 3) => write_pixels::<Pixel<u16, 3>, _, K>(encoder, image),
        (SampleType::U16, _) => write_pixels::<Pixel<u16, 4>, _, K>(encoder, image),
        (SampleType::Half, 1) => write_pixels::<Pixel<f16, 1>, _, K>(encoder, image),
        (SampleType::Half, 2) => write_pixels::<Pixel<f16, 2>, _, K>(encoder, image),
        (SampleType::Half, 3) => write_pixels::<Pixel<f16, 3>, _, K>(encoder, image),
        (SampleType::Half, _) => write_pixels::<Pixel<f16, 4>, _, K>(encoder, image),
        (SampleType::Float, 1) => write_pixels::<Pixel<f32, 1>, _, K>(encoder, image),
        (SampleType::Float, 2) => write_pixels::<Pixel<f32, 2>, _, K>(encoder, image),
        (SampleType::Float, 3) => write_pixels::<Pixel<f32, 3>, _, K>(encoder, image),
        (SampleType::Float, _) => write_pixels::<Pixel<f32, 4>, _, K>(encoder, image),
    }
}

fn write_pixels<C: ImagePixel, W: Write + Seek, K: TiffKind>(
    encoder: &mut TiffEncoder<W, K>,
    image: &Image,
) -> Outcome<()>
where
    [C::Inner]: TiffValue,
{
    let is_ours = image.metadata.format == Format::Tiff;
    let attributes: &[Attribute] = if is_ours {
        &image.metadata.attributes
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

    let [width, height] = [image.data.width(), image.data.height()].map(|n| n as u32);
    let mut page = encoder.new_image::<C>(width, height)?;
    for attribute in attributes
        .iter()
        .filter(|attribute| !attribute.name.contains(':'))
    {
        write_tag(page.encoder(), &attribute.name, attribute)?;
    }
    for (tag, offset) in pointers {
        page.encoder().write_tag(tag, offset)?;
    }
    let has_alpha = image.channels.len() > 1 && image.channel("A").is_some();
    if has_alpha && !is_ours {
        // EXR's colours are multiplied with alpha, PNG's are not.
        let alpha = match image.metadata.format {
            Format::Exr => ExtraSamples::AssociatedAlpha,
            _ => ExtraSamples::UnassociatedAlpha,
        };
        page.encoder()
            .write_tag(Tag::ExtraSamples, alpha.to_u16())?;
    }
    page.write_data(&C::interleave(image)?)?;
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

/// A pixel of `N` samples of type `T`.
struct Pixel<T, const N: usize>(PhantomData<T>);

/// How the encoder sees a sample type.
trait Code: Copy {
    /// What it is given: the sample itself, or its bits where it does not know the type.
    type Inner: Copy + Default;
    const BITS: u16;
    const FORMAT: SampleFormat;
    fn of(samples: &Samples) -> Option<&[Self]>;
    fn inner(self) -> Self::Inner;
    /// The difference of neighbours; the encoder never asks it of floats.
    fn minus(code: Self::Inner, left: Self::Inner) -> Self::Inner;
}

macro_rules! code {
    ($type:ty, $inner:ty, $variant:ident, $bits:literal, $format:ident, $inner_of:expr, $minus:expr) => {
        impl Code for $type {
            type Inner = $inner;
            const BITS: u16 = $bits;
            const FORMAT: SampleFormat = SampleFormat::$format;

            fn of(samples: &Samples) -> Option<&[Self]> {
                match samples {
                    Samples::$variant(samples) => Some(samples),
                    _ => None,
                }
            }

            fn inner(self) -> $inner {
                ($inner_of)(self)
            }

            fn minus(code: $inner, left: $inner) -> $inner {
                ($minus)(code, left)
            }
        }
    };
}

code!(u8, u8, U8, 8, Uint, |code| code, u8::wrapping_sub);
code!(u16, u16, U16, 16, Uint, |code| code, u16::wrapping_sub);
code!(f16, u16, Half, 16, IEEEFP, f16::to_bits, |code, _| code);
code!(f32, f32, Float, 32, IEEEFP, |code| code, |code, _| code);

impl<T: Code, const N: usize> ColorType for Pixel<T, N>
where
    T::Inner: TiffValue,
{
    type Inner = T::Inner;
    const TIFF_VALUE: PhotometricInterpretation = match N {
        3 | 4 => PhotometricInterpretation::RGB,
        _ => PhotometricInterpretation::BlackIsZero,
    };
    const BITS_PER_SAMPLE: &'static [u16] = &[T::BITS; N];
    const SAMPLE_FORMAT: &'static [SampleFormat] = &[T::FORMAT; N];

    fn horizontal_predict(row: &[T::Inner], result: &mut Vec<T::Inner>) {
        let (first, rest) = row.split_at(N.min(row.len()));
        result.extend_from_slice(first);
        result.extend(
            rest.iter()
                .zip(row)
                .map(|(&code, &left)| T::minus(code, left)),
        );
    }
}

/// A pixel that an image can be sorted into.
trait ImagePixel: ColorType {
    fn interleave(image: &Image) -> Outcome<Vec<Self::Inner>>;
}

impl<T: Code, const N: usize> ImagePixel for Pixel<T, N>
where
    T::Inner: TiffValue,
{
    fn interleave(image: &Image) -> Outcome<Vec<T::Inner>> {
        let mut pixels = zeroed::<T::Inner>(image.data.area() as usize * N)?;
        for (index, channel) in image.channels.iter().enumerate() {
            let samples = T::of(&channel.samples)
                .ok_or_else(|| Fault::invalid("TIFF holds one type of samples for all channels"))?;
            for (pixel, sample) in pixels.chunks_exact_mut(N).zip(samples) {
                pixel[index] = sample.inner();
            }
        }
        Ok(pixels)
    }
}
