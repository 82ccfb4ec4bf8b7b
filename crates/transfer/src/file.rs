//! The file of a difference, read strip by strip.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use images::{Header, Image, Parts, ReadOptions, Rect};

use crate::decode::{cut, replace_in};
use crate::difference::{DIFFERENCE, REPLACE, RESIDUAL, check_tier};
use crate::hash::{Side, StripHashes, in_strips};
use crate::{Difference, Error, Facts, Plate, Whole};

/// The open file of a difference: what it restores, and its tiers strip by strip.
pub struct FileDifference {
    path: PathBuf,
    facts: Facts,
    difference: Arc<dyn Plate>,
    residual: Option<Arc<dyn Plate>>,
    replace: Option<Arc<dyn Plate>>,
}

/// A part of the file, of which the strip that was asked for last is in memory.
struct Tier {
    header: Header,
    part: usize,
    file: Arc<Mutex<Parts>>,
    last: Mutex<Option<(Range<i32>, Arc<Image>)>>,
    options: ReadOptions,
}

impl Plate for Tier {
    fn header(&self) -> &Header {
        &self.header
    }

    fn rows(&self, rows: Range<i32>) -> Result<Arc<Image>, Error> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((held, image)) = &*last
            && held.start <= rows.start
            && rows.end <= held.end
        {
            return Ok(image.clone());
        }
        *last = None;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let image = Arc::new(file.read_rows(self.part, rows.clone(), &self.options)?);
        *last = Some((rows, image.clone()));
        Ok(image)
    }
}

impl FileDifference {
    /// Opens a file; at most `options.max_bytes` of a tier's samples are decoded at once.
    ///
    /// # Errors
    ///
    /// As [`Difference::read`].
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let refuse = |message: String| Error::file(path, message);
        let parts = Parts::open(path)?;
        let first = Difference::first(&parts).map_err(refuse)?;
        let facts = Facts::read(&parts.headers()[first]).map_err(refuse)?;
        let residual = facts.residual_part(&parts, "").map_err(refuse)?;
        let replace = facts.replace_part(&parts, "").map_err(refuse)?;
        let headers = parts.headers().to_vec();
        let file = Arc::new(Mutex::new(parts));
        let tier = |name: &str, part: usize| {
            check_tier(&facts.target, name, &headers[part]).map_err(refuse)?;
            let tier: Arc<dyn Plate> = Arc::new(Tier {
                header: headers[part].clone(),
                part,
                file: file.clone(),
                last: Mutex::default(),
                options: *options,
            });
            Ok::<_, Error>(tier)
        };
        Ok(FileDifference {
            path: path.to_path_buf(),
            difference: tier(DIFFERENCE, first)?,
            residual: residual.map(|part| tier(RESIDUAL, part)).transpose()?,
            replace: replace.map(|part| tier(REPLACE, part)).transpose()?,
            facts,
        })
    }

    /// As [`FileDifference::open`], with all tiers in memory.
    ///
    /// # Errors
    ///
    /// As [`Difference::read`].
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let read = Difference::read(path, options)?;
        let whole = |tier: Image| -> Arc<dyn Plate> { Arc::new(Whole::new(Arc::new(tier))) };
        Ok(FileDifference {
            path: path.to_path_buf(),
            facts: read.facts(),
            difference: whole(read.difference),
            residual: read.residual.map(whole),
            replace: read.replace.map(whole),
        })
    }

    /// What it restores, and what that is proven by.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The difference.
    pub fn difference(&self) -> Arc<dyn Plate> {
        self.difference.clone()
    }

    /// The residual, where one is needed.
    pub fn residual(&self) -> Option<Arc<dyn Plate>> {
        self.residual.clone()
    }

    /// Where some tier has samples: all else is the background's.
    pub fn touched(&self) -> Rect {
        let tiers = self.all().into_iter().flatten();
        tiers.fold(Rect::default(), |touched, tier| {
            touched.union(&tier.header().data)
        })
    }

    /// Whether a tier has a sample in `window` that is not zero, so that it may not be the background's.
    ///
    /// # Errors
    ///
    /// [`Error::Image`].
    pub fn touches(&self, window: Rect) -> Result<bool, Error> {
        for tier in self.all().into_iter().flatten() {
            let inside = window.intersect(&tier.header().data);
            if !inside.is_empty() && !tier.rows(inside.y0..inside.y1)?.is_zero(inside) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn all(&self) -> [Option<&Arc<dyn Plate>>; 3] {
        [
            Some(&self.difference),
            self.residual.as_ref(),
            self.replace.as_ref(),
        ]
    }

    /// The tiers over `rows`, in the order difference, residual, replace.
    pub(crate) fn tiers(&self, rows: Range<i32>) -> Result<[Option<Arc<Image>>; 3], Error> {
        let mut images = [None, None, None];
        for (image, tier) in images.iter_mut().zip(self.all()) {
            *image = tier.map(|tier| tier.rows(rows.clone())).transpose()?;
        }
        Ok(images)
    }

    /// As [`Difference::check_background`]: the background is read strip by strip, `rows` at once. Gives
    /// its hashes.
    ///
    /// # Errors
    ///
    /// [`Error::WrongBackground`]; [`Error::File`] where what it restores is out of all proportion to
    /// the background; what `step` returns, which is called before each strip.
    pub fn check_background<E: From<Error>>(
        &self,
        background: &dyn Plate,
        rows: usize,
        step: impl FnMut(Rect) -> Result<(), E>,
    ) -> Result<StripHashes, E> {
        let most = background.header().decoded_bytes().max(1 << 28);
        let bytes = self.facts.target.decoded_bytes();
        if bytes / 64 > most {
            return Err(Error::file(
                &self.path,
                format!("it claims to restore an image of {bytes} bytes: it is damaged"),
            )
            .into());
        }
        let found = in_strips(background, Side::Background, rows, None, step)?;
        let expected = self.facts.proof.background_hash.clone();
        match found.digits == expected {
            true => Ok(found),
            false => Err(Error::WrongBackground {
                expected,
                found: found.digits,
            }
            .into()),
        }
    }

    /// As [`Difference::deliver`], of a piece of the target: `planes` lie over `window`, which is in the
    /// target's data window.
    ///
    /// # Errors
    ///
    /// As [`Difference::deliver`], and [`Error::Image`].
    pub fn deliver(&self, window: Rect, mut planes: Vec<Vec<f32>>) -> Result<Image, Error> {
        let target = &self.facts.target;
        let area = window.area();
        let enough = planes.iter().all(|plane| plane.len() as u64 == area);
        if planes.len() != target.channels.len() || !enough {
            return Err(Error::Plates(
                "the rebuilt planes are not those of the difference's channels".to_owned(),
            ));
        }
        if let Some(replace) = &self.replace {
            let replace = replace.rows(window.y0..window.y1)?;
            replace_in(target, &replace, window, &mut planes);
        }
        Ok(cut(target, window, &planes))
    }

    /// Whether `restored`, best read back from its file, is the plate that the difference was made of.
    /// Strips whose bits are those of `background`, which has these hashes, are not hashed again.
    ///
    /// # Errors
    ///
    /// [`Error::Image`]; what `step` returns, which is called before each strip.
    pub fn proves<E: From<Error>>(
        &self,
        restored: &dyn Plate,
        background: Option<(&dyn Plate, &StripHashes)>,
        rows: usize,
        step: impl FnMut(Rect) -> Result<(), E>,
    ) -> Result<bool, E> {
        let hash = in_strips(restored, Side::Painted, rows, background, step)?;
        Ok(hash.digits == self.facts.proof.painted_hash)
    }
}
