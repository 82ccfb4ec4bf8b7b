//! Whole folders: copied with links resolved, and removed.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Copies a folder. Links become copies of what they point to.
pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error| {
        format!(
            "{} cannot be copied to {}: {error}",
            from.display(),
            to.display()
        )
    };
    let kind = fs::metadata(from).map_err(failed)?;
    if !kind.is_dir() {
        return fs::copy(from, to).map(drop).map_err(failed);
    }
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Removes a folder, if it is there.
pub fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("{} cannot be removed: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
