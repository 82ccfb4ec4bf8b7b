//! Writers of graphs: frames into image files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use host::graph::{FrameSink, Rendered};
use host::{Components, Depth, RectD, RectI, SourceError};
use images::{
    ChannelInfo, Codec, Format, Header, Image, Metadata, Pattern, Rect, SampleType, WriteOptions,
};
use serde::{Deserialize, Serialize};

use super::reader::frame_at;
use crate::clips::planes;
use crate::failure::Failure;
use crate::files::{make_folder_of, output_format};
use crate::report::Named;

/// What a graph says of a writer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriterSettings {
    /// The image file.
    file: PathBuf,
    /// `uint8`, `uint10`, `uint12`, `uint16`, `half` or `float`; where none is named, float for EXR and
    /// HDR, uint10 for DPX, uint8 for others.
    #[serde(rename = "type", default)]
    sample_type: Option<String>,
    /// The codec's name; the format's own default where none is named.
    #[serde(default)]
    codec: Option<String>,
}

/// A file that will be written.
#[derive(Debug, Clone)]
pub struct Target {
    /// The writer's id.
    pub writer: String,
    /// The file, or the pattern of its files.
    pub file: PathBuf,
    pattern: Option<Pattern>,
    format: Format,
    sample_type: SampleType,
    codec: Option<Codec>,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// The writer's id.
    pub writer: String,
    /// The file.
    pub file: Named,
    /// Its size.
    pub bytes: u64,
    /// Columns of its data window.
    pub width: usize,
    /// Rows of it.
    pub height: usize,
}

/// The files that all writers have written.
#[derive(Debug, Clone, Default)]
pub struct WrittenFiles(Arc<Mutex<Vec<Written>>>);

impl WrittenFiles {
    fn push(&self, file: Written) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(file);
    }

    /// Takes them.
    pub fn take(&self) -> Vec<Written> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Target {
    /// Checks what can be checked before anything renders.
    ///
    /// # Errors
    ///
    /// [`Failure::Graph`] for names that mean nothing, [`Failure::Image`] for a file of a type that
    /// is not written.
    pub fn new(id: &str, settings: WriterSettings, folder: &Path) -> Result<Self, Failure> {
        let file = folder.join(&settings.file);
        let format = output_format(&file)?;
        let unknown = |what: &str, name: &str| {
            Failure::Graph(format!("writer {id}: there is no {what} {name}"))
        };
        let integers = settings.sample_type.as_deref() == Some(SampleType::Uint.name());
        let sample_type = match (&settings.sample_type, format) {
            // What a node renders are no integers.
            (Some(name), _) if integers => return Err(unknown("type", name)),
            (Some(name), _) => SampleType::from_name(name).ok_or_else(|| unknown("type", name))?,
            (None, Format::Exr | Format::Hdr) => SampleType::Float,
            (None, Format::Tiff | Format::Png) => SampleType::U8,
            (None, Format::Dpx) => SampleType::U10,
        };
        let codec = match &settings.codec {
            Some(name) => Some(Codec::from_name(name).ok_or_else(|| unknown("codec", name))?),
            None => None,
        };
        Ok(Target {
            writer: id.to_owned(),
            pattern: Pattern::parse(&file),
            file,
            format,
            sample_type,
            codec,
        })
    }

    /// Whether each frame has its own file.
    pub fn is_sequence(&self) -> bool {
        self.pattern.is_some()
    }

    /// The file of a frame.
    pub fn path(&self, frame: i64) -> PathBuf {
        match &self.pattern {
            Some(pattern) => pattern.path(frame),
            None => self.file.clone(),
        }
    }

    /// What takes the frame. `extent` is the project's.
    pub fn sink(&self, extent: RectD, written: &WrittenFiles) -> Sink {
        Sink {
            target: self.clone(),
            extent,
            written: written.clone(),
        }
    }

    /// The frame as an image: the project's extent is the display window, with its upper left
    /// corner at 0, 0. Only EXR holds pixels outside it.
    fn image(&self, extent: RectD, rendered: &Rendered) -> host::Result<Image> {
        let frame = &rendered.frame;
        let frame = host::convert(frame, frame.components(), Depth::Float)?;
        let extent = extent.to_pixels(rendered.scale, rendered.format.pixel_aspect);
        let display = from_openfx(extent, extent);
        let window = from_openfx(frame.bounds(), extent);
        let data = match self.format {
            Format::Tiff | Format::Png | Format::Dpx | Format::Hdr => display,
            // A file must have a pixel.
            Format::Exr if window.is_empty() => Rect::new(0, 0, 1, 1),
            Format::Exr => window,
        };
        let names: &[&str] = match frame.components() {
            Components::Rgba => &["R", "G", "B", "A"],
            Components::Rgb => &["R", "G", "B"],
            Components::Alpha => &["Y"],
        };
        let channel = |name: &&str| ChannelInfo {
            name: (*name).to_owned(),
            sample_type: self.sample_type,
        };
        let header = Header {
            display,
            data,
            pixel_aspect: rendered.format.pixel_aspect as f32,
            channels: names.iter().map(channel).collect(),
            metadata: Metadata::new(self.format),
        };
        Ok(Image::from_planes(&header, window, &planes(&frame)))
    }
}

/// Writes frames to a file.
pub struct Sink {
    target: Target,
    extent: RectD,
    written: WrittenFiles,
}

impl FrameSink for Sink {
    fn write(&mut self, rendered: &Rendered) -> Result<(), SourceError> {
        let target = &self.target;
        let image = target
            .image(self.extent, rendered)
            .map_err(SourceError::new)?;
        let options = WriteOptions {
            codec: target.codec,
            ..WriteOptions::default()
        };
        let path = target.path(frame_at(rendered.time));
        make_folder_of(&path).map_err(SourceError::new)?;
        let bytes = images::write(&path, &image, &options).map_err(SourceError::new)?;
        self.written.push(Written {
            writer: target.writer.clone(),
            file: Named(path),
            bytes,
            width: image.data.width(),
            height: image.data.height(),
        });
        Ok(())
    }
}

/// OpenFX's pixels in the coordinates of a file whose upper left corner is that of `extent`.
fn from_openfx(pixels: RectI, extent: RectI) -> Rect {
    Rect::new(
        pixels.x1.saturating_sub(extent.x1),
        extent.y2.saturating_sub(pixels.y2),
        pixels.x2.saturating_sub(extent.x1),
        extent.y2.saturating_sub(pixels.y1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_left_corner_of_the_extent_is_the_origin() {
        let extent = RectI::new(10, 20, 110, 70);
        assert_eq!(from_openfx(extent, extent), Rect::new(0, 0, 100, 50));
        let inside = RectI::new(12, 21, 15, 23);
        assert_eq!(from_openfx(inside, extent), Rect::new(2, 47, 5, 49));
    }
}
