//! The message suites. The variadic functions are in `variadics.c`, which calls `deltaplate_host_message` here.

use super::guard::guard;
use crate::context;
use crate::effect::Effect;
use crate::messages::{Message, MessageKind};
use crate::registry::find;
use crate::status::Status;
use ofx_sys::{OfxMessageSuiteV1, OfxMessageSuiteV2, OfxStatus};
use std::ffi::{CStr, c_char, c_int, c_void};

unsafe extern "C" {
    fn deltaplate_host_post(
        handle: *mut c_void,
        kind: *const c_char,
        id: *const c_char,
        format: *const c_char,
        ...
    ) -> OfxStatus;
    fn deltaplate_host_post_persistent(
        handle: *mut c_void,
        kind: *const c_char,
        id: *const c_char,
        format: *const c_char,
        ...
    ) -> OfxStatus;
}

pub(super) static SUITE_V1: OfxMessageSuiteV1 = OfxMessageSuiteV1 {
    message: Some(deltaplate_host_post),
};

pub(super) static SUITE_V2: OfxMessageSuiteV2 = OfxMessageSuiteV2 {
    message: Some(deltaplate_host_post),
    setPersistentMessage: Some(deltaplate_host_post_persistent),
    clearPersistentMessage: Some(clear_persistent_message),
};

/// Takes a formatted message.
#[unsafe(no_mangle)]
unsafe extern "C" fn deltaplate_host_message(
    handle: *mut c_void,
    persistent: c_int,
    kind: *const c_char,
    id: *const c_char,
    text: *const c_char,
) -> OfxStatus {
    let persistent = persistent != 0;
    guard(
        if persistent {
            "setPersistentMessage"
        } else {
            "message"
        },
        || {
            // SAFETY: by the suite's contract these are NULL or C strings; the shim's text always is one.
            let lossy = |text: *const c_char| unsafe {
                if text.is_null() {
                    String::new()
                } else {
                    CStr::from_ptr(text).to_string_lossy().into_owned()
                }
            };
            // SAFETY: as above.
            let kind = unsafe { super::guard::name(kind) }?;
            let kind = MessageKind::from_ofx(kind).ok_or(Status::ERR_VALUE)?;
            let effect = if handle.is_null() {
                None
            } else {
                Some(find::<Effect>(handle.addr())?)
            };
            let message = Message {
                plugin: effect
                    .as_ref()
                    .map_or_else(String::new, |e| e.name().into()),
                kind,
                id: lossy(id),
                text: lossy(text),
                persistent,
            };
            if persistent {
                effect
                    .as_ref()
                    .ok_or(Status::ERR_BAD_HANDLE)?
                    .set_persistent(Some(message.clone()));
            }
            let place = context::current();
            if let Some(place) = &place {
                place.context.note_post(&message.text);
            }
            let host = effect
                .map(|e| e.host.clone())
                .or_else(|| place.map(|p| p.context.host.clone()));
            let host = host.ok_or(Status::FAILED)?;
            host.post(message);
            match kind {
                MessageKind::Question if host.options.answer => Err(Status::REPLY_YES),
                MessageKind::Question => Err(Status::REPLY_NO),
                _ => Ok(()),
            }
        },
    )
}

unsafe extern "C" fn clear_persistent_message(handle: *mut c_void) -> OfxStatus {
    guard("clearPersistentMessage", || {
        find::<Effect>(handle.addr())?.set_persistent(None);
        Ok(())
    })
}
