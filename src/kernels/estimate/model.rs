//! The forward model: how an overlay and a background make a merged picture.

use super::picture::Plane;

/// How the overlay was laid on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blend {
    /// `alpha * O + (1 - alpha) * B`
    Normal,
    /// `alpha * O + B`: a true reflection in linear light.
    Add,
    /// `B + alpha * O * (1 - B)`
    Screen,
    /// `B * (1 - alpha + alpha * O)`
    Multiply,
}

impl Blend {
    /// `(a, b)` of `M = a * O + b`, where the background is `b` and the opacity `alpha`. Screen's
    /// `a` is 0 over a background above 1.
    #[inline(always)]
    pub fn coefficients(self, background: f32, alpha: f32) -> (f32, f32) {
        match self {
            Self::Normal => (alpha, (1.0 - alpha) * background),
            Self::Add => (alpha, background),
            Self::Screen => (alpha * (1.0 - background).max(0.0), background),
            Self::Multiply => (alpha * background, (1.0 - alpha) * background),
        }
    }

    /// Writes the coefficients of samples and opacities, which are as many.
    #[inline(always)]
    pub(super) fn fill(self, background: &[f32], alphas: &[f32], a: &mut [f32], b: &mut [f32]) {
        #[inline(always)]
        fn each(
            [background, alphas]: [&[f32]; 2],
            [a, b]: [&mut [f32]; 2],
            coefficients: impl Fn(f32, f32) -> (f32, f32),
        ) {
            let out = a.iter_mut().zip(b);
            for ((a, b), (background, alpha)) in out.zip(background.iter().zip(alphas)) {
                (*a, *b) = coefficients(*background, *alpha);
            }
        }
        let (from, to) = ([background, alphas], [a, b]);
        // A loop for each, without a branch in it.
        match self {
            Self::Normal => each(from, to, |b, alpha| Self::Normal.coefficients(b, alpha)),
            Self::Add => each(from, to, |b, alpha| Self::Add.coefficients(b, alpha)),
            Self::Screen => each(from, to, |b, alpha| Self::Screen.coefficients(b, alpha)),
            Self::Multiply => each(from, to, |b, alpha| Self::Multiply.coefficients(b, alpha)),
        }
    }

    /// How far an error of the background reaches into `M`: the factor on its gradients.
    pub fn transmission(self, alpha: f32) -> f32 {
        match self {
            Self::Normal => 1.0 - alpha,
            Self::Add | Self::Screen | Self::Multiply => 1.0,
        }
    }
}

/// The opacity of the overlay, 0..=1.
#[derive(Clone, Copy, Debug)]
pub enum Opacity<'a> {
    /// The same everywhere.
    Uniform(f32),
    /// Pixel by pixel.
    Map(Plane<'a>),
}

impl Opacity<'_> {
    /// The opacity of a pixel; what is not a number counts as 0.
    #[inline(always)]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        match self {
            Self::Uniform(alpha) => *alpha,
            Self::Map(map) => known(map.samples()[y * map.size().width + x]),
        }
    }

    /// Writes the opacities of pixels that lie side by side, from `x` on.
    #[inline(always)]
    pub(super) fn fill(&self, x: usize, y: usize, out: &mut [f32]) {
        match self {
            Self::Uniform(alpha) => out.fill(*alpha),
            Self::Map(map) => {
                let from = &map.samples()[y * map.size().width + x..];
                for (to, from) in out.iter_mut().zip(from) {
                    *to = known(*from);
                }
            }
        }
    }
}

#[inline(always)]
fn known(alpha: f32) -> f32 {
    if alpha.is_finite() { alpha } else { 0.0 }
}

/// A blend mode and its opacity.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    /// The blend mode.
    pub blend: Blend,
    /// The opacity.
    pub opacity: Opacity<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn coefficients_are_the_blend(o in 0.0f32..1.0, b in 0.0f32..1.0, alpha in 0.0f32..1.0) {
            for (blend, merged) in [
                (Blend::Normal, alpha * o + (1.0 - alpha) * b),
                (Blend::Add, b + alpha * o),
                (Blend::Screen, alpha * (1.0 - (1.0 - o) * (1.0 - b)) + (1.0 - alpha) * b),
                (Blend::Multiply, alpha * o * b + (1.0 - alpha) * b),
            ] {
                let (scale, rest) = blend.coefficients(b, alpha);
                prop_assert!((scale * o + rest - merged).abs() < 1e-6, "{blend:?}");
            }
        }
    }

    #[test]
    fn screen_over_a_bright_background_adds_nothing() {
        assert_eq!(Blend::Screen.coefficients(3.0, 0.5), (0.0, 3.0));
    }
}
