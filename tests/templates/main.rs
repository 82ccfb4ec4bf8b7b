//! The templates for compositors: what they name of the nodes is there, and with images in place of
//! the files they send a painted plate and rebuild it.

#[path = "../common/mod.rs"]
mod common;
mod nuke;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{library, noise, still};
use host::{
    Components, EffectContext, Frame, Host, InstanceOptions, Library, RectI, RenderArgs, Value,
};

const BOUNDS: RectI = RectI::new(-3, 2, 30, 20);

/// A node of a template.
struct Node {
    /// `Read`, `Write`, `plus`, or the id of a plug-in.
    plugin: String,
    name: String,
    params: BTreeMap<String, serde_json::Value>,
    /// Names of nodes.
    inputs: BTreeMap<usize, String>,
}

impl Node {
    /// The image that it reads or writes: `background`, `painted`, ...
    fn image(&self) -> String {
        let name = self.name.to_lowercase();
        name.strip_prefix("write").unwrap_or(&name).to_owned()
    }
}

type Images = BTreeMap<String, Frame>;

struct Template<'a> {
    nodes: Vec<Node>,
    library: &'a Library,
    host: Host,
}

impl Template<'_> {
    /// What its Write nodes are given, when its Read nodes give `images`.
    fn run(&self, images: &Images) -> Images {
        let writes = self.nodes.iter().filter(|node| node.plugin == "Write");
        writes
            .map(|node| (node.image(), self.frame(&node.inputs[&0], images)))
            .collect()
    }

    fn frame(&self, name: &str, images: &Images) -> Frame {
        let named = |node: &&Node| node.name == name && node.plugin != "Write";
        let node = self.nodes.iter().find(named).expect(name);
        let input = |index| self.frame(&node.inputs[&index], images);
        match node.plugin.as_str() {
            "Read" => images[&node.image()].clone(),
            "plus" => {
                assert_eq!(node.inputs.len(), 2);
                let (b, a) = (input(0), input(1));
                let samples = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
                    b.pixel(x, y).unwrap()[c] + a.pixel(x, y).unwrap()[c]
                });
                samples.unwrap()
            }
            id => self.render(id, node, images),
        }
    }

    /// Renders a node of ours: the host refuses parameters, values and clips that it has not.
    fn render(&self, id: &str, node: &Node, images: &Images) -> Frame {
        let plugin = self.host.load(self.library, id).unwrap();
        assert_eq!(plugin.descriptor().version[0], 1);
        let options = InstanceOptions::default();
        let mut instance = plugin
            .create_instance(EffectContext::General, options)
            .unwrap();
        for (name, value) in &node.params {
            let value = match value {
                serde_json::Value::Bool(value) => Value::from(*value),
                value => Value::from(value.as_str().expect("a switch or a choice")),
            };
            instance.set(name, value).unwrap();
        }
        let clips = instance.clips();
        for (index, from) in &node.inputs {
            let clip = &clips[*index];
            let source = self.nodes.iter().find(|node| node.name == *from).unwrap();
            assert_eq!(source.image(), clip.label.to_lowercase(), "{}", node.name);
            let frame = self.frame(from, images);
            instance.connect(&clip.name, still(&frame)).unwrap();
        }
        instance.render(&RenderArgs::at(1.0)).unwrap()
    }
}

/// Sends a painted plate and rebuilds it in both ways.
fn travels(template: impl Fn(&str) -> Vec<Node>) {
    let library = library();
    let run = |name: &str, images: &Images| {
        let nodes = template(name);
        let host = Host::default();
        let library = &library;
        Template {
            nodes,
            library,
            host,
        }
        .run(images)
    };
    // All bits but those of infinities, NaN and -0, which two additions do not bring back.
    let plate = |seed| {
        let noise = noise(BOUNDS, Components::Rgba, seed);
        let finite = |x, y, c: usize| {
            let sample = noise.pixel(x, y).unwrap()[c];
            let sample = f32::from_bits(sample.to_bits() & 0xbfff_ffff);
            if sample == 0.0 { 0.5 } else { sample }
        };
        Frame::from_fn(BOUNDS, Components::Rgba, finite).unwrap()
    };
    let (background, painted) = (plate(1), plate(2));
    let mut images = Images::from([
        ("background".to_owned(), background),
        ("painted".to_owned(), painted.clone()),
    ]);
    let sent = run("send", &images);
    assert_eq!(
        sent.keys().collect::<Vec<_>>(),
        ["difference", "residual"],
        "what is sent"
    );
    let residual = sent["residual"].floats().unwrap();
    assert!(residual.iter().any(|&lo| lo != 0.0));
    images.remove("painted");
    images.extend(sent);
    for way in ["restore", "restore_stock"] {
        let back = run(way, &images);
        common::assert_same_bits(&back["painted"], &painted, way);
    }
}

fn examples(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(folder)
}

#[test]
fn nukes_scripts_do_what_they_say() {
    travels(|name| {
        let path = examples("nuke").join(format!("{name}.nk"));
        nuke::parse(&std::fs::read_to_string(path).unwrap())
    });
}

/// Needs Python, as Natron does; without it this test says so and tests nothing.
#[test]
fn natrons_script_does_what_it_says() {
    let python = || Command::new("python3");
    if python().arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3");
        return;
    }
    travels(|step| {
        let mut script = python();
        for image in ["BACKGROUND", "PAINTED", "DIFFERENCE", "RESIDUAL"] {
            script.env(image, "/shot/image.####.exr");
        }
        let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates/natron.py");
        let output = script
            .args([stand_in, examples("natron").join("transfer.py")])
            .envs([("STEP", step), ("FRAMES", "1001-1100")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |json: &serde_json::Value| json.as_str().unwrap().to_owned();
        let mut nodes = Vec::new();
        for json in made.as_array().unwrap() {
            let params = json["params"].as_object().unwrap().clone();
            let inputs = json["inputs"].as_object().unwrap().iter();
            let mut node = Node {
                plugin: text(&json["plugin"]),
                name: text(&json["name"]),
                params: params.into_iter().collect(),
                inputs: inputs
                    .map(|(index, name)| (index.parse().unwrap(), text(name)))
                    .collect(),
            };
            if node.plugin == "net.sf.openfx.MergePlugin" {
                assert_eq!(node.params["operation"], "plus");
                node.plugin = "plus".to_owned();
            }
            if ["Read", "Write"].contains(&node.plugin.as_str()) {
                let space = &node.params["ocioOutputSpace"];
                assert_eq!(space, "the value of ocioInputSpace", "{}", node.name);
            }
            nodes.push(node);
        }
        nodes
    });
}
