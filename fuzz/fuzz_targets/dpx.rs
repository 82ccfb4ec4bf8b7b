#![no_main]

libfuzzer_sys::fuzz_target!(
    init: deltaplate_fuzz::panics::abort_on_own(),
    |bytes: &[u8]| deltaplate_fuzz::dpx(bytes)
);
