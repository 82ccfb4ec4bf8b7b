//! What must hold of any bytes. Each function of [`TARGETS`] is given to libFuzzer by a file in
//! `fuzz_targets/`; `crates/cli/tests/fuzzed.rs` runs them on seeds and on all that was ever found.

mod arithmetic;
mod files;
mod graph;
pub mod panics;
mod scratch;
pub mod seeds;
mod sequence;
mod transfers;

pub use arithmetic::arithmetic;
pub use files::{dpx, exr, hdr, png, tiff};
pub use graph::graph;
pub use sequence::sequence;
pub use transfers::transfer;

/// Fails where what should hold of the bytes does not.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 9] = [
    ("exr", exr),
    ("tiff", tiff),
    ("png", png),
    ("dpx", dpx),
    ("hdr", hdr),
    ("transfer", transfer),
    ("graph", graph),
    ("sequence", sequence),
    ("arithmetic", arithmetic),
];
