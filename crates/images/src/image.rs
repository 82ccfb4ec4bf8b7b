//! An image in memory: windows, channels, samples.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Range;

use crate::error::{Fault, Outcome};
use crate::{Codec, Metadata, Rect, SampleType, Samples};

/// Name and type of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    /// `R`, `G`, `B`, `A` or `Y`; any name in an EXR.
    pub name: String,
    /// The type of its samples.
    pub sample_type: SampleType,
}

/// All of an image but its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The frame that is meant to be seen.
    pub display: Rect,
    /// The pixels that the file holds; may be smaller, larger, or lie elsewhere.
    pub data: Rect,
    /// Width of a pixel over its height; 1 for TIFF and PNG.
    pub pixel_aspect: f32,
    /// The channels in the order R, G, B, Y, A, then any others by name.
    pub channels: Vec<ChannelInfo>,
    /// Format, codec, attributes.
    pub metadata: Metadata,
}

impl Header {
    /// Whether some samples are not what was once handed to the writer, because the codec
    /// rounds them.
    pub fn lossy(&self) -> bool {
        self.lossy_codec().is_some()
    }

    /// The codec that rounds samples, if there is one; of several parts the first that does.
    pub fn lossy_codec(&self) -> Option<Codec> {
        let holds = |kind| {
            self.channels
                .iter()
                .any(|channel| channel.sample_type == kind)
        };
        let further = crate::exr::further_codecs(&self.metadata);
        let mut codecs = [self.metadata.codec].into_iter().chain(further);
        codecs.find(|codec| match codec {
            Codec::Dwaa | Codec::Dwab => true,
            Codec::Pxr24 => holds(SampleType::Float),
            Codec::B44 | Codec::B44a => holds(SampleType::Half),
            _ => false,
        })
    }

    /// Whether a tiled EXR has smaller copies of its image (mip maps, rip maps), which are not read.
    pub fn has_levels(&self) -> bool {
        crate::exr::has_levels(&self.metadata)
    }

    /// The name of this part of an EXR, if it has one.
    pub fn part_name(&self) -> Option<&str> {
        self.metadata.text("name")
    }

    /// Refuses a header of no image.
    pub(crate) fn check(&self) -> Outcome<()> {
        if self.data.is_empty() || self.display.is_empty() {
            return Err(Fault::invalid(
                "the image has no pixels: its data or display window is empty",
            ));
        }
        let names: HashSet<&str> = self.channels.iter().map(|c| c.name.as_str()).collect();
        if names.is_empty() || names.len() < self.channels.len() {
            return Err(Fault::invalid(
                "the image has no channels, or two of one name",
            ));
        }
        Ok(())
    }

    /// Refuses what only EXR holds: any other format has colours alone.
    pub(crate) fn check_colours(&self) -> Outcome<()> {
        let names: Vec<&str> = self.channels.iter().map(|c| c.name.as_str()).collect();
        match names[..] {
            ["R", "G", "B"] | ["R", "G", "B", "A"] | ["Y"] | ["A"] | ["Y", "A"] => Ok(()),
            _ => Err(Fault::invalid(
                "outside EXR the channels must be R, G, B and perhaps A, or Y and A, or one of those \
                 two",
            )),
        }
    }

    /// Bytes of a pixel's samples.
    pub fn pixel_bytes(&self) -> u64 {
        let bytes = self.channels.iter().map(|c| c.sample_type.bytes() as u64);
        bytes.sum()
    }

    /// Bytes of all samples.
    pub fn decoded_bytes(&self) -> u64 {
        self.data.area().saturating_mul(self.pixel_bytes())
    }
}

/// A channel with its samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// `R`, `G`, `B`, `A` or `Y`; any name in an EXR.
    pub name: String,
    /// The samples over the image's data window, row by row from the top.
    pub samples: Samples,
}

/// An image with native samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The frame that is meant to be seen.
    pub display: Rect,
    /// The pixels that the image holds.
    pub data: Rect,
    /// Width of a pixel over its height; 1 for TIFF and PNG.
    pub pixel_aspect: f32,
    /// The channels in the order R, G, B, Y, A, then any others by name.
    pub channels: Vec<Channel>,
    /// Format, codec, attributes.
    pub metadata: Metadata,
}

impl Image {
    /// The image with these channels.
    pub(crate) fn with(header: Header, channels: Vec<Channel>) -> Self {
        Image {
            display: header.display,
            data: header.data,
            pixel_aspect: header.pixel_aspect,
            channels,
            metadata: header.metadata,
        }
    }

    /// The image whose channels have these samples.
    pub(crate) fn of_planes(header: Header, planes: Vec<Samples>) -> Self {
        let names = header.channels.iter().map(|channel| channel.name.clone());
        let channels = names
            .zip(planes)
            .map(|(name, samples)| Channel { name, samples })
            .collect();
        Image::with(header, channels)
    }

