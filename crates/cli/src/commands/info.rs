//! `deltaplate info`: what a file is, without its pixels.

use std::path::Path;
use std::process::ExitCode;

use images::{ErrorKind, Header, Parts, Rect};
use serde::Serialize;
use transfer::Facts;

use crate::args::Info;
use crate::failure::Failure;
use crate::report::{Named, Number, Report, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::Talk;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoReport {
    file: Named,
    format: &'static str,
    file_bytes: u64,
    /// Bits of the whole file for a pixel of the display window.
    bits_per_pixel: Number,
    parts: Vec<PartReport>,
    /// Whether it is a Deltaplate transfer.
    is_transfer: bool,
    /// What it restores; one for each difference in it.
    transfers: Vec<TransferReport>,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PartReport {
    name: Option<String>,
    /// First column and row, columns, rows.
    display_window: [i64; 4],
    /// Likewise.
    data_window: [i64; 4],
    pixel_aspect: f32,
    channels: Vec<(String, &'static str)>,
    codec: &'static str,
    /// Whether the codec rounds the samples.
    lossy: bool,
    /// The names of all attributes.
    attributes: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransferReport {
    part: Option<String>,
    /// Why it cannot be used.
    error: Option<String>,
    restores: Option<PlateReport>,
    background_hash: Option<String>,
    painted_hash: Option<String>,
    changed_pixels: Option<u64>,
    residual_samples: Option<u64>,
    replaced_samples: Option<u64>,
}

/// A plate that a transfer restores.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlateReport {
    format: &'static str,
    codec: &'static str,
    data_window: [i64; 4],
    channels: Vec<(String, &'static str)>,
}

impl PartReport {
    fn new(header: &Header) -> Self {
        let attributes = header.metadata.attributes.iter();
        PartReport {
            name: header.part_name().map(str::to_owned),
            display_window: window(header.display),
            data_window: window(header.data),
            pixel_aspect: header.pixel_aspect,
            channels: channels(header),
            codec: header.metadata.codec.name(),
            lossy: header.lossy(),
            attributes: attributes.map(|attribute| attribute.name.clone()).collect(),
        }
    }
}

impl TransferReport {
    fn new(header: &Header) -> Self {
        let part = header.part_name().map(str::to_owned);
        let (facts, error) = match Facts::read(header) {
            Ok(facts) => (Some(facts), None),
            Err(error) => (None, Some(error)),
        };
        let plate = |facts: &Facts| PlateReport {
            format: facts.target.metadata.format.name(),
            codec: facts.target.metadata.codec.name(),
            data_window: window(facts.target.data),
            channels: channels(&facts.target),
        };
        let proof = facts.as_ref().map(|facts| &facts.proof);
        TransferReport {
            part,
            error,
            restores: facts.as_ref().map(plate),
            background_hash: proof.map(|proof| proof.background_hash.clone()),
            painted_hash: proof.map(|proof| proof.painted_hash.clone()),
            changed_pixels: proof.map(|proof| proof.changed_pixels),
            residual_samples: facts.as_ref().map(|facts| facts.residual_samples),
            replaced_samples: facts.as_ref().map(|facts| facts.replaced_samples),
        }
    }
}

fn window(window: Rect) -> [i64; 4] {
    let size = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    [
        window.x0.into(),
        window.y0.into(),
        size(window.width()),
        size(window.height()),
    ]
}

fn channels(header: &Header) -> Vec<(String, &'static str)> {
    let channels = header.channels.iter();
    channels
        .map(|channel| (channel.name.clone(), channel.sample_type.name()))
        .collect()
}

/// Channels of one type together: `R G B half`.
fn listed(channels: &[(String, &'static str)]) -> String {
    let groups = channels.chunk_by(|a, b| a.1 == b.1).map(|group| {
        let names: Vec<&str> = group.iter().map(|(name, _)| name.as_str()).collect();
        format!("{} {}", names.join(" "), group[0].1)
    });
    groups.collect::<Vec<_>>().join(", ")
}

fn shown([x, y, width, height]: [i64; 4]) -> String {
    format!("{width} x {height} at {x}, {y}")
}

impl Report for InfoReport {
    fn text(&self) -> String {
        let row = |label: &str, text: String| vec![label.to_owned(), text];
        let mut rows = vec![
            row("file", self.file.to_string()),
            row(
                "format",
                format!(
                    "{}, {}, {} bits a pixel",
                    self.format,
                    plural(self.file_bytes, "byte", "bytes"),
                    self.bits_per_pixel
                ),
            ),
        ];
        for part in &self.parts {
            if let Some(name) = &part.name {
                rows.push(row("part", name.clone()));
            }
            rows.push(row("display", shown(part.display_window)));
            rows.push(row("data", shown(part.data_window)));
            rows.push(row("channels", listed(&part.channels)));
            let lossy = if part.lossy { "lossy" } else { "lossless" };
            rows.push(row("codec", format!("{}, {lossy}", part.codec)));
        }
        for transfer in &self.transfers {
            rows.push(row(
                "transfer",
                match (&transfer.error, &transfer.restores) {
                    (Some(error), _) => error.clone(),
                    (_, Some(plate)) => format!(
                        "{} restores a file of type {}: {}, {}, {}",
                        transfer.part.as_deref().unwrap_or("difference"),
                        plate.format,
                        listed(&plate.channels),
                        shown(plate.data_window),
                        plate.codec
                    ),
                    _ => String::new(),
                },
            ));
            for (label, count) in [
                (
                    "changed",
                    transfer
                        .changed_pixels
                        .map(|n| plural(n, "pixel", "pixels")),
                ),
                (
                    "residual",
                    transfer
                        .residual_samples
                        .map(|n| plural(n, "sample", "samples")),
                ),
                (
                    "replaced",
                    transfer
                        .replaced_samples
                        .map(|n| plural(n, "sample", "samples")),
                ),
                ("background", transfer.background_hash.clone()),
                ("painted", transfer.painted_hash.clone()),
            ] {
                rows.extend(count.map(|count| row(label, count)));
            }
        }
        table(&rows)
    }

    fn line(&self) -> String {
        let mut facts = vec![plural(self.file_bytes, "byte", "bytes")];
        if let [part, ..] = self.parts.as_slice() {
            facts.push(shown(part.data_window));
            facts.push(listed(&part.channels));
            facts.push(part.codec.to_owned());
        }
        if self.is_transfer {
            facts.push("a transfer".to_owned());
        }
        facts.join(", ")
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure`].
pub fn run(args: &Info, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let plan = Plan::new([&args.file], [], &args.sequence, false)?;
    sequence::run(&plan, talk, json, |job, _| file(job).map(Done::well))
}

fn file(job: &Job<1, 0>) -> Result<InfoReport, Failure> {
    let [path] = &job.inputs;
    let (headers, file_bytes) = headers(path)?;
    let [header, ..] = headers.as_slice() else {
        return Err(Failure::Refused(format!("{}: has no part", path.display())));
    };
    let transfers = headers.iter().filter(|header| Facts::are_in(header));
    let transfers: Vec<TransferReport> = transfers.map(TransferReport::new).collect();
    let pixels = header.display.area().max(1) as f64;
    Ok(InfoReport {
        file: Named(path.clone()),
        format: header.metadata.format.name(),
        file_bytes,
        bits_per_pixel: Number(file_bytes as f64 * 8.0 / pixels),
        parts: headers.iter().map(PartReport::new).collect(),
        is_transfer: !transfers.is_empty(),
        transfers,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The headers of all parts, one for a file that is no EXR, and the file's size.
fn headers(path: &Path) -> Result<(Vec<Header>, u64), Failure> {
    match Parts::open(path) {
        Ok(parts) => Ok((parts.headers().to_vec(), parts.file_bytes())),
        Err(error) if error.kind == ErrorKind::Unsupported => {
            let info = images::info(path)?;
            Ok((vec![info.header], info.file_bytes))
        }
        Err(error) => Err(error.into()),
    }
}
