//! The run through the frames.
//!
//! A fixed number of threads takes the frames in their order. Each reads, renders and writes one
//! frame after the other, so that reading, rendering and writing of different frames overlap, and
//! what is in memory is bounded by the number of threads, however long the sequence is. Within a
//! frame the codecs and the nodes work on all cores.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use super::plan::{Plan, Task};
use super::report::{FrameReport, RunReport, Status};
use crate::failure::Failure;
use crate::report::{Report, print};
use crate::talk::{Steps, Talk};

/// What a frame came to.
#[derive(Debug)]
pub struct Done<R> {
    /// What was found out.
    pub report: R,
    /// 1 where that is bad news, else 0.
    pub exit_code: u8,
}

impl<R> Done<R> {
    /// All is well.
    pub fn well(report: R) -> Self {
        Done {
            report,
            exit_code: 0,
        }
    }
}

/// Does `work` with a single image, and prints its report; or with every frame of a sequence, and
/// prints the report of the run. Gives the exit code.
///
/// # Errors
///
/// [`Failure`] where a single image fails, or the report cannot be printed. A frame that fails is
/// in the report of its run.
pub fn run<R: Report + Send, T: Task>(
    plan: &Plan<T>,
    talk: &Talk,
    json: bool,
    work: impl Fn(&T, &Steps) -> Result<Done<R>, Failure> + Sync,
) -> Result<ExitCode, Failure> {
    if let ([job], false) = (plan.jobs.as_slice(), plan.is_sequence)
        && !plan.skips(job)
    {
        let done = work(job, &talk.steps())?;
        talk.end();
        print(&done.report, json)?;
        return Ok(ExitCode::from(done.exit_code));
    }
    let begin = Instant::now();
    let frames = work_through(plan, talk, &work);
    talk.end();
    let stopped = talk.signals().check().err();
    let report = RunReport::new(frames, stopped.as_ref(), begin.elapsed());
    print(&report, json)?;
    Ok(ExitCode::from(report.exit_code()))
}

/// What the threads share.
struct Shared<'a, T> {
    jobs: &'a [T],
    /// The next frame to be taken.
    next: AtomicUsize,
    /// No frame is begun any more.
    stop: AtomicBool,
    keep_going: bool,
    talk: &'a Talk,
}

/// Works on the frames, several at once; gives the report of each, in their order.
fn work_through<R: Send, T: Task>(
    plan: &Plan<T>,
    talk: &Talk,
    work: &(impl Fn(&T, &Steps) -> Result<Done<R>, Failure> + Sync),
) -> Vec<FrameReport<R>> {
    let jobs = plan.jobs.iter();
    let mut reports: Vec<FrameReport<R>> = jobs
        .map(|job| FrameReport::new(job.frame(), Status::NotReached))
        .collect();
    let mut progress = talk.frames(plan.jobs.len(), plan.openjd);
    let shared = Shared {
        jobs: &plan.jobs,
        next: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
        keep_going: plan.keep_going,
        talk,
    };
    let (send, receive) = channel();
    let frame = |job: &T| match plan.skips(job) {
        true => FrameReport::new(job.frame(), Status::Skipped),
        false => FrameReport::of(job.frame(), work(job, &talk.steps_of_frame(job.frame()))),
    };
    thread::scope(|scope| {
        for _ in 0..plan.at_once.min(plan.jobs.len()) {
            let send = send.clone();
            scope.spawn(|| shared.work(send, frame));
        }
        drop(send);
        for (index, report) in receive {
            let failed = report.status == Status::Failed;
            // What a signal broke off has not failed.
            if failed && talk.signals().check().is_err() {
                continue;
            }
            progress.done(
                report.frame,
                report.status != Status::Skipped,
                report.error.as_deref(),
            );
            reports[index] = report;
        }
    });
    reports
}

impl<T: Task> Shared<'_, T> {
    /// Takes frames until there is none, or no more shall be begun.
    fn work<R>(&self, send: Sender<(usize, FrameReport<R>)>, frame: impl Fn(&T) -> FrameReport<R>) {
        while !self.stop.load(Ordering::Relaxed) && self.talk.signals().check().is_ok() {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = self.jobs.get(index) else {
                return;
            };
            let report = frame(job);
            if report.status == Status::Failed && !self.keep_going {
                self.stop.store(true, Ordering::Relaxed);
            }
            if send.send((index, report)).is_err() {
                return;
            }
        }
    }
}
