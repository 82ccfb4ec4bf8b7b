//! Clips: descriptors, and the inputs and the output of instances.

use crate::effect::Effect;
use crate::pixel::{Components, Depth, Premultiplication};
use crate::props::PropertySet;
use crate::registry::{Id, register};
use crate::source::{Format, FrameSource};
use crate::tables;
use crate::text::Text;
use ofx_sys as ofx;
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// A clip. A descriptor's has no effect and is never connected.
pub(crate) struct Clip {
    id: Id,
    pub(crate) name: String,
    /// The properties by which an action tells the region and the frames that it needs.
    pub(crate) interest: Text,
    pub(crate) frames: Text,
    pub(crate) props: Arc<PropertySet>,
    effect: Weak<Effect>,
    source: RwLock<Option<Arc<dyn FrameSource>>>,
}

impl Clip {
    pub(crate) fn descriptor(name: &str) -> Arc<Self> {
        Self::new(name, tables::clip_descriptor(name).build(), Weak::new())
    }

    /// The clip of an instance.
    pub(crate) fn instance(descriptor: &Self, effect: &Arc<Effect>) -> Arc<Self> {
        let props = tables::clip_instance(&descriptor.props).build();
        Self::new(&descriptor.name, props, Arc::downgrade(effect))
    }

    fn new(name: &str, props: Arc<PropertySet>, effect: Weak<Effect>) -> Arc<Self> {
        register(|id| Self {
            id,
            name: name.into(),
            interest: tables::per_clip(tables::REGION_OF_INTEREST, name).into(),
            frames: tables::per_clip(tables::FRAME_RANGE, name).into(),
            props,
            effect,
            source: RwLock::default(),
        })
    }

    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) fn effect(&self) -> Option<Arc<Effect>> {
        self.effect.upgrade()
    }

    pub(crate) fn is_output(&self) -> bool {
        self.name.as_bytes() == ofx::kOfxImageEffectOutputClipName.to_bytes()
    }

    pub(crate) fn is_optional(&self) -> bool {
        self.props.flag(ofx::kOfxImageClipPropOptional)
    }

    pub(crate) fn is_mask(&self) -> bool {
        self.props.flag(ofx::kOfxImageClipPropIsMask)
    }

    /// The components it takes, of those this host has.
    pub(crate) fn supported(&self) -> Vec<Components> {
        let names = self
            .props
            .strings(ofx::kOfxImageEffectPropSupportedComponents);
        names
            .iter()
            .filter_map(|name| Components::from_ofx(name))
            .collect()
    }

    pub(crate) fn source(&self) -> Option<Arc<dyn FrameSource>> {
        self.source
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn connect(&self, source: Option<Arc<dyn FrameSource>>) {
        match &source {
            Some(source) => self.tell(&source.format()),
            None => self.untell(),
        }
        *self.source.write().unwrap_or_else(PoisonError::into_inner) = source;
    }

    /// Shows the plug-in what the source is like.
    fn tell(&self, format: &Format) {
        let props = &self.props;
        props.put(ofx::kOfxImageClipPropConnected, 1);
        props.put(ofx::kOfxImageClipPropUnmappedPixelDepth, format.depth.ofx());
        props.put(
            ofx::kOfxImageClipPropUnmappedComponents,
            format.components.ofx(),
        );
        props.put(
            ofx::kOfxImageEffectPropPreMultiplication,
            format.premultiplication.ofx(),
        );
        props.put(ofx::kOfxImagePropPixelAspectRatio, format.pixel_aspect);
        props.put(ofx::kOfxImageEffectPropFrameRate, format.frame_rate);
        props.put(ofx::kOfxImageEffectPropUnmappedFrameRate, format.frame_rate);
        props.put(ofx::kOfxImageEffectPropFrameRange, format.frame_range);
        props.put(
            ofx::kOfxImageEffectPropUnmappedFrameRange,
            format.frame_range,
        );
    }

    fn untell(&self) {
        self.props.put(ofx::kOfxImageClipPropConnected, 0);
        self.props.put(
            ofx::kOfxImageClipPropUnmappedPixelDepth,
            ofx::kOfxBitDepthNone,
        );
        self.props.put(
            ofx::kOfxImageClipPropUnmappedComponents,
            ofx::kOfxImageComponentNone,
        );
        self.props
            .put(ofx::kOfxImageEffectPropPixelDepth, ofx::kOfxBitDepthNone);
        self.props.put(
            ofx::kOfxImageEffectPropComponents,
            ofx::kOfxImageComponentNone,
        );
    }

    // What was agreed on in GetClipPreferences.

    pub(crate) fn agree(&self, components: Components, depth: Depth, pixel_aspect: f64) {
        self.props
            .put(ofx::kOfxImageEffectPropComponents, components.ofx());
        self.props
            .put(ofx::kOfxImageEffectPropPixelDepth, depth.ofx());
        self.props
            .put(ofx::kOfxImagePropPixelAspectRatio, pixel_aspect);
    }

    pub(crate) fn components(&self) -> Option<Components> {
        let name = self.props.first(ofx::kOfxImageEffectPropComponents)?;
        Components::from_ofx(&name)
    }

    pub(crate) fn depth(&self) -> Option<Depth> {
        let name = self.props.first(ofx::kOfxImageEffectPropPixelDepth)?;
        Depth::from_ofx(&name)
    }

    pub(crate) fn pixel_aspect(&self) -> f64 {
        let aspect = self.props.double(ofx::kOfxImagePropPixelAspectRatio);
        aspect
            .filter(|aspect| aspect.is_finite() && *aspect > 0.0)
            .unwrap_or(1.0)
    }

    pub(crate) fn premultiplication(&self) -> Premultiplication {
        let name = self.props.first(ofx::kOfxImageEffectPropPreMultiplication);
        name.and_then(|name| Premultiplication::from_ofx(&name))
            .unwrap_or_default()
    }
}
