//! Rust declarations of the OpenFX 1.5.1 ABI, generated from `ofx_headers/`.
//!
//! Names are those of the C headers. String constants are `&'static CStr`; statuses are [`OfxStatus`], other
//! integers `c_int`; a suite is a struct of `Option<unsafe extern "C" fn>`, since a host may leave a function
//! out; each kind of handle is a pointer to an opaque struct of its own. Nothing here is linked: all functions
//! come from the host at run time.
#![no_std]

/// The output of bindgen, made by `cargo xtask bindgen`.
#[allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals
)]
#[rustfmt::skip] // the generator's own format is what the check compares
mod bindings;

pub use bindings::*;
