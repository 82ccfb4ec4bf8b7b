//! Smaller versions of a file's pixels, for renders at a proxy scale.

use super::Plate;
use crate::geometry::RectD;

/// The most samples of a proxy: 4 GiB, like those of a file.
const MAX_SAMPLES: usize = 1 << 30;

/// Each pixel is the average of those that it covers, each by the part of it covered; what lies
/// outside the image does not count. Summed in double. `None` where a scale far above 1 asks for
/// more than fits in memory.
pub fn box_average(full: &Plate, scale: (f64, f64)) -> Option<Plate> {
    let from = full.bounds;
    let edges = RectD::new(
        from.x1.into(),
        from.y1.into(),
        from.x2.into(),
        from.y2.into(),
    );
    let to = edges.to_pixels(scale, 1.0);
    let channels = full.layout.channels();
    let pixels = to.width().checked_mul(to.height())?;
    let count = pixels.checked_mul(channels).filter(|&n| n <= MAX_SAMPLES)?;
    let columns = spans((from.x1, from.x2), (to.x1, to.x2), scale.0);
    let rows = spans((from.y1, from.y2), (to.y1, to.y2), scale.1);
    let mut samples = Vec::new();
    samples.try_reserve_exact(count).ok()?;
    for row in &rows {
        for column in &columns {
            for c in 0..channels {
                samples.push(average(full, row, column, c));
            }
        }
    }
    Some(Plate {
        bounds: to,
        layout: full.layout,
        samples,
    })
}

fn average(full: &Plate, rows: &[Part], columns: &[Part], channel: usize) -> f32 {
    let channels = full.layout.channels();
    let width = full.bounds.width();
    let (mut sum, mut weight) = (0.0, 0.0);
    for row in rows {
        for column in columns {
            let sample = full.samples[(row.index * width + column.index) * channels + channel];
            sum += f64::from(sample) * row.part * column.part;
            weight += row.part * column.part;
        }
    }
    // Rounding may leave a pixel at the edge without any.
    if weight > 0.0 {
        (sum / weight) as f32
    } else {
        0.0
    }
}

/// A pixel of the full image, counted from its first, and how much of it is covered.
struct Part {
    index: usize,
    part: f64,
}

/// For each pixel of the proxy along one axis, what it covers.
fn spans(from: (i32, i32), to: (i32, i32), scale: f64) -> Vec<Vec<Part>> {
    let covered = |pixel: i32| {
        let low = f64::from(pixel) / scale;
        let high = (f64::from(pixel) + 1.0) / scale;
        let first = (low.floor() as i32).max(from.0);
        let last = (high.ceil() as i32).min(from.1);
        (first..last)
            .map(|at| Part {
                index: (at - from.0) as usize,
                part: (f64::from(at) + 1.0).min(high) - f64::from(at).max(low),
            })
            .filter(|part| part.part > 0.0)
            .collect()
    };
    (to.0..to.1).map(covered).collect()
}
