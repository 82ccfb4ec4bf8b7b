//! Tests of the estimator as a whole.

mod calibration;
mod properties;
mod reference;
mod wavefront;

use super::{Alone, Context, Failure, Size, Team, Workspace};

/// So many threads.
struct Threads(usize);

impl Team for Threads {
    fn count(&self) -> usize {
        self.0
    }

    fn run(&self, job: &(dyn Fn() + Sync)) {
        std::thread::scope(|scope| {
            for _ in 0..self.0 {
                scope.spawn(job);
            }
        });
    }
}

fn with<T>(team: &dyn Team, work: impl FnOnce(&mut Context<'_>) -> Result<T, Failure>) -> T {
    let mut workspace = Workspace::new();
    let mut context = Context {
        team,
        workspace: &mut workspace,
        proceed: &mut |_| true,
    };
    work(&mut context).unwrap()
}

fn alone<T>(work: impl FnOnce(&mut Context<'_>) -> Result<T, Failure>) -> T {
    with(&Alone, work)
}

/// Samples without pattern in 0..1.
fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let sample = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 24) as f32
    };
    (0..count).map(sample).collect()
}

/// A picture with edges, slopes and texture.
fn scene(size: Size, seed: u32) -> Vec<f32> {
    let mut samples = noise(3 * size.pixels(), seed);
    let phase = seed as f32;
    for (i, sample) in samples.iter_mut().enumerate() {
        let (x, y) = (i % size.width, i / (3 * size.width));
        let wave = (0.21 * x as f32 + phase).sin() * (0.17 * y as f32 + 2.0 * phase).cos();
        // Edges that are not those of another seed.
        let (across, down) = (5 + 2 * seed as usize, 12 - 2 * seed as usize);
        let edge = if (x / across + y / down).is_multiple_of(2) {
            0.2
        } else {
            0.0
        };
        *sample = 0.3 + 0.2 * wave + edge + 0.05 * *sample;
    }
    samples
}
