//! OpenEXR: scan lines and tiles of halves, floats and integers, in one part or several.
//!
//! The container (headers, offset tables, blocks) is read and written here, so that every attribute
//! keeps its bytes and its place, a hostile header is bounded before anything is allocated, and
//! equal images give equal files. The codecs are those of the `exr` crate.
//! Source of the layout: *OpenEXR File Layout*, openexr.com.

mod blocks;
mod channels;
mod donor;
mod grid;
mod header;
mod parts;
mod reader;
mod room;
mod sample;
mod whole;
mod writer;
mod zip;

use std::io::{Seek, Write};
use std::ops::Range;
use std::path::Path;

use self::blocks::{Layout, Part, Place};
use self::grid::{Levels, Tiles};
pub use self::parts::{PartPlace, PartSpan, Parts};
pub(crate) use self::parts::{packed_bytes, part_places, write_parts};
use self::reader::Packed;
pub use self::sample::Sampled;
use crate::error::Outcome;
use crate::source::Source;
use crate::strips::{self, Feed};
use crate::{Attribute, Channel, Codec, Donor, Format, Header, Image, Metadata, ReadOptions, Rect};

pub(crate) fn info(source: &mut Source) -> Outcome<Header> {
    whole::merged(&header::read(source)?.headers)
}

pub(crate) fn read(source: &mut Source, options: &ReadOptions) -> Outcome<Image> {
    let mut file = File::open(source)?;
    let data = file.header.data;
    file.read(source, data, options)
}

/// Reads two images of one part each that are laid out alike; none where they are not, or either cannot
/// be read.
pub(crate) fn read_alike(paths: [&Path; 2], options: &ReadOptions) -> Option<[Image; 2]> {
    // A pipe can be opened only once.
    let is_file = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.is_file());
    if !paths.into_iter().all(is_file) {
        return None;
    }
    let [a, b] = paths.map(|path| donor::open(path).ok().flatten());
    let ((mut source_a, layout_a, place_a), (mut source_b, layout_b, place_b)) = (a?, b?);
    if !layout_a.is_like(&layout_b) {
        return None;
    }
    source_a.bound(&layout_a.image, options).ok()?;
    source_b.bound(&layout_b.image, options).ok()?;
    let cells = layout_a.grid.all();
    let files = [
        Packed {
            source: &mut source_a,
            layout: &layout_a,
            place: place_a,
        },
        Packed {
            source: &mut source_b,
            layout: &layout_b,
            place: place_b,
        },
    ];
    let channels = reader::read_alike(files, &cells, options.parallel).ok()?;
    let [a, b] = <[Vec<Channel>; 2]>::try_from(channels).ok()?;
    Some([
        Image::with(layout_a.image, a),
        Image::with(layout_b.image, b),
    ])
}

/// An open image: its parts and what they make together.
struct File {
    parts: Vec<Header>,
    places: Vec<Place>,
    header: Header,
}

impl File {
    fn open(source: &mut Source) -> Outcome<Self> {
        let start = header::read(source)?;
        source.bound_claims(&start.headers)?;
        Ok(File {
            places: parts::places(&start, source.stream_position()?)?,
            header: whole::merged(&start.headers)?,
            parts: start.headers,
        })
    }

    /// Reads at least the pixels of `window`; of several parts no others.
    fn read(&mut self, source: &mut Source, window: Rect, options: &ReadOptions) -> Outcome<Image> {
        if let ([part], [place]) = (self.parts.as_slice(), self.places.as_slice()) {
            return read_blocks(source, part, *place, Some(window), options);
        }
        let header = Header {
            data: window,
            ..self.header.clone()
        };
        source.bound_memory(&header, options)?;
        whole::read(header, &self.parts, |number| {
            let (part, place) = (&self.parts[number], self.places[number]);
            read_blocks(source, part, place, Some(window), options)
        })
    }
}

/// An open image that is read in rows.
pub(crate) struct Rows {
    source: Source,
    file: File,
}

