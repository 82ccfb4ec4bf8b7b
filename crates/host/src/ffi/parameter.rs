//! The parameter suite. Its variadic functions are in `variadics.c`, which calls the `deltaplate_host_param_*` here.

use super::guard::{guard, name, text, write, write_if_wanted};
use crate::context;
use crate::edit;
use crate::observer;
use crate::param::{Param, ParamSet};
use crate::registry::find;
use crate::side;
use crate::status::Status;
use crate::value::{Shape, Stored};
use ofx_sys::{
    OfxParamHandle, OfxParamSetHandle, OfxParameterSuiteV1, OfxPropertySetHandle, OfxRangeD,
    OfxStatus,
};
use std::borrow::Cow;
use std::ffi::{CString, c_char, c_double, c_int, c_uint, c_void};
use std::ptr::without_provenance_mut;

/// The pointers that a caller gave, as the shim has them.
enum Pointers {}

unsafe extern "C" {
    fn deltaplate_host_next_pointer(pointers: *mut Pointers) -> *mut c_void;
    fn deltaplate_host_get_value(param: OfxParamHandle, ...) -> OfxStatus;
    fn deltaplate_host_get_value_at_time(param: OfxParamHandle, time: f64, ...) -> OfxStatus;
    fn deltaplate_host_get_derivative(param: OfxParamHandle, time: f64, ...) -> OfxStatus;
    fn deltaplate_host_get_integral(
        param: OfxParamHandle,
        time1: f64,
        time2: f64,
        ...
    ) -> OfxStatus;
    fn deltaplate_host_set_value(param: OfxParamHandle, ...) -> OfxStatus;
    fn deltaplate_host_set_value_at_time(param: OfxParamHandle, time: f64, ...) -> OfxStatus;
}

pub(super) static SUITE: OfxParameterSuiteV1 = OfxParameterSuiteV1 {
    paramDefine: Some(param_define),
    paramGetHandle: Some(param_get_handle),
    paramSetGetPropertySet: Some(param_set_get_property_set),
    paramGetPropertySet: Some(param_get_property_set),
    paramGetValue: Some(deltaplate_host_get_value),
    paramGetValueAtTime: Some(deltaplate_host_get_value_at_time),
    paramGetDerivative: Some(deltaplate_host_get_derivative),
    paramGetIntegral: Some(deltaplate_host_get_integral),
    paramSetValue: Some(deltaplate_host_set_value),
    paramSetValueAtTime: Some(deltaplate_host_set_value_at_time),
    paramGetNumKeys: Some(param_get_num_keys),
    paramGetKeyTime: Some(param_get_key_time),
    paramGetKeyIndex: Some(param_get_key_index),
    paramDeleteKey: Some(param_delete_key),
    paramDeleteAllKeys: Some(param_delete_all_keys),
    paramCopy: Some(param_copy),
    paramEditBegin: Some(param_edit_begin),
    paramEditEnd: Some(param_edit_end),
};

unsafe extern "C" fn param_define(
    set: OfxParamSetHandle,
    kind: *const c_char,
    param: *const c_char,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("paramDefine", || {
        let set = find::<ParamSet>(set.addr())?;
        // SAFETY: by the suite's contract both names are NULL or C strings.
        let (kind, param) = unsafe { (name(kind)?, name(param)?) };
        let param = observer::define(param, Some(kind), set.define(kind, param))?;
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write_if_wanted(out, without_provenance_mut(param.props.id().raw())) };
        Ok(())
    })
}

unsafe extern "C" fn param_get_handle(
    set: OfxParamSetHandle,
    param: *const c_char,
    out: *mut OfxParamHandle,
    props: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("paramGetHandle", || {
        let set = find::<ParamSet>(set.addr())?;
        // SAFETY: by the suite's contract `param` is NULL or a C string.
        let param = set
            .find(unsafe { text(param) }?)
            .ok_or(Status::ERR_UNKNOWN)?;
        // SAFETY: by the suite's contract `out` and `props` are NULL or places for the handles.
        unsafe {
            write(out, without_provenance_mut(param.id().raw()))?;
            write_if_wanted(props, without_provenance_mut(param.props.id().raw()));
        }
        Ok(())
    })
}

