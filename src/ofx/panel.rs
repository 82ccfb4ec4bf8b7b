//! What a button may do: look at images, show progress, write figures.

use core::ffi::CStr;

pub use super::inputs::Views;
use super::inputs::{Inputs, Unfetched};
use super::instance::Instance;
use super::message::{self, Severity};
pub use super::param::Figure;
use super::param::Param;
use super::progress::Progress;
use super::props::call;
use super::status::{Result, Status};
use super::threads::HostWorkers;
use crate::geometry::{RectD, RectI};
use crate::node::{Moments, Regions};
use crate::params::Params;

/// An instance while its button is being served.
pub struct Panel<'a> {
    instance: &'a Instance,
    time: f64,
    scale: (f64, f64),
}

impl<'a> Panel<'a> {
    /// For an InstanceChanged action.
    pub fn new(instance: &'a Instance, time: f64, scale: (f64, f64)) -> Self {
        Self {
            instance,
            time,
            scale,
        }
    }

    /// The frame that the artist looks at.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// The host's render scale: at a proxy, every image that it lends is scaled.
    pub fn is_full_scale(&self) -> bool {
        self.scale == (1.0, 1.0)
    }

    /// The values of the parameters.
    pub fn params<P: Params>(&self, time: f64) -> Result<P> {
        P::read(&mut self.instance.reader(time))
    }

    /// Regions of the inputs.
    pub fn regions(&self, time: f64) -> Regions {
        self.instance.regions(time)
    }

    /// First and last frame, if the host says so.
    pub fn frame_range(&self) -> Option<(f64, f64)> {
        self.instance.frame_range()
    }

    /// Opens a progress bar.
    pub fn progress(&self, label: &'static CStr) -> Progress<'a> {
        Progress::start(self.instance.suites, self.instance.effect, label)
    }

    /// Shows an answer, or why there is none.
    pub fn show(&self, severity: Severity, text: &str) {
        message::show(self.instance.suites, self.instance.effect, severity, text);
    }

    /// Shows why the button could not do its work, and fails.
    pub fn fail<T>(&self, text: &str) -> Result<T> {
        self.show(Severity::Error, text);
        Err(Status::FAILED)
    }

    /// Width of a pixel over its height, as the first connected input says.
    pub fn pixel_aspect(&self) -> f64 {
        self.instance.pixel_aspect()
    }

    /// Fetches the part of all images that lies in `window` (pixels at full scale), and hands it to
    /// `look`. The images go back to the host before this returns.
    pub fn look<T>(
        &self,
        time: f64,
        window: RectI,
        pixel_aspect: f64,
        look: impl FnOnce(&Views<'_>, RectI) -> Result<T>,
    ) -> Result<T> {
        let region = window.to_canonical((1.0, 1.0), pixel_aspect);
        self.fetch(time, Some(&region), |views| look(views, window))
    }

    fn fetch<T>(
        &self,
        time: f64,
        region: Option<&RectD>,
        look: impl FnOnce(&Views<'_>) -> Result<T>,
    ) -> Result<T> {
        let held = match Inputs::fetch(self.instance, time, (1.0, 1.0), region) {
            Err(Unfetched::Status(status)) => return Err(status),
            Err(Unfetched::File(text)) => return self.fail(&text),
            Ok(held) => held,
        };
        for (clip, image) in held.named() {
            if image.scale().is_some_and(|scale| scale != (1.0, 1.0)) {
                return self.fail(&format!(
                    "The host lends {} at a proxy scale. Switch the proxy off and press the button again.",
                    clip.to_string_lossy()
                ));
            }
        }
        match held.views() {
            Ok(views) => look(&views),
            Err((clip, why)) => self.fail(&format!(
                "{} cannot be analysed: {}.",
                clip.to_string_lossy(),
                why.text()
            )),
        }
    }

    /// The threads of the host.
    pub fn workers(&self) -> HostWorkers<'a> {
        HostWorkers::new(self.instance.suites, self.instance.effect)
    }

    fn param(&self, name: &CStr) -> Result<&'a Param> {
        self.instance.param(name).ok_or(Status::UNKNOWN)
    }

    /// Writes figures as keys at `time`, as one step of undo.
    pub fn write(&self, time: f64, figures: &[(&'static CStr, Figure)]) -> Result<()> {
        self.write_all(time, &[], figures)
    }

    /// Sets parameters as a user does, and figures as keys at `time`, all as one step of undo.
    pub fn write_all(
        &self,
        time: f64,
        values: &[(&'static CStr, Figure)],
        figures: &[(&'static CStr, Figure)],
    ) -> Result<()> {
        self.edit(|| {
            for (name, value) in values {
                self.param(name)?.set_value(self.instance.suites, *value)?;
            }
            for (name, figure) in figures {
                self.param(name)?.set(self.instance.suites, time, *figure)?;
            }
            Ok(())
        })
    }

    /// Clears all read-outs, keys and all, as one step of undo.
    pub fn clear_read_outs(&self) -> Result<()> {
        self.edit(|| {
            for param in self.instance.params.iter().filter(|p| p.def().read_out) {
                param.reset(self.instance.suites)?;
            }
            Ok(())
        })
    }

    fn edit(&self, body: impl FnOnce() -> Result<()>) -> Result<()> {
        let suites = self.instance.suites;
        let set = super::param::param_set(suites, self.instance.effect)?;
        // Undo is a courtesy: hosts without it still take the values.
        let begin = || call!(suites.parameter, paramEditBegin(set, c"Analyze".as_ptr()));
        let end = || call!(suites.parameter, paramEditEnd(set));
        let opened = begin().is_ok();
        let done = body();
        if opened {
            let _ = end();
        }
        done
    }
}

/// Other frames, whole and at full scale.
impl Moments for Panel<'_> {
    fn range(&self) -> Option<(f64, f64)> {
        self.frame_range()
    }

    fn look(&self, time: f64, look: &mut dyn FnMut(&Views<'_>) -> Result<()>) -> Result<()> {
        self.fetch(time, None, look)
    }
}
