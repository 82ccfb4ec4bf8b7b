//! What can go wrong with an image file.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

/// The reason why an image could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The operating system refused: missing, unreadable, a directory, disk full.
    Io,
    /// The file is not what it claims to be: truncated, or not of its own format.
    Damaged,
    /// A sound file of a kind that is not carried (yet); reading it would lose something.
    Unsupported,
    /// The header asks for more memory than allowed, or than such a file can hold.
    TooLarge,
    /// The caller's image or options make no sense, or do not fit the format.
    Invalid,
}

/// An image could not be read or written; names the file and says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct Error {
    /// The class of the failure.
    pub kind: ErrorKind,
    /// The file that was asked for.
    pub path: PathBuf,
    /// What is wrong, without the path.
    pub message: String,
}

/// A text that quotes a file, safe to print: control characters, which could end the line or steer a
/// terminal, are replaced.
pub fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// A failure inside a format's own module, which does not know the path.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

pub(crate) type Outcome<T> = Result<T, Fault>;

impl Fault {
    fn new(kind: ErrorKind, message: impl Display) -> Self {
        // A file can hold more than anybody reads.
        const MOST: usize = 500;
        let mut message = printable(&message.to_string());
        if let Some((end, _)) = message.char_indices().nth(MOST) {
            message.replace_range(end.., "...");
        }
        Fault { kind, message }
    }

    pub(crate) fn damaged(message: impl Display) -> Self {
        Self::new(ErrorKind::Damaged, message)
    }

    pub(crate) fn unsupported(message: impl Display) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    pub(crate) fn too_large(message: impl Display) -> Self {
        Self::new(ErrorKind::TooLarge, message)
    }

    pub(crate) fn invalid(message: impl Display) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    pub(crate) fn at(self, path: &Path) -> Error {
        Error {
            kind: self.kind,
            path: path.to_path_buf(),
            message: self.message,
        }
    }
}

impl From<io::Error> for Fault {
    /// An early end is the file's own fault; all else is the system's.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::damaged("the file ends early: it is truncated")
        } else {
            Self::new(ErrorKind::Io, error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_does_not_steer_a_terminal() {
        let fault = Fault::damaged("attribute 'a\x1b[2J\r\nb\u{9b}'");
        assert_eq!(
            fault.message,
            "attribute 'a\u{fffd}[2J\u{fffd}\u{fffd}b\u{fffd}'"
        );
        let long = Fault::damaged("ä".repeat(9999)).message;
        assert_eq!(long, "ä".repeat(500) + "...");
    }
}
