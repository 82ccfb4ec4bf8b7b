//! How a command fails, and the exit code that follows.

use std::io;
use std::path::{Path, PathBuf};

use crate::child::parent::Death;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Images differ, the background is another one, or a proof failed.
    #[error("{0}")]
    Differ(String),
    /// The arguments make no sense together.
    #[error("{0}")]
    Usage(String),
    /// A plug-in or graph cannot be loaded, or fails.
    #[error("{0}")]
    Plugin(#[from] host::Error),
    /// A plug-in ended the process that it was run in, or had to be stopped.
    #[error("{0}")]
    Death(Death),
    /// A graph file that is none.
    #[error("{0}")]
    Graph(String),
    /// An image cannot be read or written.
    #[error("{0}")]
    Image(#[from] images::Error),
    /// Images that cannot be worked on together.
    #[error("{0}")]
    Refused(String),
    /// The operating system refused.
    #[error("{}: {error}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// The report cannot be printed.
    #[error("cannot print the report: {0}")]
    Print(io::Error),
    /// A signal asked to stop.
    #[error("stopped by {}", signal_name(*.0))]
    Signal(i32),
}

impl Failure {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Differ(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Plugin(error) => match error.root() {
                // Not the plug-in but the images around it.
                host::Error::Source { .. } | host::Error::Io { .. } => 4,
                _ => 3,
            },
            Failure::Graph(_) | Failure::Death(_) => 3,
            Failure::Image(_) | Failure::Refused(_) | Failure::File { .. } | Failure::Print(_) => 4,
            // 130 for SIGINT, 143 for SIGTERM, as a shell says it.
            Failure::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }

    /// For [`Result::map_err`] of a system call on `path`.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Failure::File {
            path: path.to_path_buf(),
            error,
        }
    }
}

fn signal_name(number: i32) -> &'static str {
    match number {
        2 => "Ctrl-C",
        15 => "SIGTERM",
        _ => "a signal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_the_help() {
        let lost = io::Error::from(io::ErrorKind::NotFound);
        let codes = [
            (Failure::Differ(String::new()), 1),
            (Failure::Usage(String::new()), 2),
            (Failure::Graph(String::new()), 3),
            (host::Error::Graph(String::new()).into(), 3),
            (Failure::Refused(String::new()), 4),
            (Failure::file(Path::new("x"))(lost), 4),
            (Failure::Signal(2), 130),
            (Failure::Signal(15), 143),
        ];
        for (failure, code) in codes {
            assert_eq!(failure.exit_code(), code, "{failure:?}");
        }
    }
}
