//! From two plates of any size to the file of their difference, strip by strip.
//!
//! | pass | what it reads | what it finds or does |
//! |---|---|---|
//! | 1 | both plates; again where halves do only for some strips | the boxes of the tiers, whether halves do, counts, and both hashes |
//! | 2 | both plates, for each tier that was not kept | writes the tier |
//! | 3 | the file, both plates | decodes the file as it is on disk, and compares native bits |
//!
//! Only then the file gets its name. Nothing in it depends on the height of the strips.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use images::{Codec, Header, Image, ReadOptions, Rect, SampleType, Sampled, WriteOptions};

use crate::decode::restore;
use crate::difference::check_name;
use crate::hash::{Like, PlateHash, Side};
use crate::kept::Kept;
use crate::plate::strips;
use crate::survey::{Plan, Survey, Ways, ways};
use crate::verify::{Changes, changes, is_same};
use crate::{Error, Facts, FileDifference, Output, Packing, Plate, Proof};

/// Two plates, and how they are walked.
#[derive(Clone, Copy)]
pub struct Plates<'a> {
    /// The plate before it was painted.
    pub background: &'a dyn Plate,
    /// The plate after it was painted.
    pub painted: &'a dyn Plate,
    /// Where either has pixels.
    pub window: Rect,
    /// Rows of a strip.
    pub rows: usize,
    /// Whether what is made of a strip to be measured is kept until it is written: there is memory for
    /// the tiers beside both plates.
    pub keep: bool,
    /// How the file that was written is read back.
    pub options: ReadOptions,
}

/// What the walk is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The plates are hashed, and the tiers measured.
    Measure,
    /// A tier is written.
    Write,
    /// The file is proven.
    Prove,
}

/// A difference that was written, and proven as it is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What it restores, and what that is proven by.
    pub facts: Facts,
    /// The codec of its first part.
    pub codec: Codec,
    /// The file's size.
    pub bytes: u64,
}

/// As [`Difference::encode`](crate::Difference::encode), [`write`](crate::Difference::write) and
/// reading back, with some rows in memory at a time. `min` is asked for windows; `step` is called
/// before each strip, and may stop the walk.
///
/// # Errors
///
/// As those; then there is no file, or the one that was there before.
pub fn encode_file<E: From<Error> + From<images::Error>>(
    plates: Plates<'_>,
    path: &Path,
    packing: Packing,
    min: impl FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    step: impl FnMut(Phase, Rect) -> Result<(), E>,
) -> Result<Written, E> {
    check_name(path)?;
    let mut walk = Walk::new(plates, min);
    let step = RefCell::new(step);
    let step = |phase, strip| (step.borrow_mut())(phase, strip);
    let plan = walk.survey(&step)?;
    let parts = walk.pack(&plan, packing, &step)?;
    let codec = parts[0].2;
    let pull = |tier: usize, rows| walk.tier(&plan, tier, rows, &step);
    let check = |file: &Path| prove(&plates, &plan, file, &step);
    let write = &WriteOptions::default();
    let bytes = images::write_parts_from(path, &parts, plates.rows, pull, check, write)?;
    Ok(Written {
        facts: plan.facts,
        codec,
        bytes,
    })
}

/// What a difference will take, from packing a sample of its blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// What it will restore, and what that is proven by.
    pub facts: Facts,
    /// The codec of its first part.
    pub codec: Codec,
    /// The file's size.
    pub bytes: u64,
    /// How far from it the true size may be; 0 where all blocks were packed that count.
    pub bound: u64,
    /// Blocks of the file.
    pub blocks: u64,
    /// Blocks that were packed.
    pub packed_blocks: u64,
}

