//! `scalar` on vectors.

use super::{Difference, Residual};
use crate::kernels::{add::Sum, rows::Vector, simd::Simd};

impl<const FINITE: bool> Vector<2> for Difference<FINITE> {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, a]: [S::V; 2], m: S::V) -> S::V {
        let none = s.or(s.eq(m, s.splat(0.0)), s.same(a, b));
        let d = s.mul(m, s.sub(a, b));
        let d = if FINITE {
            let finite = s.and(s.is_finite(a), s.is_finite(b));
            let clamped = s.min(s.max(d, s.splat(f32::MIN)), s.splat(f32::MAX));
            s.and(s.and(finite, s.eq(d, d)), clamped)
        } else {
            s.canonical(d)
        };
        s.and_not(none, d)
    }
}

impl Vector<2> for Residual {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, a]: [S::V; 2], m: S::V) -> S::V {
        let one = s.splat(1.0);
        let d = Difference::<true>.samples(s, [b, a], one);
        let q = Sum.samples(s, [b, d], one);
        let finite = s.and(s.is_finite(a), s.is_finite(q));
        let wanted = s.and_not(s.eq(a, q), s.and(s.eq(m, one), finite));
        s.and(wanted, s.sub(a, q))
    }
}
