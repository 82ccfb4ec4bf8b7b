//! Images from files, for hosts with a single input (the Filter context).
//!
//! A file is decoded once for all instances and threads that ask for it: some hosts make an
//! instance for each frame and render several at a time. While it stays as it is, asking again
//! looks at its date and its length, waits for no lock and allocates nothing.

#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use images::{Header, Image, Parts, Pattern, ReadOptions, Rect};

use crate::geometry::{RectD, RectI};
use crate::kernels::Layout;
use kept::Kept;

mod kept;
mod proxy;
mod samples;

/// A decoded file on the pixel grid of a render.
#[derive(Debug)]
pub struct Plate {
    /// Its pixels there.
    pub bounds: RectI,
    /// The channels of a pixel.
    pub layout: Layout,
    /// Interleaved, the bottom row first.
    pub samples: Vec<f32>,
}

/// Where a file's display window comes to lie, and how its pixels are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placing {
    /// The pixel of the full frame on which its lower left pixel lies.
    pub origin: (i32, i32),
    /// The channels of a pixel.
    pub layout: Layout,
    /// The render scale.
    pub scale: (f64, f64),
}

/// What a parameter names, of one frame.
#[derive(Debug)]
pub struct File {
    name: String,
    frame: i64,
    /// The file of the frame, where the name has a place for the frame's number.
    numbered: Option<PathBuf>,
}

impl File {
    /// The file of a frame, where the name has a place for the frame's number: see
    /// [`images::Pattern`].
    pub fn of(name: &str, frame: i64) -> Arc<Self> {
        static FILES: Kept<File, KEPT_SMALL> = Kept::new();
        FILES.find_or_keep(
            |file| file.frame == frame && file.name == name,
            || Self {
                name: name.to_owned(),
                frame,
                numbered: Pattern::parse(Path::new(name)).map(|pattern| pattern.path(frame)),
            },
        )
    }

    /// Where it is. A file of that very name is no pattern.
    pub fn path(&self) -> &Path {
        let plain = Path::new(&self.name);
        match &self.numbered {
            Some(numbered) if !plain.exists() => numbered,
            _ => plain,
        }
    }
}

/// The region that a file covers: canonical, its display window's lower left pixel on `origin`.
/// `part` is the part of a transfer that is wanted.
///
/// # Errors
///
/// A sentence that names the file.
pub fn region(
    path: &Path,
    part: &'static str,
    origin: (i32, i32),
    pixel_aspect: f64,
) -> Result<RectD, String> {
    static WINDOWS: Kept<(Origin, Windows), KEPT_SMALL> = Kept::new();
    let version = Version::of(path)?;
    let same = |(from, _): &(Origin, Windows)| from.is(path, version, part);
    let kept = match WINDOWS.find(same) {
        Some(kept) => kept,
        // One that cannot be read is tried again.
        None => {
            let windows = Windows::read(path, part)?;
            WINDOWS.find_or_keep(same, || (Origin::new(path, version, part), windows))
        }
    };
    let (_, Windows { data, display }) = &*kept;
    Ok(place(data, display, origin).to_canonical((1.0, 1.0), pixel_aspect))
}

/// Reads a file, or finds it among the last ones read. `part` is the part of a transfer that is
/// wanted; other files have one image.
///
/// # Errors
///
/// A sentence that names the file.
pub fn load(path: &Path, part: &'static str, placing: Placing) -> Result<Arc<Plate>, String> {
    static READ: Kept<Read, KEPT> = Kept::new();
    let version = Version::of(path)?;
    let read = READ.find_or_keep(
        |read| read.origin.is(path, version, part) && read.placing == placing,
        || Read {
            origin: Origin::new(path, version, part),
            placing,
            plate: Default::default(),
        },
    );
    // Other files are not kept waiting, and a second thread that wants this one waits for the first
    // instead of decoding it again. Once it is there, nobody waits.
    read.plate
        .get_or_init(|| decode(path, part, placing))
        .clone()
}

/// Files kept: enough for the inputs of the frames that a host renders at once, few enough to stay
/// small beside its own cache.
const KEPT: usize = 4;

