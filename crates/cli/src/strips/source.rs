//! A plate as a clip whose windows are read when a node fetches them.

use std::sync::Arc;

use host::{FrameSource, RectI, SourceError, WindowSource};
use transfer::Plate;

use crate::clips::{Clip, Grid, piece};
use crate::engine::aspect_of;
use crate::failure::Failure;

/// The clip of a plate.
///
/// # Errors
///
/// [`Failure::Refused`] for windows beyond OpenFX.
pub fn source(plate: Arc<dyn Plate>, clip: &Clip) -> Result<Arc<dyn FrameSource>, Failure> {
    let header = plate.header();
    let grid = Grid::new(header.display);
    let bounds = grid.bounds(header.data)?;
    let format = host::Format {
        components: clip.components(),
        pixel_aspect: aspect_of(header.pixel_aspect),
        ..host::Format::default()
    };
    let clip = clip.clone();
    let read = move |window: RectI| {
        let window = grid.window(window);
        let strip = plate.rows(window.y0..window.y1).map_err(SourceError::new)?;
        piece(&strip, window, &clip).map_err(SourceError::new)
    };
    Ok(Arc::new(WindowSource::new(bounds, format, read)))
}
