//! OverlayExtract: what it renders is what the estimator finds, in any host.

mod common;

use common::overlay::{assert_finite, coded, combine, extractor, merge, psnr, scene};
use common::{assert_same_bits, instance, instance_of, library, mask, still};
use deltaplate::kernels::estimate::calibration::calibrate;
use deltaplate::kernels::estimate::model::{Blend, Model, Opacity};
use deltaplate::kernels::estimate::recommended::{Problem, estimate};
use deltaplate::kernels::estimate::space::BlendSpace;
use deltaplate::kernels::estimate::{Alone, Colour, Context, Size, Workspace, seed};
use host::{Components, Frame, HostOptions, Instance, RectI, RenderArgs, RowLayout, Scale};

/// An odd size, off the origin, large enough for several threads.
const BOUNDS: RectI = RectI::new(-13, 7, 137, 119);
const ALPHA: f32 = 0.3;
const HALF: Scale = Scale { x: 0.5, y: 0.5 };

fn pair() -> (Frame, Frame, Frame) {
    let background = scene(BOUNDS, Components::Rgba, 2);
    let overlay = scene(BOUNDS, Components::Rgba, 1);
    let merged = merge(&overlay, &background, ALPHA);
    (background, merged, overlay)
}

fn render(node: &Instance) -> Frame {
    node.render(&RenderArgs::at(0.0)).expect("it renders")
}

fn output(node: &mut Instance, output: &str) -> Frame {
    node.set("output", output).unwrap();
    render(node)
}

/// A frame in the estimator's order: rows from the bottom, a channel after the other.
fn planes(frame: &Frame, space: BlendSpace) -> Vec<f32> {
    let b = frame.bounds();
    let mut samples = Vec::new();
    for y in b.y1..b.y2 {
        for c in 0..3 {
            samples.extend((b.x1..b.x2).map(|x| space.encode(frame.pixel(x, y).unwrap()[c])));
        }
    }
    samples
}

fn size() -> Size {
    Size {
        width: BOUNDS.width(),
        height: BOUNDS.height(),
    }
}

/// The estimator on two frames, with what a new instance asks for.
fn estimated(
    merged: &Frame,
    background: &Frame,
    space: BlendSpace,
    change: impl Fn(&mut Problem<'_>),
) -> Vec<f32> {
    let (m, b) = (planes(merged, space), planes(background, space));
    let (m, b) = (Colour::new(size(), &m), Colour::new(size(), &b));
    let model = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(ALPHA),
    };
    let mut workspace = Workspace::new();
    let mut context = Context {
        team: &Alone,
        workspace: &mut workspace,
        proceed: &mut |_| true,
    };
    let found = calibrate(&mut context, m, b, &model, false).unwrap();
    let mut problem = Problem::new(m, b, model, found.noise, found.mismatch);
    problem.denoise = found.denoise;
    change(&mut problem);
    let mut out = vec![0.0; 3 * size().pixels()];
    estimate(&mut context, &problem, &mut out).unwrap();
    out
}

/// The estimator's overlay as the output Straight.
fn straight(overlay: &[f32], alpha: f32) -> Frame {
    let width = size().width;
    Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        let (x, y) = ((x - BOUNDS.x1) as usize, (y - BOUNDS.y1) as usize);
        match c {
            3 => alpha,
            c => overlay[(3 * y + c) * width + x],
        }
    })
    .unwrap()
}

