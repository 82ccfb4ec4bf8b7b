//! The samples of one channel, in the type they have in the file.

use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::Rect;
use crate::convert::{narrow_code, narrow_halves, widen_code, widen_halves};

/// The type of a channel's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleType {
    /// Unsigned 8-bit codes; 255 is 1.0.
    U8,
    /// Unsigned 10-bit codes; 1023 is 1.0.
    U10,
    /// Unsigned 12-bit codes; 4095 is 1.0.
    U12,
    /// Unsigned 16-bit codes; 65535 is 1.0.
    U16,
    /// Unsigned 32-bit integers that are no measure of light: ids, counts. No arithmetic is done
    /// with them.
    Uint,
    /// 16-bit floats.
    Half,
    /// 32-bit floats.
    Float,
}

impl SampleType {
    /// Every type.
    pub const ALL: [SampleType; 7] = [
        SampleType::U8,
        SampleType::U10,
        SampleType::U12,
        SampleType::U16,
        SampleType::Uint,
        SampleType::Half,
        SampleType::Float,
    ];

    /// Bytes of one sample in memory.
    pub const fn bytes(self) -> usize {
        match self {
            SampleType::U8 => 1,
            SampleType::U10 | SampleType::U12 | SampleType::U16 | SampleType::Half => 2,
            SampleType::Uint | SampleType::Float => 4,
        }
    }

    /// The name in files and reports: `uint8`, `uint10`, `uint12`, `uint16`, `uint`, `half`, `float`.
    pub const fn name(self) -> &'static str {
        match self {
            SampleType::U8 => "uint8",
            SampleType::U10 => "uint10",
            SampleType::U12 => "uint12",
            SampleType::U16 => "uint16",
            SampleType::Uint => "uint",
            SampleType::Half => "half",
            SampleType::Float => "float",
        }
    }

    /// The type with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The code that stands for 1.0; none for types that are no codes.
    pub const fn max_code(self) -> Option<u16> {
        match self {
            SampleType::U8 => Some(u8::MAX as u16),
            SampleType::U10 => Some(1023),
            SampleType::U12 => Some(4095),
            SampleType::U16 => Some(u16::MAX),
            SampleType::Uint | SampleType::Half | SampleType::Float => None,
        }
    }
}

