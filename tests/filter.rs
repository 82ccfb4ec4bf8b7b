//! Hosts with a single input: the Filter context, with the other images from files.

mod common;

use common::files::{image_of, write};
use common::formula::{self, Ask, Images};
use common::{assert_same_bits, instance, library, mask, still};
use host::{
    Components, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, MessageKind,
    RectI, RenderArgs,
};
use images::{Codec, WriteOptions};

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
    let args = RenderArgs::at(0.0);
    for (name, file) in [
        ("min", "plate"),
        ("plus", "difference"),
        ("plus", "residual"),
        ("compare", "plate"),
        ("overlayextract", "plate"),
    ] {
        let (_host, mut node) = filter(name);
        node.connect("Source", still(&ordinary(bounds, 5))).unwrap();
        assert_eq!(
            node.render(&args).unwrap().bounds(),
            bounds,
            "{name}: no file is none"
        );
        let path = format!("/nowhere/{file}.exr");
        node.set(file, path.as_str()).unwrap();
        assert!(node.persistent_message().is_none());
        assert!(node.render(&args).is_err(), "{name}");
        let message = node.persistent_message().expect("a message on the node");
        assert!(message.text.contains(&path), "{name}: {}", message.text);
        assert_eq!(message.kind, MessageKind::Error, "{name}");
        assert_eq!(node.outstanding_images(), 0);
        node.set(file, "").unwrap();
        let left = node.persistent_message();
        assert!(left.is_none(), "{name}: an edit takes it away: {left:?}");
        node.render(&args).unwrap();
    }
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
