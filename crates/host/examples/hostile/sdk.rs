//! The suites, in a few words.

use ofx_sys::*;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

/// The host of this copy of the library.
pub static HOST: AtomicPtr<OfxHost> = AtomicPtr::new(null_mut());

/// A suite, where the host has it.
pub fn suite<T>(name: &CStr, version: c_int) -> Option<&'static T> {
    unsafe {
        let host = HOST.load(Ordering::Acquire).as_ref()?;
        host.fetchSuite?(host.host, name.as_ptr(), version)
            .cast::<T>()
            .as_ref()
    }
}

pub fn properties() -> &'static OfxPropertySuiteV1 {
    suite(kOfxPropertySuite, 1).expect("property suite")
}

pub fn effects() -> &'static OfxImageEffectSuiteV1 {
    suite(kOfxImageEffectSuite, 1).expect("image effect suite")
}

pub fn parameters() -> &'static OfxParameterSuiteV1 {
    suite(kOfxParameterSuite, 1).expect("parameter suite")
}

/// A property set.
#[derive(Clone, Copy)]
pub struct Props(pub OfxPropertySetHandle);

impl Props {
    pub fn of_effect(effect: OfxImageEffectHandle) -> Self {
        let mut props = null_mut();
        unsafe { effects().getPropertySet.unwrap()(effect, &mut props) };
        Self(props)
    }

    pub fn set_string(self, name: &CStr, index: c_int, value: &CStr) -> OfxStatus {
        unsafe { properties().propSetString.unwrap()(self.0, name.as_ptr(), index, value.as_ptr()) }
    }

    pub fn set_int(self, name: &CStr, index: c_int, value: c_int) -> OfxStatus {
        unsafe { properties().propSetInt.unwrap()(self.0, name.as_ptr(), index, value) }
    }

    pub fn set_double(self, name: &CStr, index: c_int, value: f64) -> OfxStatus {
        unsafe { properties().propSetDouble.unwrap()(self.0, name.as_ptr(), index, value) }
    }

    pub fn set_doubles(self, name: &CStr, values: &[f64]) -> OfxStatus {
        unsafe {
            properties().propSetDoubleN.unwrap()(
                self.0,
                name.as_ptr(),
                values.len() as c_int,
                values.as_ptr(),
            )
        }
    }

    pub fn int(self, name: &CStr, index: c_int) -> Result<c_int, OfxStatus> {
        let mut value = 0;
        let status =
            unsafe { properties().propGetInt.unwrap()(self.0, name.as_ptr(), index, &mut value) };
        if status == kOfxStatOK {
            Ok(value)
        } else {
            Err(status)
        }
    }

    pub fn double(self, name: &CStr, index: c_int) -> Result<f64, OfxStatus> {
        let mut value = 0.0;
        let status = unsafe {
            properties().propGetDouble.unwrap()(self.0, name.as_ptr(), index, &mut value)
        };
        if status == kOfxStatOK {
            Ok(value)
        } else {
            Err(status)
        }
    }

    pub fn string(self, name: &CStr, index: c_int) -> Result<CString, OfxStatus> {
        let mut value: *mut c_char = null_mut();
        let status = unsafe {
            properties().propGetString.unwrap()(self.0, name.as_ptr(), index, &mut value)
        };
        if status == kOfxStatOK {
            Ok(unsafe { CStr::from_ptr(value) }.into())
        } else {
            Err(status)
        }
    }

    pub fn pointer(self, name: &CStr) -> Result<*mut c_void, OfxStatus> {
        let mut value = null_mut();
        let status =
            unsafe { properties().propGetPointer.unwrap()(self.0, name.as_ptr(), 0, &mut value) };
        if status == kOfxStatOK {
            Ok(value)
        } else {
            Err(status)
        }
    }

    /// Four integers.
    pub fn rect(self, name: &CStr) -> [c_int; 4] {
        [0, 1, 2, 3].map(|i| self.int(name, i).unwrap_or(0))
    }
}

pub fn param_set(effect: OfxImageEffectHandle) -> OfxParamSetHandle {
    let mut set = null_mut();
    unsafe { effects().getParamSet.unwrap()(effect, &mut set) };
    set
}

pub fn define_param(effect: OfxImageEffectHandle, kind: &CStr, name: &CStr) -> Props {
    let mut props = null_mut();
    let status = unsafe {
        parameters().paramDefine.unwrap()(
            param_set(effect),
            kind.as_ptr(),
            name.as_ptr(),
            &mut props,
        )
    };
    assert_eq!(status, kOfxStatOK, "{name:?}");
    Props(props)
}

