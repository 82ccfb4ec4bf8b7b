use crate::object::Object;
use crate::schema::Schema;
use crate::value::{ParamKind, Shape};
use crate::values::Values;
use ofx_sys as ofx;

/// The properties of a set of parameters.
pub(crate) fn param_set() -> Schema {
    Schema::of(Object::ParamSet)
        .list(ofx::kOfxPluginPropParamPageOrder, Values::no_strings())
        .open(ofx::kOfxPropParamSetNeedsSyncing, 0)
}

/// The properties of a parameter of that kind and name, as it is defined.
pub(crate) fn param(kind: ParamKind, name: &str) -> Schema {
    let mut schema = Schema::of(Object::ParamDescriptor(kind))
        .room(if kind.shape() == Shape::None { 14 } else { 28 })
        .fixed(ofx::kOfxPropType, ofx::kOfxTypeParameter)
        .fixed(ofx::kOfxPropName, name)
        .fixed(ofx::kOfxParamPropType, kind.ofx())
        .open(ofx::kOfxPropLabel, name)
        .open(ofx::kOfxPropShortLabel, name)
        .open(ofx::kOfxPropLongLabel, name)
        .described(ofx::kOfxPropIcon, &[c"", c""][..])
        .open(ofx::kOfxParamPropHint, c"")
        .described(ofx::kOfxParamPropScriptName, name)
        .described(ofx::kOfxParamPropParent, c"")
        .open(ofx::kOfxParamPropEnabled, 1)
        .open(ofx::kOfxParamPropSecret, 0)
        .pointer(ofx::kOfxParamPropDataPtr, 0);
    if kind.shape() != Shape::None {
        schema = valued(schema, kind);
    }
    match kind {
        ParamKind::Integer | ParamKind::Double => {
            schema = numeric(schema, kind).described(ofx::kOfxParamPropShowTimeMarker, 0);
        }
        ParamKind::Integer2D
        | ParamKind::Integer3D
        | ParamKind::Double2D
        | ParamKind::Double3D
        | ParamKind::Rgb
        | ParamKind::Rgba => schema = numeric(schema, kind),
        ParamKind::Choice => {
            schema = schema
                .open_list(ofx::kOfxParamPropChoiceOption, Values::no_strings())
                .open_list(ofx::kOfxParamPropChoiceOrder, Vec::<i32>::new());
        }
        ParamKind::StrChoice => {
            schema = schema
                .open_list(ofx::kOfxParamPropChoiceOption, Values::no_strings())
                .open_list(ofx::kOfxParamPropChoiceEnum, Values::no_strings())
                .open_list(ofx::kOfxParamPropChoiceOrder, Vec::<i32>::new());
        }
        ParamKind::String => {
            schema = schema
                .described(
                    ofx::kOfxParamPropStringMode,
                    ofx::kOfxParamStringIsSingleLine,
                )
                .described(ofx::kOfxParamPropStringFilePathExists, 1);
        }
        ParamKind::Custom => {
            schema = schema.described(ofx::kOfxParamPropCustomInterpCallbackV1, 0_usize);
        }
        ParamKind::Group => schema = schema.open(ofx::kOfxParamPropGroupOpen, 1),
        ParamKind::Page => schema = schema.list(ofx::kOfxParamPropPageChild, Values::no_strings()),
        ParamKind::Boolean | ParamKind::PushButton => {}
    }
    schema
}

/// What all parameters with a value have.
fn valued(schema: Schema, kind: ParamKind) -> Schema {
    // Strings and custom values animate only where they ask for it.
    let animates = matches!(kind.shape(), Shape::Int(_) | Shape::Double(_));
    let schema = schema
        .described(ofx::kOfxParamPropAnimates, animates)
        .fixed(ofx::kOfxParamPropIsAnimating, 0)
        .fixed(ofx::kOfxParamPropIsAutoKeying, 0)
        .described(ofx::kOfxParamPropPersistant, 1)
        .open(ofx::kOfxParamPropEvaluateOnChange, 1)
        .described(ofx::kOfxParamPropPluginMayWrite, 0)
        .described(
            ofx::kOfxParamPropCacheInvalidation,
            ofx::kOfxParamInvalidateValueChange,
        )
        .described(ofx::kOfxParamPropCanUndo, 1);
    match kind.shape() {
        Shape::Int(n) => schema.open(ofx::kOfxParamPropDefault, vec![0; n]),
        Shape::Double(n) => schema.open(ofx::kOfxParamPropDefault, vec![0.0; n]),
        Shape::String | Shape::None => schema.open(ofx::kOfxParamPropDefault, c""),
    }
}

/// What numbers have: a range, what a slider shows, a step.
fn numeric(schema: Schema, kind: ParamKind) -> Schema {
    let colour = matches!(kind, ParamKind::Rgb | ParamKind::Rgba);
    let schema = match kind.shape() {
        Shape::Int(n) => schema
            .open(ofx::kOfxParamPropMin, vec![i32::MIN; n])
            .open(ofx::kOfxParamPropMax, vec![i32::MAX; n])
            .open(ofx::kOfxParamPropDisplayMin, vec![i32::MIN; n])
            .open(ofx::kOfxParamPropDisplayMax, vec![i32::MAX; n]),
        Shape::Double(n) => schema
            .open(ofx::kOfxParamPropMin, vec![f64::MIN; n])
            .open(ofx::kOfxParamPropMax, vec![f64::MAX; n])
            .open(
                ofx::kOfxParamPropDisplayMin,
                vec![if colour { 0.0 } else { f64::MIN }; n],
            )
            .open(
                ofx::kOfxParamPropDisplayMax,
                vec![if colour { 1.0 } else { f64::MAX }; n],
            )
            .described(ofx::kOfxParamPropIncrement, 1.0)
            .described(ofx::kOfxParamPropDigits, 2),
        Shape::String | Shape::None => schema,
    };
    let schema = match kind {
        ParamKind::Double | ParamKind::Double2D | ParamKind::Double3D => schema
            .described(ofx::kOfxParamPropDoubleType, ofx::kOfxParamDoubleTypePlain)
            .described(
                ofx::kOfxParamPropDefaultCoordinateSystem,
                ofx::kOfxParamCoordinatesCanonical,
            )
            .fixed(ofx::kOfxParamPropHasHostOverlayHandle, 0)
            .described(ofx::kOfxParamPropUseHostOverlayHandle, 0),
        _ => schema,
    };
    match kind {
        ParamKind::Double2D | ParamKind::Integer2D => {
            schema.described(ofx::kOfxParamPropDimensionLabel, &[c"x", c"y"][..])
        }
        ParamKind::Double3D | ParamKind::Integer3D => {
            schema.described(ofx::kOfxParamPropDimensionLabel, &[c"x", c"y", c"z"][..])
        }
        ParamKind::Rgb => {
            schema.described(ofx::kOfxParamPropDimensionLabel, &[c"r", c"g", c"b"][..])
        }
        ParamKind::Rgba => schema.described(
            ofx::kOfxParamPropDimensionLabel,
            &[c"r", c"g", c"b", c"a"][..],
        ),
        _ => schema,
    }
}
