//! The file of a difference, and its proof.
//!
//! A painted plate P over a background B travels as the signed difference `d = P - B` in a float
//! EXR: the box of what changed, P's attributes, and what it takes to restore P in its own type
//! and format. [`Difference`] writes and reads that file. [`Difference::restore`] is a plain
//! decoder of its own, independent of the nodes, and [`verify`] compares native bits, so that what
//! the nodes made can be proven.
//!
//! Background and painted plate are known by their hashes ([`background_hash`],
//! [`painted_hash`]): a background that changed is refused, a restored plate proves itself
//! without the painted one.

#![forbid(unsafe_code)]

mod difference;
mod error;
mod hash;
mod pair;
mod target;
mod verify;

pub use crate::difference::{Difference, Proof};
pub use crate::error::Error;
pub use crate::hash::{background_hash, painted_hash};
pub use crate::pair::Pair;
pub use crate::verify::{Verdict, changed_pixels, verify};
