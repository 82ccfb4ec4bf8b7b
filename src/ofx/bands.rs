//! A window of the output, dealt out in bands of rows to the workers of a render.

use core::sync::atomic::{AtomicUsize, Ordering};

use super::image::OutputImage;
use crate::geometry::RectI;

/// The bands of a window, from the bottom up, each for one taker.
pub struct Bands<'a> {
    output: OutputImage<'a>,
    window: RectI,
    rows: usize,
    count: usize,
    next: AtomicUsize,
}

impl<'a> Bands<'a> {
    /// Cuts `window`, as far as `output` has pixels there, into bands of `rows` rows.
    pub fn new(output: &'a mut OutputImage<'_>, window: &RectI, rows: usize) -> Self {
        let window = window.intersection(&output.bounds());
        let rows = rows.max(1);
        Self {
            output: output.reborrow(),
            count: window.height().div_ceil(rows),
            window,
            rows,
            next: AtomicUsize::new(0),
        }
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The next band; `None` when all are taken.
    pub fn take(&self) -> Option<Band<'_>> {
        // An index is never handed out twice: the counter only grows, and it cannot wrap, since
        // a worker stops asking at the first `None`.
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        if index >= self.count {
            return None;
        }
        let from = index * self.rows;
        let to = (from + self.rows).min(self.window.height());
        let y = |row: usize| (i64::from(self.window.y1) + row as i64) as i32;
        let window = RectI {
            y1: y(from),
            y2: y(to),
            ..self.window
        };
        Some(Band {
            // SAFETY: bands of different indices have no row in common, and each index is
            // handed out once.
            output: unsafe { self.output.part(&window) },
            window,
        })
    }

    /// Deals no more out: what is left stays as it is.
    pub fn stop(&self) {
        self.next.fetch_max(self.count, Ordering::Relaxed);
    }
}

/// Some rows of a window: one worker's.
pub struct Band<'a> {
    output: OutputImage<'a>,
    window: RectI,
}

impl Band<'_> {
    /// The pixels that are this band's.
    pub fn window(&self) -> RectI {
        self.window
    }

    /// The samples of row `y` of the band, interleaved; `None` for other rows.
    pub fn row(&mut self, y: i32) -> Option<&mut [f32]> {
        self.output.span_mut(y, self.window.x1, self.window.x2)
    }

    /// The samples of all its rows; `None` where they do not follow each other in memory.
    pub fn rows(&mut self) -> Option<&mut [f32]> {
        self.output.block_mut(&self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Layout;

    #[test]
    fn each_row_of_the_window_is_dealt_once() {
        let bounds = RectI::new(-3, -7, 5, 20);
        let window = RectI::new(-1, -5, 4, 99);
        for rows in [0, 1, 4, 25, 1000] {
            let mut samples = vec![0.0; bounds.width() * bounds.height()];
            let mut output = OutputImage::from_slice(&mut samples, bounds, Layout::Alpha).unwrap();
            let bands = Bands::new(&mut output, &window, rows);
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        while let Some(mut band) = bands.take() {
                            let own = band.window();
                            assert!(band.row(own.y1 - 1).is_none());
                            assert!(band.row(own.y2).is_none());
                            for y in own.y1..own.y2 {
                                for sample in band.row(y).unwrap() {
                                    *sample += 1.0;
                                }
                            }
                        }
                    });
                }
            });
            for (index, sample) in samples.iter().enumerate() {
                let x = bounds.x1 + (index % bounds.width()) as i32;
                let y = bounds.y1 + (index / bounds.width()) as i32;
                let inside = (-1..4).contains(&x) && y >= -5;
                assert_eq!(
                    *sample,
                    f32::from(u8::from(inside)),
                    "{rows} rows, at {x} {y}"
                );
            }
        }
    }

    #[test]
    fn after_a_stop_nothing_is_dealt() {
        let mut samples = vec![0.0; 100];
        let bounds = RectI::new(0, 0, 10, 10);
        let mut output = OutputImage::from_slice(&mut samples, bounds, Layout::Alpha).unwrap();
        let bands = Bands::new(&mut output, &bounds, 1);
        assert_eq!(bands.count(), 10);
        assert!(bands.take().is_some());
        bands.stop();
        assert!(bands.take().is_none());
    }
}
