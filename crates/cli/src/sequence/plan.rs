//! From file names to the frames of a run.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use images::{Pattern, ranges};

use crate::args::Sequence;
use crate::failure::Failure;

/// The files of one frame, or of a single image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<const I: usize, const O: usize> {
    /// The frame's number; none for a single image.
    pub frame: Option<i64>,
    /// What is read.
    pub inputs: [PathBuf; I],
    /// What is written.
    pub outputs: [PathBuf; O],
}

/// What a run does one after the other.
pub trait Task: Sync {
    /// The frame's number; none for a single image.
    fn frame(&self) -> Option<i64>;
    /// What is read.
    fn inputs(&self) -> &[PathBuf];
    /// What is written.
    fn outputs(&self) -> &[PathBuf];
}

impl<const I: usize, const O: usize> Task for Job<I, O> {
    fn frame(&self) -> Option<i64> {
        self.frame
    }

    fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    fn outputs(&self) -> &[PathBuf] {
        &self.outputs
    }
}

/// What has to be done, known before anything is.
#[derive(Debug)]
pub struct Plan<T> {
    /// The frames, in their order.
    pub jobs: Vec<T>,
    /// Whether the report is that of a run over frames, be it over one.
    pub is_sequence: bool,
    /// Frames at once.
    pub at_once: usize,
    /// Whether a frame that fails is no reason to stop.
    pub keep_going: bool,
    /// Whether a frame whose outputs are all there is left as it is.
    pub skip_existing: bool,
    /// Whether progress is said as Open Job Description reads it.
    pub openjd: bool,
}

/// A file for each frame, or one for all.
enum Files {
    One(PathBuf),
    Each(Pattern),
}

impl Files {
    /// A file of that very name, be it `bg@2x.png`, is no pattern.
    fn input(path: &Path) -> Self {
        match Pattern::parse(path) {
            Some(pattern) if !path.exists() => Files::Each(pattern),
            _ => Files::One(path.to_path_buf()),
        }
    }

    fn output(path: &Path) -> Result<Self, Failure> {
        let pattern = Pattern::parse(path).ok_or_else(|| {
            Failure::Usage(format!(
                "{}: all frames would be written to one file; name it as the inputs, with #### for \
                 the frame's number",
                path.display()
            ))
        })?;
        Ok(Files::Each(pattern))
    }

    fn path(&self, frame: i64) -> PathBuf {
        match self {
            Files::One(path) => path.clone(),
            Files::Each(pattern) => pattern.path(frame),
        }
    }

    fn pattern(&self) -> Option<&Pattern> {
        match self {
            Files::One(_) => None,
            Files::Each(pattern) => Some(pattern),
        }
    }
}

impl<const I: usize, const O: usize> Plan<Job<I, O>> {
    /// Plans a run: a sequence where an input has a place for the frame's number.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] where names and options do not fit together or an output is an input;
    /// [`Failure::Refused`] where frames are missing, all of them named.
    pub fn new(
        inputs: [&Path; I],
        outputs: [&Path; O],
        options: &Sequence,
        skip_existing: bool,
    ) -> Result<Self, Failure> {
        let files = inputs.map(Files::input);
        let first = files.iter().find_map(Files::pattern);
        let is_sequence = first.is_some();
        let jobs = match (first, &options.frames) {
            (Some(first), frames) => {
                let frames = match frames {
                    Some(frames) => frames.frames().to_vec(),
                    None => on_disk(first)?,
                };
                sequence(&frames, &files, outputs)?
            }
            (None, None) => vec![Job {
                frame: None,
                inputs: inputs.map(Path::to_path_buf),
                outputs: outputs.map(Path::to_path_buf),
            }],
            (None, Some(_)) => {
                return Err(Failure::Usage(
                    "--frames needs an input with a place for the frame's number, as shot.####.exr"
                        .to_owned(),
                ));
            }
        };
        let plan = Plan::of(jobs, is_sequence, options, skip_existing)?;
        if is_sequence {
            plan.refuse_missing(&files)?;
        }
        Ok(plan)
    }

