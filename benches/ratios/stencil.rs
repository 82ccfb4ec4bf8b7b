//! The estimator: its wavefront ring beside naive passes, on one thread and on two, and a whole
//! extraction beside the bound of its inner loop.

use std::time::Duration;

use deltaplate::kernels::estimate::fit::{Stop, Terms, smooth};
use deltaplate::kernels::estimate::model::{Blend, Model, Opacity};
use deltaplate::kernels::estimate::recommended::{Problem, estimate};
use deltaplate::kernels::estimate::{Colour, Context, Size, Team, Workspace};

use crate::figures::Row;
use crate::frames::{Format, noise};
use crate::naive::Passes;
use crate::timing::{Time, interleave};

/// Iterations of a usual extraction on its full size.
pub const ITERATIONS: usize = 30;
/// Its sizes.
const LEVELS: usize = 4;
/// Its opacity.
const OPACITY: f32 = 0.15;
/// A picture whose ring stays in the cache: what its iterations take is the inner loop's time.
const IN_CACHE: Size = Size {
    width: 256,
    height: 96,
};

const TERMS: Terms = Terms {
    lambda: 0.02,
    eps: 0.004,
    step: 0.7,
    low: 0.0,
    high: 1.0,
};

/// A pool of so many threads.
pub struct Threads(rayon::ThreadPool);

impl Threads {
    pub fn new(count: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(count);
        Ok(Self(builder.build()?))
    }
}

impl Team for Threads {
    fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    fn run(&self, job: &(dyn Fn() + Sync)) {
        self.0.in_place_scope(|scope| {
            (0..self.count()).for_each(|_| scope.spawn(|_| job()));
        });
    }
}

/// Weights and products as `smooth` takes them, and a start.
pub struct Picture {
    size: Size,
    data: Vec<f32>,
    start: Vec<f32>,
}

impl Picture {
    pub fn new(width: usize, height: usize) -> Self {
        let size = Size { width, height };
        let data = (0..6 * size.pixels()).map(|i| match i / width % 6 < 3 {
            true => 0.5 + 0.5 * noise(i, 5),
            false => 0.4 + 0.1 * noise(i, 6),
        });
        Self {
            size,
            data: data.collect(),
            start: (0..3 * size.pixels())
                .map(|i| 0.5 + 0.1 * noise(i, 7))
                .collect(),
        }
    }
}

/// A picture's memory for the ring.
pub struct Ring<'a> {
    picture: &'a Picture,
    team: &'a Threads,
    workspace: Workspace,
    data: Vec<f32>,
    x: Vec<f32>,
}

impl<'a> Ring<'a> {
    pub fn new(picture: &'a Picture, team: &'a Threads) -> Self {
        Self {
            picture,
            team,
            workspace: Workspace::new(),
            data: picture.data.clone(),
            x: picture.start.clone(),
        }
    }

    pub fn run(&mut self, iterations: usize) {
        self.data.copy_from_slice(&self.picture.data);
        self.x.copy_from_slice(&self.picture.start);
        let mut context = Context {
            team: self.team,
            workspace: &mut self.workspace,
            proceed: &mut |_| true,
        };
        let stop = Stop {
            iterations,
            tolerance: 0.0,
            progress: [0.0, 1.0],
        };
        let (size, data, x) = (self.picture.size, &mut self.data, &mut self.x);
        smooth(&mut context, size, data, &TERMS, x, stop).expect("there is memory");
    }
}

/// One of the naive passes, from the start.
struct Naive<'a> {
    picture: &'a Picture,
    passes: Passes,
}

impl<'a> Naive<'a> {
    fn new(picture: &'a Picture) -> Self {
        let passes = Passes::new(picture.size, &picture.data, &TERMS, &picture.start);
        Self { picture, passes }
    }

    fn run(&mut self, iterations: usize) {
        self.passes.restart(&self.picture.start);
        self.passes.run(iterations);
    }
}

/// Naive passes, and the ring on one thread and on two.
pub struct Stencil {
    pub naive: Time,
    pub one: Time,
    pub two: Time,
}

