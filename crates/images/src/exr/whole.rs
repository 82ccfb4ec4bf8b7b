//! The parts of a multi-part EXR as one image, and back.
//!
//! The first part's channels keep their names. Those of any other part get its name in front, as
//! layers of a single part have it, unless they have it already: `Z` of the part `depth` is
//! `depth.Z`, and so is `depth.Z`. The image's data window holds those of all parts; where a part
//! has no pixels its channels are 0.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::header;
use crate::error::{Fault, Outcome};
use crate::image::channel_order;
use crate::strips::Feed;
use crate::{Attribute, Channel, ChannelInfo, Format, Header, Image, Metadata, Rect};

/// Pixels that the window around all parts may have, however small they are.
const WINDOW_PIXELS: u64 = 1 << 28;

/// The header of the image that the parts make.
pub(super) fn merged(headers: &[Header]) -> Outcome<Header> {
    let [first, further @ ..] = headers else {
        return Err(Fault::damaged("the file has no header"));
    };
    if further.is_empty() {
        return Ok(first.clone());
    }
    for part in further {
        if part.display != first.display || part.pixel_aspect != first.pixel_aspect {
            return Err(Fault::unsupported(
                "multi-part EXR whose parts have different display windows or pixel aspects: its \
                 transfer is not supported",
            ));
        }
    }
    let names = names(headers)?;
    let mut channels = Vec::new();
    for (part, names) in headers.iter().zip(names) {
        let infos = part.channels.iter().zip(names);
        channels.extend(infos.map(|(info, name)| ChannelInfo {
            name,
            sample_type: info.sample_type,
        }));
    }
    channels.sort_by(|a, b| channel_order(&a.name, &b.name));
    let mut metadata = first.metadata.clone();
    metadata.further_parts = further
        .iter()
        .map(|part| part.metadata.attributes.clone())
        .collect();
    Ok(Header {
        display: first.display,
        data: window(headers)?,
        pixel_aspect: first.pixel_aspect,
        channels,
        metadata,
    })
}

/// The window that holds the pixels of all parts.
fn window(headers: &[Header]) -> Outcome<Rect> {
    let window = headers
        .iter()
        .fold(Rect::default(), |window, part| window.union(&part.data));
    let pixels = headers
        .iter()
        .fold(0u64, |pixels, part| pixels.saturating_add(part.data.area()));
    if window.area() > WINDOW_PIXELS.max(pixels.saturating_mul(4)) {
        return Err(Fault::unsupported(
            "multi-part EXR whose data windows lie far apart: its transfer is not supported",
        ));
    }
    Ok(window)
}

/// The names that the channels of each part have in the image.
fn names(headers: &[Header]) -> Outcome<Vec<Vec<String>>> {
    let mut owners: HashMap<String, usize> = HashMap::new();
    let mut all = Vec::new();
    for (number, part) in headers.iter().enumerate() {
        let layer = part.part_name().filter(|name| !name.is_empty());
        let layer = layer.ok_or_else(|| {
            Fault::damaged(format!("part {number} of the multi-part EXR has no name"))
        })?;
        let mut names = Vec::new();
        for ChannelInfo { name, .. } in &part.channels {
            let has_layer = name
                .strip_prefix(layer)
                .is_some_and(|rest| rest.starts_with('.'));
            let name = match number == 0 || has_layer {
                true => name.clone(),
                false => format!("{layer}.{name}"),
            };
            if owners.insert(name.clone(), number).is_some() {
                return Err(Fault::unsupported(format!(
                    "multi-part EXR with two channels that would both be '{name}': its transfer \
                     is not supported"
                )));
            }
            names.push(name);
        }
        all.push(names);
    }
    Ok(all)
}

/// Puts the samples of the parts, which are asked for by their number, into one image.
pub(super) fn read(
    header: Header,
    parts: &[Header],
    mut read: impl FnMut(usize) -> Outcome<Image>,
) -> Outcome<Image> {
    let mut channels: Vec<Channel> = Vec::new();
    for (number, names) in names(parts)?.into_iter().enumerate() {
        let image = read(number)?;
        for (channel, name) in image.channels.into_iter().zip(names) {
            let samples = if image.data == header.data {
                channel.samples
            } else {
                channel.samples.recut(image.data, header.data)
            };
            channels.push(Channel { name, samples });
        }
    }
    channels.sort_by(|a, b| channel_order(&a.name, &b.name));
    Ok(Image::with(header, channels))
}

/// A part of an image that was read from several.
pub(super) struct Cut {
    /// The part's own header.
    pub(super) header: Header,
    /// The names of its channels in the image.
    names: Vec<String>,
}

/// The parts that an image is to be written as; none where it is one alone.
pub(super) fn cuts(image: &Header) -> Outcome<Vec<Cut>> {
    let metadata = &image.metadata;
    if metadata.format != Format::Exr || metadata.further_parts.is_empty() {
        return Ok(Vec::new());
    }
    let lists = [&metadata.attributes].into_iter();
    let mut parts = Vec::new();
    for attributes in lists.chain(&metadata.further_parts) {
        parts.push(part(image, attributes)?);
    }
    let names = names(&parts)?;
    let mut cuts = Vec::new();
    for (mut header, names) in parts.into_iter().zip(names) {
        for (channel, name) in header.channels.iter_mut().zip(&names) {
            let own = image.channels.iter().find(|own| own.name == *name);
            channel.sample_type = own.ok_or_else(misfit)?.sample_type;
        }
        cuts.push(Cut { header, names });
    }
    let count: usize = cuts.iter().map(|cut| cut.names.len()).sum();
    let data = cuts
        .iter()
        .fold(Rect::default(), |data, cut| data.union(&cut.header.data));
    if count != image.channels.len() || data != image.data {
        return Err(misfit());
    }
    Ok(cuts)
}

/// A part's header, drawn from its attributes.
fn part(image: &Header, attributes: &[Attribute]) -> Outcome<Header> {
    let mut metadata = Metadata::new(Format::Exr);
    metadata.attributes = attributes.to_vec();
    let header = header::interpret(metadata).map_err(|_| misfit())?;
    Ok(Header {
        display: image.display,
        pixel_aspect: image.pixel_aspect,
        ..header
    })
}

fn misfit() -> Fault {
    Fault::invalid("the image has not the channels and windows that its parts' headers name")
}

impl Cut {
    /// The part's own pixels in `rows`, which lie in its data window.
    pub(super) fn of<'a>(
        &self,
        feed: &mut Feed<'_, 'a>,
        rows: Range<i32>,
    ) -> Outcome<Cow<'a, Image>> {
        let top = i64::from(feed.header.data.y0);
        let row = |row: i32| (i64::from(row) - top) as usize;
        let strip = feed.strip(row(rows.start)..row(rows.end))?;
        let image = &strip.image;
        let Rect { x0, x1, .. } = self.header.data;
        let header = Header {
            data: Rect::new(x0, rows.start, x1, rows.end),
            ..self.header.clone()
        };
        let mut channels = Vec::new();
        for (info, name) in header.channels.iter().zip(&self.names) {
            let samples = &image.channel(name).ok_or_else(misfit)?.samples;
            channels.push(Channel {
                name: info.name.clone(),
                samples: samples.recut(image.data, header.data),
            });
        }
        Ok(Cow::Owned(Image::with(header, channels)))
    }
}
