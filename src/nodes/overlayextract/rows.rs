//! From the layer to the rows of the output.

use super::layer::Alpha;
use super::params::Output;
use super::{A, NEW};
use crate::geometry::RectI;
use crate::kernels::Layout;
use crate::kernels::estimate::layer::{lay, premultiplied, residual, straight};
use crate::kernels::estimate::model::Blend;
use crate::kernels::estimate::space::BlendSpace;
use crate::node::Span;

/// A layer that was found, and how to deliver it.
pub struct Rows<'a> {
    /// Where the pictures lie.
    pub area: RectI,
    /// M, in the blend space.
    pub merged: &'a [f32],
    /// B, in place, in the blend space.
    pub background: &'a [f32],
    /// O.
    pub overlay: &'a [f32],
    /// The opacity.
    pub alpha: &'a Alpha,
    /// What is left of the background, for that output.
    pub ghost: &'a [f32],
    /// How the overlay was laid on.
    pub blend: Blend,
    /// In which numbers.
    pub space: BlendSpace,
    /// What is delivered.
    pub output: Output,
    /// A new background is connected.
    pub new_background: bool,
}

impl Rows<'_> {
    /// Writes the pixels of a span that lies in the area.
    pub fn row(&self, span: &Span<'_>, out: &mut [f32]) {
        let width = self.area.width();
        let x = (i64::from(span.x) - i64::from(self.area.x1)) as usize;
        let y = (i64::from(span.y) - i64::from(self.area.y1)) as usize;
        let channels = span.layout.channels();
        for (i, pixel) in out.chunks_exact_mut(channels).enumerate() {
            let at = y * width + x + i;
            let place = Place {
                colour: 3 * y * width + x + i,
                width,
                strength: span.coverage.at(i),
                alpha: match self.alpha {
                    Alpha::Uniform(alpha) => *alpha,
                    Alpha::Map(map) => map[at],
                },
                ghost: self.ghost.get(at).copied().unwrap_or_default(),
            };
            let inputs = |input: usize| &span.inputs[input][i * channels..][..channels];
            let (colour, alpha) = self.pixel(&place, [inputs(A), inputs(NEW)]);
            match (span.layout, pixel) {
                (Layout::Rgba, [r, g, b, a]) => {
                    [*r, *g, *b] = colour;
                    *a = finite(alpha);
                }
                (Layout::Rgb, [r, g, b]) => [*r, *g, *b] = colour,
                (_, pixel) => pixel.fill(match self.output {
                    Output::Ghost => colour[0].max(colour[2]),
                    _ => colour[0],
                }),
            }
        }
    }

    /// Colour and alpha.
    fn pixel(&self, place: &Place, [merged, new]: [&[f32]; 2]) -> ([f32; 3], f32) {
        let alpha = finite(place.strength * place.alpha);
        let overlay = |c: usize| self.overlay[place.of(c)];
        let laid = |c: usize, background: f32| {
            let layer = premultiplied(overlay(c), alpha);
            lay(self.blend, layer, alpha, background)
        };
        let colours = |colour: &dyn Fn(usize) -> f32| core::array::from_fn(|c| finite(colour(c)));
        match self.output {
            Output::Overlay => (
                colours(&|c| premultiplied(overlay(c), alpha)),
                // Laid back with plus, also by a host's over.
                if self.blend == Blend::Add { 0.0 } else { alpha },
            ),
            Output::Straight => (colours(&|c| straight(overlay(c), alpha)), alpha),
            Output::Matte => ([alpha; 3], alpha),
            Output::Recomposite if self.new_background => (
                colours(&|c| {
                    let background = new[c.min(new.len() - 1)];
                    self.space.decode(laid(c, self.space.encode(background)))
                }),
                alpha_of(new),
            ),
            Output::Recomposite => (
                colours(&|c| self.space.decode(laid(c, self.background[place.of(c)]))),
                alpha_of(merged),
            ),
            Output::Residual => (
                colours(&|c| {
                    let at = place.of(c);
                    residual(self.merged[at], laid(c, self.background[at]))
                }),
                0.0,
            ),
            Output::Ghost => {
                let share = finite(place.strength * place.ghost);
                ([share.max(0.0), 0.0, (-share).max(0.0)], 1.0)
            }
        }
    }
}

/// A pixel of the area.
struct Place {
    /// Of its first channel.
    colour: usize,
    width: usize,
    /// Mask times mix.
    strength: f32,
    alpha: f32,
    ghost: f32,
}

impl Place {
    /// The sample of a channel.
    fn of(&self, channel: usize) -> usize {
        self.colour + channel * self.width
    }
}

/// The alpha of a pixel of the host; without one it is opaque.
fn alpha_of(pixel: &[f32]) -> f32 {
    pixel.get(3).copied().unwrap_or(1.0)
}

fn finite(x: f32) -> f32 {
    if x.is_finite() { x } else { 0.0 }
}
