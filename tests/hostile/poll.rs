//! Renders that are aborted at any question, and buttons that are cancelled at any step of their progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use host::{
    Abort, Components, EffectContext, Error, Host, HostOptions, Instance, InstanceOptions, Library,
    ParamKind, Progress, RectI, RenderArgs, Value,
};

use crate::common::overlay::scene;
use crate::common::{library, still};
use crate::{FAIRLY_LARGE, LARGE, NODES, SLOW, wanted_runs};

/// Aborts of a render, and cancels of a button, where there is no time for all.
const FEW: u64 = 10;

fn created(host: &Host, library: &Library, node: usize, bounds: RectI) -> Instance {
    let (name, clips) = NODES[node];
    let plugin = host
        .load(library, &format!("org.deltaplate.{name}"))
        .unwrap();
    let mut instance = plugin
        .create_instance(EffectContext::General, InstanceOptions::default())
        .unwrap();
    for (seed, clip) in (1..).zip(clips) {
        let frame = scene(bounds, Components::Rgba, seed);
        instance.connect(clip, still(&frame)).unwrap();
    }
    instance
}

/// The numbers to try of so many.
fn some(count: u64) -> impl Iterator<Item = u64> {
    let step = match wanted_runs() {
        None => (count / FEW).max(1),
        Some(_) => 1,
    };
    (0..count).step_by(step as usize)
}

#[test]
fn an_abort_at_any_question_ends_the_render() {
    let library = library();
    for (node, (name, _)) in NODES.into_iter().enumerate() {
        let bounds = if node == SLOW { FAIRLY_LARGE } else { LARGE };
        let args = RenderArgs {
            window: Some(bounds),
            ask_identity: false,
            ..RenderArgs::at(1.0)
        };
        let ask = |after: Option<u64>| {
            let asked = Arc::new(AtomicU64::new(0));
            let count = asked.clone();
            let abort = Abort::When(Arc::new(move || {
                let question = count.fetch_add(1, Ordering::Relaxed);
                after.is_some_and(|after| question >= after)
            }));
            let host = Host::new(HostOptions {
                threads: 2,
                canary: true,
                abort,
                ..HostOptions::default()
            });
            let instance = created(&host, &library, node, bounds);
            asked.store(0, Ordering::Relaxed);
            let rendered = instance.render(&args);
            assert_eq!(instance.outstanding_images(), 0);
            drop(instance);
            assert_eq!(host.outstanding_memory(), 0);
            assert!(host.violations().is_empty(), "{:?}", host.violations());
            (rendered, asked.load(Ordering::Relaxed))
        };
        let (rendered, questions) = ask(None);
        rendered.unwrap();
        println!("{name}: {questions} questions");
        assert!(questions > 2, "{name} asks {questions} times");
        // How many bands worker 0 takes, and so how often it asks, is chance; that it asks is not.
        for after in some(questions / 2) {
            match ask(Some(after)) {
                (Err(Error::Aborted { .. }), _) | (Ok(_), _) if after > 0 => (),
                (Err(Error::Aborted { .. }), asked) => {
                    assert!(asked < questions, "{name}: {asked}")
                }
                (other, asked) => panic!("{name}: {other:?} after {after}, {asked} asked"),
            }
        }
    }
}

/// Cancels at a step.
#[derive(Debug, Default)]
struct Canceller {
    after: u64,
    open: AtomicU64,
    steps: AtomicU64,
}

impl Progress for Canceller {
    fn start(&self, _: &str) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    fn update(&self, done: f64) -> bool {
        assert!((0.0..=1.0).contains(&done), "{done}");
        self.steps.fetch_add(1, Ordering::Relaxed) < self.after
    }

    fn end(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn values(instance: &Instance) -> Vec<Option<Value>> {
    let params = instance.params();
    let values = params.iter().map(|p| instance.get(&p.name, 1.0).ok());
    values.collect()
}

#[test]
fn a_cancel_at_any_step_writes_nothing() {
    let library = library();
    let mut buttons = 0;
    for (node, (title, _)) in NODES.into_iter().enumerate() {
        let press = |button: &str, after| {
            let progress = Arc::new(Canceller {
                after,
                ..Canceller::default()
            });
            let host = Host::new(HostOptions {
                threads: 2,
                canary: true,
                progress: Some(progress.clone()),
                ..HostOptions::default()
            });
            let mut instance = created(&host, &library, node, RectI::new(0, 0, 96, 96));
            let before = values(&instance);
            instance.press(button, 1.0, 1.0).unwrap();
            assert_eq!(progress.open.load(Ordering::Relaxed), 0, "bars left open");
            assert_eq!(instance.outstanding_images(), 0);
            let steps = progress.steps.load(Ordering::Relaxed);
            (values(&instance) == before, steps)
        };
        let params = created(&Host::default(), &library, node, RectI::new(0, 0, 8, 8)).params();
        for param in params {
            if param.kind != ParamKind::PushButton {
                continue;
            }
            let name = &param.name;
            let (_, steps) = press(name, u64::MAX);
            println!("{title}: {name}: {steps} steps");
            buttons += u64::from(steps > 0);
            for after in some(steps) {
                let (same, asked) = press(name, after);
                assert!(same, "{name}: written although cancelled at step {after}");
                assert_eq!(asked, after + 1, "{name}: went on after step {after}");
            }
        }
    }
    assert_eq!(buttons, 5, "buttons that show progress");
}
