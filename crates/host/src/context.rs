//! What a thread is doing for a plug-in: the call it is in, which suites without a handle must know.

use crate::clip::Clip;
use crate::effect::Effect;
use crate::error::SourceError;
use crate::ffi::pixels::Lent;
use crate::geometry::{RectI, Scale};
use crate::host::HostCore;
use crate::observer::ActionCall;
use crate::status::Status;
use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A call of a plug-in's main entry. The multi-thread suite's threads share their caller's.
pub(crate) struct Context {
    pub host: Arc<HostCore>,
    pub action: &'static CStr,
    pub effect: Option<Arc<Effect>>,
    pub time: Option<f64>,
    pub scale: Option<Scale>,
    pub render: Option<Arc<RenderState>>,
    /// How often the plug-in asked whether to stop.
    pub questions: AtomicU64,
    /// It was told to.
    pub aborted: AtomicBool,
    /// What was posted during the call.
    pub posted: Mutex<Vec<String>>,
    /// Clips whose source failed during the call.
    pub failures: Mutex<Vec<(String, SourceError)>>,
    /// A suite function in which the host panicked during the call.
    pub panicked: Mutex<Option<&'static str>>,
    /// The call within which this one is made, when a plug-in's input is another plug-in's output.
    pub parent: Option<Place>,
    /// The render lock that this call holds, by address.
    pub lock: Option<usize>,
    /// What the host's observer, if it has one, knows of the call.
    pub observed: Option<ActionCall>,
}

impl Context {
    pub(crate) fn new(host: &Arc<HostCore>, action: &'static CStr) -> Self {
        Self {
            host: host.clone(),
            action,
            effect: None,
            time: None,
            scale: None,
            render: None,
            questions: AtomicU64::new(0),
            aborted: AtomicBool::new(false),
            posted: Mutex::default(),
            failures: Mutex::default(),
            panicked: Mutex::default(),
            parent: current(),
            lock: None,
            observed: None,
        }
    }

    /// Answers whether to stop; once yes, always yes.
    pub(crate) fn ask(&self) -> bool {
        let question = self.questions.fetch_add(1, Ordering::Relaxed);
        if self.host.options.abort.is_due(question) {
            self.aborted.store(true, Ordering::Relaxed);
        }
        self.aborted.load(Ordering::Relaxed)
    }

    pub(crate) fn note_failure(&self, clip: &str, error: SourceError) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if !failures.iter().any(|(name, _)| name == clip) {
            failures.push((clip.into(), error));
        }
    }

    pub(crate) fn note_post(&self, text: &str) {
        self.posted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text.into());
    }
}

/// A render, as its suite calls see it.
pub(crate) struct RenderState {
    pub time: f64,
    pub field: &'static CStr,
    /// The image to render into, and what the output's region is in pixels.
    pub output: Arc<Lent>,
    pub region_of_definition: RectI,
    /// What each clip is needed for at `time`.
    pub regions: Vec<(Arc<Clip>, RectI)>,
}

/// Where a thread is: in a call, and there on a thread of the multi-thread suite or on the caller's own.
#[derive(Clone)]
pub(crate) struct Place {
    pub context: Arc<Context>,
    /// The thread's index in the multi-thread suite, and whether it is one of the suite's own.
    pub worker: Option<Worker>,
}

#[derive(Clone, Copy)]
pub(crate) struct Worker {
    pub index: u32,
    pub spawned: bool,
}

impl Place {
    /// True when this or an outer call is on a thread of the multi-thread suite.
    pub(crate) fn is_inside_workers(&self) -> bool {
        self.chain().any(|place| place.worker.is_some())
    }

    /// True when this or an outer call holds the lock.
    pub(crate) fn holds(&self, lock: usize) -> bool {
        self.chain().any(|place| place.context.lock == Some(lock))
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |place| place.context.parent.as_ref())
    }
}

thread_local! {
    /// Never dropped, which makes it quick to reach: a thread that ends is in no call.
    static CURRENT: RefCell<ManuallyDrop<Option<Place>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
    /// Whether the host that it is in the call of has faults in its suites: every suite function asks.
    static FAULTY: Cell<bool> = const { Cell::new(false) };
}

/// Looks at where this thread is; nothing that it does may enter another place.
pub(crate) fn with<T>(look: impl FnOnce(&Place) -> T) -> Option<T> {
    CURRENT.with_borrow(|place| place.as_ref().map(look))
}

/// Where this thread is.
pub(crate) fn current() -> Option<Place> {
    with(Clone::clone)
}

/// The fault that the host is asked to have in a suite function.
pub(crate) fn fault(function: &str) -> Result<(), Status> {
    if !FAULTY.get() {
        return Ok(());
    }
    let fault = with(|place| place.context.host.options.faults.intercept(function));
    fault.flatten().map_or(Ok(()), Err)
}

/// Notes a panic of the host, so that the action fails whatever the plug-in makes of it.
pub(crate) fn note_panic(function: &'static str) {
    if let Some(place) = current() {
        *place
            .context
            .panicked
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(function);
    }
}

/// Puts the thread there until the result is dropped.
pub(crate) fn enter(place: Place) -> Entered {
    Entered(replace(Some(place)))
}

fn replace(place: Option<Place>) -> Option<Place> {
    let faulty = |place: &Place| place.context.host.options.faults.has_calls();
    FAULTY.set(place.as_ref().is_some_and(faulty));
    ManuallyDrop::into_inner(CURRENT.replace(ManuallyDrop::new(place)))
}

/// Puts the thread back where it was.
pub(crate) struct Entered(Option<Place>);

impl Drop for Entered {
    fn drop(&mut self) {
        replace(self.0.take());
    }
}
