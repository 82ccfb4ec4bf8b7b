//! What the memory allows: loops that do nothing but the traffic of a kernel, with AVX2 and
//! non-temporal stores where the CPU has them. A kernel is judged by its time over theirs.

#![allow(dead_code, reason = "each bench uses its own part")]

#[cfg(target_arch = "x86_64")]
mod avx2;

/// `a - b`, streaming.
pub fn subtract(a: &[f32], b: &[f32], out: &mut [f32]) {
    // Streaming wants whole aligned vectors; the few samples around them do not count.
    let head = out.as_ptr().align_offset(32).min(out.len());
    let body = head + (out.len() - head) / 8 * 8;
    plain(&a[..head], &b[..head], &mut out[..head]);
    plain(&a[body..], &b[body..], &mut out[body..]);
    let (a, b, out) = (&a[head..body], &b[head..body], &mut out[head..body]);
    #[cfg(target_arch = "x86_64")]
    if avx2::subtract::<true>(a, b, out) {
        return;
    }
    plain(a, b, out);
}

/// `a - b` with ordinary stores: the limit of what stays in the cache.
pub fn subtract_cached(a: &[f32], b: &[f32], out: &mut [f32]) {
    let body = out.len() / 8 * 8;
    plain(&a[body..], &b[body..], &mut out[body..]);
    let (a, b, out) = (&a[..body], &b[..body], &mut out[..body]);
    #[cfg(target_arch = "x86_64")]
    if avx2::subtract::<false>(a, b, out) {
        return;
    }
    plain(a, b, out);
}

fn plain(a: &[f32], b: &[f32], out: &mut [f32]) {
    for (out, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
        *out = a - b;
    }
}

/// `a - b - c`, streaming.
pub fn subtract_two(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if avx2::subtract_two(a, b, c, out) {
        return;
    }
    for (out, ((a, b), c)) in out.iter_mut().zip(a.iter().zip(b).zip(c)) {
        *out = a - b - c;
    }
}

/// Reads both images.
pub fn read(a: &[f32], b: &[f32]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if let Some(any) = avx2::read(a, b) {
        return any;
    }
    a.iter()
        .zip(b)
        .fold(0, |any, (a, b)| any | a.to_bits() ^ b.to_bits())
}
