//! Each call of each suite function fails, by itself.

use host::{Host, Library, Status};

use crate::case::Case;
use crate::common::library;
use crate::fault::{FUNCTIONS, Fault, STATUSES};
use crate::run::{options, run, run_in, seed};
use crate::tally::Tally;
use crate::{NODES, wanted_runs};

/// How many calls of a function fail where there is no time for all.
const FEW: u64 = 2;

/// How often the plug-in calls a function in a run in which nothing fails.
fn counted(library: &Library, node: usize, filter: bool, function: &'static str) -> u64 {
    let never = Fault::Fail {
        function,
        after: u64::MAX,
        once: true,
        status: Status::FAILED,
    };
    let case = Case::plain(node, filter, vec![never], seed(node));
    let options = options(&case);
    let faults = options.faults.clone();
    let host = Host::new(options);
    run_in(&host, library, &case, &Tally::default()).expect("nothing fails");
    faults.calls(function)
}

#[test]
fn each_call_by_itself() {
    let library = library();
    let tally = Tally::default();
    let mut status = STATUSES.into_iter().cycle();
    let mut called = [false; FUNCTIONS.len()];
    for node in 0..NODES.len() {
        for filter in [false, true] {
            for (index, function) in FUNCTIONS.into_iter().enumerate() {
                let calls = counted(&library, node, filter, function);
                called[index] |= calls > 0;
                let step = match wanted_runs() {
                    None => (calls / FEW).max(1),
                    Some(_) => 1,
                };
                // Not the same ones in every node and context.
                let first = (7 * index as u64 + node as u64) % step;
                for after in (first..calls).step_by(step as usize) {
                    let fault = Fault::Fail {
                        function,
                        after,
                        once: true,
                        status: status.next().unwrap_or(Status::FAILED),
                    };
                    let case = Case::plain(node, filter, vec![fault], seed(index));
                    if let Err(wrong) = run(&library, &case, &tally) {
                        panic!("{wrong}: {case:#?}");
                    }
                }
            }
        }
    }
    tally.print("each call by itself");
    // A good run has nothing to say.
    let never: Vec<_> = FUNCTIONS
        .into_iter()
        .zip(called)
        .filter_map(|(function, called)| (!called).then_some(function))
        .collect();
    assert_eq!(never, ["setPersistentMessage"]);
}
