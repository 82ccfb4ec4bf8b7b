//! Images laid out as awkward hosts lay them out: padded, bottom up or top down, misaligned, as a part of a larger
//! image, between guards.

use crate::error::{Error, Result};
use crate::frame::{Frame, Samples, sample_count};
use crate::geometry::RectI;
use crate::options::{Edge, RowLayout};
use crate::pixel::{Components, Depth};
use half::f16;
use std::ops::{Deref, DerefMut, Range};

/// What guards, margins and padding hold, and fresh pixels too. Four of them are an ordinary float.
pub(crate) const PATTERN: u8 = 0xCB;

/// Bytes of guard before and behind an image.
const GUARD: usize = 4096;

/// Samples of guarded images begin this far off a boundary of so many bytes.
const BOUNDARY: usize = 64;

/// The memory of an image.
enum Buffer {
    Heap(Vec<u8>),
    #[cfg(unix)]
    Pages(crate::ffi::pages::Pages),
}

impl Buffer {
    /// At least so many bytes of the pattern, between closed pages where that is wanted and possible.
    fn new(size: usize, closed: bool) -> Self {
        #[cfg(unix)]
        if closed && let Some(mut pages) = crate::ffi::pages::Pages::new(size) {
            pages.fill(PATTERN);
            return Self::Pages(pages);
        }
        let _ = closed;
        Self::Heap(vec![PATTERN; size])
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Heap(bytes) => bytes,
            #[cfg(unix)]
            Self::Pages(pages) => pages,
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Heap(bytes) => bytes,
            #[cfg(unix)]
            Self::Pages(pages) => pages,
        }
    }
}

/// An image in a buffer of its own.
pub(crate) struct Arranged {
    bytes: Buffer,
    bounds: RectI,
    components: Components,
    depth: Depth,
    /// Where the first sample of the row `bounds.y1` is.
    origin: usize,
    row_bytes: isize,
}

impl Arranged {
    /// An image that holds the pattern everywhere.
    pub(crate) fn blank(
        bounds: RectI,
        components: Components,
        depth: Depth,
        layout: RowLayout,
    ) -> Result<Self> {
        sample_count(bounds, components, depth)?;
        let margin = usize::from(layout.margin);
        let (width, height) = (bounds.width(), bounds.height());
        let pixel = components.count() * depth.bytes();
        let sizes = || {
            let stride = (width + 2 * margin)
                .checked_mul(pixel)?
                .checked_add(layout.padding)?;
            let body = stride.checked_mul(height + 2 * margin)?;
            let size = body
                .checked_add(2 * GUARD + BOUNDARY)?
                .checked_add(layout.misalign)?;
            (size <= isize::MAX as usize / 2 && i32::try_from(stride).is_ok())
                .then_some((stride, size))
        };
        let (stride, size) = sizes().ok_or(Error::TooLarge { width, height })?;
        let bytes = Buffer::new(size, layout.flush.is_some());
        let lowest = if layout.negative {
            (height + margin).saturating_sub(1)
        } else {
            margin
        };
        // The first pixel of the bottom row sits on the boundary, then is pushed off it.
        let origin = GUARD + lowest * stride + margin * pixel;
        let origin =
            origin + (bytes.as_ptr().addr() + origin).wrapping_neg() % BOUNDARY + layout.misalign;
        // From the first sample to the last, without what lies around them.
        let extent = stride * height.saturating_sub(1) + width * pixel;
        let origin = match layout.flush {
            None => origin,
            Some(edge) => {
                let first = match edge {
                    Edge::Low => layout.misalign,
                    Edge::High => bytes.len() - extent - layout.misalign,
                };
                let bottom = if layout.negative {
                    height.saturating_sub(1)
                } else {
                    0
                };
                first + bottom * stride
            }
        };
        let row_bytes = if layout.negative {
            -(stride as isize)
        } else {
            stride as isize
        };
        Ok(Self {
            bytes,
            bounds,
            components,
            depth,
            origin,
            row_bytes,
        })
    }

    /// An image of the pixels of `frame` over `bounds`, zeros where it has none.
    pub(crate) fn copy(frame: &Frame, bounds: RectI, layout: RowLayout) -> Result<Self> {
        let mut image = Self::blank(bounds, frame.components(), frame.depth(), layout)?;
        let frame = frame.reframed(bounds)?;
        for y in bounds.y1..bounds.y2 {
            let (Some(row), to) = (frame.row_range(y), image.row(y)) else {
                continue;
            };
            let to = &mut image.bytes[to];
            match frame.samples() {
                Samples::Byte(v) => to.copy_from_slice(&v[row]),
                Samples::Short(v) => fill(to, v[row].iter().map(|s| s.to_ne_bytes())),
                Samples::Half(v) => fill(to, v[row].iter().map(|s| s.to_ne_bytes())),
                Samples::Float(v) => fill(to, v[row].iter().map(|s| s.to_ne_bytes())),
            }
        }
        Ok(image)
    }

    /// The pixels, as a plain frame.
    pub(crate) fn to_frame(&self) -> Result<Frame> {
        let rows = || {
            (self.bounds.y1..self.bounds.y2)
                .flat_map(|y| &self.bytes[self.row(y)])
                .copied()
        };
        let samples = match self.depth {
            Depth::Byte => Samples::Byte(rows().collect()),
            Depth::Short => Samples::Short(gather(rows()).map(u16::from_ne_bytes).collect()),
            Depth::Half => Samples::Half(gather(rows()).map(f16::from_ne_bytes).collect()),
            Depth::Float => Samples::Float(gather(rows()).map(f32::from_ne_bytes).collect()),
        };
        Frame::new(self.bounds, self.components, samples)
    }

