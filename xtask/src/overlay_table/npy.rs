//! Reading the pictures that `prepare.py` made: NumPy's .npy, version 1.

use std::fs;
use std::path::{Path, PathBuf};

use deltaplate::kernels::estimate::{Picture, Size};

/// A picture of the estimator's layout.
pub struct Image {
    /// Pixels.
    pub size: Size,
    /// Samples, in rows of channels.
    pub samples: Vec<f32>,
}

impl Image {
    /// The estimator's view.
    pub fn view<const C: usize>(&self) -> Picture<'_, C> {
        Picture::new(self.size, &self.samples)
    }
}

/// The folder of the pictures.
pub struct Folder(pub PathBuf);

impl Folder {
    /// Reads a picture by its name.
    pub fn read(&self, name: &str) -> Result<Image, String> {
        let path = self.0.join(format!("{name}.npy"));
        let bytes = fs::read(&path).map_err(|error| {
            format!(
                "{} cannot be read: {error}. The pictures are made, once, by \
                 `python3 xtask/overlay-table/prepare.py`, which fetches photographs from PyPI",
                path.display()
            )
        })?;
        parse(&bytes).ok_or_else(|| not_a_picture(&path))
    }
}

fn not_a_picture(path: &Path) -> String {
    format!(
        "{} is not a picture that prepare.py made; delete it and run \
         `python3 xtask/overlay-table/prepare.py` again",
        path.display()
    )
}

fn parse(bytes: &[u8]) -> Option<Image> {
    let rest = bytes.strip_prefix(b"\x93NUMPY\x01\x00")?;
    let (length, rest) = rest.split_at_checked(2)?;
    let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
    let (header, data) = rest.split_at_checked(length)?;
    let header = std::str::from_utf8(header).ok()?;
    let (_, shape) = header.split_once("'shape': (")?;
    let (shape, _) = shape.split_once(')')?;
    let shape: Vec<usize> = shape
        .split(',')
        .filter_map(|n| n.trim().parse().ok())
        .collect();
    let [height, channels, width] = shape[..] else {
        return None;
    };
    let samples: Vec<f32> = if header.contains("'|u1'") {
        data.iter().map(|code| f32::from(*code) / 255.0).collect()
    } else if header.contains("'<f4'") {
        let (words, _) = data.as_chunks();
        words.iter().map(|word| f32::from_le_bytes(*word)).collect()
    } else {
        return None;
    };
    let expected = height.checked_mul(width)?.checked_mul(channels)?;
    (samples.len() == expected).then_some(Image {
        size: Size { width, height },
        samples,
    })
}
