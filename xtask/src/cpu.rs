//! Processor time.

use std::fs;
use std::time::Duration;

/// What this process took so far, on all processors together.
///
/// # Errors
///
/// Where the system does not say: Linux does.
pub fn of_this() -> Result<Duration, String> {
    taken(0)
}

/// What the programs took that this one started and that have ended.
///
/// # Errors
///
/// As [`of_this`].
pub fn of_children() -> Result<Duration, String> {
    taken(2)
}

fn taken(first: usize) -> Result<Duration, String> {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = fields(&stat, first);
    let ticks = ticks.ok_or("this system does not say how much time a process takes")?;
    // Of a hundredth of a second each, whatever the kernel counts by itself.
    Ok(Duration::from_millis(10 * ticks))
}

/// The sum of two of the four counters of user and system time, own and of children.
fn fields(stat: &str, first: usize) -> Option<u64> {
    // The name of the program may hold anything; behind it come state, parent and so on.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut counters = rest.split(' ').skip(11 + first);
    let mut next = || counters.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn the_counters_are_found() {
        let stat = "7 (a b) c) S 1 2 3 0 -1 4 5 6 7 8 100 20 3000 400 20 0 1";
        assert_eq!(fields(stat, 0), Some(120));
        assert_eq!(fields(stat, 2), Some(3400));
        assert_eq!(fields("7 (a", 0), None);
    }
}
