//! The tiers of one channel: what brings its samples back.

use std::ops::Range;

use images::{Image, Rect, SampleType, Samples, f16};

use crate::decode::sum;

/// Samples of which the tiers are made at once: all that is found on the way stays in the nearest caches.
const AT_ONCE: usize = 1024;

/// A channel of both plates over a window, as floats.
pub(crate) struct Pair {
    pub(crate) kind: SampleType,
    pub(crate) below: Vec<f32>,
    pub(crate) above: Vec<f32>,
}

impl Pair {
    pub(crate) fn new(
        background: &Image,
        painted: &Image,
        name: &str,
        kind: SampleType,
        window: Rect,
    ) -> Self {
        let plane = |image: &Image| {
            let zeros = || vec![0.0; window.width() * window.height()];
            image.plane(name, window).unwrap_or_else(zeros)
        };
        Pair {
            kind,
            below: plane(background),
            above: plane(painted),
        }
    }

    /// Whether all samples that changed may be sums of halves: they are halves, or codes.
    pub(crate) fn fits_halves(&self) -> bool {
        let is_half = |value: f32| !value.is_finite() || f16::from_f32(value).to_f32() == value;
        let mut pairs = self.below.iter().zip(&self.above);
        self.kind != SampleType::Float
            || pairs.all(|(&b, &p)| b.to_bits() == p.to_bits() || (is_half(b) && is_half(p)))
    }

    /// The samples in pieces, with the places of each.
    fn pieces(&self) -> impl Iterator<Item = (Range<usize>, Piece<'_>)> {
        let len = self.above.len();
        let ranges = (0..len).step_by(AT_ONCE);
        let ranges = ranges.map(move |start| start..len.min(start + AT_ONCE));
        ranges.map(|range| {
            let piece = Piece {
                kind: self.kind,
                below: &self.below[range.clone()],
                above: &self.above[range.clone()],
            };
            (range, piece)
        })
    }
}

/// Some samples of a [`Pair`].
#[derive(Clone, Copy)]
struct Piece<'p> {
    kind: SampleType,
    below: &'p [f32],
    above: &'p [f32],
}

impl Piece<'_> {
    /// What the decoder makes of these tiers, in the deliverable's type, as floats.
    fn decode(&self, difference: &[f32], residual: &[f32]) -> Vec<f32> {
        let first = self.below.iter().zip(difference).map(|(&b, &d)| sum(b, d));
        let second = first.zip(residual).map(|(q, &lo)| sum(q, lo));
        Samples::from_f32(self.kind, &second.collect::<Vec<f32>>()).to_f32()
    }

    /// What is added to `base`, in halves: the nearest to `exact`, of codes the roundest that give the
    /// painted code.
    fn halves(&self, base: &[f32], mut exact: Vec<f32>) -> Vec<f32> {
        if let Some(reach) = self.reach() {
            let samples = exact.iter_mut().zip(base).zip(self.above);
            for ((exact, &base), &goal) in samples.filter(|((exact, _), _)| **exact != 0.0) {
                *exact = roundest(base, *exact, goal, reach);
            }
        }
        narrow(exact.into_iter())
    }

    /// How far from a code's value a sum of codes may be; none for other samples.
    fn reach(&self) -> Option<f64> {
        let largest = self.kind.max_code()?;
        Some(NEAR / f64::from(largest))
    }

    /// For each sample whether it did not come back although it is finite, of another value than a
    /// zero's other sign.
    fn lost(&self, decoded: &[f32]) -> impl Iterator<Item = bool> {
        let samples = self.below.iter().zip(self.above).zip(decoded);
        samples.map(|((b, p), back)| b.is_finite() && p.is_finite() && p != back)
    }
}

/// The tiers of a channel over a window.
pub(crate) struct Tiers {
    pub(crate) difference: Vec<f32>,
    pub(crate) residual: Vec<f32>,
    pub(crate) replaced: Vec<bool>,
    /// Finite samples that the first two should bring back, and do not.
    pub(crate) lost: u64,
}

impl Tiers {
    /// Difference and residual in floats, as the node Min makes them; the residual where the
    /// difference alone does not do.
    pub(crate) fn in_floats(pair: &Pair, difference: &[f32], residual: Option<&[f32]>) -> Self {
        Self::of_pieces(pair, |range, piece| {
            let difference = difference[range.clone()].to_vec();
            let mut lows = vec![0.0; difference.len()];
            if let Some(residual) = residual {
                let decoded = piece.decode(&difference, &lows);
                let samples = lows.iter_mut().zip(piece.lost(&decoded));
                for ((low, lost), &lo) in samples.zip(&residual[range]) {
                    if lost {
                        *low = lo;
                    }
                }
            }
            Self::checked(piece, difference, lows)
        })
    }

    /// Difference and residual in halves.
    pub(crate) fn in_halves(pair: &Pair, difference: &[f32]) -> Self {
        Self::of_pieces(pair, |range, piece| {
            Self::piece_in_halves(piece, &difference[range])
        })
    }

