//! Faults in random combination. A case that fails is made as small as can be and kept in `regressions.txt`.

use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};

use crate::case::cases;
use crate::common::library;
use crate::run::run;
use crate::tally::Tally;
use crate::wanted_runs;

#[test]
fn faults_in_random_combination() {
    let library = library();
    let tally = Tally::default();
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile/regressions.txt");
    let mut runner = TestRunner::new(Config {
        cases: wanted_runs().unwrap_or(1000),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(kept))),
        max_shrink_iters: 2000,
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
