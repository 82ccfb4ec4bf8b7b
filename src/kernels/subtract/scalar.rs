//! The definitions, one sample at a time.

use super::{BELOW_ONE, Difference, Residual};
use crate::kernels::{add::Sum, canonical, rows::Scalar};

impl<const FINITE: bool> Scalar<2> for Difference<FINITE> {
    #[inline(always)]
    fn sample(self, [b, a]: [f32; 2], m: f32) -> f32 {
        if m == 0.0 || a.to_bits() == b.to_bits() {
            return 0.0;
        }
        let d = m * (a - b);
        if !FINITE {
            canonical(d)
        } else if a.is_finite() && b.is_finite() && !d.is_nan() {
            let d = d.clamp(f32::MIN, f32::MAX);
            if (b + d).is_finite() {
                d
            } else {
                d * BELOW_ONE
            }
        } else {
            0.0
        }
    }
}

impl Scalar<2> for Residual {
    #[inline(always)]
    fn sample(self, [b, a]: [f32; 2], m: f32) -> f32 {
        let d = Difference::<true>.sample([b, a], 1.0);
        let q = Sum.sample([b, d], 1.0);
        if m == 1.0 && a.is_finite() && q.is_finite() && a != q {
            a - q
        } else {
            0.0
        }
    }
}
