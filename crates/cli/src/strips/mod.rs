//! Frames that are too large to be held whole: they are worked on strip by strip.
//!
//! The same calls of the same nodes, on windows of the frame; the same reports, and files of the same
//! bytes.

mod nodes;
mod source;

use std::path::Path;
use std::sync::Arc;

use images::{Header, ReadOptions, Rect, Strips};
use transfer::{FilePlate, Plate, Whole};

pub use self::nodes::Nodes;
pub use self::source::source;
use crate::failure::Failure;

/// Bytes that a pixel takes at most where something is made of it, beside the samples of both files: for
/// each of its channels the frames of the nodes, what they make, and what is found out of it.
const CHANNEL_BYTES: u64 = 72;

/// The program itself, and what the codecs need.
const OWN_BYTES: u64 = 48 << 20;

/// How much memory a frame may take.
#[derive(Debug, Clone, Copy)]
pub struct Memory(pub u64);

impl Memory {
    /// How to go through a frame of a comparison strip by strip, of which these are both images and
    /// `window` is where any has pixels; none where it may be held whole.
    pub fn strips(self, images: &[&Header], window: Rect) -> Option<Height> {
        let [samples, made] = row_bytes(images, window);
        let row = samples.saturating_mul(2).saturating_add(made);
        self.strips_unless(images, window, row.saturating_mul(window.height() as u64))
    }

    /// The same of a transfer: a plate that is held is worked on in strips too, of [`Height::HELD`].
    pub fn strips_of_transfer(self, images: &[&Header], window: Rect) -> Option<Height> {
        let [samples, made] = row_bytes(images, window);
        // Both plates, and the tiers, which may all be needed everywhere, in larger types.
        let held = samples.saturating_mul(4 * window.height() as u64);
        let rows = window.height().min(Height::HELD.rows) as u64;
        self.strips_unless(
            images,
            window,
            held.saturating_add(made.saturating_mul(rows)),
        )
    }

    /// None where the bytes that a frame takes whole do not exceed this.
    fn strips_unless(self, images: &[&Header], window: Rect, whole: u64) -> Option<Height> {
        if whole <= self.0.saturating_sub(OWN_BYTES) {
            return None;
        }
        let [samples, made] = row_bytes(images, window);
        let row = samples.saturating_mul(2).saturating_add(made);
        // The codecs hold blocks of their own, and a plate its last strip.
        let rows = (self.0.saturating_sub(OWN_BYTES) / 3).max(self.0 / 8) / row.max(1);
        // Strips that end where the blocks of an EXR do are decoded once.
        let rows = if rows < 16 { rows.max(1) } else { rows & !15 };
        Some(Height {
            rows: usize::try_from(rows).unwrap_or(usize::MAX),
            held: false,
            options: ReadOptions {
                max_bytes: (self.0 / 4).max(1 << 20),
                ..ReadOptions::default()
            },
        })
    }

    /// Refuses what has to be held whole and takes more: so many pixels, of so many bytes each. `because`
    /// of whom they are so many.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`].
    pub fn holds(self, because: &Path, pixels: u64, bytes: u64) -> Result<(), Failure> {
        let needed = pixels.saturating_mul(bytes).saturating_add(OWN_BYTES);
        if needed <= self.0 {
            return Ok(());
        }
        Err(Failure::Refused(format!(
            "{}: frames of {pixels} pixels are held whole here, which takes about {} MiB, more than \
             the {} MiB of --memory: give it more where the machine has that",
            because.display(),
            needed.div_ceil(1 << 20),
            self.0 >> 20
        )))
    }
}

/// The header of a file that can hold what it claims.
///
/// # Errors
///
/// [`Failure::Image`].
pub fn header(file: &Path) -> Result<Header, Failure> {
    Ok(Strips::open(file, &ReadOptions::default())?
        .header()
        .clone())
}

/// Whether these can be read more than once: a pipe cannot, nor what is not there.
pub fn are_files(paths: [&Path; 2]) -> bool {
    let is_file = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.is_file());
    paths.into_iter().all(is_file)
}

