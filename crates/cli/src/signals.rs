//! Ctrl-C and SIGTERM.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::failure::Failure;

/// Which signal has come.
pub struct Signals {
    number: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Signals {
    /// Takes both signals from now on. The first asks to stop: the files that are being written are
    /// finished or taken back. The second takes them back and stops at once.
    pub fn listen() -> Self {
        let signals = Signals {
            number: Arc::default(),
            stop: Arc::default(),
        };
        let watched = watch().is_ok();
        for signal in [SIGINT, SIGTERM] {
            // A signal that the system does not lend keeps its default: it ends the process.
            let _ = signals.register(signal, watched);
        }
        signals
    }

    fn register(&self, signal: i32, watched: bool) -> io::Result<()> {
        if !watched {
            // Before the flag is set, so that the first signal does not yet see it.
            flag::register_conditional_shutdown(signal, 128 + signal, self.stop.clone())?;
        }
        flag::register_usize(signal, self.number.clone(), signal as usize)?;
        flag::register(signal, self.stop.clone())?;
        Ok(())
    }

    /// Becomes true when a signal comes.
    pub fn stop(&self) -> Arc<AtomicBool> {
        self.stop.clone()
    }

    /// What acts as if a signal had come.
    pub fn raiser(&self) -> impl Fn(usize) + Send + use<> {
        let (number, stop) = (self.number.clone(), self.stop.clone());
        move |signal| {
            number.store(signal, Ordering::SeqCst);
            stop.store(true, Ordering::SeqCst);
        }
    }

    /// # Errors
    ///
    /// [`Failure::Signal`] once one has come.
    pub fn check(&self) -> Result<(), Failure> {
        if self.stop.load(Ordering::SeqCst) {
            let number = self.number.load(Ordering::SeqCst);
            return Err(Failure::Signal(i32::try_from(number).unwrap_or(SIGINT)));
        }
        Ok(())
    }
}

/// Starts a thread that waits for the second signal: files cannot be removed in a signal's handler.
#[cfg(unix)]
fn watch() -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    let wait = move || {
        if let Some(signal) = signals.forever().nth(1) {
            images::discard_unfinished();
            low_level::exit(128 + signal);
        }
    };
    let watcher = std::thread::Builder::new().name("signals".to_owned());
    watcher.spawn(wait).map(drop)
}

#[cfg(not(unix))]
fn watch() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
