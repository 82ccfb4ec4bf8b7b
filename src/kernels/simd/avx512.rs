//! AVX-512: sixteen lanes, a cache line.
//!
//! A comparison's mask is a vector of ones and zeros here as elsewhere; the compiler keeps it in a
//! mask register, where selecting by it is part of the next operation.
#![allow(unsafe_code)]

use std::arch::{asm, x86_64::*};
use std::ptr;

use super::{Simd, Task};

/// Proof that the CPU has AVX-512 F and DQ.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The token, where the CPU has AVX-512 and does not slow down for it: those that do, before
    /// Ice Lake, lack VBMI2. The standard library asks the CPU once a process.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }
}

/// An intrinsic that touches no memory.
macro_rules! avx512 {
    ($e:expr) => {
        // SAFETY: the one precondition is AVX-512, and an `Avx512` exists only where `detect` found it.
        unsafe { $e }
    };
}

/// The methods that are one intrinsic.
macro_rules! binary {
    ($($name:ident: $intrinsic:expr,)*) => {$(
        #[inline(always)]
        fn $name(self, a: __m512, b: __m512) -> __m512 {
            avx512!($intrinsic(a, b))
        }
    )*};
}

/// The methods that compare.
macro_rules! compare {
    ($($name:ident: $intrinsic:expr,)*) => {$(
        #[inline(always)]
        fn $name(self, a: __m512, b: __m512) -> __m512 {
            avx512!(_mm512_castsi512_ps(_mm512_movm_epi32($intrinsic(a, b))))
        }
    )*};
}

/// A mask of the first `count` lanes, at most sixteen.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    ((1_u32 << count) - 1) as __mmask16
}

#[target_feature(enable = "avx512f,avx512dq,popcnt")]
#[inline(never)]
fn run<T: Task<Avx512>>(s: Avx512, task: T) -> T::Output {
    task.run(s)
}

/// A vector in memory, on its boundary.
#[repr(C, align(64))]
pub(crate) struct Aligned([f32; 16]);

/// A vector, loaded in halves: images seldom begin on a cache line, and a load that lies on two
/// lines takes as long as two. The compiler would make one load of them again, hence assembly.
#[target_feature(enable = "avx512f,avx512dq")]
#[inline]
fn halves(from: &[f32; 16]) -> __m512 {
    let (low, high) = from.split_at(8);
    // SAFETY: these are eight samples each.
    unsafe {
        let mut v = _mm512_castps256_ps512(_mm256_loadu_ps(low.as_ptr()));
        asm!(
            "vinsertf32x8 {v}, {v}, ymmword ptr [{high}], 1",
            v = inout(zmm_reg) v,
            high = in(reg) high.as_ptr(),
            options(pure, readonly, nostack, preserves_flags),
        );
        v
    }
}

impl Simd for Avx512 {
    const LANES: usize = 16;
    type Lanes = [f32; 16];
    type Aligned = Aligned;
    type V = __m512;
    type Wide = [__m512d; 2];

    #[inline(always)]
    fn run<T: Task<Self>>(self, task: T) -> T::Output {
        avx512!(run(self, task))
    }

