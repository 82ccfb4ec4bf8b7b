//! The arguments.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};
use images::{Codec, FrameRange, Pattern};
use transfer::Packing;

use crate::strips::Memory;

mod extract;

pub use extract::{Blend, Extract, Method, Opacity, OpacityMode, Output, Overlay, Space};

const EXIT_CODES: &str = "\
Exit codes:
  0         done, or equal
  1         images differ, a wrong background, a failed proof, or a bundle with errors
  2         wrong arguments
  3         a plug-in or graph cannot be loaded, or fails
  4         an image cannot be read or written, or is refused
  130, 143  stopped by Ctrl-C, SIGTERM";

/// Sends a painted plate as its exact difference to the background, and proves it.
///
/// Every command works through OpenFX calls, so what it prints is what a compositing host gets.
/// Reports go to stdout, all else to stderr.
#[derive(Debug, Parser)]
#[command(name = "deltaplate", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// Print the report as one JSON document.
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing on stderr but errors.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more on stderr; twice for details, three times for every call.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take the difference, write it, read it back, rebuild the painted plate and compare.
    ///
    /// The difference is written to DIR as NAME.difference.exr, and the painted plate that Plus
    /// rebuilds from it under the painted plate's own name, type and format. It is exact when every
    /// channel of the rebuilt file, as read back from disk, has the native bits of the painted
    /// plate. If not, both files stay to be looked at, and the exit code is 1.
    Roundtrip(Roundtrip),
    /// Write the difference of a painted plate to its background.
    ///
    /// Min is short for minus. Before it is written, the difference is added to the background by
    /// a decoder that does without the nodes; one that does not restore the painted plate bit for
    /// bit is not written.
    Min(Min),
    /// Rebuild a painted plate from its background and the difference.
    ///
    /// The difference knows its background and its painted plate by their hashes: another
    /// background is refused, and a result that is not the painted plate is not written.
    Plus(Plus),
    /// Compare two images: verdict, figures, heat map.
    ///
    /// A is the candidate, B the reference, as the clips of the node Compare. Without a tolerance,
    /// only samples of equal bits pass; with several, a sample passes that any of them accepts.
    /// Codes of images are compared by their values from 0 to 1; integers of an EXR, such as ids, pass
    /// only where they are equal. Coordinates are those of the file, y down.
    Compare(Compare),
    /// Extract the layer that lies over a known background: a reflection, a title, a watermark.
    ///
    /// Opacity, noise, and how far the background is out of place, are measured first, as the
    /// button Analyze of the node OverlayExtract does; then the layer is estimated. The report
    /// says how far to trust it: of a ghost index up to 1.05 nothing is left of the background,
    /// and residualRms is what the layer does not explain. A picture of shades of grey counts as
    /// one of colours; other channels and layers are left out.
    Extract(Box<Extract>),
    /// Put the differences of a whole shot into one EXR.
    ///
    /// Any EXR reader opens it: its parts are named difference.1001, residual.1001 and so on, and
    /// one frame is read without the others. The frame's number is the last one in a file's name.
    Pack(Pack),
    /// Take differences out of a pack, each as its own file was.
    Unpack(Unpack),
    /// Show one pixel of an image or a difference.
    ///
    /// Of an EXR only the block of lines that holds the pixel is read, from each part: of a
    /// difference of gigabytes a few kilobytes. Coordinates are those of the file, y down.
    Probe(Probe),
    /// Show what a file is, without its pixels.
    ///
    /// Windows, channels, codec, bits per pixel, whether the codec loses something, and whether it
    /// is a Deltaplate transfer, with all that it carries.
    Info(Info),
    /// Run a graph of nodes.
    Render(Render),
    /// List the nodes, or describe one.
    Nodes(Nodes),
}

/// Which frames of a sequence, and how the run goes through them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sequences")]
pub struct Sequence {
    /// The frames of a sequence: 1001-1100, 1001-1100x2, 1001-1010,1020.
    ///
    /// Without it all frames that are there of the first input whose name has #### (or %04d, or @)
    /// for the frame's number. An input without such a place is the same for all frames; of a pack,
    /// these are frames in it.
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub frames: Option<FrameRange>,
    /// Work on N frames at once; one more than there are cores, but at most 4, where none is named.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Go on past frames that fail or are missing; the exit code is the highest.
    #[arg(long)]
    pub keep_going: bool,
    /// Say on stderr how far the run is as Open Job Description reads it: `openjd_progress: 50`.
    #[arg(long)]
    pub openjd: bool,
}

