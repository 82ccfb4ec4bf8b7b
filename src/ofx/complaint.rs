//! Which frame a node's message is about.

use core::sync::atomic::{AtomicU64, Ordering};

/// The time of the frame that the message on the node is about; none while there is no message.
/// Several renders may use it at once: of two frames that fail the later message stands.
pub struct Complaint(AtomicU64);

/// The bits of a NaN that no time has: a host's own NaN is kept as another one.
const NONE: u64 = u64::MAX;

impl Default for Complaint {
    fn default() -> Self {
        Self(AtomicU64::new(NONE))
    }
}

impl Complaint {
    /// Notes a message about the frame at `time`.
    pub fn stands(&self, time: f64) {
        self.0.store(key(time), Ordering::Relaxed);
    }

    /// Whether there was a message about the frame at `time`; there is none from now on.
    pub fn is_over(&self, time: f64) -> bool {
        let change = |old| (old == key(time)).then_some(NONE);
        let relaxed = Ordering::Relaxed;
        self.0.fetch_update(relaxed, relaxed, change).is_ok()
    }
}

fn key(time: f64) -> u64 {
    if time.is_nan() {
        f64::NAN.to_bits()
    } else {
        time.to_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_over_when_its_own_frame_is_done() {
        let complaint = Complaint::default();
        assert!(!complaint.is_over(5.0));
        complaint.stands(5.0);
        assert!(!complaint.is_over(6.0));
        assert!(complaint.is_over(5.0));
        assert!(!complaint.is_over(5.0));
        complaint.stands(f64::from_bits(NONE));
        assert!(complaint.is_over(f64::NAN));
    }
}
