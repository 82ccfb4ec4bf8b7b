//! From a background and the tiers of a difference to the painted plate.
//!
//! `q = d == 0 ? B : B + d`, then `r = lo == 0 ? q : q + lo`, then the replaced samples, each sum
//! rounded once to a float, and the end once to the deliverable's type.

use images::{Header, Image, Rect};

use crate::{Difference, Error, background_hash, painted_hash};

/// What stands before the name of a channel of `replace`, to name its mask: 1 where the channel is
/// replaced, else 0. `mask.`, again and again until no channel of the plate begins so: a plate may have
/// a layer of that name.
pub(crate) fn mask_prefix(target: &Header) -> String {
    const MASK: &str = "mask.";
    let mut prefix = MASK.to_owned();
    let is_taken = |prefix: &str| {
        let mut channels = target.channels.iter();
        channels.any(|channel| channel.name.starts_with(prefix))
    };
    while is_taken(&prefix) {
        prefix += MASK;
    }
    prefix
}

/// What the node Plus computes. With `d` = 0 the background passes: -0 + 0 would be +0, infinity -
/// infinity NaN.
pub(crate) fn sum(b: f32, d: f32) -> f32 {
    if d == 0.0 { b } else { b + d }
}

impl Difference {
    /// Refuses a background other than the one that the difference was made against.
    ///
    /// # Errors
    ///
    /// [`Error::WrongBackground`].
    pub fn check_background(&self, background: &Image) -> Result<(), Error> {
        let found = background_hash(background);
        let expected = &self.proof.background_hash;
        if found == *expected {
            return Ok(());
        }
        Err(Error::WrongBackground {
            expected: expected.clone(),
            found,
        })
    }

    /// Whether `restored` is, bit for bit, the plate that the difference was made of.
    pub fn proves(&self, restored: &Image) -> bool {
        painted_hash(restored) == self.proof.painted_hash
    }

    /// Turns the float `planes` that the node Plus made of background, difference and residual over
    /// `window`, in the order of the target's channels, into the deliverable: the painted plate's
    /// types, data window and attributes, with what had to be replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Plates`] where there are not as many planes and samples as that takes.
    pub fn deliver(&self, window: Rect, mut planes: Vec<Vec<f32>>) -> Result<Image, Error> {
        let enough = planes
            .iter()
            .all(|plane| plane.len() as u64 == window.area());
        if planes.len() != self.target.channels.len() || !enough {
            return Err(Error::Plates(
                "the rebuilt planes are not those of the difference's channels".to_owned(),
            ));
        }
        if let Some(replace) = &self.replace {
            replace_in(&self.target, replace, window, &mut planes);
        }
        Ok(Image::from_planes(&self.target, window, &planes))
    }

    /// Rebuilds the painted plate, sample by sample.
    ///
    /// A plain decoder, for proofs, independent of the nodes; it does not check the background.
    pub fn restore(&self, background: &Image) -> Image {
        let tiers = [
            Some(&self.difference),
            self.residual.as_ref(),
            self.replace.as_ref(),
        ];
        restore(&self.target, background, tiers, self.target.data)
    }
}

/// Rebuilds `window` of a painted plate from a background and the tiers difference, residual and
/// replace, each of which has at least its pixels in that window.
pub(crate) fn restore(
    target: &Header,
    background: &Image,
    [difference, residual, replace]: [Option<&Image>; 3],
    window: Rect,
) -> Image {
    let mut planes = Vec::new();
    for channel in &target.channels {
        let zeros = || vec![0.0; window.width() * window.height()];
        let mut plane = background
            .plane(&channel.name, window)
            .unwrap_or_else(zeros);
        for tier in [difference, residual] {
            let added = tier.and_then(|tier| tier.plane(&channel.name, window));
            for (q, d) in plane.iter_mut().zip(added.into_iter().flatten()) {
                *q = sum(*q, d);
            }
        }
        planes.push(plane);
    }
    if let Some(replace) = replace {
        replace_in(target, replace, window, &mut planes);
    }
    cut(target, window, &planes)
}

/// The image of planes over `window`, which lies in the target's data window.
pub(crate) fn cut(target: &Header, window: Rect, planes: &[Vec<f32>]) -> Image {
    let header = Header {
        data: window,
        ..target.clone()
    };
    Image::from_planes(&header, window, planes)
}

/// Puts the replaced samples into planes over `window`.
pub(crate) fn replace_in(target: &Header, replace: &Image, window: Rect, planes: &mut [Vec<f32>]) {
    let prefix = mask_prefix(target);
    for (channel, plane) in target.channels.iter().zip(planes) {
        let values = replace.plane(&channel.name, window);
        let mask = replace.plane(&format!("{prefix}{}", channel.name), window);
        let replaced = values.into_iter().flatten().zip(mask.into_iter().flatten());
        for (sample, (value, mask)) in plane.iter_mut().zip(replaced) {
            if mask != 0.0 {
                *sample = value;
            }
        }
    }
}
