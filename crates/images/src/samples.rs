//! The samples of one channel, in the type they have in the file.

use std::ops::Range;

use half::f16;

use crate::convert::{narrow_half, narrow_u8, narrow_u16, widen_half, widen_u8, widen_u16};

/// The type of a channel's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleType {
    /// Unsigned 8-bit codes; 255 is 1.0.
    U8,
    /// Unsigned 16-bit codes; 65535 is 1.0.
    U16,
    /// 16-bit floats.
    Half,
    /// 32-bit floats.
    Float,
}

impl SampleType {
    /// Bytes of one sample.
    pub const fn bytes(self) -> usize {
        match self {
            SampleType::U8 => 1,
            SampleType::U16 | SampleType::Half => 2,
            SampleType::Float => 4,
        }
    }

    /// The name in files and reports: `uint8`, `uint16`, `half`, `float`.
    pub const fn name(self) -> &'static str {
        match self {
            SampleType::U8 => "uint8",
            SampleType::U16 => "uint16",
            SampleType::Half => "half",
            SampleType::Float => "float",
        }
    }

    /// The type with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [
            SampleType::U8,
            SampleType::U16,
            SampleType::Half,
            SampleType::Float,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// The samples of one channel: row after row over the data window, top row first.
#[derive(Debug, Clone)]
pub enum Samples {
    /// Unsigned 8-bit codes.
    U8(Vec<u8>),
    /// Unsigned 16-bit codes.
    U16(Vec<u16>),
    /// 16-bit floats.
    Half(Vec<f16>),
    /// 32-bit floats.
    Float(Vec<f32>),
}

impl Samples {
    /// `len` samples of value zero.
    pub fn zeros(kind: SampleType, len: usize) -> Self {
        match kind {
            SampleType::U8 => Samples::U8(vec![0; len]),
            SampleType::U16 => Samples::U16(vec![0; len]),
            SampleType::Half => Samples::Half(vec![f16::ZERO; len]),
            SampleType::Float => Samples::Float(vec![0.0; len]),
        }
    }

    /// The samples of `kind` nearest to `values`, ties to even.
    ///
    /// Codes are clamped to their range, and NaN gives code 0. A half beyond the range becomes
    /// infinite. Floats keep every bit, and whatever came from [`widen`](Self::widen) comes back
    /// bit for bit in its own type.
    pub fn from_f32(kind: SampleType, values: &[f32]) -> Self {
        match kind {
            SampleType::U8 => Samples::U8(values.iter().copied().map(narrow_u8).collect()),
            SampleType::U16 => Samples::U16(values.iter().copied().map(narrow_u16).collect()),
            SampleType::Half => Samples::Half(values.iter().copied().map(narrow_half).collect()),
            SampleType::Float => Samples::Float(values.to_vec()),
        }
    }

    /// The type of the samples.
    pub const fn sample_type(&self) -> SampleType {
        match self {
            Samples::U8(_) => SampleType::U8,
            Samples::U16(_) => SampleType::U16,
            Samples::Half(_) => SampleType::Half,
            Samples::Float(_) => SampleType::Float,
        }
    }

    /// The samples of `range`.
    ///
    /// # Panics
    ///
    /// If `range` exceeds the samples.
    pub(crate) fn range(&self, range: Range<usize>) -> Samples {
        match self {
            Samples::U8(v) => Samples::U8(v[range].to_vec()),
            Samples::U16(v) => Samples::U16(v[range].to_vec()),
            Samples::Half(v) => Samples::Half(v[range].to_vec()),
            Samples::Float(v) => Samples::Float(v[range].to_vec()),
        }
    }

    /// Adds `more` of the same type.
    pub(crate) fn append(&mut self, more: &mut Samples) {
        match (self, more) {
            (Samples::U8(v), Samples::U8(more)) => v.append(more),
            (Samples::U16(v), Samples::U16(more)) => v.append(more),
            (Samples::Half(v), Samples::Half(more)) => v.append(more),
            (Samples::Float(v), Samples::Float(more)) => v.append(more),
            _ => unreachable!("strips of one channel have one type"),
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        match self {
            Samples::U8(v) => v.len(),
            Samples::U16(v) => v.len(),
            Samples::Half(v) => v.len(),
            Samples::Float(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The float view of `range`, written to the start of `out`: a code is the correctly rounded
    /// quotient code / 255 or code / 65535, a half its own value with a NaN's payload, a float
    /// itself.
    ///
    /// # Panics
    ///
    /// If `range` exceeds the samples or `out` is shorter than `range`.
    pub fn widen(&self, range: Range<usize>, out: &mut [f32]) {
        let out = &mut out[..range.len()];
        match self {
            Samples::U8(v) => fill(&v[range], out, widen_u8),
            Samples::U16(v) => fill(&v[range], out, widen_u16),
            Samples::Half(v) => fill(&v[range], out, widen_half),
            Samples::Float(v) => out.copy_from_slice(&v[range]),
        }
    }

    /// The float view of all samples; see [`widen`](Self::widen).
    pub fn to_f32(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.len()];
        self.widen(0..self.len(), &mut out);
        out
    }

    /// The native bits of sample `index`, in the low bits.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](Self::len).
    pub fn bits(&self, index: usize) -> u32 {
        match self {
            Samples::U8(v) => u32::from(v[index]),
            Samples::U16(v) => u32::from(v[index]),
            Samples::Half(v) => u32::from(v[index].to_bits()),
            Samples::Float(v) => v[index].to_bits(),
        }
    }
}

fn fill<T: Copy>(from: &[T], out: &mut [f32], widen: impl Fn(T) -> f32) {
    for (to, &sample) in out.iter_mut().zip(from) {
        *to = widen(sample);
    }
}

/// Equal means the same type and the same native bits; 0 and -0 differ, a NaN equals itself.
impl PartialEq for Samples {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Samples::U8(a), Samples::U8(b)) => a == b,
            (Samples::U16(a), Samples::U16(b)) => a == b,
            (Samples::Half(a), Samples::Half(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
            }
            (Samples::Float(a), Samples::Float(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
            }
            _ => false,
        }
    }
}

impl Eq for Samples {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bits_come_back_in_their_own_type(
            bytes: Vec<u8>, words: Vec<u16>, halves: Vec<u16>, floats: Vec<u32>,
        ) {
            for samples in [
                Samples::U8(bytes),
                Samples::U16(words),
                Samples::Half(halves.into_iter().map(f16::from_bits).collect()),
                Samples::Float(floats.into_iter().map(f32::from_bits).collect()),
            ] {
                let back = Samples::from_f32(samples.sample_type(), &samples.to_f32());
                prop_assert_eq!(back, samples);
            }
        }
    }

    #[test]
    fn equality_is_of_bits() {
        assert_ne!(Samples::Float(vec![0.0]), Samples::Float(vec![-0.0]));
        assert_eq!(
            Samples::Float(vec![f32::NAN]),
            Samples::Float(vec![f32::NAN])
        );
        assert_ne!(Samples::U8(vec![0]), Samples::U16(vec![0]));
    }

    #[test]
    fn a_range_widens_alone() {
        let mut out = [9.0; 3];
        Samples::U8(vec![0, 255, 51, 0]).widen(1..3, &mut out);
        assert_eq!(out, [1.0, 0.2, 9.0]);
    }
}
