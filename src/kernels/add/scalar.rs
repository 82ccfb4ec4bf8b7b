//! The definition, one sample at a time.

use super::Sum;
use crate::kernels::{canonical, rows::Scalar};

impl Scalar<2> for Sum {
    #[inline(always)]
    fn sample(self, [b, d]: [f32; 2], m: f32) -> f32 {
        if m == 0.0 || d == 0.0 {
            b
        } else {
            canonical(b + m * d)
        }
    }
}

impl Scalar<3> for Sum {
    #[inline(always)]
    fn sample(self, [b, d, residual]: [f32; 3], m: f32) -> f32 {
        let q = self.sample([b, d], m);
        self.sample([q, residual], m)
    }
}
