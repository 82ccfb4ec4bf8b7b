//! The report of a run.

use std::time::Duration;

use images::ranges;
use serde::Serialize;

use super::run::Done;
use crate::failure::Failure;
use crate::report::{Report, count, table};

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It was worked on, and here are its figures.
    Done,
    /// Its outputs were there.
    Skipped,
    /// It failed, and here is why.
    Failed,
    /// The run ended before it.
    NotReached,
}

/// A frame's part of the report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameReport<R> {
    /// Its number; none for a single image.
    pub frame: Option<i64>,
    /// What became of it.
    pub status: Status,
    /// The exit code that it would have alone.
    pub exit_code: u8,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the command found out, as it reports on a single image.
    #[serde(flatten)]
    pub report: Option<R>,
}

impl<R> FrameReport<R> {
    /// The report of a frame of which nothing is known but what became of it.
    pub fn new(frame: Option<i64>, status: Status) -> Self {
        FrameReport {
            frame,
            status,
            exit_code: 0,
            error: None,
            report: None,
        }
    }

    /// The report of a frame that was worked on.
    pub fn of(frame: Option<i64>, outcome: Result<Done<R>, Failure>) -> Self {
        match outcome {
            Ok(done) => FrameReport {
                exit_code: done.exit_code,
                report: Some(done.report),
                ..Self::new(frame, Status::Done)
            },
            Err(failure) => FrameReport {
                exit_code: failure.exit_code(),
                error: Some(failure.to_string()),
                ..Self::new(frame, Status::Failed)
            },
        }
    }
}

/// The report of a run over many frames.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport<R> {
    frames: Vec<FrameReport<R>>,
    done: u64,
    skipped: u64,
    failed: u64,
    not_reached: u64,
    seconds: f64,
    frames_per_second: f64,
    /// That of the process.
    exit_code: u8,
    /// Why the run ended before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    version: &'static str,
}

impl<R: Report> RunReport<R> {
    /// Counts the frames. `stopped` is a signal that came.
    pub fn new(frames: Vec<FrameReport<R>>, stopped: Option<&Failure>, elapsed: Duration) -> Self {
        let number = |status| frames.iter().filter(|frame| frame.status == status).count() as u64;
        let done = number(Status::Done);
        let seconds = elapsed.as_secs_f64();
        let highest = frames.iter().map(|frame| frame.exit_code).max();
        RunReport {
            done,
            skipped: number(Status::Skipped),
            failed: number(Status::Failed),
            not_reached: number(Status::NotReached),
            seconds,
            frames_per_second: done as f64 / seconds.max(1e-9),
            exit_code: stopped.map_or(highest.unwrap_or(0), Failure::exit_code),
            error: stopped.map(Failure::to_string),
            version: env!("CARGO_PKG_VERSION"),
            frames,
        }
    }

    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }

    fn numbers(&self, status: Status) -> String {
        let frames = self.frames.iter().filter(|frame| frame.status == status);
        ranges(&frames.filter_map(|frame| frame.frame).collect::<Vec<_>>())
    }
}

impl<R: Report> Report for RunReport<R> {
    fn text(&self) -> String {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for frame in &self.frames {
            let number = frame.frame.map_or("still".to_owned(), |n| n.to_string());
            let (status, told) = match (&frame.report, &frame.error) {
                (Some(report), _) => ("done", report.line()),
                (None, Some(error)) => ("failed", error.clone()),
                (None, None) if frame.status == Status::Skipped => ("skipped", String::new()),
                // Told below, all together.
                (None, None) => continue,
            };
            rows.push(vec![number, status.to_owned(), told]);
        }
        let mut summary = vec![vec![
            "done".to_owned(),
            format!(
                "{} in {:.1} s, {:.2} frames/s",
                count(self.done),
                self.seconds,
                self.frames_per_second
            ),
        ]];
        for (label, status, number) in [
            ("skipped", Status::Skipped, self.skipped),
            ("failed", Status::Failed, self.failed),
            ("not reached", Status::NotReached, self.not_reached),
        ] {
            if number > 0 {
                let frames = self.numbers(status);
                summary.push(vec![
                    label.to_owned(),
                    format!("{}: {frames}", count(number)),
                ]);
            }
        }
        format!("{}\n{}", table(&rows), table(&summary))
    }
}
