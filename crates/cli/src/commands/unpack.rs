//! `deltaplate unpack`: differences out of a pack.

use std::process::ExitCode;

use images::{Pattern, ReadOptions};
use serde::Serialize;
use transfer::{Pack, Packing};

use crate::args::Unpack;
use crate::failure::Failure;
use crate::files::{make_folder_of, refuse_input};
use crate::report::{Named, Report, plural, print, table};
use crate::talk::Talk;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnpackReport {
    frames: Vec<FrameReport>,
    /// Bytes that were fetched from the pack.
    bytes_read: u64,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameReport {
    frame: i64,
    difference: Named,
    bytes: u64,
}

impl Report for UnpackReport {
    fn text(&self) -> String {
        let row = |frame: &FrameReport| {
            let size = plural(frame.bytes, "byte", "bytes");
            vec![frame.frame.to_string(), frame.difference.to_string(), size]
        };
        table(&self.frames.iter().map(row).collect::<Vec<_>>())
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure`].
pub fn run(args: &Unpack, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let mut pack = Pack::open(&args.pack)?;
    let wanted = match args.frame.as_slice() {
        [] => pack.frames().collect(),
        frames => frames.to_vec(),
    };
    let pattern = Pattern::parse(&args.output);
    if pattern.is_none() && wanted.len() > 1 {
        return Err(Failure::Usage(format!(
            "{}: {} need a name with a place for the number, as shot.####.exr",
            args.output.display(),
            plural(wanted.len() as u64, "frame", "frames")
        )));
    }
    talk.begin(wanted.len() as u64);
    let mut frames = Vec::new();
    for frame in wanted {
        talk.step("unpacking")?;
        let path = match &pattern {
            Some(pattern) => pattern.path(frame),
            None => args.output.clone(),
        };
        refuse_input(&path, &[&args.pack])?;
        let difference = pack.read(frame, &ReadOptions::default())?;
        make_folder_of(&path)?;
        let (_, bytes) = difference.store(&path, Packing::Own)?;
        frames.push(FrameReport {
            frame,
            difference: Named(path),
            bytes,
        });
    }
    talk.end();
    print(
        &UnpackReport {
            frames,
            bytes_read: pack.bytes_read(),
            version: env!("CARGO_PKG_VERSION"),
        },
        json,
    )?;
    Ok(ExitCode::SUCCESS)
}
