//! Every wrong way to call the suites, each with the answer that OpenFX asks for.

use super::sdk::*;
use ofx_sys::*;
use std::ffi::{CString, c_int, c_uint, c_void};
use std::ptr::{null, null_mut, without_provenance_mut};

/// Answers OK when every call was answered rightly; else posts the first that was not.
pub fn abuse(effect: OfxImageEffectHandle) -> OfxStatus {
    match checks(effect) {
        Ok(()) => kOfxStatOK,
        Err(what) => {
            post(effect, kOfxMessageError, &CString::new(what).unwrap());
            kOfxStatFailed
        }
    }
}

macro_rules! expect {
    ($wanted:expr, $call:expr) => {
        let got = $call;
        if got != $wanted {
            return Err(format!(
                "{} answered {got}, not {}",
                stringify!($call),
                stringify!($wanted)
            ));
        }
    };
}

fn garbage<T>() -> [*mut T; 4] {
    [0, 1, 0xdead_beef, usize::MAX].map(without_provenance_mut)
}

#[allow(clippy::too_many_lines)]
fn checks(effect: OfxImageEffectHandle) -> Result<(), String> {
    let (p, e, q) = (properties(), effects(), parameters());
    let props = Props::of_effect(effect);
    let label = kOfxPropLabel.as_ptr();
    let (mut int, mut double, mut text, mut set) = (0, 0.0, null_mut(), null_mut());
    unsafe {
        for bad in garbage::<OfxPropertySetStruct>() {
            expect!(
                kOfxStatErrBadHandle,
                p.propGetInt.unwrap()(bad, label, 0, &mut int)
            );
            expect!(
                kOfxStatErrBadHandle,
                p.propSetString.unwrap()(bad, label, 0, label)
            );
            expect!(kOfxStatErrBadHandle, p.propReset.unwrap()(bad, label));
            expect!(kOfxStatErrBadHandle, e.clipReleaseImage.unwrap()(bad));
        }
        // An object of another kind.
        let other = effect.cast();
        expect!(
            kOfxStatErrBadHandle,
            p.propGetDimension.unwrap()(other, label, &mut int)
        );
        expect!(kOfxStatErrBadHandle, e.clipReleaseImage.unwrap()(props.0));
        expect!(
            kOfxStatErrBadHandle,
            e.getPropertySet.unwrap()(props.0.cast(), &mut set)
        );
        // Names, indices, types, counts, and who may write.
        expect!(
            kOfxStatErrUnknown,
            p.propGetInt.unwrap()(props.0, c"Smell".as_ptr(), 0, &mut int)
        );
        expect!(
            kOfxStatErrValue,
            p.propGetInt.unwrap()(props.0, null(), 0, &mut int)
        );
        expect!(
            kOfxStatErrValue,
            p.propGetString.unwrap()(props.0, label, 0, null_mut())
        );
        expect!(
            kOfxStatErrBadIndex,
            p.propGetString.unwrap()(props.0, label, 1, &mut text)
        );
        expect!(
            kOfxStatErrBadIndex,
            p.propGetString.unwrap()(props.0, label, -1, &mut text)
        );
        expect!(
            kOfxStatErrValue,
            p.propGetDouble.unwrap()(props.0, label, 0, &mut double)
        );
        expect!(
            kOfxStatErrValue,
            p.propSetInt.unwrap()(props.0, label, 0, 1)
        );
        expect!(
            kOfxStatErrValue,
            p.propSetString.unwrap()(props.0, label, 0, null())
        );
        expect!(
            kOfxStatErrValue,
            props.set_string(kOfxImageEffectPropContext, 0, c"x")
        );
        let size = kOfxImageEffectPropProjectSize.as_ptr();
        expect!(
            kOfxStatErrBadIndex,
            p.propGetDoubleN.unwrap()(props.0, size, 3, &mut [0.0; 3] as *mut f64)
        );
        expect!(
            kOfxStatErrBadIndex,
            p.propGetDoubleN.unwrap()(props.0, size, -1, &mut double)
        );
        expect!(
            kOfxStatErrBadIndex,
            p.propSetStringN.unwrap()(props.0, label, c_int::MAX, null())
        );
        expect!(
            kOfxStatErrBadIndex,
            p.propSetStringN.unwrap()(props.0, label, 2, &[label; 2] as *const _)
        );
        // The image effect suite.
        let (mut clip_handle, mut image) = (null_mut(), null_mut());
        for bad in garbage::<OfxImageEffectStruct>() {
            expect!(
                kOfxStatErrBadHandle,
                e.getPropertySet.unwrap()(bad, &mut set)
            );
            expect!(
                kOfxStatErrBadHandle,
                e.clipDefine.unwrap()(bad, c"x".as_ptr(), &mut set)
            );
            expect!(
                kOfxStatErrBadHandle,
                e.clipGetHandle.unwrap()(bad, c"x".as_ptr(), &mut clip_handle, &mut set)
            );
            expect!(0, e.abort.unwrap()(bad));
        }
        for bad in garbage::<OfxImageClipStruct>() {
            expect!(
                kOfxStatErrBadHandle,
                e.clipGetImage.unwrap()(bad, 0.0, null(), &mut image)
            );
            expect!(
                kOfxStatErrBadHandle,
                e.clipGetPropertySet.unwrap()(bad, &mut set)
            );
        }
        let source = clip(effect, c"Source");
        expect!(
            kOfxStatErrUnknown,
            e.clipGetHandle.unwrap()(effect, c"x".as_ptr(), &mut clip_handle, null_mut())
        );
        expect!(
            kOfxStatErrBadHandle,
            e.clipDefine.unwrap()(effect, c"x".as_ptr(), &mut set)
        );
        expect!(
            kOfxStatErrValue,
            e.clipGetImage.unwrap()(source, 0.0, null(), null_mut())
        );
        expect!(
            kOfxStatFailed,
            e.clipGetImage.unwrap()(source, 0.0, null(), &mut image)
        );
        expect!(
            kOfxStatFailed,
            e.clipGetImage.unwrap()(clip(effect, c"Output"), 0.0, null(), &mut image)
        );
        let mut memory = null_mut();
        expect!(
            kOfxStatErrMemory,
            e.imageMemoryAlloc.unwrap()(effect, usize::MAX, &mut memory)
        );
        expect!(
            kOfxStatOK,
            e.imageMemoryAlloc.unwrap()(effect, 10, &mut memory)
        );
        expect!(kOfxStatFailed, e.imageMemoryUnlock.unwrap()(memory));
        expect!(kOfxStatOK, e.imageMemoryFree.unwrap()(memory));
        expect!(kOfxStatErrBadHandle, e.imageMemoryFree.unwrap()(memory));
        expect!(
            kOfxStatErrBadHandle,
            e.imageMemoryLock.unwrap()(memory, &mut text.cast())
        );
        // The parameter suite.
        let mut handle = null_mut();
        for bad in garbage::<OfxParamStruct>() {
            expect!(
                kOfxStatErrBadHandle,
                q.paramGetValue.unwrap()(bad, &raw mut double)
            );
            expect!(
                kOfxStatErrBadHandle,
                q.paramSetValueAtTime.unwrap()(bad, 1.0, 2.0)
            );
            expect!(
                kOfxStatErrBadHandle,
                q.paramCopy.unwrap()(bad, bad, 0.0, null())
            );
            expect!(
                kOfxStatErrBadHandle,
                q.paramGetKeyTime.unwrap()(bad, 0, &mut double)
            );
        }
        let params = param_set(effect);
        let gain = param(effect, c"gain");
        expect!(
            kOfxStatErrUnknown,
            q.paramGetHandle.unwrap()(params, c"x".as_ptr(), &mut handle, null_mut())
        );
        let kind = kOfxParamTypeDouble.as_ptr();
        expect!(
            kOfxStatErrBadHandle,
            q.paramDefine.unwrap()(params, kind, c"x".as_ptr(), &mut set)
        );
        expect!(
            kOfxStatErrValue,
            q.paramGetValue.unwrap()(gain, null_mut::<f64>())
        );
        expect!(
            kOfxStatErrValue,
            q.paramSetValue.unwrap()(param(effect, c"title"), null::<u8>())
        );
        expect!(
            kOfxStatErrUnsupported,
            q.paramGetValue.unwrap()(param(effect, c"analyze"))
        );
        expect!(
            kOfxStatErrUnsupported,
            q.paramSetValue.unwrap()(param(effect, c"group"))
        );
        expect!(
            kOfxStatErrValue,
            q.paramSetValueAtTime.unwrap()(gain, f64::NAN, 1.0)
        );
        expect!(
            kOfxStatErrBadIndex,
            q.paramGetKeyTime.unwrap()(gain, 7, &mut double)
        );
        expect!(kOfxStatErrBadIndex, q.paramDeleteKey.unwrap()(gain, 7.0));
        expect!(
            kOfxStatErrValue,
            q.paramCopy.unwrap()(gain, param(effect, c"title"), 0.0, null())
        );
    }
    threads()?;
    others(effect)
}

