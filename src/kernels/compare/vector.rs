//! `scalar` on vectors, in groups of [`GROUP`] samples. Most groups of two plates are equal: they
//! add nothing.

use super::{Extent, LANES, LEAST_RANK, Row, Stats, Worst, sum_lanes};
use crate::kernels::{
    Coverage, Layout, Selection,
    simd::{MAX_LANES, Simd, Task, ones, repeat},
};

/// Samples a group: whole pixels of every layout, whole turns of the lanes, bits of a `u64`.
const GROUP: usize = 48;

type Group = [f32; GROUP];

/// Groups that are scanned at once: 24 KB of both rows, and bits of a `u64`.
const SCAN: usize = 64;

impl<S: Simd> Task<S> for Row<'_> {
    type Output = Stats;

    #[inline(always)]
    fn run(self, s: S) -> Stats {
        let mut totals = Totals::new(s, &self);
        if totals.stats.pairs == 0 {
            return totals.stats;
        }
        let (a_groups, a_rest) = self.a.as_chunks::<GROUP>();
        let (b_groups, b_rest) = self.b.as_chunks::<GROUP>();
        let scans = a_groups.chunks(SCAN).zip(b_groups.chunks(SCAN));
        for (i, (a, b)) in scans.enumerate() {
            // First without a branch, at the memory's speed.
            let mut unequal = 0_u64;
            for (k, (a, b)) in a.iter().zip(b).enumerate() {
                unequal |= u64::from(!equal(s, a, b)) << k;
            }
            while unequal != 0 {
                let k = unequal.trailing_zeros() as usize;
                s.run(Add {
                    totals: &mut totals,
                    group: i * SCAN + k,
                    a: &a[k],
                    b: &b[k],
                });
                unequal &= unequal - 1;
            }
        }
        if !a_rest.is_empty() {
            // Filled up with pairs of zeros, which add nothing.
            let (mut a, mut b) = ([0.0; GROUP], [0.0; GROUP]);
            a[..a_rest.len()].copy_from_slice(a_rest);
            b[..b_rest.len()].copy_from_slice(b_rest);
            s.run(Add {
                totals: &mut totals,
                group: a_groups.len(),
                a: &a,
                b: &b,
            });
        }
        totals.finish(s)
    }
}

/// Whether a group is equal and finite, so that it adds nothing.
#[inline(always)]
fn equal<S: Simd>(s: S, a: &Group, b: &Group) -> bool {
    let mut equal = s.splat(ones(true));
    for at in (0..GROUP).step_by(S::LANES) {
        let (a, b) = (s.load(a, at), s.load(b, at));
        equal = s.and(equal, s.and(s.same(a, b), s.is_finite(a)));
    }
    s.all(equal)
}

/// Adds a group to the figures: a function of its own, so that it does not take the registers of
/// the loop over the groups.
struct Add<'t, 'a, S: Simd> {
    totals: &'t mut Totals<'a, S>,
    group: usize,
    a: &'t Group,
    b: &'t Group,
}

impl<S: Simd> Task<S> for Add<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, s: S) {
        let Self {
            totals,
            group,
            a,
            b,
        } = self;
        if totals.all && totals.add_pairs(s, group, a, b, None) {
            return;
        }
        let included = totals.included(s, group);
        totals.add_pairs(s, group, a, b, Some(&included));
        totals.count_not_finite(s, a, b, &included);
    }
}

/// [`Tolerance`](super::Tolerance) as vectors.
struct Limits<V> {
    /// Whether any is on.
    any: bool,
    /// NaN, which accepts nothing, where it is off.
    absolute: V,
    relative: V,
    ulp: V,
    /// All ones where it is on.
    ulp_on: V,
    nan_equal: V,
}

/// The figures of a row so far.
struct Totals<'a, S: Simd> {
    row: &'a Row<'a>,
    limits: Limits<S::V>,
    /// All ones in channels that are processed.
    channels: Group,
    /// Whether every sample of the row takes part.
    all: bool,
    stats: Stats,
    /// Pairs that are not finite.
    not_finite: u64,
    /// Pixels from the first to past the last that fails.
    failing: Option<(usize, usize)>,
    /// `LANES` lanes each, of which AVX2 fills two vectors and SSE2 four.
    sums: [S::Wide; 4],
    squares: [S::Wide; 4],
    max: S::V,
    ulp_max: S::V,
    /// The highest rank, in every lane, and the first group that has it.
    rank: S::V,
    worst: usize,
}

