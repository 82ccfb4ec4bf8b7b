//! Graphs, with frames in memory for files.

mod support;

use host::graph::{FrameSink, Graph, GraphIo, LoadedGraph, Rendered, Settings};
use host::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use support::*;

/// Sequences by name, and what was written.
struct Shelf {
    host: Host,
    library: Library,
    sources: HashMap<&'static str, Arc<MemorySource>>,
    written: Written,
}

type Written = Arc<Mutex<Vec<(String, Rendered)>>>;

struct Sink(String, Written);

impl FrameSink for Sink {
    fn write(&mut self, frame: &Rendered) -> Result<(), SourceError> {
        self.1.lock().unwrap().push((self.0.clone(), frame.clone()));
        Ok(())
    }
}

impl GraphIo for Shelf {
    fn plugin(&self, id: &str) -> Result<Plugin> {
        self.host.load(&self.library, id)
    }

    fn reader(&self, _id: &str, settings: &Settings) -> Result<Arc<dyn FrameSource>, SourceError> {
        let file = settings
            .get("file")
            .and_then(|f| f.as_str())
            .ok_or_else(|| SourceError::new("needs a file"))?;
        match self.sources.get(file) {
            Some(source) => Ok(source.clone()),
            None => Err(SourceError::new(format_args!("{file}: not found"))),
        }
    }

    fn writer(&self, id: &str, _settings: &Settings) -> Result<Box<dyn FrameSink>, SourceError> {
        Ok(Box::new(Sink(id.into(), self.written.clone())))
    }
}

const BOUNDS: RectI = RectI::new(-1, 0, 5, 4);

fn plate(time: i32) -> Frame {
    Frame::from_fn(BOUNDS, Components::Rgb, |x, y, c| {
        (x + y * 10 + time * 100) as f32 + c as f32 / 4.0
    })
    .unwrap()
}

fn shelf() -> Shelf {
    let sequence = MemorySource::sequence((1..=3).map(|t| (t, plate(t)))).unwrap();
    Shelf {
        host: Host::default(),
        library: library(),
        sources: HashMap::from([("plate", Arc::new(sequence))]),
        written: Arc::default(),
    }
}

fn run(shelf: &Shelf, nodes: &str, frames: &[f64]) -> Result<LoadedGraph> {
    let text = format!(
        r#"{{
            "readers": [{{ "id": "in", "file": "plate" }}],
            "nodes": [{nodes}],
            "writers": [{{ "id": "out", "input": "last" }}]
        }}"#
    );
    let mut graph = LoadedGraph::load(&Graph::from_json(&text)?, shelf)?;
    graph.run(frames, 1.0, |_| true)?;
    Ok(graph)
}

#[test]
fn two_nodes_of_one_plugin_take_from_each_other() {
    for id in ["test.invert", "test.invert.unsafe", "test.invert.instance"] {
        let shelf = shelf();
        let nodes = format!(
            r#"{{ "id": "last", "plugin": "{id}", "inputs": {{ "Source": "first" }}, "params": {{ "gain": 2 }} }},
               {{ "id": "first", "plugin": "{id}", "inputs": {{ "Source": "in" }} }}"#
        );
        run(&shelf, &nodes, &[1.0, 3.0]).unwrap();
        let written = shelf.written.lock().unwrap();
        for (time, (id, rendered)) in [1, 3].into_iter().zip(&*written) {
            assert_eq!((id.as_str(), rendered.time), ("out", f64::from(time)));
            assert_eq!(*rendered.frame, inverted(&inverted(&plate(time), 1.0), 2.0));
        }
        assert_eq!(written.len(), 2);
    }
}

#[test]
fn keys_and_buttons_work_by_frame() {
    let shelf = shelf();
    let node = r#"{ "id": "last", "plugin": "test.invert", "inputs": { "Source": "in" },
        "params": { "gain": { "keys": [[1, 1], [3, 2]] } }, "press": ["analyze"] }"#;
    let graph = run(&shelf, node, &[1.0, 2.0]).unwrap();
    assert_eq!(
        *shelf.written.lock().unwrap()[1].1.frame,
        inverted(&plate(2), 1.5)
    );
    assert_eq!(
        graph.value("last", "peak", 2.0).unwrap(),
        Value::Double(234.5)
    );
}