impl Sequence {
    /// The same for one frame.
    pub fn only(&self, frame: i64) -> Self {
        Sequence {
            frames: Some(frame.into()),
            ..*self
        }
    }

    /// Frames at once.
    pub fn at_once(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        // One waits for the disk.
        self.jobs.map_or_else(|| (cores() + 1).min(4), usize::from)
    }
}

/// How much is held at once.
#[derive(Debug, Args)]
pub struct Held {
    /// Work on frames that would take more memory than this strip by strip: 512M, 2G.
    ///
    /// It counts for each frame that is worked on. The results are the same, byte for byte.
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = memory)]
    pub memory: Memory,
}

/// How much may be held where frames are held whole.
#[derive(Debug, Args)]
pub struct Whole {
    /// Refuse frames that would take more memory than this: 2G, 64G. Here they are held whole.
    ///
    /// It counts for each frame that is worked on, and is reckoned from the size of its images.
    #[arg(long, value_name = "SIZE", default_value = "8G", value_parser = memory)]
    pub memory: Memory,
}

/// What happens to outputs that are there.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sequences")]
pub struct Existing {
    /// Leave frames as they are whose outputs are all there.
    #[arg(long)]
    pub skip_existing: bool,
}

/// `deltaplate roundtrip`
#[derive(Debug, Args)]
pub struct Roundtrip {
    /// The plate before it was painted.
    #[arg(value_name = "BG")]
    pub background: PathBuf,
    /// The plate after it was painted.
    pub painted: PathBuf,
    /// The folder for both results; made if there is none.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How the difference is packed.
    #[command(flatten)]
    pub packing: Packed,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
    /// What happens to outputs that are there.
    #[command(flatten)]
    pub existing: Existing,
    /// How much is held at once.
    #[command(flatten)]
    pub held: Held,
}

/// `deltaplate min`
#[derive(Debug, Args)]
pub struct Min {
    /// The plate before it was painted.
    #[arg(value_name = "BG")]
    pub background: PathBuf,
    /// The plate after it was painted.
    pub painted: PathBuf,
    /// The difference: an EXR.
    #[arg(
        short = 'o',
        long = "output",
        value_name = "DIFF.exr",
        required_unless_present = "estimate"
    )]
    pub output: Option<PathBuf>,
    /// Write nothing: say how large the difference will be, from packing a sample of it.
    #[arg(long, conflicts_with_all = ["output", "skip_existing"])]
    pub estimate: bool,
    /// How the difference is packed.
    #[command(flatten)]
    pub packing: Packed,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
    /// What happens to outputs that are there.
    #[command(flatten)]
    pub existing: Existing,
    /// How much is held at once.
    #[command(flatten)]
    pub held: Held,
}

/// `deltaplate plus`
#[derive(Debug, Args)]
pub struct Plus {
    /// The background that the difference was made against.
    #[arg(value_name = "BG")]
    pub background: PathBuf,
    /// What `deltaplate min` wrote.
    #[arg(value_name = "DIFF")]
    pub difference: PathBuf,
    /// The rebuilt painted plate: an .exr, .tif, .png, .dpx or .hdr.
    #[arg(short = 'o', long = "output", value_name = "OUT")]
    pub output: PathBuf,
    /// Write the sum even with another background, or where the proof fails.
    #[arg(long)]
    pub force: bool,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
    /// What happens to outputs that are there.
    #[command(flatten)]
    pub existing: Existing,
    /// How much is held at once.
    #[command(flatten)]
    pub held: Held,
}

/// `deltaplate pack`
#[derive(Debug, Args)]
pub struct Pack {
    /// What `deltaplate min` wrote, a file for each frame: their names, or one with ####, %04d or @.
    #[arg(value_name = "DIFF", required = true)]
    pub differences: Vec<PathBuf>,
    /// The pack.
    #[arg(short = 'o', long = "output", value_name = "SHOT.exr")]
    pub output: PathBuf,
    /// The frames of a sequence: 1001-1100, 1001-1100x2, 1001-1010,1020; all that are there without.
    #[arg(
        long,
        value_name = "RANGE",
        allow_hyphen_values = true,
        help_heading = "Sequences"
    )]
    pub frames: Option<FrameRange>,
    /// Leave out frames that are missing.
    #[arg(long, help_heading = "Sequences")]
    pub keep_going: bool,
}

