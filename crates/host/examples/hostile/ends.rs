//! Ways in which a plug-in ends its host's process, or never comes back.

use super::sdk::effects;
use ofx_sys::{OfxImageEffectHandle, OfxStatus};
use std::hint::black_box;
use std::io::Write;
use std::ptr;
use std::time::Duration;

#[derive(Clone, Copy, PartialEq)]
pub enum End {
    /// As a failed assertion does.
    Abort,
    /// As a bad pointer does.
    Fault,
    /// As a licence check does; with success, and with words on stdout that are none of the host's.
    Exit,
    /// As a lost lock does.
    Hang,
    /// As one that does not return before it is asked to stop.
    Wait,
    /// As a stray thread does, while the host writes a file into the working directory.
    AbortLater,
}

/// Ends.
pub fn end(how: End, effect: OfxImageEffectHandle) -> OfxStatus {
    match how {
        End::Abort => std::process::abort(),
        End::Fault => unsafe { ptr::write_volatile(black_box(ptr::null_mut::<i32>()), 1) },
        End::Exit => {
            let _ = writeln!(std::io::stdout(), "{{\"done\":0}}");
            std::process::exit(0)
        }
        End::Hang => {
            eprintln!("hanging");
            loop {
                std::thread::sleep(Duration::from_secs(3600));
            }
        }
        End::Wait => {
            eprintln!("waiting");
            while unsafe { effects().abort.unwrap()(effect) } == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            eprintln!("stopping");
        }
        End::AbortLater => {
            std::thread::spawn(|| {
                while !is_writing() {
                    std::hint::spin_loop();
                }
                std::process::abort()
            });
        }
    }
    ofx_sys::kOfxStatOK
}

/// True while a hidden file with something in it is in the working directory.
fn is_writing() -> bool {
    let Ok(entries) = std::fs::read_dir(".") else {
        return false;
    };
    let mut entries = entries.filter_map(Result::ok);
    entries.any(|entry| {
        entry.file_name().to_string_lossy().starts_with('.')
            && entry.metadata().is_ok_and(|file| file.len() > 0)
    })
}
