//! What pixels are made of: components, types of samples, and the meaning of alpha.

use serde::{Deserialize, Serialize};
use std::ffi::CStr;

/// The components of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Components {
    /// Coverage alone.
    Alpha,
    /// Colour alone.
    Rgb,
    /// Colour and coverage.
    Rgba,
}

impl Components {
    /// All of them, the preferred one first.
    pub const ALL: [Self; 3] = [Self::Rgba, Self::Rgb, Self::Alpha];

    /// Samples in a pixel.
    pub fn count(self) -> usize {
        match self {
            Self::Alpha => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// OpenFX's name.
    pub fn ofx(self) -> &'static CStr {
        match self {
            Self::Alpha => ofx_sys::kOfxImageComponentAlpha,
            Self::Rgb => ofx_sys::kOfxImageComponentRGB,
            Self::Rgba => ofx_sys::kOfxImageComponentRGBA,
        }
    }

    /// The components of that OpenFX name.
    pub fn from_ofx(name: &CStr) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.ofx() == name)
    }
}

/// The type of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// 8 bits, 255 is white.
    Byte,
    /// 16 bits, 65535 is white.
    Short,
    /// IEEE half.
    Half,
    /// IEEE single.
    Float,
}

impl Depth {
    /// All of them, the preferred one first.
    pub const ALL: [Self; 4] = [Self::Float, Self::Half, Self::Short, Self::Byte];

    /// Bytes in a sample.
    pub fn bytes(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Short | Self::Half => 2,
            Self::Float => 4,
        }
    }

    /// OpenFX's name.
    pub fn ofx(self) -> &'static CStr {
        match self {
            Self::Byte => ofx_sys::kOfxBitDepthByte,
            Self::Short => ofx_sys::kOfxBitDepthShort,
            Self::Half => ofx_sys::kOfxBitDepthHalf,
            Self::Float => ofx_sys::kOfxBitDepthFloat,
        }
    }

    /// The depth of that OpenFX name.
    pub fn from_ofx(name: &CStr) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.ofx() == name)
    }
}

/// What alpha means for the colours beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Premultiplication {
    /// Alpha is 1 everywhere.
    Opaque,
    /// Colours are multiplied by alpha.
    #[default]
    Premultiplied,
    /// Colours are not multiplied.
    Unpremultiplied,
}

impl Premultiplication {
    /// OpenFX's name.
    pub fn ofx(self) -> &'static CStr {
        match self {
            Self::Opaque => ofx_sys::kOfxImageOpaque,
            Self::Premultiplied => ofx_sys::kOfxImagePreMultiplied,
            Self::Unpremultiplied => ofx_sys::kOfxImageUnPreMultiplied,
        }
    }

    /// The state of that OpenFX name.
    pub fn from_ofx(name: &CStr) -> Option<Self> {
        [Self::Opaque, Self::Premultiplied, Self::Unpremultiplied]
            .into_iter()
            .find(|p| p.ofx() == name)
    }
}
