//! The parent of a child: what it is told, how long it waits, and what it makes of the end.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::{Said, WORD};
use crate::failure::Failure;
use crate::signals::Signals;

/// How often the parent looks at signals and at the time.
const TICK: Duration = Duration::from_millis(50);

/// How long a child may take to stop when a signal asked for it.
const GRACE: Duration = Duration::from_secs(5);

/// How long what a child said last may be on its way: somebody else may hold its stdout open.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How a child ended.
#[derive(Debug)]
pub enum End {
    /// With its work done, and this exit code.
    Code(u8),
    /// Not by its own will.
    Death(Death),
}

/// A child that did not end by its own will.
#[derive(Debug, Clone)]
pub struct Death {
    /// The plug-in, where one was at work.
    pub plugin: Option<String>,
    /// The action, where one was at work.
    pub action: Option<String>,
    /// What happened.
    pub how: String,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.plugin.iter().chain(&self.action) {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.how)
    }
}

/// Runs this program with these arguments as a child. `report` takes what it has to print; an
/// action may take it as long as `limit`.
///
/// # Errors
///
/// [`Failure::File`] where no process can be started, and what `report` fails with.
pub fn run(
    arguments: &[OsString],
    limit: Duration,
    signals: &Signals,
    report: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<End, Failure> {
    let program = std::env::current_exe().map_err(Failure::file(Path::new("deltaplate")))?;
    let mut command = Command::new(&program);
    command.arg(WORD).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Ctrl-C comes to the parent alone, which then asks the child to stop.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(Failure::file(&program))?;
    let lines = read(&mut child);
    let ward = Ward {
        stdin: child.stdin.take(),
        child,
        limit,
        running: BTreeMap::new(),
        last: None,
        unfinished: BTreeSet::new(),
        done: false,
        told: None,
        report,
    };
    ward.watch(&lines, signals)
}

/// What the child says, a line each. The thread ends with the child's stdout.
fn read(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                if sender
                    .send(String::from_utf8_lossy(&line).into_owned())
                    .is_err()
                {
                    break;
                }
            }
        });
    }
    receiver
}

/// Something that the child is at.
struct Running {
    plugin: String,
    action: String,
    since: Instant,
}

struct Ward<R> {
    child: Child,
    /// Held open: when it closes, the child ends.
    stdin: Option<ChildStdin>,
    limit: Duration,
    running: BTreeMap<u64, Running>,
    /// What ended last.
    last: Option<Running>,
    unfinished: BTreeSet<PathBuf>,
    done: bool,
    /// When the child was told to stop.
    told: Option<Instant>,
    report: R,
}

impl<R: FnMut(&str) -> Result<(), Failure>> Ward<R> {
    fn watch(mut self, lines: &Receiver<String>, signals: &Signals) -> Result<End, Failure> {
        let mut overdue = None;
        // Since when only one is left: the child, or its stdout.
        let mut half = None;
        let status = loop {
            let heard = lines.recv_timeout(TICK);
            if let Ok(line) = &heard {
                self.hear(line)?;
            } else {
                let closed = heard == Err(RecvTimeoutError::Disconnected);
                let ended = self.ended()?;
                if closed != ended.is_some() {
                    half.get_or_insert_with(Instant::now);
                }
                let left = half.map_or(Duration::ZERO, |since| since.elapsed());
                match ended {
                    Some(status) if closed || left > LAST_WORDS => break status,
                    None if left > self.limit => overdue = overdue.or(Some("did not end")),
                    _ => {}
                }
                if closed {
                    std::thread::sleep(TICK);
                }
            }
            self.pass_on(signals);
            let first = self.running.values().map(|running| running.since).min();
            if first.is_some_and(|since| since.elapsed() > self.limit) {
                overdue = Some("did not return");
            }
            if self.told.is_some_and(|told| told.elapsed() > GRACE) {
                // Whoever called says that a signal came.
                overdue = Some("did not stop");
            }
            if overdue.is_some() {
                // It may have ended meanwhile.
                let _ = self.child.kill();
            }
        };
        Ok(self.judge(status, overdue))
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child
            .try_wait()
            .map_err(Failure::file(Path::new("the child process")))
    }

    fn hear(&mut self, line: &str) -> Result<(), Failure> {
        match serde_json::from_str(line) {
            Ok(Said::Begins {
                number,
                plugin,
                action,
            }) => {
                let since = Instant::now();
                let running = Running {
                    plugin,
                    action,
                    since,
                };
                self.running.insert(number, running);
            }
            Ok(Said::Ends { number }) => {
                self.last = self.running.remove(&number).or(self.last.take());
            }
            Ok(Said::Report(text)) => (self.report)(&text)?,
            Ok(Said::Unfinished(file)) => {
                self.unfinished.insert(file);
            }
            Ok(Said::Finished(file)) => {
                self.unfinished.remove(&file);
            }
            Ok(Said::Done) => self.done = true,
            // Where stdout cannot be kept for the parent, plug-ins write there too.
            Err(_) => tracing::info!("a plug-in printed: {line}"),
        }
        Ok(())
    }

    /// Asks the child to stop when a signal asked the parent.
    fn pass_on(&mut self, signals: &Signals) {
        if let (None, Err(Failure::Signal(number)), Some(stdin)) =
            (self.told, signals.check(), &mut self.stdin)
        {
            self.told = Some(Instant::now());
            // A child that is gone needs not be told.
            let _ = writeln!(stdin, "{number}").and_then(|()| stdin.flush());
        }
    }

