use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::kernels::{
    Coverage, Layout, Process, Selection,
    simd::Portable,
    testing::{Case, case, related, sample},
};

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;
const MAX: f32 = f32::MAX;
const EXACT: Tolerance = Tolerance {
    absolute: None,
    relative: None,
    ulp: None,
    nan_equal: false,
};

fn tolerance() -> impl Strategy<Value = Tolerance> {
    let limit = || option::of(prop_oneof![sample(), 0.0_f32..1.0, Just(0.0)]);
    let ulp = option::of(prop_oneof![0..5_u32, any::<u32>()]);
    (limit(), limit(), ulp, any::<bool>()).prop_map(|(absolute, relative, ulp, nan_equal)| {
        Tolerance {
            absolute,
            relative,
            ulp,
            nan_equal,
        }
    })
}

/// Every bit of the figures: no sum is NaN, and this form tells -0 from 0.
fn print(stats: Stats) -> String {
    format!("{stats:?}")
}

fn check(case: &Case, tolerance: &Tolerance) {
    let [b, a, _] = &case.rows;
    let make = || Row {
        a,
        b,
        selection: case.selection(),
        tolerance,
        x0: -17,
        y: 5,
    };
    let expected = print(scalar::row(&make()));
    assert_eq!(
        print(row(a, b, case.selection(), tolerance, -17, 5)),
        expected,
        "dispatched"
    );
    assert_eq!(print(Portable.run(make())), expected, "portable");
    #[cfg(target_arch = "x86_64")]
    {
        use crate::kernels::simd::{Avx2, Avx512, Sse2};
        assert_eq!(print(Sse2.run(make())), expected, "SSE2");
        if let Some(avx2) = Avx2::detect() {
            assert_eq!(print(avx2.run(make())), expected, "AVX2");
        }
        if let Some(avx512) = Avx512::detect() {
            assert_eq!(print(avx512.run(make())), expected, "AVX-512");
        }
    }
}

proptest! {
    #[test]
    fn every_instruction_set_is_the_scalar_code(case in case(), tolerance in tolerance()) {
        check(&case, &tolerance);
    }

    /// Mostly equal rows, as plates are: whole groups are skipped.
    #[test]
    fn sparse_changes(
        mut case in case(),
        tolerance in tolerance(),
        changes in vec((any::<prop::sample::Index>(), sample()), 0..4),
    ) {
        case.rows[1] = case.rows[0].clone();
        for (index, x) in changes {
            if !case.rows[1].is_empty() {
                let i = index.index(case.rows[1].len());
                case.rows[1][i] = x;
            }
        }
        check(&case, &tolerance);
    }

    #[test]
    fn passing_is_symmetric_and_grows([a, b, _] in related(), tolerance in tolerance()) {
        prop_assert_eq!(passes(a, b, &tolerance), passes(b, a, &tolerance));
        prop_assert_eq!(ulp_distance(a, b), ulp_distance(b, a));
        if passes(a, b, &EXACT) {
            prop_assert!(passes(a, b, &tolerance));
        }
    }

    #[test]
    fn ulp_distance_counts_steps(x in -MAX..MAX, steps in 0..50_u32) {
        let mut there = x;
        for _ in 0..steps {
            there = there.next_up();
        }
        // next_up counts the two zeros as one, as ulp_distance does.
        prop_assert_eq!(ulp_distance(x, there), steps);
    }

    #[test]
    fn strips_do_not_matter(rows in vec(stats(), 0..70)) {
        let mut tree = Tree::new();
        for &row in &rows {
            tree.push(row);
        }
        prop_assert_eq!(print(tree.total()), print(pairwise(&rows)));
    }
}

fn stats() -> impl Strategy<Value = Stats> {
    (0.0..1e9_f64, 0.0..1e9_f64, 0..9_i32, 0.0..4.0_f32).prop_map(|(sum, sum_squares, y, rank)| {
        Stats {
            sum,
            sum_squares,
            worst: Some(Worst { x: 3, y, rank }),
            ..Stats::default()
        }
    })
}

/// The tree's definition: the left subtree is the greatest full one that leaves a right one.
fn pairwise(rows: &[Stats]) -> Stats {
    match rows {
        [] => Stats::default(),
        [row] => *row,
        _ => {
            let (left, right) = rows.split_at(rows.len().next_power_of_two() / 2);
            pairwise(left).merge(&pairwise(right))
        }
    }
}

