//! The command line, run as its users run it.

mod arguments;
mod child;
mod compare;
mod estimate;
mod exact;
mod extract;
mod film;
mod halves;
mod hostile;
mod interrupted;
mod layers;
mod look;
mod memory;
mod nodes;
mod pack;
mod readme;
mod refusals;
mod render;
mod roundtrip;
mod sequences;
mod signals;
mod strips;
mod support;
