//! The file of a difference: an EXR of one to three parts.
//!
//! | part | channels | samples |
//! |---|---|---|
//! | `difference` | the plate's, half or float | `P - B`, +0 where nothing changed or either is not finite |
//! | `residual` | the same | what the sum of background and difference lacks |
//! | `replace` | the plate's, and `mask.<name>` in half | P's own samples where the mask is 1: what no sum gives |
//!
//! A channel of integers (`uint`) is 0 in the first two: it travels in the last alone.
//!
//! Each part is there only where it is needed, its data window the box of its samples that are not
//! zero. The attributes are in the first part.

use std::collections::BTreeSet;
use std::path::Path;

use images::{Codec, Header, Image, Metadata, Parts, ReadOptions};

use crate::decode::mask_prefix;
use crate::pack::frame_of;
use crate::packing::keep_tiles;
use crate::target::{Form, pack, unpack};
use crate::{Error, Packing, Proof};

const VERSION: &str = "deltaplate:version";
const OPERATION: &str = "deltaplate:operation";
const BACKGROUND_HASH: &str = "deltaplate:backgroundHash";
const PAINTED_HASH: &str = "deltaplate:paintedHash";
const CHANGED_PIXELS: &str = "deltaplate:changedPixels";
const RESIDUAL_SAMPLES: &str = "deltaplate:residualSamples";
const REPLACED_SAMPLES: &str = "deltaplate:replacedSamples";

/// The version of the file's layout.
const LAYOUT: i32 = 1;

pub(crate) const DIFFERENCE: &str = "difference";
pub(crate) const RESIDUAL: &str = "residual";
pub(crate) const REPLACE: &str = "replace";

/// A difference, with all it takes to restore the painted plate from the background.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The painted plate but for its samples: windows, channels with their types, attributes.
    pub target: Header,
    /// What background and result are checked by.
    pub proof: Proof,
    /// Samples that need a residual.
    pub residual_samples: u64,
    /// Samples that are replaced.
    pub replaced_samples: u64,
    pub(crate) difference: Image,
    pub(crate) residual: Option<Image>,
    pub(crate) replace: Option<Image>,
}

impl Difference {
    /// The difference: the target's display window and channels, its data window the box of the
    /// samples that are not zero.
    pub fn image(&self) -> &Image {
        &self.difference
    }

    /// The residual, where one is needed; likewise.
    pub fn residual(&self) -> Option<&Image> {
        self.residual.as_ref()
    }

    /// The tiers that there are, with their parts' names.
    pub fn tiers(&self) -> impl Iterator<Item = (&'static str, &Image)> {
        let tiers = [
            (DIFFERENCE, Some(&self.difference)),
            (RESIDUAL, self.residual.as_ref()),
            (REPLACE, self.replace.as_ref()),
        ];
        tiers
            .into_iter()
            .filter_map(|(name, tier)| Some((name, tier?)))
    }

    /// Whether both restore the same plate from the same samples, however they are packed.
    pub fn restores_as(&self, other: &Self) -> bool {
        self.target == other.target
            && self.proof == other.proof
            && self.tiers().count() == other.tiers().count()
            && self
                .tiers()
                .zip(other.tiers())
                .all(|((name, a), (other, b))| {
                    name == other && a.data == b.data && a.channels == b.channels
                })
    }

    /// Writes the difference as EXR and gives the file's size.
    ///
    /// # Errors
    ///
    /// [`Error::Image`], and [`Error::File`] where the path does not end in `.exr`.
    pub fn write(&self, path: &Path, packing: Packing) -> Result<u64, Error> {
        self.write_checked(path, packing, |_| Ok(()))
    }

    /// As [`Difference::write`], but reads the finished file back before it gets its name; gives what
    /// it holds, and its size.
    ///
    /// # Errors
    ///
    /// As [`Difference::write`], and [`Error::Proof`] where the file does not hold what was written;
    /// what was there before is then still there.
    pub fn store(&self, path: &Path, packing: Packing) -> Result<(Self, u64), Error> {
        self.store_by(path, packing, |file| {
            Self::read(file, &ReadOptions::default())
        })
    }

