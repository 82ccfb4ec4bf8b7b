//! Whose code a thread runs: a plug-in's, or the host's.

use std::cell::Cell;
use std::sync::atomic::{Ordering, compiler_fence};

thread_local! {
    /// Without a destructor, so that an allocator may ask.
    static IN_PLUGIN: Cell<bool> = const { Cell::new(false) };
}

/// True while this thread runs the code of a plug-in: from a call of its main entry, or of a function that it gave to
/// the multi-thread suite, to the return, but not within the suite functions that it calls. Allocates and locks nothing,
/// so that an allocator may ask on whose account it is called, and a signal handler whom it has interrupted.
pub fn in_plugin() -> bool {
    IN_PLUGIN.get()
}

/// The thread runs a plug-in's code until the result is dropped.
pub(crate) fn plugin() -> Side {
    Side::enter(true)
}

/// The thread runs the host's code until the result is dropped.
pub(crate) fn host() -> Side {
    Side::enter(false)
}

/// Puts the thread back where it was.
pub(crate) struct Side(bool);

impl Side {
    fn enter(plugin: bool) -> Self {
        let side = Self(IN_PLUGIN.replace(plugin));
        // For a signal handler, nothing that follows may happen before.
        compiler_fence(Ordering::SeqCst);
        side
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        compiler_fence(Ordering::SeqCst);
        IN_PLUGIN.set(self.0);
    }
}
