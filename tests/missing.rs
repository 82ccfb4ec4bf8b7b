//! Hosts that lack something: the nodes work without what is optional, and say what they need.

mod common;

use common::formula::{self, Ask, Images};
use common::{
    HOST_PROPERTIES, MANDATORY_SUITES, OPTIONAL_SUITES, assert_same_bits, library, noise, painted,
    still,
};
use host::{
    Components, Depth, EffectContext, Faults, Host, HostOptions, InstanceOptions, Library, RectI,
    RenderArgs, Status,
};

const BIG: RectI = RectI::new(0, 0, 700, 400);

/// Loads Min, makes an instance, renders, and compares with the formula.
fn renders(library: &Library, options: HostOptions, what: &str) {
    let b = noise(BIG, Components::Rgba, 1);
    let a = painted(&b, 2);
    let host = Host::new(options);
    let plugin = host.load(library, "org.deltaplate.min").expect(what);
    let mut instance = plugin
        .create_instance(EffectContext::General, InstanceOptions::default())
        .expect(what);
    instance.connect("B", still(&b)).expect(what);
    instance.connect("A", still(&a)).expect(what);
    let args = RenderArgs {
        ask_identity: false,
        ..RenderArgs::at(0.0)
    };
    let found = instance.render(&args).expect(what);
    let images = Images {
        b: Some(&b),
        a: Some(&a),
        residual: None,
        mask: None,
    };
    let expected = formula::min(BIG, Components::Rgba, &images, &Ask::DEFAULT, false);
    assert_same_bits(&found, &expected, what);
    assert_eq!(instance.outstanding_images(), 0, "{what}");
}

#[test]
fn every_optional_suite_may_be_missing() {
    let library = library();
    for (name, version) in OPTIONAL_SUITES {
        let options = HostOptions {
            missing_suites: [(name.to_owned(), version)].into(),
            ..HostOptions::default()
        };
        renders(&library, options, &format!("without {name} {version}"));
    }
    let options = HostOptions {
        missing_suites: OPTIONAL_SUITES
            .map(|(name, version)| (name.to_owned(), version))
            .into(),
        ..HostOptions::default()
    };
    renders(&library, options, "without any of them");
}

#[test]
fn a_mandatory_suite_that_is_missing_is_reported_at_load() {
    let library = library();
    for (name, version) in MANDATORY_SUITES {
        let host = Host::new(HostOptions {
            missing_suites: [(name.to_owned(), version)].into(),
            ..HostOptions::default()
        });
        let error = host
            .load(&library, "org.deltaplate.min")
            .map(drop)
            .unwrap_err();
        assert!(
            error.to_string().contains("kOfxStatErrMissingHostFeature"),
            "{name}: {error}"
        );
    }
}

#[test]
fn every_host_property_may_be_missing() {
    let library = library();
    for property in HOST_PROPERTIES {
        let options = HostOptions {
            missing_host_properties: [property.to_owned()].into(),
            ..HostOptions::default()
        };
        renders(&library, options, &format!("without {property}"));
    }
}

#[test]
fn a_host_without_float_is_told_at_describe() {
    let library = library();
    let host = Host::new(HostOptions {
        depths: vec![Depth::Byte, Depth::Short],
        ..HostOptions::default()
    });
    let error = host
        .load(&library, "org.deltaplate.plus")
        .map(drop)
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("kOfxStatErrMissingHostFeature") && text.contains("Describe"),
        "{text}"
    );
}

#[test]
fn a_multi_thread_suite_that_fails_costs_speed_and_nothing_else() {
    let library = library();
    for function in ["multiThread", "multiThreadNumCPUs"] {
        let options = HostOptions {
            threads: 4,
            faults: Faults::default().fail(function, 0, Status::FAILED),
            ..HostOptions::default()
        };
        renders(&library, options, &format!("{function} fails"));
    }
}

#[test]
fn a_call_that_fails_at_any_moment_leaves_nothing_held() {
    let library = library();
    let small = RectI::new(0, 0, 16, 16);
    let (b, d) = (
        noise(small, Components::Rgba, 1),
        noise(small, Components::Rgba, 2),
    );
    let mut outcomes = [0; 2];
    let nodes = [("plus", "D"), ("overlayextract", "A")];
    for function in [
        "clipGetImage",
        "clipGetRegionOfDefinition",
        "getPropertySet",
        "propGetInt",
        "propGetDouble",
        "propGetPointer",
        "propGetString",
        "propSetString",
        "paramGetValueAtTime",
        "paramGetHandle",
    ] {
        for (after, (node, input)) in (0..40).flat_map(|i| nodes.map(|node| (i, node))) {
            let what = format!("{node}: {function} fails from its call {after} on");
            let host = Host::new(HostOptions {
                faults: Faults::default().fail(function, after * after, Status::ERR_VALUE),
                canary: true,
                ..HostOptions::default()
            });
            let Ok(plugin) = host.load(&library, &format!("org.deltaplate.{node}")) else {
                continue;
            };
            let made = plugin.create_instance(EffectContext::General, InstanceOptions::default());
            let Ok(mut instance) = made else { continue };
            let _ = instance.connect("B", still(&b));
            let _ = instance.connect(input, still(&d));
            let _ = instance.press("analyze", 0.0, 1.0);
            let rendered = instance.render(&RenderArgs::at(0.0));
            outcomes[usize::from(rendered.is_ok())] += 1;
            assert_eq!(instance.outstanding_images(), 0, "{what}");
            drop(instance);
            assert_eq!(host.outstanding_memory(), 0, "{what}");
        }
    }
    let [failed, done] = outcomes;
    assert!(
        failed > 20 && done > 20,
        "{failed} renders failed, {done} were done"
    );
}
