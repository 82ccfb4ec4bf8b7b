//! What the node Min makes of plates, without it.

use images::{Image, Rect};
use transfer::Output;

/// What the node Min renders, by its formulas.
pub fn min(b: f32, p: f32, output: Output) -> f32 {
    let d = if p.to_bits() == b.to_bits() || !(p.is_finite() && b.is_finite()) {
        0.0
    } else {
        let d = (p - b).clamp(f32::MIN, f32::MAX);
        let towards_zero = f32::from_bits(d.to_bits().saturating_sub(1));
        if (b + d).is_finite() { d } else { towards_zero }
    };
    let q = if d == 0.0 { b } else { b + d };
    match output {
        Output::Difference => d,
        Output::Residual if p.is_finite() && q.is_finite() && p != q => p - q,
        Output::Residual => 0.0,
    }
}

/// What Min makes of a window.
pub fn render(below: &Image, above: &Image, window: Rect, output: Output) -> Vec<Vec<f32>> {
    planes(below, above, window, |b, p| min(b, p, output))
}

/// What `sample` makes of a window, from the samples that the plates give for it.
pub fn planes(
    below: &Image,
    above: &Image,
    window: Rect,
    sample: impl Fn(f32, f32) -> f32,
) -> Vec<Vec<f32>> {
    let planes = above.channels.iter().map(|channel| {
        let p = above.plane(&channel.name, window).unwrap();
        let b = below.plane(&channel.name, window);
        let b = b.unwrap_or_else(|| vec![0.0; p.len()]);
        p.into_iter().zip(b).map(|(p, b)| sample(b, p)).collect()
    });
    planes.collect()
}
