//! What `fuzz/` says of any bytes, held on its seeds, whole and broken, and on all that it ever found.

use std::fs;
use std::panic;
use std::path::Path;

#[allow(dead_code)] // Some of it is for the fuzzer alone.
#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use fuzz::{TARGETS, Target, panics, seeds};

/// Runs a target, which should not fail.
#[track_caller]
fn hold(target: Target, bytes: &[u8], name: &str) {
    let ended = panic::catch_unwind(|| target(bytes));
    let seen = panics::take();
    assert!(ended.is_ok() && seen.is_empty(), "{name}: {seen:?}");
}

#[test]
fn seeds_and_all_that_was_found_hold() {
    panics::note_own();
    // A panic is seen, also where it is caught.
    let caught: Target = |_| drop(panic::catch_unwind(|| panic!("seen")));
    assert!(panic::catch_unwind(|| hold(caught, b"", "caught")).is_err());
    panics::take();

    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/found");
    let seeds = seeds::all();
    for (name, target) in TARGETS {
        let mut count = 0;
        for seed in seeds.iter().filter(|seed| seed.target == name) {
            count += 1;
            let named = format!("{name}, {}", seed.name);
            hold(target, &seed.bytes, &named);
            for part in 1..16 {
                let cut = &seed.bytes[..seed.bytes.len() * part / 16];
                hold(target, cut, &format!("{named}, {part}/16 of it"));
            }
            let mut next = noise(seed.bytes.len() as u32);
            for round in 0..16 {
                let mut bytes = seed.bytes.clone();
                for _ in 0..=round % 4 {
                    let at = next() as usize % bytes.len();
                    bytes[at] = next() as u8;
                }
                hold(target, &bytes, &format!("{named}, changed {round}"));
            }
        }
        assert!(count > 0, "{name} has no seed");
        for path in seeds::files(&home.join(name)) {
            hold(
                target,
                &fs::read(&path).unwrap(),
                &path.display().to_string(),
            );
        }
    }
}

/// Bits that follow from `seed` alone.
fn noise(mut seed: u32) -> impl FnMut() -> u32 {
    move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    }
}
