//! Once warm, a render allocates nothing and starts no thread; and there is none before the first.
//!
//! The plug-in is linked in, so that the allocator of this program is its own too. What counts is
//! what happens on a thread while it runs the plug-in's code ([`host::in_plugin`]): the host's
//! suite functions may allocate as they like.
#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without, and this one only counts"
)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::files::write;
use deltaplate::ofx::entry;
use host::{
    Components, Depth, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, Library,
    MemorySource, RectD, RectI, RenderArgs, StaticEntry,
};

/// Counts what plug-ins ask for.
struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

fn count() {
    if host::in_plugin() {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: by this function's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: by this function's contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: by this function's contract.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count();
        // SAFETY: by this function's contract.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Large enough for several threads, several bands each; and of what is done sample by sample, for
/// streaming stores.
fn bounds(case: &Case) -> RectI {
    match case.node {
        "overlayextract" => RectI::new(-3, -2, 201, 198),
        _ => RectI::new(-3, -2, 1021, 774),
    }
}

/// The node, its inputs, and what else is set.
#[derive(Debug)]
struct Case {
    node: &'static str,
    inputs: &'static [&'static str],
    /// Parameters that name a file: of the Filter context.
    files: &'static [&'static str],
    choices: &'static [(&'static str, i32)],
    numbers: &'static [(&'static str, f64)],
}

const CASES: &[Case] = &[
    Case {
        node: "min",
        inputs: &["B", "A"],
        files: &[],
        choices: &[],
        numbers: &[],
    },
    Case {
        node: "min",
        inputs: &["B", "A", "Mask"],
        files: &[],
        choices: &[("output", 1)],
        numbers: &[],
    },
    Case {
        node: "min",
        inputs: &["B", "A"],
        files: &[],
        choices: &[("view", 3)],
        numbers: &[],
    },
    Case {
        node: "plus",
        inputs: &["B", "D"],
        files: &[],
        choices: &[],
        numbers: &[],
    },
    Case {
        node: "plus",
        inputs: &["B", "D", "Residual", "Mask"],
        files: &[],
        choices: &[],
        numbers: &[],
    },
    Case {
        node: "compare",
        inputs: &["B", "A"],
        files: &[],
        choices: &[],
        numbers: &[],
    },
    Case {
        node: "compare",
        inputs: &["B", "A", "Mask"],
        files: &[],
        choices: &[("output", 2)],
        numbers: &[],
    },
    // Everything is measured on each frame.
    Case {
        node: "overlayextract",
        inputs: &["B", "A"],
        files: &[],
        choices: &[("iterations", 3), ("levels", 3)],
        numbers: &[],
    },
    // More iterations than one sweep does, and a background that is moved.
    Case {
        node: "overlayextract",
        inputs: &["B", "A", "NewBackground", "Mask"],
        files: &[],
        choices: &[("iterations", 40), ("levels", 1), ("output", 3)],
        numbers: &[("noise", 0.01), ("backgroundMismatch", 0.5)],
    },
    Case {
        node: "overlayextract",
        inputs: &["B", "A", "Matte"],
        files: &[],
        choices: &[("opacityMode", 4), ("method", 1), ("output", 5)],
        numbers: &[],
    },
    // An opacity that varies. Frames is left out: it tells the host its frames, in a list that is
    // made anew.
    Case {
        node: "overlayextract",
        inputs: &["B", "A"],
        files: &[],
        choices: &[("opacityMode", 1), ("method", 1)],
        numbers: &[],
    },
    Case {
        node: "overlayextract",
        inputs: &["B", "A"],
        files: &[],
        choices: &[("opacityMode", 2), ("iterations", 3)],
        numbers: &[],
    },
    Case {
        node: "overlayextract",
        inputs: &["B", "A"],
        files: &[],
        choices: &[("opacityMode", 3), ("method", 2), ("iterations", 3)],
        numbers: &[],
    },
    Case {
        node: "min",
        inputs: &["Source"],
        files: &["plate"],
        choices: &[],
        numbers: &[],
    },
    Case {
        node: "plus",
        inputs: &["Source", "Mask"],
        files: &["difference", "residual"],
        choices: &[],
        numbers: &[],
    },
    Case {
        node: "compare",
        inputs: &["Source"],
        files: &["plate"],
        choices: &[("output", 1)],
        numbers: &[],
    },
    Case {
        node: "overlayextract",
        inputs: &["Source"],
        files: &["plate"],
        choices: &[("iterations", 3), ("levels", 3)],
        numbers: &[],
    },
];

