//! `scalar` on vectors.

use super::Sum;
use crate::kernels::{rows::Vector, simd::Simd};

impl Vector<2> for Sum {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, d]: [S::V; 2], m: Option<S::V>) -> S::V {
        let zero = s.splat(0.0);
        let mut none = s.eq(d, zero);
        let mut d = d;
        if let Some(m) = m {
            none = s.or(none, s.eq(m, zero));
            d = s.mul(m, d);
        }
        s.select(none, b, s.canonical(s.add(b, d)))
    }

    const USUAL: bool = true;

    #[inline(always)]
    fn usual<S: Simd>(self, s: S, [b, d]: [S::V; 2]) -> (S::V, S::V) {
        let sum = s.add(b, d);
        (s.select(s.eq(d, s.splat(0.0)), b, sum), sum)
    }
}

impl Vector<3> for Sum {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, d, residual]: [S::V; 3], m: Option<S::V>) -> S::V {
        let q = self.samples(s, [b, d], m);
        self.samples(s, [q, residual], m)
    }
}