    /// The image with no rows, at `row`.
    pub(crate) fn empty(header: &Header, row: i32) -> Self {
        let mut header = header.clone();
        (header.data.y0, header.data.y1) = (row, row);
        let channel = |info: &ChannelInfo| Channel {
            name: info.name.clone(),
            samples: Samples::zeros(info.sample_type, 0),
        };
        let channels = header.channels.iter().map(channel).collect();
        Image::with(header, channels)
    }

    /// Adds the rows of `below`, which has the same columns and channels, and begins where this ends.
    pub fn append(&mut self, mut below: Image) {
        for (channel, below) in self.channels.iter_mut().zip(&mut below.channels) {
            channel.samples.append(&mut below.samples);
        }
        self.data.y1 = below.data.y1;
    }

    /// The rows that lie in both the data window and `rows`.
    pub fn rows(&self, rows: Range<i32>) -> Image {
        let (top, end) = (self.data.y0, self.data.y1);
        let start = rows.start.clamp(top, end);
        let data = Rect {
            y0: start,
            y1: rows.end.clamp(start, end),
            ..self.data
        };
        let first = offset(top, start) * data.width();
        let range = first..first + data.width() * data.height();
        let channel = |channel: &Channel| Channel {
            name: channel.name.clone(),
            samples: channel.samples.range(range.clone()),
        };
        Image {
            display: self.display,
            data,
            pixel_aspect: self.pixel_aspect,
            channels: self.channels.iter().map(channel).collect(),
            metadata: self.metadata.clone(),
        }
    }

    /// The pixels of `window` alone, with the channels and everything else of `header`, in native
    /// samples; none where a channel or a pixel is not there, or of another type.
    pub fn cut(&self, header: &Header, window: Rect) -> Option<Image> {
        let samples = |info: &ChannelInfo| {
            let samples = &self.channel(&info.name)?.samples;
            (samples.sample_type() == info.sample_type).then(|| samples.recut(self.data, window))
        };
        let planes: Option<Vec<Samples>> = header.channels.iter().map(samples).collect();
        let header = Header {
            data: window,
            ..header.clone()
        };
        let planes = planes.filter(|_| self.data.holds(&window))?;
        Some(Image::of_planes(header, planes))
    }

    /// Whether no bit of a sample in `window` is set, which lies in the data window.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub fn is_zero(&self, window: Rect) -> bool {
        let column = offset(self.data.x0, window.x0);
        let mut starts = (window.y0..window.y1)
            .map(|row| offset(self.data.y0, row) * self.data.width() + column);
        starts.all(|start| {
            let row = start..start + window.width();
            let mut channels = self.channels.iter();
            channels.all(|channel| channel.samples.is_zero(row.clone()))
        })
    }

    /// Lays those pixels of `piece` over these that lie in both data windows. It has the same channels.
    ///
    /// # Panics
    ///
    /// If it has not.
    pub fn lay(&mut self, piece: &Image) {
        for (channel, piece_channel) in self.channels.iter_mut().zip(&piece.channels) {
            let samples = &mut channel.samples;
            samples.lay(self.data, &piece_channel.samples, piece.data);
        }
    }

    /// All but the samples.
    pub fn header(&self) -> Header {
        let info = |channel: &Channel| ChannelInfo {
            name: channel.name.clone(),
            sample_type: channel.samples.sample_type(),
        };
        Header {
            display: self.display,
            data: self.data,
            pixel_aspect: self.pixel_aspect,
            channels: self.channels.iter().map(info).collect(),
            metadata: self.metadata.clone(),
        }
    }

    /// The channel of this name.
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// The float view of a channel over any window, row by row from the top; 0 outside the data
    /// window. `None` without such a channel.
    pub fn plane(&self, name: &str, window: Rect) -> Option<Vec<f32>> {
        let samples = &self.channel(name)?.samples;
        let mut plane = vec![0.0; window.width() * window.height()];
        let both = window.intersect(&self.data);
        if both.is_empty() {
            return Some(plane);
        }
        let (width, stride) = (both.width(), self.data.width());
        let column = offset(window.x0, both.x0);
        let rows = plane
            .chunks_exact_mut(window.width())
            .skip(offset(window.y0, both.y0));
        for (row, out) in (both.y0..both.y1).zip(rows) {
            let start = offset(self.data.y0, row) * stride + offset(self.data.x0, both.x0);
            samples.widen(start..start + width, &mut out[column..]);
        }
        Some(plane)
    }

    /// An image with `header`, its samples the nearest to the float `planes`, which come in the
    /// order of the header's channels and lie over `window`; 0 outside it. See
    /// [`Samples::from_f32`].
    ///
    /// # Panics
    ///
    /// If a plane is shorter than `window`, or there are fewer planes than channels.
    pub fn from_planes(header: &Header, window: Rect, planes: &[impl AsRef<[f32]>]) -> Self {
        let data = header.data;
        let both = data.intersect(&window);
        let channel = |(info, plane): (&ChannelInfo, &_)| {
            let plane: &[f32] = AsRef::as_ref(plane);
            let samples = if data == window {
                Samples::from_f32(info.sample_type, &plane[..data.width() * data.height()])
            } else {
                let mut floats = vec![0.0; data.width() * data.height()];
                for row in both.y0..both.y1 {
                    let from = offset(window.y0, row) * window.width() + offset(window.x0, both.x0);
                    let to = offset(data.y0, row) * data.width() + offset(data.x0, both.x0);
                    let width = both.width();
                    floats[to..to + width].copy_from_slice(&plane[from..from + width]);
                }
                Samples::from_f32(info.sample_type, &floats)
            };
            Channel {
                name: info.name.clone(),
                samples,
            }
        };
        assert!(
            planes.len() >= header.channels.len(),
            "a plane for each channel"
        );
        Image {
            display: header.display,
            data,
            pixel_aspect: header.pixel_aspect,
            channels: header.channels.iter().zip(planes).map(channel).collect(),
            metadata: header.metadata.clone(),
        }
    }

    /// Refuses an image whose parts do not fit together.
    pub(crate) fn check_shape(&self) -> Outcome<()> {
        self.header().check()?;
        for channel in &self.channels {
            if channel.samples.len() as u64 != self.data.area() {
                return Err(Fault::invalid(format!(
                    "channel {} has {} samples, its data window {}",
                    channel.name,
                    channel.samples.len(),
                    self.data.area()
                )));
            }
        }
        Ok(())
    }
}

