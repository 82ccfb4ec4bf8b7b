//! Deltaplate: OpenFX nodes that send a painted plate as its exact difference.
//!
//! The crate is one OpenFX bundle. A host enters through three exported functions
//! ([`ofx::entry`]); everything it sends is checked and made safe in [`ofx`], the nodes are in
//! [`nodes`], their arithmetic in [`kernels`]. Data flows one way: host bytes, rows of `f32`,
//! kernel, rows, host bytes, in place and without a copy.
//!
//! A new node is one file in `nodes/` and one line in [`NODES`].

#![deny(unsafe_code)]

pub mod geometry;
pub mod kernels;
pub mod node;
pub mod nodes;
#[allow(unsafe_code, reason = "the room where the host's pointers are checked")]
pub mod ofx;
pub mod params;
pub mod plate;
pub mod render;

use node::AnyNode;

/// The nodes of the bundle, in the order of the menu. New ones go to the end: hosts may remember
/// a plug-in by its number.
pub const NODES: &[&dyn AnyNode] = &[
    &nodes::min::Min,
    &nodes::plus::Plus,
    &nodes::compare::Compare,
    &nodes::overlayextract::OverlayExtract,
    #[cfg(test)]
    &ofx::panicking::Panicking,
];
