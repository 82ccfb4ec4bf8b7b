//! The header: a list of named, typed values.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read, Write};

use super::blocks::{Layout, Part};
use super::channels;
use super::grid::Tiles;
use crate::error::{Fault, Outcome};
use crate::source::Source;
use crate::{Attribute, Codec, Format, Header, Metadata, Rect};

const MAGIC: [u8; 4] = [0x76, 0x2f, 0x31, 0x01];
const VERSION: u32 = 2;
const FLAG_TILED: u32 = 1 << 9;
const FLAG_LONG_NAMES: u32 = 1 << 10;
const FLAG_DEEP: u32 = 1 << 11;
const FLAG_MULTI_PART: u32 = 1 << 12;

/// The types of the parts that are carried.
const SCAN_LINES: &str = "scanlineimage";
const TILED: &str = "tiledimage";

/// Attributes that the parts of a file may have together; no file of a sound program comes near.
const MOST_ATTRIBUTES: usize = 1 << 20;

/// The names up to this long need no flag; longer than 255 none may be.
const SHORT_NAME: usize = 31;
pub(super) const LONG_NAME: usize = 255;

/// Coordinates beyond are refused, as other readers do: sums of two of them still fit.
const FARTHEST: i32 = i32::MAX / 2;

/// The codecs in the order of their numbers in the file.
const CODECS: [Codec; 10] = [
    Codec::None,
    Codec::Rle,
    Codec::Zips,
    Codec::Zip,
    Codec::Piz,
    Codec::Pxr24,
    Codec::B44,
    Codec::B44a,
    Codec::Dwaa,
    Codec::Dwab,
];

/// What a reader must find in every header, beside those whose values this crate makes.
const NEEDED: [(&str, &str, &[f32]); 2] = [
    ("screenWindowCenter", "v2f", &[0.0, 0.0]),
    ("screenWindowWidth", "float", &[1.0]),
];

/// What stands before the offset tables.
pub(super) struct Start {
    /// Whether the file is laid out for several parts; it may have one all the same.
    pub(super) multi_part: bool,
    /// The header of each part; one at least.
    pub(super) headers: Vec<Header>,
}

/// The headers of a file, one after the other.
pub(super) struct Headers {
    /// Whether the file is laid out for several parts.
    pub(super) multi_part: bool,
    tiled: bool,
    /// Attributes that there may still be.
    room: usize,
}

impl Headers {
    /// Reads magic number and flags.
    pub(super) fn start(source: &mut Source) -> Outcome<Self> {
        let mut start = [0; 8];
        source.read_exact(&mut start)?;
        let flags = u32::from_le_bytes([start[4], start[5], start[6], start[7]]);
        check_flags(flags)?;
        Ok(Headers {
            multi_part: flags & FLAG_MULTI_PART != 0,
            tiled: flags & FLAG_TILED != 0,
            room: MOST_ATTRIBUTES,
        })
    }

    /// Reads the header that begins here; none where the list of them ends.
    pub(super) fn next(&mut self, source: &mut Source) -> Outcome<Option<Header>> {
        let Some(mut metadata) = read_attributes(source, &mut self.room)? else {
            return Ok(None);
        };
        let tiled = match metadata.text("type") {
            Some(kind) if self.multi_part => kind == TILED,
            _ => self.tiled,
        };
        match tiled {
            true if metadata.get("tiles").is_none() => {
                return Err(Fault::damaged(
                    "the tiled EXR does not say how large its tiles are",
                ));
            }
            true => {}
            // It would mean nothing, and make the image tiled when it is written.
            false => metadata.remove("tiles"),
        }
        interpret(metadata).map(Some)
    }
}

