//! Every fault by itself.

use crate::case::Case;
use crate::common::library;
use crate::fault;
use crate::run::{run, seed};
use crate::tally::Tally;
use crate::{NODES, wanted_runs};

#[test]
fn each_fault_by_itself() {
    let library = library();
    let tally = Tally::default();
    let faults = fault::all();
    assert!(faults.len() > 1000, "{} faults", faults.len());
    let mut index = 0;
    for (at, fault) in faults.iter().enumerate() {
        for node in 0..NODES.len() {
            for filter in [false, true] {
                index += 1;
                // In every node and context where there is time, else in one of them.
                if wanted_runs().is_none() && (at + 2 * node + usize::from(filter)) % 8 != 0 {
                    continue;
                }
                let case = Case::plain(node, filter, vec![fault.clone()], seed(index));
                if let Err(wrong) = run(&library, &case, &tally) {
                    panic!("{wrong}: {case:#?}");
                }
            }
        }
    }
    tally.print("each fault by itself");
    assert!(tally.count("Render", "OK") > 100);
    assert!(tally.count("Render", "kOfxStatErrImageFormat") > 10);
}
