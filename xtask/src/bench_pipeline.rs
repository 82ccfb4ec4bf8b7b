//! What the command line's pipeline makes of a shot: frames a second beside those of the codecs
//! alone, and its memory over the length of the shot.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use images::{Channel, Codec, Image, ReadOptions, Rect, Samples, WriteOptions};

use crate::peak;

/// 2K, full aperture.
pub(crate) const WIDTH: usize = 2048;
pub(crate) const HEIGHT: usize = 1556;

/// Measures in `target/bench-pipeline`, which it makes new; `frames` 2K half frames are written.
pub fn run(root: &Path, frames: usize) -> Result<(), String> {
    let folder = root.join("target/bench-pipeline");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let binary = build(root)?;
    let shot = Shot::make(root, &folder, frames)?;
    println!("{frames} frames of {WIDTH}x{HEIGHT} RGB half, ZIP; frames/s\n");
    println!(
        "| command | decoding alone | encoding alone | one frame at once | pipeline | of the slower |"
    );
    println!("|---|---|---|---|---|---|");
    for command in [Half::Min, Half::Plus] {
        let files = shot.files(command);
        // The difference must be there before it can be measured.
        let pipeline = shot.frames_per_second(&binary, command, &[])?;
        let single = shot.frames_per_second(&binary, command, &["--jobs", "1"])?;
        let decode = decoding(&files.read)?;
        let encode = encoding(&files.written, &folder)?;
        println!(
            "| {} | {decode:.2} | {encode:.2} | {single:.2} | {pipeline:.2} | {:.2} |",
            command.name(),
            pipeline / decode.min(encode)
        );
    }
    println!("\nPeak resident memory of `min` over small frames (256x256 RGB half)\n");
    println!("| frames | MiB |");
    println!("|---|---|");
    for frames in [10, 100, 1000] {
        println!(
            "| {frames} | {:.1} |",
            peak_mib(&binary, root, &folder, frames)?
        );
    }
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// The command line as it ships.
pub fn build(root: &Path) -> Result<PathBuf, String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--package",
            "deltaplate-cli",
            "--message-format=json",
        ])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut programs = messages.filter_map(|message: serde_json::Value| {
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    programs
        .next_back()
        .ok_or_else(|| "the command line does not build".to_owned())
}

#[derive(Clone, Copy)]
enum Half {
    Min,
    Plus,
}

impl Half {
    fn name(self) -> &'static str {
        match self {
            Half::Min => "min",
            Half::Plus => "plus",
        }
    }
}

/// What a command reads and writes, frame by frame.
struct Files {
    read: Vec<PathBuf>,
    written: Vec<PathBuf>,
}

/// A shot on disk.
struct Shot {
    folder: PathBuf,
    frames: usize,
}

impl Shot {
    /// Photographs in every frame: the example plates, painted in one place, moved on from frame to
    /// frame.
    fn make(root: &Path, folder: &Path, frames: usize) -> Result<Self, String> {
        let plate = |name: &str| read(&root.join(format!("examples/plates/{name}.exr")));
        let (background, painted) = (plate("background")?, plate("painted")?);
        for (name, tile) in [("background", &background), ("painted", &painted)] {
            for frame in 1..=frames {
                let image = film([tile, &background], [WIDTH, HEIGHT], frame * 5 % 400);
                write(&folder.join(format!("{name}.{frame}.exr")), &image)?;
            }
        }
        Ok(Shot {
            folder: folder.to_path_buf(),
            frames,
        })
    }

    fn paths(&self, name: &str) -> Vec<PathBuf> {
        let frames = 1..=self.frames;
        frames
            .map(|frame| self.folder.join(format!("{name}.{frame}.exr")))
            .collect()
    }

    fn files(&self, command: Half) -> Files {
        let [background, painted, difference] =
            ["background", "painted", "difference"].map(|name| self.paths(name));
        let read = match command {
            Half::Min => [background, painted.clone()].concat(),
            Half::Plus => [background, difference.clone()].concat(),
        };
        let written = match command {
            Half::Min => difference,
            Half::Plus => painted,
        };
        Files { read, written }
    }

    /// As the command itself reports it.
    fn frames_per_second(
        &self,
        binary: &Path,
        command: Half,
        options: &[&str],
    ) -> Result<f64, String> {
        let words: &[&str] = match command {
            Half::Min => &[
                "min",
                "background.#.exr",
                "painted.#.exr",
                "-o",
                "difference.#.exr",
            ],
            Half::Plus => &[
                "plus",
                "background.#.exr",
                "difference.#.exr",
                "-o",
                "restored.#.exr",
            ],
        };
        let output = Command::new(binary)
            .args(words)
            .args(["--json", "--quiet"])
            .args(options)
            .current_dir(&self.folder)
            .output()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let report: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        match report["done"].as_u64() {
            Some(done) if done == self.frames as u64 => {}
            _ => return Err(format!("{}: {report}", command.name())),
        }
        let rate = report["framesPerSecond"].as_f64();
        rate.ok_or_else(|| "the report has no framesPerSecond".to_owned())
    }
}