pub fn param(effect: OfxImageEffectHandle, name: &CStr) -> OfxParamHandle {
    let mut param = null_mut();
    unsafe {
        parameters().paramGetHandle.unwrap()(
            param_set(effect),
            name.as_ptr(),
            &mut param,
            null_mut(),
        )
    };
    param
}

pub fn double_param(effect: OfxImageEffectHandle, name: &CStr, time: f64) -> f64 {
    let mut value = 0.0_f64;
    unsafe { parameters().paramGetValueAtTime.unwrap()(param(effect, name), time, &raw mut value) };
    value
}

pub fn int_param(effect: OfxImageEffectHandle, name: &CStr, time: f64) -> c_int {
    let mut value: c_int = 0;
    unsafe { parameters().paramGetValueAtTime.unwrap()(param(effect, name), time, &raw mut value) };
    value
}

pub fn define_clip(effect: OfxImageEffectHandle, name: &CStr, components: &[&CStr]) -> Props {
    let mut props = null_mut();
    unsafe { effects().clipDefine.unwrap()(effect, name.as_ptr(), &mut props) };
    for (i, components) in components.iter().enumerate() {
        Props(props).set_string(
            kOfxImageEffectPropSupportedComponents,
            i as c_int,
            components,
        );
    }
    Props(props)
}

pub fn clip(effect: OfxImageEffectHandle, name: &CStr) -> OfxImageClipHandle {
    let mut clip = null_mut();
    unsafe { effects().clipGetHandle.unwrap()(effect, name.as_ptr(), &mut clip, null_mut()) };
    clip
}

pub fn region_of_definition(clip: OfxImageClipHandle, time: f64) -> Option<[f64; 4]> {
    let mut rect = OfxRectD {
        x1: 0.0,
        y1: 0.0,
        x2: 0.0,
        y2: 0.0,
    };
    let status = unsafe { effects().clipGetRegionOfDefinition.unwrap()(clip, time, &mut rect) };
    (status == kOfxStatOK).then_some([rect.x1, rect.y1, rect.x2, rect.y2])
}

/// An image, released when it is dropped.
pub struct Image {
    pub props: Props,
    pub data: *mut u8,
    pub bounds: [c_int; 4],
    pub row_bytes: isize,
    pub channels: usize,
}

impl Image {
    pub fn fetch(clip: OfxImageClipHandle, time: f64) -> Result<Self, OfxStatus> {
        Self::fetch_region(clip, time, null())
    }

    pub fn fetch_region(
        clip: OfxImageClipHandle,
        time: f64,
        region: *const OfxRectD,
    ) -> Result<Self, OfxStatus> {
        let mut props = null_mut();
        let status = unsafe { effects().clipGetImage.unwrap()(clip, time, region, &mut props) };
        if status != kOfxStatOK {
            return Err(status);
        }
        let props = Props(props);
        let components = props.string(kOfxImageEffectPropComponents, 0)?;
        Ok(Self {
            props,
            data: props.pointer(kOfxImagePropData)?.cast(),
            bounds: props.rect(kOfxImagePropBounds),
            row_bytes: props.int(kOfxImagePropRowBytes, 0)? as isize,
            channels: match components.as_c_str() {
                c if c == kOfxImageComponentRGBA => 4,
                c if c == kOfxImageComponentRGB => 3,
                _ => 1,
            },
        })
    }

    /// The address of a pixel, where there is one.
    pub fn pixel(&self, x: c_int, y: c_int, bytes: usize) -> Option<*mut u8> {
        let [x1, y1, x2, y2] = self.bounds;
        if x < x1 || x >= x2 || y < y1 || y >= y2 {
            return None;
        }
        let offset = (y - y1) as isize * self.row_bytes
            + (x - x1) as isize * (self.channels * bytes) as isize;
        Some(unsafe { self.data.offset(offset) })
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        unsafe { effects().clipReleaseImage.unwrap()(self.props.0) };
    }
}

/// Posts a message.
pub fn post(effect: OfxImageEffectHandle, kind: &CStr, text: &CStr) {
    if let Some(suite) = suite::<OfxMessageSuiteV2>(kOfxMessageSuite, 2) {
        unsafe {
            suite.message.unwrap()(
                effect.cast(),
                kind.as_ptr(),
                c"id".as_ptr(),
                c"%s".as_ptr(),
                text.as_ptr(),
            )
        };
    }
}
