//! Frame numbers in file names.

use std::path::{Path, PathBuf};

/// A file name with a place for the frame's number: `####`, `%04d`, or `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    folder: PathBuf,
    before: String,
    after: String,
    /// Digits at least, zeros in front.
    width: usize,
}

impl Pattern {
    /// The pattern that a path is; none where it has no place for a number.
    pub fn parse(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (start, end, width) = hashes(name).or_else(|| percent(name))?;
        Some(Pattern {
            folder: path.parent()?.to_path_buf(),
            before: name[..start].to_owned(),
            after: name[end..].to_owned(),
            width,
        })
    }

    /// The file of a frame.
    pub fn path(&self, frame: i64) -> PathBuf {
        let sign = if frame < 0 { "-" } else { "" };
        let digits = frame.unsigned_abs();
        let width = self.width;
        self.folder.join(format!(
            "{}{sign}{digits:0width$}{}",
            self.before, self.after
        ))
    }
}

/// A run of `#`, or one of `@`: a digit each. A single `@` stands for any number of digits.
fn hashes(name: &str) -> Option<(usize, usize, usize)> {
    let start = name.find(['#', '@'])?;
    let sign = name[start..].chars().next()?;
    let length = name[start..].chars().take_while(|&c| c == sign).count();
    Some((start, start + length, length))
}

/// `%d` or `%04d`.
fn percent(name: &str) -> Option<(usize, usize, usize)> {
    let start = name.find('%')?;
    let length = name[start..].find('d')?;
    let digits = &name[start + 1..start + length];
    let width = match digits {
        "" => 1,
        digits => digits
            .strip_prefix('0')?
            .parse()
            .ok()
            .filter(|&w| w <= 18)?,
    };
    Some((start, start + length + 1, width))
}

/// The frame that a file is, by the last number in its name.
pub fn frame_in(path: &Path) -> Option<i64> {
    let stem = path.file_stem()?.to_str()?;
    let end = stem.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = stem[..end].rfind(|c: char| !c.is_ascii_digit());
    // Every character that is no digit ends where the next begins.
    let start = start.map_or(0, |at| {
        at + stem[at..].chars().next().map_or(1, char::len_utf8)
    });
    stem[start..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_names_a_frame() {
        for (pattern, frame, file) in [
            ("a/shot.####.exr", 7, "a/shot.0007.exr"),
            ("shot.####.exr", 12345, "shot.12345.exr"),
            ("shot.%04d.exr", 1001, "shot.1001.exr"),
            ("shot.%d.exr", 7, "shot.7.exr"),
            ("shot.@.exr", 7, "shot.7.exr"),
            ("shot.@@@.exr", 7, "shot.007.exr"),
            ("##é.exr", -3, "-03é.exr"),
        ] {
            let path = Pattern::parse(Path::new(pattern)).unwrap().path(frame);
            assert_eq!(path, Path::new(file), "{pattern}");
        }
        for plain in [
            "shot.exr",
            "a#/shot.exr",
            "100%.exr",
            "%4d.exr",
            "%0999d.exr",
            "/",
        ] {
            assert_eq!(Pattern::parse(Path::new(plain)), None, "{plain}");
        }
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
