//! `scalar` on vectors.

use super::{BELOW_ONE, Difference, Residual};
use crate::kernels::{add::Sum, rows::Vector, simd::Simd};

impl<const FINITE: bool> Vector<2> for Difference<FINITE> {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, a]: [S::V; 2], m: Option<S::V>) -> S::V {
        let mut d = s.sub(a, b);
        let mut none = s.same(a, b);
        if let Some(m) = m {
            d = s.mul(m, d);
            none = s.or(none, s.eq(m, s.splat(0.0)));
        }
        if FINITE {
            let finite = s.and(s.is_finite(a), s.is_finite(b));
            let clamped = s.min(s.max(d, s.splat(f32::MIN)), s.splat(f32::MAX));
            // Without `m`, finite samples make no NaN.
            let number = if m.is_some() { s.eq(d, d) } else { finite };
            let nearer = s.mul(clamped, s.splat(BELOW_ONE));
            let fits = s.is_finite(s.add(b, clamped));
            let fitting = s.or(s.and(fits, clamped), s.and_not(fits, nearer));
            d = s.and(s.and(finite, number), fitting);
        } else {
            d = s.canonical(d);
        }
        s.and_not(none, d)
    }

    const USUAL: bool = true;

    #[inline(always)]
    fn usual<S: Simd>(self, s: S, [b, a]: [S::V; 2]) -> (S::V, S::V) {
        // A finite difference is of finite samples, and equal ones make +0. Only with `finite`
        // does the sum matter, which is finite nowhere else.
        let d = s.sub(a, b);
        (d, if FINITE { s.add(b, d) } else { d })
    }
}

impl Vector<2> for Residual {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, a]: [S::V; 2], m: Option<S::V>) -> S::V {
        let d = Difference::<true>.samples(s, [b, a], None);
        let q = Sum.samples(s, [b, d], None);
        let finite = s.and(s.is_finite(a), s.is_finite(q));
        let mut residual = s.and(s.and_not(s.eq(a, q), finite), s.sub(a, q));
        if let Some(m) = m {
            residual = s.and(s.eq(m, s.splat(1.0)), residual);
        }
        residual
    }
}
