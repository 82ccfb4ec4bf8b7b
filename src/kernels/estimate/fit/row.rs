//! One iteration of one row.
//!
//! Plain loops over short blocks, compiled once for each instruction set: additions,
//! multiplications, divisions and square roots round the same in all of them.

use crate::kernels::simd::{Simd, Task, run_best};

/// The constants of a level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constants {
    /// Dual step.
    pub sigma: f32,
    /// Primal step.
    pub tau: f32,
    /// `1 / (1 + sigma * eps / lambda)`: what makes the total variation a Huber one.
    pub shrink: f32,
    /// lambda, the radius of the dual ball.
    pub radius: f32,
    /// The bounds of the overlay.
    pub low: f32,
    pub high: f32,
}

/// A row of the three channels. What is `padded` has `width + 1` samples.
pub(super) struct RowOf<'a> {
    pub constants: Constants,
    pub x: [&'a mut [f32]; 3],
    /// Padded: the last sample twice.
    pub extrapolated: [&'a mut [f32]; 3],
    /// `extrapolated` of the next row, any where there is none.
    pub below: [&'a [f32]; 3],
    /// 1, or 0 on the last row of the picture, whose vertical gradient is 0.
    pub has_below: f32,
    /// The dual's horizontal part; padded: a 0 in front.
    pub across: [&'a mut [f32]; 3],
    /// The dual's vertical part.
    pub down: [&'a mut [f32]; 3],
    /// `down` of the row before.
    pub above: [&'a [f32]; 3],
    /// `1 / (1 + tau * w)`, negative where the data term is one-sided.
    pub keep: [&'a [f32]; 3],
    /// `tau * w * Ocf / (1 + tau * w)`
    pub pull: [&'a [f32]; 3],
}

/// Pixels a block, so that what the dual step wrote is still at hand for the primal one.
const BLOCK: usize = 128;

impl RowOf<'_> {
    /// Does the iteration, with the best instruction set there is.
    pub fn iterate(self) {
        run_best!(self);
    }

    /// The iteration in plain code, which defines it.
    #[inline(always)]
    pub(super) fn scalar(mut self) {
        let width = self.x[0].len();
        let mut from = 0;
        while from < width {
            let n = BLOCK.min(width - from);
            self.dual(from, n);
            self.primal(from, n);
            from += n;
        }
        for extrapolated in &mut self.extrapolated {
            if let [.., last, beyond] = extrapolated {
                *beyond = *last;
            }
        }
    }

    /// `p <- project((p + sigma * grad xbar) * shrink)`
    #[inline(always)]
    fn dual(&mut self, from: usize, n: usize) {
        let Constants {
            sigma,
            shrink,
            radius,
            ..
        } = self.constants;
        let [x0, x1, x2] = self.extrapolated.each_ref().map(|x| &x[from..][..n + 1]);
        let [b0, b1, b2] = self.below.map(|b| &b[from..][..n]);
        let [a0, a1, a2] = self.across.each_mut().map(|a| &mut a[from + 1..][..n]);
        let has_below = self.has_below;
        let [d0, d1, d2] = self.down.each_mut().map(|d| &mut d[from..][..n]);
        for i in 0..n {
            let step = |p: f32, gradient: f32| (p + sigma * gradient) * shrink;
            let across = [
                step(a0[i], x0[i + 1] - x0[i]),
                step(a1[i], x1[i + 1] - x1[i]),
                step(a2[i], x2[i + 1] - x2[i]),
            ];
            let down = [
                step(d0[i], (b0[i] - x0[i]) * has_below),
                step(d1[i], (b1[i] - x1[i]) * has_below),
                step(d2[i], (b2[i] - x2[i]) * has_below),
            ];
            let [p, q, r] = [0, 1, 2].map(|c| across[c] * across[c] + down[c] * down[c]);
            // Exactly 1 inside of the ball.
            let scale = radius / (p + q + r).sqrt().max(radius);
            a0[i] = across[0] * scale;
            a1[i] = across[1] * scale;
            a2[i] = across[2] * scale;
            d0[i] = down[0] * scale;
            d1[i] = down[1] * scale;
            d2[i] = down[2] * scale;
        }
    }

    /// `x+ <- clamp(prox(x + tau * div p))`, `xbar <- 2 x+ - x`
    #[inline(always)]
    fn primal(&mut self, from: usize, n: usize) {
        let Constants { tau, low, high, .. } = self.constants;
        for c in 0..3 {
            let x = &mut self.x[c][from..][..n];
            let extrapolated = &mut self.extrapolated[c][from..][..n];
            let across = &self.across[c][from..][..n + 1];
            let down = &self.down[c][from..][..n];
            let above = &self.above[c][from..][..n];
            let keep = &self.keep[c][from..][..n];
            let pull = &self.pull[c][from..][..n];
            for i in 0..n {
                let divergence = (across[i + 1] - across[i]) + (down[i] - above[i]);
                let free = x[i] + tau * divergence;
                let pulled = free * keep[i].abs() + pull[i];
                // One-sided: what is above the data costs nothing.
                let pulled = if keep[i] < 0.0 && free > pulled {
                    free
                } else {
                    pulled
                };
                let new = if pulled < low { low } else { pulled };
                let new = if new > high { high } else { new };
                extrapolated[i] = 2.0 * new - x[i];
                x[i] = new;
            }
        }
    }
}

impl<S: Simd> Task<S> for RowOf<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        self.scalar();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::simd::Portable;
    #[cfg(target_arch = "x86_64")]
    use crate::kernels::simd::{Avx2, Sse2};
    use proptest::prelude::*;

    /// What an iteration makes of planes of `width + 1` samples: x, xbar, across, down.
    fn iterated(width: usize, planes: &[f32], run: impl FnOnce(RowOf<'_>)) -> Vec<u32> {
        let stride = width + 1;
        let fixed = planes[12 * stride..].to_vec();
        let fixed: [&[f32]; 12] = core::array::from_fn(|i| &fixed[i * stride..][..width]);
        let mut state = planes[..12 * stride].to_vec();
        let mut rest = state.chunks_exact_mut(stride);
        let mut three = || core::array::from_fn(|_| rest.next().unwrap());
        let [x, extrapolated, across, down] = [three(), three(), three(), three()];
        run(RowOf {
            constants: Constants {
                sigma: 0.18,
                tau: 0.7,
                shrink: 0.9,
                radius: 0.3,
                low: -0.5,
                high: 0.5,
            },
            x: x.map(|x| &mut x[..width]),
            extrapolated,
            below: core::array::from_fn(|c| fixed[c]),
            has_below: 1.0,
            across,
            down,
            above: core::array::from_fn(|c| fixed[3 + c]),
            keep: core::array::from_fn(|c| fixed[6 + c]),
            pull: core::array::from_fn(|c| fixed[9 + c]),
        });
        state.iter().map(|v| v.to_bits()).collect()
    }

    proptest! {
        #[test]
        fn every_instruction_set_is_the_plain_code(
            (width, planes) in (1usize..300).prop_flat_map(|width| {
                (Just(width), prop::collection::vec(-1.0f32..1.0, 24 * (width + 1)))
            }),
        ) {
            let expected = iterated(width, &planes, |row| row.scalar());
            prop_assert_eq!(&iterated(width, &planes, |row| Portable.run(row)), &expected);
            #[cfg(target_arch = "x86_64")]
            {
                prop_assert_eq!(&iterated(width, &planes, |row| Sse2.run(row)), &expected);
                if let Some(avx2) = Avx2::detect() {
                    prop_assert_eq!(&iterated(width, &planes, |row| avx2.run(row)), &expected);
                }
            }
        }
    }
}
