//! Parameters, by kind.

use super::Kind::{Double, Flag, Int, Number, OneOf, Own, Pointer, Text};
use super::{Property, V1_2, V1_4, V1_5, described, host, plugin, sets};
use crate::value::{ParamKind, Shape};
use ofx_sys::*;

pub(super) const SET: &[Property] = &[
    described(kOfxPluginPropParamPageOrder, Text).any(),
    plugin(kOfxPropParamSetNeedsSyncing, Flag),
];

/// All parameters.
const COMMON: &[Property] = &[
    host(kOfxPropType, Text),
    host(kOfxPropName, Text),
    host(kOfxParamPropType, Text),
    plugin(kOfxPropLabel, Text),
    plugin(kOfxPropShortLabel, Text),
    plugin(kOfxPropLongLabel, Text),
    described(kOfxPropIcon, Text).count(2).since(V1_2),
    plugin(kOfxParamPropHint, Text),
    described(kOfxParamPropScriptName, Text),
    described(kOfxParamPropParent, Text),
    plugin(kOfxParamPropEnabled, Flag),
    plugin(kOfxParamPropSecret, Flag),
    plugin(kOfxParamPropDataPtr, Pointer),
];

/// All but groups and pages.
const SHOWN: &[Property] = &[
    described(kOfxParamPropInteractV1, Pointer),
    described(kOfxParamPropInteractSize, Double).count(2),
    described(kOfxParamPropInteractSizeAspect, Double),
    described(kOfxParamPropInteractMinimumSize, Number).count(2),
    described(kOfxParamPropInteractPreferedSize, Int).count(2),
    host(kOfxParamPropHasHostOverlayHandle, Flag).since(V1_2),
    described(kOfxParamPropUseHostOverlayHandle, Flag).since(V1_2),
];

/// Those with a value.
const VALUED: &[Property] = &[
    plugin(kOfxParamPropDefault, Own).own(),
    described(kOfxParamPropAnimates, Flag),
    host(kOfxParamPropIsAnimating, Flag),
    host(kOfxParamPropIsAutoKeying, Flag),
    described(kOfxParamPropPersistant, Flag),
    plugin(kOfxParamPropEvaluateOnChange, Flag),
    described(kOfxParamPropPluginMayWrite, Flag).until(V1_4),
    described(kOfxParamPropCacheInvalidation, OneOf(sets::INVALIDATION)),
    described(kOfxParamPropCanUndo, Flag),
];

/// Numbers.
const NUMERIC: &[Property] = &[
    plugin(kOfxParamPropMin, Own).own(),
    plugin(kOfxParamPropMax, Own).own(),
    plugin(kOfxParamPropDisplayMin, Own).own(),
    plugin(kOfxParamPropDisplayMax, Own).own(),
];

/// Doubles and colours.
const FRACTIONAL: &[Property] = &[
    described(kOfxParamPropIncrement, Double),
    described(kOfxParamPropDigits, Int),
];

/// Doubles of any dimension.
const SPATIAL: &[Property] = &[
    described(kOfxParamPropDoubleType, OneOf(sets::DOUBLE_TYPES)),
    described(
        kOfxParamPropDefaultCoordinateSystem,
        OneOf(sets::COORDINATES),
    )
    .since(V1_2),
];

const MARKED: &[Property] = &[described(kOfxParamPropShowTimeMarker, Flag)];

/// Values of several components.
const LABELLED: &[Property] = &[described(kOfxParamPropDimensionLabel, Text).own()];

const CHOICE: &[Property] = &[
    plugin(kOfxParamPropChoiceOption, Text).any().must(),
    plugin(kOfxParamPropChoiceOrder, Int).any().since(V1_5),
];

const STR_CHOICE: &[Property] = &[
    plugin(kOfxParamPropChoiceOption, Text).any().must(),
    plugin(kOfxParamPropChoiceEnum, Text)
        .any()
        .since(V1_5)
        .must(),
    plugin(kOfxParamPropChoiceOrder, Int).any().since(V1_5),
];

const STRING: &[Property] = &[
    described(kOfxParamPropStringMode, OneOf(sets::STRING_MODES)),
    described(kOfxParamPropStringFilePathExists, Flag),
];

const CUSTOM: &[Property] = &[described(kOfxParamPropCustomInterpCallbackV1, Pointer)];

const GROUP: &[Property] = &[plugin(kOfxParamPropGroupOpen, Flag).since(V1_2)];

const PAGE: &[Property] = &[described(kOfxParamPropPageChild, Text).any()];

/// The tables of a kind of parameter.
pub(super) fn of(kind: ParamKind) -> Vec<&'static [Property]> {
    let mut tables = vec![COMMON];
    if !matches!(kind, ParamKind::Group | ParamKind::Page) {
        tables.push(SHOWN);
    }
    if kind.shape() != Shape::None {
        tables.push(VALUED);
    }
    match kind {
        ParamKind::Integer => tables.extend([NUMERIC, MARKED]),
        ParamKind::Integer2D | ParamKind::Integer3D => tables.extend([NUMERIC, LABELLED]),
        ParamKind::Double => tables.extend([NUMERIC, FRACTIONAL, SPATIAL, MARKED]),
        ParamKind::Double2D | ParamKind::Double3D => {
            tables.extend([NUMERIC, FRACTIONAL, SPATIAL, LABELLED]);
        }
        ParamKind::Rgb | ParamKind::Rgba => tables.extend([NUMERIC, FRACTIONAL, LABELLED]),
        ParamKind::Choice => tables.push(CHOICE),
        ParamKind::StrChoice => tables.push(STR_CHOICE),
        ParamKind::String => tables.push(STRING),
        ParamKind::Custom => tables.push(CUSTOM),
        ParamKind::Group => tables.push(GROUP),
        ParamKind::Page => tables.push(PAGE),
        ParamKind::Boolean | ParamKind::PushButton => {}
    }
    tables
}