#[test]
fn the_node_delivers_what_the_estimator_finds() {
    let (background, merged, _) = pair();
    let (background, merged) = (coded(&background), coded(&merged));
    let (host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.set("opacity", f64::from(ALPHA)).unwrap();
    let found = output(&mut node, "Straight");
    let linear = BlendSpace::Linear;
    let expected = estimated(&merged, &background, linear, |_| ());
    assert_same_bits(&found, &straight(&expected, ALPHA), "automatic");

    node.set("blendSpace", "sRGB").unwrap();
    let expected = estimated(&merged, &background, BlendSpace::Srgb, |_| ());
    assert_same_bits(&render(&node), &straight(&expected, ALPHA), "sRGB");
    node.set("blendSpace", "Linear").unwrap();

    let draft = RenderArgs {
        draft: true,
        ..RenderArgs::at(0.0)
    };
    let expected = estimated(&merged, &background, linear, |problem| {
        problem.iterations = 10;
    });
    let found = node.render(&draft).unwrap();
    assert_same_bits(&found, &straight(&expected, ALPHA), "draft");

    node.set("noise", 0.004).unwrap();
    node.set("backgroundMismatch", 0.2).unwrap();
    node.set("denoise", 0.8).unwrap();
    node.set("edgeSoftness", 0.3).unwrap();
    node.set("iterations", 41).unwrap();
    node.set("levels", 2).unwrap();
    node.set("step", 0.5).unwrap();
    node.set("rangeMin", 0.1).unwrap();
    node.set("rangeMax", 0.8).unwrap();
    let expected = estimated(&merged, &background, linear, |problem| {
        (problem.noise, problem.mismatch, problem.denoise) = (0.004, 0.2, 0.8);
        (problem.edge_softness, problem.step) = (0.3, 0.5);
        (problem.iterations, problem.levels) = (41, 2);
        (problem.low, problem.high) = (0.1, 0.8);
    });
    assert_same_bits(&render(&node), &straight(&expected, ALPHA), "all set");

    node.set("method", "Seed").unwrap();
    node.set("iterations", 100).unwrap();
    node.set("step", 1.3).unwrap();
    let (m, b) = (planes(&merged, linear), planes(&background, linear));
    let model = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(ALPHA),
    };
    let mut expected = vec![0.0; m.len()];
    seed::estimate(
        &Alone,
        Colour::new(size(), &m),
        Colour::new(size(), &b),
        &model,
        100,
        1.3 / 255.0,
        &mut expected,
    );
    assert_same_bits(&render(&node), &straight(&expected, ALPHA), "seed");
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn the_clean_overlay_is_found_and_goes_back() {
    let (background, merged, overlay) = pair();
    let (_host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.set("opacity", f64::from(ALPHA)).unwrap();
    let straight = output(&mut node, "Straight");
    assert!(psnr(&straight, &overlay, 0) > 40.0);
    node.set("source", "Clean").unwrap();
    let straight = output(&mut node, "Straight");
    assert!(psnr(&straight, &overlay, 0) > 110.0);
    let layer = output(&mut node, "Overlay");
    let premultiplied = combine(&overlay, &overlay, |o, _| ALPHA * o);
    assert!(psnr(&layer, &premultiplied, 0) > 110.0);
    assert_eq!(layer.pixel(0, 50).unwrap()[3], ALPHA);
    assert_eq!(output(&mut node, "Matte").pixel(0, 50).unwrap(), [ALPHA; 4]);
    assert!(psnr(&output(&mut node, "Recomposite"), &merged, 0) > 120.0);
    // Red where too little of the background was taken off, blue where it was too much.
    let mut ghost = |opacity: f64| {
        node.set("opacity", opacity).unwrap();
        let map = output(&mut node, "Ghost Map");
        let sum = |c: usize| map.floats().unwrap().iter().skip(c).step_by(4).sum::<f32>();
        [sum(0), sum(2)]
    };
    let ([red, blue], [redder, _], [_, bluer]) = (ghost(0.3), ghost(0.5), ghost(0.2));
    assert!(redder > 2.0 * red && bluer > 2.0 * blue);
}

/// `(P + (1 - alpha) * B) + R`, as a host computes it.
fn put_back(layer: &Frame, background: &Frame, residual: &Frame) -> (Frame, Frame) {
    let laid = Frame::from_fn(layer.bounds(), layer.components(), |x, y, c| {
        let p = layer.pixel(x, y).unwrap();
        p[c] + (1.0 - p[3]) * background.pixel(x, y).unwrap()[c]
    })
    .unwrap();
    let whole = combine(&laid, residual, |q, r| q + r);
    (laid, whole)
}

#[test]
fn the_round_trip_is_as_exact_as_said() {
    let (background, merged, _) = pair();
    // What the overlay cannot explain: far brighter, far darker, negative.
    let merged = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        let m = merged.pixel(x, y).unwrap()[c];
        match (x + 3 * y).rem_euclid(17) {
            0 if c < 3 => 5.0 * m,
            1 if c < 3 => 0.01 * m,
            2 if c < 3 => -m,
            _ => m,
        }
    })
    .unwrap();
    let masked = mask(BOUNDS, 9);
    for (method, mix, masks) in [
        ("Recommended", 1.0, false),
        ("Closed Form", 1.0, false),
        ("Seed", 0.7, false),
        ("Recommended", 1.0, true),
    ] {
        let (_host, mut node) = extractor(HostOptions::default(), &background, &merged);
        node.set("method", method).unwrap();
        node.set("mix", mix).unwrap();
        if masks {
            node.connect("Mask", still(&masked)).unwrap();
        }
        let layer = output(&mut node, "Overlay");
        let residual = output(&mut node, "Residual");
        let (laid, whole) = put_back(&layer, &background, &residual);
        let mut exact = 0;
        for y in BOUNDS.y1..BOUNDS.y2 {
            for x in BOUNDS.x1..BOUNDS.x2 {
                for c in 0..3 {
                    let [q, w, m] = [&laid, &whole, &merged].map(|f| f.pixel(x, y).unwrap()[c]);
                    if q / 2.0 <= m && m <= 2.0 * q {
                        assert_eq!(w.to_bits(), m.to_bits(), "{method} at {x} {y}");
                        exact += 1;
                    }
                    let ulp = q.abs().max(m.abs()) * f32::EPSILON;
                    assert!((w - m).abs() <= ulp, "{method} at {x} {y}: {w} for {m}");
                }
            }
        }
        assert!(exact > 40_000, "{method}: {exact}");
    }
}