/// `deltaplate unpack`
#[derive(Debug, Args)]
pub struct Unpack {
    /// What `deltaplate pack` wrote.
    #[arg(value_name = "SHOT.exr")]
    pub pack: PathBuf,
    /// The differences; the number stands where the name has ####, %04d or @.
    #[arg(short = 'o', long = "output", value_name = "DIFF.####.exr")]
    pub output: PathBuf,
    /// Only this frame; may be given several times.
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        conflicts_with = "frames"
    )]
    pub frame: Vec<i64>,
    /// Which frames; without, all that are in the pack.
    #[command(flatten)]
    pub sequence: Sequence,
    /// What happens to outputs that are there.
    #[command(flatten)]
    pub existing: Existing,
}

/// `deltaplate probe`
#[derive(Debug, Args)]
pub struct Probe {
    /// A difference, or any other image.
    pub file: PathBuf,
    /// The pixel's column.
    #[arg(allow_negative_numbers = true)]
    pub x: i32,
    /// The pixel's row; 0 is the top.
    #[arg(allow_negative_numbers = true)]
    pub y: i32,
    /// Only this frame of a pack: as --frames N.
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        conflicts_with = "frames"
    )]
    pub frame: Option<i64>,
    /// Which frames: files of a sequence, or frames of a pack.
    #[command(flatten)]
    pub sequence: Sequence,
}

impl Probe {
    /// The frames that are files, and those that are in a pack.
    pub fn frames(&self) -> (Sequence, Vec<i64>) {
        let files = self.sequence.clone();
        match (self.frame, Pattern::parse(&self.file)) {
            (Some(frame), _) => (files, vec![frame]),
            (None, Some(_)) if !self.file.exists() => (files, Vec::new()),
            (None, _) => {
                let frames = files
                    .frames
                    .clone()
                    .map_or(Vec::new(), FrameRange::into_frames);
                let files = Sequence {
                    frames: None,
                    ..files
                };
                (files, frames)
            }
        }
    }
}

/// `deltaplate info`
#[derive(Debug, Args)]
pub struct Info {
    /// A difference, or any other image.
    pub file: PathBuf,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
}

/// How a difference is packed.
#[derive(Debug, Args)]
pub struct Packed {
    /// The codec of the difference; auto tries ZIP, PIZ and ZIP in tiles, and takes the smallest.
    #[arg(long, value_name = "CODEC", default_value = "zip", value_parser = codec_parser())]
    codec: Packing,
    /// Write tiles of N x N pixels instead of scan lines: one pixel is read from one tile.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65536))]
    tile: Option<u32>,
}

impl Packed {
    /// How the difference is packed.
    pub fn packing(&self) -> Packing {
        let size = match self.tile {
            Some(size) => size,
            None => return self.codec,
        };
        let codec = match self.codec {
            Packing::With(codec) => Some(codec),
            _ => None,
        };
        Packing::Tiled { size, codec }
    }
}

/// `deltaplate compare`
#[derive(Debug, Args)]
pub struct Compare {
    /// The candidate: what is to be judged.
    #[arg(value_name = "A")]
    pub candidate: PathBuf,
    /// The reference: what it should be.
    #[arg(value_name = "B")]
    pub reference: PathBuf,
    /// Accept samples that differ by at most T.
    #[arg(long, value_name = "T", value_parser = tolerance)]
    pub absolute: Option<f64>,
    /// Accept samples that differ by at most T times the larger of both magnitudes.
    #[arg(long, value_name = "T", value_parser = tolerance)]
    pub relative: Option<f64>,
    /// Accept samples that are at most N floats apart.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub ulp: Option<i32>,
    /// Call the images equal with up to N failing pixels.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub allow: u64,
    /// Fail samples that are not a number, even where their bits are equal.
    #[arg(long)]
    pub nan_differs: bool,
    /// Write a picture of the differences: black, blue, red, yellow, white; magenta for NaN.
    #[arg(long, value_name = "FILE.png")]
    pub heatmap: Option<PathBuf>,
    /// The difference that the heat map shows as white.
    #[arg(long, value_name = "D", default_value_t = 0.1, requires = "heatmap", value_parser = range)]
    pub heat_range: f64,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
    /// How much is held at once.
    #[command(flatten)]
    pub held: Held,
}

