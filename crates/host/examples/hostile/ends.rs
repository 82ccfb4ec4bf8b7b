//! Ways in which a plug-in ends its host's process, or never comes back.

use ofx_sys::OfxStatus;
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
}

/// Ends.
pub fn end(how: End) -> OfxStatus {
    match how {
        End::Abort => std::process::abort(),
        End::Fault => unsafe { ptr::write_volatile(black_box(ptr::null_mut::<i32>()), 1) },
        End::Exit => {
            let _ = writeln!(std::io::stdout(), "{{\"done\":0}}");
            std::process::exit(0)
        }
        End::Hang => loop {
            std::thread::sleep(Duration::from_secs(3600));
        },
    }
    ofx_sys::kOfxStatOK
}
