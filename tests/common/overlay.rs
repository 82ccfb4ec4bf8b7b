//! Scenes with an overlay whose every number is known.

use std::sync::Arc;

use host::{Components, Frame, FrameSource, HostOptions, Instance, RectI};

use super::{Random, instance, still};

/// Edges, slopes and texture, of a seed's own: what a photograph has.
pub fn scene(bounds: RectI, components: Components, seed: u64) -> Frame {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let phase = seed as f32;
    Frame::from_fn(bounds, components, |x, y, c| {
        if c == 3 {
            return 1.0;
        }
        let (u, v) = (x as f32, y as f32);
        let wave = (0.11 * u + phase + 0.4 * c as f32).sin() * (0.07 * v + 2.0 * phase).cos();
        let (across, down) = (9 + 4 * seed as i32, 23 - 4 * seed as i32);
        let tile = (x.div_euclid(across) + y.div_euclid(down)).rem_euclid(2);
        let grain = (random.next() % 1024) as f32 / 1024.0;
        0.3 + 0.2 * wave + 0.2 * tile as f32 + 0.04 * grain
    })
    .expect("it fits")
}

/// A frame of the same place, sample by sample from two others.
pub fn combine(a: &Frame, b: &Frame, map: impl Fn(f32, f32) -> f32) -> Frame {
    let channels = a.components().count();
    Frame::from_fn(a.bounds(), a.components(), |x, y, c| {
        let [a, b] = [a, b].map(|frame| frame.pixel(x, y).expect("inside")[..channels][c]);
        if c == 3 { 1.0 } else { map(a, b) }
    })
    .expect("it fits")
}

/// The overlay at an opacity over the background.
pub fn merge(overlay: &Frame, background: &Frame, alpha: f32) -> Frame {
    combine(overlay, background, |o, b| alpha * o + (1.0 - alpha) * b)
}

/// Rounded to 8 bits.
pub fn coded(frame: &Frame) -> Frame {
    combine(frame, frame, |a, _| {
        (a.clamp(0.0, 1.0) * 255.0).round() / 255.0
    })
}

/// OverlayExtract with a background and a merged picture.
pub fn extractor(options: HostOptions, b: &Frame, a: &Frame) -> (host::Host, Instance) {
    let (host, mut node) = instance(options, "overlayextract");
    node.connect("B", still(b)).unwrap();
    node.connect("A", still(a)).unwrap();
    (host, node)
}

/// Connects an input.
pub fn connect(node: &mut Instance, clip: &str, source: Arc<dyn FrameSource>) {
    node.connect(clip, source).unwrap();
}

/// The PSNR in dB of the colours inside of a margin.
pub fn psnr(found: &Frame, truth: &Frame, margin: i32) -> f64 {
    let b = found.bounds();
    let (mut sum, mut count) = (0.0f64, 0.0f64);
    for y in b.y1 + margin..b.y2 - margin {
        for x in b.x1 + margin..b.x2 - margin {
            let (f, t) = (found.pixel(x, y).unwrap(), truth.pixel(x, y).unwrap());
            for c in 0..3 {
                sum += f64::from(f[c] - t[c]).powi(2);
                count += 1.0;
            }
        }
    }
    -10.0 * (sum / count).max(1e-20).log10()
}

/// Fails with the first sample that is not finite.
#[track_caller]
pub fn assert_finite(frame: &Frame, what: &str) {
    let bad = frame
        .floats()
        .expect("floats")
        .iter()
        .position(|sample| !sample.is_finite());
    assert_eq!(bad, None, "{what}: a sample is not finite");
}
