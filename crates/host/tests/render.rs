//! An honest effect in honest and awkward hosts.

mod support;

use host::*;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use support::*;

const BOUNDS: RectI = RectI::new(-5, 3, 12, 14);

#[test]
fn renders_a_frame() {
    let (host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frame = ramp(BOUNDS, Components::Rgba);
    instance.connect("Source", still(frame.clone())).unwrap();
    instance.set("gain", 0.75).unwrap();
    let rendered = instance.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(rendered, inverted(&frame, 0.75));
    assert_eq!(instance.outstanding_images(), 0);
    assert_eq!(host.outstanding_memory(), 0);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
    assert!(host.messages().is_empty());
}

#[test]
fn awkward_rows_change_nothing() {
    let frame = ramp(BOUNDS, Components::Rgb);
    let layouts = [
        RowLayout {
            padding: 12,
            ..RowLayout::default()
        },
        RowLayout {
            negative: true,
            ..RowLayout::default()
        },
        RowLayout {
            negative: true,
            padding: 3,
            misalign: 1,
            margin: 2,
            flush: None,
        },
        RowLayout {
            margin: 7,
            misalign: 2,
            ..RowLayout::default()
        },
    ];
    for row_layout in layouts {
        for (threads, flush_to_zero) in [(1, false), (2, true), (5, false)] {
            let options = HostOptions {
                row_layout,
                threads,
                flush_to_zero,
                canary: true,
                ..HostOptions::default()
            };
            let (_host, mut instance) = instance(options, "test.invert");
            instance.connect("Source", still(frame.clone())).unwrap();
            assert_eq!(
                instance.render(&RenderArgs::at(1.0)).unwrap(),
                inverted(&frame, 1.0),
                "{row_layout:?}"
            );
        }
    }
}

#[test]
fn windows_make_the_frame() {
    let (_host, mut instance) = instance(
        HostOptions {
            canary: true,
            ..HostOptions::default()
        },
        "test.invert",
    );
    let frame = ramp(BOUNDS, Components::Alpha);
    instance.connect("Source", still(frame.clone())).unwrap();
    let windows = [
        RectI::new(-5, 3, 0, 14),
        RectI::new(0, 3, 12, 4),
        RectI::new(0, 4, 12, 14),
    ];
    for together in [false, true] {
        let mut output =
            Frame::zeros(RectI::new(-9, 0, 20, 20), Components::Alpha, Depth::Float).unwrap();
        instance
            .render_into(&mut output, &windows, &RenderArgs::at(1.0), together)
            .unwrap();
        assert_eq!(
            output,
            inverted(&frame, 1.0).reframed(output.bounds()).unwrap()
        );
    }
    let args = RenderArgs {
        window: Some(RectI::new(1, 5, 3, 6)),
        output_bounds: Some(RectI::new(0, 0, 4, 9)),
        ..RenderArgs::at(1.0)
    };
    let part = instance.render(&args).unwrap();
    let expected = inverted(&frame, 1.0)
        .reframed(RectI::new(1, 5, 3, 6))
        .unwrap();
    assert_eq!(part, expected.reframed(RectI::new(0, 0, 4, 9)).unwrap());
}

#[test]
fn a_window_must_be_held_by_the_output() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    instance
        .connect("Source", still(ramp(BOUNDS, Components::Alpha)))
        .unwrap();
    let args = RenderArgs {
        output_bounds: Some(RectI::new(0, 0, 1, 1)),
        ..RenderArgs::at(1.0)
    };
    assert!(
        instance
            .render(&args)
            .unwrap_err()
            .to_string()
            .contains("do not hold")
    );
    let mut wrong = Frame::zeros(BOUNDS, Components::Rgba, Depth::Float).unwrap();
    let error = instance
        .render_into(&mut wrong, &[BOUNDS], &RenderArgs::at(1.0), false)
        .unwrap_err();
    assert!(
        error.to_string().contains("the output carries Alpha Float"),
        "{error}"
    );
    assert_eq!(wrong.bounds(), BOUNDS, "the frame came back");
}

#[test]
fn a_proxy_renders_the_proxy() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frame = ramp(BOUNDS, Components::Rgba);
    instance.connect("Source", still(frame.clone())).unwrap();
    let args = RenderArgs {
        scale: 0.5.into(),
        ..RenderArgs::at(1.0)
    };
    let rendered = instance.render(&args).unwrap();
    assert_eq!(rendered.bounds(), RectI::new(-3, 1, 6, 7));
    assert_eq!(
        rendered,
        inverted(&proxy::box_average(&frame, 0.5.into()).unwrap(), 1.0)
    );
}

