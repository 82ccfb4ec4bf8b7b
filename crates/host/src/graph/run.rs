//! Graphs made of instances, and their frames.

use super::node::NodeSource;
use super::{FrameSink, Graph, GraphIo, NodeSpec, ParamSpec, Rendered};
use crate::descriptor::EffectContext;
use crate::error::{Error, Result, SourceError};
use crate::geometry::Scale;
use crate::instance::{Instance, InstanceOptions};
use crate::source::FrameSource;
use crate::value::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// A graph whose plug-ins are loaded, whose readers are open and whose writers are ready.
pub struct LoadedGraph {
    readers: Vec<(String, Arc<dyn FrameSource>)>,
    /// Each after all that it takes from.
    nodes: Vec<Node>,
    writers: Vec<Writer>,
    /// True when a node looks at other times, so that frames are kept for the next.
    temporal: bool,
}

struct Node {
    id: String,
    source: Arc<NodeSource>,
    /// Clips, and what is connected to them.
    inputs: Vec<(String, String)>,
    press: Vec<String>,
}

struct Writer {
    id: String,
    input: String,
    sink: Box<dyn FrameSink>,
}

impl LoadedGraph {
    /// Makes a graph's instances, with their parameters set and their inputs connected.
    ///
    /// # Errors
    /// When a plug-in, reader or writer cannot be had, or a node has no such clip or parameter.
    pub fn load(graph: &Graph, io: &dyn GraphIo) -> Result<Self> {
        let order = graph.in_order()?;
        let mut loaded = Self {
            readers: Vec::new(),
            nodes: Vec::new(),
            writers: Vec::new(),
            temporal: false,
        };
        for reader in &graph.readers {
            let source = io.reader(&reader.id, &reader.settings);
            loaded.readers.push((
                reader.id.clone(),
                source.map_err(|e| failed("reader", &reader.id, e))?,
            ));
        }
        for spec in order {
            let node = loaded.make(graph, spec, io);
            loaded.nodes.push(node.map_err(|e| Error::Node {
                node: spec.id.clone(),
                source: e.into(),
            })?);
        }
        for writer in &graph.writers {
            let sink = io
                .writer(&writer.id, &writer.settings)
                .map_err(|e| failed("writer", &writer.id, e))?;
            loaded.writers.push(Writer {
                id: writer.id.clone(),
                input: writer.input.clone(),
                sink,
            });
        }
        Ok(loaded)
    }

    fn make(&mut self, graph: &Graph, spec: &NodeSpec, io: &dyn GraphIo) -> Result<Node> {
        let plugin = io.plugin(&spec.plugin)?;
        let context = spec
            .context
            .as_deref()
            .map_or(Ok(EffectContext::General), str::parse)?;
        let project = &graph.project;
        let mut instance = plugin.create_instance(
            context,
            InstanceOptions {
                extent: project.extent.into(),
                pixel_aspect: project.pixel_aspect,
                frame_rate: project.frame_rate,
                frame_range: project.frames,
                interactive: false,
                name: Some(format!("{} ({})", spec.id, spec.plugin)),
            },
        )?;
        for (name, param) in &spec.params {
            set(&mut instance, name, param)?;
        }
        for (clip, input) in &spec.inputs {
            instance.connect(clip, self.source(input)?)?;
        }
        self.temporal |= plugin.descriptor().temporal_clip_access;
        let source = Arc::new(NodeSource::new(instance)?);
        Ok(Node {
            id: spec.id.clone(),
            source,
            inputs: spec.inputs.clone(),
            press: spec.press.clone(),
        })
    }

    /// Renders frames and writes them, in their order. Before anything renders, all inputs of all frames are found to be
    /// readable. `done` is told of each frame, and by *false* stops before the next.
    ///
    /// # Errors
    /// When an input cannot be read, a plug-in fails, or a frame cannot be written.
    pub fn run(
        &mut self,
        frames: &[f64],
        scale: impl Into<Scale>,
        mut done: impl FnMut(f64) -> bool,
    ) -> Result<()> {
        let scale = scale.into();
        self.check(frames)?;
        for &time in frames {
            self.render(time, scale)?;
            if !done(time) {
                break;
            }
        }
        for Writer { id, sink, .. } in &mut self.writers {
            sink.finish().map_err(|e| failed("writer", id, e))?;
        }
        Ok(())
    }

