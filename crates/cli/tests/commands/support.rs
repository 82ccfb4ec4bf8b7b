//! Images to work on, and the command run on them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use images::{Channel, Image, Metadata, ReadOptions, Rect, SampleType, Samples, WriteOptions};
use serde_json::Value;
use tempfile::TempDir;

/// A command that has ended.
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// What it printed.
    pub out: String,
    /// What it said.
    pub err: String,
}

impl Ran {
    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.shown()))
    }

    /// Checks the exit code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.shown());
        self
    }

    fn shown(&self) -> String {
        format!("code {}\n{}\n{}", self.code, self.out, self.err)
    }
}

/// Runs the command.
pub fn deltaplate<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .args(args)
        .timeout(Duration::from_secs(60))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: output
            .status
            .code()
            .expect("the command ends within a minute"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Runs the command on words; those that begin with `@` are names in a folder.
pub fn in_folder(folder: &Path, words: &str) -> Ran {
    let path = |word: &str| match word.strip_prefix('@') {
        Some(name) => folder.join(name).into_os_string(),
        None => word.into(),
    };
    deltaplate(words.split_whitespace().map(path))
}

/// An example plate.
pub fn plate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/plates")
        .join(name)
}

/// A folder for a test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// All names in a folder, hidden ones too.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// An image whose samples are `sample(x, y, channel)`, in the file's coordinates.
pub struct Make {
    /// The display window.
    pub display: Rect,
    /// The data window.
    pub data: Rect,
    /// The names of the channels, a letter each.
    pub channels: &'static str,
    /// Their type.
    pub kind: SampleType,
}

impl Make {
    /// A window of this size at 0, 0.
    pub fn sized(width: i32, height: i32, channels: &'static str, kind: SampleType) -> Self {
        let window = Rect::new(0, 0, width, height);
        Make {
            display: window,
            data: window,
            channels,
            kind,
        }
    }

    /// Writes the image.
    pub fn write(&self, path: &Path, sample: impl Fn(i32, i32, usize) -> f32) {
        let Rect { x0, y0, x1, y1 } = self.data;
        let channel = |(index, name): (usize, char)| {
            let rows = (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y)));
            let floats: Vec<f32> = rows.map(|(x, y)| sample(x, y, index)).collect();
            Channel {
                name: name.to_string(),
                samples: Samples::from_f32(self.kind, &floats),
            }
        };
        let extension = path.extension().unwrap().to_str().unwrap();
        let image = Image {
            display: self.display,
            data: self.data,
            pixel_aspect: 1.0,
            channels: self.channels.chars().enumerate().map(channel).collect(),
            metadata: Metadata::new(images::Format::from_name(extension).unwrap()),
        };
        images::write(path, &image, &WriteOptions::default()).unwrap();
    }
}

/// Reads an image.
pub fn read(path: &Path) -> Image {
    images::read(path, &ReadOptions::default()).unwrap()
}

/// Checks that two images have the same windows, types, bits and codec, and that the first has
/// every attribute of the second. Says nothing of samples, which are too many.
#[track_caller]
pub fn same(restored: &Path, original: &Path) {
    let (a, b) = (read(restored), read(original));
    let facts = |image: &Image| {
        (
            image.display,
            image.data,
            image.pixel_aspect,
            image.header().channels,
        )
    };
    assert_eq!(facts(&a), facts(&b));
    assert!(a.channels == b.channels, "the samples differ");
    assert_eq!(
        (a.metadata.format, a.metadata.codec),
        (b.metadata.format, b.metadata.codec)
    );
    for attribute in &b.metadata.attributes {
        assert_eq!(a.metadata.get(&attribute.name), Some(attribute));
    }
}

/// A texture that no two pixels share, from 0 to 1.
pub fn texture(x: i32, y: i32, channel: usize) -> f32 {
    let seed =
        (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_add(channel as i32 * 31_337);
    (seed.rem_euclid(65_521)) as f32 / 65_521.0
}

/// The texture with a few pixels painted.
pub fn painted(x: i32, y: i32, channel: usize) -> f32 {
    if (3..6).contains(&x) && (2..5).contains(&y) {
        texture(x + 9, y, channel)
    } else {
        texture(x, y, channel)
    }
}

/// The samples of a channel as floats.
pub fn floats(image: &Image, channel: &str) -> Vec<f32> {
    image.channel(channel).unwrap().samples.to_f32()
}
