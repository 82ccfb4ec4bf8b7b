//! The estimate of an overlay: a semi-transparent layer over a background that is known.
//!
//! The merged picture is taken as `M = a * O + b`, sample by sample, in the blend space
//! ([`space`]); the [`model`] says what `a` and `b` are made of. [`closed`] solves for the overlay
//! O outright, [`seed`] as Overmix did in 2015, by the sign of the error; [`recommended`] weighs
//! noise, a misaligned background and the smoothness of pictures against each other
//! (a convex problem). [`offset`], [`opacity`], [`calibration`] and [`detect`] find out what is not
//! known; [`varying`] has the opacities that are not the same everywhere.
//!
//! # Pictures
//!
//! A [`Picture`] of C channels holds its rows from first to last, each as C runs of `width`
//! samples, one a channel. Nothing here knows which way is up.
//!
//! # NaN and infinity
//!
//! Any input may hold them. Such samples, and those beyond 1e9, count for nothing; every output is
//! finite.
//!
//! # Threads and memory
//!
//! Long work takes a [`Context`]: the threads, a pool of scratch memory that the caller keeps from
//! call to call, and a callback that hears of the progress and may end the work. Results do not
//! depend on the number of threads, nor on the instruction set.
#![forbid(unsafe_code)]

pub mod calibration;
pub mod closed;
pub mod detect;
mod filter;
pub mod fit;
pub mod ghost;
pub mod layer;
pub mod leak;
mod linear;
pub mod model;
pub mod noise;
pub mod offset;
pub mod opacity;
mod picture;
mod pyramid;
mod quantile;
pub mod recommended;
pub mod seed;
pub mod space;
mod team;
#[cfg(test)]
mod tests;
pub mod varying;
pub mod warp;
mod wavefront;
mod weights;
mod workspace;

pub use crate::kernels::team::{Alone, Team};
pub use picture::{Colour, Picture, Plane, Size};
pub use team::{for_rows, sum_rows};
pub use workspace::{Context, Failure, Workspace};
