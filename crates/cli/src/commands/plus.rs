//! `deltaplate plus`: the painted plate from its background and the difference.

use std::path::Path;
use std::process::ExitCode;

use images::{Format, Header, SampleType};
use serde::Serialize;

use super::large::{LargeSum, Rebuilt};
use crate::args::Plus;
use crate::engine::{Engine, NodeUsed, PLUS};
use crate::failure::Failure;
use crate::files::output_format;
use crate::report::{Named, Report, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::{Steps, Talk};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlusReport {
    /// Whether the result is the painted plate, bit for bit.
    exact: bool,
    /// Whether the background is the one that the difference was made against.
    background_matches: bool,
    bytes: u64,
    background: Named,
    difference: Named,
    output: Named,
    format: &'static str,
    /// Names and types of the result's channels.
    channels: Vec<(String, &'static str)>,
    nodes: Vec<NodeUsed>,
    version: &'static str,
}

impl PlusReport {
    fn verdict(&self) -> &'static str {
        match (self.exact, self.background_matches) {
            (true, _) => "exact: every sample has the painted plate's bits",
            (false, true) => "not exact: the difference does not restore every sample",
            (false, false) => "not exact: another background",
        }
    }
}

impl Report for PlusReport {
    fn text(&self) -> String {
        table(&[
            vec![
                "restored".to_owned(),
                self.output.to_string(),
                plural(self.bytes, "byte", "bytes"),
            ],
            vec!["verdict".to_owned(), self.verdict().to_owned()],
        ])
    }

    fn line(&self) -> String {
        format!(
            "{}, {}",
            plural(self.bytes, "byte", "bytes"),
            self.verdict()
        )
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Differ`] for another background, or a result that is not the painted plate.
pub fn run(args: &Plus, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let format = output_format(&args.output)?;
    let plan = Plan::new(
        [&args.background, &args.difference],
        [&args.output],
        &args.sequence,
        args.existing.skip_existing,
    )?;
    let engine = Engine::new(talk.signals())?;
    sequence::run(&plan, talk, json, |job, steps| {
        let force = args.force;
        let [background, difference] = &job.inputs;
        let sum = match LargeSum::find(background, difference, args.held.memory)? {
            Some(sum) => sum,
            None => LargeSum::held(background, difference, steps)?,
        };
        frame(&engine, &sum, format, force, job, steps).map(Done::well)
    })
}

fn frame(
    engine: &Engine,
    sum: &LargeSum,
    format: Format,
    force: bool,
    job: &Job<2, 1>,
    steps: &Steps,
) -> Result<PlusReport, Failure> {
    let [output] = &job.outputs;
    let target = &sum.difference.facts().target;
    let rebuilt = sum.rebuild(engine, output, force, steps)?;
    warn_of_format(output, format, target);
    Ok(report(engine, job, format, rebuilt, target))
}

fn warn_of_format(output: &Path, format: Format, target: &Header) {
    if format != target.metadata.format {
        tracing::warn!(
            "{}: the painted plate was a file of type {}; its attributes are left behind",
            output.display(),
            target.metadata.format.name()
        );
    }
}

fn report(
    engine: &Engine,
    job: &Job<2, 1>,
    format: Format,
    rebuilt: Rebuilt,
    target: &Header,
) -> PlusReport {
    let ([background, difference], [output]) = (&job.inputs, &job.outputs);
    let channel =
        |info: &images::ChannelInfo| (info.name.clone(), SampleType::name(info.sample_type));
    PlusReport {
        exact: rebuilt.exact,
        background_matches: rebuilt.background_matches,
        bytes: rebuilt.bytes,
        background: Named(background.clone()),
        difference: Named(difference.clone()),
        output: Named(output.clone()),
        format: format.name(),
        channels: target.channels.iter().map(channel).collect(),
        nodes: engine.used(&[PLUS]),
        version: env!("CARGO_PKG_VERSION"),
    }
}
