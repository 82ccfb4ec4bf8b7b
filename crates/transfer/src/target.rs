//! What the file of a difference says of the plate that it restores.
//!
//! An EXR plate's attributes are the file's own, but for those that describe the file itself; these,
//! those of its further parts, and all of a TIFF's or PNG's, travel as attributes
//! `deltaplate:tag:<index>:<name>` with their own type and bytes. The order of all of them is in
//! `deltaplate:targetHeader`.

use std::collections::HashMap;

use images::{Attribute, ChannelInfo, Codec, Format, Header, Metadata, Rect, SampleType};
use serde::{Deserialize, Serialize};

/// All our own attributes begin so.
const PREFIX: &str = "deltaplate:";
const TARGET_HEADER: &str = "deltaplate:targetHeader";
const TARGET_TYPE: &str = "deltaplate:targetType";

/// The EXR attributes whose values may be others in the file of the difference.
const LAYOUT: [&str; 12] = [
    "channels",
    "chunkCount",
    "compression",
    "dataWindow",
    "displayWindow",
    "lineOrder",
    "name",
    "pixelAspectRatio",
    "screenWindowCenter",
    "screenWindowWidth",
    "tiles",
    "type",
];

/// Those of them that would make the file of the difference another one.
const NOT_OWN: [&str; 5] = ["chunkCount", "lineOrder", "name", "tiles", "type"];

/// The JSON in `deltaplate:targetHeader`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    format: String,
    codec: String,
    display_window: [i32; 4],
    data_window: [i32; 4],
    pixel_aspect: f32,
    /// Name and type, in the plate's order.
    channels: Vec<(String, String)>,
    /// The names of the plate's attributes, in their order.
    attributes: Vec<String>,
    /// Likewise those of the further parts of a multi-part EXR.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    further_parts: Vec<Vec<String>>,
}

/// How the plate's attributes stand in the file of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Those that describe no layout are the file's own.
    Own,
    /// All under names of ours: parts of one EXR must agree in some that differ between frames.
    Tagged,
}

/// The metadata of the file of a difference: all that is needed to restore `target`.
pub(crate) fn pack(target: &Header, form: Form) -> Result<Metadata, String> {
    if !target.pixel_aspect.is_finite() {
        return Err(format!(
            "the painted plate's pixel aspect is {}",
            target.pixel_aspect
        ));
    }
    let known = &target.metadata.attributes;
    let is_exr = target.metadata.format == Format::Exr;
    let mut metadata = Metadata::new(Format::Exr);
    if is_exr {
        if let Some(own) = known
            .iter()
            .find(|attribute| attribute.name.starts_with(PREFIX))
        {
            return Err(format!(
                "the painted plate is itself a transfer: it has the attribute '{}'",
                own.name
            ));
        }
        if form == Form::Own {
            let is_own = |attribute: &&Attribute| !NOT_OWN.contains(&attribute.name.as_str());
            metadata.attributes = known.iter().filter(is_own).cloned().collect();
        }
    }
    let is_tagged = |attribute: &Attribute| {
        !is_exr || form == Form::Tagged || LAYOUT.contains(&attribute.name.as_str())
    };
    let further = &target.metadata.further_parts;
    let first = known
        .iter()
        .map(|attribute| (attribute, is_tagged(attribute)));
    let others = further.iter().flatten().map(|attribute| (attribute, true));
    let tagged = first.chain(others).enumerate();
    for (index, (attribute, _)) in tagged.filter(|(_, (_, is_tagged))| *is_tagged) {
        metadata.attributes.push(Attribute {
            name: tag(index, &attribute.name),
            ..attribute.clone()
        });
    }
    let names = |attributes: &Vec<Attribute>| -> Vec<String> {
        attributes
            .iter()
            .map(|attribute| attribute.name.clone())
            .collect()
    };
    let facts = Facts {
        format: target.metadata.format.name().to_owned(),
        codec: target.metadata.codec.name().to_owned(),
        display_window: corners(target.display),
        data_window: corners(target.data),
        pixel_aspect: target.pixel_aspect,
        channels: target
            .channels
            .iter()
            .map(|channel| (channel.name.clone(), channel.sample_type.name().to_owned()))
            .collect(),
        attributes: names(known),
        further_parts: further.iter().map(names).collect(),
    };
    let json = serde_json::to_string(&facts).map_err(|error| error.to_string())?;
    metadata.set_text(TARGET_HEADER, &json);
    let mut types: Vec<&str> = facts
        .channels
        .iter()
        .map(|(_, kind)| kind.as_str())
        .collect();
    types.dedup();
    metadata.set_text(TARGET_TYPE, &types.join(","));
    Ok(metadata)
}

/// The opposite of [`pack`].
pub(crate) fn unpack(metadata: &Metadata) -> Result<Header, String> {
    let json = metadata
        .text(TARGET_HEADER)
        .ok_or("it does not say what it restores")?;
    let facts: Facts = serde_json::from_str(json)
        .map_err(|error| format!("its attribute '{TARGET_HEADER}' is damaged: {error}"))?;
    let unknown = |what: &str| format!("it restores '{what}', which this version does not know");
    let format = Format::from_name(&facts.format).ok_or_else(|| unknown(&facts.format))?;
    let codec = Codec::from_name(&facts.codec).ok_or_else(|| unknown(&facts.codec))?;
    let mut channels = Vec::new();
    for (name, kind) in &facts.channels {
        let sample_type = SampleType::from_name(kind).ok_or_else(|| unknown(kind))?;
        channels.push(ChannelInfo {
            name: name.clone(),
            sample_type,
        });
    }
    let known: HashMap<&str, &Attribute> = metadata
        .attributes
        .iter()
        .map(|attribute| (attribute.name.as_str(), attribute))
        .collect();
    let mut index = 0;
    let mut restore = |names: Vec<String>, may_be_own: bool| -> Result<Vec<Attribute>, String> {
        let mut attributes = Vec::new();
        for name in names {
            let own = || known.get(name.as_str()).filter(|_| may_be_own);
            let attribute = known.get(tag(index, &name).as_str()).or_else(own);
            let attribute = *attribute.ok_or_else(|| format!("it lacks the attribute '{name}'"))?;
            attributes.push(Attribute {
                name,
                ..attribute.clone()
            });
            index += 1;
        }
        Ok(attributes)
    };
    let attributes = restore(facts.attributes, format == Format::Exr)?;
    let mut further_parts = Vec::new();
    for names in facts.further_parts {
        further_parts.push(restore(names, false)?);
    }
    let header = Header {
        display: rect(facts.display_window),
        data: rect(facts.data_window),
        pixel_aspect: facts.pixel_aspect,
        channels,
        metadata: Metadata {
            format,
            codec,
            attributes,
            further_parts,
        },
    };
    if header.display.is_empty() || header.data.is_empty() || header.channels.is_empty() {
        return Err("it restores an image without pixels".to_owned());
    }
    Ok(header)
}

/// The name under which an attribute travels.
fn tag(index: usize, name: &str) -> String {
    format!("{PREFIX}tag:{index}:{name}")
}

fn corners(window: Rect) -> [i32; 4] {
    [window.x0, window.y0, window.x1, window.y1]
}

fn rect([x0, y0, x1, y1]: [i32; 4]) -> Rect {
    Rect::new(x0, y0, x1, y1)
}
