//! OverlayExtract's buttons: what is not known is measured, and kept in the parameters.

use core::cell::Cell;
use core::ffi::CStr;

use super::figures::{Known, Named};
use super::params::{NO_MISMATCH, OpacityMode, OverlayParams, Source, Space};
use super::plates::size_of;
use super::settings::Settings;
use super::{A, B, MATTE, Plates, Stopped, THREADED_PIXELS, pool};
use crate::geometry::RectI;
use crate::kernels::estimate::model::Blend;
use crate::kernels::estimate::space::BlendSpace;
use crate::kernels::estimate::{Context, Failure, detect as detection, offset, opacity};
use crate::nodes::team::WorkersTeam;
use crate::ofx::message::Severity;
use crate::ofx::panel::{Figure, Panel, Views};
use crate::ofx::status::{Result, Status};

/// *Analyze*.
pub fn analyze(panel: &mut Panel<'_>) -> Result<()> {
    let Some(found) = measured(panel, c"OverlayExtract: analyzing", analysis)? else {
        return Ok(());
    };
    panel.write_all(panel.time(), &found.values, &found.figures)?;
    if let Some(text) = found.note {
        panel.show(Severity::Warning, text);
    }
    Ok(())
}

/// *Measure*.
pub fn measure(panel: &mut Panel<'_>) -> Result<()> {
    match measured(panel, c"OverlayExtract: measuring", read_outs)? {
        None => Ok(()),
        Some(figures) => panel.write(panel.time(), &figures),
    }
}

/// *Detect Blend Space*.
pub fn detect(panel: &mut Panel<'_>) -> Result<()> {
    let found = measured(
        panel,
        c"OverlayExtract: detecting the blend space",
        detected,
    )?;
    match found {
        None => Ok(()),
        Some(None) => panel.fail(
            "The background has no edges to tell the blend space by. Go to a frame with more detail, or set Blend Space by hand.",
        ),
        Some(Some(space)) => panel.write_all(
            panel.time(),
            &[(c"blendSpace", Figure::Option(space as usize))],
            &[],
        ),
    }
}

/// What a measurement works with.
struct Measurement<'a, 'b> {
    panel: &'a Panel<'a>,
    params: OverlayParams,
    plates: Plates<'a>,
    area: RectI,
    context: &'a mut Context<'b>,
    /// The part of the progress bar that the present work fills.
    stage: &'a Cell<[f32; 2]>,
}

/// Fetches the frame that the artist looks at, whole, and measures it. None if the user cancelled.
fn measured<T>(
    panel: &Panel<'_>,
    label: &'static CStr,
    measure: impl FnOnce(Measurement<'_, '_>) -> core::result::Result<T, Stopped>,
) -> Result<Option<T>> {
    if !panel.is_full_scale() {
        return panel.fail(
            "OverlayExtract measures full frames only: the host is at a proxy scale. Switch the proxy off and press the button again.",
        );
    }
    let time = panel.time();
    let params: OverlayParams = panel.params(time)?;
    let aspect = panel.pixel_aspect();
    let regions = panel.regions(time);
    let frame = regions.of(A).to_pixels((1.0, 1.0), aspect);
    panel.look(time, frame, aspect, |views: &Views<'_>, frame| {
        let (Some(merged), Some(_)) = (views.inputs[A], views.inputs[B]) else {
            return panel.fail(
                "OverlayExtract has nothing to measure: connect the merged picture (A) and the background (B) first.",
            );
        };
        let area = frame.intersection(&merged.bounds());
        let size = size_of(&area);
        if size.pixels() == 0 {
            return panel.fail("The merged picture (A) is empty at this frame: there is nothing to measure.");
        }
        let workers = panel.workers();
        let team = WorkersTeam::new(&workers, size.pixels() >= THREADED_PIXELS);
        let stage = Cell::new([0.0, 1.0]);
        let mut progress = panel.progress(label);
        let done = pool::with(size, |workspace| {
            measure(Measurement {
                panel,
                params,
                plates: Plates {
                    merged: views.inputs[A],
                    background: views.inputs[B],
                    matte: views.inputs[MATTE],
                },
                area,
                context: &mut Context {
                    team: &team,
                    workspace,
                    proceed: &mut |done| {
                        let [from, to] = stage.get();
                        progress.update(f64::from(from + (to - from) * done))
                    },
                },
                stage: &stage,
            })
        });
        team.check()?;
        match done {
            Ok(found) => Ok(Some(found)),
            Err(Stopped::Failure(Failure::Cancelled)) => Ok(None),
            Err(Stopped::Failure(Failure::OutOfMemory)) => {
                panel.show(Severity::Error, "There is not enough memory to measure this frame.");
                Err(Status::MEMORY)
            }
            Err(Stopped::Status(status)) => Err(status),
        }
    })
}

/// What was found, to be written.
struct Analysis {
    values: Vec<Named>,
    figures: Vec<Named>,
    note: Option<&'static str>,
}

