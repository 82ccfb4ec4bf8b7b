//! Channels of integers, which the node Compare never sees: their samples are equal or they fail.

use images::{Image, Rect};

use super::figures::{Figures, Worst};
use crate::report::Number;

/// The integers of a channel in a row; 0 outside the data window.
fn row(image: &Image, name: &str, window: Rect, y: i32) -> Vec<u32> {
    let row = Rect::new(window.x0, y, window.x1, y + 1);
    let plane = image.plane(name, row).unwrap_or_default();
    // The view of a uint is its bits.
    plane.into_iter().map(f32::to_bits).collect()
}

/// What is found out of one channel, row by row from the top.
pub struct Integers {
    sum: f64,
    squares: f64,
    failing_pixels: u64,
    failing_box: Rect,
    /// The largest difference, its place and its samples.
    worst: (u32, i32, i32, [u32; 2]),
}

impl Integers {
    /// Nothing yet of a channel over `window`.
    pub fn new(window: Rect) -> Self {
        Integers {
            sum: 0.0,
            squares: 0.0,
            failing_pixels: 0,
            failing_box: Rect::default(),
            worst: (0, window.x0, window.y0, [0, 0]),
        }
    }

    /// Adds a strip; sets in `fails` the pixels of it that differ.
    pub fn add(&mut self, [a, b]: [&Image; 2], name: &str, strip: Rect, fails: &mut [bool]) {
        let rows = (strip.y0..strip.y1).zip(fails.chunks_exact_mut(strip.width().max(1)));
        for (y, fails) in rows {
            let pairs = row(a, name, strip, y)
                .into_iter()
                .zip(row(b, name, strip, y));
            for ((x, (a, b)), fails) in (strip.x0..strip.x1).zip(pairs).zip(fails) {
                let difference = a.abs_diff(b);
                if difference == 0 {
                    continue;
                }
                *fails = true;
                self.failing_pixels += 1;
                self.sum += f64::from(difference);
                self.squares += f64::from(difference).powi(2);
                self.failing_box = self.failing_box.union(&Rect::new(x, y, x + 1, y + 1));
                if difference > self.worst.0 {
                    self.worst = (difference, x, y, [a, b]);
                }
            }
        }
    }

    /// The figures of the channel over the whole `window`. Differences are those of the integers; there
    /// is no PSNR and no distance in floats.
    pub fn figures(self, name: &str, window: Rect) -> Figures {
        let pixels = (window.area() as f64).max(1.0);
        let (max, x, y, [a, b]) = self.worst;
        let shown = |sample: u32| vec![Number(sample.into())];
        let at = self.failing_box;
        Figures {
            max: Number(max.into()),
            mean: Number(self.sum / pixels),
            rms: Number((self.squares / pixels).sqrt()),
            psnr: None,
            ulp_max: 0,
            failing_pixels: self.failing_pixels,
            nan_count: 0,
            inf_count: 0,
            worst: Worst {
                x: x.into(),
                y: y.into(),
                channels: vec![name.to_owned()],
                a: shown(a),
                b: shown(b),
            },
            failing_box: (!at.is_empty()).then(|| [at.x0, at.y0, at.x1, at.y1].map(i64::from)),
            layers: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use images::{Channel, Format, Metadata, Samples};

    fn ids(data: Rect, ids: &[u32]) -> Image {
        Image {
            display: Rect::new(0, 0, 4, 4),
            data,
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "id".into(),
                samples: Samples::Uint(ids.to_vec()),
            }],
            metadata: Metadata::new(Format::Exr),
        }
    }

    #[test]
    fn integers_are_compared_as_such() {
        // As floats all of these would be denormals or NaN.
        let a = ids(Rect::new(0, 0, 2, 2), &[7, u32::MAX, 0x7fc0_0001, 0]);
        let b = ids(Rect::new(1, 0, 3, 2), &[u32::MAX, 0, 3, 0]);
        let window = a.data.union(&b.data);
        let mut fails = vec![false; 6];
        let mut found = Integers::new(window);
        // In two strips.
        let (top, bottom) = fails.split_at_mut(3);
        found.add([&a, &b], "id", Rect::new(0, 0, 3, 1), top);
        found.add([&a, &b], "id", Rect::new(0, 1, 3, 2), bottom);
        let figures = found.figures("id", window);
        assert_eq!(fails, [true, false, false, true, true, false]);
        assert_eq!(
            (figures.failing_pixels, figures.failing_box),
            (3, Some([0, 0, 2, 2]))
        );
        assert_eq!(figures.max.0, f64::from(0x7fc0_0001u32));
        assert_eq!((figures.worst.x, figures.worst.y), (0, 1));
        assert_eq!(figures.mean.0, (7.0 + 2_143_289_345.0 + 3.0) / 6.0);
    }
}
