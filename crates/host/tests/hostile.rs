//! Plug-ins that fail, lie and trample, in a host that stays whole.

mod support;

use host::*;
use std::collections::BTreeSet;
use support::*;

const BOUNDS: RectI = RectI::new(0, 0, 6, 4);

fn guarded() -> HostOptions {
    HostOptions {
        canary: true,
        ..HostOptions::default()
    }
}

/// An instance with a source, in a host whose images are guarded.
fn connected(id: &str) -> (Host, Instance) {
    let (host, mut instance) = instance(guarded(), id);
    instance
        .connect("Source", still(ramp(BOUNDS, Components::Rgba)))
        .unwrap();
    (host, instance)
}

fn render_error(id: &str) -> String {
    let (_host, instance) = connected(id);
    let error = instance
        .render(&RenderArgs::at(1.0))
        .unwrap_err()
        .to_string();
    error
        .strip_prefix(&format!("{id}: "))
        .expect("the error names the plug-in")
        .into()
}

const REASON: &str = "because I want to, at 100 %";

#[test]
fn a_library_lists_what_is_usable() {
    let library = library();
    let ids: BTreeSet<_> = library
        .plugins()
        .iter()
        .map(|p| p.identifier.as_str())
        .collect();
    assert!(ids.contains("test.invert") && ids.contains("test.abuse"));
    let reasons: Vec<_> = library
        .rejected()
        .iter()
        .map(|r| r.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "its structure is NULL",
            "its identifier is NULL, empty or no text",
            "its identifier is NULL, empty or no text",
            "its main entry is NULL"
        ]
    );
}