#[test]
fn ulp_distance_by_hand() {
    assert_eq!(ulp_distance(0.0, -0.0), 0);
    assert_eq!(ulp_distance(f32::from_bits(1), -f32::from_bits(1)), 2);
    assert_eq!(ulp_distance(1.0, 2.0), 1 << 23);
    assert_eq!(ulp_distance(MAX, INF), 1);
    assert_eq!(ulp_distance(-MAX, MAX), 2 * 0x7f7f_ffff);
}

#[test]
fn passes_by_hand() {
    let absolute = Tolerance {
        absolute: Some(0.5),
        ..EXACT
    };
    let relative = Tolerance {
        relative: Some(0.25),
        ..EXACT
    };
    let ulp = Tolerance {
        ulp: Some(2),
        ..EXACT
    };
    assert!(passes(1.0, 1.0, &EXACT));
    assert!(!passes(0.0, -0.0, &EXACT));
    assert!(passes(
        0.0,
        -0.0,
        &Tolerance {
            absolute: Some(0.0),
            ..EXACT
        }
    ));
    assert!(passes(
        0.0,
        -0.0,
        &Tolerance {
            ulp: Some(0),
            ..EXACT
        }
    ));
    assert!(passes(1.0, 1.5, &absolute) && !passes(1.0, 1.75, &absolute));
    assert!(passes(3.0, 4.0, &relative) && passes(-4.0, -3.0, &relative));
    assert!(!passes(2.9, 4.0, &relative));
    assert!(passes(1.0, 1.0_f32.next_up().next_up(), &ulp));
    assert!(!passes(1.0, 1.0_f32.next_up().next_up().next_up(), &ulp));
    // Any tolerance that is on is enough.
    assert!(passes(
        3.0,
        4.0,
        &Tolerance {
            absolute: Some(0.0),
            ..relative
        }
    ));
}

#[test]
fn only_equal_bits_accept_what_is_not_finite() {
    let widest = Tolerance {
        absolute: Some(INF),
        relative: Some(INF),
        ulp: Some(u32::MAX),
        nan_equal: false,
    };
    assert!(passes(INF, INF, &EXACT));
    for (a, b) in [
        (INF, -INF),
        (INF, 1.0),
        (INF, MAX),
        (MAX, -MAX),
        (NAN, 1.0),
        (NAN, NAN),
    ] {
        assert!(!passes(a, b, &widest), "{a} {b}");
        assert!(!passes(b, a, &widest), "{b} {a}");
    }
    let nan_equal = Tolerance {
        nan_equal: true,
        ..EXACT
    };
    assert!(passes(NAN, NAN, &nan_equal));
    assert!(!passes(NAN, f32::from_bits(NAN.to_bits() + 1), &nan_equal));
    assert!(!passes(NAN, 1.0, &nan_equal));
}

const RGB: Selection = Selection {
    layout: Layout::Rgb,
    process: Process::ALL,
    coverage: Coverage::Uniform(1.0),
};

fn frame(rows: &[(&[f32], &[f32])], selection: Selection, tolerance: &Tolerance) -> Stats {
    let mut tree = Tree::new();
    for (y, (a, b)) in (20..).zip(rows) {
        tree.push(row(a, b, selection, tolerance, 10, y));
    }
    tree.total()
}

#[test]
fn figures_by_hand() {
    let b = [1.0; 9];
    let changed = [1.0, 1.0, 1.5, 1.0, 1.0, 1.0, 0.75, 1.0, 1.0];
    let stats = frame(&[(&b, &b), (&changed, &b), (&b, &b)], RGB, &EXACT);
    assert_eq!(
        (stats.pairs, stats.finite, stats.nan, stats.inf),
        (27, 27, 0, 0)
    );
    assert_eq!(
        (stats.max, stats.sum, stats.sum_squares),
        (0.5, 0.75, 0.3125)
    );
    assert_eq!(
        (stats.mean(), stats.rms()),
        (0.75 / 27.0, (0.3125_f64 / 27.0).sqrt())
    );
    assert!((stats.psnr(1.0).unwrap() - 10.0 * (27.0_f64 / 0.3125).log10()).abs() < 1e-12);
    assert_eq!(stats.ulp_max, 1 << 22);
    assert_eq!(stats.failing_pixels, 2);
    assert_eq!(
        stats.failing,
        Some(Extent {
            x1: 10,
            y1: 21,
            x2: 13,
            y2: 22
        })
    );
    assert_eq!(stats.worst.map(|worst| (worst.x, worst.y)), Some((10, 21)));
    assert_eq!(frame(&[(&b, &b)], RGB, &EXACT).worst, None);
    assert_eq!(frame(&[(&b, &b)], RGB, &EXACT).psnr(1.0), None);
    assert_eq!(frame(&[], RGB, &EXACT).mean(), 0.0);
}

