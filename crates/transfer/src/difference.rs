//! The file of a difference.

use std::path::Path;

use images::{
    Channel, ChannelInfo, Header, Image, Metadata, ReadOptions, Rect, SampleType, Samples,
    WriteOptions,
};

use crate::hash::filled_box;
use crate::target::{pack, unpack};
use crate::{Error, background_hash, changed_pixels, painted_hash};

const VERSION: &str = "deltaplate:version";
const OPERATION: &str = "deltaplate:operation";
const BACKGROUND_HASH: &str = "deltaplate:backgroundHash";
const PAINTED_HASH: &str = "deltaplate:paintedHash";
const CHANGED_PIXELS: &str = "deltaplate:changedPixels";

/// The version of the file's layout.
const LAYOUT: i32 = 1;
const DIFFERENCE: &str = "difference";

/// What a difference is proven by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// [`background_hash`] of the background.
    pub background_hash: String,
    /// [`painted_hash`] of the painted plate.
    pub painted_hash: String,
    /// Pixels of which any channel of the painted plate differs from the background.
    pub changed_pixels: u64,
}

impl Proof {
    /// The proof of these two plates.
    pub fn of(background: &Image, painted: &Image) -> Self {
        Proof {
            background_hash: background_hash(background),
            painted_hash: painted_hash(painted),
            changed_pixels: changed_pixels(background, painted),
        }
    }
}

/// A difference, with all it takes to restore the painted plate from the background.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The painted plate but for its samples: windows, channels with their types, attributes.
    pub target: Header,
    /// What background and result are checked by.
    pub proof: Proof,
    image: Image,
}

impl Difference {
    /// Takes the difference as float `planes` over `window`, in the order of the target's
    /// channels, and crops it to the box of the samples that are not zero; to one zero sample
    /// where nothing changed.
    ///
    /// # Errors
    ///
    /// [`Error::Plates`] where planes and target do not fit together, or the target's attributes
    /// cannot be carried.
    pub fn new(
        target: &Header,
        proof: Proof,
        window: Rect,
        planes: Vec<Vec<f32>>,
    ) -> Result<Self, Error> {
        let channels = &target.channels;
        let area = window.area();
        if planes.len() != channels.len() || planes.iter().any(|p| p.len() as u64 != area) {
            return Err(Error::Plates(format!(
                "the difference has {} planes, the painted plate {} channels of {area} samples",
                planes.len(),
                channels.len()
            )));
        }
        let metadata = pack(target).map_err(Error::Plates)?;
        let channel = |(info, plane): (&ChannelInfo, Vec<f32>)| Channel {
            name: info.name.clone(),
            samples: Samples::Float(plane),
        };
        let whole = Image {
            display: target.display,
            data: window,
            pixel_aspect: target.pixel_aspect,
            channels: channels.iter().zip(planes).map(channel).collect(),
            metadata: sign(metadata, &proof),
        };
        Ok(Difference {
            target: target.clone(),
            proof,
            image: crop(whole, target.data),
        })
    }

