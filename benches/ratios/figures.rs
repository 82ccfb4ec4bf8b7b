//! What was measured, as JSON.

use serde_json::{Value, json};

use crate::timing::{Time, ratio};

/// A time beside its limit.
pub struct Row {
    pub work: String,
    pub size: String,
    pub pixels: usize,
    pub threads: usize,
    pub time: Time,
    /// The loop that does nothing but what cannot be spared, in the same rounds.
    pub limit: Option<Time>,
    /// The most that the ratio should be.
    pub target: Option<f64>,
}

impl Row {
    pub fn ratio(&self) -> Option<f64> {
        self.limit.map(|limit| ratio(self.time, limit))
    }

    pub fn json(&self) -> Value {
        let ms = |time: Time| json!({"fastest": time.fastest * 1e3, "median": time.median * 1e3});
        json!({
            "work": self.work,
            "size": self.size,
            "pixels": self.pixels,
            "threads": self.threads,
            "ms": ms(self.time),
            "limitMs": self.limit.map(ms),
            "ratio": self.ratio(),
            "medianRatio": self.limit.map(|limit| self.time.median / limit.median),
            "target": self.target,
        })
    }
}
