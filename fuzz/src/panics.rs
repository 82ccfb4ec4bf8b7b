//! Panics of our own code are defects, also where they are caught before they do harm. Those of the
//! libraries that decode are caught by design.

use std::panic::{self, Location, PanicHookInfo};
use std::sync::{Mutex, Once, PoisonError};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn is_own(location: Option<&Location<'_>>) -> bool {
    let foreign = ["/registry/", "/rustc/", "/git/checkouts/"];
    location.is_none_or(|at| !foreign.iter().any(|folder| at.file().contains(folder)))
}

/// For a fuzzer: our own panic ends the process, so that the input is kept.
pub fn abort_on_own() {
    set(|panic| {
        eprintln!("{panic}");
        std::process::abort();
    });
}

/// For a test: our own panics are noted.
pub fn note_own() {
    set(|panic| {
        eprintln!("{panic}");
        SEEN.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(panic.to_string());
    });
}

/// What was noted since the last time.
pub fn take() -> Vec<String> {
    std::mem::take(&mut SEEN.lock().unwrap_or_else(PoisonError::into_inner))
}

fn set(on_own: fn(&PanicHookInfo<'_>)) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        panic::set_hook(Box::new(move |panic| {
            if is_own(panic.location()) {
                on_own(panic);
            }
        }));
    });
}
