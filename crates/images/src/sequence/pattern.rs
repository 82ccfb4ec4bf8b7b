//! Frame numbers in file names.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The most digits that a pattern may ask for: all that a number can have.
const MOST_DIGITS: usize = 18;

/// A file name with a place for the frame's number: `####`, `%04d`, `@@@@`.
///
/// The place is the last one in the name. A run of `#` or `@` is a digit each, filled with zeros;
/// one alone stands for a number of any length. As in printf, the sign of a negative number counts
/// as one of the digits: frame -3 of `####` is `-003`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    folder: PathBuf,
    before: String,
    /// As it was written.
    place: String,
    after: String,
    /// Characters of a number at least.
    width: usize,
}

impl Pattern {
    /// The pattern that a path is; none where its file name has no place for a number.
    pub fn parse(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (start, end, width) = [run_of(name, '#'), run_of(name, '@'), percent(name)]
            .into_iter()
            .flatten()
            .max()?;
        Some(Pattern {
            folder: path.parent()?.to_path_buf(),
            before: name[..start].to_owned(),
            place: name[start..end].to_owned(),
            after: name[end..].to_owned(),
            width,
        })
    }

    /// The file of a frame.
    pub fn path(&self, frame: i64) -> PathBuf {
        let width = self.width;
        let name = format!("{}{frame:0width$}{}", self.before, self.after);
        self.folder.join(name)
    }

    /// The frame that a file of this name, without its folder, is; none where it is not one.
    pub fn frame_of(&self, name: &str) -> Option<i64> {
        let number = name.strip_prefix(&self.before)?;
        let number = number.strip_suffix(&self.after)?;
        let frame = number.parse().ok()?;
        // Only what `path` would write: not `+7`, nor `007` for a pattern of one digit.
        let width = self.width;
        (format!("{frame:0width$}") == number).then_some(frame)
    }

    /// The frames on disk, in their order.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn frames_on_disk(&self) -> io::Result<Vec<i64>> {
        let folder = match self.folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.folder,
        };
        let mut frames = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let name = entry?.file_name();
            frames.extend(name.to_str().and_then(|name| self.frame_of(name)));
        }
        frames.sort_unstable();
        Ok(frames)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{}{}{}", self.before, self.place, self.after);
        self.folder.join(name).display().fmt(f)
    }
}

/// The last run of a character: where it begins and ends, and how many they are.
fn run_of(name: &str, sign: char) -> Option<(usize, usize, usize)> {
    let end = name.rfind(sign)? + 1;
    let start = name[..end].trim_end_matches(sign).len();
    let width = end - start;
    (width <= MOST_DIGITS).then_some((start, end, width))
}

/// The last `%d` or `%04d`.
fn percent(name: &str) -> Option<(usize, usize, usize)> {
    name.rmatch_indices('%').find_map(|(start, _)| {
        let digits = &name[start + 1..];
        let length = digits.find('d')?;
        let width = match &digits[..length] {
            "" => 1,
            digits => {
                let number = digits.strip_prefix('0')?;
                let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
                let width = is_number.then(|| number.parse().ok()).flatten();
                width.filter(|&width| width <= MOST_DIGITS)?
            }
        };
        Some((start, start + 1 + length + 1, width))
    })
}

/// The frame that a file is, by the last number in its name, which has no sign: `shot-7` is 7.
pub fn frame_in(path: &Path) -> Option<i64> {
    let stem = path.file_stem()?.to_str()?;
    let end = stem.rfind(|c: char| c.is_ascii_digit())? + 1;
    let digits = stem[..end].trim_end_matches(|c: char| c.is_ascii_digit());
    stem[digits.len()..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_names_a_frame_and_finds_it_again() {
        for (pattern, frame, file) in [
            ("a/shot.####.exr", 7, "a/shot.0007.exr"),
            ("shot.####.exr", 12345, "shot.12345.exr"),
            ("shot.####.exr", -3, "shot.-003.exr"),
            ("shot.%04d.exr", 1001, "shot.1001.exr"),
            ("shot.%04d.exr", -12, "shot.-012.exr"),
            ("shot.%d.exr", 7, "shot.7.exr"),
            ("shot.@.exr", 7, "shot.7.exr"),
            ("shot.@.exr", -7, "shot.-7.exr"),
            ("shot.@@@.exr", 7, "shot.007.exr"),
            ("##é.exr", -3, "-3é.exr"),
            // The last place counts.
            ("a#/take#.####.exr", 5, "a#/take#.0005.exr"),
            ("v@_%03d.exr", 5, "v@_005.exr"),
            ("%02d.50%.exr", 5, "05.50%.exr"),
        ] {
            let parsed = Pattern::parse(Path::new(pattern)).unwrap();
            let path = parsed.path(frame);
            assert_eq!(path, Path::new(file), "{pattern}");
            let name = path.file_name().unwrap().to_str().unwrap();
            assert_eq!(parsed.frame_of(name), Some(frame), "{pattern}");
            assert_eq!(parsed.to_string(), pattern);
        }
    }

    #[test]
    fn a_name_without_a_place_is_no_pattern() {
        let hashes = format!("{}.exr", "#".repeat(19));
        for plain in [
            "shot.exr",
            "a#/shot.exr",
            "100%.exr",
            "%4d.exr",
            "%0999d.exr",
            "%0+3d.exr",
            "/",
            &hashes,
        ] {
            assert_eq!(Pattern::parse(Path::new(plain)), None, "{plain}");
        }
    }

    #[test]
    fn only_names_that_it_would_write_are_its_frames() {
        let pattern = Pattern::parse(Path::new("shot.####.exr")).unwrap();
        assert_eq!(pattern.frame_of("shot.12345.exr"), Some(12345));
        for other in [
            "shot.7.exr",
            "shot.00007.exr",
            "shot.+007.exr",
            "shot.-0007.exr",
            "shot.0007.exr.part",
            ".shot.0007.exr",
            "shot..exr",
            "shot.99999999999999999999.exr",
        ] {
            assert_eq!(pattern.frame_of(other), None, "{other}");
        }
    }

    #[test]
    fn the_frames_on_disk_are_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "s.0010.exr",
            "s.-001.exr",
            "s.0009.exr",
            "s.9.exr",
            "t.0001.exr",
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let pattern = Pattern::parse(&folder.path().join("s.####.exr")).unwrap();
        assert_eq!(pattern.frames_on_disk().unwrap(), [-1, 9, 10]);
        let lost = Pattern::parse(&folder.path().join("none/s.#.exr")).unwrap();
        assert!(lost.frames_on_disk().is_err());
    }

    #[test]
    fn the_last_number_is_the_frame() {
        for (name, frame) in [
            ("a7/shot2.1001.exr", Some(1001)),
            ("shot.0042.difference.exr", Some(42)),
            ("é12.exr", Some(12)),
            ("3.exr", Some(3)),
            ("shot.exr", None),
            ("99999999999999999999.exr", None),
        ] {
            assert_eq!(frame_in(Path::new(name)), frame, "{name}");
        }
    }
}