#[test]
fn every_host_gets_the_same() {
    let (background, merged, _) = pair();
    let (background, merged) = (coded(&background), coded(&merged));
    let library = library();
    let mut expected: Option<[Frame; 3]> = None;
    for threads in [1, 2, 5] {
        for (negative, flush_to_zero) in [(false, true), (true, false)] {
            let options = HostOptions {
                threads,
                row_layout: RowLayout {
                    negative,
                    padding: 12,
                    ..RowLayout::default()
                },
                flush_to_zero,
                canary: true,
                ..HostOptions::default()
            };
            let what = format!("{threads} threads, negative rows {negative}");
            let (host, mut node) = instance_of(&library, options, "overlayextract");
            node.connect("B", still(&background)).unwrap();
            node.connect("A", still(&merged)).unwrap();
            node.set("backgroundOffset", [0.3, -0.2]).unwrap();
            // Few enough that each thread has a band of its own.
            node.set("iterations", 8).unwrap();
            let found = ["Uniform", "Smooth", "Solid Colour"].map(|mode| {
                node.set("opacityMode", mode).unwrap();
                render(&node)
            });
            match &expected {
                None => expected = Some(found),
                Some(expected) => {
                    for (found, expected) in found.iter().zip(expected) {
                        assert_same_bits(found, expected, &what);
                    }
                }
            }
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
fn every_window_gets_its_part_of_the_whole() {
    let (background, merged, _) = pair();
    let (_host, mut node) = extractor(HostOptions::default(), &background, &merged);
    for method in ["Recommended", "Closed Form", "Seed"] {
        node.set("method", method).unwrap();
        let tiles = method != "Recommended";
        let whole = render(&node);
        for window in [
            RectI::new(0, 20, 40, 50),
            RectI::new(-13, 7, -12, 8),
            RectI::new(150, 100, 200, 140),
        ] {
            let args = RenderArgs {
                window: Some(window),
                ..RenderArgs::at(0.0)
            };
            let part = node.render(&args).unwrap();
            let expected = whole.reframed(window).unwrap();
            assert_same_bits(&part, &expected, &format!("{method} {window:?}"));
        }
        // Whole frames are asked for where they are needed, and only there.
        let region = host::RectD::new(0.0, 20.0, 40.0, 50.0);
        let needed = node.regions_of_interest(0.0, Scale::ONE, region).unwrap();
        let all = BOUNDS.to_canonical(Scale::ONE, 1.0);
        let expected = if tiles { region } else { all };
        assert_eq!((needed["A"], needed["B"]), (expected, expected), "{method}");
    }
}

#[test]
fn what_is_not_a_number_stays_inside() {
    let (background, merged, overlay) = pair();
    let hole = RectI::new(40, 60, 50, 70);
    let inside = |x, y| hole.contains(RectI::new(x, y, x + 1, y + 1));
    let holed = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        match (inside(x, y), (x + y + c as i32) % 3) {
            (true, 0) => f32::NAN,
            (true, 1) => f32::INFINITY,
            (true, _) => -f32::MAX,
            _ => merged.pixel(x, y).unwrap()[c],
        }
    })
    .unwrap();
    let infinite = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        if (x, y) == (3, 90) {
            f32::NEG_INFINITY
        } else {
            background.pixel(x, y).unwrap()[c]
        }
    })
    .unwrap();
    let (_host, mut node) = extractor(HostOptions::default(), &infinite, &holed);
    node.set("opacity", f64::from(ALPHA)).unwrap();
    let found = output(&mut node, "Straight");
    assert_finite(&found, "Straight");
    let around = found.reframed(RectI::new(38, 58, 52, 72)).unwrap();
    let truth = overlay.reframed(around.bounds()).unwrap();
    assert!(psnr(&around, &truth, 0) > 14.0, "filled from around");
    for (mode, space, offset) in [
        ("Uniform", "sRGB", 0.0),
        ("Smooth", "Linear", 0.4),
        ("Solid Colour", "Rec.709", 0.0),
        ("Minimum", "Gamma", 0.0),
    ] {
        node.set("opacityMode", mode).unwrap();
        node.set("blendSpace", space).unwrap();
        node.set("backgroundOffset", [offset, -offset]).unwrap();
        for shown in [
            "Overlay",
            "Straight",
            "Matte",
            "Recomposite",
            "Residual",
            "Ghost Map",
        ] {
            assert_finite(
                &output(&mut node, shown),
                &format!("{mode} {space} {shown}"),
            );
        }
    }
    for blend in ["Add", "Screen", "Multiply"] {
        node.set("blendMode", blend).unwrap();
        for (method, unlimited) in [
            ("Recommended", true),
            ("Closed Form", true),
            ("Seed", false),
        ] {
            node.set("method", method).unwrap();
            node.set("unlimited", unlimited).unwrap();
            for shown in ["Overlay", "Recomposite", "Residual", "Ghost Map"] {
                assert_finite(
                    &output(&mut node, shown),
                    &format!("{blend} {method} {shown}"),
                );
            }
        }
    }
}

