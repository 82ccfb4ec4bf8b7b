//! Whether a bundle keeps to OpenFX: what it says of itself, and what it answers.
//!
//! [`check_files`] looks at a bundle's files, [`check_structures`] at what its library says before anything is loaded,
//! and [`check_plugin`] loads a plug-in, describes it, makes instances, asks and renders. What they find is a
//! [`Finding`] each; [`RULES`] lists what is looked at.
//!
//! A bundle that aborts takes the process with it: whoever checks bundles of others does so in a process of its own.

mod clips;
mod drive;
mod effect;
mod files;
mod finding;
mod groups;
mod instance;
mod params;
mod picture;
mod record;
mod rules;
mod spec;
mod structures;
#[cfg(test)]
mod tests;
mod values;
mod wire;

pub use drive::{Checked, check_plugin};
pub use files::check_files;
pub use finding::{Finding, Severity, cannot_open, process_ended};
pub use rules::{RULES, Rule};
pub use structures::check_structures;
