//! Clips of an instance, and images that go back to the host when dropped.

use core::ffi::{CStr, c_void};

use ofx_sys::{
    OfxImageClipHandle, OfxImageEffectHandle, OfxPropertySetHandle, OfxRectD, kOfxBitDepthFloat,
    kOfxImageClipPropConnected, kOfxImageComponentAlpha, kOfxImageComponentRGB,
    kOfxImageComponentRGBA, kOfxImageEffectPropComponents, kOfxImageEffectPropPixelDepth,
    kOfxImageEffectPropRenderScale, kOfxImagePropBounds, kOfxImagePropData,
    kOfxImagePropPixelAspectRatio, kOfxImagePropRowBytes,
};

use super::image::{Defect, Image, OutputImage};
use super::props::{PropertySet, call};
use super::status::{Result, Status};
use super::suites::Suites;
use crate::geometry::{RectD, RectI};
use crate::kernels::Layout;

/// A clip of an instance: fetched once, at its creation.
#[derive(Clone, Copy)]
pub struct Clip {
    handle: OfxImageClipHandle,
    properties: OfxPropertySetHandle,
}

impl Clip {
    /// Looks a clip up by name.
    pub fn find(
        suites: &Suites,
        effect: OfxImageEffectHandle,
        name: &'static CStr,
    ) -> Result<Self> {
        let mut handle = core::ptr::null_mut();
        let mut properties = core::ptr::null_mut();
        call!(
            suites.effect,
            clipGetHandle(effect, name.as_ptr(), &mut handle, &mut properties)
        )?;
        if handle.is_null() {
            return Err(Status::BAD_HANDLE);
        }
        Ok(Self { handle, properties })
    }

    /// The clip's own properties.
    pub fn properties<'a>(&self, suites: &'a Suites) -> Result<PropertySet<'a>> {
        PropertySet::new(suites.property, self.properties)
    }

    /// Whether the artist has connected something. A host that does not say may have: then the
    /// clip's image tells.
    pub fn is_connected(&self, suites: &Suites) -> bool {
        let connected = self
            .properties(suites)
            .and_then(|properties| properties.int(kOfxImageClipPropConnected, 0));
        connected != Ok(0)
    }

    /// The clip's region of definition, in canonical coordinates.
    pub fn region(&self, suites: &Suites, time: f64) -> Result<RectD> {
        let mut rect = OfxRectD {
            x1: 0.0,
            y1: 0.0,
            x2: 0.0,
            y2: 0.0,
        };
        call!(
            suites.effect,
            clipGetRegionOfDefinition(self.handle, time, &mut rect)
        )?;
        Ok(RectD::new(rect.x1, rect.y1, rect.x2, rect.y2))
    }

    /// The clip's image, or as much of it as covers `region`. `None` where the host has none:
    /// it fails with `kOfxStatFailed`, or lends an image without properties or data.
    pub fn image<'a>(
        &self,
        suites: &'a Suites,
        time: f64,
        region: Option<&RectD>,
    ) -> Result<Option<HostImage<'a>>> {
        let region = region.map(|r| OfxRectD {
            x1: r.x1,
            y1: r.y1,
            x2: r.x2,
            y2: r.y2,
        });
        let region = region
            .as_ref()
            .map_or(core::ptr::null(), core::ptr::from_ref);
        let mut handle = core::ptr::null_mut();
        let get = suites
            .effect
            .clipGetImage
            .ok_or(Status::MISSING_HOST_FEATURE)?;
        // SAFETY: a clip handle of this host, a rectangle or NULL, and a place for the image.
        match unsafe { get(self.handle, time, region, &mut handle) } {
            ofx_sys::kOfxStatFailed => return Ok(None),
            code => Status::check(code)?,
        }
        if handle.is_null() {
            return Ok(None);
        }
        let mut image = HostImage {
            suites,
            handle,
            data: core::ptr::null_mut(),
        };
        image.data = match image.properties()?.pointer(kOfxImagePropData, 0) {
            Ok(data) if !data.is_null() => data,
            _ => return Ok(None),
        };
        Ok(Some(image))
    }
}

/// An image of the host; released when dropped.
pub struct HostImage<'a> {
    suites: &'a Suites,
    handle: OfxPropertySetHandle,
    data: *mut c_void,
}

/// Why an image cannot be rendered from or into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A property that every image has is missing.
    Property(&'static CStr),
    /// Its samples are not floats.
    Depth,
    /// Its components are none that the nodes declare.
    Components,
    /// Its memory cannot be lent as rows.
    Memory(Defect),
    /// The inputs or the output have other components.
    Mixed,
    /// A mask is one channel.
    Mask,
    /// It is, or shares bytes with, the output.
    Aliased,
}

