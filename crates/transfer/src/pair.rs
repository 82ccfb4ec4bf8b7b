//! Which plates make a pair.

use images::{ChannelInfo, Header, Rect, SampleType};

use crate::Error;

/// Pixels that the window of two plates may have, however small the plates: a gigabyte a plane.
const WINDOW_PIXELS: u64 = 1 << 28;

/// A background and a painted plate that can be transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Where either plate has pixels; outside its own data window a plate is 0.
    pub window: Rect,
    /// What somebody should know before relying on it; one sentence each.
    pub warnings: Vec<String>,
}

impl Pair {
    /// Checks that the painted plate can be restored from the background and a difference.
    ///
    /// # Errors
    ///
    /// [`Error::Plates`] where display windows or pixel aspects differ, no channel is in both, or
    /// the data windows lie so far apart that one window around both would be out of proportion.
    pub fn new(background: &Header, painted: &Header) -> Result<Self, Error> {
        if background.display != painted.display {
            return Err(Error::Plates(format!(
                "the display windows differ: background {}, painted {}; a transfer needs equal ones",
                corners(background.display),
                corners(painted.display)
            )));
        }
        if background.pixel_aspect != painted.pixel_aspect {
            return Err(Error::Plates(format!(
                "the pixel aspects differ: background {}, painted {}; a transfer needs equal ones",
                background.pixel_aspect, painted.pixel_aspect
            )));
        }
        let window = background.data.union(&painted.data);
        let pixels = background.data.area().saturating_add(painted.data.area());
        if window.area() > WINDOW_PIXELS.max(pixels.saturating_mul(4)) {
            return Err(Error::Plates(format!(
                "the data windows lie too far apart: background {}, painted {}",
                corners(background.data),
                corners(painted.data)
            )));
        }
        let new = missing(painted, background);
        if new.len() == painted.channels.len() {
            return Err(Error::Plates(format!(
                "background and painted plate have no channel in common: {} and {}",
                names(background).join(", "),
                names(painted).join(", ")
            )));
        }
        if let Some(name) = mixed(background, painted) {
            return Err(Error::Plates(format!(
                "the channel '{name}' is one of integers (uint) in only one of background and painted \
                 plate; a transfer needs it in both or in neither"
            )));
        }
        let mut warnings = Vec::new();
        if !new.is_empty() {
            warnings.push(format!(
                "only in the painted plate, so transferred whole: {}",
                new.join(", ")
            ));
        }
        let lost = missing(background, painted);
        if !lost.is_empty() {
            warnings.push(format!(
                "only in the background, so not restored: {}",
                lost.join(", ")
            ));
        }
        if let Some(codec) = background.lossy_codec() {
            warnings.push(format!(
                "the background's codec {} is lossy: another reader may decode other values, which \
                 its hash will tell",
                codec.name()
            ));
        }
        if let Some(codec) = painted.lossy_codec() {
            warnings.push(format!(
                "the painted plate's codec {} is lossy: its samples are restored, in a lossless codec",
                codec.name()
            ));
        }
        if painted.has_levels() {
            warnings.push(
                "the painted plate has smaller levels beside its full size (mip or rip maps): they \
                 are not restored"
                    .to_owned(),
            );
        }
        Ok(Pair { window, warnings })
    }
}

fn names(header: &Header) -> Vec<&str> {
    header
        .channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect()
}

/// The channels of `of` that `from` lacks.
fn missing<'a>(of: &'a Header, from: &Header) -> Vec<&'a str> {
    let there = names(from);
    names(of)
        .into_iter()
        .filter(|name| !there.contains(name))
        .collect()
}

/// A channel that holds integers in one of both plates.
fn mixed<'a>(background: &Header, painted: &'a Header) -> Option<&'a str> {
    let is_uint = |channel: &ChannelInfo| channel.sample_type == SampleType::Uint;
    let mixed = |own: &&ChannelInfo| {
        let mut others = background.channels.iter();
        let other = others.find(|other| other.name == own.name);
        other.is_some_and(|other| is_uint(own) != is_uint(other))
    };
    let found = painted.channels.iter().find(mixed);
    found.map(|channel| channel.name.as_str())
}

fn corners(window: Rect) -> String {
    format!(
        "({}, {}) to ({}, {})",
        window.x0, window.y0, window.x1, window.y1
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use images::{Codec, Format, Metadata};

    fn header(names: &[&str]) -> Header {
        let channel = |&name: &&str| ChannelInfo {
            name: name.into(),
            sample_type: SampleType::Half,
        };
        Header {
            display: Rect::new(0, 0, 9, 9),
            data: Rect::new(0, 0, 5, 5),
            pixel_aspect: 1.0,
            channels: names.iter().map(channel).collect(),
            metadata: Metadata::new(Format::Exr),
        }
    }

    #[test]
    fn equal_plates_make_a_pair_without_warnings() {
        let mut painted = header(&["R", "G", "B"]);
        painted.data = Rect::new(-2, 3, 4, 8);
        let pair = Pair::new(&header(&["R", "G", "B"]), &painted).unwrap();
        assert_eq!(pair.window, Rect::new(-2, 0, 5, 8));
        assert!(pair.warnings.is_empty());
    }

    #[test]
    fn what_cannot_be_restored_is_refused() {
        let background = header(&["R", "G", "B"]);
        let mut display = background.clone();
        display.display.x1 = 10;
        let mut aspect = background.clone();
        aspect.pixel_aspect = 2.0;
        let mut far = background.clone();
        far.data = Rect::new(1 << 29, 1 << 29, (1 << 29) + 5, (1 << 29) + 5);
        let mut integers = background.clone();
        integers.channels[0].sample_type = SampleType::Uint;
        for (painted, reason) in [
            (far, "far apart"),
            (display, "display windows"),
            (aspect, "pixel aspects"),
            (header(&["Y"]), "in common"),
            (integers, "'R' is one of integers"),
        ] {
            let error = Pair::new(&background, &painted).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn what_somebody_should_know_is_warned_about() {
        let (rgb, rgba) = (header(&["R", "G", "B"]), header(&["R", "G", "B", "A"]));
        let pair = Pair::new(&rgb, &rgba).unwrap();
        assert!(pair.warnings[0].contains("transferred whole: A"));
        let pair = Pair::new(&rgba, &rgb).unwrap();
        assert!(pair.warnings[0].contains("not restored: A"));
        let mut lossy = rgb.clone();
        lossy.metadata.codec = Codec::Dwab;
        assert!(Pair::new(&lossy, &rgb).unwrap().warnings[0].contains("dwab is lossy"));
        assert!(Pair::new(&rgb, &lossy).unwrap().warnings[0].contains("lossless codec"));
    }
}