    fn store_by(
        &self,
        path: &Path,
        packing: Packing,
        read: impl FnOnce(&Path) -> Result<Self, Error>,
    ) -> Result<(Self, u64), Error> {
        let mut stored = None;
        let bytes = self.write_checked(path, packing, |file| {
            stored = read(file).ok().filter(|read| read.restores_as(self));
            match &stored {
                Some(_) => Ok(()),
                None => Err(not_written(path)),
            }
        })?;
        Ok((stored.ok_or_else(|| not_written(path))?, bytes))
    }

    fn write_checked(
        &self,
        path: &Path,
        packing: Packing,
        check: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        check_name(path)?;
        let mut parts = Vec::new();
        let mut tiers = Vec::new();
        for (name, tier) in self.tiers() {
            let (header, codec) = packing.of_image(tier)?;
            parts.push((name.to_owned(), header, codec));
            tiers.push(tier);
        }
        images::write_parts_checked(path, &parts, &tiers, check, &Default::default())
    }

    /// Reads the file of a difference.
    ///
    /// # Errors
    ///
    /// [`Error::File`] where it is none, or made by a later version, [`Error::Image`] where it
    /// cannot be read at all.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let mut parts = Parts::open(path)?;
        let first = Self::first(&parts).map_err(|message| Error::file(path, message))?;
        Self::read_parts(path, &mut parts, first, "", options)
    }

    /// The part that is the difference of a file for one frame. A file of one part need not name it.
    pub(crate) fn first(parts: &Parts) -> Result<usize, String> {
        let frames = parts.headers().iter().filter_map(frame_of).count();
        match parts.find(DIFFERENCE) {
            None if frames > 0 => Err(format!(
                "a pack of {frames} frames: take one out of it first (deltaplate unpack)"
            )),
            first => Ok(first.unwrap_or(0)),
        }
    }

    /// Reads the tiers whose parts' names end in `suffix`; `first` is the difference.
    pub(crate) fn read_parts(
        path: &Path,
        parts: &mut Parts,
        first: usize,
        suffix: &str,
        options: &ReadOptions,
    ) -> Result<Self, Error> {
        let refuse = |message: String| Error::file(path, message);
        let header = &parts.headers()[first];
        let facts = Facts::read(header).map_err(refuse)?;
        facts.check_size(options).map_err(refuse)?;
        let residual = facts.residual_part(parts, suffix).map_err(refuse)?;
        let replace = facts.replace_part(parts, suffix).map_err(refuse)?;
        let difference = parts.read(first, options)?;
        let mut read = |part: Option<usize>| part.map(|part| parts.read(part, options)).transpose();
        let difference = Difference {
            difference,
            residual: read(residual)?,
            replace: read(replace)?,
            residual_samples: facts.residual_samples,
            replaced_samples: facts.replaced_samples,
            target: facts.target,
            proof: facts.proof,
        };
        difference.check_channels().map_err(refuse)?;
        Ok(difference)
    }

    fn check_channels(&self) -> Result<(), String> {
        self.tiers()
            .try_for_each(|(tier, image)| check_tier(&self.target, tier, &image.header()))
    }

    /// What it restores, and what that is proven by.
    pub fn facts(&self) -> Facts {
        Facts {
            target: self.target.clone(),
            proof: self.proof.clone(),
            residual_samples: self.residual_samples,
            replaced_samples: self.replaced_samples,
        }
    }

    /// Puts the attributes that make the file a transfer into the first tier, and what every part
    /// says into all.
    pub(crate) fn signed(mut self) -> Result<Self, Error> {
        let facts = self.facts();
        let metadata = facts.metadata(Form::Own, self.difference.metadata.codec)?;
        let old = std::mem::replace(&mut self.difference.metadata, metadata);
        keep_tiles(&old, &mut self.difference.metadata);
        for (operation, tier) in [(RESIDUAL, &mut self.residual), (REPLACE, &mut self.replace)] {
            if let Some(tier) = tier {
                let metadata = part_metadata(operation, tier.metadata.codec);
                let old = std::mem::replace(&mut tier.metadata, metadata);
                keep_tiles(&old, &mut tier.metadata);
            }
        }
        Ok(self)
    }
}

