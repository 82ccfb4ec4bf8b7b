//! The floating-point environment of an action.
//!
//! Some hosts render with flush-to-zero switched on, or with another rounding mode. The exact
//! difference needs IEEE arithmetic: denormals kept, round to nearest even. Every entry and every
//! worker thread therefore runs inside an [`FpEnv`], which restores what the host had.

/// While it lives, this thread computes in the IEEE default environment.
pub struct FpEnv {
    saved: Word,
}

#[cfg(target_arch = "x86_64")]
mod arch {
    pub type Word = u32;
    /// All exceptions masked, round to nearest, no flush-to-zero, no denormals-are-zero.
    pub const DEFAULT: Word = 0x1F80;

    pub fn read() -> Word {
        let mut word: Word = 0;
        // SAFETY: `stmxcsr` writes four bytes to the address given, which is that of a local u32.
        unsafe {
            core::arch::asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags));
        }
        word
    }

    pub fn write(word: Word) {
        // SAFETY: `ldmxcsr` reads four bytes of a local u32. Only values that `read` returned or
        // DEFAULT arrive here, so no reserved bit is set and the instruction cannot fault.
        unsafe {
            core::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags, readonly));
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arch {
    pub type Word = u64;
    /// Round to nearest, no flush-to-zero, no alternative half format, traps off.
    pub const DEFAULT: Word = 0;

    pub fn read() -> Word {
        let word: Word;
        // SAFETY: FPCR is readable from user mode and reading it has no effect.
        unsafe {
            core::arch::asm!("mrs {}, fpcr", out(reg) word, options(nostack, nomem, preserves_flags));
        }
        word
    }

    pub fn write(word: Word) {
        // SAFETY: FPCR is writable from user mode; only values that `read` returned or DEFAULT
        // arrive here.
        unsafe {
            core::arch::asm!("msr fpcr, {}", in(reg) word, options(nostack, nomem, preserves_flags));
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod arch {
    // No control word is known here: the thread keeps the environment of the host.
    pub type Word = ();
    pub const DEFAULT: Word = ();
    pub fn read() -> Word {}
    pub fn write(_: Word) {}
}

use arch::Word;

impl FpEnv {
    /// Saves this thread's environment and sets the IEEE default.
    pub fn ieee() -> Self {
        let saved = arch::read();
        arch::write(arch::DEFAULT);
        Self { saved }
    }
}

impl Drop for FpEnv {
    fn drop(&mut self) {
        arch::write(self.saved);
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use core::hint::black_box;

    #[test]
    fn flush_to_zero_is_off_inside_and_back_outside() {
        let host = arch::DEFAULT | 0x8040;
        let before = arch::read();
        arch::write(host);
        let denormal = f32::from_bits(1);
        let flushed = black_box(denormal) + black_box(0.0);
        let kept = {
            let _ieee = FpEnv::ieee();
            black_box(denormal) + black_box(0.0)
        };
        let restored = arch::read() & 0xFFC0;
        arch::write(before);
        assert_eq!(flushed.to_bits(), 0, "the test itself needs flush-to-zero");
        assert_eq!(kept.to_bits(), 1);
        assert_eq!(restored, host & 0xFFC0);
    }
}
