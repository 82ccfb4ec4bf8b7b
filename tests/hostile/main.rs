//! A host that does everything wrong: one fault at a time, many at once, out of order.
//!
//! `cargo test` makes some thousand runs. `DELTAPLATE_HOSTILE_RUNS=10000 cargo test --release -p deltaplate --test
//! hostile -- --nocapture` makes ten thousand random ones, all single faults and all single calls that fail in every node
//! and context, all aborts and all cancels, and prints what was answered. `DELTAPLATE_HOSTILE_SEED` repeats the random ones.
//! After each run nothing may be held, nothing written where it must not be (closed pages and patterns lie around every
//! buffer), every failure has a status of the specification, and what a user can mend has a message.
//!
//! A run that crashes the process is found in `hostile-*.txt` in the folder for temporary files of the tests.

#[path = "../common/mod.rs"]
mod common;

mod call;
mod case;
mod fault;
mod mlt;
mod odd;
mod poll;
mod raw;
mod run;
mod single;
mod storm;
mod tally;

use host::{Components, RectI};

/// The nodes, by the end of their ids, and their inputs beside the mask.
const NODES: [(&str, &[&str]); 4] = [
    ("min", &["B", "A"]),
    ("plus", &["B", "D", "Residual"]),
    ("compare", &["B", "A"]),
    ("overlayextract", &["B", "A", "Matte", "NewBackground"]),
];

/// The last of them, which takes seconds for what the others do in milliseconds.
const SLOW: usize = 3;

/// The project, and most images.
const SMALL: RectI = RectI::new(0, 0, 24, 16);

/// Large enough for several threads.
const LARGE: RectI = RectI::new(0, 0, 600, 500);

/// The same for the slow node.
const FAIRLY_LARGE: RectI = RectI::new(0, 0, 130, 130);

/// How many random runs are wanted, if somebody says so.
fn wanted_runs() -> Option<u32> {
    std::env::var("DELTAPLATE_HOSTILE_RUNS").ok()?.parse().ok()
}

const ALL_COMPONENTS: [Components; 3] = Components::ALL;
