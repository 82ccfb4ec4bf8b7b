//! What a plug-in did, in order.

use crate::observer::{ActionCall, Definition, Observer, PropertyRead, PropertyWrite};
use crate::status::Status;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Something that a plug-in did.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Answered(Status),
    Wrote(PropertyWrite),
    Misread(PropertyRead),
    Defined(Definition),
}

/// What it did, in which call.
pub(super) type Event = (ActionCall, Deed);

/// Writes down what plug-ins do, and passes on to another observer which actions they are in.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    events: Mutex<Vec<Event>>,
    next: Option<Arc<dyn Observer>>,
}

impl Recorder {
    pub fn before(next: Option<Arc<dyn Observer>>) -> Self {
        Self {
            events: Mutex::default(),
            next,
        }
    }

    /// What was written down until now.
    pub fn events(&self) -> Vec<Event> {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, call: &ActionCall, deed: Deed) {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((call.clone(), deed));
    }
}

impl Observer for Recorder {
    fn begins(&self, call: &ActionCall) {
        if let Some(next) = &self.next {
            next.begins(call);
        }
    }

    fn ends(&self, call: &ActionCall, status: Status) {
        self.note(call, Deed::Answered(status));
        if let Some(next) = &self.next {
            next.ends(call, status);
        }
    }

    fn writes(&self, call: &ActionCall, write: &PropertyWrite) {
        self.note(call, Deed::Wrote(write.clone()));
    }

    fn misreads(&self, call: &ActionCall, read: &PropertyRead) {
        self.note(call, Deed::Misread(read.clone()));
    }

    fn defines(&self, call: &ActionCall, definition: &Definition) {
        self.note(call, Deed::Defined(definition.clone()));
    }
}

/// The properties that were written while something was described, by object and name.
#[derive(Debug, Default)]
pub(super) struct Written(HashSet<(String, String)>);

impl Written {
    /// Of the calls that `wanted` chooses.
    pub fn during(events: &[Event], wanted: impl Fn(&ActionCall) -> bool) -> Self {
        let writes = events.iter().filter(|(call, _)| wanted(call));
        let writes = writes.filter_map(|(_, deed)| match deed {
            Deed::Wrote(write) if write.status == Status::OK && write.values.is_some() => {
                Some((write.name.clone(), write.property.clone()))
            }
            _ => None,
        });
        Self(writes.collect())
    }

    /// True where the plug-in wrote the property of the clip or parameter, or, with an empty name, of the effect.
    pub fn has(&self, name: &str, property: &std::ffi::CStr) -> bool {
        let property = property.to_string_lossy().into_owned();
        self.0.contains(&(name.to_owned(), property))
    }

    #[cfg(test)]
    pub fn insert(&mut self, name: &str, property: &std::ffi::CStr) {
        let property = property.to_string_lossy().into_owned();
        self.0.insert((name.to_owned(), property));
    }

    #[cfg(test)]
    pub fn remove(&mut self, name: &str, property: &std::ffi::CStr) {
        let property = property.to_string_lossy().into_owned();
        self.0.remove(&(name.to_owned(), property));
    }
}
