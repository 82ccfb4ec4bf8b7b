//! Puts the bundle where hosts look for it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use crate::bundle;
use crate::tree;

/// Which folder of bundles to install into.
pub enum Destination {
    /// That one.
    Folder(PathBuf),
    /// The platform's, for all users.
    System,
    /// The first entry of OFX_PLUGIN_PATH, else the platform's.
    Default,
}

/// Builds the bundle and installs it. An installed one is replaced; on failure it stays.
pub fn run(root: &Path, destination: Destination) -> Result<(), String> {
    let folder = match destination {
        Destination::Folder(folder) => folder,
        Destination::System => system_folder(),
        Destination::Default => first_of_path().unwrap_or_else(system_folder),
    };
    let built = bundle::run(root)?;
    let installed = replace(&built, &folder)?;
    println!("{}", installed.display());
    eprintln!(
        "Installed. Hosts other than those that always look in {} need OFX_PLUGIN_PATH to name it.\n\
         If a host shows an old panel, delete its plug-in cache and start it again:\n  \
         Natron   ~/.cache/INRIA/Natron/OFXLoadCache\n  \
         Nuke     $NUKE_TEMP_DIR/ofxplugincache\n  \
         Resolve  OFXPluginCache*.xml in its settings folder",
        system_folder().display()
    );
    Ok(())
}

/// Copies `built` to a temporary sibling of its place in `folder` and renames, so that no host
/// ever sees half a bundle.
fn replace(built: &Path, folder: &Path) -> Result<PathBuf, String> {
    let hint = |what: &Path, error: std::io::Error| {
        format!(
            "{}: {error}. Choose another folder with --user DIR, or install with the rights to write there",
            what.display()
        )
    };
    fs::create_dir_all(folder).map_err(|error| hint(folder, error))?;
    let target = folder.join(bundle::NAME);
    // Hosts look into folders that end with .ofx.bundle and pass over those that begin with @.
    let sibling = |name: &str| folder.join(format!("@deltaplate-{name}-{}", process::id()));
    let (new, old) = (sibling("new"), sibling("old"));
    tree::copy(built, &new).inspect_err(|_| {
        let _ = tree::remove(&new);
    })?;
    let had_one = target.exists();
    if had_one {
        fs::rename(&target, &old).map_err(|error| {
            let _ = tree::remove(&new);
            hint(&target, error)
        })?;
    }
    if let Err(error) = fs::rename(&new, &target) {
        if had_one {
            let _ = fs::rename(&old, &target);
        }
        let _ = tree::remove(&new);
        return Err(hint(&target, error));
    }
    tree::remove(&old)?;
    Ok(target)
}

fn first_of_path() -> Option<PathBuf> {
    let path = env::var_os("OFX_PLUGIN_PATH")?;
    env::split_paths(&path).find(|folder| !folder.as_os_str().is_empty())
}

fn system_folder() -> PathBuf {
    if cfg!(target_os = "macos") {
        PathBuf::from("/Library/OFX/Plugins")
    } else if cfg!(windows) {
        let common = env::var_os("CommonProgramFiles").map_or_else(
            || PathBuf::from("C:\\Program Files\\Common Files"),
            PathBuf::from,
        );
        common.join("OFX").join("Plugins")
    } else {
        PathBuf::from("/usr/OFX/Plugins")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle_with(text: &str, at: &Path) -> PathBuf {
        let folder = at.join("built");
        fs::create_dir_all(folder.join("Contents")).unwrap();
        fs::write(folder.join("Contents/Info.plist"), text).unwrap();
        folder
    }

    #[test]
    fn an_installed_bundle_is_replaced_and_nothing_else_is_left() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("plugins");
        for text in ["first", "second"] {
            let built = bundle_with(text, scratch.path());
            let target = replace(&built, &folder).unwrap();
            let found = fs::read_to_string(target.join("Contents/Info.plist")).unwrap();
            assert_eq!(found, text);
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        }
    }

    #[test]
    fn a_missing_source_leaves_the_installed_bundle_alone() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("plugins");
        let target = replace(&bundle_with("kept", scratch.path()), &folder).unwrap();
        let error = replace(&scratch.path().join("absent"), &folder).unwrap_err();
        assert!(error.contains("absent"), "{error}");
        let found = fs::read_to_string(target.join("Contents/Info.plist")).unwrap();
        assert_eq!(found, "kept");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
