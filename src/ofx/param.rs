//! Parameters of an instance: values in, figures out.

use core::ffi::{CStr, c_char, c_int};

use ofx_sys::{OfxImageEffectHandle, OfxParamHandle, OfxParamSetHandle};

use super::props::{PropertySet, call};
use super::status::{Result, Status};
use super::suites::Suites;
use crate::params::{Kind, ParamDef, Reader};

/// The parameter set of an effect or a descriptor.
pub fn param_set(suites: &Suites, effect: OfxImageEffectHandle) -> Result<OfxParamSetHandle> {
    let mut set = core::ptr::null_mut();
    call!(suites.effect, getParamSet(effect, &mut set))?;
    if set.is_null() {
        return Err(Status::BAD_HANDLE);
    }
    Ok(set)
}

/// A parameter of an instance: fetched once, at its creation.
#[derive(Clone, Copy)]
pub struct Param {
    handle: OfxParamHandle,
    def: &'static ParamDef,
}

impl Param {
    /// Looks a parameter up by the name of its declaration.
    pub fn find(suites: &Suites, set: OfxParamSetHandle, def: &'static ParamDef) -> Result<Self> {
        let handle = find(suites, set, def.name)?;
        Ok(Self { handle, def })
    }

    /// Its declaration.
    pub fn def(&self) -> &'static ParamDef {
        self.def
    }

    /// Its properties in this instance.
    pub fn properties<'a>(&self, suites: &'a Suites) -> Result<PropertySet<'a>> {
        let mut set = core::ptr::null_mut();
        call!(suites.parameter, paramGetPropertySet(self.handle, &mut set))?;
        PropertySet::new(suites.property, set)
    }

    fn get_double(&self, suites: &Suites, time: f64) -> Result<f64> {
        let get = suites
            .parameter
            .paramGetValueAtTime
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        let mut value: f64 = 0.0;
        // SAFETY: a variadic suite function; a double parameter fills one double.
        Status::check(unsafe { get(self.handle, time, &raw mut value) })?;
        Ok(value)
    }

    fn get_doubles(&self, suites: &Suites, time: f64) -> Result<[f64; 2]> {
        let get = suites
            .parameter
            .paramGetValueAtTime
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        let mut value = [0.0f64; 2];
        let [first, second] = &mut value;
        // SAFETY: a variadic suite function; a 2D double parameter fills two doubles.
        Status::check(unsafe {
            get(
                self.handle,
                time,
                core::ptr::from_mut(first),
                core::ptr::from_mut(second),
            )
        })?;
        Ok(value)
    }

    /// Writes a value as a user does: a key where the parameter has keys, else for all frames. Its
    /// shape is that of the declaration.
    pub fn set_value(&self, suites: &Suites, figure: Figure) -> Result<()> {
        let set = suites
            .parameter
            .paramSetValue
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        // SAFETY: a variadic suite function; each kind of parameter takes what is matched here.
        Status::check(unsafe {
            match (self.def.kind, figure) {
                (Kind::Double { .. }, Figure::One(v)) => set(self.handle, v),
                (Kind::Double2D { .. }, Figure::Two(v)) => set(self.handle, v[0], v[1]),
                (Kind::Choice { .. }, Figure::Option(v)) => set(self.handle, v as c_int),
                _ => return Err(Status::VALUE),
            }
        })
    }

    /// Writes a figure, as a key at `time`. The figure's shape is that of the declaration.
    pub fn set(&self, suites: &Suites, time: f64, figure: Figure) -> Result<()> {
        let set = suites
            .parameter
            .paramSetValueAtTime
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        // SAFETY: a variadic suite function; each kind of parameter takes the doubles matched here.
        Status::check(unsafe {
            match (self.def.kind, figure) {
                (Kind::Double { .. }, Figure::One(v)) => set(self.handle, time, v),
                (Kind::Double2D { .. }, Figure::Two(v)) => set(self.handle, time, v[0], v[1]),
                (Kind::Rgba, Figure::Four(v)) => set(self.handle, time, v[0], v[1], v[2], v[3]),
                _ => return Err(Status::VALUE),
            }
        })
    }

    /// Takes all keys away and sets the figure back to what a new instance shows.
    pub fn reset(&self, suites: &Suites) -> Result<()> {
        let delete = suites
            .parameter
            .paramDeleteAllKeys
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        // SAFETY: a parameter handle of this host.
        Status::check(unsafe { delete(self.handle) })?;
        let set = suites
            .parameter
            .paramSetValue
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        // SAFETY: a variadic suite function; each kind of parameter takes the doubles matched here.
        Status::check(unsafe {
            match self.def.kind {
                Kind::Double { default, .. } => set(self.handle, default),
                Kind::Double2D { .. } => set(self.handle, 0.0f64, 0.0f64),
                Kind::Rgba => set(self.handle, 0.0f64, 0.0f64, 0.0f64, 0.0f64),
                _ => return Err(Status::VALUE),
            }
        })
    }
}

