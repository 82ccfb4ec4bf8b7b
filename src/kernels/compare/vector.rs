//! `scalar` on vectors, in groups of [`GROUP`] samples. Most groups of two plates are equal: they
//! add nothing.

use super::{Extent, LANES, LEAST_RANK, Row, Stats, Worst, sum_lanes};
use crate::kernels::{
    Layout, Selection,
    simd::{MAX_LANES, Simd, Task},
};

/// Samples a group: whole pixels of every layout, whole turns of the lanes, bits of a `u64`.
const GROUP: usize = 48;

type Group = [f32; GROUP];

impl<S: Simd> Task<S> for Row<'_> {
    type Output = Stats;

    #[inline(always)]
    fn run(self, s: S) -> Stats {
        let (a_groups, a_rest) = self.a.as_chunks::<GROUP>();
        let (b_groups, b_rest) = self.b.as_chunks::<GROUP>();
        let mut totals = Totals::new(s, &self);
        for (i, (a, b)) in a_groups.iter().zip(b_groups).enumerate() {
            totals.add(s, i, a, b);
        }
        if !a_rest.is_empty() {
            // Filled up with pairs of zeros, which add nothing.
            let (mut a, mut b) = ([0.0; GROUP], [0.0; GROUP]);
            a[..a_rest.len()].copy_from_slice(a_rest);
            b[..b_rest.len()].copy_from_slice(b_rest);
            totals.add(s, a_groups.len(), &a, &b);
        }
        totals.finish(s)
    }
}

/// Adds a group that is not all equal and finite.
struct Unequal<'t, 'a, S: Simd> {
    totals: &'t mut Totals<'a, S>,
    group: usize,
    a: &'t Group,
    b: &'t Group,
    /// Whether every pair is finite.
    finite: bool,
}

impl<S: Simd> Task<S> for Unequal<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, s: S) {
        let Self {
            totals,
            group,
            a,
            b,
            finite,
        } = self;
        if totals.all && finite {
            return totals.add_unequal::<true>(s, group, a, b, &[0.0; GROUP]);
        }
        let included = totals.included(group);
        totals.add_unequal::<false>(s, group, a, b, &included);
        if !finite {
            totals.count_not_finite(s, a, b, &included);
        }
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
        Self {
            row,
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

    /// Adds a group.
    #[inline(always)]
    fn add(&mut self, s: S, group: usize, a: &Group, b: &Group) {
        let mut same = s.splat(ones(true));
        let mut finite = same;
        for at in (0..GROUP).step_by(S::LANES) {
            let (a, b) = (s.load(a, at), s.load(b, at));
            same = s.and(same, s.same(a, b));
            finite = s.and(finite, s.is_finite(s.sub(a, b)));
        }
        if s.all(s.and(same, finite)) {
            return;
        }
        let finite = s.all(finite);
        s.run(Unequal {
            totals: self,
            group,
            a,
            b,
            finite,
        });
    }

    /// All ones in the samples of a group that take part.
    #[inline(always)]
    fn included(&self, group: usize) -> Group {
        let Selection {
            layout, coverage, ..
        } = self.row.selection;
        let mut included = [0.0; GROUP];
        let first = group * GROUP;
        let samples = GROUP.min(self.row.a.len() - first);
        let samples = &mut included[..samples];
        coverage.expand(first / layout.channels(), layout, samples);
        for pixel in samples.chunks_exact_mut(layout.channels()) {
            for (c, sample) in pixel.iter_mut().enumerate() {
                *sample = ones(*sample != 0.0 && self.row.selection.processes(c));
            }
        }
        included
    }

    /// Adds a group. `PLAIN`: all of its samples take part and every pair is finite.
    #[inline(always)]
    fn add_unequal<const PLAIN: bool>(
        &mut self,
        s: S,
        group: usize,
        a: &Group,
        b: &Group,
        included: &Group,
    ) {
        let zero = s.splat(0.0);
        let (mut rank, mut beyond, mut passes) = (zero, zero, 0_u64);
        for turn in (0..GROUP).step_by(LANES) {
            for lane in 0..LANES / S::LANES {
                let at = turn + lane * S::LANES;
                let (a, b, included) = (s.load(a, at), s.load(b, at), s.load(included, at));
                let mut d = s.abs(s.sub(a, b));
                let mut ulp = s.ulp_distance(a, b);
                let mut same = s.same(a, b);
                let finite = s.is_finite(d);
                if !PLAIN {
                    same = s.and(same, s.or(s.eq(a, a), self.limits.nan_equal));
                }
                let mut pass = same;
                if self.limits.any {
                    let mut within = self.limits.accept(s, a, b, d, ulp);
                    if !PLAIN {
                        within = s.and(within, finite);
                    }
                    pass = s.or(pass, within);
                }
                if !PLAIN {
                    pass = s.or(pass, s.and_not(included, s.splat(ones(true))));
                    let counted = s.and(included, finite);
                    d = s.and(counted, d);
                    ulp = s.and(counted, ulp);
                    beyond = s.or(
                        beyond,
                        s.and_not(s.or(pass, finite), s.splat(f32::INFINITY)),
                    );
                }
                passes |= u64::from(s.mask(pass)) << at;
                rank = s.max(rank, d);
                self.ulp_max = s.max_u32(self.ulp_max, ulp);
                let wide = s.widen(d);
                self.sums[lane] = s.wide_add(self.sums[lane], wide);
                self.squares[lane] = s.wide_add(self.squares[lane], s.wide_mul(wide, wide));
            }
        }
        self.max = s.max(self.max, rank);
        let fails = passes ^ ((1 << GROUP) - 1);
        // `Row::rank`, the highest of the group.
        if fails != 0 {
            rank = s.max(s.max(rank, beyond), s.splat(LEAST_RANK));
            self.count_failing(group, fails);
        }
        if s.mask(s.lt(self.rank, rank)) != 0 {
            self.rank = s.splat(highest(s, rank));
            self.worst = group;
        }
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
    /// Where a tolerance accepts a finite pair.
    #[inline(always)]
    fn accept<S: Simd<V = V>>(&self, s: S, a: V, b: V, difference: V, ulp: V) -> V {
        let scale = s.max(s.abs(a), s.abs(b));
        let absolute = s.le(difference, self.absolute);
        let relative = s.le(difference, s.mul(self.relative, scale));
        let ulp = s.and(s.same(s.max_u32(ulp, self.ulp), self.ulp), self.ulp_on);
        s.or(s.or(absolute, relative), ulp)
    }
}

/// All ones, or all zeros.
#[inline(always)]
fn ones(yes: bool) -> f32 {
    f32::from_bits(if yes { u32::MAX } else { 0 })
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
    lanes.into_iter().fold(0.0, f32::max)
}
