//! Every suite, called rightly, with what it must answer.

use super::sdk::*;
use ofx_sys::*;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

/// Answers OK when all is as it should be; else posts what is not.
pub fn check(effect: OfxImageEffectHandle) -> OfxStatus {
    let all = || {
        values(effect)?;
        keys(effect)?;
        threads()?;
        memory(effect)?;
        talk(effect)
    };
    match all() {
        Ok(()) => kOfxStatOK,
        Err(what) => {
            post(effect, kOfxMessageError, &CString::new(what).unwrap());
            kOfxStatFailed
        }
    }
}

/// Fails with what was not so.
macro_rules! so {
    ($fact:expr) => {
        if !$fact {
            return Err(format!("not so: {}", stringify!($fact)));
        }
    };
}

fn values(effect: OfxImageEffectHandle) -> Result<(), String> {
    let q = parameters();
    let (get, set) = (q.paramGetValue.unwrap(), q.paramSetValue.unwrap());
    unsafe {
        let mut text: *const c_char = null();
        so!(get(param(effect, c"title"), &raw mut text) == kOfxStatOK);
        so!(CStr::from_ptr(text) == c"untitled");
        so!(set(param(effect, c"title"), c"new".as_ptr()) == kOfxStatOK);
        so!(CStr::from_ptr(text) == c"untitled"); // what was lent stays
        so!(get(param(effect, c"title"), &raw mut text) == kOfxStatOK);
        so!(CStr::from_ptr(text) == c"new");
        let (mut r, mut g, mut b, mut a) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        so!(set(param(effect, c"tint"), 0.1_f64, 0.2_f64, 0.3_f64, 0.4_f64) == kOfxStatOK);
        so!(get(
            param(effect, c"tint"),
            &raw mut r,
            &raw mut g,
            &raw mut b,
            &raw mut a
        ) == kOfxStatOK);
        so!([r, g, b, a] == [0.1, 0.2, 0.3, 0.4]);
        let (mut x, mut y): (c_int, c_int) = (0, 0);
        so!(set(param(effect, c"cell"), -7 as c_int, 9 as c_int) == kOfxStatOK);
        so!(get(param(effect, c"cell"), &raw mut x, &raw mut y) == kOfxStatOK);
        so!([x, y] == [-7, 9]);
        so!(set(param(effect, c"on"), 1 as c_int) == kOfxStatOK);
        so!(int_param(effect, c"on", 3.0) == 1);
    }
    Ok(())
}

fn keys(effect: OfxImageEffectHandle) -> Result<(), String> {
    let q = parameters();
    let (gain, peak) = (param(effect, c"gain"), param(effect, c"peak"));
    let (mut count, mut index, mut time, mut value): (c_uint, c_int, f64, f64) = (0, 0, 0.0, 0.0);
    unsafe {
        for (at, to) in [(10.0, 1.0), (20.0, 3.0)] {
            so!(q.paramSetValueAtTime.unwrap()(gain, at, to) == kOfxStatOK);
        }
        so!(q.paramGetNumKeys.unwrap()(gain, &mut count) == kOfxStatOK && count == 2);
        so!(q.paramGetKeyTime.unwrap()(gain, 1, &mut time) == kOfxStatOK && time == 20.0);
        so!(q.paramGetKeyIndex.unwrap()(gain, 12.0, -1, &mut index) == kOfxStatOK && index == 0);
        so!(q.paramGetKeyIndex.unwrap()(gain, 12.0, 1, &mut index) == kOfxStatOK && index == 1);
        so!(q.paramGetKeyIndex.unwrap()(gain, 20.0, 0, &mut index) == kOfxStatOK && index == 1);
        so!(
            q.paramGetKeyIndex.unwrap()(gain, 20.0, 1, &mut index) == kOfxStatFailed && index == -1
        );
        so!(
            q.paramGetKeyIndex.unwrap()(gain, 12.0, 0, &mut index) == kOfxStatFailed && index == -1
        );
        so!(double_param(effect, c"gain", 15.0) == 2.0);
        so!(
            q.paramGetDerivative.unwrap()(gain, 12.0, &raw mut value) == kOfxStatOK && value == 0.2
        );
        so!(
            q.paramGetIntegral.unwrap()(gain, 10.0, 20.0, &raw mut value) == kOfxStatOK
                && value == 20.0
        );
        so!(q.paramCopy.unwrap()(peak, gain, 5.0, null()) == kOfxStatOK);
        so!(double_param(effect, c"peak", 20.0) == 2.0);
        let range = OfxRangeD {
            min: 0.0,
            max: 15.0,
        };
        so!(q.paramDeleteAllKeys.unwrap()(peak) == kOfxStatOK);
        so!(q.paramCopy.unwrap()(peak, gain, 0.0, &range) == kOfxStatOK);
        so!(q.paramGetNumKeys.unwrap()(peak, &mut count) == kOfxStatOK && count == 1);
        so!(q.paramDeleteKey.unwrap()(gain, 10.0) == kOfxStatOK);
        so!(double_param(effect, c"gain", 0.0) == 3.0);
        so!(q.paramEditBegin.unwrap()(param_set(effect), c"edit".as_ptr()) == kOfxStatOK);
        so!(q.paramEditEnd.unwrap()(param_set(effect)) == kOfxStatOK);
    }
    Ok(())
}

