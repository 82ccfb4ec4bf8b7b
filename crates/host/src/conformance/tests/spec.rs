//! The spec's tables against the host's own, which were written apart from each other.

use crate::clip::Clip;
use crate::conformance::spec::{self, Kind, Writer};
use crate::geometry::{RectD, RectI, Scale};
use crate::instance::InstanceOptions;
use crate::object::Object;
use crate::options::HostOptions;
use crate::pixel::{Components, Depth, Premultiplication};
use crate::schema::{Schema, Writable};
use crate::tables;
use crate::text::Text;
use crate::value::ParamKind;
use ofx_sys as ofx;
use std::collections::BTreeSet;

/// What this host has beside OpenFX.
const EXTRA: [(Object, &str); 3] = [
    // Of an API that the reference does not describe any more.
    (Object::EffectDescriptor, "OfxImageEffectPluginPropObsolete"),
    // Natron's.
    (Object::ClipDescriptor, "OfxParamPropHint"),
    // Taken where plug-ins put it, though the reference has it in GetClipPreferences.
    (
        Object::ClipDescriptor,
        "OfxImageClipPropPreferredColourspaces",
    ),
];

fn schemas() -> Vec<Schema> {
    let clip = tables::clip_descriptor("A").build();
    let effect = tables::effect_descriptor("", &HostOptions::default()).build();
    let options = InstanceOptions::default();
    let image = tables::ImageFacts {
        components: Components::Rgba,
        depth: Depth::Float,
        premultiplication: Premultiplication::default(),
        scale: Scale::ONE,
        pixel_aspect: 1.0,
        data: 0,
        row_bytes: 0,
        bounds: RectI::default(),
        region_of_definition: RectI::default(),
        field: ofx::kOfxImageFieldNone,
        unique: Text::default(),
    };
    let mut schemas = vec![
        tables::host(&HostOptions::default()),
        tables::effect_descriptor("", &HostOptions::default()),
        tables::effect_instance(
            &effect,
            0,
            ofx::kOfxImageEffectContextGeneral,
            ofx::kOfxImageEffectColourManagementNone,
            &options,
        ),
        tables::clip_descriptor("A"),
        tables::clip_instance(&clip),
        tables::image(image),
        tables::param_set(),
    ];
    schemas.extend(ParamKind::ALL.map(|kind| tables::param(kind, "x")));
    schemas
}

#[test]
fn the_host_has_what_openfx_has() {
    for schema in schemas() {
        let object = schema.object;
        for (name, property) in schema.properties.iter() {
            let name = name.to_str().unwrap();
            let mut extra = EXTRA.iter().filter(|(_, n)| *n == name);
            let instance = Object::ClipInstance;
            if extra.any(|(o, _)| *o == object || object == instance) {
                continue;
            }
            let known = spec::find(object, name);
            let known = known.unwrap_or_else(|| panic!("{object} has no {name} in OpenFX"));
            let kind = known.kind_on(object);
            assert!(kind.fits(&property.values), "{object} {name} is a {kind}");
            let writable = match known.writer {
                // Nobody describes an instance.
                Writer::Describing if object == Object::ClipInstance => Writable::Never,
                Writer::Describing => Writable::Describing,
                Writer::Host => Writable::Never,
                Writer::Plugin => Writable::Always,
            };
            assert_eq!(writable, property.writable, "{object} {name}");
            if let Some(count) = known.count_on(object) {
                let number = property.values.len();
                assert_eq!((count, false), (number, property.list), "{object} {name}");
            }
            // What the host begins with is allowed; a clip that is not connected has None.
            let stranger = kind.stranger(&property.values);
            let empty = stranger.as_deref() == Some("\"\"");
            assert!(stranger.is_none() || empty, "{object} {name} {stranger:?}");
        }
    }
}

