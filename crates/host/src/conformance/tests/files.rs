//! Bundles made up on disk.

use super::names;
use crate::conformance::{check_files, effect, finding::Finding, picture};
use crate::descriptor::Descriptor;
use crate::options::HostOptions;
use crate::tables;
use ofx_sys as ofx;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(super) const TESTED: [&str; 7] = [
    "bundle-name",
    "no-binary",
    "no-plist",
    "bad-plist",
    "plist-key",
    "no-icon",
    "icon-format",
];

const PLIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>Blur.ofx</string>
<key>CFBundlePackageType</key><string>BNDL</string>
<key>CFBundleInfoDictionaryVersion</key><string>6.0</string>
<key>CFBundleIdentifier</key><string>org.example.blur</string>
<key>CFBundleVersion</key><string>1.0</string>
</dict></plist>
"#;

/// One grey pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
\0\0\0\x0aIDATx\x9cc\x68\0\0\0\x82\0\x81\x77\xcd\x72\xb6\0\0\0\0IEND\xaeB`\x82";

fn bundle() -> (TempDir, std::path::PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let bundle = home.path().join("Blur.ofx.bundle");
    let contents = bundle.join("Contents");
    fs::create_dir_all(contents.join("Linux-x86-64")).unwrap();
    fs::create_dir_all(contents.join("Resources")).unwrap();
    fs::write(contents.join("Linux-x86-64/Blur.ofx"), "").unwrap();
    fs::write(contents.join("Info.plist"), PLIST).unwrap();
    (home, bundle)
}

#[test]
fn a_sound_bundle_is_not_found_fault_with() {
    let (_home, bundle) = bundle();
    assert_eq!(check_files(&bundle), []);
}

#[test]
fn each_breach_is_found_and_nothing_else() {
    type Breach = (&'static str, fn(&Path));
    fn plist(bundle: &Path, change: impl FnOnce(String) -> String) {
        fs::write(bundle.join("Contents/Info.plist"), change(PLIST.into())).unwrap();
    }
    let cases: [Breach; 9] = [
        ("bundle-name", |b| {
            fs::remove_dir_all(b.join("Contents")).unwrap()
        }),
        ("no-binary", |b| {
            fs::remove_file(b.join("Contents/Linux-x86-64/Blur.ofx")).unwrap()
        }),
        ("no-plist", |b| {
            fs::remove_file(b.join("Contents/Info.plist")).unwrap()
        }),
        ("bad-plist", |b| plist(b, |p| p.replace("</dict>", ""))),
        ("bad-plist", |b| {
            plist(b, |p| p.replace("Blur.ofx", "Other.ofx"))
        }),
        ("bad-plist", |b| {
            plist(b, |p| {
                p.replace("plist version", "other version")
                    .replace("/plist", "/other")
            });
        }),
        ("plist-key", |b| {
            plist(b, |p| p.replace("CFBundleExecutable", "Executable"))
        }),
        ("plist-key", |b| plist(b, |p| p.replace("BNDL", "APPL"))),
        ("plist-key", |b| plist(b, |_| "bplist00".into())),
    ];
    for (number, (rule, breach)) in cases.iter().enumerate() {
        let (_home, bundle) = bundle();
        breach(&bundle);
        let findings = check_files(&bundle);
        assert_eq!(names(&findings), [*rule], "case {number}: {findings:?}");
    }
    assert_eq!(names(&check_files(Path::new("/Blur.ofx"))), ["bundle-name"]);
}

fn icons(bundle: &Path, svg: &str, png: &str) -> Vec<Finding> {
    let props =
        tables::effect_descriptor(bundle.to_str().unwrap(), &HostOptions::default()).build();
    props.put(
        ofx::kOfxPropIcon,
        [svg, png].map(crate::text::Text::from).to_vec(),
    );
    let descriptor = Descriptor::new("org.example.blur", [1, 0], &props);
    assert_eq!(effect::icons(&descriptor), [svg, png]);
    picture::check(&descriptor)
}

#[test]
fn icons_are_there_and_sound() {
    let (_home, bundle) = bundle();
    let resources = bundle.join("Contents/Resources");
    fs::write(resources.join("a.png"), PNG).unwrap();
    fs::write(
        resources.join("a.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
    )
    .unwrap();
    assert_eq!(icons(&bundle, "a.svg", "a.png"), []);
    assert_eq!(icons(&bundle, "", ""), []);
    assert_eq!(names(&icons(&bundle, "a.svg", "")), ["icon-format"]);
    assert_eq!(names(&icons(&bundle, "a.svg", "b.png")), ["no-icon"]);
    assert_eq!(names(&icons(&bundle, "a.png", "a.png")), ["icon-format"]);
    for broken in [&PNG[..30], &[&PNG[..16], &[0; 4], &PNG[20..]].concat()] {
        fs::write(resources.join("a.png"), broken).unwrap();
        assert_eq!(names(&icons(&bundle, "a.svg", "a.png")), ["icon-format"]);
    }
    fs::write(resources.join("a.svg"), "<svg><g></svg>").unwrap();
    fs::write(resources.join("a.png"), PNG).unwrap();
    assert_eq!(names(&icons(&bundle, "a.svg", "a.png")), ["icon-format"]);
}
