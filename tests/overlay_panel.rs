//! OverlayExtract's panel: its buttons, what they write, and the frames that it reads.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::overlay::{coded, combine, extractor, merge, psnr, scene};
use common::{instance, still};
use deltaplate::kernels::estimate::space::BlendSpace;
use host::{
    Components, Frame, HostOptions, Instance, MemorySource, Progress, RectI, RenderArgs, Value,
};

const BOUNDS: RectI = RectI::new(4, -9, 164, 111);
const ALPHA: f32 = 0.25;

fn number(node: &Instance, name: &str) -> f64 {
    match node.get(name, 0.0).unwrap() {
        Value::Double(value) => value,
        other => panic!("{name} is {other:?}"),
    }
}

fn offset(node: &Instance) -> Vec<f64> {
    match node.get("backgroundOffset", 0.0).unwrap() {
        Value::Doubles(values) => values,
        other => panic!("backgroundOffset is {other:?}"),
    }
}

fn pair() -> (Frame, Frame, Frame) {
    let background = coded(&scene(BOUNDS, Components::Rgba, 2));
    let overlay = scene(BOUNDS, Components::Rgba, 1);
    let merged = coded(&merge(&overlay, &background, ALPHA));
    (background, merged, overlay)
}

/// Every value of the panel.
fn values(node: &Instance) -> Vec<(String, Option<Value>)> {
    let params = node.params();
    let value = |name: &str| node.get(name, 0.0).ok();
    params
        .iter()
        .map(|param| (param.name.clone(), value(&param.name)))
        .collect()
}

