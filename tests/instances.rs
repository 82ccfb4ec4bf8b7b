//! Many instances of every node: at once, made anew for each frame, and of plug-ins that were
//! unloaded in between.

mod common;

use common::overlay::{merge, scene};
use common::{assert_same_bits, library, still};
use host::{
    Arguments, Components, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions,
    Library, RectI, RenderArgs, Status,
};

const NODES: [&str; 4] = ["min", "plus", "compare", "overlayextract"];
const CONTEXTS: [EffectContext; 2] = [EffectContext::General, EffectContext::Filter];
const BOUNDS: RectI = RectI::new(-3, 5, 37, 33);
const NULL: Arguments = Arguments::Handle(0);

fn host() -> Host {
    Host::new(HostOptions {
        threads: 2,
        canary: true,
        ..HostOptions::default()
    })
}

fn id(node: &str) -> String {
    format!("org.deltaplate.{node}")
}

/// The plates of a seed: the background and what lies over it.
fn plates(seed: u64) -> (Frame, Frame) {
    let background = scene(BOUNDS, Components::Rgba, 2 * seed + 2);
    let overlay = scene(BOUNDS, Components::Rgba, 2 * seed + 1);
    let merged = merge(&overlay, &background, 0.3);
    (background, merged)
}

/// A folder with the background of each seed as frame 0, 1, ...
fn folder(seeds: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..seeds {
        let file = folder.path().join(format!("plate.{seed}.exr"));
        common::files::write(&file, &plates(seed).0);
    }
    folder
}

/// Gives a new instance its plates and settings. In the Filter context the other plate is the file
/// of the frame.
fn prepare(
    instance: &mut Instance,
    node: &str,
    context: EffectContext,
    seed: u64,
    folder: &tempfile::TempDir,
) {
    let (background, merged) = plates(seed);
    let pattern = folder.path().join("plate.#.exr");
    let pattern = pattern.to_str().unwrap();
    match (context, node) {
        (EffectContext::Filter, "plus") => {
            instance.connect("Source", still(&merged)).unwrap();
            instance.set("difference", pattern).unwrap();
        }
        (EffectContext::Filter, _) => {
            instance.connect("Source", still(&merged)).unwrap();
            instance.set("plate", pattern).unwrap();
        }
        (_, "plus") => {
            instance.connect("B", still(&background)).unwrap();
            instance.connect("D", still(&merged)).unwrap();
        }
        _ => {
            instance.connect("B", still(&background)).unwrap();
            instance.connect("A", still(&merged)).unwrap();
        }
    }
    match node {
        "compare" => instance.set("output", "Absolute Difference").unwrap(),
        "overlayextract" => instance.set("iterations", 5).unwrap(),
        _ => {}
    }
}

fn frame(instance: &Instance, time: u64) -> Frame {
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(time as f64)
    };
    let frame = instance.render(&args).unwrap();
    assert_eq!(instance.outstanding_images(), 0);
    frame
}

fn make(
    host: &Host,
    library: &Library,
    node: &str,
    context: EffectContext,
    seed: u64,
    folder: &tempfile::TempDir,
) -> Instance {
    let plugin = host.load(library, &id(node)).unwrap();
    let project = InstanceOptions::default();
    let mut instance = plugin.create_instance(context, project).unwrap();
    prepare(&mut instance, node, context, seed, folder);
    instance
}

/// Several instances with plates of their own, each rendered by two threads at once.
#[test]
fn instances_that_render_at_once_do_not_meet() {
    let library = library();
    let folder = folder(3);
    for context in CONTEXTS {
        let host = host();
        let instances: Vec<(Instance, Frame)> = NODES
            .iter()
            .flat_map(|node| (0..3).map(move |seed| (node, seed)))
            .map(|(node, seed)| {
                let instance = make(&host, &library, node, context, seed, &folder);
                let expected = frame(&instance, seed);
                (instance, expected)
            })
            .collect();
        std::thread::scope(|scope| {
            for (number, (instance, expected)) in instances.iter().enumerate() {
                // Whatever is kept between renders may go at any time.
                scope.spawn(|| instance.purge_caches().unwrap());
                for _ in 0..2 {
                    scope.spawn(move || {
                        let seed = number as u64 % 3;
                        for _ in 0..4 {
                            let what = format!("{} {context}", NODES[number / 3]);
                            let args = RenderArgs {
                                ask_identity: false,
                                ..RenderArgs::at(seed as f64)
                            };
                            assert_same_bits(&instance.render(&args).unwrap(), expected, &what);
                        }
                    });
                }
            }
        });
        drop(instances);
        assert_eq!(host.outstanding_memory(), 0);
        assert!(host.violations().is_empty(), "{:?}", host.violations());
    }
}

/// As MLT does: for each frame, on the thread that renders it, the host's pointer, Load, Describe,
/// an instance, its values and pictures, Render, and its end.
#[test]
fn each_frame_may_have_an_instance_of_its_own() {
    const FRAMES: u64 = 4;
    let library = library();
    let folder = folder(FRAMES);
    for context in CONTEXTS {
        for node in NODES {
            let host = host();
            // Kept loaded: there is one Unload for all Loads.
            let plugin = host.load(&library, &id(node)).unwrap();
            let expected: Vec<Frame> = (0..FRAMES)
                .map(|seed| {
                    let instance = make(&host, &library, node, context, seed, &folder);
                    frame(&instance, seed)
                })
                .collect();
            assert!(expected[0] != expected[1], "{node}: the frames differ");
            std::thread::scope(|scope| {
                for thread in 0..3 {
                    let (host, library, plugin) = (&host, &library, &plugin);
                    let (expected, folder) = (&expected, &folder);
                    scope.spawn(move || {
                        for number in 0..2 * FRAMES {
                            let seed = (number + thread) % FRAMES;
                            host.introduce(library, &id(node), false).unwrap();
                            for action in [c"OfxActionLoad", c"OfxActionDescribe"] {
                                let handle = plugin.handle();
                                let arguments = [&NULL, &NULL];
                                let answer =
                                    host.poke(library, &id(node), Some(action), handle, arguments);
                                assert_eq!(answer.unwrap(), Status::OK);
                            }
                            let instance = make(host, library, node, context, seed, folder);
                            let found = frame(&instance, seed);
                            let what = format!("{node} {context} frame {seed}");
                            assert_same_bits(&found, &expected[seed as usize], &what);
                        }
                    });
                }
            });
            assert_eq!(host.outstanding_memory(), 0);
            assert!(host.violations().is_empty(), "{:?}", host.violations());
        }
    }
}

/// Load, Describe, Unload, and all over again, in the same process: what the node says of itself
/// and what it renders are as they were.
#[test]
fn a_node_that_was_unloaded_is_as_it_was() {
    let library = library();
    let folder = folder(1);
    for context in CONTEXTS {
        for node in NODES {
            let round = |_| {
                let host = host();
                let plugin = host.load(&library, &id(node)).unwrap();
                let described = plugin.describe_in_context(context).unwrap();
                let face = serde_json::to_string(&(plugin.descriptor(), described)).unwrap();
                let instance = make(&host, &library, node, context, 0, &folder);
                let found = frame(&instance, 0);
                drop((instance, plugin));
                assert_eq!(host.outstanding_memory(), 0, "{node}");
                assert!(host.violations().is_empty(), "{:?}", host.violations());
                (face, found)
            };
            let [first, second, third] = [0, 1, 2].map(round);
            assert!(first == second && second == third, "{node} {context}");
        }
    }
}
