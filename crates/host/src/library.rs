//! Libraries: bundles on disk, single files, or plug-ins linked into the program.

pub use crate::ffi::library::StaticEntry;

use crate::error::{Error, Result};
use crate::ffi::HostHandle;
use crate::ffi::library::{self as raw, RawPlugin};
use crate::options::HostOptions;
use crate::props::PropertySet;
use crate::tables;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

/// What a plug-in's structure says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PluginInfo {
    /// Its id.
    pub identifier: String,
    /// Changes of it break old projects.
    pub version_major: u32,
    /// Changes of it do not.
    pub version_minor: u32,
    /// The API it speaks.
    pub api: String,
    /// The version of the API.
    pub api_version: i32,
}

/// A plug-in structure that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its number in the library.
    pub index: i32,
    /// What is wrong with it.
    pub reason: String,
}

/// A library of plug-ins. Once opened it stays in the process.
#[derive(Clone)]
pub struct Library(Arc<Inner>);

struct Inner {
    entry: StaticEntry,
    path: Option<PathBuf>,
    plugins: Vec<PluginInfo>,
    raw: Vec<RawPlugin>,
    rejected: Vec<Rejected>,
}

/// The host that a library meets when it is opened, before it is known who will load its plug-ins.
static FIRST_HOST: LazyLock<(Arc<PropertySet>, HostHandle)> = LazyLock::new(|| {
    let props = tables::host(&HostOptions::default()).build();
    let handle = HostHandle::new(&props);
    (props, handle)
});

const REFUSED: &str = "it refuses this host (OfxSetHost failed)";

impl Library {
    /// Opens a bundle (`Name.ofx.bundle`) or the library itself (`Name.ofx`).
    ///
    /// # Errors
    /// When there is none for this platform, or it is no OpenFX library.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let file = binary(path.as_ref())?;
        Self::new(raw::open(&file)?, Some(file))
    }

    /// Opens a copy of a bundle or library that shares no state with others in the process: a plug-in knows only one
    /// host.
    ///
    /// # Errors
    /// As [`Library::open`], and when the copy cannot be written.
    pub fn open_private(path: impl AsRef<Path>) -> Result<Self> {
        static COPIES: AtomicUsize = AtomicUsize::new(0);
        let file = binary(path.as_ref())?;
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("deltaplate-host-{}-{number}.ofx", std::process::id());
        let copy = std::env::temp_dir().join(name);
        let opened = std::fs::copy(&file, &copy)
            .map_err(|e| Error::Library {
                path: file.clone(),
                reason: format!("cannot be copied to {}: {e}", copy.display()),
            })
            .and_then(|_| raw::open(&copy));
        // Where an open file cannot be removed, it stays for the system to clean up.
        let _ = std::fs::remove_file(&copy);
        Self::new(opened?, Some(file))
    }

    /// Takes plug-ins that are linked into the program.
    ///
    /// # Errors
    /// When the exports answer what makes no sense.
    pub fn from_entry(entry: StaticEntry) -> Result<Self> {
        Self::new(entry, None)
    }

    fn new(entry: StaticEntry, path: Option<PathBuf>) -> Result<Self> {
        let failed = |reason: String| Error::Library {
            path: path
                .clone()
                .unwrap_or_else(|| "the program's own plug-ins".into()),
            reason,
        };
        if !entry.set_host(FIRST_HOST.1) {
            return Err(failed(REFUSED.into()));
        }
        let (plugins, rejected) = entry.plugins().map_err(failed)?;
        let (plugins, raw) = plugins.into_iter().unzip();
        Ok(Self(Arc::new(Inner {
            entry,
            path,
            plugins,
            raw,
            rejected,
        })))
    }

    /// The plug-ins it holds.
    pub fn plugins(&self) -> &[PluginInfo] {
        &self.0.plugins
    }

    /// The structures it holds that are no plug-ins.
    pub fn rejected(&self) -> &[Rejected] {
        &self.0.rejected
    }

    /// The address of the structure that the library has for a number, whether it has such a plug-in or not; 0 for NULL.
    pub fn structure(&self, number: i32) -> usize {
        self.0.entry.structure(number)
    }

    /// Its file; none for plug-ins that are linked into the program.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> String {
        self.path()
            .map_or_else(|| "the program".into(), |p| p.display().to_string())
    }

    /// The newest plug-in of that id.
    pub(crate) fn find(&self, id: &str) -> Result<(PluginInfo, RawPlugin)> {
        let plugins = self.0.plugins.iter().zip(&self.0.raw);
        let newest = plugins
            .filter(|(info, _)| info.identifier == id)
            .max_by_key(|(info, _)| (info.version_major, info.version_minor));
        let found = newest.ok_or_else(|| Error::NoSuchPlugin {
            library: self.name(),
            id: id.into(),
            known: self
                .0
                .plugins
                .iter()
                .map(|p| p.identifier.clone())
                .collect(),
        })?;
        Ok((found.0.clone(), *found.1))
    }

    /// The plug-in of that index.
    pub(crate) fn at(&self, index: usize) -> Result<(PluginInfo, RawPlugin)> {
        let info = self.0.plugins.get(index).cloned();
        let found = info.zip(self.0.raw.get(index).copied());
        found.ok_or_else(|| Error::NoSuchPlugin {
            library: self.name(),
            id: format!("number {index}"),
            known: self
                .0
                .plugins
                .iter()
                .map(|p| p.identifier.clone())
                .collect(),
        })
    }

    /// Whether it has the export by which a host introduces itself.
    pub fn exports_set_host(&self) -> bool {
        self.0.entry.set_host.is_some()
    }

    pub(crate) fn set_host(&self, host: HostHandle) -> Result<()> {
        if self.0.entry.set_host(host) {
            return Ok(());
        }
        Err(Error::Library {
            path: self.name().into(),
            reason: REFUSED.into(),
        })
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library")
            .field("path", &self.0.path)
            .field("plugins", &self.0.plugins)
            .finish()
    }
}

/// The folder within a bundle for this platform.
const PLATFORM: &str = if cfg!(target_os = "macos") {
    "MacOS"
} else if cfg!(target_os = "windows") {
    "Win64"
} else if cfg!(target_arch = "aarch64") {
    "Linux-aarch64"
} else {
    "Linux-x86-64"
};

/// The library of a bundle; any other file is taken as it is.
fn binary(path: &Path) -> Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.into());
    }
    let failed = |reason: String| Error::Library {
        path: path.into(),
        reason,
    };
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .and_then(|n| n.strip_suffix(".bundle"));
    let name = name.ok_or_else(|| failed("is a folder, but no bundle (Name.ofx.bundle)".into()))?;
    let file = path.join("Contents").join(PLATFORM).join(name);
    if file.is_file() {
        Ok(file)
    } else {
        Err(failed(format!(
            "has nothing for this platform: there is no {}",
            file.display()
        )))
    }
}

/// The bundles in a folder and the folders in it, in the order of their paths; folders that begin with `@` are left out,
/// as OpenFX asks. A folder that cannot be read holds none.
pub fn bundles(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    /// Folders within folders: more is a loop of links.
    const DEEPEST: usize = 16;
    fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|e| e.path()).filter(|p| p.is_dir()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".ofx.bundle") {
                found.push(path);
            } else if !name.starts_with('@') && depth < DEEPEST {
                walk(&path, depth + 1, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder.as_ref(), 0, &mut found);
    found.sort();
    found
}