/// The order of channels in an image, by their names: R, G, B, Y, A, then by name.
pub fn channel_order(a: &str, b: &str) -> Ordering {
    let rank = |name: &str| {
        let colours = ["R", "G", "B", "Y", "A"];
        let rank = colours.iter().position(|&colour| colour == name);
        rank.unwrap_or(colours.len())
    };
    (rank(a), a).cmp(&(rank(b), b))
}

/// The distance from `from` up to `to`.
fn offset(from: i32, to: i32) -> usize {
    (i64::from(to) - i64::from(from)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    fn gray(data: Rect, codes: Vec<u8>) -> Image {
        Image {
            display: Rect::new(0, 0, 8, 8),
            data,
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "Y".into(),
                samples: Samples::U8(codes),
            }],
            metadata: Metadata::new(Format::Tiff),
        }
    }

    #[test]
    fn a_plane_is_zero_outside_the_data_window() {
        let image = gray(Rect::new(-1, 2, 1, 4), vec![255, 51, 0, 102]);
        let window = Rect::new(-2, 3, 2, 5);
        assert_eq!(
            image.plane("Y", window).unwrap(),
            [0.0, 0.0, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(image.plane("Y", Rect::new(5, 5, 6, 6)).unwrap(), [0.0]);
        assert_eq!(image.plane("R", window), None);
    }

    #[test]
    fn planes_over_a_larger_window_give_the_image_back() {
        let image = gray(Rect::new(-1, 2, 1, 4), vec![255, 51, 7, 102]);
        let window = Rect::new(-3, 0, 4, 5);
        let plane = image.plane("Y", window).unwrap();
        assert_eq!(Image::from_planes(&image.header(), window, &[plane]), image);
    }

    #[test]
    fn rows_are_cut_out() {
        let image = gray(Rect::new(-1, 2, 1, 4), vec![255, 51, 7, 102]);
        assert_eq!(image.rows(i32::MIN..i32::MAX), image);
        let below = gray(Rect::new(-1, 3, 1, 4), vec![7, 102]);
        assert_eq!(image.rows(3..9), below);
        for none in [-5..2, 4..7, 3..3, Range { start: 4, end: 3 }] {
            assert!(
                image.rows(none.clone()).channels[0].samples.is_empty(),
                "{none:?}"
            );
        }
    }

    #[test]
    fn a_piece_is_cut_out_and_laid_back() {
        let image = gray(Rect::new(-1, 2, 2, 4), vec![255, 51, 7, 102, 1, 2]);
        let window = Rect::new(0, 3, 2, 4);
        let piece = image.cut(&image.header(), window).unwrap();
        assert_eq!(piece, gray(window, vec![1, 2]));
        let mut other = gray(image.data, vec![0; 6]);
        other.lay(&piece);
        assert_eq!(other, gray(image.data, vec![0, 0, 0, 0, 1, 2]));
        // What is not there is not made up.
        assert_eq!(image.cut(&image.header(), Rect::new(0, 3, 3, 4)), None);
        let mut header = image.header();
        header.channels[0].sample_type = SampleType::U16;
        assert_eq!(image.cut(&header, window), None);
        header.channels[0].name = "Z".into();
        assert_eq!(image.cut(&header, window), None);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let sound = gray(Rect::new(0, 0, 2, 1), vec![1, 2]);
        assert!(sound.check_shape().is_ok() && sound.header().check_colours().is_ok());
        assert!(
            gray(Rect::new(0, 0, 2, 2), vec![1, 2])
                .check_shape()
                .is_err()
        );
        assert!(gray(Rect::new(0, 0, 0, 2), vec![]).check_shape().is_err());
        let mut other = sound;
        other.channels[0].name = "Z".into();
        assert!(other.check_shape().is_ok());
        assert!(other.header().check_colours().is_err());
    }
}
