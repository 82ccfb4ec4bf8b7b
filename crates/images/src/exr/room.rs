//! Packed blocks side by side, in memory that a thread keeps from image to image: fresh memory costs more
//! than reading into it.

use std::cell::Cell;
use std::io::Read;
use std::ops::Range;

use crate::error::Outcome;
use crate::source::Source;

/// Bytes that a thread keeps at most.
const MOST: usize = 8 << 20;

thread_local! {
    static KEPT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Room for some blocks.
pub(super) struct Room {
    bytes: Vec<u8>,
    /// Those behind are of no block.
    used: usize,
}

impl Room {
    /// What this thread kept.
    pub(super) fn take() -> Self {
        Room {
            bytes: KEPT.take(),
            used: 0,
        }
    }

    /// Forgets all blocks.
    pub(super) fn clear(&mut self) {
        self.used = 0;
    }

    /// Reads so many bytes, no more than the file has; gives their place.
    pub(super) fn read(&mut self, source: &mut Source, size: usize) -> Outcome<Range<usize>> {
        let place = self.used..self.used.saturating_add(size);
        if self.bytes.len() < place.end {
            self.bytes.resize(place.end, 0);
        }
        source.read_exact(&mut self.bytes[place.clone()])?;
        self.used = place.end;
        Ok(place)
    }

    /// The bytes at a place.
    pub(super) fn at(&self, place: Range<usize>) -> &[u8] {
        &self.bytes[place]
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.bytes.len() <= MOST {
            KEPT.set(std::mem::take(&mut self.bytes));
        }
    }
}
