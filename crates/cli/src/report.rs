//! Reports on stdout: text for people, or one JSON document.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use crate::child;
use crate::failure::Failure;

/// What a command found out.
pub trait Report: Serialize {
    /// The report for people.
    fn text(&self) -> String;

    /// The same in a line, for one frame of many.
    fn line(&self) -> String {
        self.text()
    }
}

/// Prints a report. A reader that has gone away is no failure.
///
/// # Errors
///
/// [`Failure::Print`] where stdout takes nothing.
pub fn print(report: &impl Report, json: bool) -> Result<(), Failure> {
    let text = if json {
        serde_json::to_string(report).map_err(|error| Failure::Print(error.into()))?
    } else {
        report.text()
    };
    child::print(text.trim_end())
}

/// A number that JSON can hold: one that is not finite becomes `"nan"`, `"inf"` or `"-inf"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => serializer.serialize_f64(value),
            value if value.is_nan() => serializer.serialize_str("nan"),
            value if value > 0.0 => serializer.serialize_str("inf"),
            _ => serializer.serialize_str("-inf"),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Seven digits tell most floats apart; as in `printf %g`, tiny values need no row of zeros.
        match self.0 {
            value if value == 0.0 || !value.is_finite() => write!(f, "{value}"),
            // Numbers of objects are whole.
            value if value.fract() == 0.0 && value.abs() <= u32::MAX.into() => write!(f, "{value}"),
            value if (1e-4..1e7).contains(&value.abs()) => {
                let digits = (6 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
                let text = format!("{value:.digits$}");
                let text = if digits > 0 {
                    text.trim_end_matches('0').trim_end_matches('.')
                } else {
                    &text
                };
                f.write_str(text)
            }
            value => write!(f, "{value:.6e}"),
        }
    }
}

/// A file in a report. JSON holds text, so what is not Unicode in its name is shown as U+FFFD.
#[derive(Debug, Clone)]
pub struct Named(pub PathBuf);

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.display().fmt(f)
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A count with commas: `1,234,567`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `one` thing, or several `many`.
pub fn plural(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Lines of a label and cells, in columns; numbers to the right. Cells may quote a file.
pub fn table(rows: &[Vec<String>]) -> String {
    let plain = |row: &Vec<String>| row.iter().map(|cell| images::printable(cell)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(plain).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter(|row| row.len() > column + 1);
        cells
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let number = column > 0 && cell.starts_with(|c: char| c.is_ascii_digit());
            if number {
                line += &format!("{cell:>width$}  ");
            } else {
                line += &format!("{cell:<width$}  ");
            }
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_every_number() {
        let numbers = [0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Number);
        let json = serde_json::to_string(&numbers).unwrap();
        assert_eq!(json, r#"[0.5,"nan","inf","-inf"]"#);
    }

    #[test]
    fn numbers_are_short() {
        let shown = |value: f64| Number(value).to_string();
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(1.0), "1");
        assert_eq!(shown(1.0 / 255.0), "0.003921569");
        assert_eq!(shown(34560.0), "34560");
        assert_eq!(shown(1.5e-9), "1.500000e-9");
        assert_eq!(shown(f64::INFINITY), "inf");
    }

    #[test]
    fn counts_have_commas() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plural(1, "pixel", "pixels"), "1 pixel");
    }

    #[test]
    fn columns_align() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let text = table(&[
            row(["a", "x.exr", "7 bytes"]),
            row(["long", "y", "1,000 bytes"]),
        ]);
        assert_eq!(text, "a     x.exr  7 bytes\nlong  y      1,000 bytes\n");
        let text = table(&[row(["a", "x\x1b[2J", "y\nz"])]);
        assert_eq!(text, "a  x\u{fffd}[2J  y\u{fffd}z\n");
    }
}
