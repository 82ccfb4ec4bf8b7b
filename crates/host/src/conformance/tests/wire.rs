//! What goes over the wire, made up.

use super::names;
use crate::conformance::record::Deed;
use crate::conformance::wire::check;
use crate::descriptor::EffectContext;
use crate::object::Object;
use crate::observer::{ActionCall, Definition, PropertyRead, PropertyWrite};
use crate::status::Status;
use crate::value::ParamKind;
use crate::values::Values;
use ofx_sys as ofx;
use std::ffi::CStr;

/// A rule, and a deed that breaks it.
type Case = (&'static str, fn() -> (&'static CStr, Deed));

const DESCRIBE: &CStr = ofx::kOfxActionDescribe;
const IN_CONTEXT: &CStr = ofx::kOfxImageEffectActionDescribeInContext;
const MIX: Object = Object::ParamDescriptor(ParamKind::Double);

fn write(
    object: Object,
    property: &CStr,
    index: impl Into<Option<i32>>,
    values: impl Into<Values>,
) -> Deed {
    Deed::Wrote(PropertyWrite {
        object,
        name: "x".into(),
        property: property.to_str().unwrap().into(),
        index: index.into(),
        values: Some(values.into()),
        status: Status::OK,
    })
}

fn definition(kind: Option<&CStr>, status: Status) -> Deed {
    Deed::Defined(Definition {
        name: "x".into(),
        kind: kind.map(|kind| kind.to_str().unwrap().into()),
        status,
    })
}

pub(super) const CASES: &[Case] = &[
    ("unknown-status", || {
        (DESCRIBE, Deed::Answered(Status(4711)))
    }),
    ("wrong-status", || {
        (DESCRIBE, Deed::Answered(Status::REPLY_YES))
    }),
    ("wrong-status", || {
        (DESCRIBE, Deed::Answered(Status::ERR_BAD_HANDLE))
    }),
    ("not-optional", || {
        (DESCRIBE, Deed::Answered(Status::REPLY_DEFAULT))
    }),
    ("not-optional", || {
        (
            ofx::kOfxImageEffectActionRender,
            Deed::Answered(Status::REPLY_DEFAULT),
        )
    }),
    ("reply-default", || {
        (ofx::kOfxActionLoad, Deed::Answered(Status::REPLY_DEFAULT))
    }),
    ("unknown-property", || {
        (
            DESCRIBE,
            write(Object::EffectDescriptor, c"OfxPropSmell", 0, c"x"),
        )
    }),
    ("unknown-property", || {
        // A clip's name stands at the end, nowhere else.
        let action = ofx::kOfxImageEffectActionGetRegionsOfInterest;
        (
            action,
            write(Object::OutArgs, c"OfxImageClipPropSmell_A", 0, 1.0),
        )
    }),
    ("property-elsewhere", || {
        let options = ofx::kOfxParamPropChoiceOption;
        (IN_CONTEXT, write(MIX, options, 0, c"x"))
    }),
    ("property-elsewhere", || {
        let action = ofx::kOfxImageEffectActionGetRegionsOfInterest;
        (
            action,
            write(
                Object::OutArgs,
                ofx::kOfxImageEffectPropRegionOfDefinition,
                0,
                1.0,
            ),
        )
    }),
    ("vendor-property", || {
        let selector = ofx::kNatronOfxImageEffectPropChannelSelector;
        (
            DESCRIBE,
            write(Object::EffectDescriptor, selector, 0, c"none"),
        )
    }),
    ("vendor-property", || {
        (
            IN_CONTEXT,
            write(Object::ClipDescriptor, ofx::kOfxParamPropHint, 0, c"x"),
        )
    }),
    ("property-elsewhere", || {
        let hint = ofx::kOfxParamPropHint;
        (DESCRIBE, write(Object::EffectDescriptor, hint, 0, c"x"))
    }),
    ("wrong-type", || {
        (IN_CONTEXT, write(MIX, ofx::kOfxParamPropDefault, 0, 1))
    }),
    ("wrong-type", || {
        (IN_CONTEXT, write(MIX, ofx::kOfxPropLabel, 0, 1.0))
    }),
    ("wrong-type", || {
        let action = ofx::kOfxImageEffectActionGetClipPreferences;
        (
            action,
            write(Object::OutArgs, c"OfxImageClipPropPAR_A", 0, 1),
        )
    }),
    ("bad-index", || {
        (IN_CONTEXT, write(MIX, ofx::kOfxParamPropMax, 1, 1.0))
    }),
    ("bad-index", || {
        (IN_CONTEXT, write(MIX, ofx::kOfxParamPropMax, -1, 1.0))
    }),
    ("bad-index", || {
        (
            IN_CONTEXT,
            write(MIX, ofx::kOfxParamPropMax, None, vec![1.0; 2]),
        )
    }),
    ("bad-index", || {
        let tint = Object::ParamDescriptor(ParamKind::Rgb);
        (IN_CONTEXT, write(tint, ofx::kOfxParamPropDefault, 3, 1.0))
    }),
    ("read-only", || {
        (IN_CONTEXT, write(MIX, ofx::kOfxPropName, 0, c"x"))
    }),
    ("read-only", || {
        let optional = ofx::kOfxImageClipPropOptional;
        (
            ofx::kOfxActionCreateInstance,
            write(Object::ClipInstance, optional, 0, 1),
        )
    }),
    ("read-only", || {
        (
            ofx::kOfxImageEffectActionRender,
            write(Object::InArgs, ofx::kOfxPropTime, 0, 1.0),
        )
    }),
    ("bad-value", || {
        let contexts = ofx::kOfxImageEffectPropSupportedContexts;
        (
            DESCRIBE,
            write(
                Object::EffectDescriptor,
                contexts,
                0,
                c"OfxImageEffectContextSmell",
            ),
        )
    }),
    ("bad-value", || {
        (IN_CONTEXT, write(MIX, ofx::kOfxParamPropSecret, 0, 2))
    }),
    ("not-text", || {
        let label: &CStr = c"\xff";
        (IN_CONTEXT, write(MIX, ofx::kOfxPropLabel, 0, label))
    }),
    ("not-text", || {
        let labels: &[&CStr] = &[c"fine", c"\xff"];
        let options = ofx::kOfxParamPropChoiceOption;
        let choice = Object::ParamDescriptor(ParamKind::Choice);
        (IN_CONTEXT, write(choice, options, None, labels))
    }),
    ("newer-property", || {
        let aware = ofx::kOfxImageEffectPropNoSpatialAwareness;
        (DESCRIBE, write(Object::EffectDescriptor, aware, 0, c"true"))
    }),
    ("outdated", || {
        (
            IN_CONTEXT,
            write(MIX, ofx::kOfxParamPropPluginMayWrite, 0, 1),
        )
    }),
    ("outdated", || {
        let old = c"OfxParamDoubleTypeNormalisedX";
        (IN_CONTEXT, write(MIX, ofx::kOfxParamPropDoubleType, 0, old))
    }),
    ("misread", || {
        let read = PropertyRead {
            object: Object::Host,
            property: ofx::kOfxPropName.to_str().unwrap().into(),
            function: "propGetInt",
            status: Status::ERR_VALUE,
        };
        (DESCRIBE, Deed::Misread(read))
    }),
    ("defined-twice", || {
        (IN_CONTEXT, definition(None, Status::ERR_EXISTS))
    }),
    ("defined-twice", || {
        (
            IN_CONTEXT,
            definition(Some(ofx::kOfxParamTypeDouble), Status::ERR_EXISTS),
        )
    }),
    ("unknown-kind", || {
        (
            IN_CONTEXT,
            definition(Some(ofx::kOfxParamTypeParametric), Status::ERR_UNKNOWN),
        )
    }),
];

