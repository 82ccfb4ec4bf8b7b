//! The estimator's iteration as one would write it down: two passes over whole planes an
//! iteration, in plain loops for the compiler to vectorise, with AVX2 where the CPU has it. Its
//! results are the wavefront ring's in every bit.
#![allow(unsafe_code)]

use deltaplate::kernels::estimate::Size;
use deltaplate::kernels::estimate::fit::Terms;

/// Whole planes, three a picture.
pub struct Passes {
    size: Size,
    x: [Vec<f32>; 3],
    extrapolated: [Vec<f32>; 3],
    across: [Vec<f32>; 3],
    down: [Vec<f32>; 3],
    /// `1 / (1 + tau * w)`, negative where the data term is one-sided.
    keep: [Vec<f32>; 3],
    /// `tau * w * Ocf / (1 + tau * w)`
    pull: [Vec<f32>; 3],
    terms: Terms,
    shrink: f32,
    sigma: f32,
}

impl Passes {
    /// With data and a start as `fit::smooth` takes them.
    pub fn new(size: Size, data: &[f32], terms: &Terms, x: &[f32]) -> Self {
        let Size { width, .. } = size;
        let planes = |samples: &[f32], count: usize, from: usize| {
            [0, 1, 2].map(|c| {
                let rows = samples.chunks_exact(count * width);
                rows.flat_map(|row| &row[(from + c) * width..][..width])
                    .copied()
                    .collect::<Vec<f32>>()
            })
        };
        let (weights, mut pull) = (planes(data, 6, 0), planes(data, 6, 3));
        let mut keep = weights;
        for (keep, pull) in keep.iter_mut().flatten().zip(pull.iter_mut().flatten()) {
            let w = *keep;
            *keep = 1.0 / (1.0 + terms.step * w.abs());
            *pull *= terms.step * *keep;
            *keep = keep.copysign(w);
        }
        let sigma = 1.0 / (8.0 * terms.step);
        let x = planes(x, 3, 0);
        let zeros = || [0; 3].map(|_| vec![0.0; size.pixels()]);
        Self {
            size,
            extrapolated: x.clone(),
            x,
            across: zeros(),
            down: zeros(),
            keep,
            pull,
            terms: *terms,
            shrink: 1.0 / (1.0 + sigma * terms.eps / terms.lambda),
            sigma,
        }
    }

    /// The planes of x, in the order of `fit::smooth`.
    pub fn into_rows(self) -> Vec<f32> {
        let Size { width, height } = self.size;
        let row = |y: usize| {
            self.x
                .iter()
                .flat_map(move |plane| &plane[y * width..][..width])
        };
        (0..height).flat_map(row).copied().collect()
    }

    /// Starts again.
    pub fn restart(&mut self, x: &[f32]) {
        let Size { width, .. } = self.size;
        for (y, row) in x.chunks_exact(3 * width).enumerate() {
            for (c, row) in row.chunks_exact(width).enumerate() {
                self.x[c][y * width..][..width].copy_from_slice(row);
                self.extrapolated[c][y * width..][..width].copy_from_slice(row);
            }
        }
        self.across.iter_mut().for_each(|plane| plane.fill(0.0));
        self.down.iter_mut().for_each(|plane| plane.fill(0.0));
    }

    /// Does some iterations.
    pub fn run(&mut self, iterations: usize) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            #[target_feature(enable = "avx2")]
            fn run(passes: &mut Passes, iterations: usize) {
                passes.plain(iterations);
            }
            // SAFETY: AVX2 is there.
            return unsafe { run(self, iterations) };
        }
        self.plain(iterations);
    }

    #[inline(always)]
    fn plain(&mut self, iterations: usize) {
        for _ in 0..iterations {
            self.dual();
            self.primal();
        }
    }

    /// `p <- project((p + sigma * grad xbar) * shrink)`
    #[inline(always)]
    fn dual(&mut self) {
        let Size { width, height } = self.size;
        let (sigma, shrink, radius) = (self.sigma, self.shrink, self.terms.lambda);
        let step = |p: f32, gradient: f32| (p + sigma * gradient) * shrink;
        for y in 0..height {
            let at = y * width;
            let has_below = if y + 1 < height { 1.0 } else { 0.0 };
            let next = if y + 1 < height { at + width } else { at };
            let here = self.extrapolated.each_ref().map(|e| &e[at..][..width]);
            let below = self.extrapolated.each_ref().map(|e| &e[next..][..width]);
            let [a0, a1, a2] = self.across.each_mut().map(|p| &mut p[at..][..width]);
            let [d0, d1, d2] = self.down.each_mut().map(|p| &mut p[at..][..width]);
            let [x0, x1, x2] = here;
            let [b0, b1, b2] = below;
            let mut pixel = |i: usize, right: usize| {
                let across = [
                    step(a0[i], x0[right] - x0[i]),
                    step(a1[i], x1[right] - x1[i]),
                    step(a2[i], x2[right] - x2[i]),
                ];
                let down = [
                    step(d0[i], (b0[i] - x0[i]) * has_below),
                    step(d1[i], (b1[i] - x1[i]) * has_below),
                    step(d2[i], (b2[i] - x2[i]) * has_below),
                ];
                let [p, q, r] = [0, 1, 2].map(|c| across[c] * across[c] + down[c] * down[c]);
                let scale = radius / (p + q + r).sqrt().max(radius);
                a0[i] = across[0] * scale;
                a1[i] = across[1] * scale;
                a2[i] = across[2] * scale;
                d0[i] = down[0] * scale;
                d1[i] = down[1] * scale;
                d2[i] = down[2] * scale;
            };
            for i in 0..width - 1 {
                pixel(i, i + 1);
            }
            pixel(width - 1, width - 1);
        }
    }

    /// `x+ <- clamp(prox(x + tau * div p))`, `xbar <- 2 x+ - x`
    #[inline(always)]
    fn primal(&mut self) {
        let Size { width, height } = self.size;
        let Terms {
            step: tau,
            low,
            high,
            ..
        } = self.terms;
        let zeros = vec![0.0; width];
        for c in 0..3 {
            for y in 0..height {
                let at = y * width;
                let x = &mut self.x[c][at..][..width];
                let extrapolated = &mut self.extrapolated[c][at..][..width];
                let across = &self.across[c][at..][..width];
                let down = &self.down[c][at..][..width];
                let above = match y {
                    0 => &zeros[..],
                    _ => &self.down[c][at - width..][..width],
                };
                let keep = &self.keep[c][at..][..width];
                let pull = &self.pull[c][at..][..width];
                let mut sample = |i: usize, left: f32| {
                    let divergence = (across[i] - left) + (down[i] - above[i]);
                    let free = x[i] + tau * divergence;
                    let pulled = free * keep[i].abs() + pull[i];
                    let pulled = if keep[i] < 0.0 && free > pulled {
                        free
                    } else {
                        pulled
                    };
                    let new = if pulled < low { low } else { pulled };
                    let new = if new > high { high } else { new };
                    extrapolated[i] = 2.0 * new - x[i];
                    x[i] = new;
                };
                sample(0, 0.0);
                for i in 1..width {
                    sample(i, across[i - 1]);
                }
            }
        }
    }
}
