//! `deltaplate render`: a graph of nodes.

use std::process::ExitCode;

use crate::args::Render;
use crate::failure::Failure;
use crate::talk::Talk;

/// Runs the command.
pub fn run(_args: &Render, _json: bool, _talk: &Talk) -> Result<ExitCode, Failure> {
    todo!()
}
