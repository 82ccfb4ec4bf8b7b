//! Effects: descriptors and instances, as the image effect suite knows them.

use crate::clip::Clip;
use crate::error::Error;
use crate::frame::Frame;
use crate::geometry::{RectD, Scale};
use crate::host::HostCore;
use crate::image::Images;
use crate::instance::InstanceOptions;
use crate::messages::Message;
use crate::param::ParamSet;
use crate::pixel::{Components, Depth};
use crate::props::PropertySet;
use crate::registry::{Id, register};
use crate::schema::Schema;
use crate::source::{FrameSource, MemorySource};
use crate::status::Status;
use ofx_sys as ofx;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

/// What an effect's handle stands for.
pub(crate) enum Role {
    /// The effect in Describe.
    Descriptor,
    /// The effect in DescribeInContext: where clips and parameters are defined.
    Context,
    /// An instance.
    Instance(InstanceOptions),
}

/// An effect with a handle.
pub(crate) struct Effect {
    id: Id,
    pub(crate) host: Arc<HostCore>,
    plugin: String,
    role: Role,
    pub(crate) props: Arc<PropertySet>,
    pub(crate) params: Arc<ParamSet>,
    clips: RwLock<Vec<Arc<Clip>>>,
    pub(crate) images: Images,
    persistent: Mutex<Option<Message>>,
}

impl Effect {
    pub(crate) fn new(
        host: &Arc<HostCore>,
        plugin: &str,
        role: Role,
        props: Schema,
        params: Arc<ParamSet>,
    ) -> Arc<Self> {
        let props = props.build();
        register(|id| Self {
            id,
            host: host.clone(),
            plugin: plugin.into(),
            role,
            props,
            params,
            clips: RwLock::default(),
            images: Images::default(),
            persistent: Mutex::default(),
        })
    }

    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> &str {
        match &self.role {
            Role::Instance(InstanceOptions {
                name: Some(name), ..
            }) => name,
            _ => &self.plugin,
        }
    }

    /// The project of an instance; a default one for descriptors.
    pub(crate) fn options(&self) -> &InstanceOptions {
        static NONE: LazyLock<InstanceOptions> = LazyLock::new(InstanceOptions::default);
        match &self.role {
            Role::Instance(options) => options,
            _ => &NONE,
        }
    }

    pub(crate) fn frame_range(&self) -> [f64; 2] {
        self.options().frame_range
    }

    /// The project's canonical rectangle.
    pub(crate) fn project(&self) -> RectD {
        self.options().extent
    }

    pub(crate) fn supports_tiles(&self) -> bool {
        self.props.flag(ofx::kOfxImageEffectPropSupportsTiles)
    }

    /// A plug-in defines a clip, in DescribeInContext.
    pub(crate) fn define_clip(&self, name: &str) -> Result<Arc<Clip>, Status> {
        if !matches!(self.role, Role::Context) {
            return Err(Status::ERR_BAD_HANDLE);
        }
        if name.is_empty() {
            return Err(Status::ERR_VALUE);
        }
        if self.clip(name).is_some() {
            return Err(Status::ERR_EXISTS);
        }
        let clip = Clip::descriptor(name);
        self.clips
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(clip.clone());
        Ok(clip)
    }

    /// A plug-in asks an instance for a clip.
    pub(crate) fn instance_clip(&self, name: &str) -> Result<Arc<Clip>, Status> {
        if !matches!(self.role, Role::Instance(_)) {
            return Err(Status::ERR_BAD_HANDLE);
        }
        self.clip(name).ok_or(Status::ERR_UNKNOWN)
    }

    /// What an input without a source is connected to: nothing, or in some hosts a black image over the project.
    pub(crate) fn nothing(&self) -> Result<Option<Arc<dyn FrameSource>>, Error> {
        if !self.host.options.phantom_inputs {
            return Ok(None);
        }
        let options = self.options();
        let bounds = options.extent.to_pixels(Scale::ONE, options.pixel_aspect);
        let black = Frame::zeros(bounds, Components::Rgba, Depth::Float)?;
        Ok(Some(Arc::new(MemorySource::still(black))))
    }

    pub(crate) fn set_clips(&self, clips: Vec<Arc<Clip>>) {
        *self.clips.write().unwrap_or_else(PoisonError::into_inner) = clips;
    }

    pub(crate) fn clip(&self, name: &str) -> Option<Arc<Clip>> {
        let clips = self.clips.read().unwrap_or_else(PoisonError::into_inner);
        clips.iter().find(|clip| clip.name == name).cloned()
    }

    pub(crate) fn clips(&self) -> Vec<Arc<Clip>> {
        self.clips
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_persistent(&self, message: Option<Message>) {
        *self
            .persistent
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = message;
    }

    pub(crate) fn persistent(&self) -> Option<Message> {
        self.persistent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
