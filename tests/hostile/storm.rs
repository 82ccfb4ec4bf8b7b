//! Faults in random combination. A case that fails is made as small as can be and kept in `regressions.txt`.

use std::time::UNIX_EPOCH;

use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestRunner};

use crate::case::cases;
use crate::common::library;
use crate::run::run;
use crate::tally::Tally;
use crate::wanted_runs;

/// That which is asked for, or the time.
fn seed() -> u64 {
    let asked = std::env::var("DELTAPLATE_HOSTILE_SEED");
    asked.map_or_else(
        |_| UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs()),
        |seed| seed.parse().expect("DELTAPLATE_HOSTILE_SEED is a number"),
    )
}

#[test]
fn faults_in_random_combination() {
    let library = library();
    let tally = Tally::default();
    let seed = seed();
    println!("DELTAPLATE_HOSTILE_SEED={seed}");
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile/regressions.txt");
    let mut runner = TestRunner::new(Config {
        cases: wanted_runs().unwrap_or(1000),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(kept))),
        max_shrink_iters: 2000,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let done = runner.run(&cases(), |case| {
        run(&library, &case, &tally).map_err(TestCaseError::fail)
    });
    tally.print("faults in random combination");
    if let Err(error) = done {
        panic!("{error}");
    }
}
