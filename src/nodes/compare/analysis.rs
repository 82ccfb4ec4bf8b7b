//! Compare's buttons: the figures of whole frames.

use core::ffi::CStr;

use super::{A, B, CompareParams};
use crate::geometry::RectI;
use crate::kernels::compare::{Stats, Tree, row};
use crate::kernels::team::{ROUND, Team, share};
use crate::kernels::{Coverage, Layout, Selection};
use crate::node::Strength;
use crate::nodes::team::WorkersTeam;
use crate::ofx::image::Image;
use crate::ofx::message::Severity;
use crate::ofx::panel::{Figure, Panel, Views};
use crate::ofx::progress::Progress;
use crate::ofx::status::Result;
use crate::render::Mask;

/// What the PSNR shows for an RMS of 0. The RMS of two different frames of floats is at least
/// about 1e-50, so that a peak of 1 gives less than this.
pub const INFINITE_PSNR: f64 = 1000.0;

/// The most frames of a sequence: half a day of them.
const MAX_FRAMES: f64 = 1e6;

/// The most pixels of a frame, and of its rows, each of which is held at once.
const MAX_PIXELS: usize = 1 << 34;
const MAX_WIDTH: usize = 1 << 20;

/// A strip is about this many pixels of each image: memory stays bounded for any frame size. Larger ones
/// are no faster.
const STRIP_PIXELS: usize = 1 << 20;

/// Strips of fewer pixels are done by the calling thread.
const THREADED_PIXELS: usize = 512 * 512;

/// Rows that a thread takes at once; more of a high strip, whose rows are then handed out without a
/// pause.
const BAND: usize = 8;

/// *Analyze Frame*.
pub fn frame(panel: &mut Panel<'_>) -> Result<()> {
    ready(panel)?;
    let time = panel.time();
    let mut progress = panel.progress(c"Compare: analyzing");
    analyze(panel, time, &mut |done| progress.update(done))?;
    Ok(())
}

/// *Analyze Sequence*.
pub fn sequence(panel: &mut Panel<'_>) -> Result<()> {
    ready(panel)?;
    let Some((first, last)) = panel.frame_range() else {
        return panel.fail("The host does not say which frames there are. Use Analyze Frame.");
    };
    let frames = (last - first).floor() + 1.0;
    if !(1.0..=MAX_FRAMES).contains(&frames) {
        return panel.fail(&format!(
            "The host says that there are {frames} frames, too many to analyze. Use Analyze Frame."
        ));
    }
    let mut progress: Progress<'_> = panel.progress(c"Compare: analyzing the sequence");
    let mut frame = 0.0;
    while frame < frames {
        let go_on = analyze(panel, first + frame, &mut |done| {
            progress.update((frame + done) / frames)
        })?;
        if !go_on {
            panel.show(
                Severity::Message,
                &format!("Cancelled after {frame} of {frames} frames. Their figures are kept."),
            );
            return Ok(());
        }
        frame += 1.0;
    }
    Ok(())
}

fn ready(panel: &Panel<'_>) -> Result<()> {
    if !panel.is_full_scale() {
        return panel.fail(
            "Compare measures full frames only: the host is at a proxy scale. Switch the proxy off and press the button again.",
        );
    }
    let regions = panel.regions(panel.time());
    if regions.inputs.iter().all(Option::is_none) {
        return panel.fail("Compare has nothing to measure: connect A and B first.");
    }
    Ok(())
}

/// Measures one frame and keys the figures on it. False if the user cancelled.
fn analyze(panel: &Panel<'_>, time: f64, progress: &mut dyn FnMut(f64) -> bool) -> Result<bool> {
    let params: CompareParams = panel.params(time)?;
    let aspect = panel.pixel_aspect();
    let regions = panel.regions(time);
    // A constant, say, is everywhere; it is measured over the project.
    let defined = regions.union().ending_with(&regions.project);
    let frame = defined.to_pixels((1.0, 1.0), aspect);
    if frame.width() > MAX_WIDTH || frame.width().saturating_mul(frame.height()) > MAX_PIXELS {
        return panel.fail(&format!(
            "The frame has {} x {} pixels, too many to analyze. Crop the inputs.",
            frame.width(),
            frame.height()
        ));
    }
    let rows = (STRIP_PIXELS / frame.width().max(1)).clamp(1, frame.height().max(1));
    let workers = panel.workers();
    let team = WorkersTeam::new(&workers, frame.width() * rows >= THREADED_PIXELS);
    let mut scan = Scan::new(&params, frame);
    let mut y = frame.y1;
    while y < frame.y2 {
        let top = y.saturating_add(rows as i32).min(frame.y2);
        let strip = RectI {
            y1: y,
            y2: top,
            ..frame
        };
        panel.look(time, strip, aspect, |views, strip| {
            scan.strip(&team, views, strip);
            team.check()
        })?;
        y = top;
        let done = (i64::from(y) - i64::from(frame.y1)) as f64 / frame.height() as f64;
        if !progress(done) {
            return Ok(false);
        }
    }
    let stats = scan.tree.total();
    let worst = match stats.worst {
        Some(worst) => (worst.x, worst.y),
        None => (frame.x1, frame.y1),
    };
    let (a, b) = samples_at(panel, time, worst, aspect)?;
    panel.write(time, &figures(&stats, params.peak, worst, a, b))?;
    Ok(true)
}

