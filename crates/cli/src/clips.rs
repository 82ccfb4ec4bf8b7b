//! From an image's channels to the frames of OpenFX clips, and back.
//!
//! R, G, B and perhaps A of a layer are one clip; every other channel is a clip of alpha by itself. A
//! channel of integers is none: OpenFX has no such pixels. The file's pixels have y down, OpenFX's have
//! y up, with 0, 0 at the lower left of the display window.

use std::collections::HashSet;

use host::{Components, Frame, RectI, Samples};
use images::{ChannelInfo, Header, Image, Rect, SampleType};

use crate::failure::Failure;

/// Channels that travel as one clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Their names, in the order of the components.
    pub channels: Vec<String>,
}

impl Clip {
    /// What the clip's pixels are made of.
    pub fn components(&self) -> Components {
        match self.channels.len() {
            4 => Components::Rgba,
            3 => Components::Rgb,
            _ => Components::Alpha,
        }
    }
}

/// The names of the channels that enter OpenFX: all but integers.
pub fn samples_of_light(header: &Header) -> impl Iterator<Item = &str> {
    let channels = header.channels.iter();
    let is_light = |channel: &&ChannelInfo| channel.sample_type != SampleType::Uint;
    channels
        .filter(is_light)
        .map(|channel| channel.name.as_str())
}

/// The clips that these channels make; the colours that belong to no layer come first.
pub fn group<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Clip> {
    let names: Vec<&str> = names.into_iter().collect();
    let known: HashSet<&str> = names.iter().copied().collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut clips = Vec::new();
    for &name in &names {
        if taken.contains(name) {
            continue;
        }
        let layer = name.rfind('.').map_or("", |dot| &name[..=dot]);
        let own = |colour: &str| format!("{layer}{colour}");
        let is_there = |name: &String| known.contains(name.as_str());
        let colours = ["R", "G", "B", "A"].map(own);
        let channels: Vec<String> = if colours[..3].iter().all(is_there) {
            colours.into_iter().filter(is_there).collect()
        } else {
            Vec::new()
        };
        let clip = match channels.iter().any(|own| own == name) {
            true => Clip { channels },
            false => Clip {
                channels: vec![name.to_owned()],
            },
        };
        taken.extend(clip.channels.iter().cloned());
        clips.push(clip);
    }
    // Stable: all others stay as they come.
    clips.sort_by_key(|clip| clip.channels[0] != "R" || clip.channels.len() == 1);
    clips
}

/// Where a display window's pixels lie on OpenFX's grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    x0: i64,
    y1: i64,
}

impl Grid {
    /// The grid of a display window.
    pub fn new(display: Rect) -> Self {
        Grid {
            x0: display.x0.into(),
            y1: display.y1.into(),
        }
    }

    /// The file's window in OpenFX's pixels.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where it lies too far from the display window.
    pub fn bounds(&self, window: Rect) -> Result<RectI, Failure> {
        let [x1, x2] = [window.x0, window.x1].map(|x| edge(i64::from(x) - self.x0));
        let [y1, y2] = [window.y1, window.y0].map(|y| edge(self.y1 - i64::from(y)));
        match (x1, y1, x2, y2) {
            (Some(x1), Some(y1), Some(x2), Some(y2)) => Ok(RectI::new(x1, y1, x2, y2)),
            _ => Err(Failure::Refused(format!(
                "the data window {} lies too far from the display window",
                describe(window)
            ))),
        }
    }

    /// The file's pixels in a window of OpenFX.
    pub fn window(&self, window: RectI) -> Rect {
        let at = |at: i64| at.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        let [x0, x1] = [window.x1, window.x2].map(|x| at(self.x0 + i64::from(x)));
        let [y0, y1] = [window.y2, window.y1].map(|y| at(self.y1 - i64::from(y)));
        Rect::new(x0, y0, x1, y1)
    }

    /// The file's coordinates of an OpenFX pixel.
    pub fn pixel(&self, x: i64, y: i64) -> (i64, i64) {
        (x + self.x0, self.y1 - 1 - y)
    }
}

/// OpenFX takes the ends of an i32 for infinite.
fn edge(at: i64) -> Option<i32> {
    i32::try_from(at)
        .ok()
        .filter(|at| (-(1 << 30)..=1 << 30).contains(at))
}

/// A window in words.
pub fn describe(window: Rect) -> String {
    format!(
        "{}x{} at {},{}",
        window.width(),
        window.height(),
        window.x0,
        window.y0
    )
}

/// The clip's frame: the image's data window, with 0 for channels that it lacks.
///
/// # Errors
///
/// [`Failure`] where the window cannot be one of OpenFX.
pub fn frame(image: &Image, clip: &Clip) -> Result<Frame, Failure> {
    piece(image, image.data, clip)
}

