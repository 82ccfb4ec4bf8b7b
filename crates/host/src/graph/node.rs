//! A node as the source of another.

use crate::error::{Result, SourceError};
use crate::frame::Frame;
use crate::geometry::{RectD, RectI, Scale};
use crate::instance::{Instance, RenderArgs};
use crate::source::{Format, FrameSource};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

/// Frames kept: what a frame's neighbours are asked for, when an effect looks at other times, and not much more.
const KEPT: usize = 8;

/// A node's output, rendered when it is asked for and kept for whoever asks next.
pub(super) struct NodeSource {
    instance: RwLock<Instance>,
    format: Format,
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    time: f64,
    scale: Scale,
    frame: Arc<Frame>,
}

impl NodeSource {
    /// # Errors
    /// When the instance does not say what its output is like.
    pub(super) fn new(instance: Instance) -> Result<Self> {
        let format = instance.output_format()?;
        Ok(Self {
            instance: RwLock::new(instance),
            format,
            kept: Mutex::default(),
        })
    }

    pub(super) fn instance(&self) -> RwLockReadGuard<'_, Instance> {
        self.instance.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Presses a button; what was rendered before counts no more.
    pub(super) fn press(&self, button: &str, time: f64, scale: Scale) -> Result<()> {
        let mut instance = self
            .instance
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.forget();
        instance.press(button, time, scale)
    }

    /// Frees what was rendered.
    pub(super) fn forget(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, time: f64, scale: Scale, region: RectI) -> Option<Arc<Frame>> {
        let kept = self.kept();
        let found = kept
            .iter()
            .find(|k| k.time == time && k.scale == scale && k.frame.bounds().contains(region));
        found.map(|k| k.frame.clone())
    }

    fn keep(&self, time: f64, scale: Scale, frame: &Arc<Frame>) {
        let mut kept = self.kept();
        kept.retain(|k| k.time != time || k.scale != scale);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(Kept {
            time,
            scale,
            frame: frame.clone(),
        });
    }

    fn render(&self, time: f64, scale: Scale, region: RectI) -> Result<Arc<Frame>> {
        // What was rendered of the frame before is rendered again with it, so that one image holds all of it.
        let before = self
            .kept()
            .iter()
            .find(|k| k.time == time && k.scale == scale)
            .map(|k| k.frame.bounds());
        let window = before.map_or(region, |bounds| bounds.union(region));
        let args = RenderArgs {
            window: Some(window),
            scale,
            sequential: true,
            ..RenderArgs::at(time)
        };
        Ok(Arc::new(self.instance().render(&args)?))
    }
}

impl FrameSource for NodeSource {
    fn format(&self) -> Format {
        self.format
    }

    fn region_of_definition(&self, time: f64, scale: Scale) -> Result<RectD, SourceError> {
        self.instance()
            .region_of_definition(time, scale)
            .map_err(SourceError::wrap)
    }

    fn image(&self, time: f64, scale: Scale, region: RectI) -> Result<Arc<Frame>, SourceError> {
        if let Some(frame) = self.find(time, scale, region) {
            return Ok(frame);
        }
        let frame = self
            .render(time, scale, region)
            .map_err(SourceError::wrap)?;
        self.keep(time, scale, &frame);
        Ok(frame)
    }

    fn prefetch(&self, time: f64, scale: Scale, region: RectI) -> Result<(), SourceError> {
        self.image(time, scale, region).map(drop)
    }
}