    /// The difference as an image of floats: the target's display window and channels, its data
    /// window the box of the samples that are not zero.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Writes the difference as EXR and gives the file's size. The codec is ZIP unless
    /// `options` say otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Image`], and [`Error::File`] where the path does not end in `.exr`.
    pub fn write(&self, path: &Path, options: &WriteOptions) -> Result<u64, Error> {
        let is_exr = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("exr"));
        if !is_exr {
            return Err(Error::file(
                path,
                "a difference is an EXR file: let its name end in .exr",
            ));
        }
        Ok(images::write(path, &self.image, options)?)
    }

    /// Reads the file of a difference.
    ///
    /// # Errors
    ///
    /// [`Error::File`] where it is none, or made by a later version, [`Error::Image`] where it
    /// cannot be read at all.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let image = images::read(path, options)?;
        Self::open(image, options).map_err(|message| Error::file(path, message))
    }

    fn open(image: Image, options: &ReadOptions) -> Result<Self, String> {
        let metadata = &image.metadata;
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
        let target = unpack(metadata)?;
        if target.decoded_bytes() > options.max_bytes {
            return Err(format!(
                "it restores an image of {} bytes, the limit is {}",
                target.decoded_bytes(),
                options.max_bytes
            ));
        }
        let names = |header: &Header| -> Vec<String> {
            header
                .channels
                .iter()
                .map(|channel| channel.name.clone())
                .collect()
        };
        let own = image.header();
        if names(&own) != names(&target)
            || own
                .channels
                .iter()
                .any(|channel| channel.sample_type != SampleType::Float)
            || own.display != target.display
        {
            return Err("its channels or windows are not those of what it restores".to_owned());
        }
        let proof = read_proof(metadata)?;
        Ok(Difference {
            target,
            proof,
            image,
        })
    }

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

    /// Turns rebuilt float `planes` over `window`, in the order of the target's channels, into
    /// the deliverable: the painted plate's types, data window and attributes.
    ///
    /// # Errors
    ///
    /// [`Error::Plates`] where there are not as many planes and samples as that takes.
    pub fn deliver(&self, window: Rect, planes: &[Vec<f32>]) -> Result<Image, Error> {
        let enough = planes
            .iter()
            .all(|plane| plane.len() as u64 == window.area());
        if planes.len() != self.target.channels.len() || !enough {
            return Err(Error::Plates(
                "the rebuilt planes are not those of the difference's channels".to_owned(),
            ));
        }
        Ok(Image::from_planes(&self.target, window, planes))
    }

    /// Rebuilds the painted plate, sample by sample: the background's where the difference is
    /// zero, else their sum, rounded once to a float and once to the target's type.
    ///
    /// A plain decoder, for proofs; it does not check the background.
    pub fn restore(&self, background: &Image) -> Image {
        let window = self.target.data;
        let zeros = || vec![0.0; window.width() * window.height()];
        let planes: Vec<Vec<f32>> = self
            .target
            .channels
            .iter()
            .map(|channel| {
                let plane =
                    |image: &Image| image.plane(&channel.name, window).unwrap_or_else(zeros);
                let (below, difference) = (plane(background), plane(&self.image));
                // With d = 0 the background passes: -0 + 0 would be +0, infinity - infinity NaN.
                let sum = |(b, d)| if d == 0.0 { b } else { b + d };
                below.into_iter().zip(difference).map(sum).collect()
            })
            .collect();
        Image::from_planes(&self.target, window, &planes)
    }
}

/// Crops to the samples that are not zero; to the pixel at the corner of `frame` without any.
fn crop(image: Image, frame: Rect) -> Image {
    let filled = filled_box(&image);
    let filled = if filled.is_empty() {
        Rect::new(frame.x0, frame.y0, frame.x0 + 1, frame.y0 + 1)
    } else {
        filled
    };
    if filled == image.data {
        return image;
    }
    let planes: Vec<Vec<f32>> = image
        .channels
        .iter()
        .filter_map(|channel| image.plane(&channel.name, filled))
        .collect();
    Image::from_planes(
        &Header {
            data: filled,
            ..image.header()
        },
        filled,
        &planes,
    )
}

/// Adds what makes the file a transfer.
fn sign(mut metadata: Metadata, proof: &Proof) -> Metadata {
    metadata.set_int(VERSION, LAYOUT);
    metadata.set_text(OPERATION, DIFFERENCE);
    metadata.set_text(BACKGROUND_HASH, &proof.background_hash);
    metadata.set_text(PAINTED_HASH, &proof.painted_hash);
    metadata.set_text(CHANGED_PIXELS, &proof.changed_pixels.to_string());
    metadata
}

fn read_proof(metadata: &Metadata) -> Result<Proof, String> {
    let text = |name: &str| {
        metadata
            .text(name)
            .ok_or_else(|| format!("its attribute '{name}' is missing or damaged"))
    };
    Ok(Proof {
        background_hash: text(BACKGROUND_HASH)?.to_owned(),
        painted_hash: text(PAINTED_HASH)?.to_owned(),
        changed_pixels: text(CHANGED_PIXELS)?
            .parse()
            .map_err(|_| format!("its attribute '{CHANGED_PIXELS}' is no number"))?,
    })
}