/// The samples of one channel: row after row over the data window, top row first.
#[derive(Debug, Clone)]
pub enum Samples {
    /// Unsigned 8-bit codes.
    U8(Vec<u8>),
    /// Unsigned 10-bit codes; none is above 1023.
    U10(Vec<u16>),
    /// Unsigned 12-bit codes; none is above 4095.
    U12(Vec<u16>),
    /// Unsigned 16-bit codes.
    U16(Vec<u16>),
    /// Unsigned integers.
    Uint(Vec<u32>),
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
            SampleType::U10 => Samples::U10(vec![0; len]),
            SampleType::U12 => Samples::U12(vec![0; len]),
            SampleType::U16 => Samples::U16(vec![0; len]),
            SampleType::Uint => Samples::Uint(vec![0; len]),
            SampleType::Half => Samples::Half(vec![f16::ZERO; len]),
            SampleType::Float => Samples::Float(vec![0.0; len]),
        }
    }

    /// The samples of `kind` nearest to `values`, ties to even.
    ///
    /// Codes are clamped to their range, and NaN gives code 0. A half beyond the range becomes
    /// infinite. Floats keep every bit, a `uint` is the bits of its float, and whatever came from
    /// [`widen`](Self::widen) comes back bit for bit in its own type.
    pub fn from_f32(kind: SampleType, values: &[f32]) -> Self {
        let codes = |max| values.iter().map(move |&value| narrow_code(value, max));
        match kind {
            SampleType::U8 => Samples::U8(codes(255).map(|code| code as u8).collect()),
            SampleType::U10 => Samples::U10(codes(1023).collect()),
            SampleType::U12 => Samples::U12(codes(4095).collect()),
            SampleType::U16 => Samples::U16(codes(65535).collect()),
            SampleType::Uint => Samples::Uint(values.iter().map(|value| value.to_bits()).collect()),
            SampleType::Half => {
                let mut halves = vec![f16::ZERO; values.len()];
                narrow_halves(values, &mut halves);
                Samples::Half(halves)
            }
            SampleType::Float => Samples::Float(values.to_vec()),
        }
    }

    /// The type of the samples.
    pub const fn sample_type(&self) -> SampleType {
        match self {
            Samples::U8(_) => SampleType::U8,
            Samples::U10(_) => SampleType::U10,
            Samples::U12(_) => SampleType::U12,
            Samples::U16(_) => SampleType::U16,
            Samples::Uint(_) => SampleType::Uint,
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
            Samples::U10(v) => Samples::U10(v[range].to_vec()),
            Samples::U12(v) => Samples::U12(v[range].to_vec()),
            Samples::U16(v) => Samples::U16(v[range].to_vec()),
            Samples::Uint(v) => Samples::Uint(v[range].to_vec()),
            Samples::Half(v) => Samples::Half(v[range].to_vec()),
            Samples::Float(v) => Samples::Float(v[range].to_vec()),
        }
    }

    /// Adds `more` of the same type.
    pub(crate) fn append(&mut self, more: &mut Samples) {
        match (self, more) {
            (Samples::U8(v), Samples::U8(more)) => v.append(more),
            (Samples::U10(v), Samples::U10(more))
            | (Samples::U12(v), Samples::U12(more))
            | (Samples::U16(v), Samples::U16(more)) => v.append(more),
            (Samples::Uint(v), Samples::Uint(more)) => v.append(more),
            (Samples::Half(v), Samples::Half(more)) => v.append(more),
            (Samples::Float(v), Samples::Float(more)) => v.append(more),
            _ => unreachable!("strips of one channel have one type"),
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        match self {
            Samples::U8(v) => v.len(),
            Samples::U10(v) | Samples::U12(v) | Samples::U16(v) => v.len(),
            Samples::Uint(v) => v.len(),
            Samples::Half(v) => v.len(),
            Samples::Float(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The float view of `range`, written to the start of `out`: a code is the correctly rounded
    /// quotient of the code and the one that stands for 1.0, a half its own value with a NaN's
    /// payload, a float itself.
    ///
    /// A `uint` has no float view that keeps it. Its bits are handed on as those of a float, so
    /// that they can be moved and compared like all others; they are no value to compute with. See
    /// [`value`](Self::value).
    ///
    /// # Panics
    ///
    /// If `range` exceeds the samples or `out` is shorter than `range`.
    pub fn widen(&self, range: Range<usize>, out: &mut [f32]) {
        let out = &mut out[..range.len()];
        match self {
            Samples::U8(v) => fill(&v[range], out, |code| widen_code(code.into(), 255)),
            Samples::U10(v) => fill(&v[range], out, |code| widen_code(code, 1023)),
            Samples::U12(v) => fill(&v[range], out, |code| widen_code(code, 4095)),
            Samples::U16(v) => fill(&v[range], out, |code| widen_code(code, 65535)),
            Samples::Uint(v) => fill(&v[range], out, f32::from_bits),
            Samples::Half(v) => widen_halves(&v[range], out),
            Samples::Float(v) => out.copy_from_slice(&v[range]),
        }
    }

    /// The float view of all samples; see [`widen`](Self::widen).
    pub fn to_f32(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.len()];
        self.widen(0..self.len(), &mut out);
        out
    }

    /// Whether the samples of `range` are of the same type and have the same native bits as those of
    /// `other` from `start` on.
    ///
    /// # Panics
    ///
    /// If either has not as many samples.
    pub fn equal(&self, range: Range<usize>, other: &Samples, start: usize) -> bool {
        let there = start..start + range.len();
        match (self, other) {
            (Samples::U8(a), Samples::U8(b)) => a[range] == b[there],
            (Samples::U10(a), Samples::U10(b))
            | (Samples::U12(a), Samples::U12(b))
            | (Samples::U16(a), Samples::U16(b)) => a[range] == b[there],
            (Samples::Uint(a), Samples::Uint(b)) => a[range] == b[there],
            (Samples::Half(a), Samples::Half(b)) => {
                a[range].reinterpret_cast() == b[there].reinterpret_cast()
            }
            (Samples::Float(a), Samples::Float(b)) => {
                let differ = |(a, b): (&[f32], &[f32])| {
                    let bits = a.iter().zip(b).map(|(a, b)| a.to_bits() ^ b.to_bits());
                    bits.fold(0, |all, bits| all | bits) != 0
                };
                // Several at once, and not many in vain.
                let pairs = a[range].chunks(64).zip(b[there].chunks(64));
                !pairs.into_iter().any(differ)
            }
            _ => false,
        }
    }

    /// Whether no bit of the samples of `range` is set.
    ///
    /// # Panics
    ///
    /// If `range` exceeds the samples.
    pub fn is_zero(&self, range: Range<usize>) -> bool {
        fn none<T>(of: &[T], bits: impl Fn(&T) -> u32) -> bool {
            // Several at once, and not many in vain.
            let mut chunks = of.chunks(64);
            chunks.all(|chunk| chunk.iter().fold(0, |all, one| all | bits(one)) == 0)
        }
        match self {
            Samples::U8(v) => none(&v[range], |&code| code.into()),
            Samples::U10(v) | Samples::U12(v) | Samples::U16(v) => {
                none(&v[range], |&code| code.into())
            }
            Samples::Uint(v) => none(&v[range], |&id| id),
            Samples::Half(v) => none(&v[range], |half| half.to_bits().into()),
            Samples::Float(v) => none(&v[range], |float| float.to_bits()),
        }
    }

    /// The native bits of sample `index`, in the low bits.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](Self::len).
    pub fn bits(&self, index: usize) -> u32 {
        match self {
            Samples::U8(v) => u32::from(v[index]),
            Samples::U10(v) | Samples::U12(v) | Samples::U16(v) => u32::from(v[index]),
            Samples::Uint(v) => v[index],
            Samples::Half(v) => u32::from(v[index].to_bits()),
            Samples::Float(v) => v[index].to_bits(),
        }
    }

    /// Appends the native bits of `range`, little-endian, [`SampleType::bytes`] of each sample.
    ///
    /// # Panics
    ///
    /// If `range` exceeds the samples.
    pub fn append_bits(&self, range: Range<usize>, bytes: &mut Vec<u8>) {
        match self {
            Samples::U8(v) => bytes.extend(&v[range]),
            Samples::U10(v) | Samples::U12(v) | Samples::U16(v) => {
                append_bytes(bytes, &v[range], u16::to_le_bytes);
            }
            Samples::Uint(v) => append_bytes(bytes, &v[range], u32::to_le_bytes),
            Samples::Half(v) => append_bytes(bytes, &v[range], f16::to_le_bytes),
            Samples::Float(v) => append_bytes(bytes, &v[range], f32::to_le_bytes),
        }
    }

    /// Appends the bits of the float view of `range`, little-endian; see [`widen`](Self::widen).
    ///
    /// # Panics
    ///
    /// If `range` exceeds the samples.
    pub fn append_float_bits(&self, range: Range<usize>, bytes: &mut Vec<u8>) {
        let mut floats = [0.0; 1024];
        for start in range.clone().step_by(floats.len()) {
            let piece = start..range.end.min(start + floats.len());
            let floats = &mut floats[..piece.len()];
            self.widen(piece, floats);
            append_bytes(bytes, floats, f32::to_le_bytes);
        }
    }

    /// The value of sample `index`, to be shown: the float view's, of a `uint` the integer.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](Self::len).
    pub fn value(&self, index: usize) -> f64 {
        if let Samples::Uint(v) = self {
            return v[index].into();
        }
        let mut value = [0.0];
        self.widen(index..index + 1, &mut value);
        value[0].into()
    }

    /// These samples, which lie over `from`, over `to`; zeros where `from` has none.
    ///
    /// # Panics
    ///
    /// If there are not as many samples as pixels in `from`.
    pub(crate) fn recut(&self, from: Rect, to: Rect) -> Self {
        match self {
            Samples::U8(v) => Samples::U8(recut(v, from, to)),
            Samples::U10(v) => Samples::U10(recut(v, from, to)),
            Samples::U12(v) => Samples::U12(recut(v, from, to)),
            Samples::U16(v) => Samples::U16(recut(v, from, to)),
            Samples::Uint(v) => Samples::Uint(recut(v, from, to)),
            Samples::Half(v) => Samples::Half(recut(v, from, to)),
            Samples::Float(v) => Samples::Float(recut(v, from, to)),
        }
    }

    /// Lays `piece`, of the same type and over `from`, over these samples, which lie over `own`, where
    /// both are.
    pub(crate) fn lay(&mut self, own: Rect, piece: &Samples, from: Rect) {
        match (self, piece) {
            (Samples::U8(v), Samples::U8(piece)) => lay(v, own, piece, from),
            (Samples::U10(v), Samples::U10(piece))
            | (Samples::U12(v), Samples::U12(piece))
            | (Samples::U16(v), Samples::U16(piece)) => lay(v, own, piece, from),
            (Samples::Uint(v), Samples::Uint(piece)) => lay(v, own, piece, from),
            (Samples::Half(v), Samples::Half(piece)) => lay(v, own, piece, from),
            (Samples::Float(v), Samples::Float(piece)) => lay(v, own, piece, from),
            _ => unreachable!("a piece of a channel has its type"),
        }
    }
}

fn fill<T: Copy>(from: &[T], out: &mut [f32], widen: impl Fn(T) -> f32) {
    for (to, &sample) in out.iter_mut().zip(from) {
        *to = widen(sample);
    }
}

/// Appends the bytes of each sample.
pub(crate) fn append_bytes<T: Copy, const N: usize>(
    bytes: &mut Vec<u8>,
    samples: &[T],
    of: impl Fn(T) -> [u8; N],
) {
    let start = bytes.len();
    bytes.resize(start + samples.len() * N, 0);
    // Of known places the compiler makes one copy.
    let (places, _) = bytes[start..].as_chunks_mut();
    for (place, &sample) in places.iter_mut().zip(samples) {
        *place = of(sample);
    }
}

fn recut<T: Copy + Default>(samples: &[T], from: Rect, to: Rect) -> Vec<T> {
    let mut cut = vec![T::default(); to.width() * to.height()];
    lay(&mut cut, to, samples, from);
    cut
}

/// Copies what lies in both windows.
fn lay<T: Copy>(samples: &mut [T], own: Rect, piece: &[T], from: Rect) {
    let both = from.intersect(&own);
    if both.is_empty() {
        return;
    }
    let offset = |from: i32, to: i32| (i64::from(to) - i64::from(from)) as usize;
    for row in both.y0..both.y1 {
        let at =
            |window: Rect| offset(window.y0, row) * window.width() + offset(window.x0, both.x0);
        samples[at(own)..][..both.width()].copy_from_slice(&piece[at(from)..][..both.width()]);
    }
}

/// Equal means the same type and the same native bits; 0 and -0 differ, a NaN equals itself.
impl PartialEq for Samples {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.equal(0..self.len(), other, 0)
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
            let codes = |max: u16| words.iter().map(|word| word & max).collect::<Vec<u16>>();
            for samples in [
                Samples::U8(bytes),
                Samples::U10(codes(1023)),
                Samples::U12(codes(4095)),
                Samples::U16(words.clone()),
                Samples::Uint(floats.clone()),
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

    #[test]
    fn a_value_is_what_people_expect() {
        assert_eq!(Samples::Uint(vec![u32::MAX]).value(0), 4_294_967_295.0);
        assert_eq!(Samples::U10(vec![1023]).value(0), 1.0);
        assert_eq!(Samples::Half(vec![f16::from_f32(-2.5)]).value(0), -2.5);
    }

    #[test]
    fn every_type_has_one_name() {
        for kind in SampleType::ALL {
            assert_eq!(SampleType::from_name(kind.name()), Some(kind));
            assert_eq!(Samples::zeros(kind, 3).sample_type(), kind);
        }
    }

    #[test]
    fn another_window_has_the_same_pixels() {
        let samples = Samples::Uint(vec![1, 2, 3, 4]);
        let (from, to) = (Rect::new(0, 0, 2, 2), Rect::new(1, -1, 3, 2));
        let cut = samples.recut(from, to);
        assert_eq!(cut, Samples::Uint(vec![0, 0, 2, 0, 4, 0]));
        let apart = Rect::new(7, 7, 8, 8);
        assert_eq!(samples.recut(from, apart), Samples::Uint(vec![0]));
    }
}
