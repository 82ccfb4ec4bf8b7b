//! OverlayExtract: the layer that lies over a known background.
//!
//! The arithmetic is in [`kernels::estimate`](crate::kernels::estimate). A render brings the plates
//! into the estimator's order (`plates`), finds the layer (`layer`) and delivers it
//! (`rows`); the buttons are in `analysis`.

use core::ffi::CStr;

use crate::geometry::{RectD, RectI};
use crate::kernels::Layout;
use crate::kernels::estimate::model::Model;
use crate::kernels::estimate::{Colour, Context, Failure, Size, Team, for_rows, leak};
use crate::node::{
    Enabled, Face, FilterDef, Moments, Nature, Node, Place, Premultiplication, Reads, Regions,
    Span, Strength, clip, identity,
};
use crate::nodes::common;
use crate::nodes::team::WorkersTeam;
use crate::ofx::image::Image;
use crate::ofx::panel::Panel;
use crate::ofx::status::{Result, Status};
use crate::ofx::threads::Workers;
use crate::render::{self, Frame, Spans};
use layer::{Alpha, Found, Pair};
use params::{Method, OpacityMode, Output, OverlayParams, Source, Space};
use plates::size_of;
use rows::Rows;
use settings::Settings;

mod analysis;
mod figures;
mod frames;
mod layer;
pub mod params;
mod plates;
mod pool;
mod rows;
mod settings;

const B: usize = 0;
const A: usize = 1;
const MATTE: usize = 2;
const NEW: usize = 3;

/// Pictures of fewer pixels are worked on by the calling thread.
const THREADED_PIXELS: usize = 128 * 128;

/// The node.
pub struct OverlayExtract;

impl Node for OverlayExtract {
    type Params = OverlayParams;
    type Settings = ();

