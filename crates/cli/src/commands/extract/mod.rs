//! `deltaplate extract`: the layer that lies over a known background.

mod analysis;
mod moments;
mod pictures;
mod report;

use std::path::Path;
use std::process::ExitCode;

use host::Instance;
use images::{ChannelInfo, Header, Image, Metadata, SampleType, WriteOptions};

use crate::args::{Blend, Extract, Opacity, OpacityMode, Output, Space};
use crate::clips::{Grid, planes};
use crate::engine::{Engine, OVERLAY, render};
use crate::failure::Failure;
use crate::files::{make_folder_of, output_format};
use crate::report::Named;
use crate::sequence::{self, Done, Job, Plan};
use crate::talk::{Steps, Talk};
use analysis::{Held, Shot};
use pictures::Pictures;
use report::{ExtractReport, Figures, Layer};

/// Runs the command.
///
/// # Errors
///
/// [`Failure`].
pub fn run(args: &Extract, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    check(args)?;
    let (a, b) = (args.merged.as_path(), args.background.as_path());
    let overlay = &args.overlay;
    match (&overlay.matte, &overlay.new_background) {
        (None, None) => run_plan(args, [a, b], json, talk),
        (Some(c), None) | (None, Some(c)) => run_plan(args, [a, b, c], json, talk),
        (Some(c), Some(d)) => run_plan(args, [a, b, c, d], json, talk),
    }
}

fn run_plan<const I: usize>(
    args: &Extract,
    inputs: [&Path; I],
    json: bool,
    talk: &Talk,
) -> Result<ExitCode, Failure> {
    let plan = |options| Plan::new(inputs, [&*args.out], options, args.existing.skip_existing);
    let whole = plan(&args.sequence)?;
    let measured = match args.analyze {
        None => None,
        Some(frame) => Some(plan(&args.sequence.only(frame))?),
    };
    let engine = Engine::new(talk.signals())?;
    let mut shot = Shot::new(args);
    let measured = measured.as_ref().unwrap_or(&whole);
    if let (Some(job), true) = (
        measured.jobs.first(),
        whole.jobs.iter().any(|job| !whole.skips(job)),
    ) {
        let steps = talk.steps_of_frame(job.frame);
        shot.read_moments(&whole.jobs, &steps)?;
        shot.analyze(&engine, &job.inputs, talk.signals(), &steps)?;
    }
    sequence::run(&whole, talk, json, |job, steps| {
        frame(&engine, &shot, job, steps).map(Done::well)
    })
}

/// Refuses what cannot be, before anything is read.
fn check(args: &Extract) -> Result<(), Failure> {
    let usage = |text: String| Err(Failure::Usage(text));
    let overlay = &args.overlay;
    if output_format(&args.out)? != images::Format::Exr {
        return usage(format!(
            "{}: a layer is an EXR; let its name end in .exr",
            args.out.display()
        ));
    }
    for (index, output) in args.output.iter().enumerate() {
        if args.output[..index].contains(output) {
            return usage(format!("--output: {} is there twice", name(*output)));
        }
    }
    let mode = overlay.mode();
    match (mode, &overlay.matte) {
        (OpacityMode::Matte, None) => return usage("--opacity-mode matte needs --matte".into()),
        (OpacityMode::Matte, Some(_)) | (_, None) => (),
        (_, Some(_)) => return usage("--matte is for --opacity-mode matte".into()),
    }
    let is_measured = overlay.opacity == Opacity::Auto;
    if mode != OpacityMode::Uniform && !is_measured {
        return usage("--opacity is for --opacity-mode uniform: the others find their own".into());
    }
    let finds = !matches!(mode, OpacityMode::Uniform | OpacityMode::Matte);
    if finds && overlay.blend != Blend::Normal {
        return usage("--opacity-mode: this one is for --blend normal".into());
    }
    if overlay.blend != Blend::Normal && mode == OpacityMode::Uniform && is_measured {
        return usage(
            "--opacity auto is for --blend normal: in other modes the opacity cannot be told from \
             the picture; give it"
                .into(),
        );
    }
    if overlay.match_gain && (mode != OpacityMode::Uniform || is_measured) {
        return usage(
            "--match-gain needs --opacity K: only the product of gain and 1 - opacity shows in the \
             picture"
                .into(),
        );
    }
    if overlay.space == Space::Detect
        && (mode != OpacityMode::Uniform || overlay.blend != Blend::Normal)
    {
        return usage("--space detect is for a uniform opacity and --blend normal".into());
    }
    if overlay.new_background.is_some() && !args.output.contains(&Output::Recomposite) {
        return usage("--new-background is for --output recomposite".into());
    }
    Ok(())
}

