//! Rectangles in pixels and in canonical coordinates (both y up, half open).

/// Pixels, `x1 <= x < x2`, `y1 <= y < y2`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RectI {
    /// Left edge.
    pub x1: i32,
    /// Bottom edge.
    pub y1: i32,
    /// One past the right edge.
    pub x2: i32,
    /// One past the top edge.
    pub y2: i32,
}

impl RectI {
    /// The rectangle with these edges.
    pub const fn new(x1: i32, y1: i32, x2: i32, y2: i32) -> Self {
        Self { x1, y1, x2, y2 }
    }

    /// No pixel lies inside.
    pub fn is_empty(&self) -> bool {
        self.x1 >= self.x2 || self.y1 >= self.y2
    }

    /// Pixels in a row; 0 if empty. (An i32 difference may overflow an i32.)
    pub fn width(&self) -> usize {
        span(self.x1, self.x2)
    }

    /// Rows; 0 if empty.
    pub fn height(&self) -> usize {
        span(self.y1, self.y2)
    }

    /// What lies in both.
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
            x2: self.x2.min(other.x2),
            y2: self.y2.min(other.y2),
        }
    }

    /// The canonical region of these pixels at a render scale and pixel aspect ratio.
    pub fn to_canonical(&self, scale: (f64, f64), pixel_aspect: f64) -> RectD {
        let x_scale = pixel_aspect / scale.0;
        RectD {
            x1: f64::from(self.x1) * x_scale,
            y1: f64::from(self.y1) / scale.1,
            x2: f64::from(self.x2) * x_scale,
            y2: f64::from(self.y2) / scale.1,
        }
    }

    /// Row `y` crosses it.
    pub fn has_row(&self, y: i32) -> bool {
        self.y1 <= y && y < self.y2 && self.x1 < self.x2
    }
}

fn span(from: i32, to: i32) -> usize {
    usize::try_from(i64::from(to) - i64::from(from)).unwrap_or(0)
}

/// Canonical coordinates: square pixels at scale 1. Edges may be `kOfxFlagInfiniteMin/Max`.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
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
    /// The rectangle with these edges.
    pub const fn new(x1: f64, y1: f64, x2: f64, y2: f64) -> Self {
        Self { x1, y1, x2, y2 }
    }

    /// Nothing lies inside. (A NaN edge makes it empty.)
    pub fn is_empty(&self) -> bool {
        !(self.x1 < self.x2 && self.y1 < self.y2)
    }

    /// What lies in both; a zero rectangle where nothing does.
    pub fn intersection(&self, other: &Self) -> Self {
        let both = Self {
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
            x2: self.x2.min(other.x2),
            y2: self.y2.min(other.y2),
        };
        if both.is_empty() {
            Self::default()
        } else {
            both
        }
    }

    /// The smallest rectangle that holds both; an empty one adds nothing.
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        Self {
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
            x2: self.x2.max(other.x2),
            y2: self.y2.max(other.y2),
        }
    }

    /// The same with the edges of `by` where an edge is infinite.
    pub fn ending_with(&self, by: &Self) -> Self {
        let infinite = |edge: f64| edge.is_infinite() || edge.abs() >= f64::from(i32::MAX);
        let edge = |own: f64, by: f64| if infinite(own) { by } else { own };
        Self {
            x1: edge(self.x1, by.x1),
            y1: edge(self.y1, by.y1),
            x2: edge(self.x2, by.x2),
            y2: edge(self.y2, by.y2),
        }
    }

    /// The pixels that it touches at a render scale and pixel aspect ratio. Infinite edges
    /// saturate. The tolerance keeps an edge that rounding moved off its pixel boundary from
    /// gaining a pixel.
    pub fn to_pixels(&self, scale: (f64, f64), pixel_aspect: f64) -> RectI {
        const SLACK: f64 = 1e-6;
        if self.is_empty() {
            return RectI::default();
        }
        let x_scale = scale.0 / pixel_aspect;
        RectI {
            x1: (self.x1 * x_scale + SLACK).floor() as i32,
            y1: (self.y1 * scale.1 + SLACK).floor() as i32,
            x2: (self.x2 * x_scale - SLACK).ceil() as i32,
            y2: (self.y2 * scale.1 - SLACK).ceil() as i32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_near_the_limits_of_i32_do_not_overflow() {
        let all = RectI::new(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert_eq!(all.width(), u32::MAX as usize);
        assert_eq!(RectI::new(5, 0, 3, 1).width(), 0);
        assert!(RectI::new(5, 0, 3, 1).is_empty());
    }

    #[test]
    fn an_empty_rectangle_adds_nothing_to_a_union() {
        let a = RectD::new(1.0, 2.0, 3.0, 4.0);
        assert_eq!(a.union(&RectD::default()), a);
        assert_eq!(RectD::default().union(&a), a);
        assert_eq!(a.union(&RectD::new(f64::NAN, 0.0, 9.0, 9.0)), a);
    }

    #[test]
    fn disjoint_rectangles_meet_in_nothing() {
        let a = RectD::new(0.0, 0.0, 1.0, 1.0);
        let b = RectD::new(2.0, 0.0, 3.0, 1.0);
        assert_eq!(a.intersection(&b), RectD::default());
    }

    #[test]
    fn pixels_follow_scale_and_aspect() {
        let r = RectD::new(-3.0, 1.0, 101.0, 51.0);
        assert_eq!(r.to_pixels((1.0, 1.0), 1.0), RectI::new(-3, 1, 101, 51));
        assert_eq!(r.to_pixels((0.5, 0.5), 1.0), RectI::new(-2, 0, 51, 26));
        let anamorphic = RectD::new(0.0, 0.0, 200.0, 10.0);
        assert_eq!(
            anamorphic.to_pixels((1.0, 1.0), 2.0),
            RectI::new(0, 0, 100, 10)
        );
    }

    #[test]
    fn infinite_edges_end_with_another_rectangle() {
        let project = RectD::new(0.0, 0.0, 100.0, 50.0);
        let solid = RectD::new(-2147483648.0, 10.0, f64::INFINITY, 20.0);
        let expected = RectD::new(0.0, 10.0, 100.0, 20.0);
        assert_eq!(solid.ending_with(&project), expected);
    }

    #[test]
    fn infinite_edges_saturate() {
        let r = RectD::new(-2147483648.0, 0.0, 2147483647.0, 1.0);
        let p = r.to_pixels((2.0, 2.0), 1.0);
        assert_eq!((p.x1, p.x2), (i32::MIN, i32::MAX));
    }
}
