//! The host itself: its options, what it has seen, and what it counts.

use crate::error::Result;
use crate::ffi::HostHandle;
use crate::ffi::library::RawPlugin;
use crate::library::{Library, PluginInfo};
use crate::messages::Message;
use crate::options::HostOptions;
use crate::plugin::{self, Plugin};
use crate::props::{Owner, PropertySet};
use crate::tables;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A headless OpenFX host.
#[derive(Clone)]
pub struct Host(pub(crate) Arc<HostCore>);

/// What the suites know of their host.
pub(crate) struct HostCore {
    pub(crate) options: HostOptions,
    pub(crate) handle: HostHandle,
    /// What it says of itself.
    pub(crate) props: Arc<PropertySet>,
    messages: Mutex<Vec<Message>>,
    violations: Mutex<Vec<String>>,
    /// Blocks of memory that plug-ins hold.
    pub(crate) blocks: Arc<AtomicUsize>,
    pool: OnceLock<Option<rayon::ThreadPool>>,
}

impl Host {
    /// A host with these options.
    pub fn new(options: HostOptions) -> Self {
        let props = tables::host(&options).build();
        let core = Arc::new(HostCore {
            handle: HostHandle::new(&props),
            options,
            props: props.clone(),
            messages: Mutex::default(),
            violations: Mutex::default(),
            blocks: Arc::default(),
            pool: OnceLock::new(),
        });
        // The set is new, so it has no owner yet.
        let _ = props.owner.set(Owner::Host(Arc::downgrade(&core)));
        Self(core)
    }

    /// Loads and describes the newest plug-in of that id; what is loaded already is shared.
    ///
    /// # Errors
    /// When there is none, another host has loaded it, or it fails to load or to describe itself.
    pub fn load(&self, library: &Library, id: &str) -> Result<Plugin> {
        let (info, raw) = library.find(id)?;
        self.load_raw(library, info, raw)
    }

    pub(crate) fn load_raw(
        &self,
        library: &Library,
        info: PluginInfo,
        raw: RawPlugin,
    ) -> Result<Plugin> {
        plugin::load(&self.0, library, info, raw)
    }

    /// All messages since the host was made, or since they were taken.
    pub fn messages(&self) -> Vec<Message> {
        self.0
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes the messages.
    pub fn take_messages(&self) -> Vec<Message> {
        std::mem::take(
            &mut self
                .0
                .messages
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Breaches of the rules that plug-ins committed without failing.
    pub fn violations(&self) -> Vec<String> {
        self.0
            .violations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Blocks of the memory suite and of image memory that plug-ins have not freed.
    pub fn outstanding_memory(&self) -> usize {
        self.0.blocks.load(Ordering::Relaxed)
    }

    /// Its options.
    pub fn options(&self) -> &HostOptions {
        &self.0.options
    }
}

impl Default for Host {
    fn default() -> Self {
        Self::new(HostOptions::default())
    }
}

impl HostCore {
    pub(crate) fn lacks_suite(&self, name: &str, version: i32) -> bool {
        self.options
            .missing_suites
            .iter()
            .any(|(n, v)| n == name && *v == version)
    }

    pub(crate) fn post(&self, message: Message) {
        message.trace();
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
    }

    pub(crate) fn note_violation(&self, text: String) {
        tracing::warn!("{text}");
        self.violations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text);
    }

    /// Threads of the multi-thread suite.
    pub(crate) fn threads(&self) -> usize {
        match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            n => n,
        }
    }

    /// The threads, started when they are first wanted; none where the system gives none.
    pub(crate) fn pool(&self) -> Option<&rayon::ThreadPool> {
        let start = || {
            let name = |i| format!("ofx-{i}");
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(self.threads())
                .thread_name(name)
                .build();
            pool.inspect_err(|e| tracing::warn!("the multi-thread suite runs on one thread: {e}"))
                .ok()
        };
        self.pool.get_or_init(start).as_ref()
    }
}
