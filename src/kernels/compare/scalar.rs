//! The definition, one sample at a time.

use super::{Extent, LANES, Row, Stats, Worst, passes, sum_lanes, ulp_distance};

pub(super) fn row(row: &Row) -> Stats {
    let mut stats = Stats::default();
    let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
    let channels = row.selection.layout.channels();
    for pixel in 0..row.a.len() / channels {
        let x = row.x(pixel);
        let mut fails = false;
        for i in pixel * channels..(pixel + 1) * channels {
            if !row.includes(i) {
                continue;
            }
            let (a, b) = (row.a[i], row.b[i]);
            let difference = (a - b).abs();
            stats.pairs += 1;
            stats.nan += u64::from(a.is_nan() || b.is_nan());
            stats.inf += u64::from(a.is_infinite() || b.is_infinite());
            if difference.is_finite() {
                stats.finite += 1;
                stats.max = stats.max.max(difference);
                stats.ulp_max = stats.ulp_max.max(ulp_distance(a, b));
                let wide = f64::from(difference);
                sums[i % LANES] += wide;
                squares[i % LANES] += wide * wide;
            }
            fails |= !passes(a, b, row.tolerance);
            let rank = row.rank(i);
            if rank > stats.worst.map_or(0.0, |worst| worst.rank) {
                stats.worst = Some(Worst { x, y: row.y, rank });
            }
        }
        if fails {
            stats.failing_pixels += 1;
            let x1 = stats.failing.map_or(x, |extent| extent.x1);
            let (x2, y2) = (x.saturating_add(1), row.y.saturating_add(1));
            stats.failing = Some(Extent {
                x1,
                y1: row.y,
                x2,
                y2,
            });
        }
    }
    stats.sum = sum_lanes(sums);
    stats.sum_squares = sum_lanes(squares);
    stats
}
