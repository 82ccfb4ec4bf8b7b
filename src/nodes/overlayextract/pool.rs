//! Scratch memory that outlives a render, for the whole process: instances may live for one frame,
//! and several may render at once.

use std::sync::{Mutex, PoisonError};

use crate::kernels::estimate::{Size, Workspace};

/// Memory that is not in use, by the size that it served, the one longest unused first.
static POOL: Mutex<Vec<(Size, Workspace)>> = Mutex::new(Vec::new());

/// Workspaces kept: enough for the frames that a host renders at once.
const KEPT: usize = 8;
/// Samples kept, beyond the one workspace used last: a gibibyte.
const KEPT_SAMPLES: usize = 1 << 28;

/// Lends a workspace for pictures of a size.
pub fn with<T>(size: Size, work: impl FnOnce(&mut Workspace) -> T) -> T {
    let mut workspace = take(size);
    let result = work(&mut workspace);
    give(size, workspace);
    result
}

/// Lets go of all of it.
pub fn purge() {
    drop(core::mem::take(&mut *pool()));
}

fn take(size: Size) -> Workspace {
    let mut pool = pool();
    match pool.iter().rposition(|(own, _)| *own == size) {
        Some(index) => pool.remove(index).1,
        None => Workspace::new(),
    }
}

fn give(size: Size, workspace: Workspace) {
    let mut pool = pool();
    pool.push((size, workspace));
    let samples = |pool: &[(Size, Workspace)]| -> usize {
        pool.iter().map(|(_, workspace)| workspace.capacity()).sum()
    };
    while pool.len() > KEPT || (pool.len() > 1 && samples(&pool) > KEPT_SAMPLES) {
        pool.remove(0);
    }
}

fn pool() -> std::sync::MutexGuard<'static, Vec<(Size, Workspace)>> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}