#[test]
fn a_displaced_and_brighter_background_is_moved_and_dimmed() {
    let (background, _, overlay) = pair();
    // By whole pixels, so that the truth is exact inside.
    let moved = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        background
            .pixel(x - 2, y + 1)
            .map_or(0.5, |pixel| if c == 3 { 1.0 } else { pixel[c] / 1.25 })
    })
    .unwrap();
    let merged = merge(&overlay, &background, ALPHA);
    let (_host, mut node) = extractor(HostOptions::default(), &moved, &merged);
    node.set("opacity", f64::from(ALPHA)).unwrap();
    node.set("source", "Clean").unwrap();
    assert!(psnr(&output(&mut node, "Straight"), &overlay, 8) < 25.0);
    node.set("backgroundOffset", [2.0, -1.0]).unwrap();
    node.set("matchBackgroundGain", true).unwrap();
    node.set("backgroundGain", 1.25).unwrap();
    assert!(psnr(&render(&node), &overlay, 8) > 90.0);
    // The pictures of a proxy are half as large, and so is the distance between them.
    let half = RenderArgs {
        scale: HALF,
        ..RenderArgs::at(0.0)
    };
    let small = node.render(&half).unwrap();
    let truth = host::proxy::box_average(&overlay, HALF).unwrap();
    assert!(psnr(&small, &truth, 8) > 25.0);
    node.set("backgroundOffset", [1.0, -0.5]).unwrap();
    assert!(psnr(&node.render(&half).unwrap(), &truth, 8) < 22.0);
}

#[test]
fn a_matte_and_a_new_background() {
    let (background, _, overlay) = pair();
    let matte = Frame::from_fn(BOUNDS, Components::Alpha, |x, y, _| {
        (((x * 5 + y * 3).rem_euclid(100)) as f32 / 100.0).max(0.05)
    })
    .unwrap();
    let new = scene(BOUNDS, Components::Rgba, 3);
    let over = |under: &Frame| {
        Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
            let alpha = matte.pixel(x, y).unwrap()[0];
            let [o, b] = [&overlay, under].map(|f| f.pixel(x, y).unwrap()[c]);
            if c == 3 {
                1.0
            } else {
                alpha * o + (1.0 - alpha) * b
            }
        })
        .unwrap()
    };
    let (host, mut node) = extractor(HostOptions::default(), &background, &over(&background));
    node.connect("Matte", still(&matte)).unwrap();
    node.set("opacityMode", "Matte").unwrap();
    node.set("method", "Closed Form").unwrap();
    assert!(psnr(&output(&mut node, "Straight"), &overlay, 0) > 80.0);
    assert!(psnr(&output(&mut node, "Recomposite"), &over(&background), 0) > 120.0);
    node.connect("NewBackground", still(&new)).unwrap();
    assert!(psnr(&render(&node), &over(&new), 0) > 80.0);
    // In the blend space and back.
    node.set("blendSpace", "sRGB").unwrap();
    assert_finite(&render(&node), "sRGB");
    node.disconnect("NewBackground").unwrap();
    node.set("rangeMin", -1000.0).unwrap();
    node.set("unlimited", true).unwrap();
    assert!(psnr(&render(&node), &over(&background), 0) > 100.0);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn the_modes_find_what_they_are_for() {
    let background = scene(BOUNDS, Components::Rgba, 2);
    // A disc of one colour, half opaque.
    let colour = [0.9, 0.7, 0.2];
    let alpha = |x: i32, y: i32| {
        let far = f64::from((x - 70).pow(2) + (y - 70).pow(2)).sqrt();
        (0.5 * (40.0 - far).clamp(0.0, 1.0)) as f32
    };
    let merged = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        let b = background.pixel(x, y).unwrap()[c];
        match c {
            3 => 1.0,
            c => alpha(x, y) * colour[c] + (1.0 - alpha(x, y)) * b,
        }
    })
    .unwrap();
    let matte = Frame::from_fn(BOUNDS, Components::Rgba, |x, y, _| alpha(x, y)).unwrap();
    let (_host, mut node) = extractor(HostOptions::default(), &background, &merged);
    node.set("output", "Matte").unwrap();
    for (mode, least) in [("Solid Colour", 45.0), ("Minimum", 10.0), ("Smooth", 10.0)] {
        node.set("opacityMode", mode).unwrap();
        let found = psnr(&render(&node), &matte, 0);
        assert!(found > least, "{mode}: {found}");
    }
}

