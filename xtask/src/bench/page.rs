//! docs/performance.md: sections between two comments are written by the bench, the rest by hand.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    pub fn read(root: &Path) -> Result<Self, String> {
        Self::named(root, "performance.md")
    }

    /// Another page of docs/ with such sections.
    pub fn named(root: &Path, name: &str) -> Result<Self, String> {
        let path = root.join("docs").join(name);
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, text })
    }

    /// Replaces what is between `<!-- bench: NAME -->` and `<!-- end of bench -->`.
    pub fn replace(&mut self, name: &str, section: &str) -> Result<(), String> {
        let lacks = |what: &str| format!("{} has no {what}", self.path.display());
        let opening = format!("<!-- bench: {name} -->\n");
        let from = self
            .text
            .find(&opening)
            .ok_or_else(|| lacks(opening.trim()))?
            + opening.len();
        let length = self.text[from..]
            .find(CLOSING)
            .ok_or_else(|| lacks(CLOSING))?;
        let section = format!("\n{}\n\n", section.trim());
        self.text.replace_range(from..from + length, &section);
        Ok(())
    }

    pub fn write(&self) -> Result<(), String> {
        fs::write(&self.path, &self.text)
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

const CLOSING: &str = "<!-- end of bench -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let mut page = Page {
            path: PathBuf::new(),
            text: "a\n<!-- bench: x -->\nold\n<!-- end of bench -->\nb\n".into(),
        };
        page.replace("x", "new").unwrap();
        page.replace("x", "newer\n").unwrap();
        let expected = "a\n<!-- bench: x -->\n\nnewer\n\n<!-- end of bench -->\nb\n";
        assert_eq!(page.text, expected);
        assert!(page.replace("y", "").is_err());
    }
}
