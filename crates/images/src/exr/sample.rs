//! The bytes that an image's blocks take, from packing some of them.
//!
//! How many bytes a block packs to follows closely from how uneven its bytes are: the sizes of the
//! blocks that are packed, over the entropy of their bytes after ZIP's prediction, give a ratio that
//! holds for the others. A codec takes long runs for next to nothing, so that blocks with and without
//! them are two kinds with a ratio each: a few at the edge of what changed would be missed among many
//! others. Blocks of zeros alone, most of a difference's, are known without.
//! The bound is that of a ratio estimator whose errors grow as the square root of a block's size
//! (Royall 1970, *On finite population sampling theory under certain linear regression models*).

use std::collections::BTreeMap;

use super::blocks::Layout;
use super::writer::{Walk, each_block};
use super::zip::predicted;
use crate::error::Outcome;
use crate::strips::{Feed, Strip};

/// Blocks of a kind that are packed at least, if there are so many.
const LEAST: usize = 32;

/// Of more blocks one of so many is packed, as long as that is more than [`LEAST`].
const ONE_OF: usize = 16;

/// The bound, in standard errors: the true size is within it but for one image in thousands.
const ERRORS: f64 = 4.0;

/// Equal bytes that a codec packs as two.
const RUN: usize = 16;

/// The share of a block's bytes that are left without runs, below which it is of another kind than
/// those without.
const WHOLE: f64 = 31.0 / 32.0;

/// What a sample of an image's blocks tells of the bytes that all take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampled {
    /// The bytes of all blocks, with their places and labels.
    pub bytes: f64,
    /// How far from it the true size may be; 0 where every block that counts was packed.
    pub bound: f64,
    /// How many blocks there are.
    pub blocks: u64,
    /// How many were packed for it.
    pub packed: u64,
}

pub(crate) fn sampled_bytes(
    layout: &Layout,
    feed: &mut Feed<'_, '_>,
    parallel: bool,
) -> Outcome<Sampled> {
    let blocks = layout.grid.blocks();
    // The blocks that are not zeros, of either kind; and of the others how many have each size.
    let mut uneven: [Vec<([usize; 2], f64)>; 2] = Default::default();
    let mut zeros: BTreeMap<usize, ([usize; 2], u64)> = BTreeMap::new();
    let look = |block, first, strip: &Strip<'_>| Ok(entropy(&layout.samples(block, first, strip)?));
    each_block(layout, feed, Walk::all(parallel), look, |block, found| {
        match found {
            Some(Entropy { bytes, is_broken }) => {
                uneven[usize::from(is_broken)].push((block, bytes));
            }
            None => zeros.entry(layout.bytes_of(block)).or_insert((block, 0)).1 += 1,
        }
        Ok(())
    })?;
    let mut bytes = (blocks * layout.bytes_around()) as f64;
    let mut packed = zeros.len() as u64;
    for (size, (block, count)) in zeros {
        bytes += layout.pack(block, vec![0; size])?.len() as f64 * count as f64;
    }

    let totals = uneven
        .each_ref()
        .map(|blocks| blocks.iter().map(|(_, entropy)| entropy).sum::<f64>());
    let chosen = uneven.map(spread);
    let walk = Walk {
        wanted: &|block| chosen.iter().any(|chosen| chosen.contains_key(&block)),
        ..Walk::all(parallel)
    };
    let mut pairs: [Vec<[f64; 2]>; 2] = Default::default();
    let pack = |block, first, strip: &Strip<'_>| {
        let packed = layout.pack(block, layout.samples(block, first, strip)?)?;
        Ok(packed.len() as f64)
    };
    each_block(layout, feed, walk, pack, |block, size| {
        for (chosen, pairs) in chosen.iter().zip(&mut pairs) {
            pairs.extend(chosen.get(&block).map(|&entropy| [entropy, size]));
        }
        packed += 1;
        Ok(())
    })?;

    let mut bound = 0.0;
    for (pairs, total) in pairs.iter().zip(totals) {
        let (known, doubt) = extrapolate(pairs, total);
        bytes += known;
        bound += doubt;
    }
    Ok(Sampled {
        bytes,
        bound,
        blocks,
        packed,
    })
}

/// Every so manyth of the blocks with their entropies, from the least uneven to the most.
fn spread(mut blocks: Vec<([usize; 2], f64)>) -> BTreeMap<[usize; 2], f64> {
    blocks.sort_by(|(a, left), (b, right)| left.total_cmp(right).then(a.cmp(b)));
    let count = (blocks.len() / ONE_OF).max(LEAST).min(blocks.len());
    let place = |index: usize| (2 * index + 1) * blocks.len() / (2 * count);
    (0..count).map(|index| blocks[place(index)]).collect()
}

