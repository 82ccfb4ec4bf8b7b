use proptest::prelude::*;

use super::*;
use crate::kernels::{
    Coverage, Layout, Process,
    rows::{self, Scalar},
    testing::{case, check},
};

const NAN: f32 = f32::from_bits(0x7fc1_2345);
const INF: f32 = f32::INFINITY;

proptest! {
    #[test]
    fn every_instruction_set_is_the_scalar_code(case in case()) {
        check::<2, _>(Sum, &case);
        check::<3, _>(Sum, &case);
    }
}

#[track_caller]
fn bits(x: f32, expected: f32) {
    assert_eq!(x.to_bits(), expected.to_bits(), "{x} is not {expected}");
}

#[test]
fn sum_by_hand() {
    let sum = |b, d, m| Sum.sample([b, d], m);
    bits(sum(0.25, 0.5, 1.0), 0.75);
    bits(sum(0.25, -0.5, 0.5), 0.0);
    bits(sum(0.25, 0.5, 0.0), 0.25);
    bits(sum(-0.0, 0.0, 1.0), -0.0);
    bits(sum(-0.0, -0.0, 1.0), -0.0);
    bits(sum(-0.0, INF, 0.0), -0.0);
    bits(sum(NAN, 0.0, 1.0), NAN);
    bits(sum(NAN, 1.0, 1.0), f32::from_bits(0x7fc0_0000));
    bits(sum(INF, -INF, 1.0), f32::from_bits(0x7fc0_0000));
    // (Not powi: its last bits are free.) The product is rounded before the addition: (1 + 2^-12)^2 loses its last bit.
    let x = 1.0 + f32::EPSILON * 2048.0;
    bits(sum(-1.0, x, x), f32::EPSILON * 4096.0);
}

#[test]
fn sum_with_residual_by_hand() {
    let sum = |b, d, lo, m| Sum.sample([b, d, lo], m);
    bits(sum(4.0, -4.0, 1e-9, 1.0), 1e-9);
    bits(sum(4.0, -4.0, 0.5, 0.5), 2.25);
    bits(sum(4.0, -4.0, 0.5, 0.0), 4.0);
    bits(sum(NAN, 0.0, 0.0, 1.0), NAN);
    bits(sum(-0.0, 0.0, 0.5, 1.0), 0.5);
}

/// Through the public function, with and without a residual.
#[test]
fn channels_that_are_not_processed() {
    let selection = Selection {
        layout: Layout::Rgba,
        process: Process([true, false, true, false]),
        coverage: Coverage::Mask {
            mask: &[1.0, 0.5],
            mix: 1.0,
            invert: false,
        },
    };
    let (b, d, lo) = ([1.0; 8], [2.0; 8], [0.5; 8]);
    let mut out = [9.0; 8];
    sum(&b, &d, None, selection, Store::Cached, &mut out);
    assert_eq!(out, [3.0, 1.0, 3.0, 1.0, 2.0, 1.0, 2.0, 1.0]);
    sum(&b, &d, Some(&lo), selection, Store::Cached, &mut out);
    assert_eq!(out, [3.5, 1.0, 3.5, 1.0, 2.25, 1.0, 2.25, 1.0]);
}

/// Streaming reaches its aligned stores here; the bits are the same.
#[test]
fn streaming_is_invisible() {
    let row = |k: u32| -> Vec<f32> { (0..6000).map(|i: u32| (i * k % 997) as f32).collect() };
    let (b, d) = (row(3), row(5));
    let selection = Selection {
        layout: Layout::Rgb,
        process: Process::ALL,
        coverage: Coverage::Uniform(1.0),
    };
    let mut expected = vec![0.0; 6000];
    let out = &mut expected[..];
    rows::scalar(
        Sum,
        Row {
            inputs: [&b, &d],
            selection,
            store: Store::Cached,
            out,
        },
    );
    for offset in 0..9 {
        let mut out = vec![9.0; 6000 + offset];
        sum(
            &b,
            &d,
            None,
            selection,
            Store::Streaming,
            &mut out[offset..],
        );
        assert!(out[..offset].iter().all(|&x| x == 9.0));
        assert_eq!(out[offset..], expected);
    }
}