/// `deltaplate render`
#[derive(Debug, Args)]
pub struct Render {
    /// The graph, as JSON. Paths in it are relative to its folder.
    #[arg(value_name = "GRAPH.json")]
    pub graph: PathBuf,
    /// Take the paths of writers relative to this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The one frame to render; where none is named, the project's first, or of files with #### for
    /// the frame's number all of the project, or all that are there where it names none.
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = finite, conflicts_with = "frames")]
    pub frame: Option<f64>,
    /// The render scale: 0.5 is a half-size proxy.
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = scale)]
    pub scale: f64,
    /// Take nodes from this bundle, or the bundles in this folder, before the built-in ones. They
    /// run in a process of their own.
    #[arg(long, value_name = "PATH")]
    pub plugin_path: Vec<PathBuf>,
    /// Stop that process when an action of a plug-in takes longer.
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = time_limit)]
    pub time_limit: Duration,
    /// How much may be held.
    #[command(flatten)]
    pub whole: Whole,
    /// Which frames.
    #[command(flatten)]
    pub sequence: Sequence,
    /// What happens to outputs that are there.
    #[command(flatten)]
    pub existing: Existing,
}

/// `deltaplate nodes`
#[derive(Debug, Args)]
pub struct Nodes {
    /// The node to describe; all are listed without.
    pub id: Option<String>,
    /// Describe this bundle, or the bundles in this folder, instead of the built-in one. They run
    /// in a process of their own.
    #[arg(long, value_name = "PATH")]
    pub plugin_path: Vec<PathBuf>,
    /// Check a bundle, or the bundles in a folder, against OpenFX; the built-in one where none is
    /// named.
    ///
    /// Each plug-in is loaded, described in all its contexts, asked and rendered, in a process of
    /// its own. A finding is a line: error (OpenFX forbids it, or it does not work), warning (some
    /// host trips over it) or note. The exit code is 1 where there are errors, and 3 where a
    /// plug-in cannot be loaded, ends its process or does not return.
    #[arg(long, value_name = "BUNDLE", num_args = 0..=1, conflicts_with = "plugin_path")]
    pub check: Option<Option<PathBuf>>,
    /// Stop that process when an action of a plug-in takes longer.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = time_limit)]
    pub time_limit: Duration,
    /// What a child checks: the structures of a library, or the plug-in of an index.
    #[arg(long, hide = true, value_name = "PART")]
    pub part: Option<Part>,
}

/// A part of a check.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// What the library says of its plug-ins.
    Structures,
    /// The plug-in of that index.
    Plugin(usize),
}

impl std::str::FromStr for Part {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "structures" => Ok(Part::Structures),
            index => index.parse().map(Part::Plugin),
        }
    }
}

/// The codecs that an EXR can be written with, by name, and `auto`.
fn codec_parser() -> impl clap::builder::TypedValueParser<Value = Packing> {
    use clap::builder::TypedValueParser;
    let names = [Codec::Zip, Codec::Zips, Codec::Rle, Codec::Piz, Codec::None].map(Codec::name);
    clap::builder::PossibleValuesParser::new(["auto"].into_iter().chain(names))
        .map(|name| Codec::from_name(&name).map_or(Packing::Auto, Packing::With))
}

fn tolerance(text: &str) -> Result<f64, String> {
    number(text, "a tolerance", |value| value >= 0.0)
}

fn finite(text: &str) -> Result<f64, String> {
    number(text, "a frame", |_| true)
}

fn scale(text: &str) -> Result<f64, String> {
    number(text, "a scale", |value| (0.01..=8.0).contains(&value))
}

fn range(text: &str) -> Result<f64, String> {
    number(text, "a range", |value| (1e-9..=1e6).contains(&value))
}

fn time_limit(text: &str) -> Result<Duration, String> {
    number(text, "a time limit", |value| {
        (0.1..=86_400.0).contains(&value)
    })
    .map(Duration::from_secs_f64)
}

/// A number of bytes, with K, M, G or T for powers of 1024.
fn memory(text: &str) -> Result<Memory, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        unit => return Err(format!("'{unit}' is no unit; write K, M, G or T")),
    };
    let size: u64 = digits
        .parse()
        .map_err(|_| "not a whole number".to_owned())?;
    let bytes = size.checked_mul(1 << shift).filter(|&bytes| bytes > 0);
    bytes
        .map(Memory)
        .ok_or_else(|| format!("{text} cannot be a size"))
}

fn number(text: &str, what: &str, fits: impl Fn(f64) -> bool) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if value.is_finite() && fits(value) {
        Ok(value)
    } else {
        Err(format!("{value} cannot be {what}"))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn sizes_are_read() {
        let bytes = |text| super::memory(text).map(|memory| memory.0);
        assert_eq!(bytes("512M"), Ok(512 << 20));
        assert_eq!(bytes("2gib"), Ok(2 << 30));
        assert_eq!(bytes("77"), Ok(77));
        for wrong in ["", "G", "0", "1.5G", "-1M", "3X", "99999999999T", "é"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_arguments_fit_together() {
        super::Cli::command().debug_assert();
    }
}
