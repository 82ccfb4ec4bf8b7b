//! A bundle to test a host with: an honest effect, and effects that break every rule of OpenFX.
//!
//! Each plug-in breaks one rule; `plugins.rs` lists them. Written against the ABI alone, as any plug-in is.
#![allow(clippy::missing_safety_doc, clippy::undocumented_unsafe_blocks)] // it is unsafe on purpose

mod abuse;
mod checks;
mod ends;
mod faults;
mod invert;
pub(crate) mod plugins;
mod sdk;