/// The size of the file that [`encode_file`] would write, from a sample of its blocks; nothing is
/// written. What it restores is measured as there, over the whole plates.
///
/// # Errors
///
/// As [`encode_file`].
pub fn estimate<E: From<Error> + From<images::Error>>(
    plates: Plates<'_>,
    packing: Packing,
    min: impl FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    step: impl FnMut(Phase, Rect) -> Result<(), E>,
) -> Result<Estimate, E> {
    let mut walk = Walk::new(plates, min);
    let step = RefCell::new(step);
    let step = |phase, strip| (step.borrow_mut())(phase, strip);
    let plan = walk.survey(&step)?;
    let (mut parts, mut bytes, mut bound) = (Vec::new(), 0.0, 0.0);
    let (mut blocks, mut packed_blocks) = (0, 0);
    for (index, (name, header)) in plan.tiers.iter().enumerate() {
        // Of several ways to pack the best one counts, and the worst bound: any may be the best.
        let mut best: Option<(Sampled, Header, Codec)> = None;
        let mut doubt = 0.0f64;
        for (header, codec) in packing.candidates(header) {
            let pull = |rows| walk.tier(&plan, index, rows, &step);
            let found = images::sampled_bytes_from(&header, codec, plates.rows, pull)?;
            doubt = doubt.max(found.bound);
            packed_blocks += found.packed;
            if best.as_ref().is_none_or(|best| found.bytes < best.0.bytes) {
                best = Some((found, header, codec));
            }
        }
        let Some((found, header, codec)) = best else {
            continue;
        };
        bytes += found.bytes;
        bound += doubt;
        blocks += found.blocks;
        parts.push(((*name).to_owned(), header, codec));
    }
    // Headers come before the first table; with several parts, each block says whose it is.
    let start = images::part_places(&parts)?[0].table;
    let numbers = if parts.len() > 1 { 4 * blocks } else { 0 };
    Ok(Estimate {
        codec: parts[0].2,
        facts: plan.facts,
        bytes: start + numbers + bytes.round() as u64,
        bound: bound.ceil() as u64,
        blocks,
        packed_blocks,
    })
}

type Step<'a, E> = &'a dyn Fn(Phase, Rect) -> Result<(), E>;

/// A walk over two plates.
struct Walk<'a, M> {
    plates: Plates<'a>,
    min: M,
    /// What was made of the strips when they were measured.
    kept: Option<Kept>,
}

/// A strip that may be stored in several ways.
struct Looked {
    images: [Arc<Image>; 2],
    changes: Changes,
    /// Over the box of what changed; none where nothing did.
    ways: Vec<Ways>,
}

impl<'a, M> Walk<'a, M> {
    fn new(plates: Plates<'a>, min: M) -> Self {
        Walk {
            plates,
            min,
            kept: None,
        }
    }

    /// Only what changed is asked for: the node Min makes +0 of all else.
    fn strip<E: From<Error>>(
        &mut self,
        strip: Rect,
        stored: Option<&[SampleType]>,
    ) -> Result<Looked, E>
    where
        M: FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    {
        let Plates {
            background,
            painted,
            ..
        } = self.plates;
        let rows = strip.y0..strip.y1;
        let images = [background.rows(rows.clone())?, painted.rows(rows)?];
        let both = [&*images[0], &*images[1]];
        let changes = changes(both[0], both[1], strip);
        let ways = if changes.filled.is_empty() {
            Vec::new()
        } else {
            let min = |output| (self.min)(output, changes.filled);
            ways(both, painted.header(), changes.filled, stored, min)?
        };
        Ok(Looked {
            images,
            changes,
            ways,
        })
    }

