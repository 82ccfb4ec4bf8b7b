//! `deltaplate render`: a graph of nodes, its readers and writers bound to image files.

mod reader;
mod writer;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use host::graph::{FrameSink, Graph, GraphIo, LoadedGraph, NodeSpec, Settings};
use host::{EffectContext, FrameSource, Host, Plugin, SourceError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::args::Render;
use crate::engine::{NodeUsed, new_host, pixel_aspect};
use crate::failure::Failure;
use crate::files::{Plate, refuse_input};
use crate::plugins::Shelf;
use crate::report::{Named, Report, plural, print, table};
use crate::talk::Talk;
use reader::ReaderSettings;
use writer::{Target, Written, WrittenFiles};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderReport {
    graph: Named,
    frame: f64,
    written: Vec<Written>,
    /// The plug-ins of the graph's nodes, with the bundle that each was taken from.
    nodes: Vec<GraphNode>,
    version: &'static str,
}

#[derive(Serialize)]
struct GraphNode {
    /// The node's id in the graph.
    node: String,
    #[serde(flatten)]
    plugin: NodeUsed,
    /// The bundle; none for the plug-in that is linked in.
    library: Option<String>,
    /// The values of its parameters, where a button was pressed: what it found out stands there.
    #[serde(skip_serializing_if = "Map::is_empty")]
    values: Map<String, Value>,
}

impl Report for RenderReport {
    fn text(&self) -> String {
        let row = |file: &Written| {
            vec![
                file.writer.clone(),
                file.file.to_string(),
                format!("{}x{}", file.width, file.height),
                plural(file.bytes, "byte", "bytes"),
            ]
        };
        table(&self.written.iter().map(row).collect::<Vec<_>>())
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Graph`] and [`Failure::Plugin`] for the graph and its nodes, [`Failure::Image`] for
/// its files; all readers are read before anything renders.
pub fn run(args: &Render, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let text = fs::read_to_string(&args.graph)
        .map_err(|error| Failure::Graph(format!("{}: {error}", args.graph.display())))?;
    let named = |error: host::Error| Failure::Graph(format!("{}: {error}", args.graph.display()));
    let mut graph = Graph::from_json(&text).map_err(named)?;
    talk.begin(2);
    talk.step("reading")?;
    let folder = args.graph.parent().unwrap_or(Path::new(""));
    let readers = read_all(&graph, folder)?;
    if !says_extent(&text) {
        adopt(&mut graph, &readers);
    }
    let files = Files {
        host: new_host(talk.signals()),
        shelf: Shelf::open(&args.plugin_path)?.before(Shelf::built_in()?),
        sources: sources(&readers)?,
        targets: targets(&graph, args.out.as_deref().unwrap_or(folder), &readers)?,
        written: WrittenFiles::default(),
    };
    let mut loaded = LoadedGraph::load(&graph, &files)?;
    let frame = args.frame.unwrap_or(graph.project.frames[0]);
    talk.step("rendering")?;
    loaded.run(&[frame], args.scale, |_| true)?;
    talk.end();
    let nodes = graph
        .nodes
        .iter()
        .map(|node| files.used(node, &loaded, frame));
    let report = RenderReport {
        graph: Named(args.graph.clone()),
        frame,
        nodes: nodes.collect::<Result<_, _>>()?,
        written: files.written.take(),
        version: env!("CARGO_PKG_VERSION"),
    };
    print(&report, json)?;
    Ok(ExitCode::SUCCESS)
}

/// The graph's readers by their ids.
type Readers = HashMap<String, (Plate, ReaderSettings)>;

fn read_all(graph: &Graph, folder: &Path) -> Result<Readers, Failure> {
    let mut readers = Readers::new();
    for reader in &graph.readers {
        let settings: ReaderSettings = settings("reader", &reader.id, &reader.settings)?;
        let plate = Plate::read(&folder.join(&settings.file))?;
        readers.insert(reader.id.clone(), (plate, settings));
    }
    Ok(readers)
}

fn sources(readers: &Readers) -> Result<HashMap<String, Arc<dyn FrameSource>>, Failure> {
    let mut sources = HashMap::new();
    for (id, (plate, settings)) in readers {
        sources.insert(id.clone(), settings.source(plate)?);
    }
    Ok(sources)
}

fn targets(
    graph: &Graph,
    folder: &Path,
    readers: &Readers,
) -> Result<HashMap<String, Target>, Failure> {
    let inputs: Vec<&Path> = readers
        .values()
        .map(|(plate, _)| plate.path.as_path())
        .collect();
    let mut targets: HashMap<String, Target> = HashMap::new();
    for writer in &graph.writers {
        let settings = settings("writer", &writer.id, &writer.settings)?;
        let target = Target::new(&writer.id, settings, folder, graph.project.extent.into())?;
        refuse_input(&target.path, &inputs)?;
        if let Some(other) = targets.values().find(|other| other.path == target.path) {
            return Err(Failure::Graph(format!(
                "writers {} and {} write the same file {}",
                other.writer,
                writer.id,
                target.path.display()
            )));
        }
        targets.insert(writer.id.clone(), target);
    }
    Ok(targets)
}

fn settings<T: DeserializeOwned>(role: &str, id: &str, settings: &Settings) -> Result<T, Failure> {
    serde_json::from_value(settings.clone().into())
        .map_err(|error| Failure::Graph(format!("{role} {id}: {error}")))
}

/// Whether the graph names its project's extent. [`Graph`] has a default in its place.
fn says_extent(text: &str) -> bool {
    let json: Value = serde_json::from_str(text).unwrap_or_default();
    json["project"].get("extent").is_some()
}

/// Makes the project as large as the first reader's display window.
fn adopt(graph: &mut Graph, readers: &Readers) {
    let first = graph
        .readers
        .first()
        .and_then(|reader| readers.get(&reader.id));
    if let Some((plate, _)) = first {
        let display = plate.image.display;
        let aspect = pixel_aspect(&plate.image);
        let width = display.width() as f64 * aspect;
        graph.project.pixel_aspect = aspect;
        graph.project.extent = [0.0, 0.0, width, display.height() as f64];
    }
}

/// What the graph's readers, writers and nodes are bound to.
struct Files {
    host: Host,
    shelf: Shelf,
    sources: HashMap<String, Arc<dyn FrameSource>>,
    targets: HashMap<String, Target>,
    written: WrittenFiles,
}

impl Files {
    fn used(
        &self,
        node: &NodeSpec,
        loaded: &LoadedGraph,
        frame: f64,
    ) -> Result<GraphNode, Failure> {
        let (plugin, library) = self.shelf.load(&self.host, &node.plugin)?;
        let info = plugin.info();
        Ok(GraphNode {
            node: node.id.clone(),
            plugin: NodeUsed {
                id: info.identifier.clone(),
                version: format!("{}.{}", info.version_major, info.version_minor),
            },
            library,
            values: if node.press.is_empty() {
                Map::new()
            } else {
                values(node, &plugin, loaded, frame)?
            },
        })
    }
}

/// The values of all parameters that have one.
fn values(
    node: &NodeSpec,
    plugin: &Plugin,
    loaded: &LoadedGraph,
    frame: f64,
) -> Result<Map<String, Value>, Failure> {
    let context = node
        .context
        .as_deref()
        .map_or(Ok(EffectContext::General), str::parse)?;
    let params = plugin.describe_in_context(context)?.params;
    let params = params.iter().filter(|param| param.default.is_some());
    let value = |name: &String| Ok((name.clone(), loaded.value(&node.id, name, frame)?.to_json()));
    params.map(|param| value(&param.name)).collect()
}

impl GraphIo for Files {
    fn plugin(&self, id: &str) -> host::Result<Plugin> {
        Ok(self.shelf.load(&self.host, id)?.0)
    }

    fn reader(&self, id: &str, _: &Settings) -> Result<Arc<dyn FrameSource>, SourceError> {
        let source = self.sources.get(id);
        source
            .cloned()
            .ok_or_else(|| SourceError::new("there is no such reader"))
    }

    fn writer(&self, id: &str, _: &Settings) -> Result<Box<dyn FrameSink>, SourceError> {
        let target = self.targets.get(id);
        let target = target.ok_or_else(|| SourceError::new("there is no such writer"))?;
        Ok(Box::new(target.sink(&self.written)))
    }
}
