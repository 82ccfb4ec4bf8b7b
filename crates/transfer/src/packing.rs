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
        let candidates = self.candidates(own);
        let mut best: Option<(u64, (Header, Codec))> = None;
        let several = candidates.len() > 1;
        for (header, codec) in candidates {
            let size = match several {
                true => bytes(&header, codec)?,
                false => 0,
            };
            if best.as_ref().is_none_or(|(least, _)| size < *least) {
                best = Some((size, (header, codec)));
            }
        }
        let best = best.map(|(_, best)| best);
        Ok(best.unwrap_or_else(|| (own.clone(), own.metadata.codec)))
    }

    /// The headers and codecs that a part may be written with; the first is the best of equal ones.
    pub(crate) fn candidates(self, own: &Header) -> Vec<(Header, Codec)> {
        let with = |codec: Codec, tile: Option<u32>| {
            let mut header = own.clone();
            header.metadata.remove(TILES);
            if let Some(size) = tile {
                header.metadata.set_tiles([size.max(1); 2]);
            }
            (header, codec)
        };
        // More programs decode ZIP fast.
        match self {
            Packing::Own => vec![(own.clone(), own.metadata.codec)],
            Packing::With(codec) => vec![with(codec, None)],
            Packing::Tiled { size, codec } => match codec {
                Some(codec) => vec![with(codec, Some(size))],
                None => vec![with(Codec::Zip, Some(size)), with(Codec::Piz, Some(size))],
            },
            Packing::Auto => vec![
                with(Codec::Zip, None),
                with(Codec::Zip, Some(AUTO_TILE)),
                with(Codec::Piz, None),
            ],
        }
    }
}

/// Lets a part that gets new attributes keep its tiles.
pub(crate) fn keep_tiles(old: &Metadata, new: &mut Metadata) {
    if let Some(tiles) = old.get(TILES) {
        new.set(tiles.clone());
    }
}
