//! The table beside the pictures.

use serde_json::Value;

/// Rows of a table.
#[derive(Default)]
pub struct Figures(Vec<String>);

impl Figures {
    /// What follows is of another kind.
    pub fn heading(&mut self, what: &str) {
        self.0.push(format!("| *{what}* | | | |\n"));
    }

    /// How near a result comes to the truth, and what `deltaplate extract` reported of it.
    pub fn add(&mut self, what: &str, psnr: f64, report: Option<&Value>) {
        let number = |name: &str, digits: usize| {
            let value = report.and_then(|report| report[name].as_f64());
            value.map_or(String::new(), |value| format!("{value:.digits$}"))
        };
        self.0.push(format!(
            "| {what} | {psnr:.1} | {} | {} |\n",
            number("opacity", 3),
            number("ghostIndex", 2)
        ));
    }

    /// The table.
    pub fn table(&self) -> String {
        let rows = self.0.concat();
        format!("| | PSNR, dB | opacity | ghost index |\n|---|---:|---:|---:|\n{rows}")
    }
}