/// Measures a picture of that size, after all three gave the same bits.
pub fn compare(format: Format, iterations: usize, budget: Duration) -> Result<Stencil, String> {
    let team = |count| Threads::new(count).map_err(|error| error.to_string());
    let (alone, pair) = (team(1)?, team(2)?);
    let picture = Picture::new(format.width, format.height);
    let mut naive = Naive::new(&picture);
    let mut one = Ring::new(&picture, &alone);
    let mut two = Ring::new(&picture, &pair);
    naive.run(iterations);
    one.run(iterations);
    two.run(iterations);
    let expected = naive.passes.into_rows();
    let same = |found: &[f32]| {
        let mut pairs = found.iter().zip(&expected);
        pairs.all(|(found, expected)| found.to_bits() == expected.to_bits())
    };
    if !same(&one.x) || !same(&two.x) {
        return Err("the ring's result is not that of the naive passes".into());
    }
    let mut naive = Naive::new(&picture);
    let [naive, one, two] = interleave(
        budget,
        [
            &mut || naive.run(iterations),
            &mut || one.run(iterations),
            &mut || two.run(iterations),
        ],
    );
    Ok(Stencil { naive, one, two })
}

/// A whole extraction from two pictures of a size on so many threads, beside what its iterations
/// alone would take there on rows that stay in the cache.
pub fn extraction(format: Format, threads: usize, budget: Duration) -> Result<Row, String> {
    let team = |count| Threads::new(count).map_err(|error| error.to_string());
    let (alone, team) = (team(1)?, team(threads)?);
    let size = Size {
        width: format.width,
        height: format.height,
    };
    let (merged, background) = pictures(size);
    let model = Model {
        blend: Blend::Normal,
        opacity: Opacity::Uniform(OPACITY),
    };
    let (m, b) = (Colour::new(size, &merged), Colour::new(size, &background));
    let mut problem = Problem::new(m, b, model, 1.5 / 255.0, 0.0);
    (problem.iterations, problem.levels) = (ITERATIONS, LEVELS);
    let mut workspace = Workspace::new();
    let mut out = vec![0.0; 3 * size.pixels()];
    let mut extract = || {
        let mut context = Context {
            team: &team,
            workspace: &mut workspace,
            proceed: &mut |_| true,
        };
        estimate(&mut context, &problem, &mut out).expect("there is memory");
    };
    let small = Picture::new(IN_CACHE.width, IN_CACHE.height);
    let mut inner = Ring::new(&small, &alone);
    let [whole, inner] = interleave(budget, [&mut extract, &mut || inner.run(ITERATIONS)]);
    Ok(Row {
        work: "extract".into(),
        size: format.name.into(),
        pixels: size.pixels(),
        threads,
        time: whole,
        limit: Some(bound(inner, size, threads)),
        target: Some(1.3),
    })
}

/// What the iterations of an extraction take on so many threads, from what those on [`IN_CACHE`]
/// do on one.
fn bound(inner: Time, size: Size, threads: usize) -> Time {
    let levels = (0..LEVELS).map(|level| (size.width >> level) * (size.height >> level));
    let factor = levels.sum::<usize>() as f64 / (IN_CACHE.pixels() * threads) as f64;
    Time {
        fastest: inner.fastest * factor,
        median: inner.median * factor,
    }
}

/// A merged picture and its background, as 8-bit sources are.
fn pictures(size: Size) -> (Vec<f32>, Vec<f32>) {
    let sample = |i: usize, seed: u32| {
        let (x, y) = (i % size.width, i / (3 * size.width));
        let wave = (x as f32 / (31 + seed) as f32).sin() * (y as f32 / 47.0).cos();
        0.5 + 0.3 * wave + 0.1 * (noise(i, seed) - 0.5)
    };
    let code = |v: f32| (v * 255.0).round() / 255.0;
    (0..3 * size.pixels())
        .map(|i| {
            let (b, o) = (sample(i, 11), sample(i, 17));
            (code(OPACITY * o + (1.0 - OPACITY) * b), code(b))
        })
        .unzip()
}
