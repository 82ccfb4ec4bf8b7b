//! Plates, and their travel through a file.

use std::fs;
use std::path::{Path, PathBuf};

use images::{
    Attribute, Channel, Format, Image, Metadata, ReadOptions, Rect, SampleType, Samples,
    WriteOptions,
};
use transfer::{Difference, Error, Output, Packing, Pair, verify};

use crate::common::render;

pub fn attribute(name: &str, kind: &str, value: &[u8]) -> Attribute {
    Attribute {
        name: name.into(),
        kind: kind.into(),
        value: value.to_vec(),
    }
}

pub fn read(path: &Path) -> Image {
    images::read(path, &ReadOptions::default()).unwrap()
}

/// A plate whose samples are `value(channel, x, y)`.
pub fn plate(
    (format, kind): (Format, SampleType),
    display: Rect,
    data: Rect,
    names: &[&str],
    value: impl Fn(usize, i32, i32) -> f32,
) -> Image {
    let channel = |(index, name): (usize, &&str)| {
        let rows = (data.y0..data.y1).flat_map(|y| (data.x0..data.x1).map(move |x| (x, y)));
        let floats: Vec<f32> = rows.map(|(x, y)| value(index, x, y)).collect();
        Channel {
            name: name.to_string(),
            samples: Samples::from_f32(kind, &floats),
        }
    };
    Image {
        display,
        data,
        pixel_aspect: 1.0,
        channels: names.iter().enumerate().map(channel).collect(),
        metadata: Metadata::new(format),
    }
}

/// The difference of what `render` gives for a window and an output.
pub fn encode(
    background: &Image,
    painted: &Image,
    render: impl Fn(Rect, Output) -> Vec<Vec<f32>>,
) -> Result<Difference, Error> {
    let pair = Pair::new(&background.header(), &painted.header())?;
    Difference::encode(background, painted, pair.window, |output| {
        Ok(render(pair.window, output))
    })
}

pub fn subtract(background: &Image, painted: &Image) -> Result<Difference, Error> {
    encode(background, painted, |window, output| {
        render(background, painted, window, output)
    })
}

/// A painted plate, and what came back of it.
pub struct Travelled {
    pub folder: tempfile::TempDir,
    pub painted: PathBuf,
    pub restored: PathBuf,
    pub difference: Difference,
}

/// Writes the painted plate, sends the difference through a file, restores, writes.
pub fn travel(background: &Image, painted: &Image, packing: Packing) -> Travelled {
    let folder = tempfile::tempdir().unwrap();
    let extension = painted.metadata.format.name();
    let path = |name: &str| folder.path().join(name);
    let painted_path = path("painted").with_extension(extension);
    images::write(&painted_path, painted, &WriteOptions::default()).unwrap();
    let painted = read(&painted_path);

    let sent = subtract(background, &painted).unwrap();
    let file = path("difference.exr");
    let size = sent.write(&file, packing).unwrap();
    assert_eq!(size, fs::metadata(&file).unwrap().len());
    let difference = Difference::read(&file, &ReadOptions::default()).unwrap();
    let facts = |d: &Difference| {
        let tiers: Vec<_> = d
            .tiers()
            .map(|(name, t)| (name, t.data, t.channels.clone()))
            .collect();
        (
            d.target.clone(),
            d.proof.clone(),
            d.residual_samples,
            d.replaced_samples,
            tiers,
        )
    };
    assert!(facts(&difference) == facts(&sent));
    assert_eq!(difference.target, painted.header());
    // Equal differences give equal files.
    let again = path("again.exr");
    difference.write(&again, Packing::Own).unwrap();
    assert!(fs::read(&file).unwrap() == fs::read(&again).unwrap());
    difference.check_background(background).unwrap();

    let restored_path = path("restored").with_extension(extension);
    let restored = difference.restore(background);
    images::write(&restored_path, &restored, &WriteOptions::default()).unwrap();
    Travelled {
        folder,
        painted: painted_path,
        restored: restored_path,
        difference,
    }
}

/// The restored file holds what the painted file holds, attributes included.
pub fn assert_came_back(travelled: &Travelled) {
    let (painted, restored) = (read(&travelled.painted), read(&travelled.restored));
    let verdict = verify(&painted, &restored);
    assert!(verdict.exact, "{verdict:?}");
    assert_eq!((verdict.failing_pixels, verdict.failing_samples), (0, 0));
    assert!(travelled.difference.proves(&restored));
    assert!(painted == restored);
}

/// A square of one channel.
pub fn square(side: usize, samples: Samples) -> Image {
    let window = Rect::new(0, 0, side as i32, side as i32);
    Image {
        display: window,
        data: window,
        pixel_aspect: 1.0,
        channels: vec![Channel {
            name: "Y".into(),
            samples,
        }],
        metadata: Metadata::new(Format::Exr),
    }
}

pub fn channel(name: &str, samples: Samples) -> Channel {
    Channel {
        name: name.into(),
        samples,
    }
}
