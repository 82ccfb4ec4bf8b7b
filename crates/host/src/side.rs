//! Whose code a thread runs: a plug-in's, or the host's.

use std::cell::Cell;

thread_local! {
    /// Without a destructor, so that an allocator may ask.
    static IN_PLUGIN: Cell<bool> = const { Cell::new(false) };
}

/// True while this thread runs the code of a plug-in: from a call of its main entry, or of a function that it gave to
/// the multi-thread suite, to the return, but not within the suite functions that it calls. Allocates nothing, so that
/// an allocator may ask on whose account it is called.
pub fn in_plugin() -> bool {
    IN_PLUGIN.get()
}

/// The thread runs a plug-in's code until the result is dropped.
pub(crate) fn plugin() -> Side {
    Side(IN_PLUGIN.replace(true))
}

/// The thread runs the host's code until the result is dropped.
pub(crate) fn host() -> Side {
    Side(IN_PLUGIN.replace(false))
}

/// Puts the thread back where it was.
pub(crate) struct Side(bool);

impl Drop for Side {
    fn drop(&mut self) {
        IN_PLUGIN.set(self.0);
    }
}
