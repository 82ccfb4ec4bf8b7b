//! Bundles of others run in a process of their own: one that aborts, faults, exits or hangs takes
//! that process with it, and not this one.
//!
//! The parent starts this program once more, with [`WORD`] before the arguments ([`parent`]). The
//! child does what the arguments say, and tells the parent a line of JSON each ([`Said`]): which
//! action of which plug-in begins and ends, what there is to print, which files are unfinished, and
//! that it is done. What plug-ins print on stdout goes to stderr. The child stops when its stdin
//! says so, and ends when its stdin does: the parent is gone.

pub mod parent;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use host::{ActionCall, Observer, Status};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::signals::Signals;

/// The first argument of a child.
const WORD: &str = "in-child";

/// What a child tells its parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Said {
    /// Something begins that a plug-in may not survive.
    Begins {
        /// Tells it from others that go on at the same time.
        number: u64,
        /// The plug-in or the library.
        plugin: String,
        /// The action, or what else is done with it.
        action: String,
    },
    /// It has ended.
    Ends {
        /// Its number.
        number: u64,
    },
    /// What is to be printed.
    Report(String),
    /// A file was begun that is to be removed unless it is finished.
    Unfinished(PathBuf),
    /// It is finished, or gone.
    Finished(PathBuf),
    /// All is done; the exit code follows.
    Done,
}

/// The way to the parent, in a child.
static CHANNEL: OnceLock<Mutex<File>> = OnceLock::new();

/// Takes the program's arguments; in a child, the way to its parent is opened.
pub fn arguments() -> impl Iterator<Item = OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|word| word == WORD) {
        arguments.remove(1);
        if let Ok(channel) = take_stdout() {
            // Nobody else opens it.
            let _ = CHANNEL.set(Mutex::new(channel));
        }
        images::watch_unfinished(|file, begun| {
            let file = file.to_path_buf();
            tell(&if begun {
                Said::Unfinished(file)
            } else {
                Said::Finished(file)
            });
        });
    }
    arguments.into_iter()
}

/// Keeps stdout for the parent; whoever else writes there writes to stderr.
#[cfg(unix)]
fn take_stdout() -> io::Result<File> {
    use std::os::fd::AsFd;
    let channel = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(channel.into())
}

/// Keeps stdout for the parent. What plug-ins print there too is passed over by the parent.
#[cfg(not(unix))]
fn take_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    let channel = io::stdout().as_handle().try_clone_to_owned()?;
    Ok(channel.into())
}

/// True in a child.
pub fn inside() -> bool {
    CHANNEL.get().is_some()
}

/// Whether a command that uses these bundles is to be done in a child.
pub fn is_due(bundles: &[PathBuf]) -> bool {
    !bundles.is_empty() && !inside()
}

/// Tells the parent, if there is one. A parent that is gone is noticed elsewhere.
fn tell(said: &Said) {
    let Some(channel) = CHANNEL.get() else {
        return;
    };
    if let Ok(line) = serde_json::to_string(said) {
        let mut channel = channel.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = channel.write_all(format!("{line}\n").as_bytes());
    }
}

/// Prints a report: on stdout or, in a child, by way of the parent.
///
/// # Errors
///
/// [`Failure::Print`] where stdout takes nothing. A reader that has gone away is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    if inside() {
        tell(&Said::Report(text.to_owned()));
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Print(error)),
        _ => Ok(()),
    }
}

/// Tells the parent that nothing more will come.
pub fn done() {
    tell(&Said::Done);
}

/// Lets the parent stop this child, by a line with a signal's number; without a parent it ends.
pub fn obey(signals: &Signals) {
    if !inside() {
        return;
    }
    let raise = signals.raiser();
    let listen = move || {
        for line in io::stdin().lock().lines() {
            match line.ok().and_then(|number| number.parse().ok()) {
                Some(number) => raise(number),
                None => break,
            }
        }
        images::discard_unfinished();
        // At once: what plug-ins do as a process exits might hang it.
        signal_hook::low_level::exit(3);
    };
    let thread = std::thread::Builder::new().name("parent".to_owned());
    // Without the thread the child is only stopped by its parent's time limit.
    let _ = thread.spawn(listen);
}

/// Who tells the parent of actions, in a child.
pub fn observer() -> Option<Arc<dyn Observer>> {
    inside().then(|| Arc::new(Teller) as Arc<dyn Observer>)
}

#[derive(Debug)]
struct Teller;

impl Observer for Teller {
    fn begins(&self, call: &ActionCall) {
        tell(&Said::Begins {
            number: call.number,
            plugin: call.plugin.clone(),
            action: call.short(),
        });
    }

    fn ends(&self, call: &ActionCall, _: Status) {
        tell(&Said::Ends {
            number: call.number,
        });
    }
}

/// Tells the parent what is done with a library, until the result is dropped.
pub fn opening(library: &Path) -> impl Drop {
    struct Opening(u64);
    impl Drop for Opening {
        fn drop(&mut self) {
            tell(&Said::Ends { number: self.0 });
        }
    }
    // Actions are counted up from 0.
    static NUMBERS: AtomicU64 = AtomicU64::new(u64::MAX);
    let number = NUMBERS.fetch_sub(1, Ordering::Relaxed);
    tell(&Said::Begins {
        number,
        plugin: library.display().to_string(),
        action: "opening the library".to_owned(),
    });
    Opening(number)
}
