//! The host's structure, and the suites it hands out.

use super::{
    image_effect, interact, memory, message, multi_thread, nulls, parameter, progress, property,
    timeline,
};
use crate::context;
use crate::host::HostCore;
use crate::props::{Owner, PropertySet};
use crate::registry::find;
use crate::side;
use ofx_sys::{self as ofx, OfxHost, OfxPropertySetHandle};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, without_provenance_mut};
use std::sync::{Mutex, PoisonError};

/// The structure by which a plug-in knows its host. Plug-ins keep it for ever, so it is never freed; when its host is
/// gone, it has no suites.
#[derive(Clone, Copy)]
pub(crate) struct HostHandle(*mut OfxHost);

// SAFETY: the structure is written once, before anybody else has its address.
unsafe impl Send for HostHandle {}
// SAFETY: as above.
unsafe impl Sync for HostHandle {}

impl HostHandle {
    /// The structure of a host with these properties.
    pub(crate) fn new(props: &PropertySet) -> Self {
        // Who looks for lost memory finds them here.
        static ALL: Mutex<Vec<HostHandle>> = Mutex::new(Vec::new());
        let host = without_provenance_mut(props.id().raw());
        let handle = Self(Box::into_raw(Box::new(OfxHost {
            host,
            fetchSuite: Some(fetch_suite),
        })));
        ALL.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(handle);
        handle
    }

    pub(super) fn as_ptr(self) -> *mut OfxHost {
        self.0
    }
}

unsafe extern "C" fn fetch_suite(
    host: OfxPropertySetHandle,
    name: *const c_char,
    version: c_int,
) -> *const c_void {
    if name.is_null() {
        return ptr::null();
    }
    // SAFETY: by the host structure's contract `name` is a C string.
    let name = unsafe { CStr::from_ptr(name) };
    let fetch = || {
        let _side = side::host();
        let host = host_of(host)?;
        let missing = name.to_str().is_ok_and(|n| host.lacks_suite(n, version));
        if missing {
            return None;
        }
        let suite = suite(name, version)?;
        let faults = &host.options.faults;
        Some(if faults.has_nulls() {
            nulls::poorer(name, version, suite, faults)
        } else {
            suite
        })
    };
    catch_unwind(AssertUnwindSafe(fetch))
        .ok()
        .flatten()
        .unwrap_or(ptr::null())
}

/// The host of these properties: the suites it has are for it alone to say.
fn host_of(props: OfxPropertySetHandle) -> Option<std::sync::Arc<HostCore>> {
    match find::<PropertySet>(props.addr()).ok()?.owner.get() {
        Some(Owner::Host(host)) => host.upgrade(),
        _ => context::current().map(|place| place.context.host.clone()),
    }
}

fn suite(name: &CStr, version: c_int) -> Option<*const c_void> {
    fn address<T>(suite: &'static T) -> *const c_void {
        ptr::from_ref(suite).cast()
    }
    let suites: [(&CStr, c_int, *const c_void); 11] = [
        (ofx::kOfxPropertySuite, 1, address(&property::SUITE)),
        (ofx::kOfxImageEffectSuite, 1, address(&image_effect::SUITE)),
        (ofx::kOfxParameterSuite, 1, address(&parameter::SUITE)),
        (ofx::kOfxMemorySuite, 1, address(&memory::SUITE)),
        (ofx::kOfxMultiThreadSuite, 1, address(&multi_thread::SUITE)),
        (ofx::kOfxMessageSuite, 1, address(&message::SUITE_V1)),
        (ofx::kOfxMessageSuite, 2, address(&message::SUITE_V2)),
        (ofx::kOfxProgressSuite, 1, address(&progress::SUITE_V1)),
        (ofx::kOfxProgressSuite, 2, address(&progress::SUITE_V2)),
        (ofx::kOfxTimeLineSuite, 1, address(&timeline::SUITE)),
        (ofx::kOfxInteractSuite, 1, address(&interact::SUITE)),
    ];
    suites
        .into_iter()
        .find(|(n, v, _)| *n == name && *v == version)
        .map(|(.., suite)| suite)
}
