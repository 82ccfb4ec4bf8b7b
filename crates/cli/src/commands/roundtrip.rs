//! `deltaplate roundtrip`: there and back, and the proof.

use std::path::PathBuf;
use std::process::ExitCode;

use images::Codec;
use serde::Serialize;
use transfer::{Facts, Pair, Verdict, verify_strips};

use super::compare::figures::{Both, Figures, Tolerances, measure};
use super::large::{LargePlates, LargeSum};
use super::transfer::per_cent;
use crate::args::Roundtrip;
use crate::engine::{COMPARE, Engine, MIN, NodeUsed, PLUS};
use crate::failure::Failure;
use crate::files::output_format;
use crate::report::{Named, Report, count, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::{Steps, Strips, Talk};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoundtripReport {
    /// Whether the restored file has the painted plate's native bits in every channel.
    exact: bool,
    /// Why not.
    reason: Option<String>,
    background_bytes: u64,
    painted_bytes: u64,
    difference_bytes: u64,
    restored_bytes: u64,
    /// Difference over painted.
    ratio: f64,
    pixels: u64,
    changed_pixels: u64,
    failing_pixels: u64,
    failing_samples: u64,
    /// Samples that the sum of two floats does not give, but the residual.
    residual_samples: u64,
    /// Samples that are carried themselves.
    replaced_samples: u64,
    codec: &'static str,
    background: Named,
    painted: Named,
    difference: Named,
    restored: Named,
    /// What the node Compare measured between the restored plate and the painted one.
    compare: Figures,
    nodes: Vec<NodeUsed>,
    warnings: Vec<String>,
    version: &'static str,
}

impl RoundtripReport {
    fn verdict(&self) -> String {
        match &self.reason {
            None => "exact".to_owned(),
            Some(reason) => format!(
                "not exact: {} fail; {reason}",
                plural(self.failing_pixels, "pixel", "pixels")
            ),
        }
    }
}

impl Report for RoundtripReport {
    fn text(&self) -> String {
        let file = |label: &str, path: &Named, bytes: u64, note: &str| {
            let size = plural(bytes, "byte", "bytes");
            vec![label.to_owned(), path.to_string(), size, note.to_owned()]
        };
        let part = format!(
            "{} of painted",
            per_cent(self.difference_bytes, self.painted_bytes)
        );
        let files = table(&[
            file("background", &self.background, self.background_bytes, ""),
            file("painted", &self.painted, self.painted_bytes, ""),
            file("difference", &self.difference, self.difference_bytes, &part),
            file("restored", &self.restored, self.restored_bytes, ""),
        ]);
        let changed = format!(
            "{} of {} pixels, {}",
            count(self.changed_pixels),
            count(self.pixels),
            per_cent(self.changed_pixels, self.pixels)
        );
        let facts = table(&[
            vec!["changed".to_owned(), changed],
            vec!["verdict".to_owned(), self.verdict()],
        ]);
        format!("{files}\n{facts}")
    }

    fn line(&self) -> String {
        format!(
            "difference {}, {} of painted, {} changed, {}",
            plural(self.difference_bytes, "byte", "bytes"),
            per_cent(self.difference_bytes, self.painted_bytes),
            plural(self.changed_pixels, "pixel", "pixels"),
            self.verdict()
        )
    }
}

/// Runs the command. Exit code 1 where the plate does not come back.
///
/// # Errors
///
/// [`Failure`] where there is nothing to report.
pub fn run(args: &Roundtrip, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let [difference, restored] = outputs(args)?;
    let plan = Plan::new(
        [&args.background, &args.painted],
        [&difference, &restored],
        &args.sequence,
        args.existing.skip_existing,
    )?;
    let engine = Engine::new(talk.signals())?;
    sequence::run(&plan, talk, json, |job, steps| {
        frame(&engine, args, job, steps)
    })
}

/// What the way there and back came to.
struct Travelled {
    facts: Facts,
    codec: Codec,
    difference_bytes: u64,
    restored_bytes: u64,
    /// Sizes of background and painted plate.
    sizes: [u64; 2],
    pair: Pair,
    verdict: Verdict,
    compare: Figures,
}

fn frame(
    engine: &Engine,
    args: &Roundtrip,
    job: &Job<2, 2>,
    steps: &Steps,
) -> Result<Done<RoundtripReport>, Failure> {
    let ([background, painted], [difference, restored]) = (&job.inputs, &job.outputs);
    let travelled = travel(engine, args, job, steps)?;
    let exact = travelled.verdict.exact && travelled.compare.failing_pixels == 0;
    let [background_bytes, painted_bytes] = travelled.sizes;
    let report = RoundtripReport {
        exact,
        reason: reason(&travelled.verdict, &travelled.compare),
        background_bytes,
        painted_bytes,
        difference_bytes: travelled.difference_bytes,
        restored_bytes: travelled.restored_bytes,
        ratio: travelled.difference_bytes as f64 / painted_bytes.max(1) as f64,
        pixels: travelled.pair.window.area(),
        changed_pixels: travelled.facts.proof.changed_pixels,
        failing_pixels: travelled.verdict.failing_pixels,
        failing_samples: travelled.verdict.failing_samples,
        residual_samples: travelled.facts.residual_samples,
        replaced_samples: travelled.facts.replaced_samples,
        codec: travelled.codec.name(),
        background: Named(background.clone()),
        painted: Named(painted.clone()),
        difference: Named(difference.clone()),
        restored: Named(restored.clone()),
        compare: travelled.compare,
        nodes: engine.used(&[MIN, PLUS, COMPARE]),
        warnings: travelled.pair.warnings,
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(Done {
        report,
        exit_code: u8::from(!exact),
    })
}

/// There and back.
fn travel(
    engine: &Engine,
    args: &Roundtrip,
    job: &Job<2, 2>,
    steps: &Steps,
) -> Result<Travelled, Failure> {
    let ([background, painted], [difference, restored]) = (&job.inputs, &job.outputs);
    let plates = LargePlates::open(background, painted, args.held.memory, steps)?;
    let (window, height) = (plates.pair.window, plates.height);
    output_format(restored)?;
    let written = plates.difference(engine, difference, args.packing.packing(), steps)?;
    let sum = LargeSum::of(&plates, difference)?;
    // The proof is what this command is about: whatever comes out is looked at.
    let rebuilt = sum.rebuild(engine, restored, true, steps)?;
    drop(sum);
    let both = Both {
        candidate: height.keep(restored)?,
        reference: plates.painted.clone(),
        height,
    };
    let strips = Strips::new(steps, window);
    let step = |strip| strips.step("Compare", strip);
    let compare = measure(engine, &both, &Tolerances::default(), step)?;
    let step = |strip| strips.step("comparing native bits", strip);
    let verdict = verify_strips(&*both.reference, &*both.candidate, height.rows, step)?;
    Ok(Travelled {
        facts: written.facts,
        codec: written.codec,
        difference_bytes: written.bytes,
        restored_bytes: rebuilt.bytes,
        sizes: plates.sizes,
        pair: plates.pair,
        verdict,
        compare,
    })
}

/// Why the restored plate is not the painted one; none where it is.
fn reason(verdict: &Verdict, compare: &Figures) -> Option<String> {
    match (verdict.exact, verdict.failing_samples) {
        (true, _) if compare.failing_pixels == 0 => None,
        (true, _) => {
            Some("the node Compare sees differences that the files do not have".to_owned())
        }
        (false, 0) => {
            Some("windows, channels or types are not those of the painted plate".to_owned())
        }
        (false, samples) => Some(format!(
            "{} of the painted plate are not what the difference promised",
            plural(samples, "sample", "samples")
        )),
    }
}

/// Where the difference and the restored plate go.
fn outputs(args: &Roundtrip) -> Result<[PathBuf; 2], Failure> {
    let (Some(name), Some(stem)) = (args.painted.file_name(), args.painted.file_stem()) else {
        return Err(Failure::Usage(format!(
            "{}: is not the name of a file",
            args.painted.display()
        )));
    };
    let mut difference_name = stem.to_owned();
    difference_name.push(".difference.exr");
    Ok([args.out.join(difference_name), args.out.join(name)])
}
