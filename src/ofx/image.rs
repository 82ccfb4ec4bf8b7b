//! The host's images as checked rows of `f32`, in place.
//!
//! Row bytes may be negative, padded, or those of a bigger image, and bounds may start anywhere.
//! `Memory::new` checks once that all addresses can be computed and are aligned; after that a
//! row is lent without a further look at the host's numbers.

use core::marker::PhantomData;

use crate::geometry::RectI;
use crate::kernels::Layout;

/// Why memory cannot be lent as rows of `f32`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Defect {
    /// The data pointer or the row bytes are not multiples of four.
    Misaligned,
    /// A row is longer than the distance to the next one.
    RowBytes,
    /// The bounds reach past the address space.
    Size,
}

impl Defect {
    /// For a message to the user.
    pub fn text(self) -> &'static str {
        match self {
            Self::Misaligned => "its float samples are not aligned to 4 bytes",
            Self::RowBytes => "its row bytes are smaller than a row",
            Self::Size => "its bounds are larger than the address space",
        }
    }
}

const SAMPLE: usize = size_of::<f32>();

/// Where the samples of an image lie. The numbers fit together; see [`Memory::new`].
#[derive(Clone, Copy)]
struct Memory {
    /// The sample of pixel (x1, y1), channel 0.
    origin: *mut f32,
    /// Bytes from row y to row y + 1; may be negative.
    row_bytes: isize,
    bounds: RectI,
    layout: Layout,
}

impl Memory {
    fn new(
        origin: *mut f32,
        row_bytes: isize,
        bounds: RectI,
        layout: Layout,
    ) -> Result<Self, Defect> {
        let memory = Self {
            origin,
            row_bytes,
            bounds,
            layout,
        };
        if bounds.is_empty() {
            return Ok(memory);
        }
        let (width, height) = (bounds.width(), bounds.height());
        let row = width
            .checked_mul(layout.channels() * SAMPLE)
            .filter(|&row| isize::try_from(row).is_ok())
            .ok_or(Defect::Size)?;
        if !origin.addr().is_multiple_of(SAMPLE) || (height > 1 && row_bytes % SAMPLE as isize != 0)
        {
            return Err(Defect::Misaligned);
        }
        if height > 1 && row_bytes.unsigned_abs() < row {
            return Err(Defect::RowBytes);
        }
        let reach = isize::try_from(height - 1)
            .ok()
            .and_then(|last| row_bytes.checked_mul(last))
            .ok_or(Defect::Size)?;
        let start = origin.addr() as i128;
        let low = start + reach.min(0) as i128;
        let high = start + reach.max(0) as i128 + row as i128;
        if low <= 0 || high > isize::MAX as i128 {
            return Err(Defect::Size);
        }
        Ok(memory)
    }

    /// Pointer to pixel (x1, y) and number of samples up to x2, if all of them are inside.
    fn span(&self, y: i32, x1: i32, x2: i32) -> Option<(*mut f32, usize)> {
        let b = &self.bounds;
        if !(b.has_row(y) && b.x1 <= x1 && x1 <= x2 && x2 <= b.x2) {
            return None;
        }
        let channels = self.layout.channels();
        let row = (i64::from(y) - i64::from(b.y1)) as isize;
        let column = (i64::from(x1) - i64::from(b.x1)) as usize;
        let length = (i64::from(x2) - i64::from(x1)) as usize * channels;
        // `new` has checked that these products stay inside the address space.
        let start = self
            .origin
            .wrapping_byte_offset(row * self.row_bytes)
            .wrapping_add(column * channels);
        Some((start, length))
    }

    /// Pointer to the first pixel of `window` and number of samples up to its last, if all of it is
    /// inside and its rows follow each other without a gap.
    fn block(&self, window: &RectI) -> Option<(*mut f32, usize)> {
        let last = window.y2.checked_sub(1).filter(|last| *last >= window.y1)?;
        let (start, row) = self.span(window.y1, window.x1, window.x2)?;
        self.span(last, window.x1, window.x2)?;
        let packed = window.height() == 1 || self.row_bytes == (row * SAMPLE) as isize;
        // No more than what `new` has checked of the whole image.
        packed.then_some((start, row * window.height()))
    }

