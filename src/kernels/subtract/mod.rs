//! Min: the difference of a painted plate A and its background B, and the residual that makes
//! their sum exact.

#[cfg(test)]
mod scalar;
#[cfg(test)]
mod tests;
mod vector;

use super::{
    Selection, Store,
    rows::{Kernel, Row, Unprocessed, apply},
};

/// The difference of a row: `m * (a - b)`, and +0 where `m` is 0 or `a` and `b` have equal bits.
///
/// Subtraction and product are each rounded once. With `finite`, the result is +0 where `a` or `b`
/// is not finite or the product is NaN, and is otherwise clamped to the range of `f32`; where `b` plus
/// the result would still overflow (`a` is the largest float, and the difference was rounded up), it
/// is the next float nearer to 0.
///
/// Where a channel is not processed, a colour is +0 and alpha is `b`'s.
///
/// # Panics
///
/// If the rows differ in length or are not whole pixels, or the mask has another number of pixels.
pub fn difference(
    a: &[f32],
    b: &[f32],
    selection: Selection,
    finite: bool,
    store: Store,
    out: &mut [f32],
) {
    let row = Row {
        inputs: [b, a],
        selection,
        store,
        out,
    };
    if finite {
        apply(Difference::<true>, row);
    } else {
        apply(Difference::<false>, row);
    }
}

/// The residual of a row: what [`add::sum`](super::add::sum) of `b` and the finite difference still
/// lacks of `a`.
///
/// With `d` the finite [`difference`] at `m` = 1 and `q` the sum of `b` and `d`, it is `a - q` where
/// `a` and `q` are finite and unequal, else +0; and +0 where `m` is not 1.
///
/// `q + residual` is then `a` for every finite pair, a zero's sign aside. Where `|a| <= |b| / 2`,
/// `b + d` is exact and `a - q` is the rounding error of `a - b`, which is always representable
/// (Dekker 1971). Elsewhere `q` is within a few units in the last place of `a`, and `a - q` is
/// exact (Sterbenz 1974).
///
/// A channel that is not processed, alpha too, is +0: the residual is added to a finished sum.
///
/// # Panics
///
/// As [`difference`].
pub fn residual(a: &[f32], b: &[f32], selection: Selection, store: Store, out: &mut [f32]) {
    apply(
        Residual,
        Row {
            inputs: [b, a],
            selection,
            store,
            out,
        },
    );
}

/// The largest float below 1: a product with it is the next float nearer to 0.
const BELOW_ONE: f32 = f32::from_bits(0x3f7f_ffff);

/// [`difference`]; `FINITE` is its `finite`.
#[derive(Clone, Copy)]
struct Difference<const FINITE: bool>;

/// [`residual`].
#[derive(Clone, Copy)]
struct Residual;

impl<const FINITE: bool> Kernel for Difference<FINITE> {
    const UNPROCESSED: Unprocessed = Unprocessed::Alpha;
}

impl Kernel for Residual {
    const UNPROCESSED: Unprocessed = Unprocessed::Zero;
}
