//! Rectangles and render scales.
//!
//! *Pixel* rectangles count pixels of an image at its render scale, y up. *Canonical* rectangles are in the
//! plane of the project: one unit is one square pixel at full scale, so `x = pixel * pixel aspect / scale`.

use serde::{Deserialize, Serialize};

/// A rectangle of pixels: `x1 <= x < x2`, `y1 <= y < y2`, y up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RectI {
    /// Left edge.
    pub x1: i32,
    /// Bottom edge.
    pub y1: i32,
    /// Right edge, outside.
    pub x2: i32,
    /// Top edge, outside.
    pub y2: i32,
}

impl RectI {
    /// A rectangle from its edges.
    pub const fn new(x1: i32, y1: i32, x2: i32, y2: i32) -> Self {
        Self { x1, y1, x2, y2 }
    }

    /// Pixels in a row; 0 when the edges are crossed.
    pub fn width(&self) -> usize {
        (i64::from(self.x2) - i64::from(self.x1)).max(0) as usize
    }

    /// Rows; 0 when the edges are crossed.
    pub fn height(&self) -> usize {
        (i64::from(self.y2) - i64::from(self.y1)).max(0) as usize
    }

    /// True when there is no pixel inside.
    pub fn is_empty(&self) -> bool {
        self.x1 >= self.x2 || self.y1 >= self.y2
    }

    /// The pixels in both; the empty default where there is none.
    pub fn intersect(&self, other: Self) -> Self {
        let both = Self::new(
            self.x1.max(other.x1),
            self.y1.max(other.y1),
            self.x2.min(other.x2),
            self.y2.min(other.y2),
        );
        if both.is_empty() {
            Self::default()
        } else {
            both
        }
    }

    /// The least rectangle that holds both; an empty one adds nothing.
    pub fn union(&self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return *self;
        }
        Self::new(
            self.x1.min(other.x1),
            self.y1.min(other.y1),
            self.x2.max(other.x2),
            self.y2.max(other.y2),
        )
    }

    /// True when every pixel of `other` is inside.
    pub fn contains(&self, other: Self) -> bool {
        other.is_empty() || self.intersect(other) == other
    }

    /// True when any edge is one of OpenFX's infinite flags.
    pub fn is_infinite(&self) -> bool {
        self.x1 == ofx_sys::kOfxFlagInfiniteMin
            || self.y1 == ofx_sys::kOfxFlagInfiniteMin
            || self.x2 == ofx_sys::kOfxFlagInfiniteMax
            || self.y2 == ofx_sys::kOfxFlagInfiniteMax
    }

    /// The canonical rectangle that these pixels cover.
    pub fn to_canonical(&self, scale: Scale, pixel_aspect: f64) -> RectD {
        RectD::new(
            f64::from(self.x1) * pixel_aspect / scale.x,
            f64::from(self.y1) / scale.y,
            f64::from(self.x2) * pixel_aspect / scale.x,
            f64::from(self.y2) / scale.y,
        )
    }

    /// The edges in OpenFX's order.
    pub fn to_array(self) -> [i32; 4] {
        [self.x1, self.y1, self.x2, self.y2]
    }
}

/// A canonical rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RectD {
    /// Left edge.
    pub x1: f64,
    /// Bottom edge.
    pub y1: f64,
    /// Right edge.
    pub x2: f64,
    /// Top edge.
    pub y2: f64,
}

impl RectD {
    /// A rectangle from its edges.
    pub const fn new(x1: f64, y1: f64, x2: f64, y2: f64) -> Self {
        Self { x1, y1, x2, y2 }
    }

    /// True when it has no area, or an edge that is no number.
    pub fn is_empty(&self) -> bool {
        !(self.x1 < self.x2 && self.y1 < self.y2)
    }

