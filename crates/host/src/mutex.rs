//! The mutexes of the multi-thread suite: counting, locked again at will by the thread that holds them.

use crate::registry::{Id, register};
use crate::status::Status;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, LazyLock, Mutex as StdMutex, PoisonError};
use std::thread::{self, ThreadId};

/// All mutexes by handle.
static MUTEXES: LazyLock<StdMutex<HashMap<usize, Arc<Mutex>>>> = LazyLock::new(StdMutex::default);

pub(crate) struct Mutex {
    id: Id,
    state: StdMutex<(Option<ThreadId>, u32)>,
    freed: Condvar,
}

impl Mutex {
    /// A mutex that this thread has locked `locks` times already.
    pub(crate) fn new(id: Id, locks: u32) -> Self {
        let owner = (locks > 0).then(|| thread::current().id());
        Self {
            id,
            state: StdMutex::new((owner, locks)),
            freed: Condvar::new(),
        }
    }

    /// The handle of a new one.
    pub(crate) fn create(locks: u32) -> usize {
        let mutex = register(|id| Self::new(id, locks));
        let raw = mutex.id.raw();
        MUTEXES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(raw, mutex);
        raw
    }

    pub(crate) fn destroy(raw: usize) -> Result<(), Status> {
        let mutex = MUTEXES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&raw);
        mutex.map(drop).ok_or(Status::ERR_BAD_HANDLE)
    }

    pub(crate) fn lock(&self) {
        let me = thread::current().id();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .freed
            .wait_while(state, |(owner, _)| owner.is_some_and(|o| o != me))
            .unwrap_or_else(PoisonError::into_inner);
        *state = (Some(me), state.1.saturating_add(1));
    }

    pub(crate) fn try_lock(&self) -> bool {
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let free = state.0.is_none_or(|owner| owner == me);
        if free {
            *state = (Some(me), state.1.saturating_add(1));
        }
        free
    }

    /// Fails on a thread that does not hold it.
    pub(crate) fn unlock(&self) -> Result<(), Status> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.0 != Some(thread::current().id()) {
            return Err(Status::FAILED);
        }
        state.1 -= 1;
        if state.1 == 0 {
            state.0 = None;
            self.freed.notify_one();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_excludes() {
        let mutex = register(|id| Mutex::new(id, 1));
        mutex.lock();
        assert!(mutex.try_lock());
        thread::scope(|s| {
            s.spawn(|| {
                assert!(!mutex.try_lock());
                assert_eq!(mutex.unlock(), Err(Status::FAILED));
            });
        });
        for _ in 0..3 {
            mutex.unlock().unwrap();
        }
        assert_eq!(mutex.unlock(), Err(Status::FAILED));
        thread::scope(|s| {
            s.spawn(|| {
                mutex.lock();
                mutex.unlock().unwrap();
            });
        });
    }
}