/// Reads magic number, flags and attributes; leaves the source at the first offset table.
pub(super) fn read(source: &mut Source) -> Outcome<Start> {
    let mut reader = Headers::start(source)?;
    let mut headers = Vec::new();
    // In a multi-part file the list of headers ends as each of them does: with an empty name.
    while let Some(header) = reader.next(source)? {
        headers.push(header);
        if !reader.multi_part {
            break;
        }
    }
    if headers.is_empty() {
        return Err(Fault::damaged("the file has no header"));
    }
    let mut names = HashSet::new();
    let mut named = headers.iter().filter_map(Header::part_name);
    if let Some(name) = named.find(|name| !names.insert(*name)) {
        return Err(Fault::damaged(format!("two parts have the name '{name}'")));
    }
    Ok(Start {
        multi_part: reader.multi_part,
        headers,
    })
}

/// The attributes of one part; none where there is not even one.
fn read_attributes(source: &mut Source, room: &mut usize) -> Outcome<Option<Metadata>> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(attribute) = read_attribute(source)? {
        *room = room
            .checked_sub(1)
            .ok_or_else(|| Fault::damaged("the header has too many attributes"))?;
        // Of two with one name the last counts.
        match places.get(&attribute.name) {
            Some(&place) => attributes[place] = attribute,
            None => {
                places.insert(attribute.name.clone(), attributes.len());
                attributes.push(attribute);
            }
        }
    }
    let metadata = Metadata {
        attributes,
        ..Metadata::new(Format::Exr)
    };
    Ok(Some(metadata).filter(|metadata| !metadata.attributes.is_empty()))
}

fn check_flags(flags: u32) -> Outcome<()> {
    let refuse = |what: &str| Err(Fault::unsupported(what));
    if flags & FLAG_DEEP != 0 {
        return refuse("deep EXR: its transfer is not supported");
    }
    if flags & !(FLAG_TILED | FLAG_LONG_NAMES | FLAG_MULTI_PART) != VERSION {
        return refuse("EXR of an unknown version: its transfer is not supported");
    }
    Ok(())
}

fn read_attribute(source: &mut Source) -> Outcome<Option<Attribute>> {
    let name = read_name(source)?;
    if name.is_empty() {
        return Ok(None);
    }
    let kind = read_name(source)?;
    if kind.is_empty() {
        return Err(Fault::damaged(format!("attribute '{name}' has no type")));
    }
    let mut size = [0; 4];
    source.read_exact(&mut size)?;
    let size = u64::try_from(i32::from_le_bytes(size))
        .ok()
        .filter(|&size| size <= source.size())
        .ok_or_else(|| Fault::damaged(format!("the size of attribute '{name}' is impossible")))?;
    let mut value = Vec::new();
    if source.take(size).read_to_end(&mut value)? as u64 != size {
        return Err(Fault::damaged(
            "the file ends inside its header: it is truncated",
        ));
    }
    Ok(Some(Attribute { name, kind, value }))
}

fn read_name(source: &mut Source) -> Outcome<String> {
    let mut name = Vec::new();
    source.take(LONG_NAME as u64 + 1).read_until(0, &mut name)?;
    if name.pop() != Some(0) {
        return Err(Fault::damaged(
            "the header is broken or ends early: a name has no end",
        ));
    }
    String::from_utf8(name)
        .map_err(|_| Fault::unsupported("the header has a name that is not in UTF-8"))
}

/// Draws windows, codec and channels from the attributes.
pub(super) fn interpret(mut metadata: Metadata) -> Outcome<Header> {
    if let Some(part) = metadata.get("type").filter(|part| {
        ![SCAN_LINES, TILED]
            .map(str::as_bytes)
            .contains(&part.value.as_slice())
    }) {
        let kind = String::from_utf8_lossy(&part.value).into_owned();
        return Err(Fault::unsupported(match kind.as_str() {
            "deepscanline" | "deeptile" => "deep EXR: its transfer is not supported".to_owned(),
            _ => format!("EXR of type '{kind}': its transfer is not supported"),
        }));
    }
    if metadata
        .text("name")
        .is_some_and(|name| name.contains(char::is_control))
    {
        return Err(Fault::unsupported(
            "EXR with a part whose name has control characters: its transfer is not supported",
        ));
    }
    Tiles::of(&metadata.attributes)?;
    let code = value(&metadata, "compression", "compression")?;
    metadata.codec = codec(code).ok_or_else(|| {
        let number = code.first().copied().unwrap_or_default();
        Fault::unsupported(format!(
            "EXR with an unknown codec ({number}): its transfer is not supported; save it with ZIP or PIZ"
        ))
    })?;
    let aspect = value(&metadata, "pixelAspectRatio", "float")?;
    Ok(Header {
        display: window(&metadata, "displayWindow")?,
        data: window(&metadata, "dataWindow")?,
        pixel_aspect: f32::from_le_bytes(words(aspect)?[0]),
        channels: channels::read(value(&metadata, "channels", "chlist")?)?,
        metadata,
    })
}

