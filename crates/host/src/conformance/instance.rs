//! Instances put through their paces: every question at several times and scales, and some renders.

use super::finding::{Finding, Place};
use super::rules::*;
use crate::descriptor::{ClipDescriptor, ContextDescriptor};
use crate::error::{Error, Result};
use crate::frame::{Frame, Samples};
use crate::geometry::{RectD, RectI, Scale};
use crate::host::Host;
use crate::instance::{Instance, InstanceOptions, RenderArgs};
use crate::layout::PATTERN;
use crate::pixel::Components;
use crate::plugin::Plugin;
use crate::source::MemorySource;
use half::f16;
use std::sync::Arc;

/// The project: not square, and not at 0, 0.
const PROJECT: RectI = RectI {
    x1: 0,
    y1: 0,
    x2: 48,
    y2: 32,
};
/// Where inputs have pixels: more than the project on one side, less on the other.
const INPUT: RectI = RectI {
    x1: -4,
    y1: 3,
    x2: 40,
    y2: 37,
};
const FRAMES: [f64; 2] = [1.0, 10.0];
const TIMES: [f64; 3] = [1.0, 4.5, 10.0];
const SCALES: [Scale; 3] = [
    Scale { x: 1.0, y: 1.0 },
    Scale { x: 0.5, y: 0.5 },
    Scale { x: 0.5, y: 1.0 },
];
/// A plug-in without tiles renders all of its region: no larger one is rendered here.
const MOST_PIXELS: usize = 1 << 22;

/// Which inputs are connected.
#[derive(Clone, Copy, PartialEq)]
enum Wiring {
    All,
    Mandatory,
}

/// An instance under trial.
struct Trial<'a> {
    place: &'a Place,
    instance: Instance,
    findings: Vec<Finding>,
}

/// Checks instances of a plug-in in a context.
pub(super) fn check(
    place: &Place,
    host: &Host,
    plugin: &Plugin,
    face: &ContextDescriptor,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wiring in [Wiring::All, Wiring::Mandatory] {
        let options = InstanceOptions {
            extent: PROJECT.to_canonical(Scale::ONE, 1.0),
            frame_range: FRAMES,
            ..InstanceOptions::default()
        };
        let instance = match plugin.create_instance(face.context, options) {
            Ok(instance) => instance,
            Err(error) => {
                findings.push(failure(place, "CreateInstance", &error));
                break;
            }
        };
        let mut trial = Trial {
            place,
            instance,
            findings: Vec::new(),
        };
        // What cannot be connected cannot be asked either.
        if trial.connect(face, wiring).is_some() {
            trial.ask();
            trial.render();
            if wiring == Wiring::All {
                trial.edit(face);
            }
            trial.keep_house();
        }
        findings.append(&mut trial.findings);
        drop(trial);
    }
    // Whatever the plug-in posted was about the trial.
    host.take_messages();
    findings
}

/// What an error of an action is found as.
pub(super) fn failure(place: &Place, action: &str, error: &Error) -> Finding {
    let text = error.to_string();
    match error.root() {
        Error::Action {
            action,
            message: None,
            ..
        } => place.object(action).finds(
            &FAILED_SILENTLY,
            format!("{text}, and no message says why. Post one, or answer kOfxStatOK"),
        ),
        Error::Action { action, .. } => place.object(action).finds(&FAILED, text),
        Error::StrayWrite { action, .. } => place
            .object(action)
            .finds(&STRAY_WRITE, format!("{text}. Write to the window only")),
        _ => place.object(action).finds(&BAD_ANSWER, text),
    }
}

