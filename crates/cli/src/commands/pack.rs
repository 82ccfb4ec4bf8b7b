//! `deltaplate pack`: a whole shot's differences in one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use images::{ReadOptions, frame_in};
use serde::Serialize;
use transfer::pack;

use crate::args::Pack;
use crate::failure::Failure;
use crate::files::{make_folder_of, refuse_input};
use crate::report::{Named, Report, plural, print, table};
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
    let inputs: Vec<&Path> = args.differences.iter().map(PathBuf::as_path).collect();
    refuse_input(&args.output, &inputs)?;
    let frames = number(&args.differences)?;
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

/// The files by the numbers in their names.
fn number(files: &[PathBuf]) -> Result<BTreeMap<i64, PathBuf>, Failure> {
    let mut frames = BTreeMap::new();
    for file in files {
        let Some(frame) = frame_in(file) else {
            return Err(Failure::Usage(format!(
                "{}: has no frame number in its name",
                file.display()
            )));
        };
        if let Some(other) = frames.insert(frame, file.clone()) {
            return Err(Failure::Usage(format!(
                "{} and {} are both frame {frame}",
                other.display(),
                file.display()
            )));
        }
    }
    Ok(frames)
}
