//! The attribute `channels`: names, types, sampling.

use crate::error::{Fault, Outcome};
use crate::image::is_carried;
use crate::{ChannelInfo, Header, SampleType};

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
            1 => SampleType::Half,
            2 => SampleType::Float,
            0 => {
                return Err(Fault::unsupported(format!(
                    "EXR with the uint channel '{}': its transfer is not supported yet",
                    entry.name
                )));
            }
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
    // The sort is stable: what is no colour stays in the file's order, behind the colours.
    found.sort_by_key(|channel| {
        ["R", "G", "B", "Y", "A"]
            .iter()
            .position(|&colour| colour == channel.name)
            .unwrap_or(usize::MAX)
    });
    Ok(found)
}

/// Refuses an image that is not one of colours alone.
pub(super) fn check(channels: &[ChannelInfo]) -> Outcome<()> {
    let names: Vec<&str> = channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect();
    if is_carried(&names) {
        return Ok(());
    }
    Err(Fault::unsupported(format!(
        "EXR with the channels {}: only R, G, B with or without A, Y, and A are carried; \
         the transfer of others is not supported yet",
        names.join(", ")
    )))
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
        let name = std::str::from_utf8(&rest[..end]).map_err(|_| broken())?;
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
    let mut list = Vec::new();
    for index in by_name(&header.channels) {
        let ChannelInfo { name, sample_type } = &header.channels[index];
        let kind: u32 = match sample_type {
            SampleType::Half => 1,
            SampleType::Float => 2,
            SampleType::U8 | SampleType::U16 => {
                return Err(Fault::invalid(format!(
                    "EXR does not hold {} samples; convert them to half or float, or write TIFF",
                    sample_type.name()
                )));
            }
        };
        let linear = old
            .iter()
            .find(|entry| entry.name == name)
            .map_or(0, |entry| entry.linear);
        list.extend(name.bytes().chain([0]));
        list.extend(kind.to_le_bytes());
        list.extend([linear, 0, 0, 0]);
        list.extend([1u32, 1].map(u32::to_le_bytes).concat());
    }
    list.push(0);
    Ok(list)
}
