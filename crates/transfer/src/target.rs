//! What the file of a difference says of the plate that it restores.
//!
//! An EXR plate's attributes are the file's own. Those of a TIFF or PNG travel as attributes
//! `deltaplate:tag:<index>:<name>`, with their own type and bytes.

use images::{Attribute, ChannelInfo, Codec, Format, Header, Metadata, Rect, SampleType};
use serde::{Deserialize, Serialize};

/// All our own attributes begin so.
pub(crate) const PREFIX: &str = "deltaplate:";
const TAG: &str = "deltaplate:tag:";
const TARGET_HEADER: &str = "deltaplate:targetHeader";
const TARGET_TYPE: &str = "deltaplate:targetType";

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
}

/// The metadata of the file of a difference: all that is needed to restore `target`.
pub(crate) fn pack(target: &Header) -> Result<Metadata, String> {
    if !target.pixel_aspect.is_finite() {
        return Err(format!(
            "the painted plate's pixel aspect is {}",
            target.pixel_aspect
        ));
    }
    let known = &target.metadata.attributes;
    let mut metadata = Metadata::new(Format::Exr);
    if target.metadata.format == Format::Exr {
        if let Some(own) = known
            .iter()
            .find(|attribute| attribute.name.starts_with(PREFIX))
        {
            return Err(format!(
                "the painted plate is itself a transfer: it has the attribute '{}'",
                own.name
            ));
        }
        metadata.attributes = known.clone();
    } else {
        let tag = |(index, tag): (usize, &Attribute)| Attribute {
            name: format!("{TAG}{index}:{}", tag.name),
            ..tag.clone()
        };
        metadata.attributes = known.iter().enumerate().map(tag).collect();
    }
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
    let mut attributes = Vec::new();
    for attribute in &metadata.attributes {
        if let Some(tag) = attribute.name.strip_prefix(TAG) {
            let (_, name) = tag.split_once(':').ok_or_else(|| unknown(tag))?;
            attributes.push(Attribute {
                name: name.to_owned(),
                ..attribute.clone()
            });
        } else if format == Format::Exr && !attribute.name.starts_with(PREFIX) {
            attributes.push(attribute.clone());
        }
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
        },
    };
    if header.display.is_empty() || header.data.is_empty() || header.channels.is_empty() {
        return Err("it restores an image without pixels".to_owned());
    }
    Ok(header)
}

fn corners(window: Rect) -> [i32; 4] {
    [window.x0, window.y0, window.x1, window.y1]
}

fn rect([x0, y0, x1, y1]: [i32; 4]) -> Rect {
    Rect::new(x0, y0, x1, y1)
}
