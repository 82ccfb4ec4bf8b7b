//! Samples to the 32-bit float and back.
//!
//! A NaN is widened and narrowed by integer operations alone: the processor's own instruction sets the
//! quiet bit of a signalling NaN, and a payload must survive the way there and back.

use half::f16;
use half::slice::HalfFloatSliceExt;

/// Samples that are converted at once: they stay in the nearest cache.
const AT_ONCE: usize = 1024;

const HALF_EXPONENT: u32 = 0x7c00;
const HALF_MANTISSA: u32 = 0x03ff;
/// What turns a half's biased exponent into a float's: 127 - 15.
const REBIAS: u32 = 112 << 23;
/// The least denormal half, 2^-24.
const DENORMAL: f32 = 1.0 / 16_777_216.0;
/// The float of the least normal half, 2^-14.
const LEAST_NORMAL: u32 = 113 << 23;

/// The float of the same value; a NaN keeps its sign and payload.
///
/// Every case is computed and one is chosen, so that the compiler widens several halves at once.
pub(crate) fn widen_half(half: f16) -> f32 {
    let bits = u32::from(half.to_bits());
    let sign = (bits & 0x8000) << 16;
    let magnitude = bits & 0x7fff;
    let normal = (magnitude << 13) + REBIAS;
    let special = 0x7f80_0000 | (magnitude & HALF_MANTISSA) << 13;
    // A whole number of 2^-24.
    let denormal = (magnitude as i32 as f32 * DENORMAL).to_bits();
    let finite = if magnitude > HALF_MANTISSA {
        normal
    } else {
        denormal
    };
    let wide = if magnitude >= HALF_EXPONENT {
        special
    } else {
        finite
    };
    f32::from_bits(sign | wide)
}

/// The nearest half, ties to even; beyond 65504 (from 65520 on) infinite. A NaN keeps its sign
/// and the upper ten bits of its payload; where those are all zero it becomes the quiet NaN.
///
/// As [`widen_half`], for several at once.
pub(crate) fn narrow_half(value: f32) -> f16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    // Half of the last place is added, and a little less where the half is even already. From
    // 65520 on that carries into the exponent of infinity.
    let odd = (magnitude >> 13) & 1;
    let normal = magnitude
        .wrapping_sub(REBIAS)
        .wrapping_add(0x0fff + odd)
        .min(HALF_EXPONENT << 13)
        >> 13;
    // Beside 0.5, a float's last place is a denormal half's, so that the sum is rounded to it.
    let denormal = (f32::from_bits(magnitude) + 0.5)
        .to_bits()
        .wrapping_sub(0.5_f32.to_bits());
    let payload = (magnitude >> 13) & HALF_MANTISSA;
    let quiet = if payload == 0 { 0x0200 } else { payload };
    let finite = if magnitude < LEAST_NORMAL {
        denormal
    } else {
        normal
    };
    let narrow = if magnitude > 0x7f80_0000 {
        HALF_EXPONENT | quiet
    } else {
        finite
    };
    f16::from_bits((sign | narrow) as u16)
}

/// [`widen_half`] of each, with the processor's own instruction where there is no NaN.
pub(crate) fn widen_halves(halves: &[f16], out: &mut [f32]) {
    for (halves, out) in halves.chunks(AT_ONCE).zip(out.chunks_mut(AT_ONCE)) {
        let is_nan = |half: &f16| half.to_bits() & 0x7fff > HALF_EXPONENT as u16;
        if any(halves, is_nan) {
            for (out, &half) in out.iter_mut().zip(halves) {
                *out = widen_half(half);
            }
        } else {
            halves.convert_to_f32_slice(out);
        }
    }
}

/// [`narrow_half`] of each, likewise.
pub(crate) fn narrow_halves(values: &[f32], out: &mut [f16]) {
    for (values, out) in values.chunks(AT_ONCE).zip(out.chunks_mut(AT_ONCE)) {
        if any(values, |value| value.is_nan()) {
            for (out, &value) in out.iter_mut().zip(values) {
                *out = narrow_half(value);
            }
        } else {
            out.convert_from_f32_slice(values);
        }
    }
}

/// Whether any is so; all are looked at, several at once.
fn any<T>(of: &[T], is: impl Fn(&T) -> bool) -> bool {
    of.iter().fold(false, |any, one| any | is(one))
}

/// `code / max`: one division of exact operands, so correctly rounded.
pub(crate) fn widen_code(code: u16, max: u16) -> f32 {
    f32::from(code) / f32::from(max)
}

