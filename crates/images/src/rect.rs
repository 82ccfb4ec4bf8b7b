//! Windows of pixels.

/// A rectangle of pixels in the file's own coordinates: y points down, the upper bounds are
/// not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    /// First column.
    pub x0: i32,
    /// First row.
    pub y0: i32,
    /// Column after the last.
    pub x1: i32,
    /// Row after the last.
    pub y1: i32,
}

impl Rect {
    /// The rectangle from (`x0`, `y0`) up to, not including, (`x1`, `y1`).
    pub const fn new(x0: i32, y0: i32, x1: i32, y1: i32) -> Self {
        Rect { x0, y0, x1, y1 }
    }

    /// Columns; 0 where the bounds are crossed.
    pub const fn width(&self) -> usize {
        extent(self.x0, self.x1)
    }

    /// Rows; 0 where the bounds are crossed.
    pub const fn height(&self) -> usize {
        extent(self.y0, self.y1)
    }

    /// Pixels; at most 2^64 - 2^33 + 1, so it always fits.
    pub const fn area(&self) -> u64 {
        self.width() as u64 * self.height() as u64
    }

    /// Whether no pixel lies inside.
    pub const fn is_empty(&self) -> bool {
        self.area() == 0
    }

    /// The smallest rectangle that holds both; an empty one adds nothing.
    pub fn union(&self, other: &Rect) -> Rect {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The pixels that lie in both; empty where there are none.
    pub fn intersect(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// The pixels that do not lie in `inner`: above it, below, to the left, to the right; some of them
    /// empty.
    pub fn around(&self, inner: &Rect) -> [Rect; 4] {
        let inner = self.intersect(inner);
        if inner.is_empty() {
            return [*self, Rect::default(), Rect::default(), Rect::default()];
        }
        [
            Rect {
                y1: inner.y0,
                ..*self
            },
            Rect {
                y0: inner.y1,
                ..*self
            },
            Rect {
                x0: self.x0,
                x1: inner.x0,
                ..inner
            },
            Rect {
                x0: inner.x1,
                x1: self.x1,
                ..inner
            },
        ]
    }

    /// Whether the pixel (`x`, `y`) lies inside.
    pub const fn contains(&self, x: i32, y: i32) -> bool {
        self.x0 <= x && x < self.x1 && self.y0 <= y && y < self.y1
    }

    /// Whether every pixel of `other` lies inside.
    pub fn holds(&self, other: &Rect) -> bool {
        other.is_empty() || self.intersect(other) == *other
    }
}

const fn extent(from: i32, to: i32) -> usize {
    if to > from {
        (to as i64 - from as i64) as usize
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_rectangle_does_not_overflow() {
        let all = Rect::new(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert_eq!(all.width(), u32::MAX as usize);
        assert_eq!(all.area(), u64::from(u32::MAX) * u64::from(u32::MAX));
        assert_eq!(Rect::new(5, 5, 4, 9).area(), 0);
    }

    #[test]
    fn what_lies_around_and_inside_is_all() {
        let outer = Rect::new(-3, 2, 5, 9);
        for inner in [
            Rect::new(-1, 4, 2, 7),
            Rect::new(-9, 4, 2, 99),
            Rect::new(-9, -9, 99, 99),
            Rect::new(6, 4, 7, 7),
            Rect::default(),
        ] {
            let around = outer.around(&inner);
            for (x, y) in (2..9).flat_map(|y| (-3..5).map(move |x| (x, y))) {
                let places = around.iter().filter(|place| place.contains(x, y)).count();
                assert_eq!(
                    places,
                    usize::from(!inner.contains(x, y)),
                    "{inner:?} {x} {y}"
                );
            }
            assert!(around.iter().all(|place| outer.holds(place)));
        }
    }

    #[test]
    fn union_and_intersection() {
        let a = Rect::new(-2, 0, 3, 4);
        let b = Rect::new(1, -5, 9, 2);
        assert_eq!(a.union(&b), Rect::new(-2, -5, 9, 4));
        assert_eq!(a.intersect(&b), Rect::new(1, 0, 3, 2));
        assert_eq!(a.union(&Rect::default()), a);
        assert!(a.intersect(&Rect::new(50, 50, 60, 60)).is_empty());
        assert!(a.holds(&Rect::new(-1, 1, 3, 4)));
        assert!(!a.holds(&b));
        assert!(a.contains(-2, 3) && !a.contains(3, 3));
    }
}
