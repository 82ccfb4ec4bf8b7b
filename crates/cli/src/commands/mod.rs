//! The commands, one file each.

pub mod compare;
pub mod min;
pub mod nodes;
pub mod plus;
pub mod render;
pub mod roundtrip;
mod transfer;
