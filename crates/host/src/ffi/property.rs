//! The property suite.

use super::guard::{guard, name, write};
use crate::observer;
use crate::props::{MOST_VALUES, PropertySet};
use crate::registry::find;
use crate::status::Status;
use crate::text::Text;
use crate::values::Scalar;
use ofx_sys::{OfxPropertySetHandle as Handle, OfxPropertySuiteV1, OfxStatus};
use smallvec::SmallVec;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

pub(super) static SUITE: OfxPropertySuiteV1 = OfxPropertySuiteV1 {
    propSetPointer: Some(set_pointer),
    propSetString: Some(set_string),
    propSetDouble: Some(set_double),
    propSetInt: Some(set_int),
    propSetPointerN: Some(set_pointer_n),
    propSetStringN: Some(set_string_n),
    propSetDoubleN: Some(set_double_n),
    propSetIntN: Some(set_int_n),
    propGetPointer: Some(get_pointer),
    propGetString: Some(get_string),
    propGetDouble: Some(get_double),
    propGetInt: Some(get_int),
    propGetPointerN: Some(get_pointer_n),
    propGetStringN: Some(get_string_n),
    propGetDoubleN: Some(get_double_n),
    propGetIntN: Some(get_int_n),
    propReset: Some(reset),
    propGetDimension: Some(get_dimension),
};

/// The set and the name of a call.
///
/// # Safety
/// `property` is NULL or a C string that outlives `'a`.
unsafe fn target<'a>(
    set: Handle,
    property: *const c_char,
) -> Result<(Arc<PropertySet>, &'a CStr), Status> {
    let set = find(set.addr())?;
    // SAFETY: by this function's contract.
    Ok((set, unsafe { name(property) }?))
}

/// Writes `count` values, each read by `read` from the caller's array.
///
/// # Safety
/// `values` is NULL or an array of `count` values; `property` as in [`target`].
unsafe fn set_n<C: Copy, T: Scalar>(
    set: Handle,
    property: *const c_char,
    count: c_int,
    values: *const C,
    read: impl Fn(C) -> Result<T, Status>,
) -> Result<(), Status> {
    // SAFETY: by this function's contract.
    let (set, name) = unsafe { target(set, property) }?;
    let count = usize::try_from(count)
        .ok()
        .filter(|n| *n <= MOST_VALUES)
        .ok_or(Status::ERR_BAD_INDEX)?;
    if values.is_null() && count > 0 {
        return Err(Status::ERR_VALUE);
    }
    // SAFETY: by this function's contract there are `count` values.
    let values = (0..count).map(|i| read(unsafe { values.add(i).read_unaligned() }));
    let values: SmallVec<T::Room> = values.collect::<Result<_, _>>()?;
    observer::write(&set, name, None, &values, || {
        set.set_all::<T>(name, values.clone())
    })
}

/// Reads `count` values, each got by `get`, into the caller's array. All or nothing.
///
/// # Safety
/// `out` is NULL or a place for `count` values; `property` as in [`target`].
unsafe fn get_n<C>(
    set: Handle,
    property: *const c_char,
    count: c_int,
    out: *mut C,
    get: impl Fn(&PropertySet, &CStr, c_int) -> Result<C, Status>,
) -> Result<(), Status> {
    // SAFETY: by this function's contract.
    let (set, name) = unsafe { target(set, property) }?;
    if count < 0 || count > set.dimension(name)? {
        return Err(Status::ERR_BAD_INDEX);
    }
    let values: SmallVec<[C; 4]> = (0..count)
        .map(|i| get(&set, name, i))
        .collect::<Result<_, _>>()?;
    if out.is_null() && count > 0 {
        return Err(Status::ERR_VALUE);
    }
    for (i, value) in values.into_iter().enumerate() {
        // SAFETY: by this function's contract there is a place for `count` values.
        unsafe { out.add(i).write_unaligned(value) };
    }
    Ok(())
}

/// Writes what was read, or shows that it could not be.
///
/// # Safety
/// `out` is NULL or a place for the value.
unsafe fn give<T>(
    set: &PropertySet,
    name: &CStr,
    function: &'static str,
    out: *mut T,
    found: Result<T, Status>,
) -> Result<(), Status> {
    let value = found.inspect_err(|status| observer::read(set, name, function, *status))?;
    // SAFETY: by this function's contract.
    unsafe { write(out, value) }
}

