//! The frames that are measured with.

use std::sync::Arc;

use host::{Components, Depth, Frame, FrameSource, RectI, Samples, Scale};

/// A name and a size in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub name: &'static str,
    pub width: usize,
    pub height: usize,
}

impl Format {
    pub const fn new(name: &'static str, width: usize, height: usize) -> Self {
        Self {
            name,
            width,
            height,
        }
    }

    pub fn bounds(&self) -> RectI {
        RectI::new(0, 0, self.width as i32, self.height as i32)
    }

    pub fn samples(&self) -> usize {
        self.width * self.height * 4
    }
}

/// A hot tile.
pub const TILE: Format = Format::new("256x256", 256, 256);
/// Academy at full aperture.
pub const FRAME_2K: Format = Format::new("2K", 2048, 1556);
/// The same at double the resolution.
pub const FRAME_4K: Format = Format::new("4K", 4096, 3112);

/// A background, the same painted (one pixel in a hundred differs), and memory for a result.
/// RGBA, warm.
pub struct Frames {
    pub b: Arc<Frame>,
    pub a: Arc<Frame>,
    pub out: Frame,
}

impl Frames {
    pub fn new(format: Format) -> Self {
        let samples = |other: bool| {
            (0..format.samples())
                .map(|i| {
                    let painted = other && noise(i / 4, 3) < 0.01;
                    noise(i, if painted { 1 } else { 2 })
                })
                .collect()
        };
        Self::of(format, samples(false), samples(true))
    }

    /// Of samples that are given, bottom row first.
    pub fn of(format: Format, b: Vec<f32>, a: Vec<f32>) -> Self {
        let frame = |samples| {
            Frame::new(format.bounds(), Components::Rgba, Samples::Float(samples))
                .expect("the samples are the format's")
        };
        let mut out =
            Frame::zeros(format.bounds(), Components::Rgba, Depth::Float).expect("the format fits");
        // The first touch of memory is dearer than anything that is measured here.
        floats_mut(&mut out).fill(1.0);
        Self {
            b: Arc::new(frame(b)),
            a: Arc::new(frame(a)),
            out,
        }
    }

    /// The samples of background and painted, and those of the result.
    pub fn slices(&mut self) -> (&[f32], &[f32], &mut [f32]) {
        (floats(&self.b), floats(&self.a), floats_mut(&mut self.out))
    }
}

pub fn floats(frame: &Frame) -> &[f32] {
    frame.floats().expect("a float frame")
}

pub fn floats_mut(frame: &mut Frame) -> &mut [f32] {
    match frame.samples_mut() {
        Samples::Float(samples) => samples,
        _ => unreachable!("a float frame"),
    }
}

/// A source that stands at every time and shares the memory of its frame.
pub struct Still(pub Arc<Frame>);

impl FrameSource for Still {
    fn format(&self) -> host::Format {
        host::Format::default()
    }

    fn region_of_definition(
        &self,
        _time: f64,
        _scale: Scale,
    ) -> Result<host::RectD, host::SourceError> {
        Ok(self.0.bounds().to_canonical(Scale::ONE, 1.0))
    }

    fn image(
        &self,
        _time: f64,
        _scale: Scale,
        _region: RectI,
    ) -> Result<Arc<Frame>, host::SourceError> {
        Ok(self.0.clone())
    }
}

/// A number in 0..1, from a place and a seed.
pub fn noise(i: usize, seed: u32) -> f32 {
    let x = (i as u32).wrapping_mul(0x9e37_79b9) ^ seed.wrapping_mul(0x85eb_ca6b);
    let x = (x ^ x >> 15).wrapping_mul(0x2c1b_3c6d);
    let x = (x ^ x >> 12).wrapping_mul(0x297a_2d39);
    ((x ^ x >> 15) >> 8) as f32 / (1 << 24) as f32
}
