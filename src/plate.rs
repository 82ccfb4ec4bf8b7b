//! Images from files, for hosts with a single input (the Filter context).
//!
//! A file is decoded once for all instances and threads that ask for it: some hosts make an
//! instance for each frame and render several at a time.

#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use images::{Header, Image, Parts, Pattern, ReadOptions, Rect};

use crate::geometry::{RectD, RectI};
use crate::kernels::Layout;

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

/// The file of a frame, where the name has a place for the frame's number: see
/// [`images::Pattern`]. A file of that very name is no pattern.
pub fn file_of(name: &str, frame: i64) -> PathBuf {
    let path = PathBuf::from(name);
    match Pattern::parse(&path) {
        Some(pattern) if !path.exists() => pattern.path(frame),
        _ => path,
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
    part: &str,
    origin: (i32, i32),
    pixel_aspect: f64,
) -> Result<RectD, String> {
    let header = match transfer_part(path, part)? {
        Some((parts, index)) => parts.headers()[index].clone(),
        None => {
            let info = images::info(path).map_err(|error| error.to_string())?;
            check_use(path, part, &info.header)?;
            info.header
        }
    };
    let bounds = place(&header.data, &header.display, origin);
    Ok(bounds.to_canonical((1.0, 1.0), pixel_aspect))
}

/// Reads a file, or finds it among the last ones read. `part` is the part of a transfer that is
/// wanted; other files have one image.
///
/// # Errors
///
/// A sentence that names the file.
pub fn load(path: &Path, part: &'static str, placing: Placing) -> Result<Arc<Plate>, String> {
    static CACHE: Mutex<Vec<Entry>> = Mutex::new(Vec::new());
    let about = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let key = Key {
        path: path.to_owned(),
        modified: about.modified().ok(),
        bytes: about.len(),
        part,
        placing,
    };
    let cell = {
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        find(&mut cache, key)
    };
    // Outside the lock: other files are not kept waiting, and a second thread that wants this one
    // waits for the first instead of decoding it again.
    cell.get_or_init(|| decode(path, part, placing)).clone()
}

/// Files kept: enough for the inputs of the frames that a host renders at once, few enough to stay
/// small beside its own cache.
const KEPT: usize = 4;

#[derive(PartialEq)]
struct Key {
    path: PathBuf,
    modified: Option<SystemTime>,
    bytes: u64,
    part: &'static str,
    placing: Placing,
}

type Cell = Arc<OnceLock<Result<Arc<Plate>, String>>>;

struct Entry {
    key: Key,
    cell: Cell,
}

/// The cell of a key, moved to the end; the one unused for longest makes room for a new one.
fn find(cache: &mut Vec<Entry>, key: Key) -> Cell {
    let entry = match cache.iter().position(|entry| entry.key == key) {
        Some(index) => cache.remove(index),
        None => {
            if cache.len() >= KEPT {
                cache.remove(0);
            }
            Entry {
                key,
                cell: Cell::default(),
            }
        }
    };
    let cell = entry.cell.clone();
    cache.push(entry);
    cell
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
