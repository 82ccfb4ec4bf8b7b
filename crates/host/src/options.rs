//! How a host behaves: options of an honest one, and of awkward ones.

use crate::faults::Faults;
use crate::observer::Observer;
use crate::pixel::Depth;
use crate::values::Values;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a host is like. The default is a host that has everything and behaves well.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// What it says is its name.
    pub name: String,
    /// What it says is its version.
    pub version: [i32; 3],
    /// Threads of the multi-thread suite; 0 for one per CPU.
    pub threads: usize,
    /// The depths it has, best first: what a clip gets is the first that the plug-in supports.
    pub depths: Vec<Depth>,
    /// When plug-ins are told to stop.
    pub abort: Abort,
    /// Who sees progress.
    pub progress: Option<Arc<dyn Progress>>,
    /// What it answers to questions.
    pub answer: bool,
    /// Suites it lacks, by name and version.
    pub missing_suites: BTreeSet<(String, i32)>,
    /// Host properties it lacks, by name.
    pub missing_host_properties: BTreeSet<String>,
    /// Host properties beyond the usual ones, or with other values: what other hosts say of themselves.
    pub host_properties: BTreeMap<String, Values>,
    /// Properties that a plug-in may describe itself with, beyond the usual ones: other hosts' extensions.
    pub descriptor_properties: BTreeMap<String, Values>,
    /// Says of inputs without a source that they are connected, and lends black images for them.
    pub phantom_inputs: bool,
    /// How it lays out rows.
    pub row_layout: RowLayout,
    /// Guards every image with a pattern on all sides, fills fresh outputs with it, and fails a render that wrote
    /// outside its bounds or into an input.
    pub canary: bool,
    /// Calls plug-ins with denormals flushed to zero, as some hosts do. Has an effect on x86-64 and AArch64 only.
    pub flush_to_zero: bool,
    /// What goes wrong in its suites.
    pub faults: Faults,
    /// Who watches what plug-ins do.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Default for HostOptions {
    fn default() -> Self {
        Self {
            name: "org.deltaplate.host".into(),
            version: [1, 0, 0],
            threads: 0,
            depths: Depth::ALL.to_vec(),
            abort: Abort::Never,
            progress: None,
            answer: true,
            missing_suites: BTreeSet::new(),
            missing_host_properties: BTreeSet::new(),
            host_properties: BTreeMap::new(),
            descriptor_properties: BTreeMap::new(),
            phantom_inputs: false,
            row_layout: RowLayout::default(),
            canary: false,
            flush_to_zero: false,
            faults: Faults::default(),
            observer: None,
        }
    }
}

/// When a plug-in that asks is told to stop.
#[derive(Clone, Default)]
pub enum Abort {
    /// Never.
    #[default]
    Never,
    /// As soon as the flag is set.
    Flag(Arc<AtomicBool>),
    /// As soon as the function says so.
    When(Arc<dyn Fn() -> bool + Send + Sync>),
    /// After it has asked this often, counted over each action by itself.
    After(u64),
}

impl Abort {
    /// The answer to the question of that number, counted from 0.
    pub(crate) fn is_due(&self, question: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Flag(flag) => flag.load(Ordering::Relaxed),
            Self::When(when) => when(),
            Self::After(count) => question >= *count,
        }
    }
}

impl fmt::Debug for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("Never"),
            Self::Flag(flag) => f.debug_tuple("Flag").field(flag).finish(),
            Self::When(_) => f.write_str("When"),
            Self::After(count) => f.debug_tuple("After").field(count).finish(),
        }
    }
}

/// Sees what a plug-in reports while it works.
pub trait Progress: Send + Sync + fmt::Debug {
    /// It begins something.
    fn start(&self, label: &str);
    /// It has done this part of it, 0 to 1. The answer *false* asks it to stop.
    fn update(&self, done: f64) -> bool;
    /// It has ended.
    fn end(&self);
}

/// How the rows of an image lie in memory. The default is rows without gaps, the bottom one first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowLayout {
    /// Bytes between the rows.
    pub padding: usize,
    /// The top row first: row bytes are negative.
    pub negative: bool,
    /// Bytes by which the first sample lies off a multiple of 64.
    pub misalign: usize,
    /// Pixels of a larger image on every side, which are in the buffer but not in the bounds.
    pub margin: u16,
    /// Ends the image at a page that nobody may touch. There are no guards and margins on that side then. Has an effect
    /// on unix only.
    pub flush: Option<Edge>,
}

/// An end of an image's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The lowest address.
    Low,
    /// The highest.
    High,
}

impl RowLayout {
    /// True for rows without gaps, the bottom one first.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
