//! ZIP and ZIPS.
//!
//! The bytes of a block are sorted, those at even places before those at odd ones, so that the high
//! bytes of halves stand together; each becomes the difference to the one before, and all are
//! deflated. Any EXR reader undoes this; it is done here because the search for matches may be more
//! thorough than in the `exr` crate, and the way back faster.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor, Decompressor};

/// libdeflate's level 7: on differences 3 to 12 % smaller than what the `exr` crate packs, and no
/// slower. Level 10 would take off 2 to 5 % more, in five to ten times the time.
const LEVEL: i32 = 7;

/// Bytes of a block that a thread keeps room for at most.
const KEPT: usize = 8 << 20;

// What a thread keeps from block to block: fresh memory costs more than packing into it. Apart, so that
// a program which only reads is linked without the search for matches.
thread_local! {
    static PACKER: RefCell<Packer> = RefCell::new(Packer {
        compressor: CompressionLvl::new(LEVEL).ok().map(Compressor::new),
        sorted: Vec::new(),
        packed: Vec::new(),
    });
    static UNPACKER: RefCell<Unpacker> = RefCell::new(Unpacker {
        decompressor: Decompressor::new(),
        sorted: Vec::new(),
        bytes: Vec::new(),
    });
}

struct Packer {
    compressor: Option<Compressor>,
    sorted: Vec<u8>,
    packed: Vec<u8>,
}

struct Unpacker {
    decompressor: Decompressor,
    sorted: Vec<u8>,
    bytes: Vec<u8>,
}

/// Packs little-endian samples; `None` where that does not make them smaller, or cannot be done.
pub(super) fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| {
        predict(bytes, &mut packer.sorted);
        // One byte less than the samples take: what is not smaller does not fit.
        packer.packed.resize(bytes.len().checked_sub(1)?, 0);
        let compressor = packer.compressor.as_mut()?;
        let size = compressor
            .zlib_compress(&packer.sorted, &mut packer.packed)
            .ok()?;
        let packed = packer.packed[..size].to_vec();
        let_go(&mut packer.sorted);
        let_go(&mut packer.packed);
        Some(packed)
    })
}

/// The opposite of [`pack`], to `size` bytes, which are shown to `then`; `None` where the block is damaged.
pub(super) fn unpack<T>(packed: &[u8], size: usize, then: impl FnOnce(&[u8]) -> T) -> Option<T> {
    UNPACKER.with_borrow_mut(|unpacker| {
        unpacker.sorted.resize(size, 0);
        let found = unpacker
            .decompressor
            .zlib_decompress(packed, &mut unpacker.sorted)
            .ok()?;
        let made = (found == size).then(|| {
            restore(&unpacker.sorted, &mut unpacker.bytes);
            then(&unpacker.bytes)
        });
        let_go(&mut unpacker.sorted);
        let_go(&mut unpacker.bytes);
        made
    })
}

/// Gives back the room for a giant block.
fn let_go(room: &mut Vec<u8>) {
    if room.len() > KEPT {
        *room = Vec::new();
    }
}

/// Even places, odd places, each byte less the one before, in the middle of its range.
pub(super) fn predicted(bytes: &[u8]) -> Vec<u8> {
    let mut sorted = Vec::new();
    predict(bytes, &mut sorted);
    sorted
}

fn predict(bytes: &[u8], sorted: &mut Vec<u8>) {
    let less = |own: u8, before: u8| own.wrapping_sub(before).wrapping_add(128);
    sorted.resize(bytes.len(), 0);
    let (even, odd) = sorted.split_at_mut(bytes.len().div_ceil(2));
    // The last even place may have no odd one.
    let (pairs, rest) = bytes.as_chunks::<2>();
    let last = rest.first().or(pairs.last().map(|[even, _]| even));
    let Some(&last) = last else {
        return;
    };
    even[0] = bytes[0];
    if let (Some(odd), Some([_, own])) = (odd.first_mut(), pairs.first()) {
        *odd = less(*own, last);
    }
    let places = even[1..].iter_mut().zip(odd.iter_mut().skip(1));
    for ((even, odd), [before, own]) in places.zip(pairs.array_windows()) {
        *even = less(own[0], before[0]);
        *odd = less(own[1], before[1]);
    }
    if let ([own], Some([before, _]), [.., even]) = (rest, pairs.last(), even) {
        *even = less(*own, *before);
    }
}

/// The opposite of [`predict`].
fn restore(sorted: &[u8], bytes: &mut Vec<u8>) {
    // To take off the middle is to turn the upper bit: one addition is left from byte to byte.
    let add = |before: u8, difference: u8| before.wrapping_add(difference ^ 128);
    bytes.resize(sorted.len(), 0);
    let (even, odd) = sorted.split_at(sorted.len().div_ceil(2));
    // The odd places go on where the even ones end, so both are summed up side by side.
    let (mut left, mut right) = (128, even.iter().fold(128, |sum, &more| add(sum, more)));
    let (pairs, rest) = bytes.as_chunks_mut::<2>();
    for ((pair, &even), &odd) in pairs.iter_mut().zip(even).zip(odd) {
        left = add(left, even);
        right = add(right, odd);
        *pair = [left, right];
    }
    if let ([last], [.., even]) = (rest, even) {
        *last = add(left, *even);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By hand, from the file format's description.
    #[test]
    fn bytes_are_sorted_and_subtracted() {
        assert_eq!(predicted(&[1, 2, 3, 4, 5]), [1, 130, 130, 125, 130]);
        assert_eq!(predicted(&[]), []);
        assert_eq!(predicted(&[7]), [7]);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            let mut back = vec![7; 9];
            restore(&predicted(&bytes), &mut back);
            prop_assert_eq!(&back, &bytes);
            // Twice, so that there is something to pack.
            let twice = [bytes.as_slice(), &[0; 64], &bytes].concat();
            let packed = pack(&twice).expect("it shrinks");
            let unpack = |packed: &[u8], size| unpack(packed, size, <[u8]>::to_vec);
            prop_assert_eq!(unpack(&packed, twice.len() + 1), None);
            prop_assert_eq!(unpack(&packed, twice.len() - 1), None);
            prop_assert_eq!(unpack(&packed[..packed.len() - 1], twice.len()), None);
            prop_assert_eq!(unpack(&packed, twice.len()), Some(twice));
        }
    }

    #[test]
    fn what_does_not_shrink_is_left_alone() {
        assert_eq!(pack(&[]), None);
        assert_eq!(pack(&[1, 2, 3, 4, 5, 6]), None);
        assert!(pack(&[0; 1000]).is_some_and(|packed| packed.len() < 30));
    }
}
