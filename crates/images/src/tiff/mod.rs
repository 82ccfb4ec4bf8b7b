//! TIFF: 8 and 16 bits, half and float; gray or RGB, with or without alpha; strips and tiles.
//!
//! Every tag that does not describe the layout in the file (profile, resolution, description,
//! software, date, orientation, ...) keeps its bytes, and so do the Exif and GPS directories.
//! Source: *TIFF Revision 6.0*, Adobe, and its technical notes.

mod read;
mod write;

pub(crate) use read::{Rows, info, read};
pub(crate) use write::write;

use ::tiff::TiffError;
use ::tiff::tags::{Tag, Type};

use crate::error::Fault;

/// Tags that say where and how the pixels lie in the file; they follow from the image.
const LAYOUT: [Tag; 17] = [
    Tag::ImageWidth,
    Tag::ImageLength,
    Tag::BitsPerSample,
    Tag::Compression,
    Tag::PhotometricInterpretation,
    Tag::FillOrder,
    Tag::StripOffsets,
    Tag::SamplesPerPixel,
    Tag::RowsPerStrip,
    Tag::StripByteCounts,
    Tag::PlanarConfiguration,
    Tag::Predictor,
    Tag::TileWidth,
    Tag::TileLength,
    Tag::TileOffsets,
    Tag::TileByteCounts,
    Tag::SampleFormat,
];

/// The directories that are kept beside the main one: prefix of their tags, tag that points there.
const DIRECTORIES: [(&str, Tag); 2] = [("exif:", Tag::ExifDirectory), ("gps:", Tag::GpsDirectory)];

/// A directory within Exif that says by which rules the Exif was made; it is not kept.
const INTEROP_DIRECTORY: u16 = 40965;

/// The field types and their names in an attribute.
const TYPES: [(Type, &str); 16] = [
    (Type::BYTE, "BYTE"),
    (Type::ASCII, "ASCII"),
    (Type::SHORT, "SHORT"),
    (Type::LONG, "LONG"),
    (Type::RATIONAL, "RATIONAL"),
    (Type::SBYTE, "SBYTE"),
    (Type::UNDEFINED, "UNDEFINED"),
    (Type::SSHORT, "SSHORT"),
    (Type::SLONG, "SLONG"),
    (Type::SRATIONAL, "SRATIONAL"),
    (Type::FLOAT, "FLOAT"),
    (Type::DOUBLE, "DOUBLE"),
    (Type::IFD, "IFD"),
    (Type::LONG8, "LONG8"),
    (Type::SLONG8, "SLONG8"),
    (Type::IFD8, "IFD8"),
];

impl From<TiffError> for Fault {
    fn from(error: TiffError) -> Self {
        match error {
            TiffError::IoError(error) => error.into(),
            TiffError::UnsupportedError(what) => {
                Fault::unsupported(format!("TIFF whose transfer is not supported: {what}"))
            }
            TiffError::LimitsExceeded | TiffError::IntSizeError => {
                Fault::too_large("the TIFF's header asks for too much memory: it is damaged")
            }
            other => Fault::damaged(format!("the TIFF is damaged: {other}")),
        }
    }
}
