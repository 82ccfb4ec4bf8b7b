//! What is said on stderr: warnings, progress, errors.

use std::cell::Cell;
use std::io::{self, Write};
use std::time::Instant;

use images::Rect;
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
        self.start("{bar:24} {pos}/{len} {msg} {elapsed}", steps);
    }

    /// The next step: `what` begins.
    ///
    /// # Errors
    ///
    /// [`Failure::Signal`] if it should not.
    pub fn step(&self, what: &str) -> Result<(), Failure> {
        self.signals.check()?;
        self.line(what);
        self.bar.set_message(what.to_owned());
        self.bar.inc(1);
        Ok(())
    }

    /// So many frames will come; with `openjd` their progress is said as Open Job Description reads it.
    pub fn frames(&self, frames: usize, openjd: bool) -> Frames<'_> {
        self.start(
            "{bar:24} {pos}/{len} frames, {msg} {elapsed}",
            frames as u64,
        );
        Frames {
            talk: self,
            openjd,
            frames,
            ended: 0,
            worked: 0,
            begin: Instant::now(),
        }
    }

    /// The steps of a single image.
    pub fn steps(&self) -> Steps<'_> {
        Steps {
            talk: self,
            frame: None,
        }
    }

    /// The steps of one frame of many.
    pub fn steps_of_frame(&self, frame: Option<i64>) -> Steps<'_> {
        Steps { talk: self, frame }
    }

    /// All steps are done: the bar goes away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// What was asked of the process meanwhile.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    fn start(&self, template: &str, length: u64) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_length(length);
        self.bar.set_position(0);
    }

    fn line(&self, text: &str) {
        if self.lines {
            // Nobody to tell if stderr is closed.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }
}

/// The steps of a frame: said where it is the only one.
pub struct Steps<'a> {
    talk: &'a Talk,
    frame: Option<i64>,
}

impl Steps<'_> {
    /// So many steps will come.
    pub fn begin(&self, steps: u64) {
        if self.frame.is_none() {
            self.talk.begin(steps);
        }
    }

    /// The next step: `what` begins.
    ///
    /// # Errors
    ///
    /// [`Failure::Signal`] if it should not.
    pub fn step(&self, what: &str) -> Result<(), Failure> {
        match self.frame {
            None => self.talk.step(what),
            Some(frame) => {
                self.talk.signals.check()?;
                tracing::info!("frame {frame}: {what}");
                Ok(())
            }
        }
    }
}

/// How far a walk through the strips of a frame is: each kind of step is said once.
pub struct Strips<'a> {
    steps: &'a Steps<'a>,
    window: Rect,
    last: Cell<&'static str>,
}

impl<'a> Strips<'a> {
    /// The strips of a window.
    pub fn new(steps: &'a Steps<'a>, window: Rect) -> Self {
        Strips {
            steps,
            window,
            last: Cell::new(""),
        }
    }

    /// The next strip: `what` is done with it.
    ///
    /// # Errors
    ///
    /// [`Failure::Signal`] if it should not.
    pub fn step(&self, what: &'static str, strip: Rect) -> Result<(), Failure> {
        if self.last.replace(what) != what {
            self.steps.step(what)?;
        }
        let talk = self.steps.talk;
        talk.signals.check()?;
        if self.steps.frame.is_none() {
            let rows = i64::from(strip.y0) - i64::from(self.window.y0);
            let part = 100 * rows / (self.window.height() as i64).max(1);
            talk.bar.set_message(format!("{what}, {part} %"));
        }
        Ok(())
    }
}

/// The progress of a run over many frames.
pub struct Frames<'a> {
    talk: &'a Talk,
    openjd: bool,
    frames: usize,
    ended: usize,
    /// Those that took time.
    worked: usize,
    begin: Instant,
}

impl Frames<'_> {
    /// A frame has ended; it took time if it was `worked` on, and perhaps failed.
    pub fn done(&mut self, frame: Option<i64>, worked: bool, error: Option<&str>) {
        self.ended += 1;
        self.worked += usize::from(worked);
        let frame = frame.map_or("the image".to_owned(), |frame| format!("frame {frame}"));
        if let Some(error) = error {
            tracing::error!("{frame}: {error}");
        }
        let pace = self.pace();
        if self.openjd {
            self.say_to_farm(&frame, &pace, error);
        }
        let what = match (worked, error) {
            (_, Some(_)) => "failed",
            (true, _) => "done",
            (false, _) => "skipped",
        };
        self.talk.line(&format!(
            "{frame} {what}, {} of {}, {pace}",
            self.ended, self.frames
        ));
        self.talk.bar.set_message(pace);
        self.talk.bar.inc(1);
    }

    /// The lines that a session of Open Job Description takes from an action's output.
    fn say_to_farm(&self, frame: &str, pace: &str, error: Option<&str>) {
        let mut lines = vec![
            format!(
                "openjd_progress: {:.1}",
                100.0 * self.ended as f64 / self.frames as f64
            ),
            format!("openjd_status: {} of {}, {pace}", self.ended, self.frames),
        ];
        if let Some(error) = error {
            let error = error.replace('\n', " ");
            lines.push(format!("openjd_fail: {frame}: {error}"));
        }
        for line in lines {
            // Nobody to tell if stderr is closed.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Frames a second, and the time that the others will take at this pace.
    fn pace(&self) -> String {
        let rate = self.worked as f64 / self.begin.elapsed().as_secs_f64().max(1e-9);
        let left = (self.frames - self.ended) as f64 / rate.max(1e-9);
        if self.worked == 0 {
            return "0 frames/s".to_owned();
        }
        format!("{rate:.2} frames/s, {} left", clock(left.ceil() as u64))
    }
}

/// Seconds as minutes and seconds, and hours where it takes that long.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
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

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn time_reads_as_on_a_clock() {
        assert_eq!(clock(7), "0:07");
        assert_eq!(clock(754), "12:34");
        assert_eq!(clock(3661), "1:01:01");
    }
}
