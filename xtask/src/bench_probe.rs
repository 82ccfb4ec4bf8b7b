//! What one pixel of a packed shot costs beside decoding whole frames.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use images::{Parts, ReadOptions};

use crate::bench::machine;
use crate::bench::page::Page;
use crate::bench_pipeline::{HEIGHT, WIDTH, build, film, read, write};

/// Frames of the shot that differ; the others' differences are links to theirs.
const DISTINCT: usize = 4;

/// Pixels that are probed.
const PROBES: usize = 301;

/// One pixel of a shot is so many times faster than decoding all frames of it, at least.
const PROMISED: f64 = 100.0;

/// How the shot is packed: a name, and words of the command line.
const LAYOUTS: [(&str, &[&str]); 3] = [
    ("ZIP", &[]),
    ("ZIPS", &["--codec", "zips"]),
    ("ZIP, tiles of 64", &["--codec", "zip", "--tile", "64"]),
];

/// Measures in `target/bench-probe`, which it makes new, with a shot of `frames` 2K half frames, and
/// writes the table into docs/transfer.md.
pub fn run(root: &Path, frames: usize) -> Result<(), String> {
    let folder = root.join("target/bench-probe");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let binary = build(root)?;
    make_shot(root, &folder)?;
    let packs = LAYOUTS.map(|(name, options)| make_pack(&binary, &folder, frames, name, options));
    let packs = packs.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut table = format!(
        "{frames} frames of {WIDTH}x{HEIGHT} RGB in half; medians, but all frames are decoded once.\n\n\
         | layout | pack | probe | bytes read | as a command | one frame decoded | ratio | all decoded \
         | ratio | history | ratio |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    );
    println!("measuring");
    let mut least = f64::INFINITY;
    for ((name, _), pack) in LAYOUTS.into_iter().zip(&packs) {
        let times = measure(&binary, pack, frames)?;
        let row = format!("| {name} | {}\n", times.row());
        print!("{row}");
        table += &row;
        least = least.min(times.all / times.probe);
    }
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    table += &format!("\n{}", machine::describe());
    let mut page = Page::named(root, "transfer.md")?;
    page.replace("probe", &table)?;
    page.write()?;
    match least >= PROMISED {
        true => Ok(()),
        false => Err(format!(
            "one pixel is only {least:.0} times faster than decoding all frames; promised are {PROMISED}"
        )),
    }
}

/// Photographs with grain, moved on from frame to frame, painted all over the frame.
fn make_shot(root: &Path, folder: &Path) -> Result<(), String> {
    let plate = |name: &str| read(&root.join(format!("examples/plates/{name}.exr")));
    let (below, above) = (plate("background")?, plate("painted")?);
    for (name, photograph) in [("background", &below), ("painted", &above)] {
        for frame in 1..=DISTINCT {
            let path = folder.join(format!("{name}.{frame}.exr"));
            write(&path, &film([photograph; 2], [WIDTH, HEIGHT], frame * 5))?;
        }
    }
    Ok(())
}

/// The shot's differences in one file of that name.
fn make_pack(
    binary: &Path,
    folder: &Path,
    frames: usize,
    name: &str,
    options: &[&str],
) -> Result<PathBuf, String> {
    let words = [
        "min",
        "background.#.exr",
        "painted.#.exr",
        "-o",
        "difference.#.exr",
    ];
    run_command(binary, folder, &[&words, options].concat())?;
    let path = |frame: usize| folder.join(format!("difference.{frame}.exr"));
    for frame in DISTINCT + 1..=frames {
        // What an earlier layout left.
        let _ = fs::remove_file(path(frame));
        let first = path(1 + (frame - 1) % DISTINCT);
        fs::hard_link(first, path(frame)).map_err(|error| error.to_string())?;
    }
    let shot = format!("{name}.exr");
    let mut words = vec!["pack".to_owned(), "-o".to_owned(), shot.clone()];
    words.extend((1..=frames).map(|frame| format!("difference.{frame}.exr")));
    run_command(binary, folder, &words)?;
    Ok(folder.join(shot))
}

fn run_command(
    binary: &Path,
    folder: &Path,
    words: &[impl AsRef<std::ffi::OsStr>],
) -> Result<(), String> {
    let output = Command::new(binary)
        .args(words)
        .arg("--quiet")
        .current_dir(folder)
        .output()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// What was measured of a pack; times in seconds.
struct Times {
    size: u64,
    probe: f64,
    bytes: u64,
    /// The probe as a whole program, from start to end.
    command: f64,
    one: f64,
    all: f64,
    /// A pixel of every frame.
    history: f64,
}

impl Times {
    /// A row of the table, but for its first column.
    fn row(&self) -> String {
        format!(
            "{:.1} MB | {:.0} us | {} | {:.1} ms | {:.1} ms | {:.0} | {:.0} ms | {:.0} | {:.1} ms | {:.0} |",
            self.size as f64 / 1e6,
            self.probe * 1e6,
            self.bytes,
            self.command * 1e3,
            self.one * 1e3,
            self.one / self.probe,
            self.all * 1e3,
            self.all / self.probe,
            self.history * 1e3,
            self.all / self.history,
        )
    }
}

fn measure(binary: &Path, pack: &Path, frames: usize) -> Result<Times, String> {
    let options = ReadOptions::default();
    let tell = |error: transfer::Error| error.to_string();
    let mut parts = Parts::open(pack).map_err(|error| error.to_string())?;
    let data = parts.headers()[0].data;
    // Pixels all over what changed, in frames all over the shot.
    let pixel = |probe: usize| {
        let at = |start: i32, size: usize, step: usize| start + (probe * step % size) as i32;
        [
            at(data.x0, data.width(), 7919),
            at(data.y0, data.height(), 104_729),
        ]
    };
    let frame = |probe: usize| (1 + probe * 37 % frames) as i64;

    let mut bytes = Vec::new();
    let probe = median(PROBES, |probe| {
        let found = transfer::probe(pack, pixel(probe), &[frame(probe)], &options);
        bytes.push(found.map_err(tell)?.bytes_read);
        Ok(())
    })?;
    bytes.sort_unstable();
    let command = median(21, |probe| {
        let [x, y] = pixel(probe).map(|at| at.to_string());
        let words = ["probe".as_ref(), pack.as_os_str(), x.as_ref(), y.as_ref()];
        let number = frame(probe).to_string();
        let words = [&words[..], &["--frame".as_ref(), number.as_ref()]].concat();
        run_command(binary, Path::new("."), &words)
    })?;
    let one = median(21, |probe| {
        decode(&mut parts, |name| {
            name.ends_with(&format!(".{}", frame(probe)))
        })
    })?;
    let all = median(1, |_| decode(&mut parts, |_| true))?;
    let history = median(21, |probe| {
        black_box(transfer::probe(pack, pixel(probe), &[], &options).map_err(tell)?);
        Ok(())
    })?;
    let size = fs::metadata(pack).map_err(|error| error.to_string())?.len();
    Ok(Times {
        size,
        probe,
        bytes: bytes[bytes.len() / 2],
        command,
        one,
        all,
        history,
    })
}

/// Reads whole parts of an open file, on all cores.
fn decode(file: &mut Parts, wanted: impl Fn(&str) -> bool) -> Result<(), String> {
    for part in 0..file.headers().len() {
        if file.headers()[part].part_name().is_some_and(&wanted) {
            let image = file.read(part, &ReadOptions::default());
            black_box(image.map_err(|error| error.to_string())?);
        }
    }
    Ok(())
}

/// The median of so many runs, in seconds; the first warms up.
fn median(runs: usize, mut run: impl FnMut(usize) -> Result<(), String>) -> Result<f64, String> {
    run(0)?;
    let mut times = Vec::with_capacity(runs);
    for number in 0..runs {
        let begin = Instant::now();
        run(number)?;
        times.push(begin.elapsed().as_secs_f64());
    }
    times.sort_unstable_by(f64::total_cmp);
    Ok(times[runs / 2])
}