/// The nearest of the codes 0..=max, ties to even; clamped, NaN gives 0.
pub(crate) fn narrow_code(value: f32, max: u16) -> u16 {
    // The product of 24 and 16 significant bits is exact in f64; `max` sends NaN to 0. Beside
    // 2^52 the last place of a double is 1, so that the sum is rounded to whole numbers.
    let code = (f64::from(value) * f64::from(max)).max(0.0);
    let rounded = code.min(f64::from(max)) + 4_503_599_627_370_496.0;
    rounded.to_bits() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 8, 10, 12 and 16 bits.
    const MAXIMA: [u16; 4] = [255, 1023, 4095, 65535];

    #[test]
    fn every_half_comes_back() {
        for bits in 0..=u16::MAX {
            let half = f16::from_bits(bits);
            let wide = widen_half(half);
            assert_eq!(narrow_half(wide).to_bits(), bits, "{bits:#06x}");
            if half.is_nan() {
                assert!(wide.is_nan());
            } else {
                // An independent way to the same value.
                assert_eq!(wide.to_bits(), half.to_f32().to_bits(), "{bits:#06x}");
            }
        }
    }

    #[test]
    fn every_float_narrows_to_the_nearest_half() {
        // All upper bits, with lower ones on both sides of every tie.
        let lower = [
            0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x2000, 0x2001, 0x3000, 0x7fff, 0x8000, 0xffff,
        ];
        for bits in (0..=u32::from(u16::MAX)).flat_map(|high| lower.map(|low| high << 16 | low)) {
            let value = f32::from_bits(bits);
            if !value.is_nan() {
                // An independent way to the same half.
                let expected = f16::from_f32(value).to_bits();
                assert_eq!(narrow_half(value).to_bits(), expected, "{bits:#010x}");
            }
        }
    }

    #[test]
    fn many_at_once_are_as_one_by_one() {
        let halves: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
        let floats: Vec<f32> = (0..=u16::MAX)
            .map(|high| f32::from_bits(u32::from(high) << 16 | 0x9001))
            .collect();
        // From every place within what is converted at once, also with NaNs beside.
        for start in [0, 1, 7, 0x7bf9] {
            let mut wide = vec![0.0; halves.len() - start];
            widen_halves(&halves[start..], &mut wide);
            for (wide, &half) in wide.iter().zip(&halves[start..]) {
                assert_eq!(wide.to_bits(), widen_half(half).to_bits(), "{half:?}");
            }
            let mut narrow = vec![f16::ZERO; floats.len() - start];
            narrow_halves(&floats[start..], &mut narrow);
            for (narrow, &value) in narrow.iter().zip(&floats[start..]) {
                assert_eq!(narrow.to_bits(), narrow_half(value).to_bits(), "{value}");
            }
        }
    }

    #[test]
    fn a_nan_never_narrows_to_infinity() {
        let low_payload = f32::from_bits(0xff80_0001);
        assert_eq!(narrow_half(low_payload).to_bits(), 0xfe00);
    }

    #[test]
    fn every_code_is_the_rounded_quotient_and_comes_back() {
        for max in MAXIMA {
            for code in 0..=max {
                let wide = widen_code(code, max);
                assert_is_nearest(wide, u64::from(code), u64::from(max));
                assert_eq!(narrow_code(wide, max), code);
            }
        }
    }

    /// Checks `|value - code/max|` against the two neighbours of `value` in exact integers.
    fn assert_is_nearest(value: f32, code: u64, max: u64) {
        // All values here are k * 2^-40 with k below 2^41: 24 bits from 2^-17 on.
        let scaled = |v: f32| (f64::from(v) * 2f64.powi(40)) as i128;
        let distance = |v: f32| (scaled(v) * i128::from(max) - (i128::from(code) << 40)).abs();
        assert!(distance(value) <= distance(f32::from_bits(value.to_bits() + 1)));
        if value > 0.0 {
            assert!(distance(value) <= distance(f32::from_bits(value.to_bits() - 1)));
        }
    }

    #[test]
    fn what_no_code_stands_for_is_clamped() {
        for max in MAXIMA {
            for (value, code) in [
                (f32::NAN, 0),
                (f32::INFINITY, max),
                (f32::NEG_INFINITY, 0),
                (-0.25, 0),
                (1.5, max),
                (f32::MIN_POSITIVE, 0),
                // An exact tie goes to the even code: 0.5 * 1023 = 511.5.
                (0.5, max / 2 + 1),
            ] {
                assert_eq!(narrow_code(value, max), code, "{value} of {max}");
            }
        }
    }
}
