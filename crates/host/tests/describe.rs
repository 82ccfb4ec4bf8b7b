//! What can be read of a plug-in, and what can be set.

mod support;

use host::*;
use std::collections::BTreeSet;
use support::*;

#[test]
fn a_plug_in_describes_itself() {
    let (_host, plugin) = plugin(HostOptions::default(), "test.invert");
    let descriptor = plugin.descriptor();
    assert_eq!(
        (descriptor.label.as_str(), descriptor.grouping.as_str()),
        ("Invert", "Test")
    );
    assert_eq!(descriptor.version, [1, 2]);
    assert_eq!(
        descriptor.contexts,
        [EffectContext::General, EffectContext::Filter]
    );
    assert_eq!(descriptor.pixel_depths, ["OfxBitDepthFloat"]);
    assert!(descriptor.temporal_clip_access && descriptor.supports_tiles);
    let context = plugin.describe_in_context(EffectContext::General).unwrap();
    let clips: Vec<_> = context
        .clips
        .iter()
        .map(|c| (c.name.as_str(), c.optional, c.output))
        .collect();
    assert_eq!(clips, [("Source", true, false), ("Output", false, true)]);
    let gain = context.param("gain").unwrap();
    assert_eq!(gain.kind, ParamKind::Double);
    assert_eq!(gain.default, Some(Values::from(1.0)));
    assert_eq!(
        (&gain.min, &gain.max),
        (&Some(Values::from(0.0)), &Some(Values::from(4.0)))
    );
    assert_eq!(context.param("mode").unwrap().options, ["Invert", "Copy"]);
    assert_eq!(context.param("group").unwrap().default, None);
    let json = serde_json::to_value(&context).unwrap();
    assert_eq!(json["params"][0]["hint"], "What is subtracted from");
    assert_eq!(json["params"][0]["default"], serde_json::json!([1.0]));
    assert_eq!(
        json["clips"][0]["properties"]["OfxImageClipPropOptional"],
        serde_json::json!([1])
    );
}

#[test]
fn parameters_take_what_fits() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    assert_eq!(
        instance.get("title", 0.0).unwrap().as_str(),
        Some("untitled")
    );
    instance.set("title", "Ω").unwrap();
    instance.set("on", true).unwrap();
    instance.set("cell", [3, -4]).unwrap();
    instance.set("tint", [0.1, 0.2, 0.3, 0.4]).unwrap();
    instance.set("mode", 1).unwrap();
    assert_eq!(instance.get("title", 9.0).unwrap(), "Ω".into());
    assert_eq!(instance.get("on", 9.0).unwrap(), true.into());
    assert_eq!(instance.get("cell", 9.0).unwrap(), [3, -4].into());
    assert_eq!(
        instance.get("tint", 9.0).unwrap(),
        [0.1, 0.2, 0.3, 0.4].into()
    );
    assert_eq!(instance.get("mode", 9.0).unwrap(), Value::Choice(1));
    let mut error = |name: &str, value: Value| instance.set(name, value).unwrap_err().to_string();
    assert_eq!(
        error("gain", 4.5.into()),
        "test.invert: parameter gain: 4.5 is not within 0 to 4"
    );
    assert!(error("gain", f64::NAN.into()).contains("no number"));
    assert!(error("gain", "much".into()).contains("is no value of a parameter of kind Double"));
    assert!(error("mode", "Both".into()).contains("there are Invert, Copy"));
    assert!(error("group", 1.into()).contains("it has no value"));
    assert!(error("gian", 1.into()).contains(r#"no parameter "gian"; it has gain, mode, "#));
    instance.set_unchecked("gain", f64::INFINITY).unwrap();
    assert_eq!(instance.get("gain", 0.0).unwrap(), f64::INFINITY.into());
    assert!(
        instance
            .key("title", 1.0, "x")
            .unwrap_err()
            .to_string()
            .contains("cannot have keys")
    );
    assert!(!instance.param("peak").unwrap().enabled);
    assert!(
        instance
            .connect(
                "Sauce",
                still(ramp(RectI::new(0, 0, 1, 1), Components::Rgba))
            )
            .is_err()
    );
}

#[test]
fn clips_agree_with_their_sources() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    for components in Components::ALL {
        instance
            .connect("Source", still(ramp(RectI::new(0, 0, 2, 2), components)))
            .unwrap();
        let preferences = instance.clip_preferences().unwrap();
        assert_eq!(preferences.clips["Source"].components, components);
        assert_eq!(preferences.clips["Output"].components, components);
        assert_eq!(
            instance.render(&RenderArgs::at(1.0)).unwrap().components(),
            components
        );
    }
    instance.disconnect("Source").unwrap();
    assert_eq!(
        instance.clip_preferences().unwrap().clips["Output"].components,
        Components::Rgba
    );
}

#[test]
fn missing_host_properties_are_missing() {
    let missing = BTreeSet::from(["OfxPropName".to_string()]);
    let options = HostOptions {
        missing_host_properties: missing,
        ..HostOptions::default()
    };
    let (_host, plugin) = plugin(options, "test.invert");
    assert_eq!(plugin.descriptor().label, "Invert");
}

#[test]
fn a_bundle_is_found_and_opened() {
    let folder =
        std::env::temp_dir().join(format!("deltaplate-host-bundles-{}", std::process::id()));
    let binary = |bundle: &str, platform: &str| {
        let path = folder.join(bundle).join("Contents").join(platform);
        std::fs::create_dir_all(&path).unwrap();
        path.join(
            bundle
                .rsplit('/')
                .next()
                .unwrap()
                .trim_end_matches(".bundle"),
        )
    };
    let platform = if cfg!(target_os = "macos") {
        "MacOS"
    } else if cfg!(windows) {
        "Win64"
    } else if cfg!(target_arch = "aarch64") {
        "Linux-aarch64"
    } else {
        "Linux-x86-64"
    };
    std::fs::copy(hostile(), binary("group/Test.ofx.bundle", platform)).unwrap();
    binary("Other.ofx.bundle", "Nowhere");
    binary("@hidden/Not.ofx.bundle", platform);
    let found = bundles(&folder);
    assert_eq!(
        found,
        [
            folder.join("Other.ofx.bundle"),
            folder.join("group/Test.ofx.bundle")
        ]
    );
    let error = Library::open(&found[0]).unwrap_err().to_string();
    assert!(error.contains("has nothing for this platform"), "{error}");
    let library = Library::open(&found[1]).unwrap();
    let plugin = Host::default().load(&library, "test.invert").unwrap();
    let path = &plugin.descriptor().properties["OfxPluginPropFilePath"];
    assert_eq!(*path, Values::from(found[1].to_str().unwrap()));
    std::fs::remove_dir_all(folder).unwrap();
}
