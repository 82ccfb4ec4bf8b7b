//! How good OverlayExtract's estimates are, on small photographs whose overlay is known: floors of
//! PSNR that the estimator must not fall below. `cargo xtask overlay-table` measures it at length.

mod common;

use std::path::Path;

use common::overlay::{coded, extractor, psnr};
use common::{Random, still};
use host::{Components, Frame, HostOptions, RectI, RenderArgs};
use images::ReadOptions;

const BOUNDS: RectI = RectI::new(0, 0, 256, 160);

/// A part of an example plate, 0..=1; the corner is in the file's coordinates.
fn photograph(file: &str, corner: [i32; 2]) -> Frame {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/plates")
        .join(file);
    let image = images::read(&path, &ReadOptions::default()).unwrap();
    let [x, y] = corner;
    let window = images::Rect::new(x, y, x + BOUNDS.x2, y + BOUNDS.y2);
    let planes = ["R", "G", "B"].map(|name| image.plane(name, window).unwrap());
    // Scene light has no white.
    let shown = |x: f32| match file.ends_with(".exr") {
        true => (x.max(0.0) / (0.5 + x.max(0.0))).powf(1.0 / 2.2),
        false => x,
    };
    Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| match c {
        3 => 1.0,
        c => shown(planes[c][((BOUNDS.y2 - 1 - y) * BOUNDS.x2 + x) as usize]),
    })
    .unwrap()
}

fn garden() -> Frame {
    photograph("background.tif", [560, 150])
}

fn sunrise() -> Frame {
    photograph("background.exr", [300, 120])
}

/// The overlay over the background, at an opacity of column and row.
fn laid(overlay: &Frame, background: &Frame, alpha: impl Fn(i32, i32) -> f32) -> Frame {
    Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        let [o, b] = [overlay, background].map(|frame| frame.pixel(x, y).unwrap()[c]);
        match c {
            3 => 1.0,
            _ => alpha(x, y) * o + (1.0 - alpha(x, y)) * b,
        }
    })
    .unwrap()
}

/// Grain of 2 codes of 8 bits.
fn grained(frame: &Frame, seed: u64) -> Frame {
    let mut random = Random(seed);
    let mut uniform = || (random.next() % 65536) as f32 / 65536.0;
    let mut grain = || 2.0 / 255.0 * ((0..12).map(|_| uniform()).sum::<f32>() - 6.0);
    Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        frame.pixel(x, y).unwrap()[c] + if c == 3 { 0.0 } else { grain() }
    })
    .unwrap()
}

/// Moved by a third of a pixel.
fn moved(frame: &Frame) -> Frame {
    Frame::from_fn(BOUNDS, Components::Rgba, |x, y, c| {
        let at = |x: i32| frame.pixel(x.clamp(0, BOUNDS.x2 - 1), y).unwrap()[c];
        // Lagrange's cubic at 0.3.
        -0.0595 * at(x - 1) + 0.7735 * at(x) + 0.3315 * at(x + 1) - 0.0455 * at(x + 2)
    })
    .unwrap()
}

/// The PSNR of the overlay, all that is not known being measured.
fn found(merged: &Frame, background: &Frame, truth: &Frame) -> f64 {
    let (_host, mut node) = extractor(HostOptions::default(), background, merged);
    node.set("output", "Straight").unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    psnr(&node.render(&RenderArgs::at(0.0)).unwrap(), truth, 4)
}

#[test]
fn overlays_of_one_opacity() {
    let (o, b) = (sunrise(), garden());
    let at = |alpha: f32| laid(&o, &b, |_, _| alpha);
    for (what, merged, background, floor) in [
        ("clean", at(0.15), b.clone(), 67.0),
        ("8 bits", coded(&at(0.15)), coded(&b), 44.1),
        ("8 bits, 0.4", coded(&at(0.4)), coded(&b), 51.5),
        ("grain", grained(&at(0.15), 1), grained(&b, 2), 32.0),
        ("grain, 0.4", grained(&at(0.4), 1), grained(&b, 2), 37.7),
        ("out of place", coded(&at(0.15)), coded(&moved(&b)), 29.7),
    ] {
        let quality = found(&merged, &background, &o);
        assert!(
            quality > floor,
            "{what}: {quality:.2} dB, no longer {floor}"
        );
    }
}

/// The PSNR of the layer over a picture that it was not taken from.
fn relaid(
    mode: &str,
    o: &Frame,
    alpha: impl Fn(i32, i32) -> f32,
    degrade: impl Fn(&Frame, u64) -> Frame,
) -> f64 {
    let (b, new) = (garden(), photograph("background.tif", [20, 230]));
    let merged = degrade(&laid(o, &b, &alpha), 1);
    let (_host, mut node) = extractor(HostOptions::default(), &degrade(&b, 2), &merged);
    node.connect("NewBackground", still(&new)).unwrap();
    node.set("output", "Recomposite").unwrap();
    node.set("opacityMode", mode).unwrap();
    node.press("analyze", 0.0, 1.0).unwrap();
    let laid = laid(o, &new, alpha);
    psnr(&node.render(&RenderArgs::at(0.0)).unwrap(), &laid, 0)
}

#[test]
fn overlays_whose_opacity_varies() {
    let soft = |x: i32, y: i32| {
        let (u, v) = (x as f32 / 256.0 - 0.5, y as f32 / 160.0 - 0.5);
        let inside = (1.0 - (u / 0.38).powi(2) - (v / 0.42).powi(2)).max(0.0);
        0.45 * inside * inside * (3.0 - 2.0 * inside)
    };
    let ring = |x: i32, y: i32| {
        let radius = ((x - 128) as f32).hypot((y - 80) as f32);
        0.5 * (12.0 - (radius - 50.0).abs()).clamp(0.0, 1.0)
    };
    let colour = Frame::from_fn(BOUNDS, Components::Rgba, |_, _, c| {
        [0.95, 0.85, 0.2, 1.0][c]
    })
    .unwrap();
    let rounded = |frame: &Frame, _| coded(frame);
    for (what, quality, floor) in [
        (
            "soft, 8 bits",
            relaid("Smooth", &sunrise(), soft, rounded),
            44.4,
        ),
        (
            "soft, grain",
            relaid("Smooth", &sunrise(), soft, grained),
            36.8,
        ),
        (
            "soft, minimum",
            relaid("Minimum", &sunrise(), soft, rounded),
            38.7,
        ),
        (
            "logo, 8 bits",
            relaid("Solid Colour", &colour, ring, rounded),
            68.0,
        ),
        (
            "logo, grain",
            relaid("Solid Colour", &colour, ring, grained),
            51.5,
        ),
    ] {
        assert!(
            quality > floor,
            "{what}: {quality:.2} dB, no longer {floor}"
        );
    }
}
