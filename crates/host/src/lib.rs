//! A headless OpenFX host.
//!
//! It loads image effect plug-ins from bundles or from the program itself, describes them, makes instances, sets and
//! keys their parameters, presses their buttons and renders, in the order of actions that OpenFX lays down. It shares
//! nothing with any plug-in but the ABI. Whatever a plug-in answers becomes an [`Error`] that names the plug-in, the
//! action and the status; whatever handle it passes is checked.
//!
//! For tests it can be an awkward host: see [`HostOptions`].
#![deny(unsafe_code)]

mod call;
mod clip;
mod context;
mod convert;
mod curve;
mod descriptor;
mod edit;
mod effect;
mod error;
mod faults;
mod ffi;
mod frame;
mod geometry;
pub mod graph;
mod host;
mod image;
mod instance;
mod layout;
mod library;
mod memory;
mod messages;
mod mutex;
mod options;
mod param;
mod plugin;
mod props;
pub mod proxy;
mod registry;
mod source;
mod status;
mod tables;
mod value;

pub use convert::convert;
pub use descriptor::{
    ClipDescriptor, ContextDescriptor, Descriptor, EffectContext, ParamDescriptor, Properties,
};
pub use error::{Error, Result, SourceError};
pub use faults::Faults;
pub use frame::{Components, Depth, Frame, Premultiplication, Samples};
pub use geometry::{RectD, RectI, Scale};
pub use half::f16;
pub use host::Host;
pub use instance::{
    ClipPreference, ClipPreferences, Field, Identity, Instance, InstanceOptions, RenderArgs,
    Sequence,
};
pub use library::{Library, PluginInfo, Rejected, StaticEntry, bundles};
pub use messages::{Message, MessageKind};
pub use options::{Abort, HostOptions, Progress, RowLayout};
pub use plugin::Plugin;
pub use props::Values;
pub use source::{Format, FrameSource, MemorySource, ProxyFilter};
pub use status::Status;
pub use value::{ParamKind, Value};