fn analysis(work: Measurement<'_, '_>) -> core::result::Result<Analysis, Stopped> {
    let Measurement {
        panel,
        params: mut p,
        plates,
        area,
        context,
        stage,
    } = work;
    let mut values: Vec<Named> = Vec::new();
    let mut note = None;

    stage.set([0.0, 0.4]);
    // What an earlier analysis set is measured again.
    p.background_offset = [0.0; 2];
    p.background_gain = 1.0;
    (p.noise, p.background_mismatch) = (0.0, 0.0);
    let mut pair = plates.pair(context, &full(&p), &area)?;
    let [merged, background] = pair.views();
    let [dx, dy] = offset::offset(context, merged, background)?;
    if dx.abs() + dy.abs() > offset::LEAST {
        p.background_offset = [dx, dy];
    }
    values.push((c"backgroundOffset", Figure::Two(p.background_offset)));
    pair.place(context, p.background_offset, 1.0)?;

    stage.set([0.4, 0.5]);
    (context.proceed)(0.0)
        .then_some(())
        .ok_or(Failure::Cancelled)?;
    let settings = full(&p);
    let finds_opacity = settings.mode == OpacityMode::Uniform && !p.keep_opacity;
    if settings.blend == Blend::Normal && (finds_opacity || p.match_gain) {
        let [merged, background] = pair.views();
        match opacity::transmission(context, merged, background)? {
            None => {
                note = Some(
                    "The background has no edges to tell the opacity by: it was left as it is.",
                )
            }
            Some(found) if p.match_gain => {
                p.background_gain = gain(found, p.opacity);
                values.push((c"backgroundGain", Figure::One(p.background_gain)));
                pair.place(context, [0.0; 2], p.background_gain as f32)?;
            }
            Some(found) => {
                p.opacity = (1.0 - f64::from(found)).clamp(0.01, 1.0);
                values.push((c"opacity", Figure::One(p.opacity)));
            }
        }
    } else if finds_opacity {
        note = Some(
            "In this blend mode the opacity cannot be told from the picture: it was left as it is.",
        );
    }

    stage.set([0.5, 0.6]);
    let settings = full(&p);
    let known = Known::find(context, &p, &settings, &area, &plates, pair, panel)?;
    let found = known.calibrate(context, &settings)?;
    if p.source == Source::Automatic && found.compressed {
        p.source = Source::Compressed;
        values.push((c"source", Figure::Option(p.source as usize)));
    }
    let trust = known.trust(&full(&p), found);
    let mismatch = f64::from(trust.mismatch).clamp(NO_MISMATCH, 2.0);
    values.push((c"noise", Figure::One(f64::from(trust.noise))));
    values.push((c"backgroundMismatch", Figure::One(mismatch)));
    (p.noise, p.background_mismatch) = (f64::from(trust.noise), mismatch);

    stage.set([0.6, 1.0]);
    let figures = known.figures(context, &full(&p), found)?;
    Ok(Analysis {
        values,
        figures,
        note,
    })
}

/// The figures of the parameters as they are.
fn read_outs(work: Measurement<'_, '_>) -> core::result::Result<Vec<Named>, Stopped> {
    let Measurement {
        panel,
        params: p,
        plates,
        area,
        context,
        stage,
    } = work;
    stage.set([0.0, 0.5]);
    let settings = full(&p);
    let pair = plates.pair(context, &settings, &area)?;
    let known = Known::find(context, &p, &settings, &area, &plates, pair, panel)?;
    let found = known.calibrate(context, &settings)?;
    stage.set([0.5, 1.0]);
    Ok(known.figures(context, &settings, found)?)
}

fn full(p: &OverlayParams) -> Settings {
    Settings::new(p, (1.0, 1.0), false)
}

/// The gain of the background whose share shows through an overlay of this opacity.
fn gain(transmission: f32, opacity: f64) -> f64 {
    (f64::from(transmission) / (1.0 - opacity).max(0.01)).clamp(0.01, 100.0)
}

fn detected(work: Measurement<'_, '_>) -> core::result::Result<Option<Space>, Stopped> {
    let Measurement {
        params: mut p,
        plates,
        area,
        context,
        ..
    } = work;
    let gamma = BlendSpace::Gamma(p.gamma as f32);
    let candidates = [
        (BlendSpace::Linear, Space::Linear),
        (BlendSpace::Srgb, Space::Srgb),
        (BlendSpace::Rec709, Space::Rec709),
        (gamma, Space::Gamma),
    ];
    p.blend_space = Space::Linear;
    let pair = plates.pair(context, &full(&p), &area)?;
    let [merged, background] = pair.views();
    let spaces = candidates.map(|(space, _)| space);
    let found = detection::detect(context, merged, background, &spaces)?;
    pair.give_back(context.workspace);
    let named = |space| candidates.into_iter().find(|(own, _)| *own == space);
    Ok(found.and_then(named).map(|(_, name)| name))
}
