//! One run, and what must be true after it.

use std::path::PathBuf;

use host::{
    EffectContext, Error, Frame, Host, HostOptions, Instance, InstanceOptions, Library, ParamKind,
    RectD, RectI, RenderArgs, Samples, Status, reuse_handles,
};

use crate::SMALL;
use crate::case::Case;
use crate::common::{Random, mask, noise, still};
use crate::fault::Fault;
use crate::tally::Tally;

/// Index of the mask among the inputs of a case.
const MASK: usize = 4;

/// What fresh outputs hold: four bytes of the host's pattern.
const UNWRITTEN: u32 = 0xCBCB_CBCB;

/// Runs a case.
///
/// # Errors
/// What the plug-in did wrong.
pub fn run(library: &Library, case: &Case, tally: &Tally) -> Result<(), String> {
    run_in(&Host::new(options(case)), library, case, tally)
}

/// Runs a case in a host that has its faults.
///
/// # Errors
/// As of [`run`].
pub fn run_in(host: &Host, library: &Library, case: &Case, tally: &Tally) -> Result<(), String> {
    note(case);
    tally.run();
    reuse_handles();
    let (node, _) = case.node();
    let judge = Judge { host, case, tally };
    let Some(plugin) = judge.see(
        "Load",
        host.load(library, &format!("org.deltaplate.{node}")),
    )?
    else {
        return judge.at_end();
    };
    for context in [EffectContext::General, EffectContext::Filter] {
        judge.see("DescribeInContext", plugin.describe_in_context(context))?;
    }
    let context = if case.filter {
        EffectContext::Filter
    } else {
        EffectContext::General
    };
    let project = InstanceOptions {
        extent: RectD::new(0.0, 0.0, SMALL.x2.into(), SMALL.y2.into()),
        ..InstanceOptions::default()
    };
    let made = plugin.create_instance(context, project);
    if let Some(mut instance) = judge.see("CreateInstance", made)? {
        work(&mut instance, &judge)?;
        let held = instance.outstanding_images();
        let lost = case.any(|fault| fault.concerns("clipReleaseImage"));
        if held != 0 && !lost {
            return Err(format!("{held} images are held"));
        }
    }
    drop(plugin);
    judge.at_end()
}

/// The host of a case.
pub fn options(case: &Case) -> HostOptions {
    let mut options = HostOptions {
        threads: case.threads,
        canary: true,
        ..HostOptions::default()
    };
    for fault in &case.faults {
        fault.commit(&mut options);
    }
    options
}

/// All that a host does with an instance.
fn work(instance: &mut Instance, judge: &Judge<'_>) -> Result<(), String> {
    let case = judge.case;
    connect(instance, judge)?;
    let params = instance.params();
    for (index, odd) in &case.params {
        let param = index.get(&params);
        if let Some(value) = odd.value(param) {
            let changed = instance.set_unchecked(&param.name, value);
            judge.see("InstanceChanged", changed)?;
        }
    }
    let (time, scale) = (7.0, case.scale());
    judge.see("GetClipPreferences", instance.clip_preferences())?;
    judge.see("GetOutputColourspace", instance.output_colourspace(&[]))?;
    judge.see(
        "GetRegionOfDefinition",
        instance.region_of_definition(time, scale),
    )?;
    judge.see("GetFramesNeeded", instance.frames_needed(time))?;
    judge.see("GetTimeDomain", instance.time_domain())?;
    let args = RenderArgs {
        window: Some(case.window),
        output_bounds: Some(grown(case.window, case.border)),
        scale,
        ask_identity: false,
        ..RenderArgs::at(time)
    };
    judge.see("IsIdentity", instance.is_identity(&args, case.window))?;
    let rendered = instance.render(&args);
    judge.speaks("Render", &rendered)?;
    if let Some(frame) = judge.see("Render", rendered)? {
        judge.is_written(&frame)?;
    }
    judge.see("Render, tiles", tiles(instance, &args))?;
    for param in params {
        if param.kind == ParamKind::PushButton {
            let pressed = instance.press(&param.name, time, scale);
            judge.speaks("InstanceChanged, button", &pressed)?;
            judge.see("InstanceChanged, button", pressed)?;
        }
    }
    judge.see("SyncPrivateData", instance.sync_private_data())?;
    judge.see("PurgeCaches", instance.purge_caches())?;
    Ok(())
}

fn connect(instance: &mut Instance, judge: &Judge<'_>) -> Result<(), String> {
    let case = judge.case;
    let (_, clips) = case.node();
    for (index, (image, clip)) in case.inputs.iter().zip(clips).enumerate() {
        let Some((bounds, components)) = *image else {
            continue;
        };
        let frame = noise(bounds, components, case.seed.wrapping_add(index as u64) | 1);
        if !case.filter {
            judge.see(
                "InstanceChanged, clip",
                instance.connect(clip, still(&frame)),
            )?;
        } else if index == 0 {
            judge.see(
                "InstanceChanged, clip",
                instance.connect("Source", still(&frame)),
            )?;
        }
    }
    if let Some((bounds, _)) = case.inputs[MASK] {
        let frame = mask(bounds, case.seed);
        judge.see(
            "InstanceChanged, clip",
            instance.connect("Mask", still(&frame)),
        )?;
    }
    for param in ["plate", "difference"] {
        if instance.param(param).is_ok() {
            judge.see("InstanceChanged", instance.set(param, case.file))?;
        }
    }
    Ok(())
}

