//! What is measured once, and held for all frames.

use std::path::PathBuf;
use std::sync::Arc;

use host::{Frame, Instance, Value};
use serde::Serialize;

use super::moments::{Moments, spread, times};
use super::pictures::{Pictures, matte, picture};
use crate::args::{Extract, Opacity, OpacityMode, Overlay, Space};
use crate::clips::{Clip, frame};
use crate::engine::{Engine, FRAME, OVERLAY, connect, pixel_aspect};
use crate::failure::Failure;
use crate::files::Plate;
use crate::report::Number;
use crate::sequence::Job;
use crate::signals::Signals;
use crate::talk::Steps;

/// The parameters that Analyze and Detect set.
const MEASURED: [&str; 7] = [
    "blendSpace",
    "opacity",
    "backgroundOffset",
    "backgroundGain",
    "source",
    "noise",
    "backgroundMismatch",
];

impl Overlay {
    /// How the opacity varies.
    pub fn mode(&self) -> OpacityMode {
        self.opacity_mode.unwrap_or(match self.matte {
            Some(_) => OpacityMode::Matte,
            None => OpacityMode::Uniform,
        })
    }
}

/// What all frames have in common.
pub struct Shot<'a> {
    /// The arguments.
    pub args: &'a Extract,
    /// What was measured.
    measured: Vec<(&'static str, Value)>,
    /// Merged pictures and backgrounds of several frames.
    moments: Option<[Arc<[Arc<Frame>]>; 2]>,
}

impl<'a> Shot<'a> {
    /// Nothing is measured yet.
    pub fn new(args: &'a Extract) -> Self {
        Shot {
            args,
            measured: Vec::new(),
            moments: None,
        }
    }

    /// Reads the frames that the opacity is found from, where it is.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn read_moments<const I: usize>(
        &mut self,
        jobs: &[Job<I, 1>],
        steps: &Steps,
    ) -> Result<(), Failure> {
        if self.args.overlay.mode() != OpacityMode::Frames {
            return Ok(());
        }
        if jobs.len() < 2 {
            return Err(Failure::Usage(
                "--opacity-mode frames needs a sequence of at least two frames".into(),
            ));
        }
        let mut moments = [Vec::new(), Vec::new()];
        for index in spread(jobs.len()) {
            steps.step(&format!("reading {} of the shot", index + 1))?;
            let pictures = Pictures::read(self.args, &jobs[index].inputs)?;
            for (frames, plate) in moments
                .iter_mut()
                .zip([&pictures.merged, &pictures.background])
            {
                frames.push(Arc::new(colours(plate)?));
            }
        }
        self.moments = Some(moments.map(Arc::from));
        Ok(())
    }

    /// Measures a frame.
    ///
    /// # Errors
    ///
    /// [`Failure`], also where there is nothing to tell the opacity or the blend space by.
    pub fn analyze(
        &mut self,
        engine: &Engine,
        inputs: &[PathBuf],
        signals: &Signals,
        steps: &Steps,
    ) -> Result<(), Failure> {
        steps.step("analyzing")?;
        let pictures = Pictures::read(self.args, inputs)?;
        let mut node = self.node(engine, &pictures)?;
        let name = pictures.merged.path.display();
        let mut press = |button: &str| -> Result<(), Failure> {
            engine.take_messages();
            let pressed = node.press(button, FRAME, 1.0);
            // A button that was told to stop has changed nothing.
            signals.check()?;
            let said: Vec<String> = engine.take_messages().into_iter().collect();
            match said.is_empty() {
                true => Ok(pressed?),
                false => Err(Failure::Refused(format!(
                    "{name}: {} (--opacity and --space set what cannot be measured, --analyze names \
                     another frame)",
                    said.join(" ")
                ))),
            }
        };
        if self.args.overlay.space == Space::Detect {
            press("detectBlendSpace")?;
        }
        press("analyze")?;
        let value = |name| -> Result<_, Failure> { Ok((name, node.get(name, FRAME)?)) };
        self.measured = MEASURED.into_iter().map(value).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// The node, connected, with all that is set and all that was measured.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn node(&self, engine: &Engine, pictures: &Pictures) -> Result<Instance, Failure> {
        let mut node = engine.node(OVERLAY, &pictures.merged.image)?;
        let plates = [("A", &pictures.merged), ("B", &pictures.background)];
        for (index, (input, plate)) in plates.into_iter().enumerate() {
            let clip = picture(plate)?;
            match &self.moments {
                None => connect(&mut node, input, &plate.image, &clip)?,
                Some(moments) => {
                    let aspect = pixel_aspect(&plate.image);
                    let source = Moments::new(colours(plate)?, moments[index].clone(), aspect);
                    node.connect(input, Arc::new(source))?;
                }
            }
        }
        if let Some(plate) = &pictures.matte {
            connect(&mut node, "Matte", &plate.image, &matte(plate)?)?;
        }
        if let Some(plate) = &pictures.new_background {
            connect(&mut node, "NewBackground", &plate.image, &picture(plate)?)?;
        }
        self.set(&mut node)?;
        Ok(node)
    }

    fn set(&self, node: &mut Instance) -> Result<(), Failure> {
        let (overlay, estimate) = (&self.args.overlay, &self.args.estimate);
        node.set("blendMode", overlay.blend.label())?;
        node.set("blendSpace", overlay.space.label())?;
        node.set("opacityMode", overlay.mode().label())?;
        node.set("matchBackgroundGain", overlay.match_gain)?;
        node.set("method", estimate.method.label())?;
        if estimate.method == crate::args::Method::Seed {
            // As in 2015.
            node.set("iterations", 300)?;
            node.set("step", 1.3)?;
        }
        node.set("source", estimate.source.label())?;
        if let Opacity::Known(opacity) = overlay.opacity {
            node.set("opacity", opacity)?;
            node.set("keepOpacity", true)?;
        }
        if let Some([merged, _]) = &self.moments {
            let [first, last] = times(merged.len());
            node.set("framesFirst", first)?;
            node.set("framesLast", last)?;
        }
        for (name, value) in &self.measured {
            node.set(name, value.clone())?;
        }
        for (name, value) in &estimate.set {
            let set = node.set(name, value.clone());
            set.map_err(|error| Failure::Usage(format!("--set {name}: {error}")))?;
        }
        Ok(())
    }
}

