//! Comparing native bits.

use images::{Channel, Header, Image, Rect};

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
    let failing = count(painted, restored, window, true);
    let (failing_pixels, failing_samples) = (failing.pixels, failing.samples);
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
        let failing = count(&a, &b, strip, true);
        failing_pixels += failing.pixels;
        failing_samples += failing.samples;
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
    let window = background.data.union(&painted.data);
    changes(background, painted, window).pixels
}

/// What differs in a window.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Pixels of which a sample differs.
    pub(crate) pixels: u64,
    samples: u64,
    /// Their box.
    pub(crate) filled: Rect,
}

/// Those that a difference must bring in `window`: see [`changed_pixels`].
pub(crate) fn changes(background: &Image, painted: &Image, window: Rect) -> Changes {
    count(painted, background, window, false)
}

/// What differs in `window` in its bits; with the channels of `b` alone, or not.
///
/// The float views of two equal types are equal exactly where the native bits are.
fn count(a: &Image, b: &Image, window: Rect, both: bool) -> Changes {
    let mut names: Vec<&str> = a
        .channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect();
    if both {
        let more = b.channels.iter().map(|channel| channel.name.as_str());
        names.extend(more.filter(|name| a.channel(name).is_none()));
    }
    let mut changes = Changes::default();
    // Row by row, so that no second copy of a plate is made.
    for y in window.y0..window.y1 {
        if is_same_row(a, b, &names, y) {
            continue;
        }
        let row = Rect::new(window.x0, y, window.x1, y + 1);
        let mut differs = vec![false; row.width()];
        for name in &names {
            let zeros = || vec![0.0; row.width()];
            let floats = |image: &Image| image.plane(name, row).unwrap_or_else(zeros);
            for ((a, b), differs) in floats(a).iter().zip(floats(b)).zip(&mut differs) {
                if a.to_bits() != b.to_bits() {
                    changes.samples += 1;
                    *differs = true;
                }
            }
        }
        changes.pixels += differs.iter().filter(|&&differs| differs).count() as u64;
        let ends = [
            differs.iter().position(|&differs| differs),
            differs.iter().rposition(|&differs| differs),
        ];
        if let [Some(first), Some(last)] = ends {
            let x = |at: usize| window.x0 + at as i32;
            let filled = Rect::new(x(first), y, x(last) + 1, y + 1);
            changes.filled = changes.filled.union(&filled);
        }
    }
    changes
}

/// Whether no bit of a row differs, as far as that is quickly told: of images of the same columns and
/// types.
fn is_same_row(a: &Image, b: &Image, names: &[&str], y: i32) -> bool {
    let has = |image: &Image| (image.data.y0..image.data.y1).contains(&y);
    let row = Rect::new(a.data.x0, y, a.data.x1, y + 1);
    match (has(a), has(b)) {
        (true, true) => {
            let columns = |image: &Image| (image.data.x0, image.data.x1);
            let channels = names.iter().map(|name| [a.channel(name), b.channel(name)]);
            columns(a) == columns(b) && is_same_in(a, b, channels, row)
        }
        (one, other) => one == other,
    }
}

/// Whether `b` has each channel of `a`, with the same native bits in `window`, which lies in both data
/// windows.
pub(crate) fn is_same(a: &Image, b: &Image, window: Rect) -> bool {
    let channels = a.channels.iter();
    let channels = channels.map(|channel| [Some(channel), b.channel(&channel.name)]);
    let inside = a.data.intersect(&b.data);
    window.is_empty() || (inside.holds(&window) && is_same_in(a, b, channels, window))
}

fn is_same_in<'i>(
    a: &Image,
    b: &Image,
    channels: impl Iterator<Item = [Option<&'i Channel>; 2]>,
    window: Rect,
) -> bool {
    let start = |image: &Image, y: i32| {
        let offset = |from: i32, to: i32| (i64::from(to) - i64::from(from)) as usize;
        offset(image.data.y0, y) * image.data.width() + offset(image.data.x0, window.x0)
    };
    let is_same = |pair: [Option<&Channel>; 2]| match pair {
        [Some(one), Some(other)] => (window.y0..window.y1).all(|y| {
            let from = start(a, y);
            let range = from..from + window.width();
            one.samples.equal(range, &other.samples, start(b, y))
        }),
        _ => false,
    };
    channels.into_iter().all(is_same)
}
