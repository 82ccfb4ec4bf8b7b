//! The workers of a render as the estimator's team.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::kernels::estimate::{Size, Team};
use crate::ofx::status::{Result, Status};
use crate::ofx::threads::Workers;

/// Pictures of fewer pixels are worked on by the calling thread: waking a thread costs more.
const THREADED_PIXELS: usize = 128 * 128;

/// Workers that do the estimator's jobs.
pub struct WorkersTeam<'a> {
    workers: &'a dyn Workers,
    count: usize,
    failed: AtomicBool,
}

impl<'a> WorkersTeam<'a> {
    /// As many as a picture of this size is worth.
    pub fn new(workers: &'a dyn Workers, size: Size) -> Self {
        let count = match size.pixels() < THREADED_PIXELS {
            true => 1,
            false => workers.count(),
        };
        Self {
            workers,
            count,
            failed: AtomicBool::new(false),
        }
    }

    /// Fails if a job did.
    pub fn check(&self) -> Result<()> {
        match self.failed.load(Ordering::Relaxed) {
            true => Err(Status::FAILED),
            false => Ok(()),
        }
    }
}

impl Team for WorkersTeam<'_> {
    fn count(&self) -> usize {
        self.count
    }

    fn run(&self, job: &(dyn Fn() + Sync)) {
        // The estimator goes on with what there is; nothing of it gets out.
        if self.workers.run(self.count, &|_| job()).is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
    }
}
