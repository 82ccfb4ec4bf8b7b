//! What the nodes render is what the formula gives, bit for bit: in any tiles, on any number of
//! threads, with any row bytes, bounds and regions, and whatever the host did to the
//! floating-point environment.

mod common;

use common::formula::{self, Ask, Images};
use common::{assert_same_bits, instance, instance_of, library, mask, noise, painted, still};
use std::sync::Arc;

use host::{
    Components, Format, Frame, FrameSource, HostOptions, Instance, MemorySource, RectD, RectI,
    RenderArgs, RowLayout, Scale, SourceError,
};

/// Larger than what is rendered on one thread, and of an odd size.
const BIG: RectI = RectI::new(-37, -11, 690, 403);

fn hosts() -> Vec<(String, HostOptions)> {
    let layouts = [
        ("plain", RowLayout::default()),
        (
            "negative",
            RowLayout {
                negative: true,
                ..RowLayout::default()
            },
        ),
        (
            "padded",
            RowLayout {
                padding: 20,
                misalign: 4,
                ..RowLayout::default()
            },
        ),
        (
            "of a bigger image",
            RowLayout {
                negative: true,
                margin: 3,
                ..RowLayout::default()
            },
        ),
    ];
    let mut hosts = Vec::new();
    for threads in [1, 2, 5] {
        for (name, row_layout) in layouts {
            // Each on, once with every number of threads and once with every layout.
            for flush_to_zero in [name == "plain", threads == 5] {
                let what = format!("{threads} threads, rows {name}, flush to zero {flush_to_zero}");
                let options = HostOptions {
                    threads,
                    row_layout,
                    flush_to_zero,
                    canary: true,
                    ..HostOptions::default()
                };
                hosts.push((what, options));
            }
        }
    }
    hosts
}

struct Scene {
    b: Frame,
    a: Frame,
    residual: Frame,
    mask: Frame,
}

impl Scene {
    fn new(bounds: RectI, components: Components) -> Self {
        let b = noise(bounds, components, 1);
        Self {
            a: painted(&b, 2),
            residual: painted(
                &Frame::zeros(bounds, components, host::Depth::Float).unwrap(),
                3,
            ),
            mask: mask(bounds, 4),
            b,
        }
    }

    fn images(&self) -> Images<'_> {
        Images {
            b: Some(&self.b),
            a: Some(&self.a),
            residual: None,
            mask: None,
        }
    }
}

fn render(instance: &Instance) -> Frame {
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(0.0)
    };
    instance.render(&args).expect("it renders")
}

#[test]
fn every_host_gets_the_formula() {
    let scene = Scene::new(BIG, Components::Rgba);
    let expected = [
        formula::min(BIG, Components::Rgba, &scene.images(), &Ask::DEFAULT, false),
        formula::plus(BIG, Components::Rgba, &scene.images(), &Ask::DEFAULT),
        formula::absolute(BIG, Components::Rgba, &scene.images()),
    ];
    let library = library();
    for (what, options) in hosts() {
        for ((node, a), expected) in [("min", "A"), ("plus", "D"), ("compare", "A")]
            .into_iter()
            .zip(&expected)
        {
            let (host, mut instance) = instance_of(&library, options.clone(), node);
            instance.connect("B", still(&scene.b)).unwrap();
            instance.connect(a, still(&scene.a)).unwrap();
            if node == "compare" {
                instance.set("output", "Absolute Difference").unwrap();
            }
            let what = format!("{node}, {what}");
            assert_same_bits(&render(&instance), expected, &what);
            assert_eq!(instance.outstanding_images(), 0, "{what}");
            assert!(
                host.violations().is_empty(),
                "{what}: {:?}",
                host.violations()
            );
        }
    }
}

#[test]
fn every_split_into_tiles_gets_the_same() {
    let scene = Scene::new(BIG, Components::Rgba);
    let expected = formula::min(BIG, Components::Rgba, &scene.images(), &Ask::DEFAULT, false);
    let options = HostOptions {
        threads: 2,
        canary: true,
        ..HostOptions::default()
    };
    let (_host, mut instance) = instance(options, "min");
    instance.connect("B", still(&scene.b)).unwrap();
    instance.connect("A", still(&scene.a)).unwrap();
    for (width, height) in [(64, 64), (1, 9999), (9999, 1), (255, 101), (700, 400)] {
        let mut tiles = Vec::new();
        let mut y = BIG.y1;
        while y < BIG.y2 {
            let mut x = BIG.x1;
            while x < BIG.x2 {
                tiles.push(RectI::new(
                    x,
                    y,
                    BIG.x2.min(x + width),
                    BIG.y2.min(y + height),
                ));
                x += width;
            }
            y += height;
        }
        for together in [false, true] {
            // Many threads at once on one instance; a few thousand of them are enough.
            if together && tiles.len() > 100 {
                continue;
            }
            let mut frame = Frame::zeros(BIG, Components::Rgba, host::Depth::Float).unwrap();
            instance
                .render_into(&mut frame, &tiles, &RenderArgs::at(0.0), together)
                .unwrap();
            assert_same_bits(&frame, &expected, &format!("tiles of {width} x {height}"));
        }
    }
}

