//! `deltaplate min`: the difference of a painted plate to its background.

use std::process::ExitCode;

use serde::Serialize;

use super::transfer::{difference, pair, per_cent, store};
use crate::args::Min;
use crate::engine::{Engine, MIN, NodeUsed};
use crate::failure::Failure;
use crate::files::{Plate, make_folder_of, output_format, refuse_input};
use crate::report::{Named, Report, plural, print, table};
use crate::talk::Talk;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MinReport {
    /// Whether background and difference restore the painted plate bit for bit: always, else
    /// nothing is written.
    exact: bool,
    background_bytes: u64,
    painted_bytes: u64,
    difference_bytes: u64,
    /// Difference over painted.
    ratio: f64,
    changed_pixels: u64,
    /// Samples that the sum of two floats does not give, but the residual.
    residual_samples: u64,
    /// Samples that are carried themselves.
    replaced_samples: u64,
    codec: &'static str,
    background: Named,
    painted: Named,
    difference: Named,
    background_hash: String,
    painted_hash: String,
    nodes: Vec<NodeUsed>,
    warnings: Vec<String>,
    version: &'static str,
}

impl Report for MinReport {
    fn text(&self) -> String {
        let file = |label: &str, path: &Named, bytes: u64, note: String| {
            vec![
                label.to_owned(),
                path.to_string(),
                plural(bytes, "byte", "bytes"),
                note,
            ]
        };
        let part = format!(
            "{} of painted",
            per_cent(self.difference_bytes, self.painted_bytes)
        );
        let files = table(&[
            file(
                "background",
                &self.background,
                self.background_bytes,
                String::new(),
            ),
            file("painted", &self.painted, self.painted_bytes, String::new()),
            file("difference", &self.difference, self.difference_bytes, part),
        ]);
        let verdict = "exact: with the background it restores every sample bit for bit".to_owned();
        let facts = table(&[
            vec![
                "changed".to_owned(),
                plural(self.changed_pixels, "pixel", "pixels"),
            ],
            vec!["verdict".to_owned(), verdict],
        ]);
        format!("{files}\n{facts}")
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Differ`] where the difference would not restore the painted plate.
pub fn run(args: &Min, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let output = &args.output;
    if output_format(output)? != images::Format::Exr {
        return Err(Failure::Usage(format!(
            "{}: a difference is an EXR; let its name end in .exr",
            output.display()
        )));
    }
    refuse_input(output, &[&args.background, &args.painted])?;
    let engine = Engine::new(talk.signals())?;
    talk.begin(3);
    talk.step("reading")?;
    let background = Plate::read(&args.background)?;
    let painted = Plate::read(&args.painted)?;
    let pair = pair(
        [&args.background, &args.painted],
        &background.image.header(),
        &painted.image.header(),
    )?;
    talk.step("Min")?;
    let made = difference(&engine, &pair, &background, &painted)?;
    talk.step("writing")?;
    make_folder_of(output)?;
    let (made, bytes) = store(&made, output, args.packing.codec)?;
    talk.end();
    print(
        &MinReport {
            exact: true,
            background_bytes: background.bytes,
            painted_bytes: painted.bytes,
            difference_bytes: bytes,
            ratio: bytes as f64 / painted.bytes.max(1) as f64,
            changed_pixels: made.proof.changed_pixels,
            residual_samples: made.residual_samples,
            replaced_samples: made.replaced_samples,
            codec: made.image().metadata.codec.name(),
            background: Named(background.path),
            painted: Named(painted.path),
            difference: Named(output.clone()),
            background_hash: made.proof.background_hash,
            painted_hash: made.proof.painted_hash,
            nodes: engine.used(&[MIN]),
            warnings: pair.warnings,
            version: env!("CARGO_PKG_VERSION"),
        },
        json,
    )?;
    Ok(ExitCode::SUCCESS)
}
