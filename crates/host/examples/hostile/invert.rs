//! An honest effect: `gain - source`, or the source at another time, or a copy.

use super::sdk::*;
use ofx_sys::*;
use std::ffi::{CStr, c_int, c_uint, c_void};
use std::ptr::null_mut;

const ALL: [&CStr; 3] = [
    kOfxImageComponentRGBA,
    kOfxImageComponentRGB,
    kOfxImageComponentAlpha,
];

/// The main entry, for samples of that depth.
pub unsafe fn main_entry(
    depth: &CStr,
    safety: &CStr,
    action: &CStr,
    effect: OfxImageEffectHandle,
    in_args: Props,
    out_args: Props,
) -> OfxStatus {
    match action {
        a if a == kOfxActionLoad || a == kOfxActionUnload => kOfxStatOK,
        a if a == kOfxActionDescribe => describe(effect, depth, safety),
        a if a == kOfxImageEffectActionDescribeInContext => describe_in_context(effect),
        a if a == kOfxActionCreateInstance || a == kOfxActionDestroyInstance => kOfxStatOK,
        a if a == kOfxActionInstanceChanged => changed(effect, in_args),
        a if a == kOfxImageEffectActionGetRegionOfDefinition => {
            let time = in_args.double(kOfxPropTime, 0).unwrap_or(0.0);
            match region_of_definition(clip(effect, c"Source"), time) {
                Some(region) => {
                    out_args.set_doubles(kOfxImageEffectPropRegionOfDefinition, &region)
                }
                None => kOfxStatReplyDefault,
            }
        }
        a if a == kOfxImageEffectActionGetFramesNeeded => {
            let time = in_args.double(kOfxPropTime, 0).unwrap_or(0.0);
            let wanted = time + f64::from(int_param(effect, c"offset", time));
            out_args.set_doubles(c"OfxImageClipPropFrameRange_Source", &[wanted, wanted])
        }
        a if a == kOfxImageEffectActionIsIdentity => {
            if int_param(effect, c"mode", 0.0) == 1 {
                out_args.set_string(kOfxPropName, 0, c"Source")
            } else {
                kOfxStatReplyDefault
            }
        }
        a if a == kOfxImageEffectActionRender => unsafe { render(depth, effect, in_args) },
        _ => kOfxStatReplyDefault,
    }
}

fn describe(effect: OfxImageEffectHandle, depth: &CStr, safety: &CStr) -> OfxStatus {
    let props = Props::of_effect(effect);
    props.set_string(kOfxPropLabel, 0, c"Invert");
    props.set_string(kOfxImageEffectPluginPropGrouping, 0, c"Test");
    props.set_string(
        kOfxImageEffectPropSupportedContexts,
        0,
        kOfxImageEffectContextGeneral,
    );
    props.set_string(
        kOfxImageEffectPropSupportedContexts,
        1,
        kOfxImageEffectContextFilter,
    );
    props.set_string(kOfxImageEffectPropSupportedPixelDepths, 0, depth);
    props.set_string(kOfxImageEffectPluginRenderThreadSafety, 0, safety);
    props.set_int(kOfxImageEffectPropTemporalClipAccess, 0, 1);
    kOfxStatOK
}

fn describe_in_context(effect: OfxImageEffectHandle) -> OfxStatus {
    let source = define_clip(effect, c"Source", &ALL);
    source.set_int(kOfxImageClipPropOptional, 0, 1);
    define_clip(effect, kOfxImageEffectOutputClipName, &ALL);
    let gain = define_param(effect, kOfxParamTypeDouble, c"gain");
    gain.set_double(kOfxParamPropDefault, 0, 1.0);
    gain.set_double(kOfxParamPropMin, 0, 0.0);
    gain.set_double(kOfxParamPropMax, 0, 4.0);
    gain.set_string(kOfxParamPropHint, 0, c"What is subtracted from");
    let mode = define_param(effect, kOfxParamTypeChoice, c"mode");
    mode.set_string(kOfxParamPropChoiceOption, 0, c"Invert");
    mode.set_string(kOfxParamPropChoiceOption, 1, c"Copy");
    define_param(effect, kOfxParamTypeInteger, c"offset");
    define_param(effect, kOfxParamTypeBoolean, c"on");
    define_param(effect, kOfxParamTypeString, c"title").set_string(
        kOfxParamPropDefault,
        0,
        c"untitled",
    );
    define_param(effect, kOfxParamTypeRGBA, c"tint");
    define_param(effect, kOfxParamTypeInteger2D, c"cell");
    define_param(effect, kOfxParamTypePushButton, c"analyze");
    let peak = define_param(effect, kOfxParamTypeDouble, c"peak");
    peak.set_int(kOfxParamPropEnabled, 0, 0);
    define_param(effect, kOfxParamTypeGroup, c"group");
    define_param(effect, kOfxParamTypePage, c"page").set_string(kOfxParamPropPageChild, 0, c"gain");
    kOfxStatOK
}