#[test]
fn masks_mixes_channels_and_components() {
    let bounds = RectI::new(-5, 3, 90, 40);
    for components in [Components::Rgba, Components::Rgb, Components::Alpha] {
        let scene = Scene::new(bounds, components);
        let (_min_host, mut min) = instance(HostOptions::default(), "min");
        let (_plus_host, mut plus) = instance(HostOptions::default(), "plus");
        for (instance, a) in [(&mut min, "A"), (&mut plus, "D")] {
            instance.connect("B", still(&scene.b)).unwrap();
            instance.connect(a, still(&scene.a)).unwrap();
        }
        for (index, ask) in asks().iter().enumerate() {
            let masked = index % 2 == 1;
            let mut images = scene.images();
            images.mask = masked.then_some(&scene.mask);
            for instance in [&mut min, &mut plus] {
                if masked {
                    instance.connect("Mask", still(&scene.mask)).unwrap();
                } else {
                    instance.disconnect("Mask").unwrap();
                }
                let boxes = ["processR", "processG", "processB", "processA"];
                for (name, on) in boxes.iter().zip(ask.process) {
                    instance.set(name, on).unwrap();
                }
                instance.set("maskInvert", ask.invert).unwrap();
                instance.set("mix", ask.mix).unwrap();
            }
            let what = format!("{components:?} {ask:?}, masked {masked}");

            min.set("output", "Difference").unwrap();
            for finite in [false, true] {
                min.set("finite", finite).unwrap();
                let expected = formula::min(bounds, components, &images, ask, finite);
                assert_same_bits(
                    &render(&min),
                    &expected,
                    &format!("min, finite {finite}, {what}"),
                );
            }
            min.set("output", "Residual").unwrap();
            let expected = formula::residual(bounds, components, &images, ask);
            assert_same_bits(&render(&min), &expected, &format!("residual, {what}"));

            plus.disconnect("Residual").unwrap();
            let expected = formula::plus(bounds, components, &images, ask);
            assert_same_bits(&render(&plus), &expected, &format!("plus, {what}"));
            plus.connect("Residual", still(&scene.residual)).unwrap();
            images.residual = Some(&scene.residual);
            let expected = formula::plus(bounds, components, &images, ask);
            assert_same_bits(
                &render(&plus),
                &expected,
                &format!("plus with residual, {what}"),
            );
        }
    }
}

fn asks() -> Vec<Ask> {
    let mut asks = Vec::new();
    for process in [
        [true, true, true, false],
        [true; 4],
        [false, true, false, true],
        [false; 4],
    ] {
        for mix in [1.0, 0.3, 0.0] {
            for invert in [false, true] {
                // Each without and with a mask.
                asks.extend(
                    [Ask {
                        process,
                        invert,
                        mix,
                    }; 2],
                );
            }
        }
    }
    asks
}

#[test]
fn images_of_different_regions_are_zero_around_them() {
    let (at_b, at_a) = (RectI::new(-10, -4, 60, 30), RectI::new(20, 7, 111, 55));
    let b = noise(at_b, Components::Rgb, 5);
    let a = noise(at_a, Components::Rgb, 6);
    let images = Images {
        b: Some(&b),
        a: Some(&a),
        residual: None,
        mask: None,
    };
    let regions = [
        ("Union", RectI::new(-10, -4, 111, 55)),
        ("Intersection", RectI::new(20, 7, 60, 30)),
        ("A", at_a),
        ("B", at_b),
    ];
    for (bbox, region) in regions {
        let (_host, mut min) = instance(HostOptions::default(), "min");
        let (_other, mut plus) = instance(HostOptions::default(), "plus");
        for (instance, clip) in [(&mut min, "A"), (&mut plus, "D")] {
            instance.connect("B", still(&b)).unwrap();
            instance.connect(clip, still(&a)).unwrap();
            instance.set("bbox", bbox).unwrap();
            assert_eq!(instance.defined_pixels(0.0, 1.0).unwrap(), region, "{bbox}");
        }
        let ask = &Ask::DEFAULT;
        let expected = formula::min(region, Components::Rgb, &images, ask, false);
        assert_same_bits(&render(&min), &expected, &format!("min over {bbox}"));
        let expected = formula::plus(region, Components::Rgb, &images, ask);
        assert_same_bits(&render(&plus), &expected, &format!("plus over {bbox}"));
    }
}

#[test]
fn a_missing_input_is_zero() {
    let bounds = RectI::new(2, 3, 70, 20);
    let there = noise(bounds, Components::Rgba, 7);
    for missing in ["A", "B"] {
        let (_host, mut min) = instance(HostOptions::default(), "min");
        let other = if missing == "A" { "B" } else { "A" };
        min.connect(other, still(&there)).unwrap();
        let images = Images {
            b: (missing == "A").then_some(&there),
            a: (missing == "B").then_some(&there),
            residual: None,
            mask: None,
        };
        let expected = formula::min(bounds, Components::Rgba, &images, &Ask::DEFAULT, false);
        assert_same_bits(&render(&min), &expected, &format!("without {missing}"));
    }
    for node in ["min", "plus", "compare", "overlayextract"] {
        let (_host, nothing) = instance(HostOptions::default(), node);
        let black = render(&nothing);
        assert_eq!(
            black.bounds(),
            RectI::new(0, 0, 256, 128),
            "{node} covers the project"
        );
        assert!(
            black
                .floats()
                .unwrap()
                .iter()
                .all(|sample| sample.to_bits() == 0),
            "{node}"
        );
    }
}

