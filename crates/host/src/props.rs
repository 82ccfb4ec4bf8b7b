//! Property sets: named, typed, dimensioned values, as the property suite shows them.

use crate::object::Object;
use crate::properties::Properties;
use crate::registry::{Id, register};
use crate::schema::{Property, Schema, Writable};
use crate::status::Status;
use crate::text::Text;
use crate::values::{Numbers, Scalar, Single, Values};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

/// Values in a list that a plug-in extends: far beyond any menu, far below a memory problem.
pub(crate) const MOST_VALUES: usize = 1 << 16;

/// Whose set it is, where the suites must know.
pub(crate) enum Owner {
    Host(Weak<crate::host::HostCore>),
    Image(Weak<crate::effect::Effect>),
}

#[derive(Debug, Default)]
struct Table {
    properties: Properties,
    /// Strings that were replaced: a plug-in may still hold their addresses, so they live as long as the set. (The
    /// first ones are kept anyway, to be reset to.)
    retired: Vec<Text>,
}

impl Table {
    fn replace(&mut self, name: &CStr, values: Values) {
        let Some(property) = self.properties.get_mut(name) else {
            return;
        };
        if property.values == values {
            return;
        }
        let old = std::mem::replace(&mut property.values, values);
        if property.initial.is_none() {
            property.initial = Some(Box::new(old));
        } else if let Values::String(old) = old {
            self.retired.extend(old);
        }
    }
}

/// A set of properties with a handle.
pub(crate) struct PropertySet {
    id: Id,
    pub(crate) object: Object,
    pub(crate) owner: OnceLock<Owner>,
    table: RwLock<Table>,
}

impl PropertySet {
    pub(crate) fn new(schema: Schema) -> Arc<Self> {
        let Schema { object, properties } = schema;
        register(|id| Self {
            id,
            object,
            owner: OnceLock::new(),
            table: RwLock::new(Table {
                properties,
                retired: Vec::new(),
            }),
        })
    }

    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The properties as they are, for a set that begins like this one.
    pub(crate) fn schema(&self) -> Schema {
        Schema {
            object: self.object,
            properties: self.read().properties.clone(),
        }
    }

    /// The same for an instance: what was written to describe is no longer to be written.
    pub(crate) fn instance_schema(&self) -> Schema {
        let mut schema = self.schema();
        for property in schema.properties.values_mut() {
            if property.writable == Writable::Describing {
                property.writable = Writable::Never;
            }
            property.initial = None;
        }
        schema
    }

    // What a plug-in does.

    pub(crate) fn get<T: Scalar>(&self, name: &CStr, index: i32) -> Result<T, Status> {
        let table = self.read();
        let values = typed::<T>(&table, name)?;
        usize::try_from(index)
            .ok()
            .and_then(|i| values.get(i).cloned())
            .ok_or(Status::ERR_BAD_INDEX)
    }

    /// The address of a string, which stays as it is for the life of the set.
    pub(crate) fn get_string(&self, name: &CStr, index: i32) -> Result<*const c_char, Status> {
        let table = self.read();
        let values = typed::<Text>(&table, name)?;
        usize::try_from(index)
            .ok()
            .and_then(|i| values.get(i).map(|s| s.as_ptr()))
            .ok_or(Status::ERR_BAD_INDEX)
    }

    pub(crate) fn dimension(&self, name: &CStr) -> Result<i32, Status> {
        let table = self.read();
        let property = table.properties.get(name).ok_or(Status::ERR_UNKNOWN)?;
        i32::try_from(property.values.len()).map_err(|_| Status::FAILED)
    }

    /// A plug-in writes one value.
    pub(crate) fn set<T: Scalar>(&self, name: &CStr, index: i32, value: T) -> Result<(), Status> {
        let index = usize::try_from(index).map_err(|_| Status::ERR_BAD_INDEX)?;
        self.change::<T>(name, |values, list| {
            if list && index < MOST_VALUES && index >= values.len() {
                values.resize(index + 1, T::blank());
            }
            *values.get_mut(index).ok_or(Status::ERR_BAD_INDEX)? = value;
            Ok(())
        })
    }

    /// A plug-in writes all values, from the first.
    pub(crate) fn set_all<T: Scalar>(
        &self,
        name: &CStr,
        new: SmallVec<T::Room>,
    ) -> Result<(), Status> {
        self.change::<T>(name, |values, list| {
            if list {
                *values = new;
            } else if new.len() <= values.len() {
                values.iter_mut().zip(new).for_each(|(v, new)| *v = new);
            } else {
                return Err(Status::ERR_BAD_INDEX);
            }
            Ok(())
        })
    }

    fn change<T: Scalar>(
        &self,
        name: &CStr,
        change: impl FnOnce(&mut SmallVec<T::Room>, bool) -> Result<(), Status>,
    ) -> Result<(), Status> {
        let mut table = self.write();
        let property = table.properties.get(name).ok_or(Status::ERR_UNKNOWN)?;
        let mut values = property.values.clone();
        let typed = T::of_mut(&mut values).ok_or(Status::ERR_VALUE)?;
        if property.writable == Writable::Never {
            return Err(Status::ERR_VALUE);
        }
        change(typed, property.list)?;
        table.replace(name, values);
        Ok(())
    }

    /// A plug-in puts back what the host began with.
    pub(crate) fn reset(&self, name: &CStr) -> Result<(), Status> {
        let mut table = self.write();
        let property = table.properties.get(name).ok_or(Status::ERR_UNKNOWN)?;
        if property.writable == Writable::Never {
            return Err(Status::ERR_VALUE);
        }
        if let Some(initial) = property.initial.as_deref().cloned() {
            table.replace(name, initial);
        }
        Ok(())
    }