#[test]
fn pixel_aspects_scale_the_plane() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frame = ramp(BOUNDS, Components::Alpha);
    instance
        .connect(
            "Source",
            Arc::new(MemorySource::still(frame.clone()).with_pixel_aspect(2.0)),
        )
        .unwrap();
    assert_eq!(
        instance.region_of_definition(1.0, 1.0).unwrap(),
        RectD::new(-10.0, 3.0, 24.0, 14.0)
    );
    assert_eq!(
        instance.render(&RenderArgs::at(1.0)).unwrap(),
        inverted(&frame, 1.0)
    );
}

#[test]
fn keys_are_interpolated_in_a_render() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frame = ramp(BOUNDS, Components::Alpha);
    instance.connect("Source", still(frame.clone())).unwrap();
    instance.key("gain", 10.0, 1.0).unwrap();
    instance.key("gain", 20.0, 2.0).unwrap();
    assert_eq!(
        instance.render(&RenderArgs::at(15.0)).unwrap(),
        inverted(&frame, 1.5)
    );
    assert_eq!(instance.keys("gain").unwrap().len(), 2);
}

#[test]
fn an_identity_is_passed_through_unless_told_not_to() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frame = ramp(BOUNDS, Components::Rgba);
    instance.connect("Source", still(frame.clone())).unwrap();
    instance.set("mode", "Copy").unwrap();
    let identity = instance
        .is_identity(&RenderArgs::at(3.0), BOUNDS)
        .unwrap()
        .unwrap();
    assert_eq!((identity.clip.as_str(), identity.time), ("Source", 3.0));
    assert_eq!(instance.render(&RenderArgs::at(3.0)).unwrap(), frame);
    let window = RectI::new(10, 0, 16, 5);
    let part = instance
        .render(&RenderArgs {
            window: Some(window),
            ..RenderArgs::at(3.0)
        })
        .unwrap();
    assert_eq!(part, frame.reframed(window).unwrap());
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(3.0)
    };
    assert_eq!(instance.render(&args).unwrap(), inverted(&frame, 1.0));
}

#[test]
fn other_times_are_fetched() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frames = [1, 2, 3].map(|t| {
        let bounds = RectI::new(0, 0, 2, 1);
        (
            t,
            Frame::from_fn(bounds, Components::Alpha, |_, _, _| t as f32).unwrap(),
        )
    });
    let source = MemorySource::sequence(frames).unwrap();
    instance.connect("Source", Arc::new(source)).unwrap();
    instance.set("offset", 1).unwrap();
    assert_eq!(instance.frames_needed(2.0).unwrap()["Source"], [[3.0, 3.0]]);
    assert_eq!(instance.time_domain().unwrap(), [1.0, 3.0]);
    let frame = instance.render(&RenderArgs::at(2.0)).unwrap();
    assert_eq!(frame.floats().unwrap(), [-2.0, -2.0]);
    // The frame after the last is missing: that is an error, whatever the plug-in makes of it.
    let error = instance.render(&RenderArgs::at(3.0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test.invert: clip Source: there is no frame 4"
    );
}

#[test]
fn depths_are_converted() {
    let frame = Frame::new(
        RectI::new(0, 0, 2, 1),
        Components::Alpha,
        Samples::Float(vec![0.2, 7.0]),
    )
    .unwrap();
    let (_host, mut bytes) = instance(HostOptions::default(), "test.invert.byte");
    bytes.connect("Source", still(frame.clone())).unwrap();
    let rendered = bytes.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(*rendered.samples(), Samples::Byte(vec![255 - 51, 0]));
    let (_host, mut shorts) = instance(HostOptions::default(), "test.invert.short");
    shorts.connect("Source", still(frame)).unwrap();
    let rendered = shorts.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(*rendered.samples(), Samples::Short(vec![65535 - 13107, 0]));
}

#[test]
fn a_host_without_the_depth_says_so() {
    let (_host, instance) = instance(
        HostOptions {
            depths: vec![Depth::Byte],
            ..Default::default()
        },
        "test.invert",
    );
    let error = instance.clip_preferences().unwrap_err().to_string();
    assert!(
        error.contains("no depth that this host has, but [OfxBitDepthFloat]"),
        "{error}"
    );
}

