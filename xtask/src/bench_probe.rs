//! What one pixel of a packed shot costs beside decoding whole frames.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use images::{Parts, ReadOptions};

use crate::bench_pipeline::{HEIGHT, WIDTH, build, film, read, write};

/// Frames of the shot that differ; the others' differences are links to theirs.
const DISTINCT: usize = 4;

/// Pixels that are probed.
const PROBES: usize = 301;

/// Measures in `target/bench-probe`, which it makes new, with a shot of `frames` 2K half frames.
pub fn run(root: &Path, frames: usize) -> Result<(), String> {
    let folder = root.join("target/bench-probe");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let binary = build(root)?;
    make_shot(root, &folder)?;
    println!("One pixel of a pack of {frames} frames, {WIDTH}x{HEIGHT} RGB half; medians\n");
    println!(
        "| layout | pack | probe | bytes read | as a command | one frame decoded | ratio | all \
         decoded | ratio | history | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let layouts: [(&str, &[&str]); 3] = [
        ("ZIP", &[]),
        ("ZIPS", &["--codec", "zips"]),
        ("ZIP, tiles of 64", &["--codec", "zip", "--tile", "64"]),
    ];
    for (name, options) in layouts {
        let pack = make_pack(&binary, &folder, frames, options)?;
        println!("| {name} | {}", measure(&binary, &pack, frames)?);
    }
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Photographs with grain, moved on from frame to frame; what was painted is in one place.
fn make_shot(root: &Path, folder: &Path) -> Result<(), String> {
    let plate = |name: &str| read(&root.join(format!("examples/plates/{name}.exr")));
    let (below, above) = (plate("background")?, plate("painted")?);
    for (name, tile) in [("background", &below), ("painted", &above)] {
        for frame in 1..=DISTINCT {
            let path = folder.join(format!("{name}.{frame}.exr"));
            write(&path, &film([tile, &below], [WIDTH, HEIGHT], frame * 5))?;
        }
    }
    Ok(())
}

/// The shot's differences in one file.
fn make_pack(
    binary: &Path,
    folder: &Path,
    frames: usize,
    options: &[&str],
) -> Result<PathBuf, String> {
    let words = [
        "min",
        "background.#.exr",
        "painted.#.exr",
        "-o",
        "difference.#.exr",
    ];
    command(binary, folder, &[&words, options].concat())?;
    let path = |frame: usize| folder.join(format!("difference.{frame}.exr"));
    for frame in DISTINCT + 1..=frames {
        // What an earlier layout left.
        let _ = fs::remove_file(path(frame));
        let first = path(1 + (frame - 1) % DISTINCT);
        fs::hard_link(first, path(frame)).map_err(|error| error.to_string())?;
    }
    let mut words = vec!["pack".to_owned(), "-o".to_owned(), "shot.exr".to_owned()];
    words.extend((1..=frames).map(|frame| format!("difference.{frame}.exr")));
    command(binary, folder, &words)?;
    Ok(folder.join("shot.exr"))
}

fn command(
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

/// A row of the table, but for its first column.
fn measure(binary: &Path, pack: &Path, frames: usize) -> Result<String, String> {
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
    let probed = median(PROBES, |probe| {
        let found = transfer::probe(pack, pixel(probe), &[frame(probe)], &options);
        bytes.push(found.map_err(tell)?.bytes_read);
        Ok(())
    })?;
    bytes.sort_unstable();
    let as_command = median(21, |probe| {
        let [x, y] = pixel(probe).map(|at| at.to_string());
        let words = ["probe".as_ref(), pack.as_os_str(), x.as_ref(), y.as_ref()];
        let number = frame(probe).to_string();
        let words = [&words[..], &["--frame".as_ref(), number.as_ref()]].concat();
        command(binary, Path::new("."), &words)
    })?;
    let one = median(21, |probe| {
        decode(&mut parts, |name| {
            name.ends_with(&format!(".{}", frame(probe)))
        })
    })?;
    let all = median(3, |_| decode(&mut parts, |_| true))?;
    let history = median(21, |probe| {
        black_box(transfer::probe(pack, pixel(probe), &[], &options).map_err(tell)?);
        Ok(())
    })?;
    let size = fs::metadata(pack).map_err(|error| error.to_string())?.len();
    Ok(format!(
        "{:.1} MB | {:.0} us | {} | {:.1} ms | {:.1} ms | {:.0} | {:.0} ms | {:.0} | {:.1} ms | {:.0} |",
        size as f64 / 1e6,
        probed * 1e6,
        bytes[bytes.len() / 2],
        as_command * 1e3,
        one * 1e3,
        one / probed,
        all * 1e3,
        all / probed,
        history * 1e3,
        all / history,
    ))
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
