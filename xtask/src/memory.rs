//! What min, plus and compare take of memory against the size of the frame.
//!
//! The frames are RGBA floats, made and written strip by strip: they are not held whole here either.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use images::{
    Channel, ChannelInfo, Codec, Format, Header, Image, Metadata, Rect, SampleType, Samples,
    WriteOptions, write_strips,
};

use crate::bench::machine;
use crate::bench::page::Page;
use crate::{bench_pipeline, peak};

/// Sides of the frames that are measured.
pub const SIDES: [i32; 5] = [2_000, 4_000, 8_000, 12_000, 20_000];

/// What no command may take at any size, in MiB.
const PROMISED: f64 = 1024.0;

/// Rows that are made at once.
const ROWS: usize = 128;

/// Measures in `target/memory`, which it makes new, one size and format at a time.
///
/// # Errors
///
/// Where a command fails, or takes more memory than is promised.
pub fn run(root: &Path, sides: &[i32], formats: &[String], print: bool) -> Result<(), String> {
    let folder = root.join("target/memory");
    let binary = bench_pipeline::build(root)?;
    let mut rows = Vec::new();
    for &side in sides {
        for format in formats {
            // What an earlier size left.
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            let row = Frame { side, format }.measure(&binary, &folder)?;
            eprintln!("{row}");
            rows.push(row);
        }
    }
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let table = format!(
        "| frame | bytes in memory | stored | {} |\n|---|--:|--:|--:|--:|--:|\n{}\n\n{}",
        COMMANDS.map(|(name, _)| format!("`{name}`")).join(" | "),
        rows.join("\n"),
        machine::describe()
    );
    if print {
        println!("{table}");
        return Ok(());
    }
    let mut page = Page::named(root, "memory.md")?;
    page.replace("memory", &table)?;
    page.write()
}

/// The commands; `compare` tells whether the frame came back.
const COMMANDS: [(&str, &[&str]); 3] = [
    ("min", &["@bg", "@p", "-o", "d.exr"]),
    ("plus", &["@bg", "d.exr", "-o", "@back"]),
    ("compare", &["@back", "@p"]),
];

/// A square frame.
struct Frame<'a> {
    side: i32,
    format: &'a str,
}

impl Frame<'_> {
    /// Makes a background and a painted plate, and runs the commands on them; gives a row of the table.
    fn measure(&self, binary: &Path, folder: &Path) -> Result<String, String> {
        let stored = self
            .make("bg", folder, background)?
            .max(self.make("p", folder, painted)?);
        let mut row = format!(
            "| {0} x {0} {1} | {2} | {3} |",
            self.side,
            self.format,
            mib(self.header()?.decoded_bytes()),
            mib(stored)
        );
        for (name, words) in COMMANDS {
            let word = |word: &&str| match word.strip_prefix('@') {
                Some(file) => self.file(file),
                None => PathBuf::from(word),
            };
            let mut command = Command::new(binary);
            command
                .arg(name)
                .args(words.iter().map(word))
                .arg("--quiet")
                .current_dir(folder)
                .stdout(Stdio::null());
            let begin = Instant::now();
            let (status, peak) = peak::run(&mut command)?;
            let seconds = begin.elapsed().as_secs_f64();
            if !status.success() {
                return Err(format!("{name} at {} x {0}: {status}", self.side));
            }
            if peak >= PROMISED {
                return Err(format!(
                    "{name} at {} x {0} {} took {peak:.0} MiB; less than {PROMISED} are promised",
                    self.side, self.format
                ));
            }
            row += &format!(" {peak:.0} MiB, {seconds:.0} s |");
        }
        Ok(row)
    }

    fn file(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{name}.{}", self.format))
    }

    fn header(&self) -> Result<Header, String> {
        let format = Format::from_name(self.format)
            .ok_or_else(|| format!("{} is no format of images", self.format))?;
        let window = Rect::new(0, 0, self.side, self.side);
        Ok(Header {
            display: window,
            data: window,
            pixel_aspect: 1.0,
            channels: ["R", "G", "B", "A"]
                .map(|name| ChannelInfo {
                    name: name.to_owned(),
                    sample_type: SampleType::Float,
                })
                .into(),
            metadata: Metadata::new(format),
        })
    }

    /// Writes a plate; gives the file's size.
    fn make(
        &self,
        name: &str,
        folder: &Path,
        sample: fn([i32; 2], i32, usize) -> f32,
    ) -> Result<u64, String> {
        let header = self.header()?;
        let strip = |rows: std::ops::Range<i32>| {
            let channel = |(index, info): (usize, &ChannelInfo)| {
                let pixels = rows
                    .clone()
                    .flat_map(|y| (0..self.side).map(move |x| [x, y]));
                let samples = pixels.map(|at| sample(at, self.side, index)).collect();
                Channel {
                    name: info.name.clone(),
                    samples: Samples::Float(samples),
                }
            };
            Ok::<_, images::Error>(Image {
                display: header.display,
                data: Rect::new(0, rows.start, self.side, rows.end),
                pixel_aspect: 1.0,
                channels: header.channels.iter().enumerate().map(channel).collect(),
                metadata: header.metadata.clone(),
            })
        };
        let options = WriteOptions {
            codec: Some(match header.metadata.format {
                Format::Exr => Codec::Zip,
                _ => Codec::Deflate,
            }),
            ..WriteOptions::default()
        };
        let path = folder.join(self.file(name));
        write_strips(&path, &header, ROWS, strip, |_| Ok(()), &options)
            .map_err(|error| error.to_string())
    }
}

/// Patches of flat colour, every eighth of them with a grain of its own: it packs well, so that the
/// largest frames fit on a disk, and every strip is another.
fn background([x, y]: [i32; 2], _: i32, channel: usize) -> f32 {
    if channel == 3 {
        return 1.0;
    }
    let patch = mixed((x >> 6) as u32, (y >> 6) as u32, channel as u32);
    let colour = (patch & 0x3ff) as f32 / 1024.0;
    match patch >> 29 {
        0 => colour + (mixed(x as u32, y as u32, channel as u32) & 0xfff) as f32 / 65_536.0,
        _ => colour,
    }
}

/// A disc in the middle is darker by half a stop, and here and there is a speck of dust.
fn painted([x, y]: [i32; 2], side: i32, channel: usize) -> f32 {
    let below = background([x, y], side, channel);
    if channel == 3 {
        return below;
    }
    let from_centre = |at: i32| i64::from(at - side / 2).pow(2);
    if from_centre(x) + from_centre(y) < i64::from(side / 10).pow(2) {
        return below * std::f32::consts::FRAC_1_SQRT_2;
    }
    match mixed((x >> 2) as u32, (y >> 2) as u32, 7) % 4096 {
        0 => 0.9,
        _ => below,
    }
}

/// Bits that look like chance.
fn mixed(x: u32, y: u32, z: u32) -> u32 {
    let mut bits =
        x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ z.wrapping_mul(0xc2b2_ae3d);
    for _ in 0..2 {
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x2c1b_3c6d);
    }
    bits ^ (bits >> 16)
}

fn mib(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}
