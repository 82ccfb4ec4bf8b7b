//! Calls of actions, and what their answers mean.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::entry;
use crate::ffi::library::RawPlugin;
use crate::observer::ActionCall;
use crate::props::PropertySet;
use crate::status::Status;
use std::ffi::CStr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// Calls an action of the plug-in or node `who`. The answer is OK or ReplyDefault; anything else is an error, and so is
/// an input that could not be read, whatever the plug-in made of that.
pub(crate) fn run(
    plugin: &RawPlugin,
    who: &str,
    mut context: Context,
    in_args: Option<&PropertySet>,
    out_args: Option<&PropertySet>,
) -> Result<Status> {
    if let Some(args) = in_args {
        for (name, values) in &context.host.options.faults.arguments {
            args.put(name, values.clone());
        }
    }
    let observer = context.host.options.observer.clone();
    context.observed = observer.as_ref().map(|_| {
        let effect = context.effect.as_ref().map(|effect| &*effect.props);
        ActionCall::new(who, context.action, [in_args, effect])
    });
    let context = Arc::new(context);
    let observed = observer.as_deref().zip(context.observed.as_ref());
    if let Some((observer, call)) = observed {
        observer.begins(call);
    }
    let status = entry::call(plugin, &context, in_args, out_args);
    if let Some((observer, call)) = observed {
        observer.ends(call, status);
    }
    if let Some(function) = *context
        .panicked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
    {
        return Err(Error::Panic {
            plugin: who.into(),
            action: short(context.action),
            function,
        });
    }
    let mut failures = context
        .failures
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if !failures.is_empty() {
        let (clip, source) = failures.swap_remove(0);
        return Err(Error::Source {
            plugin: who.into(),
            clip,
            source,
        });
    }
    // However it ended, it may not be what was asked for.
    if context.aborted.load(Ordering::Relaxed) {
        return Err(Error::Aborted { plugin: who.into() });
    }
    if matches!(status, Status::OK | Status::REPLY_DEFAULT) {
        return Ok(status);
    }
    let posted = context
        .posted
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let message = (!posted.is_empty()).then(|| posted.join("; "));
    Err(Error::Action {
        plugin: who.into(),
        action: short(context.action),
        status,
        message,
    })
}

/// An action's name without its prefix.
pub(crate) fn short(action: &CStr) -> String {
    let name = action.to_string_lossy();
    let stripped = name
        .strip_prefix("OfxImageEffectAction")
        .or_else(|| name.strip_prefix("OfxAction"));
    stripped.unwrap_or(&name).into()
}