/// The codec that this value of the attribute `compression` means.
pub(super) fn codec(value: &[u8]) -> Option<Codec> {
    match value {
        &[code] => CODECS.get(usize::from(code)).copied(),
        _ => None,
    }
}

fn value<'a>(metadata: &'a Metadata, name: &str, kind: &str) -> Outcome<&'a [u8]> {
    metadata
        .get(name)
        .filter(|attribute| attribute.kind == kind)
        .map(|attribute| attribute.value.as_slice())
        .ok_or_else(|| Fault::damaged(format!("the header has no '{name}' of type {kind}")))
}

/// The four-byte words of a value; at least one.
fn words(value: &[u8]) -> Outcome<&[[u8; 4]]> {
    match value.as_chunks() {
        (words, []) if !words.is_empty() => Ok(words),
        _ => Err(Fault::damaged(
            "an attribute of the header has the wrong size",
        )),
    }
}

fn window(metadata: &Metadata, name: &str) -> Outcome<Rect> {
    let corners: Vec<i32> = words(value(metadata, name, "box2i")?)?
        .iter()
        .map(|&word| i32::from_le_bytes(word))
        .collect();
    match corners[..] {
        // The file's upper bounds are inside.
        [x0, y0, x1, y1]
            if x0 <= x1
                && y0 <= y1
                && corners.iter().all(|c| c.unsigned_abs() <= FARTHEST as u32) =>
        {
            Ok(Rect::new(x0, y0, x1 + 1, y1 + 1))
        }
        _ => Err(Fault::damaged(format!(
            "the {name} is impossible: {corners:?}"
        ))),
    }
}

