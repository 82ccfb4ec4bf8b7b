//! Files appear whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tempfile::TempPath;

use crate::error::Outcome;

/// The temporary files of this process.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Who is told of unfinished files.
static WATCHER: OnceLock<fn(&Path, bool)> = OnceLock::new();

/// Tells `watcher` of each unfinished file of this process: that it is begun (`true`), and that it
/// has its name or is gone. So that another process can remove it where this one cannot any more.
/// Only the first watcher is told.
pub fn watch_unfinished(watcher: fn(&Path, bool)) {
    WATCHER.get_or_init(|| watcher);
}

fn watched(file: &Path, begun: bool) {
    if let Some(watcher) = WATCHER.get() {
        watcher(file, begun);
    }
}

/// Removes all unfinished files of this process, for a program that is about to end in the middle
/// of its work. Whatever is still being written then gets no name.
pub fn discard_unfinished() {
    let unfinished = unfinished();
    for path in unfinished.iter() {
        // What cannot be removed stays, under its hidden name.
        let _ = fs::remove_file(path);
    }
    // No other is begun or given its name any more.
    std::mem::forget(unfinished);
}

/// An entry in the list of unfinished files.
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        unfinished().remove(&self.0);
        watched(&self.0, false);
    }
}

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn create(builder: &tempfile::Builder, folder: &Path) -> io::Result<(File, TempPath, Listed)> {
    // Listed before anybody can ask for the list.
    let mut unfinished = unfinished();
    let (file, path) = builder.tempfile_in(folder)?.into_parts();
    unfinished.insert(path.to_path_buf());
    let listed = Listed(path.to_path_buf());
    watched(&path, true);
    Ok((file, path, listed))
}

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
    let (file, path_of_file, _listed) = create(&builder, &folder)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out)?;
    let file = out.into_inner().map_err(|failed| failed.into_error())?;
    let size = file.metadata()?.len();
    // A network file system may tell of a full disk only now, when the name is not yet given.
    file.sync_all()?;
    drop(file);
    check(&path_of_file)?;
    rename(path_of_file, &target)?;
    Ok(size)
}

fn rename(unfinished_file: TempPath, target: &Path) -> io::Result<()> {
    let _none_is_discarded_meanwhile = unfinished();
    let renamed = unfinished_file.persist(target);
    renamed.map_err(|failed| failed.error)
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
