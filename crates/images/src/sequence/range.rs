//! Ranges of frames: `1001-1100x2,1200`.

use std::collections::HashSet;
use std::str::FromStr;

/// The most frames of a range: eleven hours at 24 frames a second.
const MOST_FRAMES: usize = 1_000_000;

/// Frames in the order in which they were named, each once.
///
/// Items stand between commas: a frame `1001`, a range `1001-1100`, a range with a step
/// `1001-1100x2` or `1001-1100:2`. A range may run down, `1100-1001`, and numbers may be negative,
/// `-10--5`; the step then is positive, or negative as the range runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRange(Vec<i64>);

/// Why a text is no range of frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// It does not read as one.
    #[error(
        "'{0}' is no frame or range; write 1001, 1001-1100, 1001-1100x2, with commas between them"
    )]
    Syntax(String),
    /// It would never end, or runs the other way.
    #[error("'{0}' gets nowhere: its step must lead from the first frame to the last")]
    Step(String),
    /// It names more frames than anybody has.
    #[error("more than {MOST_FRAMES} frames")]
    TooMany,
}

impl FrameRange {
    /// The frames.
    pub fn frames(&self) -> &[i64] {
        &self.0
    }

    /// Takes the frames out.
    pub fn into_frames(self) -> Vec<i64> {
        self.0
    }
}

impl From<i64> for FrameRange {
    fn from(frame: i64) -> Self {
        FrameRange(vec![frame])
    }
}

impl FromStr for FrameRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let mut seen = HashSet::new();
        let mut frames = Vec::new();
        for item in text.split(',') {
            for frame in self::item(item.trim())? {
                if seen.insert(frame) {
                    frames.push(frame);
                }
                if frames.len() > MOST_FRAMES {
                    return Err(RangeError::TooMany);
                }
            }
        }
        Ok(FrameRange(frames))
    }
}

/// The frames of one item.
fn item(text: &str) -> Result<impl Iterator<Item = i64>, RangeError> {
    let syntax = || RangeError::Syntax(text.to_owned());
    let (first, rest) = number(text).ok_or_else(syntax)?;
    let (last, rest) = match rest.strip_prefix('-') {
        Some(rest) => number(rest).ok_or_else(syntax)?,
        None if rest.is_empty() => (first, rest),
        None => return Err(syntax()),
    };
    let step = match rest.strip_prefix(['x', ':']) {
        Some(step) => match number(step) {
            Some((step, "")) => step,
            _ => return Err(syntax()),
        },
        None if rest.is_empty() => 1,
        None => return Err(syntax()),
    };
    let lost = || RangeError::Step(text.to_owned());
    let backwards = last < first;
    if step == 0 || (step < 0 && !backwards && first != last) {
        return Err(lost());
    }
    let step = i64::try_from(step.unsigned_abs()).map_err(|_| lost())?;
    let span = last.abs_diff(first) / step.unsigned_abs();
    if span >= MOST_FRAMES as u64 {
        return Err(RangeError::TooMany);
    }
    // Every frame lies between first and last, so what wraps on the way wraps back.
    Ok((0..=span as i64).map(move |index| match backwards {
        true => first.wrapping_sub(index.wrapping_mul(step)),
        false => first.wrapping_add(index.wrapping_mul(step)),
    }))
}

/// The number that a text begins with, and what follows.
fn number(text: &str) -> Option<(i64, &str)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let end = text.len() - rest.len();
    Some((text[..end].parse().ok()?, rest))
}

/// Frames for people: runs as ranges, `1001-1004,1010`. Of a long list the end is left out.
pub fn ranges(frames: &[i64]) -> String {
    const SHOWN: usize = 20;
    let runs: Vec<&[i64]> = frames
        .chunk_by(|a, b| a.checked_add(1) == Some(*b))
        .collect();
    let shown = runs.iter().take(SHOWN).map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        run => run[0].to_string(),
    });
    let mut text = shown.collect::<Vec<_>>().join(",");
    if runs.len() > SHOWN {
        text += &format!(",... ({} frames)", frames.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(text: &str) -> Vec<i64> {
        text.parse::<FrameRange>().unwrap().into_frames()
    }

    #[test]
    fn ranges_name_their_frames() {
        assert_eq!(frames("7"), [7]);
        assert_eq!(frames("1001-1004"), [1001, 1002, 1003, 1004]);
        assert_eq!(frames("1001-1006x2"), [1001, 1003, 1005]);
        assert_eq!(frames("1001-1019:6,1050"), [1001, 1007, 1013, 1019, 1050]);
        assert_eq!(frames("3-1"), [3, 2, 1]);
        assert_eq!(frames("5-1x2"), [5, 3, 1]);
        assert_eq!(frames("5-1:-2"), [5, 3, 1]);
        assert_eq!(frames("-2"), [-2]);
        assert_eq!(frames("-2-1"), [-2, -1, 0, 1]);
        assert_eq!(frames("-5--3"), [-5, -4, -3]);
        assert_eq!(frames("4, 1-5, 2"), [4, 1, 2, 3, 5]);
        assert_eq!(frames("7-7:-1"), [7]);
        let (min, max) = (i64::MIN, i64::MAX);
        assert_eq!(frames(&format!("{min}-{max}:{max}")), [min, -1, max - 1]);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            ",",
            "1,",
            "a",
            "1-",
            "1-2x",
            "1-2x2x2",
            "1x2",
            "1..3",
            "1-2y",
            "+1",
            "1.5",
            "--1",
            "99999999999999999999",
        ] {
            let error = text.parse::<FrameRange>().unwrap_err();
            assert!(matches!(error, RangeError::Syntax(_)), "{text}: {error}");
        }
        for text in ["1-5x0", "1-5:-1"] {
            let error = text.parse::<FrameRange>().unwrap_err();
            assert!(matches!(error, RangeError::Step(_)), "{text}: {error}");
        }
        for text in [
            "1-1000001",
            "-9223372036854775808-9223372036854775807",
            "1-600000,1000000-1600000",
        ] {
            assert_eq!(
                text.parse::<FrameRange>(),
                Err(RangeError::TooMany),
                "{text}"
            );
        }
    }

    #[test]
    fn frames_read_as_ranges() {
        assert_eq!(
            ranges(&[1001, 1002, 1003, 1010, -1, 0]),
            "1001-1003,1010,-1-0"
        );
        assert_eq!(ranges(&[]), "");
        let odd: Vec<i64> = (0..50).map(|index| 2 * index).collect();
        assert!(
            ranges(&odd).ends_with(",38,... (50 frames)"),
            "{}",
            ranges(&odd)
        );
    }
}
