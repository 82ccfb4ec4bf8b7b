//! The file format.

use super::Settings;
use crate::error::{Error, Result};
use crate::value::Value;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

/// A graph as its file says it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Graph {
    /// The project.
    pub project: Project,
    /// Sources of frames.
    pub readers: Vec<ReaderSpec>,
    /// Instances of plug-ins.
    pub nodes: Vec<NodeSpec>,
    /// What becomes of frames.
    pub writers: Vec<WriterSpec>,
}

/// The project of all nodes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Project {
    /// Canonical x1, y1, x2, y2.
    pub extent: [f64; 4],
    /// Width of a pixel over its height.
    pub pixel_aspect: f64,
    /// Frames in a second.
    pub frame_rate: f64,
    /// First and last frame.
    pub frames: [f64; 2],
}

impl Default for Project {
    fn default() -> Self {
        Self {
            extent: [0.0, 0.0, 1920.0, 1080.0],
            pixel_aspect: 1.0,
            frame_rate: 24.0,
            frames: [1.0, 1.0],
        }
    }
}

/// A reader.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ReaderSpec {
    /// Its id.
    pub id: String,
    /// All its other members.
    #[serde(flatten)]
    pub settings: Settings,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    /// Its id.
    pub id: String,
    /// The plug-in's id.
    pub plugin: String,
    /// The context; General where none is named.
    #[serde(default)]
    pub context: Option<String>,
    /// Clips, and the ids of what is connected to them.
    #[serde(default, deserialize_with = "unique")]
    pub inputs: Vec<(String, String)>,
    /// Parameters, and what they are set to.
    #[serde(default, deserialize_with = "unique")]
    pub params: Vec<(String, ParamSpec)>,
    /// Buttons to press at each frame before it renders.
    #[serde(default)]
    pub press: Vec<String>,
}

/// What a parameter is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamSpec {
    /// A value.
    Value(Value),
    /// Keys.
    Keys(Vec<(f64, Value)>),
}

/// A writer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WriterSpec {
    /// Its id.
    pub id: String,
    /// The id of what it takes.
    pub input: String,
    /// All its other members.
    #[serde(flatten)]
    pub settings: Settings,
}

impl Graph {
    /// Reads a graph, and checks what can be checked without its plug-ins: ids, inputs, loops.
    ///
    /// # Errors
    /// When it is no graph, with the line where that shows, or what is wrong with which node.
    pub fn from_json(text: &str) -> Result<Self> {
        let graph: Self = serde_json::from_str(text).map_err(|e| Error::Graph(e.to_string()))?;
        graph.check()?;
        Ok(graph)
    }

    fn check(&self) -> Result<()> {
        let wrong = |text: String| Err(Error::Graph(text));
        let Project {
            extent,
            pixel_aspect,
            frame_rate,
            frames,
        } = self.project;
        if !(extent[0] < extent[2] && extent[1] < extent[3] && extent.iter().all(|e| e.is_finite()))
        {
            return wrong(format!("the project's extent {extent:?} is no rectangle"));
        }
        if !(pixel_aspect > 0.0
            && pixel_aspect.is_finite()
            && frame_rate > 0.0
            && frame_rate.is_finite())
        {
            return wrong("the project's pixelAspect and frameRate must be above 0".into());
        }
        if !(frames[0] <= frames[1] && frames.iter().all(|f| f.is_finite())) {
            return wrong(format!("the project's frames {frames:?} are no range"));
        }
        let mut ids = HashSet::new();
        let nodes = self.nodes.iter().map(|n| &n.id);
        for id in self
            .readers
            .iter()
            .map(|r| &r.id)
            .chain(nodes)
            .chain(self.writers.iter().map(|w| &w.id))
        {
            if id.is_empty() {
                return wrong("an id is empty".into());
            }
            if !ids.insert(id) {
                return wrong(format!("there are two {id:?}"));
            }
        }
        let known: Vec<&str> = self
            .readers
            .iter()
            .map(|r| &r.id)
            .chain(self.nodes.iter().map(|n| &n.id))
            .map(String::as_str)
            .collect();
        let inputs = self
            .nodes
            .iter()
            .flat_map(|n| n.inputs.iter().map(move |(clip, from)| (&n.id, clip, from)));
        for (node, clip, from) in inputs {
            if !known.contains(&from.as_str()) {
                return wrong(format!(
                    "node {node}, input {clip}: there is no reader or node {from:?}"
                ));
            }
        }
        for WriterSpec { id, input, .. } in &self.writers {
            if !known.contains(&input.as_str()) {
                return wrong(format!("writer {id}: there is no reader or node {input:?}"));
            }
        }
        self.in_order().map(drop)
    }

