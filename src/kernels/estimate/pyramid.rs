//! Half and double size.

use super::picture::{Picture, Size};
use super::team::for_rows;
use crate::kernels::simd::{Simd, Task, run_best};
use crate::kernels::team::Team;

/// The means of 2 x 2 pixels, of what `at` makes of a sample and its channel of the first three. An
/// odd last column or row is left out, unless it is the only one.
pub(super) fn halve<const C: usize>(
    team: &dyn Team,
    full: Picture<'_, C>,
    at: impl Fn(f32, f32) -> f32 + Copy + Sync,
    half: &mut [f32],
) {
    let Size { height, .. } = full.size();
    for_rows::<C>(team, full.size().half(), half, |y, out| {
        let upper = full.row((2 * y).min(height - 1));
        let lower = full.row((2 * y + 1).min(height - 1));
        for (c, out) in out.into_iter().enumerate() {
            run_best!(Means {
                upper: [upper[c], upper[c % 3]],
                lower: [lower[c], lower[c % 3]],
                at,
                out,
            });
        }
    });
}

/// A channel of two rows that become one: its samples, and the channel that `at` looks at too.
struct Means<'a, F> {
    upper: [&'a [f32]; 2],
    lower: [&'a [f32]; 2],
    at: F,
    out: &'a mut [f32],
}

impl<S: Simd, F: Fn(f32, f32) -> f32> Task<S> for Means<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let mean = |[a, b, c, d]: [f32; 4], [wa, wb, wc, wd]: [f32; 4]| {
            let left = (self.at)(a, wa) + (self.at)(c, wc);
            (left + (self.at)(b, wb) + (self.at)(d, wd)) / 4.0
        };
        let [[upper, upper_weights], [lower, lower_weights]] = [self.upper, self.lower];
        if let ([a], [wa], [c], [wc]) = (upper, upper_weights, lower, lower_weights) {
            self.out.fill(mean([*a, *a, *c, *c], [*wa, *wa, *wc, *wc]));
            return;
        }
        let n = self.out.len();
        let [upper, upper_weights, lower, lower_weights] =
            [upper, upper_weights, lower, lower_weights].map(|row| &row.as_chunks::<2>().0[..n]);
        for i in 0..n {
            let ([a, b], [wa, wb]) = (upper[i], upper_weights[i]);
            let ([c, d], [wc, wd]) = (lower[i], lower_weights[i]);
            self.out[i] = mean([a, b, c, d], [wa, wb, wc, wd]);
        }
    }
}

/// The sample as it is.
pub(super) fn plain(sample: f32, _: f32) -> f32 {
    sample
}

/// Where row or column `i` of the double size lies between those of the half: the two nearest,
/// and the weight of the second.
pub(super) fn between(i: usize, length: usize) -> (usize, usize, f32) {
    let first = (i.max(1) - 1) / 2;
    let last = length - 1;
    if i == 0 || first >= last {
        return (first.min(last), first.min(last), 0.0);
    }
    // Pixel centres: (i - 0.5) / 2.
    (first, first + 1, if i % 2 == 1 { 0.25 } else { 0.75 })
}

/// A row of the half size at double width, between two rows.
pub(super) fn double_row(upper: &[f32], lower: &[f32], weight: f32, out: &mut [f32]) {
    run_best!(Doubled {
        upper,
        lower,
        weight,
        out
    });
}

struct Doubled<'a> {
    upper: &'a [f32],
    lower: &'a [f32],
    weight: f32,
    out: &'a mut [f32],
}

impl<S: Simd> Task<S> for Doubled<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let mix = |a: f32, b: f32, weight: f32| a + weight * (b - a);
        let sample = |left: [f32; 2], right: [f32; 2], across: f32| {
            let [upper, lower] = [0, 1].map(|i| mix(left[i], right[i], across));
            mix(upper, lower, self.weight)
        };
        let n = self.upper.len();
        let (upper, lower) = (self.upper, &self.lower[..n]);
        let at = |i: usize| [upper[i], lower[i]];
        let Some((first, out)) = self.out.split_first_mut() else {
            return;
        };
        *first = sample(at(0), at(0), 0.0);
        // Two columns lie between each two: see `between`.
        let (pairs, _) = out.as_chunks_mut::<2>();
        let inner = pairs.len().min(n - 1);
        let (left, right) = (
            [&upper[..inner], &lower[..inner]],
            [&upper[1..], &lower[1..]],
        );
        let right = right.map(|row| &row[..inner]);
        for (i, pair) in pairs[..inner].iter_mut().enumerate() {
            let (left, right) = ([left[0][i], left[1][i]], [right[0][i], right[1][i]]);
            *pair = [sample(left, right, 0.25), sample(left, right, 0.75)];
        }
        for (x, out) in out.iter_mut().enumerate().skip(2 * inner) {
            let (left, right, across) = between(x + 1, n);
            *out = sample(at(left), at(right), across);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::estimate::{Alone, Picture};
    use proptest::prelude::*;

    fn samples(random: &[u16], length: usize) -> Vec<f32> {
        let at = |i: usize| f32::from(random[i * 7 % random.len()]) / 655.0 - 50.0;
        (0..length).map(at).collect()
    }

    proptest! {
        #[test]
        fn halves_are_means_of_four(
            (width, height) in (1usize..40, 1usize..9),
            random in prop::collection::vec(any::<u16>(), 97),
        ) {
            let size = Size { width, height };
            let full = samples(&random, 6 * size.pixels());
            let full = Picture::<6>::new(size, &full);
            let mut half = vec![0.0; 6 * size.half().pixels()];
            let at = |sample: f32, weight: f32| if weight < 0.0 { 0.0 } else { sample };
            halve(&Alone, full, at, &mut half);
            let half = Picture::<6>::new(size.half(), &half);
            for y in 0..size.half().height {
                for c in 0..6 {
                    for x in 0..size.half().width {
                        let of = |x: usize, y: usize| {
                            let row = full.row(y.min(height - 1));
                            let x = x.min(width - 1);
                            at(row[c][x], row[c % 3][x])
                        };
                        let sum = of(2 * x, 2 * y) + of(2 * x, 2 * y + 1);
                        let sum = sum + of(2 * x + 1, 2 * y) + of(2 * x + 1, 2 * y + 1);
                        prop_assert_eq!(half.row(y)[c][x].to_bits(), (sum / 4.0).to_bits());
                    }
                }
            }
        }

        #[test]
        fn doubled_rows_lie_between(
            (half, width) in (1usize..40).prop_flat_map(|n| (Just(n), 1..2 * n + 4)),
            weight in prop::sample::select(vec![0.0f32, 0.25, 0.75]),
            random in prop::collection::vec(any::<u16>(), 97),
        ) {
            let (upper, lower) = (samples(&random, half), samples(&random[1..], half));
            let mut out = vec![f32::NAN; width];
            double_row(&upper, &lower, weight, &mut out);
            let mix = |a: f32, b: f32, weight: f32| a + weight * (b - a);
            for (x, found) in out.iter().enumerate() {
                let (left, right, across) = between(x, half);
                let upper = mix(upper[left], upper[right], across);
                let lower = mix(lower[left], lower[right], across);
                prop_assert_eq!(found.to_bits(), mix(upper, lower, weight).to_bits());
            }
        }
    }
}