/// Of a file that does not come back from disk as it was written.
fn not_written(path: &Path) -> Error {
    Error::Proof(format!(
        "{}: read back from disk it is not what was written; it is discarded, and what was there \
         before is still there",
        path.display()
    ))
}

/// Refuses a tier that is not one of what `target` says.
pub(crate) fn check_tier(target: &Header, tier: &str, header: &Header) -> Result<(), String> {
    let channels = target.channels.iter();
    let names: Vec<String> = channels.map(|channel| channel.name.clone()).collect();
    let prefix = mask_prefix(target);
    let masks = names.iter().map(|name| format!("{prefix}{name}"));
    let masked: BTreeSet<String> = masks.chain(names.iter().cloned()).collect();
    let found: Vec<String> = header.channels.iter().map(|c| c.name.clone()).collect();
    let expected = match tier {
        REPLACE => found.iter().cloned().collect::<BTreeSet<_>>() == masked,
        _ => found == names,
    };
    if expected && header.display == target.display {
        return Ok(());
    }
    Err(format!(
        "the channels or windows of its part '{tier}' are not those of what it restores"
    ))
}

/// Refuses a name that does not say EXR.
pub(crate) fn check_name(path: &Path) -> Result<(), Error> {
    let is_exr = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("exr"));
    if is_exr {
        return Ok(());
    }
    Err(Error::file(
        path,
        "a difference is an EXR file: let its name end in .exr",
    ))
}

/// The attributes of a part that is not the first.
pub(crate) fn part_metadata(operation: &str, codec: Codec) -> Metadata {
    let mut metadata = Metadata::new(images::Format::Exr);
    metadata.codec = codec;
    sign(&mut metadata, operation);
    metadata
}

fn sign(metadata: &mut Metadata, operation: &str) {
    metadata.set_int(VERSION, LAYOUT);
    metadata.set_text(OPERATION, operation);
}

/// What the first part says of a transfer.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The painted plate but for its samples.
    pub target: Header,
    /// What background and result are checked by.
    pub proof: Proof,
    /// Samples that need a residual.
    pub residual_samples: u64,
    /// Samples that are replaced.
    pub replaced_samples: u64,
}

impl Facts {
    /// Whether the part calls itself the difference of a transfer, sound or not.
    pub fn are_in(header: &Header) -> bool {
        header.metadata.text(OPERATION) == Some(DIFFERENCE)
            && header.metadata.get(VERSION).is_some()
    }