#[test]
fn other_times_of_a_node_are_rendered() {
    let shelf = shelf();
    let nodes = r#"{ "id": "first", "plugin": "test.invert", "inputs": { "Source": "in" } },
        { "id": "last", "plugin": "test.invert", "inputs": { "Source": "first" }, "params": { "offset": 1 } }"#;
    run(&shelf, nodes, &[1.0, 2.0]).unwrap();
    assert_eq!(
        *shelf.written.lock().unwrap()[1].1.frame,
        inverted(&inverted(&plate(3), 1.0), 1.0)
    );
    // Frame 4 is needed for frame 3, and missing: nothing is written.
    shelf.written.lock().unwrap().clear();
    let error = run(&shelf, nodes, &[1.0, 2.0, 3.0]).err().unwrap();
    assert_eq!(error.to_string(), "reader in: there is no frame 4");
    assert!(shelf.written.lock().unwrap().is_empty());
}

#[test]
fn a_frame_that_nobody_announced_is_rendered_within_a_render() {
    let shelf = shelf();
    let nodes = r#"{ "id": "first", "plugin": "test.fault.unannounced", "inputs": { "Source": "in" } },
        { "id": "last", "plugin": "test.fault.unannounced", "inputs": { "Source": "first" }, "params": { "offset": 1 } }"#;
    run(&shelf, nodes, &[1.0]).unwrap();
    let expected = inverted(&inverted(&plate(2), 1.0), 1.0);
    assert_eq!(*shelf.written.lock().unwrap()[0].1.frame, expected);
}

#[test]
fn a_failing_node_is_named_from_downstream() {
    let shelf = shelf();
    let nodes = r#"{ "id": "bad", "plugin": "test.fail.render", "inputs": { "Source": "in" } },
        { "id": "last", "plugin": "test.invert", "inputs": { "Source": "bad" } }"#;
    let error = run(&shelf, nodes, &[1.0]).err().unwrap();
    assert_eq!(
        error.to_string(),
        "node last: last (test.invert): clip Source: bad (test.fail.render): Render failed with \
         kOfxStatErrImageFormat: because I want to, at 100 %"
    );
    assert!(matches!(
        error.root(),
        Error::Action {
            status: Status::ERR_IMAGE_FORMAT,
            ..
        }
    ));
}

#[test]
fn mistakes_name_the_node() {
    let shelf = shelf();
    let error = |nodes: &str| run(&shelf, nodes, &[1.0]).err().unwrap().to_string();
    let node = |more: &str| format!(r#"{{ "id": "last", "plugin": "test.invert" {more} }}"#);
    assert!(
        error(&node(r#", "params": { "gian": 1 }"#))
            .contains(r#"node last: last (test.invert) has no parameter "gian""#)
    );
    assert!(
        error(&node(r#", "params": { "gain": 5 }"#))
            .contains("parameter gain: 5 is not within 0 to 4")
    );
    assert!(error(&node(r#", "params": { "mode": "Both" }"#)).contains("there are Invert, Copy"));
    assert!(
        error(&node(r#", "params": { "peak": { "keys": [[1, "x"]] } }"#))
            .contains("parameter peak")
    );
    assert!(
        error(&node(r#", "inputs": { "B": "in" }"#)).contains(r#"has no clip "B"; it has Source"#)
    );
    assert!(
        error(&node(r#", "context": "Paint""#))
            .contains("has no Paint context; it has General, Filter")
    );
    assert!(error(r#"{ "id": "last", "plugin": "test.none" }"#).contains(r#"node last: "#));
    let missing =
        Graph::from_json(r#"{ "readers": [{ "id": "in", "file": "nowhere" }] }"#).unwrap();
    let error = LoadedGraph::load(&missing, &shelf).err().unwrap();
    assert_eq!(error.to_string(), "reader in: nowhere: not found");
}