/// The same of what lies in `window` alone.
///
/// # Errors
///
/// As [`frame`].
pub fn piece(image: &Image, window: Rect, clip: &Clip) -> Result<Frame, Failure> {
    let window = match window.intersect(&image.data) {
        inside if inside.is_empty() => Rect {
            x1: image.data.x0,
            y1: image.data.y0,
            ..image.data
        },
        inside => inside,
    };
    let (count, width) = (clip.channels.len(), window.width());
    let mut samples = vec![0.0; width * window.height() * count];
    let offset = |from: i32, to: i32| (i64::from(to) - i64::from(from)) as usize;
    let column = offset(image.data.x0, window.x0);
    for (component, name) in clip.channels.iter().enumerate() {
        let Some(channel) = image.channel(name) else {
            continue;
        };
        let mut row = vec![0.0; width];
        let rows = samples.chunks_exact_mut((width * count).max(1)).rev();
        for (y, out) in (window.y0..window.y1).zip(rows) {
            let start = offset(image.data.y0, y) * image.data.width() + column;
            channel.samples.widen(start..start + width, &mut row);
            for (pixel, &value) in out.chunks_exact_mut(count).zip(&row) {
                pixel[component] = value;
            }
        }
    }
    let bounds = Grid::new(image.display).bounds(window)?;
    Ok(Frame::new(
        bounds,
        clip.components(),
        Samples::Float(samples),
    )?)
}

/// The frame's components as planes, row by row from the top.
pub fn planes(frame: &Frame) -> Vec<Vec<f32>> {
    let count = frame.components().count();
    let bounds = frame.bounds();
    let mut planes = vec![Vec::with_capacity(bounds.width() * bounds.height()); count];
    let rows = (bounds.y1..bounds.y2).rev().filter_map(|y| frame.row(y));
    for pixel in rows.flat_map(|row| row.chunks_exact(count)) {
        for (plane, &value) in planes.iter_mut().zip(pixel) {
            plane.push(value);
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use super::*;
    use images::{Channel, Format, Metadata};

    fn names(clips: &[Clip]) -> Vec<String> {
        clips.iter().map(|clip| clip.channels.concat()).collect()
    }

    #[test]
    fn colours_are_one_clip_and_all_else_is_single() {
        assert_eq!(names(&group(["R", "G", "B"])), ["RGB"]);
        assert_eq!(names(&group(["A", "B", "G", "R"])), ["RGBA"]);
        assert_eq!(names(&group(["Y", "A"])), ["Y", "A"]);
        assert_eq!(names(&group(["R", "G", "B", "Z", "A"])), ["RGBA", "Z"]);
        assert_eq!(names(&group(["R", "G"])), ["R", "G"]);
        let layers = [
            "Z", "a.A", "a.B", "a.G", "a.R", "a.b.G", "a.id", "B", "G", "R",
        ];
        assert_eq!(
            names(&group(layers)),
            ["RGB", "Z", "a.Ra.Ga.Ba.A", "a.b.G", "a.id"]
        );
    }

    #[test]
    fn a_frame_has_y_up_and_starts_at_the_display_window() {
        let image = Image {
            display: Rect::new(10, 20, 14, 24),
            data: Rect::new(9, 21, 11, 23),
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "Y".into(),
                samples: images::Samples::Float(vec![1.0, 2.0, 3.0, 4.0]),
            }],
            metadata: Metadata::new(Format::Exr),
        };
        let clip = &group(["Y"])[0];
        let made = frame(&image, clip).unwrap();
        assert_eq!(made.bounds(), RectI::new(-1, 1, 1, 3));
        assert_eq!(made.pixel(-1, 2), Some(&[1.0][..]));
        assert_eq!(made.pixel(0, 1), Some(&[4.0][..]));
        assert_eq!(planes(&made), [[1.0, 2.0, 3.0, 4.0]]);
        assert_eq!(Grid::new(image.display).pixel(-1, 2), (9, 21));
        let grid = Grid::new(image.display);
        assert_eq!(grid.window(made.bounds()), image.data);
        let one = piece(&image, Rect::new(10, 20, 11, 22), clip).unwrap();
        assert_eq!(one.bounds(), RectI::new(0, 2, 1, 3));
        assert_eq!(one.floats().unwrap(), [2.0]);
        assert_eq!(grid.window(one.bounds()), Rect::new(10, 21, 11, 22));
    }

    #[test]
    fn a_missing_channel_is_zero() {
        let image = Image {
            display: Rect::new(0, 0, 1, 1),
            data: Rect::new(0, 0, 1, 1),
            pixel_aspect: 1.0,
            channels: ["R", "G", "B"]
                .map(|name| Channel {
                    name: name.into(),
                    samples: images::Samples::U8(vec![255]),
                })
                .into(),
            metadata: Metadata::new(Format::Png),
        };
        let clip = &group(["R", "G", "B", "A"])[0];
        assert_eq!(
            frame(&image, clip).unwrap().floats().unwrap(),
            [1.0, 1.0, 1.0, 0.0]
        );
    }

    #[test]
    fn a_window_beyond_openfx_is_refused() {
        let far = Rect::new(i32::MAX - 2, 0, i32::MAX, 2);
        assert!(Grid::new(Rect::new(0, 0, 2, 2)).bounds(far).is_err());
        let display = Rect::new(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert!(Grid::new(display).bounds(far).is_err());
    }
}
