//! Ctrl-C and SIGTERM.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::Failure;

/// Which signal has come.
pub struct Signals {
    number: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Signals {
    /// Takes both signals from now on. The first asks to stop, the second stops at once.
    pub fn listen() -> Self {
        let signals = Signals {
            number: Arc::default(),
            stop: Arc::default(),
        };
        for signal in [SIGINT, SIGTERM] {
            // A signal that the system does not lend keeps its default: it ends the process.
            let _ = signals.register(signal);
        }
        signals
    }

    fn register(&self, signal: i32) -> io::Result<()> {
        // In this order, so that the first signal does not yet see its own flag.
        flag::register_conditional_shutdown(signal, 128 + signal, self.stop.clone())?;
        flag::register_usize(signal, self.number.clone(), signal as usize)?;
        flag::register(signal, self.stop.clone())?;
        Ok(())
    }

    /// Becomes true when a signal comes.
    pub fn stop(&self) -> Arc<AtomicBool> {
        self.stop.clone()
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