    /// First and one-past-last address of `window` (not empty, inside the bounds), and the first
    /// address and length in bytes of its rows.
    fn extent(&self, window: &RectI) -> Extent {
        let channels = self.layout.channels();
        let column = (i64::from(window.x1) - i64::from(self.bounds.x1)) as i128;
        let first_row = (i64::from(window.y1) - i64::from(self.bounds.y1)) as i128;
        let first = self.origin.addr() as i128
            + first_row * self.row_bytes as i128
            + column * (channels * SAMPLE) as i128;
        let last = first + (window.height() as i128 - 1) * self.row_bytes as i128;
        let row = (window.width() * channels * SAMPLE) as i128;
        Extent {
            low: first.min(last),
            high: first.max(last) + row,
            row,
            stride: if window.height() > 1 {
                (self.row_bytes as i128).abs()
            } else {
                0
            },
        }
    }
}

/// The addresses of a window's rows: `low`, `low + stride`, ... up to `high`.
struct Extent {
    low: i128,
    high: i128,
    row: i128,
    stride: i128,
}

impl Extent {
    fn meets(&self, other: &Self) -> bool {
        if self.high <= other.low || other.high <= self.low {
            return false;
        }
        // Two halves of one bigger image (side-by-side stereo) interleave without a shared byte.
        if self.stride != other.stride || self.stride == 0 {
            return true;
        }
        let offset = (other.low - self.low).rem_euclid(self.stride);
        offset < self.row || offset + other.row > self.stride
    }
}

/// An image to read. Outside its bounds it is 0.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    memory: Memory,
    life: PhantomData<&'a [f32]>,
}

// SAFETY: a Image only lends `&[f32]`; whoever made it vouches that nobody writes there while it
// lives (`from_host`), or it was made from a shared slice.
unsafe impl Send for Image<'_> {}
// SAFETY: as above.
unsafe impl Sync for Image<'_> {}

impl<'a> Image<'a> {
    /// Over memory of the host. `data` is the sample of pixel (`bounds.x1`, `bounds.y1`).
    ///
    /// # Safety
    ///
    /// If the bounds are not empty, each row of them at `data + (y - y1) * row_bytes` must be
    /// readable for `'a`, and nobody may write to it in that time. (The host vouches for both by
    /// handing the image out; that it is not also the output is for the caller to check.)
    pub unsafe fn from_host(
        data: *const f32,
        row_bytes: isize,
        bounds: RectI,
        layout: Layout,
    ) -> Result<Self, Defect> {
        Ok(Self {
            memory: Memory::new(data.cast_mut(), row_bytes, bounds, layout)?,
            life: PhantomData,
        })
    }

    /// Over a slice that holds the rows from the bottom up, packed. `None` when it is too short.
    pub fn from_slice(samples: &'a [f32], bounds: RectI, layout: Layout) -> Option<Self> {
        let row = bounds.width().checked_mul(layout.channels())?;
        if samples.len() < row.checked_mul(bounds.height())? {
            return None;
        }
        let origin = samples.as_ptr().cast_mut();
        let memory = Memory::new(origin, (row * SAMPLE) as isize, bounds, layout).ok()?;
        Some(Self {
            memory,
            life: PhantomData,
        })
    }

    /// Where there are pixels.
    pub fn bounds(&self) -> RectI {
        self.memory.bounds
    }

    /// The channels of a pixel.
    pub fn layout(&self) -> Layout {
        self.memory.layout
    }

    /// The samples of pixels `x1..x2` of row `y`; `None` unless all are inside the bounds.
    pub fn span(&self, y: i32, x1: i32, x2: i32) -> Option<&'a [f32]> {
        let (start, length) = self.memory.span(y, x1, x2)?;
        // SAFETY: `span` stays inside the bounds; the constructor's contract makes those rows
        // readable and free of writers for 'a, and `Memory::new` has checked alignment.
        Some(unsafe { core::slice::from_raw_parts(start, length) })
    }

    /// The samples of all rows of `window`; `None` unless it is inside the bounds and its rows
    /// follow each other in memory.
    pub fn block(&self, window: &RectI) -> Option<&'a [f32]> {
        let (start, length) = self.memory.block(window)?;
        // SAFETY: as in `span`, for rows without a gap between them.
        Some(unsafe { core::slice::from_raw_parts(start, length) })
    }
}

/// The image to write.
pub struct OutputImage<'a> {
    memory: Memory,
    life: PhantomData<&'a mut [f32]>,
}

// SAFETY: like `&mut [f32]`, which it stands for; `part` and `span_mut` are the only ways to the
// samples.
unsafe impl Send for OutputImage<'_> {}
// SAFETY: as above; a shared reference gives no samples but through the unsafe `part`.
unsafe impl Sync for OutputImage<'_> {}

impl<'a> OutputImage<'a> {
    /// Over memory of the host; see [`Image::from_host`].
    ///
    /// # Safety
    ///
    /// If the bounds are not empty, each row of them must be writable for `'a`, and nobody else
    /// may read or write it in that time.
    pub unsafe fn from_host(
        data: *mut f32,
        row_bytes: isize,
        bounds: RectI,
        layout: Layout,
    ) -> Result<Self, Defect> {
        Ok(Self {
            memory: Memory::new(data, row_bytes, bounds, layout)?,
            life: PhantomData,
        })
    }