#[test]
fn analyze_finds_what_is_not_known() {
    let (background, merged, overlay) = pair();
    let (host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.set("output", "Straight").unwrap();
    node.set("opacity", 0.9).unwrap();
    let guessed = node.render(&RenderArgs::at(0.0)).unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    assert!((number(&node, "opacity") - f64::from(ALPHA)).abs() < 0.01);
    assert_eq!(offset(&node), [0.0, 0.0], "it lies well");
    assert!(number(&node, "noise") > 0.0);
    assert!(number(&node, "backgroundMismatch") > 0.0);
    assert!((0.5..1.06).contains(&number(&node, "ghostIndex")));
    assert!((1e-6..0.01).contains(&number(&node, "residualRms")));
    assert_eq!(number(&node, "iterationsDone"), 30.0);
    // Figures are keyed on the frame; the parameters hold for the shot.
    assert_eq!(node.keys("ghostIndex").unwrap().len(), 1);
    assert_eq!(node.keys("opacity").unwrap(), []);
    let found = node.render(&RenderArgs::at(0.0)).unwrap();
    assert!(psnr(&found, &overlay, 0) > psnr(&guessed, &overlay, 0) + 10.0);
    // What was found is found again, and an animated parameter gets a key.
    let before = values(&node);
    node.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(values(&node), before);
    node.key("opacity", 0.0, 0.5).unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(node.keys("opacity").unwrap().len(), 1);
    assert!((number(&node, "opacity") - f64::from(ALPHA)).abs() < 0.01);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
    assert_eq!(node.outstanding_images(), 0);
}

#[test]
fn measure_changes_nothing_but_the_figures() {
    let (background, merged, _) = pair();
    let (host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.press("analyze", 0.0, 1.0).unwrap();
    let analyzed = values(&node);
    node.press("measure", 0.0, 1.0).unwrap();
    assert_eq!(
        values(&node),
        analyzed,
        "they are the figures of what was found"
    );
    let index = number(&node, "ghostIndex");
    // Of another opacity, only the figures are others.
    node.set("opacity", 0.5).unwrap();
    node.press("measure", 0.0, 1.0).unwrap();
    let wrong = number(&node, "ghostIndex");
    assert!(wrong > 1.2 * index, "{wrong} {index}");
    for (before, after) in analyzed.iter().zip(values(&node)) {
        let may = ["opacity", "ghostIndex", "residualRms"].contains(&before.0.as_str());
        assert!(*before == after || may, "{before:?} {after:?}");
    }
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn an_opacity_that_is_known_is_kept() {
    let (background, merged, _) = pair();
    let (_host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.set("opacity", 0.3).unwrap();
    node.set("keepOpacity", true).unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(number(&node, "opacity"), 0.3);
    assert!(number(&node, "noise") > 0.0 && number(&node, "iterationsDone") == 30.0);
}

#[test]
fn the_offset_and_the_gain_are_found() {
    let (background, _, overlay) = pair();
    let moved = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        let from = background.pixel(x - 1, y + 1);
        from.map_or(0.5, |pixel| if c == 3 { 1.0 } else { pixel[c] / 1.2 })
    })
    .unwrap();
    let merged = merge(&overlay, &background, ALPHA);
    let (_host, mut node) = extractor(HostOptions::default(), &moved, &merged);
    node.set("opacity", f64::from(ALPHA)).unwrap();
    node.set("matchBackgroundGain", true).unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    let [dx, dy] = offset(&node)[..] else {
        panic!()
    };
    assert!(
        (dx - 1.0).abs() < 0.1 && (dy + 1.0).abs() < 0.1,
        "{dx} {dy}"
    );
    assert!((number(&node, "backgroundGain") - 1.2).abs() < 0.02);
    assert_eq!(
        number(&node, "opacity"),
        f64::from(ALPHA),
        "as it was given"
    );
}

#[test]
fn the_blend_space_is_detected() {
    let srgb = BlendSpace::Srgb;
    let light = |frame: &Frame| combine(frame, frame, |v, _| srgb.decode(v));
    let display = |frame: &Frame| combine(frame, frame, |v, _| srgb.encode(v));
    let (background, overlay) = {
        let scenes = [2, 1].map(|seed| light(&scene(BOUNDS, Components::Rgba, seed)));
        let [background, overlay] = scenes;
        (background, overlay)
    };
    for space in ["Linear", "sRGB"] {
        let merged = match space {
            "Linear" => merge(&overlay, &background, ALPHA),
            _ => light(&merge(&display(&overlay), &display(&background), ALPHA)),
        };
        let (_host, mut node) = extractor(HostOptions::default(), &background, &merged);
        node.set("blendSpace", "Rec.709").unwrap();
        node.press("detectBlendSpace", 0.0, 1.0).unwrap();
        let found = node.get("blendSpace", 0.0).unwrap();
        let expected = Value::Choice(i32::from(space == "sRGB"));
        assert_eq!(found, expected, "{space}");
    }
}

/// A user who cancels at the update of that number.
#[derive(Debug)]
struct Impatient(AtomicUsize);

impl Progress for Impatient {
    fn start(&self, label: &str) {
        assert!(label.contains("OverlayExtract"), "{label}");
    }

    fn update(&self, done: f64) -> bool {
        assert!((0.0..=1.0).contains(&done), "{done}");
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        left > 0
    }

    fn end(&self) {}
}

#[test]
fn a_cancelled_button_leaves_all_as_it_was() {
    let (background, merged, _) = pair();
    let mut done = 0;
    for patience in [0, 1, 2, 4, 7, 100] {
        let options = HostOptions {
            progress: Some(Arc::new(Impatient(AtomicUsize::new(patience)))),
            ..HostOptions::default()
        };
        let (_host, mut node) = extractor(options, &background, &merged);
        node.set("opacity", 0.7).unwrap();
        let before = values(&node);
        node.press("analyze", 0.0, 1.0).unwrap();
        if values(&node) == before {
            assert_eq!(done, 0, "more patience does not take longer");
        } else {
            assert!((number(&node, "opacity") - f64::from(ALPHA)).abs() < 0.01);
            done += 1;
        }
        assert_eq!(node.outstanding_images(), 0);
    }
    assert_eq!(done, 1, "only the most patient user sees the end");
}

#[test]
fn a_button_that_cannot_do_its_work_says_why() {
    let (background, merged, _) = pair();
    let said = |host: &host::Host, word: &str| {
        let texts: Vec<String> = host.messages().iter().map(|m| m.text.clone()).collect();
        assert!(texts.iter().any(|text| text.contains(word)), "{texts:?}");
    };
    let (host, mut node) = extractor(HostOptions::default(), &background, &merged);
    let before = values(&node);
    assert!(node.press("analyze", 0.0, 0.5).is_err());
    said(&host, "proxy");
    assert_eq!(values(&node), before);

    let (host, mut node) = instance(HostOptions::default(), "overlayextract");
    node.connect("A", still(&merged)).unwrap();
    assert!(node.press("analyze", 0.0, 1.0).is_err());
    said(&host, "connect");

    let flat = combine(&merged, &merged, |_, _| 0.5);
    let (host, mut node) = extractor(HostOptions::default(), &flat, &flat);
    node.set("opacity", 0.7).unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    said(&host, "no edges");
    assert_eq!(number(&node, "opacity"), 0.7);
    assert!(node.press("detectBlendSpace", 0.0, 1.0).is_err());

    let (host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.set("blendMode", "Screen").unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    said(&host, "blend mode");
}

/// A pan behind a still overlay.
fn shot(frames: i32) -> (MemorySource, MemorySource, Frame) {
    let wide = RectI::new(BOUNDS.x1, BOUNDS.y1, BOUNDS.x2 + 200, BOUNDS.y2);
    let pan = scene(wide, Components::Rgba, 2);
    let overlay = scene(BOUNDS, Components::Rgba, 1);
    let matte = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, _| {
        0.3 + 0.2 * (0.05 * (x + 2 * y) as f32).sin()
    })
    .unwrap();
    let (mut merged, mut backgrounds) = (Vec::new(), Vec::new());
    for frame in 0..frames {
        let background = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
            pan.pixel(x + 13 * frame, y).unwrap()[c]
        })
        .unwrap();
        let laid = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
            let [o, b, alpha] = [&overlay, &background, &matte].map(|f| f.pixel(x, y).unwrap()[c]);
            if c == 3 {
                1.0
            } else {
                alpha * o + (1.0 - alpha) * b
            }
        })
        .unwrap();
        merged.push((frame, laid));
        backgrounds.push((frame, background));
    }
    (
        MemorySource::sequence(merged).unwrap(),
        MemorySource::sequence(backgrounds).unwrap(),
        matte,
    )
}