#[test]
fn what_is_not_finite() {
    let b = [1.0, NAN, 1.0, INF, 1.0, 1.0, MAX, 0.0, 0.0];
    let a = [1.0, 1.0, 9.0, INF, 1.0, INF, -MAX, 0.0, 0.0];
    let stats = frame(
        &[(&a, &b)],
        RGB,
        &Tolerance {
            absolute: Some(8.0),
            ..EXACT
        },
    );
    assert_eq!(
        (stats.pairs, stats.finite, stats.nan, stats.inf),
        (9, 5, 1, 2)
    );
    assert_eq!((stats.max, stats.sum), (8.0, 8.0));
    assert_eq!(stats.failing_pixels, 3);
    assert_eq!(stats.worst.map(|worst| worst.x), Some(10));
}

#[test]
fn the_worst_pixel() {
    let worst = |rows: &[(&[f32], &[f32])], tolerance: &Tolerance| {
        frame(rows, RGB, tolerance)
            .worst
            .map(|worst| (worst.x, worst.y))
    };
    let b = &[1.0; 6][..];
    let late = &[1.0, 1.0, 1.0, 1.0, 3.0, 1.0][..];
    let early = &[1.0, 1.0, 3.0, 1.0, 1.0, -1.0][..];
    let nan = &[1.0, 1.0, 1.0, 1.0, 1.0, NAN][..];
    // Lowest y, then lowest x, among equals.
    assert_eq!(
        worst(&[(b, b), (late, b), (early, b)], &EXACT),
        Some((11, 21))
    );
    assert_eq!(worst(&[(early, b), (late, b)], &EXACT), Some((10, 20)));
    // A failing NaN exceeds any difference; one that passes is none.
    assert_eq!(worst(&[(early, b), (nan, b)], &EXACT), Some((11, 21)));
    let nan_equal = Tolerance {
        nan_equal: true,
        ..EXACT
    };
    assert_eq!(worst(&[(nan, nan), (early, b)], &nan_equal), Some((10, 21)));
    // Within tolerance it is still the worst.
    assert_eq!(
        worst(
            &[(late, b)],
            &Tolerance {
                absolute: Some(9.0),
                ..EXACT
            }
        ),
        Some((11, 20))
    );
    // -0 against 0 fails without a difference: the least of all failures.
    let zeros = (&[0.0, 0.0, 0.0, -0.0, 0.0, 0.0][..], &[0.0; 6][..]);
    assert_eq!(worst(&[zeros], &EXACT), Some((11, 20)));
    assert_eq!(
        worst(
            &[zeros],
            &Tolerance {
                absolute: Some(0.0),
                ..EXACT
            }
        ),
        None
    );
    assert_eq!(worst(&[zeros, (late, b)], &EXACT), Some((11, 21)));
}

#[test]
fn what_takes_part() {
    let (a, b) = ([2.0; 12], [1.0; 12]);
    let selection = Selection {
        layout: Layout::Rgba,
        process: Process([false, true, false, false]),
        coverage: Coverage::Mask {
            mask: &[0.0, 0.5, 1.0],
            mix: 1.0,
            invert: true,
        },
    };
    let stats = frame(&[(&a, &b)], selection, &EXACT);
    assert_eq!((stats.pairs, stats.sum, stats.failing_pixels), (2, 2.0, 2));
    assert_eq!(
        stats.failing,
        Some(Extent {
            x1: 10,
            y1: 20,
            x2: 12,
            y2: 21
        })
    );
    let selection = Selection {
        coverage: Coverage::Uniform(0.0),
        ..selection
    };
    assert_eq!(frame(&[(&a, &b)], selection, &EXACT), Stats::default());
}

/// Rows at the end of the coordinates do not overflow.
#[test]
fn far_away() {
    let stats = row(&[2.0; 3], &[1.0; 3], RGB, &EXACT, i32::MAX, i32::MAX);
    let end = i32::MAX;
    assert_eq!(
        stats.failing,
        Some(Extent {
            x1: end,
            y1: end,
            x2: end,
            y2: end
        })
    );
}
