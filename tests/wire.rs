//! What the nodes say to hosts with habits and extensions of their own.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::formula::{self, Ask, Images};
use common::{assert_same_bits, instance, instance_of, library, mask, noise, painted, still};
use host::{
    Components, Descriptor, EffectContext, Faults, Format, Frame, FrameSource, Host, HostOptions,
    Instance, InstanceOptions, RectD, RectI, RenderArgs, Scale, SourceError, Status, Values,
};

const NODES: [&str; 4] = ["min", "plus", "compare", "overlayextract"];
const BOUNDS: RectI = RectI::new(0, 0, 40, 30);

fn always() -> RenderArgs {
    RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(0.0)
    }
}

// DaVinci Resolve: every clip is connected, and black where it has no source.

fn resolve(name: &str) -> HostOptions {
    HostOptions {
        name: name.into(),
        phantom_inputs: true,
        canary: true,
        ..HostOptions::default()
    }
}

#[test]
fn a_black_mask_that_nobody_connected_does_not_count_in_resolve() {
    let b = noise(BOUNDS, Components::Rgba, 1);
    let a = painted(&b, 2);
    let m = mask(BOUNDS, 3);
    let images = |mask| Images {
        b: Some(&b),
        a: Some(&a),
        residual: None,
        mask,
    };
    let expected = |mask| {
        formula::min(
            BOUNDS,
            Components::Rgba,
            &images(mask),
            &Ask::DEFAULT,
            false,
        )
    };
    let window = RenderArgs {
        window: Some(BOUNDS),
        ..always()
    };
    let (host, mut min) = instance(resolve("DaVinciResolveStudio"), "min");
    min.connect("B", still(&b)).unwrap();
    min.connect("A", still(&a)).unwrap();
    let found = min.render(&window).unwrap();
    assert_same_bits(&found, &expected(None), "the switch is off");
    min.connect("Mask", still(&m)).unwrap();
    let found = min.render(&window).unwrap();
    assert_same_bits(&found, &expected(None), "still off");
    min.set("mask", true).unwrap();
    let found = min.render(&window).unwrap();
    assert_same_bits(&found, &expected(Some(&m)), "on");
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn other_hosts_have_no_mask_switch_and_their_masks_count() {
    let (_host, mut min) = instance(resolve("com.example.host"), "min");
    assert!(min.param("mask").is_err());
    let black = Frame::from_fn(BOUNDS, Components::Rgba, |_, _, _| 0.0).unwrap();
    min.connect("A", still(&noise(BOUNDS, Components::Rgba, 4)))
        .unwrap();
    let window = RenderArgs {
        window: Some(BOUNDS),
        ..always()
    };
    assert_same_bits(&min.render(&window).unwrap(), &black, "a black mask");
}

#[test]
fn resolves_switch_is_described_like_any_parameter() {
    for context in [EffectContext::General, EffectContext::Filter] {
        for node in NODES {
            let host = Host::new(resolve("DaVinciResolveLite"));
            let plugin = host
                .load(&library(), &format!("org.deltaplate.{node}"))
                .unwrap();
            let described = plugin.describe_in_context(context).unwrap();
            let switch = described.param("mask").expect("a switch");
            let text = |name: &str| match &switch.properties[name] {
                Values::String(texts) => texts[0].to_str().unwrap().to_owned(),
                other => panic!("{name} is {other:?}"),
            };
            assert_eq!(text("OfxPropLabel"), "Use Mask");
            assert_eq!(text("OfxParamPropScriptName"), "mask");
            assert!(text("OfxParamPropHint").contains("black"));
            assert_eq!(switch.properties["OfxParamPropDefault"], Values::from(0));
            let page = described.param("Controls").expect("a page");
            let Values::String(children) = &page.properties["OfxParamPropPageChild"] else {
                panic!("no children");
            };
            assert!(children.iter().any(|child| child.as_c_str() == c"mask"));
        }
    }
}

// Natron: extensions.

fn descriptor(options: HostOptions, node: &str) -> Descriptor {
    let host = Host::new(options);
    let plugin = host
        .load(&library(), &format!("org.deltaplate.{node}"))
        .unwrap();
    plugin.descriptor()
}

#[test]
fn natron_gets_markdown_and_no_second_set_of_channel_boxes() {
    let natron = HostOptions {
        name: "fr.inria.Natron".into(),
        host_properties: [("NatronOfxHostIsNatron".into(), 1.into())].into(),
        descriptor_properties: [
            ("NatronOfxPropDescriptionIsMarkdown".into(), 0.into()),
            (
                "NatronOfxImageEffectPropChannelSelector".into(),
                c"OfxImageComponentRGBA".into(),
            ),
        ]
        .into(),
        ..HostOptions::default()
    };
    for node in NODES {
        let plain = descriptor(HostOptions::default(), node).description;
        assert!(!plain.contains(['<', '&']), "{node}: {plain}");
        let told = descriptor(natron.clone(), node);
        let property = |name: &str| told.properties[name].clone();
        assert_eq!(property("NatronOfxPropDescriptionIsMarkdown"), 1.into());
        assert_eq!(
            property("NatronOfxImageEffectPropChannelSelector"),
            c"OfxImageComponentNone".into()
        );
        // As CommonMark has it, a backslash before punctuation stands for the punctuation.
        let mut read = String::new();
        let mut rest = told.description.chars();
        while let Some(c) = rest.next() {
            match c {
                '\\' => read.extend(rest.next()),
                _ => {
                    assert!(!"`*_[]<>#&".contains(c), "{node}: a bare {c}");
                    read.push(c);
                }
            }
        }
        assert_eq!(read, plain, "{node}");
    }
    // An older Natron, which has no markdown.
    let mut old = natron.clone();
    old.descriptor_properties
        .remove("NatronOfxPropDescriptionIsMarkdown");
    let plain = descriptor(HostOptions::default(), "min").description;
    assert_eq!(descriptor(old, "min").description, plain);
}

// Descriptions.

#[test]
fn only_nodes_that_do_not_look_at_positions_claim_so() {
    for (node, pointwise) in [
        ("min", c"true"),
        ("plus", c"true"),
        ("compare", c"false"),
        ("overlayextract", c"false"),
    ] {
        let told = descriptor(HostOptions::default(), node);
        let property = |name: &str| told.properties[name].clone();
        assert_eq!(
            property("OfxImageEffectPropNoSpatialAwareness"),
            pointwise.into()
        );
        assert_eq!(
            property("OfxImageEffectPropCPURenderSupported"),
            c"true".into()
        );
        for gpu in ["OpenGL", "Cuda", "OpenCL", "Metal"] {
            let name = format!("OfxImageEffectProp{gpu}RenderSupported");
            assert_eq!(property(&name), c"false".into(), "{name}");
        }
    }
}

// Colour management.

fn managing(style: &str) -> HostOptions {
    HostOptions {
        host_properties: [(
            "OfxImageEffectPropColourManagementStyle".into(),
            format!("OfxImageEffectColourManagement{style}")
                .as_str()
                .into(),
        )]
        .into(),
        ..HostOptions::default()
    }
}

#[test]
fn a_host_that_manages_colour_is_asked_for_one_space_and_raw_differences() {
    type Wanted = &'static [(&'static str, &'static str)];
    let wanted: [(&str, Wanted, Option<&str>); 4] = [
        ("min", &[("A", "OfxColourspace_B")], Some("ofx_raw")),
        ("plus", &[("D", "ofx_raw"), ("Residual", "ofx_raw")], None),
        ("compare", &[("A", "OfxColourspace_B")], None),
        (
            "overlayextract",
            &[
                ("A", "OfxColourspace_B"),
                ("Matte", "ofx_raw"),
                ("NewBackground", "OfxColourspace_B"),
            ],
            None,
        ),
    ];
    for style in ["Basic", "Core", "Full", "OCIO"] {
        for (node, spaces, output) in wanted {
            let (host, instance) = instance(managing(style), node);
            let told = instance.plugin().descriptor();
            assert_eq!(
                told.properties["OfxImageEffectPropColourManagementStyle"],
                c"OfxImageEffectColourManagementBasic".into()
            );
            assert_eq!(
                told.properties["OfxImageEffectPropColourManagementAvailableConfigs"],
                c"ofx-native-v1.5_aces-v1.3_ocio-v2.3".into()
            );
            let expected: BTreeMap<String, Vec<String>> = spaces
                .iter()
                .map(|(clip, space)| ((*clip).into(), vec![(*space).into()]))
                .collect();
            let found = instance.clip_preferences().unwrap();
            assert_eq!(found.colourspaces, expected, "{node}, {style}");
            let space = instance.output_colourspace(&["ofx_scene_linear"]).unwrap();
            assert_eq!(space.as_deref(), output, "{node}, {style}");
            assert!(host.violations().is_empty(), "{:?}", host.violations());
        }
    }
}

#[test]
fn a_host_that_does_not_is_asked_for_nothing() {
    for options in [HostOptions::default(), managing("None")] {
        let (_host, instance) = instance(options, "min");
        assert!(instance.clip_preferences().unwrap().colourspaces.is_empty());
        let told = instance.plugin().descriptor();
        assert_eq!(
            told.properties["OfxImageEffectPropColourManagementStyle"],
            c"OfxImageEffectColourManagementNone".into()
        );
    }
}

// Messages.

#[test]
fn a_message_goes_when_its_own_frame_has_been_rendered() {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::default();
    let plugin = host.load(&library(), "org.deltaplate.plus").unwrap();
    let mut plus = plugin
        .create_instance(EffectContext::Filter, InstanceOptions::default())
        .unwrap();
    plus.connect("Source", still(&noise(BOUNDS, Components::Rgb, 5)))
        .unwrap();
    let pattern = folder.path().join("d.##.png");
    plus.set("difference", pattern.to_str().unwrap()).unwrap();
    let file = |frame: u32| folder.path().join(format!("d.{frame:02}.png"));
    let write = |frame: u32| {
        std::fs::copy(
            concat!(env!("CARGO_MANIFEST_DIR"), "/docs/images/difference.png"),
            file(frame),
        )
        .unwrap()
    };
    write(2);
    let render = |time| {
        plus.render(&RenderArgs {
            ask_identity: false,
            ..RenderArgs::at(time)
        })
    };
    assert!(render(1.0).is_err());
    let message = plus.persistent_message().expect("a message").text;
    assert!(message.contains("d.01.png"), "{message}");
    render(2.0).unwrap();
    assert!(plus.persistent_message().is_some(), "it is about frame 1");
    write(1);
    render(1.0).unwrap();
    assert!(plus.persistent_message().is_none());
}

// Statuses.

#[test]
fn what_a_host_must_not_answer_is_a_failure() {
    let library = library();
    for stray in [
        Status::REPLY_DEFAULT,
        Status::REPLY_YES,
        Status::ERR_FATAL,
        Status(4711),
    ] {
        for function in ["clipGetImage", "paramGetValueAtTime", "propGetInt"] {
            // Calls before the render are many, so try each first failing call.
            let mut failed = 0;
            for after in 0..60 {
                let options = HostOptions {
                    faults: Faults::default().fail(function, after, stray),
                    ..HostOptions::default()
                };
                let host = Host::new(options);
                let Ok(plugin) = host.load(&library, "org.deltaplate.min") else {
                    continue;
                };
                let made =
                    plugin.create_instance(EffectContext::General, InstanceOptions::default());
                let Ok(mut min) = made else { continue };
                let frame = noise(BOUNDS, Components::Rgba, 6);
                if min.connect("A", still(&frame)).is_err() {
                    continue;
                }
                if let Err(error) = min.render(&always()) {
                    failed += 1;
                    let text = error.to_string();
                    assert!(
                        text.contains("kOfxStat") && !text.contains("kOfxStatReply"),
                        "{text}"
                    );
                    assert!(!text.contains("Fatal"), "{text}");
                }
            }
            assert!(failed > 0, "{function}: {stray}");
        }
    }
}

#[test]
fn after_a_load_that_failed_there_is_no_earlier_host() {
    let library = library();
    let (_first, min) = instance_of(&library, HostOptions::default(), "min");
    drop(min);
    let poor = Host::new(HostOptions {
        missing_suites: [("OfxParameterSuite".into(), 1)].into(),
        ..HostOptions::default()
    });
    assert!(poor.load(&library, "org.deltaplate.min").is_err());
    let (_again, min) = instance_of(&library, HostOptions::default(), "min");
    min.clip_preferences().unwrap();
}

// Regions without end, and frames without number.

/// One value everywhere, for ever.
struct Solid(Vec<f64>);

impl FrameSource for Solid {
    fn format(&self) -> Format {
        Format {
            components: Components::Alpha,
            frame_range: [self.0[0], self.0[1]],
            ..Format::default()
        }
    }

    fn region_of_definition(&self, _: f64, _: Scale) -> Result<RectD, SourceError> {
        let (low, high) = (f64::from(i32::MIN), f64::from(i32::MAX));
        Ok(RectD::new(low, low, high, high))
    }

    fn image(&self, _: f64, _: Scale, region: RectI) -> Result<Arc<Frame>, SourceError> {
        let frame = Frame::from_fn(region, Components::Alpha, |_, _, _| 0.25);
        Ok(Arc::new(frame.map_err(SourceError::new)?))
    }
}

fn analysis(range: [f64; 2]) -> (Host, Instance) {
    let (host, mut compare) = instance(HostOptions::default(), "compare");
    compare.connect("A", Arc::new(Solid(range.into()))).unwrap();
    (host, compare)
}

#[test]
fn an_image_without_end_is_measured_over_the_project() {
    let (_host, mut compare) = analysis([0.0, 0.0]);
    compare.press("analyze", 0.0, 1.0).unwrap();
    let pixels = compare.get("failingPixels", 0.0).unwrap();
    assert_eq!(pixels, host::Value::Double(256.0 * 128.0));
    let window = RectI::new(-5, -5, 300, 200);
    let found = compare
        .render(&RenderArgs {
            window: Some(window),
            ..always()
        })
        .unwrap();
    assert_eq!(
        found.pixel(-5, -5),
        Some(&[0.0][..]),
        "the host's source ends with the project"
    );
    assert_eq!(found.pixel(7, 7), Some(&[0.25][..]));
}

#[test]
fn a_layer_without_end_is_sought_where_the_pictures_are() {
    let (host, mut node) = instance(HostOptions::default(), "overlayextract");
    for clip in ["A", "B"] {
        let solid = Solid(vec![0.0, f64::INFINITY]);
        node.connect(clip, Arc::new(solid)).unwrap();
    }
    let region = node.region_of_definition(0.0, 1.0).unwrap();
    assert!(region.x1 <= f64::from(i32::MIN) && region.y2 >= f64::from(i32::MAX));
    let window = Some(RectI::new(-5, -5, 300, 200));
    node.set("iterations", 2).unwrap();
    for method in ["Recommended", "Closed Form", "Seed"] {
        node.set("method", method).unwrap();
        let found = node.render(&RenderArgs { window, ..always() }).unwrap();
        let sample = |x, y| found.pixel(x, y).unwrap()[0];
        assert_eq!(sample(-5, -5), 0.0, "{method}: nothing is there");
        assert!(sample(7, 7).is_finite(), "{method}");
    }
    // Frames without number: none but its own is asked for.
    node.set("opacityMode", "Frames").unwrap();
    assert!(node.frames_needed(3.0).unwrap()["A"].len() <= 17);
    // There is nothing to tell an opacity by, and the node says so, after a look at the project.
    node.set("opacityMode", "Uniform").unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    let texts: Vec<String> = host.messages().into_iter().map(|m| m.text).collect();
    assert!(
        texts.iter().any(|text| text.contains("no edges")),
        "{texts:?}"
    );
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

/// An input that is connected and has no pixel.
struct Nothing;

impl FrameSource for Nothing {
    fn format(&self) -> Format {
        Format::default()
    }

    fn region_of_definition(&self, _: f64, _: Scale) -> Result<RectD, SourceError> {
        Ok(RectD::default())
    }

    fn image(&self, _: f64, _: Scale, region: RectI) -> Result<Arc<Frame>, SourceError> {
        let frame = Frame::from_fn(region, Components::Rgba, |_, _, _| 0.0);
        Ok(Arc::new(frame.map_err(SourceError::new)?))
    }
}

#[test]
fn inputs_without_a_pixel_give_black() {
    for name in NODES {
        let other = if name == "plus" { "D" } else { "A" };
        for empty in [vec!["B"], vec![other], vec!["B", other]] {
            let (host, mut node) = instance(HostOptions::default(), name);
            for clip in ["B", other] {
                if empty.contains(&clip) {
                    node.connect(clip, Arc::new(Nothing)).unwrap();
                } else {
                    let black = Frame::from_fn(BOUNDS, Components::Rgba, |_, _, _| 0.0);
                    node.connect(clip, still(&black.unwrap())).unwrap();
                }
            }
            let what = format!("{name}, nothing in {empty:?}");
            let region = node.region_of_definition(0.0, 1.0).unwrap();
            let is_empty = region.x1 >= region.x2 || region.y1 >= region.y2;
            let sought = name == "overlayextract" && empty.contains(&"A");
            assert_eq!(is_empty, sought || empty.len() == 2, "{what}: {region:?}");
            let window = Some(RectI::new(-2, -2, 10, 10));
            let found = node.render(&RenderArgs { window, ..always() }).unwrap();
            let black = found.floats().unwrap().iter().all(|v| *v == 0.0);
            assert!(black || name == "overlayextract", "{what}");
            assert_eq!(node.outstanding_images(), 0, "{what}");
            assert!(
                host.violations().is_empty(),
                "{what}: {:?}",
                host.violations()
            );
        }
    }
}

#[test]
fn a_sequence_without_end_is_not_begun() {
    for range in [[0.0, f64::INFINITY], [f64::NEG_INFINITY, 0.0], [0.0, 1e18]] {
        let (host, mut compare) = analysis(range);
        assert!(
            compare.press("analyzeSequence", 0.0, 1.0).is_err(),
            "{range:?}"
        );
        let texts: Vec<String> = host.messages().into_iter().map(|m| m.text).collect();
        assert!(
            texts.iter().any(|text| text.contains("too many")),
            "{texts:?}"
        );
    }
}

#[test]
fn a_frame_that_is_too_large_to_measure_is_refused() {
    let (host, mut compare) = {
        let host = Host::default();
        let plugin = host.load(&library(), "org.deltaplate.compare").unwrap();
        let project = InstanceOptions {
            extent: RectD::new(0.0, 0.0, 1e9, 1e9),
            ..InstanceOptions::default()
        };
        let compare = plugin
            .create_instance(EffectContext::General, project)
            .unwrap();
        (host, compare)
    };
    compare
        .connect("A", Arc::new(Solid(vec![0.0, 0.0])))
        .unwrap();
    assert!(compare.press("analyze", 0.0, 1.0).is_err());
    let text = host.messages()[0].text.clone();
    assert!(text.contains("1000000000 x 1000000000"), "{text}");
}

#[test]
fn a_file_is_not_blown_up_beyond_memory() {
    let host = Host::default();
    let plugin = host.load(&library(), "org.deltaplate.min").unwrap();
    let mut min = plugin
        .create_instance(EffectContext::Filter, InstanceOptions::default())
        .unwrap();
    min.connect("Source", still(&noise(BOUNDS, Components::Rgb, 7)))
        .unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/images/difference.png");
    min.set("plate", file).unwrap();
    let args = RenderArgs {
        scale: 1e6.into(),
        window: Some(RectI::new(0, 0, 2, 2)),
        ..always()
    };
    let _ = min.render(&args).unwrap_err();
    let text = min.persistent_message().expect("a message").text;
    assert!(
        text.contains("difference.png") && text.contains("too large"),
        "{text}"
    );
}

// Regions, identities, preferences.

/// An instance of a node whose inputs are black images of these regions.
fn with_regions(node: &str, inputs: &[(&str, RectI)]) -> (Host, Instance) {
    let (host, mut instance) = instance(HostOptions::default(), node);
    for (clip, region) in inputs {
        let components = if *clip == "Mask" {
            Components::Alpha
        } else {
            Components::Rgba
        };
        let black = Frame::from_fn(*region, components, |_, _, _| 0.0).unwrap();
        instance.connect(clip, still(&black)).unwrap();
    }
    (host, instance)
}

#[test]
fn the_region_is_that_of_the_bounding_box() {
    let (b, a) = (RectI::new(0, 0, 10, 10), RectI::new(5, -5, 20, 8));
    let apart = RectI::new(50, 50, 60, 60);
    let rect = |r: RectI| RectD::new(r.x1.into(), r.y1.into(), r.x2.into(), r.y2.into());
    let of = |instance: &Instance| instance.region_of_definition(0.0, 1.0).unwrap();
    for (node, other) in [("min", "A"), ("plus", "D")] {
        let (_host, mut node) = with_regions(node, &[("B", b), (other, a)]);
        for (choice, expected) in [
            ("Union", RectI::new(0, -5, 20, 10)),
            ("Intersection", RectI::new(5, 0, 10, 8)),
            ("A", a),
            ("B", b),
        ] {
            node.set("bbox", choice).unwrap();
            assert_eq!(of(&node), rect(expected), "{choice}");
        }
    }
    let (_host, mut min) = with_regions("min", &[("B", b), ("A", apart)]);
    min.set("bbox", "Intersection").unwrap();
    assert_eq!(of(&min), RectD::default(), "nothing lies in both");
    // At mix 0 Plus is its background; Min is black, and stays where it was.
    for (node, other, expected) in [("min", "A", RectI::new(0, -5, 20, 10)), ("plus", "D", b)] {
        let (_host, mut node) = with_regions(node, &[("B", b), (other, a)]);
        node.set("mix", 0.0).unwrap();
        assert_eq!(of(&node), rect(expected));
    }
    // Nothing in: the host's own default, which is the project.
    let (_host, min) = with_regions("min", &[]);
    assert_eq!(of(&min), RectD::new(0.0, 0.0, 256.0, 128.0));
    // Without end.
    let (_host, compare) = analysis([0.0, 0.0]);
    assert!(of(&compare).x1 <= f64::from(i32::MIN) && of(&compare).y2 >= f64::from(i32::MAX));
}

#[test]
fn plus_passes_its_background_through_where_there_is_nothing_to_add() {
    let (b, d) = (RectI::new(0, 0, 10, 10), RectI::new(20, 0, 30, 10));
    let mask = RectI::new(0, 5, 10, 10);
    let all = [("B", b), ("D", d), ("Mask", mask)];
    let identity = |node: &Instance, window| {
        let args = RenderArgs::at(3.0);
        node.is_identity(&args, window)
            .unwrap()
            .map(|identity| identity.clip)
    };
    let b_clip = Some("B".to_owned());
    let (_host, mut plus) = with_regions("plus", &all[..2]);
    assert_eq!(identity(&plus, b), b_clip, "no difference there");
    assert_eq!(identity(&plus, d), None);
    plus.set("mix", 0.0).unwrap();
    assert_eq!(identity(&plus, d), b_clip, "at mix 0");
    plus.set("mix", 1.0).unwrap();
    for channel in ["processR", "processG", "processB"] {
        assert_eq!(identity(&plus, d), None);
        plus.set(channel, false).unwrap();
    }
    assert_eq!(identity(&plus, d), b_clip, "no channel");
    let overlapping = [("B", b), ("D", b), ("Mask", mask)];
    let (_host, mut plus) = with_regions("plus", &overlapping);
    let below = RectI::new(0, 0, 10, 5);
    assert_eq!(identity(&plus, b), None);
    assert_eq!(identity(&plus, below), b_clip, "outside the mask");
    plus.set("maskInvert", true).unwrap();
    assert_eq!(identity(&plus, below), None);
    // Min fades to no difference, never to an input.
    let (_host, mut min) = with_regions("min", &[("B", b), ("A", b)]);
    min.set("mix", 0.0).unwrap();
    assert_eq!(identity(&min, b), None);
}

#[test]
fn all_clips_carry_the_same_components() {
    use Components::{Alpha, Rgb, Rgba};
    let frame = |components| noise(BOUNDS, components, 9);
    for (b, a, expected) in [
        (Rgba, Rgba, Rgba),
        (Rgb, Rgb, Rgb),
        (Alpha, Alpha, Alpha),
        (Rgb, Rgba, Rgba),
        (Alpha, Rgb, Rgba),
    ] {
        let (_host, mut min) = instance(HostOptions::default(), "min");
        min.connect("B", still(&frame(b))).unwrap();
        min.connect("A", still(&frame(a))).unwrap();
        let preferences = min.clip_preferences().unwrap();
        for clip in ["B", "A", "Output"] {
            let found = preferences.clips[clip].components;
            assert_eq!(found, expected, "{b:?} and {a:?}: {clip}");
        }
        assert!(!preferences.frame_varying);
        let unassociated = host::Premultiplication::Unpremultiplied;
        assert_eq!(preferences.premultiplication, unassociated);
    }
}

#[test]
fn a_layer_has_an_opacity_and_its_outputs_say_what_they_are() {
    use Components::{Alpha, Rgb, Rgba};
    use host::Premultiplication::{Premultiplied, Unpremultiplied};
    let frame = |components| noise(BOUNDS, components, 9);
    for (b, a, expected) in [
        (Rgba, Rgba, Rgba),
        (Rgb, Rgb, Rgba),
        (Alpha, Alpha, Alpha),
        (Alpha, Rgb, Rgba),
    ] {
        let (_host, mut node) = instance(HostOptions::default(), "overlayextract");
        node.connect("B", still(&frame(b))).unwrap();
        node.connect("A", still(&frame(a))).unwrap();
        for (output, premultiplication) in [
            ("Overlay", Premultiplied),
            ("Straight", Unpremultiplied),
            ("Matte", Premultiplied),
            ("Residual", Unpremultiplied),
        ] {
            node.set("output", output).unwrap();
            let preferences = node.clip_preferences().unwrap();
            let what = format!("{output} of {b:?} and {a:?}");
            assert_eq!(preferences.clips["Output"].components, expected, "{what}");
            assert_eq!(preferences.premultiplication, premultiplication, "{what}");
            assert!(!preferences.frame_varying);
        }
    }
}

#[test]
fn the_layer_is_where_the_merged_picture_is_and_never_another_clip() {
    let (b, a) = (RectI::new(0, 0, 10, 10), RectI::new(5, -5, 20, 8));
    let of = |inputs: &[(&str, RectI)]| {
        let (_host, mut node) = with_regions("overlayextract", inputs);
        node.set("mix", 0.0).unwrap();
        assert!(node.is_identity(&RenderArgs::at(0.0), b).unwrap().is_none());
        node.region_of_definition(0.0, 1.0).unwrap()
    };
    assert_eq!(of(&[("B", b), ("A", a)]), RectD::new(5.0, -5.0, 20.0, 8.0));
    assert_eq!(of(&[("B", b)]), RectD::new(0.0, 0.0, 10.0, 10.0));
    assert_eq!(of(&[]), RectD::new(0.0, 0.0, 256.0, 128.0));
}

#[test]
fn a_window_needs_itself_of_every_input() {
    let region = RectD::new(3.0, 4.0, 5.0, 6.0);
    for name in NODES {
        let (_host, mut node) = with_regions(name, &[("B", BOUNDS)]);
        if name == "overlayextract" {
            node.set("method", "Closed Form").unwrap();
        }
        let needed = node.regions_of_interest(0.0, 1.0, region).unwrap();
        assert_eq!(needed["B"], region);
        assert_eq!(node.frames_needed(7.0).unwrap()["B"], [[7.0, 7.0]]);
    }
}

// Progress.

/// A bar whose user stops it after so many updates.
#[derive(Debug)]
struct Impatient {
    patience: usize,
    open: std::sync::atomic::AtomicIsize,
    updates: std::sync::atomic::AtomicUsize,
}

impl host::Progress for Impatient {
    fn start(&self, label: &str) {
        assert!(label.contains("Compare"));
        self.open.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    fn update(&self, done: f64) -> bool {
        assert!((0.0..=1.0).contains(&done));
        let before = self
            .updates
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        before < self.patience
    }

    fn end(&self) {
        self.open.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn a_user_who_stops_keeps_the_frames_that_were_done() {
    let bar = Arc::new(Impatient {
        patience: 3,
        open: 0.into(),
        updates: 0.into(),
    });
    for suites in [vec![], vec![("OfxProgressSuite".to_owned(), 2)]] {
        bar.updates.store(0, std::sync::atomic::Ordering::Relaxed);
        let options = HostOptions {
            progress: Some(bar.clone()),
            missing_suites: suites.into_iter().collect(),
            ..HostOptions::default()
        };
        let (host, mut compare) = instance(options, "compare");
        compare
            .connect("A", Arc::new(Solid(vec![1.0, 9.0])))
            .unwrap();
        compare.press("analyzeSequence", 1.0, 1.0).unwrap();
        assert_eq!(compare.keys("max").unwrap().len(), 3);
        assert_eq!(bar.updates.load(std::sync::atomic::Ordering::Relaxed), 4);
        assert_eq!(bar.open.load(std::sync::atomic::Ordering::Relaxed), 0);
        let text = host.messages().last().expect("a message").text.clone();
        assert!(text.contains("3 of 9"), "{text}");
    }
}