fn threads() -> Result<(), String> {
    let threads = suite::<OfxMultiThreadSuiteV1>(kOfxMultiThreadSuite, 1);
    let threads = threads.ok_or("no multi-thread suite")?;
    unsafe extern "C" fn nested(_index: c_uint, _count: c_uint, status: *mut c_void) {
        let threads = suite::<OfxMultiThreadSuiteV1>(kOfxMultiThreadSuite, 1);
        let got = threads.map(|s| unsafe { s.multiThread.unwrap()(Some(nested), 1, null_mut()) });
        unsafe { *status.cast::<c_int>() = got.unwrap_or(-1) };
    }
    let mut status: c_int = -2;
    let mut mutex = null_mut();
    unsafe {
        expect!(
            kOfxStatErrValue,
            threads.multiThread.unwrap()(None, 1, null_mut())
        );
        expect!(
            kOfxStatOK,
            threads.multiThread.unwrap()(Some(nested), 1, (&raw mut status).cast())
        );
        expect!(kOfxStatErrExists, status);
        expect!(
            kOfxStatErrValue,
            threads.multiThreadNumCPUs.unwrap()(null_mut())
        );
        expect!(0, threads.multiThreadIsSpawnedThread.unwrap()());
        for bad in garbage::<OfxMutex>() {
            expect!(kOfxStatErrBadHandle, threads.mutexLock.unwrap()(bad));
            expect!(kOfxStatErrBadHandle, threads.mutexDestroy.unwrap()(bad));
        }
        expect!(
            kOfxStatErrValue,
            threads.mutexCreate.unwrap()(&mut mutex, -1)
        );
        expect!(kOfxStatOK, threads.mutexCreate.unwrap()(&mut mutex, 0));
        expect!(kOfxStatFailed, threads.mutexUnLock.unwrap()(mutex));
        expect!(kOfxStatOK, threads.mutexTryLock.unwrap()(mutex));
        expect!(kOfxStatOK, threads.mutexUnLock.unwrap()(mutex));
        expect!(kOfxStatOK, threads.mutexDestroy.unwrap()(mutex));
        expect!(kOfxStatErrBadHandle, threads.mutexLock.unwrap()(mutex));
    }
    Ok(())
}

