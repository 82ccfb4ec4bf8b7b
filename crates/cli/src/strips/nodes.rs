//! A node for each clip of a frame, rendered window by window.

use std::sync::Arc;

use host::{Instance, Value};
use images::{Header, Rect, SampleType};
use transfer::Plate;

use super::source::source;
use crate::clips::{Clip, Grid, group, planes};
use crate::engine::{Engine, render};
use crate::failure::Failure;

/// Instances of a node, one for each clip of an image.
pub struct Nodes {
    header: Header,
    each: Vec<(Clip, Instance)>,
}

impl Nodes {
    /// Makes an instance of the node `id` for each clip of an image with `like`, and connects the
    /// plates to its inputs, by their names. Every channel is processed.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`], and [`Failure::Refused`] for windows beyond OpenFX.
    pub fn new(
        engine: &Engine,
        id: &str,
        like: &Header,
        inputs: &[(&str, Arc<dyn Plate>)],
    ) -> Result<Self, Failure> {
        let light = like
            .channels
            .iter()
            .filter(|channel| channel.sample_type != SampleType::Uint);
        let mut each = Vec::new();
        for clip in group(light.map(|channel| channel.name.as_str())) {
            let mut node = engine.node_over(id, like.display, like.pixel_aspect)?;
            for (input, plate) in inputs {
                node.connect(input, source(plate.clone(), &clip)?)?;
            }
            node.set("processA", true)?;
            each.push((clip, node));
        }
        Ok(Nodes {
            header: like.clone(),
            each,
        })
    }

    /// Sets a parameter of all.
    ///
    /// # Errors
    ///
    /// [`Failure::Plugin`].
    pub fn set(&mut self, name: &str, value: impl Into<Value> + Clone) -> Result<(), Failure> {
        for (_, node) in &mut self.each {
            node.set(name, value.clone())?;
        }
        Ok(())
    }

    /// Renders a window of each; gives a plane for each of the image's channels, that of `integers` for
    /// one of integers.
    ///
    /// # Errors
    ///
    /// As [`Nodes::new`].
    pub fn render(
        &self,
        window: Rect,
        integers: impl Fn(&str) -> Result<Vec<f32>, Failure>,
    ) -> Result<Vec<Vec<f32>>, Failure> {
        let bounds = Grid::new(self.header.display).bounds(window)?;
        let mut rendered = Vec::new();
        for channel in &self.header.channels {
            rendered.push(match channel.sample_type {
                SampleType::Uint => integers(&channel.name)?,
                _ => Vec::new(),
            });
        }
        for (clip, node) in &self.each {
            let frame = render(node, bounds)?;
            for (name, plane) in clip.channels.iter().zip(planes(&frame)) {
                let mut channels = self.header.channels.iter();
                if let Some(place) = channels.position(|channel| channel.name == *name) {
                    rendered[place] = plane;
                }
            }
        }
        Ok(rendered)
    }
}
