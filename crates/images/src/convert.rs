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

/// `code / 255`: one division of exact operands, so correctly rounded.
pub(crate) fn widen_u8(code: u8) -> f32 {
    f32::from(code) / 255.0
}

/// `code / 65535`: one division of exact operands, so correctly rounded.
pub(crate) fn widen_u16(code: u16) -> f32 {
    f32::from(code) / 65535.0
}

/// The nearest of the codes 0..=255, ties to even; clamped, NaN gives 0.
pub(crate) fn narrow_u8(value: f32) -> u8 {
    // The product of 24 and 8 (below 24 and 16) significant bits is exact in f64; `as` clamps
    // and sends NaN to 0.
    (f64::from(value) * 255.0).round_ties_even() as u8
}

/// The nearest of the codes 0..=65535, ties to even; clamped, NaN gives 0.
pub(crate) fn narrow_u16(value: f32) -> u16 {
    (f64::from(value) * 65535.0).round_ties_even() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn every_byte_is_the_rounded_quotient_and_comes_back() {
        for code in 0..=u8::MAX {
            let wide = widen_u8(code);
            assert_eq!(wide, (f64::from(code) / 255.0) as f32);
            assert_eq!(narrow_u8(wide), code);
        }
    }

    #[test]
    fn every_word_is_the_rounded_quotient_and_comes_back() {
        for code in 0..=u16::MAX {
            let wide = widen_u16(code);
            assert_is_nearest(wide, u64::from(code), 65535);
            assert_eq!(narrow_u16(wide), code);
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
        for (value, byte, word) in [
            (f32::NAN, 0, 0),
            (f32::INFINITY, 255, 65535),
            (f32::NEG_INFINITY, 0, 0),
            (-0.25, 0, 0),
            (1.5, 255, 65535),
            (f32::MIN_POSITIVE, 0, 0),
        ] {
            assert_eq!((narrow_u8(value), narrow_u16(value)), (byte, word));
        }
        // Exact ties go to the even code: 0.5 * 255 = 127.5, 0.5 * 65535 = 32767.5.
        assert_eq!((narrow_u8(0.5), narrow_u16(0.5)), (128, 32768));
    }
}
