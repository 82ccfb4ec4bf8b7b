//! A file's channels as the interleaved samples that a render wants.

use images::{Image, SampleType};

use crate::kernels::Layout;

/// Rows from the bottom up. Colour is R, G, B or a repeated Y; an absent alpha is 1, absent colour
/// beside alpha is 0.
pub fn interleaved(image: &Image, layout: Layout) -> Result<Vec<f32>, &'static str> {
    let (width, height) = (image.data.width(), image.data.height());
    let planes: Vec<Source> = match layout {
        Layout::Alpha => vec![single(image)?],
        Layout::Rgb => colours(image)?.into(),
        Layout::Rgba => {
            let mut planes = Vec::from(colours(image)?);
            planes.push(plane(image, "A").unwrap_or(Source::Constant(1.0)));
            planes
        }
    };
    let channels = planes.len();
    let mut out = vec![0.0; width * height * channels];
    for (c, source) in planes.iter().enumerate() {
        for y in 0..height {
            let row = &mut out[(height - 1 - y) * width * channels..][..width * channels];
            let samples = row[c..].iter_mut().step_by(channels);
            match source {
                Source::Constant(value) => samples.for_each(|sample| *sample = *value),
                Source::Plane(plane) => {
                    let from = &plane[y * width..][..width];
                    samples
                        .zip(from)
                        .for_each(|(sample, value)| *sample = *value);
                }
            }
        }
    }
    Ok(out)
}

enum Source {
    Plane(Vec<f32>),
    Constant(f32),
}

/// A channel of integers is none: OpenFX has no such pixels.
fn plane(image: &Image, name: &str) -> Option<Source> {
    let samples = &image.channel(name)?.samples;
    if samples.sample_type() == SampleType::Uint {
        return None;
    }
    image.plane(name, image.data).map(Source::Plane)
}

fn colours(image: &Image) -> Result<[Source; 3], &'static str> {
    let rgb = ["R", "G", "B"].map(|name| plane(image, name));
    if let [Some(r), Some(g), Some(b)] = rgb {
        return Ok([r, g, b]);
    }
    match (image.channel("Y"), image.channel("A")) {
        (Some(_), _) => Ok([(); 3].map(|()| plane(image, "Y").unwrap_or(Source::Constant(0.0)))),
        (None, Some(_)) => Ok([(); 3].map(|()| Source::Constant(0.0))),
        (None, None) => Err("it holds neither colour nor alpha"),
    }
}

/// The one channel of a clip that is nothing but alpha.
fn single(image: &Image) -> Result<Source, &'static str> {
    plane(image, "A")
        .or_else(|| plane(image, "Y"))
        .ok_or("the clip is alpha alone, and the file has no alpha and no single channel")
}
