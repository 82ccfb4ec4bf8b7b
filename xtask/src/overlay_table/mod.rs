//! `overlay-table`: what OverlayExtract's estimator reaches, beside simpler ways, on photographs
//! whose overlay is known.

mod methods;
mod metrics;
mod npy;
mod special;
mod varying;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use deltaplate::kernels::estimate::model::{Blend, Model, Opacity};
use deltaplate::kernels::estimate::{Context, Failure, Team, Workspace};

use methods::{METHODS, Method};
use metrics::psnr;
use npy::Folder;

/// Photograph pairs.
const PAIRS: usize = 5;
/// How a pair is spoilt; the names of prepare.py.
const KINDS: [&str; 6] = ["clean", "8bit", "jpeg", "noise", "shift", "gain"];

/// All threads of the machine.
struct Threads;

impl Team for Threads {
    fn count(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    fn run(&self, job: &(dyn Fn() + Sync)) {
        std::thread::scope(|scope| {
            for _ in 1..self.count() {
                scope.spawn(job);
            }
            job();
        });
    }
}

/// Runs the estimator.
fn with_context<T>(work: impl FnOnce(&mut Context<'_>) -> Result<T, Failure>) -> Result<T, String> {
    let mut workspace = Workspace::new();
    let mut context = Context {
        team: &Threads,
        workspace: &mut workspace,
        proceed: &mut |_| true,
    };
    work(&mut context).map_err(|failure| format!("the estimator stopped: {failure:?}"))
}

/// Prints the tables.
pub fn run(root: &Path) -> Result<(), String> {
    let folder = Folder(root.join("target").join("overlay-table"));
    for alpha in [0.15, 0.4] {
        uniform(&folder, alpha)?;
    }
    modes(&folder)?;
    special::run(&folder)?;
    varying::run(&folder)
}

/// The PSNR of the overlay by each method, over the ways to spoil a pair.
fn uniform(folder: &Folder, alpha: f32) -> Result<(), String> {
    println!("\nUniform opacity {alpha}: PSNR of the overlay in dB, mean of {PAIRS} pairs\n");
    println!("| |{}", KINDS.map(|kind| format!(" {kind} |")).concat());
    println!("|---|{}", "---|".repeat(KINDS.len()));
    for Method { name, estimate } in METHODS {
        let mut row = format!("| {name} |");
        for kind in KINDS {
            let results = each(PAIRS, |pair| {
                let truth = folder.read(&format!("overlay-{pair}"))?;
                let merged = folder.read(&format!("merged-{pair}-{alpha}-{kind}"))?;
                let background = folder.read(&format!("background-{pair}-{kind}"))?;
                let found = with_context(|context| {
                    estimate(context, merged.view(), background.view(), alpha)
                })?;
                Ok(psnr(&found, &truth.samples))
            })?;
            row += &format!(" {:.2} |", mean(&results));
        }
        println!("{row}");
    }
    Ok(())
}

/// The PSNR of the overlay in each blend mode, 8 bits and a code of noise.
fn modes(folder: &Folder) -> Result<(), String> {
    println!("\nBlend modes: PSNR of the overlay in dB, mean of 4 pairs, 8 bits with noise\n");
    println!("| | closed form | recommended | with clipped samples one-sided |");
    println!("|---|---|---|---|");
    for (name, blend, alpha) in [
        ("add-0.3", Blend::Add, 0.3),
        ("screen-1.0", Blend::Screen, 1.0),
        ("screen-0.4", Blend::Screen, 0.4),
        ("multiply-1.0", Blend::Multiply, 1.0),
        ("multiply-0.4", Blend::Multiply, 0.4),
    ] {
        let results = each(4, |pair| {
            let truth = folder.read(&format!("overlay-{pair}"))?;
            let merged = folder.read(&format!("merged-{pair}-{name}"))?;
            let background = folder.read(&format!("background-{pair}-clean"))?;
            let model = Model {
                blend,
                opacity: Opacity::Uniform(alpha),
            };
            let found = with_context(|context| {
                methods::modes(context, merged.view(), background.view(), &model)
            })?;
            Ok(found.map(|found| psnr(&found, &truth.samples)))
        })?;
        let columns = [0, 1, 2].map(|i| {
            let column: Vec<f64> = results.iter().map(|result| result[i]).collect();
            format!(" {:.2} |", mean(&column))
        });
        println!("| {name} |{}", columns.concat());
    }
    Ok(())
}

/// The results for `0..count`, in order, from all threads.
fn each<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let next = AtomicUsize::new(0);
    let results = std::sync::Mutex::new(Vec::new());
    Threads.run(&|| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            let result = work(index);
            if let Ok(mut results) = results.lock() {
                results.push((index, result));
            }
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
