//! The file of a difference, and its proof.
//!
//! A painted plate P over a background B travels as the signed difference `d = P - B` in an EXR: the
//! box of what changed, P's attributes, and what it takes to restore P in its own type and format.
//! Where the sum of two floats is not P, a residual is added to it, and what no sum gives (-0,
//! infinities, NaN) travels itself, so that every P comes back bit for bit.
//!
//! [`Difference::encode`] makes a difference of what the nodes rendered, and proves it with
//! [`Difference::restore`], a plain decoder of its own, independent of the nodes. [`verify`] compares
//! native bits, so that what the nodes restored can be proven too.
//!
//! Background and painted plate are known by their hashes ([`background_hash`],
//! [`painted_hash`]): a background that changed is refused, a restored plate proves itself
//! without the painted one.

#![forbid(unsafe_code)]

mod decode;
mod difference;
mod encode;
mod error;
mod file;
mod hash;
mod index;
mod kept;
mod pack;
mod packing;
mod pair;
mod plate;
mod probe;
mod proof;
mod strips;
mod survey;
mod target;
mod tiers;
mod verify;

pub use crate::difference::{Difference, Facts};
pub use crate::encode::Output;
pub use crate::error::Error;
pub use crate::file::FileDifference;
pub use crate::hash::{StripHashes, background_hash, painted_hash};
pub use crate::pack::{Pack, pack};
pub use crate::packing::Packing;
pub use crate::pair::Pair;
pub use crate::plate::{FilePlate, Plate, Whole};
pub use crate::probe::{PartProbe, Probe, Sample, probe};
pub use crate::proof::Proof;
pub use crate::strips::{Estimate, Phase, Plates, Written, encode_file, estimate};
pub use crate::verify::{Verdict, changed_pixels, verify, verify_strips};