impl Unfit {
    /// For a message to the user.
    pub fn text(self) -> String {
        match self {
            Self::Property(name) => format!("the host does not say its {}", name.to_string_lossy()),
            Self::Depth => "its samples are not 32-bit floats".to_owned(),
            Self::Components => "its components are none of RGBA, RGB, Alpha".to_owned(),
            Self::Memory(defect) => defect.text().to_owned(),
            Self::Mixed => "its components are not those of the other images".to_owned(),
            Self::Mask => "a mask has one channel, and this has more".to_owned(),
            Self::Aliased => "the host lends the output's own memory for it".to_owned(),
        }
    }
}

impl HostImage<'_> {
    fn properties(&self) -> Result<PropertySet<'_>> {
        PropertySet::new(self.suites.property, self.handle)
    }

    /// The scale that the image was made at; what the host does not say is that of the action.
    pub fn scale(&self) -> Option<(f64, f64)> {
        let scale = self.properties().ok()?.pair(kOfxImageEffectPropRenderScale);
        scale.ok().and_then(sound_scale)
    }

    /// Width of a pixel over its height; 1 where the host does not say.
    pub fn pixel_aspect(&self) -> f64 {
        self.properties()
            .and_then(|properties| properties.double(kOfxImagePropPixelAspectRatio, 0))
            .ok()
            .filter(|aspect| aspect.is_finite() && *aspect > 0.0)
            .unwrap_or(1.0)
    }

    /// The channels of a pixel.
    pub fn layout(&self) -> core::result::Result<Layout, Unfit> {
        let properties = self
            .properties()
            .map_err(|_| Unfit::Property(kOfxImageEffectPropComponents))?;
        // Depth is only declared as Float, so a host that does not repeat it sends Float.
        if let Ok(depth) = properties.string(kOfxImageEffectPropPixelDepth, 0)
            && depth != kOfxBitDepthFloat
        {
            return Err(Unfit::Depth);
        }
        let components = properties
            .string(kOfxImageEffectPropComponents, 0)
            .map_err(|_| Unfit::Property(kOfxImageEffectPropComponents))?;
        layout_of(components).ok_or(Unfit::Components)
    }

    fn frame(&self) -> core::result::Result<(RectI, isize, Layout), Unfit> {
        let layout = self.layout()?;
        let properties = self
            .properties()
            .map_err(|_| Unfit::Property(kOfxImagePropBounds))?;
        let bounds = properties
            .rect_i(kOfxImagePropBounds)
            .map_err(|_| Unfit::Property(kOfxImagePropBounds))?;
        let row_bytes = properties
            .int(kOfxImagePropRowBytes, 0)
            .map_err(|_| Unfit::Property(kOfxImagePropRowBytes))?;
        Ok((bounds, row_bytes as isize, layout))
    }

    /// Its rows, to read.
    pub fn input(&self) -> core::result::Result<Image<'_>, Unfit> {
        let (bounds, row_bytes, layout) = self.frame()?;
        // SAFETY: the host lent this memory with these bounds and row bytes until the image is
        // released, which the borrow of self delays; that no output lies there is checked before
        // a row is rendered.
        unsafe { Image::from_host(self.data.cast_const().cast(), row_bytes, bounds, layout) }
            .map_err(Unfit::Memory)
    }

    /// Its rows, to write.
    pub fn output(&mut self) -> core::result::Result<OutputImage<'_>, Unfit> {
        let (bounds, row_bytes, layout) = self.frame()?;
        // SAFETY: as above, and the mutable borrow makes these the only rows of this image; that
        // no input lies there is checked before a row is rendered.
        unsafe { OutputImage::from_host(self.data.cast(), row_bytes, bounds, layout) }
            .map_err(Unfit::Memory)
    }
}

impl Drop for HostImage<'_> {
    fn drop(&mut self) {
        if let Some(release) = self.suites.effect.clipReleaseImage {
            // SAFETY: the handle came from clipGetImage and is released once.
            let _ = unsafe { release(self.handle) };
        }
    }
}

/// A render scale, if it is one.
pub fn sound_scale((x, y): (f64, f64)) -> Option<(f64, f64)> {
    let sound = |scale: f64| scale > 0.0 && scale.is_finite();
    (sound(x) && sound(y)).then_some((x, y))
}

/// The layout of a component string.
pub fn layout_of(components: &CStr) -> Option<Layout> {
    if components == kOfxImageComponentRGBA {
        Some(Layout::Rgba)
    } else if components == kOfxImageComponentRGB {
        Some(Layout::Rgb)
    } else if components == kOfxImageComponentAlpha {
        Some(Layout::Alpha)
    } else {
        None
    }
}

/// The component string of a layout.
pub fn components_of(layout: Layout) -> &'static CStr {
    match layout {
        Layout::Rgba => kOfxImageComponentRGBA,
        Layout::Rgb => kOfxImageComponentRGB,
        Layout::Alpha => kOfxImageComponentAlpha,
    }
}
