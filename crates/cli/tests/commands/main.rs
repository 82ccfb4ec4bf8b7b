//! The command line, run as its users run it.

mod arguments;
mod compare;
mod halves;
mod nodes;
mod refusals;
mod render;
mod roundtrip;
mod signals;
mod support;
