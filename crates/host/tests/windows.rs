//! Frames that are read window by window.

mod support;

use host::*;
use std::sync::{Arc, Mutex};
use support::*;

const BOUNDS: RectI = RectI::new(-5, 3, 12, 40);

/// A source of a ramp, and the windows that were read of it.
fn source(
    read: impl Fn(&Frame, RectI) -> Frame + Send + Sync + 'static,
) -> (Arc<dyn FrameSource>, Arc<Mutex<Vec<RectI>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let frame = ramp(BOUNDS, Components::Rgba);
    let note = seen.clone();
    let source = WindowSource::new(BOUNDS, Format::default(), move |window| {
        note.lock().unwrap().push(window);
        Ok(read(&frame, window))
    });
    (Arc::new(source), seen)
}

#[test]
fn only_what_is_rendered_is_read() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let (source, seen) = source(|frame, window| frame.reframed(window).unwrap());
    instance.connect("Source", source).unwrap();
    let whole = inverted(&ramp(BOUNDS, Components::Rgba), 1.0);
    for y in (3..40).step_by(10) {
        let window = RectI::new(-5, y, 12, (y + 10).min(40));
        let args = RenderArgs {
            window: Some(window),
            ..RenderArgs::at(1.0)
        };
        let strip = instance.render(&args).unwrap();
        assert_eq!(strip, whole.reframed(window).unwrap());
        assert_eq!(std::mem::take(&mut *seen.lock().unwrap()), [window]);
    }
    assert_eq!(instance.outstanding_images(), 0);
}

#[test]
fn what_cannot_be_had_fails_the_render() {
    let (_host, mut instance) = instance(HostOptions::default(), "test.invert");
    let (short, _) = source(|frame, window| {
        let row = RectI {
            y2: window.y1 + 1,
            ..window
        };
        frame.reframed(row).unwrap()
    });
    instance.connect("Source", short).unwrap();
    let error = instance.render(&RenderArgs::at(1.0)).unwrap_err();
    assert!(error.to_string().contains("was read"), "{error}");

    let (whole, _) = source(|frame, _| frame.clone());
    instance.connect("Source", whole).unwrap();
    assert!(instance.render(&RenderArgs::at(1.0)).is_ok());
    let proxy = RenderArgs {
        scale: 0.5.into(),
        ..RenderArgs::at(1.0)
    };
    let error = instance.render(&proxy).unwrap_err();
    assert!(error.to_string().contains("no proxies"), "{error}");
}