fn event((action, deed): (&'static CStr, Deed)) -> (ActionCall, Deed) {
    let call = ActionCall {
        number: 0,
        plugin: "org.example.x".into(),
        action,
        context: Some(EffectContext::General),
    };
    (call, deed)
}

#[test]
fn each_breach_is_found_and_nothing_else() {
    for (number, (rule, deed)) in CASES.iter().enumerate() {
        let findings = check("org.example.x", &[event(deed())]);
        assert_eq!(names(&findings), [*rule], "case {number}");
        assert!(findings[0].message.len() > 10, "{}", findings[0]);
    }
}

#[test]
fn what_keeps_to_the_rules_is_not_found() {
    let tint = Object::ParamInstance(ParamKind::Rgba);
    let fine = [
        (
            DESCRIBE,
            write(Object::EffectDescriptor, ofx::kOfxPropLabel, 0, c"x"),
        ),
        (
            DESCRIBE,
            write(Object::EffectDescriptor, ofx::kOfxPropVersion, 2, 1),
        ),
        (IN_CONTEXT, write(MIX, ofx::kOfxParamPropDefault, 0, 1.0)),
        (
            IN_CONTEXT,
            write(MIX, ofx::kOfxParamPropMax, None, vec![1.0]),
        ),
        (
            ofx::kOfxActionInstanceChanged,
            write(tint, ofx::kOfxParamPropMax, 3, 1.0),
        ),
        (
            ofx::kOfxActionInstanceChanged,
            write(tint, ofx::kOfxParamPropEnabled, 0, 0),
        ),
        (
            ofx::kOfxImageEffectActionGetRegionsOfInterest,
            write(Object::OutArgs, c"OfxImageClipPropRoI_A", None, [0.0; 4]),
        ),
        // As old as most hosts are.
        (
            ofx::kOfxActionInstanceChanged,
            write(
                Object::EffectInstance,
                ofx::kOfxImageEffectPropSupportsTiles,
                0,
                1,
            ),
        ),
        // The headers and the hosts differ in its type.
        (
            IN_CONTEXT,
            write(MIX, ofx::kOfxParamPropInteractMinimumSize, 1, 10.0),
        ),
        (
            IN_CONTEXT,
            write(MIX, ofx::kOfxParamPropInteractMinimumSize, 1, 10),
        ),
        (DESCRIBE, Deed::Answered(Status::OK)),
        (DESCRIBE, Deed::Answered(Status::ERR_MISSING_HOST_FEATURE)),
        (
            ofx::kOfxActionPurgeCaches,
            Deed::Answered(Status::REPLY_DEFAULT),
        ),
        (IN_CONTEXT, definition(None, Status::OK)),
        // Looking for a property that a host may lack is no mistake.
        (
            DESCRIBE,
            Deed::Misread(PropertyRead {
                object: Object::Host,
                property: "OfxPropAPIVersion".into(),
                function: "propGetInt",
                status: Status::ERR_UNKNOWN,
            }),
        ),
    ];
    for deed in fine {
        let findings = check("org.example.x", &[event(deed.clone())]);
        assert!(findings.is_empty(), "{deed:?}: {findings:?}");
    }
}