/// Writes one value.
fn put<T: Scalar>(set: &PropertySet, name: &CStr, index: c_int, value: T) -> Result<(), Status> {
    observer::write(set, name, Some(index), std::slice::from_ref(&value), || {
        set.set(name, index, value.clone())
    })
}

/// Reads a string to keep.
fn owned(text: *const c_char) -> Result<Text, Status> {
    // SAFETY: by the suite's contract a value is NULL or a C string.
    Ok(CString::from(unsafe { name(text) }?).into())
}

fn get_address(set: &PropertySet, name: &CStr, index: c_int) -> Result<*mut c_void, Status> {
    Ok(ptr::with_exposed_provenance_mut(set.get(name, index)?))
}

fn get_text(set: &PropertySet, name: &CStr, index: c_int) -> Result<*mut c_char, Status> {
    Ok(set.get_string(name, index)?.cast_mut())
}

/// A suite function that works on one set and one name.
macro_rules! entries {
    ($($(#[$doc:meta])* $entry:ident $function:literal ($($arg:ident: $type:ty),*)
        |$set:ident, $name:ident| $work:expr;)*) => {$(
        $(#[$doc])*
        unsafe extern "C" fn $entry(set: Handle, property: *const c_char, $($arg: $type),*) -> OfxStatus {
            guard($function, || {
                // SAFETY: by the suite's contract `property` is NULL or a C string.
                let ($set, $name) = unsafe { target(set, property) }?;
                $work
            })
        }
    )*};
}

entries! {
    set_pointer "propSetPointer" (index: c_int, value: *mut c_void)
        |set, name| put(&set, name, index, value.expose_provenance());
    set_string "propSetString" (index: c_int, value: *const c_char)
        |set, name| put(&set, name, index, owned(value)?);
    set_double "propSetDouble" (index: c_int, value: f64)
        |set, name| put(&set, name, index, value);
    set_int "propSetInt" (index: c_int, value: c_int)
        |set, name| put(&set, name, index, value);
    get_pointer "propGetPointer" (index: c_int, out: *mut *mut c_void)
        // SAFETY: by the suite's contract `out` is NULL or a place for the value.
        |set, name| unsafe { give(&set, name, "propGetPointer", out, get_address(&set, name, index)) };
    get_string "propGetString" (index: c_int, out: *mut *mut c_char)
        // SAFETY: as above.
        |set, name| unsafe { give(&set, name, "propGetString", out, get_text(&set, name, index)) };
    get_double "propGetDouble" (index: c_int, out: *mut f64)
        // SAFETY: as above.
        |set, name| unsafe { give(&set, name, "propGetDouble", out, set.get(name, index)) };
    get_int "propGetInt" (index: c_int, out: *mut c_int)
        // SAFETY: as above.
        |set, name| unsafe { give(&set, name, "propGetInt", out, set.get(name, index)) };
    reset "propReset" ()
        |set, name| observer::reset(&set, name);
    get_dimension "propGetDimension" (out: *mut c_int)
        // SAFETY: as above.
        |set, name| unsafe { write(out, set.dimension(name)?) };
}

/// A suite function that moves an array.
macro_rules! array_entries {
    ($($entry:ident $function:literal $values:ty, $move:ident $each:expr;)*) => {$(
        unsafe extern "C" fn $entry(
            set: Handle,
            property: *const c_char,
            count: c_int,
            values: $values,
        ) -> OfxStatus {
            // SAFETY: by the suite's contract `property` is NULL or a C string, and `values` has `count` places.
            guard($function, || unsafe { $move(set, property, count, values, $each) })
        }
    )*};
}

array_entries! {
    set_pointer_n "propSetPointerN" *const *mut c_void, set_n |v: *mut c_void| Ok(v.expose_provenance());
    set_string_n "propSetStringN" *const *const c_char, set_n owned;
    set_double_n "propSetDoubleN" *const f64, set_n |v: f64| Ok(v);
    set_int_n "propSetIntN" *const c_int, set_n |v: c_int| Ok(v);
    get_pointer_n "propGetPointerN" *mut *mut c_void, get_n get_address;
    get_string_n "propGetStringN" *mut *mut c_char, get_n get_text;
    get_double_n "propGetDoubleN" *mut f64, get_n |set: &PropertySet, name: &CStr, i| set.get(name, i);
    get_int_n "propGetIntN" *mut c_int, get_n |set: &PropertySet, name: &CStr, i| set.get(name, i);
}