impl Rows {
    pub(crate) fn open(mut source: Source) -> Outcome<Self> {
        Ok(Rows {
            file: File::open(&mut source)?,
            source,
        })
    }
}

impl strips::Rows for Rows {
    fn header(&self) -> &Header {
        &self.file.header
    }

    fn read(&mut self, rows: Range<i32>, options: &ReadOptions) -> Outcome<Image> {
        let Rect { x0, x1, .. } = self.file.header.data;
        let window = Rect::new(x0, rows.start, x1, rows.end);
        self.file.read(&mut self.source, window, options)
    }
}

/// Reads the blocks that hold some of a window, or all.
fn read_blocks(
    source: &mut Source,
    header: &Header,
    place: Place,
    window: Option<Rect>,
    options: &ReadOptions,
) -> Outcome<Image> {
    let layout = Layout::new(header, header.metadata.codec)?;
    let cells = match window {
        Some(window) => layout.grid.cells(window),
        None => layout.grid.all(),
    };
    let header = Header {
        data: layout.grid.window(&cells),
        ..header.clone()
    };
    source.bound(&header, options)?;
    let file = Packed {
        source,
        layout: &layout,
        place,
    };
    let channels = reader::read(file, &cells, options.parallel)?;
    Ok(Image::with(header, channels))
}

/// Writes an image, into the parts that it came from. `codec` holds for all of them; without, each
/// keeps its own. The donor is one of an image in one part.
pub(crate) fn write(
    out: &mut (impl Write + Seek),
    feed: &mut Feed<'_, '_>,
    donor: Option<&mut Donor<'_>>,
    codec: Option<Codec>,
    parallel: bool,
) -> Outcome<()> {
    let keep = |own: Codec| match own.writes(Format::Exr) {
        true => own,
        false => Format::Exr.default_codec(),
    };
    let (image, rows) = (feed.header, feed.rows);
    let cuts = whole::cuts(image)?;
    if cuts.is_empty() {
        let codec = codec.unwrap_or_else(|| keep(image.metadata.codec));
        let parts = [Part::new("", image, codec)?];
        header::write(out, &parts)?;
        let pull = |_, rows| feed.pull(rows);
        return writer::write(out, &parts, rows, pull, donor, parallel);
    }
    let parts: Vec<(String, Header, Codec)> = cuts
        .iter()
        .map(|cut| {
            let name = cut.header.part_name().unwrap_or_default().to_owned();
            let codec = codec.unwrap_or_else(|| keep(cut.header.metadata.codec));
            (name, cut.header.clone(), codec)
        })
        .collect();
    let pull = |part: usize, rows| cuts[part].of(feed, rows);
    write_parts(out, &parts, rows, pull, parallel)
}

pub(crate) fn sampled_bytes(
    feed: &mut Feed<'_, '_>,
    codec: Codec,
    parallel: bool,
) -> Outcome<Sampled> {
    let layout = Layout::new(feed.header, codec)?;
    sample::sampled_bytes(&layout, feed, parallel)
}

/// The attribute that makes an image tiled: name, type, value.
pub(crate) fn tiles(size: [u32; 2]) -> (&'static str, &'static str, Vec<u8>) {
    Tiles::attribute(size)
}

/// The codecs of the parts behind the first, where they are known.
pub(crate) fn further_codecs(metadata: &Metadata) -> impl Iterator<Item = Codec> + '_ {
    let codec = |part: &Vec<Attribute>| {
        let compression = part
            .iter()
            .find(|attribute| attribute.name == "compression")?;
        header::codec(&compression.value)
    };
    metadata.further_parts.iter().filter_map(codec)
}

/// Whether any part has smaller levels.
pub(crate) fn has_levels(metadata: &Metadata) -> bool {
    let is_exr = metadata.format == Format::Exr;
    let parts = [&metadata.attributes]
        .into_iter()
        .chain(&metadata.further_parts);
    let mut tiles = parts.filter_map(|attributes| Tiles::of(attributes).ok().flatten());
    is_exr && tiles.any(|tiles| tiles.levels != Levels::One)
}
