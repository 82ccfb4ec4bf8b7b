//! Interleaved timing.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What a piece of work took, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// The fastest round: what the machine can do when nothing else runs.
    pub fastest: f64,
    /// The median round.
    pub median: f64,
}

/// Times pieces of work in turn, in rounds, for about as long as `budget`: what disturbs the
/// machine disturbs all of them. One round before is not counted.
pub fn interleave<const N: usize>(budget: Duration, mut works: [&mut dyn FnMut(); N]) -> [Time; N] {
    const LEAST: usize = 7;
    const MOST: usize = 2000;
    let mut rounds: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    works.iter_mut().for_each(|work| work());
    let start = Instant::now();
    for round in 0..MOST {
        if round >= LEAST && start.elapsed() >= budget {
            break;
        }
        // Another order each time: none of them always runs in the cache that the same one left.
        for turn in 0..N {
            let index = (turn + round) % N;
            let start = Instant::now();
            black_box(&mut works[index])();
            rounds[index].push(start.elapsed().as_secs_f64());
        }
    }
    rounds.map(|mut times| {
        times.sort_by(f64::total_cmp);
        Time {
            fastest: times[0],
            median: times[times.len() / 2],
        }
    })
}

/// Time over the limit's, of the fastest rounds.
pub fn ratio(work: Time, limit: Time) -> f64 {
    work.fastest / limit.fastest
}
