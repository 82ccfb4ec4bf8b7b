//! Pixels lent to a plug-in by their address.

use crate::error::Result;
use crate::frame::{Frame, Samples};
use crate::geometry::RectI;
use crate::layout::Arranged;
use crate::options::RowLayout;
use crate::pixel::{Components, Depth};
use std::sync::Arc;

/// Pixels whose address a plug-in holds. While it does, the host touches them through this address only, that is not
/// at all.
pub(crate) struct Lent {
    pixels: Pixels,
    address: usize,
    row_bytes: i32,
}

enum Pixels {
    /// An input as its source has it.
    Shared(Arc<Frame>),
    /// An output in plain rows.
    Plain(Frame),
    /// An output in other rows.
    Arranged(Arranged),
    /// An input in other rows, and what its buffer held when it was lent.
    Copied(Arranged, Vec<u8>),
}

impl Lent {
    /// Lends a source's frame as it is. The plug-in must not write there; ask for [`Lent::copied`] to find out.
    pub(crate) fn shared(frame: Arc<Frame>) -> Self {
        let address = match frame.samples() {
            Samples::Byte(v) => v.as_ptr().expose_provenance(),
            Samples::Short(v) => v.as_ptr().expose_provenance(),
            Samples::Half(v) => v.as_ptr().expose_provenance(),
            Samples::Float(v) => v.as_ptr().expose_provenance(),
        };
        let row_bytes = plain_row_bytes(&frame);
        Self {
            pixels: Pixels::Shared(frame),
            address,
            row_bytes,
        }
    }

    /// Lends a copy of the pixels over `bounds`.
    pub(crate) fn copied(frame: &Frame, bounds: RectI, layout: RowLayout) -> Result<Self> {
        let mut image = Arranged::copy(frame, bounds, layout)?;
        let address = arranged_address(&mut image);
        let row_bytes = image.row_bytes() as i32; // `Arranged` has checked that it fits
        let before = image.bytes().to_vec();
        Ok(Self {
            pixels: Pixels::Copied(image, before),
            address,
            row_bytes,
        })
    }

    /// Lends a frame to be written.
    pub(crate) fn output(mut frame: Frame) -> Self {
        let row_bytes = plain_row_bytes(&frame);
        let address = match frame.samples_mut() {
            Samples::Byte(v) => v.as_mut_ptr().expose_provenance(),
            Samples::Short(v) => v.as_mut_ptr().expose_provenance(),
            Samples::Half(v) => v.as_mut_ptr().expose_provenance(),
            Samples::Float(v) => v.as_mut_ptr().expose_provenance(),
        };
        Self {
            pixels: Pixels::Plain(frame),
            address,
            row_bytes,
        }
    }

    /// Lends an image in other rows to be written; it begins as a copy of the frame.
    pub(crate) fn arranged_output(frame: &Frame, layout: RowLayout) -> Result<Self> {
        let mut image = Arranged::copy(frame, frame.bounds(), layout)?;
        let address = arranged_address(&mut image);
        let row_bytes = image.row_bytes() as i32;
        Ok(Self {
            pixels: Pixels::Arranged(image),
            address,
            row_bytes,
        })
    }

    /// The address of the bottom row's first sample.
    pub(crate) fn address(&self) -> usize {
        self.address
    }

    /// Bytes from a row to the one above it.
    pub(crate) fn row_bytes(&self) -> i32 {
        self.row_bytes
    }

    pub(crate) fn bounds(&self) -> RectI {
        match &self.pixels {
            Pixels::Shared(frame) => frame.bounds(),
            Pixels::Plain(frame) => frame.bounds(),
            Pixels::Arranged(image) | Pixels::Copied(image, _) => image.bounds(),
        }
    }

    pub(crate) fn components(&self) -> Components {
        match &self.pixels {
            Pixels::Shared(frame) => frame.components(),
            Pixels::Plain(frame) => frame.components(),
            Pixels::Arranged(image) | Pixels::Copied(image, _) => image.components(),
        }
    }

    pub(crate) fn depth(&self) -> Depth {
        match &self.pixels {
            Pixels::Shared(frame) => frame.depth(),
            Pixels::Plain(frame) => frame.depth(),
            Pixels::Arranged(image) | Pixels::Copied(image, _) => image.depth(),
        }
    }

    /// Where the plug-in wrote although it must not, as far as the buffer tells. Called when it is done with it.
    pub(crate) fn stray(&self) -> Option<String> {
        match &self.pixels {
            Pixels::Shared(_) | Pixels::Plain(_) => None,
            Pixels::Arranged(image) => image.stray(),
            Pixels::Copied(image, before) => (image.bytes() != before)
                .then(|| image.stray().unwrap_or_else(|| "an input's pixels".into())),
        }
    }

    /// Takes an output back.
    pub(crate) fn into_frame(self) -> Result<Frame> {
        match self.pixels {
            Pixels::Plain(frame) => Ok(frame),
            Pixels::Arranged(image) | Pixels::Copied(image, _) => image.to_frame(),
            Pixels::Shared(frame) => Ok(Frame::clone(&frame)),
        }
    }
}

fn arranged_address(image: &mut Arranged) -> usize {
    let (bytes, origin) = image.parts_mut();
    // Exposed for the whole buffer: rows lie before and behind the origin.
    bytes.as_mut_ptr().expose_provenance() + origin
}

fn plain_row_bytes(frame: &Frame) -> i32 {
    (frame.row_len() * frame.depth().bytes()) as i32 // `Frame` has checked that it fits
}
