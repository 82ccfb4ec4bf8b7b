//! What a user does with an instance: connects clips, sets and keys parameters, presses buttons.

use super::{Instance, check_scale};
use crate::clip::Clip;
use crate::descriptor::ParamDescriptor;
use crate::error::{Error, Result};
use crate::geometry::Scale;
use crate::param::Param;
use crate::source::FrameSource;
use crate::status::Status;
use crate::tables;
use crate::value::{ParamKind, Stored, Value};
use crate::values::Numbers;
use ofx_sys as ofx;
use std::ffi::CStr;
use std::sync::Arc;

/// What a plug-in's answers to its own changes may change in turn, so often at most.
const MOST_ROUNDS: usize = 8;

impl Instance {
    /// Connects a source to an input.
    ///
    /// # Errors
    /// When there is no such input, or the plug-in fails to notice.
    pub fn connect(&mut self, clip: &str, source: Arc<dyn FrameSource>) -> Result<()> {
        self.reconnect(clip, Some(source))
    }

    /// Leaves an input without a source.
    ///
    /// # Errors
    /// As [`Instance::connect`].
    pub fn disconnect(&mut self, clip: &str) -> Result<()> {
        self.reconnect(clip, None)
    }

    fn reconnect(&mut self, name: &str, source: Option<Arc<dyn FrameSource>>) -> Result<()> {
        let clip = self.input(name)?;
        let source = source.map_or_else(|| self.effect.nothing(), |source| Ok(Some(source)))?;
        clip.connect(source);
        self.forget_preferences();
        let time = self.effect.frame_range()[0];
        self.notify(&[(ofx::kOfxTypeClip, name.into())], time, Scale::ONE)
    }

    fn input(&self, name: &str) -> Result<Arc<Clip>> {
        let found = self.inputs.iter().find(|clip| clip.name == name);
        found.cloned().ok_or_else(|| Error::NoSuchClip {
            plugin: self.name(),
            clip: name.into(),
            known: self.inputs.iter().map(|clip| clip.name.clone()).collect(),
        })
    }

