//! The figures of a row while it is being compared, in vectors.

use super::{Extent, LANES, LEAST_RANK, Row, Stats, Worst, sum_lanes};
use crate::kernels::{
    Coverage, Layout, Selection,
    simd::{MAX_LANES, Simd, ones, repeat},
};

/// One sample for each lane of the sums.
pub(super) type Turn = [f32; LANES];

/// Turns in a block, which is whole pixels of every layout.
pub(super) const BLOCK: usize = 3;

/// Samples in a block, as bits of a `u64`.
const BLOCK_SAMPLES: usize = BLOCK * LANES;

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

/// The figures of finite pairs.
#[derive(Clone, Copy)]
pub(super) struct Sums<S: Simd> {
    /// `LANES` lanes each, of which AVX-512 fills one vector, AVX2 two and SSE2 four.
    sum: [S::Wide; 4],
    squares: [S::Wide; 4],
    max: S::V,
    ulp_max: S::V,
}

/// The figures of a row so far.
pub(super) struct Totals<'a, S: Simd> {
    row: &'a Row<'a>,
    limits: Limits<S::V>,
    pub sums: Sums<S>,
    stats: Stats,
    /// Pairs that are not finite.
    not_finite: u64,
    /// The first and the last pixel that fails, before the current block.
    failing: Option<(usize, usize)>,
    /// The highest rank, in every lane, and the first turn that has it.
    rank: S::V,
    worst: usize,
    /// Whether every sample of the row takes part.
    all: bool,
    /// All ones in the samples of a block whose channel is processed.
    channels: [f32; BLOCK_SAMPLES],
    /// The current block.
    pub block: usize,
    /// All ones in its samples that take part.
    included: [f32; BLOCK_SAMPLES],
    /// A bit for each of its samples that fails.
    fails: u64,
}

impl<'a, S: Simd> Totals<'a, S> {
    #[inline(always)]
    pub fn new(s: S, row: &'a Row<'a>) -> Self {
        let t = row.tolerance;
        let zero = s.splat(0.0);
        let pairs = row.pairs();
        let pixel = [0, 1, 2, 3].map(|channel| ones(row.selection.processes(channel)));
        let mut channels = [0.0; BLOCK_SAMPLES];
        repeat(row.selection.layout, pixel, &mut channels);
        let mut totals = Self {
            row,
            limits: Limits {
                any: t.absolute.is_some() || t.relative.is_some() || t.ulp.is_some(),
                absolute: s.splat(t.absolute.unwrap_or(f32::NAN)),
                relative: s.splat(t.relative.unwrap_or(f32::NAN)),
                ulp: s.splat(f32::from_bits(t.ulp.unwrap_or(0))),
                ulp_on: s.splat(ones(t.ulp.is_some())),
                nan_equal: s.splat(ones(t.nan_equal)),
            },
            sums: Sums {
                sum: [s.widen(zero); 4],
                squares: [s.widen(zero); 4],
                max: zero,
                ulp_max: zero,
            },
            stats: Stats {
                pairs: pairs as u64,
                ..Stats::default()
            },
            not_finite: 0,
            failing: None,
            rank: zero,
            worst: 0,
            all: pairs == row.a.len(),
            channels,
            block: 0,
            included: channels,
            fails: 0,
        };
        totals.begin_block(s, 0);
        totals
    }

