//! `scalar` on vectors. A row is taken in turns of [`LANES`] samples; most turns of two plates are
//! equal, and add nothing.

use super::{
    LANES, Row, Stats,
    totals::{BLOCK, Totals, Turn},
};
use crate::kernels::simd::{Simd, Task, ones};

/// Turns that are scanned at once, as bits of a `u64`.
const SCAN: usize = 64;

/// How far ahead, in samples, the cache is told: a turn is a line. While unequal turns are added
/// the memory would idle otherwise; measured, two scans are best.
const AHEAD: usize = 2 * SCAN * LANES;

impl<S: Simd> Task<S> for Row<'_> {
    type Output = Stats;

    #[inline(always)]
    fn run(self, s: S) -> Stats {
        let mut totals = Totals::new(s, &self);
        if totals.is_empty() {
            return Stats::default();
        }
        let (a_turns, a_rest) = self.a.as_chunks::<LANES>();
        let (b_turns, b_rest) = self.b.as_chunks::<LANES>();
        let scans = a_turns.chunks(SCAN).zip(b_turns.chunks(SCAN));
        for (i, (a, b)) in scans.enumerate() {
            // First without a branch, at the memory's speed.
            let mut unequal = 0_u64;
            for (k, (a, b)) in a.iter().zip(b).enumerate() {
                s.prefetch(a, AHEAD);
                s.prefetch(b, AHEAD);
                unequal |= u64::from(!equal(s, a, b)) << k;
            }
            // Then the turns that are not.
            if unequal != 0 {
                s.run(Add {
                    totals: &mut totals,
                    first: i * SCAN,
                    a,
                    b,
                    unequal,
                });
            }
        }
        if !a_rest.is_empty() {
            // Filled up with pairs of zeros, which add nothing.
            let (mut a, mut b) = ([0.0; LANES], [0.0; LANES]);
            a[..a_rest.len()].copy_from_slice(a_rest);
            b[..b_rest.len()].copy_from_slice(b_rest);
            s.run(Add {
                totals: &mut totals,
                first: a_turns.len(),
                a: &[a],
                b: &[b],
                unequal: 1,
            });
        }
        totals.finish(s)
    }
}

/// Whether a turn is equal and finite, so that it adds nothing.
#[inline(always)]
fn equal<S: Simd>(s: S, a: &Turn, b: &Turn) -> bool {
    let mut equal = s.splat(ones(true));
    for at in (0..LANES).step_by(S::LANES) {
        let (a, b) = (s.load(a, at), s.load(b, at));
        equal = s.and(equal, s.and(s.same(a, b), s.is_finite(a)));
    }
    s.all(equal)
}

/// Adds the turns of a scan that are unequal to the figures: a function of its own, so that it does
/// not take the registers of the scan.
struct Add<'t, 'a, S: Simd> {
    totals: &'t mut Totals<'a, S>,
    /// The scan's first turn.
    first: usize,
    a: &'t [Turn],
    b: &'t [Turn],
    /// A bit for each turn to add.
    unequal: u64,
}

impl<S: Simd> Task<S> for Add<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, s: S) {
        let Self {
            totals,
            first,
            a,
            b,
            mut unequal,
        } = self;
        let mut sums = totals.sums;
        while unequal != 0 {
            let k = unequal.trailing_zeros() as usize;
            unequal &= unequal - 1;
            let turn = first + k;
            if turn / BLOCK != totals.block {
                totals.end_block();
                totals.begin_block(s, turn / BLOCK);
            }
            totals.add(s, &mut sums, turn, &a[k], &b[k]);
        }
        totals.sums = sums;
    }
}
