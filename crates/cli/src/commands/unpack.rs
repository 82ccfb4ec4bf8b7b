//! `deltaplate unpack`: differences out of a pack.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use images::{Pattern, ReadOptions, ranges};
use serde::Serialize;
use transfer::{Pack, Packing};

use crate::args::Unpack;
use crate::failure::Failure;
use crate::files::make_folder_of;
use crate::report::{Named, Report, plural};
use crate::sequence::{self, Done, Job, Plan, refuse_missing};
use crate::talk::Talk;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnpackReport {
    difference: Named,
    bytes: u64,
    /// Bytes that were fetched from the pack for it.
    bytes_read: u64,
}

impl Report for UnpackReport {
    fn text(&self) -> String {
        format!(
            "{} {}",
            self.difference,
            plural(self.bytes, "byte", "bytes")
        )
    }
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure`].
pub fn run(args: &Unpack, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let packs = Packs::open(args)?;
    let wanted = packs.wanted(args)?;
    let pattern = Pattern::parse(&args.output);
    if pattern.is_none() && wanted.len() > 1 {
        return Err(Failure::Usage(format!(
            "{}: {} need a name with a place for the number, as shot.####.exr",
            args.output.display(),
            plural(wanted.len() as u64, "frame", "frames")
        )));
    }
    let job = |&frame: &i64| Job {
        frame: Some(frame),
        inputs: [args.pack.clone()],
        outputs: [match &pattern {
            Some(pattern) => pattern.path(frame),
            None => args.output.clone(),
        }],
    };
    let jobs = wanted.iter().map(job).collect();
    let plan = Plan::of(jobs, true, &args.sequence, args.existing.skip_existing)?;
    sequence::run(&plan, talk, json, |job, _| {
        packs.unpack(job).map(Done::well)
    })
}

/// The pack, opened by each thread that reads from it.
struct Packs {
    path: PathBuf,
    /// Open, and in nobody's hands.
    idle: Mutex<Vec<Pack>>,
}

impl Packs {
    fn open(args: &Unpack) -> Result<Self, Failure> {
        Ok(Packs {
            path: args.pack.clone(),
            idle: Mutex::new(vec![Pack::open(&args.pack)?]),
        })
    }

    fn take(&self) -> Result<Pack, Failure> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| Ok(Pack::open(&self.path)?), Ok)
    }

    fn give(&self, pack: Pack) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(pack);
    }

    /// The frames to be taken out; those that are not in it are named together.
    fn wanted(&self, args: &Unpack) -> Result<Vec<i64>, Failure> {
        let pack = self.take()?;
        let known: Vec<i64> = pack.frames().collect();
        self.give(pack);
        let wanted = match (&args.sequence.frames, args.frame.as_slice()) {
            (Some(frames), _) => frames.frames().to_vec(),
            (None, []) => known.clone(),
            (None, frames) => frames.to_vec(),
        };
        let is_missing = |frame: &&i64| known.binary_search(frame).is_err();
        let missing: Vec<i64> = wanted.iter().filter(is_missing).copied().collect();
        let name = self.path.display();
        let missing = (!missing.is_empty()).then(|| format!("{name}: {}", ranges(&missing)));
        refuse_missing(missing.into_iter().collect(), args.sequence.keep_going)?;
        Ok(wanted)
    }

    fn unpack(&self, job: &Job<1, 1>) -> Result<UnpackReport, Failure> {
        let (Some(frame), [path]) = (job.frame, &job.outputs) else {
            return Err(Failure::Usage("a pack holds frames".to_owned()));
        };
        let mut pack = self.take()?;
        let before = pack.bytes_read();
        let difference = pack.read(frame, &ReadOptions::default());
        let bytes_read = pack.bytes_read() - before;
        self.give(pack);
        make_folder_of(path)?;
        let (_, bytes) = difference?.store(path, Packing::Own)?;
        Ok(UnpackReport {
            difference: Named(path.clone()),
            bytes,
            bytes_read,
        })
    }
}
