//! Readers of graphs: image files as sources of frames.

use std::path::PathBuf;
use std::sync::Arc;

use host::{FrameSource, MemorySource, Premultiplication};
use images::Format;
use serde::Deserialize;

use crate::clips::{Clip, frame, group, samples_of_light};
use crate::engine::pixel_aspect;
use crate::failure::Failure;
use crate::files::Plate;

/// What a graph says of a reader.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReaderSettings {
    /// The image file.
    pub file: PathBuf,
    /// The channel, of a file that has more than one clip of them; its colours where none is named.
    #[serde(default)]
    channel: Option<String>,
    /// What its alpha means; by the file's format where nothing is said.
    #[serde(default)]
    premultiplication: Option<Premultiplication>,
}

impl ReaderSettings {
    /// The file as a still.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where it has no such channel.
    pub fn source(&self, plate: &Plate) -> Result<Arc<dyn FrameSource>, Failure> {
        let image = &plate.image;
        let clip = self.clip(plate)?;
        let has_alpha = clip.channels.len() == 4;
        let premultiplication = match (has_alpha, image.metadata.format) {
            (false, _) => Premultiplication::Opaque,
            // OpenEXR's colours are premultiplied, those of PNG are not, those of TIFF and DPX mostly
            // not.
            (true, Format::Exr) => Premultiplication::Premultiplied,
            (true, _) => Premultiplication::Unpremultiplied,
        };
        let source = MemorySource::still(frame(image, &clip)?)
            .with_pixel_aspect(pixel_aspect(image))
            .with_premultiplication(self.premultiplication.unwrap_or(premultiplication));
        Ok(Arc::new(source))
    }

    fn clip(&self, plate: &Plate) -> Result<Clip, Failure> {
        let header = plate.image.header();
        let names: Vec<&str> = samples_of_light(&header).collect();
        let integers = || {
            Failure::Refused(format!(
                "{}: has channels of integers alone, which OpenFX has no pixels for",
                plate.path.display()
            ))
        };
        match &self.channel {
            None => group(names).into_iter().next().ok_or_else(integers),
            Some(name) if names.contains(&name.as_str()) => Ok(Clip {
                channels: vec![name.clone()],
            }),
            Some(name) => Err(Failure::Refused(format!(
                "{}: has no channel {name} that OpenFX has pixels for; it has {}",
                plate.path.display(),
                names.join(", ")
            ))),
        }
    }
}