    const FACE: Face = Face {
        identity: identity!("org.deltaplate.overlayextract"),
        label: c"OverlayExtract",
        description: c"The layer that lies over a known background: a reflection in glass, a title, a watermark.\n\nFrom the merged picture (A) and the clean background (B) it estimates the layer, so that it can be graded, removed, or laid over another background. Set Blend Space first, then press Analyze. Noise, compression and a background that is a little out of place are weighed; Recomposite and Residual prove the result.",
        inputs: &[
            clip!("B", c"Background", c"The background without the overlay."),
            clip!("A", c"Merged", c"The picture with the overlay on it."),
            clip!("Matte", c"Matte", c"Optional: the opacity, for the opacity mode Matte. Its alpha channel; the first one of a clip that has none."),
            clip!("NewBackground", c"New Background", c"Optional: Recomposite lays the layer over this instead of the background."),
        ],
        filter: FilterDef {
            source: A,
            files: &[common::plate(B)],
            defaults: &[],
        },
    };
    const PREMULTIPLICATION: Premultiplication = Premultiplication::PreMultiplied;
    const PREMULTIPLICATION_PARAMS: &'static [&'static CStr] = &[c"output"];
    const NATURE: Nature = Nature {
        pointwise: false,
        raw_inputs: &[MATTE],
        whole: true,
        frames: true,
        ..Nature::POINTWISE
    };
    const ENABLED: &'static [Enabled<OverlayParams>] = &[
        (c"gamma", |p| p.blend_space == Space::Gamma),
        (c"opacity", |p| mode(p) == OpacityMode::Uniform),
        (c"keepOpacity", |p| {
            mode(p) == OpacityMode::Uniform && !p.match_gain
        }),
        (c"backgroundGain", |p| p.match_gain),
        (c"opacitySmoothness", |p| mode(p) == OpacityMode::Smooth),
        (c"framesFirst", |p| mode(p) == OpacityMode::Frames),
        (c"framesLast", |p| mode(p) == OpacityMode::Frames),
        (c"noise", weighs),
        (c"denoise", |p| {
            p.method == Method::Recommended && p.source != Source::Clean
        }),
        (c"backgroundMismatch", weighs),
        (c"source", |p| p.method == Method::Recommended),
        (c"rangeMax", |p| !p.unlimited),
        (c"iterations", |p| p.method != Method::Closed),
        (c"levels", weighs),
        (c"step", |p| p.method != Method::Closed),
        (c"tolerance", weighs),
        (c"edgeSoftness", weighs),
    ];

    fn strength(p: &OverlayParams) -> Strength {
        Strength {
            mix: p.mix as f32,
            invert_mask: p.mask_invert,
        }
    }

    fn region(_: &OverlayParams, regions: &Regions) -> RectD {
        regions.of(A)
    }

    fn premultiplication(p: &OverlayParams) -> Premultiplication {
        match p.output {
            Output::Overlay | Output::Matte | Output::Ghost => Premultiplication::PreMultiplied,
            Output::Straight | Output::Residual => Premultiplication::UnPremultiplied,
            Output::Recomposite => Premultiplication::Like(A),
        }
    }

    /// A layer has an opacity.
    fn layout(common: Layout) -> Layout {
        match common {
            Layout::Rgb => Layout::Rgba,
            other => other,
        }
    }

    fn reads(p: &OverlayParams) -> Reads {
        // The scale makes an offset smaller, and none of none.
        if Settings::new(p, (1.0, 1.0), false).is_pointwise() {
            Reads::Window
        } else {
            Reads::Whole
        }
    }

    fn frames(p: &OverlayParams, input: usize, range: Option<(f64, f64)>) -> Vec<f64> {
        if mode(p) == OpacityMode::Frames && (input == A || input == B) {
            settings::frames(p, range).collect()
        } else {
            Vec::new()
        }
    }

    fn settings(_: &OverlayParams, _: &Place) -> Self::Settings {}

    /// The rows come from [`Node::render`].
    fn row((): &(), _: &Span<'_>, out: &mut [f32]) {
        out.fill(0.0);
    }

    fn render(
        p: &OverlayParams,
        regions: &Regions,
        frame: &mut Frame<'_>,
        workers: &dyn Workers,
    ) -> Result<()> {
        let settings = Settings::new(p, frame.scale, frame.draft);
        let mut area = frame.pixels(&Self::region(p, regions));
        if settings.is_pointwise() {
            area = area.intersection(&frame.window);
        }
        // What a picture does not have, it has no layer on; and infinite regions end somewhere.
        if let Some(image) = frame.inputs[A].or(frame.inputs[B]).or(frame.inputs[NEW]) {
            area = area.intersection(&image.bounds());
        }
        let size = size_of(&area);
        if size.pixels() == 0 || frame.inputs.iter().all(Option::is_none) {
            return render::run(
                frame,
                &RectI::default(),
                Strength::FULL,
                Spans::ROWS,
                workers,
                &|_, _| (),
            );
        }
        let team = WorkersTeam::new(workers, size.pixels() >= THREADED_PIXELS);
        let done = pool::with(size, |workspace| {
            let mut context = Context {
                team: &team,
                workspace,
                proceed: &mut |_| !workers.aborted(),
            };
            deliver(&mut context, p, &settings, area, frame, workers)
        });
        team.check()?;
        match done {
            // An aborted render leaves the rest unwritten and is no error.
            Err(Stopped::Failure(Failure::Cancelled)) => Ok(()),
            Err(Stopped::Failure(Failure::OutOfMemory)) => Err(Status::MEMORY),
            Err(Stopped::Status(status)) => Err(status),
            Ok(()) => Ok(()),
        }
    }

    fn purge() {
        pool::purge();
    }

    fn pressed(button: &CStr, panel: &mut Panel<'_>) -> Result<()> {
        if button == c"analyze" {
            analysis::analyze(panel)
        } else if button == c"measure" {
            analysis::measure(panel)
        } else {
            analysis::detect(panel)
        }
    }
}

fn mode(p: &OverlayParams) -> OpacityMode {
    Settings::new(p, (1.0, 1.0), false).mode
}

/// Whether the parameters of the recommended method matter.
fn weighs(p: &OverlayParams) -> bool {
    Settings::new(p, (1.0, 1.0), false).method == Method::Recommended
}

/// Why there is no layer.
enum Stopped {
    Failure(Failure),
    Status(Status),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Status> for Stopped {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// The images of a time.
struct Plates<'a> {
    merged: Option<Image<'a>>,
    background: Option<Image<'a>>,
    matte: Option<Image<'a>>,
}

impl Plates<'_> {
    /// M and B over an area.
    fn pair(
        &self,
        context: &mut Context<'_>,
        settings: &Settings,
        area: &RectI,
    ) -> core::result::Result<Pair, Failure> {
        let mut pair = Pair::new(context, size_of(area))?;
        let Settings { space, .. } = *settings;
        plates::colour(context.team, self.merged, area, space, &mut pair.merged);
        let background = &mut pair.background;
        plates::colour(context.team, self.background, area, space, background);
        pair.place(context, settings.offset, settings.gain)?;
        Ok(pair)
    }
}