    /// Pass 1.
    fn survey<E: From<Error>>(&mut self, step: Step<'_, E>) -> Result<Plan, E>
    where
        M: FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    {
        let Plates {
            background,
            painted,
            window,
            rows,
            keep,
            ..
        } = self.plates;
        let target = painted.header();
        let mut kept = keep.then(Kept::default);
        let mut survey = Survey::new(target);
        let hash = |side, header: &Header| PlateHash::new(side, header.display, header.data);
        let mut below = hash(Side::Background, background.header());
        let mut above = hash(Side::Painted, target);
        let mut changed_pixels = 0;
        for strip in strips(window, rows) {
            step(Phase::Measure, strip)?;
            let looked = self.strip(strip, None)?;
            let rows = strip.y0..strip.y1;
            below.add(&looked.images[0], rows.clone(), None);
            let like = Like {
                image: &looked.images[0],
                data: background.header().data,
                strips: below.strips(),
            };
            above.add(&looked.images[1], rows, Some(like));
            let changed = looked.changes.filled;
            changed_pixels += looked.changes.pixels;
            survey.add(&looked.ways, changed);
            if let Some(kept) = &mut kept {
                kept.add(target, &looked.ways, changed);
            }
        }
        if let Some(stored) = survey.again_in() {
            survey = Survey::new(target);
            kept = keep.then(Kept::default);
            for strip in strips(window, rows) {
                step(Phase::Measure, strip)?;
                let looked = self.strip(strip, Some(&stored))?;
                survey.add(&looked.ways, looked.changes.filled);
                if let Some(kept) = &mut kept {
                    kept.add(target, &looked.ways, looked.changes.filled);
                }
            }
        }
        let proof = Proof {
            background_hash: below.finish().digits,
            painted_hash: above.finish().digits,
            changed_pixels,
        };
        let plan = survey.plan(target.clone(), proof)?;
        self.kept = kept;
        Ok(plan)
    }

    /// The rows of a tier. Where these are many, as of tiles, they are made a few at a time.
    fn tier<E: From<Error>>(
        &mut self,
        plan: &Plan,
        tier: usize,
        rows: Range<i32>,
        step: Step<'_, E>,
    ) -> Result<Image, E>
    where
        M: FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    {
        let all = Rect {
            y0: rows.start,
            y1: rows.end,
            ..self.plates.window
        };
        if let Some(kept) = &self.kept
            && let Some(image) = kept.tier(plan, tier, rows)
        {
            step(Phase::Write, all)?;
            return Ok(image);
        }
        let at_once = match all.height() / 2 < self.plates.rows {
            true => all.height(),
            false => self.plates.rows,
        };
        let mut image: Option<Image> = None;
        for strip in strips(all, at_once) {
            step(Phase::Write, strip)?;
            let piece = self.tier_in(plan, tier, strip)?;
            match &mut image {
                Some(image) => image.append(piece),
                None => image = Some(piece),
            }
        }
        match image {
            Some(image) => Ok(image),
            None => self.tier_in(plan, tier, all),
        }
    }

    /// The part of a tier that lies in a strip.
    fn tier_in<E: From<Error>>(&mut self, plan: &Plan, tier: usize, strip: Rect) -> Result<Image, E>
    where
        M: FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    {
        let looked = self.strip(strip, Some(&plan.stored))?;
        let channels = plan.choose(looked.ways);
        Ok(plan.tier(tier, &channels, looked.changes.filled, strip))
    }

    /// Names, headers and codecs of the parts; automatic packing takes another pass for each codec.
    fn pack<E: From<Error> + From<images::Error>>(
        &mut self,
        plan: &Plan,
        packing: Packing,
        step: Step<'_, E>,
    ) -> Result<Vec<(String, Header, Codec)>, E>
    where
        M: FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, E>,
    {
        let mut parts = Vec::new();
        for (index, (name, header)) in plan.tiers.iter().enumerate() {
            let rows = self.plates.rows;
            let mut bytes = |header: &Header, codec| {
                let pull = |rows| self.tier(plan, index, rows, step);
                images::packed_bytes_from(header, codec, rows, pull)
            };
            let (header, codec) = packing.choose(header, &mut bytes)?;
            parts.push(((*name).to_owned(), header, codec));
        }
        Ok(parts)
    }
}

/// Pass 3: the decoder knows nothing of the above, it starts from the file.
fn prove<E: From<Error>>(
    plates: &Plates<'_>,
    plan: &Plan,
    file: &Path,
    step: Step<'_, E>,
) -> Result<(), E> {
    let wrong = || {
        Error::Proof(
            "decoding the difference, as read back from disk, does not give the painted plate"
                .to_owned(),
        )
    };
    let stored = FileDifference::open(file, &plates.options)?;
    if *stored.facts() != plan.facts {
        return Err(wrong().into());
    }
    let target = &plan.facts.target;
    for strip in strips(target.data, plates.rows) {
        step(Phase::Prove, strip)?;
        let rows = strip.y0..strip.y1;
        let tiers = stored.tiers(rows.clone())?;
        let background = plates.background.rows(rows.clone())?;
        let painted = plates.painted.rows(rows)?;
        let tiers = [0, 1, 2].map(|tier| tiers[tier].as_deref());
        let restores = |window: Rect| {
            window.is_empty()
                || is_same(
                    &painted,
                    &restore(target, &background, tiers, window),
                    window,
                )
        };
        // Where no tier has a sample the decoder passes the background, whose bits come back from the
        // floats that it makes of them.
        let touched = strip.intersect(&stored.touched());
        let around = strip.around(&touched);
        let is_bare = around
            .iter()
            .all(|&bare| is_same(&painted, &background, bare));
        if !(restores(touched) && (is_bare || around.into_iter().all(restores))) {
            return Err(wrong().into());
        }
    }
    Ok(())
}
