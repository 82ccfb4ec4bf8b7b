//! What the memory allows: loops that do nothing but the traffic. A kernel is judged by its time
//! over theirs, in the same run.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

/// `a - b` with non-temporal stores.
///
/// # Panics
///
/// Without AVX2, or unless the slices are equally long, in whole vectors, and `out` is aligned to
/// 32 bytes.
pub fn subtract(a: &[f32], b: &[f32], out: &mut [f32]) {
    assert!(is_x86_feature_detected!("avx2"), "the limit is an AVX2 loop");
    assert!(a.len() == out.len() && b.len() == out.len() && out.len().is_multiple_of(8));
    assert!(out.as_ptr().addr().is_multiple_of(32));
    // SAFETY: AVX2 is there; lengths and alignment are checked.
    unsafe { subtract_avx2(a, b, out) }
}

/// # Safety
///
/// All slices have a length that is a multiple of 8; `out` is aligned to 32 bytes.
#[target_feature(enable = "avx2")]
unsafe fn subtract_avx2(a: &[f32], b: &[f32], out: &mut [f32]) {
    for i in (0..out.len()).step_by(8) {
        // SAFETY: by the function's contract.
        unsafe {
            let d = _mm256_sub_ps(
                _mm256_loadu_ps(a.as_ptr().add(i)),
                _mm256_loadu_ps(b.as_ptr().add(i)),
            );
            _mm256_stream_ps(out.as_mut_ptr().add(i), d);
        }
    }
    _mm_sfence();
}

/// `a - b - c` with non-temporal stores; conditions as [`subtract`].
pub fn subtract_two(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) {
    assert!(is_x86_feature_detected!("avx2"), "the limit is an AVX2 loop");
    assert!([a.len(), b.len(), c.len()] == [out.len(); 3] && out.len().is_multiple_of(8));
    assert!(out.as_ptr().addr().is_multiple_of(32));
    // SAFETY: AVX2 is there; lengths and alignment are checked.
    unsafe { subtract_two_avx2(a, b, c, out) }
}

/// # Safety
///
/// As [`subtract_avx2`].
#[target_feature(enable = "avx2")]
unsafe fn subtract_two_avx2(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) {
    for i in (0..out.len()).step_by(8) {
        // SAFETY: by the function's contract.
        unsafe {
            let d = _mm256_sub_ps(
                _mm256_loadu_ps(a.as_ptr().add(i)),
                _mm256_loadu_ps(b.as_ptr().add(i)),
            );
            let d = _mm256_sub_ps(d, _mm256_loadu_ps(c.as_ptr().add(i)));
            _mm256_stream_ps(out.as_mut_ptr().add(i), d);
        }
    }
    _mm_sfence();
}

/// Reads both images.
///
/// # Panics
///
/// Without AVX2, or unless the slices are equally long, in whole groups of 32 samples.
pub fn read(a: &[f32], b: &[f32]) -> u32 {
    assert!(is_x86_feature_detected!("avx2"), "the limit is an AVX2 loop");
    assert!(a.len() == b.len() && a.len().is_multiple_of(32));
    // SAFETY: AVX2 is there; the lengths are checked.
    unsafe { read_avx2(a, b) }
}

/// # Safety
///
/// Both slices have one length, a multiple of 32.
#[target_feature(enable = "avx2")]
unsafe fn read_avx2(a: &[f32], b: &[f32]) -> u32 {
    let mut sums = [_mm256_setzero_ps(); 4];
    for i in (0..a.len()).step_by(32) {
        for (k, sum) in sums.iter_mut().enumerate() {
            // SAFETY: by the function's contract.
            unsafe {
                let x = _mm256_xor_ps(
                    _mm256_loadu_ps(a.as_ptr().add(i + 8 * k)),
                    _mm256_loadu_ps(b.as_ptr().add(i + 8 * k)),
                );
                *sum = _mm256_or_ps(*sum, x);
            }
        }
    }
    let any = _mm256_or_ps(_mm256_or_ps(sums[0], sums[1]), _mm256_or_ps(sums[2], sums[3]));
    _mm256_movemask_ps(any).cast_unsigned()
}
