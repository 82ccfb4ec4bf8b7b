//! The three exports, and the way from an action to its answer.
//!
//! A C function pointer carries no data, so each node of [`crate::NODES`] gets a slot with a main
//! entry of its own: `main_entry::<I>` serves `NODES[I]`.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use std::sync::OnceLock;

use ofx_sys::*;

use super::actions;
use super::describe::{self, VERSION};
use super::guard::{contained, guard};
use super::instance::{Context, Instance};
use super::message::{Severity, show};
use super::props::PropertySet;
use super::status::{Reply, Result, Status};
use super::suites::Suites;
use crate::NODES;
use crate::node::AnyNode;

/// How many nodes the table has room for.
const SLOTS: usize = 8;
const _: () = assert!(NODES.len() <= SLOTS, "raise SLOTS and the list in `table`");

/// What a plug-in of the bundle knows between actions.
struct Slot {
    /// As `setHost` left it; may change before each Load.
    host: AtomicPtr<OfxHost>,
    /// As the last Load found them; never freed.
    suites: AtomicPtr<Suites>,
}

static STATE: [Slot; SLOTS] = [const {
    Slot {
        host: AtomicPtr::new(null_mut()),
        suites: AtomicPtr::new(null_mut()),
    }
}; SLOTS];

impl Slot {
    fn load(&self) -> Result<Reply> {
        let host = self.host.load(Ordering::Acquire);
        // SAFETY: the pointer is what the host gave to `setHost`, and a host stays in place while
        // it sends actions.
        let suites = unsafe { Suites::intern(host) };
        // After a Load that failed there are none: those of an earlier host know nothing of this
        // one's handles.
        let known = suites.map_or(null_mut(), |suites| core::ptr::from_ref(suites).cast_mut());
        self.suites.store(known, Ordering::Release);
        suites.map(|_| Reply::Ok)
    }

    fn suites(&self) -> Option<&'static Suites> {
        // SAFETY: NULL, or what `Suites::intern` keeps for the life of the process.
        unsafe { self.suites.load(Ordering::Acquire).cast_const().as_ref() }
    }
}

unsafe extern "C" fn set_host<const I: usize>(host: *mut OfxHost) {
    STATE[I].host.store(host, Ordering::Release);
}

unsafe extern "C" fn main_entry<const I: usize>(
    action: *const c_char,
    handle: *const c_void,
    in_args: OfxPropertySetHandle,
    out_args: OfxPropertySetHandle,
) -> OfxStatus {
    let slot = &STATE[I];
    let effect: OfxImageEffectHandle = handle.cast_mut().cast();
    guard(
        || {
            if action.is_null() {
                return Err(Status::BAD_HANDLE);
            }
            // SAFETY: not NULL, and by the ABI a C string.
            let action = unsafe { CStr::from_ptr(action) };
            let node = *NODES.get(I).ok_or(Status::UNKNOWN)?;
            if action == kOfxActionLoad {
                return slot.load();
            }
            if action == kOfxActionUnload {
                return Ok(Reply::Ok);
            }
            let suites = slot.suites().ok_or(Status::FAILED)?;
            if effect.is_null() {
                return Err(Status::BAD_HANDLE);
            }
            dispatch(suites, node, action, effect, in_args, out_args)
        },
        |panic| {
            if let Some(suites) = slot.suites() {
                let text = format!("Deltaplate has a defect and gave up: {panic}");
                show(suites, effect, Severity::Error, &text);
            }
        },
    )
}

