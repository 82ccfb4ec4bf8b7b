//! The multi-thread suite.

use super::environment::Environment;
use super::guard::{guard, write};
use crate::context::{self, Place, Worker};
use crate::faults::Workers;
use crate::mutex::Mutex;
use crate::registry::find;
use crate::side;
use crate::status::Status;
use ofx_sys::{OfxMultiThreadSuiteV1, OfxMutexHandle, OfxStatus, OfxThreadFunctionV1};
use std::ffi::{c_int, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, without_provenance_mut};

pub(super) static SUITE: OfxMultiThreadSuiteV1 = OfxMultiThreadSuiteV1 {
    multiThread: Some(multi_thread),
    multiThreadNumCPUs: Some(num_cpus),
    multiThreadIndex: Some(index),
    multiThreadIsSpawnedThread: Some(is_spawned_thread),
    mutexCreate: Some(mutex_create),
    mutexDestroy: Some(mutex_destroy),
    mutexLock: Some(mutex_lock),
    mutexUnLock: Some(mutex_unlock),
    mutexTryLock: Some(mutex_try_lock),
};

/// More calls than anybody splits an image into.
const MOST_THREADS: c_uint = 1 << 16;

unsafe extern "C" fn multi_thread(
    function: OfxThreadFunctionV1,
    threads: c_uint,
    argument: *mut c_void,
) -> OfxStatus {
    guard("multiThread", || {
        let function = function.ok_or(Status::ERR_VALUE)?;
        let place = context::current().ok_or(Status::FAILED)?;
        if place.worker.is_some() {
            return Err(Status::ERR_EXISTS);
        }
        let host = place.context.host.clone();
        let threads = if threads == 0 {
            host.threads() as c_uint
        } else {
            threads
        };
        if threads > MOST_THREADS {
            return Err(Status::ERR_VALUE);
        }
        let indices: Vec<c_uint> = match host.options.faults.workers {
            Workers::Each => (0..threads).collect(),
            Workers::None => Vec::new(),
            Workers::Last => vec![threads - 1],
            Workers::Twice => (0..threads).chain(0..threads).collect(),
        };
        let argument = argument.expose_provenance();
        let flush = host.options.flush_to_zero;
        let run = |index: c_uint, spawned: bool| {
            let worker = Some(Worker { index, spawned });
            let _entered = context::enter(Place {
                context: place.context.clone(),
                worker,
            });
            let _environment = Environment::flushing(flush);
            let _side = side::plugin();
            // SAFETY: by the suite's contract the function takes these arguments on any thread; `multiThread` returns
            // only after the last call.
            unsafe { function(index, threads, ptr::with_exposed_provenance_mut(argument)) };
        };
        // Inside another plug-in's threads there are none left to give.
        let pool = if threads == 1 || place.is_inside_workers() {
            None
        } else {
            host.pool()
        };
        match pool {
            Some(pool) => pool.in_place_scope(|scope| {
                (indices.iter()).for_each(|&index| scope.spawn(move |_| run(index, true)));
            }),
            None => indices.iter().for_each(|&index| run(index, false)),
        }
        Ok(())
    })
}

unsafe extern "C" fn num_cpus(out: *mut c_uint) -> OfxStatus {
    guard("multiThreadNumCPUs", || {
        let host = context::current()
            .ok_or(Status::FAILED)?
            .context
            .host
            .clone();
        let threads = (host.options.faults.cpus).unwrap_or_else(|| host.threads() as c_uint);
        // SAFETY: by the suite's contract `out` is NULL or a place for the count.
        unsafe { write(out, threads) }
    })
}

unsafe extern "C" fn index(out: *mut c_uint) -> OfxStatus {
    guard("multiThreadIndex", || {
        let worker = context::current().and_then(|place| place.worker);
        // SAFETY: by the suite's contract `out` is NULL or a place for the index.
        unsafe { write(out, worker.map_or(0, |w| w.index)) }
    })
}

/// A truth value, no status.
unsafe extern "C" fn is_spawned_thread() -> c_int {
    let ask = || {
        let _side = side::host();
        context::current()
            .and_then(|place| place.worker)
            .is_some_and(|w| w.spawned)
    };
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or(false).into()
}

unsafe extern "C" fn mutex_create(out: *mut OfxMutexHandle, locks: c_int) -> OfxStatus {
    guard("mutexCreate", || {
        let locks = u32::try_from(locks).map_err(|_| Status::ERR_VALUE)?;
        if out.is_null() {
            return Err(Status::ERR_VALUE);
        }
        // SAFETY: by the suite's contract `out` is a place for the handle; NULL was refused above.
        unsafe { write(out, without_provenance_mut(Mutex::create(locks))) }
    })
}

unsafe extern "C" fn mutex_destroy(mutex: OfxMutexHandle) -> OfxStatus {
    guard("mutexDestroy", || Mutex::destroy(mutex.addr()))
}

unsafe extern "C" fn mutex_lock(mutex: OfxMutexHandle) -> OfxStatus {
    guard("mutexLock", || {
        find::<Mutex>(mutex.addr())?.lock();
        Ok(())
    })
}

unsafe extern "C" fn mutex_unlock(mutex: OfxMutexHandle) -> OfxStatus {
    guard("mutexUnLock", || find::<Mutex>(mutex.addr())?.unlock())
}

unsafe extern "C" fn mutex_try_lock(mutex: OfxMutexHandle) -> OfxStatus {
    guard("mutexTryLock", || {
        if find::<Mutex>(mutex.addr())?.try_lock() {
            Ok(())
        } else {
            Err(Status::FAILED)
        }
    })
}