/// Bytes that a row takes in the files, and beside that of what is made of it.
fn row_bytes(images: &[&Header], window: Rect) -> [u64; 2] {
    let samples: u64 = images.iter().map(|header| header.pixel_bytes()).sum();
    let channels = images
        .iter()
        .map(|header| header.channels.len() as u64)
        .max();
    let made = channels.unwrap_or(0) * CHANNEL_BYTES;
    [samples, made].map(|pixel| pixel.saturating_mul(window.width() as u64))
}

/// Strips of a frame.
#[derive(Debug, Clone, Copy)]
pub struct Height {
    /// Rows of a strip.
    pub rows: usize,
    /// Whether the frame is in memory all the same.
    held: bool,
    /// How the files are read.
    pub options: ReadOptions,
}

impl Height {
    /// One strip is all.
    pub const WHOLE: Height = Height {
        rows: usize::MAX,
        held: true,
        options: ReadOptions {
            max_bytes: u64::MAX,
            parallel: true,
        },
    };

    /// Strips of a frame that is held whole: what is made of one stays in the caches, and it has blocks
    /// for several cores.
    pub const HELD: Height = Height {
        rows: 64,
        held: true,
        options: ReadOptions {
            max_bytes: 4 << 30,
            parallel: true,
        },
    };

    /// Whether one strip is all, as of [`Height::WHOLE`].
    pub fn is_whole(&self) -> bool {
        self.rows == Self::WHOLE.rows
    }

    /// Whether the frame is in memory.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`Failure::Image`].
    pub fn open(&self, path: &Path) -> Result<Arc<FilePlate>, Failure> {
        Ok(Arc::new(FilePlate::open(path, &self.options)?))
    }

    /// Opens a file that is gone through more than once: where frames are held, so is this.
    ///
    /// # Errors
    ///
    /// [`Failure::Image`].
    pub fn keep(&self, path: &Path) -> Result<Arc<dyn Plate>, Failure> {
        Ok(match self.held {
            true => Arc::new(Whole::new(Arc::new(images::read(path, &self.options)?))),
            false => self.open(path)?,
        })
    }

    /// The strips of a window, from the top.
    pub fn of(&self, window: Rect) -> impl Iterator<Item = Rect> {
        let step = self.rows.min(i32::MAX as usize);
        (i64::from(window.y0)..i64::from(window.y1))
            .step_by(step)
            .map(move |top| Rect {
                y0: top as i32,
                y1: i64::from(window.y1).min(top + step as i64) as i32,
                ..window
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use images::{ChannelInfo, Format, Metadata, SampleType};

    fn header(width: i32, height: i32) -> Header {
        let window = Rect::new(0, 0, width, height);
        let channel = |name: &str| ChannelInfo {
            name: name.into(),
            sample_type: SampleType::Float,
        };
        Header {
            display: window,
            data: window,
            pixel_aspect: 1.0,
            channels: ["R", "G", "B", "A"].map(channel).into(),
            metadata: Metadata::new(Format::Exr),
        }
    }

    #[test]
    fn only_large_frames_go_in_strips() {
        let strips = |width, height, memory| {
            let plate = header(width, height);
            Memory(memory).strips(&[&plate, &plate], plate.data)
        };
        assert!(strips(1920, 1080, 1 << 30).is_none());
        let height = strips(20_000, 20_000, 1 << 30).unwrap();
        assert!((16..200).contains(&height.rows), "{height:?}");
        assert_eq!(strips(20_000, 20_000, 1).unwrap().rows, 1);
        assert!(strips(20_000, 20_000, u64::MAX).is_none());
        // A transfer makes something of a few rows at a time.
        let transfer = |width, height| {
            let plate = header(width, height);
            Memory(1 << 30).strips_of_transfer(&[&plate, &plate], plate.data)
        };
        assert!(strips(4096, 1716, 1 << 30).is_some());
        assert!(transfer(4096, 1716).is_none());
        assert_eq!(transfer(20_000, 20_000).unwrap().rows, height.rows);
    }

    #[test]
    fn strips_cover_the_window() {
        let height = Height {
            rows: 7,
            held: false,
            options: ReadOptions::default(),
        };
        let window = Rect::new(-3, -5, 9, 12);
        let strips: Vec<Rect> = height.of(window).collect();
        assert_eq!(strips.len(), 3);
        assert_eq!(strips[2], Rect::new(-3, 9, 9, 12));
        assert!(strips.windows(2).all(|pair| pair[0].y1 == pair[1].y0));
    }
}
