//! `deltaplate min --estimate`: how large a difference will be, without writing it.

use std::process::ExitCode;

use serde::Serialize;

use super::large::LargePlates;
use super::transfer::per_cent;
use crate::args::Min;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::report::{Named, Report, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::{Steps, Talk};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EstimateReport {
    background_bytes: u64,
    painted_bytes: u64,
    /// What the difference will take.
    estimated_bytes: u64,
    /// How far from that the true size may be; 0 where all blocks were packed that count.
    error_bytes: u64,
    /// Estimated size over painted.
    ratio: f64,
    changed_pixels: u64,
    /// Samples that the sum of two floats will not give, but the residual.
    residual_samples: u64,
    /// Samples that will be carried themselves.
    replaced_samples: u64,
    codec: &'static str,
    /// Blocks of the difference.
    blocks: u64,
    /// Blocks that were packed for the estimate, of all the ways to pack that were tried.
    packed_blocks: u64,
    background: Named,
    painted: Named,
    warnings: Vec<String>,
    version: &'static str,
}

impl EstimateReport {
    fn size(&self) -> String {
        let bytes = plural(self.estimated_bytes, "byte", "bytes");
        match self.error_bytes {
            0 => format!("{bytes}, exactly"),
            error => format!("{bytes}, give or take {error}"),
        }
    }
}

impl Report for EstimateReport {
    fn text(&self) -> String {
        let part = per_cent(self.estimated_bytes, self.painted_bytes);
        table(&[
            vec![
                "difference".to_owned(),
                self.size(),
                format!("{part} of painted"),
            ],
            vec![
                "changed".to_owned(),
                plural(self.changed_pixels, "pixel", "pixels"),
            ],
            vec![
                "packed".to_owned(),
                format!(
                    "{} for the estimate, the file has {}",
                    plural(self.packed_blocks, "block", "blocks"),
                    self.blocks
                ),
            ],
        ])
    }

    fn line(&self) -> String {
        format!(
            "{}, {} of painted, {} changed",
            self.size(),
            per_cent(self.estimated_bytes, self.painted_bytes),
            plural(self.changed_pixels, "pixel", "pixels")
        )
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure`].
pub fn run(args: &Min, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let plan = Plan::new([&args.background, &args.painted], [], &args.sequence, false)?;
    let engine = Engine::new(talk.signals())?;
    sequence::run(&plan, talk, json, |job, steps| {
        frame(&engine, args, job, steps).map(Done::well)
    })
}

fn frame(
    engine: &Engine,
    args: &Min,
    job: &Job<2, 0>,
    steps: &Steps,
) -> Result<EstimateReport, Failure> {
    let [background, painted] = &job.inputs;
    let plates = LargePlates::open(background, painted, args.held.memory, steps)?;
    let estimate = plates.estimate(engine, args.packing.packing(), steps)?;
    let [background_bytes, painted_bytes] = plates.sizes;
    Ok(EstimateReport {
        background_bytes,
        painted_bytes,
        estimated_bytes: estimate.bytes,
        error_bytes: estimate.bound,
        ratio: estimate.bytes as f64 / painted_bytes.max(1) as f64,
        changed_pixels: estimate.facts.proof.changed_pixels,
        residual_samples: estimate.facts.residual_samples,
        replaced_samples: estimate.facts.replaced_samples,
        codec: estimate.codec.name(),
        blocks: estimate.blocks,
        packed_blocks: estimate.packed_blocks,
        background: Named(background.clone()),
        painted: Named(painted.clone()),
        warnings: plates.pair.warnings,
        version: env!("CARGO_PKG_VERSION"),
    })
}
