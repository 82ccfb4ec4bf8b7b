//! Scratch memory, progress and failure.

use super::team::Team;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The callback asked for the end.
    Cancelled,
    /// The system has no memory left.
    OutOfMemory,
}

/// A pool of scratch memory. After a call of one kind and size, the next allocates nothing large.
#[derive(Debug, Default)]
pub struct Workspace {
    free: Vec<Vec<f32>>,
}

impl Workspace {
    /// An empty pool.
    pub const fn new() -> Self {
        Self { free: Vec::new() }
    }

    /// `length` samples of any value.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfMemory`]
    pub fn take(&mut self, length: usize) -> Result<Vec<f32>, Failure> {
        // The smallest that suffices, else the largest, which has least to grow.
        let suits = |buffer: &Vec<f32>| buffer.capacity() >= length;
        let best = (0..self.free.len()).min_by_key(|&i| {
            let capacity = self.free[i].capacity();
            if suits(&self.free[i]) {
                (0, capacity)
            } else {
                (1, usize::MAX - capacity)
            }
        });
        let mut buffer = best.map_or_else(Vec::new, |i| self.free.swap_remove(i));
        if !suits(&buffer) {
            // What it holds need not be kept.
            buffer.clear();
            if buffer.try_reserve_exact(length).is_err() {
                return Err(Failure::OutOfMemory);
            }
        }
        buffer.resize(length, 0.0);
        Ok(buffer)
    }

    /// Takes memory back.
    pub fn give(&mut self, buffer: Vec<f32>) {
        self.free.push(buffer);
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

#[cfg(test)]
impl Workspace {
    /// Samples that the pool has room for.
    pub(super) fn capacity(&self) -> usize {
        self.free.iter().map(Vec::capacity).sum()
    }
}
