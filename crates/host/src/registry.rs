//! Handles: numbers that a plug-in holds for objects of the host.
//!
//! A handle is never an address, and no number is given out twice. So a stale, foreign or mistyped handle finds
//! nothing, whatever a plug-in does with it. (Hosts whose handles are addresses do give numbers out again, also to
//! objects of another kind; a thread can be asked to be like them.)

use crate::clip::Clip;
use crate::effect::Effect;
use crate::memory::ImageMemory;
use crate::mutex::Mutex as OfxMutex;
use crate::param::{Param, ParamSet};
use crate::props::PropertySet;
use crate::status::Status;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// An object with a handle. The registry does not keep it alive.
pub(crate) enum Object {
    Props(Weak<PropertySet>),
    Effect(Weak<Effect>),
    ParamSet(Weak<ParamSet>),
    Param(Weak<Param>),
    Clip(Weak<Clip>),
    Mutex(Weak<OfxMutex>),
    Memory(Weak<ImageMemory>),
}

/// A kind of object that has handles.
pub(crate) trait Handled: Sized {
    fn wrap(object: Weak<Self>) -> Object;
    fn unwrap(object: &Object) -> Option<&Weak<Self>>;
}

macro_rules! handled {
    ($($variant:ident $type:ty),*) => {$(
        impl Handled for $type {
            fn wrap(object: Weak<Self>) -> Object {
                Object::$variant(object)
            }
            fn unwrap(object: &Object) -> Option<&Weak<Self>> {
                match object {
                    Object::$variant(object) => Some(object),
                    _ => None,
                }
            }
        }
    )*};
}

handled!(
    Props PropertySet, Effect Effect, ParamSet ParamSet, Param Param, Clip Clip, Mutex OfxMutex, Memory ImageMemory
);

static OBJECTS: RwLock<FxHashMap<usize, Object>> =
    RwLock::new(FxHashMap::with_hasher(FxBuildHasher));

/// A handle, owned by its object: it ends with it.
#[derive(Debug)]
pub(crate) struct Id(usize);

impl Id {
    fn next() -> Self {
        // Spaced like addresses of objects, in case a plug-in looks at the low bits.
        static NEXT: AtomicUsize = AtomicUsize::new(0x1000);
        let old = FREE.with_borrow_mut(|free| free.as_mut().and_then(Vec::pop));
        if let Some(old) = old {
            return Self(old);
        }
        Self(NEXT.fetch_add(64, Ordering::Relaxed))
    }

    pub(crate) fn raw(&self) -> usize {
        self.0
    }
}

impl Drop for Id {
    fn drop(&mut self) {
        OBJECTS
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.0);
        // A thread that is ending has no list any more, and gives out nothing.
        let _ = FREE.try_with(|free| {
            if let Some(free) = free.borrow_mut().as_mut() {
                free.push(self.0);
            }
        });
    }
}

thread_local! {
    /// The numbers to give out again; none where the thread is not to.
    static FREE: RefCell<Option<Vec<usize>>> = const { RefCell::new(None) };
}

/// Gives the numbers of objects that end on this thread out again on this thread, the last first, from now on.
pub fn reuse_handles() {
    FREE.with_borrow_mut(|free| {
        free.get_or_insert_default();
    });
}

/// Makes an object with a handle.
pub(crate) fn register<T: Handled>(make: impl FnOnce(Id) -> T) -> Arc<T> {
    let id = Id::next();
    let raw = id.raw();
    let object = Arc::new(make(id));
    let entry = T::wrap(Arc::downgrade(&object));
    OBJECTS
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(raw, entry);
    object
}

/// The object of a handle.
pub(crate) fn find<T: Handled>(raw: usize) -> Result<Arc<T>, Status> {
    let objects = OBJECTS.read().unwrap_or_else(PoisonError::into_inner);
    let found = objects
        .get(&raw)
        .and_then(T::unwrap)
        .and_then(Weak::upgrade);
    // An upgraded object may be the last reference, whose drop writes to the registry.
    drop(objects);
    found.ok_or(Status::ERR_BAD_HANDLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_end_with_their_objects_and_have_one_kind() {
        let set = crate::schema::Schema::default().build();
        let raw = set.id().raw();
        assert!(find::<PropertySet>(raw).is_ok());
        assert_eq!(find::<OfxMutex>(raw).err(), Some(Status::ERR_BAD_HANDLE));
        drop(set);
        assert_eq!(find::<PropertySet>(raw).err(), Some(Status::ERR_BAD_HANDLE));
        assert_eq!(find::<PropertySet>(0).err(), Some(Status::ERR_BAD_HANDLE));
    }

    #[test]
    fn a_thread_that_is_asked_to_gives_numbers_out_again() {
        std::thread::spawn(|| {
            let number = |set: Arc<PropertySet>| set.id().raw();
            let make = || crate::schema::Schema::default().build();
            assert_ne!(number(make()), number(make()));
            reuse_handles();
            let old = number(make());
            let other = register(|id| OfxMutex::new(id, 0));
            assert!(find::<OfxMutex>(old).is_ok_and(|found| Arc::ptr_eq(&found, &other)));
            assert!(find::<PropertySet>(old).is_err());
        })
        .join()
        .unwrap();
    }
}
