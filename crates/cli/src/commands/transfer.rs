//! What `roundtrip` and `min` have in common: from two plates to the proven file of a difference.

use std::path::Path;

use images::{Header, Image};
use transfer::{Difference, Error, Pair};

use crate::engine::Engine;
use crate::failure::Failure;
use crate::files::Plate;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Image(error) => Failure::Image(error),
            Error::WrongBackground { .. } | Error::Proof(_) => Failure::Differ(error.to_string()),
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

/// Background and painted plate, and what they have in common.
pub struct Plates {
    /// Before it was painted.
    pub background: Plate,
    /// After.
    pub painted: Plate,
    /// Their common window, and what is lost.
    pub pair: Pair,
}

impl Plates {
    /// Reads both and checks that they make a pair.
    ///
    /// # Errors
    ///
    /// As [`pair`], and [`Failure::Image`].
    pub fn read(background: &Path, painted: &Path) -> Result<Self, Failure> {
        let names = [background, painted];
        let background = Plate::read(background)?;
        let painted = Plate::read(painted)?;
        let headers = [background.image.header(), painted.image.header()];
        Ok(Plates {
            pair: pair(names, &headers[0], &headers[1])?,
            background,
            painted,
        })
    }

    /// The difference that the node Min makes, proven.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn difference(&self, engine: &Engine) -> Result<Difference, Failure> {
        let (below, above) = (&self.background.image, &self.painted.image);
        let window = self.pair.window;
        let min = |output| engine.min(below, above, window, output);
        let name = self.painted.path.display();
        Difference::encode(below, above, window, min).map_err(|failure| match failure {
            Failure::Refused(message) => Failure::Refused(format!("{name}: {message}")),
            Failure::Differ(message) => Failure::Differ(format!("{name}: {message}")),
            other => other,
        })
    }
}

/// The painted plate in its own type, as the node Plus makes it.
///
/// # Errors
///
/// [`Failure`].
pub fn rebuild(
    engine: &Engine,
    background: &Image,
    difference: &Difference,
) -> Result<Image, Failure> {
    let window = difference.target.data;
    let planes = engine.plus(background, difference, window)?;
    Ok(difference.deliver(window, planes)?)
}

/// Size over size in per cent, for people.
pub fn per_cent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}