/// The sizes of all from `pairs` of entropy and size and the sum of all entropies, and the bound.
fn extrapolate(pairs: &[[f64; 2]], all: f64) -> (f64, f64) {
    let (entropy, size) = pairs
        .iter()
        .fold((0.0, 0.0), |(x, y), pair| (x + pair[0], y + pair[1]));
    let rest = all - entropy;
    if rest <= all * 1e-12 {
        return (size, 0.0);
    }
    let ratio = size / entropy;
    let errors = pairs
        .iter()
        .map(|[entropy, size]| (size - ratio * entropy).powi(2) / entropy);
    let variance = errors.sum::<f64>() / (pairs.len() as f64 - 1.0);
    let error = (variance * (rest + rest * rest / entropy)).sqrt();
    (size + ratio * rest, ERRORS * error)
}

/// How uneven a block is.
struct Entropy {
    /// The bytes that an ideal code of bytes, each for itself, would take after ZIP's prediction, but
    /// for long runs.
    bytes: f64,
    /// Whether runs take up a good part of the block, as where a change ends in it.
    is_broken: bool,
}

/// None of zeros alone.
fn entropy(bytes: &[u8]) -> Option<Entropy> {
    if bytes.iter().all(|&byte| byte == 0) {
        return None;
    }
    let mut counts = [0u32; 256];
    for run in predicted(bytes).chunk_by(|a, b| a == b) {
        let symbols = if run.len() < RUN { run.len() } else { 2 };
        counts[usize::from(run[0])] += symbols as u32;
    }
    let total = f64::from(counts.iter().sum::<u32>());
    let bits = counts.iter().filter(|&&count| count > 0).map(|&count| {
        let count = f64::from(count);
        count * (total / count).log2()
    });
    Some(Entropy {
        // A block of one value still takes some.
        bytes: (bits.sum::<f64>() / 8.0).max(1.0),
        is_broken: total < bytes.len() as f64 * WHOLE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_predicted_bytes() {
        assert!(entropy(&[0; 64]).is_none());
        // Even places, odd places: 0, then 128 + 1 each time, but for the seam.
        let ramp: Vec<u8> = (0..128).collect();
        assert!(entropy(&ramp).is_some_and(|ramp| ramp.bytes < 3.0 && ramp.is_broken));
        let square = |at: u32| at.wrapping_mul(at).wrapping_mul(2_654_435_761);
        let noise: Vec<u8> = (0..4096).map(|at| (square(at) >> 24) as u8).collect();
        let beside = [noise.as_slice(), &[0; 8192]].concat();
        let [noise, beside] = [noise, beside].map(|bytes| entropy(&bytes).unwrap());
        assert!(noise.bytes > 3500.0 && !noise.is_broken);
        // Beside zeros the same noise takes hardly more.
        assert!((beside.bytes - noise.bytes).abs() < 0.03 * noise.bytes && beside.is_broken);
    }

    #[test]
    fn blocks_are_taken_from_all_over() {
        let blocks = |count: usize| {
            (0..count)
                .map(|at| ([at, 0], (count - at) as f64))
                .collect()
        };
        assert_eq!(spread(blocks(0)).len(), 0);
        assert_eq!(spread(blocks(20)).len(), 20);
        let taken = spread(blocks(1600));
        let taken: Vec<usize> = taken.keys().map(|[at, _]| *at).collect();
        assert_eq!(taken.len(), 100);
        assert!(taken.windows(2).all(|pair| pair[1] - pair[0] == 16));
    }

    #[test]
    fn the_rest_follows_the_ratio() {
        // All were packed.
        assert_eq!(
            extrapolate(&[[10.0, 12.0], [20.0, 22.0]], 30.0),
            (34.0, 0.0)
        );
        // One ratio: nothing is in doubt.
        let (bytes, bound) = extrapolate(&[[10.0, 12.0], [20.0, 24.0]], 300.0);
        assert!(
            (bytes - 360.0).abs() < 1e-9 && bound < 1e-5,
            "{bytes} {bound}"
        );
        // Two: by hand.
        let (bytes, bound) = extrapolate(&[[10.0, 13.0], [20.0, 23.0]], 60.0);
        assert!((bytes - 72.0).abs() < 1e-9, "{bytes}");
        let errors: f64 = 1.0 / 10.0 + 1.0 / 20.0;
        assert!(
            (bound - 4.0 * (errors * 60.0).sqrt()).abs() < 1e-9,
            "{bound}"
        );
    }
}
