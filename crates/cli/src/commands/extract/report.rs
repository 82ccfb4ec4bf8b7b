//! What is said of a layer.

use std::path::Path;

use host::Instance;
use serde::Serialize;

use super::analysis::{Held, number};
use crate::engine::{FRAME, NodeUsed};
use crate::failure::Failure;
use crate::report::{Named, Number, Report, plural, table};

/// From this ghost index on, the background is to be seen in what it was taken off.
const GHOST: f64 = 1.3;

/// What was measured of a frame's layer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// The energy of edges in the layer on the background's strongest edges, over that beside them.
    ghost_index: Number,
    /// The RMS of what the recomposite lacks of the merged picture, in the blend space.
    residual_rms: Number,
    /// On the full size; 0 for the closed form.
    iterations: u64,
}

impl Figures {
    /// Presses the button.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`].
    pub fn measure(node: &mut Instance) -> Result<Self, Failure> {
        node.press("measure", FRAME, 1.0)?;
        Ok(Figures {
            ghost_index: number(node, "ghostIndex")?,
            residual_rms: number(node, "residualRms")?,
            iterations: number(node, "iterationsDone")?.0 as u64,
        })
    }

    /// What is not as it should be; it is said on stderr, too.
    pub fn warnings(&self, merged: &Path) -> Vec<String> {
        if self.ghost_index.0 < GHOST {
            return Vec::new();
        }
        let warning = format!(
            "{}: the ghost index is {}: the background's edges show in the layer. Are background, blend \
             space and opacity the right ones?",
            merged.display(),
            self.ghost_index
        );
        tracing::warn!("{warning}");
        vec![warning]
    }
}

/// A layer of the file.
#[derive(Debug, Serialize)]
pub struct Layer {
    /// What it is.
    pub name: String,
    /// The names of its channels.
    pub channels: Vec<String>,
}

/// The report of a frame.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExtractReport {
    /// What it was extracted with.
    #[serde(flatten)]
    pub held: Held,
    /// What was measured of it.
    #[serde(flatten)]
    pub figures: Figures,
    /// In the order of the arguments.
    pub layers: Vec<Layer>,
    /// The size of the file.
    pub bytes: u64,
    /// The picture with the overlay.
    pub merged: Named,
    /// The one without.
    pub background: Named,
    /// The file.
    pub output: Named,
    /// The nodes that took part.
    pub nodes: Vec<NodeUsed>,
    /// What is not as it should be.
    pub warnings: Vec<String>,
    /// Of the program.
    pub version: &'static str,
}

impl ExtractReport {
    fn opacity(&self) -> String {
        let varies = || "varies".to_owned();
        self.held
            .opacity
            .map_or_else(varies, |opacity| opacity.to_string())
    }
}

impl Report for ExtractReport {
    fn text(&self) -> String {
        let mut rows = Vec::new();
        let mut row = |label: &str, value: String| rows.push(vec![label.to_owned(), value]);
        let Held {
            offset: [x, y],
            gain,
            noise,
            mismatch,
            blend_space,
            source,
            ..
        } = &self.held;
        row("written", self.output.to_string());
        row("size", plural(self.bytes, "byte", "bytes"));
        for layer in &self.layers {
            row(&layer.name, layer.channels.join(" "));
        }
        row("blend space", blend_space.clone());
        row("opacity", self.opacity());
        row("offset", format!("{x}, {y}"));
        if gain.0 != 1.0 {
            row("gain", gain.to_string());
        }
        row("source", source.clone());
        row("noise", noise.to_string());
        row("mismatch", mismatch.to_string());
        row("iterations", self.figures.iterations.to_string());
        row("residual RMS", self.figures.residual_rms.to_string());
        row("ghost index", self.figures.ghost_index.to_string());
        table(&rows)
    }

    fn line(&self) -> String {
        format!(
            "{}, opacity {}, ghost index {}, residual RMS {}",
            plural(self.bytes, "byte", "bytes"),
            self.opacity(),
            self.figures.ghost_index,
            self.figures.residual_rms
        )
    }
}