/// The word for it on the command line, and the name of its layer.
fn name(output: Output) -> String {
    clap::ValueEnum::to_possible_value(&output)
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

fn frame<const I: usize>(
    engine: &Engine,
    shot: &Shot,
    job: &Job<I, 1>,
    steps: &Steps,
) -> Result<ExtractReport, Failure> {
    let args = shot.args;
    let [output] = &job.outputs;
    steps.begin(3 + args.output.len() as u64);
    steps.step("reading")?;
    let pictures = Pictures::read(args, &job.inputs)?;
    let mut node = shot.node(engine, &pictures)?;
    let mut made = Layers::new(&pictures.merged.image);
    for &output in &args.output {
        steps.step(&format!("OverlayExtract: {}", name(output)))?;
        made.render(&mut node, output)?;
    }
    steps.step("measuring")?;
    let figures = Figures::measure(&mut node)?;
    let warnings = figures.warnings(&pictures.merged.path);
    steps.step("writing")?;
    make_folder_of(output)?;
    let (image, layers) = made.into_image();
    let bytes = images::write(output, &image, &WriteOptions::default())?;
    Ok(ExtractReport {
        held: Held::of(&node)?,
        figures,
        layers,
        bytes,
        merged: Named(pictures.merged.path),
        background: Named(pictures.background.path),
        output: Named(output.clone()),
        nodes: engine.used(&[OVERLAY]),
        warnings,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The layers of the file.
struct Layers<'a> {
    merged: &'a Image,
    channels: Vec<(String, Vec<f32>)>,
    layers: Vec<Layer>,
}

impl<'a> Layers<'a> {
    fn new(merged: &'a Image) -> Self {
        Layers {
            merged,
            channels: Vec::new(),
            layers: Vec::new(),
        }
    }

    /// Renders one, over the pixels of the merged picture.
    fn render(&mut self, node: &mut Instance, output: Output) -> Result<(), Failure> {
        node.set("output", output.label())?;
        let bounds = Grid::new(self.merged.display).bounds(self.merged.data)?;
        let rendered = render(node, bounds)?;
        let name = name(output);
        let before = match self.layers.is_empty() {
            true => String::new(),
            false => format!("{name}."),
        };
        let own: &[&str] = match output {
            Output::Overlay | Output::Straight => &["R", "G", "B", "A"],
            _ => &["R", "G", "B"],
        };
        let channels: Vec<String> = own.iter().map(|own| format!("{before}{own}")).collect();
        self.layers.push(Layer {
            name,
            channels: channels.clone(),
        });
        self.channels
            .extend(channels.into_iter().zip(planes(&rendered)));
        Ok(())
    }

    fn into_image(self) -> (Image, Vec<Layer>) {
        let (names, planes): (Vec<String>, Vec<Vec<f32>>) = self.channels.into_iter().unzip();
        let channel = |name| ChannelInfo {
            name,
            sample_type: SampleType::Float,
        };
        let header = Header {
            display: self.merged.display,
            data: self.merged.data,
            pixel_aspect: self.merged.pixel_aspect,
            channels: names.into_iter().map(channel).collect(),
            metadata: Metadata::new(images::Format::Exr),
        };
        let image = Image::from_planes(&header, header.data, &planes);
        (image, self.layers)
    }
}
