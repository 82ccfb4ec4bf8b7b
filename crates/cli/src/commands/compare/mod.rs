//! `deltaplate compare`: verdict and figures.

pub mod figures;
mod integers;
mod part;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use images::{
    ChannelInfo, Format, Header, Image, Metadata, Rect, SampleType, WriteOptions, write_strips,
};
use serde::Serialize;

use crate::args::Compare;
use crate::clips::describe;
use crate::engine::{COMPARE, Engine, NodeUsed};
use crate::failure::Failure;
use crate::files::{make_folder_of, output_format};
use crate::report::{Named, Number, Report, count, plural, table};
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::{Steps, Strips, Talk};
use figures::{Both, Figures, Tolerances, common_channels, heat_map, is_uint, measure};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Verdict {
    Equal,
    Differ,
}

/// What makes the images differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Reason {
    DisplayWindow,
    PixelAspect,
    Channels,
    Samples,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CompareReport {
    verdict: Verdict,
    reason: Option<Reason>,
    /// The reason in words.
    detail: Option<String>,
    /// The figures of the channels that both have; none where the images cannot be laid over each
    /// other.
    #[serde(flatten)]
    figures: Measured,
    /// Pixels that may fail.
    allowed_pixels: u64,
    pixels: u64,
    types_differ: bool,
    a: Named,
    b: Named,
    heatmap: Option<Named>,
    nodes: Vec<NodeUsed>,
    version: &'static str,
}

/// The figures, or nulls under the same names.
#[derive(Serialize)]
#[serde(untagged)]
enum Measured {
    Done(Box<Figures>),
    Not(Unmeasured),
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Unmeasured {
    max: (),
    mean: (),
    rms: (),
    psnr: (),
    ulp_max: (),
    failing_pixels: (),
    nan_count: (),
    inf_count: (),
    worst: (),
    failing_box: (),
    layers: (),
}

impl CompareReport {
    fn verdict(&self) -> String {
        match (self.verdict, &self.detail) {
            (Verdict::Equal, _) => "equal".to_owned(),
            (Verdict::Differ, detail) => {
                format!("differ: {}", detail.as_deref().unwrap_or_default())
            }
        }
    }
}

impl Report for CompareReport {
    fn text(&self) -> String {
        let mut rows = vec![vec!["verdict".to_owned(), self.verdict()]];
        let mut row = |label: &str, value: String| rows.push(vec![label.to_owned(), value]);
        if let Measured::Done(figures) = &self.figures {
            let numbers = |samples: &[Number]| {
                let texts: Vec<String> = samples.iter().map(Number::to_string).collect();
                texts.join(" ")
            };
            let psnr = match (figures.psnr, figures.rms.0 == 0.0) {
                (Some(psnr), _) => format!("{:.2} dB", psnr.0),
                (None, true) => "infinite".to_owned(),
                // Of integers there is none.
                (None, false) => "none".to_owned(),
            };
            row("maximum", figures.max.to_string());
            row("mean", figures.mean.to_string());
            row("RMS", figures.rms.to_string());
            row("PSNR", psnr);
            row("largest ULP", count(figures.ulp_max));
            let pixels = plural(self.pixels, "pixel", "pixels");
            row(
                "failing",
                format!("{} of {pixels}", count(figures.failing_pixels)),
            );
            if figures.nan_count + figures.inf_count > 0 {
                let (nan, inf) = (count(figures.nan_count), count(figures.inf_count));
                row("not finite", format!("{nan} NaN, {inf} infinite"));
            }
            if let Some([x0, y0, x1, y1]) = figures.failing_box {
                row("failing box", format!("{x0},{y0} to {},{}", x1 - 1, y1 - 1));
                let worst = &figures.worst;
                let place = format!("{},{} in {}", worst.x, worst.y, worst.channels.join(" "));
                row(
                    "worst",
                    format!(
                        "{place}: {} against {}",
                        numbers(&worst.a),
                        numbers(&worst.b)
                    ),
                );
            }
            if let layers @ [_, _, ..] = figures.layers.as_slice() {
                for layer in layers {
                    let names = layer.channels.join(" ");
                    let fail = plural(layer.failing_pixels, "pixel fails", "pixels fail");
                    row("layer", format!("{names}: maximum {}, {fail}", layer.max));
                }
            }
        }
        if let Some(heatmap) = &self.heatmap {
            row("heat map", heatmap.to_string());
        }
        table(&rows)
    }