/// The window in four parts, all at once.
fn tiles(instance: &Instance, args: &RenderArgs) -> host::Result<()> {
    let window = args.window.unwrap_or(SMALL);
    let preferences = instance.clip_preferences()?;
    let output = preferences.clips["Output"];
    let mut frame = Frame::zeros(window, output.components, output.depth)?;
    let (x, y) = (middle(window.x1, window.x2), middle(window.y1, window.y2));
    let parts = [
        RectI::new(window.x1, window.y1, x, y),
        RectI::new(x, window.y1, window.x2, y),
        RectI::new(window.x1, y, x, window.y2),
        RectI::new(x, y, window.x2, window.y2),
    ];
    instance.render_into(&mut frame, &parts, args, true)
}

fn middle(from: i32, to: i32) -> i32 {
    from + (to - from) / 2
}

fn grown(window: RectI, border: i32) -> RectI {
    RectI::new(
        window.x1 - border,
        window.y1 - border,
        window.x2 + border,
        window.y2 + border,
    )
}

/// Looks at what the plug-in answers.
struct Judge<'a> {
    host: &'a Host,
    case: &'a Case,
    tally: &'a Tally,
}

impl Judge<'_> {
    /// Counts an answer; a failure is fine as long as it is one that OpenFX knows.
    fn see<T>(&self, action: &str, answer: host::Result<T>) -> Result<Option<T>, String> {
        let error = match answer {
            Ok(value) => {
                self.tally.answer(action, "OK");
                return Ok(Some(value));
            }
            Err(error) => error,
        };
        let name = match &error {
            Error::Action { status, .. } => {
                if !is_an_answer(*status) {
                    return Err(format!("{action}: {error}"));
                }
                status.to_string()
            }
            Error::Aborted { .. } => "aborted".into(),
            // Where the host itself told another window, its own does not count; guards do.
            Error::StrayWrite { place, .. }
                if place.contains("outside the render window")
                    && self.case.any(Fault::moves_the_window) =>
            {
                "another window".into()
            }
            Error::StrayWrite { .. } | Error::Panic { .. } => {
                return Err(format!("{action}: {error}"));
            }
            _ => "refused by the host".into(),
        };
        self.tally.answer(action, name);
        Ok(None)
    }

    /// An image that cannot be used is named in a message, and all else that the user can mend is told.
    fn speaks<T>(&self, action: &str, answer: &host::Result<T>) -> Result<(), String> {
        let Err(Error::Action { status, .. }) = answer else {
            return Ok(());
        };
        let case = self.case;
        if case.any(Fault::silences) {
            return Ok(());
        }
        let messages = self.host.messages();
        let unusable = *status == Status::ERR_IMAGE_FORMAT;
        // Where calls fail, arguments lie or outputs are missing, only the host's developer can do something.
        let of_host = case.any(Fault::is_of_calls) || case.any(Fault::lies_to_renders);
        let told = messages
            .iter()
            .any(|message| !unusable || message.text.contains("cannot be used: "));
        if told || (of_host && !unusable) {
            return Ok(());
        }
        Err(format!(
            "{action}: {status}, and no word about why: {messages:?}"
        ))
    }

    /// A render that is OK has written every pixel.
    fn is_written(&self, frame: &Frame) -> Result<(), String> {
        if self.case.any(Fault::moves_the_window) || self.case.any(Fault::shows_the_output) {
            return Ok(());
        }
        let Samples::Float(samples) = frame.samples() else {
            return Err("the output is not float".into());
        };
        match samples
            .iter()
            .position(|sample| sample.to_bits() == UNWRITTEN)
        {
            Some(index) => Err(format!("sample {index} was not written")),
            None => Ok(()),
        }
    }

    fn at_end(&self) -> Result<(), String> {
        let held = self.host.outstanding_memory();
        if held != 0 {
            return Err(format!("{held} blocks of memory are held"));
        }
        let messages = self.host.messages();
        if let Some(message) = messages.iter().find(|m| m.text.contains("has a defect")) {
            return Err(message.text.clone());
        }
        let violations = self.host.violations();
        if !violations.is_empty() && !self.case.any(Fault::is_of_calls) {
            return Err(violations.join("; "));
        }
        Ok(())
    }
}

/// A status that the specification lets an action answer.
pub fn is_an_answer(status: Status) -> bool {
    let Status(code) = status;
    (0..=11).contains(&code) && status != Status::ERR_FATAL
        || status == Status::REPLY_DEFAULT
        || status == Status::ERR_IMAGE_FORMAT
}

/// Writes the run down, for the case that it is the last.
fn note(case: &Case) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("run").replace("::", "-");
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}.txt"));
    let _ = std::fs::write(file, format!("{case:#?}\n"));
}

/// A number for a run, so that its pictures differ from those of others.
pub fn seed(index: usize) -> u64 {
    let mut random = Random(index as u64 * 2 + 1);
    random.next() | 1
}
