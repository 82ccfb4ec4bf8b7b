//! What the plug-in keeps for an instance.

use core::ffi::CStr;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use ofx_sys::{
    OfxImageEffectHandle, kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral,
    kOfxImageEffectPropContext, kOfxImageEffectPropFrameRange, kOfxImageEffectPropProjectOffset,
    kOfxImageEffectPropProjectSize, kOfxImageEffectSimpleSourceClipName,
    kOfxImagePropPixelAspectRatio, kOfxPropInstanceData,
};

use super::clip::Clip;
use super::complaint::Complaint;
use super::describe::{self, MASK_SWITCH};
use super::message::{self, Severity};
use super::param::{FileParam, Param, ParamReader, Switch, param_set};
use super::props::{PropertySet, call};
use super::status::{Result, Status};
use super::suites::Suites;
use crate::geometry::RectD;
use crate::node::{AnyNode, ClipDef, FileDef, MASK, Regions};
use crate::plate::{self, File};

/// Where an input comes from.
pub enum Input {
    /// A clip of the host.
    Clip(Clip),
    /// A file, in the Filter context.
    File(&'static FileDef, FileParam),
    /// Nowhere: what is no file in the Filter context, and not its one clip.
    Nowhere,
}

/// What a host uses a node as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    /// All clips.
    General,
    /// One clip, the others from files.
    Filter,
}

impl Context {
    /// As an effect or the arguments of DescribeInContext say; a host that says nothing has clips.
    /// Other contexts are none that the nodes have offered.
    pub fn of(properties: &PropertySet<'_>) -> Result<Self> {
        match properties.string(kOfxImageEffectPropContext, 0) {
            Ok(context) if context == kOfxImageEffectContextFilter => Ok(Self::Filter),
            Ok(context) if context != kOfxImageEffectContextGeneral => Err(Status::FAILED),
            _ => Ok(Self::General),
        }
    }
}

/// Handles of an instance, fetched at its creation and never changed, and the time of its
/// complaint: several renders may use them at once.
pub struct Instance {
    /// The host that made it.
    pub suites: &'static Suites,
    /// What it is an instance of.
    pub node: &'static dyn AnyNode,
    /// The host's handle.
    pub effect: OfxImageEffectHandle,
    /// What it is used as.
    pub context: Context,
    /// Where the inputs come from, in the order of the face.
    pub inputs: Vec<Input>,
    /// The mask.
    pub mask: Clip,
    /// The output.
    pub output: Clip,
    /// Parameters, in the order of their declarations.
    pub params: Vec<Param>,
    /// Whether the mask counts; none where the host tells connected clips from others.
    mask_switch: Option<Switch>,
    complaint: Complaint,
}

