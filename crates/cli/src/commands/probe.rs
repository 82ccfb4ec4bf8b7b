//! `deltaplate probe`: one pixel of a file.

use std::process::ExitCode;

use images::ReadOptions;
use serde::Serialize;
use transfer::{PartProbe, Sample, probe};

use crate::args::Probe;
use crate::failure::Failure;
use crate::report::{Named, Number, Report, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::Talk;

/// What the block of a pixel may take. Of an interlaced PNG, or a TIFF in one strip, that is the frame.
const MOST_BYTES: u64 = 1 << 30;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProbeReport {
    file: Named,
    x: i32,
    y: i32,
    parts: Vec<PartReport>,
    bytes_read: u64,
    file_bytes: u64,
    version: &'static str,
}

/// What a part holds there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PartReport {
    part: Option<String>,
    /// Whether the pixel lies in the part's data window; outside, all is 0.
    inside: bool,
    samples: Vec<SampleReport>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SampleReport {
    channel: String,
    #[serde(rename = "type")]
    kind: &'static str,
    value: Number,
    /// The native bits, in hexadecimal.
    bits: String,
}

impl From<PartProbe> for PartReport {
    fn from(part: PartProbe) -> Self {
        let sample = |sample: Sample| SampleReport {
            kind: sample.sample_type.name(),
            value: Number(sample.value),
            bits: format!("{:0w$x}", sample.bits, w = 2 * sample.sample_type.bytes()),
            channel: sample.channel,
        };
        PartReport {
            part: part.name,
            inside: part.inside,
            samples: part.samples.into_iter().map(sample).collect(),
        }
    }
}

impl Report for ProbeReport {
    fn text(&self) -> String {
        let mut rows = Vec::new();
        for part in &self.parts {
            let name = part.part.as_deref().unwrap_or("image");
            for sample in &part.samples {
                let mut note = format!("{} 0x{}", sample.kind, sample.bits);
                if !part.inside {
                    note += ", outside the data window";
                }
                rows.push(vec![
                    name.to_owned(),
                    sample.channel.clone(),
                    sample.value.to_string(),
                    note,
                ]);
            }
        }
        let read = format!(
            "{} of {} read",
            plural(self.bytes_read, "byte", "bytes"),
            plural(self.file_bytes, "byte", "bytes")
        );
        format!("{}\n{read}", table(&rows))
    }

    /// `R 0.5 G 0.25, residual: R 0 G 0`
    fn line(&self) -> String {
        let part = |part: &PartReport| {
            let name = part.part.iter().map(|name| format!("{name}: "));
            let samples = part.samples.iter();
            let samples = samples.map(|sample| format!("{} {}", sample.channel, sample.value));
            name.collect::<String>() + &samples.collect::<Vec<_>>().join(" ")
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure`], as for frames of a pack that are not there.
pub fn run(args: &Probe, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let (of_files, of_pack) = args.frames();
    let plan = Plan::new([&args.file], [], &of_files, false)?;
    sequence::run(&plan, talk, json, |job, _| {
        pixel(job, [args.x, args.y], &of_pack).map(Done::well)
    })
}

fn pixel(job: &Job<1, 0>, [x, y]: [i32; 2], frames: &[i64]) -> Result<ProbeReport, Failure> {
    let [path] = &job.inputs;
    let options = ReadOptions {
        max_bytes: MOST_BYTES,
        ..ReadOptions::default()
    };
    let found = probe(path, [x, y], frames, &options)?;
    Ok(ProbeReport {
        file: Named(path.clone()),
        x,
        y,
        parts: found.parts.into_iter().map(PartReport::from).collect(),
        bytes_read: found.bytes_read,
        file_bytes: found.file_bytes,
        version: env!("CARGO_PKG_VERSION"),
    })
}
