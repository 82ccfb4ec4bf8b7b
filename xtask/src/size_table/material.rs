//! Plates and edits, the same on every machine.

use images::{Channel, Format, Image, Metadata, Rect, SampleType, Samples};

use crate::bench_pipeline::{HEIGHT, WIDTH};

/// The samples of R, G and B, row by row.
pub type Planes = [Vec<f32>; 3];

/// Random numbers that follow from a seed alone (PCG, XSH-RR; O'Neill 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(2).wrapping_add(1))
    }

    fn bits(&mut self) -> u32 {
        let old = self.0;
        self.0 = old
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let shifted = ((old >> 18 ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    /// In 0..1.
    fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / (1 << 24) as f32
    }

    fn within(&mut self, range: std::ops::Range<usize>) -> usize {
        range.start + (self.unit() * range.len() as f32) as usize
    }

    /// Of mean 0 and variance 1, near enough normal: the sum of twelve.
    fn grain(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

/// What a plate is stored as.
#[derive(Debug, Clone, Copy)]
pub struct Material {
    pub name: &'static str,
    pub format: Format,
    pub kind: SampleType,
}

pub const MATERIALS: [Material; 4] = [
    Material {
        name: "8-bit TIFF",
        format: Format::Tiff,
        kind: SampleType::U8,
    },
    Material {
        name: "16-bit TIFF",
        format: Format::Tiff,
        kind: SampleType::U16,
    },
    Material {
        name: "half EXR",
        format: Format::Exr,
        kind: SampleType::Half,
    },
    Material {
        name: "float EXR",
        format: Format::Exr,
        kind: SampleType::Float,
    },
];

impl Material {
    /// The plate: the photograph repeated and mirrored, with grain of 2 % over it. Halves are what a
    /// camera gives, floats those in another colour space, codes in sRGB.
    pub fn plate(self, photograph: &Image) -> Planes {
        let mut random = Random::new(7);
        let (across, down) = (photograph.data.width(), photograph.data.height());
        let mirrored = |at: usize, size: usize| match at / size % 2 {
            0 => at % size,
            _ => size - 1 - at % size,
        };
        let light: Vec<Vec<f32>> = photograph
            .channels
            .iter()
            .map(|channel| {
                let floats = channel.samples.to_f32();
                let rows = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
                let grainy = rows.map(|(x, y)| {
                    let light = floats[mirrored(y, down) * across + mirrored(x, across)];
                    (light * (1.0 + 0.02 * random.grain())).max(0.0)
                });
                Samples::from_f32(SampleType::Half, &grainy.collect::<Vec<_>>()).to_f32()
            })
            .collect();
        let rgb = |at: usize| [light[0][at], light[1][at], light[2][at]];
        let planes: Planes = std::array::from_fn(|channel| {
            let sample = |at: usize| match self.kind {
                SampleType::Half => light[channel][at],
                SampleType::Float => working_space(rgb(at), channel),
                _ => srgb(light[channel][at]),
            };
            (0..WIDTH * HEIGHT).map(sample).collect()
        });
        self.stored(planes)
    }

    /// As the plate's type has them.
    pub fn stored(self, planes: Planes) -> Planes {
        planes.map(|plane| Samples::from_f32(self.kind, &plane).to_f32())
    }

    pub fn image(self, planes: &Planes) -> Image {
        let window = Rect::new(0, 0, WIDTH as i32, HEIGHT as i32);
        let channel = |(name, plane): (&str, &Vec<f32>)| Channel {
            name: name.to_owned(),
            samples: Samples::from_f32(self.kind, plane),
        };
        Image {
            display: window,
            data: window,
            pixel_aspect: 1.0,
            channels: ["R", "G", "B"]
                .into_iter()
                .zip(planes)
                .map(channel)
                .collect(),
            metadata: Metadata::new(self.format),
        }
    }
}

/// Linear Rec. 709 in AP1 (SMPTE ST 2065-4's primaries), a little brighter: no sample is a half.
fn working_space([r, g, b]: [f32; 3], channel: usize) -> f32 {
    let [x, y, z] = [
        [0.6131, 0.3395, 0.0474],
        [0.0702, 0.9164, 0.0134],
        [0.0206, 0.1096, 0.8698],
    ][channel];
    (x * r + y * g + z * b) * 1.0371
}

/// IEC 61966-2-1.
fn srgb(light: f32) -> f32 {
    match light.clamp(0.0, 1.0) {
        dark @ ..=0.003_130_8 => 12.92 * dark,
        light => 1.055 * light.powf(1.0 / 2.4) - 0.055,
    }
}

/// What was painted.
pub type Edit = fn(&Planes) -> Planes;

pub const EDITS: [(&str, Edit); 5] = [
    ("dust", dust),
    ("clone, dust, wire", |plate| wire(&dust(&clone(plate)))),
    ("soft grain", soft_grain),
    ("near-black paint", near_black),
    ("grade of 2 %", |plate| each(plate, |_, _, _, v| v * 1.02)),
];

fn each(plate: &Planes, mut change: impl FnMut(usize, usize, usize, f32) -> f32) -> Planes {
    std::array::from_fn(|channel| {
        let samples = plate[channel].iter().enumerate();
        samples
            .map(|(at, &value)| change(channel, at % WIDTH, at / WIDTH, value))
            .collect()
    })
}

/// An ellipse with soft edges, its share between 0 and 1.
#[derive(Clone, Copy)]
struct Spot {
    centre: [f32; 2],
    radius: [f32; 2],
    soft: f32,
}

impl Spot {
    fn share(&self, x: usize, y: usize) -> f32 {
        let along = |at: usize, axis: usize| (at as f32 - self.centre[axis]) / self.radius[axis];
        let distance = (along(x, 0).powi(2) + along(y, 1).powi(2)).sqrt();
        ((1.0 - distance) / self.soft).clamp(0.0, 1.0)
    }
}

/// Texture from elsewhere, blended over the spot.
fn heal(plate: &Planes, spot: Spot, by: [isize; 2]) -> Planes {
    let from = |at: usize, by: isize, size: usize| at.saturating_add_signed(by).min(size - 1);
    let source = |x: usize, y: usize| from(y, by[1], HEIGHT) * WIDTH + from(x, by[0], WIDTH);
    each(plate, |channel, x, y, value| match spot.share(x, y) {
        0.0 => value,
        share => value * (1.0 - share) + plate[channel][source(x, y)] * share,
    })
}

fn clone(plate: &Planes) -> Planes {
    let spot = Spot {
        centre: [620.0, 1150.0],
        radius: [120.0, 90.0],
        soft: 0.25,
    };
    heal(plate, spot, [260, 40])
}

fn dust(plate: &Planes) -> Planes {
    let mut random = Random::new(11);
    let mut painted = plate.clone();
    for _ in 0..40 {
        let radius = random.within(3..12) as f32;
        let spot = Spot {
            centre: [
                random.within(20..WIDTH - 20) as f32,
                random.within(20..HEIGHT - 20) as f32,
            ],
            radius: [radius; 2],
            soft: 0.4,
        };
        let by = [
            random.within(15..30) as isize,
            random.within(0..40) as isize - 20,
        ];
        painted = heal(&painted, spot, by);
    }
    painted
}

/// A wire across the frame, from the rows above it.
fn wire(plate: &Planes) -> Planes {
    each(plate, |channel, x, y, value| {
        let across = (y as f32 - 200.0) - (x as f32 - 150.0) * 0.45;
        let distance = across.abs() / (1.0f32 + 0.45 * 0.45).sqrt();
        let share = ((4.0 - distance) / 1.5).clamp(0.0, 1.0);
        match (150..1900).contains(&x) && share > 0.0 {
            true => {
                value * (1.0 - share) + plate[channel][y.saturating_sub(12) * WIDTH + x] * share
            }
            false => value,
        }
    })
}

/// New grain where a face was smoothed.
fn soft_grain(plate: &Planes) -> Planes {
    let mut random = Random::new(23);
    let spot = Spot {
        centre: [1300.0, 700.0],
        radius: [260.0, 320.0],
        soft: 0.8,
    };
    each(plate, |_, x, y, value| match spot.share(x, y) {
        0.0 => value,
        share => value * (1.0 + 0.03 * share * random.grain()),
    })
}

/// Something painted out with almost nothing: no sum of two floats gives all of it.
fn near_black(plate: &Planes) -> Planes {
    let mut random = Random::new(31);
    let spot = Spot {
        centre: [500.0, 500.0],
        radius: [150.0, 110.0],
        soft: 0.2,
    };
    each(plate, |_, x, y, value| match spot.share(x, y) {
        0.0 => value,
        share => value * (1.0 - share) + 1e-3 * random.unit() * share,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_are_spread() {
        let mut random = Random::new(42);
        let mean = (0..4096).map(|_| random.unit()).sum::<f32>() / 4096.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        let spread = (0..4096).map(|_| random.grain().powi(2)).sum::<f32>() / 4096.0;
        assert!((spread - 1.0).abs() < 0.1, "{spread}");
    }

    #[test]
    fn edits_change_what_they_should() {
        let plate: Planes = std::array::from_fn(|c| {
            (0..WIDTH * HEIGHT)
                .map(|at| 0.1 + (at * (7 + c) % 97) as f32 / 97.0)
                .collect()
        });
        let changed = |edit: Edit| {
            let painted = edit(&plate);
            let pairs = plate[0].iter().zip(&painted[0]);
            pairs.filter(|(a, b)| a != b).count() as f32 / (WIDTH * HEIGHT) as f32
        };
        let shares: Vec<f32> = EDITS.iter().map(|(_, edit)| changed(*edit)).collect();
        let expected = [
            0.0005..0.01,
            0.005..0.05,
            0.02..0.12,
            0.01..0.05,
            0.99..1.01,
        ];
        for ((share, expected), (name, _)) in shares.iter().zip(expected).zip(EDITS) {
            assert!(expected.contains(share), "{name}: {share}");
        }
    }
}