/// A parameter that names a file, in the Filter context.
#[derive(Clone, Copy)]
pub struct FileParam(OfxParamHandle);

impl FileParam {
    /// Looks a parameter up by name.
    pub fn find(suites: &Suites, set: OfxParamSetHandle, name: &'static CStr) -> Result<Self> {
        find(suites, set, name).map(Self)
    }

    /// Hands the text at a time to `read`: it is the host's, and not for long.
    pub fn read<T>(&self, suites: &Suites, time: f64, read: impl FnOnce(&str) -> T) -> Result<T> {
        let get = suites
            .parameter
            .paramGetValueAtTime
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        let mut value: *const c_char = core::ptr::null();
        // SAFETY: a variadic suite function; a string parameter fills one pointer to characters.
        Status::check(unsafe { get(self.0, time, &raw mut value) })?;
        if value.is_null() {
            return Ok(read(""));
        }
        // SAFETY: a C string of the host, valid until the next call about this parameter.
        let text = unsafe { CStr::from_ptr(value) };
        Ok(read(&text.to_string_lossy()))
    }
}

/// A check box that is none of the node's own parameters.
#[derive(Clone, Copy)]
pub struct Switch(OfxParamHandle);

impl Switch {
    /// Looks a parameter up by name.
    pub fn find(suites: &Suites, set: OfxParamSetHandle, name: &'static CStr) -> Result<Self> {
        find(suites, set, name).map(Self)
    }

    /// Whether it is checked.
    pub fn is_on(&self, suites: &Suites, time: f64) -> Result<bool> {
        get_int(suites, self.0, time).map(|value| value != 0)
    }
}

fn get_int(suites: &Suites, param: OfxParamHandle, time: f64) -> Result<i32> {
    let get = suites
        .parameter
        .paramGetValueAtTime
        .ok_or(Status::MISSING_HOST_FEATURE)?;
    let mut value: c_int = 0;
    // SAFETY: a variadic suite function; boolean, choice and integer parameters fill one int.
    Status::check(unsafe { get(param, time, &raw mut value) })?;
    Ok(value)
}

fn find(suites: &Suites, set: OfxParamSetHandle, name: &'static CStr) -> Result<OfxParamHandle> {
    let mut handle = core::ptr::null_mut();
    call!(
        suites.parameter,
        paramGetHandle(set, name.as_ptr(), &mut handle, core::ptr::null_mut())
    )?;
    if handle.is_null() {
        return Err(Status::BAD_HANDLE);
    }
    Ok(handle)
}

/// What a button writes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// Into a double.
    One(f64),
    /// Into a position.
    Two([f64; 2]),
    /// Into the samples of a pixel.
    Four([f64; 4]),
    /// Into a choice: an index.
    Option(usize),
}

/// Reads the parameters of an instance at one time, in declared order.
pub struct ParamReader<'a> {
    suites: &'a Suites,
    rest: core::slice::Iter<'a, Param>,
    time: f64,
}

impl<'a> ParamReader<'a> {
    /// Starts at the first of `params`.
    pub fn new(suites: &'a Suites, params: &'a [Param], time: f64) -> Self {
        Self {
            suites,
            rest: params.iter(),
            time,
        }
    }

    fn next(&mut self) -> Result<&'a Param> {
        self.rest.next().ok_or(Status::UNKNOWN)
    }
}

/// Values may come from an expression or a damaged project: what lies outside the declared range
/// is brought inside, and what is no number is the default.
impl Reader for ParamReader<'_> {
    fn boolean(&mut self) -> Result<bool> {
        Ok(get_int(self.suites, self.next()?.handle, self.time)? != 0)
    }

    fn choice(&mut self, options: usize) -> Result<usize> {
        let value = get_int(self.suites, self.next()?.handle, self.time)?;
        Ok(usize::try_from(value).unwrap_or(0).min(options - 1))
    }

    fn integer(&mut self) -> Result<i32> {
        let param = self.next()?;
        let value = get_int(self.suites, param.handle, self.time)?;
        Ok(match param.def.kind {
            Kind::Integer { range, .. } => value.clamp(range[0], range[1]),
            _ => value,
        })
    }

    fn double(&mut self) -> Result<f64> {
        let param = self.next()?;
        let value = param.get_double(self.suites, self.time)?;
        Ok(match param.def.kind {
            Kind::Double { default, .. } if value.is_nan() => default,
            Kind::Double { range, .. } => value.clamp(range[0], range[1]),
            _ => value,
        })
    }

    fn pair(&mut self) -> Result<[f64; 2]> {
        let value = self.next()?.get_doubles(self.suites, self.time)?;
        Ok(value.map(|v| if v.is_nan() { 0.0 } else { v }))
    }

    fn skip(&mut self) {
        self.rest.next();
    }
}
