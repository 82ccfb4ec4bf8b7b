//! Where nodes come from: the plug-in that is linked in, and bundles that the user names.

use std::path::{Path, PathBuf};

use host::{Host, Library, Plugin, bundles};

use crate::child;
use crate::engine::built_in;
use crate::failure::Failure;

/// Libraries in the order in which nodes are looked for.
pub struct Shelf(Vec<Library>);

impl Shelf {
    /// The plug-in that is linked in.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`].
    pub fn built_in() -> Result<Self, Failure> {
        Ok(Shelf(vec![built_in()?]))
    }

    /// The bundles at these paths: each a bundle, a library, or a folder of bundles.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`] where one is none.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut libraries = Vec::new();
        for path in paths {
            for bundle in bundles_at(path)? {
                libraries.push(open(&bundle)?);
            }
        }
        Ok(Shelf(libraries))
    }

    /// These libraries, then the others.
    pub fn before(mut self, others: Shelf) -> Self {
        self.0.extend(others.0);
        self
    }

    /// All ids, each once.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for plugin in self.0.iter().flat_map(Library::plugins) {
            if !ids.contains(&plugin.identifier) {
                ids.push(plugin.identifier.clone());
            }
        }
        ids
    }

    /// Loads the newest plug-in of that id from the first library that has it; says which, unless
    /// it is linked in.
    ///
    /// # Errors
    ///
    /// When there is none, or it fails to load.
    pub fn load(&self, host: &Host, id: &str) -> host::Result<(Plugin, Option<String>)> {
        let has = |library: &&Library| {
            library
                .plugins()
                .iter()
                .any(|plugin| plugin.identifier == id)
        };
        let library = self
            .0
            .iter()
            .find(has)
            .ok_or_else(|| host::Error::NoSuchPlugin {
                library: "nothing that was looked at".to_owned(),
                id: id.to_owned(),
                known: self.ids(),
            })?;
        let path = library.path().map(|path| path.display().to_string());
        Ok((host.load(library, id)?, path))
    }
}

/// Opens a bundle or a library.
///
/// # Errors
///
/// [`Failure::Plugin`] where it is none.
pub fn open(path: &Path) -> Result<Library, Failure> {
    let _told = child::opening(path);
    Ok(Library::open(path)?)
}

/// The path itself where it is a bundle or a library; of a folder, the bundles in it.
///
/// # Errors
///
/// [`Failure::Plugin`] where there is none.
pub fn bundles_at(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let name = path.to_string_lossy();
    if path.is_file() || name.trim_end_matches('/').ends_with(".bundle") {
        return Ok(vec![path.to_path_buf()]);
    }
    let found = bundles(path);
    if found.is_empty() {
        return Err(Failure::Plugin(host::Error::Library {
            path: path.to_path_buf(),
            reason: "there is no bundle (Name.ofx.bundle)".to_owned(),
        }));
    }
    Ok(found)
}
