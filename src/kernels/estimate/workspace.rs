//! Scratch memory, progress and failure.

use super::picture::Size;
use crate::kernels::team::Team;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The callback asked for the end.
    Cancelled,
    /// The system has no memory left.
    OutOfMemory,
}

/// A pool of scratch memory. The second call of one kind and size allocates nothing. Other sizes
/// add to it: who changes to another for good starts with an empty pool.
#[derive(Debug, Default)]
pub struct Workspace {
    free: Vec<Vec<f32>>,
    /// A sum for each row of a picture.
    sums: Vec<f64>,
    /// Room for the sizes of a pyramid.
    levels: Vec<Level>,
}

/// One size of a pyramid, and its samples.
pub(super) type Level = (Size, Vec<f32>);

impl Workspace {
    /// An empty pool.
    pub const fn new() -> Self {
        Self {
            free: Vec::new(),
            sums: Vec::new(),
            levels: Vec::new(),
        }
    }

    /// `length` samples of any value.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfMemory`]
    pub fn take(&mut self, length: usize) -> Result<Vec<f32>, Failure> {
        // Capacities are powers of two, and only the right one is taken: so each request of a call
        // finds what the same request left there the time before. What is not used of a capacity
        // is never touched, and costs no memory.
        let Some(capacity) = length.checked_next_power_of_two() else {
            return Err(Failure::OutOfMemory);
        };
        let suits = |buffer: &Vec<f32>| {
            (capacity..=capacity.saturating_mul(2) - 1).contains(&buffer.capacity())
        };
        let mut buffer = match self.free.iter().position(suits) {
            Some(index) => self.free.swap_remove(index),
            None => Vec::new(),
        };
        if buffer.capacity() < length && buffer.try_reserve_exact(capacity).is_err() {
            return Err(Failure::OutOfMemory);
        }
        buffer.resize(length, 0.0);
        Ok(buffer)
    }

    /// One number a row, all 0; taken back by [`Workspace::give_sums`].
    pub(super) fn take_sums(&mut self, rows: usize) -> Vec<f64> {
        let mut sums = core::mem::take(&mut self.sums);
        sums.clear();
        sums.resize(rows, 0.0);
        sums
    }

    /// Takes the numbers back.
    pub(super) fn give_sums(&mut self, sums: Vec<f64>) {
        self.sums = sums;
    }

    /// Room for a pyramid, empty; taken back by [`Workspace::give_levels`].
    pub(super) fn take_levels(&mut self) -> Vec<Level> {
        core::mem::take(&mut self.levels)
    }

    /// Takes the room back, when its pictures have gone.
    pub(super) fn give_levels(&mut self, mut levels: Vec<Level>) {
        levels.clear();
        self.levels = levels;
    }

    /// Samples that the pool has room for.
    pub fn capacity(&self) -> usize {
        self.free.iter().map(Vec::capacity).sum()
    }

    /// Takes memory back.
    pub fn give(&mut self, buffer: Vec<f32>) {
        if buffer.capacity() > 0 {
            self.free.push(buffer);
        }
    }
}

/// What long work needs from its caller.
pub struct Context<'a> {
    /// The threads.
    pub team: &'a dyn Team,
    /// Scratch memory.
    pub workspace: &'a mut Workspace,
    /// Hears how much is done, 0..=1, now and then, on the calling thread. False ends the work.
    pub proceed: &'a mut dyn FnMut(f32) -> bool,
}

impl Context<'_> {
    pub(super) fn step(&mut self, done: f32) -> Result<(), Failure> {
        if (self.proceed)(done) {
            Ok(())
        } else {
            Err(Failure::Cancelled)
        }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<Vec<f32>, Failure> {
        self.workspace.take(length)
    }

    pub(super) fn give(&mut self, buffers: impl IntoIterator<Item = Vec<f32>>) {
        for buffer in buffers {
            self.workspace.give(buffer);
        }
    }
}
