//! Opacity that varies: how well the layer, taken off one background, looks over another.

use deltaplate::kernels::estimate::varying::frames::Frames;
use deltaplate::kernels::estimate::varying::minimum::{self, Bounds};
use deltaplate::kernels::estimate::varying::{smooth, solid};
use deltaplate::kernels::estimate::{Alone, Colour, Plane};

use super::metrics::psnr_where;
use super::npy::{Folder, Image};
use super::{each, with_context};

/// How a pair is spoilt, and the noise of `M - B` that this means, in codes.
const KINDS: [(&str, f32); 4] = [
    ("clean", 0.1),
    ("8bit", 0.42),
    ("noise", 2.83),
    ("jpeg", 2.83),
];
/// Photograph pairs.
const PAIRS: usize = 3;
const BOUNDS: Bounds = Bounds {
    low: 0.0,
    high: 1.0,
};
/// Opacities above this are measured.
const LAYER: f32 = 0.02;

/// The tables.
pub fn run(folder: &Folder) -> Result<String, String> {
    let kinds = KINDS.map(|(kind, _)| format!(" {kind} |")).concat();
    let mut text = format!(
        "\nVarying opacity: PSNR over a new background in dB, each of {PAIRS} pairs\n\n| |{kinds}\n|---|{}\n",
        "---|".repeat(KINDS.len())
    );
    for (overlay, ways) in [
        ("reflection", ["minimum", "smooth"]),
        ("logo", ["minimum", "solid"]),
        ("red-logo", ["minimum", "solid"]),
    ] {
        for way in ways {
            text += &format!("| {overlay}, {way} |");
            for (kind, codes) in KINDS {
                let results = each(PAIRS, |pair| {
                    one(folder, pair, overlay, kind, way, codes / 255.0)
                })?;
                let results: Vec<String> = results.iter().map(|v| format!("{v:.2}")).collect();
                text += &format!(" {} |", results.join(" / "));
            }
            text += "\n";
        }
    }
    text += "\nA still overlay over a pan with noise: PSNR over a new background in dB\n\n\
             | frames | 2 | 4 | 8 | 16 |\n|---|---:|---:|---:|---:|\n";
    for overlay in ["reflection", "logo"] {
        let counts = [2, 4, 8, 16];
        let results = each(counts.len(), |i| several(folder, overlay, counts[i]))?;
        let row: Vec<String> = results.iter().map(|v| format!(" {v:.2} |")).collect();
        text += &format!("| {overlay} |{}\n", row.concat());
    }
    Ok(text)
}

fn one(
    folder: &Folder,
    pair: usize,
    overlay: &str,
    kind: &str,
    way: &str,
    noise: f32,
) -> Result<f64, String> {
    let merged = folder.read(&format!("merged-{pair}-{overlay}-{kind}"))?;
    let background = folder.read(&format!("background-{pair}-{overlay}-{kind}"))?;
    let (m, b) = (merged.view(), background.view());
    let mut opacity = vec![0.0; merged.size.pixels()];
    with_context(|context| match way {
        "minimum" => {
            minimum::opacity(&Alone, m, b, BOUNDS, 3.0 * noise, &mut opacity);
            Ok(())
        }
        "smooth" => {
            let settings = smooth::Settings {
                noise,
                smoothness: 3.0,
                iterations: 100,
                bounds: BOUNDS,
            };
            smooth::opacity(context, m, b, &settings, &mut opacity)
        }
        _ => solid::opacity(context, m, b, noise, &mut opacity).map(drop),
    })?;
    let colour = premultiplied(
        merged.size.width,
        &opacity,
        way,
        &merged,
        &background,
        noise,
    )?;
    let truth = Truth::read(folder, overlay, pair)?;
    truth.over_new_background(folder, &colour, &opacity)
}

