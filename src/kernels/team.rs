//! Threads, lent by the caller.

use core::array;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::RwLock;

/// Threads that do one job together.
pub trait Team: Sync {
    /// How many there are, 1 at least.
    fn count(&self) -> usize;

    /// Calls `job` on any number of the threads, once at least, and returns when all calls have.
    /// The job is complete as soon as one of the calls has returned.
    fn run(&self, job: &(dyn Fn() + Sync));
}

/// The calling thread alone.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Team for Alone {
    fn count(&self) -> usize {
        1
    }

    fn run(&self, job: &(dyn Fn() + Sync)) {
        job();
    }
}

/// Items that [`share`] hands out without a pause. More come in rounds.
pub const ROUND: usize = 256;

/// Does the work of every item, each once, on whichever thread comes first.
///
/// Nobody waits: an item lies in a slot of its own, which is opened by the one thread that drew its
/// number.
pub fn share<T: Send + Sync>(
    team: &dyn Team,
    items: impl Iterator<Item = T>,
    work: impl Fn(T) + Sync,
) {
    hand_out(team, &mut items.fuse(), &work);
}

/// [`share`] without its types but one: it has many callers.
fn hand_out<T: Send + Sync>(
    team: &dyn Team,
    items: &mut dyn Iterator<Item = T>,
    work: &(dyn Fn(T) + Sync),
) {
    let mut items = items.peekable();
    while items.peek().is_some() {
        let slots: [RwLock<Option<T>>; ROUND] = array::from_fn(|_| RwLock::new(items.next()));
        let next = AtomicUsize::new(0);
        team.run(&|| {
            while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
                let item = slot.try_write().ok().and_then(|mut slot| slot.take());
                // Behind the last one all slots are empty.
                let Some(item) = item else { break };
                work(item);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many threads.
    struct Threads(usize);

    impl Team for Threads {
        fn count(&self) -> usize {
            self.0
        }

        fn run(&self, job: &(dyn Fn() + Sync)) {
            std::thread::scope(|scope| (0..self.0).for_each(|_| drop(scope.spawn(job))));
        }
    }

    #[test]
    fn each_item_is_done_once() {
        for threads in [1, 2, 5] {
            for count in [0, 1, 5, ROUND - 1, ROUND, ROUND + 1, 3 * ROUND] {
                let mut items = vec![0; count];
                share(
                    &Threads(threads),
                    items.iter_mut().enumerate(),
                    |(i, item)| {
                        *item += i + 1;
                    },
                );
                let expected: Vec<usize> = (1..=count).collect();
                assert_eq!(items, expected, "{threads} threads");
            }
        }
    }
}
