//! The attribute `channels`: names, types, sampling.

use std::collections::HashMap;

use super::header::LONG_NAME;
use crate::error::{Fault, Outcome};
use crate::image::channel_order;
use crate::{ChannelInfo, Header, SampleType};

/// More channels no file has.
const MOST: usize = 1 << 16;

/// Reads a channel list; gives the channels in this crate's order.
pub(super) fn read(list: &[u8]) -> Outcome<Vec<ChannelInfo>> {
    let mut found = Vec::new();
    for entry in entries(list)? {
        if entry.sampling != [1, 1] {
            return Err(Fault::unsupported(format!(
                "EXR with the subsampled channel '{}': its transfer is not supported",
                entry.name
            )));
        }
        let sample_type = match entry.kind {
            0 => SampleType::Uint,
            1 => SampleType::Half,
            2 => SampleType::Float,
            _ => {
                return Err(Fault::damaged(
                    "the channel list names an unknown sample type",
                ));
            }
        };
        found.push(ChannelInfo {
            name: entry.name.to_owned(),
            sample_type,
        });
    }
    found.sort_by(|a, b| channel_order(&a.name, &b.name));
    if found.is_empty() {
        return Err(Fault::damaged("the EXR has no channels"));
    }
    if found.windows(2).any(|pair| pair[0].name == pair[1].name) {
        return Err(Fault::damaged("two channels of the EXR have one name"));
    }
    Ok(found)
}

/// One entry of a channel list.
struct Entry<'a> {
    name: &'a str,
    kind: u32,
    linear: u8,
    sampling: [u32; 2],
}

fn entries(list: &[u8]) -> Outcome<Vec<Entry<'_>>> {
    let broken = || Fault::damaged("the channel list of the header is broken");
    let mut rest = list;
    let mut entries = Vec::new();
    while let Some(end) = rest
        .iter()
        .position(|&byte| byte == 0)
        .filter(|&end| end > 0)
    {
        if end > LONG_NAME || entries.len() >= MOST {
            return Err(broken());
        }
        let name = std::str::from_utf8(&rest[..end]).map_err(|_| {
            Fault::unsupported(
                "EXR with a channel whose name is not in UTF-8: its transfer is not supported",
            )
        })?;
        if name.contains(char::is_control) {
            return Err(Fault::unsupported(
                "EXR with a channel whose name has control characters: its transfer is not supported",
            ));
        }
        let (fields, after) = rest[end + 1..]
            .split_first_chunk::<16>()
            .ok_or_else(broken)?;
        let [kind, linear, x, y] = [0, 4, 8, 12].map(|at| {
            u32::from_le_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]])
        });
        entries.push(Entry {
            name,
            kind,
            linear: linear.to_le_bytes()[0],
            sampling: [x, y],
        });
        rest = after;
    }
    if rest == [0] {
        Ok(entries)
    } else {
        Err(broken())
    }
}

/// The channels in the order that the file wants: by name.
pub(super) fn by_name(channels: &[ChannelInfo]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..channels.len()).collect();
    order.sort_by_key(|&index| &channels[index].name);
    order
}

/// The channel list of an image.
pub(super) fn write(header: &Header) -> Outcome<Vec<u8>> {
    // A channel keeps its hint to lossy codecs, the only field that the image does not have.
    let old = header
        .metadata
        .get("channels")
        .map(|list| list.value.as_slice());
    let old = old.and_then(|list| entries(list).ok()).unwrap_or_default();
    let old: HashMap<&str, u8> = old.iter().map(|entry| (entry.name, entry.linear)).collect();
    let mut list = Vec::new();
    for index in by_name(&header.channels) {
        let ChannelInfo { name, sample_type } = &header.channels[index];
        let kind: u32 = match sample_type {
            SampleType::Uint => 0,
            SampleType::Half => 1,
            SampleType::Float => 2,
            SampleType::U8 | SampleType::U10 | SampleType::U12 | SampleType::U16 => {
                return Err(Fault::invalid(format!(
                    "EXR does not hold {} samples; convert them to half or float, or write TIFF",
                    sample_type.name()
                )));
            }
        };
        if name.is_empty() || name.len() > LONG_NAME || name.contains('\0') {
            return Err(Fault::invalid(format!(
                "no name of an EXR's channel: '{name}'"
            )));
        }
        let linear = old.get(name.as_str()).copied().unwrap_or_default();
        list.extend(name.bytes().chain([0]));
        list.extend(kind.to_le_bytes());
        list.extend([linear, 0, 0, 0]);
        list.extend([1u32, 1].map(u32::to_le_bytes).concat());
    }
    list.push(0);
    Ok(list)
}