    /// Whether no sample takes part.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.stats.pairs == 0
    }

    #[inline(always)]
    pub fn begin_block(&mut self, s: S, block: usize) {
        self.block = block;
        let Selection {
            layout, coverage, ..
        } = self.row.selection;
        if let Coverage::Uniform(_) = coverage {
            return;
        }
        let first = block * BLOCK_SAMPLES;
        let samples = BLOCK_SAMPLES.min(self.row.a.len() - first);
        let mut m = [0.0; BLOCK_SAMPLES];
        coverage.expand(s, first / layout.channels(), layout, &mut m[..samples]);
        for at in (0..BLOCK_SAMPLES).step_by(S::LANES) {
            let none = s.eq(s.load(&m, at), s.splat(0.0));
            let included = s.and_not(none, s.load(&self.channels, at));
            s.store(included, &mut self.included, at);
        }
    }

    /// Counts the block's pixels that fail.
    #[inline(always)]
    pub fn end_block(&mut self) {
        match self.row.selection.layout {
            Layout::Alpha => self.count_fails::<1>(),
            Layout::Rgb => self.count_fails::<3>(),
            Layout::Rgba => self.count_fails::<4>(),
        }
    }

    /// [`end_block`](Self::end_block) for `C` channels.
    #[inline(always)]
    fn count_fails<const C: usize>(&mut self) {
        // A bit for each pixel, at its first sample.
        let mut pixels = 0;
        for channel in 0..C {
            pixels |= self.fails >> channel;
        }
        pixels &= const { every(C) };
        self.fails = 0;
        if pixels != 0 {
            let at = |bit: u32| self.block * (BLOCK_SAMPLES / C) + bit as usize / C;
            let last = at(pixels.ilog2());
            let first = match self.failing {
                Some((first, _)) => first,
                None => at(pixels.trailing_zeros()),
            };
            self.failing = Some((first, last));
            self.stats.failing_pixels += u64::from(pixels.count_ones());
        }
    }

    /// Adds a turn of the current block.
    #[inline(always)]
    pub fn add(&mut self, s: S, sums: &mut Sums<S>, turn: usize, a: &Turn, b: &Turn) {
        let from = turn % BLOCK * LANES;
        let zero = s.splat(0.0);
        let (mut rank, mut all_finite, mut fails) = (zero, s.splat(ones(true)), 0);
        for (i, at) in (0..LANES).step_by(S::LANES).enumerate() {
            let (a, b) = (s.load(a, at), s.load(b, at));
            let difference = s.abs(s.sub(a, b));
            let ulp = s.ulp_distance(a, b);
            let finite = s.is_finite(difference);
            all_finite = s.and(all_finite, finite);
            let mut pass = s.same(a, b);
            if self.limits.any {
                pass = s.or(pass, self.limits.accept(s, a, b, difference, ulp));
            }
            let (mut fail, mut counted) = (s.not(pass), finite);
            if !self.all {
                let included = s.load(&self.included, from + at);
                (fail, counted) = (s.and(fail, included), s.and(counted, included));
            }
            fails |= u64::from(s.mask(fail)) << at;
            let d = s.and(counted, difference);
            rank = s.max(rank, d);
            let wide = s.widen(d);
            sums.sum[i] = s.wide_add(sums.sum[i], wide);
            sums.squares[i] = s.wide_add(sums.squares[i], s.wide_mul(wide, wide));
            sums.ulp_max = s.max_u32(sums.ulp_max, s.and(counted, ulp));
        }
        sums.max = s.max(sums.max, rank);
        if !s.all(all_finite) {
            let (infinite, corrected) = self.add_not_finite(s, a, b, from, fails);
            (rank, fails) = (s.max(rank, infinite), corrected);
        }
        if fails != 0 {
            self.fails |= fails << from;
            rank = s.max(rank, s.splat(LEAST_RANK));
        }
        if s.mask(s.lt(self.rank, rank)) != 0 {
            self.rank = s.splat(highest(s, rank));
            self.worst = turn;
        }
    }

    /// Counts the pairs of a turn that are not finite. The result is infinity where one fails, else
    /// 0, and `fails`, which took all pairs for finite, as it should be.
    #[inline(always)]
    fn add_not_finite(&mut self, s: S, a: &Turn, b: &Turn, from: usize, fails: u64) -> (S::V, u64) {
        let infinity = s.splat(f32::INFINITY);
        let count = |v| u64::from(s.mask(v).count_ones());
        let (mut rank, mut fails) = (s.splat(0.0), fails);
        for at in (0..LANES).step_by(S::LANES) {
            let (a, b) = (s.load(a, at), s.load(b, at));
            let included = s.load(&self.included, from + at);
            let number = s.and(s.eq(a, a), s.eq(b, b));
            let infinite = s.or(s.eq(s.abs(a), infinity), s.eq(s.abs(b), infinity));
            let finite = s.is_finite(s.sub(a, b));
            self.not_finite += count(s.and_not(finite, included));
            self.stats.nan += count(s.and_not(number, included));
            self.stats.inf += count(s.and(infinite, included));

            let pass = s.and(s.same(a, b), s.or(number, self.limits.nan_equal));
            let fail = s.and_not(s.or(finite, pass), included);
            fails &= !(u64::from(s.mask(s.not(finite))) << at);
            fails |= u64::from(s.mask(fail)) << at;
            rank = s.or(rank, s.and(fail, infinity));
        }
        (rank, fails)
    }

    #[inline(always)]
    pub fn finish(mut self, s: S) -> Stats {
        self.end_block();
        let Self {
            row,
            sums,
            mut stats,
            ..
        } = self;
        stats.sum = across(s, sums.sum);
        stats.sum_squares = across(s, sums.squares);
        stats.finite = stats.pairs - self.not_finite;
        stats.max = highest(s, sums.max);
        let mut ulp = [0.0; MAX_LANES];
        s.store(sums.ulp_max, &mut ulp, 0);
        stats.ulp_max = ulp.iter().fold(0, |max, ulp| max.max(ulp.to_bits()));
        stats.failing = self.failing.map(|(first, last)| Extent {
            x1: row.x(first),
            y1: row.y,
            x2: row.x(last + 1),
            y2: row.y.saturating_add(1),
        });
        let rank = highest(s, self.rank);
        if rank > 0.0 {
            let mut samples = self.worst * LANES..row.a.len();
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
        s.or(s.or(absolute, relative), ulp)
    }
}

/// A bit for every `step`th sample of a block.
const fn every(step: usize) -> u64 {
    let (mut bits, mut at) = (0, 0);
    while at < BLOCK_SAMPLES {
        bits |= 1 << at;
        at += step;
    }
    bits
}

#[inline(always)]
fn across<S: Simd>(s: S, vectors: [S::Wide; 4]) -> f64 {
    let mut lanes = [0.0; LANES];
    for (vector, at) in vectors.into_iter().zip((0..LANES).step_by(S::LANES)) {
        s.wide_store(vector, &mut lanes, at);
    }
    sum_lanes(lanes)
}

/// The greatest lane of a vector without NaN or negative lanes.
#[inline(always)]
fn highest<S: Simd>(s: S, v: S::V) -> f32 {
    let mut lanes = [0.0; MAX_LANES];
    s.store(v, &mut lanes, 0);
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] = lanes[i].max(lanes[i + half]);
        }
    }
    lanes[0]
}
