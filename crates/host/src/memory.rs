//! Memory lent to plug-ins: blocks of the memory suite, found by their address, and blocks of the image effect suite,
//! which a plug-in locks to learn their address.

use crate::ffi::memory::Block;
use crate::registry::{Id, register};
use crate::status::Status;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Blocks of the memory suite by address.
static BLOCKS: LazyLock<Mutex<HashMap<usize, Block>>> = LazyLock::new(Mutex::default);

/// Blocks of the image effect suite by handle.
static IMAGE_BLOCKS: LazyLock<Mutex<HashMap<usize, Arc<ImageMemory>>>> =
    LazyLock::new(Mutex::default);

/// The address of a new block, which is counted by `counter` until it is freed.
pub(crate) fn allocate(bytes: usize, counter: Arc<AtomicUsize>) -> Result<usize, Status> {
    let block = Block::new(bytes, counter).ok_or(Status::ERR_MEMORY)?;
    let address = block.address();
    BLOCKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(address, block);
    Ok(address)
}

pub(crate) fn free(address: usize) -> Result<(), Status> {
    let block = BLOCKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&address);
    block.map(drop).ok_or(Status::ERR_BAD_HANDLE)
}

/// A block of image memory.
pub(crate) struct ImageMemory {
    id: Id,
    block: Block,
    locks: AtomicUsize,
}

impl ImageMemory {
    /// The handle of a new block, which is counted by `counter` until it is freed.
    pub(crate) fn allocate(bytes: usize, counter: Arc<AtomicUsize>) -> Result<usize, Status> {
        let block = Block::new(bytes, counter).ok_or(Status::ERR_MEMORY)?;
        let memory = register(|id| Self {
            id,
            block,
            locks: AtomicUsize::new(0),
        });
        let raw = memory.id.raw();
        IMAGE_BLOCKS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(raw, memory);
        Ok(raw)
    }

    pub(crate) fn free(raw: usize) -> Result<(), Status> {
        let memory = IMAGE_BLOCKS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&raw);
        memory.map(drop).ok_or(Status::ERR_BAD_HANDLE)
    }

    /// Its address, which holds until it is freed.
    pub(crate) fn lock(&self) -> usize {
        self.locks.fetch_add(1, Ordering::Relaxed);
        self.block.address()
    }

    /// Fails when it is not locked.
    pub(crate) fn unlock(&self) -> Result<(), Status> {
        let less = |n: usize| n.checked_sub(1);
        let done = self
            .locks
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        done.map(drop).map_err(|_| Status::FAILED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::find;

    #[test]
    fn blocks_are_counted_and_freed_once() {
        let counter = Arc::new(AtomicUsize::new(0));
        let address = allocate(100, counter.clone()).unwrap();
        assert_eq!(address % 16, 0);
        let image = ImageMemory::allocate(100, counter.clone()).unwrap();
        assert_eq!(counter.load(Ordering::Relaxed), 2);
        assert_eq!(free(address + 1), Err(Status::ERR_BAD_HANDLE));
        assert_eq!(free(address), Ok(()));
        assert_eq!(free(address), Err(Status::ERR_BAD_HANDLE));
        let memory = find::<ImageMemory>(image).unwrap();
        assert_eq!(memory.unlock(), Err(Status::FAILED));
        assert_ne!(memory.lock(), 0);
        assert_eq!(memory.unlock(), Ok(()));
        drop(memory);
        assert_eq!(ImageMemory::free(image), Ok(()));
        assert_eq!(ImageMemory::free(image), Err(Status::ERR_BAD_HANDLE));
        assert_eq!(counter.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn too_much_is_no_memory() {
        let none = allocate(usize::MAX, Arc::default());
        assert_eq!(none, Err(Status::ERR_MEMORY));
    }
}
