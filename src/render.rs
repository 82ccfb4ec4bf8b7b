//! The one render loop: window, bands, spans, mask and mix, abort, threads.

use crate::geometry::{RectD, RectI};
use crate::kernels::{Coverage, Layout, Store, settle};
use crate::node::{MAX_INPUTS, Moments, Span, Strength};
use crate::ofx::bands::{Band, Bands};
use crate::ofx::image::{Image, OutputImage};
use crate::ofx::status::Result;
use crate::ofx::threads::Workers;

/// The images of a render and the window that is asked for.
pub struct Frame<'a> {
    /// Where the result goes.
    pub output: OutputImage<'a>,
    /// The input images; `None` is zeros everywhere.
    pub inputs: [Option<Image<'a>>; MAX_INPUTS],
    /// How many of them the node has.
    pub count: usize,
    /// The mask.
    pub mask: Mask<'a>,
    /// Pixels to write.
    pub window: RectI,
    /// Render scale of the output.
    pub scale: (f64, f64),
    /// Width of a pixel over its height.
    pub pixel_aspect: f64,
    /// Speed is worth more than quality.
    pub draft: bool,
    /// The frame's time.
    pub time: f64,
    /// Other frames.
    pub moments: &'a dyn Moments,
}

impl Frame<'_> {
    /// A canonical region in the pixels of this render.
    pub fn pixels(&self, region: &RectD) -> RectI {
        region.to_pixels(self.scale, self.pixel_aspect)
    }

    /// Pixels of this render in canonical coordinates.
    pub fn canonical(&self, pixels: &RectI) -> RectD {
        pixels.to_canonical(self.scale, self.pixel_aspect)
    }
}

/// Where the effect applies.
#[derive(Clone, Copy)]
pub enum Mask<'a> {
    /// Nothing is connected: everywhere.
    None,
    /// A one-channel image; 0 outside its bounds, and everywhere if it could not be read.
    Image(Option<Image<'a>>),
}

/// A band holds about this many bytes of output, or fewer where there are many threads: few enough
/// that a user who aborts does not wait, many enough that taking one, and asking the host about an
/// abort, costs nothing.
const BAND_BYTES: core::ops::RangeInclusive<usize> = 128 << 10..=8 << 20;

/// Bands that each thread gets, if they are not too small: whoever is late has little left to do.
const BANDS_PER_THREAD: usize = 8;

/// Windows of fewer pixels are rendered on the calling thread: waking a thread costs more.
const THREADED_PIXELS: usize = 512 * 512;

/// From this many bytes of output on the stores go past the cache. Below, a reader that follows
/// finds the tile still there.
const STREAMED_BYTES: usize = 8 << 20;

/// Zeros for the places where an image has no pixels: the length of the longest span there.
static ZEROS: [f32; ZERO_PIXELS * 4] = [0.0; ZERO_PIXELS * 4];
const ZERO_PIXELS: usize = 1024;

/// What a row function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spans {
    /// Several rows as one span, where they follow each other in memory in every image: to begin
    /// and end a row costs as much as some hundred samples.
    pub joined: bool,
    /// Inputs that it leaves alone where they are not present: there they may be empty.
    pub optional: &'static [usize],
}

impl Spans {
    /// One row at a time, every input as long as the span.
    pub const ROWS: Self = Self {
        joined: false,
        optional: &[],
    };
}

