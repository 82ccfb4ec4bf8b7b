//! `deltaplate pack`: a whole shot's differences in one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use images::{Pattern, ReadOptions, frame_in, ranges};
use serde::Serialize;
use transfer::pack;

use crate::args::Pack;
use crate::failure::Failure;
use crate::files::{make_folder_of, refuse_input};
use crate::report::{Named, Report, plural, print, table};
use crate::sequence::{on_disk, refuse_missing};
use crate::talk::Talk;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackReport {
    output: Named,
    bytes: u64,
    /// All the differences together.
    differences_bytes: u64,
    frames: Vec<i64>,
    version: &'static str,
}

impl Report for PackReport {
    fn text(&self) -> String {
        let frames = plural(self.frames.len() as u64, "frame", "frames");
        table(&[vec![
            "packed".to_owned(),
            self.output.to_string(),
            plural(self.bytes, "byte", "bytes"),
            frames,
        ]])
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure`].
pub fn run(args: &Pack, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let frames = number(args)?;
    let inputs: Vec<&Path> = frames.values().map(PathBuf::as_path).collect();
    refuse_input(&args.output, &inputs)?;
    let mut differences_bytes = 0;
    for path in frames.values() {
        differences_bytes += std::fs::metadata(path).map_err(Failure::file(path))?.len();
    }
    talk.begin(1);
    talk.step("packing")?;
    make_folder_of(&args.output)?;
    let bytes = pack(&frames, &args.output, &ReadOptions::default())?;
    talk.end();
    print(
        &PackReport {
            output: Named(args.output.clone()),
            bytes,
            differences_bytes,
            frames: frames.into_keys().collect(),
            version: env!("CARGO_PKG_VERSION"),
        },
        json,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The files by the numbers in their names, and those of a pattern by their frames.
fn number(args: &Pack) -> Result<BTreeMap<i64, PathBuf>, Failure> {
    let mut frames: BTreeMap<i64, PathBuf> = BTreeMap::new();
    let mut missing = Vec::new();
    let mut patterns = 0;
    for file in &args.differences {
        let files = match Pattern::parse(file) {
            Some(pattern) if !file.exists() => {
                patterns += 1;
                let wanted = match &args.frames {
                    Some(frames) => frames.frames().to_vec(),
                    None => on_disk(&pattern)?,
                };
                let is_there = |frame: &i64| pattern.path(*frame).exists();
                let (there, lost): (Vec<i64>, Vec<i64>) = wanted.into_iter().partition(is_there);
                if !lost.is_empty() {
                    missing.push(format!("{pattern}: {}", ranges(&lost)));
                }
                let file = |frame| (frame, pattern.path(frame));
                there.into_iter().map(file).collect()
            }
            _ => vec![(own_number(file)?, file.clone())],
        };
        for (frame, file) in files {
            if let Some(other) = frames.insert(frame, file.clone()) {
                return Err(Failure::Usage(format!(
                    "{} and {} are both frame {frame}",
                    other.display(),
                    file.display()
                )));
            }
        }
    }
    if args.frames.is_some() && patterns == 0 {
        return Err(Failure::Usage(
            "--frames needs an input with a place for the frame's number, as shot.####.exr"
                .to_owned(),
        ));
    }
    refuse_missing(missing, args.keep_going)?;
    Ok(frames)
}

fn own_number(file: &Path) -> Result<i64, Failure> {
    frame_in(file).ok_or_else(|| {
        Failure::Usage(format!(
            "{}: has no frame number in its name",
            file.display()
        ))
    })
}