impl Trial<'_> {
    /// Notes what an action came to, and that it left nothing behind.
    fn took<T>(&mut self, action: &str, done: Result<T>) -> Option<T> {
        let images = self.instance.outstanding_images();
        if images > 0 {
            let text = format!(
                "{images} images are not released when it ends. Release what clipGetImage gave"
            );
            let place = self.place.object(action);
            let leak = place.finds(&LEAKED_IMAGE, text);
            if !self.findings.contains(&leak) {
                self.findings.push(leak);
            }
        }
        done.inspect_err(|error| self.findings.push(failure(self.place, action, error)))
            .ok()
    }

    fn connect(&mut self, face: &ContextDescriptor, wiring: Wiring) -> Option<()> {
        for clip in face.clips.iter().filter(|clip| !clip.output) {
            if wiring == Wiring::Mandatory && clip.optional {
                continue;
            }
            let done =
                source(clip).and_then(|source| self.instance.connect(&clip.name, Arc::new(source)));
            self.took("InstanceChanged", done)?;
        }
        Some(())
    }

    /// Every question, at every time and scale.
    fn ask(&mut self) {
        let done = self.instance.clip_preferences();
        if self.took("GetClipPreferences", done).is_none() {
            return;
        }
        let done = self.instance.time_domain();
        self.took("GetTimeDomain", done);
        let region = PROJECT.to_canonical(Scale::ONE, 1.0);
        for time in TIMES {
            let done = self.instance.frames_needed(time);
            self.took("GetFramesNeeded", done);
            for scale in SCALES {
                let done = self.instance.region_of_definition(time, scale);
                if let Some(found) = self.took("GetRegionOfDefinition", done) {
                    self.ordered("GetRegionOfDefinition", "the region", found);
                }
                let done = self.instance.regions_of_interest(time, scale, region);
                for (clip, found) in self
                    .took("GetRegionsOfInterest", done)
                    .into_iter()
                    .flatten()
                {
                    self.ordered(
                        "GetRegionsOfInterest",
                        &format!("the region of clip {clip}"),
                        found,
                    );
                }
                let args = RenderArgs {
                    scale,
                    ..RenderArgs::at(time)
                };
                let window = region.to_pixels(scale, 1.0);
                let done = self.instance.is_identity(&args, window);
                self.took("IsIdentity", done);
            }
        }
    }

    fn ordered(&mut self, action: &str, what: &str, region: RectD) {
        if region.x1 > region.x2 || region.y1 > region.y2 {
            let text = format!("answers {what} as {region:?}, which ends before it begins");
            self.findings
                .push(self.place.object(action).finds(&BAD_ANSWER, text));
        }
    }

    /// Whole frames at two times and scales, one of them twice, and in parts.
    fn render(&mut self) {
        for (time, scale) in [(TIMES[0], SCALES[0]), (TIMES[2], SCALES[1])] {
            let Ok(defined) = self.instance.defined_pixels(time, scale) else {
                return;
            };
            let project = PROJECT.to_canonical(Scale::ONE, 1.0).to_pixels(scale, 1.0);
            let window = defined.intersect(project);
            let tiles = self.instance.renders_tiles();
            let size = defined.width().saturating_mul(defined.height());
            if window.is_empty() || (!tiles && size > MOST_PIXELS) {
                continue;
            }
            let args = RenderArgs {
                window: Some(window),
                scale,
                ask_identity: false,
                ..RenderArgs::at(time)
            };
            let done = self.instance.render(&args);
            let Some(whole) = self.took("Render", done) else {
                return;
            };
            self.complete(&whole);
            let done = self.instance.render(&args);
            if self
                .took("Render", done)
                .is_some_and(|again| !same(&whole, &again))
            {
                let text = "gives other pixels when the same frame is rendered again. Seed what is random by the time";
                self.findings
                    .push(self.place.object("Render").finds(&NOT_REPEATABLE, text));
            } else if tiles {
                self.in_parts(&args, window, &whole);
            }
        }
    }

    /// All pixels of the window are written. Those of fresh images hold a pattern.
    fn complete(&mut self, frame: &Frame) {
        let count = frame.components().count();
        let untouched = |index: usize| match frame.samples() {
            // One byte of the pattern is as good as any other.
            Samples::Byte(_) => false,
            Samples::Short(v) => v[index] == u16::from_ne_bytes([PATTERN; 2]),
            Samples::Half(v) => v[index].to_bits() == f16::from_ne_bytes([PATTERN; 2]).to_bits(),
            Samples::Float(v) => v[index].to_bits() == u32::from_ne_bytes([PATTERN; 4]),
        };
        let pixels = frame.samples().len() / count;
        let left = (0..pixels)
            .filter(|pixel| (0..count).all(|c| untouched(pixel * count + c)))
            .count();
        if left > 0 {
            let text = format!(
                "leaves {left} of {pixels} pixels of its window as they were. Write all of them"
            );
            self.findings
                .push(self.place.object("Render").finds(&UNWRITTEN, text));
        }
    }

    /// The four quarters are the whole.
    fn in_parts(&mut self, args: &RenderArgs, window: RectI, whole: &Frame) {
        let x = window.x1 + window.width() as i32 / 2;
        let y = window.y1 + window.height() as i32 / 3;
        let RectI { x1, y1, x2, y2 } = window;
        let parts = [
            RectI::new(x1, y1, x, y),
            RectI::new(x, y1, x2, y),
            RectI::new(x1, y, x, y2),
            RectI::new(x, y, x2, y2),
        ];
        let mut frame = whole.clone();
        let done = self.instance.render_into(&mut frame, &parts, args, false);
        if self.took("Render", done).is_some() && !same(whole, &frame) {
            let text = "gives other pixels when a frame is rendered in parts. Where a pixel depends on the whole frame, \
                        set kOfxImageEffectPropSupportsTiles to 0";
            self.findings
                .push(self.place.object("Render").finds(&TILES_DIFFER, text));
        }
    }

    /// Every parameter set by the user, to what it is.
    fn edit(&mut self, face: &ContextDescriptor) {
        for param in face.params.iter().filter(|param| param.default.is_some()) {
            let value = self.instance.get(&param.name, FRAMES[0]);
            // A default that the host itself refuses is found where defaults are checked.
            let done = value.and_then(|value| self.instance.set_unchecked(&param.name, value));
            if !matches!(done, Err(Error::Param { .. })) {
                self.took("InstanceChanged", done);
            }
        }
    }

    fn keep_house(&mut self) {
        let done = self.instance.sync_private_data();
        self.took("SyncPrivateData", done);
        let done = self.instance.purge_caches();
        self.took("PurgeCaches", done);
    }
}

/// What is connected to an input: the richest components that it takes.
fn source(clip: &ClipDescriptor) -> Result<MemorySource> {
    let takes = |c: &Components| {
        clip.components
            .iter()
            .any(|name| name.as_bytes() == c.ofx().to_bytes())
    };
    let all = [Components::Rgba, Components::Rgb, Components::Alpha];
    let components = all.into_iter().find(takes).unwrap_or(Components::Rgba);
    // No two pixels, and no two clips, are the same.
    let seed = clip
        .name
        .bytes()
        .fold(7_i64, |seed, byte| seed * 31 % 997 + i64::from(byte));
    let frame = Frame::from_fn(INPUT, components, |x, y, c| {
        let mixed = (i64::from(x) * 7919 + i64::from(y) * 104_729 + c as i64 * 31_337 + seed * 613)
            .rem_euclid(65_521);
        mixed as f32 / 65_521.0
    })?;
    Ok(MemorySource::still(frame))
}

fn same(a: &Frame, b: &Frame) -> bool {
    match (a.samples(), b.samples()) {
        // By bits, so that a NaN equals itself.
        (Samples::Float(a), Samples::Float(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
        }
        (Samples::Half(a), Samples::Half(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
        }
        (a, b) => a == b,
    }
}
