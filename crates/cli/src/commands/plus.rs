//! `deltaplate plus`: the painted plate from its background and the difference.

use std::path::Path;
use std::process::ExitCode;

use images::{Image, ReadOptions, SampleType, WriteOptions};
use serde::Serialize;
use transfer::Difference;

use super::transfer::{discard, pair};
use crate::args::Plus;
use crate::engine::{Engine, NodeUsed, PLUS};
use crate::failure::Failure;
use crate::files::{Plate, make_folder_of, output_format, refuse_input};
use crate::report::{Named, Report, plural, print, table};
use crate::talk::Talk;

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

impl Report for PlusReport {
    fn text(&self) -> String {
        let verdict = match (self.exact, self.background_matches) {
            (true, _) => "exact: every sample has the painted plate's bits",
            (false, true) => "not exact: the difference does not restore every sample",
            (false, false) => "not exact: another background",
        };
        table(&[
            vec![
                "restored".to_owned(),
                self.output.to_string(),
                plural(self.bytes, "byte", "bytes"),
            ],
            vec!["verdict".to_owned(), verdict.to_owned()],
        ])
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Differ`] for another background, or a result that is not the painted plate.
pub fn run(args: &Plus, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let output = &args.output;
    let format = output_format(output)?;
    refuse_input(output, &[&args.background, &args.difference])?;
    let engine = Engine::new(talk.signals())?;
    talk.begin(4);
    talk.step("reading")?;
    let background = Plate::read(&args.background)?;
    let difference = Difference::read(&args.difference, &ReadOptions::default())?;
    let background_matches = check_background(args, &background.image, &difference)?;
    talk.step("Plus")?;
    let restored = rebuild(&engine, &background.image, &difference)?;
    talk.step("proving")?;
    let exact = difference.proves(&restored);
    if !exact && !args.force {
        return Err(Failure::Differ(format!(
            "{}: the sum is not the painted plate, by its hash; nothing is written (--force writes it \
             all the same)",
            args.difference.display()
        )));
    }
    if format != difference.target.metadata.format {
        tracing::warn!(
            "{}: the painted plate was a file of type {}; its attributes are left behind",
            output.display(),
            difference.target.metadata.format.name()
        );
    }
    talk.step("writing")?;
    make_folder_of(output)?;
    let bytes = deliver(output, &restored)?;
    talk.end();
    let channel =
        |info: &images::ChannelInfo| (info.name.clone(), SampleType::name(info.sample_type));
    print(
        &PlusReport {
            exact,
            background_matches,
            bytes,
            background: Named(background.path),
            difference: Named(args.difference.clone()),
            output: Named(output.clone()),
            format: format.name(),
            channels: difference.target.channels.iter().map(channel).collect(),
            nodes: engine.used(&[PLUS]),
            version: env!("CARGO_PKG_VERSION"),
        },
        json,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Whether it is the right background; a wrong one passes only by force.
fn check_background(
    args: &Plus,
    background: &Image,
    difference: &Difference,
) -> Result<bool, Failure> {
    let name = args.background.display();
    let files = [args.background.as_path(), args.difference.as_path()];
    pair(files, &background.header(), &difference.target)?;
    match difference.check_background(background) {
        Ok(()) => Ok(true),
        Err(error) if args.force => {
            tracing::warn!("{name}: {error}");
            Ok(false)
        }
        Err(error) => Err(Failure::Differ(format!(
            "{name}: {error} (--force adds it all the same)"
        ))),
    }
}

/// The painted plate in its own type, as the node Plus makes it.
///
/// # Errors
///
/// [`Failure`].
pub fn rebuild(
    engine: &Engine,
    background: &Image,
    difference: &Difference,
) -> Result<Image, Failure> {
    let window = difference.target.data;
    let planes = engine.plus(background, difference, window)?;
    Ok(difference.deliver(window, planes)?)
}

/// Writes the rebuilt plate and reads it back; gives the file's size.
///
/// # Errors
///
/// [`Failure::Differ`] where the file does not hold what was written, which leaves none.
fn deliver(path: &Path, image: &Image) -> Result<u64, Failure> {
    let bytes = images::write(path, image, &WriteOptions::default())?;
    match images::read(path, &ReadOptions::default()) {
        Ok(stored) if stored.channels == image.channels => Ok(bytes),
        _ => Err(discard(path)),
    }
}
