//! What the plug-in keeps for an instance.

use ofx_sys::{
    OfxImageEffectHandle, kOfxImageEffectPropFrameRange, kOfxImageEffectPropProjectOffset,
    kOfxImageEffectPropProjectSize, kOfxPropInstanceData,
};

use super::clip::Clip;
use super::param::{Param, ParamReader, param_set};
use super::props::{PropertySet, call};
use super::status::{Result, Status};
use super::suites::Suites;
use crate::geometry::RectD;
use crate::node::{AnyNode, MASK, Regions};

/// Handles of an instance, fetched at its creation and never changed: several renders may read
/// them at once.
pub struct Instance {
    /// The host that made it.
    pub suites: &'static Suites,
    /// What it is an instance of.
    pub node: &'static dyn AnyNode,
    /// The host's handle.
    pub effect: OfxImageEffectHandle,
    /// Input clips, in the order of the face.
    pub inputs: Vec<Clip>,
    /// The mask.
    pub mask: Clip,
    /// The output.
    pub output: Clip,
    /// Parameters, in the order of their declarations.
    pub params: Vec<Param>,
}

// SAFETY: the handles are addresses that only the host's functions look behind; nothing in an
// instance is written after its creation.
unsafe impl Send for Instance {}
// SAFETY: as above.
unsafe impl Sync for Instance {}

impl Instance {
    /// Looks all clips and parameters up.
    pub fn new(
        suites: &'static Suites,
        node: &'static dyn AnyNode,
        effect: OfxImageEffectHandle,
    ) -> Result<Self> {
        let set = param_set(suites, effect)?;
        let find = |name| Clip::find(suites, effect, name);
        Ok(Self {
            suites,
            node,
            effect,
            inputs: node
                .face()
                .inputs
                .iter()
                .map(|clip| find(clip.name))
                .collect::<Result<_>>()?,
            mask: find(MASK.name)?,
            output: find(ofx_sys::kOfxImageEffectOutputClipName)?,
            params: node
                .params()
                .iter()
                .map(|def| Param::find(suites, set, def))
                .collect::<Result<_>>()?,
        })
    }

    /// Hands the instance to the host, which keeps it until [`Instance::take`].
    pub fn store(self) -> Result<()> {
        let (suites, effect) = (self.suites, self.effect);
        let properties = effect_properties(suites, effect)?;
        // An instance that was created twice keeps the new handles and loses the old.
        drop(Self::take(suites, effect));
        let data = Box::into_raw(Box::new(self));
        let stored = properties.set_pointer(kOfxPropInstanceData, data.cast());
        if stored.is_err() {
            // SAFETY: the host did not take the pointer, so it is still the only one.
            drop(unsafe { Box::from_raw(data) });
        }
        stored
    }

    /// The instance behind an effect handle.
    pub fn of<'a>(suites: &Suites, effect: OfxImageEffectHandle) -> Result<&'a Self> {
        let data = effect_properties(suites, effect)?.pointer(kOfxPropInstanceData, 0)?;
        // SAFETY: the property belongs to the plug-in: it is NULL or what `store` put there, and
        // the host does not destroy an instance during an action on it.
        unsafe { data.cast_const().cast::<Self>().as_ref() }.ok_or(Status::BAD_HANDLE)
    }

    /// Takes the instance back from the host; `None` if there is none.
    pub fn take(suites: &Suites, effect: OfxImageEffectHandle) -> Option<Box<Self>> {
        let properties = effect_properties(suites, effect).ok()?;
        let data = properties.pointer(kOfxPropInstanceData, 0).ok()?;
        if data.is_null() {
            return None;
        }
        // If the host cannot forget the pointer it would be freed a second time: rather leak it.
        properties
            .set_pointer(kOfxPropInstanceData, core::ptr::null_mut())
            .ok()?;
        // SAFETY: what `store` put there, and now nobody else's.
        Some(unsafe { Box::from_raw(data.cast()) })
    }

    /// Reads the parameters at a time.
    pub fn reader(&self, time: f64) -> ParamReader<'_> {
        ParamReader::new(self.suites, &self.params, time)
    }

    /// The properties of the effect.
    pub fn properties(&self) -> Result<PropertySet<'_>> {
        effect_properties(self.suites, self.effect)
    }

    /// The regions of definition of what is connected. A host that does not say one counts as if
    /// the clip were not connected.
    pub fn regions(&self, time: f64) -> Regions {
        let region = |clip: &Clip| {
            clip.is_connected(self.suites)
                .then(|| clip.region(self.suites, time).ok())
                .flatten()
        };
        let mut regions = Regions {
            project: self.project(),
            mask: region(&self.mask),
            ..Regions::default()
        };
        for (slot, clip) in regions.inputs.iter_mut().zip(&self.inputs) {
            *slot = region(clip);
        }
        regions
    }

    /// The project's frame, in canonical coordinates.
    fn project(&self) -> RectD {
        let rect = || {
            let properties = self.properties()?;
            let (x, y) = properties
                .pair(kOfxImageEffectPropProjectOffset)
                .unwrap_or((0.0, 0.0));
            let (width, height) = properties.pair(kOfxImageEffectPropProjectSize)?;
            Ok::<_, Status>(RectD::new(x, y, x + width, y + height))
        };
        rect().unwrap_or_default()
    }

    /// First and last frame, of the effect or else of the first input.
    pub fn frame_range(&self) -> Option<(f64, f64)> {
        let of = |properties: Result<PropertySet<'_>>| {
            properties.and_then(|properties| properties.pair(kOfxImageEffectPropFrameRange))
        };
        self.inputs
            .iter()
            .find_map(|clip| of(clip.properties(self.suites)).ok())
            .or_else(|| of(self.properties()).ok())
            .filter(|(first, last)| first <= last)
    }
}

/// The properties of an effect or a descriptor.
pub fn effect_properties(suites: &Suites, effect: OfxImageEffectHandle) -> Result<PropertySet<'_>> {
    let mut set = core::ptr::null_mut();
    call!(suites.effect, getPropertySet(effect, &mut set))?;
    PropertySet::new(suites.property, set)
}
