//! Calls of a plug-in's main entry.

use super::environment::Environment;
use super::library::RawPlugin;
use crate::context::{self, Context, Place};
use crate::props::PropertySet;
use crate::side;
use crate::status::Status;
use std::ffi::CStr;
use std::sync::Arc;

/// Calls an action in its context. The thread's floating-point environment is as the host's options say, and as it was
/// when this returns.
pub(crate) fn call(
    plugin: &RawPlugin,
    context: &Arc<Context>,
    in_args: Option<&PropertySet>,
    out_args: Option<&PropertySet>,
) -> Status {
    let handle = context
        .effect
        .as_ref()
        .map_or(0, |effect| effect.id().raw());
    let _entered = context::enter(Place {
        context: context.clone(),
        worker: None,
    });
    let _environment = Environment::flushing(context.host.options.flush_to_zero);
    let _side = side::plugin();
    plugin.main_entry(
        Some(context.action),
        handle,
        [in_args, out_args].map(|set| set.map_or(0, |set| set.id().raw())),
    )
}

/// Calls the main entry with whatever handles.
pub(crate) fn poke(
    plugin: &RawPlugin,
    context: &Arc<Context>,
    action: Option<&CStr>,
    handle: usize,
    arguments: [usize; 2],
) -> Status {
    let _entered = context::enter(Place {
        context: context.clone(),
        worker: None,
    });
    let _environment = Environment::flushing(context.host.options.flush_to_zero);
    let _side = side::plugin();
    plugin.main_entry(action, handle, arguments)
}
