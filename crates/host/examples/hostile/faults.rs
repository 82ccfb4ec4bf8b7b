//! Answers and deeds that make no sense.

use super::sdk::*;
use ofx_sys::*;
use std::ffi::{CStr, CString, c_int, c_uint, c_void};
use std::hint::black_box;
use std::mem::forget;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Clone, Copy, PartialEq)]
pub enum Fault {
    /// No clip is defined.
    NoClips,
    /// Components that no clip supports are preferred.
    BadComponents,
    /// The region of definition is no number.
    RegionWithoutNumbers,
    /// The output is the same as a clip that is not there.
    IdentityOfNothing,
    /// A list of frames of odd length is needed.
    OddFrames,
    /// A byte beside the output is written.
    WriteBesideOutput,
    /// The first pixel of the output is written, whatever the window is.
    WriteOutsideWindow,
    /// The source is written to.
    WriteIntoInput,
    /// Images, memory and a mutex are never given back.
    Leak,
    /// A parameter is set from Render.
    SetInRender,
    /// A frame is fetched that was not said to be needed, by an effect that renders one thing at a time.
    UnannouncedFrame,
    /// The first two samples of the output are denormals, computed in Render and on a thread of the host.
    Denormals,
    /// Each render makes the output a little brighter.
    Restless,
    /// The output depends on where the window begins.
    TileBound,
    /// Each description has another label.
    Fickle,
}

/// How often something was done.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// An output of one value, in the window alone.
unsafe fn fill(output: &Image, window: [c_int; 4], value: f32) -> OfxStatus {
    let [x1, y1, x2, y2] = window;
    for y in y1..y2 {
        for pixel in (x1..x2).filter_map(|x| output.pixel(x, y, 4)) {
            for channel in 0..output.channels {
                unsafe { pixel.cast::<f32>().add(channel).write_unaligned(value) };
            }
        }
    }
    kOfxStatOK
}

/// Half of the least normal float, computed at run time.
fn denormal() -> f32 {
    black_box(f32::MIN_POSITIVE) * black_box(0.5)
}

unsafe extern "C" fn write_denormal(_index: c_uint, _count: c_uint, to: *mut c_void) {
    unsafe { to.cast::<f32>().write_unaligned(denormal()) };
}

/// What the fault answers to an action; nothing where it behaves.
pub unsafe fn answer(
    fault: Fault,
    action: &CStr,
    effect: OfxImageEffectHandle,
    in_args: Props,
    out_args: Props,
) -> Option<OfxStatus> {
    let time = || in_args.double(kOfxPropTime, 0).unwrap_or(0.0);
    let source = || Image::fetch(clip(effect, c"Source"), time()).ok();
    let output = || Image::fetch(clip(effect, c"Output"), time()).ok();
    match fault {
        Fault::NoClips if action == kOfxImageEffectActionDescribeInContext => Some(kOfxStatOK),
        Fault::BadComponents if action == kOfxImageEffectActionGetClipPreferences => {
            Some(out_args.set_string(
                c"OfxImageClipPropComponents_Output",
                0,
                c"OfxImageComponentSmell",
            ))
        }
        Fault::RegionWithoutNumbers if action == kOfxImageEffectActionGetRegionOfDefinition => {
            Some(out_args.set_doubles(kOfxImageEffectPropRegionOfDefinition, &[f64::NAN; 4]))
        }
        Fault::IdentityOfNothing if action == kOfxImageEffectActionIsIdentity => {
            Some(out_args.set_string(kOfxPropName, 0, c"Nothing"))
        }
        Fault::OddFrames if action == kOfxImageEffectActionGetFramesNeeded => {
            Some(out_args.set_doubles(c"OfxImageClipPropFrameRange_Source", &[1.0, 2.0, 3.0]))
        }
        Fault::WriteBesideOutput if action == kOfxImageEffectActionRender => {
            let output = output()?;
            // One byte before the bottom row: in a guard, a margin or padding.
            unsafe { *output.data.sub(1) = 0 };
            None
        }
        Fault::WriteOutsideWindow if action == kOfxImageEffectActionRender => {
            unsafe { *output()?.data ^= 1 };
            None
        }
        Fault::WriteIntoInput if action == kOfxImageEffectActionRender => {
            unsafe { *source()?.data ^= 1 };
            None
        }
        Fault::Leak if action == kOfxImageEffectActionRender => {
            forget(source()?);
            forget(output()?);
            let memory = suite::<OfxMemorySuiteV1>(kOfxMemorySuite, 1)?;
            let mut block = std::ptr::null_mut();
            unsafe { memory.memoryAlloc?(effect.cast(), 1000, &mut block) };
            let mut block = std::ptr::null_mut();
            unsafe { effects().imageMemoryAlloc?(effect, 1000, &mut block) };
            None
        }
        Fault::SetInRender if action == kOfxImageEffectActionRender => {
            let status = unsafe { parameters().paramSetValue?(param(effect, c"gain"), 2.0_f64) };
            (status == kOfxStatOK).then_some(kOfxStatFailed)
        }
        Fault::UnannouncedFrame if action == kOfxImageEffectActionGetFramesNeeded => {
            Some(kOfxStatReplyDefault)
        }
        Fault::Denormals if action == kOfxImageEffectActionRender => {
            let output = output()?;
            let threads = suite::<OfxMultiThreadSuiteV1>(kOfxMultiThreadSuite, 1)?;
            let to = output.data.cast::<f32>();
            unsafe {
                to.write_unaligned(denormal());
                // Two calls, so that they are on threads of the host; both write the same.
                threads.multiThread?(Some(write_denormal), 2, to.add(1).cast());
            }
            Some(kOfxStatOK)
        }
        Fault::Restless if action == kOfxImageEffectActionRender => {
            let value = COUNT.fetch_add(1, Ordering::Relaxed) as f32;
            let window = in_args.rect(kOfxImageEffectPropRenderWindow);
            Some(unsafe { fill(&output()?, window, value) })
        }
        Fault::TileBound if action == kOfxImageEffectActionRender => {
            let window = in_args.rect(kOfxImageEffectPropRenderWindow);
            Some(unsafe { fill(&output()?, window, window[0] as f32) })
        }
        Fault::Fickle if action == kOfxActionDescribe => {
            let label = format!("Invert {}", COUNT.fetch_add(1, Ordering::Relaxed));
            let label = CString::new(label).ok()?;
            Props::of_effect(effect).set_string(kOfxPropVersionLabel, 0, &label);
            None
        }
        _ => None,
    }
}