    #[inline(always)]
    fn load(self, from: &[f32], at: usize) -> __m512 {
        let lanes = from[at..at + 16].as_chunks().0;
        self.get(&lanes[0])
    }
    #[inline(always)]
    fn store(self, v: __m512, to: &mut [f32], at: usize) {
        let to = &mut to[at..at + 16];
        // SAFETY: sixteen samples can be written at `to`; the token proves AVX-512.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn load_part(self, from: &[f32]) -> __m512 {
        // SAFETY: what the mask leaves out is not read; the token proves AVX-512.
        unsafe { _mm512_maskz_loadu_ps(first(from.len()), from.as_ptr()) }
    }
    #[inline(always)]
    fn store_part(self, v: __m512, to: &mut [f32], streaming: bool) {
        if streaming && to.len().is_multiple_of(4) && to.as_ptr().addr().is_multiple_of(16) {
            let fours: [__m128; 4] = avx512!([
                _mm512_castps512_ps128(v),
                _mm512_extractf32x4_ps::<1>(v),
                _mm512_extractf32x4_ps::<2>(v),
                _mm512_extractf32x4_ps::<3>(v),
            ]);
            for (to, four) in to.as_chunks_mut::<4>().0.iter_mut().zip(fours) {
                // SAFETY: four samples can be written at `to`, which is aligned; SSE2 is always there.
                unsafe { _mm_stream_ps(to.as_mut_ptr(), four) }
            }
        } else {
            // SAFETY: what the mask leaves out is not written; the token proves AVX-512.
            unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), first(to.len()), v) }
        }
    }

    #[inline(always)]
    fn lanes(self, from: &[f32]) -> &[[f32; 16]] {
        from.as_chunks().0
    }
    #[inline(always)]
    fn aligned_mut(self, to: &mut [f32]) -> Option<&mut [Aligned]> {
        let vectors = to.as_chunks_mut().0;
        let aligned = vectors
            .as_ptr()
            .addr()
            .is_multiple_of(align_of::<Aligned>());
        // SAFETY: an `Aligned` is 16 samples that begin there, and these do.
        aligned.then(|| unsafe { &mut *(ptr::from_mut::<[[f32; 16]]>(vectors) as *mut [Aligned]) })
    }
    #[inline(always)]
    fn get(self, from: &[f32; 16]) -> __m512 {
        avx512!(halves(from))
    }
    #[inline(always)]
    fn put_past(self, v: __m512, to: &mut Aligned) {
        // SAFETY: these are 16 samples on a vector's boundary; the token proves AVX-512.
        unsafe { _mm512_stream_ps(to.0.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn prefetch(self, from: &[f32], ahead: usize) {
        // A hint: it neither faults nor reads, wherever the pointer leads.
        avx512!(_mm_prefetch::<_MM_HINT_T0>(
            from.as_ptr().wrapping_add(ahead).cast()
        ))
    }

    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        avx512!(_mm512_set1_ps(x))
    }

    binary! {
        add: _mm512_add_ps,
        sub: _mm512_sub_ps,
        mul: _mm512_mul_ps,
        min: _mm512_min_ps,
        max: _mm512_max_ps,
        and: _mm512_and_ps,
        and_not: _mm512_andnot_ps,
        or: _mm512_or_ps,
    }
    compare! {
        eq: _mm512_cmp_ps_mask::<_CMP_EQ_OQ>,
        lt: _mm512_cmp_ps_mask::<_CMP_LT_OQ>,
        le: _mm512_cmp_ps_mask::<_CMP_LE_OQ>,
    }
    #[inline(always)]
    fn select(self, mask: __m512, a: __m512, b: __m512) -> __m512 {
        avx512!({
            let mask = _mm512_movepi32_mask(_mm512_castps_si512(mask));
            _mm512_mask_blend_ps(mask, b, a)
        })
    }
    #[inline(always)]
    fn same(self, a: __m512, b: __m512) -> __m512 {
        avx512!({
            let (a, b) = (_mm512_castps_si512(a), _mm512_castps_si512(b));
            _mm512_castsi512_ps(_mm512_movm_epi32(_mm512_cmpeq_epi32_mask(a, b)))
        })
    }
    #[inline(always)]
    fn mask(self, v: __m512) -> u32 {
        avx512!(_mm512_movepi32_mask(_mm512_castps_si512(v))).into()
    }

    #[inline(always)]
    fn ulp_distance(self, a: __m512, b: __m512) -> __m512 {
        avx512!({
            // Sign and magnitude to two's complement; both zeros become 0.
            let magnitude = |v| _mm512_and_si512(v, _mm512_set1_epi32(i32::MAX));
            let signed = |v| {
                let v = _mm512_castps_si512(v);
                let negative = _mm512_movepi32_mask(v);
                _mm512_mask_sub_epi32(magnitude(v), negative, _mm512_setzero_si512(), magnitude(v))
            };
            let (a, b) = (signed(a), signed(b));
            let distance = _mm512_sub_epi32(_mm512_max_epi32(a, b), _mm512_min_epi32(a, b));
            _mm512_castsi512_ps(distance)
        })
    }
    #[inline(always)]
    fn max_u32(self, a: __m512, b: __m512) -> __m512 {
        avx512!({
            let (a, b) = (_mm512_castps_si512(a), _mm512_castps_si512(b));
            _mm512_castsi512_ps(_mm512_max_epu32(a, b))
        })
    }

    #[inline(always)]
    fn widen(self, v: __m512) -> [__m512d; 2] {
        avx512!([
            _mm512_cvtps_pd(_mm512_castps512_ps256(v)),
            _mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(v)),
        ])
    }
    #[inline(always)]
    fn wide_add(self, a: [__m512d; 2], b: [__m512d; 2]) -> [__m512d; 2] {
        avx512!([_mm512_add_pd(a[0], b[0]), _mm512_add_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn wide_mul(self, a: [__m512d; 2], b: [__m512d; 2]) -> [__m512d; 2] {
        avx512!([_mm512_mul_pd(a[0], b[0]), _mm512_mul_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn wide_store(self, v: [__m512d; 2], to: &mut [f64], at: usize) {
        let to = &mut to[at..at + 16];
        // SAFETY: sixteen samples can be written at `to`; the token proves AVX-512.
        unsafe {
            _mm512_storeu_pd(to.as_mut_ptr(), v[0]);
            _mm512_storeu_pd(to[8..].as_mut_ptr(), v[1]);
        }
    }
}
