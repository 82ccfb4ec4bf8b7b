//! Frames of a sequence, and the run through them.
//!
//! A command says which files it takes and makes ([`Plan`]), and what it does with those of one
//! frame; [`run`] does that for a single image, or for the frames of a sequence, several at once.

mod plan;
mod report;
mod run;

pub use plan::{Job, Plan, Task, on_disk, refuse_missing};
pub use run::{Done, run};
