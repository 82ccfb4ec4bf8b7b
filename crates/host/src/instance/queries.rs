//! What an instance answers before it renders.

use super::{Instance, RenderArgs, check_scale};
use crate::clip::Clip;
use crate::error::{Error, Result};
use crate::geometry::{RectD, RectI, Scale};
use crate::status::Status;
use crate::tables;
use crate::values::Numbers;
use ofx_sys as ofx;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A clip that the output is the same as.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Identity {
    /// Its name.
    pub clip: String,
    /// At which time.
    pub time: f64,
}

impl Instance {
    /// Where the output has pixels at `time`: a canonical rectangle, which may be empty or infinite.
    ///
    /// # Errors
    /// When the plug-in fails, an input cannot be read, or the answer is no number.
    pub fn region_of_definition(&self, time: f64, scale: impl Into<Scale>) -> Result<RectD> {
        let scale = scale.into();
        check_scale(scale)?;
        self.clip_preferences()?;
        let action = ofx::kOfxImageEffectActionGetRegionOfDefinition;
        let args = tables::region_of_definition_args(time, scale);
        let out = tables::region_of_definition_out(RectD::default());
        if self.call(
            self.timed_context(action, time, scale),
            Some(&args),
            Some(&out),
        )? == Status::REPLY_DEFAULT
        {
            return self.default_region_of_definition(time, scale);
        }
        let region = out.doubles(ofx::kOfxImageEffectPropRegionOfDefinition);
        match <[f64; 4]>::try_from(&*region) {
            Ok(edges) if edges.iter().all(|e| !e.is_nan()) => Ok(edges.into()),
            _ => Err(self.bad_answer(action, "a region that is no number")),
        }
    }

    /// The colour space of the output: the first input's where it says none. The host would like one of `preferred`.
    ///
    /// # Errors
    /// When the plug-in fails.
    pub fn output_colourspace(&self, preferred: &[&str]) -> Result<Option<String>> {
        self.clip_preferences()?;
        let action = ofx::kOfxImageEffectActionGetOutputColourspace;
        let args = tables::output_colourspace_args(preferred);
        let out = tables::output_colourspace_out();
        let status = self.call(self.context(action), Some(&args), Some(&out))?;
        let name = out.text(ofx::kOfxImageClipPropColourspace);
        Ok((status == Status::OK).then_some(name))
    }

    /// The region of definition in pixels of the output at `scale`; what is infinite ends with the project.
    ///
    /// # Errors
    /// As [`Instance::region_of_definition`].
    pub fn defined_pixels(&self, time: f64, scale: impl Into<Scale>) -> Result<RectI> {
        let scale = scale.into();
        let region = self.region_of_definition(time, scale)?;
        let aspect = self.clip_preferences()?.output()?.pixel_aspect;
        let pixels = region.to_pixels(scale, aspect);
        if !pixels.is_infinite() {
            return Ok(pixels);
        }
        Ok(pixels.intersect(self.effect.project().to_pixels(scale, aspect)))
    }

    /// All inputs that must be connected; without any, the project.
    fn default_region_of_definition(&self, time: f64, scale: Scale) -> Result<RectD> {
        let mut region = RectD::default();
        let inputs: Vec<_> = self
            .inputs
            .iter()
            .filter(|clip| !clip.is_optional())
            .collect();
        if inputs.is_empty() {
            return Ok(self.effect.project());
        }
        for clip in inputs {
            if let Some(source) = clip.source() {
                let defined = source
                    .region_of_definition(time, scale)
                    .map_err(|e| self.source_error(clip, e))?;
                region = region.union(defined);
            }
        }
        Ok(region)
    }

    /// What of each connected input is needed for a region of the output; both canonical.
    ///
    /// # Errors
    /// When the plug-in fails, an input cannot be read, or the answer is no number.
    pub fn regions_of_interest(
        &self,
        time: f64,
        scale: impl Into<Scale>,
        region: RectD,
    ) -> Result<BTreeMap<String, RectD>> {
        let regions = self.interests(time, scale.into(), region)?.into_iter();
        Ok(regions
            .map(|(clip, region)| (clip.name.clone(), region))
            .collect())
    }

