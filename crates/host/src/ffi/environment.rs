//! The floating-point environment: denormals flushed to zero, as some hosts call plug-ins, or not.

/// Restores the control word it found when it is dropped.
pub(super) struct Environment {
    found: u64,
    set: bool,
}

impl Environment {
    /// IEEE arithmetic.
    pub(super) fn ieee() -> Self {
        Self::with(|word| word & !control::FLUSH)
    }

    /// Denormals flushed to zero, where the machine can, or IEEE arithmetic.
    pub(super) fn flushing(flush: bool) -> Self {
        if flush {
            Self::with(|word| word | control::FLUSH)
        } else {
            Self::ieee()
        }
    }

    fn with(change: impl FnOnce(u64) -> u64) -> Self {
        let found = control::read();
        let wanted = change(found);
        let set = wanted != found;
        if set {
            control::write(wanted);
        }
        Self { found, set }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // A plug-in may have left another word behind than the one it was called with.
        if self.set || control::read() & control::FLUSH != self.found & control::FLUSH {
            control::write(self.found);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod control {
    use std::arch::asm;

    /// Flush to zero, and denormals are zero.
    pub(super) const FLUSH: u64 = 0x8040;

    pub(super) fn read() -> u64 {
        let mut word = 0_u32;
        // SAFETY: stores the control word to a place of its size.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) };
        word.into()
    }

    pub(super) fn write(word: u64) {
        let word = word as u32;
        // SAFETY: the word was read before, with no bits changed but those of FLUSH, which all x86-64 processors
        // have. The host's own arithmetic runs with the bits as Rust expects them: see `guard`.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod control {
    use std::arch::asm;

    /// Flush to zero.
    pub(super) const FLUSH: u64 = 1 << 24;

    pub(super) fn read() -> u64 {
        let word: u64;
        // SAFETY: reads the control register.
        unsafe { asm!("mrs {}, fpcr", out(reg) word, options(nomem, nostack, preserves_flags)) };
        word
    }

    pub(super) fn write(word: u64) {
        // SAFETY: the word was read before, with no bit changed but FLUSH. The host's own arithmetic runs with the
        // bit as Rust expects it: see `guard`.
        unsafe { asm!("msr fpcr, {}", in(reg) word, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod control {
    pub(super) const FLUSH: u64 = 0;

    pub(super) fn read() -> u64 {
        0
    }

    pub(super) fn write(_word: u64) {}
}

#[cfg(test)]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// Half of the least normal float, computed at run time.
    fn denormal() -> f32 {
        black_box(f32::MIN_POSITIVE) * black_box(0.5)
    }

    #[test]
    fn flushes_and_restores() {
        assert_ne!(denormal(), 0.0);
        {
            let _flushing = Environment::flushing(true);
            assert_eq!(denormal(), 0.0);
            {
                let _ieee = Environment::ieee();
                assert_ne!(denormal(), 0.0);
            }
            assert_eq!(denormal(), 0.0);
        }
        assert_ne!(denormal(), 0.0);
    }
}
