//! `scalar` on vectors, in groups of [`GROUP`] samples. Most groups of two plates are equal, and
//! add nothing but their number.

use super::{Extent, LANES, LEAST_RANK, Row, Stats, Worst, sum_lanes};
use crate::kernels::{
    Coverage, Layout, Selection,
    simd::{MAX_LANES, Simd, Task},
};

/// Samples a group: whole pixels of every layout, whole turns of the lanes, bits of a `u64`.
const GROUP: usize = 48;

type Group = [f32; GROUP];

impl Task for Row<'_> {
    type Output = Stats;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> Stats {
        let (a_groups, a_rest) = self.a.as_chunks::<GROUP>();
        let (b_groups, b_rest) = self.b.as_chunks::<GROUP>();
        let mut included = Included::new(&self);
        let mut totals = Totals::new(s, &self);
        for (i, (a, b)) in a_groups.iter().zip(b_groups).enumerate() {
            included.turn_to(i, GROUP);
            totals.add(s, i, a, b, &included);
        }
        if !a_rest.is_empty() {
            let (mut a, mut b) = ([0.0; GROUP], [0.0; GROUP]);
            a[..a_rest.len()].copy_from_slice(a_rest);
            b[..b_rest.len()].copy_from_slice(b_rest);
            included.turn_to(a_groups.len(), a_rest.len());
            totals.add(s, a_groups.len(), &a, &b, &included);
        }
        totals.finish(s)
    }
}

/// Which samples of a group take part.
struct Included<'a> {
    row: &'a Row<'a>,
    /// Samples in the group; 0 before the first.
    len: usize,
    /// All ones where a channel is processed.
    channels: Group,
    /// All ones where a sample takes part.
    samples: Group,
    /// How many do.
    count: u64,
}

impl<'a> Included<'a> {
    #[inline(always)]
    fn new(row: &'a Row<'a>) -> Self {
        let mut channels = [0.0; GROUP];
        for (i, channel) in channels.iter_mut().enumerate() {
            if row.selection.processes(i % row.selection.layout.channels()) {
                *channel = f32::from_bits(u32::MAX);
            }
        }
        Self {
            row,
            len: 0,
            channels,
            samples: [0.0; GROUP],
            count: 0,
        }
    }

    /// Moves to a group, which holds `len` samples.
    #[inline(always)]
    fn turn_to(&mut self, group: usize, len: usize) {
        let Selection {
            layout, coverage, ..
        } = self.row.selection;
        if matches!(coverage, Coverage::Uniform(_)) && len == self.len {
            return;
        }
        self.len = len;
        let mut m = [0.0; GROUP];
        coverage.expand(group * GROUP / layout.channels(), layout, &mut m[..len]);
        self.count = 0;
        for ((sample, channel), m) in self.samples.iter_mut().zip(self.channels).zip(m) {
            *sample = if m != 0.0 { channel } else { 0.0 };
            self.count += u64::from(sample.to_bits() & 1);
        }
    }
}

/// [`Tolerance`](super::Tolerance) as vectors.
struct Limits<V> {
    /// NaN, which accepts nothing, where a tolerance is off.
    absolute: V,
    relative: V,
    ulp: V,
    /// All ones where the tolerance is on.
    ulp_on: V,
    nan_equal: V,
}

