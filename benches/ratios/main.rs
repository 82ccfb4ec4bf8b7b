//! The bundle as it ships, beside what the machine allows: `cargo xtask bench` runs this and
//! writes what it prints, one JSON document, into docs/performance.md.
//!
//! Renders go through the OpenFX calls, in the embedded host, into memory that is there. Each
//! limit is measured in the same rounds as the work that it belongs to.
//!
//! Arguments: the bundle, `--quick` for less, `--sizes` for cost against size instead,
//! `--frames FOLDER` for the frames that benches/peers measures others with, and our times on them.

mod figures;
mod frames;
#[path = "../limit/mod.rs"]
mod limit;
mod load;
#[path = "../naive/mod.rs"]
mod naive;
mod renders;
mod stencil;
mod timing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use figures::Row;
use frames::{FRAME_2K, FRAME_4K, Format, Frames};
use renders::{Bench, Work};

fn main() -> ExitCode {
    // Cargo adds one of its own.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let mut paths = args
        .iter()
        .filter(|arg| !arg.starts_with("--"))
        .map(PathBuf::from);
    let Some(bundle) = paths.next() else {
        eprintln!(
            "usage: ratios BUNDLE [--quick | --sizes | --frames FOLDER]; `cargo xtask bench` builds and runs"
        );
        return ExitCode::FAILURE;
    };
    let done = if has(load::ARGUMENT) {
        load::once(&bundle)
    } else {
        let measured = if has("--frames") {
            let folder = paths.next().ok_or("--frames wants a folder".to_owned());
            folder.and_then(|folder| peers(&bundle, &folder))
        } else if has("--sizes") {
            sizes(&bundle)
        } else {
            ratios(&bundle, has("--quick"))
        };
        measured.map(|figures| println!("{figures}"))
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Renders, the estimator and the bundle. A quick run has what the promises are about.
fn ratios(bundle: &Path, quick: bool) -> Result<Value, String> {
    let seconds =
        |quickly: f64, slowly: f64| Duration::from_secs_f64(if quick { quickly } else { slowly });
    let mut rows = Vec::new();
    let threads: &[usize] = if quick { &[1] } else { &[1, 2] };
    let benches = benches(bundle, threads)?;
    for format in [FRAME_2K, FRAME_4K] {
        let mut frames = Frames::new(format);
        for bench in &benches {
            for work in Work::ALL {
                let row = bench.frame(work, format, &mut frames, seconds(4.0, 8.0));
                rows.push(row.map_err(|error| error.to_string())?);
            }
        }
    }
    if !quick {
        for bench in &benches {
            for work in Work::ALL {
                let row = bench.tiles(work, seconds(0.0, 3.0));
                rows.push(row.map_err(|error| error.to_string())?);
            }
        }
    }
    let stencil = stencil::compare(FRAME_2K, stencil::ITERATIONS, seconds(12.0, 30.0))?;
    rows.push(stencil::extraction(FRAME_2K, 1, seconds(10.0, 20.0))?);
    let load = load::measure(bundle, if quick { 20 } else { 60 })?;
    let bytes = load::bytes(bundle).map_err(|error| format!("{}: {error}", bundle.display()))?;
    let ms =
        |time: timing::Time| json!({"fastest": time.fastest * 1e3, "median": time.median * 1e3});
    Ok(json!({
        "rows": rows.iter().map(Row::json).collect::<Vec<_>>(),
        "stencil": {
            "iterations": stencil::ITERATIONS,
            "naiveMs": ms(stencil.naive),
            "oneMs": ms(stencil.one),
            "twoMs": ms(stencil.two),
        },
        "loadMs": ms(load),
        "bundleBytes": bytes,
    }))
}

/// Cost against size, on one thread and on more.
fn sizes(bundle: &Path) -> Result<Value, String> {
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let threads: Vec<usize> = (1..=most).collect();
    let mut rows = Vec::new();
    for format in SIZES {
        let mut frames = Frames::new(format);
        for bench in &benches(bundle, &threads)? {
            for work in Work::ALL {
                let row = bench.frame(work, format, &mut frames, Duration::from_secs(2));
                rows.push(row.map_err(|error| error.to_string())?);
            }
        }
    }
    // It needs about 150 bytes a pixel, and a second for four million.
    for format in SIZES.iter().filter(|format| format.name != "8K") {
        for threads in &threads {
            rows.push(stencil::extraction(
                *format,
                *threads,
                Duration::from_secs(1),
            )?);
        }
    }
    Ok(json!({ "rows": rows.iter().map(Row::json).collect::<Vec<_>>() }))
}

/// Writes B and A, 2K, as raw floats for others to read, and measures ourselves on them.
fn peers(bundle: &Path, folder: &Path) -> Result<Value, String> {
    let mut frames = Frames::new(FRAME_2K);
    for (name, frame) in [("b.f32", &frames.b), ("a.f32", &frames.a)] {
        let path = folder.join(name);
        let bytes: Vec<u8> = frames::floats(frame)
            .iter()
            .flat_map(|sample| sample.to_ne_bytes())
            .collect();
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let mut rows = Vec::new();
    for bench in &benches(bundle, &[1])? {
        for work in Work::ALL {
            let row = bench.frame(work, FRAME_2K, &mut frames, Duration::from_secs(3));
            rows.push(row.map_err(|error| error.to_string())?.json());
        }
    }
    Ok(json!({ "width": FRAME_2K.width, "height": FRAME_2K.height, "rows": rows }))
}

/// From a tile to 8K.
const SIZES: [Format; 7] = [
    Format::new("256x256", 256, 256),
    Format::new("512x512", 512, 512),
    Format::new("1K", 1024, 778),
    Format::new("HD", 1920, 1080),
    FRAME_2K,
    FRAME_4K,
    Format::new("8K", 7680, 4320),
];

fn benches(bundle: &Path, threads: &[usize]) -> Result<Vec<Bench>, String> {
    let benches = threads.iter().map(|count| Bench::new(bundle, *count));
    benches
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}
