//! The input images of a moment, held until dropped.

use core::ffi::CStr;
use std::sync::Arc;

use super::clip::{HostImage, Unfit};
use super::image::{Defect, Image};
use super::instance::{Input, Instance};
use super::status::Status;
use crate::geometry::RectD;
use crate::kernels::Layout;
use crate::node::{MASK, MAX_INPUTS};
use crate::plate::{self, Placing, Plate};
use crate::render::Mask;

/// Images that the host has lent, or that were read from files.
pub struct Inputs<'a> {
    instance: &'a Instance,
    images: [Held<'a>; MAX_INPUTS],
    /// `None` where no mask is connected; `Some(None)` where the connected one has no pixels.
    mask: Option<Option<HostImage<'a>>>,
}

#[derive(Default)]
enum Held<'a> {
    /// Nothing is connected, or it has no pixels: zeros.
    #[default]
    Nothing,
    Host(HostImage<'a>),
    File(Arc<Plate>),
}

/// Why inputs cannot be had.
pub enum Unfetched {
    /// The host refused.
    Status(Status),
    /// A file cannot be read; the sentence names it.
    File(String),
}

impl From<Status> for Unfetched {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// The rows of the images.
pub struct Views<'a> {
    /// The inputs, all of one layout; `None` is zeros.
    pub inputs: [Option<Image<'a>>; MAX_INPUTS],
    /// The mask, of one channel.
    pub mask: Mask<'a>,
}

/// The clip whose image cannot be used, and why.
pub type Refused = (&'static CStr, Unfit);

impl<'a> Inputs<'a> {
    /// Fetches what is connected, as far as `region` goes, and reads the files whole.
    pub fn fetch(
        instance: &'a Instance,
        time: f64,
        scale: (f64, f64),
        region: Option<&RectD>,
    ) -> core::result::Result<Self, Unfetched> {
        let suites = instance.suites;
        let mut images: [Held<'_>; MAX_INPUTS] = Default::default();
        let mut layout = None;
        for (slot, input) in images.iter_mut().zip(&instance.inputs) {
            let Input::Clip(clip) = input else { continue };
            if !clip.is_connected(suites) {
                continue;
            }
            if let Some(image) = clip.image(suites, time, region)? {
                layout = layout.or(image.layout().ok());
                *slot = Held::Host(image);
            }
        }
        for (slot, input) in images.iter_mut().zip(&instance.inputs) {
            let Input::File(def, param) = input else {
                continue;
            };
            let Some(file) = instance.file(param, time) else {
                continue;
            };
            let placing = Placing {
                origin: instance.file_origin(time),
                layout: layout.unwrap_or(Layout::Rgba),
                scale,
            };
            let plate = plate::load(file.path(), def.part(), placing).map_err(|why| {
                Unfetched::File(format!("{}: {why}.", def.label.to_string_lossy()))
            })?;
            *slot = Held::File(plate);
        }
        let mut mask = None;
        if instance.has_mask(time)? {
            let image = instance.mask.image(suites, time, region)?;
            // Some hosts say of every clip that it is connected; one without a region is not.
            if image.is_some() || instance.mask.region(suites, time).is_ok() {
                mask = Some(image);
            }
        }
        Ok(Self {
            instance,
            images,
            mask,
        })
    }

    /// The images of the host with the names of their inputs, the mask last.
    pub fn named(&self) -> impl Iterator<Item = (&'static CStr, &HostImage<'a>)> {
        let clips = self
            .instance
            .node
            .face()
            .inputs
            .iter()
            .map(|clip| clip.name);
        let mask = self.mask.iter().flatten().map(|image| (MASK.name, image));
        clips
            .zip(&self.images)
            .filter_map(|(name, held)| match held {
                Held::Host(image) => Some((name, image)),
                Held::Nothing | Held::File(_) => None,
            })
            .chain(mask)
    }

    /// Their rows.
    pub fn views(&self) -> core::result::Result<Views<'_>, Refused> {
        let mut inputs = [None; MAX_INPUTS];
        let mut common = None;
        let clips = self.instance.node.face().inputs;
        for ((slot, held), clip) in inputs.iter_mut().zip(&self.images).zip(clips) {
            let image = match held {
                Held::Nothing => continue,
                Held::Host(image) => image.input().map_err(|why| (clip.name, why))?,
                Held::File(plate) => Image::from_slice(&plate.samples, plate.bounds, plate.layout)
                    .ok_or((clip.name, Unfit::Memory(Defect::Size)))?,
            };
            if *common.get_or_insert(image.layout()) != image.layout() {
                return Err((clip.name, Unfit::Mixed));
            }
            *slot = Some(image);
        }
        let mask = match &self.mask {
            None => Mask::None,
            Some(None) => Mask::Image(None),
            Some(Some(image)) => {
                let image = image.input().map_err(|why| (MASK.name, why))?;
                if image.layout() != Layout::Alpha {
                    return Err((MASK.name, Unfit::Mask));
                }
                Mask::Image(Some(image))
            }
        };
        Ok(Views { inputs, mask })
    }
}
