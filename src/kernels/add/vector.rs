//! `scalar` on vectors.

use super::Sum;
use crate::kernels::{rows::Vector, simd::Simd};

impl Vector<2> for Sum {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, d]: [S::V; 2], m: S::V) -> S::V {
        let zero = s.splat(0.0);
        let none = s.or(s.eq(m, zero), s.eq(d, zero));
        s.select(none, b, s.canonical(s.add(b, s.mul(m, d))))
    }
}

impl Vector<3> for Sum {
    #[inline(always)]
    fn samples<S: Simd>(self, s: S, [b, d, residual]: [S::V; 3], m: S::V) -> S::V {
        let q = self.samples(s, [b, d], m);
        self.samples(s, [q, residual], m)
    }
}
