//! What a plug-in does to its parameters through the parameter suite.

use crate::context;
use crate::param::Param;
use crate::status::Status;

/// The time of a value that is asked for without one: that of the call the thread is in.
pub(crate) fn current_time() -> f64 {
    let time = context::with(|place| place.context.time);
    time.flatten().unwrap_or(0.0)
}

/// Changes a parameter, where the plug-in may: never while it renders, when other renders read the parameter.
pub(crate) fn by_plugin(
    param: &Param,
    change: impl FnOnce(&Param) -> Result<(), Status>,
) -> Result<(), Status> {
    if let Some(place) = context::current()
        && place.context.render.is_some()
    {
        place.context.host.note_violation(format!(
            "parameter {} was changed in {}",
            param.name,
            place.context.action.to_string_lossy()
        ));
        return Err(Status::FAILED);
    }
    change(param)?;
    if let Some(set) = param.set() {
        set.note_change(&param.name);
    }
    Ok(())
}

/// Copies value and keys of another parameter of the same kind, those in `range` only, moved by `offset`.
pub(crate) fn copy(
    to: &Param,
    from: &Param,
    offset: f64,
    range: Option<[f64; 2]>,
) -> Result<(), Status> {
    if to.kind != from.kind {
        return Err(Status::ERR_VALUE);
    }
    let curve = from.read(Clone::clone)?;
    to.write(|target| {
        if !curve.is_keyed() {
            target.clear();
            target.set(curve.at(0.0).into_owned());
            return Ok(());
        }
        let inside = |time: f64| range.is_none_or(|[min, max]| time >= min && time <= max);
        if range.is_none() {
            target.clear();
        }
        for (time, value) in curve.keys().iter().filter(|(time, _)| inside(*time)) {
            target.key(time + offset, value.clone())?;
        }
        Ok(())
    })
}
