//! What was answered, how often.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Answers by action.
#[derive(Default)]
pub struct Tally {
    runs: AtomicU64,
    answers: Mutex<BTreeMap<(String, String), u64>>,
}

impl Tally {
    /// Counts a run.
    pub fn run(&self) {
        self.runs.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer to an action.
    pub fn answer(&self, action: &str, answer: impl Into<String>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry((action.into(), answer.into())).or_default() += 1;
    }

    /// How often an action was answered so.
    pub fn count(&self, action: &str, answer: &str) -> u64 {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (action.to_owned(), answer.to_owned());
        answers.get(&key).copied().unwrap_or(0)
    }

    /// Prints all of it.
    pub fn print(&self, what: &str) {
        println!("{what}: {} runs", self.runs.load(Ordering::Relaxed));
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for ((action, answer), count) in answers.iter() {
            println!("  {action:<24} {answer:<32} {count:>8}");
        }
    }
}