/// The colours of a plate, without its alpha.
fn colours(plate: &Plate) -> Result<Frame, Failure> {
    let mut clip: Clip = picture(plate)?;
    clip.channels.truncate(3);
    frame(&plate.image, &clip)
}

/// What a frame was extracted with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// None where it varies over the frame.
    pub opacity: Option<Number>,
    /// How far the background lies off: columns to the right, and rows down.
    pub offset: [Number; 2],
    /// Of the background.
    pub gain: Number,
    /// The deviation of what is left of the merged picture without the background.
    pub noise: Number,
    /// How far the background is out of place after all, in pixels.
    pub mismatch: Number,
    /// In which numbers the overlay was laid on.
    pub blend_space: String,
    /// What the plates went through.
    pub source: String,
}

impl Held {
    /// Reads the node.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`].
    pub fn of(node: &Instance) -> Result<Self, Failure> {
        let is_uniform = option(node, "opacityMode")? == OpacityMode::Uniform.label();
        let opacity = number(node, "opacity")?;
        let offset = match node.get("backgroundOffset", FRAME)? {
            Value::Doubles(values) => values,
            _ => Vec::new(),
        };
        let along = |axis: usize| offset.get(axis).copied().unwrap_or_default();
        Ok(Held {
            opacity: is_uniform.then_some(opacity),
            // The file has y down; and none is 0, not -0.
            offset: [Number(along(0)), Number(0.0 - along(1))],
            gain: number(node, "backgroundGain")?,
            noise: number(node, "noise")?,
            mismatch: number(node, "backgroundMismatch")?,
            blend_space: option(node, "blendSpace")?,
            source: option(node, "source")?,
        })
    }
}

/// The number of a parameter.
///
/// # Errors
///
/// [`Failure::Plugin`].
pub fn number(node: &Instance, name: &str) -> Result<Number, Failure> {
    Ok(Number(node.get(name, FRAME)?.as_f64().unwrap_or(f64::NAN)))
}

/// The label of a choice.
fn option(node: &Instance, name: &str) -> Result<String, Failure> {
    let index = node.get(name, FRAME)?.as_i32().unwrap_or_default();
    let options = node.param(name)?.options;
    let option = usize::try_from(index).ok().and_then(|i| options.get(i));
    Ok(option.cloned().unwrap_or_default())
}
