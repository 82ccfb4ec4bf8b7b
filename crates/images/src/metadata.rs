//! What a file holds beside its pixels.

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OpenEXR.
    Exr,
    /// TIFF and BigTIFF.
    Tiff,
    /// PNG.
    Png,
    /// DPX.
    Dpx,
    /// Radiance HDR.
    Hdr,
}

impl Format {
    /// The name in files and reports: `exr`, `tiff`, `png`, `dpx`, `hdr`.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Exr => "exr",
            Format::Tiff => "tiff",
            Format::Png => "png",
            Format::Dpx => "dpx",
            Format::Hdr => "hdr",
        }
    }

    /// The format with this name or file name extension, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "exr" => Some(Format::Exr),
            "tif" | "tiff" => Some(Format::Tiff),
            "png" => Some(Format::Png),
            "dpx" => Some(Format::Dpx),
            "hdr" => Some(Format::Hdr),
            _ => None,
        }
    }

    /// The codec a new file of this format gets.
    pub const fn default_codec(self) -> Codec {
        match self {
            Format::Exr => Codec::Zip,
            Format::Tiff | Format::Png => Codec::Deflate,
            Format::Dpx => Codec::None,
            Format::Hdr => Codec::Rle,
        }
    }
}

/// How the pixels are packed in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Not at all (EXR, TIFF, DPX).
    None,
    /// Run lengths, line by line (EXR, HDR).
    Rle,
    /// Deflate, line by line (EXR).
    Zips,
    /// Deflate over 16 lines (EXR).
    Zip,
    /// Wavelet and Huffman over 32 lines (EXR).
    Piz,
    /// 24-bit floats (EXR, read only; halves are lossless).
    Pxr24,
    /// 4x4 blocks of halves (EXR, read only, lossy).
    B44,
    /// The same with flat blocks (EXR, read only, lossy).
    B44a,
    /// DCT over 32 lines (EXR, read only, lossy).
    Dwaa,
    /// DCT over 256 lines (EXR, read only, lossy).
    Dwab,
    /// Deflate (TIFF, PNG).
    Deflate,
    /// LZW (TIFF).
    Lzw,
    /// Byte runs, line by line (TIFF).
    PackBits,
}

const CODECS: [(Codec, &str); 13] = [
    (Codec::None, "none"),
    (Codec::Rle, "rle"),
    (Codec::Zips, "zips"),
    (Codec::Zip, "zip"),
    (Codec::Piz, "piz"),
    (Codec::Pxr24, "pxr24"),
    (Codec::B44, "b44"),
    (Codec::B44a, "b44a"),
    (Codec::Dwaa, "dwaa"),
    (Codec::Dwab, "dwab"),
    (Codec::Deflate, "deflate"),
    (Codec::Lzw, "lzw"),
    (Codec::PackBits, "packbits"),
];

impl Codec {
    /// The name on the command line and in reports, in lower case.
    pub fn name(self) -> &'static str {
        CODECS
            .iter()
            .find(|(codec, _)| *codec == self)
            .map_or("", |(_, name)| name)
    }

    /// The codec with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        CODECS
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(codec, _)| *codec)
    }

    /// Whether a file of `format` can be written with it.
    pub const fn writes(self, format: Format) -> bool {
        use Codec::{Deflate, Lzw, None, PackBits, Piz, Rle, Zip, Zips};
        match format {
            Format::Exr => matches!(self, None | Rle | Zips | Zip | Piz),
            Format::Tiff => matches!(self, None | Deflate | Lzw | PackBits),
            Format::Png => matches!(self, Deflate),
            Format::Dpx => matches!(self, None),
            Format::Hdr => matches!(self, Rle),
        }
    }

    /// The most decoded bytes that one byte of a sound file can stand for.
    ///
    /// Samples that are not packed cannot be more than the file, Deflate reaches 1032, LZW with 12-bit codes about 1330; PXR24 drops a quarter before it
    /// deflates, DWA keeps one value of 64.
    pub(crate) const fn max_ratio(self) -> u64 {
        match self {
            Codec::None => 1,
            Codec::Dwaa | Codec::Dwab => 100_000,
            Codec::Pxr24 | Codec::Lzw => 1_500,
            _ => 1_100,
        }
    }
}