/// Calls of the threads: of which index, how many, and how often on a thread of the suite.
#[derive(Default)]
struct Calls([AtomicU32; 5], AtomicU32);

unsafe extern "C" fn call(index: c_uint, count: c_uint, calls: *mut c_void) {
    let calls = unsafe { &*calls.cast::<Calls>() };
    let threads = suite::<OfxMultiThreadSuiteV1>(kOfxMultiThreadSuite, 1).unwrap();
    let mut mine = 99;
    unsafe { threads.multiThreadIndex.unwrap()(&mut mine) };
    if mine == index && count == 5 {
        calls.0[index as usize].fetch_add(1, Ordering::Relaxed);
    }
    if unsafe { threads.multiThreadIsSpawnedThread.unwrap()() } == 1 {
        calls.1.fetch_add(1, Ordering::Relaxed);
    }
}

fn threads() -> Result<(), String> {
    let threads =
        suite::<OfxMultiThreadSuiteV1>(kOfxMultiThreadSuite, 1).ok_or("no multi-thread suite")?;
    let calls = Calls::default();
    let (mut cpus, mut mutex) = (0, null_mut());
    unsafe {
        so!(threads.multiThreadNumCPUs.unwrap()(&mut cpus) == kOfxStatOK && cpus == 3);
        let argument = (&raw const calls).cast_mut().cast();
        so!(threads.multiThread.unwrap()(Some(call), 5, argument) == kOfxStatOK);
        so!(threads.mutexCreate.unwrap()(&mut mutex, 1) == kOfxStatOK);
        so!(threads.mutexLock.unwrap()(mutex) == kOfxStatOK);
        so!(threads.mutexUnLock.unwrap()(mutex) == kOfxStatOK);
        so!(threads.mutexUnLock.unwrap()(mutex) == kOfxStatOK);
        so!(threads.mutexDestroy.unwrap()(mutex) == kOfxStatOK);
    }
    so!(calls.0.iter().all(|c| c.load(Ordering::Relaxed) == 1));
    so!(calls.1.load(Ordering::Relaxed) == 5);
    Ok(())
}

fn memory(effect: OfxImageEffectHandle) -> Result<(), String> {
    let memory = suite::<OfxMemorySuiteV1>(kOfxMemorySuite, 1).ok_or("no memory suite")?;
    for handle in [effect.cast(), null_mut()] {
        let mut block = null_mut();
        unsafe {
            so!(memory.memoryAlloc.unwrap()(handle, 4096, &mut block) == kOfxStatOK);
            block.cast::<u8>().write_bytes(7, 4096);
            so!(memory.memoryFree.unwrap()(block) == kOfxStatOK);
        }
    }
    let (mut image, mut block) = (null_mut(), null_mut());
    unsafe {
        so!(effects().imageMemoryAlloc.unwrap()(effect, 4096, &mut image) == kOfxStatOK);
        so!(effects().imageMemoryLock.unwrap()(image, &mut block) == kOfxStatOK);
        block.cast::<u8>().write_bytes(7, 4096);
        so!(effects().imageMemoryUnlock.unwrap()(image) == kOfxStatOK);
        so!(effects().imageMemoryFree.unwrap()(image) == kOfxStatOK);
    }
    Ok(())
}

fn talk(effect: OfxImageEffectHandle) -> Result<(), String> {
    let messages = suite::<OfxMessageSuiteV2>(kOfxMessageSuite, 2).ok_or("no message suite")?;
    let progress = suite::<OfxProgressSuiteV2>(kOfxProgressSuite, 2).ok_or("no progress suite")?;
    let timeline = suite::<OfxTimeLineSuiteV1>(kOfxTimeLineSuite, 1).ok_or("no timeline suite")?;
    let (id, format) = (c"id".as_ptr(), c"%s is %d or %.1f".as_ptr());
    let (mut first, mut last) = (0.0, 0.0);
    let effect = effect.cast();
    unsafe {
        let question = kOfxMessageQuestion.as_ptr();
        let asked = messages.message.unwrap()(
            effect,
            question,
            id,
            format,
            c"it".as_ptr(),
            3 as c_int,
            1.5_f64,
        );
        so!(asked == kOfxStatReplyNo);
        let (warning, post) = (
            kOfxMessageWarning.as_ptr(),
            messages.setPersistentMessage.unwrap(),
        );
        so!(post(effect, warning, id, c"stays".as_ptr()) == kOfxStatOK);
        so!(messages.clearPersistentMessage.unwrap()(effect) == kOfxStatOK);
        so!(post(effect, warning, id, c"stays longer".as_ptr()) == kOfxStatOK);
        so!(progress.progressStart.unwrap()(effect, c"work".as_ptr(), id) == kOfxStatOK);
        so!(progress.progressUpdate.unwrap()(effect, 0.25) == kOfxStatOK);
        so!(progress.progressUpdate.unwrap()(effect, 0.75) == kOfxStatReplyNo);
        so!(progress.progressEnd.unwrap()(effect) == kOfxStatOK);
        so!(timeline.getTimeBounds.unwrap()(effect, &mut first, &mut last) == kOfxStatOK);
        so!([first, last] == [1.0, 1.0]);
        so!(timeline.gotoTime.unwrap()(effect, 1.0) == kOfxStatOK);
    }
    Ok(())
}
