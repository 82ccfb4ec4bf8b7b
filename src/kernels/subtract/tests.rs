use proptest::prelude::*;

use super::*;
use crate::kernels::{
    Coverage, Layout, Process, add,
    rows::Scalar,
    testing::{Case, case, check, related},
};

const NAN: f32 = f32::from_bits(0x7fc1_2345);
const INF: f32 = f32::INFINITY;
const MAX: f32 = f32::MAX;

proptest! {
    #[test]
    fn every_instruction_set_is_the_scalar_code(case in case()) {
        check(Difference::<false>, &case);
        check(Difference::<true>, &case);
        check(Residual, &case);
    }

    #[test]
    fn difference_and_residual_restore_every_finite_pair([b, a, _] in related()) {
        prop_assume!(a.is_finite() && b.is_finite());
        let d = Difference::<true>.sample([b, a], 1.0);
        let lo = Residual.sample([b, a], 1.0);
        prop_assert!(d.is_finite() && lo.is_finite());
        let restored = add::Sum.sample([b, d, lo], 1.0);
        // Of equal values only the zeros differ in bits.
        prop_assert_eq!(restored, a);
    }

    #[test]
    fn finite_means_finite([b, a, m] in related()) {
        prop_assert!(Difference::<true>.sample([b, a], m).is_finite());
        prop_assert!(Residual.sample([b, a], m).is_finite());
    }
}

/// One such pair is not lost among usual ones, wherever it stands.
#[test]
fn an_unusual_pair_has_its_own_difference() {
    // In turn: its sum with the difference overflows, the difference does, and what is no number.
    let b = 1.5 * f32::from_bits((127 + 104) << 23);
    assert_eq!(b + (MAX - b), INF);
    let pairs = [(b, MAX), (-MAX, MAX), (INF, INF), (NAN, 1.0), (1.0, -INF)];
    for (b, a) in pairs {
        for at in 0..48 {
            let row = |usual: f32, unusual: f32| {
                let mut row = vec![usual; 53];
                row[at] = unusual;
                row
            };
            let case = Case {
                layout: Layout::Alpha,
                process: Process::ALL,
                mask: None,
                mix: 1.0,
                invert: false,
                store: Store::Cached,
                offset: 0,
                rows: [row(0.25, b), row(0.75, a), row(0.0, 0.0)],
            };
            check(Difference::<false>, &case);
            check(Difference::<true>, &case);
        }
    }
}

#[track_caller]
fn bits(x: f32, expected: f32) {
    assert_eq!(x.to_bits(), expected.to_bits(), "{x} is not {expected}");
}

#[test]
fn difference_by_hand() {
    let difference = |a, b, m| Difference::<false>.sample([b, a], m);
    bits(difference(0.75, 0.25, 1.0), 0.5);
    bits(difference(0.25, 0.75, 0.5), -0.25);
    bits(difference(0.25, 0.75, 0.0), 0.0);
    bits(difference(NAN, 0.75, -0.0), 0.0);
    bits(difference(NAN, NAN, 1.0), 0.0);
    bits(difference(-INF, -INF, 1.0), 0.0);
    bits(difference(-0.0, 0.0, 1.0), -0.0);
    bits(difference(NAN, 0.75, 1.0), f32::from_bits(0x7fc0_0000));
    bits(difference(INF, 1.0, 1.0), INF);
    bits(difference(MAX, -MAX, 1.0), INF);
    // 1 - 2^-30 rounds to 1 before the product.
    bits(difference(1.0, 2.0_f32.powi(-30), 3.0), 3.0);
}

#[test]
fn finite_difference_by_hand() {
    let difference = |a, b, m| Difference::<true>.sample([b, a], m);
    bits(difference(0.25, 0.75, 0.5), -0.25);
    bits(difference(INF, 0.75, 1.0), 0.0);
    bits(difference(0.75, NAN, 1.0), 0.0);
    bits(difference(MAX, -MAX, 1.0), MAX);
    bits(difference(-MAX, MAX, 1.0), -MAX);
    bits(difference(1.0, 0.0, NAN), 0.0);
    // Rounded up, so that the sum would overflow: the float below it is taken.
    let b = 1.5 * f32::from_bits((127 + 104) << 23);
    assert_eq!(b + (MAX - b), INF);
    bits(difference(MAX, b, 1.0), (MAX - b).next_down());
    bits(difference(-MAX, -b, 1.0), (b - MAX).next_up());
}

