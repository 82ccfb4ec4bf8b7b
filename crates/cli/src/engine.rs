//! The nodes, called as a compositing host calls them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deltaplate::ofx::entry;
use host::{
    Abort, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, Library,
    MemorySource, MessageKind, Progress, RectI, RenderArgs, Scale, StaticEntry,
};
use images::{Image, Rect};
use serde::Serialize;

use crate::child;
use crate::clips::{Clip, Grid, frame};
use crate::failure::Failure;
use crate::signals::Signals;

/// The frame that a still stands at.
pub const FRAME: f64 = 1.0;

/// The ids of the nodes.
pub const MIN: &str = "org.deltaplate.min";
/// See [`MIN`].
pub const PLUS: &str = "org.deltaplate.plus";
/// See [`MIN`].
pub const COMPARE: &str = "org.deltaplate.compare";
/// See [`MIN`].
pub const OVERLAY: &str = "org.deltaplate.overlayextract";

/// The embedded host with the plug-in that is linked in.
pub struct Engine {
    host: Host,
    library: Library,
}

/// A node that took part, for reports.
#[derive(Debug, Clone, Serialize)]
pub struct NodeUsed {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// The plug-in that is linked into the program.
///
/// # Errors
///
/// [`Failure::Plugin`].
pub fn built_in() -> Result<Library, Failure> {
    Ok(Library::from_entry(StaticEntry {
        number_of_plugins: entry::OfxGetNumberOfPlugins,
        get_plugin: entry::OfxGetPlugin,
        set_host: Some(entry::OfxSetHost),
    })?)
}

/// Stops buttons when a signal comes.
#[derive(Debug)]
struct Stop(Arc<AtomicBool>);

impl Progress for Stop {
    fn start(&self, _: &str) {}

    fn update(&self, _: f64) -> bool {
        !self.0.load(Ordering::Relaxed)
    }

    fn end(&self) {}
}

/// A host that stops rendering when a signal comes.
pub fn new_host(signals: &Signals) -> Host {
    Host::new(HostOptions {
        abort: Abort::Flag(signals.stop()),
        observer: child::observer(),
        progress: Some(Arc::new(Stop(signals.stop()))),
        ..HostOptions::default()
    })
}

impl Engine {
    /// # Errors
    ///
    /// [`Failure::Plugin`].
    pub fn new(signals: &Signals) -> Result<Self, Failure> {
        Ok(Engine {
            host: new_host(signals),
            library: built_in()?,
        })
    }

    /// Errors and warnings that the nodes have shown since the last time.
    pub fn take_messages(&self) -> Vec<String> {
        let messages = self.host.take_messages().into_iter();
        let is_bad = |message: &host::Message| {
            matches!(
                message.kind,
                MessageKind::Fatal | MessageKind::Error | MessageKind::Warning
            )
        };
        messages
            .filter(is_bad)
            .map(|message| message.text)
            .collect()
    }

    /// What a report says of the nodes in use.
    pub fn used(&self, ids: &[&str]) -> Vec<NodeUsed> {
        let plugins = self.library.plugins().iter();
        plugins
            .filter(|plugin| ids.contains(&plugin.identifier.as_str()))
            .map(|plugin| NodeUsed {
                id: plugin.identifier.clone(),
                version: format!("{}.{}", plugin.version_major, plugin.version_minor),
            })
            .collect()
    }

    /// An instance for a project of this image's display window.
    ///
    /// # Errors
    ///
    /// As [`Engine::min`].
    pub fn node(&self, id: &str, image: &Image) -> Result<Instance, Failure> {
        self.node_over(id, image.display, image.pixel_aspect)
    }

    /// An instance for a project of this display window and pixel aspect.
    ///
    /// # Errors
    ///
    /// As [`Engine::min`].
    pub fn node_over(&self, id: &str, display: Rect, aspect: f32) -> Result<Instance, Failure> {
        let aspect = aspect_of(aspect);
        let extent = Grid::new(display).bounds(display)?;
        let options = InstanceOptions {
            extent: extent.to_canonical(Scale::ONE, aspect),
            pixel_aspect: aspect,
            frame_range: [FRAME, FRAME],
            ..InstanceOptions::default()
        };
        let plugin = self.host.load(&self.library, id)?;
        Ok(plugin.create_instance(EffectContext::General, options)?)
    }
}

/// Connects a clip of an image to an input.
///
/// # Errors
///
/// As [`Engine::min`].
pub fn connect(
    node: &mut Instance,
    input: &str,
    image: &Image,
    clip: &Clip,
) -> Result<(), Failure> {
    let source = MemorySource::still(frame(image, clip)?).with_pixel_aspect(pixel_aspect(image));
    Ok(node.connect(input, Arc::new(source))?)
}

/// Renders a window.
///
/// # Errors
///
/// [`Failure::Plugin`].
pub fn render(node: &Instance, window: RectI) -> Result<Frame, Failure> {
    Ok(node.render(&RenderArgs {
        window: Some(window),
        ..RenderArgs::at(FRAME)
    })?)
}

/// Width of a pixel over its height. A header may say anything; what is no aspect counts as square.
pub fn pixel_aspect(image: &Image) -> f64 {
    aspect_of(image.pixel_aspect)
}

/// The same of a header's number.
pub fn aspect_of(aspect: f32) -> f64 {
    let aspect = f64::from(aspect);
    if aspect.is_normal() && aspect > 0.0 {
        aspect
    } else {
        1.0
    }
}
