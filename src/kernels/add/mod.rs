//! Plus: a background B and a difference D, and the residual that makes their sum exact.

#[cfg(test)]
mod scalar;
#[cfg(test)]
mod tests;
mod vector;

use super::{
    Selection, Store,
    rows::{Kernel, Row, Unprocessed, apply},
};

/// The sum of a row: `b + m * d`, and `b`'s own bits where `m` or `d` is 0, so that -0, infinities
/// and NaN payloads of the background survive. Then the residual is added by the same rule.
///
/// Product and addition are each rounded once. Where a channel is not processed, the sum is `b`.
///
/// # Panics
///
/// If the rows differ in length or are not whole pixels, or the mask has another number of pixels.
pub fn sum(
    b: &[f32],
    d: &[f32],
    residual: Option<&[f32]>,
    selection: Selection,
    store: Store,
    out: &mut [f32],
) {
    match residual {
        None => apply(
            Sum,
            Row {
                inputs: [b, d],
                selection,
                store,
                out,
            },
        ),
        Some(lo) => apply(
            Sum,
            Row {
                inputs: [b, d, lo],
                selection,
                store,
                out,
            },
        ),
    }
}

/// [`sum`]: two inputs without a residual, three with one.
#[derive(Clone, Copy)]
pub(super) struct Sum;

impl Kernel for Sum {
    const UNPROCESSED: Unprocessed = Unprocessed::Background;
}
