//! How a difference is packed.

use images::{Codec, Header, Image, Metadata};

use crate::Error;

/// The attribute that makes a part tiled.
const TILES: &str = "tiles";

/// Columns and rows of the tiles that [`Packing::Auto`] tries.
const AUTO_TILE: u32 = 256;

/// How the parts of a difference are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// In scan lines with ZIP or PIZ or in tiles with ZIP, whichever takes the fewest bytes, each part
    /// by itself.
    Auto,
    /// As they are: as they were read in, with ZIP in scan lines where they are new.
    #[default]
    Own,
    /// In scan lines with this codec.
    With(Codec),
    /// In tiles of so many columns and rows, at least 1.
    Tiled {
        /// Columns and rows.
        size: u32,
        /// The codec; without, ZIP or PIZ, whichever takes fewer bytes.
        codec: Option<Codec>,
    },
}

impl Packing {
    /// The part with the layout and the codec that it is written in.
    ///
    /// # Errors
    ///
    /// [`Error::Image`] where the part cannot be packed at all.
    pub(crate) fn of_image(self, part: &Image) -> Result<(Header, Codec), Error> {
        self.choose(&part.header(), &mut |header, codec| {
            Ok(images::packed_bytes(part, header, codec, true)?)
        })
    }

    /// The header and the codec for a part that was read in, or is new, with `own`; `bytes` is what it
    /// takes with others.
    pub(crate) fn choose<E>(
        self,
        own: &Header,
        bytes: &mut dyn FnMut(&Header, Codec) -> Result<u64, E>,
    ) -> Result<(Header, Codec), E> {
        // At equal sizes the first: more programs decode it fast.
        let candidates: &[(Codec, Option<u32>)] = match self {
            Packing::Own => return Ok((own.clone(), own.metadata.codec)),
            Packing::With(codec) => &[(codec, None)],
            Packing::Tiled { size, codec } => match codec {
                Some(codec) => &[(codec, Some(size))],
                None => &[(Codec::Zip, Some(size)), (Codec::Piz, Some(size))],
            },
            Packing::Auto => &[
                (Codec::Zip, None),
                (Codec::Zip, Some(AUTO_TILE)),
                (Codec::Piz, None),
            ],
        };
        let laid_out = |tile: Option<u32>| {
            let mut header = own.clone();
            header.metadata.remove(TILES);
            if let Some(size) = tile {
                header.metadata.set_tiles([size.max(1); 2]);
            }
            header
        };
        let mut best: Option<(u64, Header, Codec)> = None;
        for &(codec, tile) in candidates {
            let header = laid_out(tile);
            let size = match candidates.len() {
                1 => 0,
                _ => bytes(&header, codec)?,
            };
            if best.as_ref().is_none_or(|(least, ..)| size < *least) {
                best = Some((size, header, codec));
            }
        }
        let best = best.map(|(_, header, codec)| (header, codec));
        Ok(best.unwrap_or_else(|| (own.clone(), own.metadata.codec)))
    }
}

/// Lets a part that gets new attributes keep its tiles.
pub(crate) fn keep_tiles(old: &Metadata, new: &mut Metadata) {
    if let Some(tiles) = old.get(TILES) {
        new.set(tiles.clone());
    }
}
