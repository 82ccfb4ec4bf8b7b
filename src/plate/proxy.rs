//! Smaller versions of a file's pixels, for renders at a proxy scale.

use super::Plate;
use crate::geometry::RectD;

/// Each pixel is the average of those that it covers, each by the part of it covered; what lies
/// outside the image does not count. Summed in double.
pub fn box_average(full: &Plate, scale: (f64, f64)) -> Plate {
    let from = full.bounds;
    let edges = RectD::new(
        from.x1.into(),
        from.y1.into(),
        from.x2.into(),
        from.y2.into(),
    );
    let to = edges.to_pixels(scale, 1.0);
    let channels = full.layout.channels();
    let columns = spans((from.x1, from.x2), (to.x1, to.x2), scale.0);
    let rows = spans((from.y1, from.y2), (to.y1, to.y2), scale.1);
    let mut samples = Vec::with_capacity(to.width() * to.height() * channels);
    for row in &rows {
        for column in &columns {
            for c in 0..channels {
                samples.push(average(full, row, column, c));
            }
        }
    }
    Plate {
        bounds: to,
        layout: full.layout,
        samples,
    }
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
    (sum / weight) as f32
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
