//! The icons that a plug-in names.

use super::effect;
use super::finding::{Finding, Place};
use super::rules::*;
use crate::descriptor::Descriptor;
use std::path::Path;

/// A file larger than this is no icon.
const MOST_BYTES: u64 = 4 << 20;

/// Checks the icons of a plug-in in a bundle.
pub(super) fn check(descriptor: &Descriptor) -> Vec<Finding> {
    let place = Place::plugin(&descriptor.identifier);
    let bundle = effect::file(descriptor);
    let bundle = Path::new(&bundle);
    // A library that is linked in, or in no bundle, has no folder for them.
    if !bundle.is_dir() {
        return Vec::new();
    }
    let resources = bundle.join("Contents").join("Resources");
    let [svg, png] = effect::icons(descriptor);
    let mut findings = Vec::new();
    if !svg.is_empty() && png.is_empty() {
        let text = "only an SVG is named, and Natron reads PNG only. Name one, as the second value";
        findings.push(place.object(&svg).finds(&ICON_FORMAT, text));
    }
    for (name, sound) in [(&svg, is_svg as fn(&[u8]) -> bool), (&png, is_png)] {
        if name.is_empty() {
            continue;
        }
        let path = resources.join(name);
        let place = place.object(name);
        match std::fs::metadata(&path) {
            Ok(found) if found.is_file() && found.len() <= MOST_BYTES => {
                if !std::fs::read(&path).is_ok_and(|bytes| sound(&bytes)) {
                    let text = format!("{} is not what its name says", path.display());
                    findings.push(place.finds(&ICON_FORMAT, text));
                }
            }
            Ok(_) => {
                let text = format!("{} is no file, or too large for an icon", path.display());
                findings.push(place.finds(&ICON_FORMAT, text));
            }
            Err(_) => {
                let text = format!("there is no {}. Ship it, or name none", path.display());
                findings.push(place.finds(&NO_ICON, text));
            }
        }
    }
    findings
}

fn is_svg(bytes: &[u8]) -> bool {
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..roxmltree::ParsingOptions::default()
    };
    let text = std::str::from_utf8(bytes);
    text.is_ok_and(|text| {
        roxmltree::Document::parse_with_options(text, options)
            .is_ok_and(|document| document.root_element().tag_name().name() == "svg")
    })
}

/// Signature and header: 1 to 4096 pixels each way; and the end.
fn is_png(bytes: &[u8]) -> bool {
    let size = |at: usize| {
        let bytes: Option<[u8; 4]> = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
        bytes.map(u32::from_be_bytes)
    };
    bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")
        && [16, 20]
            .iter()
            .all(|at| size(*at).is_some_and(|s| (1..=4096).contains(&s)))
        && bytes.ends_with(b"\0\0\0\0IEND\xaeB`\x82")
}
