//! Values of properties, looked up by name.

use super::finding::{Finding, Place};
use super::rules::MANDATORY;
use super::spec::{self, Writer};
use crate::descriptor::Properties;
use crate::object::Object;
use crate::values::Values;
use std::ffi::CStr;

pub(super) fn get<'a>(properties: &'a Properties, name: &CStr) -> Option<&'a Values> {
    properties.get(name.to_str().ok()?)
}

/// The numbers of a property, whether integers or doubles.
pub(super) fn numbers(properties: &Properties, name: &CStr) -> Vec<f64> {
    match get(properties, name) {
        Some(Values::Int(v)) => v.iter().map(|v| f64::from(*v)).collect(),
        Some(Values::Double(v)) => v.to_vec(),
        _ => Vec::new(),
    }
}

/// The first number.
pub(super) fn number(properties: &Properties, name: &CStr) -> Option<f64> {
    numbers(properties, name).first().copied()
}

/// The texts of a property.
pub(super) fn texts(properties: &Properties, name: &CStr) -> Vec<String> {
    match get(properties, name) {
        Some(Values::String(v)) => v
            .iter()
            .map(|text| text.to_string_lossy().into_owned())
            .collect(),
        _ => Vec::new(),
    }
}

/// The first text; empty where there is none.
pub(super) fn text(properties: &Properties, name: &CStr) -> String {
    texts(properties, name)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// The properties of an object that the plug-in must set, and that are empty.
pub(super) fn mandatory(place: &Place, object: Object, properties: &Properties) -> Vec<Finding> {
    let tables = spec::tables(object).into_iter().flatten();
    let wanted = tables.filter(|property| property.mandatory && property.writer != Writer::Host);
    // All that are mandatory are texts.
    let empty = |name: &CStr| texts(properties, name).iter().all(String::is_empty);
    wanted
        .filter(|property| empty(property.name))
        .map(|property| {
            let place = place.property(property.name.to_string_lossy());
            let text = format!("is empty, and the {object} makes no sense without it. Set it");
            place.finds(&MANDATORY, text)
        })
        .collect()
}
