//! Random rows, and a check of every instruction set against the scalar code.

use std::any::type_name_of_val;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    Coverage, Layout, Process, Selection, Store,
    rows::{self, Row, Scalar, Vector},
    simd::{Portable, Simd},
};

/// Values at the edges of the format.
pub(super) const SPECIAL: [u32; 23] = [
    0x0000_0000, // 0
    0x8000_0000, // -0
    0x0000_0001, // least denormal
    0x8000_0001,
    0x007f_ffff, // greatest denormal
    0x0080_0000, // least normal
    0x8080_0000,
    0x3f80_0000, // 1
    0xbf80_0000,
    0x3f7f_ffff, // before 1
    0x4b80_0000, // 2^24
    0x73c0_0000, // 1.5 * 2^104, one and a half steps of the greatest float
    0x7f00_0000, // 2^127
    0xff00_0000,
    0x7f7f_ffff, // greatest
    0xff7f_ffff,
    0x7f80_0000, // infinity
    0xff80_0000,
    0x7fc0_0000, // quiet NaN
    0xffc0_0000,
    0x7fc1_2345,
    0x7f80_0001, // signalling NaN
    0xffff_ffff,
];

/// Any bits, with the edges and pixel-like values more often than chance has them.
pub(super) fn sample() -> impl Strategy<Value = f32> {
    prop_oneof![
        any::<u32>().prop_map(f32::from_bits),
        select(&SPECIAL[..]).prop_map(f32::from_bits),
        (-512_i32..1024).prop_map(|n| n as f32 / 255.0),
    ]
}

/// The same sample of three rows: unrelated, equal, or a few floats apart.
pub(super) fn related() -> impl Strategy<Value = [f32; 3]> {
    let near = (sample(), -3_i32..4, -3_i32..4).prop_map(|(x, i, j)| {
        [0, i, j].map(|step| f32::from_bits(x.to_bits().wrapping_add_signed(step)))
    });
    prop_oneof![
        [sample(), sample(), sample()],
        sample().prop_map(|x| [x; 3]),
        near,
        (sample(), sample()).prop_map(|(x, d)| [x, x + d, d]),
    ]
}

/// Three rows and how to treat them.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub layout: Layout,
    pub process: Process,
    pub mask: Option<Vec<f32>>,
    pub mix: f32,
    pub invert: bool,
    pub store: Store,
    /// Samples from a 64-byte boundary to the output.
    pub offset: usize,
    pub rows: [Vec<f32>; 3],
}

impl Case {
    pub fn selection(&self) -> Selection<'_> {
        let (mix, invert) = (self.mix, self.invert);
        let coverage = match &self.mask {
            Some(mask) => Coverage::Mask { mask, mix, invert },
            None => Coverage::Uniform(mix),
        };
        Selection {
            layout: self.layout,
            process: self.process,
            coverage,
        }
    }
}

/// Rows of 0 to 200 pixels.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let layout = select(&[Layout::Alpha, Layout::Rgb, Layout::Rgba][..]);
    let factor = || prop_oneof![4 => Just(1.0), 1 => Just(0.0), 2 => 0.0_f32..1.0, 1 => sample()];
    let shape = (layout, 0..=200_usize, any::<bool>());
    shape.prop_flat_map(move |(layout, pixels, masked)| {
        let samples = vec(related(), pixels * layout.channels());
        let mask = vec(factor(), if masked { pixels } else { 0 });
        let store = select(&[Store::Cached, Store::Streaming][..]);
        let flags = (any::<[bool; 4]>(), any::<bool>(), store, 0..16_usize);
        (samples, mask, factor(), flags).prop_map(move |(samples, mask, mix, flags)| {
            let (process, invert, store, offset) = flags;
            Case {
                layout,
                process: Process(process),
                mask: masked.then_some(mask),
                mix,
                invert,
                store,
                offset,
                rows: [0, 1, 2].map(|row| samples.iter().map(|s| s[row]).collect()),
            }
        })
    })
}

/// Asserts that every instruction set writes the bits of the scalar code, and nothing beside them.
pub(super) fn check<const N: usize, K: Scalar<N> + Vector<N>>(kernel: K, case: &Case) {
    let expected = written(case, |row| rows::scalar(kernel, row));
    assert_eq!(
        written(case, |row| rows::apply(kernel, row)),
        expected,
        "dispatched"
    );
    on(Portable, Portable, kernel, case, &expected);
    #[cfg(target_arch = "x86_64")]
    {
        use super::simd::{Avx2, Avx512, Sse2};
        on(Sse2, Sse2, kernel, case, &expected);
        if let Some(avx2) = Avx2::detect() {
            on(avx2, avx2, kernel, case, &expected);
            if let Some(avx512) = Avx512::detect() {
                on(avx2, avx512, kernel, case, &expected);
            }
        }
    }
}

/// Asserts that the code for any samples and that for usual ones write what is expected.
fn on<const N: usize, K: Scalar<N> + Vector<N>>(
    s: impl Simd,
    wide: impl Simd,
    kernel: K,
    case: &Case,
    expected: &[u32],
) {
    let any = |row: Row<N>| s.run(rows::Job { kernel, row });
    assert_eq!(written(case, any), expected, "{}", type_name_of_val(&s));
    let by_trials = written(case, |row| {
        if rows::takes(&row) {
            rows::by_trials(
                row,
                |row: Row<N>| wide.run(rows::Usual { kernel, row }),
                any,
            );
        } else {
            any(row);
        }
    });
    assert_eq!(
        by_trials,
        expected,
        "{}, usual samples",
        type_name_of_val(&wide)
    );
}

/// The bits that `f` writes, in a buffer whose other samples must stay.
fn written<const N: usize>(case: &Case, f: impl FnOnce(Row<N>)) -> Vec<u32> {
    const CANARY: u32 = 0x7f81_2345;
    const MARGIN: usize = 16;
    // Inputs at various places too.
    let inputs: [(Vec<f32>, usize); N] = std::array::from_fn(|i| {
        let shift = case.offset * (i + 1) % 5;
        let row = std::iter::repeat_n(0.0, shift).chain(case.rows[i].iter().copied());
        (row.collect(), shift)
    });
    let len = case.rows[0].len();
    let mut buffer = vec![f32::from_bits(CANARY); len + 3 * MARGIN];
    let misaligned = buffer.as_ptr().addr() / 4 % 16;
    let start = MARGIN - misaligned + case.offset;
    f(Row {
        inputs: inputs.each_ref().map(|(row, shift)| &row[*shift..]),
        selection: case.selection(),
        store: case.store,
        out: &mut buffer[start..start + len],
    });
    let mut bits: Vec<u32> = buffer.iter().map(|x| x.to_bits()).collect();
    let row = bits.drain(start..start + len).collect();
    assert!(
        bits.iter().all(|&bits| bits == CANARY),
        "wrote outside the row"
    );
    row
}
