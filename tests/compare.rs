//! Compare: its outputs, and the figures that its buttons write.

mod common;

use common::formula::{self, Images};
use common::{assert_same_bits, instance, mask, noise, painted, still};
use host::{Components, Frame, HostOptions, Instance, RectI, RenderArgs, Value};

fn connected(b: &Frame, a: &Frame) -> (host::Host, Instance) {
    let (host, mut instance) = instance(HostOptions::default(), "compare");
    instance.connect("B", still(b)).unwrap();
    instance.connect("A", still(a)).unwrap();
    (host, instance)
}

fn number(instance: &Instance, name: &str) -> f64 {
    match instance.get(name, 0.0).unwrap() {
        Value::Double(value) => value,
        other => panic!("{name} is {other:?}"),
    }
}

fn numbers(instance: &Instance, name: &str) -> Vec<f64> {
    match instance.get(name, 0.0).unwrap() {
        Value::Doubles(values) => values,
        other => panic!("{name} is {other:?}"),
    }
}

/// A flat grey, and the same with four samples changed.
fn greys() -> (Frame, Frame) {
    let bounds = RectI::new(-4, 2, 40, 30);
    let b = Frame::from_fn(bounds, Components::Rgb, |_, _, _| 0.5).unwrap();
    let a = Frame::from_fn(bounds, Components::Rgb, |x, y, c| match (x, y, c) {
        (0, 5, 0) => 0.75,
        (39, 29, 1) => 0.25,
        (-4, 2, 2) => f32::from_bits(0.5f32.to_bits() + 1),
        (7, 7, 0) => f32::NAN,
        _ => 0.5,
    })
    .unwrap();
    (b, a)
}

#[test]
fn the_figures_are_those_of_the_frame() {
    let (b, a) = greys();
    let (_host, mut compare) = connected(&b, &a);
    compare.press("analyze", 0.0, 1.0).unwrap();
    let finite = (44 * 28 * 3 - 1) as f64;
    let tiny = f64::from(f32::EPSILON) / 2.0;
    assert_eq!(number(&compare, "max"), 0.25);
    assert_eq!(number(&compare, "mean"), (0.5 + tiny) / finite);
    assert_eq!(
        number(&compare, "rms"),
        ((0.125 + tiny * tiny) / finite).sqrt()
    );
    let psnr = 20.0 * (1.0 / number(&compare, "rms")).log10();
    assert_eq!(number(&compare, "psnr"), psnr);
    assert_eq!(number(&compare, "failingPixels"), 4.0);
    assert_eq!(number(&compare, "nanCount"), 1.0);
    assert_eq!(number(&compare, "infCount"), 0.0);
    assert_eq!(
        number(&compare, "ulpMax"),
        f64::from(0.5f32.to_bits() - 0.25f32.to_bits())
    );
    assert_eq!(
        numbers(&compare, "worst"),
        [7.0, 7.0],
        "NaN exceeds every difference"
    );
    assert_eq!(numbers(&compare, "worstB"), [0.5, 0.5, 0.5, 1.0]);
    assert_eq!(numbers(&compare, "failingMin"), [-4.0, 2.0]);
    assert_eq!(numbers(&compare, "failingMax"), [40.0, 30.0]);
    assert_eq!(compare.keys("max").unwrap().len(), 1, "keyed on the frame");

    compare.set("useAbsolute", true).unwrap();
    compare.set("absolute", 0.25).unwrap();
    compare.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(
        number(&compare, "failingPixels"),
        1.0,
        "NaN passes no tolerance"
    );

    compare.press("clear", 0.0, 1.0).unwrap();
    assert_eq!(number(&compare, "max"), 0.0);
    assert_eq!(compare.keys("max").unwrap(), []);
}

#[test]
fn equal_frames_have_nothing_to_show() {
    let b = noise(RectI::new(0, 0, 64, 64), Components::Rgba, 1);
    let (_host, mut compare) = connected(&b, &b);
    compare.press("analyze", 0.0, 1.0).unwrap();
    for name in ["max", "mean", "rms", "ulpMax", "failingPixels"] {
        assert_eq!(number(&compare, name), 0.0, "{name}");
    }
    assert_eq!(number(&compare, "psnr"), 1000.0);
    compare.set("nanEqual", false).unwrap();
    compare.press("analyze", 0.0, 1.0).unwrap();
    assert!(
        number(&compare, "failingPixels") > 0.0,
        "equal NaN fail when asked to"
    );
}

