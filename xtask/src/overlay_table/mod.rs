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
use deltaplate::kernels::estimate::{Colour, Context, Failure, Team, Workspace};

use crate::bench::page::Page;
use methods::{METHODS, Method};
use metrics::{Scores, psnr};
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

/// Prints the tables, and writes them into docs/overlay.md.
pub fn run(root: &Path) -> Result<(), String> {
    let folder = Folder(root.join("target").join("overlay-table"));
    let mut text = String::new();
    for alpha in [0.15, 0.4] {
        text += &uniform(&folder, alpha)?;
    }
    text += &modes(&folder)?;
    text += &special::run(&folder)?;
    text += &varying::run(&folder)?;
    println!("{text}");
    let mut page = Page::named(root, "overlay.md")?;
    page.replace("overlay table", &text)?;
    page.write()
}

/// The quality of the overlay by each method, over the ways to spoil a pair.
fn uniform(folder: &Folder, alpha: f32) -> Result<String, String> {
    let head = format!(
        "| |{}\n|---|{}\n",
        KINDS.map(|kind| format!(" {kind} |")).concat(),
        "---:|".repeat(KINDS.len())
    );
    let (mut quality, mut further) = (head.clone(), head);
    for method in METHODS {
        let name = method.name;
        eprintln!("opacity {alpha}: {name}");
        quality += &format!("| {name} |");
        further += &format!("| {name} |");
        for kind in KINDS {
            let results = each(PAIRS, |pair| scores(folder, &method, pair, alpha, kind))?;
            let mean_of = |score: &dyn Fn(&Scores) -> f64| {
                mean(&results.iter().map(score).collect::<Vec<f64>>())
            };
            quality += &format!(" {:.2} |", mean_of(&|scores| scores.psnr));
            let [ssim, lmse, leak, ghost, recomposite] =
                [0, 1, 2, 3, 4].map(|i| mean_of(&|scores| scores.further()[i]));
            further +=
                &format!(" {ssim:.3} / {lmse:.3} / {leak:+.2} / {ghost:.2} / {recomposite:.1} |");
        }
        quality += "\n";
        further += "\n";
    }
    Ok(format!(
        "\nUniform opacity {alpha}: PSNR of the overlay in dB, mean of {PAIRS} pairs\n\n{quality}\n\
         The same: {}\n\n{further}",
        Scores::FURTHER
    ))
}

/// What a method makes of a pair.
fn scores(
    folder: &Folder,
    method: &Method,
    pair: usize,
    alpha: f32,
    kind: &str,
) -> Result<Scores, String> {
    let truth = folder.read(&format!("overlay-{pair}"))?;
    let merged = folder.read(&format!("merged-{pair}-{alpha}-{kind}"))?;
    let background = folder.read(&format!("background-{pair}-{kind}"))?;
    let clean = folder.read(&format!("background-{pair}-clean"))?;
    with_context(|context| {
        let found = (method.estimate)(context, merged.view(), background.view(), alpha)?;
        let overlay = Colour::new(truth.size, &found.overlay);
        let alpha = found.opacity.unwrap_or(alpha);
        let below = found.background.as_ref().unwrap_or(&background.samples);
        let laid: Vec<f32> = found
            .overlay
            .iter()
            .zip(below)
            .map(|(o, b)| alpha * o + (1.0 - alpha) * b)
            .collect();
        Ok(Scores {
            psnr: psnr(&found.overlay, &truth.samples),
            ssim: metrics::ssim(overlay, truth.view()),
            lmse: metrics::lmse(overlay, truth.view()),
            leak: metrics::leak(overlay, truth.view(), clean.view()),
            ghost: metrics::ghost(context, overlay, truth.view(), clean.view())?,
            recomposite: psnr(&laid, &merged.samples),
        })
    })
}

/// The PSNR of the overlay in each blend mode, 8 bits and a code of noise.
fn modes(folder: &Folder) -> Result<String, String> {
    let mut text =
        "\nBlend modes: PSNR of the overlay in dB, mean of 4 pairs, 8 bits with noise\n\n\
                    | | closed form | recommended | with clipped samples one-sided |\n\
                    |---|---:|---:|---:|\n"
            .to_owned();
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
        text += &format!("| {name} |{}\n", columns.concat());
    }
    Ok(text)
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
