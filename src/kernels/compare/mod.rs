//! Compare: which samples of a candidate A and a reference B agree, and how far the rest are apart.
//!
//! The difference of a pair is `|a - b|`, rounded once to `f32`. A tolerance `t` therefore accepts
//! every pair whose true difference is at most `t`, and those above it by less than half a unit
//! in the last place of `t`. A pair is *finite* when that difference is: without NaN, infinity and
//! overflow.

#[cfg(test)]
mod scalar;
mod stats;
#[cfg(test)]
mod tests;
mod totals;
mod vector;

use super::{
    Coverage, Selection, factor,
    simd::{Simd, run_best},
};
pub use stats::{Extent, Stats, Tree, Worst};

/// What still counts as equal. With everything off, only equal bits do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tolerance {
    /// Accepts a difference of at most this.
    pub absolute: Option<f32>,
    /// Accepts a difference of at most this times the greater of `|a|` and `|b|` (rounded once).
    pub relative: Option<f32>,
    /// Accepts at most this [`ulp_distance`].
    pub ulp: Option<u32>,
    /// Two NaN of equal bits are equal.
    pub nan_equal: bool,
}

/// Whether a pair counts as equal: its bits are equal (for NaN only with
/// [`nan_equal`](Tolerance::nan_equal)), or its difference is finite and any tolerance that is on
/// accepts it.
#[inline]
pub fn passes(a: f32, b: f32, tolerance: &Tolerance) -> bool {
    if a.to_bits() == b.to_bits() {
        return tolerance.nan_equal || !a.is_nan();
    }
    let difference = (a - b).abs();
    difference.is_finite()
        && (tolerance.absolute.is_some_and(|t| difference <= t)
            || tolerance
                .relative
                .is_some_and(|t| difference <= t * a.abs().max(b.abs()))
            || tolerance.ulp.is_some_and(|t| ulp_distance(a, b) <= t))
}

/// How many steps from one float to the next lead from `a` to `b`. The two zeros are one float.
/// A NaN stands beyond infinity, by its payload.
#[inline]
pub fn ulp_distance(a: f32, b: f32) -> u32 {
    let ordered = |x: f32| {
        let magnitude = i64::from(x.to_bits() & 0x7fff_ffff);
        if x.is_sign_negative() {
            -magnitude
        } else {
            magnitude
        }
    };
    // At most 2 * 0x7fff_ffff.
    ordered(a).abs_diff(ordered(b)) as u32
}

/// Compares a row. `x0`, `y`: its first pixel, in OpenFX pixels (y up).
///
/// Left out are channels that are not processed and pixels whose coverage is 0. The result's sums
/// are taken in 16 lanes (sample `i` of the row in lane `i % 16`) and then across them, so a row
/// must be given whole.
///
/// # Panics
///
/// If the rows differ in length or are not whole pixels, or the mask has another number of pixels.
pub fn row(
    a: &[f32],
    b: &[f32],
    selection: Selection,
    tolerance: &Tolerance,
    x0: i32,
    y: i32,
) -> Stats {
    assert_eq!(a.len(), b.len(), "rows differ in length");
    selection.pixels(a.len());
    let row = Row {
        a,
        b,
        selection,
        tolerance,
        x0,
        y,
    };
    run_best!(row)
}

/// The arguments of [`row`].
struct Row<'a> {
    a: &'a [f32],
    b: &'a [f32],
    selection: Selection<'a>,
    tolerance: &'a Tolerance,
    x0: i32,
    y: i32,
}

impl Row<'_> {
    fn x(&self, pixel: usize) -> i32 {
        i32::try_from(pixel).map_or(i32::MAX, |pixel| self.x0.saturating_add(pixel))
    }

    /// How many samples take part.
    fn pairs(&self) -> usize {
        let Selection {
            layout, coverage, ..
        } = self.selection;
        let pixels = self.a.len() / layout.channels();
        let pixels = match coverage {
            Coverage::Uniform(0.0) => 0,
            Coverage::Uniform(_) => pixels,
            Coverage::Mask { mask, mix, invert } => mask
                .iter()
                .filter(|&&mask| factor(mask, mix, invert) != 0.0)
                .count(),
        };
        pixels
            * (0..layout.channels())
                .filter(|&c| self.selection.processes(c))
                .count()
    }

    /// Whether the sample takes part.
    fn includes(&self, sample: usize) -> bool {
        let channels = self.selection.layout.channels();
        self.selection.processes(sample % channels)
            && self.selection.coverage.at(sample / channels) != 0.0
    }

    /// By which the worst pixel is found: the difference; infinity where it is not finite and
    /// fails; and above 0 wherever the pair fails (-0 against +0).
    fn rank(&self, sample: usize) -> f32 {
        let (a, b) = (self.a[sample], self.b[sample]);
        let difference = (a - b).abs();
        match (difference.is_finite(), passes(a, b, self.tolerance)) {
            (true, true) => difference,
            (true, false) => difference.max(LEAST_RANK),
            (false, true) => 0.0,
            (false, false) => f32::INFINITY,
        }
    }
}

/// The least rank of a failing sample: the least positive float.
const LEAST_RANK: f32 = f32::from_bits(1);

/// Sums across the lanes by halving: lane `i` takes lane `i + 8`, then `i + 4`, ...
fn sum_lanes(mut lanes: [f64; LANES]) -> f64 {
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
    }
    lanes[0]
}

/// Lanes of a row's sums.
const LANES: usize = 16;
