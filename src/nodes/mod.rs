//! The nodes: one file each.

#![forbid(unsafe_code)]

pub mod common;
pub mod compare;
pub mod min;
pub mod overlayextract;
pub mod plus;
mod team;