    /// Draws the facts of a transfer from the header of its part `difference`.
    ///
    /// # Errors
    ///
    /// Why it is no transfer, or none that can be used.
    pub fn read(header: &Header) -> Result<Self, String> {
        let metadata = &header.metadata;
        match metadata.int(VERSION) {
            Some(LAYOUT) => {}
            Some(other) => {
                return Err(format!(
                    "a transfer of version {other}; this program reads {LAYOUT}"
                ));
            }
            None => return Err("not a Deltaplate transfer: it has no attributes of one".to_owned()),
        }
        match metadata.text(OPERATION) {
            Some(DIFFERENCE) => {}
            other => {
                return Err(format!(
                    "a transfer by '{}', not a difference",
                    other.unwrap_or("")
                ));
            }
        }
        let text = |name: &str| {
            metadata
                .text(name)
                .ok_or_else(|| format!("its attribute '{name}' is missing or damaged"))
        };
        let hash = |name: &str| {
            let hash = text(name)?;
            match hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                true => Ok(hash.to_owned()),
                false => Err(format!("its attribute '{name}' is no hash")),
            }
        };
        let count = |name: &str| {
            text(name)?
                .parse()
                .map_err(|_| format!("its attribute '{name}' is no number"))
        };
        Ok(Facts {
            target: unpack(metadata)?,
            proof: Proof {
                background_hash: hash(BACKGROUND_HASH)?,
                painted_hash: hash(PAINTED_HASH)?,
                changed_pixels: count(CHANGED_PIXELS)?,
            },
            residual_samples: count(RESIDUAL_SAMPLES)?,
            replaced_samples: count(REPLACED_SAMPLES)?,
        })
    }

    /// The attributes of the first part.
    pub(crate) fn metadata(&self, form: Form, codec: Codec) -> Result<Metadata, Error> {
        let mut metadata = pack(&self.target, form).map_err(Error::Plates)?;
        metadata.codec = codec;
        sign(&mut metadata, DIFFERENCE);
        metadata.set_text(BACKGROUND_HASH, &self.proof.background_hash);
        metadata.set_text(PAINTED_HASH, &self.proof.painted_hash);
        for (name, count) in [
            (CHANGED_PIXELS, self.proof.changed_pixels),
            (RESIDUAL_SAMPLES, self.residual_samples),
            (REPLACED_SAMPLES, self.replaced_samples),
        ] {
            metadata.set_text(name, &count.to_string());
        }
        Ok(metadata)
    }

    /// Refuses a transfer that restores more than is allowed.
    pub(crate) fn check_size(&self, options: &ReadOptions) -> Result<(), String> {
        if self.target.decoded_bytes() <= options.max_bytes {
            return Ok(());
        }
        Err(format!(
            "it restores an image of {} bytes, the limit is {}",
            self.target.decoded_bytes(),
            options.max_bytes
        ))
    }

    /// The part that is the residual, where there is one.
    pub(crate) fn residual_part(
        &self,
        parts: &Parts,
        suffix: &str,
    ) -> Result<Option<usize>, String> {
        self.find(parts, RESIDUAL, suffix, self.residual_samples)
    }

    /// The part that replaces, where there is one.
    pub(crate) fn replace_part(
        &self,
        parts: &Parts,
        suffix: &str,
    ) -> Result<Option<usize>, String> {
        self.find(parts, REPLACE, suffix, self.replaced_samples)
    }

    /// The part of a tier that should be there where it has samples.
    fn find(
        &self,
        parts: &Parts,
        tier: &str,
        suffix: &str,
        samples: u64,
    ) -> Result<Option<usize>, String> {
        let name = format!("{tier}{suffix}");
        match (parts.find(&name), samples) {
            (None, 1..) => Err(format!(
                "its part '{name}' with {samples} samples is missing: some program left it out"
            )),
            (part, _) => Ok(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use images::{Channel, Format, Rect, Samples};

    /// A pixel that was painted from 0 to 1, as the node Min has it.
    fn made() -> Difference {
        let plate = |value: f32| Image {
            display: Rect::new(0, 0, 1, 1),
            data: Rect::new(0, 0, 1, 1),
            pixel_aspect: 1.0,
            channels: vec![Channel {
                name: "Y".into(),
                samples: Samples::Float(vec![value]),
            }],
            metadata: Metadata::new(Format::Exr),
        };
        let min = |_| Ok::<_, Error>(vec![vec![1.0]]);
        let window = Rect::new(0, 0, 1, 1);
        Difference::encode(&plate(0.0), &plate(1.0), window, min).unwrap()
    }

    type Read<'a> = &'a dyn Fn(&Path) -> Result<Difference, Error>;

    #[test]
    fn a_file_that_is_not_what_was_written_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.exr");
        let made = made();
        let read = |file: &Path| Difference::read(file, &ReadOptions::default());
        let truncate = |file: &Path| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() - 1]).unwrap();
            read(file)
        };
        let other = |file: &Path| {
            let mut other = read(file)?;
            other.difference.channels[0].samples = Samples::Float(vec![0.5]);
            Ok(other)
        };
        let gone = |file: &Path| {
            fs::remove_file(file).unwrap();
            read(file)
        };
        let faults: [Read; 3] = [&truncate, &other, &gone];
        for old in [None, Some("precious")] {
            let _ = old.map(|old| fs::write(&path, old).unwrap());
            for fault in faults {
                let error = made.store_by(&path, Packing::Own, fault).unwrap_err();
                assert!(matches!(error, Error::Proof(_)), "{error}");
                assert!(error.to_string().contains("d.exr"), "{error}");
                assert_eq!(fs::read_to_string(&path).ok().as_deref(), old);
                let files = fs::read_dir(folder.path()).unwrap().count();
                assert_eq!(files, usize::from(old.is_some()));
            }
        }
        let (stored, bytes) = made.store(&path, Packing::Own).unwrap();
        assert!(stored.restores_as(&made));
        assert_eq!(fs::metadata(&path).unwrap().len(), bytes);
    }
}