/// No table of the host's holds these: its parameters have no faces of their own.
#[test]
fn what_the_host_does_without_is_as_openfx_has_it() {
    let mut found = BTreeSet::new();
    for schema in schemas() {
        for property in spec::tables(schema.object).into_iter().flatten() {
            if schema.properties.get(property.name).is_none() {
                let name = property.name.to_str().unwrap();
                let (kind, count) = (property.kind, property.count);
                found.insert(format!("{name}: {kind}, {count:?}, {:?}", property.writer));
            }
        }
    }
    let expected = [
        "OfxImageEffectPropCudaStreamSupported: string, Exactly(1), Host",
        "OfxImageEffectPropNoSpatialAwareness: string, Exactly(1), Host",
        "OfxParamPropHasHostOverlayHandle: int, Exactly(1), Host",
        "OfxParamPropInteractMinimumSize: int or double, Exactly(2), Describing",
        "OfxParamPropInteractPreferedSize: int, Exactly(2), Describing",
        "OfxParamPropInteractSize: double, Exactly(2), Describing",
        "OfxParamPropInteractSizeAspect: double, Exactly(1), Describing",
        "OfxParamPropInteractV1: pointer, Exactly(1), Describing",
        "kOfxParamPropUseHostOverlayHandle: int, Exactly(1), Describing",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn the_host_lacks_nothing_that_is_mandatory() {
    for schema in schemas() {
        for property in spec::tables(schema.object).into_iter().flatten() {
            let there = schema.properties.get(property.name).is_some();
            assert!(
                there || !property.mandatory,
                "{} {:?}",
                schema.object,
                property.name
            );
        }
    }
}

#[test]
fn arguments_are_as_openfx_has_them() {
    let facts = tables::RenderFacts {
        time: 1.0,
        window: RectI::default(),
        scale: Scale::ONE,
        field: ofx::kOfxImageFieldNone,
        sequential: false,
        interactive: false,
        draft: false,
        thumbnail: false,
    };
    let region = RectD::default();
    let inputs = [Clip::descriptor("A")];
    let ins = [
        (
            ofx::kOfxImageEffectActionDescribeInContext,
            tables::describe_in_context_args(ofx::kOfxImageEffectContextGeneral),
        ),
        (
            ofx::kOfxActionInstanceChanged,
            tables::changed_args(
                ofx::kOfxTypeClip,
                "A",
                ofx::kOfxChangeUserEdited,
                1.0,
                Scale::ONE,
            ),
        ),
        (
            ofx::kOfxImageEffectActionGetRegionOfDefinition,
            tables::region_of_definition_args(1.0, Scale::ONE),
        ),
        (
            ofx::kOfxImageEffectActionGetRegionsOfInterest,
            tables::regions_of_interest_args(1.0, Scale::ONE, region),
        ),
        (
            ofx::kOfxImageEffectActionGetFramesNeeded,
            tables::frames_needed_args(1.0),
        ),
        (
            ofx::kOfxImageEffectActionIsIdentity,
            tables::is_identity_args(&facts),
        ),
        (
            ofx::kOfxImageEffectActionBeginSequenceRender,
            tables::sequence_args(&facts, [1.0, 1.0], 1.0),
        ),
        (
            ofx::kOfxImageEffectActionRender,
            tables::render_args(&facts),
        ),
    ];
    let clips = [(
        "A".to_owned(),
        ofx::kOfxImageComponentRGBA,
        ofx::kOfxBitDepthFloat,
        1.0,
    )];
    let outs = [
        (
            ofx::kOfxImageEffectActionGetRegionOfDefinition,
            tables::region_of_definition_out(region),
        ),
        (
            ofx::kOfxImageEffectActionGetRegionsOfInterest,
            tables::regions_of_interest_out(&inputs, region),
        ),
        (
            ofx::kOfxImageEffectActionGetFramesNeeded,
            tables::frames_needed_out(&inputs, 1.0),
        ),
        (
            ofx::kOfxImageEffectActionIsIdentity,
            tables::is_identity_out(1.0),
        ),
        (
            ofx::kOfxImageEffectActionGetClipPreferences,
            tables::clip_preferences_out(&tables::PreferenceDefaults {
                clips: &clips,
                frame_rate: 24.0,
                premultiplication: ofx::kOfxImageOpaque,
            }),
        ),
        (
            ofx::kOfxImageEffectActionGetTimeDomain,
            tables::time_domain_out([1.0, 2.0]),
        ),
    ];
    let check =
        |action, set: &crate::props::PropertySet, known: Option<&spec::Property>, name: &str| {
            let known = known.unwrap_or_else(|| panic!("{action:?} has no {name} in OpenFX"));
            let values = set.values(&crate::values::c_string(name)).unwrap();
            let kind: Kind = known.kind_on(set.object);
            assert!(kind.fits(&values), "{action:?} {name} is a {kind}");
            let count = known.count_on(set.object);
            assert!(count.is_none_or(|n| n == values.len()), "{action:?} {name}");
        };
    for (action, set) in &ins {
        assert_eq!(set.object, Object::InArgs);
        for name in set.snapshot().keys() {
            check(action, set, spec::named(spec::in_args(action), name), name);
        }
    }
    for (action, set) in &outs {
        assert_eq!(set.object, Object::OutArgs);
        for name in set.snapshot().keys() {
            check(action, set, spec::out_args(action, name), name);
        }
    }
}

#[test]
fn no_object_has_a_property_twice() {
    for schema in schemas() {
        let names: Vec<_> = spec::tables(schema.object)
            .into_iter()
            .flatten()
            .map(|property| property.name)
            .collect();
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{} {name:?}", schema.object);
        }
    }
}
