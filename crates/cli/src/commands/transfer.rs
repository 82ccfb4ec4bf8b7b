//! What `roundtrip` and `min` have in common: from two plates to the proven file of a difference.

use std::path::Path;

use images::{Header, ReadOptions, WriteOptions};
use transfer::{Difference, Error, Pair, Proof, Verdict};

use crate::args::Packing;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::files::Plate;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Image(error) => Failure::Image(error),
            Error::WrongBackground { .. } => Failure::Differ(error.to_string()),
            Error::File { .. } | Error::Plates(_) => Failure::Refused(error.to_string()),
        }
    }
}

/// Checks that two plates make a pair, and warns of what is lost. `names` are their files.
///
/// # Errors
///
/// [`Failure::Refused`] naming both.
pub fn pair(names: [&Path; 2], background: &Header, painted: &Header) -> Result<Pair, Failure> {
    let names = format!("{} and {}", names[0].display(), names[1].display());
    let mut pair = Pair::new(background, painted)
        .map_err(|error| Failure::Refused(format!("{names}: {error}")))?;
    for warning in &mut pair.warnings {
        *warning = format!("{names}: {warning}");
        tracing::warn!("{warning}");
    }
    Ok(pair)
}

/// The difference that the node Min makes.
///
/// # Errors
///
/// [`Failure`].
pub fn difference(
    engine: &Engine,
    pair: &Pair,
    background: &Plate,
    painted: &Plate,
) -> Result<Difference, Failure> {
    let planes = engine.min(&background.image, &painted.image, pair.window)?;
    let proof = Proof::of(&background.image, &painted.image);
    Difference::new(&painted.image.header(), proof, pair.window, planes)
        .map_err(|error| Failure::Refused(format!("{}: {error}", painted.path.display())))
}

/// Writes the difference and reads it back; gives what the file holds, and its size.
///
/// # Errors
///
/// [`Failure::Differ`] where the file does not hold what was written, which leaves none.
pub fn store(
    difference: &Difference,
    path: &Path,
    packing: &Packing,
) -> Result<(Difference, u64), Failure> {
    let options = WriteOptions {
        codec: Some(packing.codec),
        ..WriteOptions::default()
    };
    let bytes = difference.write(path, &options)?;
    match Difference::read(path, &ReadOptions::default()) {
        Ok(stored)
            if stored.image().channels == difference.image().channels
                && stored.target == difference.target =>
        {
            Ok((stored, bytes))
        }
        _ => Err(discard(path)),
    }
}

/// Takes away a file that did not come back from disk as it was written.
pub fn discard(path: &Path) -> Failure {
    let fate = match std::fs::remove_file(path) {
        Ok(()) => "the file is removed".to_owned(),
        Err(error) => format!("and cannot be removed: {error}"),
    };
    Failure::Differ(format!(
        "{}: read back from disk it is not what was written; {fate}",
        path.display()
    ))
}

/// Why pixels do not come back.
pub fn reason(verdict: &Verdict) -> Option<String> {
    if verdict.exact {
        return None;
    }
    if verdict.failing_pixels == 0 {
        return Some("windows, channels or types are not those of the painted plate".to_owned());
    }
    Some(format!(
        "{} of the painted plate do not come back bit for bit: in floats, background + difference is \
         rounded where paint is darker than half the background, and -0, infinities and NaN cannot be \
         added back",
        crate::report::plural(verdict.failing_samples, "sample", "samples")
    ))
}

/// Size over size in per cent, for people.
pub fn per_cent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}