    /// Over a slice that holds the rows from the bottom up, packed. `None` when it is too short.
    pub fn from_slice(samples: &'a mut [f32], bounds: RectI, layout: Layout) -> Option<Self> {
        Image::from_slice(samples, bounds, layout)?;
        let row_bytes = (bounds.width() * layout.channels() * SAMPLE) as isize;
        let memory = Memory::new(samples.as_mut_ptr(), row_bytes, bounds, layout).ok()?;
        Some(Self {
            memory,
            life: PhantomData,
        })
    }

    /// Where there are pixels.
    pub fn bounds(&self) -> RectI {
        self.memory.bounds
    }

    /// The channels of a pixel.
    pub fn layout(&self) -> Layout {
        self.memory.layout
    }

    /// Whether a byte of `window` here is a byte of `window` there.
    pub fn overlaps(&self, window: &RectI, input: &Image<'_>) -> bool {
        let own = window.intersection(&self.memory.bounds);
        let theirs = own.intersection(&input.memory.bounds);
        if own.is_empty() || theirs.is_empty() {
            return false;
        }
        self.memory
            .extent(&own)
            .meets(&input.memory.extent(&theirs))
    }

    /// The same image for a shorter time.
    pub fn reborrow(&mut self) -> OutputImage<'_> {
        OutputImage {
            memory: self.memory,
            life: PhantomData,
        }
    }

    /// The rows of `window`, for one of several workers.
    ///
    /// # Safety
    ///
    /// Parts that live at the same time must not share a pixel.
    pub unsafe fn part(&self, window: &RectI) -> OutputImage<'_> {
        let window = window.intersection(&self.memory.bounds);
        let memory = match self.memory.span(window.y1, window.x1, window.x2) {
            Some((origin, _)) => Memory {
                origin,
                bounds: window,
                ..self.memory
            },
            None => Memory {
                bounds: RectI::default(),
                ..self.memory
            },
        };
        OutputImage {
            memory,
            life: PhantomData,
        }
    }

    /// The samples of pixels `x1..x2` of row `y`; `None` unless all are inside the bounds.
    pub fn span_mut(&mut self, y: i32, x1: i32, x2: i32) -> Option<&mut [f32]> {
        let (start, length) = self.memory.span(y, x1, x2)?;
        // SAFETY: inside the bounds, aligned, writable and exclusive by the constructor's contract
        // and by `part`'s; the borrow of self keeps the slice the only one.
        Some(unsafe { core::slice::from_raw_parts_mut(start, length) })
    }

    /// The samples of all rows of `window`; `None` unless it is inside the bounds and its rows
    /// follow each other in memory.
    pub fn block_mut(&mut self, window: &RectI) -> Option<&mut [f32]> {
        let (start, length) = self.memory.block(window)?;
        // SAFETY: as in `span_mut`, for rows without a gap between them.
        Some(unsafe { core::slice::from_raw_parts_mut(start, length) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bounds anywhere, and row bytes of either sign with padding.
    fn places() -> impl Strategy<Value = (RectI, Layout, isize)> {
        let corner = -5000i32..5000;
        let layout = prop_oneof![Just(Layout::Alpha), Just(Layout::Rgb), Just(Layout::Rgba)];
        (
            corner.clone(),
            corner,
            1i32..9,
            1i32..9,
            layout,
            0isize..5,
            any::<bool>(),
        )
            .prop_map(|(x, y, width, height, layout, padding, negative)| {
                let row = (width as usize * layout.channels() + padding as usize) * SAMPLE;
                let row_bytes = if negative {
                    -(row as isize)
                } else {
                    row as isize
                };
                (RectI::new(x, y, x + width, y + height), layout, row_bytes)
            })
    }

    /// Memory for the bounds, and the index of the sample of (x1, y1).
    fn memory(bounds: &RectI, row_bytes: isize) -> (Vec<f32>, usize) {
        let row = row_bytes.unsigned_abs() / SAMPLE;
        let samples = (0..row * bounds.height()).map(|i| i as f32).collect();
        let origin = if row_bytes < 0 {
            row * (bounds.height() - 1)
        } else {
            0
        };
        (samples, origin)
    }

    proptest! {
        #[test]
        fn every_sample_is_where_the_row_bytes_say((bounds, layout, row_bytes) in places()) {
            let (samples, origin) = memory(&bounds, row_bytes);
            // SAFETY: `memory` holds every row of the bounds.
            let image = unsafe {
                Image::from_host(samples.as_ptr().wrapping_add(origin), row_bytes, bounds, layout)
            }.unwrap();
            for y in bounds.y1..bounds.y2 {
                let span = image.span(y, bounds.x1, bounds.x2).unwrap();
                let first = origin as isize + (y - bounds.y1) as isize * row_bytes / SAMPLE as isize;
                let expected: Vec<f32> = (0..span.len()).map(|i| (first + i as isize) as f32).collect();
                prop_assert_eq!(span, &expected[..]);
                prop_assert!(image.span(y, bounds.x1 - 1, bounds.x2).is_none());
                prop_assert!(image.span(y, bounds.x1, bounds.x2 + 1).is_none());
            }
            let row = bounds.width() * layout.channels();
            let packed = row_bytes == (row * SAMPLE) as isize;
            let mut below = RectI { y1: bounds.y1 + bounds.height() as i32 / 2, ..bounds };
            let block = image.block(&below);
            prop_assert_eq!(block.is_some(), packed || below.height() == 1);
            if let Some(block) = block {
                prop_assert_eq!(block.len(), row * below.height());
                prop_assert_eq!(&block[block.len() - row..], image.span(bounds.y2 - 1, bounds.x1, bounds.x2).unwrap());
            }
            below.y2 += 1;
            prop_assert!(image.block(&below).is_none());
            let narrower = RectI { x1: bounds.x1 + 1, y2: bounds.y1 + 2, ..bounds };
            let nothing = RectI { y2: bounds.y1, ..bounds };
            prop_assert!(image.block(&narrower).is_none());
            prop_assert!(image.block(&nothing).is_none());
            prop_assert!(image.span(bounds.y1 - 1, bounds.x1, bounds.x2).is_none());
            prop_assert!(image.span(bounds.y2, bounds.x1, bounds.x2).is_none());
        }

        #[test]
        fn overlap_is_sharing_a_byte(
            (bounds, layout, row_bytes) in places(),
            x in -3i32..9, y in -3i32..9, gap in -20isize..20,
        ) {
            let (samples, origin) = memory(&bounds, row_bytes);
            let mut wide = vec![0.0f32; samples.len() * 3];
            let start = samples.len() + origin;
            let window = RectI::new(bounds.x1 + x, bounds.y1 + y, bounds.x2, bounds.y2);
            let other = start.wrapping_add_signed(gap);
            let base = wide.as_mut_ptr();
            // SAFETY: `wide` has room for every row before and after the start.
            let (output, input) = unsafe {(
                OutputImage::from_host(base.wrapping_add(start), row_bytes, bounds, layout).unwrap(),
                Image::from_host(base.wrapping_add(other), row_bytes, bounds, layout).unwrap(),
            )};
            let samples_of = |start: usize| {
                let part = window.intersection(&bounds);
                let mut set = std::collections::BTreeSet::new();
                for y in part.y1..part.y2 {
                    let row = start as isize + (y - bounds.y1) as isize * row_bytes / SAMPLE as isize;
                    for x in (part.x1 - bounds.x1) as usize * layout.channels()
                        ..(part.x2 - bounds.x1).max(0) as usize * layout.channels() {
                        set.insert(row + x as isize);
                    }
                }
                set
            };
            let share = !samples_of(start).is_disjoint(&samples_of(other));
            prop_assert_eq!(output.overlaps(&window, &input), share);
        }
    }

    #[test]
    fn what_cannot_be_lent_is_refused() {
        let bounds = RectI::new(0, 0, 4, 4);
        let samples = [0.0f32; 64];
        let make = |offset: usize, row_bytes: isize, bounds: RectI| {
            let data = samples.as_ptr().wrapping_byte_add(offset);
            // SAFETY: no row is ever asked for.
            unsafe { Image::from_host(data, row_bytes, bounds, Layout::Rgba) }.err()
        };
        assert_eq!(make(0, 64, bounds), None);
        assert_eq!(make(2, 64, bounds), Some(Defect::Misaligned));
        assert_eq!(make(0, 66, bounds), Some(Defect::Misaligned));
        assert_eq!(make(0, 60, bounds), Some(Defect::RowBytes));
        assert_eq!(make(0, 0, bounds), Some(Defect::RowBytes));
        assert_eq!(make(0, -60, bounds), Some(Defect::RowBytes));
        let all = RectI::new(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert_eq!(make(0, isize::MAX - 3, all), Some(Defect::Size));
        let one_row = RectI::new(0, 0, 4, 1);
        assert_eq!(make(0, 0, one_row), None);
    }
}
