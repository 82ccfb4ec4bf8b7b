//! SSE2, which every x86-64 CPU has: four lanes.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::ptr;

use super::{Simd, Task};

/// The instruction set that x86-64 starts from.
#[derive(Clone, Copy)]
pub(crate) struct Sse2;

/// An intrinsic that touches no memory.
macro_rules! sse2 {
    ($e:expr) => {
        // SAFETY: the one precondition is SSE2, which is part of x86-64.
        unsafe { $e }
    };
}

/// The methods that are one intrinsic.
macro_rules! binary {
    ($($name:ident: $intrinsic:expr,)*) => {$(
        #[inline(always)]
        fn $name(self, a: __m128, b: __m128) -> __m128 {
            sse2!($intrinsic(a, b))
        }
    )*};
}

/// Makes the thread's streamed stores visible.
pub(super) fn fence() {
    sse2!(_mm_sfence())
}

/// A vector in memory, on its boundary.
#[repr(C, align(16))]
pub(crate) struct Aligned([f32; 4]);

impl Simd for Sse2 {
    const LANES: usize = 4;
    type Lanes = [f32; 4];
    type Aligned = Aligned;
    type V = __m128;
    type Wide = [__m128d; 2];

    #[inline(never)]
    fn run<T: Task<Self>>(self, task: T) -> T::Output {
        task.run(self)
    }

    #[inline(always)]
    fn load(self, from: &[f32], at: usize) -> __m128 {
        let from = &from[at..at + 4];
        // SAFETY: four samples can be read at `from`.
        unsafe { _mm_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: __m128, to: &mut [f32], at: usize) {
        let to = &mut to[at..at + 4];
        // SAFETY: four samples can be written at `to`.
        unsafe { _mm_storeu_ps(to.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn load_part(self, from: &[f32]) -> __m128 {
        let mut v = [0.0; 4];
        // Not `copy_from_slice`: a call costs more than three samples.
        for (v, from) in v[..3].iter_mut().zip(from) {
            *v = *from;
        }
        self.load(&v, 0)
    }
    #[inline(always)]
    fn store_part(self, v: __m128, to: &mut [f32], _streaming: bool) {
        let mut samples = [0.0; 4];
        self.store(v, &mut samples, 0);
        for (to, sample) in to.iter_mut().zip(&samples[..3]) {
            *to = *sample;
        }
    }

    #[inline(always)]
    fn lanes(self, from: &[f32]) -> &[[f32; 4]] {
        from.as_chunks().0
    }
    #[inline(always)]
    fn aligned_mut(self, to: &mut [f32]) -> Option<&mut [Aligned]> {
        let vectors = to.as_chunks_mut().0;
        let aligned = vectors
            .as_ptr()
            .addr()
            .is_multiple_of(align_of::<Aligned>());
        // SAFETY: an `Aligned` is 4 samples that begin there, and these do.
        aligned.then(|| unsafe { &mut *(ptr::from_mut::<[[f32; 4]]>(vectors) as *mut [Aligned]) })
    }
    #[inline(always)]
    fn get(self, from: &[f32; 4]) -> __m128 {
        // SAFETY: these are 4 samples.
        unsafe { _mm_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn put_past(self, v: __m128, to: &mut Aligned) {
        // SAFETY: these are 4 samples on a vector's boundary.
        unsafe { _mm_stream_ps(to.0.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn prefetch(self, from: &[f32], ahead: usize) {
        // A hint: it neither faults nor reads, wherever the pointer leads.
        sse2!(_mm_prefetch::<_MM_HINT_T0>(
            from.as_ptr().wrapping_add(ahead).cast()
        ))
    }

    #[inline(always)]
    fn splat(self, x: f32) -> __m128 {
        sse2!(_mm_set1_ps(x))
    }

    binary! {
        add: _mm_add_ps,
        sub: _mm_sub_ps,
        mul: _mm_mul_ps,
        min: _mm_min_ps,
        max: _mm_max_ps,
        and: _mm_and_ps,
        and_not: _mm_andnot_ps,
        or: _mm_or_ps,
        eq: _mm_cmpeq_ps,
        lt: _mm_cmplt_ps,
        le: _mm_cmple_ps,
    }
    #[inline(always)]
    fn select(self, mask: __m128, a: __m128, b: __m128) -> __m128 {
        self.or(self.and(mask, a), self.and_not(mask, b))
    }
    #[inline(always)]
    fn same(self, a: __m128, b: __m128) -> __m128 {
        sse2!({
            let (a, b) = (_mm_castps_si128(a), _mm_castps_si128(b));
            _mm_castsi128_ps(_mm_cmpeq_epi32(a, b))
        })
    }
    #[inline(always)]
    fn mask(self, v: __m128) -> u32 {
        sse2!(_mm_movemask_ps(v)).cast_unsigned()
    }

    #[inline(always)]
    fn ulp_distance(self, a: __m128, b: __m128) -> __m128 {
        sse2!({
            // Sign and magnitude to two's complement; both zeros become 0.
            let (a, b) = (_mm_castps_si128(a), _mm_castps_si128(b));
            let magnitude = _mm_set1_epi32(i32::MAX);
            let a = negate(_mm_and_si128(a, magnitude), _mm_srai_epi32::<31>(a));
            let b = negate(_mm_and_si128(b, magnitude), _mm_srai_epi32::<31>(b));
            _mm_castsi128_ps(negate(_mm_sub_epi32(a, b), _mm_cmpgt_epi32(b, a)))
        })
    }
    #[inline(always)]
    fn max_u32(self, a: __m128, b: __m128) -> __m128 {
        sse2!({
            // SSE2 compares signed only: flip the top bits.
            let top = _mm_castsi128_ps(_mm_set1_epi32(i32::MIN));
            let flipped_a = _mm_castps_si128(_mm_xor_ps(a, top));
            let flipped_b = _mm_castps_si128(_mm_xor_ps(b, top));
            let greater = _mm_castsi128_ps(_mm_cmpgt_epi32(flipped_a, flipped_b));
            self.select(greater, a, b)
        })
    }

    #[inline(always)]
    fn widen(self, v: __m128) -> [__m128d; 2] {
        sse2!([_mm_cvtps_pd(v), _mm_cvtps_pd(_mm_movehl_ps(v, v))])
    }
    #[inline(always)]
    fn wide_add(self, a: [__m128d; 2], b: [__m128d; 2]) -> [__m128d; 2] {
        sse2!([_mm_add_pd(a[0], b[0]), _mm_add_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn wide_mul(self, a: [__m128d; 2], b: [__m128d; 2]) -> [__m128d; 2] {
        sse2!([_mm_mul_pd(a[0], b[0]), _mm_mul_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn wide_store(self, v: [__m128d; 2], to: &mut [f64], at: usize) {
        let to = &mut to[at..at + 4];
        // SAFETY: four samples can be written at `to`.
        unsafe {
            _mm_storeu_pd(to.as_mut_ptr(), v[0]);
            _mm_storeu_pd(to[2..].as_mut_ptr(), v[1]);
        }
    }
}

/// `-v` where `mask` is all ones: (v ^ -1) + 1.
#[inline(always)]
fn negate(v: __m128i, mask: __m128i) -> __m128i {
    sse2!(_mm_sub_epi32(_mm_xor_si128(v, mask), mask))
}