impl<'a, S: Simd> Totals<'a, S> {
    #[inline(always)]
    fn new(s: S, row: &'a Row<'a>) -> Self {
        let t = row.tolerance;
        let zero = s.splat(0.0);
        let pairs = row.pairs();
        let mut channels = [0.0; GROUP];
        let pixel = [0, 1, 2, 3].map(|c| ones(row.selection.processes(c)));
        repeat(row.selection.layout, pixel, &mut channels);
        Self {
            row,
            channels,
            limits: Limits {
                any: t.absolute.is_some() || t.relative.is_some() || t.ulp.is_some(),
                absolute: s.splat(t.absolute.unwrap_or(f32::NAN)),
                relative: s.splat(t.relative.unwrap_or(f32::NAN)),
                ulp: s.splat(f32::from_bits(t.ulp.unwrap_or(0))),
                ulp_on: s.splat(ones(t.ulp.is_some())),
                nan_equal: s.splat(ones(t.nan_equal)),
            },
            all: pairs == row.a.len(),
            stats: Stats {
                pairs: pairs as u64,
                ..Stats::default()
            },
            not_finite: 0,
            failing: None,
            sums: [s.widen(zero); 4],
            squares: [s.widen(zero); 4],
            max: zero,
            ulp_max: zero,
            rank: zero,
            worst: 0,
        }
    }

    /// All ones in the samples of a group that take part.
    #[inline(always)]
    fn included(&self, s: S, group: usize) -> Group {
        let Selection {
            layout, coverage, ..
        } = self.row.selection;
        if matches!(coverage, Coverage::Uniform(_)) {
            return self.channels;
        }
        let first = group * GROUP;
        let samples = GROUP.min(self.row.a.len() - first);
        let mut included = [0.0; GROUP];
        coverage.expand(first / layout.channels(), layout, &mut included[..samples]);
        for at in (0..GROUP).step_by(S::LANES) {
            let none = s.eq(s.load(&included, at), s.splat(0.0));
            s.store(
                s.and_not(none, s.load(&self.channels, at)),
                &mut included,
                at,
            );
        }
        included
    }

    /// Adds a group's pairs. Without `included` all of them take part; then nothing is added
    /// unless all are finite, and the result says whether they are.
    #[inline(always)]
    fn add_pairs(
        &mut self,
        s: S,
        group: usize,
        a: &Group,
        b: &Group,
        included: Option<&Group>,
    ) -> bool {
        let zero = s.splat(0.0);
        let (mut rank, mut beyond, mut ulp_max) = (zero, zero, self.ulp_max);
        let (mut sums, mut squares) = (self.sums, self.squares);
        let mut passes = [0.0; GROUP];
        let mut all_finite = s.splat(ones(true));
        for turn in (0..GROUP).step_by(LANES) {
            for lane in 0..LANES / S::LANES {
                let at = turn + lane * S::LANES;
                let (a, b) = (s.load(a, at), s.load(b, at));
                let mut d = s.abs(s.sub(a, b));
                let mut ulp = s.ulp_distance(a, b);
                let mut pass = s.same(a, b);
                if included.is_some() {
                    pass = s.and(pass, s.or(s.eq(a, a), self.limits.nan_equal));
                }
                if self.limits.any {
                    pass = s.or(pass, self.limits.accept(s, a, b, d, ulp));
                }
                let finite = s.is_finite(d);
                all_finite = s.and(all_finite, finite);
                if let Some(included) = included {
                    let included = s.load(included, at);
                    pass = s.or(pass, s.and_not(included, s.splat(ones(true))));
                    let infinite = s.and_not(s.or(pass, finite), s.splat(f32::INFINITY));
                    beyond = s.or(beyond, infinite);
                    let counted = s.and(included, finite);
                    d = s.and(counted, d);
                    ulp = s.and(counted, ulp);
                }
                s.store(pass, &mut passes, at);
                rank = s.max(rank, d);
                ulp_max = s.max_u32(ulp_max, ulp);
                let wide = s.widen(d);
                sums[lane] = s.wide_add(sums[lane], wide);
                squares[lane] = s.wide_add(squares[lane], s.wide_mul(wide, wide));
            }
        }
        if included.is_none() && !s.all(all_finite) {
            return false;
        }
        (self.sums, self.squares, self.ulp_max) = (sums, squares, ulp_max);
        self.max = s.max(self.max, rank);
        let mut fails = 0;
        for at in (0..GROUP).step_by(S::LANES) {
            fails |= u64::from(!s.mask(s.load(&passes, at)) & ((1 << S::LANES) - 1)) << at;
        }
        // `Row::rank`, the highest of the group.
        if fails != 0 {
            rank = s.max(s.max(rank, beyond), s.splat(LEAST_RANK));
            self.count_failing(group, fails);
        }
        if s.mask(s.lt(self.rank, rank)) != 0 {
            self.rank = s.splat(highest(s, rank));
            self.worst = group;
        }
        true
    }

