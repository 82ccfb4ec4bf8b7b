//! Memory blocks, and the memory suite.

use super::guard::{guard, write};
use crate::context;
use crate::effect::Effect;
use crate::memory;
use crate::registry::find;
use crate::status::Status;
use ofx_sys::{OfxMemorySuiteV1, OfxStatus};
use std::alloc::{Layout, alloc, dealloc};
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As aligned as any vector instruction likes.
const ALIGNMENT: usize = 64;

/// Memory that is counted while it lives.
pub(crate) struct Block {
    memory: NonNull<u8>,
    layout: Layout,
    counter: Arc<AtomicUsize>,
}

impl Block {
    /// A block of at least one byte; none where there is no such memory.
    pub(crate) fn new(bytes: usize, counter: Arc<AtomicUsize>) -> Option<Self> {
        let layout = Layout::from_size_align(bytes.max(1), ALIGNMENT).ok()?;
        // SAFETY: the layout's size is not zero.
        let memory = NonNull::new(unsafe { alloc(layout) })?;
        counter.fetch_add(1, Ordering::Relaxed);
        Some(Self {
            memory,
            layout,
            counter,
        })
    }

    pub(crate) fn address(&self) -> usize {
        self.memory.as_ptr().expose_provenance()
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: `new` allocated it with this layout, and nothing else frees it.
        unsafe { dealloc(self.memory.as_ptr(), self.layout) };
        self.counter.fetch_sub(1, Ordering::Relaxed);
    }
}

// SAFETY: a block is an allocation that no thread owns; only its address is read.
unsafe impl Send for Block {}
// SAFETY: as above; nothing is read or written through a shared block.
unsafe impl Sync for Block {}

pub(super) static SUITE: OfxMemorySuiteV1 = OfxMemorySuiteV1 {
    memoryAlloc: Some(memory_alloc),
    memoryFree: Some(memory_free),
};

unsafe extern "C" fn memory_alloc(
    handle: *mut c_void,
    bytes: usize,
    out: *mut *mut c_void,
) -> OfxStatus {
    guard("memoryAlloc", || {
        let host = if handle.is_null() {
            context::current()
                .ok_or(Status::FAILED)?
                .context
                .host
                .clone()
        } else {
            find::<Effect>(handle.addr())?.host.clone()
        };
        let address = memory::allocate(bytes, host.blocks.clone())?;
        // SAFETY: by the suite's contract `out` is NULL or a place for a pointer.
        unsafe { write(out, ptr::with_exposed_provenance_mut(address)) }
    })
}

unsafe extern "C" fn memory_free(memory: *mut c_void) -> OfxStatus {
    guard("memoryFree", || {
        if memory.is_null() {
            Ok(())
        } else {
            memory::free(memory.addr())
        }
    })
}
