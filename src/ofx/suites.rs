//! The host's suites, fetched at Load.

use core::ffi::{CStr, c_int};
use std::sync::Mutex;

use ofx_sys::{
    OfxHost, OfxImageEffectSuiteV1, OfxMessageSuiteV1, OfxMessageSuiteV2, OfxMultiThreadSuiteV1,
    OfxParameterSuiteV1, OfxProgressSuiteV1, OfxProgressSuiteV2, OfxPropertySetHandle,
    OfxPropertySuiteV1, kOfxImageEffectSuite, kOfxMessageSuite, kOfxMultiThreadSuite,
    kOfxParameterSuite, kOfxProgressSuite, kOfxPropertySuite,
};

use super::props::PropertySet;
use super::status::{Result, Status};

/// What the plug-in uses of a host. A host keeps its suites for the life of the process, so these
/// references are `'static`; see [`Suites::fetch`].
#[derive(Clone, Copy)]
pub struct Suites {
    host: OfxPropertySetHandle,
    /// Property suite.
    pub property: &'static OfxPropertySuiteV1,
    /// Image effect suite.
    pub effect: &'static OfxImageEffectSuiteV1,
    /// Parameter suite.
    pub parameter: &'static OfxParameterSuiteV1,
    /// Multi-thread suite; without it the plug-in brings its own threads.
    pub threads: Option<&'static OfxMultiThreadSuiteV1>,
    /// Messages in a dialogue.
    pub message: Option<&'static OfxMessageSuiteV1>,
    /// Messages that stay on the node.
    pub persistent: Option<&'static OfxMessageSuiteV2>,
    /// Progress bar.
    pub progress: Option<&'static OfxProgressSuiteV1>,
    /// Progress bar with a message id.
    pub progress_v2: Option<&'static OfxProgressSuiteV2>,
}

// SAFETY: the pointers are to tables that the host never writes after it handed them out, and
// their functions may be called from any thread that the host calls the plug-in on.
unsafe impl Send for Suites {}
// SAFETY: as above.
unsafe impl Sync for Suites {}

impl Suites {
    /// Fetches all suites; fails when one is absent that the nodes cannot do without.
    ///
    /// # Safety
    ///
    /// `host` is what the host gave to `setHost`, and points to a live `OfxHost`; the suites that
    /// it hands out have the layout of their name and version and live as long as the process.
    unsafe fn fetch(host: *const OfxHost) -> Result<Self> {
        // SAFETY: the caller's contract; `as_ref` also handles NULL.
        let host = unsafe { host.as_ref() }.ok_or(Status::MISSING_HOST_FEATURE)?;
        let fetch = host.fetchSuite.ok_or(Status::MISSING_HOST_FEATURE)?;
        let handle = host.host;
        // SAFETY: the caller's contract. T is only ever the struct that belongs to the name and
        // version, as paired below.
        unsafe fn suite<T>(
            fetch: unsafe extern "C" fn(
                OfxPropertySetHandle,
                *const core::ffi::c_char,
                c_int,
            ) -> *const core::ffi::c_void,
            handle: OfxPropertySetHandle,
            name: &'static CStr,
            version: c_int,
        ) -> Option<&'static T> {
            // SAFETY: see above.
            unsafe { fetch(handle, name.as_ptr(), version).cast::<T>().as_ref() }
        }
        // SAFETY: each name and version with its own struct.
        unsafe {
            Ok(Self {
                host: handle,
                property: suite(fetch, handle, kOfxPropertySuite, 1)
                    .ok_or(Status::MISSING_HOST_FEATURE)?,
                effect: suite(fetch, handle, kOfxImageEffectSuite, 1)
                    .ok_or(Status::MISSING_HOST_FEATURE)?,
                parameter: suite(fetch, handle, kOfxParameterSuite, 1)
                    .ok_or(Status::MISSING_HOST_FEATURE)?,
                threads: suite(fetch, handle, kOfxMultiThreadSuite, 1),
                message: suite(fetch, handle, kOfxMessageSuite, 1),
                persistent: suite(fetch, handle, kOfxMessageSuite, 2),
                progress: suite(fetch, handle, kOfxProgressSuite, 1),
                progress_v2: suite(fetch, handle, kOfxProgressSuite, 2),
            })
        }
    }

    /// Fetches the suites of `host` and keeps them for the life of the process: instances refer to
    /// them from any thread, also after Unload. Hosts load a plug-in again and again (MLT: for
    /// each frame) with the same tables, which are then found instead of stored once more.
    ///
    /// # Safety
    ///
    /// As [`Suites::fetch`].
    pub unsafe fn intern(host: *const OfxHost) -> Result<&'static Self> {
        static KNOWN: Mutex<Vec<&'static Suites>> = Mutex::new(Vec::new());
        // SAFETY: the caller's contract.
        let fetched = unsafe { Self::fetch(host) }?;
        let mut known = KNOWN.lock().unwrap_or_else(|poison| poison.into_inner());
        if let Some(found) = known.iter().find(|old| old.same(&fetched)) {
            return Ok(found);
        }
        let kept: &'static Self = Box::leak(Box::new(fetched));
        known.push(kept);
        Ok(kept)
    }

    fn same(&self, other: &Self) -> bool {
        fn at<T>(a: Option<&T>, b: Option<&T>) -> bool {
            a.map(core::ptr::from_ref) == b.map(core::ptr::from_ref)
        }
        self.host == other.host
            && core::ptr::eq(self.property, other.property)
            && core::ptr::eq(self.effect, other.effect)
            && core::ptr::eq(self.parameter, other.parameter)
            && at(self.threads, other.threads)
            && at(self.message, other.message)
            && at(self.persistent, other.persistent)
            && at(self.progress, other.progress)
            && at(self.progress_v2, other.progress_v2)
    }

    /// The host's own properties; each of them may be missing.
    pub fn host(&self) -> Result<PropertySet<'_>> {
        PropertySet::new(self.property, self.host)
    }
}