    #[inline(always)]
    fn count_not_finite(&mut self, s: S, a: &Group, b: &Group, included: &Group) {
        let infinity = s.splat(f32::INFINITY);
        for at in (0..GROUP).step_by(S::LANES) {
            let (a, b, included) = (s.load(a, at), s.load(b, at), s.load(included, at));
            let numbers = s.and(s.eq(a, a), s.eq(b, b));
            let infinite = s.or(s.eq(s.abs(a), infinity), s.eq(s.abs(b), infinity));
            let finite = s.is_finite(s.sub(a, b));
            self.not_finite += count(s, s.and_not(finite, included));
            self.stats.nan += count(s, s.and_not(numbers, included));
            self.stats.inf += count(s, s.and(infinite, included));
        }
    }

    /// `fails`: a bit for each sample of the group.
    #[inline(always)]
    fn count_failing(&mut self, group: usize, fails: u64) {
        let layout = self.row.selection.layout;
        // A bit for each pixel, at its first sample.
        let pixels = match layout {
            Layout::Alpha => fails,
            Layout::Rgb => (fails | fails >> 1 | fails >> 2) & 0x2492_4924_9249,
            Layout::Rgba => (fails | fails >> 1 | fails >> 2 | fails >> 3) & 0x1111_1111_1111,
        };
        let pixel = |bit: u32| (group * GROUP + bit as usize) / layout.channels();
        let first = match self.failing {
            Some((first, _)) => first,
            None => pixel(pixels.trailing_zeros()),
        };
        self.failing = Some((first, pixel(pixels.ilog2()) + 1));
        self.stats.failing_pixels += u64::from(pixels.count_ones());
    }

    #[inline(always)]
    fn finish(self, s: S) -> Stats {
        let Self { row, mut stats, .. } = self;
        let sum = |vectors: [S::Wide; 4]| {
            let mut lanes = [0.0; LANES];
            for (vector, at) in vectors.into_iter().zip((0..LANES).step_by(S::LANES)) {
                s.wide_store(vector, &mut lanes, at);
            }
            sum_lanes(lanes)
        };
        stats.sum = sum(self.sums);
        stats.sum_squares = sum(self.squares);
        stats.finite = stats.pairs - self.not_finite;
        stats.max = highest(s, self.max);
        let mut ulp = [0.0; MAX_LANES];
        s.store(self.ulp_max, &mut ulp, 0);
        stats.ulp_max = ulp.iter().fold(0, |max, ulp| max.max(ulp.to_bits()));
        stats.failing = self.failing.map(|(first, end)| Extent {
            x1: row.x(first),
            y1: row.y,
            x2: row.x(end),
            y2: row.y.saturating_add(1),
        });
        let rank = highest(s, self.rank);
        if rank > 0.0 {
            let mut samples = self.worst * GROUP..row.a.len();
            let worst = samples.find(|&i| row.includes(i) && row.rank(i) == rank);
            stats.worst = worst.map(|i| {
                let x = row.x(i / row.selection.layout.channels());
                Worst { x, y: row.y, rank }
            });
        }
        stats
    }
}

impl<V: Copy> Limits<V> {
    /// Where a tolerance accepts a pair, which must be finite.
    #[inline(always)]
    fn accept<S: Simd<V = V>>(&self, s: S, a: V, b: V, difference: V, ulp: V) -> V {
        let scale = s.max(s.abs(a), s.abs(b));
        let absolute = s.le(difference, self.absolute);
        let relative = s.le(difference, s.mul(self.relative, scale));
        let ulp = s.and(s.same(s.max_u32(ulp, self.ulp), self.ulp), self.ulp_on);
        s.and(s.is_finite(difference), s.or(s.or(absolute, relative), ulp))
    }
}

/// How many lanes are all ones.
#[inline(always)]
fn count<S: Simd>(s: S, v: S::V) -> u64 {
    u64::from(s.mask(v).count_ones())
}

/// The greatest lane of a vector without NaN or negative lanes.
#[inline(always)]
fn highest<S: Simd>(s: S, v: S::V) -> f32 {
    let mut lanes = [0.0; MAX_LANES];
    s.store(v, &mut lanes, 0);
    for half in [4, 2, 1] {
        for i in 0..half {
            lanes[i] = lanes[i].max(lanes[i + half]);
        }
    }
    lanes[0]
}
