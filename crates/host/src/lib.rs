//! A headless OpenFX host.
//!
//! It loads image effect plug-ins from bundles or from the program itself, describes them, makes instances, sets and
//! keys their parameters, presses their buttons and renders, in the order of actions that OpenFX lays down. It shares
//! nothing with any plug-in but the ABI. Whatever a plug-in answers becomes an [`Error`] that names the plug-in, the
//! action and the status; whatever handle it passes is checked.
//!
//! ```no_run
//! use host::*;
//! use std::sync::Arc;
//!
//! # fn main() -> Result<()> {
//! let library = Library::open("Deltaplate.ofx.bundle")?;
//! let host = Host::new(HostOptions { threads: 4, ..HostOptions::default() });
//! let plugin = host.load(&library, "org.deltaplate.min")?;
//! let mut instance = plugin.create_instance(EffectContext::General, InstanceOptions::default())?;
//! let bounds = RectI::new(0, 0, 1920, 1080);
//! let plate = Frame::from_fn(bounds, Components::Rgba, |x, y, _| (x + y) as f32)?;
//! instance.connect("A", Arc::new(MemorySource::still(plate)))?;
//! instance.set("mix", 0.5)?;
//! let frame = instance.render(&RenderArgs::at(1.0))?;
//! println!("{:?}", frame.pixel(7, 9));
//! # Ok(())
//! # }
//! ```
//!
//! Frames, windows and regions are in OpenFX's coordinates: y goes up, and the first row of a [`Frame`] is the bottom
//! one. A plug-in knows only one host at a time: a test that wants a host of its own opens a copy of the library with
//! [`Library::open_private`].
//!
//! For tests it can be an awkward host: see [`HostOptions`].
#![deny(unsafe_code)]

mod call;
mod clip;
pub mod conformance;
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
mod object;
mod observer;
mod options;
mod param;
mod pixel;
mod plugin;
mod poke;
mod properties;
mod props;
pub mod proxy;
mod registry;
mod schema;
mod side;
mod source;
mod status;
mod tables;
mod text;
mod value;
mod values;
mod windows;

pub use convert::convert;
pub use descriptor::{
    ClipDescriptor, ContextDescriptor, Descriptor, EffectContext, ParamDescriptor, Properties,
};
pub use error::{Error, Result, SourceError};
pub use faults::{Faults, ImageFault, Workers};
pub use frame::{Frame, Samples};
pub use geometry::{RectD, RectI, Scale};
pub use half::f16;
pub use host::Host;
pub use instance::{
    ClipPreference, ClipPreferences, Field, Identity, Instance, InstanceOptions, RenderArgs,
    Sequence,
};
pub use library::{Library, PluginInfo, Rejected, StaticEntry, bundles};
pub use messages::{Message, MessageKind};
pub use object::Object;
pub use observer::{ActionCall, Definition, Observer, PropertyRead, PropertyWrite};
pub use options::{Abort, Edge, HostOptions, Progress, RowLayout};
pub use pixel::{Components, Depth, Premultiplication};
pub use plugin::Plugin;
pub use poke::Arguments;
pub use registry::reuse_handles;
pub use side::in_plugin;
pub use source::{Format, FrameSource, MemorySource, ProxyFilter};
pub use status::Status;
pub use text::Text;
pub use value::{ParamKind, Value};
pub use values::{Numbers, Single, Values};
pub use windows::WindowSource;
