//! Blend spaces: how the samples of a plate become the numbers that were blended.
//!
//! A linear blend undone in sRGB is off by a picture's worth; see [`detect`](super::detect).

/// The encoding in which the overlay was laid on. The plates are linear light.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BlendSpace {
    /// Linear light: the plate's own numbers.
    Linear,
    /// IEC 61966-2-1.
    Srgb,
    /// The camera curve of ITU-R BT.709.
    Rec709,
    /// `linear = encoded ^ gamma`, gamma above 0.
    Gamma(f32),
}

impl BlendSpace {
    /// From linear light into the blend space. Negative light goes by the mirrored curve.
    pub fn encode(self, linear: f32) -> f32 {
        self.mirrored(linear, |x| match self {
            Self::Linear => x,
            Self::Srgb if x <= 0.003_130_8 => 12.92 * x,
            Self::Srgb => 1.055 * x.powf(1.0 / 2.4) - 0.055,
            Self::Rec709 if x < 0.018 => 4.5 * x,
            Self::Rec709 => 1.099 * x.powf(0.45) - 0.099,
            Self::Gamma(gamma) => x.powf(1.0 / gamma),
        })
    }

    /// From the blend space into linear light.
    pub fn decode(self, encoded: f32) -> f32 {
        self.mirrored(encoded, |x| match self {
            Self::Linear => x,
            Self::Srgb if x <= 0.040_45 => x / 12.92,
            Self::Srgb => ((x + 0.055) / 1.055).powf(2.4),
            Self::Rec709 if x < 0.081 => x / 4.5,
            Self::Rec709 => ((x + 0.099) / 1.099).powf(1.0 / 0.45),
            Self::Gamma(gamma) => x.powf(gamma),
        })
    }

    fn mirrored(self, x: f32, curve: impl Fn(f32) -> f32) -> f32 {
        if self == Self::Linear {
            x
        } else {
            curve(x.abs()).copysign(x)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BlendSpace::{self, Gamma, Linear, Rec709, Srgb};
    use proptest::prelude::*;

    fn spaces() -> impl Strategy<Value = BlendSpace> {
        prop_oneof![
            Just(Linear),
            Just(Srgb),
            Just(Rec709),
            (0.2f32..5.0).prop_map(Gamma)
        ]
    }

    #[test]
    fn known_points() {
        assert_eq!(Linear.encode(0.3), 0.3);
        for (space, linear, encoded) in [
            (Srgb, 0.214_041_14, 0.5),
            (Srgb, 0.001, 0.012_92),
            (Rec709, 0.01, 0.045),
            (Rec709, 0.259_588, 0.5),
            (Gamma(2.0), 0.25, 0.5),
            (Srgb, -0.214_041_14, -0.5),
        ] {
            assert!(
                (space.encode(linear) - encoded).abs() < 1e-5,
                "{space:?} {linear}"
            );
            assert!(
                (space.decode(encoded) - linear).abs() < 1e-5,
                "{space:?} {encoded}"
            );
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(space in spaces(), linear in -4.0f32..4.0) {
            let back = space.decode(space.encode(linear));
            prop_assert!((back - linear).abs() <= 2e-5 * linear.abs().max(0.1), "{space:?} {linear} {back}");
        }
    }
}
