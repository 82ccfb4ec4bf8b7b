//! AVX2: eight lanes.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::ptr;

use super::{Simd, Task};

/// Proof that the CPU has AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The token, where the CPU has AVX2. The standard library asks the CPU once a process.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt")).then_some(Self(()))
    }
}

/// An intrinsic that touches no memory.
macro_rules! avx2 {
    ($e:expr) => {
        // SAFETY: the one precondition is AVX2, and an `Avx2` exists only where `detect` found it.
        unsafe { $e }
    };
}

/// The methods that are one intrinsic.
macro_rules! binary {
    ($($name:ident: $intrinsic:expr,)*) => {$(
        #[inline(always)]
        fn $name(self, a: __m256, b: __m256) -> __m256 {
            avx2!($intrinsic(a, b))
        }
    )*};
}

/// A mask of the first `count` lanes, at most eight.
#[inline(always)]
fn first(s: Avx2, count: usize) -> __m256i {
    const ONES: [f32; 16] = {
        let mut lanes = [0.0; 16];
        let mut lane = 0;
        while lane < 8 {
            lanes[lane] = f32::from_bits(u32::MAX);
            lane += 1;
        }
        lanes
    };
    avx2!(_mm256_castps_si256(s.load(&ONES, 8 - count)))
}

#[target_feature(enable = "avx2,popcnt")]
#[inline(never)]
fn run<T: Task<Avx2>>(s: Avx2, task: T) -> T::Output {
    task.run(s)
}

/// A vector in memory, on its boundary.
#[repr(C, align(32))]
pub(crate) struct Aligned([f32; 8]);

impl Simd for Avx2 {
    const LANES: usize = 8;
    type Lanes = [f32; 8];
    type Aligned = Aligned;
    type V = __m256;
    type Wide = [__m256d; 2];

    #[inline(always)]
    fn run<T: Task<Self>>(self, task: T) -> T::Output {
        avx2!(run(self, task))
    }

    #[inline(always)]
    fn load(self, from: &[f32], at: usize) -> __m256 {
        let from = &from[at..at + 8];
        // SAFETY: eight samples can be read at `from`; the token proves AVX2.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: __m256, to: &mut [f32], at: usize) {
        let to = &mut to[at..at + 8];
        // SAFETY: eight samples can be written at `to`; the token proves AVX2.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn load_part(self, from: &[f32]) -> __m256 {
        // SAFETY: what the mask leaves out is not read; the token proves AVX2.
        unsafe { _mm256_maskload_ps(from.as_ptr(), first(self, from.len())) }
    }
    #[inline(always)]
    fn store_part(self, v: __m256, to: &mut [f32], streaming: bool) {
        if streaming && to.len() == 4 && to.as_ptr().addr().is_multiple_of(16) {
            // SAFETY: four samples can be written at `to`, which is aligned; the token proves AVX2.
            unsafe { _mm_stream_ps(to.as_mut_ptr(), _mm256_castps256_ps128(v)) }
        } else {
            // SAFETY: what the mask leaves out is not written; the token proves AVX2.
            unsafe { _mm256_maskstore_ps(to.as_mut_ptr(), first(self, to.len()), v) }
        }
    }

