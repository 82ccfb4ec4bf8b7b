//! Comparing native bits.

use images::{Header, Image, Rect};

use crate::plate::strips;
use crate::{Error, Plate};

/// Whether a painted plate came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether data window, channels, types and the native bits of every sample are equal.
    pub exact: bool,
    /// Pixels of which any channel's native bits differ, over both data windows.
    pub failing_pixels: u64,
    /// Samples whose native bits differ.
    pub failing_samples: u64,
}

/// Compares a restored plate, best read back from its file, with the painted one.
///
/// Outside a data window bits are zero. Where types or channel sets differ the plates are not
/// exact, and samples are compared by their float views; a channel of one plate alone is held
/// against zeros.
pub fn verify(painted: &Image, restored: &Image) -> Verdict {
    let window = painted.data.union(&restored.data);
    let (failing_pixels, failing_samples) = count(painted, restored, window, true);
    let facts = |image: &Image| (image.data, image.display, image.header().channels);
    Verdict {
        exact: failing_samples == 0 && facts(painted) == facts(restored),
        failing_pixels,
        failing_samples,
    }
}

/// As [`verify`], strip by strip, `rows` at once; `step` is called before each.
///
/// # Errors
///
/// [`Error::Image`]; what `step` returns.
pub fn verify_strips<E: From<Error>>(
    painted: &dyn Plate,
    restored: &dyn Plate,
    rows: usize,
    mut step: impl FnMut(Rect) -> Result<(), E>,
) -> Result<Verdict, E> {
    let (a, b) = (painted.header(), restored.header());
    let (mut failing_pixels, mut failing_samples) = (0, 0);
    for strip in strips(a.data.union(&b.data), rows) {
        step(strip)?;
        let rows = strip.y0..strip.y1;
        let (a, b) = (painted.rows(rows.clone())?, restored.rows(rows)?);
        let (pixels, samples) = count(&a, &b, strip, true);
        failing_pixels += pixels;
        failing_samples += samples;
    }
    let facts = |header: &Header| (header.data, header.display, header.channels.clone());
    Ok(Verdict {
        exact: failing_samples == 0 && facts(a) == facts(b),
        failing_pixels,
        failing_samples,
    })
}

/// The pixels of which any channel of the painted plate differs from the background, in the bits
/// of their float views: those that a difference must bring.
pub fn changed_pixels(background: &Image, painted: &Image) -> u64 {
    changed_in(background, painted, background.data.union(&painted.data))
}

/// Those of them that lie in `window`.
pub(crate) fn changed_in(background: &Image, painted: &Image, window: Rect) -> u64 {
    count(painted, background, window, false).0
}

/// Pixels and samples in `window` whose bits differ; with the channels of `b` alone, or not.
///
/// The float views of two equal types are equal exactly where the native bits are.
fn count(a: &Image, b: &Image, window: Rect, both: bool) -> (u64, u64) {
    let mut names: Vec<&str> = a
        .channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect();
    if both {
        let more = b.channels.iter().map(|channel| channel.name.as_str());
        names.extend(more.filter(|name| a.channel(name).is_none()));
    }
    let (mut pixels, mut samples) = (0, 0);
    // Row by row, so that no second copy of a plate is made.
    for y in window.y0..window.y1 {
        let row = Rect::new(window.x0, y, window.x1, y + 1);
        let mut differs = vec![false; row.width()];
        for name in &names {
            let zeros = || vec![0.0; row.width()];
            let floats = |image: &Image| image.plane(name, row).unwrap_or_else(zeros);
            for ((a, b), differs) in floats(a).iter().zip(floats(b)).zip(&mut differs) {
                if a.to_bits() != b.to_bits() {
                    samples += 1;
                    *differs = true;
                }
            }
        }
        pixels += differs.into_iter().filter(|&differs| differs).count() as u64;
    }
    (pixels, samples)
}