#[test]
fn the_mask_and_the_channels_leave_out() {
    let (b, a) = greys();
    let (_host, mut compare) = connected(&b, &a);
    compare.set("processR", false).unwrap();
    compare.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(number(&compare, "failingPixels"), 2.0);
    assert_eq!(number(&compare, "nanCount"), 0.0);
    compare.set("processR", true).unwrap();
    let one_pixel = Frame::from_fn(b.bounds(), Components::Alpha, |x, y, _| {
        f32::from(u8::from((x, y) == (0, 5)))
    });
    compare.connect("Mask", still(&one_pixel.unwrap())).unwrap();
    compare.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(number(&compare, "failingPixels"), 1.0);
    assert_eq!(number(&compare, "max"), 0.25);
    compare.set("maskInvert", true).unwrap();
    compare.press("analyze", 0.0, 1.0).unwrap();
    assert_eq!(number(&compare, "failingPixels"), 3.0);
}

#[test]
fn a_proxy_is_refused_and_the_host_gets_told() {
    let (b, a) = greys();
    let (host, mut compare) = connected(&b, &a);
    assert!(compare.press("analyze", 0.0, 0.5).is_err());
    let texts: Vec<String> = host.messages().iter().map(|m| m.text.clone()).collect();
    assert!(texts.iter().any(|text| text.contains("proxy")), "{texts:?}");
    assert_eq!(compare.keys("max").unwrap(), []);
}

#[test]
fn the_outputs_show_what_they_say() {
    let bounds = RectI::new(-5, 0, 95, 50);
    let b = noise(bounds, Components::Rgba, 3);
    let a = painted(&b, 4);
    let (_host, mut compare) = connected(&b, &a);
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(0.0)
    };
    assert_same_bits(&compare.render(&args).unwrap(), &a, "candidate");

    compare.set("output", "Absolute Difference").unwrap();
    let images = Images {
        b: Some(&b),
        a: Some(&a),
        residual: None,
        mask: None,
    };
    let expected = formula::absolute(bounds, Components::Rgba, &images);
    assert_same_bits(
        &compare.render(&args).unwrap(),
        &expected,
        "absolute difference",
    );

    compare.set("output", "Mismatch Mask").unwrap();
    let expected = Frame::from_fn(bounds, Components::Rgba, |x, y, _| {
        let (a, b) = (a.pixel(x, y).unwrap(), b.pixel(x, y).unwrap());
        let differs = a.iter().zip(b).any(|(a, b)| a.to_bits() != b.to_bits());
        f32::from(u8::from(differs))
    });
    assert_same_bits(
        &compare.render(&args).unwrap(),
        &expected.unwrap(),
        "mismatch mask",
    );

    compare.set("output", "Wipe").unwrap();
    compare.set("wipe", 0.25).unwrap();
    let expected = Frame::from_fn(bounds, Components::Rgba, |x, y, c| {
        let side = if x < -5 + 25 { &a } else { &b };
        side.pixel(x, y).unwrap()[c]
    })
    .unwrap();
    assert_same_bits(&compare.render(&args).unwrap(), &expected, "wipe");
    let tile = RenderArgs {
        window: Some(RectI::new(10, 10, 30, 20)),
        ..args
    };
    let expected = expected.reframed(RectI::new(10, 10, 30, 20)).unwrap();
    assert_same_bits(&compare.render(&tile).unwrap(), &expected, "wipe in a tile");
}

#[test]
fn the_views_of_min_show_the_difference() {
    let bounds = RectI::new(0, 0, 60, 20);
    let (b, a) = (mask(bounds, 5), mask(bounds, 6));
    let (_host, mut min) = instance(HostOptions::default(), "min");
    min.connect("B", still(&b)).unwrap();
    min.connect("A", still(&a)).unwrap();
    min.set("viewGain", 2.0).unwrap();
    let pair = |x, y| (a.pixel(x, y).unwrap()[0], b.pixel(x, y).unwrap()[0]);
    type Shown = fn(f32, f32) -> f32;
    let views: [(&str, Shown); 3] = [
        ("Offset", |a, b| 0.5 + 2.0 * (a - b)),
        ("Absolute", |a, b| 2.0 * (a - b).abs()),
        ("Changed Pixels", |a, b| {
            f32::from(u8::from(a.to_bits() != b.to_bits()))
        }),
    ];
    for (view, shown) in views {
        min.set("view", view).unwrap();
        let expected = Frame::from_fn(bounds, Components::Alpha, |x, y, _| {
            let (a, b) = pair(x, y);
            shown(a, b)
        });
        assert_same_bits(
            &min.render(&RenderArgs::at(0.0)).unwrap(),
            &expected.unwrap(),
            view,
        );
    }
}
