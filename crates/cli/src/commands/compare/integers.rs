//! Channels of integers, which the node Compare never sees: their samples are equal or they fail.

use images::{Image, Rect, SampleType};

use super::figures::{Figures, Worst};
use crate::report::Number;

/// Whether a channel of both images is one of integers.
pub fn are_in(a: &Image, b: &Image, name: &str) -> bool {
    [a, b].iter().all(|image| {
        let channel = image.channel(name);
        channel.is_some_and(|channel| channel.samples.sample_type() == SampleType::Uint)
    })
}

/// The integers of a channel in a row; 0 outside the data window.
fn row(image: &Image, name: &str, window: Rect, y: i32) -> Vec<u32> {
    let row = Rect::new(window.x0, y, window.x1, y + 1);
    let plane = image.plane(name, row).unwrap_or_default();
    // The view of a uint is its bits.
    plane.into_iter().map(f32::to_bits).collect()
}

/// The figures of one channel over `window`; sets in `fails` the pixels that differ. Differences are
/// those of the integers; there is no PSNR and no distance in floats.
pub fn measure(a: &Image, b: &Image, name: &str, window: Rect, fails: &mut [bool]) -> Figures {
    let (mut sum, mut squares, mut failing_pixels) = (0.0, 0.0, 0);
    let mut failing_box: Option<Rect> = None;
    let mut worst = (0, window.x0, window.y0, [0, 0]);
    let rows = (window.y0..window.y1).zip(fails.chunks_exact_mut(window.width().max(1)));
    for (y, fails) in rows {
        let pairs = row(a, name, window, y)
            .into_iter()
            .zip(row(b, name, window, y));
        for ((x, (a, b)), fails) in (window.x0..window.x1).zip(pairs).zip(fails) {
            let difference = a.abs_diff(b);
            if difference == 0 {
                continue;
            }
            *fails = true;
            failing_pixels += 1;
            sum += f64::from(difference);
            squares += f64::from(difference).powi(2);
            let pixel = Rect::new(x, y, x + 1, y + 1);
            failing_box = Some(failing_box.map_or(pixel, |failing| failing.union(&pixel)));
            if difference > worst.0 {
                worst = (difference, x, y, [a, b]);
            }
        }
    }
    let pixels = (window.area() as f64).max(1.0);
    let (max, x, y, [a, b]) = worst;
    let shown = |sample: u32| vec![Number(sample.into())];
    Figures {
        max: Number(max.into()),
        mean: Number(sum / pixels),
        rms: Number((squares / pixels).sqrt()),
        psnr: None,
        ulp_max: 0,
        failing_pixels,
        nan_count: 0,
        inf_count: 0,
        worst: Worst {
            x: x.into(),
            y: y.into(),
            channels: vec![name.to_owned()],
            a: shown(a),
            b: shown(b),
        },
        failing_box: failing_box.map(|at| [at.x0, at.y0, at.x1, at.y1].map(i64::from)),
        layers: Vec::new(),
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
        let figures = measure(&a, &b, "id", window, &mut fails);
        assert!(are_in(&a, &b, "id") && !are_in(&a, &b, "other"));
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