    pub(crate) fn bounds(&self) -> RectI {
        self.bounds
    }

    pub(crate) fn components(&self) -> Components {
        self.components
    }

    pub(crate) fn depth(&self) -> Depth {
        self.depth
    }

    pub(crate) fn row_bytes(&self) -> isize {
        self.row_bytes
    }

    /// The whole buffer.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The buffer, and where in it the bottom row begins.
    pub(crate) fn parts_mut(&mut self) -> (&mut [u8], usize) {
        (&mut self.bytes, self.origin)
    }

    /// Where a byte outside the pixels is not the pattern.
    pub(crate) fn stray(&self) -> Option<String> {
        let mut rows: Vec<Range<usize>> = (self.bounds.y1..self.bounds.y2)
            .map(|y| self.row(y))
            .collect();
        rows.sort_by_key(|row| row.start);
        let ends = rows.iter().map(|row| row.start).chain([self.bytes.len()]);
        let starts = [0].into_iter().chain(rows.iter().map(|row| row.end));
        starts.zip(ends).find_map(|(start, end)| {
            let at = start + self.bytes[start..end].iter().position(|b| *b != PATTERN)?;
            let offset = at as isize - self.origin as isize;
            Some(format!(
                "byte {offset} from the first pixel of the bottom row"
            ))
        })
    }

    fn row(&self, y: i32) -> Range<usize> {
        let up = (i64::from(y) - i64::from(self.bounds.y1)) as isize;
        let start = self.origin.wrapping_add_signed(up * self.row_bytes);
        start..start + self.bounds.width() * self.components.count() * self.depth.bytes()
    }
}

fn fill<const N: usize>(to: &mut [u8], samples: impl Iterator<Item = [u8; N]>) {
    for (to, sample) in to.chunks_exact_mut(N).zip(samples) {
        to.copy_from_slice(&sample);
    }
}

fn gather<const N: usize>(mut bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = [u8; N]> {
    std::iter::from_fn(move || {
        let mut sample = [bytes.next()?; N];
        for byte in &mut sample[1..] {
            *byte = bytes.next()?;
        }
        Some(sample)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::convert;
    use proptest::prelude::*;

    fn layouts() -> impl Strategy<Value = RowLayout> {
        let flush = prop::sample::select(vec![None, Some(Edge::Low), Some(Edge::High)]);
        (0usize..40, any::<bool>(), 0usize..8, 0u16..4, flush).prop_map(
            |(padding, negative, misalign, margin, flush)| RowLayout {
                padding,
                negative,
                misalign,
                margin,
                flush,
            },
        )
    }

    #[test]
    #[cfg(unix)]
    fn a_flush_image_ends_with_its_pages() {
        for negative in [false, true] {
            for edge in [Edge::Low, Edge::High] {
                let layout = RowLayout {
                    padding: 12,
                    negative,
                    margin: 3,
                    flush: Some(edge),
                    ..RowLayout::default()
                };
                let bounds = RectI::new(0, 0, 5, 3);
                let image = Arranged::blank(bounds, Components::Rgb, Depth::Float, layout).unwrap();
                let rows = (0..3).map(|y| image.row(y));
                let (low, high) = rows.fold((usize::MAX, 0), |(low, high), row| {
                    (low.min(row.start), high.max(row.end))
                });
                match edge {
                    Edge::Low => assert_eq!(low, 0),
                    Edge::High => assert_eq!(high, image.bytes.len()),
                }
            }
        }
    }

    proptest! {
        #[test]
        fn pixels_survive_any_layout(
            layout in layouts(), x in -9i32..9, y in -9i32..9, w in 0i32..7, h in 0i32..7,
            components in prop::sample::select(Components::ALL.to_vec()),
            depth in prop::sample::select(Depth::ALL.to_vec()),
        ) {
            let bounds = RectI::new(x, y, x + w, y + h);
            let frame = Frame::from_fn(bounds, components, |x, y, c| {
                ((x * 31 + y * 7) as f32 + c as f32).sin().abs()
            }).unwrap();
            let frame = convert(&frame, components, depth).unwrap();
            let mut image = Arranged::copy(&frame, bounds, layout).unwrap();
            prop_assert_eq!(image.to_frame().unwrap(), frame);
            prop_assert_eq!(image.stray(), None);
            let (bytes, origin) = image.parts_mut();
            if layout.flush.is_none() {
                prop_assert_eq!((bytes.as_ptr().addr() + origin) % BOUNDARY, layout.misalign);
            }
        }

        #[test]
        fn every_stray_byte_is_found(layout in layouts(), at in any::<prop::sample::Index>()) {
            let bounds = RectI::new(-1, 2, 3, 5);
            let mut image = Arranged::blank(bounds, Components::Rgb, Depth::Byte, layout).unwrap();
            let at = at.index(image.bytes.len());
            let inside = (2..5).any(|y| image.row(y).contains(&at));
            image.bytes[at] ^= 1;
            prop_assert_eq!(image.stray().is_none(), inside);
        }
    }
}