type Named = (&'static CStr, Figure);

fn figures(stats: &Stats, peak: f64, worst: (i32, i32), a: [f64; 4], b: [f64; 4]) -> [Named; 13] {
    let one = |value: f64| Figure::One(value);
    let pair = |x: i32, y: i32| Figure::Two([f64::from(x), f64::from(y)]);
    let (from, to) = match stats.failing {
        Some(e) => (pair(e.x1, e.y1), pair(e.x2, e.y2)),
        None => (pair(0, 0), pair(0, 0)),
    };
    [
        (c"max", one(f64::from(stats.max))),
        (c"mean", one(stats.mean())),
        (c"rms", one(stats.rms())),
        (c"psnr", one(stats.psnr(peak).unwrap_or(INFINITE_PSNR))),
        (c"ulpMax", one(f64::from(stats.ulp_max))),
        (c"failingPixels", one(stats.failing_pixels as f64)),
        (c"nanCount", one(stats.nan as f64)),
        (c"infCount", one(stats.inf as f64)),
        (c"worst", pair(worst.0, worst.1)),
        (c"worstA", Figure::Four(a)),
        (c"worstB", Figure::Four(b)),
        (c"failingMin", from),
        (c"failingMax", to),
    ]
}

/// Adds up the rows of a frame. A row is always whole: what an image lacks of it is 0.
struct Scan<'a> {
    params: &'a CompareParams,
    frame: RectI,
    tree: Tree,
    /// The figures of a strip's rows.
    rows: Vec<Stats>,
}

impl<'a> Scan<'a> {
    fn new(params: &'a CompareParams, frame: RectI) -> Self {
        Self {
            params,
            frame,
            tree: Tree::new(),
            rows: Vec::new(),
        }
    }

    fn strip(&mut self, team: &dyn Team, views: &Views<'_>, strip: RectI) {
        let mut rows = core::mem::take(&mut self.rows);
        rows.clear();
        rows.resize(strip.height(), Stats::default());
        let band = strip.height().div_ceil(ROUND).max(BAND);
        share(team, rows.chunks_mut(band).enumerate(), |(index, rows)| {
            self.band(views, strip.y1.saturating_add((index * band) as i32), rows);
        });
        rows.iter().for_each(|row| self.tree.push(*row));
        self.rows = rows;
    }

    /// Compares the rows from `y` on.
    fn band(&self, views: &Views<'_>, y: i32, rows: &mut [Stats]) {
        let (a, b) = (&views.inputs[A], &views.inputs[B]);
        // Without an image there is nothing but zeros, of whichever channels.
        let layout = a.or(*b).map_or(Layout::Rgba, |image| image.layout());
        let Strength { mix, invert_mask } = Strength {
            mix: 1.0,
            invert_mask: self.params.mask_invert,
        };
        let (x1, x2) = (self.frame.x1, self.frame.x2);
        // Copies of rows that an image has not whole.
        let [mut a_row, mut b_row, mut mask_row] = [Vec::new(), Vec::new(), Vec::new()];
        for (y, stats) in (y..).zip(rows) {
            let a = whole_row(a, layout, y, x1, x2, &mut a_row);
            let b = whole_row(b, layout, y, x1, x2, &mut b_row);
            let coverage = match &views.mask {
                Mask::None => Coverage::Uniform(1.0),
                Mask::Image(mask) => Coverage::Mask {
                    mask: whole_row(mask, Layout::Alpha, y, x1, x2, &mut mask_row),
                    mix,
                    invert: invert_mask,
                },
            };
            let selection = Selection {
                layout,
                process: self.params.process(),
                coverage,
            };
            let tolerance = self.params.tolerance();
            *stats = row(a, b, selection, &tolerance, x1, y);
        }
    }
}

/// Pixels `x1..x2` of row `y`: the image's own memory where it has them all, else a copy with
/// zeros around it.
fn whole_row<'a>(
    image: &Option<Image<'a>>,
    layout: Layout,
    y: i32,
    x1: i32,
    x2: i32,
    scratch: &'a mut Vec<f32>,
) -> &'a [f32] {
    let image = image.filter(|image| image.layout() == layout);
    if let Some(samples) = image.and_then(|image| image.span(y, x1, x2)) {
        return samples;
    }
    let row = RectI::new(x1, y, x2, y.saturating_add(1));
    scratch.clear();
    scratch.resize(row.width() * layout.channels(), 0.0);
    if let Some(image) = image {
        let inside = row.intersection(&image.bounds());
        if let Some(samples) = image.span(y, inside.x1, inside.x2) {
            let at = (i64::from(inside.x1) - i64::from(x1)) as usize * layout.channels();
            scratch[at..at + samples.len()].copy_from_slice(samples);
        }
    }
    scratch
}

/// All channels of both images at a pixel.
fn samples_at(
    panel: &Panel<'_>,
    time: f64,
    (x, y): (i32, i32),
    aspect: f64,
) -> Result<([f64; 4], [f64; 4])> {
    let window = RectI::new(x, y, x.saturating_add(1), y.saturating_add(1));
    panel.look(time, window, aspect, |views, window| {
        let at = |input: usize| {
            let image = views.inputs[input];
            let samples = image.and_then(|image| image.span(y, window.x1, window.x2));
            match samples {
                Some([r, g, b, a]) => [*r, *g, *b, *a],
                Some([r, g, b]) => [*r, *g, *b, 1.0],
                Some([a]) => [0.0, 0.0, 0.0, *a],
                _ => [0.0; 4],
            }
            .map(f64::from)
        };
        Ok((at(A), at(B)))
    })
}
