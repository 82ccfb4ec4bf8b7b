//! EXR files of several parts, one readable without the others.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::blocks::{Layout, Part, Place};
use super::header::{self, Headers, Start};
use super::read_blocks;
use super::writer;
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
    let parts = laid_out(parts)?;
    header::write(out, &parts)?;
    writer::write(out, &parts, rows, pull, None, parallel)
}

fn laid_out(parts: &[(String, Header, Codec)]) -> Outcome<Vec<Part<'_>>> {
    for (_, header, codec) in parts {
        header.check()?;
        if !codec.writes(Format::Exr) {
            return Err(Fault::invalid(format!(
                "EXR files are not written with the codec '{}'",
                codec.name()
            )));
        }
    }
    let parts = parts.iter();
    parts
        .map(|(name, header, codec)| Part::new(name, header, *codec))
        .collect()
}

/// Where header and offset table of a part begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartPlace {
    /// Position of its header.
    pub header: u64,
    /// Position of its offset table.
    pub table: u64,
}

pub(crate) fn part_places(parts: &[(String, Header, Codec)]) -> Outcome<Vec<PartPlace>> {
    let parts = laid_out(parts)?;
    let (headers, mut table) = header::write(&mut std::io::sink(), &parts)?;
    let mut places = Vec::new();
    for (header, part) in headers.into_iter().zip(&parts) {
        places.push(PartPlace { header, table });
        table += part.layout.grid.blocks() * 8;
    }
    Ok(places)
}

/// Some parts of a file, side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSpan {
    /// The number of the first of them.
    pub first: u32,
    /// How many they are.
    pub count: u32,
    /// Where the first begins.
    pub place: PartPlace,
}

pub(crate) fn packed_bytes(feed: &mut Feed<'_, '_>, codec: Codec, parallel: bool) -> Outcome<u64> {
    let layout = Layout::new(feed.header, codec)?;
    writer::packed_bytes(&layout, feed, parallel)
}

/// Where the blocks of each part are found; `table` is the position of the first offset table.
pub(super) fn places(start: &Start, table: u64) -> Outcome<Vec<Place>> {
    let numbers = (0..).map(|number| start.multi_part.then_some(number));
    places_of(&start.headers, numbers, table)
}

fn places_of(
    headers: &[Header],
    numbers: impl Iterator<Item = Option<i32>>,
    mut table: u64,
) -> Outcome<Vec<Place>> {
    let mut places = Vec::new();
    for (number, header) in numbers.zip(headers) {
        places.push(Place { table, number });
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

    /// Opens a file of several parts, of which only those are read that `find` names when it is shown
    /// the first part's header: an index need not be true, so see that they are the right ones. None
    /// where it names none, or the file has a single part.
    ///
    /// # Errors
    ///
    /// As [`Parts::open`], and where no header is found there.
    pub fn open_some(
        path: &Path,
        find: impl FnOnce(&Header) -> Option<PartSpan>,
    ) -> Result<Option<Self>, Error> {
        guarded(|| Self::start_some(path, find)).map_err(|fault| fault.at(path))
    }

    fn start_some(
        path: &Path,
        find: impl FnOnce(&Header) -> Option<PartSpan>,
    ) -> Outcome<Option<Self>> {
        let mut source = Self::source(path)?;
        let mut reader = Headers::start(&mut source)?;
        let first = match reader.next(&mut source)? {
            Some(first) if reader.multi_part => first,
            _ => return Ok(None),
        };
        let Some(span) = find(&first) else {
            return Ok(None);
        };
        source.go_to(span.place.header)?;
        let mut headers = Vec::new();
        for _ in 0..span.count {
            let header = reader.next(&mut source)?;
            headers.push(header.ok_or_else(|| Fault::damaged("the index of parts is wrong"))?);
        }
        let numbers = (span.first..).map(|number| i32::try_from(number).ok());
        let places = places_of(&headers, numbers, span.place.table)?;
        Ok(Some(Parts {
            path: path.to_path_buf(),
            source,
            headers,
            places,
        }))
    }

    fn source(path: &Path) -> Outcome<Source> {
        let mut source = Source::with_buffer(path, READ_AHEAD)?;
        match source.format()? {
            Format::Exr => Ok(source),
            other => Err(Fault::unsupported(format!(
                "a file of type {}, not an EXR",
                other.name()
            ))),
        }
    }

    fn start(path: &Path) -> Outcome<Self> {
        let mut source = Self::source(path)?;
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
