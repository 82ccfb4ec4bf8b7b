//! The plug-ins of the bundle.

use super::{abuse, checks, ends, faults, invert, sdk};
use ofx_sys::*;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering;

/// Which rule a plug-in breaks.
#[derive(Clone, Copy, PartialEq)]
pub enum Rule {
    /// None; samples of this depth.
    Honest {
        depth: &'static CStr,
        safety: &'static CStr,
    },
    /// The action answers the status, after a message.
    Fail {
        action: &'static CStr,
        status: OfxStatus,
    },
    /// An answer or a deed that makes no sense.
    Fault(faults::Fault),
    /// None: every suite is called rightly, in CreateInstance, and the answers checked.
    Checks,
    /// The action ends the process, or never ends itself.
    End(ends::End, &'static CStr),
    /// The suites are called wrongly in every way, in CreateInstance, and the answers checked.
    Abuse,
    /// The structure is NULL.
    NoStructure,
    /// The structure lacks something, or has garbage in it.
    Identifier(*const c_char),
    /// Another API.
    Api(&'static CStr, c_int),
    /// No main entry.
    NoEntry,
}

const FULLY: &CStr = kOfxImageEffectRenderFullySafe;

const fn fail(action: &'static CStr, status: OfxStatus) -> Rule {
    Rule::Fail { action, status }
}

/// Ids and rules.
pub const PLUGINS: [(&CStr, Rule); 61] = [
    (
        c"test.invert",
        Rule::Honest {
            depth: kOfxBitDepthFloat,
            safety: FULLY,
        },
    ),
    (
        c"test.invert.byte",
        Rule::Honest {
            depth: kOfxBitDepthByte,
            safety: FULLY,
        },
    ),
    (
        c"test.invert.short",
        Rule::Honest {
            depth: kOfxBitDepthShort,
            safety: FULLY,
        },
    ),
    (
        c"test.invert.unsafe",
        Rule::Honest {
            depth: kOfxBitDepthFloat,
            safety: kOfxImageEffectRenderUnsafe,
        },
    ),
    (
        c"test.invert.instance",
        Rule::Honest {
            depth: kOfxBitDepthFloat,
            safety: kOfxImageEffectRenderInstanceSafe,
        },
    ),
    (
        c"test.depthless",
        Rule::Honest {
            depth: c"OfxBitDepthDouble",
            safety: FULLY,
        },
    ),
    (
        c"test.fail.load",
        fail(kOfxActionLoad, kOfxStatErrMissingHostFeature),
    ),
    (
        c"test.fail.describe",
        fail(kOfxActionDescribe, kOfxStatErrMemory),
    ),
    (
        c"test.fail.context",
        fail(kOfxImageEffectActionDescribeInContext, kOfxStatFailed),
    ),
    (
        c"test.fail.create",
        fail(kOfxActionCreateInstance, kOfxStatErrFatal),
    ),
    (
        c"test.fail.destroy",
        fail(kOfxActionDestroyInstance, kOfxStatFailed),
    ),
    (c"test.fail.unload", fail(kOfxActionUnload, kOfxStatFailed)),
    (
        c"test.fail.changed",
        fail(kOfxActionInstanceChanged, kOfxStatErrValue),
    ),
    (
        c"test.fail.preferences",
        fail(
            kOfxImageEffectActionGetClipPreferences,
            kOfxStatErrUnsupported,
        ),
    ),
    (
        c"test.fail.region",
        fail(kOfxImageEffectActionGetRegionOfDefinition, kOfxStatFailed),
    ),
    (
        c"test.fail.identity",
        fail(kOfxImageEffectActionIsIdentity, kOfxStatFailed),
    ),
    (
        c"test.fail.interest",
        fail(kOfxImageEffectActionGetRegionsOfInterest, kOfxStatFailed),
    ),
    (
        c"test.fail.frames",
        fail(kOfxImageEffectActionGetFramesNeeded, kOfxStatFailed),
    ),
    (
        c"test.fail.begin",
        fail(kOfxImageEffectActionBeginSequenceRender, kOfxStatFailed),
    ),
    (
        c"test.fail.render",
        fail(kOfxImageEffectActionRender, kOfxStatErrImageFormat),
    ),
    (
        c"test.fail.end",
        fail(kOfxImageEffectActionEndSequenceRender, 4711),
    ),
    (c"test.fault.clipless", Rule::Fault(faults::Fault::NoClips)),
    (
        c"test.fault.components",
        Rule::Fault(faults::Fault::BadComponents),
    ),
    (
        c"test.fault.region",
        Rule::Fault(faults::Fault::RegionWithoutNumbers),
    ),
    (
        c"test.fault.identity",
        Rule::Fault(faults::Fault::IdentityOfNothing),
    ),
    (c"test.fault.frames", Rule::Fault(faults::Fault::OddFrames)),
    (
        c"test.fault.stray",
        Rule::Fault(faults::Fault::WriteBesideOutput),
    ),
    (
        c"test.fault.window",
        Rule::Fault(faults::Fault::WriteOutsideWindow),
    ),
    (
        c"test.fault.input",
        Rule::Fault(faults::Fault::WriteIntoInput),
    ),
    (c"test.fault.leak", Rule::Fault(faults::Fault::Leak)),
    (c"test.fault.set", Rule::Fault(faults::Fault::SetInRender)),
    (
        c"test.fault.denormal",
        Rule::Fault(faults::Fault::Denormals),
    ),
    (
        c"test.fault.unannounced",
        Rule::Fault(faults::Fault::UnannouncedFrame),
    ),
    (c"test.checks", Rule::Checks),
    (c"test.abuse", Rule::Abuse),
    (c"test.api", Rule::Api(c"OfxOtherAPI", 1)),
    (c"test.version", Rule::Api(kOfxImageEffectPluginApi, 9)),
    (c"test.fault.restless", Rule::Fault(faults::Fault::Restless)),
    (c"test.fault.tiles", Rule::Fault(faults::Fault::TileBound)),
    (c"test.fault.fickle", Rule::Fault(faults::Fault::Fickle)),
    (
        c"test.default.load",
        fail(kOfxActionLoad, kOfxStatReplyDefault),
    ),
    (
        c"test.default.render",
        fail(kOfxImageEffectActionRender, kOfxStatReplyDefault),
    ),
    (
        c"test.reply.purge",
        fail(kOfxActionPurgeCaches, kOfxStatReplyYes),
    ),
    (
        c"test.abort.load",
        Rule::End(ends::End::Abort, kOfxActionLoad),
    ),
    (
        c"test.abort.describe",
        Rule::End(ends::End::Abort, kOfxActionDescribe),
    ),
    (
        c"test.abort.create",
        Rule::End(ends::End::Abort, kOfxActionCreateInstance),
    ),
    (
        c"test.abort.render",
        Rule::End(ends::End::Abort, kOfxImageEffectActionRender),
    ),
    (
        c"test.segfault.load",
        Rule::End(ends::End::Fault, kOfxActionLoad),
    ),
    (
        c"test.segfault.describe",
        Rule::End(ends::End::Fault, kOfxActionDescribe),
    ),
    (
        c"test.segfault.create",
        Rule::End(ends::End::Fault, kOfxActionCreateInstance),
    ),
    (
        c"test.segfault.render",
        Rule::End(ends::End::Fault, kOfxImageEffectActionRender),
    ),
    (
        c"test.exit.load",
        Rule::End(ends::End::Exit, kOfxActionLoad),
    ),
    (
        c"test.exit.describe",
        Rule::End(ends::End::Exit, kOfxActionDescribe),
    ),
    (
        c"test.exit.create",
        Rule::End(ends::End::Exit, kOfxActionCreateInstance),
    ),
    (
        c"test.exit.render",
        Rule::End(ends::End::Exit, kOfxImageEffectActionRender),
    ),
    (
        c"test.hang.load",
        Rule::End(ends::End::Hang, kOfxActionLoad),
    ),
    (
        c"test.hang.describe",
        Rule::End(ends::End::Hang, kOfxActionDescribe),
    ),
    (
        c"test.hang.create",
        Rule::End(ends::End::Hang, kOfxActionCreateInstance),
    ),
    (
        c"test.hang.render",
        Rule::End(ends::End::Hang, kOfxImageEffectActionRender),
    ),
    (
        c"test.wait.render",
        Rule::End(ends::End::Wait, kOfxImageEffectActionRender),
    ),
    (
        c"test.later.render",
        Rule::End(ends::End::AbortLater, kOfxImageEffectActionRender),
    ),
];

/// Structures that are no plug-ins, behind the others.
const BROKEN: [Rule; 4] = [
    Rule::NoStructure,
    Rule::Identifier(null()),
    Rule::Identifier(c"\xff\xfe".as_ptr()),
    Rule::NoEntry,
];

struct Structures([OfxPlugin; PLUGINS.len() + BROKEN.len()]);

unsafe impl Sync for Structures {}

static STRUCTURES: Structures = {
    const TEMPLATE: OfxPlugin = OfxPlugin {
        pluginApi: kOfxImageEffectPluginApi.as_ptr(),
        apiVersion: 1,
        pluginIdentifier: c"test.broken".as_ptr(),
        pluginVersionMajor: 1,
        pluginVersionMinor: 2,
        setHost: Some(set_host),
        mainEntry: None,
    };
    let mut structures = [TEMPLATE; PLUGINS.len() + BROKEN.len()];
    let mut i = 0;
    while i < PLUGINS.len() {
        structures[i].pluginIdentifier = PLUGINS[i].0.as_ptr();
        structures[i].mainEntry = Some(ENTRIES[i]);
        if let Rule::Api(api, version) = PLUGINS[i].1 {
            structures[i].pluginApi = api.as_ptr();
            structures[i].apiVersion = version;
        }
        i += 1;
    }
    while i < structures.len() {
        if let Rule::Identifier(id) = BROKEN[i - PLUGINS.len()] {
            structures[i].pluginIdentifier = id;
            structures[i].mainEntry = Some(ENTRIES[0]);
        }
        i += 1;
    }
    Structures(structures)
};

type Entry = unsafe extern "C" fn(
    *const c_char,
    *const c_void,
    OfxPropertySetHandle,
    OfxPropertySetHandle,
) -> c_int;

macro_rules! entries {
    ($($n:literal)*) => {
        /// One main entry per plug-in.
        const ENTRIES: [Entry; PLUGINS.len()] = [$(entry::<$n>),*];
    };
}

entries!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
    40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60);

unsafe extern "C" fn set_host(host: *mut OfxHost) {
    sdk::HOST.store(host, Ordering::Release);
}

unsafe extern "C" fn entry<const N: usize>(
    action: *const c_char,
    handle: *const c_void,
    in_args: OfxPropertySetHandle,
    out_args: OfxPropertySetHandle,
) -> OfxStatus {
    let action = unsafe { CStr::from_ptr(action) };
    let effect = handle.cast_mut().cast();
    let (in_args, out_args) = (sdk::Props(in_args), sdk::Props(out_args));
    let honest = |depth, safety| unsafe {
        invert::main_entry(depth, safety, action, effect, in_args, out_args)
    };
    match PLUGINS[N].1 {
        Rule::Honest { depth, safety } => honest(depth, safety),
        Rule::Fail {
            action: failing,
            status,
        } if action == failing => {
            if !effect.is_null() {
                sdk::post(effect, kOfxMessageError, c"because I want to, at 100 %");
            }
            status
        }
        Rule::Fault(fault) => {
            let answer = unsafe { faults::answer(fault, action, effect, in_args, out_args) };
            let safety = match fault {
                faults::Fault::UnannouncedFrame => kOfxImageEffectRenderUnsafe,
                _ => FULLY,
            };
            answer.unwrap_or_else(|| honest(kOfxBitDepthFloat, safety))
        }
        Rule::End(how, ending) if action == ending => ends::end(how, effect),
        Rule::Checks if action == kOfxActionCreateInstance => checks::check(effect),
        Rule::Abuse if action == kOfxActionCreateInstance => abuse::abuse(effect),
        _ => honest(kOfxBitDepthFloat, FULLY),
    }
}

/// The export of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn OfxGetNumberOfPlugins() -> c_int {
    STRUCTURES.0.len() as c_int
}

/// The export of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn OfxGetPlugin(nth: c_int) -> *mut OfxPlugin {
    let nth = nth as usize;
    if nth >= STRUCTURES.0.len() || nth == PLUGINS.len() {
        return null_mut();
    }
    (&raw const STRUCTURES.0[nth]).cast_mut()
}
