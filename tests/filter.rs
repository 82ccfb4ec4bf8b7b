//! Hosts with a single input: the Filter context, with the other images from files.

mod common;

use std::path::Path;

use common::formula::{self, Ask, Images};
use common::{assert_same_bits, instance, library, mask, still};
use host::{
    Components, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, RectI,
    RenderArgs,
};
use images::{Channel, Codec, Format, Image, Metadata, Rect, Samples, WriteOptions};

fn filter(node: &str) -> (Host, Instance) {
    let host = Host::new(HostOptions {
        canary: true,
        ..HostOptions::default()
    });
    let plugin = host
        .load(&library(), &format!("org.deltaplate.{node}"))
        .unwrap();
    let instance = plugin
        .create_instance(EffectContext::Filter, InstanceOptions::default())
        .unwrap();
    (host, instance)
}

/// An RGB frame as a float image, its display window somewhere else.
fn image_of(frame: &Frame) -> Image {
    let bounds = frame.bounds();
    let (width, height) = (bounds.width() as i32, bounds.height() as i32);
    let window = Rect {
        x0: 100,
        y0: -50,
        x1: 100 + width,
        y1: -50 + height,
    };
    let plane = |c: usize| {
        let rows = (bounds.y1..bounds.y2).rev();
        rows.flat_map(|y| frame.row(y).unwrap().iter().skip(c).step_by(3).copied())
            .collect()
    };
    let channel = |(c, name): (usize, &str)| Channel {
        name: name.to_owned(),
        samples: Samples::Float(plane(c)),
    };
    Image {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: ["R", "G", "B"]
            .into_iter()
            .enumerate()
            .map(channel)
            .collect(),
        metadata: Metadata::new(Format::Exr),
    }
}

/// Writes a frame as an EXR.
fn write(path: &Path, frame: &Frame) {
    images::write(path, &image_of(frame), &WriteOptions::default()).unwrap();
}

/// Three channels of ordinary values.
fn ordinary(bounds: RectI, seed: u64) -> Frame {
    let grey = mask(bounds, seed);
    Frame::from_fn(bounds, Components::Rgb, |x, y, c| {
        grey.pixel(x, y).unwrap()[0] * (1.0 + c as f32)
    })
    .unwrap()
}

#[test]
fn the_other_images_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = RectI::new(-7, 3, 50, 33);
    let (source, other) = (ordinary(bounds, 1), ordinary(bounds, 2));
    write(&folder.path().join("other.0012.exr"), &other);
    let pattern = folder.path().join("other.####.exr");
    let pattern = pattern.to_str().unwrap();
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(12.0)
    };

    let (_host, mut min) = filter("min");
    min.connect("Source", still(&source)).unwrap();
    min.set("plate", pattern).unwrap();
    let images = Images {
        b: Some(&other),
        a: Some(&source),
        residual: None,
        mask: None,
    };
    let expected = formula::min(bounds, Components::Rgb, &images, &Ask::DEFAULT, false);
    assert_same_bits(&min.render(&args).unwrap(), &expected, "min");

    let (_host, mut plus) = filter("plus");
    plus.connect("Source", still(&source)).unwrap();
    plus.set("difference", pattern).unwrap();
    plus.set("residual", pattern).unwrap();
    let images = Images {
        b: Some(&source),
        a: Some(&other),
        residual: Some(&other),
        mask: None,
    };
    let expected = formula::plus(bounds, Components::Rgb, &images, &Ask::DEFAULT);
    assert_same_bits(&plus.render(&args).unwrap(), &expected, "plus");

    let (_host, mut compare) = filter("compare");
    compare.connect("Source", still(&source)).unwrap();
    compare.set("plate", pattern).unwrap();
    compare.set("output", "Absolute Difference").unwrap();
    let images = Images {
        b: Some(&other),
        a: Some(&source),
        residual: None,
        mask: None,
    };
    let expected = formula::absolute(bounds, Components::Rgb, &images);
    assert_same_bits(&compare.render(&args).unwrap(), &expected, "compare");

    // The same as where both are clips; there is neither a matte nor a new background.
    let (_host, mut general) = instance(HostOptions::default(), "overlayextract");
    general.connect("A", still(&source)).unwrap();
    general.connect("B", still(&other)).unwrap();
    let (_host, mut overlay) = filter("overlayextract");
    overlay.connect("Source", still(&source)).unwrap();
    overlay.set("plate", pattern).unwrap();
    for output in ["Overlay", "Recomposite"] {
        for node in [&mut general, &mut overlay] {
            node.set("output", output).unwrap();
        }
        let expected = general.render(&args).unwrap();
        assert_same_bits(&overlay.render(&args).unwrap(), &expected, output);
    }
    overlay.press("analyze", 12.0, 1.0).unwrap();
    general.press("analyze", 12.0, 1.0).unwrap();
    let found = |node: &Instance| node.get("ghostIndex", 12.0).unwrap();
    assert_eq!(found(&overlay), found(&general));
}