    /// Finds out whether all that these frames need can be read.
    ///
    /// # Errors
    /// When something cannot, with the first such reader.
    pub fn check(&self, frames: &[f64]) -> Result<()> {
        let mut seen = HashSet::new();
        let ends = self
            .writers
            .iter()
            .map(|w| &w.input)
            .chain(self.nodes.iter().map(|n| &n.id));
        for end in ends {
            for &time in frames {
                self.check_at(end, time, &mut seen)?;
            }
        }
        Ok(())
    }

    fn check_at(&self, id: &str, time: f64, seen: &mut HashSet<(String, u64)>) -> Result<()> {
        if !seen.insert((id.into(), time.to_bits())) {
            return Ok(());
        }
        if let Some((_, reader)) = self.readers.iter().find(|(reader, _)| reader == id) {
            return reader.check(time).map_err(|e| failed("reader", id, e));
        }
        let Some(node) = self.nodes.iter().find(|n| n.id == id) else {
            return Ok(());
        };
        let needed = node.source.instance().frames_needed(time)?;
        for (clip, input) in &node.inputs {
            for &[first, last] in needed.get(clip).into_iter().flatten() {
                // The ends are enough to find a range that leaves the sequence.
                self.check_at(input, first, seen)?;
                self.check_at(input, last, seen)?;
            }
        }
        Ok(())
    }

    /// Renders a frame for all writers.
    ///
    /// # Errors
    /// As [`LoadedGraph::run`].
    pub fn render(&mut self, time: f64, scale: impl Into<Scale>) -> Result<()> {
        let scale = scale.into();
        if !self.temporal {
            self.nodes.iter().for_each(|node| node.source.forget());
        }
        for node in &self.nodes {
            for button in &node.press {
                node.source.press(button, time, scale)?;
            }
        }
        for at in 0..self.writers.len() {
            let rendered = self.frame(&self.writers[at].input, time, scale)?;
            let Writer { id, sink, .. } = &mut self.writers[at];
            sink.write(&rendered).map_err(|e| failed("writer", id, e))?;
        }
        Ok(())
    }

    /// A whole frame of a reader or node.
    ///
    /// # Errors
    /// When there is no such one, or its frame cannot be had.
    pub fn frame(&self, id: &str, time: f64, scale: impl Into<Scale>) -> Result<Rendered> {
        let scale = scale.into();
        let source = self.source(id)?;
        let bad = |e| self.source_failed(id, e);
        let format = source.format();
        let region_of_definition = source.region_of_definition(time, scale).map_err(bad)?;
        let pixels = match self.nodes.iter().find(|n| n.id == id) {
            Some(node) => node.source.instance().defined_pixels(time, scale)?,
            None => region_of_definition.to_pixels(scale, format.pixel_aspect),
        };
        let frame = source.image(time, scale, pixels).map_err(bad)?;
        let frame = if frame.bounds() == pixels {
            frame
        } else {
            Arc::new(frame.reframed(pixels)?)
        };
        Ok(Rendered {
            time,
            scale,
            format,
            region_of_definition,
            frame,
        })
    }

    /// The value of a node's parameter.
    ///
    /// # Errors
    /// When there is no such node or parameter, or it has no value.
    pub fn value(&self, node: &str, param: &str, time: f64) -> Result<Value> {
        let found = self.nodes.iter().find(|n| n.id == node);
        let found = found.ok_or_else(|| Error::Graph(format!("there is no node {node:?}")))?;
        found.source.instance().get(param, time)
    }

    fn source(&self, id: &str) -> Result<Arc<dyn FrameSource>> {
        if let Some((_, reader)) = self.readers.iter().find(|(reader, _)| reader == id) {
            return Ok(reader.clone());
        }
        match self.nodes.iter().find(|n| n.id == id) {
            Some(node) => Ok(node.source.clone()),
            None => Err(Error::Graph(format!("there is no reader or node {id:?}"))),
        }
    }

    fn source_failed(&self, id: &str, error: SourceError) -> Error {
        let role = if self.nodes.iter().any(|n| n.id == id) {
            "node"
        } else {
            "reader"
        };
        failed(role, id, error)
    }
}

fn failed(role: &'static str, id: &str, source: SourceError) -> Error {
    Error::Io {
        role,
        id: id.into(),
        source,
    }
}

fn set(instance: &mut Instance, name: &str, param: &ParamSpec) -> Result<()> {
    match param {
        ParamSpec::Value(value) => instance.set(name, value.clone()),
        ParamSpec::Keys(keys) => keys
            .iter()
            .try_for_each(|(time, value)| instance.key(name, *time, value.clone())),
    }
}