#[test]
fn residual_by_hand() {
    let residual = |a, b, m| Residual.sample([b, a], m);
    // A dark sample over a bright one: 1e-9 - 4 rounds to -4, so the sum gives 0.
    bits(residual(1e-9, 4.0, 1.0), 1e-9);
    bits(residual(1e-9, 4.0, 0.5), 0.0);
    bits(residual(0.75, 0.5, 1.0), 0.0);
    bits(residual(MAX, -MAX, 1.0), MAX);
    bits(residual(INF, 0.5, 1.0), 0.0);
    bits(residual(0.5, INF, 1.0), 0.0);
    bits(residual(-0.0, 0.0, 1.0), 0.0);
}

/// Two pixels through the public functions: which channels are written, and with what.
#[test]
fn channels_that_are_not_processed() {
    let a = [4.0, 5.0, 6.0, 7.0, 1e-9, 1e-9, 1e-9, 1e-9];
    let b = [1.0, 1.0, 1.0, -0.0, 4.0, 4.0, 4.0, 4.0];
    let selection = Selection {
        layout: Layout::Rgba,
        process: Process([true, false, true, false]),
        coverage: Coverage::Uniform(1.0),
    };
    let mut out = [9.0; 8];
    difference(&a, &b, selection, false, Store::Cached, &mut out);
    assert_eq!(
        format!("{out:?}"),
        "[3.0, 0.0, 5.0, -0.0, -4.0, 0.0, -4.0, 4.0]"
    );
    residual(&a, &b, selection, Store::Cached, &mut out);
    assert_eq!(out, [0.0, 0.0, 0.0, 0.0, 1e-9, 0.0, 1e-9, 0.0]);

    let selection = Selection {
        layout: Layout::Alpha,
        process: Process([false; 4]),
        ..selection
    };
    difference(&a, &b, selection, false, Store::Cached, &mut out);
    assert_eq!(out, [3.0, 4.0, 5.0, 7.0, -4.0, -4.0, -4.0, -4.0]);
}

#[test]
fn mask_and_mix() {
    let (a, b) = ([2.0; 9], [1.0; 9]);
    let mut selection = Selection {
        layout: Layout::Rgb,
        process: Process::ALL,
        coverage: Coverage::Mask {
            mask: &[0.0, 0.25, 1.0],
            mix: 0.5,
            invert: false,
        },
    };
    let mut out = [9.0; 9];
    difference(&a, &b, selection, true, Store::Streaming, &mut out);
    assert_eq!(out, [0.0, 0.0, 0.0, 0.125, 0.125, 0.125, 0.5, 0.5, 0.5]);
    selection.coverage = Coverage::Mask {
        mask: &[0.0, 0.25, 1.0],
        mix: 0.5,
        invert: true,
    };
    difference(&a, &b, selection, true, Store::Streaming, &mut out);
    assert_eq!(out, [0.5, 0.5, 0.5, 0.375, 0.375, 0.375, 0.0, 0.0, 0.0]);
}

/// The random rows are short; this one spans many blocks.
#[test]
fn long_rows() {
    for layout in [Layout::Alpha, Layout::Rgb, Layout::Rgba] {
        let len = 4099 * layout.channels();
        let row = |seed: u32| (0..len as u32).map(|i| (i ^ seed) as f32 / 255.0).collect();
        let case = Case {
            layout,
            process: Process([true, true, false, false]),
            mask: Some((0..4099).map(|i| i as f32 / 4099.0).collect()),
            mix: 0.75,
            invert: false,
            store: Store::Streaming,
            offset: 4,
            rows: [row(0), row(12345), row(777)],
        };
        check(Difference::<false>, &case);
    }
}

#[test]
#[should_panic(expected = "rows differ in length")]
fn unequal_rows() {
    let selection = Selection {
        layout: Layout::Alpha,
        process: Process::ALL,
        coverage: Coverage::Uniform(1.0),
    };
    difference(
        &[1.0; 4],
        &[1.0; 3],
        selection,
        false,
        Store::Cached,
        &mut [0.0; 4],
    );
}

#[test]
#[should_panic(expected = "the mask's length is not the row's")]
fn short_mask() {
    let coverage = Coverage::Mask {
        mask: &[1.0],
        mix: 1.0,
        invert: false,
    };
    let selection = Selection {
        layout: Layout::Rgb,
        process: Process::ALL,
        coverage,
    };
    residual(
        &[1.0; 6],
        &[1.0; 6],
        selection,
        Store::Cached,
        &mut [0.0; 6],
    );
}
