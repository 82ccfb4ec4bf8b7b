//! What is said on stderr: warnings, progress, errors.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use crate::args::Common;
use crate::failure::Failure;
use crate::signals::Signals;

/// Says what is going on, and stops between two steps when a signal asked for it.
pub struct Talk {
    bar: ProgressBar,
    lines: bool,
    signals: Signals,
}

impl Talk {
    /// Starts the talk: warnings of the host and the plug-ins come with it.
    pub fn new(common: &Common, signals: Signals) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if common.quiet {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let level = match (common.quiet, common.verbose) {
            (true, _) => Level::ERROR,
            (false, 0) => Level::WARN,
            (false, 1) => Level::INFO,
            (false, 2) => Level::DEBUG,
            (false, _) => Level::TRACE,
        };
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(common.verbose > 1)
            .without_time()
            .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .with_writer(Around(bar.clone()))
            .init();
        Talk {
            lines: !common.quiet && bar.is_hidden(),
            bar,
            signals,
        }
    }

    /// So many steps will come.
    pub fn begin(&self, steps: u64) {
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg} {elapsed}");
        if let Ok(style) = style {
            self.bar.set_style(style);
        }
        self.bar.set_length(steps);
        self.bar.set_position(0);
    }

    /// The next step: `what` begins.
    ///
    /// # Errors
    ///
    /// [`Failure::Signal`] if it should not.
    pub fn step(&self, what: &str) -> Result<(), Failure> {
        self.signals.check()?;
        if self.lines {
            // Nobody to tell if stderr is closed.
            let _ = writeln!(io::stderr(), "{what}");
        }
        self.bar.set_message(what.to_owned());
        self.bar.inc(1);
        Ok(())
    }

    /// All steps are done: the bar goes away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// What was asked of the process meanwhile.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }
}

/// Writes to stderr with the bar out of the way.
#[derive(Clone)]
struct Around(ProgressBar);

impl Write for Around {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for Around {
    type Writer = Around;

    fn make_writer(&'a self) -> Around {
        self.clone()
    }
}
