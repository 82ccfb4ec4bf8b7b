//! The bundle as a host finds it on disk.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use host::{EffectContext, Host, Library};
use object::{Object, ObjectSymbol};

/// The bundle that build.rs laid out for this profile.
fn bundle() -> PathBuf {
    let profile = common::library_file().parent().expect("a folder");
    profile.join("Deltaplate.ofx.bundle")
}

#[test]
fn the_library_exports_the_three_functions_and_nothing_else() {
    let bytes = fs::read(common::library_file()).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    let exported: BTreeSet<String> = match file.format() {
        object::BinaryFormat::Elf => file
            .dynamic_symbols()
            .filter(|symbol| symbol.is_definition())
            .map(|symbol| symbol.name().unwrap().to_owned())
            .collect(),
        _ => file
            .exports()
            .unwrap()
            .iter()
            .map(|export| {
                String::from_utf8_lossy(export.name())
                    .trim_start_matches('_')
                    .to_owned()
            })
            .collect(),
    };
    let expected = ["OfxGetNumberOfPlugins", "OfxGetPlugin", "OfxSetHost"];
    assert_eq!(exported, expected.map(str::to_owned).into());
}

#[test]
fn the_bundle_on_disk_loads_and_describes_its_nodes() {
    let library = Library::open(bundle()).unwrap();
    let ids: Vec<&str> = library
        .plugins()
        .iter()
        .map(|p| p.identifier.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "org.deltaplate.min",
            "org.deltaplate.plus",
            "org.deltaplate.compare",
            "org.deltaplate.overlayextract"
        ]
    );
    assert!(library.rejected().is_empty());
    let host = Host::default();
    for id in ids {
        let plugin = host.load(&library, id).unwrap();
        for context in [EffectContext::General, EffectContext::Filter] {
            let described = plugin.describe_in_context(context).unwrap();
            assert!(!described.params.is_empty(), "{id}");
        }
    }
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn the_layout_is_that_of_the_packaging_rules() {
    let contents = bundle().join("Contents");
    let plist = fs::read_to_string(contents.join("Info.plist")).unwrap();
    assert!(plist.contains(env!("CARGO_PKG_VERSION")), "{plist}");
    assert!(!plist.contains('@'), "a placeholder was left: {plist}");
    for node in ["min", "plus", "compare", "overlayextract"] {
        for kind in ["svg", "png"] {
            let icon = contents.join(format!("Resources/org.deltaplate.{node}.{kind}"));
            assert!(icon.is_file(), "{}", icon.display());
        }
    }
}