#[test]
fn a_proxy_averages_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = RectI::new(0, 0, 41, 21);
    let (source, other) = (ordinary(bounds, 3), ordinary(bounds, 4));
    let path = folder.path().join("other.exr");
    write(&path, &other);
    let half = |frame: &Frame| host::proxy::box_average(frame, 0.5.into()).unwrap();
    let (half_source, half_other) = (half(&source), half(&other));
    let (_host, mut min) = filter("min");
    min.connect("Source", still(&source)).unwrap();
    min.set("plate", path.to_str().unwrap()).unwrap();
    let args = RenderArgs {
        scale: 0.5.into(),
        ..RenderArgs::at(0.0)
    };
    let images = Images {
        b: Some(&half_other),
        a: Some(&half_source),
        residual: None,
        mask: None,
    };
    let region = half_source.bounds();
    let expected = formula::min(region, Components::Rgb, &images, &Ask::DEFAULT, false);
    assert_same_bits(&min.render(&args).unwrap(), &expected, "half scale");
}

#[test]
fn a_missing_file_is_a_message_and_a_failed_render() {
    let bounds = RectI::new(0, 0, 8, 8);
    let (_host, mut plus) = filter("plus");
    plus.connect("Source", still(&ordinary(bounds, 5))).unwrap();
    assert_eq!(
        plus.render(&RenderArgs::at(0.0)).unwrap().bounds(),
        bounds,
        "no file: nothing to add"
    );
    plus.set("difference", "/nowhere/difference.exr").unwrap();
    assert!(plus.persistent_message().is_none());
    assert!(plus.render(&RenderArgs::at(0.0)).is_err());
    let message = plus
        .persistent_message()
        .expect("a message on the node")
        .text;
    assert!(message.contains("/nowhere/difference.exr"), "{message}");
    assert_eq!(plus.outstanding_images(), 0);
    plus.set("difference", "").unwrap();
    assert!(plus.persistent_message().is_none(), "an edit takes it away");
}

#[test]
fn a_transfer_serves_both_parameters_of_plus() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = RectI::new(0, 0, 20, 10);
    let [source, difference, residual] = [6, 7, 8].map(|seed| ordinary(bounds, seed));
    let path = folder.path().join("transfer.exr");
    let (d, r) = (image_of(&difference), image_of(&residual));
    let parts = [("difference", &d, Codec::Zip), ("residual", &r, Codec::Zip)];
    images::write_parts(&path, &parts, &WriteOptions::default()).unwrap();
    let (_host, mut plus) = filter("plus");
    plus.connect("Source", still(&source)).unwrap();
    for name in ["difference", "residual"] {
        plus.set(name, path.to_str().unwrap()).unwrap();
    }
    let images = Images {
        b: Some(&source),
        a: Some(&difference),
        residual: Some(&residual),
        mask: None,
    };
    let expected = formula::plus(bounds, Components::Rgb, &images, &Ask::DEFAULT);
    let found = plus.render(&RenderArgs::at(0.0)).unwrap();
    assert_same_bits(&found, &expected, "both parts");
}
