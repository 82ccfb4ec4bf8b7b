//! `deltaplate nodes`: what a bundle holds.

use std::process::ExitCode;

use host::{ContextDescriptor, EffectContext, ParamDescriptor, ParamKind, Plugin, Values};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::Nodes;
use crate::engine::new_host;
use crate::failure::Failure;
use crate::plugins::Shelf;
use crate::report::{Report, print, table};
use crate::talk::Talk;

/// A node as JSON shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeReport {
    id: String,
    version: String,
    label: String,
    group: String,
    description: String,
    /// The bundle; none for the plug-in that is linked in.
    library: Option<String>,
    contexts: Vec<String>,
    depths: Vec<String>,
    thread_safety: String,
    supports_tiles: bool,
    /// Clips and parameters in the first context of General, Filter and what else there is.
    #[serde(flatten)]
    face: Face,
    /// The same in the contexts beside it.
    other_contexts: Vec<Face>,
}

/// Clips and parameters in a context.
#[derive(Serialize)]
struct Face {
    context: String,
    clips: Vec<Value>,
    parameters: Vec<Value>,
}

/// All that are listed.
#[derive(Serialize)]
#[serde(transparent)]
struct NodesReport {
    nodes: Vec<NodeReport>,
    /// Whether one was asked for.
    #[serde(skip)]
    in_full: bool,
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Plugin`].
pub fn run(args: &Nodes, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let host = new_host(talk.signals());
    let shelf = if args.plugin_path.is_empty() {
        Shelf::built_in()?
    } else {
        Shelf::open(&args.plugin_path)?
    };
    let ids = match &args.id {
        Some(id) => vec![id.clone()],
        None => shelf.ids(),
    };
    let mut nodes = Vec::new();
    for id in &ids {
        let (plugin, library) = shelf.load(&host, id)?;
        nodes.push(describe(&plugin, library)?);
    }
    let in_full = args.id.is_some();
    print(&NodesReport { nodes, in_full }, json)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(plugin: &Plugin, library: Option<String>) -> Result<NodeReport, Failure> {
    let descriptor = plugin.descriptor();
    let mut contexts = descriptor.contexts.clone();
    let rank = |context: &EffectContext| match context {
        EffectContext::General => 0,
        EffectContext::Filter => 1,
        _ => 2,
    };
    contexts.sort_by_key(rank);
    let mut faces = Vec::new();
    for context in contexts {
        faces.push(face(&plugin.describe_in_context(context)?));
    }
    let mut faces = faces.into_iter();
    let face = faces.next().ok_or_else(|| {
        Failure::Plugin(host::Error::Answer {
            plugin: descriptor.identifier.clone(),
            action: "Describe".to_owned(),
            answer: "no context".to_owned(),
        })
    })?;
    let [major, minor] = descriptor.version;
    Ok(NodeReport {
        id: descriptor.identifier,
        version: format!("{major}.{minor}"),
        label: descriptor.label,
        group: descriptor.grouping,
        description: descriptor.description,
        library,
        contexts: descriptor
            .contexts
            .iter()
            .map(ToString::to_string)
            .collect(),
        depths: descriptor
            .pixel_depths
            .iter()
            .map(|name| short(name, "OfxBitDepth"))
            .collect(),
        thread_safety: short(&descriptor.thread_safety, "OfxImageEffectRender"),
        supports_tiles: descriptor.supports_tiles,
        face,
        other_contexts: faces.collect(),
    })
}

fn face(context: &ContextDescriptor) -> Face {
    let clip = |clip: &host::ClipDescriptor| {
        let components = clip
            .components
            .iter()
            .map(|name| short(name, "OfxImageComponent"));
        json!({
            "name": clip.name,
            "label": clip.label,
            "shortLabel": clip.short_label,
            "hint": text(clip.properties.get("OfxPropHint").or(clip.properties.get("OfxParamPropHint"))),
            "components": components.collect::<Vec<_>>(),
            "optional": clip.optional,
            "mask": clip.mask,
            "output": clip.output,
        })
    };
    Face {
        context: context.context.to_string(),
        clips: context.clips.iter().map(clip).collect(),
        parameters: context.params.iter().map(parameter).collect(),
    }
}

fn parameter(param: &ParamDescriptor) -> Value {
    let own = |name: &str| param.properties.get(name).map_or(Value::Null, plain);
    let default = param.default.as_ref().map_or(Value::Null, plain);
    let default = match (param.kind, &default) {
        (ParamKind::Boolean, Value::Number(number)) => (number.as_i64() != Some(0)).into(),
        _ => default,
    };
    json!({
        "name": param.name,
        "label": param.label,
        "hint": param.hint,
        "kind": param.kind,
        "group": param.parent,
        "default": default,
        "min": param.min.as_ref().map_or(Value::Null, plain),
        "max": param.max.as_ref().map_or(Value::Null, plain),
        "displayMin": own("OfxParamPropDisplayMin"),
        "displayMax": own("OfxParamPropDisplayMax"),
        "options": param.options,
        "animates": param.animates,
        "enabled": param.enabled,
        "secret": param.secret,
    })
}

/// One value as itself, several as a list, none as null; numbers that are not finite as null.
fn plain(values: &Values) -> Value {
    match serde_json::to_value(values) {
        Ok(Value::Array(mut list)) if list.len() == 1 => list.remove(0),
        Ok(Value::Array(list)) if list.is_empty() => Value::Null,
        Ok(value) => value,
        Err(_) => Value::Null,
    }
}

fn text(values: Option<&Values>) -> Value {
    values.map_or(Value::Null, plain)
}

/// OpenFX's name without what all of its kind begin with.
fn short(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}

impl Report for NodesReport {
    fn text(&self) -> String {
        if self.in_full {
            return self.nodes.iter().map(in_full).collect();
        }
        let row = |node: &NodeReport| {
            let first = node.description.lines().next().unwrap_or_default();
            vec![node.id.clone(), node.label.clone(), first.to_owned()]
        };
        table(&self.nodes.iter().map(row).collect::<Vec<_>>())
    }
}

/// All of a node, for people.
fn in_full(node: &NodeReport) -> String {
    let clips: Vec<_> = node.face.clips.iter().map(clip_row).collect();
    let params: String = node.face.parameters.iter().map(parameter_text).collect();
    format!(
        "{} {}, {}\n\n{}\nContexts: {}\n\nClips\n{}\nParameters\n{params}",
        node.id,
        node.version,
        node.label,
        wrapped(&node.description, ""),
        node.contexts.join(", "),
        table(&clips),
    )
}

fn clip_row(clip: &Value) -> Vec<String> {
    let mut note = clip["label"].as_str().unwrap_or_default().to_owned();
    for word in ["optional", "mask"] {
        if clip[word] == true {
            note += &format!(", {word}");
        }
    }
    vec![
        format!("  {}", clip["name"].as_str().unwrap_or_default()),
        note,
    ]
}

fn parameter_text(param: &Value) -> String {
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut line = format!("  {} ({}", shown(&param["name"]), shown(&param["kind"]));
    let options: Vec<String> = param["options"]
        .as_array()
        .into_iter()
        .flatten()
        .map(shown)
        .collect();
    if !options.is_empty() {
        line += &format!(": {}", options.join(", "));
    }
    match param["default"]
        .as_u64()
        .and_then(|index| options.get(index as usize))
    {
        Some(option) => line += &format!("; default {option}"),
        None if param["default"].is_null() => {}
        None => line += &format!("; default {}", param["default"]),
    }
    if options.is_empty() && !param["min"].is_null() {
        line += &format!("; {} to {}", param["min"], param["max"]);
    }
    format!("{line})\n{}", wrapped(&shown(&param["hint"]), "      "))
}

/// Lines of at most 100 columns, each indented.
fn wrapped(text: &str, indent: &str) -> String {
    let mut wrapped = String::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && indent.len() + line.len() + word.len() >= 100 {
                wrapped += &format!("{indent}{line}\n");
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        wrapped += format!("{indent}{line}").trim_end();
        wrapped.push('\n');
    }
    wrapped
}