/// One test, because all of it is about the whole process.
#[test]
fn a_warm_render_allocates_nothing_and_starts_no_thread() {
    let library = Library::from_entry(StaticEntry {
        number_of_plugins: entry::OfxGetNumberOfPlugins,
        get_plugin: entry::OfxGetPlugin,
        set_host: Some(entry::OfxSetHost),
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let before = threads();
    let host = Host::new(HostOptions {
        threads: 3,
        ..HostOptions::default()
    });
    let cases: Vec<(&Case, Instance)> = CASES
        .iter()
        // On Windows the standard library makes a wide string of each path.
        .filter(|case| cfg!(unix) || case.files.is_empty())
        .map(|case| (case, instance(&host, &library, case, folder.path())))
        .collect();
    assert_eq!(threads(), before, "a thread before the first render");
    assert!(CALLS.load(Ordering::Relaxed) > 0, "nothing was counted");

    for (case, instance) in &cases {
        let bounds = bounds(case);
        let mut frame = Frame::zeros(bounds, Components::Rgba, Depth::Float).unwrap();
        let tile = RectI::new(40, 40, 104, 104);
        let mut render = |window: RectI| {
            CALLS.store(0, Ordering::Relaxed);
            instance
                .render_into(&mut frame, &[window], &RenderArgs::at(0.0), false)
                .unwrap();
            CALLS.load(Ordering::Relaxed)
        };
        render(bounds);
        let warm = threads();
        for window in [bounds, tile, bounds] {
            let calls = render(window);
            assert_eq!(calls, 0, "{case:?}: calls of the allocator in {window:?}");
        }
        assert_eq!(threads(), warm, "{}: another thread", case.node);
    }
}

fn instance(host: &Host, library: &Library, case: &Case, folder: &Path) -> Instance {
    let plugin = host
        .load(library, &format!("org.deltaplate.{}", case.node))
        .unwrap();
    let project = InstanceOptions {
        extent: RectD::new(0.0, 0.0, 1024.0, 776.0),
        ..InstanceOptions::default()
    };
    let context = match case.files {
        [] => EffectContext::General,
        _ => EffectContext::Filter,
    };
    let mut instance = plugin.create_instance(context, project).unwrap();
    for (index, input) in case.inputs.iter().enumerate() {
        let source = MemorySource::still(image(case, input, index));
        instance.connect(input, Arc::new(source)).unwrap();
    }
    for (index, param) in (case.inputs.len()..).zip(case.files) {
        let file = format!("{}-{param}", case.node);
        let frame = image(case, param, index);
        write(&folder.join(format!("{file}.0000.exr")), &frame);
        let pattern = folder.join(format!("{file}.####.exr"));
        instance.set(param, pattern.to_str().unwrap()).unwrap();
    }
    for (name, value) in case.choices {
        instance.set(name, *value).unwrap();
    }
    for (name, value) in case.numbers {
        instance.set(name, *value).unwrap();
    }
    instance
}

/// Of other bounds than the output's: rows are cut, and the rest is 0.
fn image(case: &Case, input: &str, index: usize) -> Frame {
    let whole = bounds(case);
    let bounds = RectI {
        x1: whole.x1 + 5 * index as i32,
        ..whole
    };
    let components = match input {
        "Mask" | "Matte" => Components::Alpha,
        _ => Components::Rgba,
    };
    let sample =
        |x: i32, y: i32, c: usize| ((x * 7 + y * 3) as f32 + (c + index) as f32).sin().abs();
    Frame::from_fn(bounds, components, sample).unwrap()
}

/// The threads of this process, by number; none where the system does not tell.
fn threads() -> BTreeSet<String> {
    std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect()
}