/// One entry of a header, kept as the bytes it has in the file, so that it can be written back
/// whether its type is known or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// EXR: the attribute's name. TIFF: the tag's number, with `exif:` or `gps:` in front for a
    /// tag of those directories. PNG: the chunk's type. DPX: `header` and `tail`, all that is before
    /// and behind the pixels, and `line`, the bytes of a line. HDR: `header` alone.
    pub name: String,
    /// EXR: the attribute's type. TIFF: the field type (`SHORT`). PNG: `before` or `after` the
    /// pixels.
    pub kind: String,
    /// The value; EXR and TIFF little-endian, PNG as in the file.
    pub value: Vec<u8>,
}

/// All that a file holds beside its pixels and windows, in the file's own order.
///
/// It belongs to one format: writing to another leaves the attributes behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The format that the attributes belong to.
    pub format: Format,
    /// How the pixels were packed.
    pub codec: Codec,
    /// The header's entries. An EXR's includes those that this crate writes itself (`channels`,
    /// `compression`, windows): they give the place, the values are those of the image. A
    /// `tiles` makes it tiled. Of a multi-part EXR, those of the first part.
    pub attributes: Vec<Attribute>,
    /// The attributes of the other parts of a multi-part EXR, part by part. Which part holds which
    /// channel, and where, is in its `channels` and `dataWindow`, the first part's too.
    pub further_parts: Vec<Vec<Attribute>>,
}

impl Metadata {
    /// No attributes, the format's own codec.
    pub fn new(format: Format) -> Self {
        Metadata {
            format,
            codec: format.default_codec(),
            attributes: Vec::new(),
            further_parts: Vec::new(),
        }
    }

    /// The attribute of this name; the first where a PNG has several.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// Puts an attribute in the place of the one with its name, else at the end.
    pub fn set(&mut self, attribute: Attribute) {
        match self
            .attributes
            .iter_mut()
            .find(|known| known.name == attribute.name)
        {
            Some(known) => *known = attribute,
            None => self.attributes.push(attribute),
        }
    }

    /// Takes out every attribute of this name.
    pub fn remove(&mut self, name: &str) {
        self.attributes.retain(|attribute| attribute.name != name);
    }

    /// The EXR attribute of this name, if it is a `string` in UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        let attribute = self
            .get(name)
            .filter(|attribute| attribute.kind == "string")?;
        std::str::from_utf8(&attribute.value).ok()
    }

    /// Sets an EXR `string`.
    pub fn set_text(&mut self, name: &str, text: &str) {
        self.set(Attribute {
            name: name.to_owned(),
            kind: "string".to_owned(),
            value: text.as_bytes().to_vec(),
        });
    }

    /// The EXR attribute of this name, if it is an `int`.
    pub fn int(&self, name: &str) -> Option<i32> {
        let attribute = self.get(name).filter(|attribute| attribute.kind == "int")?;
        Some(i32::from_le_bytes(
            attribute.value.as_slice().try_into().ok()?,
        ))
    }

    /// Makes an EXR tiled, with tiles of so many columns and rows; both at least 1.
    pub fn set_tiles(&mut self, size: [u32; 2]) {
        let (name, kind, value) = crate::exr::tiles(size);
        self.set(Attribute {
            name: name.to_owned(),
            kind: kind.to_owned(),
            value,
        });
    }

    /// Sets an EXR `int`.
    pub fn set_int(&mut self, name: &str, value: i32) {
        self.set(Attribute {
            name: name.to_owned(),
            kind: "int".to_owned(),
            value: value.to_le_bytes().to_vec(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_codec_has_one_name() {
        for (codec, name) in CODECS {
            assert_eq!(codec.name(), name);
            assert_eq!(Codec::from_name(name), Some(codec));
        }
    }

    #[test]
    fn texts_and_integers() {
        let mut metadata = Metadata::new(Format::Exr);
        metadata.set_text("a", "one");
        metadata.set_int("b", -2);
        metadata.set_text("a", "two");
        assert_eq!(metadata.text("a"), Some("two"));
        assert_eq!(metadata.int("b"), Some(-2));
        assert_eq!((metadata.text("b"), metadata.int("a")), (None, None));
        assert_eq!(metadata.attributes.len(), 2);
        metadata.remove("a");
        assert_eq!(metadata.get("a"), None);
    }
}
