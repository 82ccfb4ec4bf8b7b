//! The image effect suite.

use super::guard::{guard, text, write, write_if_wanted};
use crate::clip::Clip;
use crate::context;
use crate::effect::Effect;
use crate::geometry::RectD;
use crate::image;
use crate::memory::ImageMemory;
use crate::observer;
use crate::registry::find;
use crate::side;
use crate::status::Status;
use crate::values::c_string;
use ofx_sys::{
    OfxImageClipHandle, OfxImageEffectHandle, OfxImageEffectSuiteV1, OfxImageMemoryHandle,
    OfxParamSetHandle, OfxPropertySetHandle, OfxRectD, OfxStatus,
};
use std::ffi::{c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, without_provenance_mut};

pub(super) static SUITE: OfxImageEffectSuiteV1 = OfxImageEffectSuiteV1 {
    getPropertySet: Some(get_property_set),
    getParamSet: Some(get_param_set),
    clipDefine: Some(clip_define),
    clipGetHandle: Some(clip_get_handle),
    clipGetPropertySet: Some(clip_get_property_set),
    clipGetImage: Some(clip_get_image),
    clipReleaseImage: Some(clip_release_image),
    clipGetRegionOfDefinition: Some(clip_get_region_of_definition),
    abort: Some(abort),
    imageMemoryAlloc: Some(image_memory_alloc),
    imageMemoryFree: Some(image_memory_free),
    imageMemoryLock: Some(image_memory_lock),
    imageMemoryUnlock: Some(image_memory_unlock),
};

fn effect(handle: OfxImageEffectHandle) -> Result<std::sync::Arc<Effect>, Status> {
    find(handle.addr())
}

unsafe extern "C" fn get_property_set(
    handle: OfxImageEffectHandle,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("getPropertySet", || {
        let props = without_provenance_mut(effect(handle)?.props.id().raw());
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write(out, props) }
    })
}

unsafe extern "C" fn get_param_set(
    handle: OfxImageEffectHandle,
    out: *mut OfxParamSetHandle,
) -> OfxStatus {
    guard("getParamSet", || {
        let params = without_provenance_mut(effect(handle)?.params.id().raw());
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write(out, params) }
    })
}

unsafe extern "C" fn clip_define(
    handle: OfxImageEffectHandle,
    name: *const c_char,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("clipDefine", || {
        // SAFETY: by the suite's contract `name` is NULL or a C string.
        let name = unsafe { text(name) }?;
        let clip = effect(handle)?.define_clip(name);
        let clip = observer::define(&c_string(name), None, clip)?;
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write_if_wanted(out, without_provenance_mut(clip.props.id().raw())) };
        Ok(())
    })
}

unsafe extern "C" fn clip_get_handle(
    handle: OfxImageEffectHandle,
    name: *const c_char,
    out: *mut OfxImageClipHandle,
    props: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("clipGetHandle", || {
        // SAFETY: by the suite's contract `name` is NULL or a C string.
        let clip = effect(handle)?.instance_clip(unsafe { text(name) }?)?;
        // SAFETY: by the suite's contract `out` and `props` are NULL or places for the handles.
        unsafe {
            write(out, without_provenance_mut(clip.id().raw()))?;
            write_if_wanted(props, without_provenance_mut(clip.props.id().raw()));
        }
        Ok(())
    })
}

unsafe extern "C" fn clip_get_property_set(
    clip: OfxImageClipHandle,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("clipGetPropertySet", || {
        let props = without_provenance_mut(find::<Clip>(clip.addr())?.props.id().raw());
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write(out, props) }
    })
}

unsafe extern "C" fn clip_get_image(
    clip: OfxImageClipHandle,
    time: f64,
    region: *const OfxRectD,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("clipGetImage", || {
        let clip = find::<Clip>(clip.addr())?;
        if out.is_null() {
            return Err(Status::ERR_VALUE);
        }
        let region = if region.is_null() {
            None
        } else {
            // SAFETY: by the suite's contract `region` is NULL or a rectangle.
            let OfxRectD { x1, y1, x2, y2 } = unsafe { region.read_unaligned() };
            Some(RectD::new(x1, y1, x2, y2))
        };
        let image = image::fetch(&clip, time, region)?;
        // SAFETY: by the suite's contract `out` is a place for the handle; NULL was refused above.
        unsafe { write(out, without_provenance_mut(image)) }
    })
}

unsafe extern "C" fn clip_release_image(image: OfxPropertySetHandle) -> OfxStatus {
    guard("clipReleaseImage", || image::release(image.addr()))
}

unsafe extern "C" fn clip_get_region_of_definition(
    clip: OfxImageClipHandle,
    time: f64,
    out: *mut OfxRectD,
) -> OfxStatus {
    guard("clipGetRegionOfDefinition", || {
        let RectD { x1, y1, x2, y2 } =
            image::region_of_definition(&*find::<Clip>(clip.addr())?, time)?;
        // SAFETY: by the suite's contract `out` is NULL or a place for a rectangle.
        unsafe { write(out, OfxRectD { x1, y1, x2, y2 }) }
    })
}

/// A truth value, no status: on a thread that is in no call, as in some hosts, it is always no.
unsafe extern "C" fn abort(handle: OfxImageEffectHandle) -> c_int {
    let ask = || {
        let _side = side::host();
        effect(handle).is_ok() && context::current().is_some_and(|place| place.context.ask())
    };
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or(false).into()
}

unsafe extern "C" fn image_memory_alloc(
    handle: OfxImageEffectHandle,
    bytes: usize,
    out: *mut OfxImageMemoryHandle,
) -> OfxStatus {
    guard("imageMemoryAlloc", || {
        let host = if handle.is_null() {
            context::current()
                .ok_or(Status::FAILED)?
                .context
                .host
                .clone()
        } else {
            effect(handle)?.host.clone()
        };
        let memory = ImageMemory::allocate(bytes, host.blocks.clone())?;
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write(out, without_provenance_mut(memory)) }
    })
}

unsafe extern "C" fn image_memory_free(memory: OfxImageMemoryHandle) -> OfxStatus {
    guard("imageMemoryFree", || ImageMemory::free(memory.addr()))
}

unsafe extern "C" fn image_memory_lock(
    memory: OfxImageMemoryHandle,
    out: *mut *mut c_void,
) -> OfxStatus {
    guard("imageMemoryLock", || {
        let address = find::<ImageMemory>(memory.addr())?.lock();
        // SAFETY: by the suite's contract `out` is NULL or a place for a pointer.
        unsafe { write(out, ptr::with_exposed_provenance_mut(address)) }
    })
}

unsafe extern "C" fn image_memory_unlock(memory: OfxImageMemoryHandle) -> OfxStatus {
    guard("imageMemoryUnlock", || {
        find::<ImageMemory>(memory.addr())?.unlock()
    })
}