/// The opacity in any mode. The pair that it was found from is another where that is the mean of
/// several frames.
fn find_opacity(
    context: &mut Context<'_>,
    p: &OverlayParams,
    settings: &Settings,
    area: &RectI,
    plates: &Plates<'_>,
    pair: &Pair,
    moments: &dyn Moments,
) -> core::result::Result<(Found, Option<Pair>), Stopped> {
    match settings.mode {
        OpacityMode::Matte => {
            let mut map = context.workspace.take(pair.size.pixels())?;
            plates::matte(context.team, plates.matte, area, &mut map);
            Ok(((Alpha::Map(map), None), None))
        }
        OpacityMode::Frames => {
            let (alpha, mean) = frames::opacity(context, p, settings, area, moments)?;
            Ok(((alpha, None), Some(mean)))
        }
        _ => Ok((layer::opacity(context, settings, pair)?, None)),
    }
}

/// Finds the layer and writes the window.
fn deliver(
    context: &mut Context<'_>,
    p: &OverlayParams,
    settings: &Settings,
    area: RectI,
    frame: &mut Frame<'_>,
    workers: &dyn Workers,
) -> core::result::Result<(), Stopped> {
    let plates = Plates {
        merged: frame.inputs[A],
        background: frame.inputs[B],
        matte: frame.inputs[MATTE],
    };
    let pair = plates.pair(context, settings, &area)?;
    let size = pair.size;
    let moments = frame.moments;
    // Without a merged picture there is no layer on it.
    let ((alpha, colour), mean) = if plates.merged.is_some() {
        find_opacity(context, p, settings, &area, &plates, &pair, moments)?
    } else {
        ((Alpha::Uniform(0.0), Some([0.0; 3])), None)
    };
    let model = Model {
        blend: settings.blend,
        opacity: alpha.opacity(size),
    };
    let mut overlay = context.workspace.take(3 * size.pixels())?;
    match colour {
        Some(colour) => fill(context.team, size_of(&area), colour, &mut overlay),
        None => {
            let pair = mean.as_ref().unwrap_or(&pair);
            let trust = |context: &mut Context<'_>| layer::trust(context, settings, pair, &model);
            layer::overlay(context, settings, pair, &model, trust, &mut overlay)?;
        }
    }
    let mut ghost = Vec::new();
    if settings.output == Output::Ghost {
        ghost = context.workspace.take(size.pixels())?;
        show_ghost(context, &pair, &overlay, &alpha, &mut ghost)?;
    }
    let rows = Rows {
        area,
        merged: &pair.merged,
        background: &pair.background,
        overlay: &overlay,
        alpha: &alpha,
        ghost: &ghost,
        blend: settings.blend,
        space: settings.space,
        output: settings.output,
        new_background: frame.inputs[NEW].is_some(),
    };
    let strength = OverlayExtract::strength(p);
    render::run(
        frame,
        &area,
        strength,
        Spans::ROWS,
        workers,
        &|span, out| {
            rows.row(span, out);
        },
    )?;
    pair.give_back(context.workspace);
    if let Some(mean) = mean {
        mean.give_back(context.workspace);
    }
    alpha.give_back(context.workspace);
    context.workspace.give(overlay);
    context.workspace.give(ghost);
    Ok(())
}

/// One colour everywhere.
fn fill(team: &dyn Team, size: Size, colour: [f32; 3], out: &mut [f32]) {
    for_rows::<3>(team, size, out, |_, rows| {
        rows.into_iter()
            .zip(colour)
            .for_each(|(row, value)| row.fill(value));
    });
}

/// What of the background is left in the premultiplied layer.
fn show_ghost(
    context: &mut Context<'_>,
    pair: &Pair,
    overlay: &[f32],
    alpha: &Alpha,
    out: &mut [f32],
) -> core::result::Result<(), Failure> {
    let size = pair.size;
    let mut layer = context.workspace.take(overlay.len())?;
    let opacity = alpha.opacity(size);
    let colours = Colour::new(size, overlay);
    for_rows::<3>(context.team, size, &mut layer, |y, rows| {
        for (to, from) in rows.into_iter().zip(colours.row(y)) {
            for (x, (to, from)) in to.iter_mut().zip(from).enumerate() {
                *to = opacity.at(x, y) * from;
            }
        }
    });
    let [_, background] = pair.views();
    leak::map(context, Colour::new(size, &layer), background, out)?;
    context.workspace.give(layer);
    Ok(())
}
