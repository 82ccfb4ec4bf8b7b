//! Whole renders through the OpenFX calls, beside loops that do nothing but their traffic.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use host::{
    EffectContext, Frame, Host, HostOptions, Instance, InstanceOptions, Library, RectD, RectI,
    RenderArgs,
};

use crate::figures::Row;
use crate::frames::{Format, Frames, Still, TILE};
use crate::limit;
use crate::timing::{Time, interleave};

/// Renders of a hot tile in one timing.
const TILES: usize = 200;

/// A host of so many threads, with a copy of the bundle of its own: a plug-in knows one host.
pub struct Bench {
    host: Host,
    library: Library,
    threads: usize,
}

/// What is rendered.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    Min,
    Plus,
    /// Compare's statistics: its button *Analyze Frame*.
    Compare,
}

impl Work {
    pub const ALL: [Self; 3] = [Self::Min, Self::Plus, Self::Compare];

    pub fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Plus => "plus",
            Self::Compare => "compare",
        }
    }

    /// The most that its time over the limit's should be.
    fn target(self) -> f64 {
        match self {
            Self::Min | Self::Plus => 1.1,
            Self::Compare => 1.25,
        }
    }

    fn second_input(self) -> &'static str {
        match self {
            Self::Min | Self::Compare => "A",
            Self::Plus => "D",
        }
    }
}

impl Bench {
    pub fn new(bundle: &Path, threads: usize) -> host::Result<Self> {
        Ok(Self {
            host: Host::new(HostOptions {
                threads,
                ..HostOptions::default()
            }),
            library: Library::open_private(bundle)?,
            threads,
        })
    }

    /// An instance of a node over a frame of that size.
    pub fn instance(&self, node: &str, format: Format) -> host::Result<Instance> {
        let plugin = self
            .host
            .load(&self.library, &format!("org.deltaplate.{node}"))?;
        let project = InstanceOptions {
            extent: RectD::new(0.0, 0.0, format.width as f64, format.height as f64),
            ..InstanceOptions::default()
        };
        plugin.create_instance(EffectContext::General, project)
    }

    /// The node of a piece of work, connected to the frames.
    pub fn connect(&self, work: Work, format: Format, frames: &Frames) -> host::Result<Instance> {
        let mut instance = self.instance(work.name(), format)?;
        instance.connect("B", Arc::new(Still(frames.b.clone())))?;
        instance.connect(work.second_input(), Arc::new(Still(frames.a.clone())))?;
        Ok(instance)
    }

    /// A node over a whole frame, beside its limit on as many threads.
    pub fn frame(
        &self,
        work: Work,
        format: Format,
        frames: &mut Frames,
        budget: Duration,
    ) -> host::Result<Row> {
        let mut instance = self.connect(work, format, frames)?;
        let [b, a] = [frames.b.clone(), frames.a.clone()];
        let (b, a) = (crate::frames::floats(&b), crate::frames::floats(&a));
        let bounds = [format.bounds()];
        let out = std::cell::RefCell::new(&mut frames.out);
        let mut loops = || {
            let mut out = out.borrow_mut();
            let out = crate::frames::floats_mut(&mut out);
            limit_on(self.threads, work, a, b, out);
        };
        let [node, limit] = if matches!(work, Work::Compare) {
            let mut press = || instance.press("analyze", 0.0, 1.0).expect("it analyses");
            interleave(budget, [&mut press, &mut loops])
        } else {
            // As of a shot: the sequence is begun once.
            let args = RenderArgs::at(0.0);
            let sequence = instance.sequence([0.0, 1000.0], 1.0, &args)?;
            let mut render = || {
                sequence
                    .render_into(&mut out.borrow_mut(), &bounds, &args, false)
                    .expect("it renders");
            };
            interleave(budget, [&mut render, &mut loops])
        };
        Ok(self.row(work, format, node, limit))
    }

    /// Tiles that stay in the cache, one a thread, each thread with an instance of its own: as a
    /// host renders tiles.
    pub fn tiles(&self, work: Work, budget: Duration) -> host::Result<Row> {
        let mut places = Vec::new();
        for _ in 0..self.threads {
            let frames = Frames::new(TILE);
            places.push((self.connect(work, TILE, &frames)?, frames));
        }
        let places = std::cell::RefCell::new(&mut places);
        let each = |job: &(dyn Fn(&mut Instance, &mut Frames) + Sync)| {
            let mut places = places.borrow_mut();
            std::thread::scope(|scope| {
                for (instance, frames) in places.iter_mut() {
                    scope.spawn(move || (0..TILES).for_each(|_| job(instance, frames)));
                }
            });
        };
        let mut node = || {
            each(&|instance, frames| match work {
                Work::Compare => instance.press("analyze", 0.0, 1.0).expect("it analyses"),
                Work::Min | Work::Plus => render(instance, &mut frames.out, &[TILE.bounds()]),
            });
        };
        let mut loops = || {
            each(&|_, frames| {
                let (b, a, out) = frames.slices();
                match work {
                    Work::Compare => {
                        std::hint::black_box(limit::read(a, b));
                    }
                    Work::Min | Work::Plus => limit::subtract_cached(a, b, out),
                }
            });
        };
        let [node, limit] = interleave(budget, [&mut node, &mut loops]);
        let one = |time: Time| Time {
            fastest: time.fastest / TILES as f64,
            median: time.median / TILES as f64,
        };
        let mut row = self.row(work, TILE, one(node), one(limit));
        // What the calls cost shows here; no limit was promised but that of Compare's figures.
        row.target = None;
        Ok(row)
    }

    fn row(&self, work: Work, format: Format, node: Time, limit: Time) -> Row {
        Row {
            work: work.name().into(),
            size: format.name.into(),
            pixels: format.width * format.height,
            threads: self.threads,
            time: node,
            limit: Some(limit),
            target: Some(work.target()),
        }
    }
}

/// One frame as a host renders it, into memory that is there.
pub fn render(instance: &Instance, out: &mut Frame, windows: &[RectI]) {
    instance
        .render_into(out, windows, &RenderArgs::at(0.0), false)
        .expect("it renders");
}

/// The limit of a piece of work, on one or several threads, each with its own rows.
fn limit_on(threads: usize, work: Work, a: &[f32], b: &[f32], out: &mut [f32]) {
    let part = |a: &[f32], b: &[f32], out: &mut [f32]| match work {
        Work::Compare => {
            std::hint::black_box(limit::read(a, b));
        }
        Work::Min | Work::Plus => limit::subtract(a, b, out),
    };
    if threads == 1 {
        return part(a, b, out);
    }
    // Whole groups of vectors for each.
    let share = out.len().div_ceil(threads).next_multiple_of(64);
    rayon::in_place_scope(|scope| {
        for ((a, b), out) in a
            .chunks(share)
            .zip(b.chunks(share))
            .zip(out.chunks_mut(share))
        {
            scope.spawn(move |_| part(a, b, out));
        }
    });
}
