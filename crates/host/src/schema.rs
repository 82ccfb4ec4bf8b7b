//! What a property set begins with: which properties, of which types and dimensions, and who may write them.

use crate::object::Object;
use crate::properties::Properties;
use crate::props::PropertySet;
use crate::text::Text;
use crate::values::Values;
use std::ffi::CStr;
use std::sync::Arc;

/// When a plug-in may write a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writable {
    Never,
    /// Only while it describes.
    Describing,
    Always,
}

#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) values: Values,
    /// What it is reset to, once the values are others.
    pub(crate) initial: Option<Box<Values>>,
    /// True when the plug-in decides how many values there are.
    pub(crate) list: bool,
    pub(crate) writable: Writable,
}

/// The properties a set begins with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) object: Object,
    pub(crate) properties: Properties,
}

impl Schema {
    /// An object's, still without properties.
    pub(crate) fn of(object: Object) -> Self {
        Self {
            object,
            properties: Properties::default(),
        }
    }

    /// With room for so many properties in all.
    pub(crate) fn room(mut self, count: usize) -> Self {
        self.properties.reserve(count);
        self
    }

    /// The same properties on another object.
    pub(crate) fn on(self, object: Object) -> Self {
        Self { object, ..self }
    }

    fn with(mut self, name: Text, values: Values, list: bool, writable: Writable) -> Self {
        let property = Property {
            values,
            initial: None,
            list,
            writable,
        };
        self.properties.insert(name, property);
        self
    }

    /// A property that only the host writes.
    pub(crate) fn fixed(self, name: impl Into<Text>, values: impl Into<Values>) -> Self {
        self.with(name.into(), values.into(), false, Writable::Never)
    }

    /// A property that the plug-in writes while it describes.
    pub(crate) fn described(self, name: impl Into<Text>, values: impl Into<Values>) -> Self {
        self.with(name.into(), values.into(), false, Writable::Describing)
    }

    /// A list that the plug-in writes while it describes.
    pub(crate) fn list(self, name: impl Into<Text>, values: impl Into<Values>) -> Self {
        self.with(name.into(), values.into(), true, Writable::Describing)
    }

    /// A property that the plug-in writes at any time.
    pub(crate) fn open(self, name: impl Into<Text>, values: impl Into<Values>) -> Self {
        self.with(name.into(), values.into(), false, Writable::Always)
    }

    /// A list that the plug-in writes at any time.
    pub(crate) fn open_list(self, name: impl Into<Text>, values: impl Into<Values>) -> Self {
        self.with(name.into(), values.into(), true, Writable::Always)
    }

    /// An address that the plug-in writes at any time.
    pub(crate) fn pointer(self, name: impl Into<Text>, value: usize) -> Self {
        self.with(name.into(), value.into(), false, Writable::Always)
    }

    /// Without a property.
    pub(crate) fn without(mut self, name: &CStr) -> Self {
        self.properties.remove(name);
        self
    }

    pub(crate) fn build(self) -> Arc<PropertySet> {
        PropertySet::new(self)
    }
}
