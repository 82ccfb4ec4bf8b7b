//! A render that stands still holds up no other: wherever it is, it has no lock that another waits
//! for.
//!
//! One thread renders without end, and is stopped by signals at any instruction of the plug-in;
//! while it stands, another renders. The plug-in is linked in, so that it is known whose code the
//! thread is in ([`host::in_plugin`]): the host may lock what it likes, and is left alone.
#![cfg(target_os = "linux")]
#![allow(
    unsafe_code,
    reason = "a signal handler cannot be installed without, and this one only waits"
)]

mod common;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::files::write;
use common::overlay::scene;
use common::still;
use deltaplate::ofx::entry;
use host::{
    Components, EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, Library, RectI,
    RenderArgs, StaticEntry,
};
use nix::libc::c_int;
use nix::sys::pthread::{pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// How often the one thread is stopped in the plug-in, and how often at least it renders everything
/// meanwhile.
const STOPS: usize = 1000;
const ROUNDS: usize = 50;

/// Small, so that little of a render is arithmetic.
const BOUNDS: RectI = RectI::new(0, 0, 12, 8);

/// Sleeps of 10 ms without a render: then the other is held up. They are counted, because a machine
/// may stand still as a whole.
const PATIENCE: u32 = 1000;

/// Asleep, a thread leaves its processor to others; it wakes some microseconds later than asked.
const INSTANT: Duration = Duration::from_micros(1);

/// What the thread does that is stopped.
static STATE: AtomicU32 = AtomicU32::new(MOVES);
const MOVES: u32 = 0;
const CALLED: u32 = 1;
const STANDS: u32 = 2;

/// Allocates nothing, locks nothing, and leaves `errno` alone.
extern "C" fn stand(_: c_int) {
    let stands = host::in_plugin();
    STATE.store(if stands { STANDS } else { MOVES }, SeqCst);
    while STATE.load(SeqCst) == STANDS {
        thread::sleep(INSTANT);
    }
}

#[test]
fn a_render_that_stands_still_holds_up_no_other() {
    let handler = SigHandler::Handler(stand);
    let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: what the handler calls may be called at any moment of a thread.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let instances = instances(folder.path());
    let expected: Vec<Frame> = instances
        .iter()
        .map(|(_, instance)| render(instance))
        .collect();

    let ended = AtomicBool::new(false);
    let [at, rounds, calls] = [const { AtomicUsize::new(0) }; 3];
    let (mut stops, mut held_up) = (0, None);
    let (name, named) = mpsc::channel();
    thread::scope(|scope| {
        let end = End(&ended);
        let one = scope.spawn(|| {
            name.send(pthread_self()).unwrap();
            while !ended.load(SeqCst) {
                for (number, (_, instance)) in instances.iter().enumerate() {
                    at.store(number, SeqCst);
                    render(instance);
                }
                rounds.fetch_add(1, SeqCst);
            }
        });
        // Lets the one go when the other is held up.
        scope.spawn(|| {
            let (mut last, mut sleeps) = (0, 0);
            while !ended.load(SeqCst) {
                thread::sleep(Duration::from_millis(10));
                let now = calls.load(SeqCst);
                sleeps = if now == last { sleeps + 1 } else { 0 };
                last = now;
                if sleeps >= PATIENCE {
                    drop(End(&ended));
                }
            }
        });
        let thread = named.recv().unwrap();
        while (stops < STOPS || rounds.load(SeqCst) < ROUNDS) && held_up.is_none() {
            // It gets on a little.
            thread::sleep(INSTANT);
            let called = calls.fetch_add(1, SeqCst);
            assert!(called < 1000 * STOPS, "it was in the plug-in {stops} times");
            STATE.store(CALLED, SeqCst);
            pthread_kill(thread, Signal::SIGUSR1).unwrap();
            while STATE.load(SeqCst) == CALLED {
                assert!(!one.is_finished(), "the one thread has failed");
                thread::sleep(INSTANT);
            }
            if STATE.load(SeqCst) == STANDS {
                stops += 1;
                // Whatever this render has locked, another of the same wants too.
                let number = at.load(SeqCst);
                let (case, instance) = &instances[number];
                let found = render(instance);
                assert!(found == expected[number], "{case}: other pixels");
                held_up = ended.load(SeqCst).then_some(case);
                STATE.store(MOVES, SeqCst);
            }
        }
        drop(end);
    });
    assert_eq!(held_up, None, "waited for a render that stood still");
}

/// Ends the one thread when dropped, wherever it stands.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
        STATE.store(MOVES, SeqCst);
    }
}

/// Every node in each context, on a host without threads: its own have locks.
fn instances(folder: &Path) -> Vec<(String, Instance)> {
    let library = Library::from_entry(StaticEntry {
        number_of_plugins: entry::OfxGetNumberOfPlugins,
        get_plugin: entry::OfxGetPlugin,
        set_host: Some(entry::OfxSetHost),
    })
    .unwrap();
    let host = Host::new(HostOptions {
        threads: 1,
        ..HostOptions::default()
    });
    let [ours, other] = [1, 2].map(|seed| scene(BOUNDS, Components::Rgba, seed));
    write(&folder.join("other.0000.exr"), &other);
    let pattern = folder.join("other.####.exr");
    let make = |(node, clips, file): (&str, [&str; 2], &str), context| {
        let plugin = host
            .load(&library, &format!("org.deltaplate.{node}"))
            .unwrap();
        let mut instance = plugin
            .create_instance(context, InstanceOptions::default())
            .unwrap();
        if context == EffectContext::General {
            instance.connect(clips[0], still(&other)).unwrap();
            instance.connect(clips[1], still(&ours)).unwrap();
        } else {
            instance.connect("Source", still(&ours)).unwrap();
            instance.set(file, pattern.to_str().unwrap()).unwrap();
        }
        if node == "overlayextract" {
            instance.set("iterations", 1).unwrap();
            instance.set("levels", 1).unwrap();
        }
        (format!("{node}, {context}"), instance)
    };
    let nodes = [
        ("min", ["B", "A"], "plate"),
        ("plus", ["B", "D"], "difference"),
        ("compare", ["B", "A"], "plate"),
        ("overlayextract", ["B", "A"], "plate"),
    ];
    let contexts = [EffectContext::General, EffectContext::Filter];
    let both = |node| contexts.map(|context| make(node, context));
    nodes.into_iter().flat_map(both).collect()
}

fn render(instance: &Instance) -> Frame {
    instance.render(&RenderArgs::at(0.0)).unwrap()
}
