//! Four lanes in plain Rust, which compilers turn into the vectors of other CPUs.

use super::{Simd, Task, ones};

/// No instruction set in particular.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

type V = [f32; 4];
type Wide = [f64; 4];

#[inline(always)]
fn lanes<A: Copy, B>(a: [A; 4], b: [A; 4], f: impl Fn(A, A) -> B) -> [B; 4] {
    [f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])]
}

#[inline(always)]
fn bits(a: V, b: V, f: impl Fn(u32, u32) -> u32) -> V {
    lanes(a, b, |a, b| f32::from_bits(f(a.to_bits(), b.to_bits())))
}

/// The methods that are one operation on each lane.
macro_rules! binary {
    ($($form:ident $name:ident: $operation:expr,)*) => {$(
        #[inline(always)]
        fn $name(self, a: V, b: V) -> V {
            $form(a, b, $operation)
        }
    )*};
}

impl Simd for Portable {
    const LANES: usize = 4;
    type Lanes = V;
    type Aligned = V;
    type V = V;
    type Wide = Wide;

    #[inline(never)]
    fn run<T: Task<Self>>(self, task: T) -> T::Output {
        task.run(self)
    }

    #[inline(always)]
    fn load(self, from: &[f32], at: usize) -> V {
        let from = &from[at..at + 4];
        [from[0], from[1], from[2], from[3]]
    }
    #[inline(always)]
    fn store(self, v: V, to: &mut [f32], at: usize) {
        to[at..at + 4].copy_from_slice(&v);
    }
    #[inline(always)]
    fn load_part(self, from: &[f32]) -> V {
        let mut v = [0.0; 4];
        v[..from.len()].copy_from_slice(from);
        v
    }
    #[inline(always)]
    fn store_part(self, v: V, to: &mut [f32], _streaming: bool) {
        to.copy_from_slice(&v[..to.len()]);
    }

    #[inline(always)]
    fn lanes(self, from: &[f32]) -> &[V] {
        from.as_chunks().0
    }
    #[inline(always)]
    fn aligned_mut(self, to: &mut [f32]) -> Option<&mut [V]> {
        Some(to.as_chunks_mut().0)
    }
    #[inline(always)]
    fn get(self, from: &V) -> V {
        *from
    }
    #[inline(always)]
    fn put_past(self, v: V, to: &mut V) {
        *to = v;
    }
    #[inline(always)]
    fn prefetch(self, _from: &[f32], _ahead: usize) {}

    #[inline(always)]
    fn splat(self, x: f32) -> V {
        [x; 4]
    }

    binary! {
        lanes add: |a, b| a + b,
        lanes sub: |a, b| a - b,
        lanes mul: |a, b| a * b,
        lanes min: |a, b| if a < b { a } else { b },
        lanes max: |a, b| if a > b { a } else { b },
        lanes eq: |a, b| ones(a == b),
        lanes lt: |a, b| ones(a < b),
        lanes le: |a, b| ones(a <= b),
        bits and: |a, b| a & b,
        bits and_not: |a, b| !a & b,
        bits or: |a, b| a | b,
        bits same: |a, b| ones(a == b).to_bits(),
        bits max_u32: |a, b| a.max(b),
        lanes ulp_distance: |a, b| f32::from_bits(crate::kernels::compare::ulp_distance(a, b)),
    }

    #[inline(always)]
    fn select(self, mask: V, a: V, b: V) -> V {
        self.or(self.and(mask, a), self.and_not(mask, b))
    }
    #[inline(always)]
    fn mask(self, v: V) -> u32 {
        let [a, b, c, d] = v.map(|x| x.to_bits() >> 31);
        a | b << 1 | c << 2 | d << 3
    }

    #[inline(always)]
    fn widen(self, v: V) -> Wide {
        v.map(f64::from)
    }
    #[inline(always)]
    fn wide_add(self, a: Wide, b: Wide) -> Wide {
        lanes(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn wide_mul(self, a: Wide, b: Wide) -> Wide {
        lanes(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn wide_store(self, v: Wide, to: &mut [f64], at: usize) {
        to[at..at + 4].copy_from_slice(&v);
    }
}
