//! Faults: what goes wrong in a host's suites on purpose.

use crate::geometry::{RectD, RectI};
use crate::status::Status;
use crate::values::Values;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The faults of a host. Clones share what was counted.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    calls: BTreeMap<&'static str, Fault>,
    nulls: BTreeSet<&'static str>,
    images: Vec<(String, ImageFault)>,
    /// What the host says instead of the right arguments of any action, by name.
    pub arguments: Vec<(CString, Values)>,
    /// What every region of definition is said to be.
    pub region: Option<RectD>,
    /// What every integer, boolean and choice parameter is said to be.
    pub ints: Option<i32>,
    /// What every double of a parameter is said to be.
    pub doubles: Option<f64>,
    /// How many CPUs there are said to be.
    pub cpus: Option<u32>,
    /// How often `multiThread` calls what it is given.
    pub workers: Workers,
}

#[derive(Clone, Debug)]
struct Fault {
    status: Status,
    after: u64,
    count: u64,
    seen: Arc<AtomicU64>,
}

/// How often the multi-thread suite calls a function that is to run on some threads. It says that all went well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Workers {
    /// Once on each thread, as it must.
    #[default]
    Each,
    /// Not at all.
    None,
    /// Only with the last index.
    Last,
    /// Twice on each.
    Twice,
}

/// What a host says of an image although it is not so. Nothing of it may lead a plug-in astray that checks what can be
/// checked: bounds lie inside the real ones, or cannot be true with the row bytes, or come without pixels to touch.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageFault {
    /// OK, and a NULL handle.
    NullHandle,
    /// A NULL data pointer.
    NullData,
    /// Other bounds.
    Bounds(RectI),
    /// Other row bytes.
    RowBytes(i32),
    /// Data so many bytes further on.
    Shift(isize),
    /// Other components.
    Components(CString),
    /// Another depth.
    Depth(CString),
    /// Another render scale.
    Scale([f64; 2]),
    /// Another pixel aspect ratio.
    PixelAspect(f64),
    /// A property is missing.
    Without(CString),
    /// The memory is the output's, from this pixel of it on.
    Output {
        /// Columns from the left edge.
        x: i32,
        /// Rows from the bottom.
        y: i32,
    },
}

impl Faults {
    /// Lets a suite function, named as in its suite (`propGetInt`, `multiThread`), answer `status` from its call
    /// number `after` on, counted from 0 and over the whole life of the host.
    pub fn fail(self, function: &'static str, after: u64, status: Status) -> Self {
        self.fail_some(function, after, u64::MAX, status)
    }

    /// Lets it answer `status` to its call number `at` only.
    pub fn fail_once(self, function: &'static str, at: u64, status: Status) -> Self {
        self.fail_some(function, at, 1, status)
    }

    fn fail_some(mut self, function: &'static str, after: u64, count: u64, status: Status) -> Self {
        let fault = Fault {
            status,
            after,
            count,
            seen: Arc::default(),
        };
        self.calls.insert(function, fault);
        self
    }

    /// Leaves a function of a suite NULL.
    pub fn null(mut self, function: &'static str) -> Self {
        self.nulls.insert(function);
        self
    }

    /// Tells something wrong of the images of a clip, of all clips where the name is empty.
    pub fn image(mut self, clip: &str, fault: ImageFault) -> Self {
        self.images.push((clip.into(), fault));
        self
    }

    /// How often a function was called that is to fail, then or never.
    pub fn calls(&self, function: &str) -> u64 {
        let count = |fault: &Fault| fault.seen.load(Ordering::Relaxed);
        self.calls.get(function).map_or(0, count)
    }

    /// Counts calls from 0 again.
    pub fn rewind(&self) {
        for fault in self.calls.values() {
            fault.seen.store(0, Ordering::Relaxed);
        }
    }

    /// What the call must answer instead of doing its work.
    pub(crate) fn intercept(&self, function: &str) -> Option<Status> {
        let fault = self.calls.get(function)?;
        let call = fault.seen.fetch_add(1, Ordering::Relaxed);
        let due = call >= fault.after && call - fault.after < fault.count;
        due.then_some(fault.status)
    }

    pub(crate) fn has_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    pub(crate) fn is_null(&self, function: &str) -> bool {
        self.nulls.contains(function)
    }

    pub(crate) fn has_nulls(&self) -> bool {
        !self.nulls.is_empty()
    }

    /// What is wrong with the images of a clip.
    pub(crate) fn of_image(&self, clip: &str) -> impl Iterator<Item = &ImageFault> {
        let concerns = move |name: &str| name.is_empty() || name == clip;
        let images = self.images.iter();
        images.filter_map(move |(name, fault)| concerns(name).then_some(fault))
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

    #[test]
    fn a_fault_of_one_call_ends_after_it() {
        let faults = Faults::default().fail_once("abort", 1, Status::FAILED);
        for _ in 0..2 {
            let answers = [(); 3].map(|()| faults.intercept("abort"));
            assert_eq!(answers, [None, Some(Status::FAILED), None]);
            assert_eq!((faults.calls("abort"), faults.calls("message")), (3, 0));
            faults.rewind();
        }
    }

    #[test]
    fn images_are_found_by_clip() {
        let faults = Faults::default()
            .image("A", ImageFault::NullData)
            .image("", ImageFault::NullHandle);
        assert_eq!(faults.of_image("A").count(), 2);
        assert_eq!(faults.of_image("B").count(), 1);
    }
}
