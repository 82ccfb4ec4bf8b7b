//! `deltaplate roundtrip`: there and back, and the proof.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use images::{Image, ReadOptions, WriteOptions};
use serde::Serialize;
use transfer::verify;

use super::compare::figures::{Figures, Tolerances, measure};
use super::plus::rebuild;
use super::transfer::{difference, pair, per_cent, store};
use crate::args::Roundtrip;
use crate::engine::{COMPARE, Engine, MIN, NodeUsed, PLUS};
use crate::failure::Failure;
use crate::files::{Plate, output_format, refuse_input};
use crate::report::{Named, Report, count, plural, print, table};
use crate::talk::Talk;

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
        let verdict = match &self.reason {
            None => "exact".to_owned(),
            Some(reason) => format!(
                "not exact: {} fail; {reason}",
                plural(self.failing_pixels, "pixel", "pixels")
            ),
        };
        let changed = format!(
            "{} of {} pixels, {}",
            count(self.changed_pixels),
            count(self.pixels),
            per_cent(self.changed_pixels, self.pixels)
        );
        let facts = table(&[
            vec!["changed".to_owned(), changed],
            vec!["verdict".to_owned(), verdict],
        ]);
        format!("{files}\n{facts}")
    }
}

/// Runs the command. Exit code 1 where the plate does not come back.
///
/// # Errors
///
/// [`Failure`] where there is nothing to report.
pub fn run(args: &Roundtrip, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let (difference_path, restored_path) = outputs(args)?;
    let engine = Engine::new(talk.signals())?;
    talk.begin(8);
    talk.step("reading")?;
    let background = Plate::read(&args.background)?;
    let painted = Plate::read(&args.painted)?;
    output_format(&restored_path)?;
    let pair = pair(
        [&args.background, &args.painted],
        &background.image.header(),
        &painted.image.header(),
    )?;
    talk.step("Min")?;
    let made = difference(&engine, &pair, &background, &painted)?;
    talk.step("writing the difference")?;
    fs::create_dir_all(&args.out).map_err(Failure::file(&args.out))?;
    let (made, difference_bytes) = store(&made, &difference_path, args.packing.codec)?;
    talk.step("Plus")?;
    let rebuilt = rebuild(&engine, &background.image, &made)?;
    talk.step("writing the restored plate")?;
    let restored_bytes = images::write(&restored_path, &rebuilt, &WriteOptions::default())?;
    talk.step("reading it back")?;
    let restored: Image = images::read(&restored_path, &ReadOptions::default())?;
    talk.step("Compare")?;
    let compare = measure(&engine, &restored, &painted.image, &Tolerances::default())?;
    talk.step("comparing native bits")?;
    let verdict = verify(&painted.image, &restored);
    let exact = verdict.exact && compare.failing_pixels == 0;
    talk.end();
    let reason = (!exact).then(|| match (verdict.failing_samples, verdict.exact) {
        (_, true) => "the node Compare sees differences that the files do not have".to_owned(),
        (0, _) => "windows, channels or types are not those of the painted plate".to_owned(),
        (samples, _) => format!(
            "{} of the painted plate are not what the difference promised",
            plural(samples, "sample", "samples")
        ),
    });
    print(
        &RoundtripReport {
            exact,
            reason,
            background_bytes: background.bytes,
            painted_bytes: painted.bytes,
            difference_bytes,
            restored_bytes,
            ratio: difference_bytes as f64 / painted.bytes.max(1) as f64,
            pixels: pair.window.area(),
            changed_pixels: made.proof.changed_pixels,
            failing_pixels: verdict.failing_pixels,
            failing_samples: verdict.failing_samples,
            residual_samples: made.residual_samples,
            replaced_samples: made.replaced_samples,
            codec: made.image().metadata.codec.name(),
            background: Named(background.path),
            painted: Named(painted.path),
            difference: Named(difference_path),
            restored: Named(restored_path),
            compare,
            nodes: engine.used(&[MIN, PLUS, COMPARE]),
            warnings: pair.warnings,
            version: env!("CARGO_PKG_VERSION"),
        },
        json,
    )?;
    Ok(ExitCode::from(u8::from(!exact)))
}

/// Where the difference and the restored plate go.
fn outputs(args: &Roundtrip) -> Result<(PathBuf, PathBuf), Failure> {
    let (Some(name), Some(stem)) = (args.painted.file_name(), args.painted.file_stem()) else {
        return Err(Failure::Usage(format!(
            "{}: is not the name of a file",
            args.painted.display()
        )));
    };
    let mut difference_name = stem.to_owned();
    difference_name.push(".difference.exr");
    let outputs = (args.out.join(difference_name), args.out.join(name));
    for output in [&outputs.0, &outputs.1] {
        refuse_input(output, &[&args.background, &args.painted])?;
    }
    Ok(outputs)
}