/// The figures of a row so far.
struct Totals<'a, S: Simd> {
    row: &'a Row<'a>,
    limits: Limits<S::V>,
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
        let flag = |on| s.splat(if on { f32::from_bits(u32::MAX) } else { 0.0 });
        let zero = s.splat(0.0);
        Self {
            row,
            limits: Limits {
                absolute: s.splat(t.absolute.unwrap_or(f32::NAN)),
                relative: s.splat(t.relative.unwrap_or(f32::NAN)),
                ulp: s.splat(f32::from_bits(t.ulp.unwrap_or(0))),
                ulp_on: flag(t.ulp.is_some()),
                nan_equal: flag(t.nan_equal),
            },
            stats: Stats::default(),
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
    fn add(&mut self, s: S, group: usize, a: &Group, b: &Group, included: &Included) {
        self.stats.pairs += included.count;
        let mut unequal = s.splat(0.0);
        for at in (0..GROUP).step_by(S::LANES) {
            let (va, vb) = (s.load(a, at), s.load(b, at));
            let equal = s.and(s.same(va, vb), s.is_finite(va));
            unequal = s.or(unequal, s.and_not(equal, s.load(&included.samples, at)));
        }
        if s.mask(unequal) != 0 {
            self.add_unequal(s, group, a, b, &included.samples);
        }
    }

    #[inline(always)]
    fn add_unequal(&mut self, s: S, group: usize, a: &Group, b: &Group, included: &Group) {
        let limits = &self.limits;
        let infinity = s.splat(f32::INFINITY);
        let zero = s.splat(0.0);
        let (mut rank, mut not_finite, mut fails) = (zero, zero, 0_u64);
        for (i, at) in (0..GROUP).step_by(S::LANES).enumerate() {
            let (a, b, included) = (s.load(a, at), s.load(b, at), s.load(included, at));
            let difference = s.abs(s.sub(a, b));
            let finite = s.lt(difference, infinity);
            let counted = s.and(finite, included);
            let ulp = s.ulp_distance(a, b);

            let lane = i % (LANES / S::LANES);
            let d = s.and(counted, difference);
            let wide = s.widen(d);
            self.sums[lane] = s.wide_add(self.sums[lane], wide);
            self.squares[lane] = s.wide_add(self.squares[lane], s.wide_mul(wide, wide));
            self.max = s.max(self.max, d);
            self.ulp_max = s.max_u32(self.ulp_max, s.and(counted, ulp));

            let same = s.and(s.same(a, b), s.or(s.eq(a, a), limits.nan_equal));
            let scale = s.max(s.abs(a), s.abs(b));
            let within = s.or(
                s.le(difference, limits.absolute),
                s.le(difference, s.mul(limits.relative, scale)),
            );
            let within_ulp = s.same(s.max_u32(ulp, limits.ulp), limits.ulp);
            let within = s.or(within, s.and(within_ulp, limits.ulp_on));
            let fail = s.and_not(s.or(same, s.and(finite, within)), included);

            // `Row::rank`: `d` is 0 where the pair is not finite.
            let least = s.and(fail, s.splat(LEAST_RANK));
            let beyond = s.and_not(finite, s.and(fail, infinity));
            rank = s.max(rank, s.max(s.max(d, least), beyond));
            not_finite = s.or(not_finite, s.and_not(finite, included));
            fails |= u64::from(s.mask(fail)) << at;
        }
        if s.mask(s.lt(self.rank, rank)) != 0 {
            self.rank = s.splat(highest(s, rank));
            self.worst = group;
        }
        if s.mask(not_finite) != 0 {
            self.count_not_finite(s, a, b, included);
        }
        if fails != 0 {
            self.count_failing(group, fails);
        }
    }

    #[inline(always)]
    fn count_not_finite(&mut self, s: S, a: &Group, b: &Group, included: &Group) {
        let infinity = s.splat(f32::INFINITY);
        let count = |v| u64::from(s.mask(v).count_ones());
        for at in (0..GROUP).step_by(S::LANES) {
            let (a, b, included) = (s.load(a, at), s.load(b, at), s.load(included, at));
            let finite = s.lt(s.abs(s.sub(a, b)), infinity);
            let numbers = s.and(s.eq(a, a), s.eq(b, b));
            let infinite = s.or(s.eq(s.abs(a), infinity), s.eq(s.abs(b), infinity));
            self.not_finite += count(s.and_not(finite, included));
            self.stats.nan += count(s.and_not(numbers, included));
            self.stats.inf += count(s.and(infinite, included));
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
        let first = self
            .failing
            .map_or(pixel(pixels.trailing_zeros()), |(first, _)| first);
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
            let group = self.worst * GROUP..row.a.len();
            let worst = group
                .into_iter()
                .find(|&i| row.includes(i) && row.rank(i) == rank);
            stats.worst = worst.map(|i| {
                let x = row.x(i / row.selection.layout.channels());
                Worst { x, y: row.y, rank }
            });
        }
        stats
    }
}

/// The greatest lane of a vector without NaN or negative lanes.
#[inline(always)]
fn highest<S: Simd>(s: S, v: S::V) -> f32 {
    let mut lanes = [0.0; MAX_LANES];
    s.store(v, &mut lanes, 0);
    lanes.into_iter().fold(0.0, f32::max)
}
