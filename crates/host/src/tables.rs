//! The properties that OpenFX gives each kind of object: their types, dimensions, defaults and writers.

mod action;
mod clip;
mod effect;
mod host;
mod image;
mod param;

pub(crate) use action::*;
pub(crate) use clip::{clip_descriptor, clip_instance};
pub(crate) use effect::{effect_descriptor, effect_instance};
pub(crate) use host::host;
pub(crate) use image::{ImageFacts, image};
pub(crate) use param::{param, param_set};
