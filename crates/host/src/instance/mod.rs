//! Instances of plug-ins.

mod preferences;
mod queries;
mod render;
mod strays;
mod user;
mod windows;

pub use preferences::{ClipPreference, ClipPreferences};
pub use queries::Identity;
pub use render::{Field, RenderArgs, Sequence};

use crate::call;
use crate::clip::Clip;
use crate::context::Context;
use crate::descriptor::{ClipDescriptor, ParamDescriptor};
use crate::effect::Effect;
use crate::error::{Error, Result};
use crate::geometry::{RectD, Scale};
use crate::messages::Message;
use crate::plugin::Plugin;
use crate::props::PropertySet;
use crate::status::Status;
use ofx_sys as ofx;
use std::ffi::CStr;
use std::sync::{Arc, Mutex};

/// The project that an instance is in.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceOptions {
    /// The project's canonical rectangle.
    pub extent: RectD,
    /// Width of the project's pixels over their height.
    pub pixel_aspect: f64,
    /// Frames in a second.
    pub frame_rate: f64,
    /// The project's first and last frame.
    pub frame_range: [f64; 2],
    /// True where a user looks on.
    pub interactive: bool,
    /// What to call the instance in messages and errors; the plug-in's id where there is none.
    pub name: Option<String>,
}

impl Default for InstanceOptions {
    fn default() -> Self {
        Self {
            extent: RectD::new(0.0, 0.0, 1920.0, 1080.0),
            pixel_aspect: 1.0,
            frame_rate: 24.0,
            frame_range: [1.0, 1.0],
            interactive: false,
            name: None,
        }
    }
}

/// An instance of a plug-in. It renders from several threads at once, as far as its plug-in says that it can.
pub struct Instance {
    plugin: Plugin,
    described: Arc<Effect>,
    pub(crate) effect: Arc<Effect>,
    /// Its clips but for the output.
    inputs: Vec<Arc<Clip>>,
    preferences: Mutex<Option<Arc<ClipPreferences>>>,
    /// Held by a render of a plug-in whose instances render one thing at a time.
    render_lock: Mutex<()>,
    /// What DestroyInstance must follow.
    created: bool,
}

impl Instance {
    pub(crate) fn new(plugin: Plugin, described: Arc<Effect>, effect: Arc<Effect>) -> Result<Self> {
        let inputs = effect.clips().into_iter().filter(|clip| !clip.is_output());
        let mut instance = Self {
            plugin,
            described,
            inputs: inputs.collect(),
            effect,
            preferences: Mutex::default(),
            render_lock: Mutex::default(),
            created: false,
        };
        let context = instance.context(ofx::kOfxActionCreateInstance);
        instance.call(context, None, None)?;
        instance.created = true;
        // What a plug-in sets while it is created is no news to it.
        instance.effect.params.take_changes();
        Ok(instance)
    }

    /// Its plug-in.
    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// What it is called in messages and errors.
    pub fn name(&self) -> String {
        self.effect.name().into()
    }

    /// The message that stays with it, if any.
    pub fn persistent_message(&self) -> Option<Message> {
        self.effect.persistent()
    }

    /// Images that the plug-in has got and not released.
    pub fn outstanding_images(&self) -> usize {
        self.effect.images.outstanding()
    }

    /// Its clips, as they are now.
    pub fn clips(&self) -> Vec<ClipDescriptor> {
        self.effect
            .clips()
            .iter()
            .map(|clip| ClipDescriptor::new(clip))
            .collect()
    }

    /// Its parameters, as they are now.
    pub fn params(&self) -> Vec<ParamDescriptor> {
        self.effect
            .params
            .all()
            .iter()
            .map(|param| ParamDescriptor::new(param))
            .collect()
    }

    /// Whether it renders parts of a frame.
    pub fn renders_tiles(&self) -> bool {
        self.effect.supports_tiles()
    }

    /// Lets the plug-in write what it keeps in memory to its parameters.
    ///
    /// # Errors
    /// When the plug-in fails.
    pub fn sync_private_data(&self) -> Result<()> {
        self.call(self.context(ofx::kOfxActionSyncPrivateData), None, None)
            .map(drop)
    }

    /// Lets the plug-in drop what it can make again.
    ///
    /// # Errors
    /// When the plug-in fails.
    pub fn purge_caches(&self) -> Result<()> {
        self.call(self.context(ofx::kOfxActionPurgeCaches), None, None)
            .map(drop)
    }

    fn context(&self, action: &'static CStr) -> Context {
        Context {
            effect: Some(self.effect.clone()),
            ..Context::new(&self.effect.host, action)
        }
    }

    fn timed_context(&self, action: &'static CStr, time: f64, scale: Scale) -> Context {
        Context {
            time: Some(time),
            scale: Some(scale),
            ..self.context(action)
        }
    }

    fn call(
        &self,
        context: Context,
        args: Option<&PropertySet>,
        out: Option<&PropertySet>,
    ) -> Result<Status> {
        call::run(&self.plugin.0.raw, self.effect.name(), context, args, out)
    }

    fn bad_answer(&self, action: &CStr, answer: impl Into<String>) -> Error {
        Error::Answer {
            plugin: self.name(),
            action: call::short(action),
            answer: answer.into(),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if !self.created {
            return;
        }
        if let Err(e) = self.call(self.context(ofx::kOfxActionDestroyInstance), None, None) {
            self.effect.host.note_violation(e.to_string());
        }
    }
}

fn check_scale(scale: Scale) -> Result<()> {
    if scale.is_valid() {
        return Ok(());
    }
    Err(Error::Frame(format!(
        "a render scale of {} x {} is not above 0",
        scale.x, scale.y
    )))
}
