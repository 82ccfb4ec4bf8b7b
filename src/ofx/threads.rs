//! Threads for a render: the host's, or our own where a host has none.

use core::ffi::{c_uint, c_void};
use core::sync::atomic::{AtomicBool, Ordering};

use ofx_sys::{OfxImageEffectHandle, OfxMultiThreadSuiteV1};

use super::guard::contained;
use super::props::call;
use super::status::{Result, Status};
use super::suites::Suites;

/// Something that runs a job on several threads and knows when the user has lost interest.
pub trait Workers: Sync {
    /// How many workers a job may be given.
    fn count(&self) -> usize;
    /// Whether the host wants the render to end. Only for worker 0.
    fn aborted(&self) -> bool;
    /// Runs `job` with worker numbers below `count`, worker 0 at least, and returns when all have
    /// ended. A job must be complete after any one of the workers has run to its end.
    fn run(&self, count: usize, job: &(dyn Fn(usize) + Sync)) -> Result<()>;
}

/// The workers of a render action.
pub struct HostWorkers<'a> {
    suites: &'a Suites,
    effect: EffectHandle,
}

struct EffectHandle(OfxImageEffectHandle);

// SAFETY: the handle is an address that only the host's functions look behind, and `aborted` is
// called on the host's own threads.
unsafe impl Sync for EffectHandle {}

impl<'a> HostWorkers<'a> {
    /// For the instance that is being rendered.
    pub fn new(suites: &'a Suites, effect: OfxImageEffectHandle) -> Self {
        Self {
            suites,
            effect: EffectHandle(effect),
        }
    }
}

impl Workers for HostWorkers<'_> {
    fn count(&self) -> usize {
        match self.suites.threads {
            Some(suite) => host_cpus(suite).unwrap_or(1),
            None => rayon::current_num_threads(),
        }
    }

    fn aborted(&self) -> bool {
        let Some(abort) = self.suites.effect.abort else {
            return false;
        };
        // SAFETY: an effect handle of this host, on a thread of this host.
        unsafe { abort(self.effect.0) != 0 }
    }

    fn run(&self, count: usize, job: &(dyn Fn(usize) + Sync)) -> Result<()> {
        let task = Task {
            job,
            panicked: AtomicBool::new(false),
        };
        if count > 1 {
            match self.suites.threads {
                Some(suite) => spread(suite, count, &task),
                None => spawn(count, &task),
            }
        }
        // Here for a job of one worker, and once more after the others: a nested, refused or
        // half-done multiThread leaves work over, which is then done on this thread. When nothing
        // is left this costs one look at the counter.
        task.work(0);
        if task.panicked.load(Ordering::Relaxed) {
            return Err(Status::FAILED);
        }
        Ok(())
    }
}

fn host_cpus(suite: &OfxMultiThreadSuiteV1) -> Result<usize> {
    let mut count: c_uint = 1;
    call!(suite, multiThreadNumCPUs(&mut count))?;
    Ok(count.max(1) as usize)
}

struct Task<'a> {
    job: &'a (dyn Fn(usize) + Sync),
    panicked: AtomicBool,
}

impl Task<'_> {
    fn work(&self, worker: usize) {
        if contained(|| (self.job)(worker)).is_err() {
            self.panicked.store(true, Ordering::Relaxed);
        }
    }
}

fn spread(suite: &OfxMultiThreadSuiteV1, count: usize, task: &Task<'_>) {
    unsafe extern "C" fn enter(index: c_uint, _count: c_uint, task: *mut c_void) {
        // SAFETY: `multiThread` passes on the pointer it was given, and returns only when all of
        // its calls have; the task outlives it.
        if let Some(task) = unsafe { task.cast_const().cast::<Task<'_>>().as_ref() } {
            task.work(index as usize);
        }
    }
    let Some(multi_thread) = suite.multiThread else {
        return;
    };
    let argument = core::ptr::from_ref(task).cast_mut().cast::<c_void>();
    // SAFETY: see `enter`; the task is Sync and only read. A bad status needs no answer: the
    // caller does what is left.
    let _ = unsafe { multi_thread(Some(enter), count as c_uint, argument) };
}

fn spawn(count: usize, task: &Task<'_>) {
    rayon::in_place_scope(|scope| {
        for worker in 1..count {
            scope.spawn(move |_| task.work(worker));
        }
        // Worker 0 stays on the host's thread, where it may ask about an abort.
        task.work(0);
    });
}