#[test]
fn buttons_analyze_and_key() {
    /// Notes the regions it is asked for.
    struct Noting(MemorySource, Mutex<Vec<RectI>>);
    impl FrameSource for Noting {
        fn format(&self) -> Format {
            self.0.format()
        }
        fn region_of_definition(&self, time: f64, scale: Scale) -> Result<RectD, SourceError> {
            self.0.region_of_definition(time, scale)
        }
        fn image(&self, time: f64, scale: Scale, region: RectI) -> Result<Arc<Frame>, SourceError> {
            self.1.lock().unwrap().push(region);
            self.0.image(time, scale, region)
        }
    }
    let options = HostOptions {
        canary: true,
        ..HostOptions::default()
    };
    let (_host, mut instance) = instance(options, "test.invert");
    let samples = Samples::Float(vec![0.5, -9.0, 8.0, 1.0]);
    let frame = Frame::new(RectI::new(0, 0, 2, 2), Components::Alpha, samples).unwrap();
    let source = Arc::new(Noting(MemorySource::still(frame), Mutex::default()));
    instance.connect("Source", source.clone()).unwrap();
    instance.press("analyze", 7.0, 1.0).unwrap();
    let rows = [RectI::new(0, 0, 2, 1), RectI::new(0, 1, 2, 2)];
    assert_eq!(*source.1.lock().unwrap(), rows, "memory stays bounded");
    assert_eq!(instance.keys("peak").unwrap(), [(7.0, Value::Double(8.0))]);
    assert_eq!(instance.get("peak", 0.0).unwrap().as_f64(), Some(8.0));
    assert!(
        instance
            .press("gain", 7.0, 1.0)
            .unwrap_err()
            .to_string()
            .contains("no button")
    );
}

#[test]
fn aborts_are_errors() {
    for threads in [1, 2] {
        let options = HostOptions {
            abort: Abort::After(3),
            threads,
            ..HostOptions::default()
        };
        let (_host, mut instance) = instance(options, "test.invert");
        instance
            .connect("Source", still(ramp(BOUNDS, Components::Rgba)))
            .unwrap();
        assert!(matches!(
            instance.render(&RenderArgs::at(1.0)),
            Err(Error::Aborted { .. })
        ));
        assert!(matches!(
            instance.press("analyze", 1.0, 1.0),
            Err(Error::Aborted { .. })
        ));
        assert_eq!(instance.outstanding_images(), 0);
    }
}

#[test]
fn missing_suites_and_faults_are_survived() {
    let frame = ramp(BOUNDS, Components::Rgba);
    let faults = Faults::default().fail("multiThread", 0, Status::FAILED);
    let missing: BTreeSet<_> = [
        ("OfxMultiThreadSuite".to_string(), 1),
        ("OfxMessageSuite".to_string(), 2),
    ]
    .into();
    for options in [
        HostOptions {
            faults,
            ..HostOptions::default()
        },
        HostOptions {
            missing_suites: missing,
            ..HostOptions::default()
        },
    ] {
        let (_host, mut instance) = instance(options, "test.invert");
        instance.connect("Source", still(frame.clone())).unwrap();
        assert_eq!(
            instance.render(&RenderArgs::at(1.0)).unwrap(),
            inverted(&frame, 1.0)
        );
    }
}

#[test]
fn one_instance_renders_on_many_threads() {
    for id in ["test.invert", "test.invert.unsafe", "test.invert.instance"] {
        let (_host, mut instance) = instance(
            HostOptions {
                threads: 3,
                ..HostOptions::default()
            },
            id,
        );
        let frame = ramp(BOUNDS, Components::Rgba);
        instance.connect("Source", still(frame.clone())).unwrap();
        let (instance, expected) = (&instance, &inverted(&frame, 1.0));
        std::thread::scope(|scope| {
            for time in 0..8 {
                scope.spawn(move || {
                    assert_eq!(
                        instance.render(&RenderArgs::at(time.into())).unwrap(),
                        *expected
                    );
                });
            }
        });
    }
}

#[test]
fn an_unconnected_effect_renders_the_project() {
    let host = Host::default();
    let plugin = host.load(&library(), "test.invert").unwrap();
    let options = InstanceOptions {
        extent: RectD::new(0.0, 0.0, 4.0, 2.0),
        ..InstanceOptions::default()
    };
    let instance = plugin
        .create_instance(EffectContext::General, options)
        .unwrap();
    let frame = instance.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(frame.bounds(), RectI::new(0, 0, 4, 2));
    assert!(frame.floats().unwrap().iter().all(|v| *v == 1.0));
}

#[test]
fn a_sequence_is_bracketed_once() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let frame = ramp(BOUNDS, Components::Alpha);
    instance.connect("Source", still(frame.clone())).unwrap();
    let sequence = instance
        .sequence([1.0, 3.0], 1.0, &RenderArgs::at(1.0))
        .unwrap();
    for time in [1.0, 2.0, 3.0] {
        assert_eq!(
            sequence.render(&RenderArgs::at(time)).unwrap(),
            inverted(&frame, 1.0)
        );
    }
    sequence.end().unwrap();
}
