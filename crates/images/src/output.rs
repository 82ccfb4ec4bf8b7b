//! Files appear whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::Outcome;

/// Lets `write` fill a temporary file beside `path`, and `check` look at it, then renames it to
/// `path`; gives its size.
///
/// On any failure the temporary file is gone and `path` is as it was. A link is followed, and
/// an existing file's permissions stay.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Outcome<()>,
    check: impl FnOnce(&Path) -> Outcome<()>,
) -> Outcome<u64> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(&target).ok();
    match &old {
        Some(old) if old.is_dir() => {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        // A rename would not ask.
        Some(old) if old.permissions().readonly() => {
            return Err(
                io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only").into(),
            );
        }
        _ => {}
    }
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    // The name is hidden, so that no pattern for frames takes an unfinished file for one.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".deltaplate-").suffix(".part");
    if let Some(permissions) = old
        .map(|old| old.permissions())
        .or_else(new_file_permissions)
    {
        builder.permissions(permissions);
    }
    let file = builder.tempfile_in(folder)?;
    let (file, path_of_file) = file.into_parts();
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out)?;
    out.flush()?;
    let size = out.get_ref().metadata()?.len();
    drop(out);
    check(&path_of_file)?;
    path_of_file
        .persist(&target)
        .map_err(|failed| failed.error)?;
    Ok(size)
}

#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    // The process's umask takes away from it, as for every new file.
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}