/// The premultiplied overlay.
fn premultiplied(
    width: usize,
    opacity: &[f32],
    way: &str,
    merged: &Image,
    background: &Image,
    noise: f32,
) -> Result<Vec<f32>, String> {
    let alpha = |i: usize| opacity[i / (3 * width) * width + i % width];
    if way == "solid" {
        let mut scratch = vec![0.0; opacity.len()];
        let colour = with_context(|context| {
            solid::opacity(
                context,
                merged.view(),
                background.view(),
                noise,
                &mut scratch,
            )
        })?
        .ok_or("no colour was found")?;
        let channel = |i: usize| i / width % 3;
        return Ok((0..3 * opacity.len())
            .map(|i| alpha(i) * colour[channel(i)])
            .collect());
    }
    let pairs = merged.samples.iter().zip(&background.samples).enumerate();
    Ok(pairs
        .map(|(i, (m, b))| (m - (1.0 - alpha(i)) * b).clamp(0.0, 1.0))
        .collect())
}

fn several(folder: &Folder, overlay: &str, count: usize) -> Result<f64, String> {
    let truth = Truth::read(folder, overlay, 0)?;
    let size = truth.matte.size;
    let mut opacity = vec![0.0; size.pixels()];
    let [mut merged, mut background] = [(); 2].map(|()| vec![0.0; 3 * size.pixels()]);
    let images: Vec<[Image; 2]> = (0..count)
        .map(|frame| {
            Ok([
                folder.read(&format!("merged-{overlay}-frame-{frame}"))?,
                folder.read(&format!("background-{overlay}-frame-{frame}"))?,
            ])
        })
        .collect::<Result<_, String>>()?;
    with_context(|context| {
        let mut frames = Frames::new(context, size)?;
        for [merged, background] in &images {
            frames.add(context, merged.view(), background.view());
        }
        frames.opacity(
            context,
            2.0 / 255.0,
            &mut opacity,
            [&mut merged, &mut background],
        )
    })?;
    let merged = Image {
        size,
        samples: merged,
    };
    let background = Image {
        size,
        samples: background,
    };
    let colour = premultiplied(size.width, &opacity, "frames", &merged, &background, 0.0)?;
    truth.over_new_background(folder, &colour, &opacity)
}

/// The layer that was laid on.
struct Truth {
    matte: Image,
    overlay: Image,
}

impl Truth {
    fn read(folder: &Folder, overlay: &str, pair: usize) -> Result<Self, String> {
        let (matte, colour) = match overlay {
            "reflection" => ("matte-reflection", None),
            "logo" => ("matte-logo", Some([0.95; 3])),
            _ => ("matte-logo", Some([0.8, 0.2, 0.1])),
        };
        let matte = folder.read(matte)?;
        let mut image = folder.read(&format!("overlay-{pair}"))?;
        let width = matte.size.width;
        if let Some(colour) = colour {
            let samples = image.samples.iter_mut().enumerate();
            samples.for_each(|(i, sample)| *sample = colour[i / width % 3]);
        }
        Ok(Self {
            matte,
            overlay: image,
        })
    }

    /// The PSNR where the layer is, over a background that it was not taken from.
    fn over_new_background(
        &self,
        folder: &Folder,
        colour: &[f32],
        opacity: &[f32],
    ) -> Result<f64, String> {
        let new = folder.read("new-background")?;
        let matte: Plane<'_> = self.matte.view();
        let over = |colour: Colour<'_>, opacity: Plane<'_>, straight: bool| -> Vec<f32> {
            let mut out = Vec::with_capacity(new.samples.len());
            for y in 0..new.size.height {
                for c in 0..3 {
                    for x in 0..new.size.width {
                        let alpha = opacity.row(y)[0][x];
                        let factor = if straight { alpha } else { 1.0 };
                        let below = new.view::<3>().row(y)[c][x];
                        out.push(factor * colour.row(y)[c][x] + (1.0 - alpha) * below);
                    }
                }
            }
            out
        };
        let size = new.size;
        let found = over(Colour::new(size, colour), Plane::new(size, opacity), false);
        let truth = over(self.overlay.view(), matte, true);
        Ok(psnr_where(&found, &truth, matte, LAYER))
    }
}