// SAFETY: the handles are addresses that only the host's functions look behind; nothing else in an
// instance is written after its creation but an atomic.
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
        let context = Context::of(&effect_properties(suites, effect)?)?;
        let face = node.face();
        let input = |(index, clip): (usize, &ClipDef)| match (context, face.filter.file(index)) {
            (Context::General, _) => find(clip.name).map(Input::Clip),
            (Context::Filter, Some(file)) => {
                FileParam::find(suites, set, file.name).map(|param| Input::File(file, param))
            }
            (Context::Filter, None) if index == face.filter.source => {
                find(kOfxImageEffectSimpleSourceClipName).map(Input::Clip)
            }
            (Context::Filter, None) => Ok(Input::Nowhere),
        };
        Ok(Self {
            suites,
            node,
            effect,
            context,
            inputs: (face.inputs.iter().enumerate())
                .map(input)
                .collect::<Result<_>>()?,
            mask: find(MASK.name)?,
            output: find(ofx_sys::kOfxImageEffectOutputClipName)?,
            params: node
                .params()
                .iter()
                .map(|def| Param::find(suites, set, def))
                .collect::<Result<_>>()?,
            mask_switch: describe::has_phantom_clips(suites)
                .then(|| Switch::find(suites, set, MASK_SWITCH))
                .transpose()?,
            complaint: Complaint::default(),
        })
    }

    /// Keeps the instance, under a number that the host keeps with the effect until
    /// [`Instance::take`].
    pub fn store(self) -> Result<()> {
        let (suites, effect) = (self.suites, self.effect);
        let properties = effect_properties(suites, effect)?;
        let old = number_of(&properties);
        let number = LIVE.insert(self);
        let data = core::ptr::without_provenance_mut(number);
        if let Err(status) = properties.set_pointer(kOfxPropInstanceData, data) {
            LIVE.remove(number);
            return Err(status);
        }
        // An effect that is created twice keeps the new instance. One that was copied from another,
        // properties and all, is no reason to take the other's.
        if let Some(old) = old
            && LIVE.get(old).is_some_and(|old| old.effect == effect)
        {
            LIVE.remove(old);
        }
        Ok(())
    }

    /// The instance of an effect; it lives as long as the action that asked, whatever the host does
    /// meanwhile.
    pub fn of(suites: &Suites, effect: OfxImageEffectHandle) -> Result<Arc<Self>> {
        let number = number_of(&effect_properties(suites, effect)?).ok_or(Status::BAD_HANDLE)?;
        LIVE.get(number).ok_or(Status::BAD_HANDLE)
    }

    /// Forgets the instance of an effect, if there is one.
    pub fn take(suites: &Suites, effect: OfxImageEffectHandle) {
        let Ok(properties) = effect_properties(suites, effect) else {
            return;
        };
        if let Some(number) = number_of(&properties) {
            LIVE.remove(number);
            // A host that keeps the number all the same keeps that of nothing.
            let _ = properties.set_pointer(kOfxPropInstanceData, core::ptr::null_mut());
        }
    }

    /// The parameter of that name.
    pub fn param(&self, name: &CStr) -> Option<&Param> {
        self.params.iter().find(|param| param.def().name == name)
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
    /// the clip were not connected, and so does a file that cannot be read: rendering tells.
    pub fn regions(&self, time: f64) -> Regions {
        let mut regions = Regions {
            project: self.project(),
            ..Regions::default()
        };
        if self.has_mask(time) == Ok(true) {
            regions.mask = self.mask.region(self.suites, time).ok();
        }
        for (slot, input) in regions.inputs.iter_mut().zip(&self.inputs) {
            *slot = match input {
                Input::Clip(clip) => self.clip_region(clip, time),
                Input::Nowhere => None,
                Input::File(def, param) => self.file(param, time).and_then(|file| {
                    let (origin, aspect) = (self.file_origin(time), self.pixel_aspect());
                    plate::region(file.path(), def.part(), origin, aspect).ok()
                }),
            };
        }
        regions
    }

    fn clip_region(&self, clip: &Clip, time: f64) -> Option<RectD> {
        if !clip.is_connected(self.suites) {
            return None;
        }
        clip.region(self.suites, time).ok()
    }

    /// Whether a mask is connected, and counts.
    pub fn has_mask(&self, time: f64) -> Result<bool> {
        if !self.mask.is_connected(self.suites) {
            return Ok(false);
        }
        match &self.mask_switch {
            Some(switch) => switch.is_on(self.suites, time),
            None => Ok(true),
        }
    }

    /// Shows on the node why the frame at `time` cannot be rendered.
    pub fn complain(&self, time: f64, text: &str) {
        message::persist(self.suites, self.effect, Severity::Error, text);
        self.complaint.stands(time);
    }

    /// Takes the complaint about the frame at `time` away: it has been rendered. One about another
    /// frame stays.
    pub fn relent(&self, time: f64) {
        if self.complaint.is_over(time) {
            message::clear(self.suites, self.effect);
        }
    }

    /// Takes any message away.
    pub fn silence(&self) {
        message::clear(self.suites, self.effect);
    }

    /// The input clips, in the order of the face.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> {
        self.inputs.iter().filter_map(|input| match input {
            Input::Clip(clip) => Some(clip),
            Input::File(..) | Input::Nowhere => None,
        })
    }

    /// Width of a pixel over its height, as the first connected clip says.
    pub fn pixel_aspect(&self) -> f64 {
        self.clips()
            .filter(|clip| clip.is_connected(self.suites))
            .find_map(|clip| {
                let set = clip.properties(self.suites).ok()?;
                set.double(kOfxImagePropPixelAspectRatio, 0).ok()
            })
            .filter(|aspect| aspect.is_finite() && *aspect > 0.0)
            .unwrap_or(1.0)
    }

    /// The file that a parameter names at a time; `None` where it names none.
    pub fn file(&self, param: &FileParam, time: f64) -> Option<Arc<File>> {
        let file = |name: &str| (!name.is_empty()).then(|| File::of(name, time.round() as i64));
        param.read(self.suites, time, file).ok()?
    }

    /// The pixel on which a file's lower left corner lies: that of the source's region.
    pub fn file_origin(&self, time: f64) -> (i32, i32) {
        let region = self.clips().find_map(|clip| self.clip_region(clip, time));
        let pixels = region
            .unwrap_or_else(|| self.project())
            .to_pixels((1.0, 1.0), self.pixel_aspect());
        (pixels.x1, pixels.y1)
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

    /// First and last frame, of the first connected input or else of the effect.
    pub fn frame_range(&self) -> Option<(f64, f64)> {
        let of = |properties: Result<PropertySet<'_>>| {
            properties.and_then(|properties| properties.pair(kOfxImageEffectPropFrameRange))
        };
        self.clips()
            .filter(|clip| clip.is_connected(self.suites))
            .find_map(|clip| of(clip.properties(self.suites)).ok())
            .or_else(|| of(self.properties()).ok())
            .filter(|(first, last)| first <= last)
    }
}