fn others(effect: OfxImageEffectHandle) -> Result<(), String> {
    let memory = suite::<OfxMemorySuiteV1>(kOfxMemorySuite, 1).ok_or("no memory suite")?;
    let message = suite::<OfxMessageSuiteV2>(kOfxMessageSuite, 2).ok_or("no message suite")?;
    let progress = suite::<OfxProgressSuiteV2>(kOfxProgressSuite, 2).ok_or("no progress suite")?;
    let timeline = suite::<OfxTimeLineSuiteV1>(kOfxTimeLineSuite, 1).ok_or("no timeline suite")?;
    let interact = suite::<OfxInteractSuiteV1>(kOfxInteractSuite, 1).ok_or("no interact suite")?;
    let kind = kOfxMessageMessage.as_ptr();
    let format = c"%s %d".as_ptr();
    let (mut block, mut time) = (null_mut(), 0.0);
    unsafe {
        for bad in garbage::<c_void>().into_iter().skip(1) {
            expect!(
                kOfxStatErrBadHandle,
                memory.memoryAlloc.unwrap()(bad, 1, &mut block)
            );
            expect!(kOfxStatErrBadHandle, memory.memoryFree.unwrap()(bad));
            expect!(
                kOfxStatErrBadHandle,
                message.message.unwrap()(bad, kind, kind, format, kind, 1)
            );
            expect!(
                kOfxStatErrBadHandle,
                message.clearPersistentMessage.unwrap()(bad)
            );
            expect!(
                kOfxStatErrBadHandle,
                progress.progressUpdate.unwrap()(bad, 0.5)
            );
            expect!(
                kOfxStatErrBadHandle,
                timeline.getTime.unwrap()(bad, &mut time)
            );
            expect!(
                kOfxStatErrBadHandle,
                interact.interactRedraw.unwrap()(bad.cast())
            );
        }
        let effect = effect.cast();
        expect!(
            kOfxStatErrMemory,
            memory.memoryAlloc.unwrap()(effect, usize::MAX, &mut block)
        );
        expect!(
            kOfxStatErrValue,
            message.message.unwrap()(effect, null(), null(), null())
        );
        expect!(
            kOfxStatErrValue,
            message.message.unwrap()(effect, c"Smell".as_ptr(), kind, format, kind, 1)
        );
        expect!(
            kOfxStatErrBadHandle,
            message.setPersistentMessage.unwrap()(null_mut(), kind, kind, kind)
        );
        expect!(
            kOfxStatErrValue,
            timeline.gotoTime.unwrap()(effect, f64::NAN)
        );
        expect!(
            kOfxStatErrValue,
            progress.progressStart.unwrap()(effect, null(), null())
        );
    }
    if suite::<c_void>(c"OfxSmellSuite", 1).is_some()
        || suite::<c_void>(kOfxPropertySuite, 99).is_some()
    {
        return Err("there is a suite that is none".into());
    }
    Ok(())
}