    fn piece_in_halves(piece: Piece<'_>, difference: &[f32]) -> Self {
        let difference = piece.halves(piece.below, difference.to_vec());
        let none = vec![0.0; difference.len()];
        let decoded = piece.decode(&difference, &none);
        let sums = piece.below.iter().zip(&difference);
        let sums: Vec<f32> = sums.map(|(&b, &d)| sum(b, d)).collect();
        let samples = piece.above.iter().zip(&decoded).zip(&sums);
        let reach = piece.reach();
        let lacking = samples.map(|((p, back), q)| {
            let is_far = |reach| (f64::from(*p) - f64::from(*q)).abs() > reach;
            let lacks = p.to_bits() != back.to_bits() || reach.is_some_and(is_far);
            if lacks && p.is_finite() && q.is_finite() {
                p - q
            } else {
                0.0
            }
        });
        let lacking: Vec<f32> = lacking.collect();
        if lacking.iter().all(|&lo| lo == 0.0) {
            return Self::of(piece, difference, none, &decoded);
        }
        let residual = piece.halves(&sums, lacking);
        Self::checked(piece, difference, residual)
    }

    /// Integers are no sums: what changed is replaced.
    pub(crate) fn of_integers(pair: &Pair) -> Self {
        let pairs = pair.below.iter().zip(&pair.above);
        Tiers {
            difference: vec![0.0; pair.above.len()],
            residual: vec![0.0; pair.above.len()],
            replaced: pairs.map(|(b, p)| b.to_bits() != p.to_bits()).collect(),
            lost: 0,
        }
    }

    /// The tiers that are made of each piece, side by side.
    fn of_pieces(pair: &Pair, make: impl Fn(Range<usize>, Piece<'_>) -> Self) -> Self {
        let len = pair.above.len();
        let mut all = Tiers {
            difference: Vec::with_capacity(len),
            residual: Vec::with_capacity(len),
            replaced: Vec::with_capacity(len),
            lost: 0,
        };
        for (range, piece) in pair.pieces() {
            let made = make(range, piece);
            all.difference.extend(made.difference);
            all.residual.extend(made.residual);
            all.replaced.extend(made.replaced);
            all.lost += made.lost;
        }
        all
    }

    /// Replaces what the two tiers do not bring back.
    fn checked(piece: Piece<'_>, difference: Vec<f32>, residual: Vec<f32>) -> Self {
        let decoded = piece.decode(&difference, &residual);
        Self::of(piece, difference, residual, &decoded)
    }

    /// The same, where it is known what they are decoded to.
    fn of(piece: Piece<'_>, difference: Vec<f32>, mut residual: Vec<f32>, decoded: &[f32]) -> Self {
        let lost = piece.lost(decoded).filter(|&lost| lost).count() as u64;
        let samples = decoded.iter().zip(piece.above);
        let replaced: Vec<bool> = samples
            .map(|(back, p)| back.to_bits() != p.to_bits())
            .collect();
        for (lo, &at) in residual.iter_mut().zip(&replaced) {
            if at {
                *lo = 0.0;
            }
        }
        Tiers {
            difference,
            residual,
            replaced,
            lost,
        }
    }

    /// Samples that need a residual.
    pub(crate) fn residual_samples(&self) -> u64 {
        self.residual.iter().filter(|&&lo| lo != 0.0).count() as u64
    }

    /// Samples that are replaced.
    pub(crate) fn replaced_samples(&self) -> u64 {
        self.replaced.iter().filter(|&&at| at).count() as u64
    }
}

/// A code's own range of values reaches half a code to either side of it; a little less, so that any
/// program rounds to that code, however it does it.
const NEAR: f64 = 0.45;

/// The half of the fewest bits that, added to `base`, comes within `reach` of `goal`; `exact` where
/// none does.
///
/// Round values make even bytes: a difference of 8-bit codes takes a quarter to a third less.
fn roundest(base: f32, exact: f32, goal: f32, reach: f64) -> f32 {
    /// Bits of a float's mantissa, and of a half's.
    const BITS: [u32; 2] = [23, 10];
    (BITS[0] - BITS[1]..=BITS[0])
        .rev()
        .map(|dropped| {
            f32::from_bits(exact.to_bits().wrapping_add(1 << dropped >> 1) & !0 << dropped)
        })
        .find(|&round| {
            let reached = f64::from(sum(base, round)) - f64::from(goal);
            reached.abs() <= reach && f16::from_f32(round).to_f32() == round
        })
        .unwrap_or(exact)
}

/// The nearest halves, none infinite, no zero negative.
fn narrow(values: impl Iterator<Item = f32>) -> Vec<f32> {
    const LARGEST: f32 = 65504.0;
    let clamped: Vec<f32> = values.map(|value| value.clamp(-LARGEST, LARGEST)).collect();
    let mut halves = Samples::from_f32(SampleType::Half, &clamped).to_f32();
    for half in &mut halves {
        // -0 + 0 is +0; a NaN, which only a broken node makes, stays one.
        *half += 0.0;
    }
    halves
}