fn dispatch(
    suites: &'static Suites,
    node: &'static dyn AnyNode,
    action: &CStr,
    effect: OfxImageEffectHandle,
    in_args: OfxPropertySetHandle,
    out_args: OfxPropertySetHandle,
) -> Result<Reply> {
    let input = || PropertySet::new(suites.property, in_args);
    let answer = || PropertySet::new(suites.property, out_args);
    let instance = || Instance::of(suites, effect);
    // Load, CreateInstance and DestroyInstance answer OK, never the default: some hosts take
    // anything else for a refusal.
    if action == kOfxImageEffectActionRender {
        actions::render(&*instance()?, &input()?)
    } else if action == kOfxImageEffectActionIsIdentity {
        actions::identity(&*instance()?, &input()?, &answer()?)
    } else if action == kOfxImageEffectActionGetRegionOfDefinition {
        actions::region_of_definition(&*instance()?, &input()?, &answer()?)
    } else if action == kOfxImageEffectActionGetClipPreferences {
        actions::clip_preferences(&*instance()?, &answer()?)
    } else if action == kOfxImageEffectActionGetOutputColourspace {
        actions::output_colourspace(&*instance()?, &answer()?)
    } else if action == kOfxActionInstanceChanged {
        actions::instance_changed(&*instance()?, &input()?)
    } else if action == kOfxImageEffectActionGetRegionsOfInterest {
        actions::regions_of_interest(&*instance()?, &input()?, &answer()?)
    } else if action == kOfxImageEffectActionGetFramesNeeded {
        actions::frames_needed(&*instance()?, &input()?, &answer()?)
    } else if action == kOfxActionPurgeCaches {
        node.purge();
        Ok(Reply::Ok)
    } else if action == kOfxActionCreateInstance {
        let instance = Instance::new(suites, node, effect)?;
        actions::update_enabled(&instance, 0.0)?;
        instance.store()?;
        Ok(Reply::Ok)
    } else if action == kOfxActionDestroyInstance {
        Instance::take(suites, effect);
        Ok(Reply::Ok)
    } else if action == kOfxActionDescribe {
        describe::describe(suites, node, effect)
    } else if action == kOfxImageEffectActionDescribeInContext {
        describe::describe_in_context(suites, node, effect, Context::of(&input()?)?)
    } else {
        Ok(Reply::Default)
    }
}

/// The array that hosts keep pointers into.
struct Table([OfxPlugin; SLOTS]);

// SAFETY: the pointers in it are to static strings and functions.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    fn plugin<const I: usize>() -> OfxPlugin {
        let id = NODES.get(I).map_or(c"", |node| node.face().identity.id);
        OfxPlugin {
            pluginApi: kOfxImageEffectPluginApi.as_ptr(),
            apiVersion: kOfxImageEffectPluginApiVersion,
            pluginIdentifier: id.as_ptr(),
            pluginVersionMajor: VERSION[0],
            pluginVersionMinor: VERSION[1],
            setHost: Some(set_host::<I>),
            mainEntry: Some(main_entry::<I>),
        }
    }
    TABLE.get_or_init(|| {
        Table([
            plugin::<0>(),
            plugin::<1>(),
            plugin::<2>(),
            plugin::<3>(),
            plugin::<4>(),
            plugin::<5>(),
            plugin::<6>(),
            plugin::<7>(),
        ])
    })
}

/// How many plug-ins the bundle holds.
#[unsafe(no_mangle)]
pub extern "C" fn OfxGetNumberOfPlugins() -> c_int {
    NODES.len() as c_int
}

/// The plug-in of that number, the same pointer each time; NULL for numbers that there are none
/// of.
#[unsafe(no_mangle)]
pub extern "C" fn OfxGetPlugin(number: c_int) -> *mut OfxPlugin {
    let find = || {
        let index = usize::try_from(number).ok()?;
        table().0[..NODES.len()].get(index)
    };
    match contained(find) {
        Ok(Some(plugin)) => core::ptr::from_ref(plugin).cast_mut(),
        _ => null_mut(),
    }
}

/// Called before the plug-ins are looked at by hosts that know it. All hosts are welcome; what a
/// plug-in cannot do without is checked at its Load.
#[unsafe(no_mangle)]
pub extern "C" fn OfxSetHost(_host: *const OfxHost) -> OfxStatus {
    kOfxStatOK
}
