//! One sample to the 32-bit float and back.
//!
//! Halves are widened and NaNs narrowed by integer operations alone: the processor's own
//! instruction sets the quiet bit of a signalling NaN, and a payload must survive the way there
//! and back.

use half::f16;

const HALF_EXPONENT: u32 = 0x7c00;
const HALF_MANTISSA: u32 = 0x03ff;
/// What turns a half's biased exponent into a float's: 127 - 15.
const REBIAS: u32 = 112 << 23;

/// The float of the same value; a NaN keeps its sign and payload.
pub(crate) fn widen_half(half: f16) -> f32 {
    let bits = u32::from(half.to_bits());
    let sign = (bits & 0x8000) << 16;
    let magnitude = bits & 0x7fff;
    let wide = if magnitude >= HALF_EXPONENT {
        0x7f80_0000 | (magnitude & HALF_MANTISSA) << 13
    } else if magnitude > HALF_MANTISSA {
        (magnitude << 13) + REBIAS
    } else if magnitude == 0 {
        0
    } else {
        // A denormal is magnitude * 2^-24; its leading one moves to bit 23.
        let shift = magnitude.leading_zeros() - 8;
        ((magnitude << shift) & 0x007f_ffff) | (126 - shift) << 23
    };
    f32::from_bits(sign | wide)
}

/// The nearest half, ties to even; beyond 65504 (from 65520 on) infinite. A NaN keeps its sign
/// and the upper ten bits of its payload; where those are all zero it becomes the quiet NaN.
pub(crate) fn narrow_half(value: f32) -> f16 {
    if !value.is_nan() {
        return f16::from_f32(value);
    }
    let bits = value.to_bits();
    let sign = (bits >> 16) & 0x8000;
    let payload = match (bits >> 13) & HALF_MANTISSA {
        0 => 0x0200,
        payload => payload,
    };
    f16::from_bits((sign | HALF_EXPONENT | payload) as u16)
}

/// `code / max`: one division of exact operands, so correctly rounded.
pub(crate) fn widen_code(code: u16, max: u16) -> f32 {
    f32::from(code) / f32::from(max)
}

/// The nearest of the codes 0..=max, ties to even; clamped, NaN gives 0.
pub(crate) fn narrow_code(value: f32, max: u16) -> u16 {
    let max = f64::from(max);
    // The product of 24 and 16 significant bits is exact in f64; NaN stays NaN, which `as` sends
    // to 0.
    (f64::from(value) * max).round_ties_even().clamp(0.0, max) as u16
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
