//! Suites with functions that are NULL: some hosts have such.

use crate::faults::Faults;
use ofx_sys::*;
use std::ffi::{CStr, c_int, c_void};
use std::ptr;

/// A copy of the suite without the functions that the host is asked not to have. Plug-ins keep suites for ever, so it
/// is never freed.
pub(super) fn poorer(
    name: &CStr,
    version: c_int,
    suite: *const c_void,
    faults: &Faults,
) -> *const c_void {
    macro_rules! suites {
        ($($name:ident $version:literal $type:ident { $($function:ident),* })*) => {
            match (name, version) {
                $((name, $version) if name == $name => {
                    // SAFETY: the suite of that name and version has this type.
                    let mut copy: $type = unsafe { suite.cast::<$type>().read() };
                    $(if faults.is_null(stringify!($function)) {
                        copy.$function = None;
                    })*
                    ptr::from_ref::<$type>(Box::leak(Box::new(copy))).cast()
                })*
                _ => suite,
            }
        };
    }
    suites! {
        kOfxPropertySuite 1 OfxPropertySuiteV1 { propSetPointer, propSetString, propSetDouble, propSetInt, propSetPointerN, propSetStringN, propSetDoubleN, propSetIntN, propGetPointer, propGetString, propGetDouble, propGetInt, propGetPointerN, propGetStringN, propGetDoubleN, propGetIntN, propReset, propGetDimension }
        kOfxImageEffectSuite 1 OfxImageEffectSuiteV1 { getPropertySet, getParamSet, clipDefine, clipGetHandle, clipGetPropertySet, clipGetImage, clipReleaseImage, clipGetRegionOfDefinition, abort, imageMemoryAlloc, imageMemoryFree, imageMemoryLock, imageMemoryUnlock }
        kOfxParameterSuite 1 OfxParameterSuiteV1 { paramDefine, paramGetHandle, paramSetGetPropertySet, paramGetPropertySet, paramGetValue, paramGetValueAtTime, paramGetDerivative, paramGetIntegral, paramSetValue, paramSetValueAtTime, paramGetNumKeys, paramGetKeyTime, paramGetKeyIndex, paramDeleteKey, paramDeleteAllKeys, paramCopy, paramEditBegin, paramEditEnd }
        kOfxMultiThreadSuite 1 OfxMultiThreadSuiteV1 { multiThread, multiThreadNumCPUs, multiThreadIndex, multiThreadIsSpawnedThread, mutexCreate, mutexDestroy, mutexLock, mutexUnLock, mutexTryLock }
        kOfxMessageSuite 1 OfxMessageSuiteV1 { message }
        kOfxMessageSuite 2 OfxMessageSuiteV2 { message, setPersistentMessage, clearPersistentMessage }
        kOfxProgressSuite 1 OfxProgressSuiteV1 { progressStart, progressUpdate, progressEnd }
        kOfxProgressSuite 2 OfxProgressSuiteV2 { progressStart, progressUpdate, progressEnd }
    }
}