#[test]
fn what_is_no_library_is_refused() {
    let error = |path: &str| Library::open(path).unwrap_err().to_string();
    assert!(error("/nowhere/No.ofx").contains("/nowhere/No.ofx: cannot be opened"));
    assert!(error(env!("CARGO_MANIFEST_DIR")).contains("is a folder, but no bundle"));
    assert!(
        error(&format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"))).contains("cannot be opened")
    );
    let host = Host::default();
    let error = host
        .load(&library(), "test.none")
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains(r#"has no plug-in "test.none"; it has test.invert, "#),
        "{error}"
    );
}

#[test]
fn other_apis_are_refused() {
    let (host, library) = (Host::default(), library());
    let error = |id| host.load(&library, id).err().unwrap().to_string();
    assert_eq!(
        error("test.api"),
        "test.api speaks OfxOtherAPI version 1, not OfxImageEffectPluginAPI version 1"
    );
    assert!(error("test.version").contains("OfxImageEffectPluginAPI version 9"));
}

#[test]
fn a_plug_in_knows_one_host() {
    let library = library();
    let (first, second) = (Host::default(), Host::default());
    let plugin = first.load(&library, "test.invert").unwrap();
    assert!(matches!(
        second.load(&library, "test.invert"),
        Err(Error::InUse { .. })
    ));
    let again = first.load(&library, "test.invert").unwrap();
    drop(plugin);
    assert!(matches!(
        second.load(&library, "test.invert"),
        Err(Error::InUse { .. })
    ));
    drop(again);
    second.load(&library, "test.invert").unwrap();
}

#[test]
fn failed_loads_are_named() {
    let (host, library) = (Host::default(), library());
    let load = |id| host.load(&library, id);
    let error = |id| load(id).err().unwrap().to_string();
    assert_eq!(
        error("test.fail.load"),
        "test.fail.load: Load failed with kOfxStatErrMissingHostFeature"
    );
    assert_eq!(
        error("test.fail.describe"),
        format!("test.fail.describe: Describe failed with kOfxStatErrMemory: {REASON}")
    );
    let failed = load("test.fail.context")
        .unwrap()
        .describe_in_context(EffectContext::General);
    let text = format!("test.fail.context: DescribeInContext failed with kOfxStatFailed: {REASON}");
    assert_eq!(failed.unwrap_err().to_string(), text);
    let created = load("test.fail.create").unwrap();
    let failed = created
        .create_instance(EffectContext::General, InstanceOptions::default())
        .err()
        .unwrap();
    assert!(
        failed
            .to_string()
            .contains("CreateInstance failed with kOfxStatErrFatal")
    );
    let failed = created
        .create_instance(EffectContext::Paint, InstanceOptions::default())
        .err()
        .unwrap();
    assert_eq!(
        failed.to_string(),
        "test.fail.create has no Paint context; it has General, Filter"
    );
    let failed = load("test.fault.clipless")
        .unwrap()
        .describe_in_context(EffectContext::General);
    assert!(
        failed
            .unwrap_err()
            .to_string()
            .contains("no clip named Output")
    );
}

#[test]
fn failed_actions_are_named() {
    let expected = |action: &str, status: &str| format!("{action} failed with {status}: {REASON}");
    assert_eq!(
        render_error("test.fail.preferences"),
        expected("GetClipPreferences", "kOfxStatErrUnsupported")
    );
    assert_eq!(
        render_error("test.fail.region"),
        expected("GetRegionOfDefinition", "kOfxStatFailed")
    );
    assert_eq!(
        render_error("test.fail.identity"),
        expected("IsIdentity", "kOfxStatFailed")
    );
    assert_eq!(
        render_error("test.fail.interest"),
        expected("GetRegionsOfInterest", "kOfxStatFailed")
    );
    assert_eq!(
        render_error("test.fail.frames"),
        expected("GetFramesNeeded", "kOfxStatFailed")
    );
    assert_eq!(
        render_error("test.fail.begin"),
        expected("BeginSequenceRender", "kOfxStatFailed")
    );
    assert_eq!(
        render_error("test.fail.render"),
        expected("Render", "kOfxStatErrImageFormat")
    );
    let unknown = "status 4711, which OpenFX does not define";
    assert_eq!(
        render_error("test.fail.end"),
        expected("EndSequenceRender", unknown)
    );
    let (_host, mut changed) = instance(guarded(), "test.fail.changed");
    let error = changed.set("gain", 2.0).unwrap_err().to_string();
    assert!(
        error.contains("InstanceChanged failed with kOfxStatErrValue"),
        "{error}"
    );
}

#[test]
fn failures_at_the_end_are_noted() {
    let (host, instance) = instance(guarded(), "test.fail.destroy");
    drop(instance);
    assert_eq!(
        host.violations(),
        [format!(
            "test.fail.destroy: DestroyInstance failed with kOfxStatFailed: {REASON}"
        )]
    );
    let (host, plugin) = plugin(guarded(), "test.fail.unload");
    drop(plugin);
    assert_eq!(
        host.violations(),
        ["test.fail.unload: Unload failed with kOfxStatFailed"]
    );
}

#[test]
fn senseless_answers_are_named() {
    let components = render_error("test.fault.components");
    assert!(
        components.contains(r#"components "OfxImageComponentSmell""#)
            && components.contains("Output")
    );
    assert!(render_error("test.fault.region").contains("a region that is no number"));
    assert!(
        render_error("test.fault.identity").contains(r#"identity of "Nothing", which is no input"#)
    );
    assert!(render_error("test.fault.frames").contains("frames of clip Source that are no ranges"));
}

#[test]
fn stray_writes_are_found() {
    let stray = render_error("test.fault.stray");
    assert_eq!(
        stray,
        "Render wrote outside its image: byte -1 from the first pixel of the bottom row"
    );
    let (_host, instance) = connected("test.fault.window");
    let mut output = Frame::zeros(BOUNDS, Components::Rgba, Depth::Float).unwrap();
    let windows = [RectI::new(1, 1, 3, 3)];
    let error = instance.render_into(&mut output, &windows, &RenderArgs::at(1.0), false);
    assert_eq!(
        error.unwrap_err().to_string(),
        "test.fault.window: Render wrote outside its image: pixel 0, 0 outside the render window"
    );
    let input = render_error("test.fault.input");
    assert_eq!(
        input,
        "Render wrote outside its image: clip Source, an input's pixels"
    );
}

#[test]
fn leaks_are_counted() {
    let (host, instance) = connected("test.fault.leak");
    instance.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(instance.outstanding_images(), 2);
    assert_eq!(host.outstanding_memory(), 2);
    instance.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(instance.outstanding_images(), 4);
    assert_eq!(host.outstanding_memory(), 4);
}

#[test]
fn a_render_cannot_set_parameters() {
    let (host, instance) = connected("test.fault.set");
    instance.render(&RenderArgs::at(1.0)).unwrap();
    assert_eq!(instance.get("gain", 1.0).unwrap(), Value::Double(1.0));
    assert_eq!(
        host.violations(),
        ["parameter gain was changed in OfxImageEffectActionRender"]
    );
}

#[test]
fn abuse_is_answered_by_the_book() {
    let (host, instance) = instance(guarded(), "test.abuse");
    drop(instance);
    assert_eq!(host.outstanding_memory(), 0);
    assert!(host.violations().is_empty(), "{:?}", host.violations());
}

#[test]
fn an_unreadable_input_is_an_error_whatever_the_plug_in_says() {
    struct Unreadable;
    impl FrameSource for Unreadable {
        fn format(&self) -> Format {
            Format::default()
        }
        fn region_of_definition(&self, _: f64, _: Scale) -> Result<RectD, SourceError> {
            Ok(RectD::new(0.0, 0.0, 4.0, 4.0))
        }
        fn image(&self, _: f64, _: Scale, _: RectI) -> Result<std::sync::Arc<Frame>, SourceError> {
            Err(SourceError::new("plate.exr: the chunk at 12 is damaged"))
        }
    }
    let (_host, mut instance) = instance(guarded(), "test.invert");
    instance
        .connect("Source", std::sync::Arc::new(Unreadable))
        .unwrap();
    let error = instance.render(&RenderArgs::at(1.0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test.invert: clip Source: plate.exr: the chunk at 12 is damaged"
    );
    let error = instance.press("analyze", 1.0, 1.0).unwrap_err();
    assert!(error.to_string().contains("chunk at 12"));
    assert_eq!(instance.outstanding_images(), 0);
}

#[test]
fn a_panic_of_the_host_is_an_error() {
    struct Panics;
    impl FrameSource for Panics {
        fn format(&self) -> Format {
            Format::default()
        }
        fn region_of_definition(&self, _: f64, _: Scale) -> Result<RectD, SourceError> {
            Ok(RectD::new(0.0, 0.0, 4.0, 4.0))
        }
        fn image(&self, _: f64, _: Scale, _: RectI) -> Result<std::sync::Arc<Frame>, SourceError> {
            panic!("the source panics, as this test wants")
        }
    }
    let (_host, mut instance) = instance(guarded(), "test.invert");
    instance
        .connect("Source", std::sync::Arc::new(Panics))
        .unwrap();
    let error = instance.render(&RenderArgs::at(1.0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test.invert: Render: the host panicked in clipGetImage"
    );
}

#[test]
fn any_failing_property_call_leaves_the_host_whole() {
    for function in [
        "propGetInt",
        "propGetDouble",
        "propGetString",
        "clipGetImage",
        "paramGetHandle",
        "getPropertySet",
    ] {
        for after in [0, 1, 3, 7] {
            let faults = Faults::default().fail(function, after, Status::FAILED);
            let host = Host::new(HostOptions {
                faults,
                ..guarded()
            });
            let library = library();
            let run = || -> Result<Frame> {
                let plugin = host.load(&library, "test.invert")?;
                let mut instance =
                    plugin.create_instance(EffectContext::General, InstanceOptions::default())?;
                instance.connect("Source", still(ramp(BOUNDS, Components::Rgb)))?;
                instance.render(&RenderArgs::at(1.0))
            };
            // The plug-in ignores most answers, so it may fail or not; the host must be there afterwards.
            let _ = run();
            assert_eq!(host.outstanding_memory(), 0);
        }
    }
}

#[test]
fn scales_that_are_none_are_refused() {
    let (_host, mut instance) = connected("test.invert");
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let args = RenderArgs {
            scale: scale.into(),
            ..RenderArgs::at(1.0)
        };
        assert!(
            instance
                .render(&args)
                .unwrap_err()
                .to_string()
                .contains("render scale")
        );
        assert!(instance.press("analyze", 1.0, scale).is_err());
    }
}
