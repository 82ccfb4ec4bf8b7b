//! What the command line's pipeline makes of a shot: frames a second beside those of the codecs
//! alone, the work that no pipeline can spare, and its memory over the length of the shot.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use images::{Channel, Codec, Image, ReadOptions, Rect, Samples, WriteOptions};

use crate::bench::page::Page;
use crate::{cpu, peak};

/// 2K, full aperture.
pub(crate) const WIDTH: usize = 2048;
pub(crate) const HEIGHT: usize = 1556;

/// Measures in `target/bench-pipeline`, which it makes new, and writes docs/performance.md; `frames` 2K half
/// frames are written.
pub fn run(root: &Path, frames: usize) -> Result<(), String> {
    if cfg!(debug_assertions) {
        return in_release(root, frames);
    }
    let folder = root.join("target/bench-pipeline");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let binary = build(root)?;
    let shot = Shot::make(root, &folder, frames)?;
    let mut speed = format!(
        "{frames} frames of {WIDTH}x{HEIGHT} RGB half, ZIP; frames/s\n\n\
         | command | decoding alone | encoding alone | one frame at once | pipeline | of the slower |\n\
         |---|---|---|---|---|---|\n"
    );
    let mut work = "Milliseconds of processor time a frame\n\n\
         | command | decoding | encoding | hashes | decoding for the proof | together | the command | \
         together, on all cores, frames/s |\n\
         |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for command in COMMANDS {
        // The difference must be there before it can be measured.
        let pipeline = shot.run(&binary, command, &[])?;
        let single = shot.run(&binary, command, &["--jobs", "1"])?;
        let files = shot.files(command);
        let decode = decoding(&files.read)?.of(frames);
        let encode = encoding(&files.written, &folder)?.of(frames);
        let hashes = hashing(&files.hashed)?.of(frames);
        let proof = decoding(&files.written)?.of(frames);
        let slower = decode.per_second.min(encode.per_second);
        speed += &format!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
            command.name,
            decode.per_second,
            encode.per_second,
            single.per_second,
            pipeline.per_second,
            pipeline.per_second / slower
        );
        let parts = [decode, encode, hashes, proof].map(|part| part.cpu_ms);
        let together: f64 = parts.iter().sum();
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let [decode, encode, hashes, proof] = parts;
        work += &format!(
            "| {} | {decode:.0} | {encode:.0} | {hashes:.0} | {proof:.0} | {together:.0} | {:.0} | {:.2} |\n",
            command.name,
            pipeline.cpu_ms,
            1000.0 * cores / together
        );
    }
    let mut memory = "Peak resident memory of `min` over small frames (256x256 RGB half), MiB\n\n\
         | frames | MiB |\n|---|---|\n"
        .to_owned();
    for frames in [10, 100, 1000] {
        let peak = peak_mib(&binary, root, &folder, frames)?;
        memory += &format!("| {frames} | {peak:.1} |\n");
    }
    let section = format!("{speed}\n{work}\n{memory}");
    println!("{section}");
    let mut page = Page::read(root)?;
    page.replace("pipeline", &section)?;
    page.write()?;
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// The codecs alone are measured in this program: as fast as they are where they ship.
fn in_release(root: &Path, frames: usize) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--release", "--package", "xtask", "--"])
        .args(["bench-pipeline", "--frames", &frames.to_string()])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err("the pipeline was not measured".to_owned()),
    }
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

/// A command over the shot: its words, the names of what it reads, writes and hashes.
#[derive(Clone, Copy)]
struct Job {
    name: &'static str,
    words: &'static [&'static str],
    read: [&'static str; 2],
    written: &'static [&'static str],
    /// Those that are hashed as backgrounds, and as painted plates.
    hashed: [&'static str; 2],
}

const COMMANDS: [Job; 5] = [
    Job {
        name: "`min`, painted in places",
        words: &[
            "min",
            "background.#.exr",
            "painted.#.exr",
            "-o",
            "difference.#.exr",
        ],
        read: ["background", "painted"],
        written: &["difference"],
        hashed: ["background", "painted"],
    },
    Job {
        name: "`plus`, painted in places",
        words: &[
            "plus",
            "background.#.exr",
            "difference.#.exr",
            "-o",
            "restored.#.exr",
        ],
        read: ["background", "difference"],
        written: &["restored"],
        hashed: ["background", "painted"],
    },
    Job {
        name: "`roundtrip`, painted in places",
        words: &[
            "roundtrip",
            "background.#.exr",
            "painted.#.exr",
            "--out",
            "out",
        ],
        read: ["background", "painted"],
        written: &["out/painted.difference", "out/painted"],
        hashed: ["background", "painted"],
    },
    Job {
        name: "`min`, all graded",
        words: &[
            "min",
            "background.#.exr",
            "graded.#.exr",
            "-o",
            "grade.#.exr",
        ],
        read: ["background", "graded"],
        written: &["grade"],
        hashed: ["background", "graded"],
    },
    Job {
        name: "`plus`, all graded",
        words: &[
            "plus",
            "background.#.exr",
            "grade.#.exr",
            "-o",
            "regraded.#.exr",
        ],
        read: ["background", "grade"],
        written: &["regraded"],
        hashed: ["background", "graded"],
    },
];

/// What a command reads, writes and hashes, in the order of the frames.
struct Files {
    read: Vec<PathBuf>,
    written: Vec<PathBuf>,
    hashed: [Vec<PathBuf>; 2],
}

/// What some work took.
#[derive(Clone, Copy, Default)]
struct Took {
    time: Duration,
    cpu: Duration,
}