#[test]
fn missing_clips_make_no_layer_or_a_black_background() {
    let (background, merged, _) = pair();
    let shown = [
        "Overlay",
        "Straight",
        "Matte",
        "Recomposite",
        "Residual",
        "Ghost Map",
    ];
    for components in [Components::Rgba, Components::Rgb, Components::Alpha] {
        let only = |frame: &Frame| {
            Frame::from_fn(BOUNDS, components, |x, y, c| frame.pixel(x, y).unwrap()[c]).unwrap()
        };
        for (a, b) in [(true, false), (false, true), (false, false), (true, true)] {
            let (host, mut node) = instance(HostOptions::default(), "overlayextract");
            if a {
                node.connect("A", still(&only(&merged))).unwrap();
            }
            if b {
                node.connect("B", still(&only(&background))).unwrap();
            }
            for name in shown {
                let what = format!("{components:?} {name}, A {a}, B {b}");
                let found = output(&mut node, name);
                assert_finite(&found, &what);
                let floats = found.floats().unwrap();
                if !a && matches!(name, "Overlay" | "Straight" | "Matte") {
                    assert!(floats.iter().all(|v| *v == 0.0), "{what}");
                }
                if a && b && name == "Recomposite" && components != Components::Alpha {
                    assert!(psnr(&found, &merged, 0) > 35.0, "{what}");
                    assert_eq!(found.components(), Components::Rgba, "{what}");
                }
            }
            assert!(host.violations().is_empty(), "{:?}", host.violations());
        }
    }
}

#[test]
fn any_size_and_any_number_is_served() {
    for (width, height) in [(1, 1), (1, 40), (40, 1), (2, 3), (17, 9)] {
        let bounds = RectI::new(5, -3, 5 + width, -3 + height);
        let background = scene(bounds, Components::Rgba, 2);
        let merged = merge(&scene(bounds, Components::Rgba, 1), &background, ALPHA);
        let (host, mut node) = extractor(HostOptions::default(), &background, &merged);
        for mode in [
            "Uniform",
            "Smooth",
            "Solid Colour",
            "Minimum",
            "Matte",
            "Frames",
        ] {
            node.set("opacityMode", mode).unwrap();
            for shown in ["Overlay", "Ghost Map"] {
                let what = format!("{width} x {height} {mode} {shown}");
                assert_finite(&output(&mut node, shown), &what);
            }
        }
        node.set("opacityMode", "Uniform").unwrap();
        node.press("analyze", 0.0, 1.0).unwrap();
        for (name, value) in [
            ("rangeMin", 900.0),
            ("rangeMax", -900.0),
            ("opacity", f64::NAN),
            ("noise", f64::INFINITY),
            ("denoise", -1.0),
            ("step", 1e300),
            ("tolerance", f64::NAN),
            ("edgeSoftness", 1e300),
            ("mix", f64::NAN),
            ("backgroundMismatch", -7.0),
        ] {
            node.set_unchecked(name, value).unwrap();
            assert_finite(&render(&node), &format!("{name} {value}"));
        }
        for offset in [[f64::NAN, 1e300], [-1e300, f64::INFINITY], [3.5, -70.25]] {
            node.set_unchecked("backgroundOffset", offset).unwrap();
            assert_finite(&render(&node), &format!("{offset:?}"));
        }
        node.set_unchecked("levels", 1_000_000).unwrap();
        node.set_unchecked("iterations", -5).unwrap();
        assert_finite(&render(&node), "levels and iterations");
        assert!(host.violations().is_empty(), "{:?}", host.violations());
    }
}
