//! The samples of an image that is written strip by strip.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{Fault, Outcome};
use crate::{Header, Image};

/// Gives an image that holds `rows`, which are in the coordinates of the file, and perhaps more.
pub(crate) type Pull<'f, 'a> = &'f mut dyn FnMut(Range<i32>) -> Outcome<Cow<'a, Image>>;

/// An image to be written, whose samples are asked for strip by strip.
pub(crate) struct Feed<'f, 'a> {
    /// All of the image but its samples.
    pub(crate) header: &'f Header,
    /// Rows of a strip; the writer takes as many more as its blocks want.
    pub(crate) rows: usize,
    pull: Pull<'f, 'a>,
}

/// Some rows of an image.
pub(crate) struct Strip<'a> {
    pub(crate) image: Cow<'a, Image>,
    /// Index of the first of their samples.
    pub(crate) start: usize,
    pub(crate) rows: usize,
}

impl<'f, 'a> Feed<'f, 'a> {
    pub(crate) fn new(header: &'f Header, rows: usize, pull: Pull<'f, 'a>) -> Self {
        let rows = rows.clamp(1, header.data.height().max(1));
        Feed { header, rows, pull }
    }

    /// Asks for `rows`, in the coordinates of the file.
    pub(crate) fn pull(&mut self, rows: Range<i32>) -> Outcome<Cow<'a, Image>> {
        (self.pull)(rows)
    }

    /// Asks for `rows`, counted from the top of the data window.
    pub(crate) fn strip(&mut self, rows: Range<usize>) -> Outcome<Strip<'a>> {
        let top = i64::from(self.header.data.y0);
        let row = |index: usize| (top + index as i64) as i32;
        let wanted = row(rows.start)..row(rows.end);
        let image = self.pull(wanted.clone())?;
        let (have, header) = (image.data, self.header);
        image.check_shape()?;
        let holds = have.y0 <= wanted.start && wanted.end <= have.y1;
        let fits = (have.x0, have.x1) == (header.data.x0, header.data.x1);
        if !holds || !fits || image.header().channels != header.channels {
            return Err(Fault::invalid(
                "the samples of the image are not those that its header says",
            ));
        }
        let above = (i64::from(wanted.start) - i64::from(have.y0)) as usize;
        Ok(Strip {
            start: above * have.width(),
            rows: rows.len(),
            image,
        })
    }

    /// Strips from the top, in whole multiples of `lines`, as ranges of rows.
    pub(crate) fn ranges(&self, lines: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let (step, height) = (self.rows.next_multiple_of(lines), self.header.data.height());
        (0..height)
            .step_by(step)
            .map(move |top| top..height.min(top.saturating_add(step)))
    }
}
