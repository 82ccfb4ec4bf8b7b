//! The host's workers as a team of the kernels.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::kernels::team::Team;
use crate::ofx::status::{Result, Status};
use crate::ofx::threads::Workers;

/// Workers that do a kernel's jobs.
pub struct WorkersTeam<'a> {
    workers: &'a dyn Workers,
    count: usize,
    failed: AtomicBool,
}

impl<'a> WorkersTeam<'a> {
    /// All of them where the work is `worth` it; else this thread, since waking another costs more.
    pub fn new(workers: &'a dyn Workers, worth: bool) -> Self {
        let count = if worth { workers.count() } else { 1 };
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
        // The kernel goes on with what there is; nothing of it gets out.
        if self.workers.run(self.count, &|_| job()).is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
    }
}
