//! Exact quantiles of values that are too many to keep: they are gone through several times and
//! counted by the digits of their bits. Nothing is allocated.

/// Bits a digit.
const DIGITS: [u32; 3] = [11, 11, 10];

/// The least value such that all values up to it have `fraction` of the total weight. `each` must
/// pass the same `(value, weight)` whenever it is called; NaN and weights of 0 are left out. None
/// if nothing has weight.
pub(super) fn weighted_quantile(
    fraction: f64,
    each: impl Fn(&mut dyn FnMut(f32, f64)),
) -> Option<f32> {
    let mut prefix = 0u32;
    let mut shift = u32::BITS;
    let mut target = None;
    for digits in DIGITS {
        let known = shift;
        shift -= digits;
        let mut weights = [0.0f64; 1 << 11];
        each(&mut |value, weight| {
            let key = ordered(value);
            let belongs = known == u32::BITS || key >> known == prefix;
            if belongs && !value.is_nan() {
                weights[(key >> shift) as usize & ((1 << digits) - 1)] += weight;
            }
        });
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut rest = target.unwrap_or(fraction * total);
        // The last digit of any weight, should rounding leave the target beyond the sum.
        let mut digit = weights.iter().rposition(|w| *w > 0.0)?;
        for (index, weight) in weights[..digit].iter().enumerate() {
            if *weight > 0.0 && *weight >= rest {
                digit = index;
                break;
            }
            rest -= weight;
        }
        target = Some(rest);
        prefix = prefix << digits | digit as u32;
    }
    Some(value(prefix))
}

/// [`weighted_quantile`] where all values weigh the same.
pub(super) fn quantile(fraction: f64, each: impl Fn(&mut dyn FnMut(f32))) -> Option<f32> {
    weighted_quantile(fraction, |take| each(&mut |value| take(value, 1.0)))
}

/// A number that grows with the value.
fn ordered(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 0 {
        bits | 1 << 31
    } else {
        !bits
    }
}

fn value(ordered: u32) -> f32 {
    f32::from_bits(if ordered >> 31 == 1 {
        ordered & !(1 << 31)
    } else {
        !ordered
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_those_of_the_sorted_values(
            bits in prop::collection::vec(any::<u32>(), 1..200),
            fraction in 0.01f64..1.0,
        ) {
            let mut values: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            let found = quantile(fraction, |take| values.iter().for_each(|v| take(*v)));
            values.retain(|v| !v.is_nan());
            values.sort_by(f32::total_cmp);
            let rank = (fraction * values.len() as f64).ceil() as usize;
            let expected = rank.checked_sub(1).and_then(|i| values.get(i));
            prop_assert_eq!(found.map(f32::to_bits), expected.map(|v| v.to_bits()));
        }

        #[test]
        fn weights_count(values in prop::collection::vec((-5.0f32..5.0, 0u8..9), 1..100)) {
            let repeated = |take: &mut dyn FnMut(f32)| {
                for (v, n) in &values {
                    (0..*n).for_each(|_| take(*v));
                }
            };
            let weighted = |take: &mut dyn FnMut(f32, f64)| {
                values.iter().for_each(|(v, n)| take(*v, f64::from(*n)));
            };
            prop_assert_eq!(weighted_quantile(0.5, weighted), quantile(0.5, repeated));
        }
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(quantile(0.5, |take| take(f32::NAN)), None);
        assert_eq!(weighted_quantile(0.5, |take| take(1.0, 0.0)), None);
    }
}
