//! EXR files of several parts, one readable without the others.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::blocks::{self, Layout, Part, Place};
use super::header::{self, Start};
use super::read_blocks;
use crate::error::{Error, Fault, Outcome};
use crate::source::Source;
use crate::strips::Feed;
use crate::{Codec, Format, Header, Image, ReadOptions, Rect, guarded};

/// Bytes that are read ahead: a pixel should cost little more than its block.
const READ_AHEAD: usize = 1 << 12;

impl<'a> Part<'a> {
    pub(super) fn new(name: &'a str, header: &Header, codec: Codec) -> Outcome<Self> {
        Ok(Part {
            name,
            layout: Layout::new(header, codec)?,
        })
    }
}

pub(crate) fn write_parts<'a>(
    out: &mut (impl Write + Seek),
    parts: &[(String, Header, Codec)],
    rows: usize,
    pull: impl FnMut(usize, Range<i32>) -> Outcome<Cow<'a, Image>>,
    parallel: bool,
) -> Outcome<()> {
    let names: HashSet<&str> = parts.iter().map(|(name, ..)| name.as_str()).collect();
    if parts.is_empty() || names.len() < parts.len() {
        return Err(Fault::invalid(
            "an EXR has one part at least, and each has a name of its own",
        ));
    }
    for (_, header, codec) in parts {
        header.check()?;
        if !codec.writes(Format::Exr) {
            return Err(Fault::invalid(format!(
                "EXR files are not written with the codec '{}'",
                codec.name()
            )));
        }
    }
    let parts = parts
        .iter()
        .map(|(name, header, codec)| Part::new(name, header, *codec))
        .collect::<Outcome<Vec<Part>>>()?;
    header::write(out, &parts)?;
    blocks::write(out, &parts, rows, pull, parallel)
}

pub(crate) fn packed_bytes(feed: &mut Feed<'_, '_>, codec: Codec, parallel: bool) -> Outcome<u64> {
    let layout = Layout::new(feed.header, codec)?;
    blocks::packed_bytes(&layout, feed, parallel)
}

/// Where the blocks of each part are found; `table` is the position of the first offset table.
pub(super) fn places(start: &Start, mut table: u64) -> Outcome<Vec<Place>> {
    let mut places = Vec::new();
    for (number, header) in (0..).zip(&start.headers) {
        places.push(Place {
            table,
            number: start.multi_part.then_some(number),
        });
        let entries = Layout::new(header, header.metadata.codec)?
            .grid
            .table_entries();
        table = table.saturating_add(entries.saturating_mul(8));
    }
    Ok(places)
}

/// An open EXR file: its headers are known, its parts are read one by one, whole or in rows.
///
/// A file of the older layout for a single image has one part. The channels have the names that they
/// have in their part; [`read`](crate::read) makes one image of all parts.
pub struct Parts {
    path: PathBuf,
    source: Source,
    headers: Vec<Header>,
    places: Vec<Place>,
}

impl Parts {
    /// Opens a file and reads its headers.
    ///
    /// # Errors
    ///
    /// As [`info`](crate::info); [`ErrorKind::Unsupported`](crate::ErrorKind) for another format.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::start(path).map_err(|fault| fault.at(path))
    }

    fn start(path: &Path) -> Outcome<Self> {
        let mut source = Source::with_buffer(path, READ_AHEAD)?;
        let format = source.format()?;
        if format != Format::Exr {
            return Err(Fault::unsupported(format!(
                "a file of type {}, not an EXR",
                format.name()
            )));
        }
        let start = guarded(|| header::read(&mut source))?;
        let places = places(&start, source.stream_position()?)?;
        Ok(Parts {
            path: path.to_path_buf(),
            source,
            headers: start.headers,
            places,
        })
    }

    /// The header of each part; one at least.
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// The number of the part of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.headers
            .iter()
            .position(|header| header.part_name() == Some(name))
    }

    /// Reads a part.
    ///
    /// # Errors
    ///
    /// As [`read`](crate::read).
    ///
    /// # Panics
    ///
    /// If there are not so many parts.
    pub fn read(&mut self, part: usize, options: &ReadOptions) -> Result<Image, Error> {
        self.blocks(part, None, options)
    }

    /// Reads the blocks of a part that hold some of `rows`, given in the file's coordinates. The
    /// image's data window is the rows of those blocks; empty where there are none.
    ///
    /// # Errors
    ///
    /// As [`read`](crate::read).
    ///
    /// # Panics
    ///
    /// If there are not so many parts.
    pub fn read_rows(
        &mut self,
        part: usize,
        rows: Range<i32>,
        options: &ReadOptions,
    ) -> Result<Image, Error> {
        let Rect { x0, x1, .. } = self.headers[part].data;
        self.read_window(part, Rect::new(x0, rows.start, x1, rows.end), options)
    }

    /// Reads the blocks of a part that hold some of `window`: bands of lines, or tiles. The
    /// image's data window is the pixels of those blocks; empty where there are none.
    ///
    /// # Errors
    ///
    /// As [`read`](crate::read).
    ///
    /// # Panics
    ///
    /// If there are not so many parts.
    pub fn read_window(
        &mut self,
        part: usize,
        window: Rect,
        options: &ReadOptions,
    ) -> Result<Image, Error> {
        self.blocks(part, Some(window), options)
    }

    fn blocks(
        &mut self,
        part: usize,
        window: Option<Rect>,
        options: &ReadOptions,
    ) -> Result<Image, Error> {
        let (source, header) = (&mut self.source, &self.headers[part]);
        let place = self.places[part];
        guarded(|| read_blocks(source, header, place, window, options))
            .map_err(|fault| fault.at(&self.path))
    }

    /// The file's size.
    pub fn file_bytes(&self) -> u64 {
        self.source.size()
    }

    /// The bytes that were fetched from the file so far.
    pub fn bytes_read(&self) -> u64 {
        self.source.bytes_read()
    }
}
