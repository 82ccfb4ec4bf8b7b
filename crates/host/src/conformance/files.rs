//! A bundle's files: folders, Info.plist.

use super::finding::{Finding, Place};
use super::rules::*;
use roxmltree::Document;
use std::collections::BTreeMap;
use std::path::Path;

/// Folders that hold a library, for one platform each.
const PLATFORMS: [&str; 9] = [
    "Linux-x86-64",
    "Linux-x86",
    "Linux-aarch64",
    "MacOS",
    "MacOS-x86-64",
    "Win64",
    "Win32",
    "IRIX",
    "FreeBSD-x86-64",
];

/// A property list larger than this is none.
const MOST_BYTES: u64 = 1 << 20;

/// Checks a bundle's files. A library that is in no bundle has none.
pub fn check_files(bundle: &Path) -> Vec<Finding> {
    let place = Place::default();
    let name = bundle.file_name().unwrap_or_default().to_string_lossy();
    let Some(stem) = name
        .strip_suffix(".ofx.bundle")
        .filter(|stem| !stem.is_empty())
    else {
        let text = format!("{}: a bundle is called Name.ofx.bundle", bundle.display());
        return vec![place.finds(&BUNDLE_NAME, text)];
    };
    let contents = bundle.join("Contents");
    if !contents.is_dir() {
        let text = format!("there is no folder {}", contents.display());
        return vec![place.finds(&BUNDLE_NAME, text)];
    }
    let mut findings = Vec::new();
    let binary = format!("{stem}.ofx");
    if !PLATFORMS
        .iter()
        .any(|platform| contents.join(platform).join(&binary).is_file())
    {
        let text = format!("there is no {binary} in any of {}", PLATFORMS.join(", "));
        findings.push(place.finds(&NO_BINARY, text));
    }
    let plist = contents.join("Info.plist");
    match std::fs::metadata(&plist) {
        Ok(found) if found.is_file() && found.len() <= MOST_BYTES => {
            findings.extend(property_list(&plist, &binary));
        }
        Ok(_) => findings.push(
            place
                .object("Info.plist")
                .finds(&BAD_PLIST, "is no file, or larger than a megabyte"),
        ),
        Err(_) => findings.push(place.object("Info.plist").finds(
            &NO_PLIST,
            "is missing from Contents. Hosts on macOS ask for it",
        )),
    }
    findings
}

fn property_list(path: &Path, binary: &str) -> Vec<Finding> {
    let place = Place::default().object("Info.plist");
    let broken = |reason: String| vec![place.finds(&BAD_PLIST, reason)];
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return broken(format!("cannot be read: {error}")),
    };
    if bytes.starts_with(b"bplist") {
        let text = "is a binary property list, which only macOS reads. Its keys were not checked";
        return vec![place.finds(&PLIST_KEY, text)];
    }
    let values = match String::from_utf8(bytes)
        .map_err(|e| e.to_string())
        .and_then(|text| read(&text))
    {
        Ok(values) => values,
        Err(reason) => return broken(format!("is no property list: {reason}")),
    };
    let mut findings = Vec::new();
    match values.get("CFBundleExecutable") {
        Some(name) if name != binary => {
            let text = format!("names the executable {name:?}, and it is {binary:?}");
            findings.push(place.property("CFBundleExecutable").finds(&BAD_PLIST, text));
        }
        Some(_) => {}
        None => findings.push(
            place
                .property("CFBundleExecutable")
                .finds(&PLIST_KEY, "is missing"),
        ),
    }
    for (key, wanted) in [
        ("CFBundlePackageType", Some("BNDL")),
        ("CFBundleInfoDictionaryVersion", Some("6.0")),
        ("CFBundleIdentifier", None),
        ("CFBundleVersion", None),
    ] {
        let text = match (values.get(key), wanted) {
            (None, _) => "is missing".to_owned(),
            (Some(value), Some(wanted)) if value != wanted => {
                format!("is {value:?}, not {wanted:?}")
            }
            (Some(value), None) if value.is_empty() => "is empty".to_owned(),
            _ => continue,
        };
        findings.push(place.property(key).finds(&PLIST_KEY, text));
    }
    findings
}

/// The strings of a property list's outermost dictionary.
fn read(text: &str) -> Result<BTreeMap<String, String>, String> {
    // Property lists have a document type; its entities are not expanded.
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..roxmltree::ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|e| e.to_string())?;
    let root = document.root_element();
    let dict = root.first_element_child();
    let dict = dict.filter(|d| root.has_tag_name("plist") && d.has_tag_name("dict"));
    let dict = dict.ok_or("it has no plist with a dict")?;
    let mut values = BTreeMap::new();
    let mut key = None;
    for node in dict.children().filter(roxmltree::Node::is_element) {
        let text = node.text().unwrap_or_default().to_owned();
        match key.take() {
            None if node.has_tag_name("key") => key = Some(text),
            None => return Err(format!("a {} without a key", node.tag_name().name())),
            Some(name) => {
                values.insert(name, text);
            }
        }
    }
    Ok(values)
}
