//! What clips carry: agreed between what sources have, what a plug-in takes and what it prefers.

use super::Instance;
use crate::clip::Clip;
use crate::error::{Error, Result};
use crate::pixel::{Components, Depth, Premultiplication};
use crate::props::PropertySet;
use crate::source::Format;
use crate::tables::{
    self, COLOURSPACES, COMPONENTS, DEPTH, PIXEL_ASPECT, PreferenceDefaults, per_clip,
};
use ofx_sys as ofx;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::{Arc, PoisonError};

/// What a clip carries.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClipPreference {
    /// Its components.
    pub components: Components,
    /// Its depth.
    pub depth: Depth,
    /// Width of a pixel over its height.
    pub pixel_aspect: f64,
}

/// What the clips of an instance carry, and what its output is like.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClipPreferences {
    /// By name of clip, the output among them.
    pub clips: BTreeMap<String, ClipPreference>,
    /// The output's frames in a second.
    pub frame_rate: f64,
    /// What the output's alpha means.
    pub premultiplication: Premultiplication,
    /// True when the output changes from frame to frame though nothing else does.
    pub frame_varying: bool,
    /// True when the output can be asked for between frames.
    pub continuous_samples: bool,
    /// The colour spaces that it would like inputs in, best first, by name of clip; none where it does not mind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub colourspaces: BTreeMap<String, Vec<String>>,
}

impl ClipPreferences {
    /// What the output carries.
    pub(crate) fn output(&self) -> Result<ClipPreference> {
        let output = self.clips.get("Output").copied();
        output.ok_or_else(|| Error::Frame("there is no clip named Output".into()))
    }
}

impl Instance {
    /// What its clips carry. Asked again only after something has changed.
    ///
    /// # Errors
    /// When the plug-in fails, or prefers what it does not support itself.
    pub fn clip_preferences(&self) -> Result<Arc<ClipPreferences>> {
        let mut kept = self
            .preferences
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(preferences) = &*kept {
            return Ok(preferences.clone());
        }
        let preferences = Arc::new(self.negotiate()?);
        *kept = Some(preferences.clone());
        Ok(preferences)
    }