/// Runs `row` over the pixels of the frame's window that lie inside `region`; the others become 0.
/// The result does not depend on bands and threads. An aborted render leaves the rest unwritten
/// and is no error.
pub fn run(
    frame: &mut Frame<'_>,
    region: &RectI,
    strength: Strength,
    spans: Spans,
    workers: &dyn Workers,
    row: &(dyn Fn(&Span<'_>, &mut [f32]) + Sync),
) -> Result<()> {
    let window = frame.window.intersection(&frame.output.bounds());
    if window.is_empty() {
        return Ok(());
    }
    let layout = frame.output.layout();
    let row_bytes = window.width() * layout.channels() * size_of::<f32>();
    let bytes = row_bytes.saturating_mul(window.height());
    let threads = if window.width().saturating_mul(window.height()) < THREADED_PIXELS {
        1
    } else {
        workers.count().max(1)
    };
    let store = if bytes >= STREAMED_BYTES {
        Store::Streaming
    } else {
        Store::Cached
    };
    let plan = Plan {
        inputs: &frame.inputs[..frame.count],
        mask: frame.mask,
        strength,
        spans,
        layout,
        region: *region,
        store,
        row,
    };
    let (least, most) = BAND_BYTES.into_inner();
    let band_bytes = (bytes / threads / BANDS_PER_THREAD).clamp(least, most);
    let bands = Bands::new(&mut frame.output, &window, band_bytes / row_bytes.max(1));
    workers.run(threads.min(bands.count()), &|worker| {
        while let Some(mut band) = bands.take() {
            // Hosts answer this on the thread that they called, and on no other.
            if worker == 0 && workers.aborted() {
                bands.stop();
                break;
            }
            plan.band(&mut band);
        }
        settle(store);
    })
}

/// All that the rows of a render have in common.
struct Plan<'a> {
    inputs: &'a [Option<Image<'a>>],
    mask: Mask<'a>,
    strength: Strength,
    spans: Spans,
    layout: Layout,
    region: RectI,
    store: Store,
    row: &'a (dyn Fn(&Span<'_>, &mut [f32]) + Sync),
}

