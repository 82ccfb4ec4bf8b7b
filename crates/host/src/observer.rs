//! Who watches a plug-in: each action as it begins and ends, and what the plug-in does to properties meanwhile.

use crate::context;
use crate::descriptor::EffectContext;
use crate::object::Object;
use crate::props::PropertySet;
use crate::status::Status;
use crate::values::{Scalar, Values};
use ofx_sys as ofx;
use std::ffi::CStr;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Sees what plug-ins do. Called on the plug-in's threads, several at once.
pub trait Observer: Send + Sync + fmt::Debug {
    /// An action is about to be called.
    fn begins(&self, _call: &ActionCall) {}
    /// It has answered.
    fn ends(&self, _call: &ActionCall, _status: Status) {}
    /// A property was written, or was to be.
    fn writes(&self, _call: &ActionCall, _write: &PropertyWrite) {}
    /// A property could not be read.
    fn misreads(&self, _call: &ActionCall, _read: &PropertyRead) {}
    /// A clip or a parameter was defined, or was to be.
    fn defines(&self, _call: &ActionCall, _definition: &Definition) {}
}

/// A call of an action.
#[derive(Clone, Debug)]
pub struct ActionCall {
    /// Tells the calls of a process apart.
    pub number: u64,
    /// The plug-in's id, or the node's.
    pub plugin: String,
    /// OpenFX's name of the action.
    pub action: &'static CStr,
    /// The context, where there is one.
    pub context: Option<EffectContext>,
}

/// A property that was written, or was to be.
#[derive(Clone, Debug)]
pub struct PropertyWrite {
    /// Whose it is.
    pub object: Object,
    /// The name of the clip or parameter; empty for other objects.
    pub name: String,
    /// The property.
    pub property: String,
    /// The index written at; none where all values were written at once.
    pub index: Option<i32>,
    /// The values; none where the property was reset.
    pub values: Option<Values>,
    /// What the host answered.
    pub status: Status,
}

/// A property that could not be read.
#[derive(Clone, Debug)]
pub struct PropertyRead {
    /// Whose it is.
    pub object: Object,
    /// The property.
    pub property: String,
    /// The suite function.
    pub function: &'static str,
    /// What the host answered.
    pub status: Status,
}

/// A clip or a parameter that was defined, or was to be.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// The type of a parameter; none for a clip.
    pub kind: Option<String>,
    /// What the host answered.
    pub status: Status,
}

impl ActionCall {
    pub(crate) fn new(
        plugin: &str,
        action: &'static CStr,
        args: [Option<&PropertySet>; 2],
    ) -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let context = args.into_iter().flatten().find_map(|set| {
            let name = set.text(ofx::kOfxImageEffectPropContext);
            name.parse().ok()
        });
        Self {
            number: CALLS.fetch_add(1, Ordering::Relaxed),
            plugin: plugin.into(),
            action,
            context,
        }
    }

    /// The action's name without its prefix.
    pub fn short(&self) -> String {
        crate::call::short(self.action)
    }
}

/// Lets the observer of the call that this thread is in, if there is one, see something.
fn tell(say: impl FnOnce(&dyn Observer, &ActionCall)) {
    let Some(place) = context::current() else {
        return;
    };
    if let (Some(observer), Some(call)) = (
        &place.context.host.options.observer,
        &place.context.observed,
    ) {
        say(&**observer, call);
    }
}

/// Runs a write to a property, and shows it.
pub(crate) fn write<T: Scalar>(
    set: &PropertySet,
    property: &CStr,
    index: Option<i32>,
    values: &[T],
    work: impl FnOnce() -> Result<(), Status>,
) -> Result<(), Status> {
    let done = work();
    tell(|observer, call| {
        let values = Some(T::wrap(values.iter().cloned().collect()));
        observer.writes(call, &written(set, property, index, values, &done));
    });
    done
}

/// Runs a reset of a property, and shows it.
pub(crate) fn reset(set: &PropertySet, property: &CStr) -> Result<(), Status> {
    let done = set.reset(property);
    tell(|observer, call| observer.writes(call, &written(set, property, None, None, &done)));
    done
}

fn written(
    set: &PropertySet,
    property: &CStr,
    index: Option<i32>,
    values: Option<Values>,
    done: &Result<(), Status>,
) -> PropertyWrite {
    let name = match set.object {
        Object::ClipDescriptor
        | Object::ClipInstance
        | Object::ParamDescriptor(_)
        | Object::ParamInstance(_) => set.text(ofx::kOfxPropName),
        _ => String::new(),
    };
    PropertyWrite {
        object: set.object,
        name,
        property: property.to_string_lossy().into_owned(),
        index,
        values,
        status: done.err().unwrap_or(Status::OK),
    }
}

/// Shows a read that failed.
pub(crate) fn read(set: &PropertySet, property: &CStr, function: &'static str, status: Status) {
    tell(|observer, call| {
        let property = property.to_string_lossy().into_owned();
        let object = set.object;
        let read = PropertyRead {
            object,
            property,
            function,
            status,
        };
        observer.misreads(call, &read);
    });
}

/// Shows a definition of a clip or, with its type, of a parameter.
pub(crate) fn define<T>(
    name: &CStr,
    kind: Option<&CStr>,
    done: Result<Arc<T>, Status>,
) -> Result<Arc<T>, Status> {
    tell(|observer, call| {
        let text = |text: &CStr| text.to_string_lossy().into_owned();
        let definition = Definition {
            name: text(name),
            kind: kind.map(text),
            status: done.as_ref().err().copied().unwrap_or(Status::OK),
        };
        observer.defines(call, &definition);
    });
    done
}
