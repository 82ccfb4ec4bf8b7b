//! What the commands of a transfer have in common.

use std::path::Path;

use images::Header;
use transfer::{Error, Pair};

use crate::failure::Failure;

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

/// Size over size in per cent, for people.
pub fn per_cent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}
