//! The limits with AVX2. They decline without it, and slices that are not whole aligned vectors.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

/// Whether AVX2 is there and all slices are as long as `out`, which is whole vectors, aligned for
/// `streaming`.
fn ready(inputs: &[&[f32]], out: &[f32], streaming: bool) -> bool {
    is_x86_feature_detected!("avx2")
        && inputs.iter().all(|input| input.len() == out.len())
        && out.len().is_multiple_of(8)
        && (!streaming || out.as_ptr().addr().is_multiple_of(32))
}

pub fn subtract<const STREAMING: bool>(a: &[f32], b: &[f32], out: &mut [f32]) -> bool {
    #[target_feature(enable = "avx2")]
    fn run<const STREAMING: bool>(a: &[f32], b: &[f32], out: &mut [f32]) {
        for i in (0..out.len()).step_by(8) {
            // SAFETY: `ready` checked lengths and alignment.
            unsafe {
                let a = _mm256_loadu_ps(a.as_ptr().add(i));
                let b = _mm256_loadu_ps(b.as_ptr().add(i));
                let to = out.as_mut_ptr().add(i);
                if STREAMING {
                    _mm256_stream_ps(to, _mm256_sub_ps(a, b));
                } else {
                    _mm256_storeu_ps(to, _mm256_sub_ps(a, b));
                }
            }
        }
        if STREAMING {
            _mm_sfence();
        }
    }
    let ready = ready(&[a, b], out, STREAMING);
    if ready {
        // SAFETY: AVX2 is there.
        unsafe { run::<STREAMING>(a, b, out) }
    }
    ready
}

pub fn subtract_two(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) -> bool {
    #[target_feature(enable = "avx2")]
    fn run(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) {
        for i in (0..out.len()).step_by(8) {
            // SAFETY: `ready` checked lengths and alignment.
            unsafe {
                let a = _mm256_loadu_ps(a.as_ptr().add(i));
                let b = _mm256_loadu_ps(b.as_ptr().add(i));
                let c = _mm256_loadu_ps(c.as_ptr().add(i));
                let d = _mm256_sub_ps(_mm256_sub_ps(a, b), c);
                _mm256_stream_ps(out.as_mut_ptr().add(i), d);
            }
        }
        _mm_sfence();
    }
    let ready = ready(&[a, b, c], out, true);
    if ready {
        // SAFETY: AVX2 is there.
        unsafe { run(a, b, c, out) }
    }
    ready
}

pub fn read(a: &[f32], b: &[f32]) -> Option<u32> {
    #[target_feature(enable = "avx2")]
    fn run(a: &[f32], b: &[f32]) -> u32 {
        let mut any = [_mm256_setzero_ps(); 4];
        for i in (0..a.len()).step_by(32) {
            for (k, any) in any.iter_mut().enumerate() {
                // SAFETY: the lengths are equal multiples of 32.
                let x = unsafe {
                    let a = _mm256_loadu_ps(a.as_ptr().add(i + 8 * k));
                    let b = _mm256_loadu_ps(b.as_ptr().add(i + 8 * k));
                    _mm256_xor_ps(a, b)
                };
                *any = _mm256_or_ps(*any, x);
            }
        }
        let any = _mm256_or_ps(_mm256_or_ps(any[0], any[1]), _mm256_or_ps(any[2], any[3]));
        _mm256_movemask_ps(any).cast_unsigned()
    }
    let ready =
        is_x86_feature_detected!("avx2") && a.len() == b.len() && a.len().is_multiple_of(32);
    // SAFETY: AVX2 is there.
    ready.then(|| unsafe { run(a, b) })
}