#[test]
fn at_half_scale_the_formula_holds_for_the_scaled_images() {
    let bounds = RectI::new(-7, 3, 93, 51);
    let b = mask(bounds, 8);
    let a = mask(bounds, 9);
    let half = |frame: &Frame| host::proxy::box_average(frame, 0.5.into()).unwrap();
    let (half_b, half_a) = (half(&b), half(&a));
    let images = Images {
        b: Some(&half_b),
        a: Some(&half_a),
        residual: None,
        mask: None,
    };
    let args = RenderArgs {
        scale: 0.5.into(),
        ..RenderArgs::at(0.0)
    };
    for (node, clip) in [("min", "A"), ("plus", "D")] {
        let (_host, mut instance) = instance(
            HostOptions {
                canary: true,
                ..HostOptions::default()
            },
            node,
        );
        instance.connect("B", still(&b)).unwrap();
        instance.connect(clip, still(&a)).unwrap();
        let found = instance.render(&args).unwrap();
        let expected = match node {
            "min" => formula::min(
                half_b.bounds(),
                Components::Alpha,
                &images,
                &Ask::DEFAULT,
                false,
            ),
            _ => formula::plus(half_b.bounds(), Components::Alpha, &images, &Ask::DEFAULT),
        };
        assert_same_bits(&found, &expected, node);
    }
}

#[test]
fn difference_and_residual_make_the_sum_exact() {
    let bounds = RectI::new(0, 0, 300, 100);
    let mut random = common::Random(10);
    let mut finite = || loop {
        let sample = random.sample();
        // A difference cannot tell -0 from +0; that is for the file of a transfer to carry.
        if sample.is_finite() && sample.to_bits() != 0x8000_0000 {
            return sample;
        }
    };
    let b = Frame::from_fn(bounds, Components::Rgb, |_, _, _| finite()).unwrap();
    let a = Frame::from_fn(bounds, Components::Rgb, |_, _, _| finite()).unwrap();
    let (_host, mut min) = instance(HostOptions::default(), "min");
    min.connect("B", still(&b)).unwrap();
    min.connect("A", still(&a)).unwrap();
    min.set("finite", true).unwrap();
    let difference = render(&min);
    min.set("output", "Residual").unwrap();
    let residual = render(&min);
    let (_host, mut plus) = instance(HostOptions::default(), "plus");
    plus.connect("B", still(&b)).unwrap();
    plus.connect("D", still(&difference)).unwrap();
    plus.connect("Residual", still(&residual)).unwrap();
    assert_same_bits(&render(&plus), &a, "B + difference + residual");
}

/// A source in a host like MLT: asked for a region at a proxy scale, it answers in the pixels of the
/// proxy, which as canonical coordinates are a part of the frame.
struct RegionsInProxyPixels(MemorySource);

impl FrameSource for RegionsInProxyPixels {
    fn format(&self) -> Format {
        self.0.format()
    }

    fn region_of_definition(&self, time: f64, scale: Scale) -> Result<RectD, SourceError> {
        let region = self.0.region_of_definition(time, scale)?;
        Ok(RectD::new(
            region.x1 * scale.x,
            region.y1 * scale.y,
            region.x2 * scale.x,
            region.y2 * scale.y,
        ))
    }

    fn image(&self, time: f64, scale: Scale, region: RectI) -> Result<Arc<Frame>, SourceError> {
        self.0.image(time, scale, region)
    }
}

#[test]
fn what_an_image_has_is_defined_whatever_the_host_says_of_regions() {
    let bounds = RectI::new(0, 0, 80, 40);
    let (b, a) = (mask(bounds, 11), mask(bounds, 12));
    let half = |frame: &Frame| host::proxy::box_average(frame, 0.5.into()).unwrap();
    let (half_b, half_a) = (half(&b), half(&a));
    let (_host, mut min) = instance(HostOptions::default(), "min");
    for (clip, frame) in [("B", &b), ("A", &a)] {
        let source = RegionsInProxyPixels(MemorySource::still(frame.clone()));
        min.connect(clip, Arc::new(source)).unwrap();
    }
    let images = Images {
        b: Some(&half_b),
        a: Some(&half_a),
        residual: None,
        mask: None,
    };
    let args = RenderArgs {
        scale: 0.5.into(),
        window: Some(half_b.bounds()),
        ask_identity: false,
        ..RenderArgs::at(0.0)
    };
    let expected = formula::min(
        half_b.bounds(),
        Components::Alpha,
        &images,
        &Ask::DEFAULT,
        false,
    );
    assert_same_bits(&min.render(&args).unwrap(), &expected, "half scale");
}