    /// The same, in the order of the inputs.
    pub(super) fn interests(
        &self,
        time: f64,
        scale: Scale,
        region: RectD,
    ) -> Result<Vec<(&Arc<Clip>, RectD)>> {
        check_scale(scale)?;
        self.clip_preferences()?;
        let action = ofx::kOfxImageEffectActionGetRegionsOfInterest;
        let args = tables::regions_of_interest_args(time, scale, region);
        let out = tables::regions_of_interest_out(&self.inputs, region);
        self.call(
            self.timed_context(action, time, scale),
            Some(&args),
            Some(&out),
        )?;
        self.connected()
            .map(|clip| match *out.doubles(&clip.interest) {
                [x1, y1, x2, y2] if ![x1, y1, x2, y2].iter().any(|e| e.is_nan()) => {
                    Ok((clip, RectD::new(x1, y1, x2, y2)))
                }
                _ => {
                    let name = &clip.name;
                    let answer = format!("a region of clip {name} that is no number");
                    Err(self.bad_answer(action, answer))
                }
            })
            .collect()
    }

    /// The frames needed of each connected input, as ranges.
    ///
    /// # Errors
    /// When the plug-in fails, or the answer is no list of ranges.
    pub fn frames_needed(&self, time: f64) -> Result<BTreeMap<String, Vec<[f64; 2]>>> {
        let ranges = self.frames(time)?.into_iter();
        Ok(ranges
            .map(|(clip, ranges)| (clip.name.clone(), pairs(&ranges).collect()))
            .collect())
    }

    /// The same, in the order of the inputs: firsts and lasts by turns.
    pub(super) fn frames(&self, time: f64) -> Result<Vec<(&Arc<Clip>, Numbers<f64>)>> {
        self.clip_preferences()?;
        let action = ofx::kOfxImageEffectActionGetFramesNeeded;
        let out = tables::frames_needed_out(&self.inputs, time);
        let args = tables::frames_needed_args(time);
        self.call(
            self.timed_context(action, time, Scale::ONE),
            Some(&args),
            Some(&out),
        )?;
        self.connected()
            .map(|clip| {
                let ranges = out.doubles(&clip.frames);
                let whole = ranges.len().is_multiple_of(2) && ranges.iter().all(|t| t.is_finite());
                if whole && pairs(&ranges).all(|[first, last]| first <= last) {
                    return Ok((clip, ranges));
                }
                let answer = format!("frames of clip {} that are no ranges", clip.name);
                Err(self.bad_answer(action, answer))
            })
            .collect()
    }

    /// The clip that the output is the same as, where it is.
    ///
    /// # Errors
    /// When the plug-in fails, or names no clip of its own.
    pub fn is_identity(&self, args: &RenderArgs, window: RectI) -> Result<Option<Identity>> {
        check_scale(args.scale)?;
        self.clip_preferences()?;
        let action = ofx::kOfxImageEffectActionIsIdentity;
        let in_args = tables::is_identity_args(&args.facts(window));
        let out = tables::is_identity_out(args.time);
        let context = self.timed_context(action, args.time, args.scale);
        if self.call(context, Some(&in_args), Some(&out))? == Status::REPLY_DEFAULT {
            return Ok(None);
        }
        let clip = out.text(ofx::kOfxPropName);
        if clip.is_empty() {
            return Ok(None);
        }
        if !self.inputs.iter().any(|input| input.name == clip) {
            return Err(self.bad_answer(action, format!("identity of {clip:?}, which is no input")));
        }
        let time = out.double(ofx::kOfxPropTime).filter(|t| t.is_finite());
        let time = time.ok_or_else(|| self.bad_answer(action, "a time that is no number"))?;
        Ok(Some(Identity { clip, time }))
    }

    /// The first and last frame of the output.
    ///
    /// # Errors
    /// When the plug-in fails, or the answer is no range.
    pub fn time_domain(&self) -> Result<[f64; 2]> {
        let ranges = self
            .inputs
            .iter()
            .filter_map(|clip| Some(clip.source()?.format().frame_range));
        let all = ranges.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]);
        let all = all.unwrap_or(self.effect.frame_range());
        let action = ofx::kOfxImageEffectActionGetTimeDomain;
        let out = tables::time_domain_out(all);
        if self.call(self.context(action), None, Some(&out))? == Status::REPLY_DEFAULT {
            return Ok(all);
        }
        match *out.doubles(ofx::kOfxImageEffectPropFrameRange) {
            [first, last] if first <= last => Ok([first, last]),
            _ => Err(self.bad_answer(action, "no range of frames")),
        }
    }

    /// The inputs that have a source.
    fn connected(&self) -> impl Iterator<Item = &Arc<Clip>> {
        self.inputs.iter().filter(|clip| clip.source().is_some())
    }

    pub(super) fn source_error(&self, clip: &Clip, source: crate::error::SourceError) -> Error {
        Error::Source {
            plugin: self.name(),
            clip: clip.name.clone(),
            source,
        }
    }
}

/// Two by two.
pub(super) fn pairs(numbers: &[f64]) -> impl Iterator<Item = [f64; 2]> {
    numbers.chunks_exact(2).map(|pair| [pair[0], pair[1]])
}
