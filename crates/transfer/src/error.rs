//! What can go wrong with a transfer.

use std::path::{Path, PathBuf};

/// A transfer could not be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An image file could not be read or written.
    #[error(transparent)]
    Image(#[from] images::Error),
    /// The file is no transfer, or not one that can be used.
    #[error("{}: {message}", path.display())]
    File {
        /// The file that was read.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// These plates cannot be transferred.
    #[error("{0}")]
    Plates(String),
    /// What was made would not restore the painted plate.
    #[error("{0}")]
    Proof(String),
    /// The difference was made against another background.
    #[error(
        "this is not the background that the difference was made against (its hash is {found}, \
         expected {expected}); the result would not be the painted plate"
    )]
    WrongBackground {
        /// Hash of the background that was made.
        expected: String,
        /// Hash of the background that was given.
        found: String,
    },
}

impl Error {
    pub(crate) fn file(path: &Path, message: impl Into<String>) -> Self {
        Error::File {
            path: path.to_path_buf(),
            message: images::printable(&message.into()),
        }
    }
}