impl Plan<'_> {
    fn band(&self, band: &mut Band<'_>) {
        let window = band.window();
        if self.spans.joined && self.joined(band) {
            return;
        }
        for y in window.y1..window.y2 {
            let Some(out) = band.row(y) else { continue };
            let inside = window.intersection(&self.region);
            if !inside.has_row(y) {
                out.fill(0.0);
                continue;
            }
            let channels = self.layout.channels();
            let sample = |x: i32| (i64::from(x) - i64::from(window.x1)) as usize * channels;
            let (from, to) = (sample(inside.x1), sample(inside.x2));
            out[..from].fill(0.0);
            out[to..].fill(0.0);
            self.spans(y, inside.x1, inside.x2, &mut out[from..to]);
        }
    }

    /// Does all rows of a band as one span; false, and nothing done, where they are not one.
    fn joined(&self, band: &mut Band<'_>) -> bool {
        let window = band.window();
        if window.intersection(&self.region) != window {
            return false;
        }
        let mut inputs: [&[f32]; MAX_INPUTS] = [&[]; MAX_INPUTS];
        let mut present = [false; MAX_INPUTS];
        for (index, image) in self.inputs.iter().enumerate() {
            match image.and_then(|image| image.block(&window)) {
                Some(samples) => (inputs[index], present[index]) = (samples, true),
                None if image.is_none() && self.spans.optional.contains(&index) => (),
                None => return false,
            }
        }
        let coverage = match self.mask {
            Mask::None | Mask::Image(None) => self.coverage(None),
            Mask::Image(Some(mask)) => match mask.block(&window) {
                Some(samples) => self.coverage(Some(samples)),
                None => return false,
            },
        };
        let Some(out) = band.rows() else { return false };
        let span = Span {
            x: window.x1,
            y: window.y1,
            layout: self.layout,
            inputs,
            present,
            coverage,
            store: self.store,
        };
        (self.row)(&span, out);
        true
    }

    /// Cuts a row wherever an image begins or ends.
    fn spans(&self, y: i32, x1: i32, x2: i32, mut out: &mut [f32]) {
        let mut x = x1;
        while x < x2 {
            let end = self.span_end(y, x, x2);
            let samples = (i64::from(end) - i64::from(x)) as usize * self.layout.channels();
            let (now, rest) = out.split_at_mut(samples);
            self.span(y, x, end, now);
            out = rest;
            x = end;
        }
    }

    /// The furthest pixel up to which each image is either present or absent from `x` on.
    fn span_end(&self, y: i32, x: i32, x2: i32) -> i32 {
        let mut end = x2;
        let mut images = self.inputs.iter().enumerate();
        let optional = self.spans.optional;
        let mut absent = images.any(|(index, image)| image.is_none() && !optional.contains(&index));
        let mask = match self.mask {
            Mask::Image(mask) => mask,
            Mask::None => None,
        };
        for image in self.inputs.iter().flatten().chain(mask.iter()) {
            let bounds = image.bounds();
            if !bounds.has_row(y) || x >= bounds.x2 {
                absent = true;
            } else if x < bounds.x1 {
                absent = true;
                end = end.min(bounds.x1);
            } else {
                end = end.min(bounds.x2);
            }
        }
        if absent {
            end = end.min(x.saturating_add(ZERO_PIXELS as i32));
        }
        end
    }

    fn span(&self, y: i32, x: i32, end: i32, out: &mut [f32]) {
        let mut inputs = [&ZEROS[..out.len().min(ZEROS.len())]; MAX_INPUTS];
        let mut present = [false; MAX_INPUTS];
        for (index, image) in self.inputs.iter().enumerate() {
            if let Some(samples) = image.and_then(|image| image.span(y, x, end)) {
                inputs[index] = samples;
                present[index] = true;
            }
        }
        let mask = match self.mask {
            Mask::Image(image) => image.and_then(|image| image.span(y, x, end)),
            Mask::None => None,
        };
        (self.row)(
            &Span {
                x,
                y,
                layout: self.layout,
                inputs,
                present,
                coverage: self.coverage(mask),
                store: self.store,
            },
            out,
        );
    }

    /// What the samples of the mask make of the strength, if it has any here.
    fn coverage<'m>(&self, mask: Option<&'m [f32]>) -> Coverage<'m> {
        let Strength { mix, invert_mask } = self.strength;
        match (self.mask, mask) {
            (Mask::None, _) => Coverage::Uniform(mix),
            (Mask::Image(_), Some(mask)) => Coverage::Mask {
                mask,
                mix,
                invert: invert_mask,
            },
            // The mask is 0 here, or 1 - 0.
            (Mask::Image(_), None) => Coverage::Uniform(if invert_mask { mix } else { 0.0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ofx::panel::Views;
    use crate::ofx::status::Status;
    use core::sync::atomic::{AtomicUsize, Ordering};

    struct NoMoments;

    impl Moments for NoMoments {
        fn range(&self) -> Option<(f64, f64)> {
            None
        }

        fn look(&self, _: f64, _: &mut dyn FnMut(&Views<'_>) -> Result<()>) -> Result<()> {
            Err(Status::FAILED)
        }
    }

    /// Threads of the test, and an abort after so many polls.
    struct TestWorkers {
        threads: usize,
        polls_left: AtomicUsize,
    }

    impl TestWorkers {
        fn new(threads: usize) -> Self {
            Self {
                threads,
                polls_left: AtomicUsize::new(usize::MAX),
            }
        }
    }

    impl Workers for TestWorkers {
        fn count(&self) -> usize {
            self.threads
        }

        fn aborted(&self) -> bool {
            self.polls_left.fetch_sub(1, Ordering::Relaxed) == 0
        }

        fn run(&self, count: usize, job: &(dyn Fn(usize) + Sync)) -> Result<()> {
            std::thread::scope(|scope| {
                for worker in 0..count {
                    scope.spawn(move || job(worker));
                }
            });
            Ok(())
        }
    }

    fn image<'a>(samples: &'a [f32], bounds: &RectI) -> Image<'a> {
        Image::from_slice(samples, *bounds, Layout::Alpha).unwrap()
    }

    fn numbered(bounds: &RectI) -> Vec<f32> {
        (0..bounds.width() * bounds.height())
            .map(|i| 1.0 + i as f32)
            .collect()
    }

    fn frame<'a>(
        out: &'a mut [f32],
        bounds: RectI,
        window: RectI,
        inputs: [Option<Image<'a>>; MAX_INPUTS],
        mask: Mask<'a>,
    ) -> Frame<'a> {
        Frame {
            output: OutputImage::from_slice(out, bounds, Layout::Alpha).unwrap(),
            inputs,
            count: 2,
            mask,
            window,
            scale: (1.0, 1.0),
            pixel_aspect: 1.0,
            draft: false,
            time: 0.0,
            moments: &NoMoments,
        }
    }

    const JOINED: Spans = Spans {
        joined: true,
        optional: &[],
    };

    /// b + 1000 a + coverage / 10, sample by sample.
    fn mixture(span: &Span<'_>, out: &mut [f32]) {
        for (i, out) in out.iter_mut().enumerate() {
            *out = span.inputs[0][i] + 1000.0 * span.inputs[1][i] + span.coverage.at(i) / 10.0;
        }
    }

    /// The sample at a pixel, 0 outside.
    fn at(samples: &[f32], bounds: &RectI, x: i32, y: i32) -> f32 {
        if bounds.has_row(y) && bounds.x1 <= x && x < bounds.x2 {
            samples[(y - bounds.y1) as usize * bounds.width() + (x - bounds.x1) as usize]
        } else {
            0.0
        }
    }

    #[test]
    fn images_of_any_bounds_are_zero_around_them() {
        let bounds = RectI::new(-4, -3, 3000, 9);
        let region = RectI::new(-3, -3, 2999, 8);
        let (b_at, a_at) = (RectI::new(-9, 0, 7, 12), RectI::new(2, -9, 2500, 4));
        let mask_at = RectI::new(5, 1, 8, 3);
        let (b, a) = (numbered(&b_at), numbered(&a_at));
        let mask = vec![0.5; mask_at.width() * mask_at.height()];
        for (invert_mask, threads, spans) in [
            (false, 1, Spans::ROWS),
            (true, 1, JOINED),
            (false, 2, JOINED),
            (true, 5, Spans::ROWS),
        ] {
            let mut out = vec![f32::NAN; bounds.width() * bounds.height()];
            let inputs = [Some(image(&b, &b_at)), Some(image(&a, &a_at)), None, None];
            let mask_image = Mask::Image(Some(image(&mask, &mask_at)));
            let mut frame = frame(&mut out, bounds, bounds, inputs, mask_image);
            let strength = Strength {
                mix: 1.0,
                invert_mask,
            };
            run(
                &mut frame,
                &region,
                strength,
                spans,
                &TestWorkers::new(threads),
                &mixture,
            )
            .unwrap();
            for y in bounds.y1..bounds.y2 {
                for x in bounds.x1..bounds.x2 {
                    let m = at(&mask, &mask_at, x, y);
                    let m = if invert_mask { 1.0 - m } else { m };
                    let inside = region.has_row(y) && region.x1 <= x && x < region.x2;
                    let expected = if inside {
                        at(&b, &b_at, x, y) + 1000.0 * at(&a, &a_at, x, y) + m / 10.0
                    } else {
                        0.0
                    };
                    assert_eq!(at(&out, &bounds, x, y), expected, "at {x} {y}");
                }
            }
        }
    }

    #[test]
    fn nothing_outside_the_window_is_written() {
        let bounds = RectI::new(0, 0, 20, 20);
        let window = RectI::new(3, 4, 10, 40);
        let b = numbered(&bounds);
        let mut out = vec![-1.0; 400];
        let inputs = [Some(image(&b, &bounds)), None, None, None];
        let mut frame = frame(&mut out, bounds, window, inputs, Mask::None);
        run(
            &mut frame,
            &bounds,
            Strength::FULL,
            JOINED,
            &TestWorkers::new(1),
            &mixture,
        )
        .unwrap();
        for y in 0..20 {
            for x in 0..20 {
                let inside = (3..10).contains(&x) && y >= 4;
                let expected = if inside {
                    at(&b, &bounds, x, y) + 0.1
                } else {
                    -1.0
                };
                assert_eq!(at(&out, &bounds, x, y), expected, "at {x} {y}");
            }
        }
    }

    #[test]
    fn an_aborted_render_stops_and_is_no_error() {
        let bounds = RectI::new(0, 0, 1000, 1000);
        let mut out = vec![-1.0; 1_000_000];
        let mut frame = frame(&mut out, bounds, bounds, [None; MAX_INPUTS], Mask::None);
        let workers = TestWorkers::new(1);
        workers.polls_left.store(2, Ordering::Relaxed);
        run(
            &mut frame,
            &bounds,
            Strength::FULL,
            Spans::ROWS,
            &workers,
            &mixture,
        )
        .unwrap();
        let written = out.iter().filter(|sample| **sample != -1.0).count();
        assert!(
            written > 0 && written < 500_000,
            "{written} samples written"
        );
    }

    #[test]
    fn an_unreadable_mask_is_zero() {
        let bounds = RectI::new(0, 0, 3, 1);
        for (invert_mask, m) in [(false, 0.0), (true, 0.5)] {
            let mut out = vec![-1.0; 3];
            let mut frame = frame(
                &mut out,
                bounds,
                bounds,
                [None; MAX_INPUTS],
                Mask::Image(None),
            );
            let strength = Strength {
                mix: 0.5,
                invert_mask,
            };
            run(
                &mut frame,
                &bounds,
                strength,
                JOINED,
                &TestWorkers::new(1),
                &mixture,
            )
            .unwrap();
            assert_eq!(out, [m / 10.0; 3]);
        }
    }

    #[test]
    fn rows_are_joined_where_nothing_lies_between_them() {
        let bounds = RectI::new(2, 3, 12, 23);
        let wide = RectI::new(2, 3, 13, 23);
        let inner = RectI::new(3, 3, 12, 23);
        let (packed, apart) = (numbered(&bounds), numbered(&wide));
        let b = Some(image(&packed, &bounds));
        let a = Some(image(&apart, &wide));
        let mask = Mask::Image(b);
        let optional = Spans {
            optional: &[1],
            ..JOINED
        };
        // Inputs, mask, region, what the node takes, and the spans that it gets.
        let cases = [
            ([b, b], mask, bounds, JOINED, 1),
            ([b, b], mask, bounds, Spans::ROWS, 20),
            ([b, a], mask, bounds, JOINED, 20),
            ([b, b], Mask::Image(a), bounds, JOINED, 20),
            ([b, b], Mask::Image(None), bounds, JOINED, 1),
            ([b, b], mask, inner, JOINED, 20),
            ([b, None], Mask::None, bounds, JOINED, 20),
            ([b, None], Mask::None, bounds, optional, 1),
            ([None, b], Mask::None, bounds, optional, 20),
            ([b, a], Mask::None, bounds, optional, 20),
        ];
        for (case, ([b, a], mask, region, spans, expected)) in cases.into_iter().enumerate() {
            let mut out = vec![f32::NAN; bounds.width() * bounds.height()];
            let mut frame = frame(&mut out, bounds, bounds, [b, a, None, None], mask);
            let calls = AtomicUsize::new(0);
            let row = |span: &Span<'_>, out: &mut [f32]| {
                calls.fetch_add(1, Ordering::Relaxed);
                assert_eq!(span.inputs[0].len(), out.len());
                for (i, out) in out.iter_mut().enumerate() {
                    let a = if span.present[1] {
                        span.inputs[1][i]
                    } else {
                        0.0
                    };
                    *out = span.inputs[0][i] + 1000.0 * a + span.coverage.at(i) / 8.0;
                }
            };
            let workers = TestWorkers::new(1);
            run(&mut frame, &region, Strength::FULL, spans, &workers, &row).unwrap();
            assert_eq!(calls.into_inner(), expected, "case {case}");
            let sample = |image: Option<Image<'_>>, x: i32, y: i32| {
                image.map_or(0.0, |image| image.span(y, x, x + 1).unwrap()[0])
            };
            for y in bounds.y1..bounds.y2 {
                for x in bounds.x1..bounds.x2 {
                    let m = match mask {
                        Mask::None => 1.0,
                        Mask::Image(mask) => sample(mask, x, y),
                    };
                    let expected = sample(b, x, y) + 1000.0 * sample(a, x, y) + m / 8.0;
                    let expected = if x < region.x1 { 0.0 } else { expected };
                    assert_eq!(at(&out, &bounds, x, y), expected, "case {case}, at {x} {y}");
                }
            }
        }
    }
}