/// Frames a second of reading these files, one after the other, each on all cores. Files of one
/// frame count together.
fn decoding(files: &[PathBuf]) -> Result<f64, String> {
    let begin = Instant::now();
    for file in files {
        match images::Parts::open(file) {
            Ok(mut parts) if parts.headers().len() > 1 => {
                for part in 0..parts.headers().len() {
                    let image = parts.read(part, &ReadOptions::default());
                    black_box(image.map_err(|error| error.to_string())?);
                }
            }
            _ => {
                black_box(read(file)?);
            }
        }
    }
    // Two inputs a frame.
    Ok(files.len() as f64 / 2.0 / begin.elapsed().as_secs_f64())
}

/// Frames a second of writing what these files hold, one after the other, each on all cores.
fn encoding(files: &[PathBuf], folder: &Path) -> Result<f64, String> {
    let target = folder.join("encoded.exr");
    let mut elapsed = Duration::ZERO;
    for file in files {
        let mut parts = images::Parts::open(file).map_err(|error| error.to_string())?;
        let mut images = Vec::new();
        for part in 0..parts.headers().len() {
            let image = parts.read(part, &ReadOptions::default());
            images.push(image.map_err(|error| error.to_string())?);
        }
        let names: Vec<String> = (0..images.len()).map(|part| part.to_string()).collect();
        let parts = names.iter().zip(&images);
        let parts: Vec<(&str, &Image, Codec)> = parts
            .map(|(name, image)| (name.as_str(), image, Codec::Zip))
            .collect();
        let begin = Instant::now();
        images::write_parts(&target, &parts, &WriteOptions::default())
            .map_err(|error| error.to_string())?;
        elapsed += begin.elapsed();
    }
    Ok(files.len() as f64 / elapsed.as_secs_f64())
}

/// The peak of the memory of `min` over so many frames, in MiB.
fn peak_mib(binary: &Path, root: &Path, folder: &Path, frames: usize) -> Result<f64, String> {
    let home = folder.join(format!("small{frames}"));
    fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    for name in ["background", "painted"] {
        let plate = read(&root.join(format!("examples/plates/{name}.exr")))?;
        let first = home.join(format!("{name}.exr"));
        write(&first, &film([&plate, &plate], [256, 256], 200))?;
        for frame in 1..=frames {
            let path = home.join(format!("{name}.{frame}.exr"));
            fs::hard_link(&first, &path).map_err(|error| error.to_string())?;
        }
    }
    let mut command = Command::new(binary);
    command
        .args([
            "min",
            "background.#.exr",
            "painted.#.exr",
            "-o",
            "difference.#.exr",
        ])
        .args(["--quiet", "--jobs", "4"])
        .current_dir(&home)
        .stdout(Stdio::null());
    peak::run(&mut command).map(|(_, peak)| peak)
}

/// A frame of this size: the photograph `rest` repeated, in one place `tile` of the same size, all moved by
/// `shift` pixels both ways. The film's grain, of a hundredth, is another in each frame: a photograph
/// repeated packs into next to nothing, and is unpacked in no time.
pub(crate) fn film([tile, rest]: [&Image; 2], [width, height]: [usize; 2], shift: usize) -> Image {
    let (across, down) = (rest.data.width(), rest.data.height());
    let channels = tile.channels.iter().zip(&rest.channels).enumerate();
    let channel = |(index, (tile, rest)): (usize, (&Channel, &Channel))| {
        let [tile_floats, floats] = [tile, rest].map(|channel| channel.samples.to_f32());
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x + shift, y + shift)));
        let pixels = pixels.map(|(x, y)| {
            let photograph = match (x / across, y / down) {
                (1, 1) => &tile_floats,
                _ => &floats,
            };
            photograph[y % down * across + x % across] * (1.0 + 0.01 * grain([x, y, index, shift]))
        });
        Channel {
            name: rest.name.clone(),
            samples: Samples::from_f32(rest.samples.sample_type(), &pixels.collect::<Vec<_>>()),
        }
    };
    let window = Rect::new(0, 0, width as i32, height as i32);
    Image {
        display: window,
        data: window,
        channels: channels.map(channel).collect(),
        ..rest.clone()
    }
}

/// A number from -1 to 1 that looks random.
fn grain(seed: [usize; 4]) -> f32 {
    let mut hash: u64 = 0x9e37_79b9_7f4a_7c15;
    for part in seed {
        hash = (hash ^ part as u64).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^= hash >> 32;
    }
    (hash >> 40) as f32 / (1 << 23) as f32 - 1.0
}

pub(crate) fn read(path: &Path) -> Result<Image, String> {
    images::read(path, &ReadOptions::default()).map_err(|error| error.to_string())
}

pub(crate) fn write(path: &Path, image: &Image) -> Result<u64, String> {
    let options = WriteOptions {
        codec: Some(Codec::Zip),
        ..WriteOptions::default()
    };
    images::write(path, image, &options).map_err(|error| error.to_string())
}
