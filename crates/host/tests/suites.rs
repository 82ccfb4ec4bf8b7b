//! The suites, as plug-ins see them.

mod support;

use host::*;
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use support::*;

/// Sees all, and stops what is more than half done.
#[derive(Debug, Default)]
struct Viewer(Mutex<Vec<String>>);

impl Progress for Viewer {
    fn start(&self, label: &str) {
        self.0.lock().unwrap().push(format!("start {label}"));
    }
    fn update(&self, done: f64) -> bool {
        self.0.lock().unwrap().push(format!("update {done}"));
        done < 0.5
    }
    fn end(&self) {
        self.0.lock().unwrap().push("end".into());
    }
}

#[test]
fn every_suite_answers() {
    let viewer = Arc::new(Viewer::default());
    let options = HostOptions {
        threads: 3,
        progress: Some(viewer.clone()),
        answer: false,
        ..HostOptions::default()
    };
    let (host, instance) = instance(options, "test.checks");
    assert_eq!(
        *viewer.0.lock().unwrap(),
        ["start work", "update 0.25", "update 0.75", "end"]
    );
    let texts: Vec<_> = host
        .messages()
        .iter()
        .map(|m| (m.kind, m.text.clone(), m.persistent))
        .collect();
    assert_eq!(
        texts,
        [
            (MessageKind::Question, "it is 3 or 1.5".into(), false),
            (MessageKind::Warning, "stays".into(), true),
            (MessageKind::Warning, "stays longer".into(), true),
        ]
    );
    let message = instance.persistent_message().unwrap();
    assert_eq!(
        (
            message.plugin.as_str(),
            message.id.as_str(),
            message.text.as_str()
        ),
        ("test.checks", "id", "stays longer")
    );
    assert_eq!(host.outstanding_memory(), 0);
    assert_eq!(
        instance.get("tint", 0.0).unwrap(),
        [0.1, 0.2, 0.3, 0.4].into()
    );
}

/// Half of the least normal float, computed at run time.
fn denormal() -> f32 {
    black_box(f32::MIN_POSITIVE) * black_box(0.5)
}

#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn a_host_flushes_denormals_only_where_it_is_asked_to() {
    for (flush_to_zero, expected) in [(false, f32::MIN_POSITIVE / 2.0), (true, 0.0)] {
        let options = HostOptions {
            flush_to_zero,
            threads: 2,
            ..HostOptions::default()
        };
        let (_host, mut instance) = instance(options, "test.fault.denormal");
        instance
            .connect(
                "Source",
                still(ramp(RectI::new(0, 0, 2, 1), Components::Alpha)),
            )
            .unwrap();
        let frame = instance.render(&RenderArgs::at(1.0)).unwrap();
        assert_eq!(frame.floats().unwrap(), [expected; 2]);
        assert_ne!(denormal(), 0.0, "the host's own arithmetic is IEEE's");
    }
}