unsafe extern "C" fn param_set_get_property_set(
    set: OfxParamSetHandle,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("paramSetGetPropertySet", || {
        let props = without_provenance_mut(find::<ParamSet>(set.addr())?.props.id().raw());
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write(out, props) }
    })
}

unsafe extern "C" fn param_get_property_set(
    param: OfxParamHandle,
    out: *mut OfxPropertySetHandle,
) -> OfxStatus {
    guard("paramGetPropertySet", || {
        let props = without_provenance_mut(find::<Param>(param.addr())?.props.id().raw());
        // SAFETY: by the suite's contract `out` is NULL or a place for the handle.
        unsafe { write(out, props) }
    })
}

// What the shim calls.

/// The kind of a parameter's values, as `enum kind` in the shim, and how many there are.
#[unsafe(no_mangle)]
unsafe extern "C" fn deltaplate_host_param_shape(param: *mut c_void, count: *mut c_int) -> c_int {
    let _side = side::host();
    let shape = find::<Param>(param.addr()).map_or(Shape::None, |p| p.kind.shape());
    // SAFETY: the shim gives a place for the count.
    unsafe { write_if_wanted(count, shape.count() as c_int) };
    match shape {
        Shape::None => 0,
        Shape::Int(_) => 1,
        Shape::Double(_) => 2,
        Shape::String => 3,
    }
}

/// Writes what is asked, `how` as in the shim, to as many of the pointers as the parameter has values.
#[unsafe(no_mangle)]
unsafe extern "C" fn deltaplate_host_param_get(
    param: *mut c_void,
    how: c_int,
    time1: f64,
    time2: f64,
    out: *mut Pointers,
) -> OfxStatus {
    let function = match how {
        0 => "paramGetValue",
        1 => "paramGetValueAtTime",
        2 => "paramGetDerivative",
        _ => "paramGetIntegral",
    };
    guard(function, || {
        let param = find::<Param>(param.addr())?;
        let told = Told::now();
        param.read(|curve| {
            let value = match how {
                0 => curve.at(told.time),
                1 => curve.at(time1),
                2 => Cow::Owned(Stored::Doubles(curve.derivative(time1)?)),
                _ => Cow::Owned(Stored::Doubles(curve.integral(time1, time2)?)),
            };
            let count = param.kind.shape().count();
            // SAFETY: by the suite's contract the caller gave `count` pointers, each of the right type or NULL; no
            // more are taken.
            unsafe {
                match &*value {
                    Stored::Ints(v) => v.iter().take(count).try_for_each(|v| {
                        let place = deltaplate_host_next_pointer(out).cast::<c_int>();
                        write(place, told.ints.unwrap_or(*v))
                    }),
                    Stored::Doubles(v) => v.iter().take(count).try_for_each(|v| {
                        let place = deltaplate_host_next_pointer(out).cast::<c_double>();
                        write(place, told.doubles.unwrap_or(*v))
                    }),
                    Stored::String(v) => {
                        let place = deltaplate_host_next_pointer(out).cast::<*const c_char>();
                        write(place, param.lend(v))
                    }
                }
            }
        })?
    })
}

/// What the call that a thread is in has to do with values.
#[derive(Default)]
struct Told {
    time: f64,
    /// What the host is asked to tell instead of the values.
    ints: Option<i32>,
    doubles: Option<f64>,
}

impl Told {
    fn now() -> Self {
        context::with(|place| Self {
            time: place.context.time.unwrap_or(0.0),
            ints: place.context.host.options.faults.ints,
            doubles: place.context.host.options.faults.doubles,
        })
        .unwrap_or_default()
    }
}

/// Sets a value or, where `timed`, a key.
#[unsafe(no_mangle)]
unsafe extern "C" fn deltaplate_host_param_set(
    param: *mut c_void,
    timed: c_int,
    time: f64,
    ints: *const c_int,
    doubles: *const c_double,
    string: *const c_char,
) -> OfxStatus {
    guard(
        if timed != 0 {
            "paramSetValueAtTime"
        } else {
            "paramSetValue"
        },
        || {
            let param = find::<Param>(param.addr())?;
            // SAFETY: the shim gives four of each; by the suite's contract a string is NULL or a C string.
            let value = unsafe {
                match param.kind.shape() {
                    Shape::None => return Err(Status::ERR_UNSUPPORTED),
                    Shape::Int(n) => Stored::Ints((0..n).map(|i| *ints.add(i)).collect()),
                    Shape::Double(n) => Stored::Doubles((0..n).map(|i| *doubles.add(i)).collect()),
                    Shape::String => Stored::String(CString::from(name(string)?).into()),
                }
            };
            edit::by_plugin(&param, |param| {
                if timed != 0 {
                    param.key_at(time, value)
                } else {
                    param.set_at(edit::current_time(), value)
                }
            })
        },
    )
}