/// Writes magic number, flags and the headers of all parts; gives the position of each header, and
/// that of the first offset table.
pub(super) fn write(out: &mut impl Write, parts: &[Part<'_>]) -> Outcome<(Vec<u64>, u64)> {
    let multi_part = parts.len() > 1;
    let start = MAGIC.len() as u64 + 4;
    let mut places = Vec::with_capacity(parts.len());
    let mut bytes = Vec::new();
    let mut long = false;
    for part in parts {
        places.push(start + bytes.len() as u64);
        let channels = &part.layout.image.channels;
        long |= channels
            .iter()
            .any(|channel| channel.name.len() > SHORT_NAME);
        for Attribute { name, kind, value } in &attributes(part, multi_part)? {
            let size = i32::try_from(value.len())
                .map_err(|_| Fault::invalid(format!("the attribute '{name}' is too long")))?;
            for text in [name, kind] {
                if text.is_empty() || text.len() > LONG_NAME || text.contains('\0') {
                    return Err(Fault::invalid(format!(
                        "no name or type of an attribute: '{text}'"
                    )));
                }
                long |= text.len() > SHORT_NAME;
                bytes.extend(text.bytes().chain([0]));
            }
            bytes.extend(size.to_le_bytes());
            bytes.extend(value);
        }
        bytes.push(0);
    }
    if multi_part {
        bytes.push(0);
    }
    let mut flags = VERSION;
    // In a multi-part file each part says it for itself.
    let tiled = !multi_part && parts.iter().any(|part| part.layout.grid.tiles.is_some());
    for (set, flag) in [
        (tiled, FLAG_TILED),
        (long, FLAG_LONG_NAMES),
        (multi_part, FLAG_MULTI_PART),
    ] {
        flags |= if set { flag } else { 0 };
    }
    out.write_all(&MAGIC)?;
    out.write_all(&flags.to_le_bytes())?;
    out.write_all(&bytes)?;
    Ok((places, start + bytes.len() as u64))
}

/// The attributes of a part: those of the image in their old order, with the values that this
/// image and codec have, then what is still missing.
fn attributes(part: &Part<'_>, multi_part: bool) -> Outcome<Vec<Attribute>> {
    let header = &part.layout.image;
    let mut metadata = match header.metadata.format {
        Format::Exr => header.metadata.clone(),
        _ => Metadata::new(Format::Exr),
    };
    for (name, kind, default) in NEEDED {
        if metadata.get(name).is_none_or(|known| known.kind != kind) {
            let value = default
                .iter()
                .flat_map(|float| float.to_le_bytes())
                .collect();
            metadata.set(Attribute {
                name: name.into(),
                kind: kind.into(),
                value,
            });
        }
    }
    for (name, kind, value) in own_values(&part.layout)? {
        metadata.set(Attribute {
            name: name.into(),
            kind: kind.into(),
            value,
        });
    }
    if !part.name.is_empty() {
        metadata.set_text("name", part.name);
    }
    let tiles = part.layout.grid.tiles;
    if let Some(tiles) = tiles {
        // Smaller levels are not carried.
        metadata.set_tiles(tiles.size);
    }
    if multi_part || metadata.get("type").is_some() {
        metadata.set_text("type", if tiles.is_some() { TILED } else { SCAN_LINES });
    }
    if multi_part || metadata.get("chunkCount").is_some() {
        let blocks = i32::try_from(part.layout.grid.blocks())
            .map_err(|_| Fault::invalid("the image has too many blocks for EXR"))?;
        metadata.set_int("chunkCount", blocks);
    }
    Ok(metadata.attributes)
}

type Value = (&'static str, &'static str, Vec<u8>);

/// The attributes whose values follow from image and codec.
fn own_values(layout: &Layout) -> Outcome<[Value; 6]> {
    let (header, codec) = (&layout.image, layout.codec);
    let order = match line_order(&header.metadata) {
        // Tiles alone may lie in any order.
        RANDOM if layout.grid.tiles.is_none() => 0,
        order => order,
    };
    let code = CODECS.iter().position(|&known| known == codec).unwrap_or(0) as u8;
    Ok([
        ("channels", "chlist", channels::write(header)?),
        ("compression", "compression", vec![code]),
        ("dataWindow", "box2i", corners(header.data)?),
        ("displayWindow", "box2i", corners(header.display)?),
        ("lineOrder", "lineOrder", vec![order]),
        (
            "pixelAspectRatio",
            "float",
            header.pixel_aspect.to_le_bytes().to_vec(),
        ),
    ])
}

/// The line orders from the bottom up, and in no order.
const DECREASING: u8 = 1;
const RANDOM: u8 = 2;

/// Whether the blocks lie in the file from the bottom up.
pub(super) fn is_decreasing(metadata: &Metadata) -> bool {
    line_order(metadata) == DECREASING
}

fn line_order(metadata: &Metadata) -> u8 {
    let own = metadata
        .get("lineOrder")
        .map(|order| order.value.as_slice());
    match (metadata.format, own) {
        (Format::Exr, Some(&[order @ (DECREASING | RANDOM)])) => order,
        _ => 0,
    }
}

fn corners(window: Rect) -> Outcome<Vec<u8>> {
    let inside = [window.x0, window.y0, window.x1 - 1, window.y1 - 1];
    if inside.iter().any(|c| c.unsigned_abs() > FARTHEST as u32) {
        return Err(Fault::invalid(
            "a window of the image lies too far out for EXR",
        ));
    }
    Ok(inside.map(i32::to_le_bytes).concat())
}
