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

/// What has to be done, known before anything is.
#[derive(Debug)]
pub struct Plan<const I: usize, const O: usize> {
    /// The frames, in their order.
    pub jobs: Vec<Job<I, O>>,
    /// Whether some input has a file for each frame.
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

impl<const I: usize, const O: usize> Plan<I, O> {
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
        let mut plan = Plan {
            jobs: Vec::new(),
            is_sequence: first.is_some(),
            at_once: options.at_once(),
            keep_going: options.keep_going,
            skip_existing,
            openjd: options.openjd,
        };
        plan.jobs = match (first, &options.frames) {
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
        plan.refuse_inputs()?;
        if plan.is_sequence {
            plan.refuse_missing(&files)?;
        }
        Ok(plan)
    }

    /// Whether the frame needs no work.
    pub fn skips(&self, job: &Job<I, O>) -> bool {
        self.skip_existing && O > 0 && job.outputs.iter().all(|output| output.exists())
    }

    /// Refuses to write over what any frame reads.
    fn refuse_inputs(&self) -> Result<(), Failure> {
        let inputs = self.jobs.iter().flat_map(|job| &job.inputs);
        // Where there is no such file yet, it is no input.
        let inputs: HashSet<PathBuf> = inputs
            .flat_map(|input| fs::canonicalize(input).ok())
            .collect();
        for output in self.jobs.iter().flat_map(|job| &job.outputs) {
            if fs::canonicalize(output).is_ok_and(|output| inputs.contains(&output)) {
                return Err(Failure::Usage(format!(
                    "{}: is an input; write the result elsewhere",
                    output.display()
                )));
            }
        }
        Ok(())
    }

    /// Refuses to begin where inputs are missing, unless the others are to be done all the same.
    fn refuse_missing(&self, files: &[Files; I]) -> Result<(), Failure> {
        let mut missing = Vec::new();
        for (index, files) in files.iter().enumerate() {
            let is_missing = |job: &&Job<I, O>| {
                fs::metadata(&job.inputs[index])
                    .is_err_and(|error| error.kind() == ErrorKind::NotFound)
                    && !self.skips(job)
            };
            let frames = self.jobs.iter().filter(is_missing);
            let frames: Vec<i64> = frames.filter_map(|job| job.frame).collect();
            missing.extend(match files {
                _ if frames.is_empty() => None,
                Files::One(path) => Some(path.display().to_string()),
                Files::Each(pattern) => Some(format!("{pattern}: {}", ranges(&frames))),
            });
        }
        if missing.is_empty() {
            return Ok(());
        }
        let missing = format!("missing frames: {}", missing.join("; "));
        if self.keep_going {
            tracing::warn!("{missing}");
            return Ok(());
        }
        Err(Failure::Refused(format!(
            "{missing}; nothing was begun (--keep-going does the others)"
        )))
    }
}

fn on_disk(pattern: &Pattern) -> Result<Vec<i64>, Failure> {
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
