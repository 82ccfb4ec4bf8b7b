//! Small pictures, and the photographs that they are parts of.

use std::path::Path;

use images::{
    ChannelInfo, Format, Header, Image, Metadata, ReadOptions, Rect, SampleType, WriteOptions,
};

const WIDTH: i32 = 216;
const HEIGHT: i32 = 136;
const COLOURS: [&str; 3] = ["R", "G", "B"];

/// A picture of [`WIDTH`] x [`HEIGHT`] pixels, in rows from the top, a plane for each colour.
pub struct Picture([Vec<f32>; 3]);

impl Picture {
    /// Sample by sample, of column, row and colour.
    pub fn of(sample: impl Fn(i32, i32, usize) -> f32) -> Self {
        Picture([0, 1, 2].map(|c| {
            let rows = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
            rows.map(|(x, y)| sample(x, y, c)).collect()
        }))
    }

    fn at(&self, x: i32, y: i32, c: usize) -> f32 {
        self.0[c][(y * WIDTH + x) as usize]
    }

    /// Sample by sample from two.
    pub fn with(&self, other: &Picture, map: impl Fn(f32, f32) -> f32) -> Self {
        Picture::of(|x, y, c| map(self.at(x, y, c), other.at(x, y, c)))
    }

    /// This over another, at an opacity of column and row.
    pub fn over(&self, below: &Picture, opacity: &dyn Fn(i32, i32) -> f32) -> Self {
        Picture::of(|x, y, c| {
            let alpha = opacity(x, y);
            alpha * self.at(x, y, c) + (1.0 - alpha) * below.at(x, y, c)
        })
    }

    /// With grain of that deviation; the same for the same seed.
    pub fn grained(&self, deviation: f32, seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u64 << 24) as f32
        };
        // The sum of twelve uniform numbers has a deviation of 1.
        let mut grain = || deviation * ((0..12).map(|_| uniform()).sum::<f32>() - 6.0);
        Picture([0, 1, 2].map(|c| self.0[c].iter().map(|x| x + grain()).collect()))
    }

    /// The peak signal-to-noise ratio in dB, of a peak of 1.
    pub fn psnr(&self, truth: &Picture) -> f64 {
        let pairs = self.0.iter().flatten().zip(truth.0.iter().flatten());
        let sum: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
        -10.0 * (sum / f64::from(3 * WIDTH * HEIGHT)).max(1e-20).log10()
    }

    /// Reads an image of that size.
    pub fn read(path: &Path) -> Result<Self, String> {
        Ok(Picture::of_image(&read(path)?, [0, 0], |x| x))
    }

    fn of_image(image: &Image, [left, top]: [i32; 2], shown: impl Fn(f32) -> f32) -> Self {
        let window = Rect::new(left, top, left + WIDTH, top + HEIGHT);
        let plane = |name| {
            let plane = image.plane(name, window).unwrap_or_default();
            plane.into_iter().map(&shown).collect()
        };
        Picture(COLOURS.map(plane))
    }

    /// Writes it with 8 bits.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let format = extension.and_then(Format::from_name).unwrap_or(Format::Png);
        let window = Rect::new(0, 0, WIDTH, HEIGHT);
        let header = Header {
            display: window,
            data: window,
            pixel_aspect: 1.0,
            channels: COLOURS
                .map(|name| ChannelInfo {
                    name: name.to_owned(),
                    sample_type: SampleType::U8,
                })
                .into(),
            metadata: Metadata::new(format),
        };
        let image = Image::from_planes(&header, window, &self.0);
        let written = images::write(path, &image, &WriteOptions::default());
        written.map(drop).map_err(|error| error.to_string())
    }
}

/// The example plates.
pub struct Photographs {
    garden: Image,
    sunrise: Image,
}

impl Photographs {
    /// Reads them.
    pub fn read(root: &Path) -> Result<Self, String> {
        let plates = root.join("examples").join("plates");
        Ok(Photographs {
            garden: read(&plates.join("background.tif"))?,
            sunrise: read(&plates.join("background.exr"))?,
        })
    }

    /// A part of the garden; the corner is the upper left one.
    pub fn garden(&self, corner: [i32; 2]) -> Picture {
        Picture::of_image(&self.garden, corner, |x| x)
    }

    /// A part of the sunrise, its light brought into 0..=1.
    pub fn sunrise(&self, corner: [i32; 2]) -> Picture {
        let shown = |x: f32| (x.max(0.0) / (0.5 + x.max(0.0))).powf(1.0 / 2.2);
        Picture::of_image(&self.sunrise, corner, shown)
    }
}

fn read(path: &Path) -> Result<Image, String> {
    images::read(path, &ReadOptions::default()).map_err(|error| error.to_string())
}

/// The opacity of a soft reflection, up to 0.45.
pub fn soft_oval(x: i32, y: i32) -> f32 {
    let (u, v) = (
        x as f32 / WIDTH as f32 - 0.48,
        y as f32 / HEIGHT as f32 - 0.49,
    );
    let inside = (1.0 - (u / 0.38).powi(2) - (v / 0.42).powi(2)).max(0.0);
    0.45 * inside * inside * (3.0 - 2.0 * inside)
}

/// The opacity of a logo, up to 0.5: a ring around a triangle, each pixel from 16 points.
pub fn emblem(x: i32, y: i32) -> f32 {
    let inside = |u: f32, v: f32| {
        let radius = u.hypot(v);
        let ring = (38.0..46.0).contains(&radius);
        let triangle = (-14.0..26.0).contains(&u) && v.abs() < 0.6 * (26.0 - u);
        ring || triangle
    };
    let points = (0..16).filter(|i| {
        let (dx, dy) = ((i % 4) as f32 / 4.0, (i / 4) as f32 / 4.0);
        inside((x - WIDTH / 2) as f32 + dx, (y - HEIGHT / 2) as f32 + dy)
    });
    0.5 * points.count() as f32 / 16.0
}
