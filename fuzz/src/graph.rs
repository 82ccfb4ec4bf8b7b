//! Graphs: any text, and where it is one, any parameters of the nodes.

use std::sync::Arc;

use deltaplate::ofx::entry;
use host::graph::{FrameSink, Graph, GraphIo, LoadedGraph, Rendered, Settings};
use host::{Components, Frame, FrameSource, Host, HostOptions, Library, MemorySource, Plugin};
use host::{RectI, SourceError, StaticEntry};

/// Any text as a graph, whose readers give small plates.
pub fn graph(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut graph = match Graph::from_json(text) {
        Ok(graph) => graph,
        Err(error) => return drop(error.to_string()),
    };
    let [x0, y0, x1, y1] = graph.project.extent;
    if graph.nodes.len() > 4 || (x1 - x0) * (y1 - y0) > 4096.0 {
        // Sound, but a long way.
        return;
    }
    let first = graph.project.frames[0];
    // A button may walk over all frames.
    graph.project.frames[1] = graph.project.frames[1].min(first + 2.0);
    let mut loaded = match LoadedGraph::load(&graph, &Memory::new()) {
        Ok(loaded) => loaded,
        Err(error) => return drop(error.to_string()),
    };
    if let Err(error) = loaded.run(&[first], 1.0, |_| true) {
        let _ = error.to_string();
    }
}

struct Memory {
    host: Host,
    library: Library,
}

impl Memory {
    fn new() -> Self {
        let library = Library::from_entry(StaticEntry {
            number_of_plugins: entry::OfxGetNumberOfPlugins,
            get_plugin: entry::OfxGetPlugin,
            set_host: Some(entry::OfxSetHost),
        });
        Memory {
            host: Host::new(HostOptions {
                threads: 1,
                ..HostOptions::default()
            }),
            library: library.expect("the nodes are linked in"),
        }
    }
}

impl GraphIo for Memory {
    fn plugin(&self, id: &str) -> host::Result<Plugin> {
        self.host.load(&self.library, id)
    }

    /// A plate whose place and samples follow from its id.
    fn reader(&self, id: &str, _: &Settings) -> Result<Arc<dyn FrameSource>, SourceError> {
        let seed = id
            .bytes()
            .fold(7u32, |seed, byte| seed.rotate_left(5) ^ u32::from(byte));
        let corner = (seed % 7) as i32 - 3;
        let bounds = RectI::new(corner, -corner, corner + 8, 6 - corner);
        let components = [Components::Rgba, Components::Rgb, Components::Alpha][seed as usize % 3];
        let frame = Frame::from_fn(bounds, components, |x, y, c| match (x + y) % 11 {
            0 => f32::from_bits(seed.wrapping_mul(x as u32 | 1)),
            _ => (x * 3 + y * 5 + c as i32) as f32 / 16.0,
        });
        let frame = frame.map_err(SourceError::new)?;
        Ok(Arc::new(MemorySource::still(frame)))
    }

    fn writer(&self, _: &str, _: &Settings) -> Result<Box<dyn FrameSink>, SourceError> {
        Ok(Box::new(Nowhere))
    }
}

struct Nowhere;

impl FrameSink for Nowhere {
    fn write(&mut self, rendered: &Rendered) -> Result<(), SourceError> {
        assert!(rendered.frame.floats().is_some(), "the nodes give floats");
        Ok(())
    }
}