/// Instances by number. A host holds numbers, not addresses: one that it has copied, kept or made
/// up finds the instance it was given for, or nothing.
///
/// Every action looks here, on any thread, and none ever waits: the table is never changed, but
/// replaced by a copy that has one instance more or less. An instance that is destroyed while an
/// action runs on it lives as long as the action.
struct Live {
    instances: ArcSwapOption<HashMap<usize, Arc<Instance>>>,
    last: AtomicUsize,
}

static LIVE: Live = Live {
    instances: ArcSwapOption::const_empty(),
    last: AtomicUsize::new(0),
};

impl Live {
    /// Replaces the table by a changed copy, made anew if another thread was faster.
    fn change(&self, change: impl Fn(&mut HashMap<usize, Arc<Instance>>)) {
        self.instances.rcu(|old| {
            let mut new = old.as_deref().cloned().unwrap_or_default();
            change(&mut new);
            Some(Arc::new(new))
        });
    }

    fn insert(&self, instance: Instance) -> usize {
        // From 1 on; a number is never used again.
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let instance = Arc::new(instance);
        self.change(|map| {
            map.insert(number, instance.clone());
        });
        number
    }

    fn get(&self, number: usize) -> Option<Arc<Instance>> {
        self.instances.load().as_ref()?.get(&number).cloned()
    }

    fn remove(&self, number: usize) {
        self.change(|map| {
            map.remove(&number);
        });
    }
}

/// The number that the host keeps with an effect.
fn number_of(properties: &PropertySet<'_>) -> Option<usize> {
    let data = properties.pointer(kOfxPropInstanceData, 0).ok()?;
    Some(data.addr()).filter(|&number| number != 0)
}

/// The properties of an effect or a descriptor.
pub fn effect_properties(suites: &Suites, effect: OfxImageEffectHandle) -> Result<PropertySet<'_>> {
    let mut set = core::ptr::null_mut();
    call!(suites.effect, getPropertySet(effect, &mut set))?;
    PropertySet::new(suites.property, set)
}
