//! Plates that travel as files, and files that are no transfers.

#[path = "../common/mod.rs"]
mod common;
mod layers;
mod packing;
mod packs;
mod refusals;
mod support;
mod values;
