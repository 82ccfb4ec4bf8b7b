//! Reading an image strip by strip.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Outcome};
use crate::source::Source;
use crate::{Format, Header, Image, ReadOptions, dpx, exr, guarded, hdr, png, tiff};

/// An open file that is decoded in rows.
pub(crate) trait Rows: Send {
    /// All of the image but its samples.
    fn header(&self) -> &Header;

    /// Reads at least `rows`, which lie in the data window: the rows of every block that holds some.
    fn read(&mut self, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image>;
}

/// An open image file that is read strip by strip, so that one of any size takes little memory.
///
/// An EXR is decoded in its blocks of lines, a TIFF in its strips or tiles (one that is not packed
/// row by row), a PNG from the top: to go back in it is to begin again, so going upward takes larger
/// steps.
pub struct Strips {
    path: PathBuf,
    file_bytes: u64,
    options: ReadOptions,
    rows: Box<dyn Rows>,
    /// Rows around the last strip that were decoded with it: the block at its edge is the next one's
    /// too.
    held: Vec<Image>,
}

impl Strips {
    /// Opens a file and reads its header. At most `options.max_bytes` of samples are decoded at once.
    ///
    /// # Errors
    ///
    /// As [`read`](crate::read), but the image may be larger than the limit.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let start = || {
            let mut source = Source::open(path)?;
            let file_bytes = source.size();
            let rows = guarded(|| -> Outcome<Box<dyn Rows>> {
                Ok(match source.format()? {
                    Format::Exr => Box::new(exr::Rows::open(source)?),
                    Format::Tiff => Box::new(tiff::Rows::open(source, options)?),
                    Format::Png => Box::new(png::Rows::open(source, path)?),
                    Format::Dpx => Box::new(dpx::Rows::open(source)?),
                    Format::Hdr => Box::new(hdr::Rows::open(source)?),
                })
            })?;
            Ok(Strips {
                path: path.to_path_buf(),
                file_bytes,
                options: *options,
                rows,
                held: Vec::new(),
            })
        };
        start().map_err(|fault: Fault| fault.at(path))
    }

    /// All of the image but its samples.
    pub fn header(&self) -> &Header {
        self.rows.header()
    }

    /// The file's size.
    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// Reads the rows that lie in both the data window and `rows`, given in the file's coordinates.
    /// The image's data window is those rows; empty where there are none.
    ///
    /// # Errors
    ///
    /// As [`read`](crate::read); [`ErrorKind::TooLarge`](crate::ErrorKind) where the blocks of the
    /// file that hold these rows take more than the limit.
    pub fn read(&mut self, rows: Range<i32>) -> Result<Image, Error> {
        guarded(|| self.strip(rows)).map_err(|fault| fault.at(&self.path))
    }

    fn strip(&mut self, rows: Range<i32>) -> Outcome<Image> {
        let header = self.rows.header();
        let (top, end) = (header.data.y0, header.data.y1);
        let start = rows.start.clamp(top, end);
        let wanted = start..rows.end.clamp(start, end);
        if wanted.is_empty() {
            return Ok(Image::empty(header, start));
        }
        let holds = |image: &Image, row: i32| image.data.y0 <= row && row < image.data.y1;
        let held = std::mem::take(&mut self.held);
        let mut pieces = Vec::new();
        let mut rest = wanted.clone();
        if let Some(held) = held.iter().find(|held| holds(held, wanted.start)) {
            rest.start = held.data.y1.min(wanted.end);
            pieces.push(Cow::Borrowed(held));
        } else if let Some(held) = held.iter().find(|held| holds(held, wanted.end - 1)) {
            rest.end = held.data.y0.max(wanted.start);
            pieces.push(Cow::Borrowed(held));
        }
        if !rest.is_empty() {
            let at = if rest.start == wanted.start { 0 } else { 1 };
            pieces.insert(at, Cow::Owned(self.rows.read(rest, &self.options)?));
        }
        if let [one] = pieces.as_slice()
            && (one.data.y0, one.data.y1) == (wanted.start, wanted.end)
        {
            return Ok(pieces.remove(0).into_owned());
        }
        let mut strip = Image::empty(self.rows.header(), wanted.start);
        for piece in pieces {
            strip.append(piece.rows(strip.data.y1..wanted.end));
            let around = [
                piece.rows(piece.data.y0..wanted.start),
                piece.rows(wanted.end..piece.data.y1),
            ];
            self.held
                .extend(around.into_iter().filter(|image| !image.data.is_empty()));
        }
        Ok(strip)
    }
}
