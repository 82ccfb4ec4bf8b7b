//! The layer that was found: what it is laid on with, and what it lacks of the merged picture.

use super::closed::LEAST_OPACITY;
use super::model::Blend;

/// The premultiplied overlay; 0 where nothing is known.
#[inline]
pub fn premultiplied(overlay: f32, alpha: f32) -> f32 {
    finite(alpha * overlay)
}

/// The overlay's own colour; 0 where the opacity is below [`LEAST_OPACITY`], which tells none.
#[inline]
pub fn straight(overlay: f32, alpha: f32) -> f32 {
    if alpha < LEAST_OPACITY {
        0.0
    } else {
        finite(overlay)
    }
}

/// Lays a premultiplied overlay over a background, its own or another, in the blend space. Normal
/// is `P + (1 - alpha) * B`, each operation rounded once, as hosts compute *over*.
#[inline]
pub fn lay(blend: Blend, premultiplied: f32, alpha: f32, background: f32) -> f32 {
    match blend {
        Blend::Normal => premultiplied + (1.0 - alpha) * background,
        Blend::Add => premultiplied + background,
        Blend::Screen => premultiplied * (1.0 - background).max(0.0) + background,
        Blend::Multiply => premultiplied * background + (1.0 - alpha) * background,
    }
}

/// What the recomposite Q lacks of the merged picture M, so that `Q + R` is M: bit for bit where
/// `Q / 2 <= M <= 2 Q` (P. H. Sterbenz, *Floating-Point Computation*, 1974), elsewhere within one
/// unit in the last place of the greater. 0 where either is not finite.
#[inline]
pub fn residual(merged: f32, recomposite: f32) -> f32 {
    finite(merged - recomposite)
}

fn finite(x: f32) -> f32 {
    if x.is_finite() { x } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The distance from `x` to the next float of greater magnitude.
    fn unit(x: f32) -> f64 {
        let x = x.abs();
        f64::from(f32::from_bits(x.to_bits() + 1)) - f64::from(x)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_round_trip_is_as_good_as_said(
            bits in prop::array::uniform2(any::<u32>()),
            overlay in 0.0f32..1.0,
            alpha in 0.0f32..1.0,
        ) {
            let [merged, background] = bits.map(f32::from_bits);
            prop_assume!(merged.abs() < 1e37 && background.abs() < 1e37);
            let p = premultiplied(overlay, alpha);
            for blend in [Blend::Normal, Blend::Add, Blend::Screen, Blend::Multiply] {
                let q = lay(blend, p, alpha, background);
                let back = q + residual(merged, q);
                let bound = unit(merged).max(unit(q));
                prop_assert!((f64::from(back) - f64::from(merged)).abs() <= bound, "{blend:?}");
            }
        }

        #[test]
        fn the_round_trip_is_exact_nearby(
            background in 0.0f32..4.0,
            overlay in 0.0f32..1.0,
            alpha in 0.0f32..1.0,
            factor in 0.5f32..2.0,
        ) {
            let q = lay(Blend::Normal, premultiplied(overlay, alpha), alpha, background);
            let merged = (q * factor).clamp(q / 2.0, 2.0 * q);
            prop_assert_eq!((q + residual(merged, q)).to_bits(), merged.to_bits());
        }

        #[test]
        fn laying_is_the_model(o in 0.0f32..1.0, b in 0.0f32..1.0, alpha in 0.0f32..1.0) {
            for blend in [Blend::Normal, Blend::Add, Blend::Screen, Blend::Multiply] {
                let (a, rest) = blend.coefficients(b, alpha);
                let laid = lay(blend, premultiplied(o, alpha), alpha, b);
                prop_assert!((laid - (a * o + rest)).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn what_is_not_known_is_nothing() {
        assert_eq!(premultiplied(f32::NAN, 0.5), 0.0);
        assert_eq!(straight(0.7, 0.001), 0.0);
        assert_eq!(straight(f32::INFINITY, 0.5), 0.0);
        assert_eq!(residual(f32::NAN, 0.5), 0.0);
    }
}
