//! The OpenFX layer: all that touches the host's pointers.
//!
//! With the SIMD kernels this is the only room of the plug-in where unsafe code is allowed. What
//! leaves it is safe: rows of samples, values of parameters, statuses.

mod actions;
pub mod bands;
mod clip;
mod complaint;
mod describe;
pub mod entry;
mod fpenv;
mod guard;
pub mod image;
mod inputs;
mod instance;
mod markdown;
pub mod message;
pub mod panel;
#[cfg(test)]
pub mod panicking;
mod param;
pub mod progress;
mod props;
pub mod status;
mod suites;
pub mod threads;
