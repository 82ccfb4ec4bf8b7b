//! The commands, one file each.

mod apart;
pub mod check;
pub mod compare;
mod estimate;
pub mod extract;
pub mod info;
mod large;
pub mod min;
pub mod nodes;
pub mod pack;
pub mod plus;
pub mod probe;
pub mod render;
pub mod roundtrip;
mod transfer;
pub mod unpack;

pub use apart::apart;
