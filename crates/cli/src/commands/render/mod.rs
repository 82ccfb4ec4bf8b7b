//! `deltaplate render`: a graph of nodes, its readers and writers bound to image files.

mod reader;
mod writer;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use host::graph::{FrameSink, Graph, GraphIo, LoadedGraph, NodeSpec, Settings};
use host::{EffectContext, FrameSource, Host, Plugin, RectD, SourceError};
use images::FrameRange;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::args::Render;
use crate::engine::{NodeUsed, OVERLAY, aspect_of, new_host};
use crate::failure::Failure;
use crate::plugins::Shelf;
use crate::report::{Named, Report, plural, table};
use crate::sequence::{self, Done, Plan, Task, on_disk, refuse_missing};
use crate::strips::header;
use crate::talk::Talk;
use reader::{Reader, ReaderFiles, frame_at};
use writer::{Target, Written, WrittenFiles};

/// Bytes that a pixel takes in a reader, a node or a writer: a frame of floats, and what it is made of.
const STEP_BYTES: u64 = 48;

/// The same in OverlayExtract, which holds planes of its own.
const OVERLAY_BYTES: u64 = 256;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderReport {
    /// This and the frame are none in a run over frames: its report has their numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    graph: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<f64>,
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

    fn line(&self) -> String {
        let file =
            |file: &Written| format!("{} {}", file.file, plural(file.bytes, "byte", "bytes"));
        self.written.iter().map(file).collect::<Vec<_>>().join(", ")
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Graph`] and [`Failure::Plugin`] for the graph and its nodes, [`Failure::Image`] for
/// its files; all that a frame reads is read before any of it renders.
pub fn run(args: &Render, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let text = fs::read_to_string(&args.graph)
        .map_err(|error| Failure::Graph(format!("{}: {error}", args.graph.display())))?;
    let named = |error: host::Error| Failure::Graph(format!("{}: {error}", args.graph.display()));
    let mut graph = Graph::from_json(&text).map_err(named)?;
    let folder = args.graph.parent().unwrap_or(Path::new(""));
    let readers = named_files(&graph, folder)?;
    let said = Said::new(&text);
    let frames = frames(args, &graph, &readers, &said)?;
    if let (Some([first, .., last] | [first @ last]), false) = (frames.as_deref(), said.frames) {
        graph.project.frames = [*first as f64, *last as f64];
    }
    let times = match &frames {
        Some(frames) => Times::Frames(frames),
        None => Times::One(args.frame.unwrap_or(graph.project.frames[0])),
    };
    let targets = targets(&graph, args.out.as_deref().unwrap_or(folder), &times)?;
    let plan = plan(args, &times, &readers, &targets)?;
    talk.begin(2);
    talk.step("reading")?;
    check_memory(args, &graph, &readers, &times, &said)?;
    let kept = 2 * plan.at_once;
    let readers = open(readers, &times, graph.project.frames, kept)?;
    if !said.extent {
        adopt(&mut graph, &readers);
    }
    let files = Files {
        host: new_host(talk.signals()),
        shelf: Shelf::open(&args.plugin_path)?.before(Shelf::built_in()?),
        sources: readers
            .into_iter()
            .map(|(id, reader)| (id, reader.source))
            .collect(),
        targets,
        extent: graph.project.extent.into(),
    };
    // A graph that cannot be loaded fails before any frame does.
    LoadedGraph::load(&graph, &files.of_frame())?;
    sequence::run(&plan, talk, json, |job, steps| {
        steps.step("rendering")?;
        let (written, nodes) = files.render(&graph, job.time, args.scale)?;
        let is_still = job.frame.is_none();
        Ok(Done::well(RenderReport {
            graph: is_still.then(|| Named(args.graph.clone())),
            frame: is_still.then_some(job.time),
            written,
            nodes,
            version: env!("CARGO_PKG_VERSION"),
        }))
    })
}

/// What a graph says of its project. [`Graph`] has defaults in place of the rest.
struct Said {
    extent: bool,
    frames: bool,
}

impl Said {
    fn new(text: &str) -> Self {
        let json: Value = serde_json::from_str(text).unwrap_or_default();
        let says = |member| json["project"].get(member).is_some();
        Said {
            extent: says("extent"),
            frames: says("frames"),
        }
    }
}

/// When a graph is rendered.
enum Times<'a> {
    One(f64),
    Frames(&'a [i64]),
}

impl Times<'_> {
    /// The first frame that has such a file, else the first.
    fn first(&self, files: &ReaderFiles) -> i64 {
        match self {
            Times::One(time) => frame_at(*time),
            Times::Frames(frames) => {
                let there = frames.iter().find(|frame| files.path(**frame).exists());
                there.or(frames.first()).copied().unwrap_or_default()
            }
        }
    }
}

/// A frame of the graph.
struct GraphJob {
    /// Its number in a run over frames.
    frame: Option<i64>,
    time: f64,
    inputs: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
}

impl Task for GraphJob {
    fn frame(&self) -> Option<i64> {
        self.frame
    }

    fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    fn outputs(&self) -> &[PathBuf] {
        &self.outputs
    }
}

/// The graph's readers, in its order: their ids, what it says of them, and their files.
type Readers<T> = Vec<(String, T)>;

fn named_files(graph: &Graph, folder: &Path) -> Result<Readers<ReaderFiles>, Failure> {
    let readers = graph.readers.iter();
    let reader = |reader: &host::graph::ReaderSpec| {
        let settings = settings("reader", &reader.id, &reader.settings)?;
        Ok((reader.id.clone(), ReaderFiles::new(settings, folder)))
    };
    readers.map(reader).collect()
}

/// The frames of a sequence, if that is what is to be rendered.
fn frames(
    args: &Render,
    graph: &Graph,
    readers: &Readers<ReaderFiles>,
    said: &Said,
) -> Result<Option<Vec<i64>>, Failure> {
    let first = readers.iter().find_map(|(_, files)| files.pattern());
    match (&args.sequence.frames, args.frame, first) {
        (Some(frames), _, _) => Ok(Some(frames.frames().to_vec())),
        (None, None, Some(_)) if said.frames => {
            let [first, last] = graph.project.frames.map(frame_at);
            let range = format!("{first}-{last}").parse::<FrameRange>();
            let frames = range.map_err(|error| {
                Failure::Graph(format!("{}: frames: {error}", args.graph.display()))
            })?;
            Ok(Some(frames.into_frames()))
        }
        (None, None, Some(pattern)) => Ok(Some(on_disk(pattern)?)),
        (None, _, _) => Ok(None),
    }
}

fn plan(
    args: &Render,
    times: &Times,
    readers: &Readers<ReaderFiles>,
    targets: &HashMap<String, Target>,
) -> Result<Plan<GraphJob>, Failure> {
    let job = |frame: Option<i64>, time: f64| GraphJob {
        frame,
        time,
        inputs: readers
            .iter()
            .map(|(_, files)| files.path(frame_at(time)))
            .collect(),
        outputs: targets
            .values()
            .map(|target| target.path(frame_at(time)))
            .collect(),
    };
    let jobs: Vec<GraphJob> = match times {
        Times::One(time) => vec![job(None, *time)],
        Times::Frames(frames) => {
            let jobs = frames.iter().map(|&frame| job(Some(frame), frame as f64));
            jobs.collect()
        }
    };
    let is_sequence = matches!(times, Times::Frames(_));
    let plan = Plan::of(
        jobs,
        is_sequence,
        &args.sequence,
        args.existing.skip_existing,
    )?;
    let frames = plan.jobs.iter().filter(|job| !plan.skips(job));
    let frames: Vec<i64> = frames.filter_map(|job| job.frame).collect();
    let missing = readers
        .iter()
        .filter_map(|(_, files)| files.missing(&frames));
    refuse_missing(missing.collect(), plan.keep_going)?;
    Ok(plan)
}

/// Refuses frames that take more memory than they may.
fn check_memory(
    args: &Render,
    graph: &Graph,
    readers: &Readers<ReaderFiles>,
    times: &Times,
    said: &Said,
) -> Result<(), Failure> {
    let mut largest = (0, args.graph.clone());
    for (_, files) in readers {
        let file = files.path(times.first(files));
        largest = largest.max((header(&file)?.data.area(), file));
    }
    let (mut pixels, mut because) = largest;
    // Without any input a node is black over the project.
    if said.extent && graph.nodes.iter().any(|node| node.inputs.is_empty()) {
        let [x0, y0, x1, y1] = graph.project.extent;
        let project = ((x1 - x0) * (y1 - y0)) as u64;
        if project > pixels {
            (pixels, because) = (project, args.graph.clone());
        }
    }
    let nodes = graph.nodes.iter().map(|node| match node.plugin.as_str() {
        OVERLAY => OVERLAY_BYTES,
        _ => STEP_BYTES,
    });
    let ends = (graph.readers.len() + graph.writers.len()) as u64 * STEP_BYTES;
    let bytes = nodes.sum::<u64>() + ends;
    if args.scale > 1.0 {
        pixels = (pixels as f64 * args.scale.powi(2)) as u64;
    }
    args.whole.memory.holds(&because, pixels, bytes)
}

fn open(
    readers: Readers<ReaderFiles>,
    times: &Times,
    range: [f64; 2],
    kept: usize,
) -> Result<Readers<Reader>, Failure> {
    let readers = readers.into_iter();
    readers
        .map(|(id, files)| {
            let first = times.first(&files);
            Ok((id, files.open(first, range, kept)?))
        })
        .collect()
}

fn targets(
    graph: &Graph,
    folder: &Path,
    times: &Times,
) -> Result<HashMap<String, Target>, Failure> {
    let mut targets: HashMap<String, Target> = HashMap::new();
    for writer in &graph.writers {
        let settings = settings("writer", &writer.id, &writer.settings)?;
        let target = Target::new(&writer.id, settings, folder)?;
        let many = matches!(times, Times::Frames(frames) if frames.len() > 1);
        if many && !target.is_sequence() {
            return Err(Failure::Usage(format!(
                "{}: all frames would be written to one file; let the writer's file have #### for \
                 the frame's number",
                target.file.display()
            )));
        }
        if let Some(other) = targets.values().find(|other| other.file == target.file) {
            return Err(Failure::Graph(format!(
                "writers {} and {} write the same file {}",
                other.writer,
                writer.id,
                target.file.display()
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

/// Makes the project as large as the first reader's display window.
fn adopt(graph: &mut Graph, readers: &Readers<Reader>) {
    if let Some((_, reader)) = readers.first() {
        let aspect = aspect_of(reader.pixel_aspect);
        let width = reader.display.width() as f64 * aspect;
        graph.project.pixel_aspect = aspect;
        graph.project.extent = [0.0, 0.0, width, reader.display.height() as f64];
    }
}

/// What the graph's readers, writers and nodes are bound to.
struct Files {
    host: Host,
    shelf: Shelf,
    sources: HashMap<String, Arc<dyn FrameSource>>,
    targets: HashMap<String, Target>,
    /// The project's.
    extent: RectD,
}

/// The same for one frame.
struct FilesOfFrame<'a> {
    files: &'a Files,
    written: WrittenFiles,
}

impl Files {
    fn of_frame(&self) -> FilesOfFrame<'_> {
        FilesOfFrame {
            files: self,
            written: WrittenFiles::default(),
        }
    }

    /// Each frame has instances of its own, so that no frame depends on which came before.
    fn render(
        &self,
        graph: &Graph,
        time: f64,
        scale: f64,
    ) -> Result<(Vec<Written>, Vec<GraphNode>), Failure> {
        let files = self.of_frame();
        let mut loaded = LoadedGraph::load(graph, &files)?;
        loaded.run(&[time], scale, |_| true)?;
        let nodes = graph
            .nodes
            .iter()
            .map(|node| self.used(node, &loaded, time));
        let nodes = nodes.collect::<Result<_, _>>()?;
        Ok((files.written.take(), nodes))
    }

    fn used(&self, node: &NodeSpec, loaded: &LoadedGraph, time: f64) -> Result<GraphNode, Failure> {
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
                values(node, &plugin, loaded, time)?
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

impl GraphIo for FilesOfFrame<'_> {
    fn plugin(&self, id: &str) -> host::Result<Plugin> {
        Ok(self.files.shelf.load(&self.files.host, id)?.0)
    }

    fn reader(&self, id: &str, _: &Settings) -> Result<Arc<dyn FrameSource>, SourceError> {
        let source = self.files.sources.get(id);
        source
            .cloned()
            .ok_or_else(|| SourceError::new("there is no such reader"))
    }

    fn writer(&self, id: &str, _: &Settings) -> Result<Box<dyn FrameSink>, SourceError> {
        let target = self.files.targets.get(id);
        let target = target.ok_or_else(|| SourceError::new("there is no such writer"))?;
        Ok(Box::new(target.sink(self.files.extent, &self.written)))
    }
}
