//! The last few of something: who looks for one waits for nobody, and allocates nothing.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use arc_swap::ArcSwapOption;

/// The `N` that were used last. The table is never changed but replaced, as that of the instances
/// is.
pub struct Kept<T, const N: usize> {
    table: ArcSwapOption<Vec<Entry<T>>>,
    /// Counts the uses.
    clock: AtomicU64,
}

/// With its last use by the clock, which the tables share.
type Entry<T> = (Arc<T>, Arc<AtomicU64>);

impl<T, const N: usize> Kept<T, N> {
    /// None of them.
    pub const fn new() -> Self {
        Self {
            table: ArcSwapOption::const_empty(),
            clock: AtomicU64::new(0),
        }
    }

    /// The one that is `wanted`.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let table = self.table.load();
        let (value, used) = table.as_ref()?.iter().find(|(value, _)| wanted(value))?;
        used.fetch_max(self.now(), Ordering::Relaxed);
        Some(value.clone())
    }

    /// The one that is `wanted`, made now if there is none: the one unused for longest makes room.
    /// All threads that ask at once get the same one, though more may make one.
    pub fn find_or_keep(&self, wanted: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> Arc<T> {
        if let Some(found) = self.find(&wanted) {
            return found;
        }
        let new = (Arc::new(make()), Arc::new(AtomicU64::new(self.now())));
        let mut kept = new.0.clone();
        self.table.rcu(|table| {
            let mut entries = Vec::with_capacity(N);
            entries.extend(table.iter().flat_map(|table| table.iter().cloned()));
            if let Some((other, _)) = entries.iter().find(|(value, _)| wanted(value)) {
                kept = other.clone();
            } else {
                if entries.len() >= N {
                    remove_oldest(&mut entries);
                }
                kept = new.0.clone();
                entries.push(new.clone());
            }
            Some(Arc::new(entries))
        });
        kept
    }

    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }
}

fn remove_oldest<T>(entries: &mut Vec<Entry<T>>) {
    let used = |(_, (_, used)): &(usize, &Entry<T>)| used.load(Ordering::Relaxed);
    if let Some((oldest, _)) = entries.iter().enumerate().min_by_key(used) {
        entries.remove(oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_kept_and_the_one_unused_for_longest_goes() {
        let kept = Kept::<u32, 3>::new();
        let has = |number| {
            let table = kept.table.load();
            let table = table.as_ref().unwrap();
            assert!(table.len() <= 3);
            table.iter().any(|(value, _)| **value == number)
        };
        let keep = |number| kept.find_or_keep(|value| *value == number, || number);
        assert!(kept.find(|_| true).is_none());
        for number in 1..=3 {
            assert_eq!(*keep(number), number);
        }
        assert!(Arc::ptr_eq(
            &keep(1),
            &kept.find(|value| *value == 1).unwrap()
        ));
        keep(4);
        assert!(has(1) && !has(2) && has(3) && has(4));
        keep(3);
        keep(5);
        assert!(!has(1) && has(3) && has(4) && has(5));
    }

    #[test]
    fn threads_that_ask_at_once_get_the_same() {
        let kept = Kept::<(usize, usize), 2>::new();
        let start = std::sync::Barrier::new(4);
        for round in 0..200 {
            let ask = |thread| {
                start.wait();
                kept.find_or_keep(|(key, _)| *key == round, || (round, thread))
            };
            let found = std::thread::scope(|scope| {
                let threads = [0, 1, 2, 3].map(|thread| scope.spawn(move || ask(thread)));
                threads.map(|thread| thread.join().unwrap())
            });
            assert!(found.iter().all(|one| Arc::ptr_eq(one, &found[0])));
            assert_eq!(found[0].0, round);
        }
    }
}
