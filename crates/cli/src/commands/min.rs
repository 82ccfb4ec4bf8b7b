//! `deltaplate min`: the difference of a painted plate to its background.

use std::process::ExitCode;

use serde::Serialize;

use super::estimate;
use super::large::LargePlates;
use super::transfer::per_cent;
use crate::args::Min;
use crate::engine::{Engine, MIN, NodeUsed};
use crate::failure::Failure;
use crate::files::output_format;
use crate::report::{Named, Report, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::{Steps, Talk};

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

    fn line(&self) -> String {
        format!(
            "{}, {} of painted, {} changed, exact",
            plural(self.difference_bytes, "byte", "bytes"),
            per_cent(self.difference_bytes, self.painted_bytes),
            plural(self.changed_pixels, "pixel", "pixels")
        )
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Differ`] where the difference would not restore the painted plate.
pub fn run(args: &Min, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let Some(output) = &args.output else {
        return estimate::run(args, json, talk);
    };
    if output_format(output)? != images::Format::Exr {
        return Err(Failure::Usage(format!(
            "{}: a difference is an EXR; let its name end in .exr",
            output.display()
        )));
    }
    let plan = Plan::new(
        [&args.background, &args.painted],
        [output],
        &args.sequence,
        args.existing.skip_existing,
    )?;
    let engine = Engine::new(talk.signals())?;
    sequence::run(&plan, talk, json, |job, steps| {
        frame(&engine, args, job, steps).map(Done::well)
    })
}

fn frame(
    engine: &Engine,
    args: &Min,
    job: &Job<2, 1>,
    steps: &Steps,
) -> Result<MinReport, Failure> {
    let ([background, painted], [output]) = (&job.inputs, &job.outputs);
    let plates = LargePlates::open(background, painted, args.held.memory, steps)?;
    let made = plates.difference(engine, output, args.packing.packing(), steps)?;
    let [background_bytes, painted_bytes] = plates.sizes;
    Ok(MinReport {
        exact: true,
        background_bytes,
        painted_bytes,
        difference_bytes: made.bytes,
        ratio: made.bytes as f64 / painted_bytes.max(1) as f64,
        changed_pixels: made.facts.proof.changed_pixels,
        residual_samples: made.facts.residual_samples,
        replaced_samples: made.facts.replaced_samples,
        codec: made.codec.name(),
        background: Named(background.clone()),
        painted: Named(painted.clone()),
        difference: Named(output.clone()),
        background_hash: made.facts.proof.background_hash,
        painted_hash: made.facts.proof.painted_hash,
        nodes: engine.used(&[MIN]),
        warnings: plates.pair.warnings,
        version: env!("CARGO_PKG_VERSION"),
    })
}
