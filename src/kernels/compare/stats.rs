//! The figures of a comparison, and how rows add up to a frame.

/// The figures of a row, or of several.
///
/// A *pair* is a sample of A and the same of B. A pair is *finite* when its difference `|a - b|` is,
/// in `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Pairs compared.
    pub pairs: u64,
    /// Finite pairs among them.
    pub finite: u64,
    /// Largest difference of a finite pair.
    pub max: f32,
    /// Sum of the differences of finite pairs.
    pub sum: f64,
    /// Sum of their squares.
    pub sum_squares: f64,
    /// Largest [`ulp_distance`](super::ulp_distance) of a finite pair.
    pub ulp_max: u32,
    /// Pairs with at least one NaN.
    pub nan: u64,
    /// Pairs with at least one infinity.
    pub inf: u64,
    /// Pixels with at least one pair that fails.
    pub failing_pixels: u64,
    /// The box of the failing pixels.
    pub failing: Option<Extent>,
    /// The pixel with the largest difference; a failing pair that is not finite exceeds any other.
    /// Among equals the lowest y, then the lowest x. None if every difference is 0 and none fails.
    pub worst: Option<Worst>,
}

/// A box of pixels, in the manner of `OfxRectI`: `x1 <= x < x2`, `y1 <= y < y2`, y up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Extent {
    pub x1: i32,
    pub y1: i32,
    pub x2: i32,
    pub y2: i32,
}

/// A pixel, y up.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Worst {
    pub x: i32,
    pub y: i32,
    /// `Row::rank` of its worst sample.
    pub(super) rank: f32,
}

impl Stats {
    /// Mean difference of the finite pairs; 0 without any.
    pub fn mean(&self) -> f64 {
        self.sum / self.finite.max(1) as f64
    }

    /// Root mean square difference of the finite pairs; 0 without any.
    pub fn rms(&self) -> f64 {
        (self.sum_squares / self.finite.max(1) as f64).sqrt()
    }

    /// Peak signal-to-noise ratio in dB, `20 log10(peak / rms)`; none where the rms is 0.
    pub fn psnr(&self, peak: f64) -> Option<f64> {
        let rms = self.rms();
        (rms > 0.0).then(|| 20.0 * (peak / rms).log10())
    }

    /// The figures of both. Exact but for the two sums, which are rounded: [`Tree`] fixes the order.
    pub(super) fn merge(&self, other: &Self) -> Self {
        Self {
            pairs: self.pairs + other.pairs,
            finite: self.finite + other.finite,
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
            sum_squares: self.sum_squares + other.sum_squares,
            ulp_max: self.ulp_max.max(other.ulp_max),
            nan: self.nan + other.nan,
            inf: self.inf + other.inf,
            failing_pixels: self.failing_pixels + other.failing_pixels,
            failing: either(self.failing, other.failing, Extent::union),
            worst: either(self.worst, other.worst, Worst::worse),
        }
    }
}

fn either<T>(a: Option<T>, b: Option<T>, both: fn(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(both(a, b)),
        (a, b) => a.or(b),
    }
}

impl Extent {
    fn union(self, other: Self) -> Self {
        Self {
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
            x2: self.x2.max(other.x2),
            y2: self.y2.max(other.y2),
        }
    }
}

impl Worst {
    fn worse(self, other: Self) -> Self {
        let first = (self.y, self.x) <= (other.y, other.x);
        if self.rank > other.rank || (self.rank == other.rank && first) {
            self
        } else {
            other
        }
    }
}

/// Adds up the rows of a frame, in a pairwise tree over the row's index.
///
/// The tree depends on nothing but the order of the rows, so the figures of a frame are the same
/// in every bit however it is cut into strips, as long as its rows are pushed in order. Threads
/// that share a strip write each row's [`Stats`] into a slice, which is then pushed.
///
/// Row `i` is a leaf; two neighbouring subtrees of 2^k rows become one of 2^(k+1) as soon as both
/// are full. The error of a sum grows with the logarithm of the number of rows.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Bit k is set where `full[k]` holds a subtree of 2^k rows: a binary counter.
    rows: u32,
    full: [Stats; u32::BITS as usize],
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// A frame without rows.
    pub fn new() -> Self {
        Self {
            rows: 0,
            full: [Stats::default(); u32::BITS as usize],
        }
    }

    /// Adds the next row. More than `u32::MAX` rows start the count anew.
    pub fn push(&mut self, row: Stats) {
        let mut subtree = row;
        let carries = self.rows.trailing_ones() as usize;
        for full in &self.full[..carries] {
            subtree = full.merge(&subtree);
        }
        if let Some(place) = self.full.get_mut(carries) {
            *place = subtree;
        }
        self.rows = self.rows.wrapping_add(1);
    }

    /// The figures of all rows so far.
    pub fn total(&self) -> Stats {
        let held = (0..u32::BITS).filter(|k| self.rows >> k & 1 == 1);
        held.map(|k| self.full[k as usize])
            .reduce(|later, earlier| earlier.merge(&later))
            .unwrap_or_default()
    }
}
