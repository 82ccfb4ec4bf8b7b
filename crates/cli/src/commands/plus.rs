//! `deltaplate plus`: the painted plate from its background and the difference.

use std::path::Path;
use std::process::ExitCode;

use images::{Format, Header, Image, ReadOptions, SampleType, WriteOptions};
use serde::Serialize;
use transfer::Difference;

use super::large::{LargeSum, Rebuilt};
use super::transfer::pair;
use crate::args::Plus;
use crate::engine::{Engine, NodeUsed, PLUS};
use crate::failure::Failure;
use crate::files::{Plate, make_folder_of, output_format};
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
        let report = match LargeSum::find(background, difference, args.held.memory)? {
            Some(sum) => large(&engine, &sum, format, force, job, steps),
            None => whole(&engine, format, force, job, steps),
        };
        report.map(Done::well)
    })
}

fn whole(
    engine: &Engine,
    format: Format,
    force: bool,
    job: &Job<2, 1>,
    steps: &Steps,
) -> Result<PlusReport, Failure> {
    let ([background_path, difference_path], [output]) = (&job.inputs, &job.outputs);
    steps.begin(4);
    steps.step("reading")?;
    let background = Plate::read(background_path)?;
    let difference = Difference::read(difference_path, &ReadOptions::default())?;
    let files = [background_path.as_path(), difference_path];
    let background_matches = check_background(files, &background.image, &difference, force)?;
    steps.step("Plus")?;
    let restored = rebuild(engine, &background.image, &difference)?;
    steps.step("proving")?;
    let exact = difference.proves(&restored);
    if !exact && !force {
        return Err(Failure::Differ(format!(
            "{}: the sum is not the painted plate, by its hash; nothing is written (--force writes it \
             all the same)",
            difference_path.display()
        )));
    }
    warn_of_format(output, format, &difference.target);
    steps.step("writing")?;
    make_folder_of(output)?;
    let bytes = deliver(output, &restored, |file| {
        images::read(file, &ReadOptions::default())
    })?;
    let rebuilt = Rebuilt {
        exact,
        background_matches,
        bytes,
    };
    Ok(report(engine, job, format, rebuilt, &difference.target))
}

/// As [`whole`], of a plate that is too large to be held.
fn large(
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

/// Whether it is the right background; a wrong one passes only by force. `files` are those of
/// background and difference.
fn check_background(
    files: [&Path; 2],
    background: &Image,
    difference: &Difference,
    force: bool,
) -> Result<bool, Failure> {
    let name = files[0].display();
    pair(files, &background.header(), &difference.target)?;
    match difference.check_background(background) {
        Ok(()) => Ok(true),
        Err(error) if force => {
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

/// Writes the rebuilt plate, and reads the file back with `read` before it gets its name; gives its
/// size.
///
/// # Errors
///
/// [`Failure::Differ`] where the file does not hold what was written; what was there before is then
/// still there.
fn deliver(
    path: &Path,
    image: &Image,
    read: impl FnOnce(&Path) -> Result<Image, images::Error>,
) -> Result<u64, Failure> {
    let check = |file: &Path| match read(file) {
        Ok(stored) if stored.channels == image.channels => Ok(()),
        _ => Err(Failure::Differ(format!(
            "{}: read back from disk it is not what was written; it is discarded, and what was \
             there before is still there",
            path.display()
        ))),
    };
    images::write_checked(path, image, check, &WriteOptions::default())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use images::{Channel, Metadata, Rect, Samples};

    type Read<'a> = &'a dyn Fn(&Path) -> Result<Image, images::Error>;

    #[test]
    fn a_file_that_is_not_what_was_written_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let image = Image {
            display: Rect::new(0, 0, 2, 1),
            data: Rect::new(0, 0, 2, 1),
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "Y".into(),
                samples: Samples::U8(vec![1, 2]),
            }],
            metadata: Metadata::new(Format::Tiff),
        };
        let read = |file: &Path| images::read(file, &ReadOptions::default());
        let truncated = |file: &Path| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
            read(file)
        };
        let other = |file: &Path| {
            let mut other = read(file)?;
            other.channels[0].samples = Samples::U8(vec![1, 3]);
            Ok(other)
        };
        let path = folder.path().join("p.tif");
        fs::write(&path, "precious").unwrap();
        let faults: [Read; 2] = [&truncated, &other];
        for fault in faults {
            let failure = deliver(&path, &image, fault).unwrap_err();
            assert_eq!(failure.exit_code(), 1, "{failure}");
            assert!(failure.to_string().contains("p.tif: "), "{failure}");
            assert_eq!(fs::read(&path).unwrap(), b"precious");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
        let bytes = deliver(&path, &image, read).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), bytes);
        assert_eq!(read(&path).unwrap().channels, image.channels);
    }
}
