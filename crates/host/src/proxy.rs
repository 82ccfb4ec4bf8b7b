//! Proxies: smaller versions of frames in memory, for render scales below 1.

use crate::convert::convert;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::geometry::{RectI, Scale};
use crate::pixel::Depth;

/// The pixels of a proxy: all that the frame's own touch (`floor` and `ceil` of the scaled edges).
pub fn bounds(bounds: RectI, scale: Scale) -> RectI {
    bounds.to_canonical(Scale::ONE, 1.0).to_pixels(scale, 1.0)
}

/// A proxy whose pixels are the averages of the frame's pixels that they cover, each by the part of it covered; what
/// a proxy's pixel covers outside the frame does not count. Summed in double, so equal on every machine.
///
/// # Errors
/// When the scale is not above 0 and at most 1.
pub fn box_average(frame: &Frame, scale: Scale) -> Result<Frame> {
    check(scale)?;
    let float = convert(frame, frame.components(), Depth::Float)?;
    let (from, to) = (frame.bounds(), bounds(frame.bounds(), scale));
    let columns = spans(from.x1, from.x2, to.x1, to.x2, scale.x);
    let rows = spans(from.y1, from.y2, to.y1, to.y2, scale.y);
    let proxy = Frame::from_fn(to, frame.components(), |x, y, channel| {
        let column = &columns[(x - to.x1) as usize];
        let row = &rows[(y - to.y1) as usize];
        let (mut sum, mut weight) = (0.0, 0.0);
        for (row, high) in row {
            for (column, wide) in column {
                let pixel = float
                    .pixel(*column, *row)
                    .map_or(0.0, |p| f64::from(p[channel]));
                sum += pixel * high * wide;
                weight += high * wide;
            }
        }
        (sum / weight) as f32
    })?;
    convert(&proxy, frame.components(), frame.depth())
}

/// A proxy whose pixels are those of the frame nearest to their centres.
///
/// # Errors
/// When the scale is not above 0 and at most 1.
pub fn nearest(frame: &Frame, scale: Scale) -> Result<Frame> {
    check(scale)?;
    let float = convert(frame, frame.components(), Depth::Float)?;
    let from = frame.bounds();
    let at = |to: i32, scale: f64, low: i32, high: i32| {
        (((f64::from(to) + 0.5) / scale).floor() as i32).clamp(low, high - 1)
    };
    let proxy = Frame::from_fn(bounds(from, scale), frame.components(), |x, y, channel| {
        let (x, y) = (
            at(x, scale.x, from.x1, from.x2),
            at(y, scale.y, from.y1, from.y2),
        );
        float.pixel(x, y).map_or(0.0, |p| p[channel])
    })?;
    convert(&proxy, frame.components(), frame.depth())
}

fn check(scale: Scale) -> Result<()> {
    if [scale.x, scale.y].iter().all(|s| *s > 0.0 && *s <= 1.0) {
        Ok(())
    } else {
        Err(Error::Frame(format!(
            "a proxy needs a render scale above 0 and at most 1, not {} x {}",
            scale.x, scale.y
        )))
    }
}

/// For each pixel of the proxy along one axis, the pixels it covers and how much of each.
fn spans(from1: i32, from2: i32, to1: i32, to2: i32, scale: f64) -> Vec<Vec<(i32, f64)>> {
    (to1..to2)
        .map(|to| {
            let low = f64::from(to) / scale;
            let high = (f64::from(to) + 1.0) / scale;
            let first = (low.floor() as i32).max(from1);
            let last = (high.ceil() as i32).min(from2);
            let part = |at: i32| (f64::from(at) + 1.0).min(high) - f64::from(at).max(low);
            (first..last)
                .map(|at| (at, part(at)))
                .filter(|(_, part)| *part > 0.0)
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixel::Components;

    fn ramp(bounds: RectI) -> Frame {
        Frame::from_fn(bounds, Components::Alpha, |x, y, _| (x + 10 * y) as f32).unwrap()
    }

    #[test]
    fn half_scale_averages_two_by_two() {
        let half = box_average(&ramp(RectI::new(0, 0, 4, 2)), 0.5.into()).unwrap();
        assert_eq!(half.bounds(), RectI::new(0, 0, 2, 1));
        assert_eq!(half.floats().unwrap(), [5.5, 7.5]);
    }

    #[test]
    fn odd_edges_average_what_there_is() {
        let half = box_average(&ramp(RectI::new(-1, 0, 2, 1)), 0.5.into()).unwrap();
        assert_eq!(half.bounds(), RectI::new(-1, 0, 1, 1));
        assert_eq!(half.floats().unwrap(), [-1.0, 0.5]);
    }

    #[test]
    fn a_constant_stays_at_any_scale() {
        let flat =
            Frame::from_fn(RectI::new(-5, 3, 9, 14), Components::Rgb, |_, _, _| 0.25).unwrap();
        for scale in [1.0, 0.75, 0.5, 0.3, 0.1] {
            for proxy in [
                box_average(&flat, scale.into()),
                nearest(&flat, scale.into()),
            ] {
                assert!(proxy.unwrap().floats().unwrap().iter().all(|v| *v == 0.25));
            }
        }
    }

    #[test]
    fn nearest_takes_the_pixel_at_the_centre() {
        let half = nearest(&ramp(RectI::new(0, 0, 4, 1)), 0.5.into()).unwrap();
        assert_eq!(half.floats().unwrap(), [1.0, 3.0]);
    }

    #[test]
    fn larger_scales_are_refused() {
        assert!(box_average(&ramp(RectI::new(0, 0, 1, 1)), 2.0.into()).is_err());
        assert!(nearest(&ramp(RectI::new(0, 0, 1, 1)), 0.0.into()).is_err());
    }
}
