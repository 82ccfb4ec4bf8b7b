//! Plates whose samples are had strip by strip.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use images::{Header, Image, ReadOptions, Rect, Strips};

use crate::Error;

/// An image of any size: its header, and its samples strip by strip.
pub trait Plate: Send + Sync {
    /// All of the image but its samples.
    fn header(&self) -> &Header;

    /// An image that has at least those of `rows` that lie in the data window, over its whole width.
    ///
    /// # Errors
    ///
    /// [`Error::Image`] where they cannot be read.
    fn rows(&self, rows: Range<i32>) -> Result<Arc<Image>, Error>;
}

/// A plate in memory.
pub struct Whole {
    header: Header,
    image: Arc<Image>,
}

impl Whole {
    /// The plate that is this image.
    pub fn new(image: Arc<Image>) -> Self {
        Whole {
            header: image.header(),
            image,
        }
    }
}

/// The next plate is read into the same memory.
impl Drop for Whole {
    fn drop(&mut self) {
        if let Some(image) = Arc::get_mut(&mut self.image) {
            image.recycle();
        }
    }
}

impl Plate for Whole {
    fn header(&self) -> &Header {
        &self.header
    }

    fn rows(&self, _: Range<i32>) -> Result<Arc<Image>, Error> {
        Ok(self.image.clone())
    }
}

/// A plate in a file, of which the strip that was asked for last is in memory.
pub struct FilePlate {
    header: Header,
    bytes: u64,
    file: Mutex<(Strips, Option<Arc<Image>>)>,
}

impl FilePlate {
    /// Opens a file; at most `options.max_bytes` of its samples are decoded at once.
    ///
    /// # Errors
    ///
    /// [`Error::Image`].
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let file = Strips::open(path, options)?;
        Ok(FilePlate {
            header: file.header().clone(),
            bytes: file.file_bytes(),
            file: Mutex::new((file, None)),
        })
    }

    /// The file's size.
    pub fn file_bytes(&self) -> u64 {
        self.bytes
    }
}

impl Plate for FilePlate {
    fn header(&self) -> &Header {
        &self.header
    }

    fn rows(&self, rows: Range<i32>) -> Result<Arc<Image>, Error> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, last) = &mut *file;
        let wanted = within(self.header.data, rows);
        if let Some(last) = last
            && last.data.y0 <= wanted.start
            && wanted.end <= last.data.y1
        {
            return Ok(last.clone());
        }
        // Not two strips at once.
        *last = None;
        let strip = Arc::new(file.read(wanted)?);
        *last = Some(strip.clone());
        Ok(strip)
    }
}

/// Those of `rows` that `data` has; an empty range at one of its ends where it has none.
fn within(data: Rect, rows: Range<i32>) -> Range<i32> {
    let start = rows.start.clamp(data.y0, data.y1);
    start..rows.end.clamp(start, data.y1)
}

/// Strips of `rows` rows from the top of a window.
pub(crate) fn strips(window: Rect, rows: usize) -> impl Iterator<Item = Rect> {
    let step = rows.clamp(1, i32::MAX as usize);
    (i64::from(window.y0)..i64::from(window.y1))
        .step_by(step)
        .map(move |top| Rect {
            y0: top as i32,
            y1: i64::from(window.y1).min(top + step as i64) as i32,
            ..window
        })
}
