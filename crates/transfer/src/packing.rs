//! How a difference is packed.

use images::{Codec, Image};

use crate::Error;

/// How the parts of a difference are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// With ZIP or PIZ, whichever takes fewer bytes, each part by itself.
    Auto,
    /// As they are: with the codec they were read in, ZIP where they are new.
    #[default]
    Own,
    /// With this codec.
    With(Codec),
}

impl Packing {
    /// The codec for this part.
    ///
    /// # Errors
    ///
    /// [`Error::Image`] where the part cannot be packed at all.
    pub(crate) fn codec(self, part: &Image) -> Result<Codec, Error> {
        self.choose(part.metadata.codec, &mut |codec| {
            Ok(images::packed_bytes(part, codec, true)?)
        })
    }

    /// The codec for a part that was read in, or is new, with `own`; `bytes` is what it takes with
    /// another.
    pub(crate) fn choose<E>(
        self,
        own: Codec,
        bytes: &mut dyn FnMut(Codec) -> Result<u64, E>,
    ) -> Result<Codec, E> {
        match self {
            Packing::With(codec) => Ok(codec),
            Packing::Own => Ok(own),
            Packing::Auto => {
                // ZIP where both are equal: more programs decode it fast.
                let piz = bytes(Codec::Piz)? < bytes(Codec::Zip)?;
                Ok(if piz { Codec::Piz } else { Codec::Zip })
            }
        }
    }
}
