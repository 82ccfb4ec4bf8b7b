//! Graphs of nodes, from JSON.
//!
//! ```json
//! {
//!   "project": { "extent": [0, 0, 2048, 1556], "pixelAspect": 1, "frameRate": 24, "frames": [1001, 1100] },
//!   "readers": [
//!     { "id": "bg", "file": "bg.####.exr" },
//!     { "id": "painted", "file": "painted.####.exr" }
//!   ],
//!   "nodes": [
//!     {
//!       "id": "difference",
//!       "plugin": "org.deltaplate.min",
//!       "context": "General",
//!       "inputs": { "B": "bg", "A": "painted" },
//!       "params": { "mix": { "keys": [[1001, 0], [1010, 1]] }, "output": "Difference", "processA": true },
//!       "press": ["analyze"]
//!     }
//!   ],
//!   "writers": [ { "id": "out", "input": "difference", "file": "difference.####.exr" } ]
//! }
//! ```
//!
//! | member | holds | without it |
//! |---|---|---|
//! | `project` | `extent` as canonical x1, y1, x2, y2; `pixelAspect` (width over height); `frameRate`; `frames` as first and last | 1920 x 1080, 1, 24, frame 1 |
//! | `readers` | sources of frames: an `id`, and what [`GraphIo::reader`] makes of all other members | none |
//! | `nodes` | instances of plug-ins: an `id`, the `plugin`'s id, its `context` (General), its `inputs` by clip, its `params` by name, the buttons to `press` at each frame, in order, before it renders | none |
//! | `writers` | what becomes of frames: an `id`, the reader or node that is its `input`, and what [`GraphIo::writer`] makes of all other members | none |
//!
//! An input is the `id` of a reader or node. Nodes may stand in any order; ids are unique over all three lists. A
//! parameter is a boolean, a number, a text, a list of numbers, or an object with `keys`, a list of `[time, value]`; a
//! choice is the name of its option or its index. Members that are not known are errors.

mod json;
mod node;
mod run;

pub use json::{Graph, NodeSpec, ParamSpec, Project, ReaderSpec, WriterSpec};
pub use run::LoadedGraph;

use crate::error::SourceError;
use crate::frame::Frame;
use crate::geometry::{RectD, Scale};
use crate::plugin::Plugin;
use crate::source::{Format, FrameSource};
use std::sync::Arc;

/// Members of a reader or writer that are the program's own: which file, which codec.
pub type Settings = serde_json::Map<String, serde_json::Value>;

/// What the program that runs a graph brings along: plug-ins, files to read and files to write.
pub trait GraphIo {
    /// The plug-in of that id.
    ///
    /// # Errors
    /// When there is none, or it does not load.
    fn plugin(&self, id: &str) -> crate::Result<Plugin>;

    /// The source of a reader.
    ///
    /// # Errors
    /// When the settings make no sense, or there is nothing to read.
    fn reader(&self, id: &str, settings: &Settings) -> Result<Arc<dyn FrameSource>, SourceError>;

    /// Where a writer's frames go. Nothing is written before the first of them.
    ///
    /// # Errors
    /// When the settings make no sense, or nothing can be written there.
    fn writer(&self, id: &str, settings: &Settings) -> Result<Box<dyn FrameSink>, SourceError>;
}

/// Takes the frames of a writer, in order of time.
pub trait FrameSink {
    /// Takes a frame.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&mut self, frame: &Rendered) -> Result<(), SourceError>;

    /// The last frame has been taken.
    ///
    /// # Errors
    /// When what was taken cannot be finished.
    fn finish(&mut self) -> Result<(), SourceError> {
        Ok(())
    }
}

/// A frame for a writer.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Its time.
    pub time: f64,
    /// Its render scale.
    pub scale: Scale,
    /// What it is like.
    pub format: Format,
    /// Where it has pixels, canonical.
    pub region_of_definition: RectD,
    /// The pixels.
    pub frame: Arc<Frame>,
}
