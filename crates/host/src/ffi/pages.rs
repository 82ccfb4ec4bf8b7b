//! Memory between pages that nobody may touch: whoever reads or writes beyond its end faults at once.

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Whole pages of memory, with a closed page on both sides.
pub(crate) struct Pages {
    /// The first open byte.
    start: NonNull<u8>,
    len: usize,
    page: usize,
}

// SAFETY: the mapping is this value's alone, and is only reached through its references.
unsafe impl Send for Pages {}
// SAFETY: as above.
unsafe impl Sync for Pages {}

impl Pages {
    /// Zeroed pages for at least so many bytes, one at least; none where the system gives none.
    pub(crate) fn new(bytes: usize) -> Option<Self> {
        let page = rustix::param::page_size();
        let len = bytes.max(1).checked_next_multiple_of(page)?;
        let total = len.checked_add(2 * page)?;
        // SAFETY: a new mapping of its own, wherever the system likes.
        let closed = unsafe {
            mmap_anonymous(
                std::ptr::null_mut(),
                total,
                ProtFlags::empty(),
                MapFlags::PRIVATE,
            )
        }
        .ok()?;
        let pages = Self {
            start: NonNull::new(closed.cast::<u8>().wrapping_add(page))?,
            len,
            page,
        };
        // SAFETY: pages of the new mapping, which nobody has seen yet.
        unsafe {
            mprotect(
                pages.start.as_ptr().cast(),
                len,
                MprotectFlags::READ | MprotectFlags::WRITE,
            )
        }
        .ok()?;
        Some(pages)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let first = self.start.as_ptr().wrapping_sub(self.page);
        // SAFETY: the whole of the mapping that `new` made; no reference outlives this value. Should it fail, the
        // pages are lost and nothing else.
        let _ = unsafe { munmap(first.cast(), self.len + 2 * self.page) };
    }
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `new` has opened these bytes, and they live as long as this value.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_is_open_to_the_last_byte() {
        let page = rustix::param::page_size();
        for bytes in [0, 1, page, page + 1] {
            let mut pages = Pages::new(bytes).unwrap();
            assert_eq!(pages.len(), bytes.max(1).next_multiple_of(page));
            pages.fill(7);
            assert!(pages.iter().all(|byte| *byte == 7));
        }
        assert!(Pages::new(usize::MAX).is_none());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_ends_are_closed() {
        let pages = Pages::new(1).unwrap();
        let page = rustix::param::page_size();
        let start = pages.as_ptr().addr();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let access = |at: usize| {
            let line = maps.lines().find(|line| {
                let range = line.split(' ').next().unwrap();
                let (from, to) = range.split_once('-').unwrap();
                let hex = |text| usize::from_str_radix(text, 16).unwrap();
                hex(from) <= at && at < hex(to)
            });
            line.expect("mapped").split(' ').nth(1).unwrap().to_owned()
        };
        assert_eq!(access(start), "rw-p");
        assert_eq!(access(start + page - 1), "rw-p");
        assert_eq!(access(start - 1), "---p");
        assert_eq!(access(start + page), "---p");
    }
}