    /// The nodes, each after all that it takes from.
    pub(super) fn in_order(&self) -> Result<Vec<&NodeSpec>> {
        let mut ordered: Vec<&NodeSpec> = Vec::new();
        let mut waiting: Vec<&NodeSpec> = self.nodes.iter().collect();
        while !waiting.is_empty() {
            let is_ready = |node: &&NodeSpec| {
                let waits_for = |from: &String| self.nodes.iter().any(|n| n.id == *from);
                let done = |from: &String| ordered.iter().any(|n| n.id == *from);
                node.inputs
                    .iter()
                    .all(|(_, from)| !waits_for(from) || done(from))
            };
            let (ready, rest): (Vec<_>, Vec<_>) = waiting.iter().copied().partition(is_ready);
            if ready.is_empty() {
                let ids: Vec<_> = rest.iter().map(|n| n.id.as_str()).collect();
                return Err(Error::Graph(format!(
                    "nodes take from each other in a loop: {}",
                    ids.join(", ")
                )));
            }
            ordered.extend(ready);
            waiting = rest;
        }
        Ok(ordered)
    }
}

impl<'de> Deserialize<'de> for ParamSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Keys {
            keys: Vec<(f64, serde_json::Value)>,
        }
        let json = serde_json::Value::deserialize(deserializer)?;
        let value = |json| Value::from_json(json).map_err(de::Error::custom);
        if !json.is_object() {
            return value(&json).map(Self::Value);
        }
        let Keys { keys } = serde_json::from_value(json).map_err(de::Error::custom)?;
        let keys = keys.iter().map(|(time, json)| Ok((*time, value(json)?)));
        keys.collect::<std::result::Result<_, D::Error>>()
            .map(Self::Keys)
    }
}

/// Reads an object in its order, and refuses a name that stands there twice.
fn unique<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<(String, T)>, D::Error> {
    struct Members<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
        type Value = Vec<(String, T)>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(
            self,
            mut map: A,
        ) -> std::result::Result<Self::Value, A::Error> {
            let mut members: Self::Value = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, T>()? {
                if members.iter().any(|(n, _)| *n == name) {
                    return Err(de::Error::custom(format_args!("{name:?} is there twice")));
                }
                members.push((name, value));
            }
            Ok(members)
        }
    }
    deserializer.deserialize_map(Members(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Graph::from_json(text).unwrap_err().to_string()
    }

    #[test]
    fn a_graph_is_read() {
        let graph = Graph::from_json(
            r#"{
                "project": { "frames": [1, 9] },
                "readers": [{ "id": "bg", "file": "bg.exr" }],
                "nodes": [
                    { "id": "b", "plugin": "p", "inputs": { "B": "a", "A": "bg" } },
                    { "id": "a", "plugin": "p", "inputs": { "A": "bg" },
                      "params": { "mix": 0.5, "gain": { "keys": [[1, 0], [9, 1.5]] }, "mode": "On" } }
                ],
                "writers": [{ "id": "out", "input": "b", "file": "out.exr", "codec": "zip" }]
            }"#,
        )
        .unwrap();
        assert_eq!(graph.readers[0].settings["file"], "bg.exr");
        assert_eq!(graph.project.extent, [0.0, 0.0, 1920.0, 1080.0]);
        let keys = vec![(1.0, Value::Int(0)), (9.0, Value::Double(1.5))];
        assert_eq!(
            graph.nodes[1].params[1],
            ("gain".into(), ParamSpec::Keys(keys))
        );
        let order: Vec<_> = graph
            .in_order()
            .unwrap()
            .iter()
            .map(|n| n.id.as_str())
            .collect();
        assert_eq!(order, ["a", "b"]);
        assert_eq!(graph.writers[0].settings["codec"], "zip");
    }

    #[test]
    fn mistakes_are_named() {
        assert!(error("{").contains("line 1"));
        assert!(error(r#"{ "knots": [] }"#).contains("unknown field `knots`"));
        let node = |inputs: &str, more: &str| {
            format!(
                r#"{{ "nodes": [{{ "id": "n", "plugin": "p", "inputs": {{ {inputs} }} {more} }}] }}"#
            )
        };
        assert!(
            error(&node(r#""A": "x""#, ""))
                .contains(r#"node n, input A: there is no reader or node "x""#)
        );
        assert!(error(&node(r#""A": "n""#, "")).contains("loop: n"));
        assert!(error(&node(r#""A": "n", "A": "n""#, "")).contains("there twice"));
        assert!(error(&node("", r#", "params": { "mix": null }"#)).contains("null is no value"));
        assert!(
            error(&node("", r#", "params": { "mix": { "key": [] } }"#))
                .contains("unknown field `key`")
        );
        assert!(error(r#"{ "readers": [{ "id": "a" }, { "id": "a" }] }"#).contains(r#"two "a""#));
        assert!(error(r#"{ "writers": [{ "id": "w", "input": "x" }] }"#).contains("writer w"));
        assert!(error(r#"{ "project": { "extent": [0, 0, 0, 9] } }"#).contains("no rectangle"));
        assert!(error(r#"{ "project": { "frames": [9, 1] } }"#).contains("no range"));
    }
}