    /// Sets a parameter; where it has keys, the one at the first frame of the project.
    ///
    /// # Errors
    /// When there is no such parameter, it cannot take the value, or the plug-in fails to notice.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<()> {
        self.change(name, &value.into(), None, true)
    }

    /// Sets a parameter without regard to its range: what no panel lets a user do, but a script may.
    ///
    /// # Errors
    /// As [`Instance::set`], but for the range.
    pub fn set_unchecked(&mut self, name: &str, value: impl Into<Value>) -> Result<()> {
        self.change(name, &value.into(), None, false)
    }

    /// Sets a key of a parameter.
    ///
    /// # Errors
    /// As [`Instance::set`], and when it has no keys.
    pub fn key(&mut self, name: &str, time: f64, value: impl Into<Value>) -> Result<()> {
        self.change(name, &value.into(), Some(time), true)
    }

    fn change(
        &mut self,
        name: &str,
        value: &Value,
        key: Option<f64>,
        in_range: bool,
    ) -> Result<()> {
        let param = self.find_param(name)?;
        let bad = |reason: String| Error::Param {
            plugin: self.name(),
            param: name.into(),
            reason,
        };
        let stored = Stored::from_value(param.kind, value, &param.options()).map_err(bad)?;
        if in_range {
            check_range(&param, &stored).map_err(bad)?;
        }
        let time = key.unwrap_or(self.effect.frame_range()[0]);
        let done = match key {
            Some(_) if !param.animates() => return Err(bad("it cannot have keys".into())),
            Some(_) => param.key_at(time, stored),
            None => param.set_at(time, stored),
        };
        done.map_err(|status| bad(status.to_string()))?;
        self.forget_preferences();
        self.notify(&[(ofx::kOfxTypeParameter, name.into())], time, Scale::ONE)
    }

    /// The value of a parameter.
    ///
    /// # Errors
    /// When there is no such parameter, or it has no value.
    pub fn get(&self, name: &str, time: f64) -> Result<Value> {
        let param = self.find_param(name)?;
        let stored = param.at(time).map_err(|_| self.valueless(&param))?;
        Ok(stored.to_value(param.kind))
    }

    /// The keys of a parameter, by time.
    ///
    /// # Errors
    /// When there is no such parameter, or it has no value.
    pub fn keys(&self, name: &str) -> Result<Vec<(f64, Value)>> {
        let param = self.find_param(name)?;
        let keys = param
            .read(|curve| curve.keys().to_vec())
            .map_err(|_| self.valueless(&param))?;
        Ok(keys
            .into_iter()
            .map(|(time, value)| (time, value.to_value(param.kind)))
            .collect())
    }

    /// A parameter as it is now.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn param(&self, name: &str) -> Result<ParamDescriptor> {
        Ok(ParamDescriptor::new(&*self.find_param(name)?))
    }

    /// Presses a button.
    ///
    /// # Errors
    /// When there is no such button, an input cannot be read, or the plug-in fails.
    pub fn press(&mut self, name: &str, time: f64, scale: impl Into<Scale>) -> Result<()> {
        let scale = scale.into();
        check_scale(scale)?;
        let param = self.find_param(name)?;
        if param.kind != ParamKind::PushButton {
            let reason = "it is no button".into();
            return Err(Error::Param {
                plugin: self.name(),
                param: name.into(),
                reason,
            });
        }
        // A button may fetch images, which come as agreed.
        self.clip_preferences()?;
        self.notify(&[(ofx::kOfxTypeParameter, name.into())], time, scale)
    }

    /// Tells the plug-in what the user changed, and then what it changed itself meanwhile.
    fn notify(
        &mut self,
        changed: &[(&'static CStr, String)],
        time: f64,
        scale: Scale,
    ) -> Result<()> {
        self.bracket(ofx::kOfxChangeUserEdited, changed, time, scale)?;
        for _ in 0..MOST_ROUNDS {
            let own = self.effect.params.take_changes();
            if own.is_empty() {
                return Ok(());
            }
            self.forget_preferences();
            let own: Vec<_> = own
                .into_iter()
                .map(|name| (ofx::kOfxTypeParameter, name))
                .collect();
            self.bracket(ofx::kOfxChangePluginEdited, &own, time, scale)?;
        }
        self.effect.host.note_violation(format!(
            "{}: its parameters change each other without end",
            self.name()
        ));
        self.effect.params.take_changes();
        Ok(())
    }

    fn bracket(
        &self,
        reason: &'static CStr,
        changed: &[(&'static CStr, String)],
        time: f64,
        scale: Scale,
    ) -> Result<()> {
        let edge = |action| {
            let args = tables::change_args(reason).build();
            self.call(self.timed_context(action, time, scale), Some(&args), None)
        };
        edge(ofx::kOfxActionBeginInstanceChanged)?;
        let each = |(kind, name): &(&'static CStr, String)| -> Result<Status> {
            let args = tables::changed_args(kind, name, reason, time, scale);
            self.call(
                self.timed_context(ofx::kOfxActionInstanceChanged, time, scale),
                Some(&args),
                None,
            )
        };
        let done = changed.iter().try_for_each(|change| each(change).map(drop));
        let ended = edge(ofx::kOfxActionEndInstanceChanged).map(drop);
        done.and(ended)?;
        self.fail_on_strays(ofx::kOfxActionInstanceChanged)
    }

    fn find_param(&self, name: &str) -> Result<Arc<Param>> {
        self.effect
            .params
            .find(name)
            .ok_or_else(|| Error::NoSuchParam {
                plugin: self.name(),
                param: name.into(),
                known: self
                    .effect
                    .params
                    .all()
                    .iter()
                    .map(|p| p.name.clone())
                    .collect(),
            })
    }

    fn valueless(&self, param: &Param) -> Error {
        Error::Param {
            plugin: self.name(),
            param: param.name.clone(),
            reason: "it has no value".into(),
        }
    }
}

fn check_range(param: &Param, value: &Stored) -> std::result::Result<(), String> {
    let (min, max) = (ofx::kOfxParamPropMin, ofx::kOfxParamPropMax);
    let (values, min, max): (Numbers<f64>, Numbers<f64>, Numbers<f64>) = match value {
        Stored::Doubles(v) => (
            v.clone(),
            param.props.doubles(min),
            param.props.doubles(max),
        ),
        Stored::Ints(v) => {
            let floats = |v: Numbers<i32>| v.into_iter().map(f64::from).collect();
            (
                floats(v.clone()),
                floats(param.props.ints(min)),
                floats(param.props.ints(max)),
            )
        }
        Stored::String(_) => return Ok(()),
    };
    if let Some(value) = values.iter().find(|v| v.is_nan()) {
        return Err(format!("{value} is no number"));
    }
    // Booleans and choices have no range: the lists are empty.
    for ((value, min), max) in values.iter().zip(min).zip(max) {
        if *value < min || *value > max {
            return Err(format!("{value} is not within {min} to {max}"));
        }
    }
    Ok(())
}