    pub(super) fn forget_preferences(&self) {
        *self
            .preferences
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What the output is like, as the source of another instance.
    ///
    /// # Errors
    /// As [`Instance::clip_preferences`], and when the plug-in fails to tell its time domain.
    pub fn output_format(&self) -> Result<Format> {
        let preferences = self.clip_preferences()?;
        let output = preferences.output()?;
        Ok(Format {
            components: output.components,
            depth: output.depth,
            premultiplication: preferences.premultiplication,
            pixel_aspect: output.pixel_aspect,
            frame_rate: preferences.frame_rate,
            frame_range: self.time_domain()?,
            frame_varying: preferences.frame_varying,
        })
    }

    fn negotiate(&self) -> Result<ClipPreferences> {
        let depth = self.best_depth()?;
        let clips = self.effect.clips();
        let formats: BTreeMap<&str, Format> = clips
            .iter()
            .filter_map(|c| Some((c.name.as_str(), c.source()?.format())))
            .collect();
        // What the output follows: the inputs that are pictures, in the plug-in's order.
        let main: Vec<(&Clip, &Format)> = clips
            .iter()
            .filter(|clip| !clip.is_mask())
            .filter_map(|clip| Some((&**clip, formats.get(clip.name.as_str())?)))
            .collect();
        let first = main.first().map(|(_, format)| *format);
        let richest = main
            .iter()
            .map(|(clip, format)| nearest(clip, Some(format.components)))
            .max();
        let defaults: Vec<_> = clips
            .iter()
            .map(|clip| {
                let format = formats.get(clip.name.as_str());
                let components = if clip.is_output() {
                    nearest(clip, richest)
                } else {
                    nearest(clip, format.map(|f| f.components))
                };
                let aspect = format
                    .or(first)
                    .map_or(self.effect.options().pixel_aspect, |f| f.pixel_aspect);
                (clip.name.clone(), components.ofx(), depth.ofx(), aspect)
            })
            .collect();
        let out = tables::clip_preferences_out(&PreferenceDefaults {
            clips: &defaults,
            frame_rate: first.map_or(self.effect.options().frame_rate, |f| f.frame_rate),
            premultiplication: first
                .map_or(Premultiplication::default(), |f| f.premultiplication)
                .ofx(),
        });
        let action = ofx::kOfxImageEffectActionGetClipPreferences;
        self.call(self.context(action), None, Some(&out))?;
        let preferences = self.read_preferences(action, &out)?;
        for clip in &clips {
            let preference = preferences.clips[&clip.name];
            clip.agree(
                preference.components,
                preference.depth,
                preference.pixel_aspect,
            );
        }
        if let Some(output) = self.effect.clip("Output") {
            let props = &output.props;
            props.put(
                ofx::kOfxImageEffectPropPreMultiplication,
                preferences.premultiplication.ofx(),
            );
            props.put(ofx::kOfxImageEffectPropFrameRate, preferences.frame_rate);
            props.put(
                ofx::kOfxImageEffectPropFrameRange,
                self.effect.frame_range(),
            );
            props.put(
                ofx::kOfxImageClipPropContinuousSamples,
                preferences.continuous_samples,
            );
        }
        Ok(preferences)
    }

    /// The host's best depth that the plug-in supports.
    fn best_depth(&self) -> Result<Depth> {
        let supported = self
            .described
            .props
            .strings(ofx::kOfxImageEffectPropSupportedPixelDepths);
        let depths = &self.effect.host.options.depths;
        let best = depths
            .iter()
            .copied()
            .find(|d| supported.iter().any(|name| name.as_c_str() == d.ofx()));
        best.ok_or_else(|| {
            let names: Vec<_> = supported
                .iter()
                .map(|name| name.to_string_lossy())
                .collect();
            self.bad_answer(
                ofx::kOfxActionDescribe,
                format!("no depth that this host has, but [{}]", names.join(", ")),
            )
        })
    }

    fn read_preferences(&self, action: &CStr, out: &PropertySet) -> Result<ClipPreferences> {
        let supported = self
            .described
            .props
            .strings(ofx::kOfxImageEffectPropSupportedPixelDepths);
        let mut clips = BTreeMap::new();
        let mut colourspaces = BTreeMap::new();
        for clip in self.effect.clips() {
            let preferred = out.texts(&per_clip(COLOURSPACES, &clip.name));
            if !preferred.is_empty() {
                colourspaces.insert(clip.name.clone(), preferred);
            }
            let text = |prefix| out.text(&per_clip(prefix, &clip.name));
            let name = |prefix| {
                out.strings(&per_clip(prefix, &clip.name))
                    .into_iter()
                    .next()
                    .unwrap_or_default()
            };
            let bad =
                |what: String| self.bad_answer(action, format!("{what} for clip {}", clip.name));
            let components =
                Components::from_ofx(&name(COMPONENTS)).filter(|c| clip.supported().contains(c));
            let depth = Depth::from_ofx(&name(DEPTH)).filter(|_| supported.contains(&name(DEPTH)));
            let pixel_aspect = out
                .double(&per_clip(PIXEL_ASPECT, &clip.name))
                .unwrap_or(1.0);
            if !(pixel_aspect.is_finite() && pixel_aspect > 0.0) {
                return Err(bad(format!("a pixel aspect of {pixel_aspect}")));
            }
            let preference = ClipPreference {
                components: components.ok_or_else(|| {
                    bad(format!(
                        "components {:?}, which it does not support",
                        text(COMPONENTS)
                    ))
                })?,
                depth: depth.ok_or_else(|| {
                    bad(format!(
                        "depth {:?}, which it does not support",
                        text(DEPTH)
                    ))
                })?,
                pixel_aspect,
            };
            clips.insert(clip.name.clone(), preference);
        }
        let frame_rate = out
            .double(ofx::kOfxImageEffectPropFrameRate)
            .unwrap_or(24.0);
        if !(frame_rate.is_finite() && frame_rate > 0.0) {
            return Err(self.bad_answer(action, format!("a frame rate of {frame_rate}")));
        }
        let state = out.strings(ofx::kOfxImageEffectPropPreMultiplication);
        let state = state
            .first()
            .and_then(|name| Premultiplication::from_ofx(name));
        Ok(ClipPreferences {
            clips,
            frame_rate,
            premultiplication: state
                .ok_or_else(|| self.bad_answer(action, "an unknown premultiplication"))?,
            frame_varying: out.flag(ofx::kOfxImageEffectFrameVarying),
            continuous_samples: out.flag(ofx::kOfxImageClipPropContinuousSamples),
            colourspaces,
        })
    }
}

/// The components a clip carries when these come: the same, or the richest it supports.
fn nearest(clip: &Clip, components: Option<Components>) -> Components {
    let supported = clip.supported();
    components
        .filter(|c| supported.contains(c))
        .or_else(|| Components::ALL.into_iter().find(|c| supported.contains(c)))
        .unwrap_or(Components::Rgba)
}