impl Took {
    fn of(self, frames: usize) -> Pace {
        Pace {
            per_second: frames as f64 / self.time.as_secs_f64(),
            cpu_ms: 1000.0 * self.cpu.as_secs_f64() / frames as f64,
        }
    }

    /// Does some work, and counts what it takes.
    fn add<T>(&mut self, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        let (begin, before) = (Instant::now(), cpu::of_this()?);
        let done = work()?;
        self.time += begin.elapsed();
        self.cpu += cpu::of_this()?.saturating_sub(before);
        Ok(done)
    }
}

/// Frames a second, and milliseconds of the processors a frame.
#[derive(Clone, Copy)]
struct Pace {
    per_second: f64,
    cpu_ms: f64,
}

/// A shot on disk.
struct Shot {
    folder: PathBuf,
    frames: usize,
}

impl Shot {
    /// Photographs in every frame: the example plates, painted in one place, moved on from frame to
    /// frame; and all of them with a gain.
    fn make(root: &Path, folder: &Path, frames: usize) -> Result<Self, String> {
        let plate = |name: &str| read(&root.join(format!("examples/plates/{name}.exr")));
        let (background, painted) = (plate("background")?, plate("painted")?);
        for frame in 1..=frames {
            let save = |name: &str, image: &Image| {
                write(&folder.join(format!("{name}.{frame}.exr")), image)
            };
            let shift = frame * 5 % 400;
            let film = |tile| film([tile, &background], [WIDTH, HEIGHT], shift);
            let mut plate = film(&background);
            save("background", &plate)?;
            save("painted", &film(&painted))?;
            for channel in &mut plate.channels {
                let graded = channel.samples.to_f32().into_iter();
                let graded: Vec<f32> = graded.map(|light| light * 1.02).collect();
                channel.samples = Samples::from_f32(channel.samples.sample_type(), &graded);
            }
            save("graded", &plate)?;
        }
        Ok(Shot {
            folder: folder.to_path_buf(),
            frames,
        })
    }

    fn files(&self, job: Job) -> Files {
        let frames = 1..=self.frames;
        let path = |name: &str, frame: usize| match name {
            // As `roundtrip` names it.
            "out/painted.difference" => self
                .folder
                .join(format!("out/painted.{frame}.difference.exr")),
            _ => self.folder.join(format!("{name}.{frame}.exr")),
        };
        let paths = |names: &[&str]| -> Vec<PathBuf> {
            let each = frames
                .clone()
                .flat_map(|frame| names.iter().map(move |name| (name, frame)));
            each.map(|(name, frame)| path(name, frame)).collect()
        };
        Files {
            read: paths(&job.read),
            written: paths(job.written),
            hashed: job.hashed.map(|name| paths(&[name])),
        }
    }

    /// Frames a second as the command itself reports them.
    fn run(&self, binary: &Path, job: Job, options: &[&str]) -> Result<Pace, String> {
        let before = cpu::of_children()?;
        let output = Command::new(binary)
            .args(job.words)
            .args(["--json", "--quiet"])
            .args(options)
            .current_dir(&self.folder)
            .output()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let cpu = cpu::of_children()?.saturating_sub(before);
        let report: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        match report["done"].as_u64() {
            Some(done) if done == self.frames as u64 => {}
            _ => return Err(format!("{}: {report}", job.name)),
        }
        let rate = report["framesPerSecond"].as_f64();
        Ok(Pace {
            per_second: rate.ok_or("the report has no framesPerSecond")?,
            cpu_ms: 1000.0 * cpu.as_secs_f64() / self.frames as f64,
        })
    }
}

/// The parts of an EXR.
fn parts_of(file: &Path) -> Result<Vec<Image>, String> {
    let mut parts = images::Parts::open(file).map_err(|error| error.to_string())?;
    let count = parts.headers().len();
    let images = (0..count).map(|part| parts.read(part, &ReadOptions::default()));
    images
        .map(|image| image.map_err(|error| error.to_string()))
        .collect()
}

/// Reading these files, one after the other, each on all cores.
fn decoding(files: &[PathBuf]) -> Result<Took, String> {
    let mut took = Took::default();
    for file in files {
        took.add(|| {
            for mut image in black_box(parts_of(file)?) {
                image.recycle();
            }
            Ok(())
        })?;
    }
    Ok(took)
}

/// Writing what these files hold, one after the other, each on all cores.
fn encoding(files: &[PathBuf], folder: &Path) -> Result<Took, String> {
    let target = folder.join("encoded.exr");
    let mut took = Took::default();
    for file in files {
        let images = parts_of(file)?;
        let names: Vec<String> = (0..images.len()).map(|part| part.to_string()).collect();
        let parts = names.iter().zip(&images);
        let parts: Vec<(&str, &Image, Codec)> = parts
            .map(|(name, image)| (name.as_str(), image, Codec::Zip))
            .collect();
        took.add(|| {
            images::write_parts(&target, &parts, &WriteOptions::default())
                .map_err(|error| error.to_string())
        })?;
    }
    Ok(took)
}

/// Hashing these backgrounds and painted plates.
fn hashing([backgrounds, painted]: &[Vec<PathBuf>; 2]) -> Result<Took, String> {
    let mut took = Took::default();
    for (background, painted) in backgrounds.iter().zip(painted) {
        let (background, painted) = (read(background)?, read(painted)?);
        took.add(|| {
            black_box(transfer::background_hash(&background));
            black_box(transfer::painted_hash(&painted));
            Ok(())
        })?;
    }
    Ok(took)
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