    fn judge(&mut self, status: ExitStatus, overdue: Option<&str>) -> End {
        if let (true, None, Some(code)) = (self.done, overdue, status.code())
            && let Ok(code) = u8::try_from(code)
        {
            return End::Code(code);
        }
        let what = match overdue {
            Some(what) => format!(
                "{what} within {} s, and was stopped; --time-limit gives it longer",
                self.limit.as_secs_f64()
            ),
            None => format!("ended the process: {}", ending(status)),
        };
        // Of actions within actions, the innermost began last.
        let running = std::mem::take(&mut self.running)
            .into_values()
            .max_by_key(|running| running.since);
        let (plugin, action, how) = match (running, self.last.take()) {
            (Some(running), _) => (Some(running.plugin), Some(running.action), what),
            (None, Some(last)) if !self.done => {
                let how = format!("{what}, after {}", last.action);
                (Some(last.plugin), None, how)
            }
            (None, last) => {
                let how = format!("{what}, when its work was done: as its libraries closed");
                (last.map(|last| last.plugin), None, how)
            }
        };
        End::Death(Death {
            plugin,
            action,
            how,
        })
    }
}

/// However this process goes on, the child is gone, and its unfinished files with it.
impl<R> Drop for Ward<R> {
    fn drop(&mut self) {
        // It has ended, unless its report could not be printed.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for file in &self.unfinished {
            // What cannot be removed stays, under its hidden name.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// An exit status in words.
fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(number) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = signal_hook::low_level::signal_name(number).unwrap_or("a signal");
        return format!("{name} (signal {number})");
    }
    match status.code() {
        Some(code) => format!("it exited with code {code}"),
        None => status.to_string(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A child that says this, and then does what a shell makes of `script`.
    fn watch(said: &[Said], script: &str, limit: f64) -> (End, Vec<String>) {
        let (sender, lines) = channel();
        for said in said {
            sender.send(serde_json::to_string(said).unwrap()).unwrap();
        }
        drop(sender);
        hear(&lines, script, limit)
    }

    /// A child of which this is heard.
    fn hear(lines: &Receiver<String>, script: &str, limit: f64) -> (End, Vec<String>) {
        let child = Command::new("sh").args(["-c", script]).spawn().unwrap();
        let mut reports = Vec::new();
        let ward = Ward {
            stdin: None,
            child,
            limit: Duration::from_secs_f64(limit),
            running: BTreeMap::new(),
            last: None,
            unfinished: BTreeSet::new(),
            done: false,
            told: None,
            report: |text: &str| {
                reports.push(text.to_owned());
                Ok(())
            },
        };
        let end = ward.watch(lines, &Signals::listen()).unwrap();
        (end, reports)
    }

    fn begins(number: u64, plugin: &str, action: &str) -> Said {
        Said::Begins {
            number,
            plugin: plugin.to_owned(),
            action: action.to_owned(),
        }
    }

    fn death(end: End) -> String {
        match end {
            End::Death(death) => death.to_string(),
            End::Code(code) => panic!("code {code}"),
        }
    }

    #[test]
    fn a_child_that_is_done_gives_its_code_and_report() {
        let said = [Said::Report("text".to_owned()), Said::Done];
        let (end, reports) = watch(&said, "exit 4", 5.0);
        assert!(matches!(end, End::Code(4)), "{end:?}");
        assert_eq!(reports, ["text"]);
    }

    #[test]
    fn what_a_child_said_last_is_waited_for_but_not_for_ever() {
        let (sender, lines) = channel();
        let late = std::thread::spawn(move || {
            std::thread::sleep(8 * TICK);
            let done = serde_json::to_string(&Said::Done).unwrap();
            sender.send(done).unwrap();
            // Held open, as a process that the child started does.
            sender
        });
        let (end, _) = hear(&lines, "exit 0", 60.0);
        assert!(matches!(end, End::Code(0)), "{end:?}");
        drop(late.join());
    }

    #[test]
    fn the_innermost_action_is_named_and_what_ended_is_not() {
        let said = [
            begins(1, "x", "Load"),
            Said::Ends { number: 1 },
            begins(2, "outer", "Render"),
            begins(3, "inner", "Render"),
        ];
        let (end, _) = watch(&said, "kill -ABRT $$", 5.0);
        assert_eq!(
            death(end),
            "inner: Render: ended the process: SIGABRT (signal 6)"
        );
        let (end, _) = watch(&said[..2], "exit 0", 5.0);
        assert_eq!(
            death(end),
            "x: ended the process: it exited with code 0, after Load"
        );
    }

    #[test]
    fn an_end_after_the_work_is_no_success() {
        let said = [Said::Done];
        let (end, _) = watch(&said, "kill -SEGV $$", 5.0);
        let text = death(end);
        assert!(
            text.contains("SIGSEGV") && text.contains("as its libraries closed"),
            "{text}"
        );
    }

    #[test]
    fn who_does_not_return_is_stopped_and_so_is_who_does_not_end() {
        let (end, _) = watch(&[begins(1, "x", "Render")], "sleep 60", 0.2);
        assert!(death(end).starts_with("x: Render: did not return within 0.2 s"));
        let (end, _) = watch(&[Said::Done], "sleep 60", 0.2);
        assert!(death(end).starts_with("did not end within 0.2 s"));
    }

    #[test]
    fn unfinished_files_are_removed_and_finished_ones_stay() {
        let home = tempfile::tempdir().unwrap();
        let [part, whole] = ["part", "whole"].map(|name| home.path().join(name));
        for file in [&part, &whole] {
            std::fs::write(file, "pixels").unwrap();
        }
        let said = [
            Said::Unfinished(part.clone()),
            Said::Unfinished(whole.clone()),
            Said::Finished(whole.clone()),
        ];
        watch(&said, "kill -KILL $$", 5.0);
        assert_eq!((part.exists(), whole.exists()), (false, true));
    }
}
