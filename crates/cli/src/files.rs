//! Image files by the names that the user gave.

use std::fs;
use std::path::{Path, PathBuf};

use images::{ErrorKind, Format, Image, ReadOptions};

use crate::failure::Failure;

/// An image with where it came from.
pub struct Plate {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What is in it.
    pub image: Image,
}

impl Plate {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Failure::Image`].
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let image = images::read(path, &ReadOptions::default())?;
        let bytes = fs::metadata(path).map_err(Failure::file(path))?.len();
        Ok(Plate {
            path: path.to_path_buf(),
            bytes,
            image,
        })
    }
}

/// The format that `path` will be written in: told before any work is done for it.
///
/// # Errors
///
/// [`Failure::Image`] where its name ends in none that is written.
pub fn output_format(path: &Path) -> Result<Format, Failure> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.and_then(Format::from_name).ok_or_else(|| {
        Failure::Image(images::Error {
            kind: ErrorKind::Unsupported,
            path: path.to_path_buf(),
            message: "cannot write such a file; let its name end in .exr, .tif, .tiff, .png, .dpx or .hdr"
                .to_owned(),
        })
    })
}

/// Refuses to write over an input.
///
/// # Errors
///
/// [`Failure::Usage`] where `output` is one of `inputs`, by whatever name.
pub fn refuse_input(output: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    // Where there is no such file yet, it is no input.
    let Ok(target) = fs::canonicalize(output) else {
        return Ok(());
    };
    for input in inputs {
        if fs::canonicalize(input).is_ok_and(|input| input == target) {
            return Err(Failure::Usage(format!(
                "{}: is an input; write the result elsewhere",
                output.display()
            )));
        }
    }
    Ok(())
}

/// Makes the folder that `output` will lie in.
///
/// # Errors
///
/// [`Failure::File`] where the system refuses.
pub fn make_folder_of(output: &Path) -> Result<(), Failure> {
    match output.parent() {
        Some(folder) if folder != Path::new("") => {
            fs::create_dir_all(folder).map_err(Failure::file(folder))
        }
        _ => Ok(()),
    }
}
