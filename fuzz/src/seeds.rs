//! Where fuzzing begins: small sound inputs of every kind, made here, and the repository's own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use images::WriteOptions;
use images::{Attribute, Channel, Codec, Format, Image, Metadata, Rect, SampleType, Samples};
use transfer::{Difference, Error, Packing, pack};

use super::arithmetic::node;
use super::scratch::Scratch;

/// An input for a target.
pub struct Seed {
    /// The target's name.
    pub target: &'static str,
    /// What it is.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// All seeds.
pub fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    images(&mut seeds);
    transfers(&mut seeds);
    committed(&mut seeds);
    for (index, text) in RANGES.iter().enumerate() {
        let name = format!("range-{index}");
        let bytes = text.as_bytes().to_vec();
        seeds.push(Seed {
            target: "sequence",
            name,
            bytes,
        });
    }
    for kinds in 0..7u8 {
        let ends = [0, 0x80, 0xff, 0x7f, 0x01, 0x3c, 0x00, 0x3c].repeat(4);
        let bytes = [[kinds | 0x80, kinds], [6 - kinds, kinds]].concat();
        let bytes = bytes.into_iter().chain(ends).collect();
        seeds.push(Seed {
            target: "arithmetic",
            name: format!("kind-{kinds}"),
            bytes,
        });
    }
    seeds
}

const RANGES: [&str; 5] = [
    "1001-1100x2,7\nshot.####.exr",
    "-10--5\nplates/shot_%04d.tif",
    "1100-1001:3\n@.png",
    "9223372036854775807\ntake#.@@@@.dpx",
    "1001-1019:3,1050\nshot.1001.exr",
];

/// A plate of noise in some pixels; `seed` tells which.
fn plate(format: Format, channels: &[&str], kind: SampleType, seed: usize) -> Image {
    let window = Rect::new(0, 0, 11, 7);
    let channel = |(number, name): (usize, &&str)| {
        let sample = |index: usize| match index % 5 {
            0 => (index * 31 + number * 7 + seed) as f32 % 17.0 / 16.0,
            _ => 0.25,
        };
        let floats: Vec<f32> = (0..window.area() as usize).map(sample).collect();
        Channel {
            name: (*name).to_owned(),
            samples: Samples::from_f32(kind, &floats),
        }
    };
    Image {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: channels.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(format),
    }
}

fn images(seeds: &mut Vec<Seed>) {
    let scratch = Scratch::new();
    let mut add = |target, name: &str, image: &Image, codec| {
        let path = scratch.path(&format!("{name}.{target}"));
        let options = WriteOptions {
            codec,
            parallel: false,
        };
        images::write(&path, image, &options).expect("a seed can be written");
        let bytes = fs::read(path).expect("it is there");
        seeds.push(Seed {
            target,
            name: name.to_owned(),
            bytes,
        });
    };
    let rgba = &["R", "G", "B", "A"];
    for (codec, kind) in [
        (Codec::None, SampleType::Uint),
        (Codec::Rle, SampleType::Half),
        (Codec::Zips, SampleType::Float),
        (Codec::Zip, SampleType::Half),
        (Codec::Piz, SampleType::Half),
    ] {
        let mut image = plate(Format::Exr, rgba, kind, 0);
        add("exr", codec.name(), &image, Some(codec));
        image.data = Rect::new(-3, 2, 8, 9);
        image.metadata.set_tiles([5, 3]);
        add(
            "exr",
            &format!("{}-tiles", codec.name()),
            &image,
            Some(codec),
        );
    }
    for (codec, kind) in [
        (Codec::None, SampleType::U16),
        (Codec::Deflate, SampleType::U8),
        (Codec::Lzw, SampleType::Float),
        (Codec::PackBits, SampleType::Half),
    ] {
        let mut image = plate(Format::Tiff, &["R", "G", "B"], kind, 0);
        image.metadata.attributes.push(Attribute {
            name: "270".to_owned(),
            kind: "ASCII".to_owned(),
            value: b"seed\0".to_vec(),
        });
        add("tiff", codec.name(), &image, Some(codec));
    }
    for (name, channels, kind) in [
        ("y", &rgba[..0], SampleType::U8),
        ("rgb", &rgba[..3], SampleType::U16),
        ("rgba", &rgba[..], SampleType::U8),
    ] {
        let channels = if channels.is_empty() {
            &["Y"]
        } else {
            channels
        };
        add("png", name, &plate(Format::Png, channels, kind, 0), None);
    }
    for kind in [
        SampleType::U8,
        SampleType::U10,
        SampleType::U12,
        SampleType::U16,
    ] {
        let image = plate(Format::Dpx, &rgba[..3], kind, 0);
        add("dpx", kind.name(), &image, None);
    }
    let lines = "#?RADIANCE\n# seed\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=2\n\n-Y 3 +X 9\n";
    let packed = [2, 2, 0, 9, 137, 7, 137, 8, 137, 9, 137, 128].repeat(2);
    let plain = [1u8, 2, 3, 128].repeat(9);
    let bytes = [lines.as_bytes(), &packed, &plain].concat();
    seeds.push(Seed {
        target: "hdr",
        name: "packed".to_owned(),
        bytes,
    });
}

fn transfers(seeds: &mut Vec<Seed>) {
    let scratch = Scratch::new();
    let mut frames = BTreeMap::new();
    let odd = [f32::NAN, -0.0, f32::INFINITY, 1e-30];
    for (frame, (format, kind)) in [
        (Format::Tiff, SampleType::U8),
        (Format::Dpx, SampleType::U10),
        (Format::Exr, SampleType::Half),
        (Format::Exr, SampleType::Float),
        (Format::Exr, SampleType::Uint),
    ]
    .into_iter()
    .enumerate()
    {
        let channels = &["R", "G", "B"];
        let below = plate(format, channels, kind, 0);
        let mut above = plate(format, channels, kind, 5);
        if let Samples::Float(samples) = &mut above.channels[0].samples {
            samples[..4].copy_from_slice(&odd);
        }
        let made = Difference::encode(&below, &above, below.data, |output| {
            Ok::<_, Error>(node::render(&below, &above, below.data, output))
        });
        let path = scratch.path(&format!("{frame}.exr"));
        let made = made.expect("a plate travels");
        made.write(&path, Packing::Own)
            .expect("a seed can be written");
        frames.insert(frame as i64, path);
    }
    let path = scratch.path("pack.exr");
    pack(&frames, &path, &Default::default()).expect("frames can be packed");
    frames.insert(1001, path);
    for (frame, path) in frames {
        let bytes = fs::read(path).expect("it is there");
        seeds.push(Seed {
            target: "transfer",
            name: format!("frame-{frame}"),
            bytes,
        });
    }
}

/// Small files of the repository.
fn committed(seeds: &mut Vec<Seed>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|folder| folder.join("fuzz/seeds").is_dir())
        .expect("the repository is around the package");
    for (target, folder, ending) in [
        ("exr", "crates/images/tests/data", "exr"),
        ("tiff", "crates/images/tests/data", "tif"),
        ("graph", "examples/graphs", "json"),
        ("graph", "docs/images", "json"),
        ("graph", "fuzz/seeds/graph", "json"),
    ] {
        for path in files(&root.join(folder)) {
            if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                let bytes = fs::read(&path).expect("it is there");
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into();
                seeds.push(Seed {
                    target,
                    name,
                    bytes,
                });
            }
        }
    }
}

/// What is in a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}
