//! Scratch memory that outlives a render, for the whole process: instances may live for one frame,
//! and several may render at once.
//!
//! Nobody waits for it: a slot that another thread has in hand at this moment is passed over.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{RwLock, RwLockWriteGuard};

use crate::kernels::estimate::{Size, Workspace};

/// Memory that is not in use.
struct Kept {
    /// The size that it served.
    size: Size,
    workspace: Workspace,
    /// When that was, by [`CLOCK`].
    stamp: u64,
}

/// One for each workspace that is kept: enough for the frames that a host renders at once.
static POOL: [RwLock<Option<Kept>>; 8] = [const { RwLock::new(None) }; 8];

/// Counts the uses.
static CLOCK: AtomicU64 = AtomicU64::new(0);

/// Samples kept, beyond the one workspace used last: a gibibyte.
const KEPT_SAMPLES: usize = if cfg!(test) { 1 << 12 } else { 1 << 28 };

/// Lends a workspace for pictures of a size.
pub fn with<T>(size: Size, work: impl FnOnce(&mut Workspace) -> T) -> T {
    let mut workspace = take(size);
    let result = work(&mut workspace);
    give(size, workspace);
    result
}

/// Lets go of all of it.
pub fn purge() {
    slots().for_each(|mut slot| *slot = None);
}

/// The slots that nobody else has in hand.
fn slots() -> impl Iterator<Item = RwLockWriteGuard<'static, Option<Kept>>> {
    POOL.iter().filter_map(|slot| slot.try_write().ok())
}

fn take(size: Size) -> Workspace {
    let own = |slot: &Option<Kept>| slot.as_ref().is_some_and(|kept| kept.size == size);
    slots()
        .find(|slot| own(slot))
        .and_then(|mut slot| slot.take())
        .map_or_else(Workspace::new, |kept| kept.workspace)
}

fn give(size: Size, workspace: Workspace) {
    let stamp = CLOCK.fetch_add(1, Ordering::Relaxed);
    let mut room = slots().find(|slot| slot.is_none());
    if room.is_none() {
        drop_oldest(stamp);
        room = slots().find(|slot| slot.is_none());
    }
    // Where others were faster, it goes.
    if let Some(mut slot) = room {
        *slot = Some(Kept {
            size,
            workspace,
            stamp,
        });
    }
    let samples = || -> usize {
        let kept = slots().filter_map(|slot| Some(slot.as_ref()?.workspace.capacity()));
        kept.sum()
    };
    while samples() > KEPT_SAMPLES && drop_oldest(stamp) {}
}

/// Lets go of what was used longest ago, before `stamp`. False where there is nothing.
fn drop_oldest(stamp: u64) -> bool {
    let used = |slot: &Option<Kept>| slot.as_ref().map(|kept| kept.stamp);
    let Some(oldest) = slots().filter_map(|slot| used(&slot)).min() else {
        return false;
    };
    let found = slots().find(|slot| used(slot) == Some(oldest) && oldest < stamp);
    found.is_some_and(|mut slot| slot.take().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, because there is one pool.
    #[test]
    fn memory_comes_back_by_its_size_and_the_oldest_goes_first() {
        let size = |width| Size { width, height: 1 };
        let used = |width: usize| {
            with(size(width), |workspace| {
                let had = workspace.capacity();
                let buffer = workspace.take(width).unwrap();
                workspace.give(buffer);
                had
            })
        };
        purge();
        for width in 1..=8 {
            assert_eq!(used(width), 0);
        }
        assert!(used(1) > 0, "kept");
        assert_eq!(used(9), 0, "in the place of 2");
        assert!(used(1) > 0 && used(3) > 0);
        assert_eq!(used(2), 0, "in the place of 4");
        assert_eq!(used(4), 0);
        // More than is kept in all: the others go.
        let much = KEPT_SAMPLES + 1;
        assert_eq!(used(much), 0);
        assert!(used(much) > 0);
        assert_eq!(used(1), 0);
        purge();
        assert_eq!(used(1), 0);
        purge();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for turn in 0..200 {
                        with(size(1 + (thread + turn) % 3), |workspace| {
                            // Nobody else has it.
                            let mut buffer = workspace.take(64).unwrap();
                            buffer.fill(thread as f32);
                            std::thread::yield_now();
                            assert!(buffer.iter().all(|sample| *sample == thread as f32));
                            workspace.give(buffer);
                        });
                    }
                });
            }
        });
        purge();
    }
}