/// Names and headers kept.
const KEPT_SMALL: usize = 16;

/// A file that has been read, or is being read.
struct Read {
    origin: Origin,
    placing: Placing,
    plate: std::sync::OnceLock<Result<Arc<Plate>, String>>,
}

/// What something was read from.
struct Origin {
    path: PathBuf,
    version: Version,
    part: &'static str,
}

impl Origin {
    fn new(path: &Path, version: Version, part: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            version,
            part,
        }
    }

    fn is(&self, path: &Path, version: Version, part: &str) -> bool {
        self.path == path && self.version == version && self.part == part
    }
}

/// What tells a file from an earlier one of the same name.
#[derive(Clone, Copy, PartialEq)]
struct Version {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Version {
    fn of(path: &Path) -> Result<Self, String> {
        let about = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            modified: about.modified().ok(),
            bytes: about.len(),
        })
    }
}

/// Where an image's pixels are in its file.
struct Windows {
    data: Rect,
    display: Rect,
}

impl Windows {
    fn read(path: &Path, part: &str) -> Result<Self, String> {
        let header = match transfer_part(path, part)? {
            Some((parts, index)) => parts.headers()[index].clone(),
            None => {
                let info = images::info(path).map_err(|error| error.to_string())?;
                check_use(path, part, &info.header)?;
                info.header
            }
        };
        Ok(Self {
            data: header.data,
            display: header.display,
        })
    }
}

/// The file of a transfer holds its images as parts: the wanted one. `None` for any other file.
fn transfer_part(path: &Path, part: &str) -> Result<Option<(Parts, usize)>, String> {
    match Parts::open(path) {
        Ok(parts) if parts.headers().len() > 1 => match parts.find(part) {
            Some(index) => Ok(Some((parts, index))),
            None => Err(format!("{}: it holds no part `{part}`", path.display())),
        },
        // What is wrong with it, the reader of single images says better.
        _ => Ok(None),
    }
}

/// A transfer of one part is a difference: taken for a residual, it would be added twice.
fn check_use(path: &Path, part: &str, header: &Header) -> Result<(), String> {
    if part == "residual" && header.metadata.get("deltaplate:version").is_some() {
        return Err(format!(
            "{}: this transfer has no residual; leave the parameter empty",
            path.display()
        ));
    }
    Ok(())
}

fn read(path: &Path, part: &str, options: &ReadOptions) -> Result<Image, String> {
    if let Some((mut parts, index)) = transfer_part(path, part)? {
        return parts
            .read(index, options)
            .map_err(|error| error.to_string());
    }
    let image = images::read(path, options).map_err(|error| error.to_string())?;
    check_use(path, part, &image.header())?;
    Ok(image)
}

fn decode(path: &Path, part: &str, placing: Placing) -> Result<Arc<Plate>, String> {
    // The render has threads of its own.
    let options = ReadOptions {
        parallel: false,
        ..ReadOptions::default()
    };
    let image = read(path, part, &options)?;
    let full = Plate {
        bounds: place(&image.data, &image.display, placing.origin),
        layout: placing.layout,
        samples: samples::interleaved(&image, placing.layout)
            .map_err(|reason| format!("{}: {reason}", path.display()))?,
    };
    Ok(Arc::new(if placing.scale == (1.0, 1.0) {
        full
    } else {
        proxy::box_average(&full, placing.scale).ok_or_else(|| {
            let path = path.display();
            format!("{path}: it is too large at this render scale")
        })?
    }))
}

/// A data window in OpenFX pixels. In files y points down, in OpenFX up.
fn place(data: &Rect, display: &Rect, (x, y): (i32, i32)) -> RectI {
    let across = |at: i32| clamped(i64::from(at) - i64::from(display.x0) + i64::from(x));
    let up = |at: i32| clamped(i64::from(display.y1) - i64::from(at) + i64::from(y));
    RectI {
        x1: across(data.x0),
        y1: up(data.y1),
        x2: across(data.x1),
        y2: up(data.y0),
    }
}

fn clamped(at: i64) -> i32 {
    at.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests;
