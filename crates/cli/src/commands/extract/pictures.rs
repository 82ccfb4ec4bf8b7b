//! The images that a layer is extracted from.

use std::path::{Path, PathBuf};

use images::{Image, Rect};

use super::moments::MOST;
use crate::args::{Extract, OpacityMode};
use crate::clips::{Clip, describe, samples_of_light};
use crate::failure::Failure;
use crate::files::Plate;
use crate::strips::header;

/// Bytes that a pixel takes of all that the node and its clips hold, as measured; and those of a further
/// frame of the shot.
const PIXEL_BYTES: u64 = 256;
const MOMENT_BYTES: u64 = 32;

/// The images of a frame.
pub struct Pictures {
    /// With the overlay.
    pub merged: Plate,
    /// Without.
    pub background: Plate,
    /// The opacity.
    pub matte: Option<Plate>,
    /// What Recomposite lays the layer over.
    pub new_background: Option<Plate>,
}

impl Pictures {
    /// Reads them: merged picture and background, then those of matte and new background that the
    /// arguments have.
    ///
    /// # Errors
    ///
    /// [`Failure::Image`], and [`Failure::Refused`] where they do not lie over each other.
    pub fn read(args: &Extract, files: &[PathBuf]) -> Result<Self, Failure> {
        check_memory(args, files)?;
        let mut files = files.iter();
        let mut next = |wanted: bool| match files.next().filter(|_| wanted) {
            Some(file) => Plate::read(file).map(Some),
            None => Ok(None),
        };
        let overlay = &args.overlay;
        let (Some(merged), Some(background)) = (next(true)?, next(true)?) else {
            return Err(Failure::Usage(
                "a picture and its background are needed".into(),
            ));
        };
        let matte = match overlay.matte {
            Some(_) => next(true)?,
            None => None,
        };
        let new_background = next(overlay.new_background.is_some())?;
        let further = [matte.as_ref(), new_background.as_ref()];
        for other in [Some(&background)].into_iter().chain(further).flatten() {
            fits(&merged, other)?;
        }
        Ok(Pictures {
            merged,
            background,
            matte,
            new_background,
        })
    }
}

/// Refuses frames that take more memory than they may.
fn check_memory(args: &Extract, files: &[PathBuf]) -> Result<(), Failure> {
    let mut window = Rect::default();
    let mut largest = args.merged.as_path();
    for file in files {
        let grown = window.union(&header(file)?.data);
        if grown.area() > window.area() {
            (window, largest) = (grown, file);
        }
    }
    let further = match args.overlay.mode() {
        OpacityMode::Frames => MOST as u64 * MOMENT_BYTES,
        _ => 0,
    };
    let memory = args.whole.memory;
    memory.holds(largest, window.area(), PIXEL_BYTES + further)
}

/// Refuses images that do not lie over each other.
fn fits(merged: &Plate, other: &Plate) -> Result<(), Failure> {
    let refuse = |what: String| {
        Err(Failure::Refused(format!(
            "{} and {}: {what}",
            merged.path.display(),
            other.path.display()
        )))
    };
    let (a, b) = (&merged.image, &other.image);
    if a.display != b.display {
        let (a, b) = (describe(a.display), describe(b.display));
        return refuse(format!("the display windows are {a} and {b}"));
    }
    if a.pixel_aspect != b.pixel_aspect {
        return refuse(format!(
            "the pixel aspects are {} and {}",
            a.pixel_aspect, b.pixel_aspect
        ));
    }
    Ok(())
}

/// The channels that are the picture: colours, or shades of grey for all of them; and its alpha.
///
/// # Errors
///
/// [`Failure::Refused`] where it has none.
pub fn picture(plate: &Plate) -> Result<Clip, Failure> {
    let names = lights(&plate.image);
    let has = |name: &str| names.iter().any(|known| known == name);
    let colours = match (["R", "G", "B"].into_iter().all(has), has("Y")) {
        (true, _) => ["R", "G", "B"],
        (false, true) => ["Y"; 3],
        (false, false) => return Err(lacks(&plate.path, "colours R, G, B, nor a Y", &names)),
    };
    let alpha = has("A").then_some("A");
    let channels = colours.into_iter().chain(alpha).map(str::to_owned);
    Ok(Clip {
        channels: channels.collect(),
    })
}

/// The channel that is the opacity: alpha, or else the first.
///
/// # Errors
///
/// [`Failure::Refused`] where it has none.
pub fn matte(plate: &Plate) -> Result<Clip, Failure> {
    let names = lights(&plate.image);
    let alpha = names.iter().find(|name| *name == "A").or(names.first());
    match alpha {
        Some(name) => Ok(Clip {
            channels: vec![name.clone()],
        }),
        None => Err(lacks(&plate.path, "channel of light", &names)),
    }
}

fn lights(image: &Image) -> Vec<String> {
    let header = image.header();
    samples_of_light(&header).map(str::to_owned).collect()
}

fn lacks(path: &Path, what: &str, names: &[String]) -> Failure {
    let has = match names {
        [] => "only integers".to_owned(),
        names => names.join(" "),
    };
    Failure::Refused(format!("{}: has no {what}; it has {has}", path.display()))
}
