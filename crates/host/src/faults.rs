//! Faults: what goes wrong in a host's suites on purpose. Consulted in one place, the guard of every suite function.

use crate::status::Status;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The faults of a host, by suite function.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    calls: BTreeMap<&'static str, Fault>,
}

#[derive(Clone, Debug)]
struct Fault {
    status: Status,
    after: u64,
    seen: Arc<AtomicU64>,
}

impl Faults {
    /// Lets a suite function, named as in its suite (`propGetInt`, `multiThread`), answer `status` from its call
    /// number `after` on, counted from 0 and over the whole life of the host.
    pub fn fail(mut self, function: &'static str, after: u64, status: Status) -> Self {
        self.calls.insert(
            function,
            Fault {
                status,
                after,
                seen: Arc::default(),
            },
        );
        self
    }

    /// What the call must answer instead of doing its work.
    pub(crate) fn intercept(&self, function: &str) -> Option<Status> {
        let fault = self.calls.get(function)?;
        (fault.seen.fetch_add(1, Ordering::Relaxed) >= fault.after).then_some(fault.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_begins_at_its_call() {
        let faults = Faults::default().fail("propGetInt", 2, Status::FAILED);
        let answers = [(); 4].map(|()| faults.intercept("propGetInt"));
        assert_eq!(
            answers,
            [None, None, Some(Status::FAILED), Some(Status::FAILED)]
        );
        assert_eq!(faults.intercept("propSetInt"), None);
    }
}