    #[inline(always)]
    fn lanes(self, from: &[f32]) -> &[[f32; 8]] {
        from.as_chunks().0
    }
    #[inline(always)]
    fn aligned_mut(self, to: &mut [f32]) -> Option<&mut [Aligned]> {
        let vectors = to.as_chunks_mut().0;
        let aligned = vectors
            .as_ptr()
            .addr()
            .is_multiple_of(align_of::<Aligned>());
        // SAFETY: an `Aligned` is 8 samples that begin there, and these do.
        aligned.then(|| unsafe { &mut *(ptr::from_mut::<[[f32; 8]]>(vectors) as *mut [Aligned]) })
    }
    #[inline(always)]
    fn get(self, from: &[f32; 8]) -> __m256 {
        // SAFETY: these are 8 samples; the token proves AVX2.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn put_past(self, v: __m256, to: &mut Aligned) {
        // SAFETY: these are 8 samples on a vector's boundary; the token proves AVX2.
        unsafe { _mm256_stream_ps(to.0.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn prefetch(self, from: &[f32], ahead: usize) {
        // A hint: it neither faults nor reads, wherever the pointer leads.
        avx2!(_mm_prefetch::<_MM_HINT_T0>(
            from.as_ptr().wrapping_add(ahead).cast()
        ))
    }

    #[inline(always)]
    fn splat(self, x: f32) -> __m256 {
        avx2!(_mm256_set1_ps(x))
    }

    binary! {
        add: _mm256_add_ps,
        sub: _mm256_sub_ps,
        mul: _mm256_mul_ps,
        min: _mm256_min_ps,
        max: _mm256_max_ps,
        and: _mm256_and_ps,
        and_not: _mm256_andnot_ps,
        or: _mm256_or_ps,
        eq: _mm256_cmp_ps::<_CMP_EQ_OQ>,
        lt: _mm256_cmp_ps::<_CMP_LT_OQ>,
        le: _mm256_cmp_ps::<_CMP_LE_OQ>,
    }
    #[inline(always)]
    fn select(self, mask: __m256, a: __m256, b: __m256) -> __m256 {
        avx2!(_mm256_blendv_ps(b, a, mask))
    }
    #[inline(always)]
    fn same(self, a: __m256, b: __m256) -> __m256 {
        avx2!({
            let (a, b) = (_mm256_castps_si256(a), _mm256_castps_si256(b));
            _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b))
        })
    }
    #[inline(always)]
    fn mask(self, v: __m256) -> u32 {
        avx2!(_mm256_movemask_ps(v)).cast_unsigned()
    }

    #[inline(always)]
    fn ulp_distance(self, a: __m256, b: __m256) -> __m256 {
        avx2!({
            // Sign and magnitude to two's complement; both zeros become 0.
            let magnitude = _mm256_set1_epi32(i32::MAX);
            let (a, b) = (_mm256_castps_si256(a), _mm256_castps_si256(b));
            let a = _mm256_sign_epi32(_mm256_and_si256(a, magnitude), a);
            let b = _mm256_sign_epi32(_mm256_and_si256(b, magnitude), b);
            let distance = _mm256_sub_epi32(_mm256_max_epi32(a, b), _mm256_min_epi32(a, b));
            _mm256_castsi256_ps(distance)
        })
    }
    #[inline(always)]
    fn max_u32(self, a: __m256, b: __m256) -> __m256 {
        avx2!({
            let (a, b) = (_mm256_castps_si256(a), _mm256_castps_si256(b));
            _mm256_castsi256_ps(_mm256_max_epu32(a, b))
        })
    }

    #[inline(always)]
    fn widen(self, v: __m256) -> [__m256d; 2] {
        avx2!([
            _mm256_cvtps_pd(_mm256_castps256_ps128(v)),
            _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(v)),
        ])
    }
    #[inline(always)]
    fn wide_add(self, a: [__m256d; 2], b: [__m256d; 2]) -> [__m256d; 2] {
        avx2!([_mm256_add_pd(a[0], b[0]), _mm256_add_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn wide_mul(self, a: [__m256d; 2], b: [__m256d; 2]) -> [__m256d; 2] {
        avx2!([_mm256_mul_pd(a[0], b[0]), _mm256_mul_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn wide_store(self, v: [__m256d; 2], to: &mut [f64], at: usize) {
        let to = &mut to[at..at + 8];
        // SAFETY: eight samples can be written at `to`; the token proves AVX2.
        unsafe {
            _mm256_storeu_pd(to.as_mut_ptr(), v[0]);
            _mm256_storeu_pd(to[4..].as_mut_ptr(), v[1]);
        }
    }
}