    fn line(&self) -> String {
        match &self.figures {
            Measured::Done(figures) => format!("{}, maximum {}", self.verdict(), figures.max),
            Measured::Not(_) => self.verdict(),
        }
    }
}

/// Runs the command. Exit code 1 where the images differ.
///
/// # Errors
///
/// [`Failure`] where there is nothing to report.
pub fn run(args: &Compare, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let inputs = [args.candidate.as_path(), &args.reference];
    match &args.heatmap {
        None => run_plan(
            args,
            &Plan::new(inputs, [], &args.sequence, false)?,
            json,
            talk,
        ),
        Some(path) => {
            output_format(path)?;
            let plan = Plan::new(inputs, [path], &args.sequence, false)?;
            run_plan(args, &plan, json, talk)
        }
    }
}

fn run_plan<const O: usize>(
    args: &Compare,
    plan: &Plan<Job<2, O>>,
    json: bool,
    talk: &Talk,
) -> Result<ExitCode, Failure> {
    let engine = Engine::new(talk.signals())?;
    sequence::run(plan, talk, json, |job, steps| {
        let heatmap = job.outputs.first().map(PathBuf::as_path);
        frame(&engine, args, &job.inputs, heatmap, steps)
    })
}

fn frame(
    engine: &Engine,
    args: &Compare,
    [candidate, reference]: &[PathBuf; 2],
    heatmap: Option<&Path>,
    steps: &Steps,
) -> Result<Done<CompareReport>, Failure> {
    steps.begin(2 + u64::from(heatmap.is_some()));
    steps.step("reading")?;
    let both = Both::open(candidate, reference, heatmap.is_some(), args.held.memory)?;
    let (a, b) = (both.candidate.header(), both.reference.header());
    let misfit = misfit(a, b);
    let comparable = !matches!(
        misfit,
        Some((Reason::DisplayWindow | Reason::PixelAspect, _))
    ) && !common_channels(a, b).is_empty();
    let mut drawn = None;
    let window = a.data.union(&b.data);
    let figures = if comparable {
        let strips = Strips::new(steps, window);
        let what = match both.height.is_whole() {
            true => "Compare",
            false => "Compare, in strips",
        };
        let step = |strip| strips.step(what, strip);
        let figures = measure(engine, &both, &tolerances(args), step)?;
        if let Some(path) = heatmap {
            let strips = Strips::new(steps, window);
            draw(engine, &both, args.heat_range, path, &strips)?;
            drawn = Some(Named(path.to_path_buf()));
        }
        Some(figures)
    } else {
        if let Some(path) = heatmap {
            tracing::warn!(
                "{}: not written, there is nothing to lay over each other",
                path.display()
            );
        }
        None
    };
    let failing = figures.as_ref().map_or(0, |figures| figures.failing_pixels);
    let difference = misfit.or_else(|| {
        let fails = plural(failing, "pixel fails", "pixels fail");
        (failing > args.allow).then_some((Reason::Samples, fails))
    });
    let types_differ = types_differ(a, b);
    if types_differ {
        tracing::warn!(
            "{} and {}: the types of the samples differ; their values were compared",
            candidate.display(),
            reference.display()
        );
    }
    let (reason, detail) = difference.unzip();
    let report = CompareReport {
        verdict: if reason.is_none() {
            Verdict::Equal
        } else {
            Verdict::Differ
        },
        reason,
        detail,
        figures: match figures {
            Some(figures) => Measured::Done(Box::new(figures)),
            None => Measured::Not(Unmeasured::default()),
        },
        allowed_pixels: args.allow,
        pixels: window.area(),
        types_differ,
        a: Named(candidate.clone()),
        b: Named(reference.clone()),
        heatmap: drawn,
        nodes: engine.used(&[COMPARE]),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(Done {
        report,
        exit_code: u8::from(reason.is_some()),
    })
}

fn tolerances(args: &Compare) -> Tolerances {
    Tolerances {
        absolute: args.absolute,
        relative: args.relative,
        ulp: args.ulp,
        nan_differs: args.nan_differs,
    }
}

/// What makes the images differ whatever their samples are.
fn misfit(a: &Header, b: &Header) -> Option<(Reason, String)> {
    if a.display != b.display {
        let (a, b) = (describe(a.display), describe(b.display));
        return Some((
            Reason::DisplayWindow,
            format!("the display windows are {a} and {b}"),
        ));
    }
    if a.pixel_aspect != b.pixel_aspect {
        let detail = format!(
            "the pixel aspects are {} and {}",
            a.pixel_aspect, b.pixel_aspect
        );
        return Some((Reason::PixelAspect, detail));
    }
    let names = |image: &Header| {
        let mut names: Vec<String> = image.channels.iter().map(|c| c.name.clone()).collect();
        names.sort();
        names
    };
    let (of_a, of_b) = (names(a), names(b));
    if of_a != of_b {
        let detail = format!("the channels are {} and {}", of_a.join(" "), of_b.join(" "));
        return Some((Reason::Channels, detail));
    }
    let is_uint_in = |image: &Header, name: &String| {
        let mut channels = image.channels.iter();
        channels.any(|channel| channel.name == *name && is_uint(channel))
    };
    let mixed = of_a
        .iter()
        .find(|name| is_uint_in(a, name) != is_uint_in(b, name))?;
    Some((
        Reason::Channels,
        format!("the channel {mixed} is one of integers in only one of them"),
    ))
}

fn types_differ(a: &Header, b: &Header) -> bool {
    common_channels(a, b).iter().any(|name| {
        let kind = |image: &Header| {
            let mut channels = image.channels.iter();
            let channel = channels.find(|channel| channel.name == *name);
            channel.map(|channel| channel.sample_type)
        };
        kind(a) != kind(b)
    })
}

/// Writes the heat map: the display window and all pixels beside it that either image has.
fn draw(
    engine: &Engine,
    both: &Both,
    range: f64,
    path: &Path,
    strips: &Strips,
) -> Result<(), Failure> {
    let window = both.picture()?;
    let format = output_format(path)?;
    let sample_type = match format {
        Format::Exr => SampleType::Half,
        Format::Tiff | Format::Png | Format::Dpx => SampleType::U8,
        Format::Hdr => SampleType::Float,
    };
    // Only EXR has windows that begin elsewhere.
    let header = Header {
        display: Rect::new(0, 0, window.width() as i32, window.height() as i32),
        data: Rect::new(0, 0, window.width() as i32, window.height() as i32),
        pixel_aspect: 1.0,
        channels: ["R", "G", "B"]
            .map(|name| ChannelInfo {
                name: name.to_owned(),
                sample_type,
            })
            .into(),
        metadata: Metadata::new(format),
    };
    let strip = |rows: Range<i32>| {
        let strip = Rect {
            y0: window.y0 + rows.start,
            y1: window.y0 + rows.end,
            ..window
        };
        strips.step("drawing the heat map", strip)?;
        let a = both.candidate.rows(strip.y0..strip.y1)?;
        let b = both.reference.rows(strip.y0..strip.y1)?;
        let planes = heat_map(engine, &a, &b, range, strip)?;
        let header = Header {
            data: Rect::new(0, rows.start, header.data.x1, rows.end),
            ..header.clone()
        };
        Ok::<_, Failure>(Image::from_planes(&header, header.data, &planes))
    };
    make_folder_of(path)?;
    let (rows, options) = (both.height.rows, WriteOptions::default());
    write_strips(path, &header, rows, strip, |_| Ok(()), &options)?;
    Ok(())
}
