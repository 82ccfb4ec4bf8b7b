//! The host's images as the estimator's pictures, in the blend space.

use crate::geometry::RectI;
use crate::kernels::estimate::space::BlendSpace;
use crate::kernels::estimate::{Size, Team, for_rows};
use crate::ofx::image::Image;

/// The extent of an area.
pub fn size_of(area: &RectI) -> Size {
    Size {
        width: area.width(),
        height: area.height(),
    }
}

/// The area's row of that number, counted from the bottom.
fn row_of(area: &RectI, row: usize) -> i32 {
    // The area lies in i32, and so does each of its rows.
    (i64::from(area.y1) + row as i64) as i32
}

/// Writes the colour of an image over an area, zeros where it has none. A clip of one channel is
/// grey.
pub fn colour(
    team: &dyn Team,
    image: Option<Image<'_>>,
    area: &RectI,
    space: BlendSpace,
    out: &mut [f32],
) {
    for_rows::<3>(team, size_of(area), out, |row, channels| {
        let found = image.and_then(|image| inside(image, area, row_of(area, row)));
        for (c, to) in channels.into_iter().enumerate() {
            to.fill(0.0);
            let Some((first, count, samples)) = found else {
                continue;
            };
            let each = samples.len() / count;
            let from = samples.iter().skip(c.min(each - 1)).step_by(each);
            for (to, from) in to[first..].iter_mut().zip(from) {
                *to = space.encode(*from);
            }
        }
    });
}

/// Writes the opacity that a matte says, 0..=1: its alpha, or its first channel where it has none.
pub fn matte(team: &dyn Team, image: Option<Image<'_>>, area: &RectI, out: &mut [f32]) {
    for_rows::<1>(team, size_of(area), out, |row, [to]| {
        to.fill(0.0);
        if let Some((first, count, samples)) =
            image.and_then(|image| inside(image, area, row_of(area, row)))
        {
            let each = samples.len() / count;
            let channel = if each == 4 { 3 } else { 0 };
            let from = samples.iter().skip(channel).step_by(each);
            for (to, from) in to[first..].iter_mut().zip(from) {
                *to = if from.is_nan() {
                    0.0
                } else {
                    from.clamp(0.0, 1.0)
                };
            }
        }
    });
}

/// Where a row of the area begins in the image, and how many pixels it has there, with their
/// samples.
fn inside<'a>(image: Image<'a>, area: &RectI, y: i32) -> Option<(usize, usize, &'a [f32])> {
    let bounds = image.bounds();
    let (x1, x2) = (area.x1.max(bounds.x1), area.x2.min(bounds.x2));
    if x1 >= x2 {
        return None;
    }
    let samples = image.span(y, x1, x2)?;
    let first = (i64::from(x1) - i64::from(area.x1)) as usize;
    let count = (i64::from(x2) - i64::from(x1)) as usize;
    Some((first, count, samples))
}