    // What the host does.

    /// Puts values where there is such a property.
    pub(crate) fn put(&self, name: &CStr, values: impl Into<Values>) {
        self.write().replace(name, values.into());
    }

    pub(crate) fn values(&self, name: &CStr) -> Option<Values> {
        self.read().properties.get(name).map(|p| p.values.clone())
    }

    pub(crate) fn int(&self, name: &CStr) -> Option<i32> {
        self.get(name, 0).ok()
    }

    pub(crate) fn flag(&self, name: &CStr) -> bool {
        self.int(name).is_some_and(|v| v != 0)
    }

    pub(crate) fn double(&self, name: &CStr) -> Option<f64> {
        self.get(name, 0).ok()
    }

    pub(crate) fn doubles(&self, name: &CStr) -> Numbers<f64> {
        self.all::<f64>(name)
    }

    pub(crate) fn ints(&self, name: &CStr) -> Numbers<i32> {
        self.all::<i32>(name)
    }

    pub(crate) fn strings(&self, name: &CStr) -> Single<Text> {
        self.all::<Text>(name)
    }

    /// All values; none where there are none of this type.
    fn all<T: Scalar>(&self, name: &CStr) -> SmallVec<T::Room> {
        typed::<T>(&self.read(), name).cloned().unwrap_or_default()
    }

    /// The first string.
    pub(crate) fn first(&self, name: &CStr) -> Option<Text> {
        self.get(name, 0).ok()
    }

    /// The first string as text; empty where there is none.
    pub(crate) fn text(&self, name: &CStr) -> String {
        let first = self.first(name).unwrap_or_default();
        first.to_string_lossy().into_owned()
    }

    pub(crate) fn texts(&self, name: &CStr) -> Vec<String> {
        self.strings(name)
            .iter()
            .map(|s| s.to_string_lossy().into_owned())
            .collect()
    }

    /// All properties by name.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, Values> {
        let table = self.read();
        let entry = |(name, property): &(Text, Property)| {
            (name.to_string_lossy().into_owned(), property.values.clone())
        };
        table.properties.iter().map(entry).collect()
    }
}

fn typed<'a, T: Scalar>(table: &'a Table, name: &CStr) -> Result<&'a SmallVec<T::Room>, Status> {
    let property = table.properties.get(name).ok_or(Status::ERR_UNKNOWN)?;
    T::of(&property.values).ok_or(Status::ERR_VALUE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Arc<PropertySet> {
        Schema::default()
            .fixed(c"fixed", 7)
            .described(c"pair", [1.0, 2.0])
            .list(c"list", Values::no_strings())
            .open(c"open", c"first")
            .build()
    }

    #[test]
    fn mistakes_have_their_statuses() {
        let set = set();
        assert_eq!(set.get::<i32>(c"none", 0), Err(Status::ERR_UNKNOWN));
        assert_eq!(set.get::<i32>(c"fixed", 1), Err(Status::ERR_BAD_INDEX));
        assert_eq!(set.get::<i32>(c"fixed", -1), Err(Status::ERR_BAD_INDEX));
        assert_eq!(set.get::<f64>(c"fixed", 0), Err(Status::ERR_VALUE));
        assert_eq!(set.set(c"fixed", 0, 8), Err(Status::ERR_VALUE));
        assert_eq!(set.set(c"pair", 2, 1.0), Err(Status::ERR_BAD_INDEX));
        assert_eq!(
            set.set_all::<f64>(c"pair", Numbers::from_elem(0.0, 3)),
            Err(Status::ERR_BAD_INDEX)
        );
        assert_eq!(
            set.set(c"list", i32::MAX, Text::default()),
            Err(Status::ERR_BAD_INDEX)
        );
        assert_eq!(set.reset(c"fixed"), Err(Status::ERR_VALUE));
        assert_eq!(set.int(c"fixed"), Some(7));
    }

    #[test]
    fn lists_grow_and_reset() {
        let set = set();
        set.set(c"list", 1, Text::from(c"b")).unwrap();
        assert_eq!(set.texts(c"list"), ["", "b"]);
        set.reset(c"list").unwrap();
        assert_eq!(set.dimension(c"list"), Ok(0));
        set.set_all::<f64>(c"pair", Numbers::from_elem(5.0, 1))
            .unwrap();
        assert_eq!(*set.doubles(c"pair"), [5.0, 2.0]);
    }

    #[test]
    fn an_instance_is_no_longer_described() {
        let instance = set().instance_schema().build();
        assert_eq!(instance.set(c"pair", 0, 1.0), Err(Status::ERR_VALUE));
        instance.set(c"open", 0, Text::from(c"second")).unwrap();
        instance.reset(c"open").unwrap();
        assert_eq!(instance.text(c"open"), "first");
    }

    #[test]
    fn a_string_lent_out_keeps_its_address() {
        let set = set();
        let first = set.get_string(c"open", 0).unwrap();
        set.set(c"open", 0, Text::from(c"second")).unwrap();
        let second = set.get_string(c"open", 0).unwrap();
        set.reset(c"open").unwrap();
        assert_eq!(set.text(c"open"), "first");
        assert_eq!(set.get_string(c"open", 0), Ok(first));
        let table = set.read();
        let initial = table.properties.get(c"open").unwrap().initial.as_deref();
        assert!(matches!(initial, Some(Values::String(s)) if s[0].as_ptr() == first));
        assert!(table.retired.iter().any(|s| s.as_ptr() == second));
    }
}