/// The button keys the greatest sample of the source, which it fetches row by row.
fn changed(effect: OfxImageEffectHandle, in_args: Props) -> OfxStatus {
    if in_args.string(kOfxPropName, 0).as_deref() != Ok(c"analyze") {
        return kOfxStatReplyDefault;
    }
    let time = in_args.double(kOfxPropTime, 0).unwrap_or(0.0);
    let source = clip(effect, c"Source");
    let Some([x1, y1, x2, y2]) = region_of_definition(source, time) else {
        return kOfxStatFailed;
    };
    let mut peak = f32::MIN;
    for row in y1 as c_int..y2 as c_int {
        if unsafe { effects().abort.unwrap()(effect) } != 0 {
            return kOfxStatOK;
        }
        let y = f64::from(row);
        let region = OfxRectD {
            x1,
            y1: y,
            x2,
            y2: y + 1.0,
        };
        let Ok(image) = Image::fetch_region(source, time, &region) else {
            return kOfxStatFailed;
        };
        for pixel in (x1 as c_int..x2 as c_int).filter_map(|x| image.pixel(x, row, 4)) {
            for channel in 0..image.channels {
                peak = peak.max(unsafe { pixel.cast::<f32>().add(channel).read_unaligned() });
            }
        }
    }
    unsafe {
        parameters().paramSetValueAtTime.unwrap()(param(effect, c"peak"), time, f64::from(peak))
    }
}

struct Job<'a> {
    depth: &'a CStr,
    effect: OfxImageEffectHandle,
    source: Option<Image>,
    output: Image,
    window: [c_int; 4],
    gain: f64,
}

unsafe fn render(depth: &CStr, effect: OfxImageEffectHandle, in_args: Props) -> OfxStatus {
    let time = in_args.double(kOfxPropTime, 0).unwrap_or(0.0);
    let wanted = time + f64::from(int_param(effect, c"offset", time));
    let job = Job {
        depth,
        effect,
        source: Image::fetch(clip(effect, c"Source"), wanted).ok(),
        output: match Image::fetch(clip(effect, kOfxImageEffectOutputClipName), time) {
            Ok(output) => output,
            Err(status) => return status,
        },
        window: in_args.rect(kOfxImageEffectPropRenderWindow),
        gain: double_param(effect, c"gain", time),
    };
    let argument = (&raw const job).cast_mut().cast::<c_void>();
    let threads = suite::<OfxMultiThreadSuiteV1>(kOfxMultiThreadSuite, 1).map(|suite| {
        let mut cpus: c_uint = 1;
        unsafe {
            suite.multiThreadNumCPUs.unwrap()(&mut cpus);
            suite.multiThread.unwrap()(Some(band), cpus, argument)
        }
    });
    if threads != Some(kOfxStatOK) {
        unsafe { band(0, 1, argument) };
    }
    kOfxStatOK
}

unsafe extern "C" fn band(index: c_uint, count: c_uint, job: *mut c_void) {
    let job = unsafe { &*job.cast::<Job>() };
    let [x1, y1, x2, y2] = job.window;
    for y in (y1..y2).filter(|y| (y - y1) as c_uint % count == index) {
        if unsafe { effects().abort.unwrap()(job.effect) } != 0 {
            return;
        }
        for x in x1..x2 {
            for channel in 0..job.output.channels {
                unsafe { job.sample(x, y, channel) };
            }
        }
    }
}

impl Job<'_> {
    unsafe fn sample(&self, x: c_int, y: c_int, channel: usize) {
        let (bytes, white) = match self.depth {
            d if d == kOfxBitDepthByte => (1, 255.0),
            d if d == kOfxBitDepthShort => (2, 65535.0),
            _ => (4, 1.0),
        };
        let at = channel * bytes;
        let from = self
            .source
            .as_ref()
            .and_then(|image| image.pixel(x, y, bytes));
        let from = from.map_or(null_mut(), |pixel| unsafe { pixel.add(at) });
        let Some(to) = self.output.pixel(x, y, bytes) else {
            return;
        };
        let to = unsafe { to.add(at) };
        let value = match bytes {
            _ if from.is_null() => 0.0,
            1 => f64::from(unsafe { *from }),
            2 => f64::from(unsafe { from.cast::<u16>().read_unaligned() }),
            _ => f64::from(unsafe { from.cast::<f32>().read_unaligned() }),
        };
        let value = self.gain * white - value;
        unsafe {
            match bytes {
                1 => *to = value as u8,
                2 => to.cast::<u16>().write_unaligned(value as u16),
                _ => to.cast::<f32>().write_unaligned(value as f32),
            }
        }
    }
}
