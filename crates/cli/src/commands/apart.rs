//! A command done in a child, as it stands.

use std::process::ExitCode;
use std::time::Duration;

use crate::child::parent::{self, End};
use crate::child::print;
use crate::failure::Failure;
use crate::talk::Talk;

/// Does what this program's arguments say in a child.
///
/// # Errors
///
/// [`Failure::Death`] where the child does not end by its own will.
pub fn apart(limit: Duration, talk: &Talk) -> Result<ExitCode, Failure> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match parent::run(&arguments, limit, talk.signals(), print)? {
        End::Code(code) => Ok(ExitCode::from(code)),
        End::Death(death) => Err(Failure::Death(death)),
    }
}