    /// Refuses to begin where inputs are missing, unless the others are to be done all the same.
    fn refuse_missing(&self, files: &[Files; I]) -> Result<(), Failure> {
        let missing = files.iter().enumerate().filter_map(|(index, files)| {
            let jobs = self.jobs.iter().filter(|job| !self.skips(job));
            let files_of = jobs.filter_map(|job| Some((job.frame?, job.inputs[index].clone())));
            missing(files, files_of)
        });
        refuse_missing(missing.collect(), self.keep_going)
    }
}

/// The files of `files` that are not there, in words.
fn missing(files: &Files, of: impl Iterator<Item = (i64, PathBuf)>) -> Option<String> {
    let is_missing =
        |path: &PathBuf| fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let frames = of.filter(|(_, path)| is_missing(path));
    let frames: Vec<i64> = frames.map(|(frame, _)| frame).collect();
    match files {
        _ if frames.is_empty() => None,
        Files::One(path) => Some(path.display().to_string()),
        Files::Each(pattern) => Some(format!("{pattern}: {}", ranges(&frames))),
    }
}

/// Refuses to begin where frames are missing, in words, unless the others are to be done all the same.
///
/// # Errors
///
/// [`Failure::Refused`] with all of them.
pub fn refuse_missing(missing: Vec<String>, keep_going: bool) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let missing = format!("missing frames: {}", missing.join("; "));
    if keep_going {
        tracing::warn!("{missing}");
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "{missing}; nothing was begun (--keep-going does the others)"
    )))
}

impl<T: Task> Plan<T> {
    /// Plans a run of these.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] where an output is an input.
    pub fn of(
        jobs: Vec<T>,
        is_sequence: bool,
        options: &Sequence,
        skip_existing: bool,
    ) -> Result<Self, Failure> {
        let plan = Plan {
            jobs,
            is_sequence,
            at_once: options.at_once(),
            keep_going: options.keep_going,
            skip_existing,
            openjd: options.openjd,
        };
        plan.refuse_inputs()?;
        Ok(plan)
    }

    /// Whether the frame needs no work.
    pub fn skips(&self, job: &T) -> bool {
        let outputs = job.outputs();
        self.skip_existing && !outputs.is_empty() && outputs.iter().all(|output| output.exists())
    }

    /// Refuses to write over what any frame reads.
    fn refuse_inputs(&self) -> Result<(), Failure> {
        let inputs = self.jobs.iter().flat_map(Task::inputs);
        // Where there is no such file yet, it is no input.
        let inputs: HashSet<PathBuf> = inputs
            .flat_map(|input| fs::canonicalize(input).ok())
            .collect();
        for output in self.jobs.iter().flat_map(Task::outputs) {
            if fs::canonicalize(output).is_ok_and(|output| inputs.contains(&output)) {
                return Err(Failure::Usage(format!(
                    "{}: is an input; write the result elsewhere",
                    output.display()
                )));
            }
        }
        Ok(())
    }
}

/// The frames on disk of a pattern, in their order.
///
/// # Errors
///
/// [`Failure::Refused`] where there is none.
pub fn on_disk(pattern: &Pattern) -> Result<Vec<i64>, Failure> {
    let name = pattern.to_string();
    let frames = pattern
        .frames_on_disk()
        .map_err(Failure::file(Path::new(&name)))?;
    if frames.is_empty() {
        return Err(Failure::Refused(format!("{name}: there is no such file")));
    }
    Ok(frames)
}

fn sequence<const I: usize, const O: usize>(
    frames: &[i64],
    inputs: &[Files; I],
    outputs: [&Path; O],
) -> Result<Vec<Job<I, O>>, Failure> {
    let outputs: Vec<Files> = outputs
        .into_iter()
        .map(Files::output)
        .collect::<Result<_, _>>()?;
    let job = |&frame: &i64| Job {
        frame: Some(frame),
        inputs: std::array::from_fn(|index| inputs[index].path(frame)),
        outputs: std::array::from_fn(|index| outputs[index].path(frame)),
    };
    Ok(frames.iter().map(job).collect())
}
