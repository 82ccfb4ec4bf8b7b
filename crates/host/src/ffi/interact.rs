//! The interact suite. This host makes no interacts, so no handle is one.

use super::guard::guard;
use crate::status::Status;
use ofx_sys::{OfxInteractHandle, OfxInteractSuiteV1, OfxPropertySetHandle, OfxStatus};

pub(super) static SUITE: OfxInteractSuiteV1 = OfxInteractSuiteV1 {
    interactSwapBuffers: Some(swap_buffers),
    interactRedraw: Some(redraw),
    interactGetPropertySet: Some(get_property_set),
};

unsafe extern "C" fn swap_buffers(_interact: OfxInteractHandle) -> OfxStatus {
    guard("interactSwapBuffers", || Err(Status::ERR_BAD_HANDLE))
}

unsafe extern "C" fn redraw(_interact: OfxInteractHandle) -> OfxStatus {
    guard("interactRedraw", || Err(Status::ERR_BAD_HANDLE))
}

unsafe extern "C" fn get_property_set(
    _interact: OfxInteractHandle,
    _out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("interactGetPropertySet", || Err(Status::ERR_BAD_HANDLE))
}