// Keys.

unsafe extern "C" fn param_get_num_keys(param: OfxParamHandle, out: *mut c_uint) -> OfxStatus {
    guard("paramGetNumKeys", || {
        let count = find::<Param>(param.addr())?.read(|curve| curve.keys().len())?;
        // SAFETY: by the suite's contract `out` is NULL or a place for the count.
        unsafe { write(out, count as c_uint) }
    })
}

unsafe extern "C" fn param_get_key_time(
    param: OfxParamHandle,
    nth: c_uint,
    out: *mut f64,
) -> OfxStatus {
    guard("paramGetKeyTime", || {
        let time = find::<Param>(param.addr())?
            .read(|curve| curve.keys().get(nth as usize).map(|k| k.0))?;
        // SAFETY: by the suite's contract `out` is NULL or a place for the time.
        unsafe { write(out, time.ok_or(Status::ERR_BAD_INDEX)?) }
    })
}

unsafe extern "C" fn param_get_key_index(
    param: OfxParamHandle,
    time: f64,
    direction: c_int,
    out: *mut c_int,
) -> OfxStatus {
    guard("paramGetKeyIndex", || {
        let index = find::<Param>(param.addr())?.read(|curve| {
            let (at, after) = match curve.find(time) {
                Ok(at) => (Some(at), at + 1),
                Err(next) => (None, next),
            };
            match direction.signum() {
                0 => at,
                1 => Some(after).filter(|i| *i < curve.keys().len()),
                _ => at.unwrap_or(after).checked_sub(1),
            }
        })?;
        // Without such a key the index is -1, and the call has failed.
        // SAFETY: by the suite's contract `out` is NULL or a place for the index.
        unsafe { write(out, index.map_or(-1, |i| i as c_int)) }?;
        index.map(drop).ok_or(Status::FAILED)
    })
}

unsafe extern "C" fn param_delete_key(param: OfxParamHandle, time: f64) -> OfxStatus {
    guard("paramDeleteKey", || {
        let param = find::<Param>(param.addr())?;
        edit::by_plugin(&param, |param| param.write(|curve| curve.delete(time)))
    })
}

unsafe extern "C" fn param_delete_all_keys(param: OfxParamHandle) -> OfxStatus {
    guard("paramDeleteAllKeys", || {
        let param = find::<Param>(param.addr())?;
        edit::by_plugin(&param, |param| {
            param.write(|curve| {
                curve.clear();
                Ok(())
            })
        })
    })
}

unsafe extern "C" fn param_copy(
    to: OfxParamHandle,
    from: OfxParamHandle,
    offset: f64,
    range: *const OfxRangeD,
) -> OfxStatus {
    guard("paramCopy", || {
        let (to, from) = (find::<Param>(to.addr())?, find::<Param>(from.addr())?);
        let range = if range.is_null() {
            None
        } else {
            // SAFETY: by the suite's contract `range` is NULL or a range.
            let range = unsafe { range.read_unaligned() };
            Some([range.min, range.max])
        };
        edit::by_plugin(&to, |to| edit::copy(to, &from, offset, range))
    })
}

unsafe extern "C" fn param_edit_begin(set: OfxParamSetHandle, label: *const c_char) -> OfxStatus {
    guard("paramEditBegin", || {
        find::<ParamSet>(set.addr())?;
        // SAFETY: by the suite's contract `label` is NULL or a C string.
        unsafe { name(label) }.map(drop)
    })
}

unsafe extern "C" fn param_edit_end(set: OfxParamSetHandle) -> OfxStatus {
    guard("paramEditEnd", || find::<ParamSet>(set.addr()).map(drop))
}
