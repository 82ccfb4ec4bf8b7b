//! Conversions between components and depths, as a host makes them for plug-ins that ask.
//!
//! Components: colour without alpha is opaque (alpha 1); alpha without colour has colour 0. Depths: float values
//! are clamped to 0..1 and rounded to the nearest code, no number becomes 0; half rounds to the nearest half.

use crate::error::Result;
use crate::frame::{Frame, Samples, sample_count};
use crate::pixel::{Components, Depth};
use half::f16;

/// The frame in these components and this depth.
///
/// # Errors
/// When the result has more bytes than can be addressed.
pub fn convert(frame: &Frame, components: Components, depth: Depth) -> Result<Frame> {
    sample_count(frame.bounds(), components, depth)?;
    let samples = if frame.components() == components && frame.depth() == depth {
        frame.samples().clone()
    } else if let (Samples::Float(v), true) = (frame.samples(), frame.components() == components) {
        narrowed(v.iter().copied(), depth)
    } else {
        let floats = to_float(frame.samples());
        narrowed(
            remixed(&floats, frame.components(), components).into_iter(),
            depth,
        )
    };
    Frame::new(frame.bounds(), components, samples)
}

/// The samples as floats; exact for halves, `code / 255` and `code / 65535` for integers.
fn to_float(samples: &Samples) -> Vec<f32> {
    match samples {
        Samples::Byte(v) => v.iter().map(|&b| f32::from(b) / 255.0).collect(),
        Samples::Short(v) => v.iter().map(|&s| f32::from(s) / 65535.0).collect(),
        Samples::Half(v) => v.iter().map(|h| h.to_f32()).collect(),
        Samples::Float(v) => v.clone(),
    }
}

fn narrowed(samples: impl Iterator<Item = f32>, depth: Depth) -> Samples {
    match depth {
        Depth::Byte => Samples::Byte(samples.map(|v| code(v, 255.0) as u8).collect()),
        Depth::Short => Samples::Short(samples.map(|v| code(v, 65535.0) as u16).collect()),
        Depth::Half => Samples::Half(samples.map(f16::from_f32).collect()),
        Depth::Float => Samples::Float(samples.collect()),
    }
}

/// The nearest code; computed in double so that every code comes back from its own float.
fn code(value: f32, white: f64) -> u32 {
    (f64::from(value) * white).clamp(0.0, white).round() as u32 // `as` takes a NaN to 0
}

fn remixed(samples: &[f32], from: Components, to: Components) -> Vec<f32> {
    use Components::{Alpha, Rgb, Rgba};
    let pixels = samples.chunks_exact(from.count());
    match (from, to) {
        (Rgb, Rgba) => pixels.flat_map(|p| [p[0], p[1], p[2], 1.0]).collect(),
        (Rgba, Rgb) => pixels.flat_map(|p| [p[0], p[1], p[2]]).collect(),
        (Alpha, Rgba) => pixels.flat_map(|p| [0.0, 0.0, 0.0, p[0]]).collect(),
        (Rgba, Alpha) => pixels.map(|p| p[3]).collect(),
        (Alpha, Rgb) => pixels.flat_map(|_| [0.0; 3]).collect(),
        (Rgb, Alpha) => pixels.map(|_| 1.0).collect(),
        (Alpha, Alpha) | (Rgb, Rgb) | (Rgba, Rgba) => samples.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::RectI;
    use proptest::prelude::*;

    fn one(components: Components, samples: Samples) -> Frame {
        Frame::new(RectI::new(0, 0, 1, 1), components, samples).unwrap()
    }

    #[test]
    fn every_code_survives_the_way_through_float() {
        for code in 0..=u16::MAX {
            let there = one(Components::Alpha, Samples::Short(vec![code]));
            let float = convert(&there, Components::Alpha, Depth::Float).unwrap();
            assert_eq!(
                convert(&float, Components::Alpha, Depth::Short).unwrap(),
                there
            );
        }
        for code in 0..=u8::MAX {
            let there = one(Components::Alpha, Samples::Byte(vec![code]));
            let float = convert(&there, Components::Alpha, Depth::Float).unwrap();
            assert_eq!(
                convert(&float, Components::Alpha, Depth::Byte).unwrap(),
                there
            );
        }
    }

    #[test]
    fn missing_components_are_filled() {
        let rgb = one(Components::Rgb, Samples::Float(vec![0.1, 0.2, 0.3]));
        let rgba = convert(&rgb, Components::Rgba, Depth::Float).unwrap();
        assert_eq!(rgba.floats().unwrap(), [0.1, 0.2, 0.3, 1.0]);
        let alpha = one(Components::Alpha, Samples::Float(vec![0.5]));
        let rgba = convert(&alpha, Components::Rgba, Depth::Float).unwrap();
        assert_eq!(rgba.floats().unwrap(), [0.0, 0.0, 0.0, 0.5]);
        assert_eq!(
            convert(&rgba, Components::Alpha, Depth::Float).unwrap(),
            alpha
        );
    }

    proptest! {
        #[test]
        fn codes_are_in_range(bits in any::<u32>()) {
            let float = one(Components::Alpha, Samples::Float(vec![f32::from_bits(bits)]));
            let value = f32::from_bits(bits);
            let Samples::Byte(byte) = convert(&float, Components::Alpha, Depth::Byte).unwrap().into_samples()
                else { panic!("not bytes") };
            if value.is_nan() || value <= 0.0 { prop_assert_eq!(byte[0], 0); }
            if value >= 1.0 { prop_assert_eq!(byte[0], 255); }
            if (0.0..=1.0).contains(&value) {
                prop_assert!((f64::from(byte[0]) - f64::from(value) * 255.0).abs() <= 0.5);
            }
        }

        #[test]
        fn halves_survive_the_way_through_float(bits in any::<u16>()) {
            let half = f16::from_bits(bits);
            prop_assume!(!half.is_nan());
            let there = one(Components::Alpha, Samples::Half(vec![half]));
            let float = convert(&there, Components::Alpha, Depth::Float).unwrap();
            prop_assert_eq!(convert(&float, Components::Alpha, Depth::Half).unwrap(), there);
        }
    }
}
