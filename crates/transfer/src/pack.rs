//! A whole shot's differences in one EXR, one frame readable without the others.
//!
//! The parts of frame N are named as those of a single difference, and `.N`. Parts of one EXR must
//! agree in some attributes, as the time code, that differ between frames: so all of a plate's
//! attributes travel under names of ours here, as those of a TIFF or PNG always do.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use images::{Codec, Header, Parts, ReadOptions, WriteOptions};

use crate::difference::{DIFFERENCE, REPLACE, RESIDUAL, check_name, part_metadata};
use crate::packing::keep_tiles;
use crate::target::Form;
use crate::{Difference, Error, Facts, index};

/// Rows that are read and written at once.
const STRIP_ROWS: usize = 64;

/// The frame that a part is the difference of.
pub(crate) fn frame_of(header: &Header) -> Option<i64> {
    let number = header.part_name()?.strip_prefix(DIFFERENCE)?;
    number.strip_prefix('.')?.parse().ok()
}

/// Packs the differences in `frames`, by frame number, into one file as they are, and gives its
/// size. Some rows at a time are in memory.
///
/// # Errors
///
/// [`Error::File`] where one of the files is no difference, or its display window or pixel aspect
/// is not that of the first; [`Error::Image`] where one cannot be read or the pack not be written.
pub fn pack(
    frames: &BTreeMap<i64, PathBuf>,
    path: &Path,
    options: &ReadOptions,
) -> Result<u64, Error> {
    check_name(path)?;
    let mut parts: Vec<(String, Header, Codec)> = Vec::new();
    let mut sources: Vec<(&Path, usize)> = Vec::new();
    let mut places = Vec::new();
    for (frame, source) in frames {
        let first_part = parts.len();
        let refuse = |message: String| Error::file(source, message);
        let file = Parts::open(source)?;
        let first = Difference::first(&file).map_err(refuse)?;
        let facts = Facts::read(&file.headers()[first]).map_err(refuse)?;
        facts.check_size(options).map_err(refuse)?;
        let tiers = [
            (DIFFERENCE, Some(first)),
            (RESIDUAL, facts.residual_part(&file, "").map_err(refuse)?),
            (REPLACE, facts.replace_part(&file, "").map_err(refuse)?),
        ];
        for (tier, index) in tiers {
            let Some(index) = index else {
                continue;
            };
            let mut header = file.headers()[index].clone();
            let codec = header.metadata.codec;
            let metadata = match tier {
                DIFFERENCE => facts.metadata(Form::Tagged, codec)?,
                tier => part_metadata(tier, codec),
            };
            let old = std::mem::replace(&mut header.metadata, metadata);
            keep_tiles(&old, &mut header.metadata);
            if let Some((_, first, _)) = parts.first()
                && (first.display, first.pixel_aspect) != (header.display, header.pixel_aspect)
            {
                return Err(refuse(
                    "its display window or pixel aspect is not that of the first frame, which a \
                     pack needs"
                        .to_owned(),
                ));
            }
            parts.push((format!("{tier}.{frame}"), header, codec));
            sources.push((source, index));
        }
        places.push((*frame, first_part, parts.len() - first_part));
    }
    index::add(&mut parts, &places)?;
    // The file of the part that is being written.
    let mut open: Option<(usize, Parts)> = None;
    let strips = |part: usize, rows: Range<i32>| -> Result<_, Error> {
        let (source, index) = sources[part];
        let mut parts = match open.take() {
            Some((of, parts)) if of == part => parts,
            _ => Parts::open(source)?,
        };
        let strip = parts.read_rows(index, rows, options)?;
        open = Some((part, parts));
        Ok(strip)
    };
    let no_check = |_: &Path| Ok(());
    let write = &WriteOptions::default();
    images::write_parts_from(path, &parts, STRIP_ROWS, strips, no_check, write)
}

/// An open pack.
pub struct Pack {
    path: PathBuf,
    parts: Parts,
    /// The part that is each frame's difference.
    frames: BTreeMap<i64, usize>,
}

impl Pack {
    /// Opens a pack and reads its headers.
    ///
    /// # Errors
    ///
    /// [`Error::File`] where it is none, [`Error::Image`] where it cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let parts = Parts::open(path)?;
        let numbered = parts.headers().iter().enumerate();
        let frames: BTreeMap<i64, usize> = numbered
            .filter_map(|(index, header)| Some((frame_of(header)?, index)))
            .collect();
        if frames.is_empty() {
            return Err(Error::file(
                path,
                "not a pack of differences: none of its parts is named 'difference.N'",
            ));
        }
        Ok(Pack {
            path: path.to_path_buf(),
            parts,
            frames,
        })
    }

    /// The frames in it, in order.
    pub fn frames(&self) -> impl Iterator<Item = i64> + '_ {
        self.frames.keys().copied()
    }

    /// Takes out a frame, as its own file was.
    ///
    /// # Errors
    ///
    /// [`Error::File`] where there is no such frame or it cannot be used, [`Error::Image`] where it
    /// cannot be read.
    pub fn read(&mut self, frame: i64, options: &ReadOptions) -> Result<Difference, Error> {
        let Some(&first) = self.frames.get(&frame) else {
            return Err(Error::file(&self.path, format!("it has no frame {frame}")));
        };
        let suffix = format!(".{frame}");
        Difference::read_parts(&self.path, &mut self.parts, first, &suffix, options)?.signed()
    }

    /// The bytes that were fetched from the file so far.
    pub fn bytes_read(&self) -> u64 {
        self.parts.bytes_read()
    }
}
