//! Colour to alpha: the least opacity that explains the merged picture.

use crate::kernels::estimate::picture::Colour;
use crate::kernels::estimate::team::for_rows;
use crate::kernels::team::Team;

/// Less room than this between background and bounds is taken for this.
const LEAST_ROOM: f32 = 1e-3;

/// What the overlay may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Its least value.
    pub low: f32,
    /// Its greatest; infinity where there is none.
    pub high: f32,
}

/// Writes the least opacity of each pixel: with less, a channel of the overlay would have to lie
/// outside of the bounds. Differences up to `tolerance` count for nothing.
pub fn opacity(
    team: &dyn Team,
    merged: Colour<'_>,
    background: Colour<'_>,
    bounds: Bounds,
    tolerance: f32,
    out: &mut [f32],
) {
    for_rows::<1>(team, merged.size(), out, |y, [row]| {
        let (merged, background) = (merged.row(y), background.row(y));
        for (x, alpha) in row.iter_mut().enumerate() {
            let m = core::array::from_fn(|c| merged[c][x]);
            let b = core::array::from_fn(|c| background[c][x]);
            *alpha = least(m, b, bounds, tolerance);
        }
    });
}

/// The least opacity of a pixel.
pub(super) fn least(merged: [f32; 3], background: [f32; 3], bounds: Bounds, tolerance: f32) -> f32 {
    let channels = merged.into_iter().zip(background);
    let needed = channels.map(|(m, b)| {
        let brighter = (m - b - tolerance) / (bounds.high - b).max(LEAST_ROOM);
        let darker = (b - m - tolerance) / (b - bounds.low).max(LEAST_ROOM);
        brighter.max(darker)
    });
    // NaN is no opacity: max leaves it out.
    needed.fold(0.0, f32::max).min(1.0)
}
