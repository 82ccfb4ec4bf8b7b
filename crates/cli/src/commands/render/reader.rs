//! Readers of graphs: image files as sources of frames.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use host::Format as SourceFormat;
use host::{FrameSource, MemorySource, Premultiplication, RectD, RectI, Scale, SourceError};
use images::{Format, Header, Pattern, Rect, ranges};
use serde::Deserialize;

use crate::clips::{Clip, frame, group, samples_of_light};
use crate::engine::{aspect_of, pixel_aspect};
use crate::failure::Failure;
use crate::files::Plate;

/// What a graph says of a reader.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReaderSettings {
    /// The image file, or a file for each frame.
    file: PathBuf,
    /// The channel, of a file that has more than one clip of them; its colours where none is named.
    #[serde(default)]
    channel: Option<String>,
    /// What its alpha means; by the file's format where nothing is said.
    #[serde(default)]
    premultiplication: Option<Premultiplication>,
}

/// The frame that a time is of.
pub fn frame_at(time: f64) -> i64 {
    time.round() as i64
}

/// The files of a reader, none of which is open.
pub struct ReaderFiles {
    settings: ReaderSettings,
    file: PathBuf,
    /// None for a file of that very name, be it `bg@2x.png`.
    pattern: Option<Pattern>,
}

/// An open reader.
pub struct Reader {
    /// Its frames.
    pub source: Arc<dyn FrameSource>,
    /// The display window of the first.
    pub display: Rect,
    /// Likewise.
    pub pixel_aspect: f32,
}

impl ReaderFiles {
    /// Paths are relative to the folder.
    pub fn new(settings: ReaderSettings, folder: &Path) -> Self {
        let file = folder.join(&settings.file);
        ReaderFiles {
            pattern: Pattern::parse(&file).filter(|_| !file.exists()),
            file,
            settings,
        }
    }

    /// The pattern of a file for each frame.
    pub fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref()
    }

    /// The file of a frame.
    pub fn path(&self, frame: i64) -> PathBuf {
        match &self.pattern {
            Some(pattern) => pattern.path(frame),
            None => self.file.clone(),
        }
    }

    /// Those of the frames that have no file, in words.
    pub fn missing(&self, frames: &[i64]) -> Option<String> {
        let is_missing = |frame: &i64| !self.path(*frame).exists();
        let missing: Vec<i64> = frames.iter().copied().filter(is_missing).collect();
        match &self.pattern {
            _ if missing.is_empty() => None,
            Some(pattern) => Some(format!("{pattern}: {}", ranges(&missing))),
            None => Some(self.file.display().to_string()),
        }
    }

    /// Opens a file for all frames, or `first` of a sequence, of which so many are `kept` in memory;
    /// `range` is the project's.
    ///
    /// # Errors
    ///
    /// [`Failure`] where it cannot be read, [`Failure::Refused`] where it has no such channel.
    pub fn open(self, first: i64, range: [f64; 2], kept: usize) -> Result<Reader, Failure> {
        let plate = Plate::read(&self.path(first))?;
        let header = plate.image.header();
        let clip = self.settings.clip(&plate.path, &header)?;
        let still = self.settings.still(&plate, &clip)?;
        let (display, pixel_aspect) = (header.display, header.pixel_aspect);
        let source: Arc<dyn FrameSource> = match self.pattern {
            None => Arc::new(still),
            Some(pattern) => Arc::new(Frames {
                format: SourceFormat {
                    frame_range: range,
                    frame_varying: true,
                    ..still.format()
                },
                kept: Mutex::new(VecDeque::from([(first, Arc::new(still))])),
                most_kept: kept,
                pattern,
                clip,
                settings: self.settings,
            }),
        };
        Ok(Reader {
            source,
            display,
            pixel_aspect,
        })
    }
}

impl ReaderSettings {
    fn still(&self, plate: &Plate, clip: &Clip) -> Result<MemorySource, Failure> {
        let image = &plate.image;
        let has_alpha = clip.channels.len() == 4;
        let premultiplication = match (has_alpha, image.metadata.format) {
            (false, _) => Premultiplication::Opaque,
            // OpenEXR's colours are premultiplied, those of PNG are not, those of TIFF and DPX mostly
            // not.
            (true, Format::Exr) => Premultiplication::Premultiplied,
            (true, _) => Premultiplication::Unpremultiplied,
        };
        Ok(MemorySource::still(frame(image, clip)?)
            .with_pixel_aspect(pixel_aspect(image))
            .with_premultiplication(self.premultiplication.unwrap_or(premultiplication)))
    }

    fn clip(&self, path: &Path, header: &Header) -> Result<Clip, Failure> {
        let names: Vec<&str> = samples_of_light(header).collect();
        let integers = || {
            Failure::Refused(format!(
                "{}: has channels of integers alone, which OpenFX has no pixels for",
                path.display()
            ))
        };
        match &self.channel {
            None => group(names).into_iter().next().ok_or_else(integers),
            Some(name) if names.contains(&name.as_str()) => Ok(Clip {
                channels: vec![name.clone()],
            }),
            Some(name) => Err(Failure::Refused(format!(
                "{}: has no channel {name} that OpenFX has pixels for; it has {}",
                path.display(),
                names.join(", ")
            ))),
        }
    }
}

/// A file for each frame, read when it is asked for.
struct Frames {
    settings: ReaderSettings,
    pattern: Pattern,
    /// The channels of the first; a frame that lacks one has 0 there.
    clip: Clip,
    format: SourceFormat,
    /// Those that were asked for last, the latest at the end.
    kept: Mutex<VecDeque<(i64, Arc<MemorySource>)>>,
    most_kept: usize,
}

impl Frames {
    fn at(&self, time: f64) -> Result<Arc<MemorySource>, SourceError> {
        let frame = frame_at(time);
        if let Some((_, still)) = self.kept().iter().find(|(kept, _)| *kept == frame) {
            return Ok(still.clone());
        }
        let still = self.read(frame).map_err(SourceError::new)?;
        let mut kept = self.kept();
        while kept.len() >= self.most_kept {
            kept.pop_front();
        }
        kept.push_back((frame, still.clone()));
        Ok(still)
    }

    fn read(&self, frame: i64) -> Result<Arc<MemorySource>, Failure> {
        let path = self.pattern.path(frame);
        let plate = Plate::read(&path)?;
        let aspect = plate.image.pixel_aspect;
        if aspect_of(aspect) != self.format.pixel_aspect {
            return Err(Failure::Refused(format!(
                "{}: its pixel aspect {aspect} is not that of the first frame",
                path.display()
            )));
        }
        Ok(Arc::new(self.settings.still(&plate, &self.clip)?))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, VecDeque<(i64, Arc<MemorySource>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FrameSource for Frames {
    fn format(&self) -> SourceFormat {
        self.format
    }

    fn region_of_definition(&self, time: f64, scale: Scale) -> Result<RectD, SourceError> {
        self.at(time)?.region_of_definition(time, scale)
    }

    fn image(
        &self,
        time: f64,
        scale: Scale,
        region: RectI,
    ) -> Result<Arc<host::Frame>, SourceError> {
        self.at(time)?.image(time, scale, region)
    }
}