#[test]
fn several_frames_tell_the_opacity() {
    let (merged, backgrounds, matte) = shot(10);
    let (host, mut node) = instance(HostOptions::default(), "overlayextract");
    node.connect("A", Arc::new(merged)).unwrap();
    node.connect("B", Arc::new(backgrounds)).unwrap();
    node.set("output", "Matte").unwrap();
    node.set("opacityMode", "Frames").unwrap();
    let all = node.frames_needed(3.0).unwrap();
    // The frame itself, and all that there are.
    assert_eq!(all["A"].len(), 11);
    assert_eq!(all["A"], all["B"]);
    let found = node.render(&RenderArgs::at(3.0)).unwrap();
    assert!(
        psnr(&found, &matte, 0) > 35.0,
        "{}",
        psnr(&found, &matte, 0)
    );
    let other = node.render(&RenderArgs::at(7.0)).unwrap();
    assert_eq!(found, other, "the overlay stands still");
    node.set("framesFirst", 2).unwrap();
    node.set("framesLast", 4).unwrap();
    assert_eq!(node.frames_needed(3.0).unwrap()["B"].len(), 4);
    let few = node.render(&RenderArgs::at(3.0)).unwrap();
    assert!(psnr(&few, &matte, 0) < psnr(&found, &matte, 0));
    node.set("output", "Recomposite").unwrap();
    node.set("framesLast", 9).unwrap();
    node.press("analyze", 3.0, 1.0).unwrap();
    assert!(number(&node, "residualRms") < 0.01);
    node.set("opacityMode", "Uniform").unwrap();
    assert_eq!(node.frames_needed(3.0).unwrap()["B"], [[3.0, 3.0]]);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn a_host_without_other_frames_is_asked_for_none() {
    for (lacks, expected) in [(false, true), (true, false)] {
        let mut options = HostOptions::default();
        if lacks {
            let property = "OfxImageEffectPropTemporalClipAccess";
            options.missing_host_properties.insert(property.to_owned());
        }
        let (_host, node) = instance(options, "overlayextract");
        let asks = node.plugin().descriptor().temporal_clip_access;
        assert_eq!(asks, expected);
    }
}

#[test]
fn an_aborted_render_ends_early_and_is_no_failure_of_the_node() {
    let (background, merged, _) = pair();
    for polls in [0, 1, 3] {
        let options = HostOptions {
            abort: host::Abort::After(polls),
            ..HostOptions::default()
        };
        let (host, node) = extractor(options, &background, &merged);
        // The host says that it was aborted, and nothing else.
        let error = node.render(&RenderArgs::at(0.0)).map(drop);
        if let Err(error) = error {
            assert!(error.to_string().contains("abort"), "{error}");
        }
        assert_eq!(node.outstanding_images(), 0);
        assert!(host.violations().is_empty(), "{:?}", host.violations());
    }
}