    /// The least rectangle that holds both; an empty one adds nothing.
    pub fn union(&self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return *self;
        }
        Self::new(
            self.x1.min(other.x1),
            self.y1.min(other.y1),
            self.x2.max(other.x2),
            self.y2.max(other.y2),
        )
    }

    /// All pixels at `scale` that it touches. Edges beyond an i32 become OpenFX's infinite flags.
    pub fn to_pixels(&self, scale: Scale, pixel_aspect: f64) -> RectI {
        if self.is_empty() {
            return RectI::default();
        }
        // `as` saturates: the ends of an i32 are the infinite flags.
        RectI::new(
            settle(self.x1 * scale.x / pixel_aspect).floor() as i32,
            settle(self.y1 * scale.y).floor() as i32,
            settle(self.x2 * scale.x / pixel_aspect).ceil() as i32,
            settle(self.y2 * scale.y).ceil() as i32,
        )
    }

    /// The edges in OpenFX's order.
    pub fn to_array(self) -> [f64; 4] {
        [self.x1, self.y1, self.x2, self.y2]
    }
}

impl From<[f64; 4]> for RectD {
    fn from([x1, y1, x2, y2]: [f64; 4]) -> Self {
        Self::new(x1, y1, x2, y2)
    }
}

/// Takes an edge that rounding moved off a whole pixel back to it: a pixel aspect makes canonical edges inexact,
/// and a rectangle must survive the way there and back.
fn settle(edge: f64) -> f64 {
    let whole = edge.round();
    if (edge - whole).abs() <= 1e-9 * whole.abs().max(1.0) {
        whole
    } else {
        edge
    }
}

/// How many pixels there are to one canonical unit; 0.5 is a half-size proxy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Horizontally, above 0.
    pub x: f64,
    /// Vertically, above 0.
    pub y: f64,
}

impl Scale {
    /// Full size.
    pub const ONE: Self = Self { x: 1.0, y: 1.0 };

    /// True when both are finite and above 0.
    pub fn is_valid(&self) -> bool {
        [self.x, self.y].iter().all(|s| s.is_finite() && *s > 0.0)
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self::ONE
    }
}

impl From<f64> for Scale {
    fn from(scale: f64) -> Self {
        Self { x: scale, y: scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_scale_covers_odd_edges() {
        let full = RectI::new(-3, 1, 7, 10).to_canonical(Scale::ONE, 1.0);
        assert_eq!(full.to_pixels(0.5.into(), 1.0), RectI::new(-2, 0, 4, 5));
    }

    #[test]
    fn infinite_edges_saturate() {
        let all = RectD::new(f64::from(i32::MIN), -1e300, 1e300, f64::INFINITY);
        let pixels = all.to_pixels(Scale::ONE, 1.0);
        assert_eq!(pixels.to_array(), [i32::MIN, i32::MIN, i32::MAX, i32::MAX]);
        assert!(pixels.is_infinite());
        assert_eq!(pixels.width(), u32::MAX as usize);
    }

    #[test]
    fn no_number_is_empty() {
        let bad = RectD::new(f64::NAN, 0.0, 4.0, 4.0);
        assert!(bad.is_empty());
        assert!(bad.to_pixels(Scale::ONE, 1.0).is_empty());
    }

    proptest! {
        #[test]
        fn pixels_survive_the_canonical_plane(
            x in -100_000i32..100_000, y in -100_000i32..100_000,
            w in 1i32..50_000, h in 1i32..50_000,
            aspect in prop::sample::select(vec![1.0, 2.0, 1.0926, 0.9, 1.33333]),
            scale in prop::sample::select(vec![1.0, 0.5, 0.25, 0.3]),
        ) {
            let pixels = RectI::new(x, y, x + w, y + h);
            let back = pixels.to_canonical(scale.into(), aspect).to_pixels(scale.into(), aspect);
            prop_assert_eq!(back, pixels);
        }

        #[test]
        fn intersection_is_inside_both(a in any::<[i32; 4]>(), b in any::<[i32; 4]>()) {
            let [a, b] = [a, b].map(|r| RectI::new(r[0], r[1], r[2], r[3]));
            let both = a.intersect(b);
            prop_assert!(both.is_empty() || (a.contains(both) && b.contains(both)));
        }
    }
}
