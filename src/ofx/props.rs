//! Property sets of the host, read and written by type.

use core::ffi::{CStr, c_char, c_int, c_void};

use ofx_sys::{OfxPropertySetHandle, OfxPropertySuiteV1};

use super::status::{Result, Status};
use crate::geometry::{RectD, RectI};

/// A property set that the host lent for the time of a call.
#[derive(Clone, Copy)]
pub struct PropertySet<'a> {
    suite: &'a OfxPropertySuiteV1,
    handle: OfxPropertySetHandle,
}

/// A suite function that may be absent.
macro_rules! call {
    ($suite:expr, $function:ident ( $($argument:expr),* $(,)? )) => {{
        let function = $suite.$function.ok_or(Status::MISSING_HOST_FEATURE)?;
        // SAFETY: the host vouches for its own function; the arguments are a handle of that host,
        // static or live C strings, and pointers to locals of the type the ABI names.
        Status::check(unsafe { function($($argument),*) })
    }};
}
pub(super) use call;

impl<'a> PropertySet<'a> {
    /// Wraps a handle; NULL is refused.
    pub fn new(suite: &'a OfxPropertySuiteV1, handle: OfxPropertySetHandle) -> Result<Self> {
        if handle.is_null() {
            return Err(Status::BAD_HANDLE);
        }
        Ok(Self { suite, handle })
    }

    /// The handle on the wire.
    pub fn handle(&self) -> OfxPropertySetHandle {
        self.handle
    }

    /// How many values the property holds.
    pub fn dimension(&self, name: &CStr) -> Result<usize> {
        let mut count: c_int = 0;
        call!(
            self.suite,
            propGetDimension(self.handle, name.as_ptr(), &mut count)
        )?;
        usize::try_from(count).map_err(|_| Status::VALUE)
    }

    /// One int.
    pub fn int(&self, name: &CStr, index: usize) -> Result<i32> {
        let mut value: c_int = 0;
        call!(
            self.suite,
            propGetInt(self.handle, name.as_ptr(), index as c_int, &mut value)
        )?;
        Ok(value)
    }

    /// One double.
    pub fn double(&self, name: &CStr, index: usize) -> Result<f64> {
        let mut value = 0.0;
        call!(
            self.suite,
            propGetDouble(self.handle, name.as_ptr(), index as c_int, &mut value)
        )?;
        Ok(value)
    }

    /// One string. Valid until the host changes the property: use it at once.
    pub fn string(&self, name: &CStr, index: usize) -> Result<&'a CStr> {
        let mut value: *mut c_char = core::ptr::null_mut();
        call!(
            self.suite,
            propGetString(self.handle, name.as_ptr(), index as c_int, &mut value)
        )?;
        if value.is_null() {
            return Err(Status::VALUE);
        }
        // SAFETY: the host hands out NUL-terminated strings that live at least as long as the
        // call in which the set was lent, which 'a stands for.
        Ok(unsafe { CStr::from_ptr(value) })
    }

    /// One pointer.
    pub fn pointer(&self, name: &CStr, index: usize) -> Result<*mut c_void> {
        let mut value = core::ptr::null_mut();
        call!(
            self.suite,
            propGetPointer(self.handle, name.as_ptr(), index as c_int, &mut value)
        )?;
        Ok(value)
    }

    /// Two doubles.
    pub fn pair(&self, name: &CStr) -> Result<(f64, f64)> {
        Ok((self.double(name, 0)?, self.double(name, 1)?))
    }

    /// Four ints: a rectangle of pixels.
    pub fn rect_i(&self, name: &CStr) -> Result<RectI> {
        Ok(RectI {
            x1: self.int(name, 0)?,
            y1: self.int(name, 1)?,
            x2: self.int(name, 2)?,
            y2: self.int(name, 3)?,
        })
    }

    /// Sets one int.
    pub fn set_int(&self, name: &'static CStr, index: usize, value: i32) -> Result<()> {
        call!(
            self.suite,
            propSetInt(self.handle, name.as_ptr(), index as c_int, value)
        )
    }

    /// Sets one double.
    pub fn set_double(&self, name: &'static CStr, index: usize, value: f64) -> Result<()> {
        call!(
            self.suite,
            propSetDouble(self.handle, name.as_ptr(), index as c_int, value)
        )
    }

    /// Sets one string. Hosts may keep the pointers: both are static.
    pub fn set_string(
        &self,
        name: &'static CStr,
        index: usize,
        value: &'static CStr,
    ) -> Result<()> {
        call!(
            self.suite,
            propSetString(self.handle, name.as_ptr(), index as c_int, value.as_ptr())
        )
    }

    /// Sets one string that the host itself handed out, or that lives as long as the process.
    pub fn copy_string(&self, name: &'static CStr, value: &CStr) -> Result<()> {
        call!(
            self.suite,
            propSetString(self.handle, name.as_ptr(), 0, value.as_ptr())
        )
    }

    /// Sets one pointer.
    pub fn set_pointer(&self, name: &'static CStr, value: *mut c_void) -> Result<()> {
        call!(
            self.suite,
            propSetPointer(self.handle, name.as_ptr(), 0, value)
        )
    }

    /// Sets four doubles: a rectangle in canonical coordinates.
    pub fn set_rect_d(&self, name: &'static CStr, rect: &RectD) -> Result<()> {
        for (index, value) in [rect.x1, rect.y1, rect.x2, rect.y2].into_iter().enumerate() {
            self.set_double(name, index, value)?;
        }
        Ok(())
    }
}
